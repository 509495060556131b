#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"

static char golden[4096];

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

#define assert_text(got, expected)                                                  \
	do {                                                                        \
		struct text got_ = (got);                                           \
		if (!text_is(got_, (expected)))                                     \
			fail_msg("'%.*s' is not '%s'", TEXT_ARG(got_), (expected)); \
	} while (0)

static struct notice golden_parse(struct arena *arena, const char *name)
{
	return help_parse(help_file(arena, golden, name), arena);
}

static void a_paybill_with_a_hashed_payer(void **state)
{
	struct notice notice = golden_parse(*state, "paybill-hash.json");
	assert_int_equal(notice.kind, NOTICE_PAID);
	assert_text(notice.receipt, "UKM1A2B3C4");
	assert_true(notice.has_amount);
	assert_int_equal(notice.amount_cents, 250000);
	assert_text(notice.reference, " kn 00-42 ");
	assert_text(notice.shortcode, "600638");
	assert_text(notice.payer, "JANE WANJIRU");
	assert_text(notice.phone, "");
	assert_text(notice.phone_hash,
		    "4f2f59ed0e4a6f9f6c1c4c4a7e6c8a1f3f0a5b6c7d8e9f00112233445566778a");
	/* 00:30:15 in Nairobi is 21:30:15 of the day before in UTC: 1795296615 by `date -d`. */
	assert_int_equal(notice.at, 1795296615 * SECOND_US);
	assert_int_equal(notice.why.size, 0);
}

static void a_masked_payer_is_nobody(void **state)
{
	struct notice notice = golden_parse(*state, "paybill-masked.json");
	assert_int_equal(notice.kind, NOTICE_PAID);
	assert_text(notice.receipt, "UKM5D6E7F8");
	assert_int_equal(notice.amount_cents, 1000);
	assert_text(notice.phone, "");
	assert_text(notice.phone_hash, "");
	assert_text(notice.payer, "JANE");
}

static void a_till_has_no_reference(void **state)
{
	struct notice notice = golden_parse(*state, "till.json");
	assert_int_equal(notice.kind, NOTICE_PAID);
	assert_int_equal(notice.amount_cents, 50050);
	assert_text(notice.reference, "");
	assert_text(notice.shortcode, "5012345");
	assert_text(notice.phone, "254700000001");
}

static void numbers_are_read_as_they_are_written(void **state)
{
	struct notice notice = golden_parse(*state, "reseller-numbers.json");
	assert_int_equal(notice.kind, NOTICE_PAID);
	assert_int_equal(notice.amount_cents, 100);
	assert_text(notice.reference, "712345678");
	assert_text(notice.shortcode, "600638");
	assert_text(notice.phone, "254712345678");
	assert_int_not_equal(notice.at, 0);
}

static void an_exponent_is_held_by_its_receipt(void **state)
{
	struct notice notice = golden_parse(*state, "amount-exponent.json");
	assert_int_equal(notice.kind, NOTICE_PAID);
	assert_false(notice.has_amount);
	assert_int_equal(notice.amount_cents, 0);
	assert_text(notice.receipt, "UKM7N8P9Q1");
	assert_true(text_contains_nocase(notice.why, TEXT("\"1e3\"")));
}

/* Genuine ones always name it (payments facts 1.7): without, it must fit no channel. */
static void no_short_code_is_no_channels_short_code(void **state)
{
	static const char *const bodies[] = {
		"{\"TransID\":\"A1\",\"TransAmount\":\"1\"}",
		"{\"TransID\":\"A1\",\"TransAmount\":\"1\",\"BusinessShortCode\":\"\"}",
		"{\"TransID\":\"A1\",\"TransAmount\":\"1\",\"BusinessShortCode\":null}",
	};
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		struct notice notice = help_parse(text_of(bodies[i]), *state);
		assert_int_equal(notice.kind, NOTICE_PAID);
		assert_text(notice.shortcode, "(none)");
	}
}

static void property_07_a_key_twice_cannot_be_read(void **state)
{
	struct notice notice = golden_parse(*state, "duplicate-key.json");
	assert_int_equal(notice.kind, NOTICE_UNREADABLE);
	assert_text(notice.why, "a key stands there twice");
}

