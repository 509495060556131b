/*
 * In which order a visit does what is due on its lane: a prompt, one thing else by turns, a prompt
 * again. So a prompt waits for one other call of its channel at most, and nothing else starves. A
 * visit may end after any call, and the next one goes on from there. Owns nothing; blocks as the
 * steps do; the thread that works on the lane.
 */
#pragma once

#include "asking/lane.h"
#include "asking/turns.h"

/* How many steps beside the prompts' there are. */
#define ROUNDS_OTHERS_MAX 8

/*
 * Until nothing is due or the lane's time is over; then it comes again at once. Moves lane->now on
 * with the clock, and resets lane->arena before each call. False: a step failed.
 */
bool rounds_run(struct rounds *rounds, struct lane *lane, lane_step *prompts,
		lane_step *const *others, uint32_t other_count, struct error *error) MUST_CHECK;
