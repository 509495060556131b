/*
 * The asker's threads: a provider that hangs keeps only its own channels waiting, a stop waits for
 * nobody, channels of one tenant are worked on at once, and of one channel nothing starves.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "town.h"

#include "asking/asker.h"
#include "base/clock.h"
#include "base/halt.h"
#include "money/teller.h"
#include "state/attempts.h"
#include "state/inbox.h"
#include "state/ledger.h"
#include "state/street.h"

#define HEAD "currency: KES\ntimezone: Africa/Nairobi\npayments:\n"
#define TAIL                                                                                \
	"---\nkind: Site\nname: kasarani\n"                                                 \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 month\n" \
	"speed: {down: 10M, up: 5M}\n"                                                      \
	"---\nkind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n"     \
	"password: {file: r.pw}\nmode: manage\n"                                            \
	"---\nkind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\n"
#define DARAJA                                                                               \
	"  - {name: %s%u, provider: daraja, environment: sandbox, shortcode: \"6006%02u\", " \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, consumer_key: {env: WAVU_TEST_%s}, "  \
	"consumer_secret: {env: WAVU_TEST_KEY}, passkey: {env: WAVU_TEST_KEY}}\n"
#define FLUTTERWAVE                                                                        \
	"  - {name: fw, provider: flutterwave, shortcode: \"100003\", type: till, token: " \
	"{env: WAVU_TEST_TOKEN}, secret: {env: WAVU_TEST_FLUTTERWAVE}, consumer_secret: "  \
	"{env: WAVU_TEST_KEY}}\n"

#define SLOW_COUNT 8 /* channels of one credential */
#define OWN_COUNT 4  /* channels with one of their own each: "ONE0" … */
#define STORM 40     /* prompts wanted at once */
#define PATIENCE_S 60

/* ---- providers ------------------------------------------------------------------------------- */

/* All of them, told apart by the key they are asked with. */
struct exchange {
	struct http http;
	pthread_mutex_t lock;
	struct text hanging[6]; /* keys whose calls, but for logins, are answered by nobody */
	uint32_t hung;          /* calls that wait now */
	uint32_t pushes, asks;
	char order[64]; /* the calls with the key that is watched: P pushes, others */
	struct text watched;
	uint32_t refusals; /* pushes that are refused as too many; Retry-After with it */
	uint32_t retry_after_s;
	struct text verified;
};

static struct text key_of(const struct http_call *call)
{
	for (uint32_t i = 0; i < call->header_count; i++)
		if (text_starts(call->headers[i].value, TEXT("Bearer ")))
			return text_from(call->headers[i].value, 7);
	return TEXT_NONE;
}

static bool hangs(struct exchange *exchange, struct text key)
{
	bool is_hanging = false;

	(void)pthread_mutex_lock(&exchange->lock);
	for (uint32_t i = 0; i < ARRAY_COUNT(exchange->hanging); i++)
		is_hanging = is_hanging || (key.size > 0 && text_equal(exchange->hanging[i], key));
	(void)pthread_mutex_unlock(&exchange->lock);
	return is_hanging;
}

static void count(struct exchange *exchange, uint32_t *what, uint32_t by)
{
	(void)pthread_mutex_lock(&exchange->lock);
	*what += by;
	(void)pthread_mutex_unlock(&exchange->lock);
}

static uint32_t counted(struct exchange *exchange, const uint32_t *what)
{
	uint32_t number;

	(void)pthread_mutex_lock(&exchange->lock);
	number = *what;
	(void)pthread_mutex_unlock(&exchange->lock);
	return number;
}

static void watch(struct exchange *exchange, const struct http_call *call, char what)
{
	(void)pthread_mutex_lock(&exchange->lock);
	if (exchange->watched.size > 0 && text_equal(key_of(call), exchange->watched) &&
	    strlen(exchange->order) + 1 < sizeof(exchange->order))
		exchange->order[strlen(exchange->order)] = what;
	(void)pthread_mutex_unlock(&exchange->lock);
}

