/* The normalisers: each meaning has one spelling, and what is not understood is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "menu/menu.h"
#include "menu/value.h"

static struct arena arena;

static int begin(void **state)
{
	(void)state;
	arena_open(&arena, 1u << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

struct example {
	normaliser *normalise;
	const char *from, *to;
};

static const struct example examples[] = {
	{ normalise_bool, "yes", "true" },
	{ normalise_bool, "no", "false" },
	{ normalise_bool, "true", "true" },
	{ normalise_bool, "Yes", "Yes" },
	{ normalise_bool, "", "" },

	{ normalise_duration, "93784", "1d2h3m4s" },
	{ normalise_duration, "26:00:00", "1d2h" },
	{ normalise_duration, "1d02:03:04", "1d2h3m4s" },
	{ normalise_duration, "02:03", "2h3m" },
	{ normalise_duration, "7d", "1w" },
	{ normalise_duration, "0", "0s" },
	{ normalise_duration, "0s", "0s" },
	{ normalise_duration, "90s", "1m30s" },
	{ normalise_duration, "1s500ms", "1s500ms" },
	{ normalise_duration, "100us", "100us" },
	{ normalise_duration, "none", "none" },
	{ normalise_duration, "never", "never" },
	{ normalise_duration, "", "" },
	{ normalise_duration, "1h2d", "1h2d" }, /* units fall */
	{ normalise_duration, "1h30", "1h30" }, /* thirty what? */
	{ normalise_duration, "1m1m", "1m1m" },
	{ normalise_duration, "12:60", "12:60" },
	{ normalise_duration, "1:2:3:4", "1:2:3:4" },
	{ normalise_duration, "-5s", "-5s" },
	{ normalise_duration, "99999999999999999999", "99999999999999999999" },
	{ normalise_duration, "9223372036854775807w", "9223372036854775807w" },

	{ normalise_rate_limit, "10M/5M", "10000000/5000000" },
	{ normalise_rate_limit, "10M", "10000000/10000000" },
	{ normalise_rate_limit, "512k/1M", "512000/1000000" },
	{ normalise_rate_limit, "1", "1/1" },
	{ normalise_rate_limit, " 1M/1M ", "1000000/1000000" },
	{ normalise_rate_limit, "5M/10M 0/0 0/0 0/0 8", "5000000/10000000" },
	{ normalise_rate_limit, "5M/10M 0/0 0/0 0/0 8 5M/10M", "5000000/10000000" },
	{ normalise_rate_limit, "5M/10M 8M/15M",
	  "5000000/10000000 8000000/15000000 5000000/10000000 1/1" },
	{ normalise_rate_limit, "5M/10M 8M/15M 4M/8M 16",
	  "5000000/10000000 8000000/15000000 4000000/8000000 16/16" },
	{ normalise_rate_limit, "5M/10M  8M/15M 4M/8M 16s/1m",
	  "5000000/10000000 8000000/15000000 4000000/8000000 16/60" },
	{ normalise_rate_limit, "5M/10M 0/0 1M/1M 9/9 3", "5000000/10000000 0/0 0/0 0/0 3" },
	{ normalise_rate_limit, "4M/4M 0/0 0/0 0/0 8 1M/1M",
	  "4000000/4000000 0/0 0/0 0/0 8 1000000/1000000" },
	{ normalise_rate_limit, "5M/10M 8M/15M 4M/8M 16 9", "5M/10M 8M/15M 4M/8M 16 9" },
	{ normalise_rate_limit, "fast", "fast" },
	{ normalise_rate_limit, "1.5M", "1.5M" },
	{ normalise_rate_limit, "", "" },
	{ normalise_rate_limit, "M/M", "M/M" },
	{ normalise_rate_limit, "18446744073709551615G", "18446744073709551615G" },
	{ normalise_rate_limit, "1/1 1/1 1/1 1/1 1 1/1 1", "1/1 1/1 1/1 1/1 1 1/1 1" },

	{ normalise_mac, "aa:bb:cc:dd:ee:ff", "AA:BB:CC:DD:EE:FF" },
	{ normalise_mac, "aa-bb-cc-dd-ee-ff", "AA:BB:CC:DD:EE:FF" },
	{ normalise_mac, "10.0.0.1", "10.0.0.1" },

	{ normalise_address, "10.0.0.1/32", "10.0.0.1" },
	{ normalise_address, "10.0.0.1", "10.0.0.1" },
	{ normalise_address, "192.168.0.0-192.168.1.255", "192.168.0.0/23" },
	{ normalise_address, "192.168.0.1-192.168.0.9", "192.168.0.1-192.168.0.9" },
	{ normalise_address, "0.0.0.0/0", "0.0.0.0/0" },
	{ normalise_address, "10.0.0.5/24", "10.0.0.5/24" },
	{ normalise_address, "wavu-pppoe", "wavu-pppoe" },
	{ normalise_address, "*2", "*2" },

	{ normalise_target, "10.20.0.60", "10.20.0.60/32" },
	{ normalise_target, "10.20.0.60/32", "10.20.0.60/32" },
	{ normalise_target, "10.20.0.0/24,10.21.0.1", "10.20.0.0/24,10.21.0.1/32" },
	{ normalise_target, "ether2", "ether2" },
	{ normalise_target, "10.20.0.60/32,ether2", "10.20.0.60/32,ether2" },
	{ normalise_span_pair, "16s/16s", "16s/16s" },
	{ normalise_span_pair, "16", "16s/16s" },
	{ normalise_span_pair, "76/0", "1m16s/0s" },
	{ normalise_span_pair, "none", "none" },
	{ normalise_ranges, "10.10.1.0/24", "10.10.1.0-10.10.1.255" },
	{ normalise_ranges, "10.10.1.5", "10.10.1.5" },
	{ normalise_ranges, "10.0.2.1-10.0.2.9,10.0.1.1-10.0.1.9",
	  "10.0.1.1-10.0.1.9,10.0.2.1-10.0.2.9" },
	{ normalise_ranges, "10.0.0.0/25,10.0.0.128/25", "10.0.0.0-10.0.0.255" },
	{ normalise_ranges, "10.0.0.1-10.0.0.9, 10.0.0.5", "10.0.0.1-10.0.0.9" },
	{ normalise_ranges, "255.255.255.255,0.0.0.0", "0.0.0.0,255.255.255.255" },
	{ normalise_ranges, "10.0.0.9-10.0.0.1", "10.0.0.9-10.0.0.1" },
	{ normalise_ranges, "10.0.0.1,", "10.0.0.1," },
	{ normalise_ranges, "", "" },

	{ normalise_count, "01", "1" },
	{ normalise_count, "unlimited", "unlimited" },
	{ normalise_count, "-1", "-1" },
};

