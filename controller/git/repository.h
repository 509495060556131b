/*
 * A git repository as wavu needs it: the branch's newest commit, a tree as blobs, our own bare
 * mirror. The only room that sees git2.h. Functions block on disk (and on the network in
 * repository_fetch_child); one thread per repository handle. It never touches a work tree and never
 * writes to the operator's repository.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct repository;

/* Once per process, before anything else; safe to call again. */
void repository_library_start(void);

/* Opens an existing repository, bare or not, at a local path. Another owner's, SHA-256 ones and
 * partial clones are refused with the remedy named. */
bool repository_open(struct repository **out, struct text path, struct error *error) MUST_CHECK;
/* Opens (creating when absent) our own bare mirror. */
bool repository_open_mirror(struct repository **out, struct text path,
			    struct error *error) MUST_CHECK;
void repository_close(struct repository *repository); /* NULL is fine */

/* Hex id of the commit that `rev` names: a branch ("main"), "refs/…", a hex id, "HEAD". INVALID
 * when there is none. */
bool repository_resolve(char commit[65], struct repository *repository, struct text rev,
			struct error *error) MUST_CHECK;

struct blob {
	struct text path;    /* relative to the path asked for */
	char id[65];         /* hex: equal ids are equal bytes */
	struct text bytes;   /* in the arena */
	const char *refusal; /* why it cannot be taken, with the remedy; NULL: it can */
};
/*
 * The id of the folder `path` in a commit: two commits whose ids are equal hold the same files
 * there, and nothing of them needs to be read again.
 */
bool repository_folder_id(char id[65], struct repository *repository, const char commit[65],
			  struct text path, struct error *error) MUST_CHECK;

/*
 * The blobs below `path` ("." is all) of a commit whose name ends in .yaml or .yml, hidden files
 * and folders skipped, in order of path. A missing or empty path is INVALID: it is never an empty
 * fleet. What cannot be taken (symbolic links, submodules, files over YAML_FILE_SIZE_MAX) comes
 * with its `refusal`, so that all mistakes can be told at once. LIMIT: INTENT_FILES_MAX,
 * INTENT_SIZE_MAX.
 */
bool repository_blobs(struct blob **out, uint32_t *count, struct repository *repository,
		      const char commit[65], struct text path, struct arena *arena,
		      struct error *error) MUST_CHECK;

/* Fetches one branch from a local path or a URL into the mirror as refs/heads/<branch>. From a URL
 * it runs in a child process that is killed after timeout_ms (libgit2 1.5 has no timeout of its
 * own); a path is read in this process. `credential` may be empty. */
bool repository_fetch(struct repository *mirror, struct text from, struct text branch,
		      struct text credential, uint32_t timeout_ms, struct error *error) MUST_CHECK;
/* Keeps a commit reachable whatever a force-push does: refs/wavu/good. */
bool repository_keep(struct repository *mirror, const char commit[65],
		     struct error *error) MUST_CHECK;

/*
 * The same for former commits that something still goes by: refs/wavu/former/ID. What was kept so
 * before and is not named is let go.
 */
bool repository_keep_formers(struct repository *mirror, const struct text *commits, uint32_t count,
			     struct error *error) MUST_CHECK;

/* A new repository with one commit of the given files on `main`; the folder must not exist or be
 * empty. */
struct repository_file {
	struct text path, bytes;
};
bool repository_create(struct text folder, const struct repository_file *files, uint32_t count,
		       struct text message, struct error *error) MUST_CHECK;

/* What to watch with inotify so that a new commit is seen: absolute paths in the arena. */
bool repository_watch_paths(struct text **out, uint32_t *count, struct text path,
			    struct arena *arena, struct error *error) MUST_CHECK;
