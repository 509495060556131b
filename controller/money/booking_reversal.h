/*
 * Money that goes back through its provider: a person's order, and what the provider's word about
 * it does to the books. As in booking.h, every function needs an open transaction of the seat's
 * store and changes nothing outside it: booking_tell after the commit. Blocks on disk; texts lie in
 * the arena; any thread. It sends nothing (asking/reversing.h), and books once, on certainty alone.
 */
#pragma once

#include "money/booking.h"
#include "model/question.h"

struct reversal_wish {
	struct text receipt, reason, actor;
	/* Although nobody knows what became of the former order; the payment was seen to stand. */
	bool again;
};
/*
 * Makes the order, due at once. REFUSED with the remedy: refunded before, ordered before, held,
 * cash, without a receipt of the provider's, or its channel has no right to it. FAILED: no such
 * payment. INVALID: no reason.
 */
bool booking_reversal_order(struct question *out, struct seat *seat, const struct intent *intent,
			    const struct reversal_wish *wish, int64_t now, struct arena *arena,
			    struct error *error) MUST_CHECK;

/*
 * Before a person books by hand that it was given back: REFUSED while an order is open, for then
 * the payer would have it twice. *warning: nobody knows what became of an order; else empty.
 */
bool booking_reversal_by_hand(struct text *warning, struct seat *seat, struct text receipt,
			      struct arena *arena, struct error *error) MUST_CHECK;

/* A line of the inbox that came to the URL of an order; `ask`: of which question about it. */
bool booking_reversal_result(struct booked *out, struct seat *seat, const struct intent *intent,
			     const struct inbox_line *line, struct question *question,
			     enum question_url url, uint32_t ask, int64_t now, struct arena *arena,
			     struct error *error) MUST_CHECK;

/* Is the payment out of the books already, however it came to that? */
bool booking_reversal_is_done(bool *done, struct text *reason, struct seat *seat,
			      const struct question *question, struct arena *arena,
			      struct error *error) MUST_CHECK;
