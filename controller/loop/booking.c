#include "loop/booking.h"

#include <string.h>

#include "base/digest.h"
#include "loop/booking_attempt.h"
#include "loop/booking_ending.h"
#include "loop/booking_inside.h"
#include "loop/booking_question.h"
#include "loop/channel_key.h"
#include "loop/rollout.h"
#include "policies/matching.h"
#include "policies/prepaid.h"
#include "provider/provider.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "state/proof.h"

#define SAME_HELD_MAX 500 /* newest held payments among which a repeated refusal is looked for */
#define CASH_RECEIPT_DIGITS 10

/* ---- what credit buys ------------------------------------------------------------------------ */

/* Spends what the account has; out: periods and paid until. */
static bool buy(uint32_t *periods, int64_t *paid_until_at, struct seat *seat,
		const struct intent *intent, const struct subscriber *subscriber,
		int64_t payment_id, int64_t now, struct arena *arena, struct error *error)
{
	struct standing standing;
	struct bought bought;
	struct purchase purchase;

	*periods = 0;
	if (!ledger_standing(&standing, seat->store, subscriber->reference, arena, error))
		return false;
	*paid_until_at = standing.paid_until_at;
	bought = prepaid_buy(&(struct policy_case){ .tenant = &intent->tenant,
						    .subscriber = subscriber,
						    .standing = &standing,
						    .now = now,
						    .arena = arena });
	if (bought.periods == 0)
		return true;
	purchase = (struct purchase){ .payment_id = payment_id,
				      .periods = bought.periods,
				      .cents = bought.cents,
				      .service_from_at = bought.service_from_at,
				      .paid_from_at = bought.paid_from_at,
				      .paid_until_at = bought.paid_until_at,
				      .anchor_day = bought.anchor_day,
				      .package = subscriber->package->name };
	*periods = bought.periods;
	*paid_until_at = bought.paid_until_at;
	return ledger_buy(seat->store, subscriber->reference, &purchase, now, error);
}

bool booking_renew(uint32_t *periods, struct seat *seat, const struct intent *intent,
		   const struct subscriber *subscriber, int64_t now, struct arena *arena,
		   struct error *error)
{
	int64_t paid_until_at;

	return buy(periods, &paid_until_at, seat, intent, subscriber, 0, now, arena, error);
}

bool booking_credit(struct booked *out, struct seat *seat, const struct intent *intent,
		    const struct subscriber *subscriber, int64_t now, struct arena *arena,
		    struct error *error)
{
	struct text because = text_format(arena, "payment %.*s credited %.*s",
					  TEXT_ARG(out->payment.receipt),
					  TEXT_ARG(subscriber->account));

	out->changed = true;
	out->status = PAYMENT_CREDITED;
	out->subscriber = subscriber;
	return buy(&out->periods, &out->paid_until_at, seat, intent, subscriber, out->payment.id,
		   now, arena, error) &&
	       booking_ending(seat, intent, subscriber, out, now, arena, error) &&
	       rollout_mark(seat, subscriber->router->name, subscriber->reference, CAUSE_PAYMENT,
			    because, now, error);
}

/* ---- whose it is ----------------------------------------------------------------------------- */

struct asked {
	struct seat *seat;
	const struct intent *intent;
	int64_t now;
	struct arena *arena;
	struct error *error;
	bool failed;
};

static bool is_terminated(void *context, const struct subscriber *subscriber)
{
	struct asked *asked = context;
	struct standing standing;
	struct policy_case given = { .tenant = &asked->intent->tenant,
				     .subscriber = subscriber,
				     .standing = &standing,
				     .now = asked->now,
				     .arena = asked->arena };

	if (asked->failed || !ledger_standing(&standing, asked->seat->store, subscriber->reference,
					      asked->arena, asked->error)) {
		asked->failed = true;
		return false;
	}
	return policy_entitle(&given).state == STATE_TERMINATED;
}

bool booking_is_served(bool *served, struct seat *seat, const struct intent *intent,
		       const struct subscriber *subscriber, int64_t now, struct arena *arena,
		       struct error *error)
{
	struct asked asked = { seat, intent, now, arena, error, false };

	*served = subscriber != NULL && !is_terminated(&asked, subscriber);
	return !asked.failed;
}

/* ---- one line of the inbox ------------------------------------------------------------------- */

