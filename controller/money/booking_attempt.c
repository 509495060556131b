#include "money/booking_attempt.h"

#include "base/log.h"
#include "money/booking_doubt.h"
#include "money/booking_inside.h"
#include "provider/provider.h"
#include "state/attempts.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/words.h"

/* One attempt being paid. */
struct paying {
	struct booked *out;
	struct seat *seat;
	const struct intent *intent;
	struct attempt *attempt;
	struct text receipt;
	bool proven; /* the receipt was said on the attempt's own URL */
	int64_t now;
	struct arena *arena;
};

static bool settle(const struct paying *paying, int64_t payment_id, struct error *error)
{
	struct attempt *attempt = paying->attempt;

	if (attempt->payment_id == payment_id && attempt->proven >= paying->proven)
		return true;
	attempt->proven = paying->proven || (attempt->proven && attempt->payment_id == payment_id);
	attempt->payment_id = payment_id;
	attempt->status = ATTEMPT_PAID;
	attempt->reason = TEXT_NONE;
	attempt->next_at = 0;
	return attempts_write(paying->seat->store, attempt, paying->now, error);
}

/* A payment of its own: pinned amount, pinned account, whatever anybody says. */
static bool book_new(const struct paying *paying, struct error *error)
{
	struct booked *out = paying->out;
	const struct attempt *attempt = paying->attempt;
	const struct subscriber *subscriber =
	    intent_subscriber(paying->intent, attempt->subscriber);
	bool served;

	out->payment.receipt = paying->receipt;
	out->payment.has_amount = true;
	out->payment.amount_cents = attempt->cents;
	out->payment.reference = attempt->account;
	out->payment.phone = attempt->phone;
	if (!booking_is_served(&served, paying->seat, paying->intent, subscriber, paying->now,
			       paying->arena, error))
		return false;
	if (!served)
		return booking_book(out, paying->seat, PAYMENT_UNMATCHED,
				    text_format(paying->arena,
						"account %.*s, which was asked to pay, is gone",
						TEXT_ARG(attempt->account)),
				    TEXT_NONE, paying->arena, error) &&
		       settle(paying, out->payment.id, error);
	out->payment.account = subscriber->account;
	return booking_book(out, paying->seat, PAYMENT_CREDITED, TEXT_NONE, subscriber->reference,
			    paying->arena, error) &&
	       settle(paying, out->payment.id, error) &&
	       booking_credit(out, paying->seat, paying->intent, subscriber, paying->now,
			      paying->arena, error);
}

/* Money that came another way before: it is linked, and released when it waited. */
static bool take_former(const struct paying *paying, const struct payment *former,
			struct error *error)
{
	struct booked *out = paying->out;
	const struct subscriber *subscriber =
	    intent_subscriber(paying->intent, paying->attempt->subscriber);
	struct text settled;
	bool served, waits = former->status == PAYMENT_HELD || former->status == PAYMENT_UNMATCHED;

	if (!booking_is_served(&served, paying->seat, paying->intent, subscriber, paying->now,
			       paying->arena, error))
		return false;
	if (!settle(paying, former->id, error) ||
	    !settled_by(&settled, paying->seat->store, former->id, paying->arena, error))
		return false;
	/* A person may have recorded it already. */
	if (!waits || !served || settled.size > 0)
		return true;
	out->payment = *former;
	return ledger_assign(paying->seat->store, former->id, subscriber->reference,
			     subscriber->account, TEXT("prompt"), paying->now, error) &&
	       booking_credit(out, paying->seat, paying->intent, subscriber, paying->now,
			      paying->arena, error);
}

static bool hold(const struct paying *paying, struct text why, struct error *error)
{
	return booking_hold_once(paying->out, paying->seat,
				 text_format(paying->arena, "attempt a-%lld: %.*s",
					     (long long)paying->attempt->id, TEXT_ARG(why)),
				 paying->arena, error);
}

