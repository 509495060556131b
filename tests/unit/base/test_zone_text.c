#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"

static struct arena arena;

static int arena_begin(void **state)
{
	(void)state;
	arena_open(&arena, 1 << 20);
	return 0;
}

static int arena_end(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

struct row {
	const char *text;
	int64_t exact_us;
	int32_t months;
	const char *canonical;
};

static const struct row durations[] = {
	{ "30s", 30 * SECOND_US, 0, "30s" },	 { "15m", 15 * MINUTE_US, 0, "15m" },
	{ "6h", 6 * HOUR_US, 0, "6h" },		 { "7d", 7 * DAY_US, 0, "7d" },
	{ "2w", 14 * DAY_US, 0, "14d" },	 { "7 days", 7 * DAY_US, 0, "7d" },
	{ "1 day", DAY_US, 0, "1d" },		 { "1 hour", HOUR_US, 0, "1h" },
	{ "90 minutes", 90 * MINUTE_US, 0, "90m" }, { "60m", HOUR_US, 0, "1h" },
	{ "1 month", 0, 1, "1 month" },		 { "3 months", 0, 3, "3 months" },
	{ "1 year", 0, 12, "1 year" },		 { "18 months", 0, 18, "18 months" },
	{ "10 years", 0, 120, "10 years" },	 { "120 months", 0, 120, "10 years" },
	{ "3653d", 3653 * DAY_US, 0, "3653d" },	 { "2 weeks", 14 * DAY_US, 0, "14d" },
	{ "45 seconds", 45 * SECOND_US, 0, "45s" },
};

static void durations_are_read_and_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(durations); i++) {
		const struct row *row = &durations[i];
		struct period period = { -1, -1 }, again;
		if (!period_parse(text_of(row->text), &period))
			fail_msg("\"%s\" was refused", row->text);
		assert_true(period.exact_us == row->exact_us);
		assert_int_equal(period.months, row->months);
		struct text canonical = period_text(&arena, period);
		assert_string_equal(canonical.at, row->canonical);
		assert_true(period_parse(canonical, &again));
		assert_true(again.exact_us == period.exact_us && again.months == period.months);
	}
}

static void other_durations_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "7", "d", "0d", "0 months", "-3d", "+3d", "1.5h", "7 d", "7days", "1month",
		"7  days",
		" 7d", "7d ", "1d12h", "1M", "1y", "month", "1 fortnight", "1 dayss", "3654d",
		"11 years",
		"121 months", "523w", "99999999999999999999s", "1e3s", "12:30", "7 Days",
		"315619201s",
	};
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct period period = { 42, 42 };
		if (period_parse(text_of(bad[i]), &period))
			fail_msg("\"%s\" was taken", bad[i]);
		assert_true(period.exact_us == 42 && period.months == 42);
	}
}

static void offsets_may_be_negative_or_nothing(void **state)
{
	(void)state;
	struct period period;
	assert_true(period_parse_offset(TEXT("-3d"), &period) && period.exact_us == -3 * DAY_US);
	assert_string_equal(period_text(&arena, period).at, "-3d");
	assert_true(period_parse_offset(TEXT("0d"), &period) && period.exact_us == 0);
	assert_string_equal(period_text(&arena, period).at, "0d");
	assert_true(period_parse_offset(TEXT("-1 month"), &period) && period.months == -1);
	assert_string_equal(period_text(&arena, period).at, "-1 month");
	assert_true(period_parse_offset(TEXT("60d"), &period) && period.exact_us == 60 * DAY_US);
	static const char *const bad[] = { "", "-", "--3d", "- 3d", "+3d", "-3", "-11 years" };
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(period_parse_offset(text_of(bad[i]), &period));
}