/* What was heard, and why it is not to be credited without a person (empty: nothing against it). */
struct heard {
	const struct channel *channel;
	struct notice notice;
	struct text why;
	bool unverified; /* that is all that is against it */
	bool refused;    /* its signature does not fit: its words count for nothing */
	bool asks;       /* a hint whose provider answers at once: loop/checker asks it */
	struct text actor; /* who gave the statement that says it; empty: it came as a callback */
};

static struct text against(const struct intent *intent, const struct channel *channel,
			   const struct notice *notice, struct text source, enum proof proof,
			   bool *unverified, struct arena *arena)
{
	if (notice->kind == NOTICE_UNREADABLE || !notice->has_amount)
		return notice->why.size > 0 ? notice->why : TEXT("the amount cannot be read");
	if (notice->receipt.size == 0)
		return TEXT("it has no readable receipt");
	if (notice->shortcode.size > 0 && !text_equal(notice->shortcode, channel->shortcode))
		return text_format(arena, "short code %.*s is not %.*s of channel %.*s",
				   TEXT_ARG(notice->shortcode), TEXT_ARG(channel->shortcode),
				   TEXT_ARG(channel->name));
	if (notice->currency.size > 0 && !text_equal(notice->currency, intent->tenant.currency))
		return text_format(arena, "the currency is %.*s, not %.*s",
				   TEXT_ARG(text_head(notice->currency, 16)),
				   TEXT_ARG(intent->tenant.currency));
	if (!provider_source_allowed(channel, source))
		return text_format(arena, "source %.*s is not among the channel's `sources`",
				   TEXT_ARG(source));
	*unverified = channel->trust == TRUST_VERIFIED || proof == PROOF_HINT;
	if (*unverified)
		return TEXT("the provider was not asked yet whether it is true");
	return TEXT_NONE;
}

/*
 * What is kept beside a payment, and read again for many of them at once, is bounded here; the raw
 * line stays whole in the inbox.
 */
static void cut_words(struct notice *notice)
{
	notice->why = text_head(notice->why, HEARD_SIZE_MAX);
	notice->reference = text_head(notice->reference, HEARD_SIZE_MAX);
	notice->shortcode = text_head(notice->shortcode, HEARD_SIZE_MAX);
	notice->payer = text_head(notice->payer, HEARD_SIZE_MAX);
}

/* Why the callback does not prove anything, or empty. */
static struct text refusal(const struct channel *channel, enum proof proof, struct text flaw,
			   struct arena *arena)
{
	if (proof != PROOF_REJECTED)
		return TEXT_NONE;
	if (flaw.size > 0)
		return flaw;
	return text_format(arena,
			   "callbacks on channel %.*s without a signature that fits: a forgery, or "
			   "the channel's key is not the provider's",
			   TEXT_ARG(channel->name));
}

static struct heard listen(struct seat *seat, const struct intent *intent,
			   const struct inbox_line *line, struct arena *arena)
{
	struct heard heard = { .channel = intent_channel(intent, line->channel) };
	const struct provider *provider = provider_find(line->provider);
	struct callback callback = { .kind = line->kind,
				     .headers = line->headers,
				     .source = line->source,
				     .body = line->body,
				     .received_at = line->received_at };
	struct text flaw = TEXT_NONE;
	enum proof proof;

	if (heard.channel == NULL || provider == NULL ||
	    !text_equal(heard.channel->provider, line->provider)) {
		heard.notice.kind = NOTICE_UNREADABLE;
		heard.why = text_format(arena, "channel %.*s is no longer declared",
					TEXT_ARG(line->channel));
		return heard;
	}
	if (!channel_key_read(&callback.key, seat->settings->secrets, heard.channel, arena, &flaw))
		callback.key.readable = false;
	proof = provider->authenticate(heard.channel, &callback);
	heard.notice = provider->parse(heard.channel, intent->tenant.country, &callback, arena);
	cut_words(&heard.notice);
	heard.why = refusal(heard.channel, proof, flaw, arena);
	heard.refused = heard.why.size > 0;
	if (heard.refused)
		return heard;
	if (heard.notice.kind != NOTICE_NOTHING)
		heard.why = against(intent, heard.channel, &heard.notice, line->source, proof,
				    &heard.unverified, arena);
	heard.asks = heard.unverified && provider->check != NULL;
	return heard;
}

bool booking_is_refused(struct seat *seat, const struct intent *intent,
			const struct inbox_line *line, struct arena *arena)
{
	return listen(seat, intent, line, arena).refused;
}