static bool hold_second(const struct paying *paying, struct error *error)
{
	return hold(paying,
		    text_format(paying->arena, "paid by %.*s, now %.*s is said to be it",
				TEXT_ARG(paying->attempt->receipt), TEXT_ARG(paying->receipt)),
		    error);
}

static bool pay_known(const struct paying *paying, const struct payment *former,
		      struct error *error)
{
	const struct attempt *attempt = paying->attempt;
	struct attempt other;
	bool taken;

	if (attempt->payment_id == former->id)
		return settle(paying, former->id, error);
	if (!former->has_amount || former->amount_cents != attempt->cents)
		return booking_hold_other(paying->out, paying->seat, former, paying->arena,
					  error) &&
		       (former->status == PAYMENT_HELD ||
			booking_doubt_denied(paying->seat, former, attempt->cents, paying->now,
					     paying->arena, error));
	if (!attempts_of_payment(&taken, &other, paying->seat->store, former->id, paying->arena,
				 error))
		return false;
	if (taken)
		return hold(paying,
			    text_format(paying->arena,
					"receipt %.*s is the one of attempt a-%lld already",
					TEXT_ARG(former->receipt), (long long)other.id),
			    error);
	if (attempt->payment_id != 0 && (attempt->proven || !attempt->receipt_known))
		return hold(paying,
			    text_format(paying->arena,
					"%.*s and %.*s are one prompt, but both are booked",
					TEXT_ARG(attempt->receipt), TEXT_ARG(former->receipt)),
			    error);
	return take_former(paying, former, error);
}

/* A mere word with that receipt is the prompt's money when it says the same; else it gives way. */
static bool find_former(bool *found, struct payment *former, const struct paying *paying,
			struct error *error)
{
	const struct attempt *attempt = paying->attempt;
	struct store *store = paying->seat->store;
	bool is_word = false;

	if (!ledger_payment(found, former, store, paying->receipt, paying->arena, error) ||
	    (*found && !word_is_open(&is_word, store, former->id, error)))
		return false;
	if (!is_word || (attempt->payment_id == 0 && former->has_amount &&
			 former->amount_cents == attempt->cents))
		return true;
	*found = false;
	return word_give_way(store, former->id, paying->now, error);
}

static bool pay_receipt(const struct paying *paying, struct error *error)
{
	const struct attempt *attempt = paying->attempt;
	struct payment former;
	bool found, merged;

	if (!find_former(&found, &former, paying, error))
		return false;
	if (found)
		return pay_known(paying, &former, error);
	if (attempt->payment_id == 0)
		return book_new(paying, error);
	if (!attempt->receipt_known)
		return ledger_merge(&merged, paying->seat->store, attempt->payment_id,
				    paying->receipt, paying->now, paying->arena, error) &&
		       settle(paying, attempt->payment_id, error);
	if (attempt->proven)
		return hold_second(paying, error);
	/* What was taken for this prompt's money was another payment of the same payer. */
	return book_new(paying, error);
}

/* The receipt is known for certain: whatever came before, it counts once. */
static bool pay(const struct paying *paying, struct error *error)
{
	return pay_receipt(paying, error) &&
	       booking_words_settle(paying->seat, paying->receipt, TEXT("provider"), paying->now,
				    paying->arena, error);
}

/* ---- a result on the attempt's own URL ------------------------------------------------------- */

/* Is it the name of no other prompt? Under that one's name the provider would say what became of
 * that one. */
static bool may_be_named(bool *may, const struct paying *paying, struct text name,
			 struct error *error)
{
	struct attempt other;
	bool found;

	if (!attempts_named(&found, &other, paying->seat->store, paying->attempt->channel, name,
			    paying->arena, error))
		return false;
	*may = !found || other.id == paying->attempt->id;
	return true;
}

