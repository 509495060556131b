/*
 * Prompts: whatever order the news comes in, the money counts once; what may have been sent is
 * never sent again.
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
#include "state/street.h"

#define PEOPLE "kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n"
#define TENANT                                                                            \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"          \
	"payments:\n  - {name: main, provider: daraja, environment: sandbox, shortcode: " \
	"\"600638\", type: paybill, token: {env: WAVU_TEST_TOKEN}, consumer_key: {env: "  \
	"WAVU_TEST_KEY}, consumer_secret: {env: WAVU_TEST_KEY}, passkey: {env: "          \
	"WAVU_TEST_KEY}}\n"                                                               \
	"---\nkind: Site\nname: kasarani\n"                                               \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 "      \
	"month\nspeed: {down: 10M, up: 5M}\n"

static void begin(struct town *town)
{
	town_open(town, 1);
	town_commit(town, town_join(town, TENANT, TOWN_R1, PEOPLE), 0);
}

static struct attempt start(struct town *town, const char *phone)
{
	return prompt_start(town, "main", "daraja", phone, 250000);
}

/* As if the push had left and the provider had taken it. */
static struct attempt prompt(struct town *town, const char *phone)
{
	struct attempt attempt = start(town, phone);

	return prompt_left(town, attempt,
			   text_format(&town->arena, "ws_CO_%lld", (long long)attempt.id));
}

static void result(struct town *town, const struct attempt *attempt, const char *receipt, int code)
{
	town_result(town, "main", attempt->id,
		    daraja_prompt_result(town, attempt->provider_ref, code, "2500.00", receipt));
}

static void confirm(struct town *town, const struct attempt *attempt, const char *receipt)
{
	struct text body = daraja_confirmation(town, "600638", receipt, "2500.00", "KN-0042",
					       attempt->phone);

	town_say(town, "main", "127.0.0.1", body.at);
	town_tell(town);
}

/* wavu asked, and the provider says paid; Daraja names no receipt. */
static void answered(struct town *town, int64_t id)
{
	prompt_answered(town, id, &(struct said){ .answer = ANSWER_YES });
}

enum news { NEWS_PAID, NEWS_PAID_AGAIN, NEWS_NO_ANSWER, NEWS_CONFIRMED, NEWS_ASKED, NEWS_COUNT };

static void tell(struct town *town, const struct attempt *attempt, const char *receipt,
		 enum news news)
{
	switch (news) {
	case NEWS_PAID:
	case NEWS_PAID_AGAIN:
		result(town, attempt, receipt, 0);
		break;
	case NEWS_NO_ANSWER:
		result(town, attempt, receipt, 1037);
		break;
	case NEWS_CONFIRMED:
		confirm(town, attempt, receipt);
		break;
	case NEWS_ASKED:
		answered(town, attempt->id);
		break;
	case NEWS_COUNT:
		break;
	}
}

/* Any order of {paid, paid again, no answer from the payer, confirmed, the question's answer}. */
static void property_10_and_15_any_order_ends_paid_once(void **state)
{
	enum news order[NEWS_COUNT] = { 0, 1, 2, 3, 4 };
	uint32_t position[NEWS_COUNT] = { 0 }, round = 0, i = 0;
	struct town town;

	(void)state;
	begin(&town);
	for (bool more = true; more;) {
		struct text phone = text_format(&town.arena, "2547000%05u", round);
		struct text receipt = text_format(&town.arena, "UKL%07u", round);
		struct attempt attempt = prompt(&town, text_copy(&town.arena, phone).at);

		for (uint32_t k = 0; k < NEWS_COUNT; k++) {
			bool was_paid = prompt_of(&town, attempt.id).status == ATTEMPT_PAID;

			tell(&town, &attempt, receipt.at, order[k]);
			/* What proves it counts at once, whatever failed before. */
			if (was_paid || order[k] == NEWS_PAID || order[k] == NEWS_PAID_AGAIN ||
			    order[k] == NEWS_ASKED)
				assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PAID);
		}
		attempt = prompt_of(&town, attempt.id);
		if (attempt.status != ATTEMPT_PAID || !text_equal(attempt.receipt, receipt) ||
		    town_count(&town, PAYMENT_CREDITED) != ++round)
			fail_msg("order %u%u%u%u%u: %s, %u credited in %u rounds", order[0],
				 order[1], order[2], order[3], order[4],
				 attempt_status_word(attempt.status),
				 town_count(&town, PAYMENT_CREDITED), round);
		/* Heap's algorithm: the next order. */
		more = false;
		while (i < NEWS_COUNT && !more) {
			if (position[i] >= i) {
				position[i++] = 0;
				continue;
			}
			uint32_t other = i % 2 ? position[i] : 0;
			enum news held = order[i];

			order[i] = order[other];
			order[other] = held;
			position[i]++;
			i = 0;
			more = true;
		}
	}
	assert_int_equal(round, 120);
	assert_int_equal(town_count(&town, PAYMENT_HELD), 0);
	town_end(&town);
}

