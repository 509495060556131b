/*
 * Stands in for libFuzzer: feeds every file of a corpus folder (or single files) to the fuzz
 * function, then each file cut at every 16th of its size, so that a corpus also guards against
 * truncated input.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned inputs_count;

static void feed(const uint8_t *data, size_t size)
{
	/*
	 * A block of exactly this size: AddressSanitizer then sees the first byte read beyond it.
	 */
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	inputs_count++;
}

static int feed_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return 1;
	}
	static uint8_t bytes[1 << 20];
	size_t size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	feed(bytes, size);
	for (size_t part = 0; part < 16; part++)
		feed(bytes, size * part / 16);
	return 0;
}

static int feed_folder(const char *path)
{
	DIR *folder = opendir(path);
	if (!folder) {
		perror(path);
		return 1;
	}
	int failed = 0;
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		char file[4096];
		(void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		failed |= feed_file(file);
	}
	(void)closedir(folder);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;
	for (int i = 1; i < argc; i++) {
		struct stat info;
		if (stat(argv[i], &info)) {
			perror(argv[i]);
			failed = 1;
		} else if (S_ISDIR(info.st_mode)) {
			failed |= feed_folder(argv[i]);
		} else {
			failed |= feed_file(argv[i]);
		}
	}
	if (!inputs_count) {
		(void)fprintf(stderr, "replay: no input was found: a corpus needs a file\n");
		return 1;
	}
	(void)printf("replay: %u inputs\n", inputs_count);
	return failed;
}