static bool failed(const struct paying *paying, const struct said *said, struct error *error)
{
	struct attempt *attempt = paying->attempt;
	bool may;

	if (!may_be_named(&may, paying, said->provider_ref, error))
		return false;
	if (attempt->status != ATTEMPT_CREATED && attempt->status != ATTEMPT_PROMPTED)
		return true;
	attempt->status = ATTEMPT_FAILED;
	attempt->reason = said->why;
	if (attempt->provider_ref.size == 0 && may)
		attempt->provider_ref = said->provider_ref;
	attempt->next_at =
	    said->is_soft && attempt->provider_ref.size > 0 ? paying->now + RESULT_SOFT_US : 0;
	return attempts_write(paying->seat->store, attempt, paying->now, error);
}

/* It says paid, but not so that it may be counted: the provider is asked, and a person sees it. */
static bool doubted(const struct paying *paying, struct text why, struct error *error)
{
	struct attempt *attempt = paying->attempt;

	if (attempt->status != ATTEMPT_PAID) {
		attempt->reason = why;
		if (attempt->provider_ref.size > 0)
			attempt->next_at = paying->now;
		if (!attempts_write(paying->seat->store, attempt, paying->now, error))
			return false;
	}
	return hold(paying, why, error);
}

/* What does not say is in the tenant's. */
static bool is_our_currency(const struct paying *paying, const struct said *said)
{
	return said->currency.size == 0 ||
	       text_equal(said->currency, paying->intent->tenant.currency);
}

static struct text against(const struct paying *paying, const struct said *said,
			   const struct channel *channel, struct text source)
{
	const struct attempt *attempt = paying->attempt;

	if (attempt->provider_ref.size > 0 &&
	    !text_equal(said->provider_ref, attempt->provider_ref))
		return TEXT("the result names another prompt");
	if (!is_our_currency(paying, said))
		return text_format(paying->arena, "the currency is %.*s, not %.*s",
				   TEXT_ARG(text_head(said->currency, 16)),
				   TEXT_ARG(paying->intent->tenant.currency));
	if (said->amount_cents != attempt->cents)
		return text_format(paying->arena, "the result says %.*s, the prompt asked for %.*s",
				   TEXT_ARG(text_of_cents(paying->arena, said->amount_cents)),
				   TEXT_ARG(text_of_cents(paying->arena, attempt->cents)));
	if (channel != NULL && !provider_source_allowed(channel, source))
		return text_format(paying->arena,
				   "source %.*s is not among the channel's `sources`",
				   TEXT_ARG(source));
	return TEXT_NONE;
}

/*
 * The provider itself says that money came, but not what was asked for: it is held under its
 * receipt for a person to judge, and the prompt is over.
 */
static bool differs(const struct paying *paying, const struct said *said, struct text why,
		    struct error *error)
{
	struct attempt *attempt = paying->attempt;
	struct payment *payment = &paying->out->payment;

	if (attempt->status == ATTEMPT_CREATED || attempt->status == ATTEMPT_PROMPTED) {
		attempt->status = ATTEMPT_FAILED;
		attempt->reason = text_format(paying->arena, "%.*s: %.*s is held",
					      TEXT_ARG(why), TEXT_ARG(said->receipt));
		attempt->next_at = 0;
		if (!attempts_write(paying->seat->store, attempt, paying->now, error))
			return false;
	}
	payment->receipt = said->receipt;
	/* Another currency's cents are none of ours. */
	payment->has_amount = is_our_currency(paying, said);
	payment->amount_cents = payment->has_amount ? said->amount_cents : 0;
	payment->reference = attempt->account;
	payment->phone = attempt->phone;
	return booking_book(paying->out, paying->seat, PAYMENT_HELD,
			    text_format(paying->arena, "attempt a-%lld: %.*s",
					(long long)attempt->id, TEXT_ARG(why)),
			    TEXT_NONE, paying->arena, error);
}

/* What the provider proved that it said: signed, or in answer to our question. */
static bool proved(struct paying *paying, const struct said *said, const struct channel *channel,
		   struct text source, struct error *error)
{
	struct attempt *attempt = paying->attempt;
	struct text why = against(paying, said, channel, source);