static void property_12_distinct_payments_stay_distinct(void **state)
{
	struct town town;
	struct attempt attempt, stranger;

	(void)state;
	begin(&town);
	attempt = prompt(&town, "254712345678");
	answered(&town, attempt.id);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	assert_false(prompt_of(&town, attempt.id).receipt_known);
	/* Somebody else paid as much for the same account: that is not the prompt's money. */
	stranger = attempt;
	stranger.phone = TEXT("254799999999");
	confirm(&town, &stranger, "UKLSTRANGE");
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 2);
	assert_false(prompt_of(&town, attempt.id).receipt_known);
	/* Another payment of his, taken for the prompt's; then the prompt's own result. */
	confirm(&town, &attempt, "UKLOTHER01");
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 2);
	result(&town, &attempt, "UKLPROMPT1", 0);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 3);
	confirm(&town, &attempt, "UKLPROMPT1");
	confirm(&town, &attempt, "UKLOTHER01");
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 3);
	confirm(&town, &attempt, "UKLTHIRD01");
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 4);
	/* A second receipt on one prompt is for a person. */
	result(&town, &attempt, "UKLFOURTH1", 0);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 4);
	assert_int_equal(town_count(&town, PAYMENT_HELD), 1);
	town_end(&town);
}

/* The account is gone from git meanwhile: kept, not lost. */
static void property_14_nothing_is_lost(void **state)
{
	struct town town;
	struct attempt attempt;

	(void)state;
	begin(&town);
	attempt = prompt(&town, "254712345678");
	town_commit(&town,
		    town_join(&town, TENANT, TOWN_R1,
			      "kind: Subscriber\nname: KN-0099\npackage: home-10\nrouter: r1\n"),
		    0);
	result(&town, &attempt, "UKL0000001", 0);
	assert_int_equal(town_payment(&town, "UKL0000001").status, PAYMENT_UNMATCHED);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PAID);
	town_result(&town, "main", attempt.id, TEXT("{\"Body\":"));
	town_result(&town, "main", 4711, TEXT("{}"));
	assert_int_equal(town_count(&town, PAYMENT_HELD), 2);
	town_end(&town);
}

static void property_19_one_open_prompt_a_payer(void **state)
{
	struct town town;
	struct attempt first, second;

	(void)state;
	begin(&town);
	first = start(&town, "254712345678");
	second = start(&town, "254712345678");
	assert_int_equal(first.id, second.id);
	assert_int_not_equal(start(&town, "254712345679").id, first.id);
	/* Paid and cancelled ones too, for two minutes. */
	result(&town, &first, "UKL0000001", 1032);
	assert_int_equal(prompt_of(&town, first.id).status, ATTEMPT_FAILED);
	assert_int_equal(start(&town, "254712345678").id, first.id);
	town_close(&town);
}

/*
 * ---- the asker, with a provider that says what it is told to ----------------------------------
 */

struct script {
	struct http http;
	const char *push; /* the answer to a push; NULL: the line breaks after it was sent */
	const char *ask;
	uint32_t status; /* of the push's and the question's answer */
	bool is_away;    /* nothing can be sent at all */
	int64_t early;   /* the attempt whose result comes before the answer of its push */
	uint32_t logins, pushes, asks, stale;
	struct town *town;
	struct text url;
};

