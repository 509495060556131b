#include "policies/prepaid.h"

#include "base/bug.h"
#include "base/error.h"
#include "policies/rows.h"

/*
 * Worked example, Africa/Nairobi, home-10 at 2500.00 a month, no dunning policy:
 *   paid 2500.00 on 2026-11-05 06:00 -> active until 2026-12-05 06:00, then expired.
 *   paid 2500.00 again on 2026-11-20 -> counted from 2026-12-05 06:00, active until 2027-01-05
 * 06:00. paid 2500.00 on 2026-12-20, two weeks after it had expired -> counted from that moment.
 * Billing `postpaid` is accepted and judged as prepaid (`validate` warns).
 */

int64_t policy_begins_at(const struct policy_case *given)
{
	const struct standing *standing = given->standing;
	int64_t start_at = given->subscriber->start_at;

	if (standing->paid_until_at == 0)
		return 0;
	if (standing->service_from_at > given->now)
		return standing->service_from_at;
	/* An opening has no purchase that would know the first day. Who was served before keeps his
	 * service, whatever first day a later commit declares. */
	if (standing->service_from_at == 0 && start_at > given->now)
		return start_at;
	return 0;
}

static struct text paid_by(const struct policy_case *given)
{
	const struct standing *standing = given->standing;

	if (standing->bought_by.size != 0)
		return text_format(given->arena, "by %.*s", TEXT_ARG(standing->bought_by));
	return standing->opening_booked ? TEXT("by the opening") : TEXT("by a payment");
}

static struct text why_new(const struct policy_case *given)
{
	const struct package *package = given->subscriber->package;
	struct text have, price;

	if (!given->standing->known || given->standing->balance_cents <= 0)
		return TEXT("nothing was paid or opened yet");
	have = text_of_cents(given->arena, given->standing->balance_cents);
	price = text_of_cents(given->arena, package->price_cents);
	return text_format(given->arena, "a balance of %.*s does not reach %.*s of package %.*s",
			   TEXT_ARG(have), TEXT_ARG(price), TEXT_ARG(package->name));
}

void prepaid_judge(const struct policy_case *given, struct entitlement *entitlement)
{
	const struct standing *standing = given->standing;
	int64_t begins_at = policy_begins_at(given);
	struct text until, by;

	if (standing->paid_until_at == 0) {
		entitlement->state = STATE_NEW;
		entitlement->because = why_new(given);
		return;
	}
	if (begins_at != 0) {
		struct text begins = policy_moment(given, begins_at);
		entitlement->state = STATE_NEW;
		entitlement->until_at = begins_at;
		entitlement->because = text_format(given->arena, "service starts %.*s",
						   TEXT_ARG(begins));
		return;
	}
	until = policy_moment(given, standing->paid_until_at);
	if (given->now < standing->paid_until_at) {
		by = paid_by(given);
		entitlement->state = STATE_ACTIVE;
		entitlement->since_at = standing->service_from_at;
		entitlement->until_at = standing->paid_until_at;
		entitlement->because = text_format(given->arena, "paid until %.*s %.*s",
						   TEXT_ARG(until), TEXT_ARG(by));
		return;
	}
	entitlement->state = STATE_EXPIRED;
	entitlement->since_at = standing->paid_until_at;
	entitlement->because = text_format(given->arena, "package %.*s is not paid since %.*s",
					   TEXT_ARG(given->subscriber->package->name),
					   TEXT_ARG(until));
}

/* The moment the next period is counted from, and whether the running chain goes on. */
static int64_t bought_from(const struct policy_case *given, bool *goes_on)
{
	const struct standing *standing = given->standing;
	struct standing running = *standing;
	struct policy_case unpaused = *given;
	struct entitlement entitlement;
	int64_t from_at = given->now;

	/* A pause takes no time that was paid. */
	running.paused = false;
	unpaused.standing = &running;
	entitlement = policy_entitle(&unpaused);
	*goes_on = state_is_open(entitlement.state) ||
		   (entitlement.state == STATE_NEW && standing->paid_until_at > given->now);
	if (*goes_on && !bug(5)) /* Bug 5: who pays early loses what was left. */
		from_at = standing->paid_until_at;
	if (from_at < given->subscriber->start_at)
		from_at = given->subscriber->start_at;
	return from_at;
}

static int64_t service_from(const struct policy_case *given, int64_t from_at, bool goes_on)
{
	int64_t begins_at;

	if (!goes_on)
		return from_at;
	if (given->standing->service_from_at != 0)
		return given->standing->service_from_at;
	/* The chain was opened, not bought: it runs already, unless its first day is still to come.
	 */
	begins_at = policy_begins_at(given);
	if (begins_at != 0)
		return begins_at;
	return from_at < given->now ? from_at : given->now;
}

struct bought prepaid_buy(const struct policy_case *given)
{
	const struct package *package = given->subscriber->package;
	const struct zone *zone = given->tenant->zone;
	const struct period ahead = { .months = 12 * YEARS_AHEAD_MAX };
	struct bought bought = { 0 };
	int64_t affordable, cap_at, until_at;
	bool goes_on;

	invariant(package->price_cents > 0);
	invariant(package->period.months > 0 || package->period.exact_us > 0);
	if (given->standing->balance_cents < package->price_cents)
		return bought;
	affordable = given->standing->balance_cents / package->price_cents;
	cap_at = period_add(zone, given->now, ahead, 0);
	bought.paid_from_at = bought_from(given, &goes_on);
	bought.service_from_at = service_from(given, bought.paid_from_at, goes_on);
	/* The day the chain began is kept, so that 31 January, 28 February, 31 March are one chain.
	 */
	bought.anchor_day = goes_on ? given->standing->anchor_day : 0;
	if (bought.anchor_day == 0 && package->period.months > 0)
		bought.anchor_day = zone_civil(zone, bought.paid_from_at).day;
	until_at = bought.paid_from_at;
	if (package->period.months == 0) {
		int64_t fit = cap_at > until_at ? (cap_at - until_at) / package->period.exact_us
						: 0;
		bought.periods = (uint32_t)(affordable < fit ? affordable : fit);
		until_at += bought.periods * package->period.exact_us;
	} else {
		/* At most 120 steps: a calendar period is at least a month. */
		while (bought.periods < affordable) {
			int64_t next_at = period_add(zone, until_at, package->period,
						     bought.anchor_day);
			if (next_at > cap_at)
				break;
			until_at = next_at;
			bought.periods++;
		}
	}
	bought.paid_until_at = until_at;
	bought.cents = bought.periods * package->price_cents;
	return bought;
}