	paying->out->payment.at = said->at != 0 ? said->at : paying->out->payment.received_at;
	paying->receipt = said->receipt;
	paying->proven = true;
	if (why.size > 0)
		return is_our_currency(paying, said) && said->amount_cents == attempt->cents
			   ? doubted(paying, why, error)
			   : differs(paying, said, why, error);
	if (attempt->provider_ref.size == 0)
		attempt->provider_ref = said->provider_ref;
	return pay(paying, error);
}

/* Whose channel was taken away can be asked about nothing any more. */
static bool is_declared(const struct channel *channel, const struct attempt *attempt)
{
	return channel != NULL && text_equal(channel->provider, attempt->provider);
}

/*
 * `trust: verified`: what is said is remembered, and asked about at once. The answer names no
 * receipt, so whether it is this one is known when the provider names it, in a confirmation that is
 * true or in its list.
 */
static bool said_to_be(struct paying *paying, struct error *error)
{
	struct attempt *attempt = paying->attempt;

	if (attempt->status == ATTEMPT_PAID && attempt->receipt_known)
		return text_equal_nocase(attempt->receipt, paying->receipt) ||
		       hold_second(paying, error);
	attempt->hint = paying->receipt;
	if (attempt->status != ATTEMPT_PAID)
		attempt->next_at = paying->now;
	return attempts_write(paying->seat->store, attempt, paying->now, error);
}

static bool succeeded(struct paying *paying, const struct said *said, struct text source,
		      struct error *error)
{
	struct attempt *attempt = paying->attempt;
	const struct channel *channel = intent_channel(paying->intent, attempt->channel);
	struct text why = against(paying, said, channel, source);
	bool may;

	if (!may_be_named(&may, paying, said->provider_ref, error))
		return false;
	paying->out->payment.at = said->at != 0 ? said->at : paying->out->payment.received_at;
	paying->receipt = said->receipt;
	if (why.size == 0 && !may)
		why = TEXT("the result names another prompt");
	else if (why.size == 0 && !is_declared(channel, attempt))
		why = TEXT("its channel is no longer declared");
	if (why.size > 0)
		return doubted(paying, why, error);
	if (attempt->provider_ref.size == 0)
		attempt->provider_ref = said->provider_ref;
	return channel->trust == TRUST_TOKEN ? pay(paying, error) : said_to_be(paying, error);
}

/*
 * Where the provider signs what it posts, a result without a signature that fits says nothing: the
 * provider is asked at once, and the line is tried again, for our key may be the wrong one.
 */
static bool unsigned_result(const struct paying *paying, const struct inbox_line *line,
			    struct text why, struct error *error)
{
	struct attempt *attempt = paying->attempt;

	if (attempt->status != ATTEMPT_PAID && attempt->provider_ref.size > 0) {
		attempt->next_at = paying->now;
		if (!attempts_write(paying->seat->store, attempt, paying->now, error))
			return false;
	}
	return booking_refuse(paying->out, paying->seat, line, why, paying->now, paying->arena,
			      error);
}

/* Unsigned, where the money's own notice is signed: it says how it went, and pays nothing. */
static bool hinted(const struct paying *paying, const struct said *said, struct error *error)
{
	struct attempt *attempt = paying->attempt;

	if (said->answer == ANSWER_NO)
		return failed(paying, said, error);
	if (said->answer != ANSWER_YES ||
	    (attempt->status != ATTEMPT_CREATED && attempt->status != ATTEMPT_PROMPTED))
		return true;
	attempt->reason = text_format(paying->arena,
				      "its result says that it was paid (%.*s); it counts with the "
				      "provider's signed notice of the money",
				      TEXT_ARG(said->receipt));
	return attempts_write(paying->seat->store, attempt, paying->now, error);
}

