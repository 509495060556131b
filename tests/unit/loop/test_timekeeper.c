/* Time: expiries are found to the microsecond, credit renews, and a clock that jumps is not
 * believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "books.h"

#include "base/clock.h"
#include "loop/timekeeper.h"
#include "money/teller.h"
#include "state/fleet.h"
#include "state/ledger.h"

#define OPEN_UNTIL(until)                                                 \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\n" \
	"opening: {paid_until: " until "}\n"

/* Far from now, so that a real clock's facts do not disturb: 2090-01-01 in UTC. */
#define BASE_AT (INT64_C(3786912000) * SECOND_US)

static int64_t step(struct town *town, int64_t now, int64_t monotonic)
{
	struct error error = { 0 };
	int64_t next_at;

	if (!timekeeper_step(&town->seat, now, monotonic, &next_at, &error))
		fail_msg("%s", error.text);
	return next_at;
}

static struct text held(struct town *town)
{
	struct text why;
	struct error error = { 0 };

	assert_true(clock_held_read(&why, town->seat.store, &town->arena, &error));
	return why;
}

static void an_expiry_is_found_when_it_is_due_and_not_before(void **state)
{
	struct town town;
	int64_t due_at = BASE_AT + 10 * DAY_US;

	(void)state;
	town_open(&town, 1);
	town_commit(&town,
		    town_join(&town, town_basics, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT);
	assert_int_equal(step(&town, BASE_AT, 0), due_at);
	assert_int_equal(step(&town, due_at - 1, 10 * DAY_US - 1), due_at);
	assert_int_equal(town_marks(&town), 0);
	assert_true(step(&town, due_at, 10 * DAY_US) > due_at);
	assert_int_equal(town_marks(&town), 1);
	assert_string_equal(town.rung, "r1 urgent");
	(void)step(&town, due_at + 1, 10 * DAY_US + 1);
	assert_int_equal(town_marks(&town), 1);
	town_close(&town);
}

static void a_payment_in_time_moves_the_expiry(void **state)
{
	struct town town;
	struct error error = { 0 };
	bool more;

	(void)state;
	town_open(&town, 1);
	town_commit(&town,
		    town_join(&town, town_basics, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT);
	(void)step(&town, BASE_AT, 0);
	town_pay(&town, "QGH7000001", "2500", "KN-0042");
	assert_true(teller_step(&town.seat, BASE_AT + DAY_US, &more, &error));
	(void)step(&town, BASE_AT + DAY_US, DAY_US);
	assert_int_equal(step(&town, BASE_AT + 10 * DAY_US, 10 * DAY_US), BASE_AT + 41 * DAY_US);
	assert_int_equal(town_marks(&town), 1); /* the payment's */
	town_close(&town);
}

/* Credit that did not reach is spent when a commit lowers the price. */
static void credit_renews_when_it_reaches(void **state)
{
	static const char cheap[] =
	    "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"
	    "---\nkind: Site\nname: kasarani\n"
	    "---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 1000\nperiod: 30d\n"
	    "speed: {down: 10M, up: 5M}\n";
	struct standing standing;
	struct error error = { 0 };
	struct town town;
	bool more;

	(void)state;
	town_open(&town, 1);
	town_commit(&town,
		    town_join(&town, town_basics, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT);
	(void)step(&town, BASE_AT, 0);
	town_pay(&town, "QGH7000001", "1500", "KN-0042");
	assert_true(teller_step(&town.seat, BASE_AT + DAY_US, &more, &error));
	assert_int_equal(step(&town, BASE_AT + DAY_US, DAY_US), BASE_AT + 10 * DAY_US);
	town_commit(&town, town_join(&town, cheap, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT + 2 * DAY_US);
	(void)step(&town, BASE_AT + 2 * DAY_US, 2 * DAY_US);
	assert_int_equal(step(&town, BASE_AT + 10 * DAY_US, 10 * DAY_US), BASE_AT + 40 * DAY_US);
	assert_true(
	    ledger_standing(&standing, town.seat.store, TEXT("kn0042"), &town.arena, &error));
	assert_int_equal(standing.balance_cents, 50000);
	town_close(&town);
}

static void a_jump_holds_expiries_until_the_clock_is_right(void **state)
{
	struct town town;
	int64_t due_at = BASE_AT + 10 * DAY_US;

	(void)state;
	town_open(&town, 1);
	town_commit(&town,
		    town_join(&town, town_basics, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT);
	(void)step(&town, BASE_AT, 0);
	/* A small correction is believed. */
	(void)step(&town, BASE_AT + 4 * MINUTE_US, SECOND_US);
	assert_int_equal(held(&town).size, 0);
	/* Twenty days in a second are not. */
	assert_int_equal(step(&town, BASE_AT + 20 * DAY_US, 2 * SECOND_US), INT64_MAX);
	assert_true(held(&town).size > 0);
	(void)step(&town, BASE_AT + 20 * DAY_US + SECOND_US, 3 * SECOND_US);
	assert_int_equal(town_marks(&town), 0);
	/* Right again: what was due by the right clock, and nothing else. */
	(void)step(&town, BASE_AT + 4 * MINUTE_US + 3 * SECOND_US, 4 * SECOND_US);
	assert_int_equal(held(&town).size, 0);
	assert_int_equal(step(&town, BASE_AT + 4 * MINUTE_US + 4 * SECOND_US, 5 * SECOND_US),
			 due_at);
	assert_int_equal(town_marks(&town), 0);
	town_close(&town);
}

static void a_person_may_say_that_the_clock_is_right(void **state)
{
	struct error error = { 0 };
	struct town town;

	(void)state;
	town_open(&town, 1);
	town_commit(&town,
		    town_join(&town, town_basics, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT);
	(void)step(&town, BASE_AT, 0);
	(void)step(&town, BASE_AT + 20 * DAY_US, SECOND_US);
	assert_true(held(&town).size > 0);
	/* A restart is no way out: nobody has said that it is right. */
	town_restart(&town);
	assert_int_equal(step(&town, BASE_AT + 20 * DAY_US, 2 * SECOND_US), INT64_MAX);
	assert_true(held(&town).size > 0);
	assert_true(timekeeper_believe(&town.seat, &error));
	town.ring_count = 0;
	(void)step(&town, BASE_AT + 20 * DAY_US, 3 * SECOND_US);
	assert_int_equal(held(&town).size, 0);
	assert_true(town.ring_count > 0); /* every router is looked at: he has expired */
	town_close(&town);
}

static void time_that_passed_while_off_is_no_jump(void **state)
{
	struct town town;

	(void)state;
	town_open(&town, 1);
	town_commit(&town,
		    town_join(&town, town_basics, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT);
	(void)step(&town, BASE_AT, 0);
	town_restart(&town);
	(void)step(&town, BASE_AT + 20 * DAY_US, 0);
	assert_int_equal(held(&town).size, 0);
	town_close(&town);
}

static void a_clock_before_the_newest_fact_is_not_believed(void **state)
{
	struct town town;

	(void)state;
	town_open(&town, 1);
	town_commit(&town,
		    town_join(&town, town_basics, TOWN_R1, OPEN_UNTIL("2090-01-11T00:00:00Z")),
		    BASE_AT);
	town_restart(&town);
	assert_int_equal(step(&town, BASE_AT - DAY_US, 0), INT64_MAX);
	assert_true(held(&town).size > 0);
	(void)step(&town, BASE_AT + MINUTE_US, DAY_US + MINUTE_US);
	assert_int_equal(held(&town).size, 0);
	town_close(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expiry_is_found_when_it_is_due_and_not_before),
		cmocka_unit_test(a_payment_in_time_moves_the_expiry),
		cmocka_unit_test(credit_renews_when_it_reaches),
		cmocka_unit_test(a_jump_holds_expiries_until_the_clock_is_right),
		cmocka_unit_test(a_person_may_say_that_the_clock_is_right),
		cmocka_unit_test(time_that_passed_while_off_is_no_jump),
		cmocka_unit_test(a_clock_before_the_newest_fact_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
