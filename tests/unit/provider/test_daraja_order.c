/*
 * Money ordered back from Daraja: what is sent, and what acknowledgements and results mean. Only an
 * exact verdict counts; the code of a success is as exact as everywhere.
 */
#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "provider/json.h"

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

static struct order order_of(int64_t cents)
{
	return (struct order){ .receipt = TEXT("UKL51ZDR4F"),
			       .cents = cents,
			       .result_url = TEXT("https://pay.example/r"),
			       .timeout_url = TEXT("https://pay.example/t") };
}

static void is(struct text text, const char *wanted)
{
	if (!text_is(text, wanted))
		fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARG(text), wanted);
}

static void what_is_sent(void **state)
{
	static const struct {
		const char *key, *value;
	} fields[] = { { "CommandID", "TransactionReversal" },
		       { "Initiator", "wavu" },
		       { "TransactionID", "UKL51ZDR4F" },
		       { "Amount", "2500" },
		       { "ReceiverParty", "600638" },
		       { "RecieverIdentifierType", "11" },
		       { "ResultURL", "https://pay.example/r" },
		       { "QueueTimeOutURL", "https://pay.example/t" } };
	struct arena *arena = *state;
	struct channel channel = help_channel();
	struct credentials credentials = { .initiator = TEXT("wavu") };
	struct order order = order_of(250000);
	struct request request = api()->reverse(&channel, &credentials, &order, arena);
	struct json json;
	struct text why;

	is(TEXT("POST"), request.method);
	assert_true(text_ends(request.url, TEXT("/mpesa/reversal/v1/request")));
	assert_false(request.again);
	assert_false(request.login);
	assert_true(json_open(&json, request.body, arena, &why));
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		is(value_at(json_root(&json), fields[i].key, arena).text, fields[i].value);
	json_close(&json);
	order = order_of(1250);
	request = api()->reverse(&channel, &credentials, &order, arena);
	assert_true(text_contains_nocase(request.body, TEXT("\"Amount\":\"12.50\"")));
}

/* As much as fits into one callback, of one item again and again. */
static struct text crowded(struct arena *arena, const char *head, const char *item,
			   const char *tail)
{
	char *out = ARENA_ARRAY(arena, char, CALLBACK_SIZE_MAX);
	size_t size = strlen(head);
	size_t room = CALLBACK_SIZE_MAX - strlen(tail) - 2 * strlen(item) - 2;

	memcpy(out, head, size);
	while (size < room) {
		memcpy(out + size, item, strlen(item));
		size += strlen(item);
		out[size++] = ',';
	}
	memcpy(out + size, item, strlen(item));
	size += strlen(item);
	memcpy(out + size, tail, strlen(tail));
	return (struct text){ out, (uint32_t)(size + strlen(tail)) };
}

#define RESULT                                                                             \
	"{\"Result\":{\"ResultCode\":0,\"ConversationID\":\"AG_1\",\"ResultParameters\":{"    \
	"\"ResultParameter\":[{\"Key\":\"TransactionStatus\",\"Value\":\"Completed\"},"      \
	"{\"Key\":\"Amount\",\"Value\":\"2500\"},{\"Key\":\"ReceiptNo\",\"Value\":"      \
	"\"UKL51ZDR4F\"},"

/* The teller has two MiB for a callback: one that takes more would end it, after every start. */
static void property_25_a_crowded_result_costs_no_more_than_its_share(void **state)
{
	static const char *const items[] = { "{\"Key\":\"DebitPartyName\",\"Value\":\"1\"}",
					     "{\"Key\":\"CreditPartyName\",\"Value\":\"1\"}",
					     "{\"Key\":\"X\",\"Value\":\"1\"}", "{}", "1" };
	struct arena *arena = *state;
	struct channel channel = help_channel();

	for (size_t i = 0; i < ARRAY_COUNT(items); i++) {
		struct text body = crowded(arena, RESULT, items[i], "]}}}");
		struct text prompt = crowded(
		    arena,
		    "{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"ws_CO_1\","
		    "\"ResultCode\":0,\"CallbackMetadata\":{\"Item\":[",
		    items[i], "]}}}}");
		struct arena share;

		arena_open(&share, (size_t)CALLBACK_SIZE_MAX * 32);
		(void)api()->order_result(&channel, body, &share);
		arena_reset(&share);
		(void)api()->reverse_result(body, &share);
		arena_reset(&share);
		(void)api()->result(&channel, prompt, &share);
		arena_close(&share);
	}
}

static void acknowledgements(void **state)
{
	static const struct {
		uint32_t status;
		const char *body;
		enum answer answer;
		const char *ref;
	} cases[] = {
		{ 200, "{\"ConversationID\":\"AG_1\",\"ResponseCode\":\"0\"}", ANSWER_YES, "AG_1" },
		{ 200, "{\"ConversationID\":\"AG_1\",\"ResponseCode\":0}", ANSWER_YES, "AG_1" },
		{ 200, "{\"ConversationID\":\"AG_1\",\"ResponseCode\":\"1\"}", ANSWER_NONE,
		  "AG_1" },
		{ 200, "{\"ConversationID\":\"\",\"ResponseCode\":\"\"}", ANSWER_NONE, "" },
		{ 200, "{}", ANSWER_NONE, "" },
		{ 200, "<html>", ANSWER_NONE, "" },
		{ 500, "{\"ConversationID\":\"AG_1\",\"ResponseCode\":\"0\"}", ANSWER_NONE, "" },
		{ 500, "{\"errorCode\":\"500.001.1001\",\"errorMessage\":\"\"}", ANSWER_NONE, "" },
		{ 503, "", ANSWER_NONE, "" },
		{ 400, "{\"errorCode\":\"400.002.02\"}", ANSWER_NO, "" },
		{ 404, "{\"errorCode\":\"404.001.03\"}", ANSWER_LOGIN, "" },
		{ 429, "", ANSWER_LATER, "" },
	};
	struct arena *arena = *state;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct response response = { .came = true,
					     .status = cases[i].status,
					     .body = text_of(cases[i].body) };
		struct said said = api()->reverse_read(&response, arena);
		if (said.answer != cases[i].answer)
			fail_msg("%s: %d", cases[i].body, (int)said.answer);
		is(said.provider_ref, cases[i].ref);
	}
	struct response lost = { .came = false };
	assert_int_equal(api()->reverse_read(&lost, arena).answer, ANSWER_NONE);
}

