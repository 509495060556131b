/*
 * Somebody's routers: the one where the commit in force has him, and those where a former commit,
 * at which a roll-out keeps them, still does. Marking blocks on the store; any thread.
 */
#pragma once

#include "model/fleet.h"
#include "seat/seat.h"

/* Marks him on all of them. In a transaction of the caller's. */
bool person_mark(struct seat *seat, struct text router, struct text reference, enum cause cause,
		 struct text because, int64_t at, struct error *error) MUST_CHECK;
/* Rings them, after the commit of that. */
void person_ring(struct seat *seat, struct text router, struct text reference,
		 enum urgency urgency);
