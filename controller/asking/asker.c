#include "asking/asker.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/thread.h"
#include "asking/asking.h"
#include "asking/checking.h"
#include "asking/prompting.h"
#include "asking/pulling.h"
#include "asking/reversing.h"
#include "asking/rounds.h"
#include "base/ticker.h"
#include "asking/turns.h"
#include "state/lanes.h"

#define ASKER_ARENA_SIZE (64u << 20)
#define LOOK_ARENA_SIZE (4u << 20)
#define PUBLISH_ARENA_SIZE (1024ull << 20) /* a week of prompts; touched as needed */
#define TICK_MS 1000                       /* what the teller wrote is seen after so long at most */
#define PATIENCE_US (5 * SECOND_US)        /* for one lane, before the others have their turn */

/* What the thread that looks remembers of a seat. */
struct lookout {
	struct intent *seen; /* whose channels all had a turn; held */
	bool is_published;
};

struct asker {
	struct seat *seats;
	uint32_t seat_count;
	struct inquiry *inquiry;
	_Atomic bool stopping;
	struct ticker ticker;     /* looks for what is due */
	struct lookout *lookouts; /* of its thread alone; one a seat */

	pthread_mutex_t lock; /* of the rest; never held across I/O */
	pthread_cond_t turned;
	struct turns *turns;
	uint32_t idle, thread_count;
	pthread_t threads[ASKERS_MAX];
};

/* ---- one visit ------------------------------------------------------------------------------- */

/* Everything that asks a provider, beside the prompts: these by turns, after each prompt one. */
static lane_step *const others[] = { reversing_step, prompting_ask_step, asking_step, checking_step,
				     pulling_step };

static bool visit(struct rounds *rounds, struct asker *asker, struct seat *seat,
		  struct text channel, int64_t now, int64_t *next_at, struct error *error)
{
	int64_t soon_at = now + TICK_MS * INT64_C(1000);
	bool was_silent = false;
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	struct lane lane = { .inquiry = asker->inquiry,
			     .seat = seat,
			     .intent = intent,
			     .channel = channel,
			     .now = now,
			     .next_at = next_at,
			     .stopping = &asker->stopping,
			     .was_silent = &was_silent,
			     .arena = &arena,
			     .until_at = clock_monotonic() + PATIENCE_US };
	bool done;

	rounds->called = 0;
	if (intent == NULL)
		return true;
	arena_open(&arena, ASKER_ARENA_SIZE);
	done = rounds_run(rounds, &lane, prompting_step, others, ARRAY_COUNT(others), error);
	arena_close(&arena);
	intent_release(intent);
	/* Nobody answered, or nothing could be asked: not at once again. */
	if ((was_silent || rounds->called == 0 || !done) && *next_at != 0 && *next_at < soon_at)
		*next_at = soon_at;
	return done || error_at(error, "tenant %.*s, channel %.*s", TEXT_ARG(seat->tenant->name),
				TEXT_ARG(channel));
}

bool asker_visit(struct asker *asker, struct seat *seat, struct text channel, int64_t now,
		 int64_t *next_at, struct error *error)
{
	struct rounds rounds = { .next = 0 };

	return visit(&rounds, asker, seat, channel, now, next_at, error);
}

bool asker_publish(struct seat *seat, int64_t now, struct error *error)
{
	struct arena arena = { 0 };
	bool done;

	arena_open(&arena, PUBLISH_ARENA_SIZE);
	done = prompting_publish(seat, now - LANE_URL_OPEN_US, now, &arena, error) &&
	       asking_publish(seat, now - LANE_URL_OPEN_US, now, &arena, error);
	arena_close(&arena);
	return done;
}

/* ---- which lanes are due --------------------------------------------------------------------- */

/* What is to be visited of a seat: what is due, and at first every declared channel. */
static bool due(struct text **out, uint32_t *count, int64_t *next_at, struct seat *seat,
		const struct intent *intent, bool all, int64_t now, struct arena *arena,
		struct error *error)
{
	uint32_t due_count;

	if (!lanes_due(out, count, next_at, seat->store, now, arena, error))
		return false;
	due_count = *count;
	for (uint32_t i = 0; all && i < intent->tenant.channel_count; i++) {
		struct text name = intent->tenant.channels[i].name;
		bool is_due = false;

		for (uint32_t k = 0; k < due_count && !is_due; k++)
			is_due = text_equal((*out)[k], name);
		if (is_due)
			continue;
		*out = arena_grow(arena, *out, *count * sizeof(**out),
				  (*count + 1) * sizeof(**out));
		(*out)[(*count)++] = name;
	}
	return true;
}

bool asker_step(struct asker *asker, struct seat *seat, int64_t now, int64_t *next_at,
		struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	struct text *channels;
	uint32_t count;
	bool done;

	*next_at = 0;
	if (intent == NULL)
		return true;
	arena_open(&arena, LOOK_ARENA_SIZE);
	done = due(&channels, &count, next_at, seat, intent, true, now, &arena, error);
	for (uint32_t i = 0; done && i < count && !asker->stopping; i++)
		done = asker_visit(asker, seat, channels[i], now, next_at, error);
	arena_close(&arena);
	intent_release(intent);
	return done;
}

/* ---- threads --------------------------------------------------------------------------------- */

static void *thread_run(void *context);

/* Inside the lock. Whoever waits for a turn is told; where nobody does, one more may. */
static void call_thread(struct asker *asker)
{
	if (asker->stopping || !turns_ready(asker->turns))
		return;
	if (asker->idle > 0) {
		(void)pthread_cond_signal(&asker->turned);
	} else if (asker->thread_count < ASKERS_MAX) {
		thread_start(&asker->threads[asker->thread_count], thread_run, asker);
		asker->thread_count++;
	}
}

