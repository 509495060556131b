#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"

#define AT(seconds) (INT64_C(seconds) * SECOND_US)

static struct arena arena;
static struct zone *nairobi, *dar, *berlin, *new_york, *sydney, *kathmandu;

static struct zone *load(const char *name)
{
	struct zone *zone = NULL;
	struct error error;
	if (!zone_load(&zone, text_of(name), &error))
		fail_msg("%s", error.text);
	return zone;
}

static int zones_begin(void **state)
{
	(void)state;
	arena_open(&arena, 4u << 20);
	nairobi = load("Africa/Nairobi");
	dar = load("Africa/Dar_es_Salaam");
	berlin = load("Europe/Berlin");
	new_york = load("America/New_York");
	sydney = load("Australia/Sydney");
	kathmandu = load("Asia/Kathmandu");
	return 0;
}

static int zones_end(void **state)
{
	(void)state;
	zone_free(nairobi);
	zone_free(dar);
	zone_free(berlin);
	zone_free(new_york);
	zone_free(sydney);
	zone_free(kathmandu);
	zone_free(NULL);
	arena_close(&arena);
	return 0;
}

/* Reads as a person writes it, in the zone; the expected instants come from GNU date. */
static int64_t at(const struct zone *zone, const char *text)
{
	int64_t instant;
	if (!time_parse(text_of(text), zone, false, &instant))
		fail_msg("\"%s\" was refused", text);
	return instant;
}

static void assert_time(const struct zone *zone, int64_t instant, const char *expected)
{
	assert_string_equal(time_text(&arena, zone, instant).at, expected);
	/* For people: the same minute, without the offset. */
	assert_memory_equal(time_shown(&arena, zone, instant).at, expected, 10);
	assert_memory_equal(time_shown(&arena, zone, instant).at + 11, expected + 11, 5);
	assert_int_equal(time_shown(&arena, zone, instant).size, 16);
}

static void offsets_of_the_zones_we_sell_in(void **state)
{
	(void)state;
	/* 1970, today, after 2038, far away: no summer time in East Africa. */
	static const int64_t instants[] = { 0, AT(1795132800), AT(2147483648), AT(16725225600) };
	for (size_t i = 0; i < ARRAY_COUNT(instants); i++) {
		assert_int_equal(zone_offset_s(nairobi, instants[i]), 10800);
		assert_int_equal(zone_offset_s(dar, instants[i]), 10800);
		assert_int_equal(zone_offset_s(kathmandu, instants[i]), i ? 20700 : 19800);
		assert_int_equal(zone_offset_s(zone_utc(), instants[i]), 0);
	}
	/* Local mean time before the first entry of the table. */
	assert_int_equal(zone_offset_s(nairobi, AT(-4000000000)), 8836);
}

static void summer_time_changes_at_the_second(void **state)
{
	(void)state;
	/* 2026-03-29 and 2026-10-25, 01:00 UTC. */
	assert_int_equal(zone_offset_s(berlin, AT(1774746000) - 1), 3600);
	assert_int_equal(zone_offset_s(berlin, AT(1774746000)), 7200);
	assert_int_equal(zone_offset_s(berlin, AT(1792890000) - 1), 7200);
	assert_int_equal(zone_offset_s(berlin, AT(1792890000)), 3600);
	/* 2050-03-27 and 2050-10-30: by the rule behind the table. */
	assert_int_equal(zone_offset_s(berlin, AT(2531955600) - 1), 3600);
	assert_int_equal(zone_offset_s(berlin, AT(2531955600)), 7200);
	assert_int_equal(zone_offset_s(berlin, AT(2550704400) - 1), 7200);
	assert_int_equal(zone_offset_s(berlin, AT(2550704400)), 3600);
	/* South of the equator summer spans the new year. */
	assert_int_equal(zone_offset_s(sydney, AT(2524608000)), 39600);
	assert_int_equal(zone_offset_s(sydney, AT(2540160000)), 36000);
	assert_int_equal(zone_offset_s(new_york, AT(2540160000)), -14400);
	assert_int_equal(zone_offset_s(new_york, AT(2524608000)), -18000);
}

static void civil_time_is_read(void **state)
{
	(void)state;
	struct civil civil = zone_civil(nairobi, AT(1795910400) + 999999);
	assert_int_equal(civil.year, 2026);
	assert_int_equal(civil.month, 11);
	assert_int_equal(civil.day, 29);
	assert_int_equal(civil.hour, 3);
	assert_int_equal(civil.minute, 0);
	assert_int_equal(civil.second, 0);
	civil = zone_civil(zone_utc(), -1);
	assert_int_equal(civil.year, 1969);
	assert_int_equal(civil.day, 31);
	assert_int_equal(civil.second, 59);
}

