#include "view/explain_inside.h"

#include "base/digest.h"
#include "model/attempt.h"
#include "state/attempts.h"
#include "state/ledger.h"
#include "state/proof.h"

#define PROMPTS_MAX 500 /* newest of all, among which a subscriber's are looked for */
#define PROMPTS_TOLD 5
#define STRAYS_MAX 1000
#define STRAYS_TOLD 10

/* ---- prompts --------------------------------------------------------------------------------- */

static void add_prompt(struct chain *chain, const struct attempt *attempt)
{
	chain_add(chain, attempt->created_at,
		  text_format(chain->arena, "prompt a-%lld of %.*s to %.*s: %s",
			      (long long)attempt->id, TEXT_ARG(chain_money(chain, attempt->cents)),
			      TEXT_ARG(attempt->phone), attempt_status_word(attempt->status)),
		  attempt->reason.size > 0 ? attempt->reason
		  : attempt->status == ATTEMPT_PROMPTED
		      ? TEXT("nothing is paid yet: the payer's PIN is awaited")
		      : TEXT_NONE);
}

bool explain_prompts(struct chain *chain, struct attempt *newest,
		     const struct subscriber *subscriber)
{
	struct attempt *attempts, *told[PROMPTS_TOLD];
	uint32_t count, told_count = 0;

	*newest = (struct attempt){ 0 };
	if (!attempts_list(&attempts, &count, chain->outlook->store, PROMPTS_MAX, chain->arena,
			   chain->error))
		return false;
	for (uint32_t i = 0; i < count && told_count < PROMPTS_TOLD; i++) {
		if (!text_equal(attempts[i].subscriber, subscriber->reference))
			continue;
		if (newest->id == 0)
			*newest = attempts[i];
		/* What is paid is told as the payment that it became. */
		if (attempts[i].status != ATTEMPT_PAID)
			told[told_count++] = &attempts[i];
	}
	while (told_count > 0)
		add_prompt(chain, told[--told_count]);
	return true;
}

/* "a-17", or the receipt that a result named without proof. */
static bool find_attempt(struct attempt *out, bool *found, struct chain *chain, struct text thing)
{
	uint64_t id;

	if (text_starts(thing, TEXT("a-")) && text_u64(text_from(thing, 2), &id) && id <= INT64_MAX)
		return attempts_find(found, out, chain->outlook->store, (int64_t)id, chain->arena,
				     chain->error);
	return attempts_hinted(found, out, chain->outlook->store, thing, chain->arena,
			       chain->error);
}

bool explain_attempt(struct chain *chain, bool *found, struct text thing)
{
	struct attempt attempt;
	struct payment payment;

	*found = false;
	if (!find_attempt(&attempt, found, chain, thing))
		return false;
	if (!*found)
		return true;
	if (attempt.payment_id != 0) {
		bool there;

		if (!ledger_payment_of_id(&there, &payment, chain->outlook->store,
					  attempt.payment_id, chain->arena, chain->error))
			return false;
		if (there)
			return explain_payment(chain, &payment);
	}
	add_prompt(chain, &attempt);
	chain->verdict = text_format(chain->arena, "%.*s was asked to pay for %.*s.%.*s",
				     TEXT_ARG(attempt.phone), TEXT_ARG(attempt.account),
				     TEXT_ARG(explain_prompted(chain, &attempt)));
	return true;
}

/* ---- money without an owner ------------------------------------------------------------------ */

struct text explain_remedy(const struct payment *payment, struct arena *arena)
{
	struct text receipt = payment->receipt;

	if (payment->status == PAYMENT_UNMATCHED)
		return text_format(arena, "wavu payment assign %.*s ACCOUNT gives it an owner",
				   TEXT_ARG(receipt));
	if (!payment->has_amount || text_starts(receipt, TEXT("held-")))
		return text_format(
		    arena,
		    "See what the provider's portal or the payer's phone says of it. If it is no "
		    "payment, or in the books already: wavu payment refund %.*s --reason TEXT. If "
		    "it is money: wavu payment record ACCOUNT AMOUNT --held %.*s --reason TEXT; "
		    "where a false payment has its receipt, refund that one first, for both would "
		    "count",
		    TEXT_ARG(receipt), TEXT_ARG(receipt));
	return text_format(
	    arena,
	    "wavu payment assign %.*s ACCOUNT releases it when amount and short code "
	    "are right, else wavu payment record ACCOUNT AMOUNT --held %.*s --reason "
	    "TEXT settles it",
	    TEXT_ARG(receipt), TEXT_ARG(receipt));
}

struct wanted_stray {
	struct text phone, hash, typed;
};

static bool is_his(const struct payment *payment, const struct wanted_stray *wanted,
		   struct arena *arena)
{
	if (wanted->phone.size > 0 && (text_equal(payment->phone, wanted->phone) ||
				       text_equal(payment->phone_hash, wanted->hash)))
		return true;
	return wanted->typed.size > 0 &&
	       text_equal(text_reference(arena, payment->reference), wanted->typed);
}

static bool add_strays(struct chain *chain, uint32_t *count, const struct wanted_stray *wanted,
		       enum payment_status status)
{
	struct payment *payments;
	uint32_t payment_count;

	if (!ledger_payments(&payments, &payment_count, chain->outlook->store, (int)status,
			     STRAYS_MAX, chain->arena, chain->error))
		return false;
	for (uint32_t i = 0; i < payment_count && *count < STRAYS_TOLD; i++) {
		const struct payment *payment = &payments[i];
		struct text settled, remedy, money = TEXT("an unreadable amount");

		if (!is_his(payment, wanted, chain->arena))
			continue;
		if (!settled_by(&settled, chain->outlook->store, payment->id, chain->arena,
				chain->error))
			return false;
		if (settled.size > 0)
			continue;
		remedy = explain_remedy(payment, chain->arena);
		if (payment->has_amount)
			money = chain_money(chain, payment->amount_cents);
		chain_add(chain, payment->received_at,
			  text_format(chain->arena, "%.*s of %.*s is %s",
				      TEXT_ARG(payment->receipt), TEXT_ARG(money),
				      payment_status_word(status)),
			  text_format(chain->arena, "%.*s; %.*s", TEXT_ARG(payment->reason),
				      TEXT_ARG(remedy)));
		if ((*count)++ == 0)
			chain->verdict = text_format(chain->arena,
						     "%.*s came and has no owner: %.*s. %.*s",
						     TEXT_ARG(payment->receipt),
						     TEXT_ARG(payment->reason), TEXT_ARG(remedy));
	}
	return true;
}

bool explain_strays(struct chain *chain, uint32_t *count, struct text phone, struct text typed)
{
	struct wanted_stray wanted = { .phone = phone, .typed = typed };
	char hex[65];

	*count = 0;
	if (phone.size > 0) {
		struct digest digest = digest_of(phone);

		digest_hex(&digest, hex);
		wanted.hash = text_of(hex);
	}
	return add_strays(chain, count, &wanted, PAYMENT_UNMATCHED) &&
	       add_strays(chain, count, &wanted, PAYMENT_HELD);
}
