/*
 * What booking.c and booking_attempt.c share. Inside of the loop's booking only; as in booking.h,
 * every function needs an open transaction of the seat's store; blocks on disk.
 */
#pragma once

#include "loop/booking.h"

/* Writes out->payment down with that status; out->changed false: its receipt was known. */
bool booking_book(struct booked *out, struct seat *seat, enum payment_status status,
		  struct text reason, struct text reference, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* The credited one: his credit is spent, and his rows are owed a look. */
bool booking_credit(struct booked *out, struct seat *seat, const struct intent *intent,
		    const struct subscriber *subscriber, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;
/* Is there somebody to credit: declared, and not terminated? `subscriber` may be NULL. */
bool booking_is_served(bool *served, struct seat *seat, const struct intent *intent,
		       const struct subscriber *subscriber, int64_t now, struct arena *arena,
		       struct error *error) MUST_CHECK;
/* Held for that reason, without a receipt; said again, it is one line. */
bool booking_hold_once(struct booked *out, struct seat *seat, struct text reason,
		       struct arena *arena, struct error *error) MUST_CHECK;
bool booking_hold_other_amount(struct booked *out, struct seat *seat, const struct payment *former,
			       struct arena *arena, struct error *error) MUST_CHECK;
