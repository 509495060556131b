#include "view/explain_inside.h"

#include "model/attempt.h"
#include "provider/provider.h"
#include "state/attempts.h"
#include "state/inbox.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "view/proof_view.h"
#include "view/reversal_view.h"
#include "view/trust_view.h"

#define PAYER_SIZE_MAX 60
#define ENDS_MAX 5 /* credits of a subscriber whose end is told; older ones by their receipt */

bool explain_end(struct chain *chain, const struct payment *payment)
{
	struct ending *steps;
	uint32_t count;
	json_t *end;

	if (!proof_steps(&steps, &count, chain->outlook->store, payment->id, chain->arena,
			 chain->error))
		return false;
	for (uint32_t i = 0; i + 1 < count; i++) {
		const char *word = steps[i].state == ENDING_NONE ? "gave no access"
								 : "waited for its router";

		chain_add(chain, steps[i].at,
			  text_format(chain->arena, "%.*s %s", TEXT_ARG(payment->receipt), word),
			  steps[i].why.size > 0
			      ? steps[i].why
			      : text_format(chain->arena, "the job on router %.*s was due",
					    TEXT_ARG(steps[i].router)));
	}
	if (count > 0 && steps[count - 1].state == ENDING_ONLINE &&
	    steps[count - 1].at > chain->read_at)
		chain->read_at = steps[count - 1].at;
	if (!proof_json(&end, chain->outlook, payment, chain->now, chain->arena, chain->error))
		return false;
	if (json_is_object(end)) {
		chain_add(chain, count > 0 ? steps[count - 1].at : chain->now,
			  text_format(chain->arena, "the end of %.*s", TEXT_ARG(payment->receipt)),
			  text_copy(chain->arena, member_text(end, "text")));
		json_object_set(json_array_get(chain->links, json_array_size(chain->links) - 1),
				"access", end);
	}
	json_decref(end);
	return true;
}

bool explain_ends(struct chain *chain, struct text reference)
{
	struct payment *payments;
	uint32_t count;

	if (!ledger_payments_of(&payments, &count, chain->outlook->store, reference, ENDS_MAX,
				chain->arena, chain->error))
		return false;
	for (uint32_t i = count; i-- > 0;)
		if (!reversal_links(chain->links, chain->outlook, payments[i].id, chain->arena,
				    chain->error) ||
		    !explain_end(chain, &payments[i]))
			return false;
	return true;
}

/* The end of the chain for money that nobody has yet: what a person does about it. */
static bool explain_waiting(struct chain *chain, const struct payment *payment)
{
	struct text settled;

	if (payment->status != PAYMENT_UNMATCHED && payment->status != PAYMENT_HELD)
		return true;
	if (!settled_by(&settled, chain->outlook->store, payment->id, chain->arena, chain->error))
		return false;
	if (settled.size > 0) {
		chain_add(
		    chain, chain->now, TEXT("it was settled"),
		    text_format(chain->arena, "%.*s was recorded in its place", TEXT_ARG(settled)));
		chain->verdict = text_format(chain->arena,
					     "%.*s was settled by hand: %.*s stands for it (wavu "
					     "explain %.*s)",
					     TEXT_ARG(payment->receipt), TEXT_ARG(settled),
					     TEXT_ARG(settled));
		return true;
	}
	chain_add(chain, chain->now, TEXT("it waits for a person"),
		  explain_remedy(payment, chain->arena));
	chain->verdict = text_format(
	    chain->arena, "%.*s is %s: %.*s. %.*s", TEXT_ARG(payment->receipt),
	    payment->status == PAYMENT_HELD ? "held, nobody was credited" : "nobody's yet",
	    TEXT_ARG(payment->reason), TEXT_ARG(explain_remedy(payment, chain->arena)));
	return true;
}

/* A prompt that it pays is where it began. *because: nobody but the provider, asked by wavu, said
 * that it is paid; under which receipt, if that is known. */
static bool explain_asked(struct chain *chain, struct text *because, const struct payment *payment)
{
	struct attempt attempt;
	bool found;

	*because = TEXT_NONE;
	if (!attempts_of_payment(&found, &attempt, chain->outlook->store, payment->id, chain->arena,
				 chain->error))
		return false;
	if (found && !attempt.receipt_known && attempt.hint.size > 0)
		*because = text_format(
		    chain->arena,
		    "it is called %.*s; its result says that its receipt is %.*s, which a "
		    "confirmation or a statement will tell",
		    TEXT_ARG(payment->receipt), TEXT_ARG(attempt.hint));
	else if (found && payment->inbox_id == 0 && payment->actor.size == 0)
		*because = text_format(
		    chain->arena,
		    attempt.receipt_known ? "its receipt is %.*s"
					  : "it is called %.*s until a confirmation or a "
					    "statement names its receipt",
		    TEXT_ARG(attempt.receipt_known ? attempt.receipt : payment->receipt));
	if (found)
		chain_add(chain, attempt.created_at,
			  text_format(chain->arena, "prompt a-%lld asked %.*s for %.*s",
				      (long long)attempt.id, TEXT_ARG(attempt.phone),
				      TEXT_ARG(chain_money(chain, attempt.cents))),
			  text_format(chain->arena, "wavu payment request, by %.*s",
				      TEXT_ARG(attempt.actor)));
	return true;
}

static struct text heard_of(const struct chain *chain, const struct payment *payment)
{
	struct text amount = TEXT("an unreadable amount");