static bool signed_result(struct paying *paying, const struct inbox_line *line,
			  const struct provider *provider, struct error *error)
{
	const struct channel *channel = intent_channel(paying->intent, line->channel);
	struct text why;
	struct said said;

	if (channel == NULL || !text_equal(channel->provider, line->provider))
		return doubted(paying, TEXT("its channel is no longer declared"), error);
	why = booking_refusal(paying->seat, paying->intent, line, paying->arena);
	if (why.size > 0)
		return unsigned_result(paying, line, why, error);
	said = provider->api->result(channel, line->body, paying->arena);
	if (said.is_doubtful)
		return doubted(paying, said.why, error);
	if (said.answer == ANSWER_YES)
		return proved(paying, &said, channel, line->source, error);
	return said.answer != ANSWER_NO ||
	       failed(paying, &said, error);
}

bool booking_result(struct booked *out, struct seat *seat, const struct intent *intent,
		    const struct inbox_line *line, int64_t now, struct arena *arena,
		    struct error *error)
{
	const struct provider *provider = provider_find(line->provider);
	struct attempt attempt;
	struct paying paying = { .out = out,
				 .seat = seat,
				 .intent = intent,
				 .attempt = &attempt,
				 .proven = true,
				 .now = now,
				 .arena = arena };
	struct said said;
	bool found;

	*out = (struct booked){ .payment = { .provider = line->provider,
					     .channel = line->channel,
					     .at = line->received_at,
					     .received_at = line->received_at,
					     .booked_at = now,
					     .inbox_id = line->id } };
	if (!attempts_find(&found, &attempt, seat->store, line->attempt, arena, error))
		return false;
	if (!found || provider == NULL || provider->api == NULL || provider->api->result == NULL)
		return booking_hold_once(
		    out, seat,
		    text_format(arena, "the result of attempt a-%lld, which is not known here",
				(long long)line->attempt),
		    arena, error);
	if (provider->key != KEY_NONE && !provider->api->result_is_hint)
		return signed_result(&paying, line, provider, error);
	said = provider->api->result(intent_channel(intent, line->channel), line->body, arena);
	if (provider->api->result_is_hint)
		return hinted(&paying, &said, error);
	if (said.is_doubtful)
		return doubted(&paying, said.why, error);
	switch (said.answer) {
	case ANSWER_YES:
		return succeeded(&paying, &said, line->source, error);
	case ANSWER_NO:
		return failed(&paying, &said, error);
	case ANSWER_NONE:
	case ANSWER_LOGIN:
	case ANSWER_LATER:
		break;
	}
	return true;
}

/* ---- an answer to our question --------------------------------------------------------------- */

bool booking_answered(struct booked *out, struct seat *seat, const struct intent *intent,
		      struct attempt *attempt, const struct said *said, int64_t now,
		      struct arena *arena, struct error *error)
{
	struct paying paying = { .out = out,
				 .seat = seat,
				 .intent = intent,
				 .attempt = attempt,
				 .now = now,
				 .arena = arena };
	struct payment former;
	int64_t former_id;
	bool found;

	*out = (struct booked){ .payment = { .provider = attempt->provider,
					     .channel = attempt->channel,
					     .at = now,
					     .received_at = now,
					     .booked_at = now } };
	if (attempt->payment_id != 0)
		return true;
	if (said->receipt.size > 0)
		return proved(&paying, said, NULL, TEXT_NONE, error);
	/* A receipt that was only said (`hint`) is not written down as this money's: it would stand
	 * in the way of the true one, or take what somebody else has paid. */
	if (!attempts_payment(&former_id, seat->store, attempt, arena, error))
		return false;
	if (former_id != 0)
		return ledger_payment_of_id(&found, &former, seat->store, former_id, arena,
					    error) &&
		       take_former(&paying, &former, error);
	if (!attempts_unnamed(&former_id, seat->store, attempt, error))
		return false;
	if (former_id != 0)
		return hold(&paying,
			    TEXT("it was paid; but a payment of that amount came then, of which "
				 "nobody has proven who paid it: it may be this money"),
			    error);
	paying.receipt = attempts_made_receipt(attempt->id, arena);
	return book_new(&paying, error);
}

