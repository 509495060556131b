/* Questions to Daraja and what its answers mean: success is exact, no answer is never a failure. */
#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/zone.h"

#define REF "ws_CO_191220191020363925"

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

static const struct provider_api *api(void)
{
	return provider_find(TEXT("daraja"))->api;
}

static struct response answer(uint32_t status, const char *body)
{
	return (struct response){ .came = true, .status = status, .body = text_of(body) };
}

static bool holds(struct text text, const char *part)
{
	return text_contains_nocase(text, text_of(part));
}

static struct said result(struct arena *arena, const char *code, const char *items)
{
	struct text body = text_format(
	    arena,
	    "{\"Body\":{\"stkCallback\":{\"MerchantRequestID\":\"1-2-3\",\"CheckoutRequestID\":"
	    "\"" REF "\"%s%s,\"ResultDesc\":\"x\",\"CallbackMetadata\":{\"Item\":[%s]}}}}",
	    code[0] ? ",\"ResultCode\":" : "", code, items);
	return api()->result(NULL, body, arena);
}

#define ITEMS                                                                                  \
	"{\"Name\":\"Amount\",\"Value\":2500.00},{\"Name\":\"MpesaReceiptNumber\",\"Value\":" \
	"\"nlj7rt61sv\"},{\"Name\":\"Balance\"},{\"Name\":\"TransactionDate\",\"Value\":"     \
	"20191219102115},{\"Name\":\"PhoneNumber\",\"Value\":254708374149}"

static void property_04_success_is_exact(void **state)
{
	static const struct {
		const char *code;
		enum answer answer;
		bool is_doubtful;
	} rows[] = {
		{ "0", ANSWER_YES, false },	 { "\"0\"", ANSWER_YES, false },
		{ "\"SFC_IC0003\"", ANSWER_NO, false }, { "\"R000002\"", ANSWER_NO, false },
		{ "\"00\"", ANSWER_NO, false },	 { "\" 0\"", ANSWER_NO, false },
		{ "0.5", ANSWER_NO, false },	 { "0.0", ANSWER_NO, false },
		{ "-0", ANSWER_NO, false },	 { "0e1", ANSWER_NO, false },
		{ "1032", ANSWER_NO, false },	 { "4999", ANSWER_NONE, false },
		{ "\"4999\"", ANSWER_NONE, false }, { "\"\"", ANSWER_NONE, true },
		{ "null", ANSWER_NONE, true },	 { "true", ANSWER_NONE, true },
		{ "[0]", ANSWER_NONE, true },	 { "{\"0\":0}", ANSWER_NONE, true },
		{ "", ANSWER_NONE, true },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct said said = result(*state, rows[i].code, ITEMS);
		if (said.answer != rows[i].answer || said.is_doubtful != rows[i].is_doubtful)
			fail_msg("ResultCode %s is taken as %d%s", rows[i].code, said.answer,
				 said.is_doubtful ? ", doubtful" : "");
	}
	struct said said = result(*state, "0", ITEMS);
	assert_true(text_is(said.receipt, "NLJ7RT61SV") && text_is(said.provider_ref, REF));
	assert_true(said.has_amount && said.amount_cents == 250000);
	/* 10:21:15 EAT is 07:21:15 UTC. */
	struct civil civil = zone_civil(zone_utc(), said.at);
	assert_true(civil.hour == 7 && civil.minute == 21 && civil.second == 15);
}

