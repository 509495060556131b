#include "loop/timekeeper.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/rollout.h"
#include "money/booking.h"
#include "policies/policy.h"
#include "seat/keeping.h"
#include "seat/person.h"
#include "seat/seat.h"
#include "state/fleet.h"
#include "state/ledger.h"

/* Two programs of one machine may read the clock in another order than they write. */
#define FACT_SLACK_US (2 * SECOND_US)
#define ONE_ARENA_SIZE (1u << 20)
#define ALL_ARENA_SIZE ((size_t)2 << 30) /* standings of SUBSCRIBERS_MAX; touched as needed */

static const char words_before[] = "the wall clock is before the newest fact";
static const char words_jump[] = "the wall clock moved";

/* ---- is the clock to be believed? ------------------------------------------------------------ */

static bool clock_say(struct seat *seat, struct text why, struct error *error)
{
	if (!store_begin(seat->store, error))
		return false;
	if (!clock_held_write(seat->store, why, error)) {
		store_abort(seat->store);
		return false;
	}
	if (!store_commit(seat->store, error))
		return false;
	log_line(why.size > 0 ? LOG_WARNING : LOG_INFO, why.size > 0 ? "clock-held" : "clock-ok",
		 "tenant=%.*s why=\"%.*s\"", TEXT_ARG(seat->tenant->name), TEXT_ARG(why));
	return true;
}

static struct text why_before(struct seat *seat, int64_t now, int64_t newest, struct arena *arena)
{
	const struct zone *zone = seat->keeper.intent != NULL ? seat->keeper.intent->tenant.zone
							      : zone_utc();
	struct text at = time_text(arena, zone, now), fact = time_text(arena, zone, newest);

	return text_format(arena,
			   "%s: it says %.*s, that was %.*s; expiries wait until it is right or "
			   "`wavu apply --allow`",
			   words_before, TEXT_ARG(at), TEXT_ARG(fact));
}

static struct text why_jump(int64_t moved_us, struct arena *arena)
{
	return text_format(
	    arena,
	    "%s by %lld s against the monotonic one; expiries wait until it is right "
	    "or `wavu apply --allow`",
	    words_jump, (long long)(moved_us / SECOND_US));
}

/* The first look: time that passed while wavu was off is no jump, but a word from before stays. */
static bool clock_start(struct seat *seat, int64_t now, int64_t monotonic, struct arena *arena,
			struct error *error)
{
	struct keeper *keeper = &seat->keeper;
	struct text why;
	int64_t newest;

	if (!clock_held_read(&why, seat->store, arena, error) ||
	    !clock_newest_fact(&newest, seat->store, error))
		return false;
	keeper->offset_us = now - monotonic;
	keeper->held = why.size > 0;
	if (!keeper->held && newest > now + FACT_SLACK_US) {
		if (!clock_say(seat, why_before(seat, now, newest, arena), error))
			return false;
		keeper->held = true;
	}
	keeper->started = true;
	return true;
}

/* While it is held: has a person spoken, or is it right again? */
static bool clock_again(struct seat *seat, int64_t now, int64_t monotonic, struct arena *arena,
			struct error *error)
{
	struct keeper *keeper = &seat->keeper;
	int64_t moved = llabs(now - monotonic - keeper->offset_us), newest;
	struct text why;
	bool right = false;

	if (!clock_held_read(&why, seat->store, arena, error) ||
	    !clock_newest_fact(&newest, seat->store, error))
		return false;
	if (text_starts(why, text_of(words_before)))
		right = newest <= now + FACT_SLACK_US;
	else if (text_starts(why, text_of(words_jump)) && keeper->jumped)
		right = moved <= CLOCK_JUMP_US;
	if (right && !clock_say(seat, TEXT_NONE, error))
		return false;
	if (!right && why.size > 0)
		return true;
	keeper->held = false;
	keeper->jumped = false;
	keeper->offset_us = now - monotonic;
	/* What was judged by the wrong clock is judged again, and what waited is due everywhere. */
	seat_dirty(seat, TEXT_NONE);
	for (uint32_t i = 0; keeper->intent != NULL && i < keeper->intent->router_count; i++)
		seat_ring(seat, keeper->intent->routers[i].name, URGENCY_NORMAL);
	return true;
}

static bool clock_check(struct seat *seat, int64_t now, int64_t monotonic, struct arena *arena,
			struct error *error)
{
	struct keeper *keeper = &seat->keeper;
	int64_t moved;

	if (!keeper->started)
		return clock_start(seat, now, monotonic, arena, error);
	if (keeper->held)
		return clock_again(seat, now, monotonic, arena, error);
	moved = now - monotonic - keeper->offset_us;
	if (llabs(moved) <= CLOCK_JUMP_US) {
		/* Small steps are corrections, and do not add up. */
		keeper->offset_us += moved;
		return true;
	}
	if (!clock_say(seat, why_jump(moved, arena), error))
		return false;
	keeper->held = true;
	keeper->jumped = true;
	return true;
}

