#include "loop/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "loop/proving.h"
#include "state/events.h"
#include "state/fleet.h"
#include "state/protection.h"
#include "state/rollouts.h"
#include "view/plan_view.h"

/* A wave waits so often for a router whose line dies under its writes. */
#define WAVE_TRIES 3

static bool is_failure(const struct job *job)
{
	return job->outcome == OUTCOME_UNREACHABLE || job->outcome == OUTCOME_DENIED ||
	       job->outcome == OUTCOME_UNKNOWN || job->outcome == OUTCOME_REFUSED;
}

/* Did it look to the end and may what it saw be believed? */
static bool is_whole(const struct run *run)
{
	return !is_failure(run->job);
}

/*
 * A commit, or a wave of it, may have come between taking the intent and reading the generation:
 * then what was done is not what the generation says.
 */
static bool is_by_its_commit(const struct run *run)
{
	return text_is(run->gathered.commit, run->gathered.intent->commit);
}

/* ---- the router's state ---------------------------------------------------------------------- */

static void learn_complete(struct run *run, struct router_state *state, int64_t now)
{
	const struct gathered *gathered = &run->gathered;
	const struct guarded *guarded = &run->plan.guarded;

	state->last_reconcile_at = now;
	state->drift_rows = run->plan.drift_count;
	state->contested = run->plan.contested || run->stuck;
	state->guarded_digest = guarded->waits ? text_of(guarded->digest) : TEXT_NONE;
	state->guarded_losses = guarded->waits ? guarded->losses : 0;
	state->guarded_why = guarded->waits ? guarded->why : TEXT_NONE;
	if (is_whole(run) && is_by_its_commit(run)) {
		state->applied_generation = gathered->state.generation;
		state->applied_commit = gathered->commit;
	}
}

static struct router_state learn_state(struct run *run, int64_t now)
{
	struct router_state state = run->gathered.state;
	struct job *job = run->job;
	bool looked = run->planned && job->reachable == TERNARY_YES;

	state.reachable = job->reachable;
	state.unreachable_since_at = 0;
	if (job->reachable == TERNARY_NO)
		state.unreachable_since_at = run->gathered.state.unreachable_since_at != 0
						 ? run->gathered.state.unreachable_since_at
						 : now;
	state.failures = is_failure(job) ? state.failures + 1 : 0;
	state.error = job->outcome == OUTCOME_GUARDED ? TEXT_NONE : text_of(job->error.text);
	if (*run->device != NULL)
		state.version = (*run->device)->version;
	if (looked)
		state.last_look_at = run->observed.look_at;
	if (run->plan.walls_looked)
		state.walls = run->plan.walls;
	if (is_failure(job) || !job->in_sync)
		state.in_sync = job->complete || is_failure(job) ? TERNARY_NO : state.in_sync;
	else if (job->complete)
		state.in_sync = TERNARY_YES;
	if (job->complete && looked && job->outcome != OUTCOME_UNKNOWN)
		learn_complete(run, &state, now);
	job->failures = state.failures;
	return state;
}

/* ---- drift, marks, losses -------------------------------------------------------------------- */

static bool learn_drift(struct run *run, int64_t now, struct error *error)
{
	const struct plan *plan = &run->plan;
	struct drift_row *rows = ARENA_ARRAY(run->arena, struct drift_row, plan->count + 1);
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->changes[i];
		bool heals = run->job->mode == MODE_MANAGE &&
			     intent_drift_of(run->gathered.intent, run->gathered.router,
					     change->menu->path) == DRIFT_HEAL;

		if (change->reason != REASON_DRIFT)
			continue;
		rows[count++] = (struct drift_row){
			.router = run->gathered.router->name,
			.menu = text_of(change->menu->path),
			.key = change->key,
			.fields = view_fields_json(change, run->arena),
			.since_at = now,
			.subscriber = change->subscriber,
			.policy = heals ? TEXT("heal") : TEXT("report"),
		};
	}
	return drift_replace(run->seat->store, run->gathered.router->name, rows, count, now, error);
}