struct text booking_refusal(struct seat *seat, const struct intent *intent,
			    const struct inbox_line *line, struct arena *arena)
{
	struct heard heard = listen(seat, intent, line, arena);

	return heard.refused ? heard.why : TEXT_NONE;
}

static struct payment payment_of(const struct inbox_line *line, const struct heard *heard,
				 int64_t now)
{
	const struct notice *notice = &heard->notice;

	return (struct payment){ .receipt = notice->receipt,
				 .provider = line->provider,
				 .channel = line->channel,
				 .has_amount = notice->has_amount,
				 .amount_cents = notice->amount_cents,
				 .reference = notice->reference,
				 .phone = notice->phone,
				 .phone_hash = notice->phone_hash,
				 .at = notice->at != 0 ? notice->at : line->received_at,
				 .received_at = line->received_at,
				 .booked_at = now,
				 .inbox_id = line->id };
}

bool booking_book(struct booked *out, struct seat *seat, enum payment_status status,
		  struct text reason, struct text reference, struct arena *arena,
		  struct error *error)
{
	bool known;

	out->status = status;
	out->payment.status = status;
	out->payment.reason = reason;
	if (!ledger_book(&known, seat->store, &out->payment, reference, arena, error))
		return false;
	out->changed = !known;
	return true;
}

bool booking_hold_once(struct booked *out, struct seat *seat, struct text reason,
		       struct arena *arena, struct error *error)
{
	struct payment *held;
	uint32_t count;

