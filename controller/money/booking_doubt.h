/*
 * What is odd about a payment: it is written down, and its provider is asked where it can be.
 * Nothing here credits, holds or refuses anything. As in booking.h, every function needs an open
 * transaction of the seat's store; blocks on disk.
 */
#pragma once

#include "money/booking.h"
#include "model/question.h"

/* A callback was just booked or held: does its receipt look like one of that day? */
bool booking_doubt_odd(struct seat *seat, const struct intent *intent,
		       const struct payment *payment, struct text receipt, int64_t now,
		       struct arena *arena, struct error *error) MUST_CHECK;
/* Is this question about what is in the books already? Its answer moves no money. */
bool booking_doubt_asks(const struct question *question);
/* What the provider said to such a question. */
bool booking_doubt_answered(struct seat *seat, const struct question *question, bool is_true,
			    struct text why, int64_t now, struct error *error) MUST_CHECK;
/* It was asked as often as that, and nobody confirms it. */
bool booking_doubt_unanswered(struct seat *seat, const struct question *question, int64_t now,
			      struct error *error) MUST_CHECK;
/* Something proven says the same of the payment; or another amount, which is held beside it. */
bool booking_doubt_agreed(struct seat *seat, const struct payment *payment, int64_t now,
			  struct arena *arena, struct error *error) MUST_CHECK;
bool booking_doubt_denied(struct seat *seat, const struct payment *payment, int64_t cents,
			  int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
/* It is money, and nobody has proven who paid it: a prompt of that amount may have brought it. */
bool booking_doubt_unnamed(struct seat *seat, const struct payment *payment, struct text why,
			   int64_t now, struct error *error) MUST_CHECK;