static void property_07_ambiguity_is_doubtful(void **state)
{
	static const char *const items[] = {
		"",
		"{\"Name\":\"Amount\",\"Value\":2500}",
		"{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"NLJ7RT61SV\"}",
		ITEMS ",{\"Name\":\"Amount\",\"Value\":2500}",
		ITEMS ",{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"NLJ7RT61SX\"}",
		ITEMS ",{\"Name\":\"MpesaReceiptNumber\"}",
		"{\"Name\":\"Amount\"},"
		"{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"NLJ7RT61SV\"}",
		"{\"Name\":\"Amount\",\"Value\":1},"
		"{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"\"}",
		"{\"Name\":\"Amount\",\"Value\":1},"
		"{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"STK-1\"}",
	};
	for (size_t i = 0; i < ARRAY_COUNT(items); i++) {
		struct said said = result(*state, "0", items[i]);
		if (said.answer != ANSWER_NONE || !said.is_doubtful)
			fail_msg("counted: %s", items[i]);
	}
	static const char *const bodies[] = {
		"", "x", "[]", "{}", "{\"Body\":1}", "{\"Body\":{\"stkCallback\":[]}}",
		/* It says paid, and there is no CallbackMetadata, or it is something else. */
		"{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"" REF
		"\",\"ResultCode\":0,\"ResultDesc\":\"x\"}}}",
		"{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"" REF
		"\",\"ResultCode\":0,\"CallbackMetadata\":null}}}",
		"{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"" REF
		"\",\"ResultCode\":0,\"CallbackMetadata\":{\"Item\":{\"Name\":\"Amount\","
		"\"Value\":1}}}}}",
		"{\"Body\":{\"stkCallback\":{\"ResultCode\":0,"
		"\"CallbackMetadata\":{\"Item\":[" ITEMS "]}}}}",
		"{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"" REF
		"\",\"ResultCode\":1,\"ResultCode\":0}}}",
		/* Whole in all but one name that stands there twice. */
		"{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"" REF
		"\",\"ResultCode\":1032,\"ResultCode\":0,"
		"\"CallbackMetadata\":{\"Item\":[" ITEMS "]}}}}",
		"{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"ws_CO_1\","
		"\"CheckoutRequestID\":\"" REF "\",\"ResultCode\":0,"
		"\"CallbackMetadata\":{\"Item\":[" ITEMS "]}}}}",
		"{\"TransID\":\"NLJ7RT61SV\",\"TransAmount\":\"2500\"}",
	};
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		struct said said = api()->result(NULL, text_of(bodies[i]), *state);
		if (said.answer != ANSWER_NONE || !said.is_doubtful)
			fail_msg("counted: %s", bodies[i]);
	}
}

static void property_08_amounts_are_cents(void **state)
{
	static const struct {
		const char *value;
		int64_t cents; /* 0: refused */
	} rows[] = {
		{ "1", 100 },	      { "1.00", 100 },	{ "\"10\"", 1000 }, { "\"10.00\"", 1000 },
		{ "10.5", 1050 },     { "1e3", 0 },	{ "-5", 0 },	    { "0", 0 },
		{ "0.00", 0 },	      { "1.005", 0 },	{ "\"NaN\"", 0 },   { "\"20,000.00\"", 0 },
		{ "9007199254740993", 0 }, { "null", 0 }, { "true", 0 },    { "\"\"", 0 },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct text items = text_format(*state,
						"{\"Name\":\"Amount\",\"Value\":%s},{\"Name\":"
						"\"MpesaReceiptNumber\",\"Value\":\"NLJ7RT61SV\"}",
						rows[i].value);
		struct said said = result(*state, "0", items.at);
		bool counts = said.answer == ANSWER_YES;
		if (counts != (rows[i].cents > 0) ||
		    (counts && said.amount_cents != rows[i].cents))
			fail_msg("%s %s as %lld cents", rows[i].value,
				 counts ? "counts" : "does not count",
				 (long long)said.amount_cents);
	}
}

