/*
 * A thread that calls a function now, then after every so often and whenever it is woken, until it
 * is stopped. The owner embeds it. Starting and waking never block; stopping waits for a call that
 * is under way. Any thread.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct ticker {
	pthread_mutex_t lock;
	pthread_cond_t turned;
	pthread_t thread;
	void (*tick)(void *context);
	void *context;
	uint32_t every_ms;
	bool woken, stopping, runs;
};

void ticker_open(struct ticker *ticker, uint32_t every_ms, void (*tick)(void *context),
		 void *context);
void ticker_start(struct ticker *ticker); /* once */
void ticker_wake(struct ticker *ticker);  /* legal before it was started, and after it ended */
void ticker_stop(struct ticker *ticker);  /* legal when it never started, and again */
void ticker_close(struct ticker *ticker); /* of one that was stopped, or never started */
