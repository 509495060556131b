#include "base/digest.h"
#include "money/booking_attempt.h"
#include "money/booking_doubt.h"
#include "money/booking_inside.h"
#include "state/attempts.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/words.h"

/* What people do with money: cash, and payments that wait for somebody to judge them. */

#define CASH_RECEIPT_DIGITS 10

static const struct subscriber *account_named(const struct intent *intent, struct text account,
					      struct arena *arena, struct error *error)
{
	struct text reference = text_reference(arena, account);
	const struct subscriber *subscriber = intent_subscriber(intent, reference);

	if (subscriber == NULL && intent_by_alias(intent, reference, &subscriber) != 1)
		subscriber = NULL;
	if (subscriber == NULL)
		error_set(error, ERROR_FAILED,
			  "no such account: %.*s; `wavu subscriber list` shows all",
			  TEXT_ARG(account));
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
	struct words words;
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
	if (!settled_add(seat->store, payment.id, by->payment.id, actor, now, error) ||
	    !word_beside(&words, seat->store, payment.id, arena, error))
		return false;
	/* What others said of the same receipt waits no longer, either. */
	for (uint32_t i = 0; i < words.count; i++)
		if (!settled_add(seat->store, words.open[i], by->payment.id, actor, now, error))
			return false;
	return true;
}