static void property_06_no_answer_is_no_failure(void **state)
{
	static const struct {
		uint32_t status;
		const char *body;
		enum answer start, ask;
	} rows[] = {
		{ 500, "{\"errorCode\":\"500.001.1001\","
		       "\"errorMessage\":\"The transaction is being processed\"}",
		  ANSWER_NONE, ANSWER_NONE },
		{ 500, "{\"errorCode\":\"500.001.1001\",\"errorMessage\":\"\"}", ANSWER_NONE,
		  ANSWER_NONE },
		{ 200, "{\"errorCode\":\"500.001.1001\",\"errorMessage\":\"x\"}", ANSWER_NONE,
		  ANSWER_NONE },
		{ 500, "{\"errorCode\":\"500.001.1001\","
		       "\"errorMessage\":\"[MerchantValidate] - Wrong credentials\"}",
		  ANSWER_NONE, ANSWER_NONE },
		{ 404, "{\"errorCode\":\"404.001.03\",\"errorMessage\":\"Invalid Access Token\"}",
		  ANSWER_LOGIN, ANSWER_LOGIN },
		{ 400, "{\"errorCode\":\"400.003.01\",\"errorMessage\":\"Invalid Access Token\"}",
		  ANSWER_LOGIN, ANSWER_LOGIN },
		{ 401, "", ANSWER_LOGIN, ANSWER_LOGIN },
		{ 429, "{\"fault\":{\"faultstring\":\"Spike arrest violation\"}}", ANSWER_LATER,
		  ANSWER_LATER },
		{ 401, "{\"errorCode\":\"401.003.01\",\"errorMessage\":\"x\"}", ANSWER_LOGIN,
		  ANSWER_LOGIN },
		{ 429, "slow down", ANSWER_LATER, ANSWER_LATER },
		/* Spike arrest and quota have codes of their own, too (facts 1.6). */
		{ 500, "{\"errorCode\":\"500.003.02\",\"errorMessage\":\"System is busy\"}",
		  ANSWER_LATER, ANSWER_LATER },
		{ 500, "{\"errorCode\":\"500.003.03\",\"errorMessage\":\"Quota Violation\"}",
		  ANSWER_LATER, ANSWER_LATER },
		{ 500, "{\"errorCode\":\"500.003.1001\",\"errorMessage\":\"Internal\"}",
		  ANSWER_NONE, ANSWER_NONE },
		/* One code, and at least five meanings: the words decide nothing. */
		{ 500, "{\"errorCode\":\"500.001.1001\","
		       "\"errorMessage\":\"Unable to lock subscriber\"}",
		  ANSWER_NONE, ANSWER_NONE },
		{ 500, "{\"errorCode\":\"500.001.1001\","
		       "\"errorMessage\":\"The transaction does not Exist\"}",
		  ANSWER_NONE, ANSWER_NONE },
		{ 500, "{\"fault\":{\"faultstring\":\"Internal\"}}", ANSWER_NONE, ANSWER_NONE },
		/* A request that is wrong did nothing; about the money it says nothing. */
		{ 400, "{\"errorCode\":\"400.002.05\",\"errorMessage\":\"x\"}", ANSWER_NO,
		  ANSWER_NONE },
		{ 404, "{\"errorCode\":\"404.001.01\",\"errorMessage\":\"x\"}", ANSWER_NO,
		  ANSWER_NONE },
		{ 404, "{\"errorCode\":\"404.003.01\",\"errorMessage\":\"x\"}", ANSWER_NO,
		  ANSWER_NONE },
		{ 404, "{\"errorCode\":\"404.001.04\",\"errorMessage\":\"x\"}", ANSWER_NO,
		  ANSWER_NONE },
		{ 405, "{\"errorCode\":\"405.001\",\"errorMessage\":\"x\"}", ANSWER_NO,
		  ANSWER_NONE },
		/* The verdict of a question is a text; a number means the same (facts 1.5). */
		{ 200, "{\"ResponseCode\":0,\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":0}", ANSWER_YES, ANSWER_YES },
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":\"SFC_IC0003\"}", ANSWER_YES, ANSWER_NO },
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":\"\"}", ANSWER_YES, ANSWER_NONE },
		/* Accepted, and the id is empty (facts 1.2): a prompt is out, under no name. */
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"\",\"ResultCode\":"
		       "\"0\"}", ANSWER_YES, ANSWER_NONE },
		{ 503, "<html>", ANSWER_NONE, ANSWER_NONE },
		{ 200, "", ANSWER_NONE, ANSWER_NONE },
		{ 200, "{}", ANSWER_NONE, ANSWER_NONE },
		{ 200, "{\"ResponseCode\":null,\"ResultCode\":\"0\"}", ANSWER_NONE, ANSWER_NONE },
		{ 400, "{\"errorCode\":\"400.002.02\",\"errorMessage\":\"Bad Request\"}", ANSWER_NO,
		  ANSWER_NONE },
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":\"4999\"}", ANSWER_YES, ANSWER_NONE },
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":\"0\"}", ANSWER_YES, ANSWER_YES },
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":\"1032\"}", ANSWER_YES, ANSWER_NO },
		{ 200, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"ws_CO_1\",\"ResultCode\":"
		       "\"0\"}", ANSWER_YES, ANSWER_NONE },
		{ 200, "{\"ResponseCode\":\"1\",\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":\"0\"}", ANSWER_NO, ANSWER_NONE },
		{ 500, "{\"ResponseCode\":\"0\",\"CheckoutRequestID\":\"" REF
		       "\",\"ResultCode\":\"0\"}", ANSWER_NONE, ANSWER_NONE },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct response response = answer(rows[i].status, rows[i].body);
		struct said start = api()->start_read(&response, *state);
		struct said ask = api()->ask_read(NULL, &response, TEXT(REF), *state);
		if (start.answer != rows[i].start || ask.answer != rows[i].ask)
			fail_msg("%u %s: start %d, ask %d", rows[i].status, rows[i].body,
				 start.answer, ask.answer);
	}
	struct response none = { 0 };
	assert_int_equal(api()->start_read(&none, *state).answer, ANSWER_NONE);
	assert_int_equal(api()->ask_read(NULL, &none, TEXT(REF), *state).answer, ANSWER_NONE);
}

