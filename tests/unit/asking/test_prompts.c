/*
 * Prompts of providers that sign, that name the receipt in their answers, and that know a prompt by
 * a name of ours: whatever order the news comes in, the money counts once, and a lost answer is
 * asked about, never said again.
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
#include "base/digest.h"

#define PEOPLE                                                                               \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n" \
	"---\nkind: Subscriber\nname: KN-0043\npackage: home-10\nrouter: r1\nphone: 0712345679\n"
#define TENANT                                                                                  \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\npayments:\n"     \
	"  - {name: kk, provider: kopokopo, environment: sandbox, shortcode: \"514459\", "      \
	"type: till, prompt_till: K514459, token: {env: WAVU_TEST_TOKEN}, secret: {env: "       \
	"WAVU_TEST_KEY}, consumer_key: {env: WAVU_TEST_KEY}, consumer_secret: {env: "           \
	"WAVU_TEST_KEY}}\n"                                                                     \
	"  - {name: ps, provider: paystack, environment: sandbox, shortcode: \"10001\", type: " \
	"till, token: {env: WAVU_TEST_TOKEN}, secret: {env: WAVU_TEST_KEY}, email: a@b.c}\n"    \
	"---\nkind: Site\nname: kasarani\n"                                                     \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 month\n"     \
	"speed: {down: 10M, up: 5M}\n"

static void begin(struct town *town)
{
	town_open(town, 1);
	town_commit(town, town_join(town, TENANT, TOWN_R1, PEOPLE), 0);
}

static struct attempt start(struct town *town, const char *channel, const char *phone)
{
	return prompt_start(town, channel, channel[0] == 'k' ? "kopokopo" : "paystack", phone,
			    250000);
}

/* As if the push had left and the provider had taken it. */
static struct attempt prompt(struct town *town, const char *phone)
{
	struct attempt attempt = start(town, "kk", phone);

	return prompt_left(town, attempt,
			   text_format(&town->arena, "247b1bd8-%lld", (long long)attempt.id));
}

/* RFC 2104, apart from the house's own. */
static struct text signature(struct town *town, struct text body)
{
	char inner[64], outer[64 + 32], *bytes = arena_take(&town->arena, 64 + body.size);
	struct digest digest;
	char hex[65];

	for (size_t i = 0; i < 64; i++) {
		char key = i < strlen(TOWN_KEY) ? TOWN_KEY[i] : 0;

		inner[i] = (char)(key ^ 0x36);
		outer[i] = (char)(key ^ 0x5c);
	}
	memcpy(bytes, inner, 64);
	memcpy(bytes + 64, body.at, body.size);
	digest = digest_of((struct text){ bytes, 64 + body.size });
	memcpy(outer + 64, digest.bytes, 32);
	digest = digest_of((struct text){ outer, sizeof(outer) });
	digest_hex(&digest, hex);
	return text_format(&town->arena, "X-KopoKopo-Signature: %s\n", hex);
}

static void say(struct town *town, const char *kind, int64_t attempt, struct text headers,
		struct text body)
{
	struct inbox_line line = { .channel = TEXT("kk"),
				   .provider = TEXT("kopokopo"),
				   .kind = text_of(kind),
				   .attempt = attempt,
				   .received_at = clock_now(),
				   .headers = headers,
				   .source = TEXT("127.0.0.1"),
				   .body = body };

	town_hear(town, &line, 1);
	town_tell(town);
}

static struct text resource(struct town *town, const struct attempt *attempt, const char *receipt,
			    const char *amount)
{
	return text_format(&town->arena,
			   "{\"reference\":\"%s\",\"status\":\"Received\",\"amount\":\"%s\","
			   "\"currency\":\"KES\",\"till_number\":\"K514459\","
			   "\"sender_phone_number\":\"+%.*s\"}",
			   receipt, amount, TEXT_ARG(attempt->phone));
}

static struct text payment(struct town *town, const struct attempt *attempt, const char *receipt,
			   const char *amount, const char *status)
{
	bool paid = strcmp(status, "Success") == 0;
	struct text money = resource(town, attempt, receipt, amount);

	return text_format(&town->arena,
			   "{\"data\":{\"id\":\"%.*s\",\"type\":\"incoming_payment\","
			   "\"attributes\":{\"status\":\"%s\",\"event\":{\"errors\":null,"
			   "\"resource\":%.*s}}}}",
			   TEXT_ARG(attempt->provider_ref), status,
			   TEXT_ARG(paid ? money : TEXT("null")));
}

