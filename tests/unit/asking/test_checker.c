/*
 * Channels whose callbacks are signed, or only hints: what counts, what never does, what is counted
 * once, what is tried again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "prompts.h"

#include "base/clock.h"
#include "money/retrying.h"

#define PEOPLE "kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0700000001\n"
#define HOME                                                                         \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 " \
	"month\nspeed: {down: 10M, up: 5M}\n"
#define TENANT                                                                                   \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"                 \
	"payments:\n"                                                                            \
	"  - {name: ps, provider: paystack, shortcode: \"100001\", type: till, token: {env: "    \
	"WAVU_TEST_TOKEN}, secret: {env: WAVU_TEST_PAYSTACK}}\n"                                 \
	"  - {name: kk, provider: kopokopo, shortcode: \"512345\", type: till, token: {env: "    \
	"WAVU_TEST_TOKEN}, secret: {env: WAVU_TEST_KOPOKOPO}}\n"                                 \
	"  - {name: fw, provider: flutterwave, shortcode: \"100003\", type: till, token: {env: " \
	"WAVU_TEST_TOKEN}, secret: {env: WAVU_TEST_FLUTTERWAVE}, consumer_secret: {env: "        \
	"WAVU_TEST_KEY}}\n"                                                                      \
	"  - {name: bank, provider: kcb, shortcode: \"150151\", type: till, token: {env: "       \
	"WAVU_TEST_TOKEN}, public_key: {env: WAVU_TEST_KCB}}\n"                                  \
	"  - {name: main, provider: daraja, shortcode: \"600638\", type: paybill, token: {env: " \
	"WAVU_TEST_TOKEN}}\n"                                                                    \
	"---\nkind: Site\nname: kasarani\n" HOME

/* Two of its channels in a tenant of other money; and one under another provider. */
#define UGANDA                                                                                \
	"kind: Tenant\nname: kasinet\ncurrency: UGX\ntimezone: Africa/Nairobi\npayments:\n"   \
	"  - {name: ps, provider: paystack, shortcode: \"100001\", type: till, token: {env: " \
	"WAVU_TEST_TOKEN}, secret: {env: WAVU_TEST_PAYSTACK}}\n"                              \
	"  - {name: kk, provider: kopokopo, shortcode: \"512346\", type: till, token: {env: " \
	"WAVU_TEST_TOKEN}, secret: {env: WAVU_TEST_KOPOKOPO}}\n"                              \
	"---\nkind: Site\nname: kasarani\n" HOME
#define LISTED                                                                                 \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\npayments:\n"    \
	"  - {name: ps, provider: daraja, shortcode: \"600638\", type: paybill, token: {env: " \
	"WAVU_TEST_TOKEN}, sources: [196.201.214.200]}\n"                                      \
	"---\nkind: Site\nname: kasarani\n" HOME

static struct text golden(struct town *town, const char *path)
{
	char name[4096];
	char *bytes = arena_take(&town->arena, 8192);
	FILE *file;
	size_t size;

	(void)snprintf(name, sizeof(name), "%s/tests/golden/provider/%s", getenv("WAVU_SOURCE"),
		       path);
	file = fopen(name, "rb");
	if (file == NULL)
		fail_msg("%s cannot be read", name);
	size = fread(bytes, 1, 8191, file);
	(void)fclose(file);
	bytes[size] = '\0';
	return (struct text){ bytes, (uint32_t)size };
}

static void key_set(struct town *town, const char *variable, const char *path)
{
	struct text key = text_copy(&town->arena, text_trim(golden(town, path)));

	(void)setenv(variable, key.at, 1);
}

static void begin(struct town *town)
{
	town_open(town, 1);
	key_set(town, "WAVU_TEST_PAYSTACK", "paystack/key");
	key_set(town, "WAVU_TEST_KOPOKOPO", "kopokopo/key");
	key_set(town, "WAVU_TEST_FLUTTERWAVE", "flutterwave/key");
	key_set(town, "WAVU_TEST_KCB", "kcb/key");
	town_commit(town, town_join(town, TENANT, TOWN_R1, PEOPLE), 0);
}

/* Arrives in the inbox; the webhook program writes it, so it is written as that program. */
static void arrive(struct town *town, const char *channel, const char *provider,
		   struct text headers, struct text body)
{
	struct inbox_line line = { .channel = text_of(channel),
				   .provider = text_of(provider),
				   .received_at = clock_now(),
				   .source = TEXT("203.0.113.9"),
				   .headers = headers,
				   .body = body };

