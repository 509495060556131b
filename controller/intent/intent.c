#include "intent/intent.h"

#include <stdatomic.h>
#include <string.h>

#include "git/folder.h"
#include "git/repository.h"
#include "intent/reader.h"

struct guard intent_guard(const struct intent *intent, const struct router *router)
{
	if (router->guard.declared)
		return router->guard;
	if (router->site->guard.declared)
		return router->site->guard;
	if (intent->tenant.guard.declared)
		return intent->tenant.guard;
	return (struct guard){ .declared = true, .losses_max_percent = 20, .losses_min = 10 };
}

struct maintenance intent_maintenance(const struct intent *intent, const struct router *router)
{
	if (router->maintenance.declared)
		return router->maintenance;
	if (router->site->maintenance.declared)
		return router->site->maintenance;
	return intent->tenant.maintenance;
}

static enum drift_mode drift_of(const struct menu_drifts *menus, enum drift_mode all,
				const char *menu)
{
	for (uint32_t i = 0; i < menus->count; i++)
		if (text_is(menus->at[i].menu, menu))
			return menus->at[i].drift;
	return all;
}

enum drift_mode intent_drift_of(const struct intent *intent, const struct router *router,
				const char *menu)
{
	enum drift_mode mode = drift_of(&router->menu_drifts, router->drift, menu);
	if (mode == DRIFT_INHERIT)
		mode = drift_of(&router->site->menu_drifts, router->site->drift, menu);
	if (mode == DRIFT_INHERIT)
		mode = drift_of(&intent->tenant.menu_drifts, intent->tenant.drift, menu);
	return mode == DRIFT_INHERIT ? DRIFT_HEAL : mode;
}

enum drift_mode intent_drift(const struct intent *intent, const struct router *router)
{
	if (router->drift != DRIFT_INHERIT)
		return router->drift;
	if (router->site->drift != DRIFT_INHERIT)
		return router->site->drift;
	if (intent->tenant.drift != DRIFT_INHERIT)
		return intent->tenant.drift;
	return DRIFT_HEAL;
}

bool intent_lease(const struct intent *intent, const struct router *router)
{
	if (router->lease != LEASE_INHERIT)
		return router->lease == LEASE_ON;
	if (router->site->lease != LEASE_INHERIT)
		return router->site->lease == LEASE_ON;
	return intent->tenant.lease == LEASE_ON;
}

struct intent *intent_hold(const struct intent *intent)
{
	/* Who holds a snapshot may count himself in; everything else of it never changes. */
	struct intent *held = (struct intent *)(uintptr_t)intent;
	unsigned before = atomic_fetch_add(&held->references, 1);
	invariant(before > 0);
	return held;
}

void intent_release(struct intent *intent)
{
	if (!intent)
		return;
	unsigned before = atomic_fetch_sub(&intent->references, 1);
	invariant(before > 0);
	if (before > 1)
		return;
	struct arena arena = intent->arena;
	struct intent *former = intent->former, *next = intent->next;
	if (!former)
		zone_free(intent->tenant.zone);
	arena_close(&arena);
	intent_release(former);
	intent_release(next);
}

static struct intent *intent_make(void)
{
	struct arena arena;
	arena_open(&arena, INTENT_ARENA_SIZE);
	struct intent *intent = ARENA_NEW(&arena, struct intent);
	intent->arena = arena;
	atomic_init(&intent->references, 1);
	return intent;
}

/* Files that could not be taken at all; what they may define is not called missing. */
static void tell_refusals(struct reader *reader, const struct blob *blobs, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!blobs[i].refusal)
			continue;
		struct problem problem = {
			.line = 1,
			.column = 1,
			.message = text_of(blobs[i].refusal),
		};
		reader->report.file = blobs[i].path;
		report_error(&reader->report, &problem);
		reader->blind = reader->maybe_tenant = true;
	}
}

