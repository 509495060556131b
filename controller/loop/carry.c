#include "loop/run.h"

#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "loop/timekeeper.h"
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
	run->allowed = true;
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

/* How many changes from `first` on belong together. */
static uint32_t rank_size(const struct change *const *changes, uint32_t first, uint32_t count)
{
	uint32_t size = 1;

	while (first + size < count && same_rank(changes[first], changes[first + size]) &&
	       changes[first]->only_if_clean == changes[first + size]->only_if_clean)
		size++;
	return size;
}

/* Rows whose order matters are not for several hands. */
static bool is_bulk(const struct menu *menu, uint32_t count)
{
	return count >= FILL_WRITES_MIN && menu->shape != SHAPE_LIST;
}

/* REST carries one request a user at a time; a router that answered and still failed the last job
 * is not to be tried with more. */
static uint32_t sessions_worth(const struct run *run, const struct change *const *changes,
			       uint32_t count)
{
	const struct router_state *state = &run->gathered.state;

	if (run->gathered.router->transport == TRANSPORT_REST || run->seat->fill_sessions < 2 ||
	    (state->failures > 0 && state->reachable == TERNARY_YES))
		return 1;
	for (uint32_t first = 0; first < count;) {
		uint32_t size = rank_size(changes, first, count);

		if (is_bulk(changes[first]->menu, size))
			return run->seat->fill_sessions;
		first += size;
	}
	return 1;
}

/* Where the menu has no comment, adopting needs no word to the router. */
static bool is_wordless(const struct write *write)
{
	return write->verb == VERB_SET && write->attribute_count == 0;
}

static bool send_wire(struct run *run, struct write *wire, uint32_t count, struct error *why)
{
	struct device *device = *run->device;

	if (count == 0)
		return true;
	failpoint("reconcile-before-write");
	run->sent = true;
	if (run->fill != NULL && is_bulk(wire[0].menu, count))
		return fill_write(run->fill, device, wire, count, run->arena, why);
	return device->verbs->write(device, wire, count, run->arena, why);
}

/* One rank: all of it in flight at once. False: a line died. */
static bool send_rank(struct run *run, struct write *writes, int64_t *answered_at, uint32_t count,
		      struct error *why)
{
	struct write *wire = ARENA_ARRAY(run->arena, struct write, count + 1);
	uint32_t *from = ARENA_ARRAY(run->arena, uint32_t, count + 1);
	uint32_t sent = 0;
	bool alive;

	for (uint32_t i = 0; i < count; i++) {
		if (is_wordless(&writes[i])) {
			writes[i].end = WRITE_DONE;
			continue;
		}
		from[sent] = i;
		wire[sent++] = writes[i];
	}
	alive = send_wire(run, wire, sent, why);
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
		uint32_t size = rank_size(changes, first, count);
		bool alive;

		if (changes[first]->only_if_clean && run->refusal_count > 0) {
			first++; /* what it would remove is still referred to */
			continue;
		}
		alive = send_rank(run, &writes[first], &answered_at[first], size, why);
		settle_rank(run, &changes[first], &writes[first], size);
		if (!alive)
			return false;
		first += size;
	}
	return true;
}

/* What was sent, and what came of it, by as many sessions as it is worth. */
static bool carry_all(struct run *run, const struct change *const *changes, struct write *writes,
		      uint32_t count, bool *alive, struct error *error)
{
	int64_t *answered_at = ARENA_ARRAY(run->arena, int64_t, count + 1);
	struct error why = { 0 };

	if (!store_before(run, changes, count, error))
		return false;
	if (count == 0)
		return true;
	*alive = send_all(run, changes, writes, answered_at, count, &why);
	if (!*alive)
		run->job->error = why;
	return store_after(run, changes, writes, answered_at, count, error);
}

bool run_carry(struct run *run, bool *alive, struct error *error)
{
	const struct change **changes = ARENA_ARRAY(run->arena, const struct change *,
						    run->plan.count + 1);
	struct write *writes = ARENA_ARRAY(run->arena, struct write, run->plan.count + 1);
	struct fill fill;
	uint32_t count = 0, sessions;
	bool done;

	*alive = true;
	run->menus_touched = 0;
	for (uint32_t i = 0; i < run->plan.count; i++) {
		if (!run_carries(run, &run->plan.changes[i]))
			continue;
		changes[count] = &run->plan.changes[i];
		plan_write(&writes[count++], &run->plan.changes[i], run->arena);
	}
	sessions = sessions_worth(run, changes, count);
	if (sessions < 2)
		return carry_all(run, changes, writes, count, alive, error);
	/* They log in while the intention is stored and what precedes the bulk is carried out. */
	fill_open(&fill, run->seat, run->gathered.router, sessions);
	run->fill = &fill;
	done = carry_all(run, changes, writes, count, alive, error);
	run->fill = NULL;
	fill_close(&fill);
	return done;
}
