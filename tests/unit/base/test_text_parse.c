#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"

#define MARK 0x5a5a5a5a5a5a5a5aull

/* A refused text must leave what the caller had. */
typedef bool parser(struct text a, uint64_t *out);

static void assert_refuses(parser *parse, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = MARK;
		if (parse(text_of(texts[i]), &value))
			fail_msg("\"%s\" was taken as %llu", texts[i], (unsigned long long)value);
		assert_true(value == MARK);
	}
}

struct pair {
	const char *text;
	uint64_t value;
};

static void assert_takes(parser *parse, const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = MARK;
		if (!parse(text_of(pairs[i].text), &value) || value != pairs[i].value)
			fail_msg("\"%s\" gave %llu", pairs[i].text, (unsigned long long)value);
	}
}

static void whole_numbers(void **state)
{
	(void)state;
	static const struct pair good[] = {
		{ "0", 0 },
		{ "007", 7 },
		{ "18446744073709551615", UINT64_MAX },
		{ "00000000000000000000000000000001", 1 },
	};
	static const char *const bad[] = { "",	   "-1",  "+1",	 " 1",	"1 ",  "1.0", "1e3",
					   "0x10", "1,0", "1_0", "abc", "1\n",
					   "18446744073709551616",
					   "99999999999999999999999" };
	assert_takes(text_u64, good, ARRAY_COUNT(good));
	assert_refuses(text_u64, bad, ARRAY_COUNT(bad));
	uint64_t value = 1;
	assert_false(text_u64(TEXT("1\0"), &value));
	assert_false(text_u64(TEXT_NONE, &value));
}

static void signed_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "-5", -5 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "-9223372036854775807", -INT64_MAX },
	};
	static const char *const bad[] = { "", "-", "--1", "+1", "- 1", "9223372036854775808",
					   "-9223372036854775809" };
	int64_t value;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		assert_true(text_i64(text_of(good[i].text), &value));
		assert_true(value == good[i].value);
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(text_i64(text_of(bad[i]), &value));
}

static void booleans(void **state)
{
	(void)state;
	bool value = false;
	assert_true(text_bool(TEXT("true"), &value) && value);
	assert_true(text_bool(TEXT("no"), &value) && !value);
	assert_true(text_bool(TEXT("yes"), &value) && value);
	assert_true(text_bool(TEXT("false"), &value) && !value);
	static const char *const bad[] = { "", "True", "on", "1", "y", "yes ", "truefalse" };
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(text_bool(text_of(bad[i]), &value));
}

static bool cents(struct text a, uint64_t *out)
{
	int64_t value;
	if (!text_cents(a, &value))
		return false;
	*out = (uint64_t)value;
	return true;
}

static void money(void **state)
{
	(void)state;
	static const struct pair good[] = {
		{ "2500", 250000 },
		{ "2500.5", 250050 },
		{ "2500.00", 250000 },
		{ "0.05", 5 },
		{ "0", 0 },
		{ "0.00", 0 },
		{ "10000000000000", (uint64_t)CENTS_MAX },
		{ "10000000000000.00", (uint64_t)CENTS_MAX },
		{ "9999999999999.99", (uint64_t)CENTS_MAX - 1 },
	};
	static const char *const bad[] = {
		"", ".", ".5", "5.", "-5", "+5", "1e3", "1.005", "1.000", "5,00", "1 000", " 5",
		"5 ",
		"KES 5", "0x5", "1.-5", "1..5", "1.5.0", "NaN", "Infinity", "10000000000000.01",
		"184467440737095516", "18446744073709551616", "99999999999999999999999999",
	};
	assert_takes(cents, good, ARRAY_COUNT(good));
	assert_refuses(cents, bad, ARRAY_COUNT(bad));
}

static void money_is_printed_as_it_is_read(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 1 << 16);
	assert_string_equal(text_of_cents(&arena, 250000).at, "2500.00");
	assert_string_equal(text_of_cents(&arena, 5).at, "0.05");
	assert_string_equal(text_of_cents(&arena, 0).at, "0.00");
	assert_string_equal(text_of_cents(&arena, -5).at, "-0.05");
	assert_string_equal(text_of_cents(&arena, -12345).at, "-123.45");
	assert_string_equal(text_of_cents(&arena, INT64_MIN).at, "-92233720368547758.08");
	for (int64_t value = 0; value < 1000; value++) {
		int64_t again;
		assert_true(text_cents(text_of_cents(&arena, value * 7919), &again));
		assert_true(again == value * 7919);
	}
	arena_close(&arena);
}