/* Failures after which people were seen to pay are soft; an unknown code is no verdict for ever. */
static void failures_are_soft_or_hard(void **state)
{
	static const struct {
		const char *code;
		bool is_soft;
	} rows[] = {
		/* All that facts 1.3 names. */
		{ "1", false },	   { "2", false },    { "3", false },	 { "4", false },
		{ "8", false },	   { "17", false },   { "26", true },	 { "1001", false },
		{ "1019", true },  { "1025", false }, { "1031", true },	 { "1032", true },
		{ "1036", true },  { "1037", true },  { "2001", false }, { "2028", false },
		{ "8006", false }, { "9999", false }, { "\"SFC_IC0003\"", false },
		/* The same as texts, and what is listed with no meaning of its own or nowhere. */
		{ "\"1\"", false }, { "\"1032\"", true }, { "\"1037\"", true }, { "5", true },
		{ "11", true },	   { "15", true },    { "20", true },	 { "2033", true },
		{ "7777", true },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct said said = result(*state, rows[i].code, "");
		/* As they come: no CallbackMetadata at all, and words that differ by year. */
		struct text bare = text_format(
		    *state,
		    "{\"Body\":{\"stkCallback\":{\"MerchantRequestID\":\"1-2-3\","
		    "\"CheckoutRequestID\":\"" REF "\",\"ResultCode\":%s,\"ResultDesc\":"
		    "\"[STK_CB - ]The service request is processed successfully.\"}}}",
		    rows[i].code);
		struct said without = api()->result(NULL, bare, *state);
		if (said.answer != ANSWER_NO || said.is_soft != rows[i].is_soft ||
		    without.answer != ANSWER_NO || without.is_soft != rows[i].is_soft ||
		    without.is_doubtful || !text_is(without.provider_ref, REF))
			fail_msg("%s", rows[i].code);
	}
}

/* Order, number and types of the items vary by year (facts 1.3): they are read by name. */
static void items_are_read_by_name(void **state)
{
	static const struct {
		const char *items;
		bool has_time;
	} rows[] = {
		{ "{\"Name\":\"PhoneNumber\",\"Value\":254708374149},"
		  "{\"Name\":\"TransactionDate\",\"Value\":\"20191219102115\"},"
		  "{\"Name\":\"MpesaReceiptNumber\",\"Value\":\" NLJ7RT61SV \"},"
		  "{\"Name\":\"Amount\",\"Value\":\"2500\"}",
		  true },
		{ "{\"Name\":\"Balance\"},{\"Name\":\"Amount\",\"Value\":2500},"
		  "{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"NLJ7RT61SV\"}",
		  false },
		{ "{\"Name\":\"Amount\",\"Value\":2500.0},{\"Name\":\"MpesaReceiptNumber\","
		  "\"Value\":\"NLJ7RT61SV\"},{\"Name\":\"TransactionDate\",\"Value\":"
		  "20193919102115},{\"Name\":\"PhoneNumber\",\"Value\":\"2547 ***** 149\"}",
		  false },
		{ "7,null,{\"name\":\"Amount\",\"value\":1},{\"Value\":9},{\"Name\":1,"
		  "\"Value\":9},{\"Name\":\"Amount\",\"Value\":2500,\"More\":{}},"
		  "{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"NLJ7RT61SV\"},"
		  "{\"Name\":\"TransactionDate\",\"Value\":null}",
		  false },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct said said = result(*state, "0", rows[i].items);
		if (said.answer != ANSWER_YES || said.amount_cents != 250000 ||
		    !text_is(said.receipt, "NLJ7RT61SV") || (said.at != 0) != rows[i].has_time)
			fail_msg("%s: %d %.*s", rows[i].items, said.answer, TEXT_ARG(said.why));
	}
}

