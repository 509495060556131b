/*
 * Moves a commit through the fleet in waves (plan/rollout.h): the next wave starts when the
 * former's routers are done, and none does after a refusal, until a newer commit or a person. What
 * it has not come to is kept (seat/keeping.h). Blocks on the store; any thread. It never talks to a
 * router.
 */
#pragma once

#include "seat/keeping.h"

/*
 * In the transaction of whoever puts a commit in force, under keeping_lock and after fleet_sync:
 * places every router of `next`, and owes those that move now their new generation. `wanted` by the
 * router's index: in, that somebody's facts changed there; out, that it is to be rung. *kept is for
 * keeping_swap, or keeping_free when the transaction failed.
 */
bool rollout_begin(struct keeping **kept, struct seat *seat, const struct intent *former,
		   const struct intent *next, int64_t now, bool *wanted, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* After a job, and now and then: starts the next wave when it may, or stops, loudly. */
bool rollout_step(struct seat *seat, int64_t now, struct error *error) MUST_CHECK;
/* `wavu apply`: a person moves this router, or all (empty), whatever the waves say. */
bool rollout_release(struct seat *seat, struct text router, int64_t now,
		     struct error *error) MUST_CHECK;