static void result(struct town *town, const struct attempt *attempt, const char *receipt,
		   const char *amount, const char *status)
{
	struct text body = payment(town, attempt, receipt, amount, status);

	say(town, "attempt", attempt->id, signature(town, body), body);
}

static void notice(struct town *town, const struct attempt *attempt, const char *receipt)
{
	struct text money = resource(town, attempt, receipt, "2500.0");
	struct text body = text_format(&town->arena,
				       "{\"topic\":\"buygoods_transaction_received\",\"event\":"
				       "{\"resource\":%.*s}}",
				       TEXT_ARG(money));

	say(town, "", 0, signature(town, body), body);
}

static void answered(struct town *town, const struct attempt *of, const char *receipt)
{
	prompt_answered(town, of->id,
			&(struct said){ .answer = ANSWER_YES,
					.provider_ref = of->provider_ref,
					.receipt = text_of(receipt),
					.has_amount = true,
					.amount_cents = 250000,
					.currency = TEXT("KES") });
}

enum news { NEWS_PAID, NEWS_PAID_AGAIN, NEWS_FAILED, NEWS_NOTICE, NEWS_ASKED, NEWS_COUNT };

static void tell(struct town *town, const struct attempt *attempt, const char *receipt,
		 enum news news)
{
	switch (news) {
	case NEWS_PAID:
	case NEWS_PAID_AGAIN:
		result(town, attempt, receipt, "2500.0", "Success");
		break;
	case NEWS_FAILED:
		result(town, attempt, receipt, "2500.0", "Failed");
		break;
	case NEWS_NOTICE:
		notice(town, attempt, receipt);
		break;
	case NEWS_ASKED:
		answered(town, attempt, receipt);
		break;
	case NEWS_COUNT:
		break;
	}
}

/* The next order of five; false: that was the last. */
static bool next_order(enum news *order)
{
	int i = NEWS_COUNT - 2, k = NEWS_COUNT - 1;

	while (i >= 0 && order[i] >= order[i + 1])
		i--;
	if (i < 0)
		return false;
	while (order[k] <= order[i])
		k--;
	enum news held = order[i];
	order[i] = order[k];
	order[k] = held;
	for (int a = i + 1, b = NEWS_COUNT - 1; a < b; a++, b--) {
		held = order[a];
		order[a] = order[b];
		order[b] = held;
	}
	return true;
}

/* Any order of {paid, paid again, failed, the till's notice, the question's answer}. */
static void property_10_and_15_any_order_ends_paid_once(void **state)
{
	enum news order[NEWS_COUNT] = { 0, 1, 2, 3, 4 };
	uint32_t round = 0;
	struct town town;

	(void)state;
	begin(&town);
	do {
		struct text phone = text_format(&town.arena, "2547000%05u", round);
		struct text receipt = text_format(&town.arena, "UKL%07u", round);
		struct attempt attempt = prompt(&town, text_copy(&town.arena, phone).at);

		for (uint32_t k = 0; k < NEWS_COUNT; k++)
			tell(&town, &attempt, receipt.at, order[k]);
		attempt = prompt_of(&town, attempt.id);
		if (attempt.status != ATTEMPT_PAID || !text_equal(attempt.receipt, receipt) ||
		    !text_is(town_payment(&town, receipt.at).account, "KN-0042") ||
		    town_count(&town, PAYMENT_CREDITED) != ++round)
			fail_msg("order %u%u%u%u%u: %s, %u credited in %u rounds", order[0],
				 order[1], order[2], order[3], order[4],
				 attempt_status_word(attempt.status),
				 town_count(&town, PAYMENT_CREDITED), round);
	} while (next_order(order));
	assert_int_equal(round, 120);
	assert_int_equal(town_count(&town, PAYMENT_HELD), 0);
	assert_int_equal(town_count(&town, PAYMENT_UNMATCHED), 0);
	town_end(&town);
}