	if (!ledger_payments(&held, &count, seat->store, PAYMENT_HELD, SAME_HELD_MAX, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (text_equal(held[i].reason, reason))
			return true;
	out->payment.receipt = TEXT_NONE;
	return booking_book(out, seat, PAYMENT_HELD, reason, TEXT_NONE, arena, error);
}

/* A receipt that says two amounts is money that a person must judge; said again, it is one line. */
bool booking_hold_other_amount(struct booked *out, struct seat *seat, const struct payment *former,
			       struct arena *arena, struct error *error)
{
	struct text had = TEXT("an unreadable amount"), has = had, reason;

	if (former->has_amount)
		had = text_of_cents(arena, former->amount_cents);
	if (out->payment.has_amount)
		has = text_of_cents(arena, out->payment.amount_cents);
	reason = text_format(arena, "receipt %.*s is known with %.*s, this one says %.*s",
			     TEXT_ARG(former->receipt), TEXT_ARG(had), TEXT_ARG(has));
	return booking_hold_once(out, seat, reason, arena, error);
}

static bool match_and_credit(struct booked *out, struct seat *seat, const struct intent *intent,
			     const struct heard *heard, const struct payment *held, int64_t now,
			     struct arena *arena, struct error *error)
{
	struct asked asked = { seat, intent, now, arena, error, false };
	struct match match = match_notice(intent, &heard->notice, arena, is_terminated, &asked);
	struct text settled, stated = TEXT_NONE;

	if (asked.failed)
		return false;
	if (heard->actor.size > 0) {
		stated = text_format(arena, "from a statement, by %.*s", TEXT_ARG(heard->actor));
		match.why = text_format(arena, "%.*s (%.*s)", TEXT_ARG(match.why),
					TEXT_ARG(stated));
	}
	if (held != NULL) {
		/* The same money, now heard in a way that counts: the held one is released, unless
		 * a person has recorded it already. */
		if (!settled_by(&settled, seat->store, held->id, arena, error))
			return false;
		if (settled.size > 0)
			return true;
		out->payment = *held;
		if (match.subscriber == NULL) {
			out->changed = true;
			out->status = out->payment.status = PAYMENT_UNMATCHED;
			out->payment.reason = match.why;
			return ledger_park(seat->store, held->id, match.why, now, error);
		}
		return ledger_assign(seat->store, held->id, match.subscriber->reference,
				     match.subscriber->account,
				     stated.size > 0 ? stated : TEXT("callback"), now, error) &&
		       booking_credit(out, seat, intent, match.subscriber, now, arena, error);
	}
	out->payment.actor = heard->actor;
	if (match.subscriber == NULL)
		return booking_book(out, seat, PAYMENT_UNMATCHED, match.why, TEXT_NONE, arena,
				    error);
	out->payment.account = match.subscriber->account;
	return booking_book(out, seat, PAYMENT_CREDITED, stated, match.subscriber->reference,
			    arena, error) &&
	       (!out->changed ||
		booking_credit(out, seat, intent, match.subscriber, now, arena, error));
}

static bool book_heard(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct inbox_line *line, const struct heard *heard, int64_t now,
		       struct arena *arena, struct error *error)
{
	struct payment former;
	bool found = false, merged = false, is_prompt = false;

	*out = (struct booked){ .payment = payment_of(line, heard, now) };
	if (heard->refused)
		return booking_refuse(out, seat, line, heard->why, now, arena, error);
	if (heard->notice.kind == NOTICE_NOTHING)
		return true;
	if (out->payment.receipt.size == 0)
		return booking_hold_unreadable(out, seat, line, heard->why, now, arena, error);
	if (heard->asks)
		return booking_hint(out, seat, line, heard->why, now, arena, error);
	if (heard->why.size == 0 &&
	    !booking_noticed(&is_prompt, out, seat, intent, &heard->notice, now, arena, error))
		return false;
	if (is_prompt)
		return true;
	if (!ledger_payment(&found, &former, seat->store, out->payment.receipt, arena, error))
		return false;
	if (found) {
		if (former.has_amount != out->payment.has_amount ||
		    (former.has_amount && former.amount_cents != out->payment.amount_cents))
			return booking_hold_other_amount(out, seat, &former, arena, error);
		if (former.status != PAYMENT_HELD || heard->why.size > 0)
			return true;
		return match_and_credit(out, seat, intent, heard, &former, now, arena, error);
	}
	if ((heard->why.size == 0 || heard->unverified) &&
	    !booking_merge(&merged, seat, line, &heard->notice, now, arena, error))
		return false;
	if (merged)
		return true;
	if (heard->why.size > 0)
		return booking_book(out, seat, PAYMENT_HELD, heard->why, TEXT_NONE, arena, error) &&
		       (!heard->unverified || !out->changed ||
			booking_question_start(seat, &out->payment, now, arena, error));
	return match_and_credit(out, seat, intent, heard, NULL, now, arena, error);
}

bool booking_true(struct booked *out, struct seat *seat, const struct intent *intent,
		  const struct inbox_line *line, const struct payment *held, int64_t now,
		  struct arena *arena, struct error *error)
{
	struct heard heard = listen(seat, intent, line, arena);

	*out = (struct booked){ .payment = *held };
	if (heard.why.size > 0 && !heard.unverified)
		return ledger_hold(seat->store, held->id,
				   text_format(arena, "the provider says that it is true, but %.*s",
					       TEXT_ARG(heard.why)),
				   now, error);
	return match_and_credit(out, seat, intent, &heard, held, now, arena, error);
}

bool booking_line(struct booked *out, struct seat *seat, const struct intent *intent,
		  const struct inbox_line *line, int64_t now, struct arena *arena,
		  struct error *error)
{
	struct heard heard;

	if (text_is(line->kind, CALLBACK_ATTEMPT))
		return line->attempt >= QUESTION_ID_MIN
			   ? booking_question_result(out, seat, intent, line, now, arena, error)
			   : booking_result(out, seat, intent, line, now, arena, error);
	heard = listen(seat, intent, line, arena);
	return book_heard(out, seat, intent, line, &heard, now, arena, error);
}

bool booking_confirmed(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct inbox_line *line, const struct notice *notice, int64_t now,
		       struct arena *arena, struct error *error)
{
	struct heard heard = { .channel = intent_channel(intent, line->channel),
			       .notice = *notice };
	bool unverified = false, settled;

	*out = (struct booked){ 0 };
	if (heard.channel == NULL)
		return true; /* it stays held until its channel is declared again */
	if (!booking_hint_is_settled(&settled, seat, notice->receipt, arena, error))
		return false;
	if (settled)
		return true;
	cut_words(&heard.notice);
	heard.why = against(intent, heard.channel, &heard.notice, line->source, PROOF_PROVEN,
			    &unverified, arena);
	if (unverified)
		heard.why = TEXT_NONE; /* that is what was asked */
	return book_heard(out, seat, intent, line, &heard, now, arena, error) &&
	       booking_hint_settle(seat, notice->receipt, now, arena, error);
}

/* ---- what people do -------------------------------------------------------------------------- */

static const struct subscriber *account_named(const struct intent *intent, struct text account,
					      struct arena *arena, struct error *error)
{
	struct text reference = text_reference(arena, account);
	const struct subscriber *subscriber = intent_subscriber(intent, reference);

	if (subscriber == NULL && intent_by_alias(intent, reference, &subscriber) != 1)
		subscriber = NULL;
	if (subscriber == NULL)
		error_set(error, ERROR_FAILED, "no such account: %.*s", TEXT_ARG(account));
	return subscriber;
}

/* "CASH-" and digits that no two receipts share. */
static struct text cash_receipt(struct arena *arena)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRSTUVWX"; /* 32 */
	uint8_t bytes[CASH_RECEIPT_DIGITS];
	char digits[CASH_RECEIPT_DIGITS + 1] = { 0 };

	random_bytes(bytes, sizeof(bytes));
	for (uint32_t i = 0; i < CASH_RECEIPT_DIGITS; i++)
		digits[i] = alphabet[bytes[i] % 32];
	return text_format(arena, "CASH-%s", digits);
}

bool booking_cash(struct booked *out, struct seat *seat, const struct intent *intent,
		  struct text account, struct text amount, struct text reason, struct text actor,
		  int64_t now, struct arena *arena, struct error *error)
{
	const struct subscriber *subscriber = account_named(intent, account, arena, error);
	int64_t cents;

	*out = (struct booked){ 0 };
	if (subscriber == NULL)
		return false;
	if (!text_cents(amount, &cents) || cents == 0)
		return error_set(error, ERROR_INVALID,
				 "%.*s is no amount: write it as 2500 or 2500.50",
				 TEXT_ARG(amount));
	if (text_trim(reason).size == 0)
		return error_set(error, ERROR_INVALID, "cash needs a reason: --reason TEXT");
	out->payment = (struct payment){ .receipt = cash_receipt(arena),
					 .provider = TEXT("cash"),
					 .channel = TEXT("cash"),
					 .has_amount = true,
					 .amount_cents = cents,
					 .account = subscriber->account,
					 .reference = account,
					 .at = now,
					 .received_at = now,
					 .booked_at = now,
					 .actor = actor };
	return booking_book(out, seat, PAYMENT_CREDITED, reason, subscriber->reference, arena,
			    error) &&
	       booking_credit(out, seat, intent, subscriber, now, arena, error);
}

bool booking_settle(struct seat *seat, struct text held, const struct booked *by, struct text actor,
		    int64_t now, struct arena *arena, struct error *error)
{
	struct payment payment;
	struct text before;
	bool found;

	if (!ledger_payment(&found, &payment, seat->store, held, arena, error))
		return false;
	if (!found)
		return error_set(error, ERROR_FAILED, "no such payment: %.*s", TEXT_ARG(held));
	if (payment.status != PAYMENT_HELD)
		return error_set(error, ERROR_REFUSED, "payment %.*s is not held, but %s",
				 TEXT_ARG(payment.receipt), payment_status_word(payment.status));
	if (!settled_by(&before, seat->store, payment.id, arena, error))
		return false;
	if (before.size > 0)
		return error_set(error, ERROR_REFUSED, "payment %.*s was settled by %.*s already",
				 TEXT_ARG(payment.receipt), TEXT_ARG(before));
	return settled_add(seat->store, payment.id, by->payment.id, actor, now, error);
}

/* A held one may be released by a person when its amount and its short code are right. */
static bool may_release(struct seat *seat, const struct intent *intent,
			const struct payment *payment, struct arena *arena, struct error *error)
{
	static const char settle[] = "settle it with `wavu payment record … --held`";
	struct inbox_line line;
	struct heard heard;

	if (text_starts(payment->receipt, TEXT("held-")))
		return error_set(error, ERROR_REFUSED, "%.*s has no receipt of its own: %s",
				 TEXT_ARG(payment->receipt), settle);
	if (!payment->has_amount)
		return error_set(error, ERROR_REFUSED, "the amount of %.*s cannot be read: %s",
				 TEXT_ARG(payment->receipt), settle);
	if (payment->inbox_id == 0)
		return true;
	if (!inbox_line(&line, seat->store, payment->inbox_id, arena, error))
		return false;
	if (text_is(line.kind, CALLBACK_ATTEMPT))
		return true;
	heard = listen(seat, intent, &line, arena);
	if (heard.channel == NULL)
		return error_set(error, ERROR_REFUSED, "%.*s: %.*s: %s", TEXT_ARG(payment->receipt),
				 TEXT_ARG(heard.why), settle);
	if (heard.notice.currency.size > 0 &&
	    !text_equal(heard.notice.currency, intent->tenant.currency))
		return error_set(error, ERROR_REFUSED, "%.*s was paid in %.*s, not in %.*s: %s",
				 TEXT_ARG(payment->receipt),
				 TEXT_ARG(text_head(heard.notice.currency, 16)),
				 TEXT_ARG(intent->tenant.currency), settle);
	if (heard.notice.shortcode.size > 0 &&
	    !text_equal(heard.notice.shortcode, heard.channel->shortcode))
		return error_set(error, ERROR_REFUSED,
				 "%.*s was paid to short code %.*s, not to %.*s: %s",
				 TEXT_ARG(payment->receipt), TEXT_ARG(heard.notice.shortcode),
				 TEXT_ARG(heard.channel->shortcode), settle);
	return true;
}

/* Why a line of a statement is not the money of the payment with its receipt, or empty. */
static bool stands_against(struct text *why, struct seat *seat, const struct intent *intent,
			   const struct payment *former, const struct notice *notice,
			   struct arena *arena, struct error *error)
{
	struct error refused = { 0 };
	struct text settled;

