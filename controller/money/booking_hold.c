#include "base/digest.h"
#include "money/booking_inside.h"
#include "state/heard.h"
#include "state/ledger.h"

/* What a person must judge before it is credited; said again, it is one line. */

#define SAME_HELD_MAX 500 /* newest held payments among which a repeated refusal is looked for */

bool booking_hold_once(struct booked *out, struct seat *seat, struct text reason,
		       struct arena *arena, struct error *error)
{
	struct payment *held;
	uint32_t count;

	if (!ledger_payments(&held, &count, seat->store, PAYMENT_HELD, SAME_HELD_MAX, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (text_equal(held[i].reason, reason))
			return true;
	out->payment.receipt = TEXT_NONE;
	return booking_book(out, seat, PAYMENT_HELD, reason, TEXT_NONE, arena, error);
}

bool booking_same_amount(const struct payment *one, const struct payment *other)
{
	return one->has_amount == other->has_amount &&
	       (!one->has_amount || one->amount_cents == other->amount_cents);
}

bool booking_same_words(const struct payment *one, const struct payment *other, struct arena *arena)
{
	return booking_same_amount(one, other) &&
	       text_equal(text_reference(arena, one->reference),
			  text_reference(arena, other->reference));
}

/* A receipt that says two things may be money twice, or money once. */
struct text booking_differs(const struct payment *former, const struct payment *payment,
			    struct arena *arena)
{
	struct text had = TEXT("an unreadable amount"), has = had;

	if (booking_same_amount(former, payment))
		return text_format(arena,
				   "receipt %.*s is known for \"%.*s\", this one says \"%.*s\"",
				   TEXT_ARG(former->receipt), TEXT_ARG(former->reference),
				   TEXT_ARG(payment->reference));
	if (former->has_amount)
		had = text_of_cents(arena, former->amount_cents);
	if (payment->has_amount)
		has = text_of_cents(arena, payment->amount_cents);
	return text_format(arena, "receipt %.*s is known with %.*s, this one says %.*s",
			   TEXT_ARG(former->receipt), TEXT_ARG(had), TEXT_ARG(has));
}

bool booking_hold_other(struct booked *out, struct seat *seat, const struct payment *former,
			struct arena *arena, struct error *error)
{
	return booking_hold_once(out, seat, booking_differs(former, &out->payment, arena), arena,
				 error);
}

bool booking_hold_counted(struct booked *out, struct seat *seat, const struct digest *key,
			  struct text reason, int64_t now, struct arena *arena, struct error *error)
{
	bool known;

	if (!heard_again(&known, seat->store, key, now, error))
		return false;
	if (known)
		return true;
	out->payment.receipt = TEXT_NONE;
	return booking_book(out, seat, PAYMENT_HELD, reason, TEXT_NONE, arena, error) &&
	       heard_first(seat->store, key, out->payment.id, now, error);
}

/* The same bytes on the same URL are the same news, however often they come. */
bool booking_hold_unreadable(struct booked *out, struct seat *seat, const struct inbox_line *line,
			     struct text reason, int64_t now, struct arena *arena,
			     struct error *error)
{
	struct digester digester;
	struct digest key;

	digester_begin(&digester);
	digester_text(&digester, TEXT("unreadable"));
	digester_text(&digester, line->channel);
	digester_text(&digester, line->kind);
	digester_text(&digester, line->body);
	key = digester_end(&digester);
	return booking_hold_counted(out, seat, &key, reason, now, arena, error);
}

/*
 * Nothing that a forger says is kept beside the payment, and above all not the receipt, which the
 * genuine one would then find taken.
 */
bool booking_refuse(struct booked *out, struct seat *seat, const struct inbox_line *line,
		    struct text reason, int64_t now, struct arena *arena, struct error *error)
{
	struct digester digester;
	struct digest key;
	int64_t held_id;

	digester_begin(&digester);
	digester_text(&digester, TEXT("refused"));
	digester_text(&digester, line->channel);
	digester_text(&digester, reason);
	key = digester_end(&digester);
	out->payment = (struct payment){ .provider = line->provider,
					 .channel = line->channel,
					 .at = line->received_at,
					 .received_at = line->received_at,
					 .booked_at = now,
					 .inbox_id = line->id };
	return heard_renew(seat->store, &key, error) &&
	       booking_hold_counted(out, seat, &key, reason, now, arena, error) &&
	       heard_payment(&held_id, seat->store, &key, error) &&
	       refused_add(seat->store, line->id, line->channel, held_id, error);
}