/* Is this push one too many? */
static bool refuses(struct exchange *exchange)
{
	bool is_refused;

	(void)pthread_mutex_lock(&exchange->lock);
	is_refused = exchange->refusals > 0;
	exchange->refusals -= is_refused;
	(void)pthread_mutex_unlock(&exchange->lock);
	return is_refused;
}

/* False: the process is to end, and the call was given up. */
static bool wait(struct exchange *exchange, const struct http_call *call)
{
	struct text key = key_of(call);
	bool goes_on = true;

	if (!hangs(exchange, key))
		return true;
	count(exchange, &exchange->hung, 1);
	while (goes_on && hangs(exchange, key)) {
		clock_sleep_ms(1);
		goes_on = !call->yields || !halt_called();
	}
	count(exchange, &exchange->hung, (uint32_t)-1);
	return goes_on;
}

static bool exchange_call(struct http *http, const struct http_call *call, struct http_reply *reply,
			  struct arena *arena, struct error *error)
{
	struct exchange *exchange = (struct exchange *)http;
	bool is_push = text_contains_nocase(call->url, TEXT("/stkpush/"));

	*reply = (struct http_reply){ .status = 200, .was_sent = true };
	if (text_contains_nocase(call->url, TEXT("/oauth/"))) {
		reply->body = text_format(arena,
					  "{\"access_token\":\"%.*s\",\"expires_in\":\"3599\"}",
					  TEXT_ARG(call->user));
		return true;
	}
	if (is_push)
		count(exchange, &exchange->pushes, 1);
	watch(exchange, call,
	      is_push                                                        ? 'P'
	      : text_contains_nocase(call->url, TEXT("/stkpushquery/"))      ? 'Q'
	      : text_contains_nocase(call->url, TEXT("/transactionstatus/")) ? 'V'
	      : text_contains_nocase(call->url, TEXT("/pulltransactions/"))  ? 'L'
									     : '?');
	if (!wait(exchange, call))
		return error_set(error, ERROR_UNKNOWN, "the line broke before the answer");
	if (is_push && refuses(exchange)) {
		reply->status = 429;
		reply->retry_after_s = exchange->retry_after_s;
		reply->body = TEXT("{\"fault\":{\"faultstring\":\"Spike arrest violation\"}}");
	} else if (is_push) {
		reply->body = text_format(arena,
					  "{\"MerchantRequestID\":\"1\",\"CheckoutRequestID\":"
					  "\"ws_CO_%u\",\"ResponseCode\":\"0\"}",
					  counted(exchange, &exchange->pushes));
	} else if (text_ends(call->url, TEXT("/verify"))) {
		reply->body = text_copy(arena, exchange->verified);
	} else {
		count(exchange, &exchange->asks, 1);
		reply->status = 500;
	}
	return true;
}

static bool exchange_alive(struct http *http)
{
	(void)http;
	return true;
}

static void exchange_close(struct http *http)
{
	(void)http;
}

static const struct http_verbs exchange_verbs = { exchange_call, exchange_alive, exchange_close };

static void hang(struct exchange *exchange, const char *first, const char *second)
{
	(void)pthread_mutex_lock(&exchange->lock);
	exchange->hanging[0] = text_of(first);
	exchange->hanging[1] = text_of(second);
	(void)pthread_mutex_unlock(&exchange->lock);
}

/* ---- three tenants --------------------------------------------------------------------------- */

#define TENANTS 3

struct estate {
	struct town town; /* its folder and its settings; its own seat is closed */
	struct settings_tenant tenants[TENANTS];
	struct seat seats[TENANTS];
	struct exchange exchange;
	uint32_t phones;
};

static void commit(struct estate *estate, struct seat *seat, struct text yaml)
{
	struct intent_file file = { TEXT("all.yaml"), yaml };
	struct findings findings = { 0 };
	struct error error = { 0 };
	struct intent *intent = NULL;

	intent_read_files(&intent, &findings, &file, 1, &estate->town.arena);
	if (intent == NULL)
		fail_msg("%u: %.*s", findings.errors[0].line, TEXT_ARG(findings.errors[0].message));
	(void)snprintf(intent->commit, sizeof(intent->commit), "%040x", 1u);
	if (!commit_take(seat, intent, clock_now(), &error))
		fail_msg("%s", error.text);
}

