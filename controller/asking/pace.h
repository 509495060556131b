/*
 * How soon a credential may be asked again: its budget, and what a refusal adds to it. Pure: it
 * owns nothing, never blocks and reads no clock; its owner holds a lock around every call. Moments
 * are monotonic. It never says what is due, only what would be too soon.
 */
#pragma once

#include <stdint.h>

enum pace_kind {
	PACE_QUESTION, /* status, list, orders: within the budget */
	PACE_PROMPT,   /* somebody waits for it: held back by refusals alone */
	PACE_HINT,     /* whether one is true: no provider that is asked so publishes a rate */
	PACE_LOGIN,    /* a token, without which there is nothing else */
	PACE_KIND_COUNT
};

enum pace_heard {
	PACE_ANSWERED,
	PACE_SILENT, /* nobody answered */
	PACE_REFUSED /* too much at once */
};

/* A refusal as it came. */
struct pace_refusal {
	int64_t said_us; /* the provider's own Retry-After; 0: none */
	uint8_t chance;  /* spreads those that were refused together */
};

/* All zero: it was never asked. */
struct pace {
	struct {
		int64_t from_at;  /* 0: at once */
		uint32_t refused; /* times, one after another */
	} kinds[PACE_KIND_COUNT];
};

/* One of that kind was asked, and that came of it by `now`. */
void pace_note(struct pace *pace, enum pace_kind kind, enum pace_heard heard,
	       const struct pace_refusal *refusal, int64_t now);
/* The first moment for the next one of that kind; 0: at once. */
int64_t pace_from(const struct pace *pace, enum pace_kind kind);
