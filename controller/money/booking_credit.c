#include "base/clock.h"
#include "money/booking_ending.h"
#include "money/booking_inside.h"
#include "policies/prepaid.h"
#include "seat/person.h"
#include "state/fleet.h"
#include "state/ledger.h"

/* Whose a payment is, and what his credit buys. */

/* Spends what the account has; out: periods and paid until. */
static bool buy(uint32_t *periods, int64_t *paid_until_at, struct seat *seat,
		const struct intent *intent, const struct subscriber *subscriber,
		int64_t payment_id, int64_t now, struct arena *arena, struct error *error)
{
	struct standing standing;
	struct bought bought;
	struct purchase purchase;

	*periods = 0;
	if (!ledger_standing(&standing, seat->store, subscriber->reference, arena, error))
		return false;
	*paid_until_at = standing.paid_until_at;
	bought = prepaid_buy(&(struct policy_case){ .tenant = &intent->tenant,
						    .subscriber = subscriber,
						    .standing = &standing,
						    .now = now,
						    .arena = arena });
	if (bought.periods == 0)
		return true;
	purchase = (struct purchase){ .payment_id = payment_id,
				      .periods = bought.periods,
				      .cents = bought.cents,
				      .service_from_at = bought.service_from_at,
				      .paid_from_at = bought.paid_from_at,
				      .paid_until_at = bought.paid_until_at,
				      .anchor_day = bought.anchor_day,
				      .package = subscriber->package->name };
	*periods = bought.periods;
	*paid_until_at = bought.paid_until_at;
	return ledger_buy(seat->store, subscriber->reference, &purchase, now, error);
}

bool booking_renew(uint32_t *periods, struct seat *seat, const struct intent *intent,
		   const struct subscriber *subscriber, int64_t now, struct arena *arena,
		   struct error *error)
{
	int64_t paid_until_at;

	return buy(periods, &paid_until_at, seat, intent, subscriber, 0, now, arena, error);
}

bool booking_credit(struct booked *out, struct seat *seat, const struct intent *intent,
		    const struct subscriber *subscriber, int64_t now, struct arena *arena,
		    struct error *error)
{
	struct text because = text_format(arena, "payment %.*s credited %.*s",
					  TEXT_ARG(out->payment.receipt),
					  TEXT_ARG(subscriber->account));

	out->changed = true;
	out->status = PAYMENT_CREDITED;
	out->subscriber = subscriber;
	return buy(&out->periods, &out->paid_until_at, seat, intent, subscriber, out->payment.id,
		   now, arena, error) &&
	       booking_ending(seat, intent, subscriber, out, now, arena, error) &&
	       person_mark(seat, subscriber->router->name, subscriber->reference, CAUSE_PAYMENT,
			   because, now, error);
}

struct asked {
	struct seat *seat;
	const struct intent *intent;
	int64_t now;
	struct arena *arena;
	struct error *error;
	bool failed;
};

static bool is_terminated(void *context, const struct subscriber *subscriber)
{
	struct asked *asked = context;
	struct standing standing;
	struct policy_case given = { .tenant = &asked->intent->tenant,
				     .subscriber = subscriber,
				     .standing = &standing,
				     .now = asked->now,
				     .arena = asked->arena };

	if (asked->failed || !ledger_standing(&standing, asked->seat->store, subscriber->reference,
					      asked->arena, asked->error)) {
		asked->failed = true;
		return false;
	}
	return policy_entitle(&given).state == STATE_TERMINATED;
}

bool booking_is_served(bool *served, struct seat *seat, const struct intent *intent,
		       const struct subscriber *subscriber, int64_t now, struct arena *arena,
		       struct error *error)
{
	struct asked asked = { seat, intent, now, arena, error, false };

	*served = subscriber != NULL && !is_terminated(&asked, subscriber);
	return !asked.failed;
}

bool booking_match(struct match *out, struct seat *seat, const struct intent *intent,
		   const struct notice *notice, int64_t now, struct arena *arena,
		   struct error *error)
{
	struct asked asked = { seat, intent, now, arena, error, false };

	*out = match_notice(intent, notice, arena, is_terminated, &asked);
	return !asked.failed;
}
