#include "money/booking_refund.h"

#include "seat/person.h"
#include "state/ledger.h"
#include "state/proof.h"

/*
 * Money that was given back outside wavu. Time has no owner: the periods of a running chain are
 * alike, so those at its end give way, and nobody's service gets a hole.
 */

/* What is taken back, purchase by purchase; newest first, as the purchases are. */
struct undoing {
	const struct payment *payment;
	struct purchase_left *purchases;
	uint32_t count;
	uint32_t *taken; /* periods of each */
	uint32_t taken_sum;
	int64_t released_cents;
	int64_t now;
};

static int64_t price_of(const struct purchase_left *purchase)
{
	invariant(purchase->periods > 0 && purchase->cents % purchase->periods == 0);
	return purchase->cents / purchase->periods;
}

/* Whole periods of one purchase, until that much is released. */
static void take_from(struct undoing *undoing, uint32_t index, int64_t wanted_cents)
{
	const struct purchase_left *purchase = &undoing->purchases[index];

	while (undoing->released_cents < wanted_cents &&
	       undoing->taken[index] < purchase->periods) {
		undoing->taken[index]++;
		undoing->taken_sum++;
		undoing->released_cents += price_of(purchase);
	}
}

/* What the payment bought itself. Where others came behind it in a chain that runs, theirs move up
 * and the end gives way; time that is over is taken back in the books alone. */
static void take_own(struct undoing *undoing)
{
	int64_t left_cents = undoing->payment->amount_cents;

	for (uint32_t i = 0; i < undoing->count; i++) {
		const struct purchase_left *own = &undoing->purchases[i];
		int64_t share_cents = own->cents < left_cents ? own->cents : left_cents;
		int64_t wanted_cents = undoing->released_cents + share_cents;

		if (own->payment_id != undoing->payment->id)
			continue;
		for (uint32_t k = own->paid_until_at > undoing->now ? 0 : i; k <= i; k++)
			take_from(undoing, k, wanted_cents);
		left_cents -= share_cents;
	}
}

/* Its change may have helped to pay what was bought later; then, whatever is newest. */
static void take_later(struct undoing *undoing, int64_t wanted_cents)
{
	for (uint32_t i = 0; i < undoing->count; i++)
		if (undoing->purchases[i].at >= undoing->payment->booked_at)
			take_from(undoing, i, wanted_cents);
	for (uint32_t i = 0; i < undoing->count; i++)
		take_from(undoing, i, wanted_cents);
}

/* Until when the periods that are left last; the package may have changed since. */
static int64_t until_of(const struct intent *intent, const struct purchase_left *purchase,
			uint32_t periods)
{
	const struct package *package = intent_package(intent, purchase->package);
	int64_t at = purchase->paid_from_at, until_at = at;

	for (uint32_t i = 0; package != NULL && i < purchase->periods; i++) {
		at = period_add(intent->tenant.zone, at, package->period, purchase->anchor_day);
		if (i + 1 == periods)
			until_at = at;
	}
	if (package != NULL && at == purchase->paid_until_at)
		return until_at;
	return purchase->paid_from_at + (purchase->paid_until_at - purchase->paid_from_at) /
						purchase->periods * periods;
}

static struct shortening *shortenings_of(uint32_t *count, const struct undoing *undoing,
					 const struct intent *intent, struct arena *arena)
{
	struct shortening *list = ARENA_ARRAY(arena, struct shortening, undoing->count + 1);

	*count = 0;
	for (uint32_t i = 0; i < undoing->count; i++) {
		const struct purchase_left *purchase = &undoing->purchases[i];
		uint32_t left = purchase->periods - undoing->taken[i];

		if (undoing->taken[i] == 0)
			continue;
		list[(*count)++] = (struct shortening){
			.purchase_id = purchase->id,
			.periods = undoing->taken[i],
			.cents = undoing->taken[i] * price_of(purchase),
			.paid_until_at = left > 0 ? until_of(intent, purchase, left) : 0,
		};
	}
	return list;
}

/* A debt from before wavu comes back with the money that had paid it; no other one is made. */
static bool undo(struct undoing *undoing, struct seat *seat, struct text reference,
		 struct arena *arena, struct error *error)
{
	struct standing standing;
	int64_t debt_cents;

