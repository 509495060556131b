/*
 * What was taken in: payments found by what a person knows of them, and sums by day, channel and
 * hand. Reads only, one query each; blocks on disk; texts lie in the arena; any thread. It judges
 * nothing and changes nothing.
 */
#pragma once

#include "base/zone.h"
#include "model/payment.h"
#include "state/store.h"

/* What is known of a payment. All that is given must fit; the zeroed one with status -1 is all. */
struct payments_wanted {
	int status;                 /* enum payment_status; below 0: any */
	bool waiting;               /* none that was settled another way */
	int64_t since_at, until_at; /* of its time, else the arrival; until_at 0: no end */
	struct text channel;        /* empty: any */
	struct text find;           /* one of these fits; empty: they are not looked at */
	struct text subscriber;     /* whose it is by `find`: his key; empty: nobody's */
	struct text phone, phone_hash;
	int64_t cents; /* what `find` is as money; below 0: none */
};
/* Newest booked first. `find` fits a receipt or a part of one (four letters and more), what the
 * payer typed, and what stands beside it. */
bool takings_find(struct payment **out, uint32_t *count, struct store *store,
		  const struct payments_wanted *wanted, uint32_t max, struct arena *arena,
		  struct error *error) MUST_CHECK;

struct sum {
	int64_t count, cents; /* of held money: that which can be read */
};

/* One day of one channel, in the tenant's zone; of cash, of one person. */
struct taking {
	int64_t day_at; /* its first moment */
	struct text channel, provider;
	struct text by; /* who took the cash; empty: it came by a provider */
	struct sum credited, unmatched, held, reversed;
};
/* Newest day first, then by channel and hand; what was settled another way is in no sum. */
bool takings_read(struct taking **out, uint32_t *count, struct store *store,
		  const struct zone *zone, int64_t since_at, int64_t until_at, struct arena *arena,
		  struct error *error) MUST_CHECK;
