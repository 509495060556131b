#include "policies/rows.h"

/*
 * Worked example, due 2026-12-05 06:00, steps 2d throttle, 5d suspend (walled), 60d terminate:
 *   until the due moment active; then grace until 12-07 06:00, throttled until 12-10 06:00,
 * suspended until 2027-02-03 06:00, then terminated. Steps that only notify change nothing. Time
 * that was paid is never taken away: a step with a negative offset acts at the due moment at the
 * earliest.
 */

static int64_t step_at(const struct policy_case *given, const struct dunning_step *step,
		       int64_t due_at)
{
	return period_add(given->tenant->zone, due_at, step->at, 0);
}

static const char *action_word(enum dunning_action action)
{
	switch (action) {
	case DUNNING_THROTTLE:
		return "throttle";
	case DUNNING_SUSPEND:
		return "suspend";
	case DUNNING_TERMINATE:
		return "terminate";
	case DUNNING_NOTHING:
		break;
	}
	return "nothing";
}

static void dunning_act(const struct dunning_policy *policy, const struct dunning_step *step,
			struct entitlement *entitlement)
{
	switch (step->action) {
	case DUNNING_THROTTLE:
		entitlement->state = STATE_THROTTLED;
		entitlement->speed = step->speed;
		break;
	case DUNNING_SUSPEND:
		entitlement->state = STATE_SUSPENDED;
		entitlement->how = policy->how;
		if (policy->how == SUSPEND_WALLED)
			entitlement->address_list = policy->address_list;
		break;
	case DUNNING_TERMINATE:
		entitlement->state = STATE_TERMINATED;
		entitlement->until_at = INT64_MAX;
		break;
	case DUNNING_NOTHING:
		break;
	}
}

/* The last passed step with a `do`, and the next one to come. Steps are in time order; equal times:
 * the later line wins. */
static void dunning_find(const struct policy_case *given, const struct dunning_policy *policy,
			 int64_t due_at, const struct dunning_step **passed,
			 const struct dunning_step **next)
{
	uint32_t i;

	*passed = NULL;
	*next = NULL;
	for (i = 0; i < policy->step_count; i++) {
		const struct dunning_step *step = &policy->steps[i];
		if (step->action == DUNNING_NOTHING)
			continue;
		if (step_at(given, step, due_at) > given->now) {
			*next = step;
			return;
		}
		*passed = step;
	}
}

void dunning_judge(const struct policy_case *given, struct entitlement *entitlement)
{
	const struct dunning_policy *policy = given->subscriber->package->dunning;
	const struct dunning_step *passed, *next;
	struct text due, coming = TEXT(", and no step ends it");
	int64_t due_at = given->standing->paid_until_at;

	if (!policy || entitlement->state != STATE_EXPIRED)
		return;
	dunning_find(given, policy, due_at, &passed, &next);
	due = policy_moment(given, due_at);
	entitlement->until_at = INT64_MAX;
	if (next) {
		struct text at = policy_moment(given, step_at(given, next, due_at));
		entitlement->until_at = step_at(given, next, due_at);
		coming = text_format(given->arena, ", %s on %.*s", action_word(next->action),
				     TEXT_ARG(at));
	}
	if (!passed) {
		entitlement->state = STATE_GRACE;
		entitlement->because = text_format(given->arena, "grace: due since %.*s%.*s",
						   TEXT_ARG(due), TEXT_ARG(coming));
		return;
	}
	entitlement->since_at = step_at(given, passed, due_at);
	if (entitlement->since_at < due_at)
		entitlement->since_at = due_at;
	dunning_act(policy, passed, entitlement);
	if (entitlement->state == STATE_TERMINATED || !next)
		coming = TEXT_NONE;
	entitlement->because = text_format(given->arena, "%s: due since %.*s%.*s",
					   state_word(entitlement->state), TEXT_ARG(due),
					   TEXT_ARG(coming));
}