/* Decodes to 174379, the public sandbox passkey and 20210628092408 (payments facts 1.2). */
static void property_18_and_31_a_push_is_of_eat_and_never_repeated(void **state)
{
	struct channel channel = help_channel();
	struct credentials credentials = {
		.passkey = secret_of(
		    TEXT("bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"))
	};
	struct prompt prompt = { .phone = TEXT("254722000000"),
				 .account = TEXT("KN-0042-TOO-LONG"),
				 .cents = 100,
				 .currency = TEXT("KES"),
				 .callback_url = TEXT("https://pay.example.org/pay/k/m/a/x") };
	struct civil civil = { 2021, 6, 28, 6, 24, 8 };
	channel.shortcode = TEXT("174379");
	channel.environment = CHANNEL_SANDBOX;
	struct request request = api()->start(&channel, &credentials, &prompt,
					      zone_instant(zone_utc(), civil), *state);
	assert_true(api()->is_sandbox_passkey(secret_reveal(credentials.passkey)));
	assert_false(api()->is_sandbox_passkey(TEXT("another")));
	assert_true(text_is(request.url,
			    "https://sandbox.safaricom.co.ke/mpesa/stkpush/v1/processrequest"));
	assert_false(request.again);
	assert_true(holds(request.body,
			  "MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkz"
			  "MDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMjEwNjI4MDkyNDA4"));
	assert_true(holds(request.body, "\"Timestamp\":\"20210628092408\""));
	assert_true(holds(request.body, "\"Amount\":\"1\""));
	assert_true(holds(request.body, "\"AccountReference\":\"KN-0042-TOO-\""));
	assert_true(holds(request.body, "CustomerPayBillOnline"));
	channel.type = CHANNEL_TILL;
	channel.endpoint = TEXT("http://127.0.0.1:9/");
	request = api()->start(&channel, &credentials, &prompt, 0, *state);
	assert_true(holds(request.body, "CustomerBuyGoodsOnline"));
	assert_true(holds(request.body, "\"BusinessShortCode\":\"174379\""));
	channel.store = TEXT("600001");
	request = api()->start(&channel, &credentials, &prompt, 0, *state);
	assert_true(holds(request.body, "\"BusinessShortCode\":\"600001\""));
	assert_true(holds(request.body, "\"PartyB\":\"174379\""));
	assert_true(text_is(request.url, "http://127.0.0.1:9/mpesa/stkpush/v1/processrequest"));
}

static void a_prompt_takes_whole_shillings(void **state)
{
	(void)state;
	assert_int_equal(api()->cents_ok(100, TEXT("KES")).size, 0);
	assert_int_equal(api()->cents_ok(25000000, TEXT("KES")).size, 0);
	assert_true(api()->cents_ok(25000100, TEXT("KES")).size > 0);
	assert_true(api()->cents_ok(150, TEXT("KES")).size > 0);
	assert_true(api()->cents_ok(0, TEXT("KES")).size > 0);
	assert_true(api()->cents_ok(-100, TEXT("KES")).size > 0);
}

static void a_token_lives_as_long_as_it_says(void **state)
{
	static const struct {
		uint32_t status;
		const char *body;
		int64_t lives_s; /* 0: refused */
	} rows[] = {
		{ 200, "{\"access_token\":\"c9SQ\",\"expires_in\":3599}", 3599 },
		{ 200, "{\"access_token\":\"c9SQ\",\"expires_in\":\"3599\"}", 3599 },
		{ 200, "{\"access_token\":\"\",\"expires_in\":\"3599\"}", 0 },
		{ 200, "{\"access_token\":\"a\\nb\",\"expires_in\":\"3599\"}", 0 },
		{ 200, "{\"access_token\":\"c9SQ\",\"expires_in\":\"soon\"}", 0 },
		{ 400, "{\"errorCode\":\"400.008.01\",\"errorMessage\":\"x\"}", 0 },
		{ 200, "<html>", 0 },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct response response = answer(rows[i].status, rows[i].body);
		struct text token, why;
		int64_t lives_us;
		bool good = api()->login_read(&token, &lives_us, &response, *state, &why);
		if (good != (rows[i].lives_s > 0) ||
		    (good && lives_us != rows[i].lives_s * SECOND_US))
			fail_msg("%s", rows[i].body);
	}
}

