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
/* The provider says that what this line of a channel's URL said is so: `held`, which it was booked
 * as, is credited, or is nobody's. Where anything else is against it, it stays held. */
bool booking_true(struct booked *out, struct seat *seat, const struct intent *intent,
		  const struct inbox_line *line, const struct payment *held, int64_t now,
		  struct arena *arena, struct error *error) MUST_CHECK;
/* Why a line is refused: its signature does not fit, or the key cannot be read. Empty: it is not. */
struct text booking_refusal(struct seat *seat, const struct intent *intent,
			    const struct inbox_line *line, struct arena *arena);
/* Held for that reason, without a receipt; said again, it is one line. */
bool booking_hold_once(struct booked *out, struct seat *seat, struct text reason,
		       struct arena *arena, struct error *error) MUST_CHECK;
bool booking_hold_other_amount(struct booked *out, struct seat *seat, const struct payment *former,
			       struct arena *arena, struct error *error) MUST_CHECK;

/*
 * Held without a receipt, once for everything with this key; said again, it is counted on
 * (state/heard.h).
 */
bool booking_hold_counted(struct booked *out, struct seat *seat, const struct digest *key,
			  struct text reason, int64_t now, struct arena *arena,
			  struct error *error) MUST_CHECK;
/* A line that has no receipt to be known by: the same bytes are one held payment. */
bool booking_hold_unreadable(struct booked *out, struct seat *seat, const struct inbox_line *line,
			     struct text reason, int64_t now, struct arena *arena,
			     struct error *error) MUST_CHECK;
/*
 * A line whose signature does not fit. Its words do not count: one held payment a channel and
 * reason, however many come; the lines are tried again (loop/checker.h), for the key may be wrong.
 */
bool booking_refuse(struct booked *out, struct seat *seat, const struct inbox_line *line,
		    struct text reason, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;

/*
 * A hint, with its words in out->payment: held as "held-RECEIPT", and its provider is to be asked.
 * It claims no receipt; of one that is booked already it is no news.
 */
bool booking_hint(struct booked *out, struct seat *seat, const struct inbox_line *line,
		  struct text reason, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* Has a person recorded the money of hints about that receipt another way? */
bool booking_hint_is_settled(bool *settled, struct seat *seat, struct text receipt,
			     struct arena *arena, struct error *error) MUST_CHECK;
/* The receipt is booked now: what was held for hints about it waits no longer. */
bool booking_hint_settle(struct seat *seat, struct text receipt, int64_t now, struct arena *arena,
			 struct error *error) MUST_CHECK;
