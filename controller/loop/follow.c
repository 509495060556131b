#include "loop/follow.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/commit.h"
#include "loop/publish.h"
#include "seat/keeping.h"
#include "settings/secrets.h"

#define FETCH_MS_MAX 60000
/* The source is written when something is new, and now and then to say that it was looked at. */
#define LOOKED_PACE_US MINUTE_US

/* A commit that some routers are still kept at. */
static struct intent *read_former(void *context, struct text commit)
{
	struct seat *seat = context;
	struct findings findings = { 0 };
	struct intent *intent = NULL;
	struct arena arena = { 0 };
	struct error why = { 0 };

	arena_open(&arena, INTENT_ARENA_SIZE);
	if (!intent_read_commit(&intent, &findings, seat->mirror, commit, seat->tenant->path,
				&arena, &why))
		intent = NULL;
	if (intent == NULL)
		log_line(LOG_WARNING, "commit-lost", "tenant=%.*s commit=%.*s why=\"%s\"",
			 TEXT_ARG(seat->tenant->name), TEXT_ARG(commit), why.text);
	arena_close(&arena);
	return intent;
}

bool follow_start(struct seat *seat, struct error *error)
{
	struct source_state source;
	struct findings findings = { 0 };
	struct intent *intent = NULL;
	struct arena arena = { 0 };
	bool done;

	arena_open(&arena, INTENT_ARENA_SIZE);
	done = source_read(&source, seat->store, &arena, error);
	if (done && source.commit.size > 0) {
		struct error why = { 0 };

		/* What cannot be loaded is taken anew from the branch, as on the first day. */
		if (!intent_read_commit(&intent, &findings, seat->mirror, source.commit,
					seat->tenant->path, &arena, &why) ||
		    intent == NULL)
			log_line(LOG_WARNING, "commit-lost", "tenant=%.*s commit=%.*s why=\"%s\"",
				 TEXT_ARG(seat->tenant->name), TEXT_ARG(source.commit), why.text);
		else
			seat_swap(seat, intent);
	}
	if (done && intent != NULL)
		done = keeping_load(seat, read_former, seat, error) &&
		       publish_and_say(seat, intent, &arena, error);
	arena_close(&arena);
	return done;
}

/* Is it this tenant's, in this tenant's money? */
static bool fits_here(bool *fits, struct seat *seat, const struct intent *next,
		      struct findings *findings, struct arena *arena, struct error *error)
{
	struct intent *former = seat_intent(seat);
	bool done = true;

	*fits = commit_name_fits(seat, next, findings, arena);
	if (*fits)
		done = commit_currency_fits(fits, seat, former, next, findings, arena, error);
	intent_release(former);
	return done;
}

static struct text first_error(const struct findings *findings, struct arena *arena)
{
	const struct finding *first = &findings->errors[0];
	struct text more = TEXT_NONE;

	if (findings->error_total > 1)
		more = text_format(arena, " (and %u more)", findings->error_total - 1);
	return text_format(arena, "%.*s:%u:%u: %.*s%s%.*s%.*s", TEXT_ARG(first->file), first->line,
			   first->column, TEXT_ARG(first->path), first->path.size > 0 ? ": " : "",
			   TEXT_ARG(first->message), TEXT_ARG(more));
}

static bool fetch(struct seat *seat, char commit[65], struct arena *arena, struct error *error)
{
	const struct settings_tenant *tenant = seat->tenant;
	struct secret credential = { 0 };
	struct text ref = text_format(arena, "refs/heads/%.*s", TEXT_ARG(tenant->branch));

	if (tenant->credentials.kind != SECRET_NONE &&
	    !secret_read(&credential, seat->settings->secrets, tenant->credentials, arena, error))
		return error_at(error, "credentials of the repository");
	return repository_fetch(seat->mirror, tenant->repository, tenant->branch,
				secret_reveal(credential), FETCH_MS_MAX, error) &&
	       repository_resolve(commit, seat->mirror, ref, error);
}

/*
 * What routers may be kept at from here on: the commits they are kept at now, and the one in force.
 * What no router is kept at any more is let go with the next commit.
 */