/* Every recorded result: successes are read by name, failures never count. */
static void samples_of_results(void **state)
{
	static const char *const names[] = {
		"stk-cb-ok-2017-amount-int-balance-novalue.json",
		"stk-cb-ok-2018-amount-decimal-balance-novalue.json",
		"stk-cb-ok-2019-mer-amount-5.json",
		"stk-cb-ok-2020-4items-no-balance.json",
		"stk-cb-ok-2024-daraja3-docs.json",
		"stk-cb-ok-no-transactiondate.json",
		"stk-cb-fail-1-insufficient.json",
		"stk-cb-fail-1032-2017-prefix.json",
		"stk-cb-fail-1037-2024.json",
		"stk-cb-forged-minimal-no-checkout-id.json",
		"stk-cb-python-repr-not-json.txt",
	};
	char folder[4096];
	struct stat info;
	(void)snprintf(folder, sizeof(folder), "%s/samples/payments",
		       getenv("WAVU_SHARED") ? getenv("WAVU_SHARED") : "");
	if (stat(folder, &info))
		skip();
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		struct said said = api()->result(NULL, help_file(*state, folder, names[i]), *state);
		bool pays = strstr(names[i], "-ok-") != NULL;
		bool fails = strstr(names[i], "-fail-") != NULL;
		if (said.answer != (pays ? ANSWER_YES : fails ? ANSWER_NO : ANSWER_NONE))
			fail_msg("%s is taken as %d: %.*s", names[i], said.answer,
				 TEXT_ARG(said.why));
		if (pays && (!said.has_amount || said.receipt.size == 0))
			fail_msg("%s lacks what it says", names[i]);
	}
}

/* Who was paid counts where it is said; where no payee stands there, as in what was recorded
 * (payments facts 1.8), the rest does. */
static void property_01_a_status_of_another_payee_proves_nothing(void **state)
{
#define PARTY(side, words) "{\"Key\":\"" side "PartyName\",\"Value\":\"" words "\"},"
	static const struct {
		const char *parties;
		enum answer answer;
		const char *payer;
	} cases[] = {
		{ "", ANSWER_YES, "" },
		{ PARTY("Credit", "600638 - Kasi Net") PARTY("Debit", "254708374149 - JANE"),
		  ANSWER_YES, "254708374149" },
		{ PARTY("Credit", "600638"), ANSWER_YES, "" },
		{ PARTY("Credit", "7000001 - Kasi Store"), ANSWER_YES, "" },
		{ PARTY("Credit", "600639 - Somebody") PARTY("Debit", "254708374149 - JANE"),
		  ANSWER_NONE, "" },
		{ PARTY("Credit", "6006389 - Longer"), ANSWER_NONE, "" },
		{ PARTY("Credit", "254712345678 - JOHN") PARTY("Debit", "600638 - Kasi Net"),
		  ANSWER_NONE, "" },
		{ PARTY("Debit", "600638 - Kasi Net"), ANSWER_NONE, "" },
		{ PARTY("Credit", "600639 - Other") PARTY("Credit", "600638 - Kasi Net"),
		  ANSWER_YES, "" },
		{ "{\"Key\":\"CreditPartyName\"},", ANSWER_YES, "" },
		{ PARTY("Debit", "2547*****149 - JANE"), ANSWER_YES, "" },
		{ PARTY("Debit", "254708374149 - JANE") PARTY("Debit", "254708374140 - JOE"),
		  ANSWER_YES, "" },
	};
	const struct channel channel = { .shortcode = TEXT("600638"), .store = TEXT("7000001") };

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct said said = api()->order_result(
		    &channel,
		    text_format(*state,
				"{\"Result\":{\"ResultCode\":0,\"ResultParameters\":{"
				"\"ResultParameter\":[%s{\"Key\":\"TransactionStatus\","
				"\"Value\":\"Completed\"},{\"Key\":\"Amount\",\"Value\":"
				"\"2500\"},{\"Key\":\"ReceiptNo\",\"Value\":"
				"\"UKL51ZDR4F\"}]}}}",
				cases[i].parties),
		    *state);

		if (said.answer != cases[i].answer || !text_is(said.payer, cases[i].payer))
			fail_msg("%s: %d, %.*s", cases[i].parties, said.answer,
				 TEXT_ARG(said.payer));
	}
#undef PARTY
}

#define TEST_OF(test, before, after) cmocka_unit_test_setup_teardown(test, before, after)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_OF(property_04_success_is_exact, setup, teardown),
		TEST_OF(property_06_no_answer_is_no_failure, setup, teardown),
		TEST_OF(property_07_ambiguity_is_doubtful, setup, teardown),
		TEST_OF(property_08_amounts_are_cents, setup, teardown),
		TEST_OF(property_18_and_31_a_push_is_of_eat_and_never_repeated, setup, teardown),
		TEST_OF(property_01_a_status_of_another_payee_proves_nothing, setup, teardown),
		TEST_OF(failures_are_soft_or_hard, setup, teardown),
		TEST_OF(items_are_read_by_name, setup, teardown),
		TEST_OF(a_prompt_takes_whole_shillings, setup, teardown),
		TEST_OF(a_token_lives_as_long_as_it_says, setup, teardown),
		TEST_OF(samples_of_results, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