/* The row of the street that a URL opens. */
static bool opens(struct town *town, struct text url, struct street_attempt *row)
{
	struct text head, token = url;
	struct error error = { 0 };
	struct digest digest;
	bool found;

	while (text_cut(token, '/', &head, &token))
		;
	digest = digest_of(head);
	if (!street_attempt_find(&found, row, town->seat.store, &digest, TEXT("main"), clock_now(),
				 &town->arena, &error))
		fail_msg("%s", error.text);
	return found;
}

/* As the street takes it: on an address that is open, and to the attempt of that address. */
static void result_early(struct script *script)
{
	struct street_attempt row;
	struct attempt attempt;

	assert_true(opens(script->town, script->url, &row));
	assert_int_equal(row.attempt, script->early);
	attempt = (struct attempt){ .id = row.attempt, .provider_ref = TEXT("ws_CO_1") };
	result(script->town, &attempt, "UKL0000016", 0);
}

static bool script_call(struct http *http, const struct http_call *call, struct http_reply *reply,
			struct arena *arena, struct error *error)
{
	struct script *script = (struct script *)http;
	const char *body;

	*reply = (struct http_reply){ .status = script->status };
	if (script->is_away)
		return error_set(error, ERROR_UNREACHABLE, "cannot be reached");
	reply->was_sent = true;
	if (text_contains_nocase(call->url, TEXT("/oauth/"))) {
		assert_true(call->user.size > 0);
		script->logins++;
		reply->status = 200;
		reply->body = text_format(
		    arena, "{\"access_token\":\"t%u\",\"expires_in\":\"3599\"}", script->logins);
		return true;
	}
	if (script->stale > 0) {
		script->stale--;
		reply->status = 404;
		reply->body = TEXT("{\"errorCode\":\"404.001.03\",\"errorMessage\":\"x\"}");
		return true;
	}
	if (text_contains_nocase(call->url, TEXT("/stkpush/"))) {
		struct text head, rest = call->body;

		script->pushes++;
		body = script->push;
		while (!text_starts(rest, TEXT("/pay/")))
			rest = text_from(rest, 1);
		(void)text_cut(rest, '"', &head, &rest);
		script->url = text_copy(&script->town->arena, head);
		if (script->early != 0)
			result_early(script);
	} else {
		script->asks++;
		body = script->ask;
	}
	if (body == NULL)
		return error_set(error, ERROR_UNKNOWN, "the line broke before the answer");
	reply->body = text_of(body);
	return true;
}

static const struct http_verbs script_verbs = PLAYED(script_call);

#define ACCEPTED \
	"{\"MerchantRequestID\":\"1-2-3\",\"CheckoutRequestID\":\"ws_CO_1\",\"ResponseCode\":\"0\"}"
#define IN_FLIGHT \
	"{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"ws_CO_1\",\"ResultCode\":\"4999\"}"
#define PAID "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"ws_CO_1\",\"ResultCode\":\"0\"}"

static void property_17_the_question_finds_what_was_lost(void **state)
{
	struct town town;
	struct script script = { .http = { &script_verbs },
				 .push = ACCEPTED,
				 .ask = IN_FLIGHT,
				 .status = 200,
				 .town = &town };
	struct asker *asker;
	struct attempt attempt;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	attempt = start(&town, "254712345678");
	script.stale = 1;
	town_ask(&town, asker, 0);
	assert_int_equal(script.logins, 2);
	assert_int_equal(script.pushes, 1);
	attempt = prompt_of(&town, attempt.id);
	assert_int_equal(attempt.status, ATTEMPT_PROMPTED);
	assert_true(text_is(attempt.provider_ref, "ws_CO_1"));
	town_ask(&town, asker, 20 * SECOND_US);
	assert_int_equal(script.asks, 0);
	town_ask(&town, asker, 26 * SECOND_US);
	assert_int_equal(script.asks, 1);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PROMPTED);
	assert_int_equal(town_count(&town, -1), 0);
	/* Within the budget: the next question waits for its turn, whatever is due. */
	script.ask = PAID;
	town_ask(&town, asker, 10 * MINUTE_US);
	assert_int_equal(script.asks, 1);
	asker_free(asker);
	asker = asker_new(&town.seat, 1, &script.http);
	town_ask(&town, asker, 10 * MINUTE_US);
	assert_int_equal(script.asks, 2);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PAID);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	asker_free(asker);
	town_end(&town);
}

