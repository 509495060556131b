#include "base/ticker.h"

#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/thread.h"

void ticker_open(struct ticker *ticker, uint32_t every_ms, void (*tick)(void *context),
		 void *context)
{
	pthread_condattr_t attributes;

	*ticker = (struct ticker){ .tick = tick, .context = context, .every_ms = every_ms };
	invariant(pthread_mutex_init(&ticker->lock, NULL) == 0);
	invariant(pthread_condattr_init(&attributes) == 0);
	invariant(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	invariant(pthread_cond_init(&ticker->turned, &attributes) == 0);
	(void)pthread_condattr_destroy(&attributes);
}

/* False: it is over. */
static bool rest(struct ticker *ticker)
{
	int64_t until_at = clock_monotonic() + ticker->every_ms * INT64_C(1000);
	struct timespec until = { .tv_sec = until_at / SECOND_US,
				  .tv_nsec = until_at % SECOND_US * 1000 };
	bool stopping;

	(void)pthread_mutex_lock(&ticker->lock);
	while (!ticker->woken && !ticker->stopping)
		if (pthread_cond_timedwait(&ticker->turned, &ticker->lock, &until) != 0)
			break;
	ticker->woken = false;
	stopping = ticker->stopping;
	(void)pthread_mutex_unlock(&ticker->lock);
	return !stopping;
}

static void *run(void *context)
{
	struct ticker *ticker = context;

	do
		ticker->tick(ticker->context);
	while (rest(ticker));
	return NULL;
}

void ticker_start(struct ticker *ticker)
{
	invariant(!ticker->runs);
	thread_start(&ticker->thread, run, ticker);
	ticker->runs = true;
}

static void turn(struct ticker *ticker, bool *what)
{
	(void)pthread_mutex_lock(&ticker->lock);
	*what = true;
	(void)pthread_cond_broadcast(&ticker->turned);
	(void)pthread_mutex_unlock(&ticker->lock);
}

void ticker_wake(struct ticker *ticker)
{
	turn(ticker, &ticker->woken);
}

void ticker_stop(struct ticker *ticker)
{
	turn(ticker, &ticker->stopping);
	if (ticker->runs)
		(void)pthread_join(ticker->thread, NULL);
	ticker->runs = false;
}

void ticker_close(struct ticker *ticker)
{
	invariant(!ticker->runs);
	(void)pthread_cond_destroy(&ticker->turned);
	(void)pthread_mutex_destroy(&ticker->lock);
}