static void read_files(struct intent **out, struct findings *findings,
		       const struct intent_file *files, uint32_t count, const struct blob *blobs,
		       uint32_t blob_count, struct arena *scratch, struct arena *arena)
{
	struct reader *reader = ARENA_NEW(scratch, struct reader);
	reader->scratch = scratch;
	reader->intent = intent_make();
	reader->nearest_left = NEAREST_MAX;
	reader->shape = (struct shape){
		.arena = scratch, /* the report keeps copies */
		.error = report_error,
		.warning = report_warning,
		.context = &reader->report,
		.problems_left = PROBLEMS_MAX * 2,
	};
	report_begin(&reader->report, arena);
	tell_refusals(reader, blobs, blob_count);
	reader_run(reader, files, count);
	report_end(&reader->report, findings);
	*out = NULL;
	if (findings->error_total > 0) {
		intent_release(reader->intent);
		return;
	}
	index_build(reader->intent);
	*out = reader->intent;
}

void intent_read_files(struct intent **out, struct findings *findings,
		       const struct intent_file *files, uint32_t count, struct arena *arena)
{
	struct arena scratch;
	arena_open(&scratch, SCRATCH_SIZE);
	read_files(out, findings, files, count, NULL, 0, &scratch, arena);
	arena_close(&scratch);
}

static void read_blobs(struct intent **out, struct findings *findings, const struct blob *blobs,
		       uint32_t count, struct arena *scratch, struct arena *arena)
{
	struct intent_file *files = ARENA_ARRAY(scratch, struct intent_file, count);
	uint32_t file_count = 0;
	for (uint32_t i = 0; i < count; i++)
		if (!blobs[i].refusal)
			files[file_count++] = (struct intent_file){ blobs[i].path, blobs[i].bytes };
	read_files(out, findings, files, file_count, blobs, count, scratch, arena);
}

/* What is wrong with the files as such, a missing path or a symbolic link, is a finding like
 * others. */
static bool as_finding(struct findings *findings, const struct error *error, struct arena *arena)
{
	if (error->code != ERROR_INVALID && error->code != ERROR_LIMIT)
		return false;
	const char *file = error->place.file[0] ? error->place.file : ".";
	struct finding *finding = ARENA_NEW(arena, struct finding);
	struct text message = text_copy(arena, text_of(error->text));
	/* The file stands beside the message already. */
	struct text prefix = text_format(arena, "%s: ", error->place.file);
	if (text_starts(message, prefix))
		message = text_from(message, prefix.size);
	*finding = (struct finding){
		.file = text_copy(arena, text_of(file)),
		.line = 1,
		.column = 1,
		.message = message,
	};
	*findings = (struct findings){ .errors = finding, .error_count = 1, .error_total = 1 };
	return true;
}

bool intent_read_commit(struct intent **out, struct findings *findings,
			struct repository *repository, struct text rev, struct text path,
			struct arena *arena, struct error *error)
{
	char commit[65];
	*out = NULL;
	*findings = (struct findings){ .error_count = 0 };
	if (!repository_resolve(commit, repository, rev.size ? rev : TEXT("HEAD"), error))
		return false;
	struct arena scratch;
	struct blob *blobs;
	uint32_t count;
	arena_open(&scratch, SCRATCH_SIZE);
	bool read = repository_blobs(&blobs, &count, repository, commit, path, &scratch, error);
	if (read)
		read_blobs(out, findings, blobs, count, &scratch, arena);
	else
		read = as_finding(findings, error, arena);
	if (*out)
		memcpy((*out)->commit, commit, sizeof(commit));
	arena_close(&scratch);
	return read;
}

bool intent_read_folder(struct intent **out, struct findings *findings, struct text folder,
			struct arena *arena, struct error *error)
{
	struct arena scratch;
	struct blob *blobs;
	uint32_t count;
	*out = NULL;
	*findings = (struct findings){ .error_count = 0 };
	arena_open(&scratch, SCRATCH_SIZE);
	bool read = folder_blobs(&blobs, &count, folder, &scratch, error);
	if (read)
		read_blobs(out, findings, blobs, count, &scratch, arena);
	else
		read = as_finding(findings, error, arena);
	arena_close(&scratch);
	return read;
}