/* TransAmount as JSON → cents; 0: refused, with this word in the reason. */
static void amounts(void **state)
{
	static const struct {
		const char *json;
		int64_t cents;
		const char *word;
	} rows[] = {
		{ "\"10\"", 1000, "" },
		{ "\"10.0\"", 1000, "" },
		{ "\"10.00\"", 1000, "" },
		{ "\"0.01\"", 1, "" },
		{ "10", 1000, "" },
		{ "1.00", 100, "" },
		{ "10000000000000", CENTS_MAX, "" },
		{ "10000000000000.01", 0, "plain money" },
		{ "92233720368547758.07", 0, "plain money" },
		{ "1000000000000000000000000000000000", 0, "plain money" },
		{ "1e3", 0, "plain money" },
		{ "1E3", 0, "plain money" },
		{ "1.0e1", 0, "plain money" },
		{ "\"1e3\"", 0, "plain money" },
		{ "\"10.000\"", 0, "plain money" },
		{ "10.001", 0, "plain money" },
		{ "-5", 0, "negative" },
		{ "\"-5.00\"", 0, "negative" },
		{ "0", 0, "zero" },
		{ "\"0.00\"", 0, "zero" },
		{ "\"1,000.00\"", 0, "plain money" },
		{ "\" 10\"", 0, "plain money" },
		{ "\"10 \"", 0, "plain money" },
		{ "\"+10\"", 0, "plain money" },
		{ "\"KES 10\"", 0, "plain money" },
		{ "\".5\"", 0, "plain money" },
		{ "\"5.\"", 0, "plain money" },
		{ "\"1.2.3\"", 0, "plain money" },
		{ "\"0x10\"", 0, "plain money" },
		{ "\"NaN\"", 0, "plain money" },
		{ "\"Infinity\"", 0, "plain money" },
		{ "\"\xd9\xa1\xd9\xa0\"", 0, "plain money" }, /* Arabic digits */
		{ "\"\"", 0, "missing" },
		{ "null", 0, "missing" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct text body = text_format(
		    *state, "{\"TransID\":\"UKM1A2B3C4\",\"TransAmount\":%s}", rows[i].json);
		struct notice notice = help_parse(body, *state);
		if (notice.kind != NOTICE_PAID || notice.amount_cents != rows[i].cents ||
		    notice.has_amount != (rows[i].cents > 0) ||
		    (rows[i].cents == 0) != (notice.why.size > 0) ||
		    !text_contains_nocase(notice.why, text_of(rows[i].word)))
			fail_msg("%s: %lld cents, '%.*s'", rows[i].json,
				 (long long)notice.amount_cents, TEXT_ARG(notice.why));
		assert_text(notice.receipt, "UKM1A2B3C4");
	}
	struct notice absent = help_parse(TEXT("{\"TransID\":\"UKM1A2B3C4\"}"), *state);
	assert_int_equal(absent.kind, NOTICE_PAID);
	assert_false(absent.has_amount);
}

/* Bodies that nothing may be taken from, with a word of the reason. */
static void property_07_and_25_unreadable_ones(void **state)
{
	static const struct {
		const char *body;
		const char *word;
	} rows[] = {
		{ "", "empty" },
		{ "hello", "not JSON" },
		{ "[]", "list" },
		{ "[{\"TransID\":\"A1\",\"TransAmount\":\"1\"}]", "list" },
		{ "\"TransID\"", "not JSON" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"1\"", "not JSON" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"1\"} x", "not JSON" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"1\"}{}", "not JSON" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":01}", "number" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":1.}", "number" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":.5}", "not JSON" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":+5}", "not JSON" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":0x10}", "number" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":NaN}", "not JSON" },
		{ "{TransID:\"A1\"}", "not JSON" },
		{ "{'TransID':'A1'}", "not JSON" },
		{ "{\"transid\":\"A1\",\"TransAmount\":\"1\"}", "no TransID" },
		{ "{\"TransAmount\":\"1\"}", "no TransID" },
		{ "{\"TransID\":null,\"TransAmount\":\"1\"}", "not a text" },
		{ "{\"TransID\":12345,\"TransAmount\":\"1\"}", "not a text" },
		{ "{\"TransID\":[\"A1\"],\"TransAmount\":\"1\"}", "not a text" },
		{ "{\"TransID\":{\"A1\":1},\"TransAmount\":\"1\"}", "not a text" },
		{ "{\"TransID\":true,\"TransAmount\":\"1\"}", "not a text" },
		{ "{\"TransID\":\"\",\"TransAmount\":\"1\"}", "empty" },
		{ "{\"TransID\":\"  \",\"TransAmount\":\"1\"}", "empty" },
		{ "{\"TransID\":\"A 1\",\"TransAmount\":\"1\"}", "character" },
		{ "{\"TransID\":\"A'1\",\"TransAmount\":\"1\"}", "character" },
		{ "{\"TransID\":\"A\\n1\",\"TransAmount\":\"1\"}", "character" },
		{ "{\"TransID\":\"\xc3\x84"
		  "1\",\"TransAmount\":\"1\"}",
		  "character" },
		{ "{\"TransID\":\"held-7\",\"TransAmount\":\"1\"}", "itself" },
		{ "{\"TransID\":\"ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567\",\"TransAmount\":\"1\"}",
		  "32" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":[\"1\"]}", "TransAmount" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":true}", "TransAmount" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"1\",\"MSISDN\":{}}", "MSISDN" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"1\",\"BillRefNumber\":[]}",
		  "BillRefNumber" },
		{ "{\"TransID\":\"A1\",\"TransID\":\"A2\",\"TransAmount\":\"1\"}", "twice" },
		{ "{\"TransID\":\"A1\",\"Trans\\u0049D\":\"A2\",\"TransAmount\":\"1\"}", "twice" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"\\u00011\"}", "u0001" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"1\xff\"}", "UTF-8" },
		{ "{\"TransID\":\"A1\",\"TransAmount\":\"1\\ud800\"}", "not JSON" },
		{ "{\"Body\":{\"stkCallback\":{\"ResultCode\":0}}}", "says paid" },
		{ "{\"Body\":{\"stkCallback\":{\"ResultCode\":\"0\"}}}", "says paid" },
		{ "{\"Body\":{\"stkCallback\":{}}}", "without" },
		{ "{\"Body\":{\"stkCallback\":{\"ResultCode\":\"\"}}}", "without" },
		{ "{\"Body\":[]}", "no TransID" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct notice notice = help_parse(text_of(rows[i].body), *state);
		if (notice.kind != NOTICE_UNREADABLE || notice.amount_cents ||
		    notice.receipt.size || !text_contains_nocase(notice.why, text_of(rows[i].word)))
			fail_msg("%s is %d, '%.*s'", rows[i].body, (int)notice.kind,
				 TEXT_ARG(notice.why));
	}
	static const char nul[] = "{\"TransID\":\"A1\",\"TransAmount\":\"1\0\"}";
	struct notice notice = help_parse((struct text){ nul, sizeof(nul) - 1 }, *state);
	assert_int_equal(notice.kind, NOTICE_UNREADABLE);
	assert_text(notice.why, "it holds a NUL byte");
}

/* Success is exactly 0: everything else in a prompt's result is not paid. */
static void other_results_are_nothing(void **state)
{
	static const char *const codes[] = { "1",           "1032",     "\"SFC_IC0003\"",
					     "\"R000002\"", "0.5",      "\"00\"",
					     "0.0",         "\"1037\"", "-0" };
	for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
		struct text body = text_format(
		    *state, "{\"Body\":{\"stkCallback\":{\"ResultCode\":%s}}}", codes[i]);
		struct notice notice = help_parse(body, *state);
		if (notice.kind != NOTICE_NOTHING)
			fail_msg("ResultCode %s is of kind %d", codes[i], (int)notice.kind);
	}
}

static int64_t time_of(struct arena *arena, const char *json)
{
	return help_parse(text_format(arena, "{\"TransID\":\"A1\",\"TransTime\":%s}", json), arena)
	    .at;
}

static void property_31_times_are_nairobi(void **state)
{
	/* 1700558005 is 2023-11-21 09:13:25 UTC. */
	assert_int_equal(time_of(*state, "\"20231121121325\""), 1700558005 * SECOND_US);
	assert_int_equal(time_of(*state, "20231121121325"), 1700558005 * SECOND_US);
	static const char *const bad[] = { "\"\"",
					   "null",
					   "\"20230231121325\"",
					   "\"20231121241325\"",
					   "\"20231121126025\"",
					   "\"202311211213\"",
					   "\"2023-11-21T121\"",
					   "\"19700101000000\"",
					   "\"99991231235959\"",
					   "\"20231321121325\"" };
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		if (time_of(*state, bad[i]) != 0)
			fail_msg("%s was read as a time", bad[i]);
}

static void payers(void **state)
{
	static const struct {
		const char *msisdn;
		const char *phone;
		bool hash;
	} rows[] = {
		{ "254708374149", "254708374149", false },
		{ "0708374149", "254708374149", false },
		{ "+254708374149", "254708374149", false },
		{ "25470****149", "", false },
		{ "2547 ***** 126", "", false },
		{ "", "", false },
		{ "07", "", false },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF", "", true },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd", "", false },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg", "", false },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct text body = text_format(
		    *state, "{\"TransID\":\"A1\",\"TransAmount\":\"1\",\"MSISDN\":\"%s\"}",
		    rows[i].msisdn);
		struct notice notice = help_parse(body, *state);
		assert_int_equal(notice.kind, NOTICE_PAID);
		assert_text(notice.phone, rows[i].phone);
		assert_int_equal(notice.phone_hash.size, rows[i].hash ? 64 : 0);
	}
}

