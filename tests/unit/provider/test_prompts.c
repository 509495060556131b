/*
 * Prompts through Kopo Kopo, Paystack, Flutterwave and KCB: the bytes that leave, and what the
 * answers mean. Success is exact, what is no verdict is no failure, and only what certainly did
 * nothing is a refusal.
 */
#include "help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "provider/talk.h"

#define NAME "wavu-17-abcdefgh"
#define ID "247b1bd8-f5a0-4b71-a898-f62f67b8ae1c"

static int setup(void **state)
{
	static struct arena arena;
	arena_open(&arena, 64u << 20);
	*state = &arena;
	return 0;
}

static int teardown(void **state)
{
	arena_close(*state);
	return 0;
}

static struct channel channel_of(const char *provider)
{
	return (struct channel){ .name = TEXT("till"),
				 .provider = text_of(provider),
				 .environment = CHANNEL_PRODUCTION,
				 .shortcode = TEXT("512345"),
				 .type = CHANNEL_TILL,
				 .email = TEXT("billing@kasinet.example") };
}

static const struct provider_api *api_of(const char *provider)
{
	return provider_find(text_of(provider))->api;
}

static struct request start(const char *provider, const struct channel *channel,
			    struct arena *arena)
{
	struct credentials credentials = { .key = secret_of(TEXT("id 1&")),
					   .secret = secret_of(TEXT("s=1")) };
	struct prompt prompt = { .phone = TEXT("254712345678"),
				 .account = TEXT("KN \"42\""),
				 .cents = 250000,
				 .currency = TEXT("KES"),
				 .name = TEXT(NAME),
				 .callback_url = TEXT("https://pay.kasinet.example/pay/k/m/a/x") };
	return api_of(provider)->start(channel, &credentials, &prompt, 0, arena);
}

static void is_request(struct request request, const char *method, const char *url,
		       const char *body)
{
	if (strcmp(request.method, method) != 0 || !text_is(request.url, url) ||
	    !text_is(request.body, body))
		fail_msg("%s %.*s\n%.*s", request.method, TEXT_ARG(request.url),
			 TEXT_ARG(request.body));
}

static void the_bytes_of_a_push(void **state)
{
	struct channel channel = channel_of("kopokopo");
	struct request request = start("kopokopo", &channel, *state);
	is_request(request, "POST", "https://api.kopokopo.com/api/v1/incoming_payments",
		   "{\"payment_channel\":\"M-PESA STK Push\",\"till_number\":\"512345\","
		   "\"subscriber\":{\"first_name\":\"Customer\",\"last_name\":\"KN \\\"42\\\"\","
		   "\"phone_number\":\"+254712345678\"},\"amount\":{\"currency\":\"KES\","
		   "\"value\":2500},\"metadata\":{\"account\":\"KN \\\"42\\\"\"},\"_links\":"
		   "{\"callback_url\":\"https://pay.kasinet.example/pay/k/m/a/x\"}}");
	/* What may have moved money is never said again by itself. */
	assert_false(request.again);
	channel.prompt_till = TEXT("K514459");
	channel.environment = CHANNEL_SANDBOX;
	request = start("kopokopo", &channel, *state);
	assert_true(text_starts(request.url, TEXT("https://sandbox.kopokopo.com/api/v1/")));
	assert_true(text_contains_nocase(request.body, TEXT("\"till_number\":\"K514459\"")));

	channel = channel_of("paystack");
	request = start("paystack", &channel, *state);
	is_request(request, "POST", "https://api.paystack.co/charge",
		   "{\"amount\":250000,\"email\":\"billing@kasinet.example\",\"currency\":\"KES\","
		   "\"reference\":\"" NAME "\",\"mobile_money\":{\"phone\":\"+254712345678\","
		   "\"provider\":\"mpesa\"},\"metadata\":{\"account\":\"KN \\\"42\\\"\"}}");
	assert_false(request.again);

	channel = channel_of("flutterwave");
	request = start("flutterwave", &channel, *state);
	is_request(request, "POST", "https://api.flutterwave.com/v3/charges?type=mpesa",
		   "{\"tx_ref\":\"" NAME "\",\"amount\":2500,\"currency\":\"KES\",\"email\":"
		   "\"billing@kasinet.example\",\"phone_number\":\"254712345678\",\"fullname\":"
		   "\"KN \\\"42\\\"\",\"meta\":{\"account\":\"KN \\\"42\\\"\"}}");
	assert_false(request.again);
	assert_null(request.headers[0].name);

	channel = channel_of("kcb");
	request = start("kcb", &channel, *state);
	is_request(request, "POST", "https://api.buni.kcbgroup.com/mm/api/request/1.0.0/stkpush",
		   "{\"phoneNumber\":\"254712345678\",\"amount\":\"2500\",\"invoiceNumber\":"
		   "\"512345-KN \\\"42\\\"\",\"sharedShortCode\":true,\"orgShortCode\":\"\","
		   "\"orgPassKey\":\"\",\"callbackUrl\":"
		   "\"https://pay.kasinet.example/pay/k/m/a/x\","
		   "\"transactionDescription\":\"Internet\"}");
	assert_false(request.again);
	assert_string_equal(request.headers[0].name, "routeCode");
	assert_string_equal(request.headers[1].name, "operation");
	assert_string_equal(request.headers[2].name, "messageId");
	assert_true(request.headers[2].value.size > 0 && request.headers[2].value.size <= 32);
	channel.environment = CHANNEL_SANDBOX;
	request = start("kcb", &channel, *state);
	assert_true(text_starts(request.url, TEXT("https://uat.buni.kcbgroup.com/mm/")));
	request = api_of("kcb")->login(&channel, &(struct credentials){ 0 }, *state);
	is_request(request, "POST",
		   "https://uat.buni.kcbgroup.com/token?grant_type=client_credentials",
		   "grant_type=client_credentials");
	assert_true(request.is_form && request.login && !request.open);
}