	town_hear(town, &line, 1);
}

static void golden_arrives(struct town *town, const char *channel, const char *provider,
			   const char *name)
{
	struct text body = golden(town, text_format(&town->arena, "%s/%s.json", provider, name).at);
	struct text headers = golden(town,
				     text_format(&town->arena, "%s/%s.headers", provider, name).at);

	arrive(town, channel, provider, headers, body);
}

static struct payment newest_held(struct town *town)
{
	struct payment *payments;
	struct error error = { 0 };
	uint32_t count;

	if (!ledger_payments(&payments, &count, town->seat.store, PAYMENT_HELD, 1000, &town->arena,
			     &error))
		fail_msg("%s", error.text);
	assert_true(count > 0);
	return payments[0];
}

static void signed_callbacks_are_credited_once(void **state)
{
	static const char *const all[][3] = { { "ps", "paystack", "charge" },
					      { "kk", "kopokopo", "received" },
					      { "kk", "kopokopo", "hashed" },
					      { "bank", "kcb", "account" } };
	struct town town;

	(void)state;
	begin(&town);
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < ARRAY_COUNT(all); i++)
			golden_arrives(&town, all[i][0], all[i][1], all[i][2]);
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 4);
	assert_int_equal(town_held(&town), 0);
	assert_int_equal(town_payment(&town, "PAYSTACK-WAVU7K2M9Q").amount_cents, 250000);
	assert_int_equal(town_payment(&town, "UKM1A2B3C4").amount_cents, 250000);
	assert_int_equal(town_payment(&town, "KCB-FT26326ABC1Z").amount_cents, 2000000);
	assert_true(text_is(town_payment(&town, "UKM1A2B3C5").account, "KN-0042"));
	town_end(&town);
}

/* Property 26, and the bound of the held list: a thousand forgeries are one line, counted. */
static void property_26_forgeries_are_one_held_line_and_never_credit(void **state)
{
	struct town town;
	struct text body;
	struct payment held;

	(void)state;
	begin(&town);
	body = golden(&town, "paystack/charge.json");
	for (int i = 0; i < 40; i++)
		arrive(&town, "ps", "paystack",
		       text_format(&town.arena, "X-Paystack-Signature: %0128x\n", i),
		       text_format(&town.arena, "%.*s%*s", TEXT_ARG(body), i, ""));
	arrive(&town, "kk", "kopokopo", TEXT_NONE, golden(&town, "kopokopo/received.json"));
	arrive(&town, "bank", "kcb", TEXT_NONE, golden(&town, "kcb/account.json"));
	arrive(&town, "fw", "flutterwave", TEXT("verif-hash: 00\n"),
	       golden(&town, "flutterwave/completed.json"));
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	assert_int_equal(town_held(&town), 4);
	held = town_payment(&town, "held-1");
	assert_false(held.has_amount);
	assert_true(text_contains_nocase(held.reason, TEXT("signature")));
	assert_true(text_contains_nocase(held.reason, TEXT("came 40 times")));
	/* The forger has not taken the receipt: the genuine one counts. */
	golden_arrives(&town, "ps", "paystack", "charge");
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	town_end(&town);
}

/* Property 25: a good signature over other bytes, and good bytes spoilt in every way, are never
 * money; nor is what a provider signs, but nobody can read. */
