/*
 * What a fact means: pure judgements over one subscriber's standing. One row of policies.c per
 * policy; each looks at the case and may change the entitlement that the rows before it made. No
 * clock, no file, no socket; any thread.
 */
#pragma once

#include "base/arena.h"
#include "model/entitlement.h"
#include "model/standing.h"
#include "model/subscriber.h"
#include "model/tenant.h"

struct policy_case {
	const struct tenant *tenant;
	const struct subscriber *subscriber;
	const struct standing *standing;
	int64_t now;
	struct arena *arena; /* for texts */
};

struct policy {
	const char *name; /* in order of the table, not sorted: later rows refine earlier ones */
	const char *help;
	void (*judge)(const struct policy_case *given, struct entitlement *entitlement);
};

const struct policy *policy_at(uint32_t index); /* NULL past the end */

/* All policies in order: what this subscriber may have at `now`, and until when that can stay so by
 * time alone. */
struct entitlement policy_entitle(const struct policy_case *given);

/*
 * When the last right of this subscriber's ends if nothing but time passes: the first moment, by
 * all policies, at which he may not be online. `given->now` when that is so already; INT64_MAX:
 * never.
 */
int64_t policy_shut_at(const struct policy_case *given);
