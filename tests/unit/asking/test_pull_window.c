/*
 * Which part of a provider's list is read next: no hole, no overlap too small, no moment too early.
 */
#include "asking/pull_window.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"

static struct zone *nairobi(void)
{
	static struct zone *zone;
	struct error error;
	if (zone == NULL && !zone_load(&zone, TEXT("Africa/Nairobi"), &error))
		skip();
	return zone;
}

static int64_t local(int month, int day, int hour, int minute)
{
	struct civil civil = { 2026, (int8_t)month, (int8_t)day, (int8_t)hour, (int8_t)minute, 0 };
	return zone_instant(nairobi(), civil);
}

static struct pull known(int64_t since_at, int64_t until_at)
{
	return (struct pull){ .id = 1,
			      .since_at = since_at,
			      .until_at = until_at,
			      .day_at = zone_day_start(nairobi(), until_at, 0),
			      .again_at = until_at + PULL_AGAIN_US,
			      .zone = PULL_ZONE_EAT };
}

static void opens(struct pull *pull, int64_t now)
{
	struct pull_gap gap;
	assert_true(pull_window_open(pull, &gap, nairobi(), now));
	assert_int_equal(gap.to_at, 0);
	assert_true(pull->to_at > pull->from_at && pull->to_at <= now);
	assert_true(now - pull->from_at <= 48 * HOUR_US);
	assert_true(pull->to_at - pull->from_at <= 48 * HOUR_US);
}

static void closes(struct pull *pull, int64_t now)
{
	struct pull_gap read;
	pull_window_close(pull, &read, nairobi(), now);
}

static void the_first_window_begins_where_wavu_took_over(void **state)
{
	int64_t since_at = local(11, 20, 9, 0), now = local(11, 20, 9, 1);
	struct pull pull = { .since_at = since_at };
	struct pull_gap gap;
	(void)state;
	opens(&pull, now);
	/* Its clock may be three hours behind; rows that turn out to be older are not taken. */
	assert_int_equal(pull.from_at, since_at - PULL_DOUBT_US);
	assert_int_equal(pull.to_at, now);
	pull = (struct pull){ .since_at = since_at, .zone = PULL_ZONE_EAT };
	opens(&pull, now);
	assert_int_equal(pull.from_at, since_at);
	assert_false(pull.whole);
	closes(&pull, now);
	assert_int_equal(pull.until_at, now);
	assert_int_equal(pull_window_due(&pull, nairobi()), now + PULL_AGAIN_US);
	assert_false(pull_window_open(&pull, &gap, nairobi(), now + PULL_AGAIN_US - 1));
	/* Turned on long after wavu came: as far back as the list goes, and nothing was lost. */
	pull = (struct pull){ .since_at = since_at };
	opens(&pull, since_at + 30 * DAY_US);
	assert_int_equal(pull.from_at, since_at + 30 * DAY_US - PULL_REACH_US);
	assert_int_equal(pull.to_at, pull.from_at + PULL_PART_US);
}

static void property_31_windows_overlap_and_cross_midnight_and_month(void **state)
{
	int64_t now = local(10, 31, 23, 50);
	struct pull pull = known(local(10, 1, 0, 0), local(10, 31, 23, 35));
	(void)state;
	for (int i = 0; i < 4; i++, now += PULL_AGAIN_US) {
		int64_t until_at = pull.until_at;
		opens(&pull, now);
		assert_false(pull.whole);
		assert_int_equal(pull.from_at, until_at - PULL_OVERLAP_US);
		assert_int_equal(pull.to_at, now);
		closes(&pull, now);
		assert_int_equal(pull.until_at, now);
	}
	assert_true(pull.until_at > local(11, 1, 0, 0));
	/* Where the zone is not known, what three hours may hide is read again, too. */
	pull.zone = PULL_ZONE_UNKNOWN;
	opens(&pull, now);
	assert_int_equal(pull.from_at, pull.until_at - PULL_OVERLAP_US - PULL_DOUBT_US);
}

