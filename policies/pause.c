#include "policies/rows.h"

/* Worked example: active until 2026-12-05 and paused on 2026-11-20 is `paused`; resumed on
 * 2026-11-25 it is active until 2026-12-05 again. A pause takes access, never time, and time goes
 * on meanwhile. */
void pause_judge(const struct policy_case *given, struct entitlement *entitlement)
{
	if (!given->standing->paused)
		return;
	/* Who has nothing on the router has nothing to pause; time goes on meanwhile, so until_at
	 * stays. */
	if (entitlement->state == STATE_NEW || entitlement->state == STATE_TERMINATED)
		return;
	entitlement->state = STATE_PAUSED;
	entitlement->since_at = 0;
	entitlement->speed = given->subscriber->package->speed;
	entitlement->how = SUSPEND_DISABLE;
	entitlement->address_list = TEXT_NONE;
	entitlement->because = TEXT("paused by a person");
}
