/*
 * What credit buys (product.md "Prepaid"). Pure; any thread; money is cents.
 */
#pragma once

#include "policies/policy.h"

struct bought {
	uint32_t periods; /* 0: the credit does not reach, or ten years ahead is full */
	int64_t cents;    /* periods × price, at the price of this moment */
	int64_t service_from_at;
	int64_t paid_from_at, paid_until_at;
	int32_t anchor_day;
};

/*
 * As many whole periods as standing.balance_cents covers at `now`: counted from paid_until while
 * service runs (grace and throttle included), else from `now`, never before the subscriber's start,
 * never more than YEARS_AHEAD_MAX ahead of `now`.
 */
struct bought prepaid_buy(const struct policy_case *given);