static void each_day_is_read_as_a_whole_once(void **state)
{
	struct pull pull = known(local(10, 1, 0, 0), local(11, 1, 0, 50));
	struct pull_gap gap, read;
	(void)state;
	pull.day_at = local(10, 31, 0, 0);
	pull.again_at = local(11, 1, 1, 5);
	assert_int_equal(pull_window_due(&pull, nairobi()), local(11, 1, 1, 0));
	assert_false(pull_window_open(&pull, &gap, nairobi(), local(11, 1, 0, 59)));
	opens(&pull, local(11, 1, 1, 0));
	assert_true(pull.whole);
	assert_int_equal(pull.from_at, local(10, 31, 0, 0));
	assert_int_equal(pull.to_at, local(11, 1, 0, 0));
	pull_window_close(&pull, &read, nairobi(), local(11, 1, 1, 1));
	assert_int_equal(read.from_at, local(10, 31, 0, 0));
	assert_int_equal(read.to_at, local(11, 1, 0, 0));
	assert_int_equal(pull.day_at, local(11, 1, 0, 0));
	/* The newest payments' own time is not moved by it. */
	assert_int_equal(pull.until_at, local(11, 1, 0, 50));
	assert_int_equal(pull_window_due(&pull, nairobi()), local(11, 1, 1, 5));
}

static void the_first_day_is_read_from_the_takeover(void **state)
{
	struct pull pull = { .since_at = local(11, 20, 9, 0), .zone = PULL_ZONE_WRITTEN };
	struct pull_gap read;
	(void)state;
	opens(&pull, local(11, 20, 9, 0) + 1);
	closes(&pull, local(11, 20, 9, 0) + 1);
	pull.until_at = local(11, 21, 1, 0);
	pull.again_at = local(11, 21, 1, 15);
	opens(&pull, local(11, 21, 1, 0));
	assert_true(pull.whole);
	assert_int_equal(pull.from_at, local(11, 20, 6, 0));
	pull_window_close(&pull, &read, nairobi(), local(11, 21, 1, 0));
	assert_int_equal(read.from_at, local(11, 20, 9, 0));
	assert_int_equal(read.to_at, local(11, 21, 0, 0));
}

static void property_35_what_is_out_of_reach_is_said_once(void **state)
{
	int64_t until_at = local(11, 1, 12, 0), now = local(11, 6, 12, 0);
	struct pull pull = known(local(10, 1, 0, 0), until_at);
	struct pull_gap gap;
	(void)state;
	assert_true(pull_window_open(&pull, &gap, nairobi(), now));
	assert_int_equal(gap.from_at, until_at);
	assert_int_equal(gap.to_at, now - PULL_REACH_US);
	assert_int_equal(pull.from_at, now - PULL_REACH_US);
	assert_int_equal(pull.to_at, now - PULL_REACH_US + PULL_PART_US);
	/* In hand: the same window again, and no second gap. */
	opens(&pull, now + MINUTE_US);
	assert_int_equal(pull.to_at, now - PULL_REACH_US + PULL_PART_US);
	/* The oldest first, one part after the other, all at once. */
	for (int parts = 1; pull.until_at < now; parts++) {
		assert_true(parts < 20 && !pull.whole);
		closes(&pull, now + MINUTE_US);
		assert_true(pull.until_at == now + MINUTE_US || pull.again_at <= now + MINUTE_US);
		if (pull.until_at < now)
			opens(&pull, now + MINUTE_US);
	}
	/* The days that are out of reach are left out, the rest is read. */
	opens(&pull, now + 2 * MINUTE_US);
	assert_true(pull.whole);
	assert_int_equal(pull.day_at, local(11, 4, 0, 0));
	assert_int_equal(pull.from_at, now + 2 * MINUTE_US - PULL_REACH_US);
	closes(&pull, now + 3 * MINUTE_US);
	opens(&pull, now + 3 * MINUTE_US);
	assert_int_equal(pull.from_at, local(11, 5, 0, 0));
	closes(&pull, now + 3 * MINUTE_US);
	assert_false(pull_window_open(&pull, &gap, nairobi(), now + 3 * MINUTE_US));
	/* 48 hours and no more: nothing is lost. */
	pull = known(local(10, 1, 0, 0), now - PULL_REACH_US);
	opens(&pull, now);
	assert_int_equal(pull.from_at, now - PULL_REACH_US);
}