static void property_24_validations_are_never_money(void **state)
{
	struct channel channel = help_channel();
	struct callback callback = { .kind = TEXT("validation"),
				     .body = help_file(*state, golden, "paybill-hash.json") };
	const struct provider *daraja = provider_find(TEXT("daraja"));
	assert_int_equal(daraja->parse(&channel, TEXT("254"), &callback, *state).kind,
			 NOTICE_NOTHING);
}

static void trust_decides(void **state)
{
	(void)state;
	struct channel channel = help_channel();
	struct callback callback = { .kind = TEXT("confirmation") };
	const struct provider *daraja = provider_find(TEXT("daraja"));
	assert_int_equal(daraja->authenticate(&channel, &callback), PROOF_PROVEN);
	channel.trust = TRUST_VERIFIED;
	assert_int_equal(daraja->authenticate(&channel, &callback), PROOF_HINT);
}

static void replies_are_darajas_dialect(void **state)
{
	(void)state;
	const struct provider *daraja = provider_find(TEXT("daraja"));
	struct reply validation = daraja->reply(TEXT("validation"));
	struct reply confirmation = daraja->reply(TEXT("confirmation"));
	assert_int_equal(validation.status, 200);
	assert_int_equal(confirmation.status, 200);
	assert_text(validation.content_type, "application/json");
	assert_text(validation.body, "{\"ResultCode\":\"0\",\"ResultDesc\":\"Accepted\"}");
	assert_text(confirmation.body, "{\"ResultCode\":0,\"ResultDesc\":\"Success\"}");
}