static struct text golden(struct estate *estate, const char *name)
{
	char path[4096];
	char *bytes = arena_take(&estate->town.arena, 8192);
	FILE *file;
	size_t size;

	(void)snprintf(path, sizeof(path), "%s/tests/golden/provider/flutterwave/%s",
		       getenv("WAVU_SOURCE"), name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s cannot be read", path);
	size = fread(bytes, 1, 8191, file);
	(void)fclose(file);
	return (struct text){ bytes, (uint32_t)size };
}

static struct text yaml_of(struct estate *estate)
{
	struct arena *arena = &estate->town.arena;
	struct text all = text_format(arena, "kind: Tenant\nname: kasinet\n" HEAD FLUTTERWAVE);

	for (uint32_t i = 0; i < SLOW_COUNT; i++)
		all = text_format(arena, "%.*s" DARAJA, TEXT_ARG(all), "slow", i, i, "SLOW");
	for (uint32_t i = 0; i < OWN_COUNT; i++)
		all = text_format(arena, "%.*s" DARAJA, TEXT_ARG(all), "own", i, 50 + i,
				  text_format(arena, "ONE%u", i).at);
	return text_format(arena, "%.*s" TAIL, TEXT_ARG(all));
}

/* Not on the stack: a test that fails leaves threads behind that still use it. */
static struct estate *begin(void)
{
	static const char *const keys[] = {
		"SLOW", "ONE0", "ONE1", "ONE2", "ONE3", "OTHER", "THIRD"
	};
	struct estate *estate = calloc(1, sizeof(*estate));
	struct arena *arena;
	struct error error = { 0 };

	assert_non_null(estate);
	arena = &estate->town.arena;
	halt_prepare();
	town_open(&estate->town, 0);
	seat_close(&estate->town.seat);
	estate->exchange.http.verbs = &exchange_verbs;
	assert_int_equal(pthread_mutex_init(&estate->exchange.lock, NULL), 0);
	estate->exchange.verified = golden(estate, "verified.json");
	(void)setenv("WAVU_TEST_TOKEN", TOWN_TOKEN, 1);
	(void)setenv("WAVU_TEST_KEY", "key-1", 1);
	(void)setenv("WAVU_TEST_FLUTTERWAVE", text_copy(arena, text_trim(golden(estate, "key"))).at,
		     1);
	for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
		(void)setenv(text_format(arena, "WAVU_TEST_%s", keys[i]).at, keys[i], 1);
	for (uint32_t i = 0; i < TENANTS; i++) {
		static const char *const names[TENANTS] = { "kasinet", "mtaani", "kibera" };

		estate->tenants[i] = estate->town.tenant;
		estate->tenants[i].name = text_of(names[i]);
		if (!seat_open(&estate->seats[i], &estate->town.settings, &estate->tenants[i], true,
			       &error))
			fail_msg("%s", error.text);
	}
	commit(estate, &estate->seats[0], yaml_of(estate));
	commit(estate, &estate->seats[1],
	       text_format(arena, "kind: Tenant\nname: mtaani\n" HEAD DARAJA TAIL, "main", 0, 0,
			   "OTHER"));
	commit(estate, &estate->seats[2],
	       text_format(arena, "kind: Tenant\nname: kibera\n" HEAD DARAJA TAIL, "main", 0, 0,
			   "THIRD"));
	return estate;
}

static void end(struct estate *estate)
{
	struct error error = { 0 };
	struct text *problems;
	uint32_t problem_count;

	for (uint32_t i = 0; i < TENANTS; i++) {
		if (!store_verify(&problems, &problem_count, estate->seats[i].store,
				  &estate->town.arena, &error))
			fail_msg("%s", error.text);
		if (problem_count > 0)
			fail_msg("%.*s", TEXT_ARG(problems[0]));
		seat_close(&estate->seats[i]);
	}
	(void)pthread_mutex_destroy(&estate->exchange.lock);
	town_close(&estate->town);
	free(estate);
}

static struct asker *asker_of(struct estate *estate)
{
	return asker_new(estate->seats, TENANTS, &estate->exchange.http);
}

/* A prompt that somebody wants; `lost`: it was sent, and its result is overdue. */
static int64_t prompt(struct estate *estate, uint32_t tenant, const char *channel, bool lost)
{
	struct seat *seat = &estate->seats[tenant];
	struct arena *arena = &estate->town.arena;
	struct attempt attempt = { .channel = text_of(channel),
				   .provider = TEXT("daraja"),
				   .shortcode = TEXT("600600"),
				   .subscriber = TEXT("kn0042"),
				   .account = TEXT("KN-0042"),
				   .phone = text_format(arena, "2547000%05u", estate->phones++),
				   .cents = 250000 };
	struct error error = { 0 };
	bool fresh;

	if (!store_begin(seat->store, &error) ||
	    !attempts_start(&fresh, &attempt, seat->store, clock_now(), arena, &error))
		fail_msg("%s", error.text);
	assert_true(fresh);
	if (lost) {
		attempt.sent_at = clock_now() - MINUTE_US;
		attempt.status = ATTEMPT_PROMPTED;
		attempt.provider_ref = TEXT("ws_CO_lost");
		if (!attempts_write(seat->store, &attempt, clock_now(), &error))
			fail_msg("%s", error.text);
	}
	if (!store_commit(seat->store, &error))
		fail_msg("%s", error.text);
	return attempt.id;
}

static struct attempt attempt_of(struct estate *estate, uint32_t tenant, int64_t id)
{
	struct error error = { 0 };
	struct attempt attempt;
	bool found;

