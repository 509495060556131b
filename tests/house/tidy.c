/*
 * The house's rules, checked on every file of the tree. Prints one line per offence and ends with 1
 * when there was any. usage: tidy TREE FLOORS COMMANDS (both written by CMake into the build
 * folder)
 */
#include "tidy.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_SIZE_MAX (32u << 20)
#define PATH_SIZE 2048

static char *file_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat info;
	if (!file || fstat(fileno(file), &info) || info.st_size > (off_t)FILE_SIZE_MAX) {
		perror(path);
		exit(2);
	}
	char *text = calloc(1, (size_t)info.st_size + 1);
	if (!text || fread(text, 1, (size_t)info.st_size, file) != (size_t)info.st_size) {
		perror(path);
		exit(2);
	}
	(void)fclose(file);
	return text;
}

static void tree_add(struct tree *tree, const char *path, const char *text)
{
	tree->sources = realloc(tree->sources, (tree->count + 1) * sizeof(tree->sources[0]));
	if (!tree->sources)
		exit(2);
	source_make(&tree->sources[tree->count++], path, text);
}

/* Build folders, hidden folders and what other tools unpack beside the sources. */
static bool is_skipped(const char *path, const char *name)
{
	char cache[PATH_SIZE + 16];
	struct stat info;
	(void)snprintf(cache, sizeof(cache), "%s/CMakeCache.txt", path);
	return (name[0] == '.' && strcmp(name, ".ci") != 0) || strcmp(name, "build") == 0 ||
	       strcmp(name, "node_modules") == 0 || strcmp(name, "__pycache__") == 0 ||
	       stat(cache, &info) == 0;
}

static void tree_walk(struct tree *tree, const char *root, const char *below)
{
	char path[PATH_SIZE], inner[PATH_SIZE];
	(void)snprintf(path, sizeof(path), "%s/%s", root, below);
	DIR *folder = opendir(path);
	if (!folder) {
		perror(path);
		exit(2);
	}
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		struct stat info;
		if (snprintf(inner, sizeof(inner), "%s%s%s", below, *below ? "/" : "",
			     entry->d_name) >= (int)sizeof(inner) ||
		    snprintf(path, sizeof(path), "%s/%s", root, inner) >= (int)sizeof(path))
			exit(2);
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    lstat(path, &info))
			continue;
		if (S_ISDIR(info.st_mode) && !is_skipped(path, entry->d_name)) {
			tree_walk(tree, root, inner);
		} else if (S_ISREG(info.st_mode) && info.st_size < (off_t)(1 << 20)) {
			char *text = file_read(path);
			tree_add(tree, inner, text);
			free(text);
		}
	}
	(void)closedir(folder);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		(void)fprintf(stderr, "usage: tidy TREE FLOORS COMMANDS\n");
		return 2;
	}
	struct report report = { .out = stdout };
	struct tree tree = { 0 };
	char *floors = file_read(argv[2]), *commands = file_read(argv[3]);
	tree_walk(&tree, argv[1], "");
	qsort(tree.sources, tree.count, sizeof(tree.sources[0]), by_path);
	if (!floors_read(floors, &report)) {
		(void)fprintf(stderr, "%s: cannot be read\n", argv[2]);
		return 2;
	}
	for (size_t i = 0; i < tree.count; i++) {
		check_lines(&tree.sources[i], &report);
		check_code(&tree.sources[i], &report);
		check_includes(&tree.sources[i], &report);
	}
	check_dead(&tree, commands, &report);
	check_rooms(&tree, &report);
	(void)printf("tidy: %zu files, %u offences\n", tree.count, report.count);
	for (size_t i = 0; i < tree.count; i++)
		source_drop(&tree.sources[i]);
	free(tree.sources);
	free(floors);
	free(commands);
	return report.count ? 1 : 0;
}
