#include "loop/checker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "loop/booking.h"
#include "loop/channel_key.h"
#include "loop/engine_inside.h"
#include "loop/expect.h"
#include "state/heard.h"

#define STEP_ARENA_SIZE (16u << 20)
#define AT_ONCE_MAX 16 /* hints of one step: providers publish no rate, and a second is soon */
#define TICK_US SECOND_US
#define RETRY_EVERY_US MINUTE_US
#define RETRY_BATCH 64
#define ASK_AGAIN_US (5 * SECOND_US)
#define ASK_AGAIN_MAX_US (15 * MINUTE_US)
#define GIVE_UP_US (7 * DAY_US) /* then a person judges it; it stays held */
#define PATIENCE_US (5 * SECOND_US) /* for one tenant, before the others have their turn */
#define CALL_MS 10000
#define SILENCE_MS 5000
#define ANSWER_SIZE_MAX (64u << 10)

struct checker {
	struct seat *seats;
	uint32_t seat_count;
	struct http *http;
	struct expecter *expecters; /* one a seat */
	int64_t retried_at;         /* monotonic */
	pthread_mutex_t lock;
	pthread_cond_t turned;
	bool stopping, runs;
	pthread_t thread;
};

/* One hint in hand. */
struct inspection {
	struct checker *checker;
	struct seat *seat;
	const struct intent *intent;
	const struct hint *hint;
	struct inbox_line line;
	const struct channel *channel;
	const struct provider *provider;
	struct callback callback;
	int64_t now;
	struct arena *arena;
};

static void say(const struct seat *seat, const struct booked *booked)
{
	if (!booked->changed)
		return;
	log_line(booked->status == PAYMENT_CREDITED ? LOG_INFO : LOG_WARNING, "payment",
		 "tenant=%.*s receipt=%.*s status=%s account=%.*s reason=\"%.*s\"",
		 TEXT_ARG(seat->tenant->name), TEXT_ARG(booked->payment.receipt),
		 payment_status_word(booked->status),
		 TEXT_ARG(booked->subscriber != NULL ? booked->subscriber->account : TEXT_NONE),
		 TEXT_ARG(booked->payment.reason));
}

static void tell(struct seat *seat, const struct booked *booked, uint32_t *count)
{
	booking_tell(seat, booked);
	say(seat, booked);
	*count += booked->subscriber != NULL;
}

/* ---- hints ----------------------------------------------------------------------------------- */

/* True: *response is what came, if anything. False: it cannot be asked; *why says why. */
static bool ask(const struct inspection *at, struct response *response, struct text *why)
{
	struct request request =
	    at->provider->check->ask(at->channel, &at->callback, at->arena);
	struct http_header headers[2] = { { "Accept", TEXT("application/json") } };
	struct http_call call = { .method = request.method,
				  .url = request.url,
				  .headers = headers,
				  .header_count = ARRAY_COUNT(headers),
				  .timeout_ms = CALL_MS,
				  .silence_ms = SILENCE_MS,
				  .body_size_max = ANSWER_SIZE_MAX,
				  .again = request.again };
	struct checker *checker = at->checker;
	struct http_reply reply = { 0 };
	struct error error = { 0 };
	struct secret key;

	if (request.url.size == 0) {
		*why = TEXT("it names nothing that could be asked about");
		return false;
	}
	if (!channel_api_key_read(&key, at->seat->settings->secrets, at->channel, at->arena, why))
		return false;
	headers[1] = (struct http_header){ "Authorization",
					   text_format(at->arena, "Bearer %.*s",
						       TEXT_ARG(secret_reveal(key))) };
	if (checker->http == NULL)
		checker->http = http_open(&(struct http_tls){ 0 });
	response->came =
	    checker->http->verbs->call(checker->http, &call, &reply, at->arena, &error);
	response->status = reply.status;
	response->body = reply.body;
	if (!response->came)
		*why = text_copy(at->arena, text_of(error.text));
	return true;
}

static int64_t again_us(uint32_t tries)
{
	int64_t wait_us = ASK_AGAIN_US;

	while (tries-- > 0 && wait_us < ASK_AGAIN_MAX_US)
		wait_us *= 2;
	return wait_us < ASK_AGAIN_MAX_US ? wait_us : ASK_AGAIN_MAX_US;
}

/* What the held line says from now on. */
static bool hold_because(const struct inspection *at, struct text why, struct error *error)
{
	struct notice said = at->provider->parse(at->channel, at->intent->tenant.country,
						 &at->callback, at->arena);

	return booking_hint_because(at->seat, said.receipt, why, at->now, at->arena, error);
}

/* In one transaction: what the answer means, and that it was asked. */
static bool settle(const struct inspection *at, enum answer answer, const struct notice *notice,
		   struct text why, struct booked *booked, struct error *error)
{
	struct hint later = *at->hint;
	bool gives_up = at->now - later.since_at > GIVE_UP_US;

