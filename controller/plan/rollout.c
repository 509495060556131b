#include "plan/rollout.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "plan/plan.h"

#define TENTH 10
#define WAVE_LAST 3 /* the canaries, a tenth, all */
#define WAVES_MAX 6 /* … and those whom people leave, one after the other */

struct candidate {
	struct wave_router *router;
	uint32_t people;
	bool loses_people; /* to a router that changes, too */
};

/* Packages that are others than in one former commit, by their index in `next`. */
struct touched {
	const struct intent *former;
	bool *packages;
};

/* What is worked with; `order` holds those that go in waves, the best canary first. */
struct waves {
	struct wave_router *routers;
	uint32_t count;
	const struct intent *next;
	struct arena *arena;
	/* by the router's index in `next`: NULL where nothing changes */
	struct wave_router **of;
	struct candidate *order;
	uint32_t order_count;
	struct touched *touched;
	uint32_t touched_count;
};

static const struct subscriber *const *people_of(const struct intent *intent,
						 const struct router *router, uint32_t *count)
{
	const struct subscriber *const *people;

	intent_subscribers_of(intent, router, &people, count);
	return people;
}

static const struct router *former_router(const struct wave_router *router)
{
	return router->former ? intent_router(router->former, router->router->name) : NULL;
}

/* Is everything that it was still so, and somebody was added? */
static bool only_gains(const struct waves *waves, const struct wave_router *router)
{
	const struct router *was = former_router(router);
	const struct subscriber *const *people, **stayed;
	char former[13], next[13];
	uint32_t count, i, kept = 0;

	people = people_of(waves->next, router->router, &count);
	stayed = ARENA_ARRAY(waves->arena, const struct subscriber *, count + 1);
	for (i = 0; i < count; i++) {
		const struct subscriber *before = intent_subscriber(router->former,
								    people[i]->reference);
		if (before && before->router == was)
			stayed[kept++] = people[i];
	}
	if (kept == count)
		return false;
	plan_intent_digest(former, router->former, was);
	plan_people_digest(next, waves->next, router->router, stayed, kept);
	return strcmp(former, next) == 0;
}

static bool goes_at_once(const struct waves *waves, const struct wave_router *router)
{
	return !former_router(router) || router->router->mode != MODE_MANAGE ||
	       only_gains(waves, router);
}

/* Somebody who leaves this router for another one that changes: where he goes to. */
static struct wave_router *goal_of(const struct waves *waves, const struct wave_router *router,
				   const struct subscriber *was)
{
	const struct subscriber *is = intent_subscriber(waves->next, was->reference);

	if (!is || is->router == router->router)
		return NULL;
	return waves->of[is->router - waves->next->routers];
}

static struct candidate candidate_of(const struct waves *waves, struct wave_router *router)
{
	struct candidate candidate = { .router = router };
	const struct subscriber *const *people;
	uint32_t count, i;

	people = people_of(router->former, former_router(router), &count);
	candidate.people = count;
	for (i = 0; i < count && !candidate.loses_people; i++) {
		const struct wave_router *goal = goal_of(waves, router, people[i]);
		candidate.loses_people = goal && goal->wave != 0;
	}
	return candidate;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	bool x_answers = x->router->healthy && !x->router->paused;
	bool y_answers = y->router->healthy && !y->router->paused;

	if (x->router->refused != y->router->refused)
		return x->router->refused ? -1 : 1;
	if (x_answers != y_answers)
		return x_answers ? -1 : 1;
	if (x->loses_people != y->loses_people)
		return x->loses_people ? 1 : -1;
	if (x->people != y->people)
		return x->people < y->people ? -1 : 1;
	return text_compare(x->router->router->name, y->router->router->name);
}

/* Does the commit change how wavu reaches it? */
static bool is_strict(const struct wave_router *router)
{
	const struct router *was = former_router(router), *is = router->router;

	return router->healthy &&
	       !(text_equal(was->host, is->host) && was->port == is->port &&
		 was->transport == is->transport && was->rest_plain == is->rest_plain &&
		 was->tls.anonymous == is->tls.anonymous &&
		 text_equal(was->tls.fingerprint, is->tls.fingerprint) &&
		 text_equal(was->tls.ca.name, is->tls.ca.name) && text_equal(was->user, is->user) &&
		 text_equal(was->password.name, is->password.name));
}

/* ---- packages -------------------------------------------------------------------------------- */

static bool *touched_since(struct waves *waves, const struct intent *former)
{
	const struct intent *next = waves->next;
	struct touched *fresh;
	uint32_t i;

	for (i = 0; i < waves->touched_count; i++)
		if (waves->touched[i].former == former)
			return waves->touched[i].packages;
	fresh = &waves->touched[waves->touched_count++];
	fresh->former = former;
	fresh->packages = ARENA_ARRAY(waves->arena, bool, next->package_count + 1);
	for (i = 0; i < next->package_count; i++) {
		const struct package *was = intent_package(former, next->packages[i].name);
		char before[13], after[13];

		plan_package_digest(after, &next->packages[i]);
		if (was)
			plan_package_digest(before, was);
		fresh->packages[i] = !was || strcmp(before, after) != 0;
	}
	return fresh->packages;
}

/*
 * The packages of a router that are others now, as a list; one more, the last of all, stands for
 * whatever else changed where no package did.
 */
static uint32_t packages_touched(struct waves *waves, const struct wave_router *router,
				 bool *on_router)
{
	const bool *touched = touched_since(waves, router->former);
	const struct subscriber *const *people;
	uint32_t count, i, found = 0, none = waves->next->package_count;

	memset(on_router, 0, (none + 1) * sizeof(*on_router));
	people = people_of(waves->next, router->router, &count);
	for (i = 0; i < count; i++) {
		size_t package = (size_t)(people[i]->package - waves->next->packages);
		/* Who has refused has all of his yet to prove, for he is not as he was told. */
		bool counts = touched[package] || router->refused;

		found += counts && !on_router[package];
		on_router[package] |= counts;
	}
	on_router[none] = found == 0;
	return found;
}

