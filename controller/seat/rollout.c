#include "seat/rollout.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "plan/plan.h"
#include "plan/rollout.h"
#include "state/events.h"
#include "state/fleet.h"
#include "state/rollouts.h"

#define STEP_ARENA_SIZE ((size_t)1 << 30) /* the states of ROUTERS_MAX; touched as needed */
#define PLACES_MAX 8                      /* former commits that may still have somebody */

/* ---- what is kept ---------------------------------------------------------------------------- */

static struct keeping *keeping_new(uint32_t room)
{
	struct keeping *kept = calloc(1, sizeof(*kept));

	if (kept == NULL)
		fatal("out of memory");
	kept->routers = calloc(room + 1, sizeof(*kept->routers));
	if (kept->routers == NULL)
		fatal("out of memory");
	return kept;
}

void rollout_keeping_free(struct keeping *kept)
{
	if (kept == NULL)
		return;
	for (uint32_t i = 0; i < kept->count; i++) {
		intent_release(kept->routers[i].intent);
		intent_release(kept->routers[i].goes_by);
	}
	free(kept->routers);
	free(kept);
}

static void keep(struct keeping *kept, const struct intent *intent, const struct router *router)
{
	kept->routers[kept->count++] = (struct kept_router){ router, intent_hold(intent),
							     intent_hold(intent) };
}

/* Who came since is not to wait for what is changed about others: he may have paid. */
static void let_in_newcomers(struct keeping *kept, const struct intent *newest)
{
	for (uint32_t i = 0; i < kept->count; i++) {
		struct kept_router *one = &kept->routers[i];
		struct intent *more = NULL;
		bool known = false;

		for (uint32_t k = 0; !known && k < i; k++) {
			known = kept->routers[k].intent == one->intent;
			if (known)
				more = intent_hold(kept->routers[k].goes_by);
		}
		if (!known)
			more = intent_with_newcomers(one->intent, newest);
		if (more == NULL)
			continue;
		intent_release(one->goes_by);
		one->goes_by = more;
	}
}