/* As the bank's specification shows its answers; nobody can be asked, and nothing of it pays. */
static void property_04_and_06_what_kcb_answers(void **state)
{
#define SAID(response, status) "{\"response\":" response ",\"header\":{\"statusCode\":" status "}}"
	static const struct {
		uint32_t status;
		const char *body, *provider_ref;
		enum answer answer;
	} rows[] = {
		{ 200, SAID("{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"ws_CO_1\"}", "\"0\""),
		  "ws_CO_1", ANSWER_YES },
		{ 200, SAID("{\"ResponseCode\":0,\"CheckoutRequestID\":false}", "\"0\""), "",
		  ANSWER_YES },
		{ 200, SAID("{}", "\"1\""), "", ANSWER_NO },
		{ 200, SAID("{\"ResponseCode\":\"1\"}", "\"0\""), "", ANSWER_NONE },
		{ 200, SAID("{\"ResponseCode\":\"0\"}", "\"1\""), "", ANSWER_NONE },
		{ 200, SAID("{\"ResponseCode\":\"00\"}", "\"00\""), "", ANSWER_NONE },
		{ 200, SAID("{\"ResponseCode\":\"0\"}", "true"), "", ANSWER_NONE },
		{ 200, SAID("{}", "\"\""), "", ANSWER_NONE },
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"ws_CO_1\"}", "",
		  ANSWER_NONE },
		{ 200, "{\"fault\":{\"code\":900901,\"message\":\"x\"}}", "", ANSWER_LOGIN },
		{ 401, "{\"fault\":{\"code\":900902,\"message\":\"x\"}}", "", ANSWER_LOGIN },
		{ 429, "{\"fault\":{\"code\":900802,\"message\":\"x\"}}", "", ANSWER_LATER },
		{ 400, SAID("{}", "\"1\""), "", ANSWER_NO },
		{ 500, SAID("{}", "\"1\""), "", ANSWER_NONE },
		{ 502, "<html>", "", ANSWER_NONE },
		{ 200, "[]", "", ANSWER_NONE },
		{ 200, "", "", ANSWER_NONE },
	};