/* Nothing else tells what became of that provider's prompts, so its notices do, by the account. */
static bool ends_by_notice(struct text name)
{
	const struct provider *provider = provider_find(name);

	return provider != NULL && provider->api != NULL && provider->api->start != NULL &&
	       provider->api->ask == NULL;
}

bool booking_prompt_of(bool *found, struct attempt *out, struct seat *seat,
		       const struct notice *notice, const struct payment *payment, bool is_news,
		       struct arena *arena, struct error *error)
{
	*found = false;
	if (notice->kind != NOTICE_PAID || notice->receipt.size == 0 || !notice->has_amount)
		return true;
	if (!attempts_named(found, out, seat->store, payment->channel, notice->prompt, arena,
			    error))
		return false;
	/* A till's notice names nobody: who was asked for just that just now pays just that. */
	if (*found || !is_news ||
	    (notice->reference.size > 0 && !ends_by_notice(payment->provider)))
		return true;
	if (!attempts_asked(found, out, seat->store, payment, arena, error))
		return false;
	*found = *found && (notice->reference.size == 0 ||
			    text_equal(text_reference(arena, notice->reference),
				       text_reference(arena, out->account)));
	return true;
}

bool booking_noticed(struct booked *out, struct seat *seat, const struct intent *intent,
		     struct attempt *attempt, const struct notice *notice, int64_t now,
		     struct arena *arena, struct error *error)
{
	struct paying paying = { .out = out,
				 .seat = seat,
				 .intent = intent,
				 .attempt = attempt,
				 .receipt = notice->receipt,
				 .now = now,
				 .arena = arena };
	struct said said = { .answer = ANSWER_YES,
			     .provider_ref = notice->prompt,
			     .receipt = notice->receipt,
			     .has_amount = notice->has_amount,
			     .amount_cents = notice->amount_cents,
			     .currency = notice->currency,
			     .at = notice->at };

	/* Inferred from the payer, it gives way to a receipt that the prompt's own result names. */
	return notice->prompt.size > 0 ? proved(&paying, &said, NULL, TEXT_NONE, error)
				       : pay(&paying, error);
}

bool booking_found(bool *found, struct seat *seat, struct attempt *attempt, int64_t now,
		   struct arena *arena, struct error *error)
{
	struct paying paying = { .seat = seat, .attempt = attempt, .now = now, .arena = arena };
	struct payment former;
	int64_t former_id;
	bool there = false;

	*found = false;
	if (attempt->payment_id != 0 || attempt->sent_at == 0)
		return true;
	if (!attempts_payment(&former_id, seat->store, attempt, arena, error))
		return false;
	if (former_id == 0)
		return true;
	if (!ledger_payment_of_id(&there, &former, seat->store, former_id, arena, error))
		return false;
	*found = there && former.status == PAYMENT_CREDITED;
	return !*found || settle(&paying, former.id, error);
}

bool booking_merge_find(bool *found, struct attempt *out, struct seat *seat,
			const struct inbox_line *line, const struct notice *notice,
			struct arena *arena, struct error *error)
{
	return attempts_without_receipt(found, out, seat->store, line->channel, notice,
					notice->at != 0 ? notice->at : line->received_at, arena,
					error);
}

bool booking_merge(bool *merged, struct seat *seat, const struct attempt *attempt,
		   struct text receipt, int64_t now, struct arena *arena, struct error *error)
{
	if (!ledger_merge(merged, seat->store, attempt->payment_id, receipt, now, arena, error))
		return false;
	if (*merged)
		log_line(LOG_INFO, "payment-merged", "tenant=%.*s receipt=%.*s attempt=a-%lld",
			 TEXT_ARG(seat->tenant->name), TEXT_ARG(receipt), (long long)attempt->id);
	return true;
}
