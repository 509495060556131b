#include "money/booking_reversal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/zone.h"
#include "money/booking_refund.h"
#include "money/counterpart.h"
#include "provider/provider.h"
#include "state/ledger.h"
#include "state/questions.h"

/*
 * Nobody publishes how long an order may take (payments facts 1.10 has none), and results were seen
 * to be minutes late: only what is asked so much later says that it was not carried out, and only
 * when it was said before, too.
 */
#define SETTLED_AFTER_US (15 * MINUTE_US)
#define STOOD_MIN 2

/* 14:02, or 2026-11-20 14:02 where it was another day than `now`. */
static struct text clock_text(const struct intent *intent, int64_t at, int64_t now,
			      struct arena *arena)
{
	const struct zone *zone = intent->tenant.zone;

	if (zone_day_start(zone, at, 0) != zone_day_start(zone, now, 0))
		return time_shown(arena, zone, at);
	struct civil civil = zone_civil(zone, at);
	return text_format(arena, "%02d:%02d", civil.hour, civil.minute);
}

/* ---- a person's order ------------------------------------------------------------------------ */

/* One wish in hand. */
struct wished {
	struct seat *seat;
	const struct intent *intent;
	const struct reversal_wish *wish;
	struct payment payment;
	int64_t now;
	struct arena *arena;
};

static bool is_orderable(const struct wished *at, struct error *error)
{
	static const char by_hand[] = "then `wavu payment refund` it without --send";
	const struct payment *payment = &at->payment;
	const struct provider *provider = provider_find(payment->provider);
	struct text receipt = payment->receipt;

	if (payment->status == PAYMENT_REVERSED)
		return error_set(error, ERROR_REFUSED, "payment %.*s was refunded before: %.*s",
				 TEXT_ARG(receipt), TEXT_ARG(payment->reason));
	if (payment->status == PAYMENT_HELD)
		return error_set(error, ERROR_REFUSED,
				 "%.*s is held: nobody knows that it is real money; `wavu payment "
				 "assign` it first, or give it back in the provider's portal, %s",
				 TEXT_ARG(receipt), by_hand);
	if (text_is(payment->provider, "cash"))
		return error_set(error, ERROR_REFUSED, "%.*s is cash: give it back yourself, %s",
				 TEXT_ARG(receipt), by_hand);
	if (provider == NULL || provider->api == NULL || provider->api->reverse == NULL ||
	    !provider->api->verify_is_late)
		return error_set(error, ERROR_REFUSED,
				 "wavu cannot order money back from %.*s: give it back in their "
				 "dashboard, %s",
				 TEXT_ARG(payment->provider), by_hand);
	if (text_starts(receipt, TEXT("STK-")))
		return error_set(error, ERROR_REFUSED,
				 "the provider has not told the receipt of %.*s, so it cannot be "
				 "named: give it back in their portal, %s",
				 TEXT_ARG(receipt), by_hand);
	return true;
}

static bool has_rights(const struct wished *at, struct error *error)
{
	struct counterpart to;
	struct text why;

	if (!counterpart_open(&to, at->seat, at->intent, at->payment.channel, NEEDS_ORDER,
			      at->arena, &why) ||
	    !counterpart_reaches_us(at->seat->settings, to.channel, &why))
		return error_set(error, ERROR_REFUSED,
				 "%.*s cannot be ordered back: %.*s; set that, or give it back in "
				 "the provider's portal and `wavu payment refund` it without "
				 "--send",
				 TEXT_ARG(at->payment.receipt), TEXT_ARG(why));
	if (!text_is(at->payment.provider, to.provider->name))
		return error_set(error, ERROR_REFUSED,
				 "channel %.*s is another provider's now: give it back in the "
				 "portal, then `wavu payment refund` it without --send",
				 TEXT_ARG(at->payment.channel));
	return true;
}

/* Nobody knows what became of the former one. */
static bool may_again(const struct wished *at, const struct question *former, struct error *error)
{
	struct text receipt = at->payment.receipt;
	struct text sent = clock_text(at->intent, former->sent_at, at->now, at->arena);

	if (former->stood_at <= former->sent_at)
		return error_set(error, ERROR_REFUSED,
				 "nobody knows what became of the order of %.*s, nor whether %.*s "
				 "still stands, so it is not ordered again: look it up in the "
				 "provider's portal, then `wavu payment refund` it without --send",
				 TEXT_ARG(sent), TEXT_ARG(receipt));
	if (!at->wish->again)
		return error_set(error, ERROR_REFUSED,
				 "nobody knows what became of the order of %.*s; the payment still "
				 "stood at %.*s. Look it up in the provider's portal: given back "
				 "there, `wavu payment refund` it without --send; if not, --send "
				 "--again orders it once more",
				 TEXT_ARG(sent),
				 TEXT_ARG(clock_text(at->intent, former->stood_at, at->now,
						     at->arena)));
	return true;
}

