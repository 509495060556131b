#include "money/booking_question.h"

#include "money/booking_doubt.h"
#include "money/booking_inside.h"
#include "money/booking_reversal.h"
#include "provider/provider.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/questions.h"
#include "state/words.h"

bool booking_question_start(struct seat *seat, const struct payment *held, struct text receipt,
			    int64_t now, struct arena *arena, struct error *error)
{
	const struct provider *provider = provider_find(held->provider);
	struct question question = { .kind = QUESTION_VERIFY,
				     .channel = held->channel,
				     .provider = held->provider,
				     .payment_id = held->id,
				     .receipt = receipt,
				     .cents = held->amount_cents };
	bool fresh;

	if (provider == NULL || provider->api == NULL || !provider->api->verify_is_late ||
	    !held->has_amount || held->amount_cents <= 0 || receipt.size == 0)
		return true;
	return questions_start(&fresh, &question, seat->store, now, arena, error);
}

bool booking_question_waits(bool *waits, struct seat *seat, const struct question *question,
			    struct arena *arena, struct error *error)
{
	struct payment held;
	struct text by;
	bool found;

	*waits = false;
	if (!ledger_payment_of_id(&found, &held, seat->store, question->payment_id, arena, error))
		return false;
	if (found && booking_doubt_asks(question)) {
		*waits = held.status == PAYMENT_CREDITED || held.status == PAYMENT_UNMATCHED;
		return true;
	}
	if (!found || held.status != PAYMENT_HELD)
		return true;
	if (!settled_by(&by, seat->store, held.id, arena, error))
		return false;
	*waits = by.size == 0;
	return true;
}

bool booking_question_write(struct seat *seat, const struct question *question, struct text why,
			    int64_t now, struct arena *arena, struct error *error)
{
	struct payment held;
	bool found;

	if (booking_doubt_asks(question))
		return questions_write(seat->store, question, now, error) &&
		       booking_doubt_unanswered(seat, question, now, error);
	if (!questions_write(seat->store, question, now, error) ||
	    !ledger_payment_of_id(&found, &held, seat->store, question->payment_id, arena, error))
		return false;
	if (why.size == 0 || !found || held.status != PAYMENT_HELD || text_equal(held.reason, why))
		return true;
	return ledger_hold(seat->store, held.id, why, now, error);
}

/* One result in hand. */
struct answer_of {
	struct booked *out;
	struct seat *seat;
	const struct intent *intent;
	struct question *question;
	int64_t now;
	struct arena *arena;
};

static bool leave(const struct answer_of *at, enum question_status status, struct text why,
		  struct error *error)
{
	at->question->status = status;
	at->question->why = why;
	if (status != QUESTION_OPEN)
		at->question->next_at = 0;
	return booking_question_write(at->seat, at->question, why, at->now, at->arena, error);
}

/* Who said so much about the receipt, and do they agree whose it is? */
struct heard_of {
	struct payment first; /* of those; without any: of all */
	bool found, agree;
};

static bool look_through(struct heard_of *out, const struct answer_of *at,
			 const struct words *words, int64_t cents, struct error *error)
{
	struct payment held;
	bool found;

	*out = (struct heard_of){ .agree = true };
	for (uint32_t i = 0; i < words->count; i++) {
		if (!ledger_payment_of_id(&found, &held, at->seat->store, words->open[i], at->arena,
					  error))
			return false;
		invariant(found);
		if (i == 0 && !out->found)
			out->first = held;
		if (!held.has_amount || held.amount_cents != cents)
			continue;
		if (out->found)
			out->agree = out->agree &&
				     booking_same_words(&out->first, &held, at->arena);
		else
			out->first = held;
		out->found = true;
	}
	return true;
}

/* Why nobody who counts says whose money it is. */
static struct text nobodys(const struct answer_of *at, const struct said *said,
			   const struct heard_of *heard)
{
	struct text said_so = TEXT("an unreadable amount");

	if (heard->found)
		return TEXT("callbacks name different references for it, and the provider names "
			    "none");
	if (heard->first.has_amount)
		said_so = text_of_cents(at->arena, heard->first.amount_cents);
	return text_format(at->arena, "the provider says that it was %.*s, the callback says %.*s",
			   TEXT_ARG(text_of_cents(at->arena, said->amount_cents)),
			   TEXT_ARG(said_so));
}

/* It is so: the callback that was held is booked as if it had been believed at once; and where it
 * lied, what is true. */