static void property_16_a_result_that_is_faster_than_its_answer(void **state)
{
	struct town town;
	struct script script = {
		.http = { &script_verbs }, .push = ACCEPTED, .status = 200, .town = &town
	};
	struct asker *asker;
	struct attempt attempt;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	attempt = start(&town, "254712345678");
	script.early = attempt.id;
	town_ask(&town, asker, 0);
	attempt = prompt_of(&town, attempt.id);
	assert_int_equal(attempt.status, ATTEMPT_PAID);
	assert_true(text_is(attempt.receipt, "UKL0000016") && attempt.proven);
	town_ask(&town, asker, 10 * MINUTE_US);
	assert_int_equal(script.asks, 0);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	asker_free(asker);
	town_end(&town);
}

static void property_18_no_second_push(void **state)
{
	struct town town;
	struct script script = {
		.http = { &script_verbs }, .push = NULL, .status = 200, .town = &town
	};
	struct asker *asker;
	struct attempt attempt;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	attempt = start(&town, "254712345678");
	for (int minute = 0; minute < 130; minute++)
		town_ask(&town, asker, minute * MINUTE_US);
	assert_int_equal(script.pushes, 1);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_EXPIRED);
	attempt = prompt_of(&town, attempt.id);
	attempt.provider_ref = TEXT("ws_CO_1");
	result(&town, &attempt, "UKL0000001", 0);
	assert_int_equal(prompt_of(&town, attempt.id).status, ATTEMPT_PAID);
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	asker_free(asker);
	town_end(&town);
}

/* The same channel, but of production. */
static const char *production(struct town *town)
{
	static const char sandbox[] = "environment: sandbox";
	const char *at = strstr(TENANT, sandbox);

	return text_format(&town->arena, "%.*senvironment: production%s", (int)(at - TENANT),
			   TENANT, at + sizeof(sandbox) - 1)
	    .at;
}

/* Nothing leaves, and the attempt says why. */
static void nothing_leaves(const char *passkey, const char *public_url, const char *why)
{
	struct town town;
	struct script script = {
		.http = { &script_verbs }, .push = ACCEPTED, .status = 200, .town = &town
	};
	struct asker *asker;
	struct attempt attempt;

	begin(&town);
	town_commit(&town, town_join(&town, production(&town), TOWN_R1, PEOPLE), 0);
	(void)setenv("WAVU_TEST_KEY", passkey, 1);
	town.settings.public_url = text_of(public_url);
	asker = asker_new(&town.seat, 1, &script.http);
	attempt = start(&town, "254712345678");
	town_ask(&town, asker, 0);
	attempt = prompt_of(&town, attempt.id);
	assert_int_equal(script.pushes, why != NULL ? 0 : 1);
	assert_int_equal(attempt.status, why != NULL ? ATTEMPT_FAILED : ATTEMPT_PROMPTED);
	if (why != NULL && !text_contains_nocase(attempt.reason, text_of(why)))
		fail_msg("%.*s", TEXT_ARG(attempt.reason));
	asker_free(asker);
	town_close(&town);
}

static void property_28_and_36_production_is_no_place_for_tests(void **state)
{
	/* Public: it stands in the provider's own documentation (payments facts 1.2). */
	static const char sandbox_key[] =
	    "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919";

	(void)state;
	nothing_leaves("key-1", "https://pay.example.org", NULL);
	nothing_leaves(sandbox_key, "https://pay.example.org", "the sandbox's passkey");
	nothing_leaves("key-1", "http://pay.example.org", "https");
	nothing_leaves("key-1", "", "https");
}