/* The order that is in another's way: the newest that is not known to have come to nothing. */
static bool former_order(bool *found, struct question *out, struct seat *seat, int64_t payment_id,
			 struct arena *arena, struct error *error)
{
	struct question *orders;
	uint32_t count;

	*found = false;
	if (!questions_orders_of(&orders, &count, seat->store, payment_id, arena, error))
		return false;
	for (uint32_t i = count; i-- > 0 && !*found;)
		if (orders[i].status != QUESTION_NO) {
			*out = orders[i];
			*found = true;
		}
	return true;
}

static bool may_order(const struct wished *at, struct error *error)
{
	struct question former;
	bool found;

	if (!is_orderable(at, error) || !has_rights(at, error) ||
	    !former_order(&found, &former, at->seat, at->payment.id, at->arena, error))
		return false;
	if (!found)
		return true;
	if (former.status == QUESTION_UNKNOWN)
		return may_again(at, &former, error);
	return error_set(error, ERROR_REFUSED,
			 "%.*s was ordered back at %.*s by %.*s already, and is not ordered again: "
			 "`wavu explain %.*s` says how far that is",
			 TEXT_ARG(at->payment.receipt),
			 TEXT_ARG(clock_text(at->intent, former.created_at, at->now, at->arena)),
			 TEXT_ARG(former.actor), TEXT_ARG(at->payment.receipt));
}

bool booking_reversal_order(struct question *out, struct seat *seat, const struct intent *intent,
			    const struct reversal_wish *wish, int64_t now, struct arena *arena,
			    struct error *error)
{
	struct wished at = { seat, intent, wish, { 0 }, now, arena };
	struct text reason = text_trim(wish->reason);
	bool found, fresh;

	if (reason.size == 0)
		return error_set(error, ERROR_INVALID, "a refund needs a reason: --reason TEXT");
	if (!ledger_payment(&found, &at.payment, seat->store, wish->receipt, arena, error))
		return false;
	if (!found)
		return error_set(error, ERROR_FAILED, "no such payment: %.*s",
				 TEXT_ARG(wish->receipt));
	if (!may_order(&at, error))
		return false;
	invariant(at.payment.has_amount && at.payment.amount_cents > 0);
	*out = (struct question){ .kind = QUESTION_REVERSE,
				  .channel = at.payment.channel,
				  .provider = at.payment.provider,
				  .payment_id = at.payment.id,
				  .receipt = at.payment.receipt,
				  .cents = at.payment.amount_cents,
				  .reason = reason,
				  .actor = wish->actor };
	if (!questions_start(&fresh, out, seat->store, now, arena, error))
		return false;
	invariant(fresh);
	return true;
}

bool booking_reversal_by_hand(struct text *warning, struct seat *seat, struct text receipt,
			      struct arena *arena, struct error *error)
{
	struct question order;
	struct payment payment;
	bool found;

	*warning = TEXT_NONE;
	if (!ledger_payment(&found, &payment, seat->store, receipt, arena, error))
		return false;
	if (!found || payment.status == PAYMENT_REVERSED)
		return true;
	if (!former_order(&found, &order, seat, payment.id, arena, error))
		return false;
	if (!found)
		return true;
	if (order.status == QUESTION_OPEN)
		return error_set(error, ERROR_REFUSED,
				 "%.*s was ordered back through its provider by %.*s, and the "
				 "order is open: given back by hand, too, the payer would have it "
				 "twice. "
				 "`wavu explain %.*s` says how far it is",
				 TEXT_ARG(payment.receipt), TEXT_ARG(order.actor),
				 TEXT_ARG(payment.receipt));
	if (order.status == QUESTION_UNKNOWN)
		*warning = TEXT("nobody knows what became of the order that was sent to the "
				"provider: look in its portal whether the payer has it twice");
	return true;
}

bool booking_reversal_is_done(bool *done, struct text *reason, struct seat *seat,
			      const struct question *question, struct arena *arena,
			      struct error *error)
{
	struct payment payment;
	bool found;

