/*
 * Which commit each router goes by. A router that no wave of a roll-out has come to is kept at the
 * commit before, whatever rings it; all others go by the one in force. What keeping_copy returns is
 * the caller's (keeping_free). keeping_load blocks on the store, nothing else does; any thread.
 */
#pragma once

#include "seat/seat.h"

/* One router that is kept at a former commit. */
struct kept_router {
	const struct router *router; /* of that commit */
	struct intent *intent;       /* a reference of its own */
	/* what it is reconciled by: the same and those who came since; a reference of its own */
	struct intent *goes_by;
};
struct keeping {
	struct kept_router *routers; /* by name */
	uint32_t count;
};

/*
 * The intent by which a router is reconciled now: one more reference, the caller's; NULL: nothing
 * is in force. *pause_until_at: until when a newer commit, which has not come to it, pauses it; 0.
 */
struct intent *keeping_intent(struct seat *seat, struct text router, int64_t *pause_until_at);
/* A copy with references of its own; NULL: no router is kept. */
struct keeping *keeping_copy(struct seat *seat);
/* NULL: it goes by the commit in force. `kept` may be NULL. */
const struct kept_router *keeping_find(const struct keeping *kept, struct text router);
/* Grows whenever a router is moved or kept. */
uint64_t keeping_serial(struct seat *seat);

/* ---- for those who move routers between commits ---------------------------------------------- */

/* Between these nobody else does; held across the store. */
void keeping_lock(struct seat *seat);
void keeping_unlock(struct seat *seat);
/* An empty one with room for so many; routers are added in the order of their names. */
struct keeping *keeping_new(uint32_t room);
void keeping_add(struct keeping *kept, const struct intent *intent, const struct router *router);
void keeping_free(struct keeping *kept); /* NULL is fine */
/* After the commit: `next` (whose reference it takes over; NULL: what is in force stays) is in
 * force, at once with what is kept. */
void keeping_swap(struct seat *seat, struct intent *next, struct keeping *kept);

/* Reads a former commit again after a start; NULL: it is lost. The reference is the caller's. */
typedef struct intent *keeping_reader(void *context, struct text commit);
/* At a start, after seat_swap: what each router is kept at, as stored. */
bool keeping_load(struct seat *seat, keeping_reader *reader, void *context,
		  struct error *error) MUST_CHECK;