/* What certainly did not leave is tried again for two minutes, then given up. */
static void what_did_not_leave_is_tried_again(void **state)
{
	struct town town;
	struct script script = { .http = { &script_verbs },
				 .push = ACCEPTED,
				 .status = 200,
				 .is_away = true,
				 .town = &town };
	struct asker *asker;
	struct attempt first, second;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	first = start(&town, "254712345678");
	town_ask(&town, asker, 0);
	assert_int_equal(prompt_of(&town, first.id).status, ATTEMPT_CREATED);
	assert_int_equal(prompt_of(&town, first.id).sent_at, 0);
	script.is_away = false;
	town_ask(&town, asker, 6 * SECOND_US);
	assert_int_equal(prompt_of(&town, first.id).status, ATTEMPT_PROMPTED);
	assert_int_equal(script.pushes, 1);
	script.is_away = true;
	second = start(&town, "254712345679");
	town_ask(&town, asker, 7 * SECOND_US);
	town_ask(&town, asker, 3 * MINUTE_US);
	assert_int_equal(prompt_of(&town, second.id).status, ATTEMPT_EXPIRED);
	asker_free(asker);
	town_close(&town);
}

/* The token of the URL is open on the street before the push leaves, and only as a digest. */
static void property_02_the_url_is_unguessable_and_open_first(void **state)
{
	struct town town;
	struct script script = {
		.http = { &script_verbs }, .push = ACCEPTED, .status = 200, .town = &town
	};
	struct asker *asker;
	struct attempt attempt;
	struct street_attempt row;
	struct digest digest;
	struct text head, token;
	struct error error = { 0 };
	bool found;

	(void)state;
	begin(&town);
	asker = asker_new(&town.seat, 1, &script.http);
	attempt = start(&town, "254712345678");
	town_ask(&town, asker, 0);
	token = script.url;
	assert_true(text_starts(token, TEXT("/pay/kasinet/main/a/")));
	while (text_cut(token, '/', &head, &token))
		;
	token = head;
	assert_int_equal(token.size, 32);
	digest = digest_of(token);
	if (!street_attempt_find(&found, &row, town.seat.store, &digest, TEXT("main"), clock_now(),
				 &town.arena, &error))
		fail_msg("%s", error.text);
	assert_true(found && row.attempt == attempt.id);
	if (!street_attempt_find(&found, &row, town.seat.store, &digest, TEXT("strict"),
				 clock_now(), &town.arena, &error))
		fail_msg("%s", error.text);
	assert_false(found);
	if (!street_attempt_find(&found, &row, town.seat.store, &digest, TEXT("main"),
				 clock_now() + 8 * DAY_US, &town.arena, &error))
		fail_msg("%s", error.text);
	assert_false(found);
	/* The street is derived: what it forgot is published again when the controller starts. */
	digest = prompt_of(&town, attempt.id).token;
	if (!street_attempts_open(town.seat.store, NULL, 0, clock_now() + 8 * DAY_US, &error) ||
	    !street_attempt_find(&found, &row, town.seat.store, &digest, TEXT("main"), clock_now(),
				 &town.arena, &error))
		fail_msg("%s", error.text);
	assert_false(found);
	if (!asker_publish(&town.seat, clock_now(), &error) ||
	    !street_attempt_find(&found, &row, town.seat.store, &digest, TEXT("main"), clock_now(),
				 &town.arena, &error))
		fail_msg("%s", error.text);
	assert_true(found);
	asker_free(asker);
	town_close(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_02_the_url_is_unguessable_and_open_first),
		cmocka_unit_test(property_10_and_15_any_order_ends_paid_once),
		cmocka_unit_test(property_12_distinct_payments_stay_distinct),
		cmocka_unit_test(property_14_nothing_is_lost),
		cmocka_unit_test(property_17_the_question_finds_what_was_lost),
		cmocka_unit_test(property_16_a_result_that_is_faster_than_its_answer),
		cmocka_unit_test(property_18_no_second_push),
		cmocka_unit_test(property_19_one_open_prompt_a_payer),
		cmocka_unit_test(property_28_and_36_production_is_no_place_for_tests),
		cmocka_unit_test(what_did_not_leave_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