#define DONE                                                                           \
	"[{\"Key\":\"DebitAccountBalance\",\"Value\":\"Utility Account|KES|7.62|7.62\"},"  \
	"{\"Key\":\"Amount\",\"Value\":2500.00},{\"Key\":\"TransCompletedTime\","         \
	"\"Value\":20211114132711},{\"Key\":\"OriginalTransactionID\",\"Value\":"         \
	"\"ukl51zdr4f\"},{\"Key\":\"Charge\",\"Value\":0.00}]"

static struct said result(struct arena *arena, const char *code, const char *parameters)
{
	return api()->reverse_result(
	    text_format(arena,
			"{\"Result\":{\"ResultType\":0,\"ResultCode\":%s,\"ResultDesc\":\"-\","
			"\"ConversationID\":\"AG_1\",\"TransactionID\":\"UKL0000RID\","
			"\"ResultParameters\":{\"ResultParameter\":%s},\"ReferenceData\":{"
			"\"ReferenceItem\":{\"Key\":\"QueueTimeoutURL\",\"Value\":\"x\"}}}}",
			code, parameters),
	    arena);
}

static void results(void **state)
{
	static const struct {
		const char *code;
		enum answer answer;
	} codes[] = {
		{ "0", ANSWER_YES },	      { "\"0\"", ANSWER_YES },	    { "1", ANSWER_NO },
		{ "\"1\"", ANSWER_NO },	      { "11", ANSWER_NO },	    { "21", ANSWER_NO },
		{ "2001", ANSWER_NO },	      { "2006", ANSWER_NO },	    { "2028", ANSWER_NO },
		{ "8006", ANSWER_NO },	      { "\"R000002\"", ANSWER_NO }, { "17", ANSWER_NONE },
		{ "26", ANSWER_NONE },	      { "1037", ANSWER_NONE },	    { "\"\"", ANSWER_NONE },
		{ "null", ANSWER_NONE },      { "\"00\"", ANSWER_NONE },    { "0.0", ANSWER_NONE },
		{ "\"R000003\"", ANSWER_NONE }, { "true", ANSWER_NONE },    { "[0]", ANSWER_NONE },
		{ "\"SFC_IC0003\"", ANSWER_NONE },
	};
	struct arena *arena = *state;

	for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
		struct said said = result(arena, codes[i].code, DONE);
		if (said.answer != codes[i].answer)
			fail_msg("%s: %d", codes[i].code, (int)said.answer);
		assert_false(said.is_reversed);
	}
	struct said said = result(arena, "0", DONE);
	is(said.receipt, "UKL51ZDR4F"); /* not the order's own TransactionID */
	is(said.provider_ref, "AG_1");
	assert_true(said.has_amount);
	assert_int_equal(said.amount_cents, 250000);
	said = result(arena, "\"R000001\"", "[]");
	assert_int_equal(said.answer, ANSWER_YES);
	assert_true(said.is_reversed);
	said = result(arena, "\"R000001\"", DONE);
	is(said.receipt, "UKL51ZDR4F");
}

static void what_was_done_to_what(void **state)
{
	static const char *const nothing[] = {
		"[]",
		"{\"Key\":\"Amount\",\"Value\":2500}",
		"[{\"Key\":\"OriginalTransactionID\"}]",
		"[{\"Key\":\"OriginalTransactionID\",\"Value\":12}]",
		("[{\"Key\":\"OriginalTransactionID\",\"Value\":\"A1\"},"
		 "{\"Key\":\"OriginalTransactionID\",\"Value\":\"A1\"}]"),
		"[{\"Key\":\"OriginalTransactionID\",\"Value\":\"STK-1\"}]",
	};
	struct arena *arena = *state;

	for (size_t i = 0; i < ARRAY_COUNT(nothing); i++) {
		struct said said = result(arena, "0", nothing[i]);
		assert_int_equal(said.answer, ANSWER_NONE);
		assert_true(said.is_doubtful);
	}
	/* Without an amount, or with two, it does not say how much. */
	assert_false(result(arena, "0", "{\"Key\":\"OriginalTransactionID\",\"Value\":\"A1\"}")
			 .has_amount);
	assert_false(result(arena, "0",
			    "[{\"Key\":\"OriginalTransactionID\",\"Value\":\"A1\"},{\"Key\":"
			    "\"Amount\",\"Value\":1},{\"Key\":\"Amount\",\"Value\":2500}]")
			 .has_amount);
	assert_int_equal(api()->reverse_result(TEXT("{\"Body\":{}}"), arena).answer, ANSWER_NONE);
	assert_int_equal(api()->reverse_result(TEXT("{\"Result\":{\"ResultCode\":1,\"ResultCode\":0"
						    "}}"),
					       arena)
			     .answer,
			 ANSWER_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent),
		cmocka_unit_test(property_25_a_crowded_result_costs_no_more_than_its_share),
		cmocka_unit_test(acknowledgements),
		cmocka_unit_test(results),
		cmocka_unit_test(what_was_done_to_what),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
