/*
 * Which part of a provider's list is read next: the newest payments again and again, each day once
 * more as a whole. Pure: it owns nothing, never blocks, and reads no clock; any thread. A window
 * never begins before the list's since_at, and never further back than the provider shows.
 */
#pragma once

#include "base/clock.h"
#include "base/zone.h"
#include "model/pull.h"

/*
 * The list shows 48 hours (payments facts 1.9); less what clocks differ, and what its pages take.
 */
#define PULL_REACH_US (48 * HOUR_US - 10 * MINUTE_US)
#define PULL_REACH_MAX_US (48 * HOUR_US - MINUTE_US)
/* What wavu missed is read in parts, the oldest first: it is the next to be out of reach. */
#define PULL_PART_US (4 * HOUR_US)
/* Somebody may be waiting for each line of it. */
#define PULL_AGAIN_US (15 * MINUTE_US)
/* What the list learns late is read again for so long. */
#define PULL_OVERLAP_US HOUR_US
/* The clock that it prints may be so far behind ours: EAT read as UTC. */
#define PULL_DOUBT_US (3 * HOUR_US)
/* A day is read as a whole so long after its end. */
#define PULL_SETTLES_US HOUR_US

/*
 * The window in hand, or the next one that is due: fills whole, from_at, to_at, offset, began_at.
 * False: nothing is due before pull_window_due. *gap: what cannot be read any more (to_at 0: none);
 * until_at is moved beyond it, and the caller keeps both at once.
 */
bool pull_window_open(struct pull *pull, struct pull_gap *gap, const struct zone *zone,
		      int64_t now);
/* It was read to its end at `now`. *read: a whole day that was read from here to there, to_at 0:
 * none. */
void pull_window_close(struct pull *pull, struct pull_gap *read, const struct zone *zone,
		       int64_t now);
int64_t pull_window_due(const struct pull *pull, const struct zone *zone);
