/*
 * The first word about the end of a credit, written with it: what it bought waits for the router,
 * or is no access and why. Later words are those of the jobs (loop/proving.h). Needs an open
 * transaction of the seat's store; blocks on disk; any thread.
 */
#pragma once

#include "money/booking.h"
#include "model/entitlement.h"

/* booked->payment was credited to `subscriber` just now. */
bool booking_ending(struct seat *seat, const struct intent *intent,
		    const struct subscriber *subscriber, const struct booked *booked, int64_t now,
		    struct arena *arena, struct error *error) MUST_CHECK;
/* Why somebody has no access, as the end of a payment says it; in the arena. */
struct text booking_why_shut(const struct entitlement *entitlement, struct arena *arena);
