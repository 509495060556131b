#include "base/clock.h"
#include "money/booking_inside.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/pulls.h"

/* Rows of a statement that a person gave, and of the list that a provider keeps itself. */

/* Why a stated line is not the money of the payment with its receipt, or empty. */
static bool stands_against(struct text *why, struct seat *seat, const struct intent *intent,
			   const struct payment *former, const struct heard *heard,
			   struct arena *arena, struct error *error)
{
	struct error refused = { 0 };
	struct text settled;

	*why = TEXT_NONE;
	if (!former->has_amount || former->amount_cents != heard->notice.amount_cents) {
		*why = TEXT("it is known here with another amount, or with none");
		return true;
	}
	if (former->status != PAYMENT_HELD)
		return true;
	if (!settled_by(&settled, seat->store, former->id, arena, error))
		return false;
	if (settled.size > 0) {
		*why = text_format(arena, "it was settled by %.*s already", TEXT_ARG(settled));
		return true;
	}
	/* Whatever the callback said: the list is the provider's own word. */
	if (heard->is_listed || booking_may_release(seat, intent, former, arena, &refused))
		return true;
	*error = refused;
	*why = text_copy(arena, text_of(refused.text));
	return refused.code == ERROR_REFUSED;
}

/* Was it paid before wavu knew of that money? Then it may be part of what was declared as had. */
static bool came_before(struct text *why, struct seat *seat, const struct intent *intent,
			const struct heard *heard, int64_t now, struct arena *arena,
			struct error *error)
{
	struct match match;
	int64_t first_at, own_at = 0;

	*why = TEXT_NONE;
	if (!booking_match(&match, seat, intent, &heard->notice, now, arena, error) ||
	    !takeover_at(&first_at, seat->store, error) ||
	    (match.subscriber != NULL &&
	     !opening_at(&own_at, seat->store, match.subscriber->reference, error)))
		return false;
	/* Its times are whole seconds. */
	if (heard->notice.at + SECOND_US <= first_at)
		*why = text_format(arena, "before the opening: wavu took over on %.*s",
				   TEXT_ARG(time_shown(arena, intent->tenant.zone, first_at)));
	else if (heard->notice.at + SECOND_US <= own_at)
		*why = text_format(arena, "before the opening of %.*s, on %.*s",
				   TEXT_ARG(match.subscriber->account),
				   TEXT_ARG(time_shown(arena, intent->tenant.zone, own_at)));
	return true;
}

/* What a provider's statement or its own list says: proven, once, by its receipt. */
static bool book_stated(struct booked *out, struct text *why, bool *by_hand, struct seat *seat,
			const struct intent *intent, struct heard *heard, int64_t now,
			struct arena *arena, struct error *error)
{
	const struct inbox_line line = { .provider = heard->channel->provider,
					 .channel = heard->channel->name,
					 .received_at = now };
	struct known known;

	invariant(heard->notice.receipt.size > 0 && heard->notice.has_amount);
	*out = (struct booked){ 0 };
	*why = TEXT_NONE;
	booking_cut_words(&heard->notice);
	if (!booking_known(&known, seat, heard->notice.receipt, arena, error))
		return false;
	*by_hand = known.is_done;
	if (known.is_done)
		*why = TEXT("a person recorded it already");
	else if (known.found && !known.is_word &&
		 !stands_against(why, seat, intent, &known.former, heard, arena, error))
		return false;
	if (why->size > 0)
		return booking_contradicted(out, seat, intent, &line, heard, &known, now, arena,
					    error);
	if (!known.found || known.former.status == PAYMENT_HELD) {
		if (!came_before(why, seat, intent, heard, now, arena, error))
			return false;
		/* A list begins where wavu took over: it came in, but nobody gets it unasked. */
		if (why->size > 0 && !heard->is_listed)
			return true;
		heard->nobodys = *why;
		*why = TEXT_NONE;
	}
	return booking_heard(out, seat, intent, &line, heard, now, arena, error);
}

bool booking_stated(struct booked *out, struct text *why, struct seat *seat,
		    const struct intent *intent, const struct channel *channel,
		    const struct notice *notice, struct text actor, int64_t now,
		    struct arena *arena, struct error *error)
{
	struct heard heard = { .channel = channel, .notice = *notice, .actor = actor };
	bool by_hand;

	invariant(actor.size > 0);
	return book_stated(out, why, &by_hand, seat, intent, &heard, now, arena, error);
}

bool booking_listed(struct booked *out, struct text *why, bool *by_hand, struct seat *seat,
		    const struct intent *intent, const struct channel *channel,
		    const struct notice *notice, int64_t now, struct arena *arena,
		    struct error *error)
{
	struct heard heard = { .channel = channel, .notice = *notice, .is_listed = true };

	return book_stated(out, why, by_hand, seat, intent, &heard, now, arena, error);
}
