#include "asking/reversing.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "money/booking_reversal.h"
#include "state/questions.h"
#include "state/street.h"

#define AT_ONCE_MAX 16
#define LEAVES_WITHIN_US (10 * MINUTE_US) /* nobody expects it to leave later than that */
#define ASK_FIRST_US (15 * SECOND_US)     /* results mostly take seconds */
#define ASK_AGAIN_US MINUTE_US
#define ASK_AGAIN_MAX_US (60 * MINUTE_US)
#define ASKED_FOR_US (4 * DAY_US)
#define BUSY_US MINUTE_US
#define WITHOUT_KEYS_US (5 * MINUTE_US)

/* ---- writing what became of it --------------------------------------------------------------- */

/* False in *write: it stays as it is. */
typedef void change(struct question *order, const struct lane *lane, const void *context,
		    bool *write);

/*
 * Reads the order anew, changes it and writes it, in one transaction: the teller may have booked
 * its result while we were talking.
 */
static bool update(bool *written, const struct lane *lane, int64_t id, change *work,
		   const void *context, struct error *error)
{
	struct store *store = lane->seat->store;
	struct question order;
	bool found, done;

	*written = false;
	if (!store_begin(store, error))
		return false;
	done = questions_find(&found, &order, store, id, lane->arena, error);
	if (done && found)
		work(&order, lane, context, written);
	if (done && *written)
		done = questions_write(store, &order, lane->now, error);
	if (!done) {
		store_abort(store);
		return false;
	}
	lane_again(lane, found ? order.next_at : 0);
	return store_commit(store, error);
}

static void say(const struct lane *lane, const struct question *order, struct text why)
{
	log_line(LOG_WARNING, "payment-order", "tenant=%.*s receipt=%.*s by=%.*s why=\"%.*s\"",
		 TEXT_ARG(lane->seat->tenant->name), TEXT_ARG(order->receipt),
		 TEXT_ARG(order->actor), TEXT_ARG(why));
}

struct end {
	enum question_status status;
	struct text why;
};

static void change_end(struct question *order, const struct lane *lane, const void *context,
		       bool *write)
{
	const struct end *end = context;

	(void)lane;
	*write = true;
	order->next_at = 0;
	if (order->status != QUESTION_OPEN)
		return;
	order->status = end->status;
	order->why = end->why;
}

static bool end(const struct lane *lane, const struct question *order, enum question_status status,
		struct text why, struct error *error)
{
	struct end how = { status, why };
	bool written;

	say(lane, order, why);
	return update(&written, lane, order->id, change_end, &how, error);
}

struct delay {
	int64_t next_at;
	struct text why; /* empty: as it was */
};

static void change_delay(struct question *order, const struct lane *lane, const void *context,
			 bool *write)
{
	const struct delay *delay = context;

	(void)lane;
	*write = order->next_at > 0;
	order->next_at = delay->next_at;
	if (order->status == QUESTION_OPEN && delay->why.size > 0)
		order->why = delay->why;
}

/* ---- it leaves ------------------------------------------------------------------------------- */

/* From here on it counts as sent: if this process ends now, it is never sent again. */
static void change_leaving(struct question *order, const struct lane *lane, const void *context,
			   bool *write)
{
	const struct digest *token = context;

	*write = order->status == QUESTION_OPEN && order->sent_at == 0;
	if (!*write)
		return;
	order->token = *token;
	order->sent_at = lane->now;
	order->next_at = lane->now + ASK_FIRST_US;
	order->why = TEXT("it was sent to the provider, which has not answered yet");
}

static void change_sent(struct question *order, const struct lane *lane, const void *context,
			bool *write)
{
	const struct said *said = context;
	struct arena *arena = lane->arena;

	*write = true;
	if (said->answer == ANSWER_YES)
		order->ordered_ref = said->provider_ref;
	if (order->status != QUESTION_OPEN)
		return;
	switch (said->answer) {
	case ANSWER_YES:
		order->why = TEXT("the provider took the order, and has not said yet that it is "
				  "done");
		return;
	case ANSWER_NO:
	case ANSWER_LATER:
		order->status = QUESTION_NO;
		order->next_at = 0;
		order->why = text_format(arena,
					 "the provider did not take the order: %.*s; "
					 "nothing was given back",
					 TEXT_ARG(said->why));
		return;
	case ANSWER_NONE:
	case ANSWER_LOGIN:
		break;
	}
	order->why = text_format(arena,
				 "nobody knows whether the provider took the order: %.*s; it is "
				 "asked how the payment stands",
				 TEXT_ARG(said->why));
}

