/* A new repository for `wavu init`, and what to watch of one that exists. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git/inner.h"

static bool failed(struct error *error, const char *path)
{
	return error_set(error, ERROR_FAILED, "%s: %s", path, strerror(errno));
}

/* Makes the folders above the last `/` of a path. */
static bool make_folders(char *path, struct error *error)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int result = mkdir(path, 0777);
		if (result && errno != EEXIST)
			return failed(error, path);
		*slash = '/';
	}
	return true;
}

static bool write_file(const char *folder, const struct repository_file *file, struct error *error)
{
	char path[4096];
	int size = snprintf(path, sizeof(path), "%s/%.*s", folder, TEXT_ARG(file->path));
	if (size < 0 || (size_t)size >= sizeof(path))
		return error_set(error, ERROR_INVALID, "%.*s: too long a path",
				 TEXT_ARG(file->path));
	if (!make_folders(path, error))
		return false;
	int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (out < 0)
		return failed(error, path);
	bool good = true;
	for (uint32_t used = 0; good && used < file->bytes.size;) {
		ssize_t wrote = write(out, file->bytes.at + used, file->bytes.size - used);
		if (wrote < 0 && errno != EINTR)
			good = failed(error, path);
		else if (wrote > 0)
			used += (uint32_t)wrote;
	}
	if (close(out) && good)
		good = failed(error, path);
	return good;
}

static bool check_empty(const char *folder, struct error *error)
{
	DIR *stream = opendir(folder);
	if (!stream && errno == ENOENT)
		return true;
	if (!stream)
		return failed(error, folder);
	bool empty = true;
	const struct dirent *entry;
	while ((entry = readdir(stream)))
		empty = empty &&
			(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
	(void)closedir(stream);
	if (!empty)
		return error_set(error, ERROR_INVALID,
				 "%s is not empty: name a folder that does not exist yet", folder);
	return true;
}

static bool commit_files(git_repository *handle, const struct repository_file *files,
			 uint32_t count, struct text message, struct error *error)
{
	git_index *index = NULL;
	git_tree *tree = NULL;
	git_signature *author = NULL;
	git_oid tree_id, commit_id;
	char path[4096], text[1024];
	int result = git_repository_index(&index, handle);
	for (uint32_t i = 0; result == 0 && i < count; i++) {
		(void)snprintf(path, sizeof(path), "%.*s", TEXT_ARG(files[i].path));
		result = git_index_add_bypath(index, path);
	}
	if (result == 0)
		result = git_index_write(index);
	if (result == 0)
		result = git_index_write_tree(&tree_id, index);
	if (result == 0)
		result = git_tree_lookup(&tree, handle, &tree_id);
	/* Whoever has told git his name is the author; else wavu is. */
	if (result == 0 && git_signature_default(&author, handle))
		result = git_signature_now(&author, "wavu", "wavu@localhost");
	(void)snprintf(text, sizeof(text), "%.*s\n", TEXT_ARG(message));
	if (result == 0)
		result = git_commit_create(&commit_id, handle, "HEAD", author, author, NULL, text,
					   tree, 0, NULL);
	git_signature_free(author);
	git_tree_free(tree);
	git_index_free(index);
	return result == 0 ? true : git_failed(error, ERROR_FAILED, "the first commit");
}

bool repository_create(struct text folder, const struct repository_file *files, uint32_t count,
		       struct text message, struct error *error)
{
	char path[2048];
	repository_library_start();
	if (folder.size == 0 || folder.size >= sizeof(path))
		return error_set(error, ERROR_INVALID, "the folder's name is empty or too long");
	(void)snprintf(path, sizeof(path), "%.*s", TEXT_ARG(folder));
	if (!check_empty(path, error))
		return false;
	git_repository_init_options options;
	(void)git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_MKPATH;
	options.initial_head = "main";
	git_repository *handle;
	if (git_repository_init_ext(&handle, path, &options))
		return git_failed(error, ERROR_FAILED, path);
	bool good = true;
	for (uint32_t i = 0; good && i < count; i++)
		good = write_file(path, &files[i], error);
	if (good)
		good = commit_files(handle, files, count, message, error);
	git_repository_free(handle);
	return good;
}

struct watch_list {
	struct arena *arena;
	struct text *paths;
	uint32_t count, capacity;
};

static void add_path(struct watch_list *list, struct text path)
{
	if (list->count == list->capacity) {
		uint32_t wider = list->capacity ? list->capacity * 2 : 16;
		list->paths = arena_grow(list->arena, list->paths,
					 list->capacity * sizeof(struct text),
					 wider * sizeof(struct text));
		list->capacity = wider;
	}
	list->paths[list->count++] = path;
}

/* A branch called "net/main" lies in a folder of its own below refs/heads. */
static void add_folders(struct watch_list *list, struct text path, uint32_t depth)
{
	enum { WATCH_MAX = 1000 };
	DIR *stream = opendir(path.at);
	if (!stream)
		return;
	add_path(list, path);
	const struct dirent *entry;
	while (depth < 8 && list->count < WATCH_MAX && (entry = readdir(stream))) {
		struct stat info;
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(stream), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISDIR(info.st_mode))
			continue;
		add_folders(list, text_format(list->arena, "%s/%s", path.at, entry->d_name),
			    depth + 1);
	}
	(void)closedir(stream);
}

bool repository_watch_paths(struct text **out, uint32_t *count, struct text path,
			    struct arena *arena, struct error *error)
{
	struct repository *repository;
	if (!repository_open(&repository, path, error))
		return false;
	git_repository *handle = (git_repository *)repository;
	char real[4096];
	struct watch_list list = { .arena = arena };
	/* packed-refs and HEAD are replaced by renaming: their folder is watched, not they. */
	bool good = realpath(git_repository_commondir(handle), real) != NULL;
	if (good) {
		add_path(&list, text_copy(arena, text_of(real)));
		add_folders(&list, text_format(arena, "%s/refs/heads", real), 0);
	} else {
		(void)failed(error, git_repository_commondir(handle));
	}
	repository_close(repository);
	*out = list.paths;
	*count = list.count;
	return good;
}
