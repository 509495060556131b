/*
 * What a subscriber buys, and the policy that says what happens when he does not pay. Owned by an
 * intent's arena, immutable, any thread.
 */
#pragma once

#include "base/limits.h"
#include "base/zone.h"
#include "model/common.h"

enum service { SERVICE_PPPOE, SERVICE_HOTSPOT, SERVICE_STATIC, SERVICE_IPOE, SERVICE_COUNT };
enum billing { BILLING_PREPAID, BILLING_POSTPAID };

struct burst {
	bool declared;
	struct speed rate;
	struct speed threshold;
	uint32_t time_s;
};

enum dunning_action { DUNNING_NOTHING, DUNNING_THROTTLE, DUNNING_SUSPEND, DUNNING_TERMINATE };

struct dunning_step {
	struct period at;           /* from the due moment; negative is before */
	enum dunning_action action; /* NOTHING: a step that only notifies */
	struct speed speed;         /* THROTTLE */
	bool notifies;
	struct where where;
};

enum suspend_how { SUSPEND_DISABLE, SUSPEND_WALLED };

struct dunning_policy {
	struct text name;
	struct dunning_step steps[STEPS_MAX]; /* in time order */
	uint32_t step_count;
	enum suspend_how how;
	struct text address_list; /* WALLED: default "wavu-suspended" */
	struct where where;
};

struct package {
	struct text name;
	struct text title;
	enum service service;
	int64_t price_cents; /* > 0 */
	struct period period;
	enum billing billing;
	struct speed speed;
	struct burst burst;
	uint32_t devices;                     /* 0: unlimited */
	const struct dunning_policy *dunning; /* or NULL */
	int64_t fail_open_us; /* how much later than the end a lease shuts; 0: at once */
	struct text profile; /* a hand-made profile taken over under its name; empty: wavu's own */
	struct where where;
};