	switch (answer) {
	case ANSWER_YES:
		return booking_confirmed(booked, at->seat, at->intent, &at->line, notice, at->now,
					 at->arena, error) &&
		       hint_drop(at->seat->store, later.inbox_id, error);
	case ANSWER_NO:
		return hold_because(at,
				    text_format(at->arena, "not believed: %.*s", TEXT_ARG(why)),
				    error) &&
		       hint_drop(at->seat->store, later.inbox_id, error);
	case ANSWER_NONE:
	case ANSWER_LOGIN:
	case ANSWER_LATER:
		break;
	}
	why = text_format(at->arena, "the provider was asked whether it is true%s: %.*s",
			  gives_up ? ", for a week, and is asked no more" : "", TEXT_ARG(why));
	later.next_at = at->now + again_us(later.tries);
	later.tries++;
	return hold_because(at, why, error) &&
	       (gives_up ? hint_drop(at->seat->store, later.inbox_id, error)
			 : hint_later(at->seat->store, &later, error));
}

/* Asked when its channel is declared again. */
static bool put_off(const struct inspection *at, struct error *error)
{
	struct hint later = *at->hint;

	later.next_at = at->now + ASK_AGAIN_MAX_US;
	if (!store_begin(at->seat->store, error))
		return false;
	if (hint_later(at->seat->store, &later, error))
		return store_commit(at->seat->store, error);
	store_abort(at->seat->store);
	return false;
}

/* *came false: nobody answered; what is due after it waits for the next step. */
static bool inspect(struct inspection *at, bool *came, uint32_t *count, struct error *error)
{
	struct response response = { 0 };
	struct notice notice = { 0 };
	struct booked booked = { 0 };
	enum answer answer = ANSWER_NONE;
	struct text why = TEXT_NONE;

	*came = true;
	if (!inbox_line(&at->line, at->seat->store, at->hint->inbox_id, at->arena, error))
		return false;
	at->channel = intent_channel(at->intent, at->line.channel);
	at->provider = provider_find(at->line.provider);
	at->callback = (struct callback){ .kind = at->line.kind,
					  .headers = at->line.headers,
					  .source = at->line.source,
					  .body = at->line.body,
					  .received_at = at->line.received_at };
	if (at->channel == NULL || at->provider == NULL || at->provider->check == NULL)
		return put_off(at, error);
	if (ask(at, &response, &why)) {
		*came = response.came;
		answer = at->provider->check->read(&notice, &why, at->channel,
						   at->intent->tenant.country, &at->callback,
						   &response, at->arena);
	}
	if (!store_begin(at->seat->store, error))
		return false;
	if (!settle(at, answer, &notice, why, &booked, error)) {
		store_abort(at->seat->store);
		return false;
	}
	if (!store_commit(at->seat->store, error))
		return false;
	tell(at->seat, &booked, count);
	if (answer != ANSWER_YES)
		log_line(LOG_WARNING, "payment-asked", "tenant=%.*s line=%lld why=\"%.*s\"",
			 TEXT_ARG(at->seat->tenant->name), (long long)at->line.id, TEXT_ARG(why));
	return true;
}

/* Nobody is kept waiting by slow answers: not the other tenants, nor who ends the thread. */
static bool goes_on(struct checker *checker, int64_t until_at)
{
	bool stopping;

	(void)pthread_mutex_lock(&checker->lock);
	stopping = checker->stopping;
	(void)pthread_mutex_unlock(&checker->lock);
	return !stopping && clock_monotonic() < until_at;
}

static bool hints(struct checker *checker, struct seat *seat, const struct intent *intent,
		  int64_t now, uint32_t *count, struct arena *arena, struct error *error)
{
	struct hint due[AT_ONCE_MAX];
	int64_t until_at = clock_monotonic() + PATIENCE_US;
	uint32_t due_count;
	bool came = true;

	if (!hint_due(due, &due_count, seat->store, now, AT_ONCE_MAX, error))
		return false;
	for (uint32_t i = 0; i < due_count && came && goes_on(checker, until_at); i++) {
		struct inspection at = { .checker = checker,
					 .seat = seat,
					 .intent = intent,
					 .hint = &due[i],
					 .now = now,
					 .arena = arena };

		arena_reset(arena);
		if (!inspect(&at, &came, count, error))
			return false;
	}
	return true;
}

/* ---- what was refused ------------------------------------------------------------------------ */

static bool retry_one(struct seat *seat, const struct intent *intent, int64_t id, int64_t now,
		      uint32_t *count, struct arena *arena, struct error *error)
{
	const struct channel *channel;
	struct booked booked;
	struct inbox_line line;

	if (!inbox_line(&line, seat->store, id, arena, error))
		return false;
	channel = intent_channel(intent, line.channel);
	/* Under another provider it is no callback of the channel's. */
	if (channel == NULL || !text_equal(channel->provider, line.provider) ||
	    booking_is_refused(seat, intent, &line, arena))
		return true;
	if (!store_begin(seat->store, error))
		return false;
	if (!booking_line(&booked, seat, intent, &line, now, arena, error) ||
	    !refused_drop(seat->store, id, now, error)) {
		store_abort(seat->store);
		return false;
	}
	if (!store_commit(seat->store, error))
		return false;
	tell(seat, &booked, count);
	return true;
}