/* What the payer pays beside the prompt is money of its own, whichever was heard of first. */
static void property_12_distinct_payments_stay_distinct(void **state)
{
	struct town town;
	struct attempt attempt;

	(void)state;
	begin(&town);
	attempt = prompt(&town, "254712345678");
	notice(&town, &attempt, "UKLOTHER01");
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PAID);
	result(&town, &attempt, "UKLPROMPT1", "2500.0", "Success");
	assert_true(text_is(prompt_of(&town, attempt.id).receipt, "UKLPROMPT1"));
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 2);
	notice(&town, &attempt, "UKLPROMPT1");
	notice(&town, &attempt, "UKLOTHER01");
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 2);
	town_end(&town);
}

/* An old notice that comes again pays no later prompt; another amount, or another phone, none. */
static void a_notice_pays_only_what_was_asked_just_then(void **state)
{
	struct town town;
	struct attempt other = { .phone = TEXT("254712345678") }, attempt;

	(void)state;
	begin(&town);
	notice(&town, &other, "UKLBEFORE1");
	attempt = prompt(&town, "254712345678");
	notice(&town, &other, "UKLBEFORE1");
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PROMPTED);
	other.phone = TEXT("254712345679");
	notice(&town, &other, "UKLNOTHIM1");
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PROMPTED);
	assert_true(text_is(town_payment(&town, "UKLNOTHIM1").account, "KN-0043"));
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 2);
	town_end(&town);
}

/* Without a signature that fits, neither a success nor a failure is one; the provider is asked. */
static void property_01_an_unsigned_result_only_asks(void **state)
{
	struct town town;
	struct attempt attempt;

	(void)state;
	begin(&town);
	attempt = prompt(&town, "254712345678");
	for (int i = 0; i < 2; i++) {
		struct text body = payment(&town, &attempt, "UKL0F0RGED", "2500.0",
					   i ? "Failed" : "Success");

		say(&town, "attempt", attempt.id, TEXT_NONE, body);
		say(&town, "attempt", attempt.id, signature(&town, TEXT("else")), body);
	}
	attempt = prompt_of(&town, attempt.id);
	assert_int_equal(attempt.status, ATTEMPT_PROMPTED);
	assert_true(attempt.next_at <= clock_now());
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	assert_int_equal(town_count(&town, PAYMENT_HELD), 1);
	town_end(&town);
}

static void property_03_another_amount_is_held_under_its_receipt(void **state)
{
	struct town town;
	struct attempt attempt;

	(void)state;
	begin(&town);
	attempt = prompt(&town, "254712345678");
	result(&town, &attempt, "UKL0000001", "20.0", "Success");
	result(&town, &attempt, "UKL0000001", "20.0", "Success");
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_FAILED);
	assert_int_equal(town_payment(&town, "UKL0000001").status, PAYMENT_HELD);
	assert_int_equal(town_payment(&town, "UKL0000001").amount_cents, 2000);
	assert_int_equal(town_count(&town, -1), 1);
	town_end(&town);
}

/* 2500 of another currency are not 2500 of ours, and no person can release them as that. */
static void property_09_another_currency_is_held_without_an_amount(void **state)
{
	struct town town;
	struct attempt attempt;
	struct text body;

	(void)state;
	begin(&town);
	attempt = prompt(&town, "254712345678");
	body = payment(&town, &attempt, "UKL0000001", "2500.0", "Success");
	for (uint32_t i = 0; i + 3 < body.size; i++)
		if (text_starts(text_from(body, i), TEXT("KES"))) {
			char *copy = arena_take(&town.arena, body.size);

			memcpy(copy, body.at, body.size);
			memcpy(copy + i, "UGX", 3);
			body.at = copy;
		}
	say(&town, "attempt", attempt.id, signature(&town, body), body);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_FAILED);
	assert_int_equal(town_payment(&town, "UKL0000001").status, PAYMENT_HELD);
	assert_false(town_payment(&town, "UKL0000001").has_amount);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 0);
	town_end(&town);
}

/* ---- the asker, with a Paystack that says what it is told to --------------------------------- */

struct script {
	struct http http;
	const char *push, *ask; /* NULL: the line breaks after it was sent */
	uint32_t status, pushes, asks;
	struct arena *arena;
	struct text name; /* under which it was pushed */
};

static bool script_call(struct http *http, const struct http_call *call, struct http_reply *reply,
			struct arena *arena, struct error *error)
{
	struct script *script = (struct script *)http;
	const char *body = script->ask;
	struct text head, rest = call->body;

