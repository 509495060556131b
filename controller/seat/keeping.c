#include "seat/keeping.h"

#include <stdlib.h>

#include "base/log.h"
#include "state/fleet.h"
#include "state/rollouts.h"

#define LOAD_ARENA_SIZE ((size_t)1 << 30) /* the states of ROUTERS_MAX; touched as needed */

struct keeping *keeping_new(uint32_t room)
{
	struct keeping *kept = calloc(1, sizeof(*kept));

	if (kept == NULL)
		fatal("out of memory");
	kept->routers = calloc(room + 1, sizeof(*kept->routers));
	if (kept->routers == NULL)
		fatal("out of memory");
	return kept;
}

void keeping_free(struct keeping *kept)
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

void keeping_add(struct keeping *kept, const struct intent *intent, const struct router *router)
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

const struct kept_router *keeping_find(const struct keeping *kept, struct text name)
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

struct keeping *keeping_copy(struct seat *seat)
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

uint64_t keeping_serial(struct seat *seat)
{
	uint64_t serial;

	(void)pthread_mutex_lock(&seat->lock);
	serial = seat->kept_serial;
	(void)pthread_mutex_unlock(&seat->lock);
	return serial;
}

/* Both at once: nobody may meet the newest commit on a router that is to be kept. */
void keeping_swap(struct seat *seat, struct intent *next, struct keeping *kept)
{
	struct intent *former = NULL;
	struct keeping *before;

	if (kept != NULL && kept->count == 0) {
		keeping_free(kept);
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
	keeping_free(before);
}

struct intent *keeping_intent(struct seat *seat, struct text router, int64_t *pause_until_at)
{
	const struct kept_router *kept;
	const struct router *newest;
	struct intent *intent = NULL;

	*pause_until_at = 0;
	(void)pthread_mutex_lock(&seat->lock);
	kept = keeping_find(seat->kept, router);
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

void keeping_lock(struct seat *seat)
{
	(void)pthread_mutex_lock(&seat->moving);
}

void keeping_unlock(struct seat *seat)
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
				  keeping_reader *reader, void *context)
{
	for (uint32_t i = 0; i < kept->count; i++)
		if (text_is(commit, kept->routers[i].intent->commit))
			return intent_hold(kept->routers[i].intent);
	return reader(context, commit);
}

bool keeping_load(struct seat *seat, keeping_reader *reader, void *context, struct error *error)
{
	struct arena arena = { 0 };
	struct router_state *states;
	struct keeping *kept;
	struct text *lost;
	uint32_t count, lost_count = 0;
	bool done;

	arena_open(&arena, LOAD_ARENA_SIZE);
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
			keeping_add(kept, former, router);
		else
			lost[lost_count++] = states[i].name;
		intent_release(former);
	}
	/* What cannot be read again cannot be kept: as before there were waves. */
	if (lost_count > 0)
		log_line(LOG_WARNING, "rollout-lost", "tenant=%.*s routers=%u",
			 TEXT_ARG(seat->tenant->name), lost_count);
	done = let_go(seat, lost, lost_count, kept->count == 0, error);
	keeping_swap(seat, NULL, kept);
	arena_close(&arena);
	return done;
}
