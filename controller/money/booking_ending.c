#include "money/booking_ending.h"

#include "policies/policy.h"
#include "state/ledger.h"
#include "state/proof.h"

static struct text why_nothing(const struct intent *intent, const struct subscriber *subscriber,
			       const struct standing *standing, struct arena *arena)
{
	const char *currency = text_copy(arena, intent->tenant.currency).at;
	struct text balance = text_of_cents(arena, standing->balance_cents);
	struct text price = text_of_cents(arena, subscriber->package->price_cents);

	if (standing->balance_cents >= subscriber->package->price_cents)
		return text_format(arena,
				   "nothing is bought more than ten years ahead: %.*s %s kept as "
				   "balance",
				   TEXT_ARG(balance), currency);
	return text_format(arena, "underpaid: %.*s of %.*s %s for package %.*s, kept as balance",
			   TEXT_ARG(balance), TEXT_ARG(price), currency,
			   TEXT_ARG(subscriber->package->name));
}

struct text booking_why_shut(const struct entitlement *entitlement, struct arena *arena)
{
	return text_format(arena, "%s: %.*s", state_word(entitlement->state),
			   TEXT_ARG(entitlement->because));
}

bool booking_ending(struct seat *seat, const struct intent *intent,
		    const struct subscriber *subscriber, const struct booked *booked, int64_t now,
		    struct arena *arena, struct error *error)
{
	struct ending proof = { .payment_id = booked->payment.id,
				.reference = subscriber->reference,
				.router = subscriber->router->name,
				.live = TERNARY_UNKNOWN,
				.latency_us = -1,
				.at = now };
	struct standing standing;
	struct entitlement entitlement;

	if (!ledger_standing(&standing, seat->store, subscriber->reference, arena, error))
		return false;
	entitlement = policy_entitle(&(struct policy_case){ .tenant = &intent->tenant,
							    .subscriber = subscriber,
							    .standing = &standing,
							    .now = now,
							    .arena = arena });
	if (booked->periods == 0) {
		proof.state = ENDING_NONE;
		proof.bought_nothing = true;
		proof.why = why_nothing(intent, subscriber, &standing, arena);
	} else if (!state_is_open(entitlement.state)) {
		proof.state = ENDING_NONE;
		proof.why = booking_why_shut(&entitlement, arena);
	}
	return proof_add(seat->store, &proof, error);
}