static void property_25_spoilt_callbacks_never_credit(void **state)
{
	static const char *const channels[][2] = { { "ps", "paystack" },
						   { "kk", "kopokopo" },
						   { "bank", "kcb" } };
	static const char *const goldens[] = { "charge", "received", "account" };
	struct town town;

	(void)state;
	begin(&town);
	for (size_t i = 0; i < ARRAY_COUNT(channels); i++) {
		const char *path = text_format(&town.arena, "%s/%s", channels[i][1], goldens[i]).at;
		struct text body = golden(&town, text_format(&town.arena, "%s.json", path).at);
		struct text headers = golden(&town,
					     text_format(&town.arena, "%s.headers", path).at);
		struct text spoilt[] = {
			text_head(body, body.size - 1),
			text_head(body, body.size / 2),
			TEXT_NONE,
			text_format(&town.arena, "%.*s ", TEXT_ARG(body)),
			text_format(&town.arena, "[%.*s]", TEXT_ARG(body)),
			text_format(&town.arena, "{\"amount\":1,%.*s",
				    TEXT_ARG(text_from(body, 1))),
			TEXT("\0\xff{\"event\":\"charge.success\"}"),
		};

		for (size_t k = 0; k < ARRAY_COUNT(spoilt); k++)
			arrive(&town, channels[i][0], channels[i][1], headers, spoilt[k]);
	}
	/* Deep, long and doubled, on the channel that is not signed. */
	char *deep = arena_take(&town.arena, 65537);
	memset(deep, '[', 65536);
	deep[65536] = '\0';
	town_say(&town, "main", "1.1.1.1", deep);
	memset(deep + 1, ',', 65534);
	town_say(&town, "main", "1.1.1.1", deep);
	town_say(&town, "main", "1.1.1.1",
		 "{\"TransID\":\"UKLTW1CE00\",\"TransTime\":\"20261101120000\","
		 "\"TransAmount\":\"10.00\",\"TransAmount\":\"2500.00\","
		 "\"BusinessShortCode\":\"600638\","
		 "\"BillRefNumber\":\"KN-0042\",\"MSISDN\":\"254700000000\"}");
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	/* One line a channel that signs, and one for each that cannot be read. */
	assert_int_equal(town_held(&town), 3 + 3);
	town_end(&town);
}

/* The operator's own mistake loses nothing: what the wrong key refused is credited under the right
 * one. */
static void property_14_a_wrong_key_loses_nothing(void **state)
{
	struct error error = { 0 };
	uint32_t booked, held;
	struct town town;

	(void)state;
	begin(&town);
	(void)setenv("WAVU_TEST_PAYSTACK", "not the key", 1);
	(void)unsetenv("WAVU_TEST_KCB");
	golden_arrives(&town, "ps", "paystack", "charge");
	golden_arrives(&town, "bank", "kcb", "account");
	arrive(&town, "ps", "paystack", TEXT("X-Paystack-Signature: 00\n"), TEXT("{}"));
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	assert_int_equal(town_held(&town), 2);
	assert_true(retrying_step(&town.seat, clock_now(), &booked, &error));
	assert_int_equal(booked, 0);
	key_set(&town, "WAVU_TEST_PAYSTACK", "paystack/key");
	key_set(&town, "WAVU_TEST_KCB", "kcb/key");
	assert_true(retrying_step(&town.seat, clock_now(), &booked, &error));
	assert_int_equal(booked, 2);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 2);
	assert_true(retrying_step(&town.seat, clock_now(), &booked, &error));
	assert_int_equal(booked, 0);
	/* The bank's line is done with; a forgery is left on the other. */
	assert_int_equal(town_waiting(&town), 1);
	/* Another mistake is another line, for the former is settled. */
	(void)unsetenv("WAVU_TEST_KCB");
	golden_arrives(&town, "bank", "kcb", "account");
	town_tell(&town);
	assert_int_equal(town_waiting(&town), 2);
	/* Under another provider the channel's old callbacks are not even unreadable. */
	held = town_held(&town);
	town_commit(&town, town_join(&town, LISTED, TOWN_R1, PEOPLE), 0);
	assert_true(retrying_step(&town.seat, clock_now(), &booked, &error));
	assert_int_equal(town_waiting(&town), 2);
	assert_int_equal(town_held(&town), held);
	town_end(&town);
}

/* Property 36: a key of the test system proves nothing in production. */
static void property_36_a_test_key_in_production_is_no_key(void **state)
{
	struct town town;

	(void)state;
	begin(&town);
	(void)setenv("WAVU_TEST_PAYSTACK", "sk_test_0123456789", 1);
	golden_arrives(&town, "ps", "paystack", "charge");
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	assert_true(text_contains_nocase(newest_held(&town).reason, TEXT("test system")));
	assert_null(strstr(text_copy(&town.arena, newest_held(&town).reason).at, "sk_test_0"));
	town_end(&town);
}

/* What is signed and well formed, but is other money than the channel's. */
static void property_09_another_currency_or_short_code_is_held(void **state)
{
	struct town town;
	struct text body;

	(void)state;
	begin(&town);
	town_commit(&town, town_join(&town, UGANDA, TOWN_R1, PEOPLE), 0);
	golden_arrives(&town, "ps", "paystack", "charge");
	golden_arrives(&town, "kk", "kopokopo", "received");
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	assert_int_equal(town_held(&town), 2);
	body = town_payment(&town, "PAYSTACK-WAVU7K2M9Q").reason;
	assert_true(text_contains_nocase(body, TEXT("currency is KES, not UGX")));
	body = town_payment(&town, "UKM1A2B3C4").reason;
	assert_true(text_contains_nocase(body, TEXT("512345")));
	town_end(&town);
}

