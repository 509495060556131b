/*
 * How money is booked: judged, matched, credited, spent on time, and the subscriber marked on his
 * router. Every function but booking_judge needs an open transaction of the seat's store and
 * changes nothing outside it: ring and mark dirty after the commit (booking_tell). Shared by the
 * teller and by `payment record` and `payment assign`.
 */
#pragma once

#include "seat/seat.h"
#include "model/payment.h"
#include "state/inbox.h"

struct booked {
	bool changed; /* anything was written */
	enum payment_status status;
	struct payment payment;              /* as booked; in the arena */
	const struct subscriber *subscriber; /* credited: who; of the intent given */
	uint32_t periods;                    /* bought at once */
	int64_t paid_until_at;               /* after it */
};

/* One line of the inbox: provider, proof, parse, judge, match, book. */
bool booking_line(struct booked *out, struct seat *seat, const struct intent *intent,
		  const struct inbox_line *line, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* What the provider itself said about a hint, in answer to our question: booked as proven. */
bool booking_confirmed(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct inbox_line *line, const struct notice *notice, int64_t now,
		       struct arena *arena, struct error *error) MUST_CHECK;
/* Why what was held for words about that receipt still is. */
bool booking_words_because(struct seat *seat, struct text receipt, struct text why, int64_t now,
			   struct arena *arena, struct error *error) MUST_CHECK;
/* Is this line refused as things are now: does its signature still not fit? */
bool booking_is_refused(struct seat *seat, const struct intent *intent,
			const struct inbox_line *line, struct arena *arena);
/* Cash. INVALID: no such account, or the amount is none. */
bool booking_cash(struct booked *out, struct seat *seat, const struct intent *intent,
		  struct text account, struct text amount, struct text reason, struct text actor,
		  int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
/* The held payment stands in the books as `by` now: it waits no longer, and is never credited.
 * REFUSED when it is not held, or settled before. */
bool booking_settle(struct seat *seat, struct text held, const struct booked *by, struct text actor,
		    int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
/*
 * A line of a provider's statement that a person gave: booked as proven, once, by its receipt. A
 * held payment of that receipt and amount is released where a person may release it. *why: it is
 * not taken, and nothing is changed; so is what was paid before wavu took over, or before the
 * opening of whom it fits, for that may be part of what was declared.
 */
bool booking_stated(struct booked *out, struct text *why, struct seat *seat,
		    const struct intent *intent, const struct channel *channel,
		    const struct notice *notice, struct text actor, int64_t now,
		    struct arena *arena, struct error *error) MUST_CHECK;
/*
 * The same of a row of the provider's own list. Whatever a callback said of that receipt, and why
 * it was held, the list's amount, reference and payer count. What was paid before the opening of
 * whom it fits waits unmatched. *by_hand: it is in the books another way.
 */
bool booking_listed(struct booked *out, struct text *why, bool *by_hand, struct seat *seat,
		    const struct intent *intent, const struct channel *channel,
		    const struct notice *notice, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;
/*
 * An unmatched payment finds its home, a held one is released. REFUSED with the remedy when it may
 * not.
 */
bool booking_assign(struct booked *out, struct seat *seat, const struct intent *intent,
		    struct text receipt, struct text account, struct text actor, int64_t now,
		    struct arena *arena, struct error *error) MUST_CHECK;
/* What was left as credit may buy now (a due moment, a lower price). *periods 0: nothing. */
bool booking_renew(uint32_t *periods, struct seat *seat, const struct intent *intent,
		   const struct subscriber *subscriber, int64_t now, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* After the commit: rings the router of a credited one. */
void booking_tell(struct seat *seat, const struct booked *booked);