#undef SAID
	const struct provider_api *api = api_of("kcb");
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct response response = { .came = true,
					     .status = rows[i].status,
					     .body = text_of(rows[i].body) };
		struct said said = api->start_read(&response, *state);
		if (said.answer != rows[i].answer ||
		    !text_is(said.provider_ref, rows[i].provider_ref))
			fail_msg("%s: %d %.*s", rows[i].body, said.answer, TEXT_ARG(said.why));
	}
	assert_int_equal(api->start_read(&(struct response){ 0 }, *state).answer, ANSWER_NONE);
	assert_true(api->result_is_hint);
	assert_null(api->ask);
	assert_int_equal(api->result(NULL,
				     TEXT("{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"a\","
					  "\"ResultCode\":1037}}}"),
				     *state)
			     .answer,
			 ANSWER_NO);
}

static void the_bytes_of_a_question(void **state)
{
	static const struct {
		const char *provider, *url;
	} rows[] = {
		{ "kopokopo", "http://127.0.0.1:9/api/v1/incoming_payments/a%2Fb%3Fc%20d" },
		{ "paystack", "http://127.0.0.1:9/transaction/verify/a%2Fb%3Fc%20d" },
		{ "flutterwave",
		  "http://127.0.0.1:9/v3/transactions/verify_by_reference?tx_ref=a%2Fb%3Fc%20d" },
	};
	struct credentials credentials = { .key = secret_of(TEXT("id 1&")),
					   .secret = secret_of(TEXT("s=1")) };
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct channel channel = channel_of(rows[i].provider);
		channel.endpoint = TEXT("http://127.0.0.1:9/");
		/* Whatever a provider called it: it stays one part of our own address. */
		const struct provider_api *api = api_of(rows[i].provider);
		struct request request =
		    api->ask(&channel, &credentials, TEXT("a/b?c d"), 0, *state);
		is_request(request, "GET", rows[i].url, "");
		assert_true(request.again);
	}
	struct channel channel = channel_of("kopokopo");
	struct request request = api_of("kopokopo")->login(&channel, &credentials, *state);
	is_request(request, "POST", "https://api.kopokopo.com/oauth/token",
		   "grant_type=client_credentials&client_id=id%201%26&client_secret=s%3D1");
	assert_true(request.is_form && request.open && !request.login);
	assert_null(api_of("paystack")->login);
	assert_null(api_of("flutterwave")->login);
}

static void what_a_channel_lacks_is_named(void **state)
{
	struct channel channel = { .name = TEXT("x") };
	struct secret_ref there = { .kind = SECRET_FILE };
	(void)state;
	for (uint32_t i = 0; provider_at(i) != NULL; i++) {
		const struct provider_api *api = provider_at(i)->api;
		if (api == NULL || api->start == NULL)
			continue;
		assert_true(api->login_needs != 0);
		assert_non_null(provider_lacks(&channel, api->login_needs));
		assert_true(api->login != NULL ||
			    (api->login_needs & (NEED_SECRET | NEED_CONSUMER_SECRET)) != 0);
	}
	channel.secret = there;
	const struct provider_api *paystack = api_of("paystack");
	assert_null(provider_lacks(&channel, paystack->login_needs));
	assert_string_equal(provider_lacks(&channel, paystack->prompt_needs), "email");
	channel.email = TEXT("a@b");
	assert_null(provider_lacks(&channel, paystack->login_needs | paystack->prompt_needs));
	assert_string_equal(provider_lacks(&channel, api_of("kopokopo")->login_needs),
			    "consumer_key");
	assert_int_equal(talk_cents_ok(250000, TEXT("KES")).size, 0);
	assert_true(talk_cents_ok(250000, TEXT("UGX")).size > 0);
	assert_true(talk_cents_ok(250050, TEXT("KES")).size > 0);
	assert_true(talk_cents_ok(25000100, TEXT("KES")).size > 0);
	assert_true(talk_cents_ok(0, TEXT("KES")).size > 0);
}

struct case_of_push {
	const char *provider;
	uint32_t status;
	const char *body;
	enum answer answer;
};

