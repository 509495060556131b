#include "git/repository.h"

#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git/inner.h"

void repository_library_start(void)
{
	/* libgit2 counts its starts; it is never shut down, for handles may live until the end. */
	if (git_libgit2_init() == 1) {
		/* libgit2 1.5 refuses other owners with a text nobody understands, also for root
		 * (limits facts f): check_owner says the same with the remedy. */
		(void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
		/* A mirror whose branch names objects that a power cut took would never fetch
		 * them again. */
		(void)git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
		(void)git_libgit2_opts(GIT_OPT_SET_ODB_PACKED_PRIORITY, PACKED_PRIORITY);
	}
}

bool git_failed(struct error *error, enum error_code code, const char *what)
{
	const git_error *last = git_error_last();
	return error_set(error, code, "%s: %s", what,
			 last && last->message ? last->message : "libgit2 gives no reason");
}

/* Does git's own list of trusted folders name this one? */
static bool is_safe_directory(const char *path)
{
	git_config *config;
	if (git_config_open_default(&config))
		return false;
	git_config_iterator *iterator;
	git_config_entry *entry;
	bool safe = false;
	if (git_config_multivar_iterator_new(&iterator, config, "safe.directory", NULL) == 0) {
		while (!safe && git_config_next(&entry, iterator) == 0) {
			size_t size = strlen(entry->value);
			safe = strcmp(entry->value, "*") == 0 ||
			       (size > 0 && strncmp(entry->value, path, size) == 0 &&
				(path[size] == '\0' || strcmp(path + size, "/") == 0));
		}
		git_config_iterator_free(iterator);
	}
	git_config_free(config);
	return safe;
}

/* A repository's configuration can make git run programs: its owner's word counts, and root's. */
static bool check_owner(git_repository *handle, struct text path, struct error *error)
{
	const char *folder = git_repository_path(handle);
	const char *work = git_repository_workdir(handle);
	struct stat info;
	if (stat(folder, &info))
		return error_set(error, ERROR_FAILED, "%.*s cannot be read", TEXT_ARG(path));
	if (info.st_uid == geteuid() || info.st_uid == 0)
		return true;
	if (is_safe_directory(folder) || (work && is_safe_directory(work)))
		return true;
	return error_set(
	    error, ERROR_DENIED,
	    "%.*s belongs to another user (uid %u; wavu runs as uid %u): run `chown -R "
	    "%u` on it, or `git config --global --add safe.directory '%s'` as the user "
	    "wavu runs as",
	    TEXT_ARG(path), (unsigned)info.st_uid, (unsigned)geteuid(), (unsigned)geteuid(),
	    work ? work : folder);
}

static bool config_says(const git_config *config, const char *name, git_buf *value)
{
	return git_config_get_string_buf(value, config, name) == 0 && value->size > 0;
}

/*
 * What libgit2 1.5 cannot read (limits facts f) is recognised by the repository's own
 * configuration, before libgit2 refuses to open it at all.
 */
static bool check_format(struct text path, struct error *error)
{
	char file[4096];
	git_config *config = NULL;
	for (int i = 0; i < 2 && !config; i++) {
		int size = i == 0 ? snprintf(file, sizeof(file), "%.*s/.git/config", TEXT_ARG(path))
				  : snprintf(file, sizeof(file), "%.*s/config", TEXT_ARG(path));
		struct stat info;
		if (size < 0 || (size_t)size >= sizeof(file) || stat(file, &info))
			continue;
		if (git_config_open_ondisk(&config, file))
			config = NULL;
	}
	if (!config)
		return true;
	git_buf value = { 0 };
	bool good = true;
	if (config_says(config, "extensions.objectformat", &value) &&
	    strcmp(value.ptr, "sha1") != 0)
		good = error_set(
		    error, ERROR_INVALID,
		    "%.*s keeps its objects under %s, which this version cannot read: "
		    "make a new one with `git init --object-format=sha1` and push there",
		    TEXT_ARG(path), value.ptr);
	else if (config_says(config, "extensions.refstorage", &value) &&
		 strcmp(value.ptr, "files") != 0)
		good = error_set(error, ERROR_INVALID,
				 "%.*s keeps its branches as %s, which this version cannot read: "
				 "run `git refs migrate --ref-format=files` in it",
				 TEXT_ARG(path), value.ptr);
	else if (config_says(config, "extensions.partialclone", &value))
		good = error_set(error, ERROR_INVALID,
				 "%.*s is a partial clone, which lacks files: run `git fetch "
				 "--refetch --no-filter` and `git config --unset "
				 "extensions.partialclone` in it, or clone again without --filter",
				 TEXT_ARG(path));
	git_buf_dispose(&value);
	git_config_free(config);
	return good;
}

static bool copy_path(char out[4096], struct text path, struct error *error)
{
	if (path.size == 0 || path.size >= 4096 || memchr(path.at, '\0', path.size))
		return error_set(error, ERROR_INVALID, "the path of the repository is %s",
				 path.size ? "too long" : "empty");
	memcpy(out, path.at, path.size);
	out[path.size] = '\0';
	return true;
}

/*
 * Inside of a pre-receive hook what was pushed lies beside the repository, where git itself looks
 * for it by this variable: a hook may ask about a commit that is not yet let in.
 */
static void see_quarantine(git_repository *handle)
{
	const char *quarantine = getenv("GIT_QUARANTINE_PATH");
	git_odb *objects;

	if (quarantine == NULL || git_repository_odb(&objects, handle))
		return;
	(void)git_odb_add_disk_alternate(objects, quarantine);
	git_odb_free(objects);
}

bool repository_open(struct repository **out, struct text path, struct error *error)
{
	char folder[4096];
	git_repository *handle;
	repository_library_start();
	if (!copy_path(folder, path, error) || !check_format(path, error))
		return false;
	int result = git_repository_open_ext(&handle, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (result == GIT_ENOTFOUND)
		return error_set(error, ERROR_INVALID,
				 "%s is not a git repository: run `git init`, "
				 "or `wavu init`",
				 folder);
	if (result)
		return git_failed(error, ERROR_INVALID, folder);
	if (!check_owner(handle, path, error)) {
		git_repository_free(handle);
		return false;
	}
	see_quarantine(handle);
	whole_watch(handle);
	*out = (struct repository *)handle;
	return true;
}

bool repository_open_mirror(struct repository **out, struct text path, struct error *error)
{
	char folder[4096];
	git_repository *handle;
	repository_library_start();
	if (!copy_path(folder, path, error))
		return false;
	int result = git_repository_open_bare(&handle, folder);
	if (result == GIT_ENOTFOUND) {
		git_repository_init_options options;
		(void)git_repository_init_options_init(&options,
						       GIT_REPOSITORY_INIT_OPTIONS_VERSION);
		options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
		options.mode = 0750;
		options.initial_head = "main";
		result = git_repository_init_ext(&handle, folder, &options);
	}
	if (result)
		return git_failed(error, ERROR_FAILED, folder);
	whole_watch(handle);
	*out = (struct repository *)handle;
	return true;
}

void repository_close(struct repository *repository)
{
	git_repository_free((git_repository *)repository);
}

static bool no_such_revision(git_repository *handle, struct text rev, struct error *error)
{
	if (git_repository_is_empty(handle) == 1 || git_repository_head_unborn(handle) == 1)
		return error_set(error, ERROR_INVALID,
				 "there is no commit `%.*s` in %s, for its branch is empty: commit "
				 "something first",
				 TEXT_ARG(rev), git_repository_path(handle));
	return error_set(error, ERROR_INVALID,
			 "there is no branch or commit `%.*s` in %s: `git branch` and `git log` "
			 "show those there are",
			 TEXT_ARG(rev), git_repository_path(handle));
}

bool repository_resolve(char commit[65], struct repository *repository, struct text rev,
			struct error *error)
{
	git_repository *handle = (git_repository *)repository;
	char name[300];
	git_object *object = NULL, *peeled = NULL;
	if (rev.size == 0 || rev.size > 250 || memchr(rev.at, '\0', rev.size))
		return no_such_revision(handle, rev, error);
	/* A branch first, so that one called "deadbeef" is not read as an id. */
	(void)snprintf(name, sizeof(name), "refs/heads/%.*s", TEXT_ARG(rev));
	int result = git_revparse_single(&object, handle, name);
	if (result) {
		(void)snprintf(name, sizeof(name), "%.*s", TEXT_ARG(rev));
		result = git_revparse_single(&object, handle, name);
	}
	if (result == 0)
		result = git_object_peel(&peeled, object, GIT_OBJECT_COMMIT);
	if (result == 0)
		(void)git_oid_tostr(commit, 65, git_object_id(peeled));
	git_object_free(object);
	git_object_free(peeled);
	return result == 0 ? true : no_such_revision(handle, rev, error);
}

bool repository_keep(struct repository *repository, const char commit[65], struct error *error)
{
	git_oid id;
	git_reference *reference;
	if (git_oid_fromstr(&id, commit) ||
	    git_reference_create(&reference, (git_repository *)repository, "refs/wavu/good", &id, 1,
				 "wavu: in force"))
		return git_failed(error, ERROR_FAILED, "the commit in force cannot be kept");
	git_reference_free(reference);
	return true;
}

#define FORMERS "refs/wavu/former/"

static bool is_named(const char *ref, const struct text *commits, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (text_is(commits[i], ref + strlen(FORMERS)))
			return true;
	return false;
}

static bool let_go(git_repository *handle, const struct text *commits, uint32_t count)
{
	git_reference_iterator *iterator;
	const char *name;
	int result;

	if (git_reference_iterator_glob_new(&iterator, handle, FORMERS "*"))
		return false;
	while ((result = git_reference_next_name(&name, iterator)) == 0)
		if (!is_named(name, commits, count) && git_reference_remove(handle, name))
			break;
	git_reference_iterator_free(iterator);
	return result == GIT_ITEROVER;
}

bool repository_keep_formers(struct repository *repository, const struct text *commits,
			     uint32_t count, struct error *error)
{
	git_repository *handle = (git_repository *)repository;

	for (uint32_t i = 0; i < count; i++) {
		char name[sizeof(FORMERS) + 64];
		git_reference *reference;
		git_oid id;

		(void)snprintf(name, sizeof(name), FORMERS "%.*s", TEXT_ARG(commits[i]));
		if (git_oid_fromstrn(&id, commits[i].at, commits[i].size) ||
		    git_reference_create(&reference, handle, name, &id, 1, "wavu: kept at"))
			return git_failed(error, ERROR_FAILED, "a former commit cannot be kept");
		git_reference_free(reference);
	}
	return let_go(handle, commits, count) ||
	       git_failed(error, ERROR_FAILED, "former commits cannot be let go");
}
