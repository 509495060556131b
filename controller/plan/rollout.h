/*
 * In which order routers go to a new commit: one canary for each package touched, then a tenth of
 * them, then all. Pure: no I/O, no clock; everything lies in the arena given; any thread. It only
 * places routers in waves; who moves them, and when, is the loop's (loop/rollout.h).
 */
#pragma once

#include "intent/intent.h"

/* So few routers go at once: a canary would only make them wait. */
#define ROLLOUT_AT_ONCE_MAX 2

/* A router that is another by the new commit. */
struct wave_router {
	const struct router *router; /* of the new commit */
	/* by which it is kept now; NULL: nothing was ever wanted of it */
	const struct intent *former;
	bool healthy; /* it answered last time, and took what it was sent */
	bool paused;
	bool refused;  /* it stopped the roll-out before this one: it proves the mending */
	uint32_t wave; /* out: 0 goes at once, outside of the waves */
	bool strict;   /* out: the commit changes how it is reached; its silence is a refusal */
};

/*
 * Places every router and returns how many waves there are (0: all go at once). At once go those
 * that are new, those that are only watched, those that only gain people, and all where no more
 * than ROLLOUT_AT_ONCE_MAX are left. A canary is the router that refused last, else a healthy one
 * that nobody leaves and that has the fewest people, the first by name among equals. A router that
 * people leave is moved in a later wave than the one they go to, whom it may take further waves
 * for.
 */
uint32_t rollout_plan(struct wave_router *routers, uint32_t count, const struct intent *next,
		      struct arena *arena);