static void a_window_in_hand_goes_on_until_it_is_too_old(void **state)
{
	int64_t now = local(11, 6, 12, 0);
	struct pull pull = known(local(10, 1, 0, 0), now - PULL_AGAIN_US);
	int64_t from_at, to_at;
	(void)state;
	opens(&pull, now);
	pull.offset = 300;
	from_at = pull.from_at;
	to_at = pull.to_at;
	assert_int_equal(pull_window_due(&pull, nairobi()), now);
	opens(&pull, now + 10 * MINUTE_US);
	assert_int_equal(pull.offset, 300);
	assert_int_equal(pull.from_at, from_at);
	assert_int_equal(pull.to_at, to_at);
	struct pull_gap gap;
	assert_true(pull_window_open(&pull, &gap, nairobi(), now + 50 * HOUR_US));
	assert_int_equal(pull.offset, 0);
	assert_true(gap.to_at > gap.from_at);
	/* Nothing was read of it, for nobody answered: it goes up to now. */
	pull = known(local(10, 1, 0, 0), now - PULL_AGAIN_US);
	opens(&pull, now);
	opens(&pull, now + MINUTE_US);
	assert_int_equal(pull.to_at, now + MINUTE_US);
	/* A clock that went back: nothing of the future is asked for. */
	pull = known(local(10, 1, 0, 0), now);
	opens(&pull, now + PULL_AGAIN_US);
	assert_false(pull_window_open(&pull, &gap, nairobi(), now));
}

static void a_long_list_is_read_less_often(void **state)
{
	int64_t now = local(11, 6, 12, 0);
	struct pull pull = known(local(10, 1, 0, 0), now - PULL_AGAIN_US);
	(void)state;
	opens(&pull, now);
	closes(&pull, now + 20 * MINUTE_US);
	assert_int_equal(pull.until_at, now);
	assert_int_equal(pull.again_at, now + 100 * MINUTE_US);
}

/* Whatever the hours of day and however it was interrupted, every moment is read. */
static void no_moment_is_left_out(void **state)
{
	struct pull pull = { .since_at = local(10, 30, 7, 0), .zone = PULL_ZONE_EAT };
	int64_t now = pull.since_at, read_to = pull.since_at;
	(void)state;
	for (uint32_t i = 0, luck = 7; i < 2000; i++) {
		struct pull_gap gap;
		luck = luck * 1664525u + 1013904223u;
		now += (int64_t)(luck >> 20) * SECOND_US;
		if (!pull_window_open(&pull, &gap, nairobi(), now))
			continue;
		assert_int_equal(gap.to_at, 0);
		assert_true(now - pull.from_at <= 48 * HOUR_US && pull.to_at <= now);
		if (luck % 5 == 0)
			continue; /* nobody answered */
		if (!pull.whole) {
			assert_true(pull.from_at <= read_to);
			read_to = pull.to_at;
		}
		closes(&pull, now);
	}
	assert_true(now > local(11, 20, 0, 0));
	assert_true(now - read_to < 12 * HOUR_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_window_begins_where_wavu_took_over),
		cmocka_unit_test(property_31_windows_overlap_and_cross_midnight_and_month),
		cmocka_unit_test(each_day_is_read_as_a_whole_once),
		cmocka_unit_test(the_first_day_is_read_from_the_takeover),
		cmocka_unit_test(property_35_what_is_out_of_reach_is_said_once),
		cmocka_unit_test(a_window_in_hand_goes_on_until_it_is_too_old),
		cmocka_unit_test(a_long_list_is_read_less_often),
		cmocka_unit_test(no_moment_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
