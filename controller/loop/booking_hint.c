#include "loop/booking_inside.h"
#include "state/heard.h"
#include "state/ledger.h"
#include "state/proof.h"

/*
 * What a hint says is only the occasion to ask: neither its amount nor its receipt is taken from
 * it, for a hint that lies would stand in the way of the payment it names. So it is held under a
 * name that no payment has, and settled by what the provider says.
 */

#define HINT_NAME "held-%.*s"

static bool find(bool *found, struct payment *out, struct seat *seat, struct text receipt,
		 struct arena *arena, struct error *error)
{
	*found = false;
	if (receipt.size == 0)
		return true;
	return ledger_payment(found, out, seat->store,
			      text_format(arena, HINT_NAME, TEXT_ARG(receipt)), arena, error);
}

bool booking_hint(struct booked *out, struct seat *seat, const struct inbox_line *line,
		  struct text reason, int64_t now, struct arena *arena, struct error *error)
{
	struct payment former;
	bool found;

	if (!ledger_payment(&found, &former, seat->store, out->payment.receipt, arena, error))
		return false;
	if (found && former.status != PAYMENT_HELD)
		return true;
	out->payment.receipt = text_format(arena, HINT_NAME, TEXT_ARG(out->payment.receipt));
	return hint_add(seat->store, line->id, line->channel, now, error) &&
	       booking_book(out, seat, PAYMENT_HELD, reason, TEXT_NONE, arena, error);
}

bool booking_hint_because(struct seat *seat, struct text receipt, struct text why, int64_t now,
			  struct arena *arena, struct error *error)
{
	struct payment held;
	bool found;

	if (!find(&found, &held, seat, receipt, arena, error))
		return false;
	return !found || held.status != PAYMENT_HELD ||
	       ledger_hold(seat->store, held.id, why, now, error);
}

bool booking_hint_is_settled(bool *settled, struct seat *seat, struct text receipt,
			     struct arena *arena, struct error *error)
{
	struct payment held;
	struct text by;
	bool found;

	*settled = false;
	if (!find(&found, &held, seat, receipt, arena, error))
		return false;
	if (!found)
		return true;
	if (!settled_by(&by, seat->store, held.id, arena, error))
		return false;
	*settled = by.size > 0 || held.status == PAYMENT_REVERSED;
	return true;
}

bool booking_hint_settle(struct seat *seat, struct text receipt, int64_t now, struct arena *arena,
			 struct error *error)
{
	struct payment held, by;
	bool found, is_booked;

	if (!find(&found, &held, seat, receipt, arena, error) ||
	    !ledger_payment(&is_booked, &by, seat->store, receipt, arena, error))
		return false;
	return !found || !is_booked || held.status != PAYMENT_HELD ||
	       settled_add(seat->store, held.id, by.id, TEXT("provider"), now, error);
}