	*done = false;
	if (!ledger_payment_of_id(&found, &payment, seat->store, question->payment_id, arena,
				  error))
		return false;
	invariant(found);
	*done = payment.status == PAYMENT_REVERSED;
	*reason = payment.reason;
	return true;
}

/* ---- the provider's word --------------------------------------------------------------------- */

/* One result in hand. */
struct word {
	struct booked *out;
	struct seat *seat;
	const struct intent *intent;
	struct question *question;
	int64_t now;
	struct arena *arena;
};

static void say(const struct word *at, struct text why)
{
	log_line(at->question->status == QUESTION_YES ? LOG_INFO : LOG_WARNING, "payment-order",
		 "tenant=%.*s receipt=%.*s by=%.*s why=\"%.*s\"", TEXT_ARG(at->seat->tenant->name),
		 TEXT_ARG(at->question->receipt), TEXT_ARG(at->question->actor), TEXT_ARG(why));
}

static bool leave(const struct word *at, enum question_status status, struct text why,
		  struct error *error)
{
	struct question *question = at->question;

	question->status = status;
	question->why = why;
	if (status == QUESTION_YES || status == QUESTION_NO)
		question->next_at = 0;
	say(at, why);
	return questions_write(at->seat->store, question, at->now, error);
}

/* It changes nothing but what people read; what ended keeps its last word. */
static bool remark(const struct word *at, struct text why, struct error *error)
{
	if (at->question->status == QUESTION_OPEN)
		return leave(at, QUESTION_OPEN, why, error);
	say(at, why);
	return true;
}

static bool taken_back(const struct word *at, struct text why, struct error *error)
{
	const struct question *question = at->question;
	struct refunded refunded;
	struct text before;
	bool done;

	if (!booking_reversal_is_done(&done, &before, at->seat, question, at->arena, error))
		return false;
	if (done)
		why = text_format(at->arena, "%.*s; it was out of the books before: %.*s",
				  TEXT_ARG(why), TEXT_ARG(before));
	if (!leave(at, QUESTION_YES, why, error))
		return false;
	if (done)
		return true;
	if (!booking_refund(&refunded, at->seat, at->intent, question->receipt, question->reason,
			    question->actor, at->now, at->arena, error))
		return false;
	*at->out = refunded.booked;
	at->out->payment.reason = why;
	return true;
}

static bool is_foreign(struct text *why, const struct word *at, const struct said *said,
		       struct text ours)
{
	const struct question *question = at->question;

	*why = TEXT_NONE;
	if (said->receipt.size > 0 && !text_equal_nocase(said->receipt, question->receipt))
		*why = text_format(at->arena,
				   "what came as its result names payment %.*s, and was not "
				   "counted",
				   TEXT_ARG(said->receipt));
	else if (ours.size > 0 && said->provider_ref.size > 0 &&
		 !text_equal(ours, said->provider_ref))
		*why = text_format(at->arena,
				   "what came as its result answers order %.*s, not %.*s, and was "
				   "not counted",
				   TEXT_ARG(said->provider_ref), TEXT_ARG(ours));
	return why->size > 0;
}

/* Providers end their sentences, and ours go on. */
static struct text without_stop(struct text sentence)
{
	while (sentence.size > 0 && sentence.at[sentence.size - 1] == '.')
		sentence.size--;
	return sentence;
}

/* What came of the order itself. */
static bool hear_order(const struct word *at, const struct said *said, struct error *error)
{
	const struct question *question = at->question;
	struct arena *arena = at->arena;
	struct text why;

	if (is_foreign(&why, at, said, question->ordered_ref))
		return remark(at, why, error);
	if (said->answer == ANSWER_NO)
		return leave(at, QUESTION_NO,
			     text_format(arena,
					 "the provider refused: %.*s; nothing was given back",
					 TEXT_ARG(without_stop(said->why))),
			     error);
	if (said->answer != ANSWER_YES)
		return remark(at,
			      text_format(arena,
					  "nobody knows whether it was carried out: %.*s; the "
					  "provider is asked how the payment stands",
					  TEXT_ARG(said->why)),
			      error);
	if (said->is_reversed || (said->has_amount && said->amount_cents == question->cents))
		return taken_back(at, said->why, error);
	return remark(at,
		      text_format(arena, "the provider says that %.*s was taken back, not %.*s: it "
					 "was not counted, and is asked how the payment stands",
				  TEXT_ARG(said->has_amount
					       ? text_of_cents(arena, said->amount_cents)
					       : TEXT("an amount it does not name")),
				  TEXT_ARG(text_of_cents(arena, question->cents))),
		      error);
}

