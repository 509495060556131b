#include "policies/policy.h"

#include "base/error.h"
#include "policies/rows.h"

/* THE table. Order matters: a later row refines what the rows before it found. */
static const struct policy rows[] = {
	{ "prepaid", "Access lasts until the paid time is over.", prepaid_judge },
	{ "dunning", "After the due moment: grace, then what the last passed step says.",
	  dunning_judge },
	{ "pause", "Paused by a person: as expired under disable, until resumed.", pause_judge },
};

const struct policy *policy_at(uint32_t index)
{
	return index < ARRAY_COUNT(rows) ? &rows[index] : NULL;
}

struct entitlement policy_entitle(const struct policy_case *given)
{
	struct entitlement entitlement = {
		.state = STATE_NEW,
		.until_at = INT64_MAX,
		.speed = given->subscriber->package->speed,
		.how = SUSPEND_DISABLE,
		.because = TEXT("nothing was paid or opened yet"),
	};
	uint32_t i;

	invariant(given->subscriber->package && given->standing && given->arena);
	for (i = 0; i < ARRAY_COUNT(rows); i++)
		rows[i].judge(given, &entitlement);
	return entitlement;
}
