#include "loop/asker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "loop/asking.h"
#include "loop/engine_inside.h"
#include "loop/prompting.h"
#include "loop/reversing.h"
#include "state/questions.h"

#define ASKER_ARENA_SIZE (64u << 20)
#define PUBLISH_ARENA_SIZE (1024ull << 20) /* a week of prompts; touched as needed */
#define TICK_MS 1000   /* what the teller wrote is seen after so long at most */
#define PATIENCE_US (5 * SECOND_US) /* for one lane, before the others have their turn */

struct asker {
	struct seat *seats;
	uint32_t seat_count;
	struct inquiry *inquiry;
	pthread_mutex_t lock;
	pthread_cond_t turned;
	bool woken, runs;
	_Atomic bool stopping;
	pthread_t thread;
};

/* ---- steps ----------------------------------------------------------------------------------- */

/* Everything that asks a provider, in this order. */
static lane_step *const steps[] = { reversing_step, prompting_step, asking_step };

static bool visit(struct asker *asker, struct seat *seat, const struct intent *intent,
		  struct text channel, int64_t now, int64_t *next_at, struct error *error)
{
	struct arena arena = { 0 };
	struct lane lane = { .inquiry = asker->inquiry,
			     .seat = seat,
			     .intent = intent,
			     .channel = channel,
			     .now = now,
			     .next_at = next_at,
			     .stopping = &asker->stopping,
			     .arena = &arena,
			     .until_at = clock_monotonic() + PATIENCE_US };
	bool done = true;

	arena_open(&arena, ASKER_ARENA_SIZE);
	for (uint32_t i = 0; done && i < ARRAY_COUNT(steps); i++)
		done = steps[i](&lane, error);
	arena_close(&arena);
	return done;
}

static bool is_among(const struct text *channels, uint32_t count, struct text channel)
{
	for (uint32_t i = 0; i < count; i++)
		if (text_equal(channels[i], channel))
			return true;
	return false;
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
	arena_open(&arena, ASKER_ARENA_SIZE);
	done = questions_channels(&channels, &count, next_at, seat->store, now, &arena, error);
	for (uint32_t i = 0; done && i < intent->tenant.channel_count && !asker->stopping; i++)
		if (!is_among(channels, count, intent->tenant.channels[i].name))
			done = visit(asker, seat, intent, intent->tenant.channels[i].name, now,
				     next_at, error);
	for (uint32_t i = 0; done && i < count && !asker->stopping; i++)
		done = visit(asker, seat, intent, channels[i], now, next_at, error);
	arena_close(&arena);
	intent_release(intent);
	return done || error_at(error, "tenant %.*s: prompts", TEXT_ARG(seat->tenant->name));
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

/* ---- the thread ------------------------------------------------------------------------------ */

struct asker *asker_new(struct seat *seats, uint32_t seat_count, struct http *http)
{
	struct asker *asker = calloc(1, sizeof(*asker));
	pthread_condattr_t attributes;

	if (asker == NULL)
		fatal("out of memory");
	asker->seats = seats;
	asker->seat_count = seat_count;
	asker->inquiry = inquiry_new(http);
	invariant(pthread_mutex_init(&asker->lock, NULL) == 0);
	invariant(pthread_condattr_init(&attributes) == 0);
	invariant(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	invariant(pthread_cond_init(&asker->turned, &attributes) == 0);
	(void)pthread_condattr_destroy(&attributes);
	return asker;
}

struct inquiry *asker_inquiry(struct asker *asker)
{
	return asker->inquiry;
}

void asker_wake(struct asker *asker)
{
	(void)pthread_mutex_lock(&asker->lock);
	asker->woken = true;
	(void)pthread_cond_broadcast(&asker->turned);
	(void)pthread_mutex_unlock(&asker->lock);
}

static bool rest(struct asker *asker)
{
	int64_t until_at = clock_monotonic() + TICK_MS * INT64_C(1000);
	struct timespec until = { .tv_sec = until_at / SECOND_US,
				  .tv_nsec = until_at % SECOND_US * 1000 };
	bool stopping;

	(void)pthread_mutex_lock(&asker->lock);
	if (!asker->woken && !asker->stopping)
		(void)pthread_cond_timedwait(&asker->turned, &asker->lock, &until);
	asker->woken = false;
	stopping = asker->stopping;
	(void)pthread_mutex_unlock(&asker->lock);
	return !stopping;
}

static void *asker_run(void *context)
{
	struct asker *asker = context;
	struct error error = { 0 };
	int64_t next_at;

	for (uint32_t i = 0; i < asker->seat_count; i++)
		if (!asker_publish(&asker->seats[i], clock_now(), &error))
			engine_store_failed(&error);
	do {
		for (uint32_t i = 0; i < asker->seat_count; i++)
			if (!asker_step(asker, &asker->seats[i], clock_now(), &next_at, &error))
				engine_store_failed(&error);
	} while (rest(asker));
	return NULL;
}

void asker_start(struct asker *asker)
{
	engine_thread_start(&asker->thread, asker_run, asker);
	asker->runs = true;
}

void asker_free(struct asker *asker)
{
	if (asker == NULL)
		return;
	(void)pthread_mutex_lock(&asker->lock);
	asker->stopping = true;
	(void)pthread_cond_broadcast(&asker->turned);
	(void)pthread_mutex_unlock(&asker->lock);
	if (asker->runs)
		(void)pthread_join(asker->thread, NULL);
	inquiry_free(asker->inquiry);
	(void)pthread_cond_destroy(&asker->turned);
	(void)pthread_mutex_destroy(&asker->lock);
	free(asker);
}
