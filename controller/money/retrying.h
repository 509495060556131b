/*
 * Callbacks whose signature did not fit, tried again in case the channel's key was the fault.
 * Blocks on disk; one thread at a time. It asks nobody: what still does not fit stays held.
 */
#pragma once

#include "seat/seat.h"

/* All of a seat, whatever the time; *booked: payments that became credited by it. */
bool retrying_step(struct seat *seat, int64_t now, uint32_t *booked,
		   struct error *error) MUST_CHECK;