/* clang-format off */
static const struct case_of_push pushes[] = {
	{ "kopokopo", 201, "", ANSWER_YES },
	{ "kopokopo", 200, "", ANSWER_NONE },
	{ "kopokopo", 202, "{}", ANSWER_NONE },
	{ "kopokopo", 302, "", ANSWER_NONE },
	{ "kopokopo", 400, "{\"error_code\":400,\"error_message\":\"no\"}", ANSWER_NO },
	{ "kopokopo", 422, "{\"errors\":[\"no\"]}", ANSWER_NO },
	{ "kopokopo", 401, "{\"error_message\":\"ExpiredAccessToken\"}", ANSWER_LOGIN },
	{ "kopokopo", 403, "", ANSWER_NO },
	{ "kopokopo", 408, "", ANSWER_NONE },
	{ "kopokopo", 409, "", ANSWER_NONE },
	{ "kopokopo", 429, "", ANSWER_LATER },
	{ "kopokopo", 500, "{\"error_message\":\"x\"}", ANSWER_NONE },
	{ "kopokopo", 503, "<html>", ANSWER_NONE },
	{ "paystack", 200,
	  "{\"status\":true,\"data\":{\"reference\":\"" NAME "\","
	  "\"status\":\"pay_offline\"}}", ANSWER_YES },
	{ "paystack", 200,
	  "{\"status\":true,\"data\":{\"reference\":\"" NAME "\","
	  "\"status\":\"pending\"}}", ANSWER_YES },
	/* Accepted is not paid, whatever the word: it is asked about. */
	{ "paystack", 200,
	  "{\"status\":true,\"data\":{\"reference\":\"" NAME "\","
	  "\"status\":\"success\"}}", ANSWER_YES },
	{ "paystack", 200,
	  "{\"status\":true,\"data\":{\"reference\":\"" NAME "\","
	  "\"status\":\"failed\"}}", ANSWER_NO },
	{ "paystack", 400,
	  "{\"status\":false,\"message\":\"Charge attempted\","
	  "\"data\":{\"status\":\"failed\"}}", ANSWER_NO },
	{ "paystack", 400,
	  "{\"status\":false,\"message\":\"Charge attempted\","
	  "\"data\":{\"status\":\"pending\"}}", ANSWER_NONE },
	{ "paystack", 400, "{\"status\":false,\"message\":\"Email is required\"}", ANSWER_NO },
	{ "paystack", 400,
	  "{\"status\":false,\"message\":\"Duplicate Transaction Reference\"}", ANSWER_NONE },
	{ "paystack", 400,
	  "{\"status\":false,\"message\":\"x\",\"code\":\"duplicate_reference\"}", ANSWER_NONE },
	{ "paystack", 401, "{\"status\":false,\"message\":\"Invalid key\"}", ANSWER_NO },
	{ "paystack", 429, "{\"status\":false,\"message\":\"x\"}", ANSWER_LATER },
	{ "paystack", 429, "slow down", ANSWER_LATER },
	{ "paystack", 500, "{\"status\":false,\"message\":\"x\"}", ANSWER_NONE },
	{ "paystack", 400, "<html>", ANSWER_NONE },
	{ "paystack", 200, "", ANSWER_NONE },
	{ "paystack", 200, "{}", ANSWER_NONE },
	{ "paystack", 200, "{\"status\":true}", ANSWER_NONE },
	{ "paystack", 200,
	  "{\"status\":\"true\",\"data\":{\"status\":\"pay_offline\"}}", ANSWER_NONE },
	{ "paystack", 200, "{\"status\":1,\"data\":{\"status\":\"pay_offline\"}}", ANSWER_NONE },
	{ "paystack", 200, "{\"status\":true,\"data\":{\"status\":true}}", ANSWER_NONE },
	{ "paystack", 200, "{\"status\":true,\"data\":[]}", ANSWER_NONE },
	{ "flutterwave", 200,
	  "{\"status\":\"success\",\"data\":{\"tx_ref\":\"" NAME "\","
	  "\"status\":\"pending\"}}", ANSWER_YES },
	{ "flutterwave", 200,
	  "{\"status\":\"success\",\"data\":{\"tx_ref\":\"" NAME "\","
	  "\"status\":\"successful\"}}", ANSWER_YES },
	{ "flutterwave", 200,
	  "{\"status\":\"success\",\"data\":{\"tx_ref\":\"" NAME "\","
	  "\"status\":\"failed\"}}", ANSWER_NO },
	{ "flutterwave", 400,
	  "{\"status\":\"error\",\"message\":\"no\",\"data\":null}", ANSWER_NO },
	{ "flutterwave", 401, "{\"status\":\"error\",\"message\":\"no\"}", ANSWER_NO },
	{ "flutterwave", 429, "{}", ANSWER_LATER },
	{ "flutterwave", 502, "{\"status\":\"error\"}", ANSWER_NONE },
	{ "flutterwave", 200, "{\"status\":true,\"data\":{\"status\":\"pending\"}}", ANSWER_NONE },
	{ "flutterwave", 200,
	  "{\"status\":\"error\",\"data\":{\"status\":\"pending\"}}", ANSWER_NONE },
	{ "flutterwave", 200, "{\"status\":\"success\",\"data\":{\"status\":0}}", ANSWER_NONE },
};
/* clang-format on */