static bool retry(struct seat *seat, const struct intent *intent, int64_t now, uint32_t *count,
		  struct arena *arena, struct error *error)
{
	int64_t ids[RETRY_BATCH], after_id = 0;
	uint32_t id_count;

	do {
		if (!refused_list(ids, &id_count, seat->store, after_id, RETRY_BATCH, error))
			return false;
		for (uint32_t i = 0; i < id_count; i++) {
			arena_reset(arena);
			if (!retry_one(seat, intent, ids[i], now, count, arena, error))
				return false;
			after_id = ids[i];
		}
	} while (id_count == RETRY_BATCH);
	return true;
}

/* With the intent in force and an arena of its own; without `checker`, what was refused. */
static bool work(struct checker *checker, struct seat *seat, int64_t now, uint32_t *booked,
		 struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	bool done;

	*booked = 0;
	if (intent == NULL)
		return true;
	arena_open(&arena, STEP_ARENA_SIZE);
	done = checker != NULL ? hints(checker, seat, intent, now, booked, &arena, error)
			       : retry(seat, intent, now, booked, &arena, error);
	arena_close(&arena);
	intent_release(intent);
	return done || error_at(error, "tenant %.*s: %s", TEXT_ARG(seat->tenant->name),
				checker != NULL ? "hints" : "refused callbacks");
}

bool checker_retry(struct seat *seat, int64_t now, uint32_t *booked, struct error *error)
{
	return work(NULL, seat, now, booked, error);
}

bool checker_step(struct checker *checker, struct seat *seat, int64_t now, uint32_t *booked,
		  struct error *error)
{
	return work(checker, seat, now, booked, error);
}

/* ---- the thread ------------------------------------------------------------------------------ */

struct checker *checker_new(struct seat *seats, uint32_t seat_count, struct http *http)
{
	struct checker *checker = calloc(1, sizeof(*checker));
	pthread_condattr_t attributes;

	if (checker == NULL)
		fatal("out of memory");
	checker->seats = seats;
	checker->seat_count = seat_count;
	checker->http = http;
	checker->expecters = calloc(seat_count + 1, sizeof(*checker->expecters));
	if (checker->expecters == NULL)
		fatal("out of memory");
	invariant(pthread_mutex_init(&checker->lock, NULL) == 0);
	invariant(pthread_condattr_init(&attributes) == 0);
	invariant(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	invariant(pthread_cond_init(&checker->turned, &attributes) == 0);
	(void)pthread_condattr_destroy(&attributes);
	return checker;
}

static bool rest(struct checker *checker)
{
	int64_t until_at = clock_monotonic() + TICK_US;
	struct timespec until = { .tv_sec = until_at / SECOND_US,
				  .tv_nsec = until_at % SECOND_US * 1000 };
	bool stopping;

	(void)pthread_mutex_lock(&checker->lock);
	if (!checker->stopping)
		(void)pthread_cond_timedwait(&checker->turned, &checker->lock, &until);
	stopping = checker->stopping;
	(void)pthread_mutex_unlock(&checker->lock);
	return !stopping;
}

static void *checker_run(void *context)
{
	struct checker *checker = context;
	struct error error = { 0 };
	uint32_t booked;

	do {
		bool retries = checker->retried_at == 0 ||
			       clock_monotonic() - checker->retried_at >= RETRY_EVERY_US;

		for (uint32_t i = 0; i < checker->seat_count; i++) {
			struct seat *seat = &checker->seats[i];

			if (!checker_step(checker, seat, clock_now(), &booked, &error) ||
			    (retries && !checker_retry(seat, clock_now(), &booked, &error)) ||
			    !expect_step(&checker->expecters[i], seat, clock_now(),
					 clock_monotonic(), &error))
				engine_store_failed(&error);
		}
		if (retries)
			checker->retried_at = clock_monotonic();
	} while (rest(checker));
	return NULL;
}

void checker_start(struct checker *checker)
{
	engine_thread_start(&checker->thread, checker_run, checker);
	checker->runs = true;
}

void checker_free(struct checker *checker)
{
	if (checker == NULL)
		return;
	(void)pthread_mutex_lock(&checker->lock);
	checker->stopping = true;
	(void)pthread_cond_broadcast(&checker->turned);
	(void)pthread_mutex_unlock(&checker->lock);
	if (checker->runs)
		(void)pthread_join(checker->thread, NULL);
	if (checker->http != NULL)
		checker->http->verbs->close(checker->http);
	for (uint32_t i = 0; i < checker->seat_count; i++)
		expect_done(&checker->expecters[i]);
	free(checker->expecters);
	(void)pthread_cond_destroy(&checker->turned);
	(void)pthread_mutex_destroy(&checker->lock);
	free(checker);
}