bool timekeeper_believe(struct seat *seat, struct error *error)
{
	return clock_say(seat, TEXT_NONE, error);
}

bool timekeeper_doubts(const struct seat *seat, int64_t now, int64_t monotonic)
{
	return seat->keeper.started &&
	       llabs(now - monotonic - seat->keeper.offset_us) > CLOCK_JUMP_US;
}

void timekeeper_believed(struct seat *seat, int64_t now, int64_t monotonic)
{
	seat->keeper.offset_us = now - monotonic;
}

/* ---- judging --------------------------------------------------------------------------------- */

static struct judged judge(const struct intent *intent, const struct subscriber *subscriber,
			   const struct standing *standing, int64_t now, struct text *because,
			   struct arena *arena)
{
	struct entitlement entitlement = policy_entitle(
	    &(struct policy_case){ .tenant = &intent->tenant,
				   .subscriber = subscriber,
				   .standing = standing,
				   .now = now,
				   .arena = arena });

	*because = entitlement.because;
	return (struct judged){ .state = entitlement.state,
				.until_at = entitlement.until_at,
				.speed = entitlement.speed };
}

static bool judged_equal(const struct judged *a, const struct judged *b)
{
	return a->state == b->state && a->speed.down_bits_per_s == b->speed.down_bits_per_s &&
	       a->speed.up_bits_per_s == b->speed.up_bits_per_s;
}

/* Is there credit that reaches for a period, and nothing that bought it yet? */
static bool may_renew(const struct subscriber *subscriber, const struct standing *standing,
		      const struct judged *judged)
{
	return standing->balance_cents >= subscriber->package->price_cents &&
	       judged->state != STATE_TERMINATED;
}

/* Renews one subscriber in a transaction of its own; rare, for credit is spent when it comes. */
static bool renew(bool *renewed, struct seat *seat, const struct intent *intent,
		  const struct subscriber *subscriber, int64_t now, struct arena *arena,
		  struct error *error)
{
	uint32_t periods;

	*renewed = false;
	if (!store_begin(seat->store, error))
		return false;
	if (!booking_renew(&periods, seat, intent, subscriber, now, arena, error) ||
	    (periods > 0 &&
	     !person_mark(seat, subscriber->router->name, subscriber->reference, CAUSE_PAYMENT,
			  text_format(arena, "credit of %.*s bought %u more",
				      TEXT_ARG(subscriber->account), periods),
			  now, error))) {
		store_abort(seat->store);
		return false;
	}
	*renewed = periods > 0;
	if (!*renewed) {
		store_abort(seat->store);
		return true;
	}
	return store_commit(seat->store, error);
}

/* Judges one by his newest facts; *because is set when time changed what he may have. */
static bool judge_one(struct seat *seat, uint32_t index, int64_t now, struct text *because,
		      struct arena *arena, struct error *error)
{
	struct keeper *keeper = &seat->keeper;
	const struct judged_person *person = &keeper->people[index];
	const struct subscriber *subscriber = person->subscriber;
	/* What is bought is bought by the newest commit, wherever his router still is. */
	const struct subscriber *buyer = intent_subscriber(keeper->intent, subscriber->reference);
	struct judged former = keeper->judged[index], next;
	struct standing standing;
	struct text why;
	bool renewed;

	*because = TEXT_NONE;
	if (!ledger_standing(&standing, seat->store, subscriber->reference, arena, error))
		return false;
	next = judge(person->intent, subscriber, &standing, now, &why, arena);
	if (buyer != NULL && may_renew(buyer, &standing, &next)) {
		if (!renew(&renewed, seat, keeper->intent, buyer, now, arena, error))
			return false;
		if (renewed) {
			person_ring(seat, buyer->router->name, buyer->reference, URGENCY_URGENT);
			if (!ledger_standing(&standing, seat->store, subscriber->reference, arena,
					     error))
				return false;
			next = judge(person->intent, subscriber, &standing, now, &why, arena);
		}
	}
	if (former.until_at <= now && !judged_equal(&former, &next))
		*because = why;
	keeper->judged[index] = next;
	if (next.until_at < keeper->next_at)
		keeper->next_at = next.until_at;
	return true;
}

/* Credit that reaches although nothing was bought: a price fell, or an opening brought it. */
static bool judge_rest(struct seat *seat, int64_t now, const uint32_t *rest, uint32_t count,
		       struct error *error)
{
	struct arena arena = { 0 };
	bool done = true;

	arena_open(&arena, ONE_ARENA_SIZE);
	for (uint32_t i = 0; done && i < count; i++) {
		struct text because;

		done = judge_one(seat, rest[i], now, &because, &arena, error);
		arena_reset(&arena);
	}
	arena_close(&arena);
	return done;
}