static void every_meaning_has_one_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		const struct example *example = &examples[i];
		struct text got = example->normalise(&arena, text_of(example->from));
		if (!text_is(got, example->to))
			fail_msg("\"%s\" became \"%.*s\", not \"%s\"", example->from, TEXT_ARG(got),
				 example->to);
		struct text again = example->normalise(&arena, got);
		if (!text_equal(again, got))
			fail_msg("\"%.*s\" is not stable: \"%.*s\"", TEXT_ARG(got),
				 TEXT_ARG(again));
	}
}

static void a_long_pool_passes_as_it_is(void **state)
{
	(void)state;
	char many[300 * 16];
	uint32_t used = 0;
	for (uint32_t i = 0; i < 300; i++)
		used += (uint32_t)snprintf(many + used, sizeof(many) - used, "%s10.0.%u.1",
					   i ? "," : "", i % 256);
	struct text list = { many, used };
	assert_true(text_equal(normalise_ranges(&arena, list), list));
}

static void durations_are_microseconds(void **state)
{
	(void)state;
	int64_t us = 0;
	assert_true(value_duration(TEXT("1w2d3h4m5s"), &us));
	assert_int_equal(us, INT64_C(788645) * 1000000);
	assert_true(value_duration(TEXT("0s"), &us));
	assert_int_equal(us, 0);
	assert_false(value_duration(TEXT("none"), &us));
	assert_false(value_duration(TEXT("5y"), &us));
	assert_false(value_duration(TEXT_NONE, &us));
}

