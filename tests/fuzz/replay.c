/*
 * Stands in for libFuzzer: feeds every file of a corpus folder (or single files) to the fuzz
 * function, then each file cut at every 16th of its size, and some hundred times spoilt: bytes
 * turned, taken out, put in and repeated, pieces nested a thousand deep or a hundred thousand long.
 * The luck is always the same, so that what fails once fails again.
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

/* ---- spoiling -------------------------------------------------------------------------------- */

#define MUTATIONS_EACH 256
#define MUTATED_SIZE_MAX (192u << 10)

static uint64_t luck = 0x9e3779b97f4a7c15u;

/* xorshift64*: the same on every machine. */
static uint32_t chance(uint32_t below)
{
	luck ^= luck >> 12;
	luck ^= luck << 25;
	luck ^= luck >> 27;
	return below ? (uint32_t)((luck * 0x2545f4914f6cdd1du) >> 33) % below : 0;
}

/* What parsers stumble over. */
static const struct {
	const char *bytes;
	size_t size;
} tokens[] = {
	{ "\0", 1 },	 { "\xff", 1 },	     { "\xc3\x28", 2 }, { "{", 1 },
	{ "[", 1 },	 { "\"", 1 },	     { "\\u0000", 6 }, { "\\ud800", 6 },
	{ "1e999", 5 },	 { "-0", 2 },	     { "null", 4 },    { "true", 4 },
	{ "{\"a\":", 5 }, { "9007199254740993", 16 }, { "\n", 1 },	 { ":", 1 },
	{ ",", 1 },	 { "- ", 2 },	     { "&a *a", 5 },   { "\r\n\r\n", 4 },
};

static size_t put(uint8_t *bytes, size_t size, size_t at, const void *piece, size_t piece_size)
{
	if (size + piece_size > MUTATED_SIZE_MAX)
		return size;
	memmove(bytes + at + piece_size, bytes + at, size - at);
	memcpy(bytes + at, piece, piece_size);
	return size + piece_size;
}

/* One piece again and again: depth, or a list without end. */
static size_t repeat(uint8_t *bytes, size_t size, size_t at, uint32_t times)
{
	uint8_t piece[24];
	size_t piece_size = 1 + chance(sizeof(piece) - 1);

	if (piece_size > size - at)
		piece_size = size - at;
	memcpy(piece, bytes + at, piece_size);
	while (times-- > 0 && piece_size > 0)
		size = put(bytes, size, at, piece, piece_size);
	return size;
}

static size_t spoil(uint8_t *bytes, size_t size)
{
	size_t at = chance((uint32_t)size + 1), cut;
	uint32_t token = chance((uint32_t)(sizeof(tokens) / sizeof(tokens[0])));

	switch (chance(8)) {
	case 0:
	case 1:
		if (at < size)
			bytes[at] ^= (uint8_t)(1u << chance(8));
		return size;
	case 2:
		if (at < size)
			bytes[at] = (uint8_t)chance(256);
		return size;
	case 3:
		cut = chance(16);
		if (cut > size - at)
			cut = size - at;
		memmove(bytes + at, bytes + at + cut, size - at - cut);
		return size - cut;
	case 4:
	case 5:
		return put(bytes, size, at, tokens[token].bytes, tokens[token].size);
	case 6:
		return repeat(bytes, size, at, 1 + chance(4));
	default:
		return chance(16) == 0 ? repeat(bytes, size, at, 1000) : size;
	}
}

static void feed_spoilt(const uint8_t *bytes, size_t size)
{
	static uint8_t spoilt[MUTATED_SIZE_MAX];

	if (size > MUTATED_SIZE_MAX / 2)
		return;
	for (int i = 0; i < MUTATIONS_EACH; i++) {
		size_t now = size;

		memcpy(spoilt, bytes, size);
		for (uint32_t rounds = 1 + chance(6); rounds > 0; rounds--)
			now = spoil(spoilt, now);
		feed(spoilt, now);
	}
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
	feed_spoilt(bytes, size);
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
