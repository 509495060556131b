#include "loop/asker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "loop/asking.h"
#include "loop/booking_attempt.h"
#include "loop/engine_inside.h"
#include "state/attempts.h"
#include "state/street.h"

#define ASKER_ARENA_SIZE (64u << 20)
#define PUBLISH_ARENA_SIZE (1024ull << 20) /* a week of prompts; touched as needed */
#define AT_ONCE_MAX 16 /* attempts of one step; the rest come in the next */
#define TICK_MS 1000   /* what the teller wrote is seen after so long at most */

#define START_WINDOW_US (2 * MINUTE_US) /* nobody expects a prompt later than that */
#define START_AGAIN_US (5 * SECOND_US)
/* Cadences that worked for others (payments facts 1.5): the first question 25 s after the push. */
#define ASK_FIRST_US (25 * SECOND_US)
#define ASK_AGAIN_US (20 * SECOND_US)
#define ASK_AGAIN_MAX_US (15 * MINUTE_US)
#define ASK_SOFT_LAST_US (10 * MINUTE_US) /* the last question after a soft failure */
#define GIVE_UP_US (2 * HOUR_US)
#define URL_OPEN_US (7 * DAY_US) /* late results were minutes late; a week costs nothing */

struct asker {
	struct seat *seats;
	uint32_t seat_count;
	struct inquiry *inquiry;
	pthread_mutex_t lock;
	pthread_cond_t turned;
	bool woken, runs;
	_Atomic bool stopping;
	pthread_t thread;
};

/* One attempt in hand. */
struct errand {
	struct asker *asker;
	struct seat *seat;
	const struct intent *intent;
	int64_t now;
	int64_t *next_at;
	struct arena *arena;
	bool crowded; /* more is due than was read */
};

static void come_again(int64_t *next_at, int64_t at)
{
	if (at > 0 && (*next_at == 0 || at < *next_at))
		*next_at = at;
}

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

	if (!store_begin(errand->seat->store, error))
		return false;
	done = attempts_find(&found, &attempt, errand->seat->store, id, errand->arena, error) &&
	       (!found || work(&attempt, errand, context, &booked, error));
	if (!done) {
		store_abort(errand->seat->store);
		return false;
	}
	if (!store_commit(errand->seat->store, error))
		return false;
	come_again(errand->next_at, attempt.next_at);
	booking_tell(errand->seat, &booked);
	if (booked.changed)
		log_line(LOG_INFO, "payment",
			 "tenant=%.*s attempt=a-%lld receipt=%.*s status=%s account=%.*s",
			 TEXT_ARG(errand->seat->tenant->name), (long long)id,
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
		if (!booking_found(&found, errand->seat, attempt, errand->now, errand->arena,
				   error))
			return false;
		if (found)
			return true;
		attempt->status = end->status;
		attempt->reason = end->reason;
	}
	return attempts_write(errand->seat->store, attempt, errand->now, error);
}

static bool end(const struct errand *errand, const struct attempt *attempt,
		enum attempt_status status, struct text reason, struct error *error)
{
	struct attempt how = { .status = status, .reason = reason };

	return update(errand, attempt->id, change_end, &how, error);
}

/* ---- the push -------------------------------------------------------------------------------- */

/* From here on it counts as sent: if this process ends now, it is never sent again. */
static bool change_sending(struct attempt *attempt, const struct errand *errand, void *context,
			   struct booked *booked, struct error *error)
{
	const struct digest *token = context;

	(void)booked;
	attempt->token = *token;
	attempt->sent_at = errand->now;
	attempt->next_at = errand->now + ASK_FIRST_US;
	return attempts_write(errand->seat->store, attempt, errand->now, error);
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
			    errand->arena, "nobody knows yet whether the prompt was sent: %.*s",
			    TEXT_ARG(said->why));
			break;
		}
	}
	return attempts_write(errand->seat->store, attempt, errand->now, error);
}

struct text asker_token(struct digest *digest, struct arena *arena)
{
	struct error error;
	struct text token;

	do {
		char *characters = ARENA_ARRAY(arena, char, 33);

		random_token(characters);
		token = text_of(characters);
	} while (!provider_token_ok(token, &error));
	*digest = digest_of(token);
	return token;
}