/* Everybody, from one query. Nobody is marked: a new commit has its own bells, a start too. */
static bool judge_all(struct seat *seat, int64_t now, struct error *error)
{
	struct keeper *keeper = &seat->keeper;
	struct arena arena = { 0 };
	struct standing *standings;
	uint32_t count, *rest, rest_count = 0;
	bool done;

	arena_open(&arena, ALL_ARENA_SIZE);
	if (!ledger_standings(&standings, &count, seat->store, &arena, error)) {
		arena_close(&arena);
		return false;
	}
	rest = ARENA_ARRAY(&arena, uint32_t, keeper->judged_count + 1);
	keeper->next_at = INT64_MAX;
	for (uint32_t i = 0; i < keeper->judged_count; i++) {
		const struct subscriber *subscriber = keeper->people[i].subscriber;
		const struct standing *known =
		    standing_find(standings, count, subscriber->reference);
		struct standing fresh = { .reference = subscriber->reference };
		struct judged *judged = &keeper->judged[i];
		struct text because;

		*judged = judge(keeper->people[i].intent, subscriber,
				known != NULL ? known : &fresh, now, &because, &arena);
		if (known != NULL && may_renew(subscriber, known, judged))
			rest[rest_count++] = i;
		if (judged->until_at < keeper->next_at)
			keeper->next_at = judged->until_at;
	}
	done = judge_rest(seat, now, rest, rest_count, error);
	arena_close(&arena);
	return done;
}

/* Everybody of every router, by the commit that his router goes by. */
static void keeper_list(struct keeper *keeper)
{
	const struct intent *intent = keeper->intent;
	const struct keeping *kept = keeper->kept;
	uint32_t room = intent->subscriber_count, count = 0;
	const struct subscriber *const *people;

	for (uint32_t i = 0; kept != NULL && i < kept->count; i++) {
		intent_subscribers_of(kept->routers[i].goes_by, kept->routers[i].router, &people,
				      &count);
		room += count;
	}
	keeper->people = calloc(room + 1, sizeof(*keeper->people));
	keeper->judged = calloc(room + 1, sizeof(*keeper->judged));
	if (keeper->people == NULL || keeper->judged == NULL)
		fatal("out of memory");
	for (uint32_t i = 0; i < intent->subscriber_count; i++) {
		const struct subscriber *one = &intent->subscribers[i];

		if (keeping_find(kept, one->router->name) == NULL)
			keeper->people[keeper->judged_count++] =
			    (struct judged_person){ one, intent };
	}
	for (uint32_t i = 0; kept != NULL && i < kept->count; i++) {
		const struct kept_router *router = &kept->routers[i];

		intent_subscribers_of(router->goes_by, router->router, &people, &count);
		for (uint32_t k = 0; k < count; k++)
			keeper->people[keeper->judged_count++] =
			    (struct judged_person){ people[k], router->goes_by };
	}
}

/* Takes over the references. */
static bool keeper_adopt(struct seat *seat, struct intent *intent, uint64_t serial, int64_t now,
			 struct error *error)
{
	struct keeper *keeper = &seat->keeper;

	keeper_forget(keeper);
	keeper->intent = intent;
	keeper->kept_serial = serial;
	keeper->kept = keeping_copy(seat);
	keeper_list(keeper);
	if (judge_all(seat, now, error))
		return true;
	/* Not judged whole: the next call begins again. */
	keeper_forget(keeper);
	return false;
}

/* ---- a step ---------------------------------------------------------------------------------- */

struct passed {
	uint32_t index;
	struct text because;
};

static bool mark_all(struct seat *seat, const struct passed *passed, uint32_t count, int64_t now,
		     struct arena *arena, struct error *error)
{
	const struct judged_person *people = seat->keeper.people;

