/*
 * Fetching from a repository on this machine: what the mirror lacks is packed there and unpacked
 * here. It waits for nobody, so it needs no child; and it makes no git_remote, for libgit2 1.5
 * leaks 20 KiB for every line of configuration that it looks through then, and a branch is looked
 * at for years.
 */
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <string.h>

#include "git/inner.h"

struct copying {
	git_odb_writepack *pack;
	git_indexer_progress progress;
};

static int add_bytes(void *bytes, size_t size, void *context)
{
	struct copying *copying = context;
	return copying->pack->append(copying->pack, bytes, size, &copying->progress);
}

/* What the mirror has, the walk need not visit: its refs are complete, for they move last. */
static void hide_known(git_revwalk *walk, git_repository *mirror, git_odb *source, const char *ref)
{
	git_oid id;
	if (git_reference_name_to_id(&id, mirror, ref) == 0 && git_odb_exists(source, &id))
		(void)git_revwalk_hide(walk, &id);
}

/* Puts into the pack what `tip` needs and the mirror lacks. */
static int gather(git_packbuilder *builder, git_repository *mirror, git_repository *local,
		  const char *ref, const git_oid *tip)
{
	git_revwalk *walk = NULL;
	git_odb *source = NULL;
	/* A shallow clone ends somewhere: its newest commit is all that is needed. */
	if (git_repository_is_shallow(local) == 1)
		return git_packbuilder_insert_commit(builder, tip);
	int result = git_revwalk_new(&walk, local);
	if (result == 0)
		result = git_repository_odb(&source, local);
	if (result == 0)
		result = git_revwalk_push(walk, tip);
	if (result == 0) {
		hide_known(walk, mirror, source, ref);
		hide_known(walk, mirror, source, "refs/wavu/good");
		result = git_packbuilder_insert_walk(builder, walk);
	}
	git_odb_free(source);
	git_revwalk_free(walk);
	return result;
}

static int copy_objects(git_repository *mirror, git_repository *local, const char *ref,
			const git_oid *tip)
{
	git_packbuilder *builder = NULL;
	git_odb *target = NULL;
	struct copying copying = { .pack = NULL };
	int result = git_packbuilder_new(&builder, local);
	if (result == 0)
		result = gather(builder, mirror, local, ref, tip);
	if (result == 0)
		result = git_repository_odb(&target, mirror);
	if (result == 0)
		result = git_odb_write_pack(&copying.pack, target, NULL, NULL);
	if (result == 0)
		result = git_packbuilder_foreach(builder, add_bytes, &copying);
	if (result == 0)
		result = copying.pack->commit(copying.pack, &copying.progress);
	if (copying.pack)
		copying.pack->free(copying.pack);
	git_odb_free(target);
	git_packbuilder_free(builder);
	return result;
}

struct branches {
	struct arena *arena;
	struct text names[64];
	uint32_t count;
};

static int collect_branch(const char *name, void *context)
{
	struct branches *branches = context;
	if (branches->count < 64)
		branches->names[branches->count++] = text_copy(
		    branches->arena, text_of(name + strlen("refs/heads/")));
	return 0;
}

static bool no_such_branch(git_repository *local, const char *from, const char *branch,
			   struct error *error)
{
	struct arena arena;
	arena_open(&arena, 1 << 20);
	struct branches branches = { .arena = &arena };
	(void)git_reference_foreach_glob(local, "refs/heads/*", collect_branch, &branches);
	(void)branch_missing(from, branch, branches.names, branches.count, error);
	arena_close(&arena);
	return false;
}

static bool head_is(git_repository *mirror, const char *ref)
{
	git_reference *head;
	if (git_reference_lookup(&head, mirror, "HEAD"))
		return false;
	const char *target = git_reference_symbolic_target(head);
	bool same = target && strcmp(target, ref) == 0;
	git_reference_free(head);
	return same;
}

/* Moves the mirror's branch, and HEAD onto it: "the newest commit" of this mirror. */
static bool move_branch(git_repository *mirror, const char *ref, const git_oid *tip,
			struct error *error)
{
	git_reference *reference = NULL;
	int result = git_reference_create(&reference, mirror, ref, tip, 1, "wavu: fetch");
	git_reference_free(reference);
	if (result == 0)
		result = git_repository_set_head(mirror, ref);
	return result == 0 ? true : git_failed(error, ERROR_FAILED, "the mirror");
}

static bool fetch_opened(git_repository *mirror, git_repository *local, const char *from,
			 const char *branch, struct error *error)
{
	char ref[300];
	git_oid tip, have;
	(void)snprintf(ref, sizeof(ref), "refs/heads/%s", branch);
	if (git_reference_name_to_id(&tip, local, ref))
		return no_such_branch(local, from, branch, error);
	/* Looked at twice a minute for years: nothing new is nothing written. */
	if (git_reference_name_to_id(&have, mirror, ref) == 0 && git_oid_equal(&have, &tip) &&
	    head_is(mirror, ref))
		return true;
	if (copy_objects(mirror, local, ref, &tip))
		return git_failed(error, ERROR_UNREACHABLE, from);
	if (!move_branch(mirror, ref, &tip, error))
		return false;
	unpack_small(mirror);
	return true;
}

bool fetch_local(git_repository *mirror, const char *from, const char *branch, struct error *error)
{
	struct repository *local;
	if (!repository_open(&local, text_of(from), error))
		return false;
	bool good = fetch_opened(mirror, (git_repository *)local, from, branch, error);
	repository_close(local);
	return good;
}