	if (!attempts_find(&found, &attempt, estate->seats[tenant].store, id, &estate->town.arena,
			   &error) ||
	    !found)
		fail_msg("%s", error.text);
	return attempt;
}

static bool is_prompted(struct estate *estate, uint32_t tenant, int64_t id)
{
	return attempt_of(estate, tenant, id).status == ATTEMPT_PROMPTED;
}

static uint32_t prompted(struct estate *estate, const int64_t *ids, uint32_t id_count)
{
	uint32_t number = 0;

	for (uint32_t i = 0; i < id_count; i++)
		number += is_prompted(estate, 0, ids[i]);
	return number;
}

static uint32_t credited(struct estate *estate)
{
	struct error error = { 0 };
	struct payment *payments;
	uint32_t number;

	if (!ledger_payments(&payments, &number, estate->seats[0].store, PAYMENT_CREDITED, 1000,
			     &estate->town.arena, &error))
		fail_msg("%s", error.text);
	return number;
}

/* Arrives in the inbox of the first tenant, and is booked. */
static void arrive(struct estate *estate, struct inbox_line line)
{
	struct seat *seat = &estate->seats[0];
	struct error error = { 0 };
	struct store *street;
	bool more = true;

	line.received_at = clock_now();
	line.source = TEXT("203.0.113.9");
	if (!store_open(&street, estate->town.settings.state, seat->tenant->name, STORE_WEBHOOK,
			&error) ||
	    !inbox_append(street, &line, 1, &error))
		fail_msg("%s", error.text);
	store_close(street);
	while (more)
		if (!teller_step(seat, clock_now(), &more, &error))
			fail_msg("%s", error.text);
}

/* States are waited for; the time is only how long a broken one may keep the tests. */
#define UNTIL(condition)                                                       \
	do {                                                                   \
		int64_t until_at = clock_monotonic() + PATIENCE_S * SECOND_US; \
		while (!(condition)) {                                         \
			if (clock_monotonic() > until_at)                      \
				fail_msg("never came: %s", #condition);        \
			clock_sleep_ms(5);                                     \
		}                                                              \
	} while (0)

/* ---- what must hold -------------------------------------------------------------------------- */

static void start_slow(struct estate *estate, int64_t *ids)
{
	for (uint32_t i = 0; i < SLOW_COUNT; i++)
		ids[i] = prompt(estate, 0, text_format(&estate->town.arena, "slow%u", i).at, false);
}

/* Eight channels of a credential that hangs, and whatever else wants something meanwhile: a prompt
 * and a question of another channel, a hint of another provider, a prompt of another tenant. */
static void a_provider_that_hangs_delays_nobody_else(void **state)
{
	struct estate *estate = begin();
	struct exchange *exchange = &estate->exchange;
	int64_t slow[SLOW_COUNT], own, others;
	struct asker *asker;

	(void)state;
	hang(exchange, "SLOW", "");
	start_slow(estate, slow);
	asker = asker_of(estate);
	asker_start(asker);
	UNTIL(counted(exchange, &exchange->hung) == 1);
	own = prompt(estate, 0, "own0", false);
	others = prompt(estate, 1, "main0", false);
	(void)prompt(estate, 0, "own1", true);
	arrive(estate, (struct inbox_line){ .channel = TEXT("fw"),
					    .provider = TEXT("flutterwave"),
					    .headers = golden(estate, "completed.headers"),
					    .body = golden(estate, "completed.json") });
	asker_wake(asker);
	UNTIL(is_prompted(estate, 0, own));
	UNTIL(is_prompted(estate, 1, others));
	UNTIL(counted(exchange, &exchange->asks) == 1);
	UNTIL(credited(estate) == 1);
	/* Seven wait for the one that hangs, and for nobody's thread. */
	assert_int_equal(counted(exchange, &exchange->hung), 1);
	assert_int_equal(prompted(estate, slow, SLOW_COUNT), 0);
	hang(exchange, "", "");
	UNTIL(prompted(estate, slow, SLOW_COUNT) == SLOW_COUNT);
	assert_int_equal(counted(exchange, &exchange->pushes), SLOW_COUNT + 2);
	asker_free(asker);
	end(estate);
}

/* One credential of each of two tenants at one provider, and all others of the first: the third
 * tenant of that provider does not notice. */
static void tenants_that_hang_delay_no_third_one(void **state)
{
	static const char *const hanging[] = { "SLOW", "ONE0", "ONE1", "ONE2", "ONE3", "OTHER" };
	struct estate *estate = begin();
	struct exchange *exchange = &estate->exchange;
	struct arena *arena = &estate->town.arena;
	struct asker *asker;
	int64_t id;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(hanging); i++)
		exchange->hanging[i] = text_of(hanging[i]);
	(void)prompt(estate, 0, "slow0", false);
	for (uint32_t i = 0; i < OWN_COUNT; i++)
		(void)prompt(estate, 0, text_format(arena, "own%u", i).at, false);
	(void)prompt(estate, 1, "main0", false);
	asker = asker_of(estate);
	asker_start(asker);
	/* Of the first tenant one by its own turn, three by shared ones; of the second its own. */
	UNTIL(counted(exchange, &exchange->hung) == 5);
	id = prompt(estate, 2, "main0", false);
	asker_wake(asker);
	UNTIL(is_prompted(estate, 2, id));
	assert_int_equal(counted(exchange, &exchange->hung), 5);
	(void)pthread_mutex_lock(&exchange->lock);
	memset(exchange->hanging, 0, sizeof(exchange->hanging));
	(void)pthread_mutex_unlock(&exchange->lock);
	UNTIL(counted(exchange, &exchange->pushes) == 7);
	asker_free(asker);
	end(estate);
}

/* Property 17: whatever is due of one channel has its turn while more prompts are wanted than can
 * leave. */
static void property_17_a_storm_of_prompts_starves_nothing(void **state)
{
	struct estate *estate = begin();
	struct exchange *exchange = &estate->exchange;
	int64_t ids[STORM], next_at = 0;
	struct error error = { 0 };
	struct asker *asker;

	(void)state;
	exchange->watched = TEXT("ONE0");
	(void)prompt(estate, 0, "own0", true);
	for (uint32_t i = 0; i < STORM; i++)
		ids[i] = prompt(estate, 0, "own0", false);
	asker = asker_of(estate);
	if (!asker_visit(asker, &estate->seats[0], TEXT("own0"), clock_now(), &next_at, &error))
		fail_msg("%s", error.text);
	assert_memory_equal(exchange->order, "PQP", 3);
	asker_start(asker);
	UNTIL(prompted(estate, ids, STORM) == STORM);
	assert_int_equal(counted(exchange, &exchange->pushes), STORM);
	asker_free(asker);
	end(estate);
}

/* Property 17: one that is refused as too many speaks for all of its credential, until then. */
static void property_17_one_refusal_stops_the_storm(void **state)
{
	struct estate *estate = begin();
	struct exchange *exchange = &estate->exchange;
	int64_t ids[STORM], next_at = 0;
	struct error error = { 0 };
	struct attempt attempt;
	struct asker *asker;

	(void)state;
	exchange->refusals = 1;
	exchange->retry_after_s = 90;
	for (uint32_t i = 0; i < STORM; i++)
		ids[i] = prompt(estate, 0, i % 2 ? "slow0" : "slow1", false);
	asker = asker_of(estate);
	for (uint32_t i = 0; i < 3; i++)
		if (!asker_step(asker, &estate->seats[0], clock_now(), &next_at, &error))
			fail_msg("%s", error.text);
	assert_int_equal(counted(exchange, &exchange->pushes), 1);
	for (uint32_t i = 0; i < STORM; i++) {
		attempt = attempt_of(estate, 0, ids[i]);
		assert_int_equal(attempt.status, ATTEMPT_CREATED);
		assert_int_equal(attempt.sent_at, 0);
	}
	/* Another credential is not concerned; a fresh start tries anew. */
	(void)prompt(estate, 0, "own0", false);
	if (!asker_step(asker, &estate->seats[0], clock_now(), &next_at, &error))
		fail_msg("%s", error.text);
	assert_int_equal(counted(exchange, &exchange->pushes), 2);
	asker_free(asker);
	asker = asker_of(estate);
	if (!asker_step(asker, &estate->seats[0], clock_now() + 6 * SECOND_US, &next_at, &error))
		fail_msg("%s", error.text);
	assert_int_equal(prompted(estate, ids, STORM), STORM);
	assert_int_equal(counted(exchange, &exchange->pushes), 2 + STORM);
	asker_free(asker);
	end(estate);
}

/* Property 18: what was on its way counts as sent. */
static void property_18_a_stop_does_not_wait_for_who_hangs(void **state)
{
	struct estate *estate = begin();
	struct exchange *exchange = &estate->exchange;
	struct error error = { 0 };
	struct attempt attempt;
	struct asker *asker;
	int64_t id, waiting, next_at;

	(void)state;
	hang(exchange, "SLOW", "");
	id = prompt(estate, 0, "slow0", false);
	asker = asker_of(estate);
	asker_start(asker);
	UNTIL(counted(exchange, &exchange->hung) == 1);
	waiting = prompt(estate, 0, "slow1", false);
	asker_wake(asker);
	asker_stop(asker);
	assert_true(asker_is_busy(asker));
	halt_call();
	asker_free(asker);
	assert_int_equal(counted(exchange, &exchange->hung), 0);
	attempt = attempt_of(estate, 0, id);
	assert_int_equal(attempt.status, ATTEMPT_CREATED);
	assert_true(attempt.sent_at > 0);
	assert_int_equal(attempt_of(estate, 0, waiting).sent_at, 0);
	halt_prepare();
	hang(exchange, "", "");
	asker = asker_of(estate);
	if (!asker_step(asker, &estate->seats[0], clock_now(), &next_at, &error))
		fail_msg("%s", error.text);
	assert_true(is_prompted(estate, 0, waiting));
	assert_int_equal(counted(exchange, &exchange->pushes), 2);
	asker_free(asker);
	end(estate);
}

/* Property 17: five questions a minute, whichever of its channels asks (payments facts 1.5). */
static void property_17_a_credential_has_one_budget(void **state)
{
	struct estate *estate = begin();
	struct exchange *exchange = &estate->exchange;
	int64_t began_at = clock_monotonic();
	struct asker *asker;

	(void)state;
	for (uint32_t i = 0; i < SLOW_COUNT; i++)
		(void)prompt(estate, 0, text_format(&estate->town.arena, "slow%u", i).at, true);
	asker = asker_of(estate);
	asker_start(asker);
	UNTIL(counted(exchange, &exchange->asks) > 0);
	for (uint32_t i = 0; i < 40; i++) {
		uint32_t asks;

		asker_wake(asker);
		clock_sleep_ms(10);
		asks = counted(exchange, &exchange->asks);
		assert_true(asks <= 1 + (clock_monotonic() - began_at) / (12 * SECOND_US));
	}
	asker_free(asker);
	end(estate);
}

/* Two channels of one tenant at the same moment, while results of the others are booked. */
static void channels_of_one_tenant_work_at_once(void **state)
{
	struct estate *estate = begin();
	struct exchange *exchange = &estate->exchange;
	struct arena *arena = &estate->town.arena;
	int64_t ids[OWN_COUNT * 6];
	struct asker *asker;
	uint32_t done = 0;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(ids); i++)
		ids[i] = prompt(estate, 0, text_format(arena, "own%u", i % OWN_COUNT).at, false);
	hang(exchange, "ONE0", "ONE1");
	asker = asker_of(estate);
	asker_start(asker);
	UNTIL(counted(exchange, &exchange->hung) == 2);
	UNTIL(prompted(estate, ids, ARRAY_COUNT(ids)) == ARRAY_COUNT(ids) / 2);
	hang(exchange, "", "");
	for (uint32_t i = 0; i < ARRAY_COUNT(ids); i++) {
		struct attempt attempt;

		UNTIL(is_prompted(estate, 0, ids[i]));
		attempt = attempt_of(estate, 0, ids[i]);
		arrive(estate,
		       (struct inbox_line){
			   .channel = attempt.channel,
			   .provider = TEXT("daraja"),
			   .kind = TEXT("attempt"),
			   .attempt = attempt.id,
			   .body = text_format(
			       arena,
			       "{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"%.*s\","
			       "\"ResultCode\":0,\"CallbackMetadata\":{\"Item\":["
			       "{\"Name\":\"Amount\",\"Value\":2500.00},"
			       "{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"UKL%07u\"}]}}}}",
			       TEXT_ARG(attempt.provider_ref), ++done) });
	}
	assert_int_equal(credited(estate), done);
	assert_int_equal(counted(exchange, &exchange->pushes), done);
	asker_free(asker);
	end(estate);
}