/* Its URLs are open before it leaves: the result may be faster than the acknowledgement. */
static bool open_urls(struct order *out, struct digest *token, const struct lane *lane,
		      const struct question *order, struct error *error)
{
	struct street_attempt rows[2];
	struct text urls[2];

	for (uint32_t i = 0; i < 2; i++) {
		rows[i] = (struct street_attempt){ .channel = order->channel,
						   .provider = order->provider,
						   .until_at = lane->now + LANE_URL_OPEN_US };
		urls[i] = lane_url(lane, lane_token(&rows[i].token, lane->arena));
	}
	rows[0].attempt = question_url(order->id, QUESTION_URL_RESULT, 0);
	rows[1].attempt = question_url(order->id, QUESTION_URL_TIMEOUT, 0);
	*token = rows[0].token;
	*out = (struct order){ .receipt = order->receipt,
			       .cents = order->cents,
			       .result_url = urls[0],
			       .timeout_url = urls[1] };
	return street_attempts_open(lane->seat->store, rows, 2, lane->now, error);
}

static bool leave(const struct lane *lane, struct counterpart *to, const struct question *question,
		  struct error *error)
{
	struct digest token;
	struct order order;
	struct said said;
	bool written;

	if (!open_urls(&order, &token, lane, question, error))
		return false;
	failpoint("asker-before-order");
	if (!update(&written, lane, question->id, change_leaving, &token, error))
		return false;
	if (!written)
		return true;
	failpoint("asker-before-reversal");
	said = inquiry_reverse(lane->inquiry, to, &order, lane->arena);
	lane_heard(lane, to);
	failpoint("asker-after-reversal");
	if (said.answer != ANSWER_YES)
		say(lane, question, said.why);
	return update(&written, lane, question->id, change_sent, &said, error);
}

/* ---- what became of it ----------------------------------------------------------------------- */

/* What is said about it is as of then; a clock that went back does not make it older. */
static void change_asking(struct question *order, const struct lane *lane, const void *context,
			  bool *write)
{
	int64_t after_at = order->asked_at > order->sent_at ? order->asked_at : order->sent_at;

	(void)context;
	*write = order->next_at > 0 && order->sent_at > 0;
	if (!*write)
		return;
	order->asked_at = lane->now > after_at ? lane->now : after_at + 1;
	order->next_at = lane->now + lane_wait_us(ASK_AGAIN_US, ASK_AGAIN_MAX_US, order->asks);
	order->asks++;
	order->follows = true;
	order->provider_ref = TEXT_NONE;
}

static void change_asked(struct question *order, const struct lane *lane, const void *context,
			 bool *write)
{
	const struct said *said = context;

	*write = order->next_at > 0;
	if (said->answer == ANSWER_YES) {
		order->provider_ref = said->provider_ref;
		return;
	}
	if (said->answer == ANSWER_LATER)
		order->next_at = lane->now + BUSY_US;
	if (order->status == QUESTION_OPEN)
		order->why = text_format(lane->arena,
					 "the provider was asked how the payment stands, and is "
					 "asked again: %.*s",
					 TEXT_ARG(said->why));
}

static bool ask(const struct lane *lane, struct counterpart *to, const struct question *question,
		struct error *error)
{
	struct street_attempt row = {
		.channel = question->channel,
		.provider = question->provider,
		.attempt = question_url(question->id, QUESTION_URL_STATUS, question->asks),
		.until_at = lane->now + LANE_URL_OPEN_US,
	};
	struct order order = { .receipt = question->receipt, .cents = question->cents };
	struct said said;
	bool written;