/* A held one may be released by a person when its amount and its short code are right. */
bool booking_may_release(struct seat *seat, const struct intent *intent,
			const struct payment *payment, struct arena *arena, struct error *error)
{
	static const char settle[] = "settle it with `wavu payment record … --held`";
	struct inbox_line line;
	struct heard heard;

	if (text_starts(payment->receipt, TEXT("held-")))
		return error_set(error, ERROR_REFUSED,
				 "%.*s has no receipt of its own, so it is not assigned: `wavu "
				 "explain %.*s` says what to do",
				 TEXT_ARG(payment->receipt), TEXT_ARG(payment->receipt));
	if (!payment->has_amount)
		return error_set(error, ERROR_REFUSED, "the amount of %.*s cannot be read: %s",
				 TEXT_ARG(payment->receipt), settle);
	if (payment->inbox_id == 0)
		return true;
	if (!inbox_line(&line, seat->store, payment->inbox_id, arena, error))
		return false;
	if (text_is(line.kind, CALLBACK_ATTEMPT))
		return true;
	heard = booking_listen(seat, intent, &line, arena);
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

/* A mere callback says who paid: it may be the money of a prompt of which that is not known. */
static bool may_be_anybodys(struct seat *seat, const struct payment *payment, struct error *error)
{
	bool waits;

	if (!attempts_wait(&waits, seat->store, payment->channel, payment->amount_cents,
			   payment->at, error))
		return false;
	if (waits)
		return error_set(
		    error, ERROR_REFUSED,
		    "%.*s may be the money of a prompt that was credited then, whose receipt is "
		    "not known (`wavu payment attempts`), for only a callback says who paid it. "
		    "Look its payer up in the provider's portal: if it is other money, `wavu "
		    "payment record ACCOUNT AMOUNT --held %.*s --reason TEXT`; if it is the "
		    "prompt's, it is credited already, and `wavu payment refund %.*s --reason "
		    "TEXT` takes this line off the list",
		    TEXT_ARG(payment->receipt), TEXT_ARG(payment->receipt),
		    TEXT_ARG(payment->receipt));
	return true;
}

/* Released by hand as the money of somebody, where a prompt may have brought it already. */
static bool may_be_prompt(const struct attempt **out, struct seat *seat,
			  const struct intent *intent, const struct payment *payment,
			  struct arena *arena, struct error *error)
{
	struct attempt *attempt = ARENA_ARRAY(arena, struct attempt, 1);
	struct inbox_line line;
	struct heard heard;
	bool is_word, found;

	*out = NULL;
	if (!word_is_open(&is_word, seat->store, payment->id, error))
		return false;
	if (!is_word || payment->inbox_id == 0)
		return true;
	if (!inbox_line(&line, seat->store, payment->inbox_id, arena, error))
		return false;
	heard = booking_listen(seat, intent, &line, arena);
	if (heard.channel == NULL || !heard.notice.has_amount)
		return true;
	if (!booking_merge_find(&found, attempt, seat, &line, &heard.notice, arena, error))
		return false;
	if (found)
		*out = attempt;
	return found || may_be_anybodys(seat, payment, error);
}

/* The word is the receipt of a prompt that was credited: that is what the person has proven. */
static bool assign_to_prompt(struct booked *out, struct seat *seat, const struct attempt *attempt,
			     const struct subscriber *subscriber, struct text actor, int64_t now,
			     struct arena *arena, struct error *error)
{
	struct text receipt = out->payment.receipt;
	bool merged, found;

	if (!text_equal(attempt->subscriber, subscriber->reference))
		return error_set(error, ERROR_REFUSED,
				 "%.*s is as much, of the same payer and time, as prompt a-%lld, "
				 "which was credited to %.*s without a receipt: assign it to "
				 "%.*s, or take %.*s back first with `wavu payment refund`",
				 TEXT_ARG(receipt), (long long)attempt->id,
				 TEXT_ARG(attempt->account), TEXT_ARG(attempt->account),
				 TEXT_ARG(attempt->receipt));
	if (!word_give_way(seat->store, out->payment.id, now, error) ||
	    !booking_merge(&merged, seat, attempt, receipt, now, arena, error) ||
	    !booking_words_settle(seat, receipt, actor, now, arena, error) ||
	    !ledger_payment(&found, &out->payment, seat->store, receipt, arena, error))
		return false;
	invariant(merged && found);
	out->changed = true;
	out->status = PAYMENT_CREDITED;
	out->subscriber = subscriber;
	return true;
}

/* What a callback alone says of its payer is not proven by who takes the rest for true. */
static bool assign(struct booked *out, struct seat *seat, const struct intent *intent,
		   const struct subscriber *subscriber, struct text actor, int64_t now,
		   struct arena *arena, struct error *error)
{
	bool is_word;

	return word_is_open(&is_word, seat->store, out->payment.id, error) &&
	       ledger_assign(seat->store, out->payment.id, subscriber->reference,
			     subscriber->account, actor, now, error) &&
	       booking_credit(out, seat, intent, subscriber, now, arena, error) &&
	       booking_words_settle(seat, out->payment.receipt, actor, now, arena, error) &&
	       (!is_word ||
		booking_doubt_unnamed(seat, &out->payment,
				      TEXT("a person took it for true, and a mere callback says "
					   "who paid"),
				      now, error));
}

bool booking_assign(struct booked *out, struct seat *seat, const struct intent *intent,
		    struct text receipt, struct text account, struct text actor, int64_t now,
		    struct arena *arena, struct error *error)
{
	const struct subscriber *subscriber = account_named(intent, account, arena, error);
	const struct attempt *attempt = NULL;
	bool found;

	*out = (struct booked){ 0 };
	if (subscriber == NULL)
		return false;
	if (!ledger_payment(&found, &out->payment, seat->store, receipt, arena, error))
		return false;
	if (!found)
		return error_set(error, ERROR_FAILED,
				 "no such payment: %.*s; `wavu payment list` shows what came, "
				 "`wavu payment reconcile` finds what never did",
				 TEXT_ARG(receipt));
	if (out->payment.status == PAYMENT_CREDITED)
		return error_set(
		    error, ERROR_REFUSED,
		    "payment %.*s is already credited to %.*s. To give it to somebody else: wavu "
		    "payment refund %.*s --reason TEXT, then wavu payment record ACCOUNT AMOUNT "
		    "--reason TEXT",
		    TEXT_ARG(out->payment.receipt), TEXT_ARG(out->payment.account),
		    TEXT_ARG(out->payment.receipt));
	if (out->payment.status != PAYMENT_UNMATCHED && out->payment.status != PAYMENT_HELD)
		return error_set(
		    error, ERROR_REFUSED, "payment %.*s is already %s%s%.*s",
		    TEXT_ARG(out->payment.receipt), payment_status_word(out->payment.status),
		    out->payment.account.size > 0 ? " to " : "", TEXT_ARG(out->payment.account));
	if (out->payment.status == PAYMENT_HELD &&
	    (!booking_may_release(seat, intent, &out->payment, arena, error) ||
	     !may_be_prompt(&attempt, seat, intent, &out->payment, arena, error)))
		return false;
	if (attempt != NULL)
		return assign_to_prompt(out, seat, attempt, subscriber, actor, now, arena, error);
	return assign(out, seat, intent, subscriber, actor, now, arena, error);
}
