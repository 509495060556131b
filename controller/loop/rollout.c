#include "loop/rollout.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "plan/plan.h"
#include "plan/rollout.h"
#include "state/events.h"
#include "state/fleet.h"
#include "state/rollouts.h"

#define STEP_ARENA_SIZE ((size_t)1 << 30) /* the states of ROUTERS_MAX; touched as needed */

/* ---- a new commit ---------------------------------------------------------------------------- */

/* What is worked with while a commit is taken. */
struct taking {
	struct seat *seat;
	const struct intent *former, *next;
	struct wave_router *routers; /* those that are others now */
	uint32_t count;
	int64_t now;
	bool was_stopped; /* the roll-out before this one */
	bool *wanted;
	struct arena *arena;
	struct error *error;
};

static const struct router_state *state_of(const struct router_state *states, uint32_t count,
					   struct text name)
{
	for (uint32_t low = 0, high = count; low < high;) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(states[middle].name, name);

		if (order == 0)
			return &states[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool is_healthy(const struct router_state *state)
{
	return state->reachable != TERNARY_NO && state->failures == 0;
}

/* It is by the new commit as it was: it needs no wave, and is kept no longer. */
static bool take_equal(struct taking *taking, const struct kept_router *kept, uint32_t index)
{
	struct seat *seat = taking->seat;
	struct text name = taking->next->routers[index].name;

	if (!rollout_place(seat->store, name, TEXT_NONE, 0, false, taking->error))
		return false;
	/* Somebody's facts changed, though his lines in git may mean the same rows. */
	if (taking->wanted[index])
		return fleet_want(seat->store, name, text_of(taking->next->commit), taking->error);
	taking->wanted[index] = kept != NULL;
	return true;
}

static bool survey(struct taking *taking, const struct router_state *states, uint32_t state_count)
{
	const struct intent *next = taking->next;

	for (uint32_t i = 0; i < next->router_count; i++) {
		const struct router *router = &next->routers[i];
		const struct router_state *state = state_of(states, state_count, router->name);
		const struct kept_router *kept = keeping_find(taking->seat->kept, router->name);
		const struct intent *former = kept != NULL ? kept->intent : taking->former;
		const struct router *before = former != NULL ? intent_router(former, router->name)
							     : NULL;
		char was[13], is[13];
		bool refused = taking->was_stopped && state != NULL &&
			       state->wave_end == WAVE_REFUSED;

		plan_intent_digest(is, next, router);
		/*
		 * Who stopped the last roll-out is asked again first, though nothing is new for
		 * him: a commit about something else mends nothing.
		 */
		if (before != NULL && !refused) {
			plan_intent_digest(was, former, before);
			if (strcmp(was, is) == 0) {
				if (!take_equal(taking, kept, i))
					return false;
				continue;
			}
		}
		invariant(state != NULL);
		taking->routers[taking->count++] = (struct wave_router){
			.router = router,
			.former = before != NULL ? former : NULL,
			.healthy = is_healthy(state),
			.paused = router->pause_until_at > taking->now ||
				  state->pause_until_at > taking->now,
			.refused = refused,
		};
	}
	return true;
}

static bool place(struct taking *taking, struct keeping *kept)
{
	const struct intent *next = taking->next;
	struct store *store = taking->seat->store;

	for (uint32_t i = 0; i < taking->count; i++) {
		const struct wave_router *one = &taking->routers[i];
		struct text name = one->router->name, held = TEXT_NONE;

		if (one->wave > 1) {
			held = text_of(one->former->commit);
			keeping_add(kept, one->former, intent_router(one->former, name));
		}
		if (!rollout_place(store, name, held, one->wave, one->strict, taking->error))
			return false;
		if (held.size == 0 &&
		    !fleet_want(store, name, text_of(next->commit), taking->error))
			return error_at(taking->error, "router %.*s", TEXT_ARG(name));
		/* Who is booked on one that waits is let in there now, by the former commit. */
		if (held.size == 0)
			taking->wanted[one->router - next->routers] = true;
	}
	return true;
}

bool rollout_begin(struct keeping **kept, struct seat *seat, const struct intent *former,
		   const struct intent *next, int64_t now, bool *wanted, struct arena *arena,
		   struct error *error)
{
	struct taking taking = { .seat = seat,
				 .former = former,
				 .next = next,
				 .now = now,
				 .wanted = wanted,
				 .arena = arena,
				 .error = error };
	struct rollout_state state;
	struct router_state *states;
	uint32_t count, waves;

	*kept = NULL;
	if (!rollout_read(&state, seat->store, arena, error))
		return false;
	taking.was_stopped = state.stopped.size > 0;
	state = (struct rollout_state){ 0 };
	taking.routers = ARENA_ARRAY(arena, struct wave_router, next->router_count + 1);
	if (!fleet_routers(&states, &count, seat->store, arena, error) ||
	    !survey(&taking, states, count))
		return false;
	waves = rollout_plan(taking.routers, taking.count, next, arena);
	*kept = keeping_new(taking.count);
	if (!place(&taking, *kept))
		return false;
	if ((*kept)->count > 0)
		state = (struct rollout_state){
			.commit = text_of(next->commit), .wave = 1, .waves = waves, .began_at = now
		};
	if ((*kept)->count > 0)
		log_line(LOG_INFO, "rollout",
			 "tenant=%.*s commit=%.12s wave=1 waves=%u moved=%u waiting=%u",
			 TEXT_ARG(seat->tenant->name), next->commit, waves,
			 taking.count - (*kept)->count, (*kept)->count);
	return rollout_write(seat->store, &state, error);
}

/* ---- going on -------------------------------------------------------------------------------- */

/* One step of a roll-out, or a person's word. */
struct moving {
	struct seat *seat;
	struct rollout_state state;
	struct router_state *routers;
	uint32_t count;
	struct text *moved; /* to be rung after the commit */
	uint32_t moved_count;
	int64_t now;
	struct arena *arena;
	struct error *error;
};

static bool is_paused(const struct moving *moving, const struct router_state *state)
{
	const struct router *router = intent_router(moving->seat->intent, state->name);

	return state->pause_until_at > moving->now ||
	       (router != NULL && router->pause_until_at > moving->now);
}

static bool move(struct moving *moving, const struct router_state *router)
{
	struct store *store = moving->seat->store;

	moving->moved[moving->moved_count++] = router->name;
	return rollout_move(store, router->name, moving->error) &&
	       fleet_want(store, router->name, moving->state.commit, moving->error);
}

static bool stop(struct moving *moving, const struct router_state *router)
{
	struct seat *seat = moving->seat;
	struct rollout_state *state = &moving->state;
	struct event event = { .at = moving->now,
			       .router = router->name,
			       .commit = state->commit,
			       .cause = CAUSE_COMMIT,
			       .outcome = OUTCOME_REFUSED,
			       .changes = TEXT("[]") };
	uint32_t waiting = 0;

	for (uint32_t i = 0; i < moving->count; i++)
		waiting += moving->routers[i].held_commit.size > 0;
	state->stopped = text_format(
	    moving->arena,
	    "wave %u of %u stopped at %.*s%s%.*s; %u %s as before, until a newer commit mends it "
	    "or a person says `wavu apply`",
	    state->wave, state->waves, TEXT_ARG(router->name),
	    router->error.size > 0 ? ": " : ", which was not as wanted", TEXT_ARG(router->error),
	    waiting, waiting == 1 ? "router stays" : "routers stay");
	event.because = text_format(moving->arena, "the roll-out of %.*s stops",
				    TEXT_ARG(text_head(state->commit, 12)));
	event.error = state->stopped;
	log_line(LOG_WARNING, "rollout-stopped", "tenant=%.*s commit=%.*s why=\"%.*s\"",
		 TEXT_ARG(seat->tenant->name), TEXT_ARG(text_head(state->commit, 12)),
		 TEXT_ARG(state->stopped));
	return rollout_write(seat->store, state, moving->error) &&
	       events_add(seat->store, &event, moving->error);
}

/* The routers that were moved: is any of them still at it, and did one refuse? */
static bool weigh(struct moving *moving, uint32_t *open, const struct router_state **refused)
{
	*open = 0;
	*refused = NULL;
	for (uint32_t i = 0; i < moving->count; i++) {
		const struct router_state *router = &moving->routers[i];

		if (router->wave == 0 || router->held_commit.size > 0)
			continue;
		if (router->wave_end == WAVE_REFUSED && *refused == NULL)
			*refused = router;
		if (router->wave_end != WAVE_PENDING)
			continue;
		/* Nothing is sent to a paused one: it proves nothing, and nobody waits for it. */
		if (!is_paused(moving, router))
			(*open)++;
		else if (!rollout_tell(moving->seat->store, router->name, WAVE_ASIDE,
				       moving->error))
			return false;
	}
	return true;
}

/* The end of it: nobody waits any more, and the next one begins from nothing. */
static bool finish(struct moving *moving)
{
	const struct rollout_state none = { 0 };

	log_line(LOG_INFO, "rollout-done", "tenant=%.*s commit=%.*s",
		 TEXT_ARG(moving->seat->tenant->name),
		 TEXT_ARG(text_head(moving->state.commit, 12)));
	return rollout_write(moving->seat->store, &none, moving->error);
}

static bool next_wave(struct moving *moving)
{
	struct rollout_state *state = &moving->state;
	uint32_t waiting = 0;

	state->wave++;
	for (uint32_t i = 0; i < moving->count; i++) {
		const struct router_state *router = &moving->routers[i];

		if (router->held_commit.size == 0)
			continue;
		if (router->wave > state->wave)
			waiting++;
		else if (!move(moving, router))
			return false;
	}
	log_line(LOG_INFO, "rollout",
		 "tenant=%.*s commit=%.*s wave=%u waves=%u moved=%u waiting=%u",
		 TEXT_ARG(moving->seat->tenant->name), TEXT_ARG(text_head(state->commit, 12)),
		 state->wave, state->waves, moving->moved_count, waiting);
	return waiting > 0 ? rollout_write(moving->seat->store, state, moving->error)
			   : finish(moving);
}

/* Has any router that was moved shown that the commit can be carried out? */
static bool is_proven(const struct moving *moving)
{
	for (uint32_t i = 0; i < moving->count; i++) {
		const struct router_state *router = &moving->routers[i];

		if (router->wave > 0 && router->held_commit.size == 0 &&
		    router->wave_end == WAVE_DONE)
			return true;
	}
	return false;
}

/* The first that waits and is likely to answer; NULL: there is none. */
static const struct router_state *stand_in(const struct moving *moving)
{
	const struct router_state *found = NULL;
	uint32_t waiting = 0;

	for (uint32_t i = 0; i < moving->count; i++) {
		const struct router_state *router = &moving->routers[i];

		if (router->held_commit.size == 0)
			continue;
		waiting++;
		if (is_healthy(router) && !is_paused(moving, router) &&
		    (found == NULL || router->wave < found->wave))
			found = router;
	}
	/* The last of all goes for nobody else. */
	return waiting > 1 ? found : NULL;
}

static bool advance(struct moving *moving)
{
	const struct router_state *canary;
	const struct router_state *refused;
	uint32_t open;

	if (moving->state.commit.size == 0 || moving->state.stopped.size > 0)
		return true;
	if (!weigh(moving, &open, &refused))
		return false;
	if (refused != NULL)
		return stop(moving, refused);
	if (open > 0)
		return true;
	/* A canary that fell silent has proven nothing: another one goes before the rest. */
	canary = is_proven(moving) ? NULL : stand_in(moving);
	return canary != NULL ? move(moving, canary) : next_wave(moving);
}

static bool release(struct moving *moving, struct text only)
{
	uint32_t waiting = 0;

	for (uint32_t i = 0; i < moving->count; i++) {
		const struct router_state *router = &moving->routers[i];

		if (router->held_commit.size == 0)
			continue;
		if (only.size > 0 && !text_equal(only, router->name))
			waiting++;
		/* A person's choice is no proof for the waves. */
		else if (!move(moving, router) ||
			 !rollout_place(moving->seat->store, router->name, TEXT_NONE, 0, false,
					moving->error))
			return false;
	}
	return waiting > 0 || moving->state.commit.size == 0 || finish(moving);
}

/* Those that were moved are kept no longer; then they are rung. */
static void let_them_go(struct moving *moving)
{
	struct keeping *before = keeping_copy(moving->seat), *after;

	after = keeping_new(before != NULL ? before->count : 0);
	for (uint32_t i = 0; before != NULL && i < before->count; i++) {
		const struct kept_router *one = &before->routers[i];
		bool gone = false;

		for (uint32_t k = 0; !gone && k < moving->moved_count; k++)
			gone = text_equal(moving->moved[k], one->router->name);
		if (!gone)
			keeping_add(after, one->intent, one->router);
	}
	keeping_free(before);
	keeping_swap(moving->seat, NULL, after);
	for (uint32_t i = 0; i < moving->moved_count; i++)
		seat_ring(moving->seat, moving->moved[i], URGENCY_NORMAL);
}

/* `apply` false: the waves go on; else a person moves `only`, or all. */
static bool work(struct moving *moving, bool apply, struct text only)
{
	struct store *store = moving->seat->store;

	if (!store_begin(store, moving->error))
		return false;
	if (!rollout_read(&moving->state, store, moving->arena, moving->error) ||
	    !fleet_routers(&moving->routers, &moving->count, store, moving->arena, moving->error)) {
		store_abort(store);
		return false;
	}
	moving->moved = ARENA_ARRAY(moving->arena, struct text, moving->count + 1);
	if (!(apply ? release(moving, only) : advance(moving))) {
		store_abort(store);
		return false;
	}
	if (!store_commit(store, moving->error))
		return false;
	if (moving->moved_count > 0)
		let_them_go(moving);
	return true;
}

static bool go_on(struct seat *seat, bool apply, struct text only, int64_t now, struct error *error)
{
	struct arena arena = { 0 };
	struct moving moving = { .seat = seat, .now = now, .arena = &arena, .error = error };
	bool waits, done;

	(void)pthread_mutex_lock(&seat->lock);
	waits = seat->kept != NULL;
	(void)pthread_mutex_unlock(&seat->lock);
	if (!waits)
		return true;
	arena_open(&arena, STEP_ARENA_SIZE);
	keeping_lock(seat);
	done = work(&moving, apply, only);
	keeping_unlock(seat);
	arena_close(&arena);
	return done || error_at(error, "tenant %.*s: the roll-out", TEXT_ARG(seat->tenant->name));
}

bool rollout_step(struct seat *seat, int64_t now, struct error *error)
{
	return go_on(seat, false, TEXT_NONE, now, error);
}

bool rollout_release(struct seat *seat, struct text router, int64_t now, struct error *error)
{
	return go_on(seat, true, router, now, error);
}