static bool believe(const struct answer_of *at, const struct said *said, struct error *error)
{
	struct vouched vouched = { at->question->receipt, said->amount_cents, said->at,
				   said->payer };
	struct words words;
	struct heard_of heard;
	struct inbox_line line;

	if (!word_about(&words, at->seat->store, at->question->receipt, at->arena, error) ||
	    !look_through(&heard, at, &words, said->amount_cents, error))
		return false;
	if (said->amount_cents == at->question->cents) {
		if (!leave(at, QUESTION_YES, TEXT_NONE, error))
			return false;
	} else if (!leave(at, QUESTION_NO,
			  text_format(at->arena, "the provider says that it was %.*s, the callback "
						 "says %.*s",
				      TEXT_ARG(text_of_cents(at->arena, said->amount_cents)),
				      TEXT_ARG(text_of_cents(at->arena, at->question->cents))),
			  error)) {
		return false;
	}
	if (words.count == 0)
		return true; /* it waits no longer */
	if (!inbox_line(&line, at->seat->store, heard.first.inbox_id, at->arena, error))
		return false;
	return heard.found && heard.agree
		   ? booking_true(at->out, at->seat, at->intent, &line, &vouched, at->now,
				  at->arena, error)
		   : booking_nobodys(at->out, at->seat, at->intent, &line, &vouched,
				     nobodys(at, said, &heard), at->now, at->arena, error);
}

/* What was booked because a callback said so: the answer is written down, and moves nothing. */
static bool understand_doubt(const struct answer_of *at, const struct said *said,
			     struct error *error)
{
	bool is_yes = said->answer == ANSWER_YES &&
		      text_equal(said->receipt, at->question->receipt) && said->has_amount;
	bool is_true = is_yes && said->amount_cents == at->question->cents;
	struct text why = said->why;

	if (!is_yes && said->answer != ANSWER_NO)
		return at->question->status != QUESTION_OPEN ||
		       leave(at, QUESTION_OPEN, said->why, error);
	if (is_true)
		why = TEXT("the provider says that it is true");
	else if (is_yes)
		why = text_format(at->arena, "the provider says that it was %.*s",
				  TEXT_ARG(text_of_cents(at->arena, said->amount_cents)));
	return leave(at, is_true ? QUESTION_YES : QUESTION_NO, why, error) &&
	       booking_doubt_answered(at->seat, at->question, is_true, why, at->now, error);
}

static bool understand(const struct answer_of *at, const struct said *said, struct error *error)
{
	const struct question *question = at->question;
	struct arena *arena = at->arena;

	if (booking_doubt_asks(question))
		return understand_doubt(at, said, error);
	switch (said->answer) {
	case ANSWER_YES:
		break;
	case ANSWER_NO:
		return leave(at, QUESTION_NO,
			     text_format(arena, "the provider says that it does not count: %.*s",
					 TEXT_ARG(said->why)),
			     error);
	case ANSWER_NONE:
	case ANSWER_LOGIN:
	case ANSWER_LATER:
		/* A question that came to nothing says nothing about the money: asked again. */
		if (question->status != QUESTION_OPEN)
			return true;
		return leave(at, QUESTION_OPEN,
			     text_format(arena,
					 "the provider was asked whether it is true, and is asked "
					 "again: %.*s",
					 TEXT_ARG(said->why)),
			     error);
	}
	/* Which question it answers is known by the URL, which nobody can guess; the receipt says
	 * which payment it is about. */
	if (!text_equal(said->receipt, question->receipt))
		return question->status != QUESTION_OPEN ||
		       leave(at, QUESTION_OPEN,
			     text_format(arena, "the provider's answer names payment %.*s",
					 TEXT_ARG(said->receipt)),
			     error);
	if (!said->has_amount || said->amount_cents <= 0)
		return question->status != QUESTION_OPEN ||
		       leave(at, QUESTION_OPEN, TEXT("the provider's answer names no amount"),
			     error);
	return believe(at, said, error);
}

bool booking_question_result(struct booked *out, struct seat *seat, const struct intent *intent,
			     const struct inbox_line *line, int64_t now, struct arena *arena,
			     struct error *error)
{
	const struct channel *channel = intent_channel(intent, line->channel);
	const struct provider *provider = provider_find(line->provider);
	struct question question;
	struct answer_of at = { out, seat, intent, &question, now, arena };
	enum question_url url;
	struct said said;
	uint32_t ask;
	bool found;

	*out = (struct booked){ 0 };
	if (!questions_find(&found, &question, seat->store,
			    question_of_url(line->attempt, &url, &ask), arena, error))
		return false;
	if (found && question.kind == QUESTION_REVERSE)
		return booking_reversal_result(out, seat, intent, line, &question, url, ask, now,
					       arena, error);
	/* What cannot be understood now is asked again; what was answered stays answered. */
	if (!found || question.kind != QUESTION_VERIFY || channel == NULL || provider == NULL ||
	    provider->api == NULL || provider->api->order_result == NULL ||
	    !text_equal(channel->provider, line->provider) ||
	    !text_equal(question.provider, line->provider) ||
	    !text_equal(question.channel, line->channel) || question.status == QUESTION_YES ||
	    question.status == QUESTION_NO)
		return true;
	said = provider->api->order_result(channel, line->body, arena);
	if (!provider_source_allowed(channel, line->source)) {
		said.answer = ANSWER_NONE;
		said.why = text_format(arena, "source %.*s is not among the channel's `sources`",
				       TEXT_ARG(line->source));
	}
	return understand(&at, &said, error);
}