static void every_day_of_four_centuries_round_trips(void **state)
{
	(void)state;
	static const int8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t day = 0;
	for (int32_t year = 1970; year < 2370; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		for (int8_t month = 1; month <= 12; month++) {
			int8_t last = (int8_t)(lengths[month - 1] + (leap && month == 2));
			for (int8_t d = 1; d <= last; d++, day++) {
				struct civil civil = { .year = year, .month = month, .day = d };
				int64_t instant = zone_instant(zone_utc(), civil);
				assert_true(instant == day * DAY_US);
				struct civil again = zone_civil(zone_utc(), instant);
				assert_true(again.year == year && again.month == month &&
					    again.day == d && again.hour == 0 &&
					    again.minute == 0 && again.second == 0);
			}
		}
	}
	assert_int_equal(day, 146097);
}

static void every_instant_round_trips_in_local_time(void **state)
{
	(void)state;
	const struct zone *zones[] = { nairobi, berlin, new_york, sydney, kathmandu };
	for (size_t z = 0; z < ARRAY_COUNT(zones); z++)
		for (int64_t t = 0; t < AT(4102444800); t += 7 * DAY_US + 3607 * SECOND_US) {
			int64_t again = zone_instant(zones[z], zone_civil(zones[z], t));
			/* A doubled hour means its first occurrence, an hour before. */
			if (again != t)
				assert_true(t - again == HOUR_US &&
					    zone_offset_s(zones[z], t) <
						    zone_offset_s(zones[z], again));
		}
}

static void gaps_and_doubled_hours(void **state)
{
	(void)state;
	/* 02:00 to 03:00 does not exist on that day. */
	assert_time(berlin, at(berlin, "2026-03-29T01:59:59"), "2026-03-29T01:59:59+01:00");
	assert_time(berlin, at(berlin, "2026-03-29T02:00"), "2026-03-29T03:00:00+02:00");
	assert_time(berlin, at(berlin, "2026-03-29T02:30"), "2026-03-29T03:00:00+02:00");
	assert_time(berlin, at(berlin, "2026-03-29T03:00"), "2026-03-29T03:00:00+02:00");
	/* 02:00 to 03:00 comes twice. */
	assert_time(berlin, at(berlin, "2026-10-25T01:59:59"), "2026-10-25T01:59:59+02:00");
	assert_time(berlin, at(berlin, "2026-10-25T02:00"), "2026-10-25T02:00:00+02:00");
	assert_time(berlin, at(berlin, "2026-10-25T02:59:59"), "2026-10-25T02:59:59+02:00");
	assert_time(berlin, at(berlin, "2026-10-25T03:00"), "2026-10-25T03:00:00+01:00");
	/* The same by the rule, and west of Greenwich. */
	assert_time(berlin, at(berlin, "2050-03-27T02:30"), "2050-03-27T03:00:00+02:00");
	assert_time(new_york, at(new_york, "2026-03-08T02:30"), "2026-03-08T03:00:00-04:00");
	assert_time(new_york, at(new_york, "2026-11-01T01:30"), "2026-11-01T01:30:00-04:00");
	assert_time(sydney, at(sydney, "2026-10-04T02:30"), "2026-10-04T03:00:00+11:00");
	assert_time(sydney, at(sydney, "2026-04-05T02:30"), "2026-04-05T02:30:00+11:00");
}

static void days_start_at_local_midnight(void **state)
{
	(void)state;
	int64_t noon = at(nairobi, "2026-12-31T12:34:56");
	assert_time(nairobi, zone_day_start(nairobi, noon, 0), "2026-12-31T00:00:00+03:00");
	assert_time(nairobi, zone_day_start(nairobi, noon, 1), "2027-01-01T00:00:00+03:00");
	assert_time(nairobi, zone_day_start(nairobi, noon, -365), "2025-12-31T00:00:00+03:00");
	/* 21:00 UTC is the next day already. */
	assert_time(nairobi, zone_day_start(nairobi, at(zone_utc(), "2026-12-05T21:00"), 0),
		    "2026-12-06T00:00:00+03:00");
	/* A day of 23 hours. */
	int64_t sunday = zone_day_start(berlin, at(berlin, "2026-03-29T12:00"), 0);
	assert_true(zone_day_start(berlin, sunday, 1) - sunday == 23 * HOUR_US);
	assert_time(nairobi, zone_day_start(nairobi, zone_day_start(nairobi, noon, 0) - 1, 0),
		    "2026-12-30T00:00:00+03:00");
}

static int64_t add(const struct zone *zone, const char *from, const char *period, int32_t anchor)
{
	struct period parsed;
	if (!period_parse_offset(text_of(period), &parsed))
		fail_msg("\"%s\" was refused", period);
	return period_add(zone, at(zone, from), parsed, anchor);
}

