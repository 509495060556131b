/*
 * One channel of one tenant, in hand of a step: everything that asks its provider works on a lane,
 * and nobody else works on it meanwhile. The asker owns it and all that it points to. A step blocks
 * on disk and on that one provider, and may be called by any thread; it never waits for another
 * lane.
 */
#pragma once

#include <stdatomic.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/limits.h"
#include "asking/inquiry.h"
#include "state/street.h"

/* How long a URL that a provider was given stays open: late results were minutes late. */
#define LANE_URL_OPEN_US (7 * DAY_US)

struct lane {
	struct inquiry *inquiry;
	struct seat *seat;
	const struct intent *intent;
	struct text channel; /* of that name; declared in the intent or not any more */
	int64_t now;
	int64_t *next_at; /* when to come again; moved by lane_again alone */
	const _Atomic bool *stopping;
	bool *was_silent;    /* set by lane_heard alone */
	struct arena *arena; /* ends with the visit */
	int64_t until_at;    /* monotonic: then others have waited long enough */
};

/*
 * A step does of what is due on its channel at lane->now what needs no call, and one call at most
 * (*called), says when to come again, and returns. It is called when something of its channel has
 * become due in the store or a moment of lane_again has come, after each call again, and for every
 * declared channel at the start and after each commit; maybe more often. False: the store failed.
 */
typedef bool lane_step(bool *called, const struct lane *lane, struct error *error);

/* Come again at `at` at the latest; 0: nothing. */
void lane_again(const struct lane *lane, int64_t at);
/* False: leave what is not begun; it is due again at once. Asked between two calls. */
bool lane_goes_on(const struct lane *lane);
/* After each call: of whoever said nothing nothing more is asked in this visit. */
void lane_heard(const struct lane *lane, const struct counterpart *to);
/* How long to wait after so many tries: `first_us`, then ever twice as long, at most `most_us`. */
int64_t lane_wait_us(int64_t first_us, int64_t most_us, uint32_t tries);
/* The token of a URL that nobody can guess, which spells no word that a provider refuses. */
struct text lane_token(struct digest *digest, struct arena *arena);
/* Where the provider sends what becomes of the thing with that token. */
struct text lane_url(const struct lane *lane, struct text token);
/* That URL as the street is told of it: of the thing with that number, open from `sent_at`. */
struct street_attempt lane_opened(const struct digest *token, struct text channel,
				  struct text provider, int64_t number, int64_t sent_at);