static void property_06_a_push_is_refused_only_for_certain(void **state)
{
	for (size_t i = 0; i < ARRAY_COUNT(pushes); i++) {
		struct response response = { .came = true,
					     .status = pushes[i].status,
					     .body = text_of(pushes[i].body) };
		struct said said = api_of(pushes[i].provider)->start_read(&response, *state);
		if (said.answer != pushes[i].answer)
			fail_msg("%s %u %s is taken as %d", pushes[i].provider, pushes[i].status,
				 pushes[i].body, said.answer);
		assert_true(said.answer == ANSWER_YES || said.why.size > 0);
		assert_int_equal(said.receipt.size, 0);
	}
	struct response none = { 0 };
	for (uint32_t i = 0; provider_at(i) != NULL; i++)
		if (provider_at(i)->api != NULL && provider_at(i)->api->start != NULL)
			assert_int_equal(provider_at(i)->api->start_read(&none, *state).answer,
					 ANSWER_NONE);
}

static void an_address_is_an_id_and_nothing_else(void **state)
{
	static const struct {
		const char *location, *id;
	} rows[] = {
		{ "https://sandbox.kopokopo.com/api/v1/incoming_payments/" ID, ID },
		{ "/api/v2/incoming_payments/" ID, ID },
		{ ID, ID },
		{ "https://evil.example/incoming_payments/..", "" },
		{ "https://x/incoming_payments/", "" },
		{ "https://x/incoming_payments/a%2f..", "" },
		{ "https://x/incoming_payments/a?b=c", "" },
		{ "https://x/incoming_payments/0123456789012345678901234567890123456789"
		  "0123456789012345678901234567890",
		  "" },
		{ "", "" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct response response = { .came = true,
					     .status = 201,
					     .location = text_of(rows[i].location) };
		struct said said = api_of("kopokopo")->start_read(&response, *state);
		assert_int_equal(said.answer, ANSWER_YES);
		if (!text_is(said.provider_ref, rows[i].id))
			fail_msg("%s: %.*s", rows[i].location, TEXT_ARG(said.provider_ref));
	}
}

/* One state, in each provider's own envelope. */
static struct text envelope(const char *provider, const char *name, const char *status,
			    const char *amount, const char *more, struct arena *arena)
{
	if (strcmp(provider, "paystack") == 0)
		return text_format(arena,
				   "{\"status\":true,\"message\":\"Verification successful\","
				   "\"data\":{\"reference\":\"%s\",\"status\":%s,\"amount\":%s,"
				   "\"paid_at\":\"2026-11-21T06:24:48.000Z\"%s}}",
				   name, status, amount, more);
	if (strcmp(provider, "flutterwave") == 0)
		return text_format(arena,
				   "{\"status\":\"success\",\"data\":{\"id\":285959875,"
				   "\"tx_ref\":\"%s\",\"status\":%s,\"amount\":%s%s}}",
				   name, status, amount, more);
	return text_format(arena,
			   "{\"data\":{\"id\":\"%s\",\"type\":\"incoming_payment\","
			   "\"attributes\":{\"status\":%s,\"event\":{\"errors\":null,\"resource\":"
			   "{\"reference\":\"UKL1MPU40Z\",\"status\":\"Received\",\"amount\":%s,"
			   "\"till_number\":\"K514459\",\"origination_time\":"
			   "\"2026-11-21T09:24:54+03:00\"%s}}}}}",
			   name, status, amount, more);
}

static struct said ask(const char *provider, uint32_t status, struct text body, struct arena *arena)
{
	struct channel channel = channel_of(provider);
	struct response response = { .came = true, .status = status, .body = body };
	return api_of(provider)->ask_read(&channel, &response, TEXT(NAME), arena);
}

#define KES ",\"currency\":\"KES\""
static const char *const providers[] = { "kopokopo", "paystack", "flutterwave" };
static const char *const success[] = { "\"Success\"", "\"success\"", "\"successful\"" };
static const char *const failure[] = { "\"Failed\"", "\"failed\"", "\"failed\"" };
static const char *const amounts[] = { "\"2500.0\"", "250000", "2500" };

static void property_04_success_is_exact(void **state)
{
	static const char *const others[] = {
		"\"SUCCESS\"", "\" success\"", "\"succes\"", "\"Successfull\"", "\"Received\"",
		"\"paid\"",    "\"completed\"", "\"0\"",      "\"\"",		"0",
		"1",	       "true",		"null",	      "[\"success\"]",	"{\"success\":1}",
		"\"Pending\"", "\"pending\"",	"\"ongoing\"", "\"abandoned\"",	"\"queued\"",
		"\"processing\"",
	};
	for (size_t i = 0; i < ARRAY_COUNT(providers); i++) {
		struct said said = ask(providers[i], 200,
				       envelope(providers[i], NAME, success[i], amounts[i], KES,
						*state),
				       *state);
		assert_int_equal(said.answer, ANSWER_YES);
		assert_int_equal(said.amount_cents, 250000);
		assert_true(text_is(said.currency, "KES") && text_is(said.provider_ref, NAME));
		said = ask(providers[i], 200,
			   envelope(providers[i], NAME, failure[i], amounts[i], KES, *state),
			   *state);
		assert_true(said.answer == ANSWER_NO && said.is_soft);
		for (size_t k = 0; k < ARRAY_COUNT(others); k++) {
			said = ask(providers[i], 200,
				   envelope(providers[i], NAME, others[k], amounts[i], KES, *state),
				   *state);
			if (said.answer != ANSWER_NONE)
				fail_msg("%s: %s is taken as %d", providers[i], others[k],
					 said.answer);
		}
	}
	struct said said = ask(
	    "paystack", 200, envelope("paystack", NAME, "\"reversed\"", "1", KES, *state), *state);
	assert_true(said.answer == ANSWER_NO && said.is_reversed && !said.is_soft);
	said = ask("paystack", 200, envelope("paystack", NAME, "\"ongoing\"", "1", "", *state),
		   *state);
	assert_true(said.is_known);
}

/* The same money has one receipt, wherever it is heard of. */
static void property_11_an_answer_has_the_receipt_of_the_callback(void **state)
{
	static const char *const receipts[] = { "UKL1MPU40Z", "PAYSTACK-WAVU-17-ABCDEFGH",
						"FLUTTERWAVE-285959875" };
	for (size_t i = 0; i < ARRAY_COUNT(providers); i++) {
		struct text body =
		    envelope(providers[i], NAME, success[i], amounts[i], KES, *state);
		struct said said = ask(providers[i], 200, body, *state);
		if (!text_is(said.receipt, receipts[i]))
			fail_msg("%s: %.*s", providers[i], TEXT_ARG(said.receipt));
		assert_true(said.at > 0 || i == 2);
	}
	struct channel channel = channel_of("paystack");
	struct callback callback = { .body = TEXT(
					 "{\"event\":\"charge.success\",\"data\":{\"reference\":"
					 "\"" NAME "\",\"amount\":250000,\"currency\":\"KES\","
					 "\"status\":\"success\"}}") };
	struct notice notice = provider_find(TEXT("paystack"))
				   ->parse(&channel, TEXT("254"), &callback, *state);
	assert_true(text_is(notice.receipt, receipts[1]) && text_is(notice.prompt, NAME));
	channel = channel_of("kopokopo");
	struct said said = api_of("kopokopo")->result(
	    &channel, envelope("kopokopo", ID, success[0], amounts[0], KES, *state), *state);
	assert_true(said.answer == ANSWER_YES && text_is(said.receipt, receipts[0]) &&
		    text_is(said.provider_ref, ID));
}

static void property_07_what_is_not_whole_is_doubtful(void **state)
{
	static const char *const wrong[] = { "0",      "-1",	 "\"\"",  "null",    "true",
					     "1e3",    "2500.005", "[1]", "\"20,000.00\"" };
	for (size_t i = 0; i < ARRAY_COUNT(providers); i++)
		for (size_t k = 0; k < ARRAY_COUNT(wrong); k++) {
			struct text body = envelope(providers[i], NAME, success[i], wrong[k], KES,
						    *state);
			struct said said = ask(providers[i], 200, body, *state);
			if (said.answer != ANSWER_NONE || !said.is_doubtful)
				fail_msg("%s counts %s", providers[i], wrong[k]);
		}
	/* Paystack's amounts are minor units: a fraction is none. */
	assert_int_equal(ask("paystack", 200,
			     envelope("paystack", NAME, "\"success\"", "2500.50", KES, *state),
			     *state)
			     .answer,
			 ANSWER_NONE);
	/* Another currency, or none, is said as it is: who pinned it compares. */
	struct said said = ask("paystack", 200,
			       envelope("paystack", NAME, "\"success\"", "1",
					",\"currency\":\"NGN\"", *state),
			       *state);
	assert_true(text_is(said.currency, "NGN"));
	said = ask("flutterwave", 200,
		   envelope("flutterwave", NAME, "\"successful\"", "1", "", *state), *state);
	assert_true(said.currency.size > 0 && !text_is(said.currency, "KES"));
	/* A test's money on a production channel. */
	said = ask("paystack", 200,
		   envelope("paystack", NAME, "\"success\"", "1", KES ",\"domain\":\"test\"",
			    *state),
		   *state);
	assert_true(said.answer == ANSWER_NONE && said.is_doubtful);
	static const char *const bodies[] = {
		"", "x", "[]", "{}", "{\"data\":1}",
		"{\"data\":{\"id\":\"x\",\"type\":\"payment\",\"attributes\":{\"status\":"
		"\"Success\"}}}",
		"{\"data\":{\"id\":\"x\",\"type\":\"incoming_payment\",\"attributes\":{\"status\":"
		"\"Success\",\"event\":{\"resource\":null}}}}",
		"{\"data\":{\"type\":\"incoming_payment\",\"attributes\":{\"status\":\"Success\","
		"\"event\":{\"resource\":{\"reference\":\"UKL1MPU40Z\",\"status\":\"Received\","
		"\"amount\":\"1\",\"currency\":\"KES\"}}}}}",
		"{\"data\":{\"id\":\"x\",\"type\":\"incoming_payment\",\"attributes\":{\"status\":"
		"\"Success\",\"event\":{\"resource\":{\"reference\":\"UKL1MPU40Z\",\"status\":"
		"\"Reversed\",\"amount\":\"1\",\"currency\":\"KES\"}}}}}",
		"{\"data\":{\"id\":\"x\",\"type\":\"incoming_payment\",\"attributes\":{\"status\":"
		"\"Failed\",\"status\":\"Success\"}}}",
		/* Whole in all but one name that stands there twice. */
		"{\"data\":{\"id\":\"x\",\"type\":\"incoming_payment\",\"attributes\":{\"status\":"
		"\"Failed\",\"status\":\"Success\",\"event\":{\"resource\":{\"reference\":"
		"\"UKL1MPU40Z\",\"status\":\"Received\",\"amount\":\"1\",\"currency\":\"KES\"}}}}}",
	};
	struct channel channel = channel_of("kopokopo");
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		said = api_of("kopokopo")->result(&channel, text_of(bodies[i]), *state);
		if (said.answer != ANSWER_NONE || !said.is_doubtful)
			fail_msg("counted: %s", bodies[i]);
	}
}

