/*
 * What the store knows about one subscriber at one moment: the facts the policies judge. Owned by
 * the arena it was read into; a value, any thread.
 */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct standing {
	struct text reference;   /* the subscriber's key, see model/subscriber.h */
	bool known;              /* anything was ever booked: a payment, an opening */
	int64_t balance_cents;   /* credit not yet spent */
	int64_t service_from_at; /* start of the running chain of bought periods; 0: never bought */
	int64_t paid_until_at;   /* 0: never */
	int32_t anchor_day;      /* day of month kept by calendar periods; 0: none */
	bool paused;
	bool opening_booked;
	struct text password;     /* the generated one, or empty; goes nowhere but to the router and
				     `--password` */
	struct text last_receipt; /* newest credited payment, or empty */
	int64_t last_amount_cents;
	int64_t last_paid_at;
	struct text bought_by; /* the payment that bought up to paid_until_at; empty: none did */
	int64_t changed_at; /* newest fact about him */
};

/* By reference in an array sorted by it, as the store gives it; NULL when there is none. */
const struct standing *standing_find(const struct standing *standings, uint32_t count,
				     struct text reference);