/*
 * A callback that says 2,500.00 under one receipt: whatever is cut from it, flipped in it or put
 * around it, it never says more than the digits that still stand there, and never a receipt without
 * being complete JSON.
 */
static void property_25_mutations_never_make_money(void **state)
{
	struct arena *arena = *state, scratch;
	arena_open(&scratch, 4u << 20);
	struct text whole = help_file(arena, golden, "paybill-hash.json");
	whole = text_trim(whole);
	for (uint32_t size = 0; size < whole.size; size++) {
		struct notice notice = help_parse((struct text){ whole.at, size }, &scratch);
		assert_int_equal(notice.kind, NOTICE_UNREADABLE);
		arena_reset(&scratch);
	}
	char *copy = arena_take(arena, whole.size);
	uint32_t readable = 0;
	for (uint32_t bit = 0; bit < whole.size * 8; bit++) {
		memcpy(copy, whole.at, whole.size);
		copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
		struct notice notice = help_parse((struct text){ copy, whole.size }, &scratch);
		if (notice.kind == NOTICE_PAID && notice.has_amount) {
			/* One flipped bit turns 2500.00 into at most 9500.00 or 2500.0 with a digit
			 * for the point. */
			assert_true(notice.amount_cents > 0 && notice.amount_cents <= 250000000);
			readable++;
		}
		arena_reset(&scratch);
	}
	/* Most flips hit texts that may say anything, so the test does see readable ones. */
	assert_true(readable > 500);
	arena_close(&scratch);
}

