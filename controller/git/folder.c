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

struct walk {
	struct arena *arena;
	struct blob *blobs;
	uint32_t count, capacity;
	uint64_t size;
	struct error *error;
};

bool name_is_yaml(struct text name)
{
	return text_ends(name, TEXT(".yaml")) || text_ends(name, TEXT(".yml"));
}

bool name_is_readable(struct text name)
{
	if (!text_is_utf8(name))
		return false;
	for (uint32_t i = 0; i < name.size; i++)
		if ((unsigned char)name.at[i] < 0x20 || name.at[i] == 0x7f)
			return false;
	return true;
}

static bool keep(struct walk *walk, struct blob blob)
{
	if (walk->count == INTENT_FILES_MAX)
		return error_set(
		    walk->error, ERROR_LIMIT,
		    "there are more than 100,000 files: put several documents into one");
	if (walk->count == walk->capacity) {
		uint32_t wider = walk->capacity ? walk->capacity * 2 : 64;
		walk->blobs = arena_grow(walk->arena, walk->blobs,
					 walk->capacity * sizeof(struct blob),
					 wider * sizeof(struct blob));
		walk->capacity = wider;
	}
	walk->blobs[walk->count++] = blob;
	return true;
}

/* What one file does wrong is no reason to stop looking at the others; anything else is. */
static bool refuse(struct walk *walk, enum error_code code, struct text path, const char *message)
{
	if (code == ERROR_INVALID)
		return keep(walk, (struct blob){ .path = path, .refusal = message });
	(void)error_set(walk->error, code, "%.*s: %s", TEXT_ARG(path), message);
	(void)snprintf(walk->error->place.file, sizeof(walk->error->place.file), "%.*s",
		       TEXT_ARG(path));
	return false;
}

static bool read_all(struct walk *walk, int file, struct text path, uint32_t size,
		     struct text *bytes)
{
	char *at = arena_take(walk->arena, (size_t)size + 1);
	uint32_t used = 0;
	while (used < size) {
		ssize_t got = read(file, at + used, size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return refuse(walk, ERROR_FAILED, path, strerror(errno));
		if (got == 0)
			break;
		used += (uint32_t)got;
	}
	*bytes = (struct text){ at, used };
	return true;
}

static bool add_file(struct walk *walk, int folder, const char *name, struct text path)
{
	struct stat info;
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0)
		return refuse(walk, errno == ENOENT ? ERROR_CONFLICT : ERROR_FAILED, path,
			      strerror(errno));
	bool good, taken = false;
	struct text bytes;
	if (fstat(file, &info)) {
		good = refuse(walk, ERROR_FAILED, path, strerror(errno));
	} else if (!S_ISREG(info.st_mode)) {
		good = refuse(walk, ERROR_INVALID, path, "this is no plain file: remove it");
	} else if (info.st_size > YAML_FILE_SIZE_MAX) {
		good = refuse(walk, ERROR_INVALID, path, FILE_TOO_LARGE);
	} else if ((walk->size += (uint64_t)info.st_size) > INTENT_SIZE_MAX) {
		good = refuse(walk, ERROR_LIMIT, path, FILES_TOO_LARGE);
	} else {
		good = read_all(walk, file, path, (uint32_t)info.st_size, &bytes);
		taken = good;
	}
	(void)close(file);
	return taken ? keep(walk, (struct blob){ .path = path, .bytes = bytes }) : good;
}

static bool walk_folder(struct walk *walk, int folder, struct text path, uint32_t depth);

static bool walk_entry(struct walk *walk, int folder, const char *name, struct text path,
		       uint32_t depth)
{
	struct stat info;
	if (!name_is_readable(text_of(name)))
		return refuse(walk, ERROR_INVALID, path.size ? path : TEXT("."),
			      "a name in this folder is not UTF-8 or has control characters: "
			      "rename it");
	struct text inner = path.size ? text_format(walk->arena, "%.*s/%s", TEXT_ARG(path), name)
				      : text_copy(walk->arena, text_of(name));
	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW))
		return refuse(walk, ERROR_FAILED, inner, strerror(errno));
	if (S_ISLNK(info.st_mode))
		return refuse(walk, ERROR_INVALID, inner,
			      "this is a symbolic link: put the file itself here, or give it a "
			      "name that begins with a dot");
	if (S_ISREG(info.st_mode) || !S_ISDIR(info.st_mode))
		return name_is_yaml(inner) ? add_file(walk, folder, name, inner) : true;
	if (depth == YAML_DEPTH_MAX)
		return refuse(walk, ERROR_INVALID, inner, "folders are nested more than 64 deep");
	int next = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY);
	if (next < 0)
		return refuse(walk, ERROR_FAILED, inner, strerror(errno));
	return walk_folder(walk, next, inner, depth + 1);
}

/* Takes over the descriptor. */
static bool walk_folder(struct walk *walk, int folder, struct text path, uint32_t depth)
{
	DIR *stream = fdopendir(folder);
	if (!stream) {
		(void)close(folder);
		return refuse(walk, ERROR_FAILED, path, strerror(errno));
	}
	bool good = true;
	const struct dirent *entry;
	while (good && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			good = walk_entry(walk, dirfd(stream), entry->d_name, path, depth);
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
	struct walk walk = { .arena = arena, .error = error };
	if (!walk_folder(&walk, descriptor, TEXT_NONE, 0))
		return false;
	if (walk.count == 0)
		return error_set(error, ERROR_INVALID,
				 "%.*s: there is no *.yaml or *.yml file here: an empty folder is "
				 "never taken for an empty fleet",
				 TEXT_ARG(folder));
	qsort(walk.blobs, walk.count, sizeof(*walk.blobs), compare_blobs);
	*out = walk.blobs;
	*count = walk.count;
	return true;
}
