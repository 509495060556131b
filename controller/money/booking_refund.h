/*
 * `wavu payment refund`: money that was given back outside wavu is taken out of the books. Needs an
 * open transaction of the seat's store and changes nothing outside it: booking_tell after the
 * commit. Texts lie in the arena; blocks on disk; any thread. It asks no provider for anything.
 */
#pragma once

#include "money/booking.h"

struct refunded {
	struct booked booked;   /* payment: as it was; subscriber NULL: nobody's, or gone */
	uint32_t taken_periods; /* taken back */
	int64_t balance_cents;  /* his credit after it; below zero: what he owes */
};
/*
 * The money was given back outside wavu: whole periods that it bought, even partly, are taken back,
 * and what other money had paid of them is credit again. FAILED: no such payment. REFUSED: refunded
 * before, or settled by another payment. INVALID: no reason.
 */
bool booking_refund(struct refunded *out, struct seat *seat, const struct intent *intent,
		    struct text receipt, struct text reason, struct text actor, int64_t now,
		    struct arena *arena, struct error *error) MUST_CHECK;