static bool keep_formers(struct seat *seat, struct arena *arena, struct error *error)
{
	struct keeping *kept = keeping_copy(seat);
	struct intent *intent = seat_intent(seat);
	uint32_t room = kept != NULL ? kept->count : 0, count = 0;
	struct text *commits = ARENA_ARRAY(arena, struct text, room + 1);
	bool done;

	if (intent != NULL)
		commits[count++] = text_copy(arena, text_of(intent->commit));
	for (uint32_t i = 0; i < room; i++) {
		struct text commit = text_of(kept->routers[i].intent->commit);
		bool known = false;

		for (uint32_t k = 0; !known && k < count; k++)
			known = text_equal(commits[k], commit);
		if (!known)
			commits[count++] = text_copy(arena, commit);
	}
	done = repository_keep_formers(seat->mirror, commits, count, error);
	intent_release(intent);
	keeping_free(kept);
	return done;
}

/* The newest commit is another than the one in force: read it, and take it or say why not. */
static bool consider(struct seat *seat, struct source_state *source, int64_t now,
		     struct followed *out, struct arena *arena, struct error *error)
{
	struct text former = source->error;
	struct intent *next = NULL;
	bool read = intent_read_commit(&next, &out->findings, seat->mirror, text_of(out->commit),
				       seat->tenant->path, arena, &out->trouble);
	bool fits = false;

	if (next != NULL && !fits_here(&fits, seat, next, &out->findings, arena, error)) {
		intent_release(next);
		return false;
	}
	if (!read) {
		/* A missing path, a refused repository: the commit cannot be taken. */
		source->error = text_copy(arena, text_of(out->trouble.text));
		out->invalid = true;
	} else if (fits) {
		/* Kept first: a force-push and gc must not take away what is in force. */
		if (!keep_formers(seat, arena, &out->trouble) ||
		    !repository_keep(seat->mirror, out->commit, &out->trouble)) {
			intent_release(next);
			source->error = text_copy(arena, text_of(out->trouble.text));
			return publish_source(seat, source, error);
		}
		out->taken = true;
		return commit_take(seat, next, now, error);
	} else {
		intent_release(next);
		out->invalid = true;
		source->error = first_error(&out->findings, arena);
	}
	if (text_equal(source->error, former))
		return true; /* said before, and looked at again because nothing tells that it is
				the same */
	log_line(LOG_WARNING, "commit-refused", "tenant=%.*s commit=%.12s why=\"%.*s\"",
		 TEXT_ARG(seat->tenant->name), out->commit, TEXT_ARG(source->error));
	return publish_source(seat, source, error);
}

static bool look(struct seat *seat, int64_t now, struct followed *out, struct arena *arena,
		 struct error *error)
{
	struct source_state source;
	struct intent *intent;
	bool in_force, done;

	if (!source_read(&source, seat->store, arena, error))
		return false;
	out->looked = fetch(seat, out->commit, arena, &out->trouble);
	if (!out->looked) {
		struct text why = text_copy(arena, text_of(out->trouble.text));

		out->commit[0] = '\0';
		if (text_equal(source.error, why))
			return true;
		log_line(LOG_WARNING, "repository", "tenant=%.*s why=\"%s\"",
			 TEXT_ARG(seat->tenant->name), out->trouble.text);
		source.error = why;
		return publish_source(seat, &source, error);
	}
	intent = seat_intent(seat);
	in_force = intent != NULL && strcmp(intent->commit, out->commit) == 0;
	done = true;
	if (intent != NULL)
		done = publish_and_say(seat, intent, arena, error);
	intent_release(intent);
	if (!done)
		return false;
	if (!source_read(&source, seat->store, arena, error))
		return false;
	source.newest = text_of(out->commit);
	if (!in_force) {
		source.looked_at = now;
		return consider(seat, &source, now, out, arena, error);
	}
	if (source.error.size == 0 && now - source.looked_at < LOOKED_PACE_US)
		return true;
	source.error = TEXT_NONE;
	source.looked_at = now;
	return publish_source(seat, &source, error);
}

bool follow_step(struct seat *seat, int64_t now, struct followed *out, struct arena *arena,
		 struct error *error)
{
	bool done;

	*out = (struct followed){ 0 };
	seat_turn_take(seat);
	done = look(seat, now, out, arena, error);
	seat_turn_give(seat);
	return done || error_at(error, "tenant %.*s", TEXT_ARG(seat->tenant->name));
}