static void times_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool day_included;
		const char *expected;
	} rows[] = {
		{ "2026-12-05", false, "2026-12-05T00:00:00+03:00" },
		{ "2026-12-05", true, "2026-12-06T00:00:00+03:00" },
		{ "2026-12-31", true, "2027-01-01T00:00:00+03:00" },
		{ "2028-02-28", true, "2028-02-29T00:00:00+03:00" },
		{ "2026-12-05T06:00", false, "2026-12-05T06:00:00+03:00" },
		/* A moment is a moment: nothing to include. */
		{ "2026-12-05T06:00", true, "2026-12-05T06:00:00+03:00" },
		{ "2026-12-05T06:00:07", false, "2026-12-05T06:00:07+03:00" },
		{ "2026-12-05T06:00Z", false, "2026-12-05T09:00:00+03:00" },
		{ "2026-12-05T06:00:00+03:00", false, "2026-12-05T06:00:00+03:00" },
		{ "2026-12-05T06:00-05:30", false, "2026-12-05T14:30:00+03:00" },
		{ "2026-12-05+00:00", true, "2026-12-06T03:00:00+03:00" },
		{ "1970-01-01", false, "1970-01-01T00:00:00+03:00" },
		{ "2038-01-19T03:14:08Z", false, "2038-01-19T06:14:08+03:00" },
		{ "9999-12-31T23:59:59", false, "9999-12-31T23:59:59+03:00" },
	};
	struct zone *zone;
	struct error error;
	assert_true(zone_load(&zone, TEXT("Africa/Nairobi"), &error));
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		int64_t at, again;
		if (!time_parse(text_of(rows[i].text), zone, rows[i].day_included, &at))
			fail_msg("\"%s\" was refused", rows[i].text);
		struct text text = time_text(&arena, zone, at);
		assert_string_equal(text.at, rows[i].expected);
		assert_true(time_parse(text, zone, false, &again) && again == at);
	}
	zone_free(zone);
}

static void other_times_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "2026", "2026-12", "2026-13-01", "2026-00-01", "2026-02-29", "2026-04-31",
		"2026-12-00", "2026-12-5", "26-12-05", "2026/12/05", "2026-12-05 06:00",
		"2026-12-05T",
		"2026-12-05T24:00", "2026-12-05T06", "2026-12-05T06:60", "2026-12-05T06:00:60",
		"2026-12-05T06:00:00.5", "2026-12-05t06:00", "2026-12-05T06:00z",
		"2026-12-05T06:00+3",
		"2026-12-05T06:00+03", "2026-12-05T06:00+24:00", "2026-12-05T06:00+0300",
		"2026-12-05T06:00ZZ", "2026-12-05T06:00:00+03:00 ", "1969-12-31", "12026-12-05",
		"2026-12-05T-6:00", "2026-+1-05", "2100-02-29", "05-12-2026", "tomorrow",
	};
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		int64_t at = 42;
		if (time_parse(text_of(bad[i]), zone_utc(), false, &at))
			fail_msg("\"%s\" was taken", bad[i]);
		assert_true(at == 42);
	}
}

static void times_are_written(void **state)
{
	(void)state;
	assert_string_equal(time_text(&arena, zone_utc(), 0).at, "1970-01-01T00:00:00+00:00");
	assert_string_equal(time_text(&arena, zone_utc(), -1).at, "1969-12-31T23:59:59+00:00");
	struct zone *zone;
	struct error error;
	assert_true(zone_load(&zone, TEXT("America/St_Johns"), &error));
	assert_string_equal(time_text(&arena, zone, 1796256000 * SECOND_US).at,
			    "2026-12-02T20:30:00-03:30");
	zone_free(zone);
	/* Local mean time, +02:27:16, loses its seconds; the instant stays right. */
	int64_t at, again;
	assert_true(zone_load(&zone, TEXT("Africa/Nairobi"), &error));
	at = -4000000000 * SECOND_US;
	struct text text = time_text(&arena, zone, at);
	assert_string_equal(text.at, "1843-03-31T19:20:20+02:27");
	/* Years before 1970 are written, but never read. */
	assert_false(time_parse(text, zone, false, &again));
	zone_free(zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read_and_written),
		cmocka_unit_test(other_durations_are_refused),
		cmocka_unit_test(offsets_may_be_negative_or_nothing),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(other_times_are_refused),
		cmocka_unit_test(times_are_written),
	};
	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