static void rates_are_from_the_routers_side(void **state)
{
	(void)state;
	uint64_t rx = 0, tx = 0;
	assert_true(value_rates(TEXT("5M/10M 8M/15M 4M/8M 16 8"), &rx, &tx));
	assert_int_equal(rx, 5000000);
	assert_int_equal(tx, 10000000);
	assert_true(value_rates(TEXT("512000/1000000"), &rx, &tx));
	assert_int_equal(rx, 512000);
	assert_true(value_rates(TEXT("7k"), &rx, &tx));
	assert_int_equal(tx, 7000);
	assert_false(value_rates(TEXT(""), &rx, &tx));
	assert_false(value_rates(TEXT("fast"), &rx, &tx));
}

static void rights_are_sorted_and_only_what_is_granted(void **state)
{
	(void)state;
	assert_true(text_is(normalise_words(&arena, TEXT("write,read")), "read,write"));
	assert_true(text_is(normalise_words(&arena, TEXT("!ftp, write,read,!test,read")),
			    "read,write"));
	assert_int_equal(normalise_words(&arena, TEXT("!ftp")).size, 0);
	assert_int_equal(normalise_words(&arena, TEXT_NONE).size, 0);
}

static void a_clock_is_read_in_both_forms(void **state)
{
	(void)state;
	int64_t at = 0, other = 0;
	assert_true(value_moment(&arena, TEXT("nov/21/2025"), TEXT("07:42:03"), TEXT("+03:00"),
				 &at));
	assert_int_equal(at, INT64_C(1763700123000000));
	assert_true(value_moment(&arena, TEXT("2025-11-20"), TEXT("23:12:03"), TEXT("-05:30"),
				 &other));
	assert_int_equal(at, other);
	assert_true(value_moment(&arena, TEXT("jan/02/1970"), TEXT("00:00:00"), TEXT("+00:00"),
				 &at));
	assert_int_equal(at, INT64_C(86400000000));
	assert_false(value_moment(&arena, TEXT("foo/02/1970"), TEXT("00:00:00"), TEXT("+00:00"),
				  &at));
	assert_false(value_moment(&arena, TEXT_NONE, TEXT_NONE, TEXT_NONE, &at));
}

static void versions_are_two_numbers(void **state)
{
	(void)state;
	assert_int_equal(value_version(TEXT("7.16.2 (stable)")), VERSION(7, 16));
	assert_int_equal(value_version(TEXT("6.49.19 (long-term)")), VERSION(6, 49));
	assert_int_equal(value_version(TEXT("7.20rc1")), VERSION(7, 20));
	assert_int_equal(value_version(TEXT("7.1beta6")), VERSION(7, 1));
	assert_int_equal(value_version(TEXT("7")), 0);
	assert_int_equal(value_version(TEXT("stable")), 0);
	assert_int_equal(value_version(TEXT("7.99999")), 0);
	assert_int_equal(value_version(TEXT_NONE), 0);
	assert_true(VERSION(6, 49) < VERSION(7, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_meaning_has_one_spelling),
		cmocka_unit_test(a_long_pool_passes_as_it_is),
		cmocka_unit_test(durations_are_microseconds),
		cmocka_unit_test(rates_are_from_the_routers_side),
		cmocka_unit_test(rights_are_sorted_and_only_what_is_granted),
		cmocka_unit_test(a_clock_is_read_in_both_forms),
		cmocka_unit_test(versions_are_two_numbers),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