	*why = TEXT_NONE;
	if (!former->has_amount || former->amount_cents != notice->amount_cents) {
		*why = TEXT("it is known here with another amount, or with none");
		return true;
	}
	if (former->status != PAYMENT_HELD)
		return true;
	if (!settled_by(&settled, seat->store, former->id, arena, error))
		return false;
	if (settled.size > 0) {
		*why = text_format(arena, "it was settled by %.*s already", TEXT_ARG(settled));
		return true;
	}
	if (may_release(seat, intent, former, arena, &refused))
		return true;
	*error = refused;
	*why = text_copy(arena, text_of(refused.text));
	return refused.code == ERROR_REFUSED;
}

bool booking_stated(struct booked *out, struct text *why, struct seat *seat,
		    const struct intent *intent, const struct channel *channel,
		    const struct notice *notice, struct text actor, int64_t now,
		    struct arena *arena, struct error *error)
{
	const struct inbox_line line = { .provider = channel->provider,
					 .channel = channel->name,
					 .received_at = now };
	struct heard heard = { .channel = channel, .notice = *notice, .actor = actor };
	struct payment former;
	bool found, settled;

	invariant(notice->receipt.size > 0 && notice->has_amount && actor.size > 0);
	*out = (struct booked){ 0 };
	*why = TEXT_NONE;
	cut_words(&heard.notice);
	if (!ledger_payment(&found, &former, seat->store, notice->receipt, arena, error) ||
	    !booking_hint_is_settled(&settled, seat, notice->receipt, arena, error))
		return false;
	if (settled)
		*why = TEXT("a person recorded it already");
	else if (found &&
		 !stands_against(why, seat, intent, &former, notice, arena, error))
		return false;
	return why->size > 0 ||
	       (book_heard(out, seat, intent, &line, &heard, now, arena, error) &&
		booking_hint_settle(seat, notice->receipt, now, arena, error));
}

bool booking_assign(struct booked *out, struct seat *seat, const struct intent *intent,
		    struct text receipt, struct text account, struct text actor, int64_t now,
		    struct arena *arena, struct error *error)
{
	const struct subscriber *subscriber = account_named(intent, account, arena, error);
	bool found;