static bool push(const struct errand *errand, const struct attempt *attempt, struct error *error)
{
	struct seat *seat = errand->seat;
	struct counterpart to;
	struct prompt prompt;
	struct street_attempt row;
	struct said said;
	struct text why, token;

	if (errand->now - attempt->created_at > START_WINDOW_US)
		return end(errand, attempt, ATTEMPT_EXPIRED,
			   text_format(errand->arena, "the prompt was not sent: %.*s",
				       TEXT_ARG(attempt->reason)),
			   error);
	if (!counterpart_open(&to, seat, errand->intent, attempt->channel, NEEDS_PROMPT,
			      errand->arena, &why) ||
	    !inquiry_reaches_us(seat->settings, to.channel, &why))
		return end(errand, attempt, ATTEMPT_FAILED, why, error);
	row = (struct street_attempt){ .channel = attempt->channel,
				       .provider = attempt->provider,
				       .attempt = attempt->id,
				       .until_at = errand->now + URL_OPEN_US };
	token = asker_token(&row.token, errand->arena);
	/* The URL is open before the push leaves: its result may be faster than its answer. */
	if (!update(errand, attempt->id, change_sending, &row.token, error))
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
				  .cents = attempt->cents };
	prompt.callback_url = text_format(
	    errand->arena, "%.*s/pay/%.*s/%.*s/a/%.*s",
	    TEXT_ARG(inquiry_base_url(seat->settings, errand->arena)), TEXT_ARG(seat->tenant->name),
	    TEXT_ARG(attempt->channel), TEXT_ARG(token));
	said = inquiry_start(errand->asker->inquiry, &to, &prompt, errand->now, errand->arena);
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
	return attempts_write(errand->seat->store, attempt, errand->now, error);
}

static int64_t ask_again_us(uint32_t asks)
{
	int64_t wait_us = ASK_AGAIN_US;

	while (asks-- > 0 && wait_us < ASK_AGAIN_MAX_US)
		wait_us *= 2;
	return wait_us < ASK_AGAIN_MAX_US ? wait_us : ASK_AGAIN_MAX_US;
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
		return attempts_write(errand->seat->store, attempt, errand->now, error) &&
		       booking_answered(booked, errand->seat, errand->intent, attempt, errand->now,
					errand->arena, error);
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
		attempt->next_at = errand->now + ask_again_us(attempt->asks);
		if (is_open(attempt))
			attempt->reason = said->why;
	}
	attempt->asks++;
	return attempts_write(errand->seat->store, attempt, errand->now, error);
}

static bool ask(const struct errand *errand, const struct attempt *attempt, struct error *error)
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
	    !counterpart_open(&to, errand->seat, errand->intent, attempt->channel, NEEDS_PROMPT,
			      errand->arena, &why))
		return update(errand, attempt->id, change_put_off, &later_at, error);
	wait_us = inquiry_ask_at(errand->asker->inquiry, &to) - clock_monotonic();
	if (wait_us > 0) {
		/* Over the budget it stays due; in a crowd it makes room for others. */
		later_at = errand->now + wait_us;
		come_again(errand->next_at, later_at);
		return !errand->crowded ||
		       update(errand, attempt->id, change_put_off, &later_at, error);
	}
	said = inquiry_ask(errand->asker->inquiry, &to, attempt->provider_ref, errand->now,
			   errand->arena);
	return update(errand, attempt->id, change_asked, &said, error);
}

/* ---- steps ----------------------------------------------------------------------------------- */

bool asker_step(struct asker *asker, struct seat *seat, int64_t now, int64_t *next_at,
		struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	struct errand errand = { asker, seat, intent, now, next_at, &arena, false };
	struct attempt *due;
	uint32_t count = 0;
	bool done;

	*next_at = 0;
	if (intent == NULL)
		return true;
	arena_open(&arena, ASKER_ARENA_SIZE);
	done = attempts_due(&due, &count, next_at, seat->store, now, AT_ONCE_MAX, &arena, error);
	errand.crowded = count == AT_ONCE_MAX;
	for (uint32_t i = 0; done && i < count && !asker->stopping; i++) {
		errand.now = clock_now() > now ? clock_now() : now;
		done = due[i].sent_at == 0 ? push(&errand, &due[i], error)
					   : ask(&errand, &due[i], error);
	}
	if (errand.crowded)
		come_again(next_at, now + SECOND_US);
	done = done && asking_step(asker->inquiry, seat, intent, now, next_at, &asker->stopping,
				   &arena, error);
	arena_close(&arena);
	intent_release(intent);
	return done || error_at(error, "tenant %.*s: prompts", TEXT_ARG(seat->tenant->name));
}