static void rates(void **state)
{
	(void)state;
	static const struct pair good[] = {
		{ "512k", 512000 },
		{ "1.5M", 1500000 },
		{ "1G", 1000000000 },
		{ "0.5k", 500 },
		{ "0.001k", 1 },
		{ "1.000001M", 1000001 },
		{ "18446744073G", UINT64_C(18446744073000000000) },
	};
	static const char *const bad[] = { "",	   "k",	   "0k",       "0.0M",	 "10",	 "1m",
					   "1K",
					   "1 M",  "-1M",  "1.5",      "M1",	 "1MM",	 "1Mbps",
					   "1.M",  ".5M",  "1.0005k",  "1e3M",   "0.0001k",
					   "18446744074G", "99999999999999999999k", "1.0000001M" };
	assert_takes(text_rate, good, ARRAY_COUNT(good));
	assert_refuses(text_rate, bad, ARRAY_COUNT(bad));
}

static void data_sizes(void **state)
{
	(void)state;
	static const struct pair good[] = {
		{ "500MB", 500000000 },	 { "5GB", UINT64_C(5000000000) },
		{ "1kB", 1000 },	 { "5GiB", UINT64_C(5) << 30 },
		{ "0.5GiB", 1u << 29 },	 { "1.25TiB", UINT64_C(5) << 38 },
		{ "2TB", UINT64_C(2000000000000) },
	};
	static const char *const bad[] = { "",	  "5",	   "5B",   "0GB",     "5gb",	 "5G",
					   "5 GB",
					   "GB",  "GiB",   "-5GB", "0.1GiB",  "1.5.5GB", "5GBs",
					   "16777216TiB", "20000000TB" };
	assert_takes(text_data, good, ARRAY_COUNT(good));
	assert_refuses(text_data, bad, ARRAY_COUNT(bad));
}

static void mac_addresses(void **state)
{
	(void)state;
	static const char *const good[] = { "aa-bb-cc-dd-ee-0f", "AABBCCDDEE0F", "aabbccddee0f",
					    "AA:BB:CC:DD:EE:0F", "Aa:bB:cc:dd:ee:0f" };
	static const char *const bad[] = {
		"", "aa:bb:cc:dd:ee", "aa:bb:cc:dd:ee:0f:11", "aa:bb:cc:dd:ee:0g",
		"aa:bb-cc:dd:ee:0f",
		"aabbccddee0", "aabbccddee0fa", "aa.bb.cc.dd.ee.0f", "aabb.ccdd.ee0f",
		"aa:bb:cc:dd:ee:f", " aabbccddee0", "aa bb cc dd ee 0f", "aabbccddee0f     ",
		"a:abb:cc:dd:ee:0f",
	};
	char out[18];
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		memset(out, 'x', sizeof(out));
		assert_true(text_mac(text_of(good[i]), out));
		assert_string_equal(out, "AA:BB:CC:DD:EE:0F");
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(text_mac(text_of(bad[i]), out));
	assert_string_equal(out, "AA:BB:CC:DD:EE:0F");
}

static void addresses(void **state)
{
	(void)state;
	uint32_t address;
	assert_true(text_ipv4(TEXT("10.0.1.5"), &address) && address == 0x0a000105);
	assert_true(text_ipv4(TEXT("255.255.255.255"), &address) && address == UINT32_MAX);
	assert_true(text_ipv4(TEXT("0.0.0.0"), &address) && address == 0);
	static const char *const bad[] = { "",		"10",	     "10.0.1",	  "10.0.1.5.6",
					   "10.0.1.256", "10.0.01.5", "010.0.1.5", "10.0.1.",
					   ".0.1.5",	"10..1.5",   "10.0.1.5 ", " 10.0.1.5",
					   "10.0.1.-5",	"0x0a.0.1.5", "10.0.1.5/24", "a.b.c.d",
					   "10.0.1.5\n", "::1",	     "10.0.1.0005" };
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(text_ipv4(text_of(bad[i]), &address));
	assert_int_equal(address, 0);
}

