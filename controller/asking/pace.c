#include "asking/pace.h"

#include "base/clock.h"

/* A longer Retry-After is not believed: what nobody asks nobody learns. */
#define SAID_MAX_US (15 * MINUTE_US)

/*
 * The sandbox takes 5 questions a minute with a burst of 1, production's limit is unpublished;
 * after a refusal, and where nobody answers, it is left alone for a minute (payments facts 1.5),
 * and after the next refusal for longer. Prompts expire within two minutes, so they come back
 * sooner.
 */
static const struct rate {
	int64_t gap_us, silent_us, first_us, most_us; /* the latter two after a refusal */
} rates[PACE_KIND_COUNT] = {
	[PACE_QUESTION] = { 12 * SECOND_US, MINUTE_US, MINUTE_US, 10 * MINUTE_US },
	[PACE_PROMPT] = { 0, 0, 5 * SECOND_US, MINUTE_US },
	[PACE_HINT] = { 0, 0, 5 * SECOND_US, MINUTE_US },
	[PACE_LOGIN] = { 0, 0, 5 * SECOND_US, MINUTE_US },
};

/*
 * Twice as long after each refusal; then up to a quarter more, so that not all come back at once.
 */
static int64_t refused_us(const struct rate *rate, uint32_t refused,
			  const struct pace_refusal *refusal)
{
	int64_t wait_us = rate->first_us;
	int64_t said_us = refusal->said_us < SAID_MAX_US ? refusal->said_us : SAID_MAX_US;

	while (refused-- > 0 && wait_us < rate->most_us)
		wait_us *= 2;
	if (wait_us > rate->most_us)
		wait_us = rate->most_us;
	if (wait_us < said_us)
		wait_us = said_us;
	return wait_us + wait_us / 4 * refusal->chance / UINT8_MAX;
}

void pace_note(struct pace *pace, enum pace_kind kind, enum pace_heard heard,
	       const struct pace_refusal *refusal, int64_t now)
{
	const struct rate *rate = &rates[kind];
	int64_t wait_us = rate->gap_us;

	if (heard == PACE_SILENT)
		wait_us = rate->silent_us;
	if (heard == PACE_REFUSED)
		wait_us = refused_us(rate, pace->kinds[kind].refused, refusal);
	if (heard == PACE_ANSWERED)
		pace->kinds[kind].refused = 0;
	if (heard == PACE_REFUSED && pace->kinds[kind].refused < UINT32_MAX)
		pace->kinds[kind].refused++;
	if (wait_us > 0 && pace->kinds[kind].from_at < now + wait_us)
		pace->kinds[kind].from_at = now + wait_us;
}

int64_t pace_from(const struct pace *pace, enum pace_kind kind)
{
	int64_t from_at = pace->kinds[kind].from_at;
	int64_t login_at = pace->kinds[PACE_LOGIN].from_at;
	int64_t prompt_at = pace->kinds[PACE_PROMPT].from_at;

	if (from_at < login_at)
		from_at = login_at;
	/* Whoever takes no prompt now takes no question either, and nobody waits for that one. */
	if (kind == PACE_QUESTION && from_at < prompt_at)
		from_at = prompt_at;
	return from_at;
}
