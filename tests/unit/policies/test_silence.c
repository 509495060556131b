/* The silence alarm: what is usual is learned, a night is quiet, and too little history says
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "policies/silence.h"

#define MONDAY (INT64_C(20500) * 24) /* an hour at midnight UTC */

/* `days` days of `by_day` payments in each hour from `from` to `to` (UTC), the last at :40. */
static uint32_t days_of(struct income_hour *hours, int days, int from, int to, int64_t by_day)
{
	uint32_t count = 0;

	for (int day = 0; day < days; day++)
		for (int hour = from; hour < to; hour++) {
			int64_t at = MONDAY + day * 24 + hour;

			hours[count++] = (struct income_hour){ at, by_day,
							       at * HOUR_US + 40 * MINUTE_US };
		}
	return count;
}

/* `us` after the newest payment. */
static struct silence after(const struct income_hour *hours, uint32_t count, int64_t us)
{
	return silence_judge(hours, count, zone_utc(), hours[count - 1].newest_at + us);
}

static void property_33_twelve_missing_payments_are_an_alarm(void **state)
{
	static struct income_hour hours[28 * 24];
	uint32_t count = days_of(hours, 28, 0, 24, 30);
	struct silence before = after(hours, count, 23 * MINUTE_US);
	struct silence then = after(hours, count, 25 * MINUTE_US);

	(void)state;
	assert_true(before.is_known);
	assert_false(before.is_alarm);
	assert_int_equal(before.missed_milli, 11500);
	assert_true(then.is_alarm);
	assert_int_equal(then.missed_milli, 12500);
	assert_int_equal(then.since_at, hours[count - 1].newest_at);
}

static void property_33_a_night_is_quiet(void **state)
{
	static struct income_hour hours[28 * 24];
	uint32_t count = days_of(hours, 28, 6, 22, 10);

	(void)state;
	/* 21:40, and nobody pays before six: a third of an hour's ten are missing, all night. */
	assert_int_equal(after(hours, count, 8 * HOUR_US).missed_milli, 3333);
	assert_false(after(hours, count, 8 * HOUR_US).is_alarm);
	/* The morning brings none either. */
	assert_false(after(hours, count, 9 * HOUR_US).is_alarm);
	assert_true(after(hours, count, 9 * HOUR_US + 20 * MINUTE_US).is_alarm);
}

static void the_night_is_that_of_the_zone(void **state)
{
	static struct income_hour hours[28 * 24];
	uint32_t count = days_of(hours, 28, 6, 22, 10);
	struct error error = { 0 };
	struct zone *zone;
	struct silence silence;

	(void)state;
	if (!zone_load(&zone, TEXT("Africa/Nairobi"), &error))
		skip();
	silence = silence_judge(hours, count, zone, hours[count - 1].newest_at + 8 * HOUR_US);
	assert_int_equal(silence.missed_milli, 3333);
	zone_free(zone);
}

static void property_33_a_short_break_is_no_news(void **state)
{
	static struct income_hour hours[28 * 24];
	uint32_t count = days_of(hours, 28, 0, 24, 3000);

	(void)state;
	assert_true(after(hours, count, 14 * MINUTE_US).missed_milli > 500000);
	assert_false(after(hours, count, 14 * MINUTE_US).is_alarm);
	assert_true(after(hours, count, 15 * MINUTE_US).is_alarm);
}

static void without_history_nothing_is_usual(void **state)
{
	static struct income_hour hours[28 * 24];
	uint32_t count = days_of(hours, 6, 0, 24, 30);

	(void)state;
	assert_false(silence_judge(NULL, 0, zone_utc(), MONDAY * HOUR_US).is_known);
	assert_false(after(hours, count, 3 * DAY_US).is_known);
	assert_false(after(hours, count, 3 * DAY_US).is_alarm);
	/* A week, but of 49 payments. */
	memset(hours, 0, sizeof(hours));
	for (int day = 0; day < 7; day++)
		hours[day] = (struct income_hour){ MONDAY + day * 24, 7,
						   (MONDAY + day * 24) * HOUR_US };
	assert_false(after(hours, 7, 10 * DAY_US).is_alarm);
	hours[6].count = 8;
	assert_true(after(hours, 7, 10 * DAY_US).is_alarm);
}

/* The silence itself does not become what is usual. */
static void a_long_silence_stays_one(void **state)
{
	static struct income_hour hours[28 * 24];
	uint32_t count = days_of(hours, 28, 8, 20, 1);

	(void)state;
	assert_false(after(hours, count, 20 * HOUR_US).is_alarm);
	assert_true(after(hours, count, 26 * HOUR_US).is_alarm);
	assert_true(after(hours, count, 90 * DAY_US).is_alarm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_33_twelve_missing_payments_are_an_alarm),
		cmocka_unit_test(property_33_a_night_is_quiet),
		cmocka_unit_test(the_night_is_that_of_the_zone),
		cmocka_unit_test(property_33_a_short_break_is_no_news),
		cmocka_unit_test(without_history_nothing_is_usual),
		cmocka_unit_test(a_long_silence_stays_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