static void *thread_run(void *context)
{
	struct asker *asker = context;
	const struct turn *turn;

	(void)pthread_mutex_lock(&asker->lock);
	while (!asker->stopping) {
		struct error error = { 0 };
		struct rounds rounds;
		int64_t next_at = 0;

		turn = turns_take(asker->turns);
		if (turn == NULL) {
			asker->idle++;
			(void)pthread_cond_wait(&asker->turned, &asker->lock);
			asker->idle--;
			continue;
		}
		call_thread(asker);
		rounds = turn->rounds;
		(void)pthread_mutex_unlock(&asker->lock);
		if (!visit(&rounds, asker, turn->seat, turn->channel, clock_now(), &next_at,
			   &error))
			seat_store_failed(&error);
		(void)pthread_mutex_lock(&asker->lock);
		turns_give(asker->turns, turn, &rounds, next_at);
		turns_again(asker->turns, clock_now(), clock_monotonic());
	}
	(void)pthread_mutex_unlock(&asker->lock);
	return NULL;
}

static bool look_at(struct asker *asker, uint32_t index, int64_t now, struct error *error)
{
	struct seat *seat = &asker->seats[index];
	struct lookout *lookout = &asker->lookouts[index];
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	struct text *channels;
	struct turn *due_turns;
	int64_t next_at;
	uint32_t count = 0;
	bool done;

	if (intent == NULL)
		return true;
	arena_open(&arena, LOOK_ARENA_SIZE);
	done = due(&channels, &count, &next_at, seat, intent, intent != lookout->seen, now, &arena,
		   error);
	due_turns = ARENA_ARRAY(&arena, struct turn, count + 1);
	for (uint32_t i = 0; done && i < count; i++) {
		due_turns[i] = (struct turn){ .seat = seat, .channel = channels[i] };
		counterpart_credential(&due_turns[i].provider, &due_turns[i].credential, seat,
				       intent, channels[i], &arena);
	}
	(void)pthread_mutex_lock(&asker->lock);
	for (uint32_t i = 0; done && i < count; i++)
		turns_due(asker->turns, &due_turns[i], clock_monotonic());
	(void)pthread_mutex_unlock(&asker->lock);
	arena_close(&arena);
	if (done) {
		intent_release(lookout->seen);
		lookout->seen = intent;
	} else {
		intent_release(intent);
	}
	return done || error_at(error, "tenant %.*s: lanes", TEXT_ARG(seat->tenant->name));
}

static void look(void *context)
{
	struct asker *asker = context;
	struct error error = { 0 };

	for (uint32_t i = 0; i < asker->seat_count; i++) {
		bool *published = &asker->lookouts[i].is_published;

		*published = *published || asker_publish(&asker->seats[i], clock_now(), &error);
		if (!*published || !look_at(asker, i, clock_now(), &error))
			seat_store_failed(&error);
	}
	(void)pthread_mutex_lock(&asker->lock);
	turns_again(asker->turns, clock_now(), clock_monotonic());
	call_thread(asker);
	(void)pthread_mutex_unlock(&asker->lock);
}

/* ---- from start to end ----------------------------------------------------------------------- */

struct asker *asker_new(struct seat *seats, uint32_t seat_count, struct http *http)
{
	struct asker *asker = calloc(1, sizeof(*asker));

	if (asker == NULL)
		fatal("out of memory");
	asker->seats = seats;
	asker->seat_count = seat_count;
	asker->lookouts = calloc(seat_count + 1, sizeof(*asker->lookouts));
	if (asker->lookouts == NULL)
		fatal("out of memory");
	asker->inquiry = inquiry_new(http);
	asker->turns = turns_new(ASKERS_SHARED);
	invariant(pthread_mutex_init(&asker->lock, NULL) == 0);
	invariant(pthread_cond_init(&asker->turned, NULL) == 0);
	ticker_open(&asker->ticker, TICK_MS, look, asker);
	return asker;
}

struct inquiry *asker_inquiry(struct asker *asker)
{
	return asker->inquiry;
}

void asker_start(struct asker *asker)
{
	ticker_start(&asker->ticker);
}

void asker_wake(struct asker *asker)
{
	ticker_wake(&asker->ticker);
}

void asker_stop(struct asker *asker)
{
	(void)pthread_mutex_lock(&asker->lock);
	asker->stopping = true;
	(void)pthread_cond_broadcast(&asker->turned);
	(void)pthread_mutex_unlock(&asker->lock);
}

bool asker_is_busy(struct asker *asker)
{
	bool is_busy;

	(void)pthread_mutex_lock(&asker->lock);
	is_busy = turns_working(asker->turns) > 0;
	(void)pthread_mutex_unlock(&asker->lock);
	return is_busy;
}

void asker_free(struct asker *asker)
{
	if (asker == NULL)
		return;
	asker_stop(asker);
	/* First: nobody else starts threads when none works any more. */
	ticker_stop(&asker->ticker);
	for (uint32_t i = 0; i < asker->thread_count; i++)
		(void)pthread_join(asker->threads[i], NULL);
	ticker_close(&asker->ticker);
	for (uint32_t i = 0; i < asker->seat_count; i++)
		intent_release(asker->lookouts[i].seen);
	free(asker->lookouts);
	turns_free(asker->turns);
	inquiry_free(asker->inquiry);
	(void)pthread_cond_destroy(&asker->turned);
	(void)pthread_mutex_destroy(&asker->lock);
	free(asker);
}
