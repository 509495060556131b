#include "asking/prompting.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "money/booking.h"
#include "money/booking_attempt.h"
#include "model/attempt.h"
#include "state/attempts.h"
#include "state/street.h"

#define AT_ONCE_MAX 16 /* attempts that are looked at: one at most is sent or asked about */

#define START_WINDOW_US (2 * MINUTE_US) /* nobody expects a prompt later than that */
#define START_AGAIN_US (5 * SECOND_US)
/* Cadences that worked for others (payments facts 1.5): the first question 25 s after the push. */
#define ASK_FIRST_US (25 * SECOND_US)
#define ASK_AGAIN_US (20 * SECOND_US)
#define ASK_AGAIN_MAX_US (15 * MINUTE_US)
#define ASK_SOFT_LAST_US (10 * MINUTE_US) /* the last question after a soft failure */
#define GIVE_UP_US (2 * HOUR_US)
#define NAME_CHANCE 8

/* One attempt in hand. */
struct errand {
	const struct lane *lane;
	int64_t now;
	bool called;
	bool over; /* nothing more is asked by this step */
};

/* ---- writing what became of it --------------------------------------------------------------- */

typedef bool change(struct attempt *attempt, const struct errand *errand, void *context,
		    struct booked *booked, struct error *error);

/* Reads the attempt anew, changes it and writes it, in one transaction: the teller may have booked
 * its result while we were talking. */
static bool update(const struct errand *errand, int64_t id, change *work, void *context,
		   struct error *error)
{
	struct booked booked = { 0 };
	struct attempt attempt;
	bool found, done;

	if (!store_begin(errand->lane->seat->store, error))
		return false;
	done = attempts_find(&found, &attempt, errand->lane->seat->store, id, errand->lane->arena,
			     error) &&
	       (!found || work(&attempt, errand, context, &booked, error));
	if (!done) {
		store_abort(errand->lane->seat->store);
		return false;
	}
	if (!store_commit(errand->lane->seat->store, error))
		return false;
	lane_again(errand->lane, attempt.next_at);
	booking_tell(errand->lane->seat, &booked);
	if (booked.changed)
		log_line(LOG_INFO, "payment",
			 "tenant=%.*s attempt=a-%lld receipt=%.*s status=%s account=%.*s",
			 TEXT_ARG(errand->lane->seat->tenant->name), (long long)id,
			 TEXT_ARG(booked.payment.receipt), payment_status_word(booked.status),
			 TEXT_ARG(attempt.account));
	return true;
}

static bool is_open(const struct attempt *attempt)
{
	return attempt->status == ATTEMPT_CREATED || attempt->status == ATTEMPT_PROMPTED;
}

static bool change_end(struct attempt *attempt, const struct errand *errand, void *context,
		       struct booked *booked, struct error *error)
{
	const struct attempt *end = context;
	bool found;

	(void)booked;
	attempt->next_at = 0;
	if (is_open(attempt)) {
		if (!booking_found(&found, errand->lane->seat, attempt, errand->now,
				   errand->lane->arena, error))
			return false;
		if (found)
			return true;
		attempt->status = end->status;
		attempt->reason = end->reason;
	}
	return attempts_write(errand->lane->seat->store, attempt, errand->now, error);
}

static bool end(const struct errand *errand, const struct attempt *attempt,
		enum attempt_status status, struct text reason, struct error *error)
{
	struct attempt how = { .status = status, .reason = reason };

	return update(errand, attempt->id, change_end, &how, error);
}

/* ---- the push -------------------------------------------------------------------------------- */

/* What a push leaves with. */
struct leaving {
	struct digest token;
	struct text name; /* ours for the prompt, where the provider takes it; else empty */
};

/* From here on it counts as sent: if this process ends now, it is never sent again. */
static bool change_sending(struct attempt *attempt, const struct errand *errand, void *context,
			   struct booked *booked, struct error *error)
{
	const struct leaving *leaving = context;

	(void)booked;
	attempt->token = leaving->token;
	if (leaving->name.size > 0)
		attempt->provider_ref = leaving->name;
	attempt->sent_at = errand->now;
	attempt->next_at = errand->now + ASK_FIRST_US;
	return attempts_write(errand->lane->seat->store, attempt, errand->now, error);
}

static bool change_sent(struct attempt *attempt, const struct errand *errand, void *context,
			struct booked *booked, struct error *error)
{
	const struct said *said = context;

	(void)booked;
	if (attempt->provider_ref.size == 0 && said->answer == ANSWER_YES)
		attempt->provider_ref = said->provider_ref;
	if (attempt->status == ATTEMPT_CREATED) {
		switch (said->answer) {
		case ANSWER_YES:
			attempt->status = ATTEMPT_PROMPTED;
			attempt->reason = TEXT_NONE;
			break;
		case ANSWER_NO:
			attempt->status = ATTEMPT_FAILED;
			attempt->reason = said->why;
			attempt->next_at = 0;
			break;
		case ANSWER_LATER:
			attempt->sent_at = 0;
			attempt->next_at = errand->now + START_AGAIN_US;
			attempt->reason = said->why;
			break;
		case ANSWER_NONE:
		case ANSWER_LOGIN:
			attempt->reason = text_format(
			    errand->lane->arena,
			    "nobody knows yet whether the prompt was sent: %.*s",
			    TEXT_ARG(said->why));
			break;
		}
	}
	return attempts_write(errand->lane->seat->store, attempt, errand->now, error);
}