bool asker_publish(struct seat *seat, int64_t now, struct error *error)
{
	struct arena arena = { 0 };
	struct street_attempt *rows;
	struct attempt *sent;
	uint32_t count = 0;
	bool done;

	arena_open(&arena, PUBLISH_ARENA_SIZE);
	done = attempts_sent_since(&sent, &count, seat->store, now - URL_OPEN_US, &arena, error);
	rows = ARENA_ARRAY(&arena, struct street_attempt, count + 1);
	for (uint32_t i = 0; done && i < count; i++)
		rows[i] = (struct street_attempt){ .token = sent[i].token,
						   .channel = sent[i].channel,
						   .provider = sent[i].provider,
						   .attempt = sent[i].id,
						   .until_at = sent[i].sent_at + URL_OPEN_US };
	if (done && count > 0)
		done = street_attempts_open(seat->store, rows, count, now, error);
	done = done && asking_publish(seat, now - URL_OPEN_US, now, &arena, error);
	arena_close(&arena);
	return done;
}

/* ---- the thread ------------------------------------------------------------------------------ */

struct asker *asker_new(struct seat *seats, uint32_t seat_count, struct http *http)
{
	struct asker *asker = calloc(1, sizeof(*asker));
	pthread_condattr_t attributes;

	if (asker == NULL)
		fatal("out of memory");
	asker->seats = seats;
	asker->seat_count = seat_count;
	asker->inquiry = inquiry_new(http);
	invariant(pthread_mutex_init(&asker->lock, NULL) == 0);
	invariant(pthread_condattr_init(&attributes) == 0);
	invariant(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	invariant(pthread_cond_init(&asker->turned, &attributes) == 0);
	(void)pthread_condattr_destroy(&attributes);
	return asker;
}

struct inquiry *asker_inquiry(struct asker *asker)
{
	return asker->inquiry;
}

void asker_wake(struct asker *asker)
{
	(void)pthread_mutex_lock(&asker->lock);
	asker->woken = true;
	(void)pthread_cond_broadcast(&asker->turned);
	(void)pthread_mutex_unlock(&asker->lock);
}

static bool rest(struct asker *asker)
{
	int64_t until_at = clock_monotonic() + TICK_MS * INT64_C(1000);
	struct timespec until = { .tv_sec = until_at / SECOND_US,
				  .tv_nsec = until_at % SECOND_US * 1000 };
	bool stopping;

	(void)pthread_mutex_lock(&asker->lock);
	if (!asker->woken && !asker->stopping)
		(void)pthread_cond_timedwait(&asker->turned, &asker->lock, &until);
	asker->woken = false;
	stopping = asker->stopping;
	(void)pthread_mutex_unlock(&asker->lock);
	return !stopping;
}

static void *asker_run(void *context)
{
	struct asker *asker = context;
	struct error error = { 0 };
	int64_t next_at;

	for (uint32_t i = 0; i < asker->seat_count; i++)
		if (!asker_publish(&asker->seats[i], clock_now(), &error))
			engine_store_failed(&error);
	do {
		for (uint32_t i = 0; i < asker->seat_count; i++)
			if (!asker_step(asker, &asker->seats[i], clock_now(), &next_at, &error))
				engine_store_failed(&error);
	} while (rest(asker));
	return NULL;
}

void asker_start(struct asker *asker)
{
	engine_thread_start(&asker->thread, asker_run, asker);
	asker->runs = true;
}

void asker_free(struct asker *asker)
{
	if (asker == NULL)
		return;
	(void)pthread_mutex_lock(&asker->lock);
	asker->stopping = true;
	(void)pthread_cond_broadcast(&asker->turned);
	(void)pthread_mutex_unlock(&asker->lock);
	if (asker->runs)
		(void)pthread_join(asker->thread, NULL);
	inquiry_free(asker->inquiry);
	(void)pthread_cond_destroy(&asker->turned);
	(void)pthread_mutex_destroy(&asker->lock);
	free(asker);
}