	*out = (struct booked){ 0 };
	if (subscriber == NULL)
		return false;
	if (!ledger_payment(&found, &out->payment, seat->store, receipt, arena, error))
		return false;
	if (!found)
		return error_set(error, ERROR_FAILED, "no such payment: %.*s", TEXT_ARG(receipt));
	if (out->payment.status != PAYMENT_UNMATCHED && out->payment.status != PAYMENT_HELD)
		return error_set(
		    error, ERROR_REFUSED, "payment %.*s is already %s%s%.*s",
		    TEXT_ARG(out->payment.receipt), payment_status_word(out->payment.status),
		    out->payment.account.size > 0 ? " to " : "", TEXT_ARG(out->payment.account));
	if (out->payment.status == PAYMENT_HELD &&
	    !may_release(seat, intent, &out->payment, arena, error))
		return false;
	return ledger_assign(seat->store, out->payment.id, subscriber->reference,
			     subscriber->account, actor, now, error) &&
	       booking_credit(out, seat, intent, subscriber, now, arena, error);
}

void booking_tell(struct seat *seat, const struct booked *booked)
{
	if (booked->subscriber == NULL)
		return;
	seat_dirty(seat, booked->subscriber->reference);
	rollout_ring(seat, booked->subscriber->router->name, booked->subscriber->reference,
		     URGENCY_URGENT);
}