	if (!ledger_standing(&standing, seat->store, reference, arena, error) ||
	    !ledger_debt(&debt_cents, seat->store, reference, error) ||
	    !ledger_purchases(&undoing->purchases, &undoing->count, seat->store, reference, arena,
			      error))
		return false;
	undoing->taken = ARENA_ARRAY(arena, uint32_t, undoing->count + 1);
	take_own(undoing);
	take_later(undoing,
		   undoing->payment->amount_cents - standing.balance_cents - debt_cents);
	return true;
}

static bool may_refund(struct seat *seat, const struct payment *payment, struct arena *arena,
		       struct error *error)
{
	struct text settled;

	if (payment->status == PAYMENT_REVERSED)
		return error_set(error, ERROR_REFUSED, "payment %.*s was refunded before: %.*s",
				 TEXT_ARG(payment->receipt), TEXT_ARG(payment->reason));
	if (!settled_by(&settled, seat->store, payment->id, arena, error))
		return false;
	if (payment->status == PAYMENT_HELD && settled.size > 0)
		return error_set(error, ERROR_REFUSED,
				 "%.*s was settled by %.*s: that is what can be refunded",
				 TEXT_ARG(payment->receipt), TEXT_ARG(settled));
	return true;
}

/* What is left may buy, as ever; then his rows are owed a look. */
static bool follow_up(struct refunded *out, struct seat *seat, const struct intent *intent,
		      struct text reason, struct text actor, int64_t now, struct arena *arena,
		      struct error *error)
{
	const struct payment *payment = &out->booked.payment;
	const struct subscriber *subscriber = out->booked.subscriber;
	struct text because = text_format(arena, "payment %.*s of %.*s was refunded by %.*s: %.*s",
					  TEXT_ARG(payment->receipt), TEXT_ARG(payment->account),
					  TEXT_ARG(actor), TEXT_ARG(reason));

	return subscriber == NULL ||
	       (booking_renew(&out->booked.periods, seat, intent, subscriber, now, arena, error) &&
		person_mark(seat, subscriber->router->name, subscriber->reference, CAUSE_PERSON,
			    because, now, error));
}

bool booking_refund(struct refunded *out, struct seat *seat, const struct intent *intent,
		    struct text receipt, struct text reason, struct text actor, int64_t now,
		    struct arena *arena, struct error *error)
{
	struct payment *payment = &out->booked.payment;
	struct undoing undoing = { .payment = payment, .now = now };
	struct shortening *shortenings;
	struct standing standing;
	struct text reference;
	uint32_t count;
	bool found;

	*out = (struct refunded){ 0 };
	reason = text_trim(reason);
	if (reason.size == 0)
		return error_set(error, ERROR_INVALID, "a refund needs a reason: --reason TEXT");
	if (!ledger_payment(&found, payment, seat->store, receipt, arena, error))
		return false;
	if (!found)
		return error_set(error, ERROR_FAILED,
				 "no such payment: %.*s; `wavu payment list` shows what came",
				 TEXT_ARG(receipt));
	if (!may_refund(seat, payment, arena, error))
		return false;
	reference = text_reference(arena, payment->account);
	if (payment->status == PAYMENT_CREDITED &&
	    !undo(&undoing, seat, reference, arena, error))
		return false;
	shortenings = shortenings_of(&count, &undoing, intent, arena);
	if (!ledger_reverse(&reference, seat->store, payment->id, shortenings, count, reason, actor,
			    now, arena, error))
		return false;
	out->booked.changed = true;
	out->booked.status = PAYMENT_REVERSED;
	out->taken_periods = undoing.taken_sum;
	if (reference.size == 0)
		return true;
	out->booked.subscriber = intent_subscriber(intent, reference);
	if (!follow_up(out, seat, intent, reason, actor, now, arena, error) ||
	    !ledger_standing(&standing, seat->store, reference, arena, error))
		return false;
	out->booked.paid_until_at = standing.paid_until_at;
	out->balance_cents = standing.balance_cents;
	return true;
}