static void property_06_no_answer_is_no_failure(void **state)
{
	static const struct {
		uint32_t status;
		const char *body;
		enum answer answer;
	} rows[] = {
		{ 400, "{\"status\":false,\"message\":\"Transaction reference not found\"}",
		  ANSWER_NONE },
		{ 404, "{\"status\":\"error\",\"message\":\"No transaction was found\"}",
		  ANSWER_NONE },
		{ 404, "", ANSWER_NONE },
		{ 403, "", ANSWER_NONE },
		{ 500, "<html>", ANSWER_NONE },
		{ 500, "{\"status\":false}", ANSWER_NONE },
		{ 200, "", ANSWER_NONE },
		{ 200, "{\"status\":true,\"data\":null}", ANSWER_NONE },
		{ 200, "{\"status\":\"success\",\"data\":[{}]}", ANSWER_NONE },
		{ 429, "{}", ANSWER_LATER },
	};
	for (size_t i = 0; i < ARRAY_COUNT(providers); i++) {
		for (size_t k = 0; k < ARRAY_COUNT(rows); k++) {
			struct said said =
			    ask(providers[i], rows[k].status, text_of(rows[k].body), *state);
			if (said.answer != rows[k].answer || said.why.size == 0)
				fail_msg("%s: %u %s is taken as %d", providers[i], rows[k].status,
					 rows[k].body, said.answer);
		}
		/* Right in all but the name, the status line, or the line itself. */
		struct text good =
		    envelope(providers[i], NAME, success[i], amounts[i], KES, *state);
		struct text other =
		    envelope(providers[i], "wavu-18-abcdefgh", success[i], amounts[i], KES, *state);
		assert_int_equal(ask(providers[i], 200, other, *state).answer, ANSWER_NONE);
		assert_int_equal(ask(providers[i], 500, good, *state).answer, ANSWER_NONE);
		for (uint32_t cut = 0; cut < good.size; cut++)
			assert_int_equal(
			    ask(providers[i], 200, text_head(good, cut), *state).answer,
			    ANSWER_NONE);
		struct response none = { 0 };
		struct channel channel = channel_of(providers[i]);
		assert_int_equal(
		    api_of(providers[i])->ask_read(&channel, &none, TEXT(NAME), *state).answer,
		    ANSWER_NONE);
	}
	/* Kopo Kopo's token ends after an hour; keys of the others do not. */
	assert_int_equal(ask("kopokopo", 401, TEXT("{}"), *state).answer, ANSWER_LOGIN);
	assert_int_equal(ask("paystack", 401, TEXT("{}"), *state).answer, ANSWER_NONE);
	assert_int_equal(ask("flutterwave", 401, TEXT("{}"), *state).answer, ANSWER_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_bytes_of_a_push, setup, teardown),
		cmocka_unit_test_setup_teardown(the_bytes_of_a_question, setup, teardown),
		cmocka_unit_test_setup_teardown(property_04_and_06_what_kcb_answers, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_a_channel_lacks_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(property_04_success_is_exact, setup, teardown),
		cmocka_unit_test_setup_teardown(property_06_a_push_is_refused_only_for_certain,
						setup, teardown),
		cmocka_unit_test_setup_teardown(property_06_no_answer_is_no_failure, setup,
						teardown),
		cmocka_unit_test_setup_teardown(property_07_what_is_not_whole_is_doubtful, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
		    property_11_an_answer_has_the_receipt_of_the_callback, setup, teardown),
		cmocka_unit_test_setup_teardown(an_address_is_an_id_and_nothing_else, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
