#include "asking/pull_window.h"

#include "base/error.h"

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t doubt_us(const struct pull *pull)
{
	return pull->zone == PULL_ZONE_EAT ? 0 : PULL_DOUBT_US;
}

/* The day that is to be read as a whole, from its first moment; the first one may be a part. */
static int64_t day_of(const struct pull *pull, const struct zone *zone)
{
	return zone_day_start(zone, later(pull->day_at, pull->since_at), 0);
}

static int64_t day_due(const struct pull *pull, const struct zone *zone)
{
	return zone_day_start(zone, day_of(pull, zone), 1) + PULL_SETTLES_US;
}

static void take(struct pull *pull, bool whole, int64_t from_at, int64_t to_at, int64_t now)
{
	int64_t first_at = pull->since_at - doubt_us(pull);

	pull->whole = whole;
	pull->from_at = later(later(from_at, first_at), now - PULL_REACH_US);
	pull->to_at = to_at;
	pull->offset = 0;
	pull->began_at = now;
}

bool pull_window_open(struct pull *pull, struct pull_gap *gap, const struct zone *zone, int64_t now)
{
	int64_t reach_at = now - PULL_REACH_US, until_at;

	*gap = (struct pull_gap){ 0 };
	/*
	 * What nothing was read of yet begins anew, so that it goes up to now; unless that cost a
	 * part of what can still be reached.
	 */
	if (pull->to_at != 0 && pull->from_at >= now - PULL_REACH_MAX_US && pull->to_at <= now &&
	    (pull->offset > 0 || (pull->until_at != 0 && pull->until_at < reach_at)))
		return true;
	pull->to_at = 0;
	if (now >= pull->again_at || pull->hurried_at > pull->until_at) {
		if (pull->until_at != 0 && pull->until_at < reach_at) {
			*gap = (struct pull_gap){ pull->until_at, reach_at };
			pull->until_at = reach_at;
		}
		until_at = pull->until_at != 0 ? pull->until_at : later(pull->since_at, reach_at);
		take(pull, false, until_at - PULL_OVERLAP_US - doubt_us(pull),
		     until_at + PULL_PART_US < now ? until_at + PULL_PART_US : now, now);
		return true;
	}
	if (now < day_due(pull, zone))
		return false;
	/*
	 * Days that are out of reach as a whole are left out: what of them was not read is a gap.
	 */
	pull->day_at = later(day_of(pull, zone), zone_day_start(zone, reach_at, 0));
	if (now < day_due(pull, zone))
		return false;
	take(pull, true, pull->day_at - doubt_us(pull), zone_day_start(zone, pull->day_at, 1), now);
	return true;
}

void pull_window_close(struct pull *pull, struct pull_gap *read, const struct zone *zone,
		       int64_t now)
{
	invariant(pull->to_at != 0);
	*read = (struct pull_gap){ 0 };
	if (pull->whole) {
		*read = (struct pull_gap){ later(pull->from_at + doubt_us(pull), pull->day_at),
					   pull->to_at };
		pull->day_at = zone_day_start(zone, pull->day_at, 1);
	} else {
		pull->until_at = pull->to_at;
		/* A list of many pages is not read all the time: a fifth of it at most. */
		pull->again_at = pull->to_at < pull->began_at
				     ? now
				     : later(pull->to_at + PULL_AGAIN_US,
					     now + 4 * (now - pull->began_at));
	}
	pull->to_at = pull->from_at = 0;
	pull->offset = 0;
	pull->whole = false;
}

int64_t pull_window_due(const struct pull *pull, const struct zone *zone)
{
	int64_t day_at = day_due(pull, zone);

	if (pull->to_at != 0)
		return pull->began_at;
	if (pull->hurried_at > pull->until_at)
		return pull->hurried_at;
	return day_at < pull->again_at ? day_at : pull->again_at;
}