static struct text repeated(struct arena *arena, const char *head, const char *part, uint32_t count,
			    const char *tail)
{
	size_t part_size = strlen(part), size = strlen(head) + part_size * count + strlen(tail);
	char *bytes = arena_take(arena, size + 1), *at = bytes;
	memcpy(at, head, strlen(head));
	at += strlen(head);
	for (uint32_t i = 0; i < count; i++, at += part_size)
		memcpy(at, part, part_size);
	memcpy(at, tail, strlen(tail));
	return (struct text){ bytes, (uint32_t)size };
}

static void property_25_huge_ones_are_refused_cheaply(void **state)
{
	struct arena *arena = *state;
	struct text deep = repeated(arena, "{\"TransID\":\"A1\",\"x\":", "[", 60000, "");
	assert_text(help_parse(deep, arena).why, "it is nested too deep");
	deep = repeated(arena, "", "{\"a\":", 12000, "");
	assert_text(help_parse(deep, arena).why, "it is nested too deep");
	struct text closing = repeated(arena, "{\"TransID\":\"A1\"", "}", 60000, "");
	assert_text(help_parse(closing, arena).why, "a bracket closes nothing");
	struct text many = repeated(arena, "{\"TransID\":\"A1\",\"x\":[1", ",1", 30000, "]}");
	assert_text(help_parse(many, arena).why, "it has too many values");
	struct text items = repeated(arena, "{\"TransID\":\"A1\",\"x\":[1", ",1", 100000, "]}");
	assert_text(help_parse(items, arena).why, "it is larger than 64 KiB");
	/* Just within: read, and still the one receipt. */
	struct text fits = repeated(arena, "{\"TransID\":\"A1\",\"TransAmount\":\"1\",\"x\":[1",
				    ",1", 19000, "]}");
	struct notice notice = help_parse(fits, arena);
	assert_int_equal(notice.kind, NOTICE_PAID);
	assert_int_equal(notice.amount_cents, 100);
	struct text at_depth = text_format(
	    arena, "{\"TransID\":\"A1\",\"x\":%.*s%.*s}",
	    TEXT_ARG(repeated(arena, "", "[", JSON_DEPTH_MAX - 1, "")),
	    TEXT_ARG(repeated(arena, "", "]", JSON_DEPTH_MAX - 1, "")));
	assert_int_equal(help_parse(at_depth, arena).kind, NOTICE_PAID);
}

int main(void)
{
	(void)help_folder("WAVU_SOURCE", "tests/golden/provider/daraja", golden, sizeof(golden));
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_paybill_with_a_hashed_payer),
		cmocka_unit_test(a_masked_payer_is_nobody),
		cmocka_unit_test(a_till_has_no_reference),
		cmocka_unit_test(numbers_are_read_as_they_are_written),
		cmocka_unit_test(an_exponent_is_held_by_its_receipt),
		cmocka_unit_test(no_short_code_is_no_channels_short_code),
		cmocka_unit_test(property_07_a_key_twice_cannot_be_read),
		cmocka_unit_test(amounts),
		cmocka_unit_test(property_07_and_25_unreadable_ones),
		cmocka_unit_test(other_results_are_nothing),
		cmocka_unit_test(property_31_times_are_nairobi),
		cmocka_unit_test(payers),
		cmocka_unit_test(property_24_validations_are_never_money),
		cmocka_unit_test(trust_decides),
		cmocka_unit_test(replies_are_darajas_dialect),
		cmocka_unit_test(property_25_mutations_never_make_money),
		cmocka_unit_test(property_25_huge_ones_are_refused_cheaply),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