/* Property 25: what cannot be read is held, once, however often it comes. */
static void property_25_the_same_unreadable_body_is_one_line(void **state)
{
	struct town town;

	(void)state;
	begin(&town);
	for (int i = 0; i < 7; i++) {
		town_say(&town, "main", "1.1.1.1", "{\"TransID\":");
		town_say(&town, "main", "1.1.1.1", "{\"TransID\": ");
	}
	town_tell(&town);
	assert_int_equal(town_held(&town), 2);
	assert_true(text_contains_nocase(newest_held(&town).reason, TEXT("came 7 times")));
	town_say(&town, "main", "1.1.1.1", "{\"TransID\":");
	town_tell(&town);
	assert_int_equal(town_held(&town), 2);
	town_end(&town);
}

/* ---- a provider that says what it is told to ------------------------------------------------- */

struct script {
	struct http http;
	const char *answer; /* NULL: nobody answers */
	uint32_t status, calls;
	bool is_bearer;
};

static bool script_call(struct http *http, const struct http_call *call, struct http_reply *reply,
			struct arena *arena, struct error *error)
{
	struct script *script = (struct script *)http;

	(void)arena;
	script->calls++;
	assert_string_equal(call->method, "GET");
	assert_true(text_ends(call->url, TEXT("/v3/transactions/285959875/verify")));
	assert_true(text_starts(call->url, TEXT("https://")));
	for (uint32_t i = 0; i < call->header_count; i++)
		script->is_bearer = script->is_bearer ||
				    text_is(call->headers[i].value, "Bearer key-1");
	*reply = (struct http_reply){ .status = script->status };
	if (script->answer == NULL)
		return error_set(error, ERROR_UNREACHABLE, "cannot be reached");
	reply->body = text_of(script->answer);
	return true;
}

static const struct http_verbs script_verbs = PLAYED(script_call);

/* How many payments were credited by it. */
static uint32_t step(struct town *town, struct asker *asker, int64_t later_us)
{
	uint32_t before = town_count(town, PAYMENT_CREDITED);

	town_ask(town, asker, later_us);
	return town_count(town, PAYMENT_CREDITED) - before;
}

/* Security facts 50: a static secret is a hint; only the provider's own answer credits. */
static void property_01_a_hint_is_asked_about_before_it_counts(void **state)
{
	struct script script = { .http = { &script_verbs } };
	struct asker *asker;
	struct town town;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	golden_arrives(&town, "fw", "flutterwave", "completed");
	golden_arrives(&town, "fw", "flutterwave", "completed");
	town_tell(&town);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	assert_int_equal(town_held(&town), 1);
	/* Property 6: no answer is no failure, and no payment. */
	assert_int_equal(step(&town, asker, 0), 0);
	assert_int_equal(script.calls, 1); /* nobody is there: the second waits */
	assert_true(text_contains_nocase(newest_held(&town).reason, TEXT("asked")));
	script.answer = "{\"status\":\"error\"}";
	script.status = 500;
	assert_int_equal(step(&town, asker, 10 * MINUTE_US), 0);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	script.answer = golden(&town, "flutterwave/verified.json").at;
	script.status = 200;
	assert_int_equal(step(&town, asker, 60 * MINUTE_US), 1);
	assert_true(script.is_bearer);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	/* What was held for it is settled by it. */
	assert_int_equal(town_waiting(&town), 0);
	assert_int_equal(town_payment(&town, "FLUTTERWAVE-285959875").status, PAYMENT_CREDITED);
	golden_arrives(&town, "fw", "flutterwave", "completed");
	town_tell(&town);
	assert_int_equal(step(&town, asker, 120 * MINUTE_US), 0);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	asker_free(asker);
	town_end(&town);
}

