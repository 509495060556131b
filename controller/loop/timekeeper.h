/*
 * What time alone changes: expiries, grace, dunning steps, renewals from credit; and whether the
 * clock is to be believed (product.md promise 3). It keeps the judged state of every subscriber in
 * memory (seat/keeper.h) and touches the store only when something changes. Belongs to one thread
 * at a time; blocks on disk. It never talks to a router: it marks and rings.
 */
#pragma once

#include "base/error.h"

struct seat;

#define CLOCK_JUMP_US (5 * INT64_C(60) * 1000000) /* product.md promise 3 */

/*
 * Judges those whose facts changed and those whose time has come, marks who changed on his router
 * (cause expiry), rings it, and renews from credit. *next_at: the wall time at which it wants to be
 * called again (at the latest; a changed fact or a swapped intent is picked up by the next call). A
 * LIMIT error (disk full) may be tried again later.
 */
bool timekeeper_step(struct seat *seat, int64_t now, int64_t monotonic, int64_t *next_at,
		     struct error *error) MUST_CHECK;
/*
 * A person says that the clock is right (`apply --allow`): expiries go on. Any thread that has the
 * store; effective with the next step.
 */
bool timekeeper_believe(struct seat *seat, struct error *error) MUST_CHECK;
/*
 * Has the wall clock moved since the last step, which said nothing of it yet? Never blocks; any
 * thread. Without a step before it there is nothing to compare with: then false.
 */
bool timekeeper_doubts(const struct seat *seat, int64_t now, int64_t monotonic);
/* A person's word is stored: from here on this is the right time. Never blocks; any thread. */
void timekeeper_believed(struct seat *seat, int64_t now, int64_t monotonic);
