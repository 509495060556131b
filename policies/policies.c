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

/*
 * Worked example, due 2026-12-05 06:00, steps 2d throttle, 5d suspend: active, grace from 12-05,
 * throttled from 12-07, suspended from 12-10 06:00 on: that is the moment. With no step that takes
 * access away there is none.
 */
int64_t policy_shut_at(const struct policy_case *given)
{
	struct policy_case later = *given;
	uint32_t i;

	/* Each state but the last ends at a step of the policy, or at the due moment. */
	for (i = 0; i < STEPS_MAX + 2; i++) {
		struct entitlement entitlement = policy_entitle(&later);
		if (!state_is_open(entitlement.state))
			return later.now;
		if (entitlement.until_at == INT64_MAX)
			return INT64_MAX;
		invariant(entitlement.until_at > later.now);
		later.now = entitlement.until_at;
	}
	return INT64_MAX;
}
