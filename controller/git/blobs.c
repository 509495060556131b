/* The YAML blobs of a commit: our own walk over its trees. */
#include <git2.h>
#include <stdio.h>
#include <string.h>

#include "git/files.h"
#include "git/inner.h"

struct walk {
	git_repository *handle;
	struct files files;
};

static bool take_blob(struct walk *walk, const git_blob *from, struct text path)
{
	git_object_size_t size = git_blob_rawsize(from);
	bool go_on;

	if (!files_room(&walk->files, &go_on, path, (uint64_t)size))
		return go_on;
	struct text bytes = { git_blob_rawcontent(from), (uint32_t)size };
	struct blob blob = { .path = path, .bytes = text_copy(walk->files.arena, bytes) };
	(void)git_oid_tostr(blob.id, sizeof(blob.id), git_blob_id(from));
	return files_keep(&walk->files, blob);
}

static bool add_blob(struct walk *walk, const git_oid *id, struct text path)
{
	git_blob *blob;
	if (git_blob_lookup(&blob, walk->handle, id))
		return git_failed(walk->files.error, ERROR_FAILED, path.at);
	bool good = take_blob(walk, blob, path);
	git_blob_free(blob);
	return good;
}

static bool walk_tree(struct walk *walk, const git_oid *id, struct text path, uint32_t depth);

static bool walk_entry(struct walk *walk, const git_tree_entry *entry, struct text path,
		       uint32_t depth)
{
	const char *name = git_tree_entry_name(entry);
	struct files *files = &walk->files;
	struct text inner;
	bool go_on;

	if (name[0] == '.')
		return true;
	if (!files_path(&inner, &go_on, files, path, name))
		return go_on;
	switch (git_tree_entry_filemode(entry)) {
	case GIT_FILEMODE_TREE:
		if (depth == YAML_DEPTH_MAX)
			return files_refuse(files, ERROR_INVALID, inner, FOLDER_TOO_DEEP);
		return walk_tree(walk, git_tree_entry_id(entry), inner, depth + 1);
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		if (!files_want(inner))
			return true;
		return add_blob(walk, git_tree_entry_id(entry), inner);
	case GIT_FILEMODE_LINK:
		return files_refuse(files, ERROR_INVALID, inner, FILE_IS_LINK);
	case GIT_FILEMODE_COMMIT:
		return files_refuse(files, ERROR_INVALID, inner,
				    "this is a submodule: put its files here, or give it a name "
				    "that begins with a dot");
	case GIT_FILEMODE_UNREADABLE:
		break;
	}
	return files_refuse(files, ERROR_INVALID, inner, "this is neither a file nor a folder");
}

static bool walk_tree(struct walk *walk, const git_oid *id, struct text path, uint32_t depth)
{
	git_tree *tree;
	if (git_tree_lookup(&tree, walk->handle, id))
		return git_failed(walk->files.error, ERROR_FAILED,
				  "a folder of the commit is missing");
	bool good = true;
	size_t count = git_tree_entrycount(tree);
	for (size_t i = 0; good && i < count; i++)
		good = walk_entry(walk, git_tree_entry_byindex(tree, i), path, depth);
	git_tree_free(tree);
	return good;
}

/* "." "./network/" "network" -> the folder in the commit, without dots and slashes at the ends. */
static struct text plain_path(struct text path)
{
	while (path.size && (path.at[path.size - 1] == '/'))
		path.size--;
	while (text_starts(path, TEXT("./")))
		path = text_from(path, 2);
	while (path.size && path.at[0] == '/')
		path = text_from(path, 1);
	return text_is(path, ".") ? TEXT_NONE : path;
}

/* The id of the folder `path` of a commit. */
static bool find_folder(git_oid *out, git_repository *handle, const char commit[65],
			struct text path, struct error *error)
{
	git_oid id;
	git_commit *object;
	git_tree *root;
	git_tree_entry *entry;
	char name[1024];
	if (git_oid_fromstr(&id, commit) || git_commit_lookup(&object, handle, &id))
		return git_failed(error, ERROR_INVALID, commit);
	int result = git_commit_tree(&root, object);
	git_commit_free(object);
	if (result)
		return git_failed(error, ERROR_FAILED, commit);
	*out = *git_tree_id(root);
	struct text folder = plain_path(path);
	if (folder.size == 0) {
		git_tree_free(root);
		return true;
	}
	(void)snprintf(name, sizeof(name), "%.*s", TEXT_ARG(folder));
	result = git_tree_entry_bypath(&entry, root, name);
	git_tree_free(root);
	if (result)
		return error_set(error, ERROR_INVALID,
				 "there is no folder `%s` in commit %.12s: a missing folder is "
				 "never taken for an empty fleet",
				 name, commit);
	bool is_folder = git_tree_entry_type(entry) == GIT_OBJECT_TREE;
	*out = *git_tree_entry_id(entry);
	git_tree_entry_free(entry);
	if (!is_folder)
		return error_set(error, ERROR_INVALID, "`%s` in commit %.12s is no folder", name,
				 commit);
	return true;
}

bool repository_blobs(struct blob **out, uint32_t *count, struct repository *repository,
		      const char commit[65], struct text path, struct arena *arena,
		      struct error *error)
{
	git_oid folder;
	struct walk walk = {
		.handle = (git_repository *)repository,
		.files = { .arena = arena, .error = error },
	};
	if (!find_folder(&folder, walk.handle, commit, path, error) ||
	    !walk_tree(&walk, &folder, TEXT_NONE, 0))
		return false;
	if (walk.files.count == 0)
		return error_set(error, ERROR_INVALID,
				 "there is no *.yaml or *.yml file in `%.*s` of commit %.12s: an "
				 "empty folder is never taken for an empty fleet",
				 path.size ? (int)path.size : 1, path.size ? path.at : ".", commit);
	*out = walk.files.blobs;
	*count = walk.files.count;
	return true;
}

bool repository_folder_id(char id[65], struct repository *repository, const char commit[65],
			  struct text path, struct error *error)
{
	git_oid folder;
	if (!find_folder(&folder, (git_repository *)repository, commit, path, error))
		return false;
	(void)git_oid_tostr(id, 65, &folder);
	return true;
}