const struct kept_router *rollout_find(const struct keeping *kept, struct text name)
{
	uint32_t low = 0, high = kept != NULL ? kept->count : 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(kept->routers[middle].router->name, name);

		if (order == 0)
			return &kept->routers[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct keeping *rollout_keeping(struct seat *seat)
{
	struct keeping *copy = NULL;

	(void)pthread_mutex_lock(&seat->lock);
	if (seat->kept != NULL) {
		copy = keeping_new(seat->kept->count);
		for (uint32_t i = 0; i < seat->kept->count; i++) {
			const struct kept_router *one = &seat->kept->routers[i];

			copy->routers[copy->count++] = (struct kept_router){
				one->router, intent_hold(one->intent), intent_hold(one->goes_by)
			};
		}
	}
	(void)pthread_mutex_unlock(&seat->lock);
	return copy;
}

uint64_t rollout_serial(struct seat *seat)
{
	uint64_t serial;

	(void)pthread_mutex_lock(&seat->lock);
	serial = seat->kept_serial;
	(void)pthread_mutex_unlock(&seat->lock);
	return serial;
}

/* Both at once: nobody may meet the newest commit on a router that is to be kept. */
void rollout_swap(struct seat *seat, struct intent *next, struct keeping *kept)
{
	struct intent *former = NULL;
	struct keeping *before;

	if (kept != NULL && kept->count == 0) {
		rollout_keeping_free(kept);
		kept = NULL;
	}
	/* Whoever swaps holds the lock of those who move, or is alone: what is in force stays. */
	if (kept != NULL && (next != NULL || seat->intent != NULL))
		let_in_newcomers(kept, next != NULL ? next : seat->intent);
	(void)pthread_mutex_lock(&seat->lock);
	if (next != NULL) {
		former = seat->intent;
		seat->intent = next;
	}
	before = seat->kept;
	seat->kept = kept;
	seat->kept_serial++;
	(void)pthread_mutex_unlock(&seat->lock);
	intent_release(former);
	rollout_keeping_free(before);
}

struct intent *rollout_intent(struct seat *seat, struct text router, int64_t *pause_until_at)
{
	const struct kept_router *kept;
	const struct router *newest;
	struct intent *intent = NULL;

	*pause_until_at = 0;
	(void)pthread_mutex_lock(&seat->lock);
	kept = rollout_find(seat->kept, router);
	if (kept != NULL) {
		intent = intent_hold(kept->goes_by);
		newest = seat->intent != NULL ? intent_router(seat->intent, router) : NULL;
		*pause_until_at = newest != NULL ? newest->pause_until_at : 0;
	} else if (seat->intent != NULL) {
		intent = intent_hold(seat->intent);
	}
	(void)pthread_mutex_unlock(&seat->lock);
	return intent;
}

void rollout_lock(struct seat *seat)
{
	(void)pthread_mutex_lock(&seat->moving);
}

void rollout_unlock(struct seat *seat)
{
	(void)pthread_mutex_unlock(&seat->moving);
}

/* ---- a start --------------------------------------------------------------------------------- */

static bool let_go(struct seat *seat, const struct text *lost, uint32_t count, bool is_over,
		   struct error *error)
{
	const struct rollout_state none = { 0 };

	if (count == 0)
		return true;
	if (!store_begin(seat->store, error))
		return false;
	/* Nobody waits any more: no step would come to say so. */
	if (is_over && !rollout_write(seat->store, &none, error)) {
		store_abort(seat->store);
		return false;
	}
	for (uint32_t i = 0; i < count; i++)
		if (!rollout_move(seat->store, lost[i], error)) {
			store_abort(seat->store);
			return false;
		}
	return store_commit(seat->store, error);
}

/* The former commit as it was read for another router, or anew. */
static struct intent *read_former(const struct keeping *kept, struct text commit,
				  rollout_reader *reader, void *context)
{
	for (uint32_t i = 0; i < kept->count; i++)
		if (text_is(commit, kept->routers[i].intent->commit))
			return intent_hold(kept->routers[i].intent);
	return reader(context, commit);
}

bool rollout_load(struct seat *seat, rollout_reader *reader, void *context, struct error *error)
{
	struct arena arena = { 0 };
	struct router_state *states;
	struct keeping *kept;
	struct text *lost;
	uint32_t count, lost_count = 0;
	bool done;

	arena_open(&arena, STEP_ARENA_SIZE);
	if (!fleet_routers(&states, &count, seat->store, &arena, error)) {
		arena_close(&arena);
		return false;
	}
	kept = keeping_new(count);
	lost = ARENA_ARRAY(&arena, struct text, count + 1);
	for (uint32_t i = 0; i < count; i++) {
		struct intent *former;
		const struct router *router = NULL;

		if (states[i].held_commit.size == 0)
			continue;
		former = read_former(kept, states[i].held_commit, reader, context);
		if (former != NULL)
			router = intent_router(former, states[i].name);
		if (router != NULL)
			keep(kept, former, router);
		else
			lost[lost_count++] = states[i].name;
		intent_release(former);
	}
	/* What cannot be read again cannot be kept: as before there were waves. */
	if (lost_count > 0)
		log_line(LOG_WARNING, "rollout-lost", "tenant=%.*s routers=%u",
			 TEXT_ARG(seat->tenant->name), lost_count);
	done = let_go(seat, lost, lost_count, kept->count == 0, error);
	rollout_swap(seat, NULL, kept);
	arena_close(&arena);
	return done;
}

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
		const struct kept_router *kept = rollout_find(taking->seat->kept, router->name);
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
			keep(kept, one->former, intent_router(one->former, name));
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
	struct keeping *before = rollout_keeping(moving->seat), *after;

	after = keeping_new(before != NULL ? before->count : 0);
	for (uint32_t i = 0; before != NULL && i < before->count; i++) {
		const struct kept_router *one = &before->routers[i];
		bool gone = false;

		for (uint32_t k = 0; !gone && k < moving->moved_count; k++)
			gone = text_equal(moving->moved[k], one->router->name);
		if (!gone)
			keep(after, one->intent, one->router);
	}
	rollout_keeping_free(before);
	rollout_swap(moving->seat, NULL, after);
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
	rollout_lock(seat);
	done = work(&moving, apply, only);
	rollout_unlock(seat);
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

/* ---- marks ----------------------------------------------------------------------------------- */

/* The routers where a former commit still has somebody, besides `router`. */
static uint32_t other_places(char places[PLACES_MAX][NAME_SIZE_MAX + 1], struct seat *seat,
			     struct text router, struct text reference)
{
	const struct intent *seen[PLACES_MAX];
	uint32_t seen_count = 0, count = 0;

	(void)pthread_mutex_lock(&seat->lock);
	for (uint32_t i = 0; seat->kept != NULL && i < seat->kept->count; i++) {
		const struct intent *former = seat->kept->routers[i].intent;
		const struct subscriber *subscriber;
		const struct kept_router *kept;
		bool known = seen_count == PLACES_MAX;

		for (uint32_t k = 0; !known && k < seen_count; k++)
			known = seen[k] == former;
		if (known)
			continue;
		seen[seen_count++] = former;
		subscriber = intent_subscriber(former, reference);
		if (subscriber == NULL || text_equal(subscriber->router->name, router))
			continue;
		kept = rollout_find(seat->kept, subscriber->router->name);
		if (kept == NULL || kept->intent != former)
			continue;
		memcpy(places[count], kept->router->name.at, kept->router->name.size);
		places[count++][kept->router->name.size] = '\0';
	}
	(void)pthread_mutex_unlock(&seat->lock);
	return count;
}

bool rollout_mark(struct seat *seat, struct text router, struct text reference, enum cause cause,
		  struct text because, int64_t at, struct error *error)
{
	char places[PLACES_MAX][NAME_SIZE_MAX + 1];
	uint32_t count = other_places(places, seat, router, reference);

	for (uint32_t i = 0; i < count; i++)
		if (!fleet_mark(seat->store, text_of(places[i]), reference, cause, because, at,
				error))
			return false;
	return fleet_mark(seat->store, router, reference, cause, because, at, error);
}

void rollout_ring(struct seat *seat, struct text router, struct text reference,
		  enum urgency urgency)
{
	char places[PLACES_MAX][NAME_SIZE_MAX + 1];
	uint32_t count = other_places(places, seat, router, reference);

	for (uint32_t i = 0; i < count; i++)
		seat_ring(seat, text_of(places[i]), urgency);
	seat_ring(seat, router, urgency);
}