/*
 * The name under which the provider is asked, should it take one of ours: the same for every try,
 * so that one which was thought not to have left would be refused the second time. Small letters
 * and digits, so that it stands in the receipt as it is.
 */
static struct text name_of(const struct attempt *attempt, const struct counterpart *to,
			   struct arena *arena)
{
	static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* 32 */
	uint8_t bytes[NAME_CHANCE];
	char chance[NAME_CHANCE + 1] = { 0 };

	if (!to->api->takes_our_name || attempt->provider_ref.size > 0)
		return attempt->provider_ref;
	random_bytes(bytes, sizeof(bytes));
	for (uint32_t i = 0; i < NAME_CHANCE; i++)
		chance[i] = alphabet[bytes[i] % 32];
	return text_format(arena, "wavu-%lld-%s", (long long)attempt->id, chance);
}

/* The provider takes no more for now; whoever waits for it is told why. */
static bool wait_for_pace(struct errand *errand, const struct attempt *attempt, int64_t wait_us,
			  struct error *error)
{
	struct said said = { .answer = ANSWER_LATER,
			     .why = TEXT("the provider refused others as too many, and is left "
					 "alone for a moment") };

	errand->over = true;
	lane_again(errand->lane, errand->now + wait_us);
	return attempt->reason.size > 0 || update(errand, attempt->id, change_sent, &said, error);
}

static bool push(struct errand *errand, const struct attempt *attempt, struct error *error)
{
	struct seat *seat = errand->lane->seat;
	struct counterpart to;
	struct prompt prompt;
	struct street_attempt row;
	struct leaving leaving;
	struct said said;
	struct text why, token;
	int64_t wait_us;

	if (errand->now - attempt->created_at > START_WINDOW_US)
		return end(errand, attempt, ATTEMPT_EXPIRED,
			   text_format(errand->lane->arena, "the prompt was not sent: %.*s",
				       TEXT_ARG(attempt->reason)),
			   error);
	if (!counterpart_open(&to, seat, errand->lane->intent, attempt->channel, NEEDS_PROMPT,
			      errand->lane->arena, &why) ||
	    !counterpart_reaches_us(seat->settings, to.channel, &why))
		return end(errand, attempt, ATTEMPT_FAILED, why, error);
	if (!text_is(attempt->provider, to.provider->name))
		return end(errand, attempt, ATTEMPT_FAILED,
			   TEXT("its channel is another provider's now"), error);
	wait_us = inquiry_from(errand->lane->inquiry, &to, PACE_PROMPT) - clock_monotonic();
	if (wait_us > 0)
		return wait_for_pace(errand, attempt, wait_us, error);
	errand->called = true;
	row = (struct street_attempt){ .channel = attempt->channel,
				       .provider = attempt->provider,
				       .attempt = attempt->id,
				       .until_at = errand->now + LANE_URL_OPEN_US };
	token = lane_token(&row.token, errand->lane->arena);
	leaving = (struct leaving){ row.token, name_of(attempt, &to, errand->lane->arena) };
	/* The URL is open before the push leaves: its result may be faster than its answer. */
	if (!update(errand, attempt->id, change_sending, &leaving, error))
		return false;
	if (!street_attempts_open(seat->store, &row, 1, errand->now, error)) {
		struct error ignored;

		said = (struct said){ .answer = ANSWER_LATER, .why = text_of(error->text) };
		(void)!update(errand, attempt->id, change_sent, &said, &ignored);
		return false;
	}
	failpoint("asker-before-push");
	prompt = (struct prompt){ .phone = attempt->phone,
				  .account = attempt->account,
				  .cents = attempt->cents,
				  .currency = errand->lane->intent->tenant.currency,
				  .name = leaving.name };
	prompt.callback_url = lane_url(errand->lane, token);
	said = inquiry_start(errand->lane->inquiry, &to, &prompt, errand->now, errand->lane->arena);
	lane_heard(errand->lane, &to);
	failpoint("asker-after-push");
	if (said.answer != ANSWER_YES)
		log_line(LOG_WARNING, "prompt", "tenant=%.*s attempt=a-%lld why=\"%.*s\"",
			 TEXT_ARG(seat->tenant->name), (long long)attempt->id, TEXT_ARG(said.why));
	return update(errand, attempt->id, change_sent, &said, error);
}

/* ---- the question ---------------------------------------------------------------------------- */

static bool change_put_off(struct attempt *attempt, const struct errand *errand, void *context,
			   struct booked *booked, struct error *error)
{
	const int64_t *next_at = context;

	(void)booked;
	if (attempt->status == ATTEMPT_PAID)
		return true;
	attempt->next_at = *next_at;
	return attempts_write(errand->lane->seat->store, attempt, errand->now, error);
}