static void property_03_what_the_provider_denies_is_never_credited(void **state)
{
	static const char *const answers[] = {
		"{\"status\":\"error\",\"message\":\"No transaction was found for this id\"}",
		"{\"status\":\"success\",\"data\":{\"id\":285959875,\"status\":\"failed\","
		"\"amount\":2500,\"currency\":\"KES\",\"tx_ref\":\"KN-0042\"}}",
		"{\"status\":\"success\",\"data\":{\"id\":285959875,\"status\":\"successful\","
		"\"amount\":2500,\"currency\":\"NGN\",\"tx_ref\":\"KN-0042\"}}",
		"{\"status\":\"success\",\"data\":{\"id\":1,\"status\":\"successful\","
		"\"amount\":2500,\"currency\":\"KES\",\"tx_ref\":\"KN-0042\"}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
		struct script script = { .http = { &script_verbs },
					 .answer = answers[i],
					 .status = i == 0 ? 404 : 200 };
		struct asker *asker;
		struct town town;

		begin(&town);
		asker = asker_new(&town.seat, 1, &script.http);
		golden_arrives(&town, "fw", "flutterwave", "completed");
		town_tell(&town);
		assert_int_equal(step(&town, asker, 0), 0);
		assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
		assert_true(town_held(&town) > 0);
		assert_int_equal(script.calls, 1);
		asker_free(asker);
		town_end(&town);
	}
}

/* A hint takes neither the receipt nor the amount of the payment that it names. */
static void property_10_a_hint_that_lies_is_not_in_the_way(void **state)
{
	struct script script = { .http = { &script_verbs },
				 .answer = "{\"status\":\"success\",\"data\":{\"id\":285959875,"
					   "\"status\":\"successful\",\"amount\":25,\"currency\":"
					   "\"KES\",\"tx_ref\":\"KN-0042\"}}",
				 .status = 200 };
	struct asker *asker;
	struct town town;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	golden_arrives(&town, "fw", "flutterwave", "completed"); /* of 2500.00 */
	town_tell(&town);
	assert_int_equal(town_payment(&town, "FLUTTERWAVE-285959875").status, PAYMENT_HELD);
	assert_int_equal(step(&town, asker, 0), 1);
	/* What was said keeps a name of its own. */
	assert_int_equal(town_payment(&town, "held-FLUTTERWAVE-285959875").amount_cents, 250000);
	assert_int_equal(town_payment(&town, "FLUTTERWAVE-285959875").amount_cents, 2500);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	assert_int_equal(town_waiting(&town), 0);
	/* Said again, it is no news, whatever it says. */
	golden_arrives(&town, "fw", "flutterwave", "completed");
	town_tell(&town);
	assert_int_equal(step(&town, asker, HOUR_US), 0);
	assert_int_equal(script.calls, 1);
	assert_int_equal(town_waiting(&town), 0);
	asker_free(asker);
	town_end(&town);
}

/* Who waits for an answer that never comes is told when nobody asks any more. */
static void property_07_an_unanswered_hint_ends_with_a_person(void **state)
{
	struct script script = { .http = { &script_verbs }, .answer = "{}", .status = 500 };
	struct asker *asker;
	struct town town;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	golden_arrives(&town, "fw", "flutterwave", "completed");
	town_tell(&town);
	assert_int_equal(step(&town, asker, 6 * DAY_US), 0);
	assert_false(text_contains_nocase(newest_held(&town).reason, TEXT("no more")));
	assert_int_equal(step(&town, asker, 8 * DAY_US), 0);
	assert_true(text_contains_nocase(newest_held(&town).reason, TEXT("asked no more")));
	assert_int_equal(step(&town, asker, 9 * DAY_US), 0);
	assert_int_equal(script.calls, 2);
	/* Said again, it is asked again. */
	golden_arrives(&town, "fw", "flutterwave", "completed");
	town_tell(&town);
	script.answer = golden(&town, "flutterwave/verified.json").at;
	script.status = 200;
	assert_int_equal(step(&town, asker, 0), 1);
	assert_int_equal(town_waiting(&town), 0);
	asker_free(asker);
	town_end(&town);
}

