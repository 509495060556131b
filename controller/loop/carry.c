#include "loop/run.h"

#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "state/fleet.h"
#include "state/inventory.h"

/* Changes between two barriers: one menu, one direction. */
struct rank {
	uint32_t first, count;
};

static bool is_refused(const struct run *run, const struct change *change)
{
	for (uint32_t i = 0; i < run->refusal_count; i++)
		if (run->refusals[i].menu == change->menu &&
		    run->refusals[i].verb == change->verb &&
		    text_equal(run->refusals[i].key, change->key))
			return true;
	return false;
}

bool run_carries(const struct run *run, const struct change *change)
{
	if (change->verb == VERB_CONFLICT || change->held || change->report_only)
		return false;
	/* Contested rows are put right at the pace of the sweep, once a job. */
	if (change->slow && (run->job->rounds > 0 || !run->gathered.complete))
		return false;
	if (change->only_if_clean && run->refusal_count > 0)
		return false;
	return !is_refused(run, change);
}

static void remember_refusal(struct run *run, const struct change *change,
			     const struct write *write)
{
	if (run->refusal_count == run->refusal_room) {
		uint32_t room = run->refusal_room == 0 ? 64 : run->refusal_room * 2;

		run->refusals = arena_grow(run->arena, run->refusals,
					   run->refusal_room * sizeof(*run->refusals),
					   room * sizeof(*run->refusals));
		run->refusal_room = room;
	}
	run->refusals[run->refusal_count++] = (struct refusal){ change->verb, change->menu,
								change->key };
	run->job->refused++;
	if (run->job->error.code != ERROR_NONE)
		return;
	run->job->error = write->error;
	error_at(&run->job->error, "%s %s %.*s", verb_word(change->verb), change->menu->path,
		 TEXT_ARG(change->key));
}

static void remember_done(struct run *run, const struct change *change)
{
	if (run->done_count == run->done_room) {
		uint32_t room = run->done_room == 0 ? 64 : run->done_room * 2;

		run->done = arena_grow(run->arena, run->done, run->done_room * sizeof(*run->done),
				       room * sizeof(*run->done));
		run->done_room = room;
	}
	run->done[run->done_count++] = *change;
}

/* ---- before ---------------------------------------------------------------------------------- */

static bool store_fixes(struct run *run, struct error *error)
{
	struct store *store = run->seat->store;
	struct text router = run->gathered.router->name;

	for (uint32_t i = 0; i < run->plan.fix_count; i++) {
		const struct inventory_fix *fix = &run->plan.fixes[i];

		if (fix->drop
			? !inventory_drop(store, router, fix->entry.menu, fix->entry.key, error)
			: !inventory_put(store, router, &fix->entry, error))
			return false;
	}
	return true;
}

/* An approval that matched becomes leave for its people, so that a cut line does not ask again. */
static bool store_leave(struct run *run, struct error *error)
{
	const struct guarded *guarded = &run->plan.guarded;
	struct store *store = run->seat->store;
	struct text router = run->gathered.router->name, digest = text_of(guarded->digest);

	if (!guarded->approved)
		return true;
	/* `apply --allow` also says that the clock is right. */
	if (run->input.clock_why.size > 0) {
		if (!clock_held_write(store, TEXT_NONE, error))
			return false;
		timekeeper_believed(run->seat, clock_now(), clock_monotonic());
	}
	/* Who allowed it is kept; an approval from before says so already. */
	if (run->task->approval_count > 0 &&
	    !fleet_approve(store, router, digest, run->task->actor, clock_now(), error))
		return false;
	return fleet_leave_add(store, router, guarded->references, guarded->losses, error) &&
	       fleet_approval_spend(store, router, digest, error);
}

static bool store_before(struct run *run, const struct change *const *changes, uint32_t count,
			 struct error *error)
{
	bool done;

	if (run->plan.fix_count == 0 && !run->plan.guarded.approved && count == 0)
		return true;
	if (!store_begin(run->seat->store, error))
		return false;
	done = store_fixes(run, error) && store_leave(run, error);
	for (uint32_t i = 0; done && i < count; i++)
		if (changes[i]->before.key.size > 0)
			done = inventory_put(run->seat->store, run->gathered.router->name,
					     &changes[i]->before, error);
	if (!done) {
		store_abort(run->seat->store);
		return false;
	}
	failpoint("reconcile-before-intention");
	return store_commit(run->seat->store, error);
}

/* ---- after ----------------------------------------------------------------------------------- */

static bool store_one_after(struct run *run, const struct change *change, int64_t answered_at,
			    struct error *error)
{
	struct store *store = run->seat->store;
	struct text router = run->gathered.router->name;
	struct inventory_entry after = change->after;