static void months_clamp_and_keep_their_anchor(void **state)
{
	(void)state;
	static const struct {
		const char *from, *period;
		int32_t anchor;
		const char *expected;
	} rows[] = {
		{ "2026-01-31", "1 month", 0, "2026-02-28T00:00:00+03:00" },
		{ "2028-01-31", "1 month", 0, "2028-02-29T00:00:00+03:00" },
		{ "2026-02-28", "1 month", 31, "2026-03-31T00:00:00+03:00" },
		{ "2026-02-28", "1 month", 0, "2026-03-28T00:00:00+03:00" },
		{ "2026-02-28", "1 month", 30, "2026-03-30T00:00:00+03:00" },
		{ "2026-03-31", "1 month", 31, "2026-04-30T00:00:00+03:00" },
		{ "2026-12-31", "1 month", 31, "2027-01-31T00:00:00+03:00" },
		{ "2026-11-30", "3 months", 30, "2027-02-28T00:00:00+03:00" },
		{ "2028-02-29", "1 year", 0, "2029-02-28T00:00:00+03:00" },
		{ "2029-02-28", "3 years", 29, "2032-02-29T00:00:00+03:00" },
		{ "2100-01-31", "1 month", 0, "2100-02-28T00:00:00+03:00" },
		{ "2026-03-31", "-1 month", 0, "2026-02-28T00:00:00+03:00" },
		{ "2026-01-15", "-1 month", 0, "2025-12-15T00:00:00+03:00" },
		{ "2026-01-15", "-1 year", 0, "2025-01-15T00:00:00+03:00" },
		{ "2026-05-10T23:59:59", "1 month", 0, "2026-06-10T23:59:59+03:00" },
		{ "2038-01-01", "1 month", 0, "2038-02-01T00:00:00+03:00" },
		{ "2026-12-05", "7d", 31, "2026-12-12T00:00:00+03:00" },
		{ "2026-12-05", "-3d", 0, "2026-12-02T00:00:00+03:00" },
		{ "2026-12-05", "0d", 0, "2026-12-05T00:00:00+03:00" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_time(nairobi, add(nairobi, rows[i].from, rows[i].period, rows[i].anchor),
			    rows[i].expected);
}

static void a_month_keeps_the_hour_and_days_are_exact(void **state)
{
	(void)state;
	/* Over the begin of summer time: a calendar month keeps 12:00, thirty exact days do not. */
	assert_time(berlin, add(berlin, "2026-03-15T12:00", "1 month", 0),
		    "2026-04-15T12:00:00+02:00");
	assert_time(berlin, add(berlin, "2026-03-15T12:00", "30d", 0), "2026-04-14T13:00:00+02:00");
	/* Microseconds survive. */
	struct period month = { 0, 1 };
	int64_t from = at(nairobi, "2026-01-31") + 123456;
	assert_true(period_add(nairobi, from, month, 0) == at(nairobi, "2026-02-28") + 123456);
	/* Twelve steps with the anchor come out where one year does. */
	int64_t stepped = at(nairobi, "2026-01-31");
	for (int i = 0; i < 12; i++)
		stepped = period_add(nairobi, stepped, month, 31);
	assert_time(nairobi, stepped, "2027-01-31T00:00:00+03:00");
}

static void unknown_names_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "Africa/Nairoby", "/etc/passwd", "../../etc/passwd", "Africa/../Africa/Nairobi",
		"Africa", "Africa/", "zone.tab", "tzdata.zi", "Africa/Nairobi\n", "africa nairobi",
		"Africa/Nairobi/x", ".",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct zone *zone = NULL;
		struct error error = { 0 };
		if (zone_load(&zone, text_of(bad[i]), &error))
			fail_msg("\"%s\" was loaded", bad[i]);
		assert_int_equal(error.code, ERROR_INVALID);
		assert_null(zone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_of_the_zones_we_sell_in),
		cmocka_unit_test(summer_time_changes_at_the_second),
		cmocka_unit_test(civil_time_is_read),
		cmocka_unit_test(every_day_of_four_centuries_round_trips),
		cmocka_unit_test(every_instant_round_trips_in_local_time),
		cmocka_unit_test(gaps_and_doubled_hours),
		cmocka_unit_test(days_start_at_local_midnight),
		cmocka_unit_test(months_clamp_and_keep_their_anchor),
		cmocka_unit_test(a_month_keeps_the_hour_and_days_are_exact),
		cmocka_unit_test(unknown_names_are_refused),
	};
	return cmocka_run_group_tests(tests, zones_begin, zones_end);
}