/* A person was faster than the provider: what he recorded is all there is. */
static void property_11_a_hint_that_was_recorded_by_hand_is_not_credited_too(void **state)
{
	struct script script = { .http = { &script_verbs }, .answer = "{}", .status = 500 };
	struct intent *intent;
	struct booked booked;
	struct asker *asker;
	struct error error = { 0 };
	struct town town;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	golden_arrives(&town, "fw", "flutterwave", "completed");
	town_tell(&town);
	intent = seat_intent(&town.seat);
	assert_true(store_begin(town.seat.store, &error));
	assert_true(booking_cash(&booked, &town.seat, intent, TEXT("KN-0042"), TEXT("2500"),
				 TEXT("seen on the dashboard"), TEXT("amina"), clock_now(),
				 &town.arena, &error));
	assert_true(booking_settle(&town.seat, TEXT("FLUTTERWAVE-285959875"), &booked,
				   TEXT("amina"), clock_now(), &town.arena, &error));
	assert_true(store_commit(town.seat.store, &error));
	intent_release(intent);
	/* No answer says nothing about it any more, and a late one changes nothing. */
	assert_int_equal(step(&town, asker, 0), 0);
	script.answer = golden(&town, "flutterwave/verified.json").at;
	script.status = 200;
	assert_int_equal(step(&town, asker, HOUR_US), 0);
	assert_int_equal(script.calls, 2);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	assert_int_equal(town_waiting(&town), 0);
	asker_free(asker);
	town_end(&town);
}

/* Property 9: a person cannot release it either, not even when its key is no longer the one. */
static void property_09_money_of_another_currency_is_not_released(void **state)
{
	struct intent *intent;
	struct booked booked;
	struct error error = { 0 };
	struct town town;

	(void)state;
	begin(&town);
	town_commit(&town, town_join(&town, UGANDA, TOWN_R1, PEOPLE), 0);
	golden_arrives(&town, "ps", "paystack", "charge");
	town_tell(&town);
	for (int i = 0; i < 2; i++) {
		intent = seat_intent(&town.seat);
		assert_true(store_begin(town.seat.store, &error));
		assert_false(booking_assign(&booked, &town.seat, intent,
					    TEXT("PAYSTACK-WAVU7K2M9Q"), TEXT("KN-0042"),
					    TEXT("amina"), clock_now(), &town.arena, &error));
		store_abort(town.seat.store);
		intent_release(intent);
		assert_int_equal(error.code, ERROR_REFUSED);
		assert_true(text_contains_nocase(text_of(error.text), TEXT("KES, not in UGX")));
		(void)setenv("WAVU_TEST_PAYSTACK", "another key", 1);
	}
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	town_end(&town);
}

/* Proven after it was held: it is nobody's, and that is what a person sees. */
static void property_14_held_money_that_is_proven_but_nobodys_is_unmatched(void **state)
{
	static const char body[] = "{\"TransID\":\"UKM1A2B3C9\",\"TransAmount\":\"100.00\","
				   "\"BusinessShortCode\":\"600638\",\"BillRefNumber\":\"nobody\"}";
	struct town town;

	(void)state;
	begin(&town);
	town_commit(&town, town_join(&town, LISTED, TOWN_R1, PEOPLE), 0);
	town_say(&town, "ps", "1.1.1.1", body);
	town_tell(&town);
	assert_int_equal(town_payment(&town, "UKM1A2B3C9").status, PAYMENT_HELD);
	town_say(&town, "ps", "196.201.214.200", body);
	town_tell(&town);
	assert_int_equal(town_payment(&town, "UKM1A2B3C9").status, PAYMENT_UNMATCHED);
	assert_int_equal(town_waiting(&town), 0);
	town_end(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_callbacks_are_credited_once),
		cmocka_unit_test(property_26_forgeries_are_one_held_line_and_never_credit),
		cmocka_unit_test(property_25_spoilt_callbacks_never_credit),
		cmocka_unit_test(property_14_a_wrong_key_loses_nothing),
		cmocka_unit_test(property_36_a_test_key_in_production_is_no_key),
		cmocka_unit_test(property_09_another_currency_or_short_code_is_held),
		cmocka_unit_test(property_25_the_same_unreadable_body_is_one_line),
		cmocka_unit_test(property_01_a_hint_is_asked_about_before_it_counts),
		cmocka_unit_test(property_03_what_the_provider_denies_is_never_credited),
		cmocka_unit_test(property_14_held_money_that_is_proven_but_nobodys_is_unmatched),
		cmocka_unit_test(property_09_money_of_another_currency_is_not_released),
		cmocka_unit_test(property_11_a_hint_that_was_recorded_by_hand_is_not_credited_too),
		cmocka_unit_test(property_10_a_hint_that_lies_is_not_in_the_way),
		cmocka_unit_test(property_07_an_unanswered_hint_ends_with_a_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