	if (change->drops_entry &&
	    !inventory_drop(store, router, change->before.menu, change->before.key, error))
		return false;
	if (after.key.size == 0)
		return true;
	if (change->changes_rights)
		after.rights_at = answered_at;
	return inventory_put(store, router, &after, error);
}

static bool store_after(struct run *run, const struct change *const *changes,
			const struct write *writes, const int64_t *answered_at, uint32_t count,
			struct error *error)
{
	bool done = true;

	failpoint("reconcile-written");
	if (!store_begin(run->seat->store, error))
		return false;
	for (uint32_t i = 0; done && i < count; i++)
		if (writes[i].end == WRITE_DONE)
			done = store_one_after(run, changes[i], answered_at[i], error);
	if (!done) {
		store_abort(run->seat->store);
		return false;
	}
	failpoint("reconcile-before-outcome");
	if (!store_commit(run->seat->store, error))
		return false;
	failpoint("reconcile-after-outcome");
	return true;
}

/* ---- sending --------------------------------------------------------------------------------- */

static bool same_rank(const struct change *a, const struct change *b)
{
	bool takes_away_a = a->verb == VERB_REMOVE || a->verb == VERB_DISCONNECT;
	bool takes_away_b = b->verb == VERB_REMOVE || b->verb == VERB_DISCONNECT;

	return a->menu == b->menu && takes_away_a == takes_away_b;
}

/* Where the menu has no comment, adopting needs no word to the router. */
static bool is_wordless(const struct write *write)
{
	return write->verb == VERB_SET && write->attribute_count == 0;
}

/* One rank: all of it in flight at once. False: the line died. */
static bool send_rank(struct run *run, struct write *writes, int64_t *answered_at, uint32_t count,
		      struct error *why)
{
	struct write *wire = ARENA_ARRAY(run->arena, struct write, count + 1);
	uint32_t *from = ARENA_ARRAY(run->arena, uint32_t, count + 1);
	uint32_t sent = 0;
	bool alive = true;

	for (uint32_t i = 0; i < count; i++) {
		if (is_wordless(&writes[i])) {
			writes[i].end = WRITE_DONE;
			continue;
		}
		from[sent] = i;
		wire[sent++] = writes[i];
	}
	if (sent > 0) {
		failpoint("reconcile-before-write");
		run->sent = true;
		alive = (*run->device)->verbs->write(*run->device, wire, sent, run->arena, why);
	}
	for (uint32_t i = 0; i < sent; i++)
		writes[from[i]] = wire[i];
	for (uint32_t i = 0; i < count; i++)
		answered_at[i] = clock_now();
	return alive;
}

static void settle_rank(struct run *run, const struct change *const *changes,
			const struct write *writes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (writes[i].end == WRITE_DONE) {
			remember_done(run, changes[i]);
			run->job->writes += !is_wordless(&writes[i]);
		} else if (writes[i].end == WRITE_REFUSED) {
			remember_refusal(run, changes[i], &writes[i]);
		}
		if (writes[i].end != WRITE_UNSENT)
			run->menus_touched |= 1u << changes[i]->menu->id;
	}
}

static bool send_all(struct run *run, const struct change *const *changes, struct write *writes,
		     int64_t *answered_at, uint32_t count, struct error *why)
{
	for (uint32_t first = 0; first < count;) {
		uint32_t size = 1;
		bool alive;

		if (changes[first]->only_if_clean && run->refusal_count > 0) {
			first++; /* what it would remove is still referred to */
			continue;
		}
		while (first + size < count && same_rank(changes[first], changes[first + size]) &&
		       changes[first]->only_if_clean == changes[first + size]->only_if_clean)
			size++;
		alive = send_rank(run, &writes[first], &answered_at[first], size, why);
		settle_rank(run, &changes[first], &writes[first], size);
		if (!alive)
			return false;
		first += size;
	}
	return true;
}

bool run_carry(struct run *run, bool *alive, struct error *error)
{
	const struct change **changes = ARENA_ARRAY(run->arena, const struct change *,
						    run->plan.count + 1);
	struct write *writes = ARENA_ARRAY(run->arena, struct write, run->plan.count + 1);
	int64_t *answered_at = ARENA_ARRAY(run->arena, int64_t, run->plan.count + 1);
	struct error why = { 0 };
	uint32_t count = 0;

	*alive = true;
	run->menus_touched = 0;
	for (uint32_t i = 0; i < run->plan.count; i++) {
		if (!run_carries(run, &run->plan.changes[i]))
			continue;
		changes[count] = &run->plan.changes[i];
		plan_write(&writes[count++], &run->plan.changes[i], run->arena);
	}
	if (!store_before(run, changes, count, error))
		return false;
	if (count == 0)
		return true;
	*alive = send_all(run, changes, writes, answered_at, count, &why);
	if (!*alive)
		run->job->error = why;
	return store_after(run, changes, writes, answered_at, count, error);
}