	*reply = (struct http_reply){ .status = script->status, .was_sent = true };
	assert_true(call->user.size == 0);
	if (text_ends(call->url, TEXT("/charge"))) {
		script->pushes++;
		body = script->push;
		while (!text_starts(rest, TEXT("wavu-")))
			rest = text_from(rest, 1);
		(void)text_cut(rest, '"', &head, &rest);
		script->name = text_copy(script->arena, head);
	} else {
		script->asks++;
		assert_true(text_ends(call->url, script->name));
	}
	if (body == NULL)
		return error_set(error, ERROR_UNKNOWN, "the line broke before the answer");
	reply->body = TEXT("{\"status\":false,\"message\":\"x\"}");
	if (script->status == 200)
		reply->body = text_format(arena,
					  "{\"status\":true,\"message\":\"x\",\"data\":"
					  "{\"reference\":\"%.*s\",\"status\":\"%s\",\"amount\":"
					  "250000,\"currency\":\"KES\"}}",
					  TEXT_ARG(script->name), body);
	return true;
}

static const struct http_verbs script_verbs = PLAYED(script_call);

static void property_17_and_18_a_lost_answer_is_asked_about_by_our_name(void **state)
{
	struct town town;
	struct script script = { .http = { &script_verbs }, .status = 200 };
	struct attempt attempt;

	(void)state;
	begin(&town);
	script.arena = &town.arena;
	attempt = start(&town, "ps", "254712345678");
	town_ask_afresh(&town, &script.http, 0);
	attempt = prompt_of(&town, attempt.id);
	assert_int_equal(attempt.status, ATTEMPT_CREATED);
	assert_true(text_equal(attempt.provider_ref, script.name) && script.name.size <= 23);
	/* It may not have arrived yet: no answer, and no failure. */
	script.ask = "";
	script.status = 404;
	town_ask_afresh(&town, &script.http, 30 * SECOND_US);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_CREATED);
	/* Then it is known there, so it was sent. */
	script.ask = "ongoing";
	script.status = 200;
	town_ask_afresh(&town, &script.http, 2 * MINUTE_US);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PROMPTED);
	script.ask = "abandoned";
	town_ask_afresh(&town, &script.http, 10 * MINUTE_US);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PROMPTED);
	script.ask = "success";
	town_ask_afresh(&town, &script.http, 40 * MINUTE_US);
	attempt = prompt_of(&town, attempt.id);
	assert_int_equal(attempt.status, ATTEMPT_PAID);
	assert_true(attempt.receipt_known && text_starts(attempt.receipt, TEXT("PAYSTACK-WAVU-")));
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	assert_int_equal(script.pushes, 1);
	assert_int_equal(script.asks, 4);
	town_end(&town);
}

/* What certainly did nothing leaves again under the same name, so that a provider which took the
 * first after all would refuse the second. */
static void property_18_a_name_is_kept_for_every_try(void **state)
{
	struct town town;
	struct script script = { .http = { &script_verbs }, .push = "x", .ask = "", .status = 429 };
	struct attempt attempt;
	struct text name;

	(void)state;
	begin(&town);
	script.arena = &town.arena;
	attempt = start(&town, "ps", "254712345678");
	town_ask_afresh(&town, &script.http, 0);
	name = script.name;
	assert_int_equal(prompt_of(&town, attempt.id).sent_at, 0);
	script.status = 200;
	script.push = "pay_offline";
	town_ask_afresh(&town, &script.http, 6 * SECOND_US);
	assert_int_equal(script.pushes, 2);
	assert_true(text_equal(script.name, name));
	attempt = prompt_of(&town, attempt.id);
	assert_int_equal(attempt.status, ATTEMPT_PROMPTED);
	/* Another prompt has another name. */
	attempt = start(&town, "ps", "254712345679");
	town_ask_afresh(&town, &script.http, 7 * SECOND_US);
	assert_false(text_equal(script.name, name));
	town_end(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_01_an_unsigned_result_only_asks),
		cmocka_unit_test(property_03_another_amount_is_held_under_its_receipt),
		cmocka_unit_test(property_09_another_currency_is_held_without_an_amount),
		cmocka_unit_test(property_10_and_15_any_order_ends_paid_once),
		cmocka_unit_test(property_12_distinct_payments_stay_distinct),
		cmocka_unit_test(a_notice_pays_only_what_was_asked_just_then),
		cmocka_unit_test(property_17_and_18_a_lost_answer_is_asked_about_by_our_name),
		cmocka_unit_test(property_18_a_name_is_kept_for_every_try),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