static void address_ranges(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t first, last;
	} good[] = {
		{ "10.0.1.0/24", 0x0a000100, 0x0a0001ff },
		{ "10.0.1.5", 0x0a000105, 0x0a000105 },
		{ "10.0.1.5/32", 0x0a000105, 0x0a000105 },
		{ "10.0.1.5-10.0.1.90", 0x0a000105, 0x0a00015a },
		{ "10.0.1.5-10.0.1.5", 0x0a000105, 0x0a000105 },
		{ "0.0.0.0/0", 0, UINT32_MAX },
		{ "128.0.0.0/1", 0x80000000, UINT32_MAX },
		{ "10.0.1.4/30", 0x0a000104, 0x0a000107 },
	};
	static const char *const bad[] = { "",		   "10.0.1.5/24",
		"10.0.1.0/33",    "0.0.0.0/33",
					   "10.0.1.0/",	   "10.0.1.0/-1", "10.0.1.0/024",
					   "10.0.1.0/08",  "10.0.1.9-10.0.1.5", "10.0.1.5-",
					   "-10.0.1.5",	   "10.0.1.5-9",  "10.0.1.5 - 10.0.1.9",
					   "10.0.1.0/24/8", "10.0.1.5-10.0.1.6-10.0.1.7",
					   "10.0.1.0-10.0.1.0/24", "/24",
					   "10.0.1.0/255.255.255.0" };
	uint32_t first, last;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		assert_true(text_ipv4_range(text_of(good[i].text), &first, &last));
		assert_int_equal(first, good[i].first);
		assert_int_equal(last, good[i].last);
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		if (text_ipv4_range(text_of(bad[i]), &first, &last))
			fail_msg("\"%s\" was taken", bad[i]);
}

static void phones(void **state)
{
	(void)state;
	static const char *const good[] = { "0712345678", "+254712345678", "254712345678" };
	static const char *const bad[] = {
		"", "0", "254", "+254", "+", "712345678", "0042", "+0712345678", "00254712345678",
		"2540712345678", "+255712345678", "0712 345 678", "0712-345-678", "07123A5678",
		"+254 712345678", "254712345678901234", "++254712345678", "071234567x", "0412345",
		"0123456",
	};
	char out[16];
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		memset(out, 'x', sizeof(out));
		assert_true(text_phone(text_of(good[i]), TEXT("254"), out));
		assert_string_equal(out, "254712345678");
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		if (text_phone(text_of(bad[i]), TEXT("254"), out))
			fail_msg("\"%s\" was taken as %s", bad[i], out);
	assert_string_equal(out, "254712345678");
	/* Fifteen digits in all are the most there are. */
	assert_true(text_phone(TEXT("0123456789012"), TEXT("254"), out));
	assert_string_equal(out, "254123456789012");
	assert_false(text_phone(TEXT("01234567890123"), TEXT("254"), out));
	/* No country: nobody knows what a 0 stands for, and whole numbers speak for themselves. */
	assert_false(text_phone(TEXT("0712345678"), TEXT_NONE, out));
	assert_true(text_phone(TEXT("+15550100200"), TEXT_NONE, out));
	assert_string_equal(out, "15550100200");
	assert_true(text_phone(TEXT("15550100200"), TEXT_NONE, out));
	assert_false(text_phone(TEXT("+1555"), TEXT_NONE, out));
	assert_false(text_phone(TEXT("+1555010020012345"), TEXT_NONE, out));
	assert_false(text_phone(TEXT("+1555x100200"), TEXT_NONE, out));
	assert_false(text_phone(TEXT("+05550100200"), TEXT_NONE, out));
	assert_false(text_phone(TEXT("0712345678"), TEXT("KE"), out));
	assert_true(text_phone(TEXT("0612345678"), TEXT("33"), out));
	assert_string_equal(out, "33612345678");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(signed_numbers),
		cmocka_unit_test(booleans),
		cmocka_unit_test(money),
		cmocka_unit_test(money_is_printed_as_it_is_read),
		cmocka_unit_test(rates),
		cmocka_unit_test(data_sizes),
		cmocka_unit_test(mac_addresses),
		cmocka_unit_test(addresses),
		cmocka_unit_test(address_ranges),
		cmocka_unit_test(phones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