	if (count == 0)
		return true;
	if (!store_begin(seat->store, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct subscriber *subscriber = people[passed[i].index].subscriber;
		struct text because = text_format(
		    arena, "%.*s is %s: %.*s", TEXT_ARG(subscriber->account),
		    state_word(seat->keeper.judged[passed[i].index].state),
		    TEXT_ARG(passed[i].because));

		if (!fleet_mark(seat->store, subscriber->router->name, subscriber->reference,
				CAUSE_EXPIRY, because, now, error)) {
			store_abort(seat->store);
			return false;
		}
	}
	if (!store_commit(seat->store, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		seat_ring(seat, people[passed[i].index].subscriber->router->name, URGENCY_URGENT);
	return true;
}

/* Those whose time has come. */
static bool judge_due(struct seat *seat, int64_t now, struct arena *arena, struct error *error)
{
	struct keeper *keeper = &seat->keeper;
	struct judged *before = ARENA_ARRAY(arena, struct judged, keeper->judged_count + 1);
	struct passed *passed = ARENA_ARRAY(arena, struct passed, keeper->judged_count + 1);
	uint32_t count = 0;

	if (keeper->judged_count > 0)
		memcpy(before, keeper->judged, keeper->judged_count * sizeof(*before));
	keeper->next_at = INT64_MAX;
	for (uint32_t i = 0; i < keeper->judged_count; i++) {
		if (keeper->judged[i].until_at > now) {
			if (keeper->judged[i].until_at < keeper->next_at)
				keeper->next_at = keeper->judged[i].until_at;
			continue;
		}
		passed[count].index = i;
		if (!judge_one(seat, i, now, &passed[count].because, arena, error))
			goto undo;
		count += passed[count].because.size > 0;
	}
	if (mark_all(seat, passed, count, now, arena, error))
		return true;
undo:
	/* Nobody was marked: what was judged is forgotten, and judged again by the next call. */
	if (keeper->judged_count > 0)
		memcpy(keeper->judged, before, keeper->judged_count * sizeof(*before));
	keeper->next_at = now;
	return false;
}

/* Takes the list of those whose facts changed; false: everybody's. */
static bool dirty_take(struct seat *seat, struct text **out, uint32_t *count, struct arena *arena)
{
	bool all;

	(void)pthread_mutex_lock(&seat->lock);
	all = seat->dirty_count > DIRTY_MAX;
	*count = all ? 0 : seat->dirty_count;
	*out = ARENA_ARRAY(arena, struct text, *count + 1);
	for (uint32_t i = 0; i < *count; i++)
		(*out)[i] = text_copy(arena, text_of(seat->dirty[i]));
	seat->dirty_count = 0;
	(void)pthread_mutex_unlock(&seat->lock);
	return !all;
}

/* Where somebody's next entry is, from `from` on; judged_count: nowhere. In a roll-out he may have
 * two. */
static uint32_t person_at(const struct keeper *keeper, struct text reference, uint32_t from)
{
	const struct subscriber *subscriber;

	if (keeper->kept == NULL) {
		subscriber = from == 0 ? intent_subscriber(keeper->intent, reference) : NULL;
		return subscriber != NULL ? (uint32_t)(subscriber - keeper->intent->subscribers)
					  : keeper->judged_count;
	}
	while (from < keeper->judged_count &&
	       !text_equal(keeper->people[from].subscriber->reference, reference))
		from++;
	return from;
}

static bool judge_dirty(struct seat *seat, const struct text *references, uint32_t count,
			int64_t now, struct arena *arena, struct error *error)
{
	const struct keeper *keeper = &seat->keeper;

	for (uint32_t i = 0; i < count; i++) {
		struct passed passed = { .index = person_at(keeper, references[i], 0) };

		while (passed.index < keeper->judged_count) {
			if (!judge_one(seat, passed.index, now, &passed.because, arena, error) ||
			    (passed.because.size > 0 &&
			     !mark_all(seat, &passed, 1, now, arena, error)))
				return false;
			passed.index = person_at(keeper, references[i], passed.index + 1);
		}
	}
	return true;
}

static bool step(struct seat *seat, int64_t now, struct arena *arena, struct error *error)
{
	struct keeper *keeper = &seat->keeper;
	uint64_t serial = keeping_serial(seat);
	struct intent *intent = seat_intent(seat);
	struct text *dirty;
	uint32_t dirty_count;
	bool all = !dirty_take(seat, &dirty, &dirty_count, arena), done;

	if (intent == NULL)
		return true;
	/* What time has done comes first: judging everybody, or a new commit, marks nobody. */
	done = keeper->intent == NULL || keeper->held || keeper->next_at > now ||
	       judge_due(seat, now, arena, error);
	if (done && (intent != keeper->intent || serial != keeper->kept_serial))
		return keeper_adopt(seat, intent, serial, now, error);
	intent_release(intent);
	if (done)
		done = all ? judge_all(seat, now, error)
			   : judge_dirty(seat, dirty, dirty_count, now, arena, error);
	if (!done)
		seat_dirty(seat, TEXT_NONE);
	return done;
}

bool timekeeper_step(struct seat *seat, int64_t now, int64_t monotonic, int64_t *next_at,
		     struct error *error)
{
	struct arena arena = { 0 };
	bool done;

	arena_open(&arena, ALL_ARENA_SIZE);
	done = clock_check(seat, now, monotonic, &arena, error) && step(seat, now, &arena, error);
	arena_close(&arena);
	/* A pause that begins or a router that is away ends a wave without a job of its own. */
	done = done && rollout_step(seat, now, error);
	*next_at = seat->keeper.held || seat->keeper.intent == NULL ? INT64_MAX
								    : seat->keeper.next_at;
	return done || error_at(error, "tenant %.*s: the timekeeper", TEXT_ARG(seat->tenant->name));
}