/* The payment stands as before; `ask` counts once, and only as the newest. */
static bool still_stands(const struct word *at, uint32_t ask, struct error *error)
{
	struct question *question = at->question;
	bool settled = question->asked_at - question->sent_at >= SETTLED_AFTER_US;
	struct text clock;

	if (question->status == QUESTION_NO || ask + 1 != question->asks ||
	    question->stood_at >= question->asked_at)
		return true;
	question->stood++;
	question->stood_at = question->asked_at;
	clock = clock_text(at->intent, question->stood_at, at->now, at->arena);
	if (question->status == QUESTION_UNKNOWN || (settled && question->stood >= STOOD_MIN))
		return leave(at, QUESTION_UNKNOWN,
			     text_format(at->arena,
					 "nobody knows what became of the order; the payment still "
					 "stands at %.*s",
					 TEXT_ARG(clock)),
			     error);
	return remark(at,
		      text_format(at->arena,
				  "the provider has not said what became of it; the payment still "
				  "stands at %.*s",
				  TEXT_ARG(clock)),
		      error);
}

/* How the payment stands. A question that failed says nothing about it. */
static bool hear_status(const struct word *at, const struct said *said, uint32_t ask,
			struct error *error)
{
	const struct question *question = at->question;
	struct text why;

	if (is_foreign(&why, at, said, TEXT_NONE))
		return remark(at, why, error);
	if (said->is_reversed && said->receipt.size > 0)
		return taken_back(at, TEXT("the provider says that the payment is reversed"),
				  error);
	if (question->status == QUESTION_NO)
		return true;
	if (said->answer == ANSWER_YES && said->has_amount && said->amount_cents != question->cents)
		return remark(at,
			      text_format(at->arena,
					  "the provider says that the payment stands with %.*s, "
					  "not %.*s: look it up in its portal",
					  TEXT_ARG(text_of_cents(at->arena, said->amount_cents)),
					  TEXT_ARG(text_of_cents(at->arena, question->cents))),
			      error);
	if (said->answer == ANSWER_YES && said->has_amount && said->receipt.size > 0)
		return still_stands(at, ask, error);
	return remark(at,
		      text_format(at->arena,
				  "the provider was asked how the payment stands, and is asked "
				  "again: %.*s",
				  TEXT_ARG(said->why)),
		      error);
}

bool booking_reversal_result(struct booked *out, struct seat *seat, const struct intent *intent,
			     const struct inbox_line *line, struct question *question,
			     enum question_url url, uint32_t ask, int64_t now, struct arena *arena,
			     struct error *error)
{
	const struct channel *channel = intent_channel(intent, line->channel);
	const struct provider *provider = provider_find(line->provider);
	struct word at = { out, seat, intent, question, now, arena };
	struct said said;

	*out = (struct booked){ 0 };
	/* What was taken back stays so. */
	if (question->status == QUESTION_YES || question->sent_at == 0)
		return true;
	if (channel == NULL || provider == NULL || provider->api == NULL ||
	    provider->api->reverse_result == NULL || provider->api->order_result == NULL ||
	    !text_equal(channel->provider, line->provider) ||
	    !text_equal(question->provider, line->provider) ||
	    !text_equal(question->channel, line->channel))
		return remark(&at,
			      text_format(arena,
					  "a result came and was not counted: channel %.*s is not "
					  "declared any more, or is another provider's",
					  TEXT_ARG(question->channel)),
			      error);
	if (!provider_source_allowed(channel, line->source))
		return remark(&at,
			      text_format(arena,
					  "a result from %.*s was not counted: it is not among the "
					  "channel's `sources`",
					  TEXT_ARG(line->source)),
			      error);
	if (url == QUESTION_URL_TIMEOUT)
		return remark(&at,
			      TEXT("it stood in the provider's queue for too long, and nobody "
				   "knows whether it was carried out: the provider is asked how "
				   "the payment stands"),
			      error);
	said = url == QUESTION_URL_RESULT ? provider->api->reverse_result(line->body, arena)
					  : provider->api->order_result(channel, line->body, arena);
	return url == QUESTION_URL_RESULT ? hear_order(&at, &said, error)
					  : hear_status(&at, &said, ask, error);
}
