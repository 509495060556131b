#include "view/trust_view.h"

#include "base/clock.h"
#include "model/payment.h"
#include "state/asked.h"
#include "state/doubts.h"

#define UNANSWERED_US (5 * MINUTE_US) /* a provider is away for less every day */

/* ---- status ---------------------------------------------------------------------------------- */

bool trust_status(json_t *payments, const struct outlook *outlook, int64_t now, struct arena *arena,
		  struct error *error)
{
	struct doubt_totals doubts;
	struct asked_totals asked;
	json_t *more;

	if (!doubts_totals(&doubts, outlook->store, arena, error) ||
	    !asked_totals(&asked, outlook->store, now, arena, error))
		return false;
	more = json_pack(
	    "{s:I, s:I, s:o, s:I, s:o, s:o, s:o}", "odd_count",
	    (json_int_t)doubts.count[DOUBT_ODD], "unconfirmed_count",
	    (json_int_t)doubts.count[DOUBT_UNCONFIRMED], "unconfirmed_receipt",
	    json_text_or_null(doubts.newest[DOUBT_UNCONFIRMED]), "denied_count",
	    (json_int_t)doubts.count[DOUBT_FALSE], "denied_receipt",
	    json_text_or_null(doubts.newest[DOUBT_FALSE]), "unanswered",
	    asked.failing_count > 0
		? json_pack("{s:I, s:o, s:I, s:o}", "count", (json_int_t)asked.failing_count,
			    "since", json_of_time(outlook->zone, asked.failing_since_at), "age_s",
			    (json_int_t)((now - asked.failing_since_at) / SECOND_US), "why",
			    json_text_or_null(asked.failing_why))
		: json_null(),
	    "prompts_failing", json_text_or_null(asked.unsent_why));
	json_object_update(payments, more);
	json_decref(more);
	return true;
}

static struct text denied_text(const json_t *payments, struct arena *arena)
{
	int64_t denied = member_int(payments, "denied_count"),
		unconfirmed = member_int(payments, "unconfirmed_count");
	struct text receipt = member_text(
	    payments, denied > 0 ? "denied_receipt" : "unconfirmed_receipt");

	return text_format(arena,
			   "%lld payment%s in the books that the provider %s, the newest %.*s: "
			   "wavu explain %.*s",
			   (long long)(denied > 0 ? denied : unconfirmed),
			   (denied > 0 ? denied : unconfirmed) == 1 ? " is" : "s are",
			   denied > 0 ? "contradicts" : "does not confirm", TEXT_ARG(receipt),
			   TEXT_ARG(receipt));
}

uint32_t trust_alarms(const json_t *tenant, struct alarm *alarms, struct arena *arena)
{
	const json_t *payments = json_object_get(tenant, "payments");
	const json_t *unanswered = json_object_get(payments, "unanswered");
	struct text unsent = member_text(payments, "prompts_failing");
	int64_t age_us = member_int(unanswered, "age_s") * SECOND_US;
	struct text why = member_text(unanswered, "why");
	uint32_t count = 0;

	if (member_int(payments, "denied_count") + member_int(payments, "unconfirmed_count") > 0)
		alarms[count++] = (struct alarm){ denied_text(payments, arena), "/payments" };
	if (json_is_object(unanswered) && age_us >= UNANSWERED_US)
		alarms[count++] = (struct alarm){
			text_format(arena,
				    "the provider was asked whether %lld payment%s true, and does "
				    "not say; the oldest waits for %.*s%s%.*s",
				    (long long)member_int(unanswered, "count"),
				    member_int(unanswered, "count") == 1 ? " is" : "s are",
				    TEXT_ARG(age_text(arena, age_us)), why.size > 0 ? ": " : "",
				    TEXT_ARG(why)),
			"/payments/held"
		};
	if (unsent.size > 0)
		alarms[count++] = (struct alarm){
			text_format(arena, "prompts do not leave: %.*s: wavu payment attempts",
				    TEXT_ARG(unsent)),
			"/payments"
		};
	return count;
}

/* ---- explain --------------------------------------------------------------------------------- */

static struct text remedy(const struct payment *payment, const struct doubt *doubt,
			  struct arena *arena)
{
	if (payment->status != PAYMENT_CREDITED && payment->status != PAYMENT_UNMATCHED)
		return TEXT_NONE;
	if (doubt->verdict != DOUBT_FALSE && doubt->verdict != DOUBT_UNCONFIRMED)
		return TEXT_NONE;
	return text_format(
	    arena,
	    "%.*s: look it up at the provider; if it is false, `wavu payment refund %.*s --reason "
	    "TEXT` takes it out of the books, and what is held beside it is settled by `wavu "
	    "payment record ACCOUNT AMOUNT --held held-N --reason TEXT`",
	    TEXT_ARG(doubt->why), TEXT_ARG(payment->receipt));
}