/* The street is derived: whatever it forgot is told again before anything is asked. */
static void a_start_opens_the_urls_again(void **state)
{
	struct estate *estate = begin();
	struct error error = { 0 };
	struct street_attempt row;
	struct store *store;
	struct asker *asker;
	struct digest token;
	int64_t id, next_at;
	bool found = false;

	(void)state;
	store = estate->seats[0].store;
	id = prompt(estate, 0, "own0", false);
	asker = asker_of(estate);
	if (!asker_step(asker, &estate->seats[0], clock_now(), &next_at, &error) ||
	    !street_attempts_open(store, NULL, 0, clock_now() + 8 * DAY_US, &error))
		fail_msg("%s", error.text);
	asker_free(asker);
	token = attempt_of(estate, 0, id).token;
	asker = asker_of(estate);
	asker_start(asker);
	UNTIL(street_attempt_find(&found, &row, store, &token, TEXT("own0"), clock_now(),
				  &estate->town.arena, &error) &&
	      found);
	assert_int_equal(row.attempt, id);
	asker_free(asker);
	end(estate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_provider_that_hangs_delays_nobody_else),
		cmocka_unit_test(tenants_that_hang_delay_no_third_one),
		cmocka_unit_test(property_17_a_storm_of_prompts_starves_nothing),
		cmocka_unit_test(property_17_one_refusal_stops_the_storm),
		cmocka_unit_test(property_18_a_stop_does_not_wait_for_who_hangs),
		cmocka_unit_test(property_17_a_credential_has_one_budget),
		cmocka_unit_test(channels_of_one_tenant_work_at_once),
		cmocka_unit_test(a_start_opens_the_urls_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