	if (payment->has_amount)
		amount = chain_money(chain, payment->amount_cents);
	if (text_is(payment->channel, "cash"))
		return text_format(chain->arena, "%.*s of %.*s taken by hand",
				   TEXT_ARG(payment->receipt), TEXT_ARG(amount));
	return text_format(chain->arena, "%.*s of %.*s heard on channel %.*s",
			   TEXT_ARG(payment->receipt), TEXT_ARG(amount),
			   TEXT_ARG(payment->channel));
}

/* The name that the callback gave: it stands in no book, and finds whose money it is. Only of what
 * was believed; empty where nothing is left of the callback. */
static struct text payer_of(const struct chain *chain, const struct payment *payment)
{
	const struct intent *intent = chain->outlook->intent;
	const struct provider *provider = provider_find(payment->provider);
	const struct channel *channel = NULL;
	struct callback callback;
	struct inbox_line line;
	struct error ignored;

	if (intent != NULL)
		channel = intent_channel(intent, payment->channel);
	if (payment->inbox_id == 0 || channel == NULL || provider == NULL ||
	    payment->status == PAYMENT_HELD ||
	    !inbox_line(&line, chain->outlook->store, payment->inbox_id, chain->arena, &ignored))
		return TEXT_NONE;
	callback = (struct callback){ .kind = line.kind,
				      .headers = line.headers,
				      .source = line.source,
				      .body = line.body,
				      .received_at = line.received_at };
	return text_head(
	    provider->parse(channel, intent->tenant.country, &callback, chain->arena).payer,
	    PAYER_SIZE_MAX);
}

static struct text typed_by(const struct chain *chain, const struct payment *payment)
{
	struct text phone = TEXT_NONE, name = payer_of(chain, payment);

	if (name.size > 0)
		phone = text_format(chain->arena, " (%.*s%s%.*s)", TEXT_ARG(name),
				    payment->phone.size > 0 ? ", phone " : "",
				    TEXT_ARG(payment->phone));
	else if (payment->phone.size > 0)
		phone = text_format(chain->arena, " (phone %.*s)", TEXT_ARG(payment->phone));
	if (payment->reference.size == 0)
		return text_format(chain->arena, "the payer%.*s gave no reference",
				   TEXT_ARG(phone));
	return text_format(chain->arena, "the payer%.*s wrote \"%.*s\"", TEXT_ARG(phone),
			   TEXT_ARG(payment->reference));
}

/* In front of what is said of the subscriber. */
static void lead(struct chain *chain, const struct payment *payment)
{
	struct text money = payment->has_amount ? chain_money(chain, payment->amount_cents)
						: TEXT("an unreadable amount");

	if (payment->status == PAYMENT_REVERSED)
		chain->verdict = text_format(
		    chain->arena,
		    "%.*s of %.*s was given back, it counts no more%s%.*s.%s%.*s",
		    TEXT_ARG(payment->receipt), TEXT_ARG(money),
		    payment->reason.size > 0 ? ": " : "", TEXT_ARG(payment->reason),
		    chain->verdict.size > 0 ? " " : "", TEXT_ARG(chain->verdict));
	else if (payment->status == PAYMENT_CREDITED)
		chain->verdict = text_format(chain->arena, "%.*s of %.*s is credited to %.*s. %.*s",
					     TEXT_ARG(payment->receipt), TEXT_ARG(money),
					     TEXT_ARG(payment->account), TEXT_ARG(chain->verdict));
}

bool explain_payment(struct chain *chain, const struct payment *payment)
{
	struct arena *arena = chain->arena;
	const struct subscriber *subscriber = NULL;
	struct text because, alarm;
	bool done;

	if (!explain_asked(chain, &because, payment))
		return false;
	if (because.size > 0)
		chain_add(chain, payment->received_at,
			  TEXT("its result was lost; the provider, asked by wavu, said that it is "
			       "paid"),
			  because);
	else
		chain_add(chain, payment->received_at, heard_of(chain, payment),
			  typed_by(chain, payment));
	chain_add(chain, payment->booked_at,
		  text_format(arena, "%s%s%.*s", payment_status_word(payment->status),
			      payment->account.size == 0            ? ""
			      : payment->status == PAYMENT_REVERSED ? ", it was credited to "
								    : " to ",
			      TEXT_ARG(payment->account)),
		  payment->reason);
	if (!reversal_links(chain->links, chain->outlook, payment->id, arena, chain->error) ||
	    !trust_links(chain->links, &alarm, chain->outlook, payment, arena, chain->error) ||
	    !explain_waiting(chain, payment))
		return false;
	if (alarm.size > 0)
		chain_add(chain, chain->now, TEXT("it waits for a person"), alarm);
	if (payment->account.size == 0 || chain->outlook->intent == NULL) {
		lead(chain, payment);
		return explain_end(chain, payment);
	}
	subscriber = intent_subscriber(chain->outlook->intent,
				       text_reference(arena, payment->account));
	chain->receipt = payment;
	if (subscriber != NULL) {
		done = explain_subscriber(chain, subscriber);
		lead(chain, payment);
		return done;
	}
	chain_add(
	    chain, chain->now,
	    text_format(arena, "%.*s is not in the commit in force", TEXT_ARG(payment->account)),
	    TEXT("the ledger keeps the money; declare the account again, or assign the payment"));
	chain->verdict = text_format(arena,
				     "The account %.*s is no longer declared: the ledger keeps his "
				     "money; declare it again, and he is let in",
				     TEXT_ARG(payment->account));
	lead(chain, payment);
	return explain_end(chain, payment);
}
