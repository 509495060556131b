#include "git/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/files.h"

static bool read_all(struct files *files, int file, struct text path, uint32_t size,
		     struct text *bytes)
{
	char *at = arena_take(files->arena, (size_t)size + 1);
	uint32_t used = 0;
	while (used < size) {
		ssize_t got = read(file, at + used, size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return files_refuse(files, ERROR_FAILED, path, strerror(errno));
		if (got == 0)
			break;
		used += (uint32_t)got;
	}
	*bytes = (struct text){ at, used };
	return true;
}

static bool add_file(struct files *files, int folder, const char *name, struct text path)
{
	struct stat info;
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0)
		return files_refuse(files, errno == ENOENT ? ERROR_CONFLICT : ERROR_FAILED, path,
				    strerror(errno));
	bool good, taken = false;
	struct text bytes;
	if (fstat(file, &info)) {
		good = files_refuse(files, ERROR_FAILED, path, strerror(errno));
	} else if (!S_ISREG(info.st_mode)) {
		good = files_refuse(files, ERROR_INVALID, path, "this is no plain file: remove it");
	} else if (files_room(files, &good, path, (uint64_t)info.st_size)) {
		good = read_all(files, file, path, (uint32_t)info.st_size, &bytes);
		taken = good;
	}
	(void)close(file);
	return taken ? files_keep(files, (struct blob){ .path = path, .bytes = bytes }) : good;
}

static bool walk_folder(struct files *files, int folder, struct text path, uint32_t depth);

static bool walk_entry(struct files *files, int folder, const char *name, struct text path,
		       uint32_t depth)
{
	struct stat info;
	struct text inner;
	bool go_on;

	if (!files_path(&inner, &go_on, files, path, name))
		return go_on;
	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW))
		return files_refuse(files, ERROR_FAILED, inner, strerror(errno));
	if (S_ISLNK(info.st_mode))
		return files_refuse(files, ERROR_INVALID, inner, FILE_IS_LINK);
	if (S_ISREG(info.st_mode) || !S_ISDIR(info.st_mode))
		return files_want(inner) ? add_file(files, folder, name, inner) : true;
	if (depth == YAML_DEPTH_MAX)
		return files_refuse(files, ERROR_INVALID, inner, FOLDER_TOO_DEEP);
	int next = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY);
	if (next < 0)
		return files_refuse(files, ERROR_FAILED, inner, strerror(errno));
	return walk_folder(files, next, inner, depth + 1);
}

/* Takes over the descriptor. */
static bool walk_folder(struct files *files, int folder, struct text path, uint32_t depth)
{
	DIR *stream = fdopendir(folder);
	if (!stream) {
		(void)close(folder);
		return files_refuse(files, ERROR_FAILED, path, strerror(errno));
	}
	bool good = true;
	const struct dirent *entry;
	while (good && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			good = walk_entry(files, dirfd(stream), entry->d_name, path, depth);
	(void)closedir(stream);
	return good;
}

static int compare_blobs(const void *a, const void *b)
{
	const struct blob *left = a, *right = b;
	return text_compare(left->path, right->path);
}

bool folder_blobs(struct blob **out, uint32_t *count, struct text folder, struct arena *arena,
		  struct error *error)
{
	struct text path = text_copy(arena, folder);
	int descriptor = open(path.at, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (descriptor < 0)
		return error_set(error, ERROR_INVALID, "%.*s: %s", TEXT_ARG(folder),
				 errno == ENOENT ? "there is no such folder" : strerror(errno));
	struct files files = { .arena = arena, .error = error };
	if (!walk_folder(&files, descriptor, TEXT_NONE, 0))
		return false;
	if (files.count == 0)
		return error_set(error, ERROR_INVALID,
				 "%.*s: there is no *.yaml or *.yml file here: an empty folder is "
				 "never taken for an empty fleet",
				 TEXT_ARG(folder));
	qsort(files.blobs, files.count, sizeof(*files.blobs), compare_blobs);
	*out = files.blobs;
	*count = files.count;
	return true;
}
