#include "money/booking.h"

#include "base/clock.h"
#include "money/booking_attempt.h"
#include "money/booking_doubt.h"
#include "money/booking_ending.h"
#include "money/booking_inside.h"
#include "money/booking_question.h"
#include "seat/rollout.h"
#include "policies/matching.h"
#include "policies/prepaid.h"
#include "provider/provider.h"
#include "state/attempts.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/pulls.h"
#include "state/words.h"

#define SAME_HELD_MAX 500 /* newest held payments among which a repeated refusal is looked for */

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
	if (heard->nobodys.size > 0)
		match = (struct match){ .why = heard->nobodys };
	if (heard->actor.size > 0 || heard->is_listed) {
		stated = heard->is_listed ? TEXT("from the provider's list")
					  : text_format(arena, "from a statement, by %.*s",
							TEXT_ARG(heard->actor));
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

/* Money that is proven, of a receipt that a mere word may have (`word`, or NULL): what was heard is
 * booked, and never what the word says. */
static bool book_true(struct booked *out, struct seat *seat, const struct intent *intent,
		      const struct inbox_line *line, const struct heard *heard,
		      const struct payment *word, int64_t now, struct arena *arena,
		      struct error *error)
{
	const struct notice *notice = &heard->notice;
	struct attempt attempt;
	bool is_prompt, merged, may_be = false;

	if (!booking_merge_find(&is_prompt, &attempt, seat, line, notice, arena, error) ||
	    (!is_prompt && heard->payer_is_word &&
	     !attempts_wait(&may_be, seat->store, line->channel, notice->amount_cents,
			    notice->at != 0 ? notice->at : line->received_at, error)))
		return false;
	if (may_be)
		return booking_words_because(
		    seat, notice->receipt,
		    TEXT("the provider says that it is true, but not who paid it: it may be the "
			 "money of a prompt that was credited then, whose receipt is not known"),
		    now, arena, error);
	if (word != NULL && !is_prompt && booking_same_words(word, &out->payment, arena))
		return match_and_credit(out, seat, intent, heard, word, now, arena, error);
	if (word != NULL && !word_give_way(seat->store, word->id, now, error))
		return false;
	if (is_prompt)
		return booking_merge(&merged, seat, &attempt, heard->notice.receipt, now, arena,
				     error);
	return match_and_credit(out, seat, intent, heard, NULL, now, arena, error);
}

/* Proven, but not to be credited without a person: a word about it says so now. */
static bool hold_true(struct booked *out, struct seat *seat, const struct heard *heard,
		      const struct payment *word, int64_t now, struct arena *arena,
		      struct error *error)
{
	if (word == NULL)
		return booking_book(out, seat, PAYMENT_HELD, heard->why, TEXT_NONE, arena, error);
	return ledger_hold(seat->store, word->id,
			   text_format(arena, "the provider says that it is true, but %.*s",
				       TEXT_ARG(heard->why)),
			   now, error);
}

/* The provider itself speaks of what is in the books: it agrees, or it does not. */
static bool compare(struct seat *seat, const struct heard *heard, const struct payment *said,
		    const struct payment *former, int64_t now, struct arena *arena,
		    struct error *error)
{
	if (heard->is_said || heard->why.size > 0 || former->status == PAYMENT_HELD ||
	    !former->has_amount || !said->has_amount)
		return true;
	return former->amount_cents == said->amount_cents
		   ? booking_doubt_agreed(seat, former, now, arena, error)
		   : booking_doubt_denied(seat, former, said->amount_cents, now, arena, error);
}

/* Something whose receipt is known already, and not from a mere word. */
static bool book_known(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct heard *heard, const struct payment *former, int64_t now,
		       struct arena *arena, struct error *error)
{
	if (!compare(seat, heard, &out->payment, former, now, arena, error))
		return false;
	if (former->has_amount != out->payment.has_amount ||
	    (former->has_amount && former->amount_cents != out->payment.amount_cents))
		return booking_hold_other_amount(out, seat, former, arena, error);
	if (former->status != PAYMENT_HELD || heard->why.size > 0)
		return true;
	return match_and_credit(out, seat, intent, heard, former, now, arena, error);
}

/* What is known of a receipt before something proven is booked under it. */
struct known {
	struct payment former;
	bool found;   /* `former` has it */
	bool is_word; /* but is a mere word that waits */
	bool is_done; /* a person recorded what a word said, or gave it back */
};

static bool known_read(struct known *out, struct seat *seat, struct text receipt,
		       struct arena *arena, struct error *error)
{
	struct words words;
	bool waits;

	*out = (struct known){ 0 };
	if (!ledger_payment(&out->found, &out->former, seat->store, receipt, arena, error) ||
	    (out->found &&
	     !word_is_open(&out->is_word, seat->store, out->former.id, error)) ||
	    !word_about(&words, seat->store, receipt, arena, error))
		return false;
	waits = out->former.status == PAYMENT_HELD || out->former.status == PAYMENT_REVERSED;
	out->is_done = words.is_closed && (!out->found || waits);
	return true;
}

static bool book_proven(struct booked *out, struct seat *seat, const struct intent *intent,
			const struct inbox_line *line, const struct heard *heard, int64_t now,
			struct arena *arena, struct error *error)
{
	struct text receipt = out->payment.receipt;
	struct attempt attempt;
	struct known known;
	bool is_prompt, is_news;

	if (!known_read(&known, seat, receipt, arena, error))
		return false;
	if (known.is_done)
		return true;
	is_news = !known.found && heard->nobodys.size == 0 && !heard->payer_is_word;
	if (heard->why.size == 0 &&
	    !booking_prompt_of(&is_prompt, &attempt, seat, &heard->notice,
			       &out->payment, is_news, arena, error))
		return false;
	if (heard->why.size == 0 && is_prompt)
		return (!known.is_word ||
			word_give_way(seat->store, known.former.id, now, error)) &&
		       booking_noticed(out, seat, intent, &attempt, &heard->notice, now, arena,
				       error) &&
		       booking_words_settle(seat, receipt, TEXT("provider"), now, arena, error);
	if (known.found && !known.is_word)
		return book_known(out, seat, intent, heard, &known.former, now, arena, error);
	if (heard->why.size > 0)
		return hold_true(out, seat, heard, known.found ? &known.former : NULL, now, arena,
				 error);
	return book_true(out, seat, intent, line, heard, known.found ? &known.former : NULL, now,
			 arena, error) &&
	       booking_words_settle(seat, receipt, TEXT("provider"), now, arena, error);
}

static bool book_words(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct inbox_line *line, const struct heard *heard, int64_t now,
		       struct arena *arena, struct error *error)
{
	struct spoken spoken = { .why = heard->why,
				 .is_hint = heard->asks,
				 .is_asked_late = heard->unverified };

	*out = (struct booked){ .payment = payment_of(line, heard, now) };
	if (heard->refused)
		return booking_refuse(out, seat, line, heard->why, now, arena, error);
	if (heard->notice.kind == NOTICE_NOTHING)
		return true;
	if (out->payment.receipt.size == 0)
		return booking_hold_unreadable(out, seat, line, heard->why, now, arena, error);
	if (heard->unproven)
		return booking_word(out, seat, line, &spoken, now, arena, error);
	return book_proven(out, seat, intent, line, heard, now, arena, error);
}

/* What was booked may be odd, or its payer nobody's: it is written down. */
static bool doubt(const struct booked *booked, struct seat *seat, const struct intent *intent,
		  const struct heard *heard, int64_t now, struct arena *arena, struct error *error)
{
	const struct payment *payment = &booked->payment;

	if (!booked->changed || payment->id == 0)
		return true;
	if (heard->is_said)
		return booking_doubt_odd(seat, intent, payment, heard->notice.receipt, now, arena,
					 error);
	return booking_doubt_agreed(seat, payment, now, arena, error) &&
	       (!heard->payer_is_word || booked->status == PAYMENT_HELD ||
		booking_doubt_unnamed(seat, payment, now, error));
}

static bool book_heard(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct inbox_line *line, const struct heard *heard, int64_t now,
		       struct arena *arena, struct error *error)
{
	return book_words(out, seat, intent, line, heard, now, arena, error) &&
	       doubt(out, seat, intent, heard, now, arena, error);
}

bool booking_true(struct booked *out, struct seat *seat, const struct intent *intent,
		  const struct inbox_line *line, const struct vouched *vouched, int64_t now,
		  struct arena *arena, struct error *error)
{
	struct heard heard = booking_listen(seat, intent, line, arena);

	*out = (struct booked){ 0 };
	if (heard.notice.receipt.size == 0)
		return true; /* it cannot be read as it was: it stays held */
	if (heard.unverified)
		heard.why = TEXT_NONE; /* that is what was asked */
	heard.unproven = heard.refused = false;
	heard.payer_is_word = vouched->payer.size == 0;
	if (vouched->at != 0)
		heard.notice.at = vouched->at;
	if (!heard.payer_is_word) {
		heard.notice.phone = vouched->payer;
		heard.notice.phone_hash = TEXT_NONE;
	}
	return book_heard(out, seat, intent, line, &heard, now, arena, error);
}

bool booking_nobodys(struct booked *out, struct seat *seat, const struct intent *intent,
		     const struct inbox_line *line, const struct vouched *vouched, struct text why,
		     int64_t now, struct arena *arena, struct error *error)
{
	struct heard heard = { .channel = intent_channel(intent, line->channel),
			       .notice = { .kind = NOTICE_PAID,
					   .receipt = vouched->receipt,
					   .has_amount = true,
					   .amount_cents = vouched->cents,
					   .phone = vouched->payer,
					   .at = vouched->at },
			       .payer_is_word = vouched->payer.size == 0,
			       .nobodys = why };

	return book_heard(out, seat, intent, line, &heard, now, arena, error);
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
	heard = booking_listen(seat, intent, line, arena);
	heard.is_said = true;
	return book_heard(out, seat, intent, line, &heard, now, arena, error);
}

bool booking_confirmed(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct inbox_line *line, const struct notice *notice, int64_t now,
		       struct arena *arena, struct error *error)
{
	struct heard heard = { .channel = intent_channel(intent, line->channel),
			       .notice = *notice };
	bool unverified = false;

	*out = (struct booked){ 0 };
	if (heard.channel == NULL)
		return true; /* it stays held until its channel is declared again */
	booking_cut_words(&heard.notice);
	heard.why = booking_against(intent, heard.channel, &heard.notice, line->source,
				    PROOF_PROVEN, &unverified, arena);
	if (unverified)
		heard.why = TEXT_NONE; /* that is what was asked */
	return book_heard(out, seat, intent, line, &heard, now, arena, error);
}

/* ---- statements and lists -------------------------------------------------------------------- */

/* Why a stated line is not the money of the payment with its receipt, or empty. */
static bool stands_against(struct text *why, struct seat *seat, const struct intent *intent,
			   const struct payment *former, const struct heard *heard,
			   struct arena *arena, struct error *error)
{
	struct error refused = { 0 };
	struct text settled;

	*why = TEXT_NONE;
	if (!former->has_amount || former->amount_cents != heard->notice.amount_cents) {
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
	/* Whatever the callback said: the list is the provider's own word. */
	if (heard->is_listed || booking_may_release(seat, intent, former, arena, &refused))
		return true;
	*error = refused;
	*why = text_copy(arena, text_of(refused.text));
	return refused.code == ERROR_REFUSED;
}

/* Was it paid before wavu knew of that money? Then it may be part of what was declared as had. */
static bool came_before(struct text *why, struct seat *seat, const struct intent *intent,
			const struct heard *heard, int64_t now, struct arena *arena,
			struct error *error)
{
	struct asked asked = { seat, intent, now, arena, error, false };
	struct match match = match_notice(intent, &heard->notice, arena, is_terminated, &asked);
	int64_t first_at, own_at = 0;

	*why = TEXT_NONE;
	if (asked.failed || !takeover_at(&first_at, seat->store, error) ||
	    (match.subscriber != NULL &&
	     !opening_at(&own_at, seat->store, match.subscriber->reference, error)))
		return false;
	/* Its times are whole seconds. */
	if (heard->notice.at + SECOND_US <= first_at)
		*why = text_format(arena, "before the opening: wavu took over on %.*s",
				   TEXT_ARG(time_text(arena, intent->tenant.zone, first_at)));
	else if (heard->notice.at + SECOND_US <= own_at)
		*why = text_format(arena, "before the opening of %.*s, on %.*s",
				   TEXT_ARG(match.subscriber->account),
				   TEXT_ARG(time_text(arena, intent->tenant.zone, own_at)));
	return true;
}

/* What a provider's statement or its own list says: proven, once, by its receipt. */
/* What is in the books may be a lie of whoever had the token: the true amount is held beside it. */
static bool contradict(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct heard *heard, const struct inbox_line *line,
		       const struct known *known, int64_t now, struct arena *arena,
		       struct error *error)
{
	bool is_in = known->found && (known->former.status == PAYMENT_CREDITED ||
				      known->former.status == PAYMENT_UNMATCHED);

	if (known->is_done || !is_in || known->former.amount_cents == heard->notice.amount_cents)
		return true;
	*out = (struct booked){ .payment = payment_of(line, heard, now) };
	return book_known(out, seat, intent, heard, &known->former, now, arena, error);
}

static bool book_stated(struct booked *out, struct text *why, bool *by_hand, struct seat *seat,
			const struct intent *intent, struct heard *heard, int64_t now,
			struct arena *arena, struct error *error)
{
	const struct inbox_line line = { .provider = heard->channel->provider,
					 .channel = heard->channel->name,
					 .received_at = now };
	struct known known;

	invariant(heard->notice.receipt.size > 0 && heard->notice.has_amount);
	*out = (struct booked){ 0 };
	*why = TEXT_NONE;
	booking_cut_words(&heard->notice);
	if (!known_read(&known, seat, heard->notice.receipt, arena, error))
		return false;
	*by_hand = known.is_done;
	if (known.is_done)
		*why = TEXT("a person recorded it already");
	else if (known.found && !known.is_word &&
		 !stands_against(why, seat, intent, &known.former, heard, arena, error))
		return false;
	if (why->size > 0)
		return contradict(out, seat, intent, heard, &line, &known, now, arena, error);
	if (!known.found || known.former.status == PAYMENT_HELD) {
		if (!came_before(why, seat, intent, heard, now, arena, error))
			return false;
		/* A list begins where wavu took over: it came in, but nobody gets it unasked. */
		if (why->size > 0 && !heard->is_listed)
			return true;
		heard->nobodys = *why;
		*why = TEXT_NONE;
	}
	return book_heard(out, seat, intent, &line, heard, now, arena, error);
}

bool booking_stated(struct booked *out, struct text *why, struct seat *seat,
		    const struct intent *intent, const struct channel *channel,
		    const struct notice *notice, struct text actor, int64_t now,
		    struct arena *arena, struct error *error)
{
	struct heard heard = { .channel = channel, .notice = *notice, .actor = actor };
	bool by_hand;

	invariant(actor.size > 0);
	return book_stated(out, why, &by_hand, seat, intent, &heard, now, arena, error);
}

bool booking_listed(struct booked *out, struct text *why, bool *by_hand, struct seat *seat,
		    const struct intent *intent, const struct channel *channel,
		    const struct notice *notice, int64_t now, struct arena *arena,
		    struct error *error)
{
	struct heard heard = { .channel = channel, .notice = *notice, .is_listed = true };

	return book_stated(out, why, by_hand, seat, intent, &heard, now, arena, error);
}

void booking_tell(struct seat *seat, const struct booked *booked)
{
	if (booked->subscriber == NULL)
		return;
	seat_dirty(seat, booked->subscriber->reference);
	rollout_ring(seat, booked->subscriber->router->name, booked->subscriber->reference,
		     URGENCY_URGENT);
}
