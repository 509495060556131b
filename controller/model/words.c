#include "model/attempt.h"
#include "model/entitlement.h"
#include "model/fleet.h"
#include "model/payment.h"

#include "base/error.h"

static const char *const attempt_status_words[ATTEMPT_STATUS_COUNT] = {
	[ATTEMPT_CREATED] = "created", [ATTEMPT_PROMPTED] = "prompted",
	[ATTEMPT_PAID] = "paid",       [ATTEMPT_FAILED] = "failed",
	[ATTEMPT_EXPIRED] = "expired",
};

static const char *const state_words[STATE_COUNT] = {
	[STATE_NEW] = "new",
	[STATE_ACTIVE] = "active",
	[STATE_GRACE] = "grace",
	[STATE_THROTTLED] = "throttled",
	[STATE_SUSPENDED] = "suspended",
	[STATE_EXPIRED] = "expired",
	[STATE_PAUSED] = "paused",
	[STATE_TERMINATED] = "terminated",
};

static const char *const payment_status_words[PAYMENT_STATUS_COUNT] = {
	[PAYMENT_CREDITED] = "credited",
	[PAYMENT_UNMATCHED] = "unmatched",
	[PAYMENT_HELD] = "held",
	[PAYMENT_REVERSED] = "reversed",
};

static const char *const cause_words[CAUSE_COUNT] = {
	[CAUSE_PAYMENT] = "payment",
	[CAUSE_PERSON] = "person",
	[CAUSE_COMMIT] = "commit",
	[CAUSE_EXPIRY] = "expiry",
	[CAUSE_START] = "start",
	[CAUSE_DRIFT] = "drift",
	[CAUSE_SWEEP] = "sweep",
};

static const char *const outcome_words[OUTCOME_COUNT] = {
	[OUTCOME_DONE] = "done",
	[OUTCOME_NOTHING] = "nothing",
	[OUTCOME_GUARDED] = "guarded",
	[OUTCOME_UNREACHABLE] = "unreachable",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_DENIED] = "denied",
	[OUTCOME_UNKNOWN] = "unknown",
};

const char *state_word(enum state state)
{
	invariant(state >= 0 && state < STATE_COUNT);
	return state_words[state];
}

bool state_is_open(enum state state)
{
	return state == STATE_ACTIVE || state == STATE_GRACE || state == STATE_THROTTLED;
}

const char *payment_status_word(enum payment_status status)
{
	invariant(status >= 0 && status < PAYMENT_STATUS_COUNT);
	return payment_status_words[status];
}

const char *cause_word(enum cause cause)
{
	invariant(cause >= 0 && cause < CAUSE_COUNT);
	return cause_words[cause];
}

const char *outcome_word(enum outcome outcome)
{
	invariant(outcome >= 0 && outcome < OUTCOME_COUNT);
	return outcome_words[outcome];
}

const char *attempt_status_word(enum attempt_status status)
{
	invariant(status >= 0 && status < ATTEMPT_STATUS_COUNT);
	return attempt_status_words[status];
}

/*
 * Words that Safaricom refuses anywhere in a callback URL, in any case (payments facts 1.7). Longer
 * words stand before those they contain, so that the message names what the author sees.
 */
static const char *const forbidden_words[] = {
	"m-pesa", "mpesa", "safaricom", "exec", "exe", "cmd", "sql", "query",
};

const char *forbidden_word(struct text name)
{
	for (uint32_t i = 0; i < ARRAY_COUNT(forbidden_words); i++)
		if (text_contains_nocase(name, text_of(forbidden_words[i])))
			return forbidden_words[i];
	return NULL;
}