	order.result_url = lane_url(lane, lane_token(&row.token, lane->arena));
	if (!street_attempts_open(lane->seat->store, &row, 1, lane->now, error) ||
	    !update(&written, lane, question->id, change_asking, NULL, error))
		return false;
	if (!written)
		return true;
	said = inquiry_verify(lane->inquiry, to, &order, lane->arena);
	lane_heard(lane, to);
	if (said.answer != ANSWER_YES)
		say(lane, question, said.why);
	return update(&written, lane, question->id, change_asked, &said, error);
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* It is out of the books by another way: a list or a statement had it, another order, a person. */
static bool was_done(const struct lane *lane, const struct question *order, struct text reason,
		     struct error *error)
{
	if (order->sent_at == 0)
		return end(lane, order, QUESTION_NO,
			   text_format(lane->arena,
				       "it did not leave: the payment was refunded before: %.*s",
				       TEXT_ARG(reason)),
			   error);
	return end(
	    lane, order, QUESTION_YES,
	    text_format(lane->arena, "the payment was refunded meanwhile: %.*s", TEXT_ARG(reason)),
	    error);
}

static bool without_rights(const struct lane *lane, const struct question *order, struct text why,
			   struct error *error)
{
	struct delay delay = { .next_at = lane->now + WITHOUT_KEYS_US };
	bool written;

	if (order->sent_at == 0)
		return end(lane, order, QUESTION_NO,
			   text_format(lane->arena,
				       "it did not leave: %.*s; nothing was given back",
				       TEXT_ARG(why)),
			   error);
	delay.why = text_format(lane->arena, "the provider cannot be asked what became of it: %.*s",
				TEXT_ARG(why));
	return update(&written, lane, order->id, change_delay, &delay, error);
}

/* It stays due; a person who waits for it is told why. */
static bool keep_pace(const struct lane *lane, const struct question *order, int64_t wait_us,
		      struct error *error)
{
	struct delay delay = { .next_at = lane->now + wait_us };
	bool written;

	lane_again(lane, delay.next_at);
	if (order->sent_at != 0 || order->why.size > 0)
		return true;
	delay.why = TEXT("it leaves as soon as the pace that the provider allows lets it");
	return update(&written, lane, order->id, change_delay, &delay, error);
}

/* *over: it was asked, or the budget of its channel is used up for now. */
static bool look(bool *called, bool *over, const struct lane *lane, const struct question *order,
		 struct error *error)
{
	const struct provider *provider = provider_find(order->provider);
	struct counterpart to;
	struct text why;
	int64_t wait_us;
	bool done;

	if (!booking_reversal_is_done(&done, &why, lane->seat, order, lane->arena, error))
		return false;
	if (done)
		return was_done(lane, order, why, error);
	if (order->sent_at == 0 && lane->now - order->created_at > LEAVES_WITHIN_US)
		return end(lane, order, QUESTION_NO,
			   TEXT("it did not leave within ten minutes, and leaves no more: order it "
				"again; nothing was given back"),
			   error);
	if (order->sent_at != 0 && lane->now - order->sent_at > ASKED_FOR_US)
		return end(lane, order, QUESTION_UNKNOWN,
			   TEXT("the provider was asked for days what became of it, and is asked "
				"no more: look it up in its portal"),
			   error);
	if (!counterpart_open(&to, lane->seat, lane->intent, order->channel, NEEDS_ORDER,
			      lane->arena, &why) ||
	    !counterpart_reaches_us(lane->seat->settings, to.channel, &why))
		return without_rights(lane, order, why, error);
	if (to.provider != provider || to.api->reverse == NULL)
		return without_rights(lane, order, TEXT("its channel is another provider's now"),
				      error);
	wait_us = inquiry_from(lane->inquiry, &to, PACE_QUESTION) - clock_monotonic();
	if (wait_us > 0) {
		*over = true;
		return keep_pace(lane, order, wait_us, error);
	}
	*over = *called = true;
	return order->sent_at == 0 ? leave(lane, &to, order, error)
				   : ask(lane, &to, order, error);
}

bool reversing_step(bool *called, const struct lane *lane, struct error *error)
{
	struct question *due;
	uint32_t count;
	bool over = false;

	*called = false;
	if (!questions_orders_due(&due, &count, lane->seat->store, lane->channel, lane->now,
				  AT_ONCE_MAX, lane->arena, error))
		return false;
	for (uint32_t i = 0; i < count && !over && !*lane->stopping; i++)
		if (!look(called, &over, lane, &due[i], error))
			return false;
	if (count == AT_ONCE_MAX)
		lane_again(lane, lane->now + SECOND_US);
	return true;
}