bool trust_links(json_t *links, struct text *alarm, const struct outlook *outlook,
		 const struct payment *payment, struct arena *arena, struct error *error)
{
	static const char *const words[DOUBT_VERDICT_COUNT] = {
		[DOUBT_ODD] = "its receipt is odd, which decides nothing by itself",
		[DOUBT_UNNAMED] = "who paid it is not proven",
		[DOUBT_UNCONFIRMED] = "the provider does not confirm it",
		[DOUBT_TRUE] = "the provider confirms it",
		[DOUBT_FALSE] = "the provider contradicts it",
	};
	struct doubt *doubts;
	uint32_t count;

	*alarm = TEXT_NONE;
	if (!doubts_of(&doubts, &count, outlook->store, payment->id, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		json_array_append_new(
		    links, json_pack("{s:o, s:s, s:o}", "at",
				     json_of_time(outlook->zone, doubts[i].at), "what",
				     words[doubts[i].verdict], "because",
				     json_of_text(doubts[i].why)));
	if (count > 0)
		*alarm = remedy(payment, &doubts[count - 1], arena);
	return true;
}

/* ---- metrics --------------------------------------------------------------------------------- */

struct known {
	struct doubt_totals doubts;
	struct asked_totals asked;
	int64_t now;
};

static int64_t odd(const struct known *known)
{
	return known->doubts.count[DOUBT_ODD];
}

static int64_t contradicted(const struct known *known)
{
	return known->doubts.count[DOUBT_FALSE] + known->doubts.count[DOUBT_UNCONFIRMED];
}

static int64_t unanswered(const struct known *known)
{
	return known->asked.failing_count;
}

static int64_t unanswered_age_s(const struct known *known)
{
	return known->asked.failing_count == 0
		   ? 0
		   : (known->now - known->asked.failing_since_at) / SECOND_US;
}

static int64_t asks(const struct known *known)
{
	return known->asked.ask_count;
}

static int64_t answers(const struct known *known)
{
	return known->asked.answer_count;
}

static int64_t prompts(const struct known *known)
{
	return known->asked.prompt_count;
}

static int64_t unsent(const struct known *known)
{
	return known->asked.unsent_count;
}

static const struct {
	const char *name, *help;
	int64_t (*value)(const struct known *known);
} metrics[] = {
	{ "wavu_payments_odd", "payments whose receipt is odd, and nobody said so yet", odd },
	{ "wavu_payments_contradicted",
	  "payments in the books that their provider denies or does not confirm", contradicted },
	{ "wavu_payments_unanswered",
	  "payments that a provider was asked about three times, without an answer", unanswered },
	{ "wavu_payments_unanswered_oldest_seconds",
	  "age of the oldest of them; 0: there is none", unanswered_age_s },
	{ "wavu_provider_questions", "questions about payments and prompts that ever left", asks },
	{ "wavu_provider_answers", "payments that a provider ever said yes or no to", answers },
	{ "wavu_prompts_asked", "prompts that were ever asked for", prompts },
	{ "wavu_prompts_unsent", "prompts that never left", unsent },
};

bool trust_metrics(struct output *output, const struct outlook *outlooks, uint32_t count,
		   int64_t now, struct error *error)
{
	struct known *all = ARENA_ARRAY(output->arena, struct known, count + 1);

	for (uint32_t i = 0; i < count; i++) {
		all[i].now = now;
		if (!doubts_totals(&all[i].doubts, outlooks[i].store, output->arena, error) ||
		    !asked_totals(&all[i].asked, outlooks[i].store, now, output->arena, error))
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
	}
	for (size_t k = 0; k < ARRAY_COUNT(metrics); k++) {
		put(output, "# HELP %s %s.\n# TYPE %s gauge\n", metrics[k].name, metrics[k].help,
		    metrics[k].name);
		for (uint32_t i = 0; i < count; i++)
			put(output, "%s{tenant=\"%.*s\"} %lld\n", metrics[k].name,
			    TEXT_ARG(outlooks[i].tenant->name),
			    (long long)metrics[k].value(&all[i]));
	}
	return true;
}
