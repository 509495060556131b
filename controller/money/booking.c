#include "money/booking.h"

#include "base/clock.h"
#include "base/digest.h"
#include "money/booking_attempt.h"
#include "money/booking_doubt.h"
#include "money/booking_inside.h"
#include "money/booking_question.h"
#include "policies/matching.h"
#include "provider/provider.h"
#include "seat/person.h"
#include "state/attempts.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/words.h"

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

static bool match_and_credit(struct booked *out, struct seat *seat, const struct intent *intent,
			     const struct heard *heard, const struct payment *held, int64_t now,
			     struct arena *arena, struct error *error)
{
	struct text settled, stated = TEXT_NONE;
	struct match match;

	if (!booking_match(&match, seat, intent, &heard->notice, now, arena, error))
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

static struct text payer_hash(const struct payment *payment, char hex[65])
{
	struct digest digest;

	if (payment->phone.size == 0)
		return payment->phone_hash;
	digest = digest_of(payment->phone);
	digest_hex(&digest, hex);
	return text_of(hex);
}

/* A word about the payer, too, is only a word: the books name whom the provider names, for by him
 * the money of a prompt is known. */
static bool is_true_word(const struct payment *word, const struct payment *said,
			 struct arena *arena)
{
	char former[65], latter[65];
	struct text payer = payer_hash(said, latter);

	return booking_same_words(word, said, arena) &&
	       (payer.size == 0 || text_equal(payer, payer_hash(word, former)));
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
	/* Whose prompt is said to have that receipt, now that the receipt is known to be true? */
	if (may_be &&
	    !attempts_hinted(&is_prompt, &attempt, seat->store, notice->receipt, arena, error))
		return false;
	is_prompt = is_prompt && text_equal(attempt.channel, line->channel) &&
		    attempt.cents == notice->amount_cents;
	if (may_be && !is_prompt)
		return booking_words_because(
		    seat, notice->receipt,
		    TEXT("the provider says that it is true, but not who paid it: it may be the "
			 "money of a prompt that was credited then, whose receipt is not known"),
		    now, arena, error);
	if (word != NULL && !is_prompt && is_true_word(word, &out->payment, arena))
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

/*
 * A callback that comes again says what it said: one that names another account was forged, or the
 * former was. A prompt's account is cut by providers, and what a person recorded is his to name.
 */
static bool names_another(bool *another, struct seat *seat, const struct heard *heard,
			  const struct payment *said, const struct payment *former,
			  struct arena *arena, struct error *error)
{
	struct attempt attempt;
	bool is_prompts = false;

	*another = heard->is_said && former->inbox_id > 0 && former->reference.size > 0 &&
		   said->reference.size > 0 && !booking_same_words(former, said, arena);
	if (*another && !attempts_of_payment(&is_prompts, &attempt, seat->store, former->id, arena,
					     error))
		return false;
	*another = *another && !is_prompts;
	return true;
}

/* Something whose receipt is known already, and not from a mere word. */
static bool book_known(struct booked *out, struct seat *seat, const struct intent *intent,
		       const struct heard *heard, const struct payment *former, int64_t now,
		       struct arena *arena, struct error *error)
{
	bool another;

	if (!compare(seat, heard, &out->payment, former, now, arena, error))
		return false;
	if (!names_another(&another, seat, heard, &out->payment, former, arena, error))
		return false;
	if (another || !booking_same_amount(former, &out->payment))
		return booking_hold_other(out, seat, former, arena, error);
	if (former->status != PAYMENT_HELD || heard->why.size > 0)
		return true;
	return match_and_credit(out, seat, intent, heard, former, now, arena, error);
}

bool booking_known(struct known *out, struct seat *seat, struct text receipt, struct arena *arena,
		   struct error *error)
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

	if (!booking_known(&known, seat, receipt, arena, error))
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
		booking_doubt_unnamed(
		    seat, payment,
		    TEXT("the provider says that it is true, and does not say who paid"), now,
		    error));
}

bool booking_heard(struct booked *out, struct seat *seat, const struct intent *intent,
		   const struct inbox_line *line, const struct heard *heard, int64_t now,
		   struct arena *arena, struct error *error)
{
	return book_words(out, seat, intent, line, heard, now, arena, error) &&
	       doubt(out, seat, intent, heard, now, arena, error);
}

bool booking_contradicted(struct booked *out, struct seat *seat, const struct intent *intent,
			  const struct inbox_line *line, const struct heard *heard,
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
	return booking_heard(out, seat, intent, line, &heard, now, arena, error);
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

	return booking_heard(out, seat, intent, line, &heard, now, arena, error);
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
	return booking_heard(out, seat, intent, line, &heard, now, arena, error);
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
	return booking_heard(out, seat, intent, line, &heard, now, arena, error);
}

void booking_tell(struct seat *seat, const struct booked *booked)
{
	if (booked->subscriber == NULL)
		return;
	seat_dirty(seat, booked->subscriber->reference);
	person_ring(seat, booked->subscriber->router->name, booked->subscriber->reference,
		    URGENCY_URGENT);
}
