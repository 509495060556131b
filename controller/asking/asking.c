#include "asking/asking.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "money/booking_question.h"
#include "state/questions.h"
#include "state/street.h"

#define AT_ONCE_MAX 16
#define ASK_AGAIN_US (20 * SECOND_US)
#define ASK_AGAIN_MAX_US (60 * MINUTE_US)
#define ASKS_MAX 100 /* some four days */
#define BUSY_US MINUTE_US
#define WITHOUT_KEYS_US (5 * MINUTE_US)

/* In one transaction, unless it was answered meanwhile. */
static bool note(const struct lane *at, const struct question *question, struct text why,
		 struct error *error)
{
	struct store *store = at->seat->store;
	struct question before;
	bool found, done;

	if (!store_begin(store, error))
		return false;
	done = questions_find(&found, &before, store, question->id, at->arena, error);
	if (done && found && before.status == QUESTION_OPEN)
		done = booking_question_write(at->seat, question, why, at->now, at->arena, error);
	if (!done) {
		store_abort(store);
		return false;
	}
	lane_again(at, question->next_at);
	return store_commit(store, error);
}

static bool give_up(const struct lane *at, struct question *question, struct text why,
		    struct error *error)
{
	question->status = QUESTION_UNKNOWN;
	question->next_at = 0;
	question->why = why;
	return note(at, question, why, error);
}

/* Written down before it leaves, and its URL is open: the answer may be faster than ours. */
static bool ask(const struct lane *at, struct counterpart *to, struct question *question,
		struct error *error)
{
	struct street_attempt row = { .channel = question->channel,
				      .provider = question->provider,
				      .attempt = question->id,
				      .until_at = at->now + LANE_URL_OPEN_US };
	struct text token = lane_token(&row.token, at->arena);
	struct order order = { .receipt = question->receipt,
			       .cents = question->cents,
			       .result_url = lane_url(at, token) };
	struct said said;

	question->token = row.token;
	question->sent_at = at->now;
	question->next_at = at->now + lane_wait_us(ASK_AGAIN_US, ASK_AGAIN_MAX_US, question->asks);
	question->asks++;
	if (!note(at, question, TEXT_NONE, error) ||
	    !street_attempts_open(at->seat->store, &row, 1, at->now, error))
		return false;
	failpoint("asker-before-question");
	said = inquiry_verify(at->inquiry, to, &order, at->arena);
	lane_heard(at, to);
	failpoint("asker-after-question");
	if (said.answer == ANSWER_YES) {
		question->provider_ref = said.provider_ref;
		question->why = TEXT("the provider was asked whether it is true, and has not "
				     "answered yet");
		return note(at, question, question->why, error);
	}
	if (said.answer == ANSWER_LATER) {
		question->next_at = at->now + BUSY_US;
		question->asks--;
	}
	log_line(LOG_WARNING, "payment-asked", "tenant=%.*s receipt=%.*s why=\"%.*s\"",
		 TEXT_ARG(at->seat->tenant->name), TEXT_ARG(question->receipt), TEXT_ARG(said.why));
	question->why = text_format(at->arena, "the provider was asked whether it is true: %.*s",
				    TEXT_ARG(said.why));
	return note(at, question, question->why, error);
}

/* *over: it was asked, or the budget of its channel is used up for now. */
static bool look(bool *called, bool *over, const struct lane *at, struct question *question,
		 struct error *error)
{
	const struct provider *provider = provider_find(question->provider);
	struct counterpart to;
	struct text why;
	int64_t wait_us;
	bool waits;

	if (!booking_question_waits(&waits, at->seat, question, at->arena, error))
		return false;
	/* Settled otherwise, or of a provider that is asked another way. */
	if (!waits || provider == NULL || provider->api == NULL || !provider->api->verify_is_late)
		return give_up(at, question, TEXT_NONE, error);
	if (question->asks >= ASKS_MAX)
		return give_up(at, question,
			       TEXT("the provider was asked for days whether it is true, and is "
				    "asked no more: look it up, then `wavu payment assign` it"),
			       error);
	if (!counterpart_open(&to, at->seat, at->intent, question->channel, NEEDS_ORDER, at->arena,
			      &why) ||
	    to.provider != provider ||
	    !counterpart_reaches_us(at->seat->settings, to.channel, &why)) {
		if (to.provider != provider && to.provider != NULL)
			why = TEXT("its channel is another provider's now");
		question->next_at = at->now + WITHOUT_KEYS_US;
		question->why = text_format(
		    at->arena,
		    "the provider cannot be asked whether it is true: %.*s; set that, or look it "
		    "up and `wavu payment assign` it",
		    TEXT_ARG(why));
		return note(at, question, question->why, error);
	}
	wait_us = inquiry_from(at->inquiry, &to, PACE_QUESTION) - clock_monotonic();
	if (wait_us > 0) {
		*over = true;
		lane_again(at, at->now + wait_us);
		return true;
	}
	*over = *called = true;
	return ask(at, &to, question, error);
}

bool asking_step(bool *called, const struct lane *lane, struct error *error)
{
	struct question *due;
	uint32_t count;
	bool over = false;

	*called = false;
	if (!questions_due(&due, &count, lane->seat->store, lane->channel, lane->now, AT_ONCE_MAX,
			   lane->arena, error))
		return false;
	for (uint32_t i = 0; i < count && !over && !*lane->stopping; i++)
		if (due[i].kind == QUESTION_VERIFY && !look(called, &over, lane, &due[i], error))
			return false;
	if (count == AT_ONCE_MAX)
		lane_again(lane, lane->now + SECOND_US);
	return true;
}

bool asking_publish(struct seat *seat, int64_t since, int64_t now, struct arena *arena,
		    struct error *error)
{
	struct street_attempt *rows;
	struct question *sent;
	uint32_t count;

	if (!questions_sent_since(&sent, &count, seat->store, since, arena, error))
		return false;
	rows = ARENA_ARRAY(arena, struct street_attempt, count + 1);
	for (uint32_t i = 0; i < count; i++)
		rows[i] = lane_opened(&sent[i].token, sent[i].channel, sent[i].provider, sent[i].id,
				      sent[i].sent_at);
	return count == 0 || street_attempts_open(seat->store, rows, count, now, error);
}