/* The loss was made and read back, or he has access again: nothing is left to be held or allowed.
 */
static bool is_settled(const struct run *run, struct text reference)
{
	const struct person *person = proving_person(&run->plan, reference);

	if (person == NULL)
		return run->gathered.complete;
	return person->gets_access || (!person->had_access && person->loss == LOSS_NONE);
}

/* Is nobody of the whole fleet left whose loss by a commit waits? */
static bool no_losses(bool *none, struct run *run, struct error *error)
{
	struct router_state *routers;
	uint32_t count;

	*none = true;
	if (!fleet_routers(&routers, &count, run->seat->store, run->arena, error))
		return false;
	for (uint32_t i = 0; *none && i < count; i++) {
		struct text *losses;
		uint32_t left;

		if (!fleet_losses(&losses, &left, run->seat->store, routers[i].name, run->arena,
				  error))
			return false;
		*none = left == 0;
	}
	return true;
}

static bool learn_losses(struct run *run, struct error *error)
{
	struct store *store = run->seat->store;
	struct text router = run->gathered.router->name;
	const struct plan_input *in = &run->gathered.input;
	struct source_state source;
	bool dropped = false, none;

	/* They lose by a commit that has not come here yet: nothing is settled. */
	if (run->gathered.state.held_commit.size > 0)
		return true;
	for (uint32_t i = 0; i < in->loss_count; i++) {
		if (!is_settled(run, in->losses[i]))
			continue;
		if (!fleet_losses_drop(store, router, in->losses[i], error))
			return false;
		dropped = true;
	}
	for (uint32_t i = 0; i < in->leave_count; i++)
		if (is_settled(run, in->leave[i]) &&
		    !fleet_leave_drop(store, router, in->leave[i], error))
			return false;
	if (!dropped || run->gathered.source.losses_why.size == 0)
		return true;
	if (!no_losses(&none, run, error) ||
	    (none && !source_read(&source, store, run->arena, error)))
		return false;
	if (!none)
		return true;
	source.losses_why = TEXT_NONE;
	return source_write(store, &source, error);
}

/* ---- history --------------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* Whom the event is about: those whose rows were written, and those for whom the job ran. */
static bool touch(struct run *run, int64_t event_id, struct error *error)
{
	uint32_t room = run->done_count + run->gathered.mark_count, count = 0;
	struct text *people = ARENA_ARRAY(run->arena, struct text, room + 1);

	for (uint32_t i = 0; i < run->done_count; i++)
		if (run->done[i].reference.size > 0)
			people[count++] = run->done[i].reference;
	for (uint32_t i = 0; i < run->gathered.mark_count; i++)
		people[count++] = run->gathered.marks[i].reference;
	if (count > 1)
		qsort(people, count, sizeof(*people), compare_texts);
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0 && text_equal(people[i], people[i - 1]))
			continue;
		if (!events_touch(run->seat->store, event_id, people[i], error))
			return false;
	}
	return true;
}