static bool change_asked(struct attempt *attempt, const struct errand *errand, void *context,
			 struct booked *booked, struct error *error)
{
	const struct said *said = context;
	int64_t age_us = errand->now - attempt->sent_at;

	if (attempt->status == ATTEMPT_PAID)
		return true;
	if (said->answer == ANSWER_YES) {
		attempt->asks++;
		return attempts_write(errand->lane->seat->store, attempt, errand->now, error) &&
		       booking_answered(booked, errand->lane->seat, errand->lane->intent, attempt,
					said, errand->now, errand->lane->arena, error);
	}
	if (said->answer == ANSWER_NO) {
		bool was_open = is_open(attempt);

		if (was_open) {
			attempt->status = ATTEMPT_FAILED;
			attempt->reason = said->why;
		}
		attempt->next_at = !said->is_soft || age_us >= ASK_SOFT_LAST_US ? 0
				   : was_open ? errand->now + RESULT_SOFT_US
					      : attempt->sent_at + ASK_SOFT_LAST_US;
	} else {
		attempt->next_at = errand->now +
				   lane_wait_us(ASK_AGAIN_US, ASK_AGAIN_MAX_US, attempt->asks);
		if (is_open(attempt))
			attempt->reason = said->why;
		/* Its answer to the push was lost; the push was not. */
		if (said->is_known && attempt->status == ATTEMPT_CREATED)
			attempt->status = ATTEMPT_PROMPTED;
	}
	attempt->asks++;
	return attempts_write(errand->lane->seat->store, attempt, errand->now, error);
}

static bool ask(struct errand *errand, const struct attempt *attempt, struct error *error)
{
	int64_t later_at = errand->now + ASK_AGAIN_MAX_US, wait_us;
	struct counterpart to;
	struct said said;
	struct text why;

	if (errand->now - attempt->sent_at > GIVE_UP_US)
		return end(errand, attempt, ATTEMPT_EXPIRED,
			   TEXT("nobody ever said what became of it"), error);
	/*
	 * Without the provider's name for it there is nothing to ask; its own URL may still tell.
	 */
	if (attempt->provider_ref.size == 0 ||
	    !counterpart_open(&to, errand->lane->seat, errand->lane->intent, attempt->channel,
			      NEEDS_PROMPT, errand->lane->arena, &why) ||
	    !text_is(attempt->provider, to.provider->name) || to.api->ask == NULL)
		return update(errand, attempt->id, change_put_off, &later_at, error);
	wait_us = inquiry_from(errand->lane->inquiry, &to, PACE_QUESTION) - clock_monotonic();
	if (wait_us > 0) {
		/* Over the budget it stays due, and so do those after it. */
		errand->over = true;
		lane_again(errand->lane, errand->now + wait_us);
		return true;
	}
	errand->called = true;
	said = inquiry_ask(errand->lane->inquiry, &to, attempt->provider_ref, errand->now,
			   errand->lane->arena);
	lane_heard(errand->lane, &to);
	return update(errand, attempt->id, change_asked, &said, error);
}

/* ---- steps ----------------------------------------------------------------------------------- */

typedef bool attempts_read(struct attempt **out, uint32_t *count, int64_t *next_at,
			   struct store *store, struct text channel, int64_t now, uint32_t max,
			   struct arena *arena, struct error *error);

/* Until the first call; what needs none, is over or cannot be asked, is written on the way. */
static bool step(bool *called, const struct lane *lane, attempts_read *read,
		 bool (*work)(struct errand *errand, const struct attempt *attempt,
			      struct error *error),
		 struct error *error)
{
	struct errand errand = { .lane = lane, .now = lane->now };
	struct attempt *due;
	int64_t next_at;
	uint32_t count;
	bool done;

	*called = false;
	done = read(&due, &count, &next_at, lane->seat->store, lane->channel, lane->now,
		    AT_ONCE_MAX, lane->arena, error);
	if (!done)
		return false;
	lane_again(lane, next_at);
	for (uint32_t i = 0;
	     done && i < count && !errand.called && !errand.over && !*lane->stopping; i++)
		done = work(&errand, &due[i], error);
	*called = errand.called;
	if (count == AT_ONCE_MAX)
		lane_again(lane, lane->now + SECOND_US);
	return done;
}

bool prompting_step(bool *called, const struct lane *lane, struct error *error)
{
	return step(called, lane, attempts_unsent, push, error);
}

bool prompting_ask_step(bool *called, const struct lane *lane, struct error *error)
{
	return step(called, lane, attempts_unknown, ask, error);
}

bool prompting_publish(struct seat *seat, int64_t since, int64_t now, struct arena *arena,
		       struct error *error)
{
	struct street_attempt *rows;
	struct attempt *sent;
	uint32_t count;

	if (!attempts_sent_since(&sent, &count, seat->store, since, arena, error))
		return false;
	rows = ARENA_ARRAY(arena, struct street_attempt, count + 1);
	for (uint32_t i = 0; i < count; i++)
		rows[i] = lane_opened(&sent[i].token, sent[i].channel, sent[i].provider, sent[i].id,
				      sent[i].sent_at);
	return count == 0 || street_attempts_open(seat->store, rows, count, now, error);
}