/* ---- placing --------------------------------------------------------------------------------- */

/* One for each package touched, the best router that has it; fewer where one has several. */
static void take_canaries(struct waves *waves)
{
	uint32_t none = waves->next->package_count, i, k;
	bool *seen = ARENA_ARRAY(waves->arena, bool, none + 1);
	bool *on_router = ARENA_ARRAY(waves->arena, bool, none + 1);

	for (i = 0; i < waves->order_count; i++) {
		bool proves = waves->order[i].router->refused;

		(void)packages_touched(waves, waves->order[i].router, on_router);
		for (k = 0; k <= none; k++) {
			proves |= on_router[k] && !seen[k];
			seen[k] |= on_router[k];
		}
		if (proves)
			waves->order[i].router->wave = 1;
	}
}

/* Of ten and fewer a canary is a tenth already. */
static void take_tenth(struct waves *waves)
{
	uint32_t wanted = waves->order_count > TENTH ? (waves->order_count + TENTH - 1) / TENTH : 0;
	uint32_t i;

	for (i = 0; i < waves->order_count && wanted > 0; i++) {
		if (waves->order[i].router->wave != WAVE_LAST)
			continue;
		waves->order[i].router->wave = 2;
		wanted--;
	}
}

/* The wave of the last of those whom people of this router go to; 0: nobody leaves it. */
static uint32_t wave_of_goals(const struct waves *waves, const struct wave_router *router)
{
	const struct subscriber *const *people;
	uint32_t count, i, wave = 0;

	people = people_of(router->former, former_router(router), &count);
	for (i = 0; i < count; i++) {
		const struct wave_router *goal = goal_of(waves, router, people[i]);
		if (goal && goal->wave > wave)
			wave = goal->wave;
	}
	return wave;
}

/*
 * Whom people leave comes after the one they go to: they are not to be shut out here before they
 * are let in there. Rings end together, in the last wave of all.
 */
static void put_behind_goals(struct waves *waves)
{
	bool again = true;
	uint32_t rounds, i;

	for (rounds = 0; again && rounds < WAVES_MAX; rounds++) {
		again = false;
		for (i = 0; i < waves->order_count; i++) {
			struct wave_router *router = waves->order[i].router;
			uint32_t after;

			if (!waves->order[i].loses_people)
				continue;
			after = wave_of_goals(waves, router);
			if (after == 0 || router->wave > after || router->wave == WAVES_MAX)
				continue;
			router->wave = after < WAVES_MAX ? after + 1 : WAVES_MAX;
			again = true;
		}
	}
}

/* Waves without a router are left out; returns how many are left. */
static uint32_t close_ranks(struct waves *waves)
{
	uint32_t numbers[WAVES_MAX + 1] = { 0 }, count = 0, wave, i;

	for (wave = 1; wave <= WAVES_MAX; wave++) {
		for (i = 0; i < waves->order_count; i++)
			if (waves->order[i].router->wave == wave)
				break;
		if (i < waves->order_count)
			numbers[wave] = ++count;
	}
	for (i = 0; i < waves->order_count; i++)
		waves->order[i].router->wave = numbers[waves->order[i].router->wave];
	return count;
}

/* Where people of a router that waits go to is watched, too, though it could go at once. */
static void watch_goals(struct waves *waves)
{
	uint32_t i, k, count;

	for (i = 0; i < waves->count; i++) {
		const struct wave_router *router = &waves->routers[i];
		const struct subscriber *const *people;

		if (router->wave != WAVE_LAST)
			continue;
		people = people_of(router->former, former_router(router), &count);
		for (k = 0; k < count; k++) {
			struct wave_router *goal = goal_of(waves, router, people[k]);
			if (goal && goal->wave == 0 && goal->router->mode == MODE_MANAGE &&
			    former_router(goal))
				goal->wave = 1;
		}
	}
}

static void list_waves(struct waves *waves)
{
	uint32_t i;

	for (i = 0; i < waves->count; i++) {
		struct wave_router *router = &waves->routers[i];

		router->strict = false;
		router->wave = goes_at_once(waves, router) ? 0 : WAVE_LAST;
		waves->of[router->router - waves->next->routers] = router;
	}
	watch_goals(waves);
	for (i = 0; i < waves->count; i++) {
		struct wave_router *router = &waves->routers[i];

		if (router->wave == 0)
			continue;
		router->strict = is_strict(router);
		waves->order[waves->order_count++] = candidate_of(waves, router);
	}
	if (waves->order_count > 1)
		qsort(waves->order, waves->order_count, sizeof(*waves->order), compare_candidates);
}

uint32_t rollout_plan(struct wave_router *routers, uint32_t count, const struct intent *next,
		      struct arena *arena)
{
	struct waves waves = { .routers = routers, .count = count, .next = next, .arena = arena };
	uint32_t i;

	waves.of = ARENA_ARRAY(arena, struct wave_router *, next->router_count + 1);
	waves.order = ARENA_ARRAY(arena, struct candidate, count + 1);
	waves.touched = ARENA_ARRAY(arena, struct touched, count + 1);
	list_waves(&waves);
	if (waves.order_count <= ROLLOUT_AT_ONCE_MAX) {
		for (i = 0; i < waves.order_count; i++)
			waves.order[i].router->wave = 0;
		return 0;
	}
	take_canaries(&waves);
	take_tenth(&waves);
	put_behind_goals(&waves);
	return close_ranks(&waves);
}