static bool learn_event(struct run *run, int64_t now, struct error *error)
{
	const struct plan done = { .changes = run->done, .count = run->done_count };
	enum cause cause = run->gathered.cause;
	struct event event = {
		.at = now,
		.router = run->gathered.router->name,
		.commit = text_of(run->gathered.intent->commit),
		.because = run->gathered.because,
		.writes = run->job->writes,
		.duration_ms = (uint32_t)((clock_monotonic() - run->began_at) / 1000),
		.outcome = run->job->outcome,
		.changes = view_changes_json(&done, true, run->arena),
		.error = text_of(run->job->error.text),
	};

	/* What nothing of ours explains was somebody else's hand. */
	if ((cause == CAUSE_SWEEP || cause == CAUSE_START) && run->drift_found > 0) {
		cause = CAUSE_DRIFT;
		event.because = text_format(run->arena, "%u %s found different", run->drift_found,
					    run->drift_found == 1 ? "row was" : "rows were");
	}
	event.cause = cause;
	log_line(
	    is_failure(run->job) ? LOG_WARNING : LOG_INFO, "job",
	    "tenant=%.*s router=%.*s cause=%s outcome=%s writes=%u rounds=%u ms=%u error=\"%.*s\"",
	    TEXT_ARG(run->seat->tenant->name), TEXT_ARG(event.router), cause_word(cause),
	    outcome_word(event.outcome), event.writes, run->job->rounds, event.duration_ms,
	    TEXT_ARG(event.error));
	return events_add(run->seat->store, &event, error) && touch(run, event.id, error);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void learn_owed(struct run *run)
{
	const struct router_state *state = &run->gathered.state;
	struct job *job = run->job;

	job->paid_waits = false;
	for (uint32_t i = 0; is_failure(job) && i < run->gathered.mark_count; i++)
		job->paid_waits |= run->gathered.marks[i].cause == CAUSE_PAYMENT;
	/* One look, one difference, against the newest wish: what a router owes after it was away.
	 * And what is held there is a share of those who have access: one more may set it free. */
	job->owes = !job->complete && !is_failure(job) &&
		    (state->generation > state->applied_generation || state->failures > 0 ||
		     run->plan.wants_complete ||
		     (state->guarded_digest.size > 0 && job->writes > 0));
}

/*
 * What the wave that moved this router learns of it. A line that died after a write is looked at
 * again at once; only then does it count.
 */
static bool learn_wave(struct run *run, struct error *error)
{
	const struct router_state *state = &run->gathered.state;
	const struct job *job = run->job;
	enum wave_end end = WAVE_PENDING;

	if (state->wave == 0 || state->held_commit.size > 0 || !is_by_its_commit(run))
		return true;
	if (job->outcome == OUTCOME_REFUSED || job->refused > 0)
		end = WAVE_REFUSED;
	else if (job->outcome == OUTCOME_UNREACHABLE || job->outcome == OUTCOME_DENIED)
		end = state->wave_strict ? WAVE_REFUSED : WAVE_ASIDE;
	else if (job->outcome == OUTCOME_UNKNOWN)
		end = job->failures >= WAVE_TRIES ? WAVE_ASIDE : WAVE_PENDING;
	else if (job->complete)
		end = WAVE_DONE;
	return end == WAVE_PENDING ||
	       rollout_tell(run->seat->store, state->name, end, error);
}

static bool learn_lease(struct run *run, struct error *error)
{
	const struct lease *lease = &run->plan.lease;
	const struct protection protection = { .router = run->gathered.router->name,
					       .protects = lease->protects,
					       .why = lease->why };

	return !lease->looked || !lease->wanted ||
	       protection_write(run->seat->store, &protection, error);
}

static bool learn_all(struct run *run, const struct router_state *state, int64_t now,
		      struct error *error)
{
	struct store *store = run->seat->store;
	bool whole = is_whole(run);

	if (!fleet_learnt(store, state, error))
		return false;
	if (run->job->complete && run->planned &&
	    (!learn_drift(run, now, error) || !learn_lease(run, error)))
		return false;
	if (whole && run->gathered.newest_mark > 0 &&
	    !fleet_marks_clear(store, state->name, run->gathered.newest_mark, error))
		return false;
	if (whole && !learn_losses(run, error))
		return false;
	if (!proving_learnt(run, state, whole, now, error))
		return false;
	return learn_wave(run, error) && learn_event(run, now, error);
}

bool run_learn(struct run *run, struct error *error)
{
	int64_t now = clock_now();
	struct router_state state = learn_state(run, now);

	learn_owed(run);
	if (!store_begin(run->seat->store, error))
		return false;
	if (!learn_all(run, &state, now, error)) {
		store_abort(run->seat->store);
		return false;
	}
	failpoint("reconcile-before-learnt");
	if (!store_commit(run->seat->store, error))
		return false;
	failpoint("reconcile-after-learnt");
	return true;
}
