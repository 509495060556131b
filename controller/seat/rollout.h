/*
 * Moves a commit through the fleet in waves (plan/rollout.h): a router that no wave has come to is
 * reconciled by the commit it is kept at, whatever rings it; the next wave starts when the former's
 * routers are done, and none does after a refusal, until a newer commit or a person. Blocks on the
 * store; any thread. It never talks to a router.
 */
#pragma once

#include "seat/seat.h"
#include "model/fleet.h"

/*
 * The intent by which a router is reconciled now: one more reference, the caller's; NULL: nothing
 * is in force. *pause_until_at: until when a newer commit, which has not come to it, pauses it; 0.
 */
struct intent *rollout_intent(struct seat *seat, struct text router, int64_t *pause_until_at);

/* Reads a former commit again after a start; NULL: it is lost. The reference is the caller's. */
typedef struct intent *rollout_reader(void *context, struct text commit);
/* At a start, after seat_swap: what each router is kept at, as stored. */
bool rollout_load(struct seat *seat, rollout_reader *reader, void *context,
		  struct error *error) MUST_CHECK;

/* ---- for follow, which puts a commit in force ------------------------------------------------ */

/* Between these nobody else moves routers. */
void rollout_lock(struct seat *seat);
void rollout_unlock(struct seat *seat);
/*
 * In follow's transaction, after fleet_sync: places every router of `next`, and owes those that
 * move now their new generation. `wanted` by the router's index: in, that somebody's facts changed
 * there; out, that it is to be rung. *kept is for rollout_swap.
 */
struct keeping;
bool rollout_begin(struct keeping **kept, struct seat *seat, const struct intent *former,
		   const struct intent *next, int64_t now, bool *wanted, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* After the commit: `next` (whose reference it takes over) is in force, at once with what is kept.
 */
void rollout_swap(struct seat *seat, struct intent *next, struct keeping *kept);
void rollout_keeping_free(struct keeping *kept); /* when the transaction failed; NULL is fine */

/* ---- going on -------------------------------------------------------------------------------- */

/* After a job, and now and then: starts the next wave when it may, or stops, loudly. */
bool rollout_step(struct seat *seat, int64_t now, struct error *error) MUST_CHECK;
/* `wavu apply`: a person moves this router, or all (empty), whatever the waves say. */
bool rollout_release(struct seat *seat, struct text router, int64_t now,
		     struct error *error) MUST_CHECK;

/* ---- for those who mark people --------------------------------------------------------------- */

/*
 * Marks somebody on his router, and on the one where a former commit still has him. In a
 * transaction of the caller's.
 */
bool rollout_mark(struct seat *seat, struct text router, struct text reference, enum cause cause,
		  struct text because, int64_t at, struct error *error) MUST_CHECK;
/* Rings the same routers, after the commit of that. */
void rollout_ring(struct seat *seat, struct text router, struct text reference,
		  enum urgency urgency);

/* One router that is kept at a former commit. */
struct kept_router {
	const struct router *router; /* of that commit */
	struct intent *intent;       /* a reference of its own */
	/* what it is reconciled by: the same and those who came since; a reference of its own */
	struct intent *goes_by;
};
/* A copy with references of its own, freed by rollout_keeping_free; NULL: no router is kept. */
struct keeping *rollout_keeping(struct seat *seat);
struct keeping {
	struct kept_router *routers; /* by name */
	uint32_t count;
};
/* NULL: it goes by the commit in force. `kept` may be NULL. */
const struct kept_router *rollout_find(const struct keeping *kept, struct text router);
/* Grows whenever a router is moved or kept. Never blocks. */
uint64_t rollout_serial(struct seat *seat);
