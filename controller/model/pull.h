/*
 * How far a provider's own list of payments was read, what it said, and where the ledger differs.
 * Values; the texts are in the reader's arena.
 */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* In which zone the times of a list are: the mark Z may be true or not (payments facts 1.9). */
enum pull_zone { PULL_ZONE_UNKNOWN, PULL_ZONE_EAT, PULL_ZONE_WRITTEN, PULL_ZONE_COUNT };

struct pull {
	int64_t id; /* 0: not stored yet */
	struct text channel, shortcode;
	int64_t since_at; /* of what was paid before nothing is taken */
	int64_t until_at; /* what was paid before was read, but for gaps; 0: nothing yet */
	int64_t day_at;   /* whole days before this one were read once more; 0: none yet */
	enum pull_zone zone;

	/* The window in hand; to_at 0: none. */
	bool whole; /* it is a whole day */
	int64_t from_at, to_at;
	uint32_t offset;
	int64_t began_at;

	int64_t again_at; /* when the newest payments are read again */
	uint32_t failures;
	int64_t failing_since_at;
	struct text why; /* of the last try; empty: it worked */
	int64_t tried_at;
	int64_t hurried_at; /* when a person wanted it read at once */
	int64_t next_at;    /* 0: it is not read */
};

/* What could not be read any more. */
struct pull_gap {
	int64_t from_at, to_at;
};

enum listed_kind { LISTED_IN, LISTED_BACK, LISTED_OUT, LISTED_FLAW, LISTED_COUNT };

/* One row that a list showed. */
struct listed {
	int64_t pull_id;
	enum listed_kind kind;
	struct text receipt, linked; /* in upper case */
	int64_t cents, at;
	struct text why; /* why it was not booked, or cannot be read */
	bool by_hand;    /* a person had recorded that money another way */
	bool found;      /* booked because of this row alone */
	int64_t first_at, seen_at;
};

enum pull_differs {
	DIFFERS_NOT_BOOKED, /* the ledger does not have it */
	DIFFERS_HELD,       /* the ledger holds it */
	DIFFERS_AMOUNT,
	DIFFERS_TAKEN_BACK, /* the list says so, the ledger counts it */
	DIFFERS_GONE,       /* the list does not show it any more, the ledger counts it */
	DIFFERS_NOT_LISTED, /* the ledger counts it, the list never showed it */
	DIFFERS_FLAW,       /* a row that cannot be read */
	DIFFERS_COUNT
};

struct pull_difference {
	enum pull_differs what;
	struct text receipt;
	int64_t at;
	int64_t listed_cents, ledger_cents; /* -1: none there */
	struct text why;
};
