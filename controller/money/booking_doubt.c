#include "money/booking_doubt.h"

#include "money/booking_question.h"
#include "provider/provider.h"
#include "state/doubts.h"
#include "state/questions.h"

#define REASON "its receipt is odd"
#define ASKS_UNCONFIRMED 5 /* some ten minutes */

static bool add(struct seat *seat, int64_t payment_id, enum doubt_verdict verdict, struct text why,
		int64_t now, struct error *error)
{
	return doubts_add(seat->store, &(struct doubt){ payment_id, verdict, why, now }, error);
}

/* In the books without anybody having been asked: asked now, for nothing else would be. */
static bool ask(struct seat *seat, const struct intent *intent, const struct payment *payment,
		struct text receipt, int64_t now, struct arena *arena, struct error *error)
{
	const struct channel *channel = intent_channel(intent, payment->channel);
	struct question question = { .kind = QUESTION_VERIFY,
				     .channel = payment->channel,
				     .provider = payment->provider,
				     .payment_id = payment->id,
				     .receipt = receipt,
				     .cents = payment->amount_cents,
				     .reason = TEXT(REASON) };
	const struct provider *provider = provider_find(payment->provider);
	bool fresh;

	if (payment->status == PAYMENT_HELD || channel == NULL || channel->initiator.size == 0 ||
	    provider->api == NULL || !provider->api->verify_is_late || payment->amount_cents <= 0)
		return true;
	return questions_start(&fresh, &question, seat->store, now, arena, error);
}

bool booking_doubt_odd(struct seat *seat, const struct intent *intent,
		       const struct payment *payment, struct text receipt, int64_t now,
		       struct arena *arena, struct error *error)
{
	const struct provider *provider = provider_find(payment->provider);
	struct text why = TEXT_NONE;

	if (provider != NULL && provider->odd != NULL && receipt.size > 0)
		why = provider->odd(receipt, payment->at, arena);
	return why.size == 0 ||
	       (add(seat, payment->id, DOUBT_ODD, why, now, error) &&
		ask(seat, intent, payment, receipt, now, arena, error));
}

bool booking_doubt_asks(const struct question *question)
{
	return question->kind == QUESTION_VERIFY && text_is(question->reason, REASON);
}

bool booking_doubt_answered(struct seat *seat, const struct question *question, bool is_true,
			    struct text why, int64_t now, struct error *error)
{
	return add(seat, question->payment_id, is_true ? DOUBT_TRUE : DOUBT_FALSE, why, now,
		   error);
}

bool booking_doubt_unanswered(struct seat *seat, const struct question *question, int64_t now,
			      struct error *error)
{
	bool is_late = question->status == QUESTION_UNKNOWN ||
		       (question->status == QUESTION_OPEN && question->asks == ASKS_UNCONFIRMED);

	return !is_late ||
	       add(seat, question->payment_id, DOUBT_UNCONFIRMED,
		   question->why.size > 0 ? question->why : TEXT("the provider does not answer"),
		   now, error);
}

/* The newest word about it; *found false: nobody doubts it. */
static bool newest(bool *found, enum doubt_verdict *verdict, struct seat *seat,
		   const struct payment *payment, struct arena *arena, struct error *error)
{
	struct doubt *doubts;
	uint32_t count;

	if (!doubts_of(&doubts, &count, seat->store, payment->id, arena, error))
		return false;
	*found = count > 0;
	if (*found)
		*verdict = doubts[count - 1].verdict;
	return true;
}

bool booking_doubt_agreed(struct seat *seat, const struct payment *payment, int64_t now,
			  struct arena *arena, struct error *error)
{
	enum doubt_verdict verdict = DOUBT_TRUE;
	bool found;

	if (!newest(&found, &verdict, seat, payment, arena, error))
		return false;
	return !found || verdict == DOUBT_TRUE || verdict == DOUBT_FALSE ||
	       add(seat, payment->id, DOUBT_TRUE, TEXT("the provider's own list has it"), now,
		   error);
}

bool booking_doubt_denied(struct seat *seat, const struct payment *payment, int64_t cents,
			  int64_t now, struct arena *arena, struct error *error)
{
	return add(seat, payment->id, DOUBT_FALSE,
		   text_format(arena, "the provider says that it was %.*s",
			       TEXT_ARG(text_of_cents(arena, cents))),
		   now, error);
}

bool booking_doubt_unnamed(struct seat *seat, const struct payment *payment, struct text why,
			   int64_t now, struct error *error)
{
	return add(seat, payment->id, DOUBT_UNNAMED, why, now, error);
}
