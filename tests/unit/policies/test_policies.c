/* States, their ends and their reasons, by worked examples; what credit buys. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "policies/policy.h"
#include "policies/prepaid.h"

struct desk {
	struct arena arena;
	struct tenant tenant;
	struct package package;
	struct subscriber subscriber;
	struct standing standing;
	struct dunning_policy policy;
	int64_t now;
};

static int64_t at(const struct desk *desk, const char *text)
{
	int64_t instant;

	assert_true(time_parse(text_of(text), desk->tenant.zone, false, &instant));
	return instant;
}

static struct period offset(const char *text)
{
	struct period period;

	assert_true(period_parse_offset(text_of(text), &period));
	return period;
}

static void desk_open(struct desk *desk, const char *now)
{
	struct error error;

	*desk = (struct desk){ 0 };
	arena_open(&desk->arena, 1u << 24);
	assert_true(zone_load(&desk->tenant.zone, TEXT("Africa/Nairobi"), &error));
	desk->package.name = TEXT("home-10");
	desk->package.price_cents = 250000;
	desk->package.period.months = 1;
	desk->package.speed = (struct speed){ 10000000, 5000000 };
	desk->subscriber.reference = TEXT("kn1");
	desk->subscriber.package = &desk->package;
	desk->standing.reference = TEXT("kn1");
	desk->now = at(desk, now);
}

static void desk_close(struct desk *desk)
{
	zone_free(desk->tenant.zone);
	arena_close(&desk->arena);
}

static void desk_paid(struct desk *desk, const char *from, const char *until)
{
	desk->standing.known = true;
	desk->standing.service_from_at = at(desk, from);
	desk->standing.paid_until_at = at(desk, until);
	desk->standing.bought_by = TEXT("QGH7XXXX");
}

static void desk_policy(struct desk *desk)
{
	static const struct {
		const char *at;
		enum dunning_action action;
	} steps[] = { { "-3d", DUNNING_NOTHING },
		      { "0d", DUNNING_NOTHING },
		      { "2d", DUNNING_THROTTLE },
		      { "5d", DUNNING_SUSPEND },
		      { "60d", DUNNING_TERMINATE } };
	uint32_t i;

	for (i = 0; i < ARRAY_COUNT(steps); i++)
		desk->policy.steps[i] = (struct dunning_step){ .at = offset(steps[i].at),
							       .action = steps[i].action,
							       .speed = { 512000, 256000 } };
	desk->policy.step_count = ARRAY_COUNT(steps);
	desk->policy.name = TEXT("standard");
	desk->policy.how = SUSPEND_WALLED;
	desk->policy.address_list = TEXT("wavu-suspended");
	desk->package.dunning = &desk->policy;
}

static struct policy_case case_of(struct desk *desk)
{
	return (struct policy_case){ &desk->tenant, &desk->subscriber, &desk->standing, desk->now,
				     &desk->arena };
}

static struct entitlement judge(struct desk *desk, const char *now)
{
	struct policy_case given;

	desk->now = at(desk, now);
	given = case_of(desk);
	return policy_entitle(&given);
}

static void expect(struct desk *desk, const char *now, enum state state, const char *until,
		   const char *because)
{
	struct entitlement entitlement = judge(desk, now);

	if (entitlement.state != state)
		fail_msg("at %s: %s, not %s", now, state_word(entitlement.state),
			 state_word(state));
	if (entitlement.until_at != (until ? at(desk, until) : INT64_MAX))
		fail_msg("at %s: ends at another moment", now);
	if (!text_is(entitlement.because, because))
		fail_msg("at %s: because '%.*s'", now, TEXT_ARG(entitlement.because));
}

static void property_22_without_a_policy_access_ends_at_paid_until(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, "2026-11-20");
	expect(&desk, "2026-11-20", STATE_NEW, NULL, "nothing was paid or opened yet");
	desk_paid(&desk, "2026-11-05T06:00", "2026-12-05T06:00");
	expect(&desk, "2026-11-20", STATE_ACTIVE, "2026-12-05T06:00",
	       "paid until 2026-12-05 06:00 by QGH7XXXX");
	expect(&desk, "2026-12-05T05:59:59", STATE_ACTIVE, "2026-12-05T06:00",
	       "paid until 2026-12-05 06:00 by QGH7XXXX");
	expect(&desk, "2026-12-05T06:00", STATE_EXPIRED, NULL,
	       "package home-10 is not paid since 2026-12-05 06:00");
	assert_int_equal(judge(&desk, "2026-12-06").how, SUSPEND_DISABLE);
	desk_close(&desk);
}

static void shuts(struct desk *desk, const char *now, const char *expected)
{
	struct policy_case given;

	desk->now = at(desk, now);
	given = case_of(desk);
	assert_int_equal(policy_shut_at(&given), expected ? at(desk, expected) : INT64_MAX);
}

static void the_last_right_ends_at_the_first_step_that_takes_access(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk_paid(&desk, "2026-11-05T06:00", "2026-12-05T06:00");
	shuts(&desk, "2026-11-20", "2026-12-05T06:00");
	/* Already shut. */
	shuts(&desk, "2026-12-05T06:00", "2026-12-05T06:00");
	/* 2d throttle, 5d suspend: from any state before it, the same moment. */
	desk_policy(&desk);
	shuts(&desk, "2026-11-20", "2026-12-10T06:00");
	shuts(&desk, "2026-12-06", "2026-12-10T06:00");
	shuts(&desk, "2026-12-08", "2026-12-10T06:00");
	/* No step takes access away. */
	desk.policy.step_count = 3;
	shuts(&desk, "2026-11-20", NULL);
	shuts(&desk, "2027-11-20", NULL);
	desk_close(&desk);
}

static void dunning_follows_its_steps(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk_policy(&desk);
	desk_paid(&desk, "2026-11-05T06:00", "2026-12-05T06:00");
	expect(&desk, "2026-12-03T06:00", STATE_ACTIVE, "2026-12-05T06:00",
	       "paid until 2026-12-05 06:00 by QGH7XXXX");
	expect(&desk, "2026-12-05T06:00", STATE_GRACE, "2026-12-07T06:00",
	       "grace: due since 2026-12-05 06:00, throttle on 2026-12-07 06:00");
	expect(&desk, "2026-12-07T06:00", STATE_THROTTLED, "2026-12-10T06:00",
	       "throttled: due since 2026-12-05 06:00, suspend on 2026-12-10 06:00");
	assert_int_equal(judge(&desk, "2026-12-07T06:00").speed.down_bits_per_s, 512000);
	assert_int_equal(judge(&desk, "2026-12-05T06:00").speed.down_bits_per_s, 10000000);
	expect(&desk, "2026-12-10T06:00", STATE_SUSPENDED, "2027-02-03T06:00",
	       "suspended: due since 2026-12-05 06:00, terminate on 2027-02-03 06:00");
	assert_int_equal(judge(&desk, "2026-12-10T06:00").how, SUSPEND_WALLED);
	assert_true(text_is(judge(&desk, "2026-12-10T06:00").address_list, "wavu-suspended"));
	expect(&desk, "2027-02-03T06:00", STATE_TERMINATED, NULL,
	       "terminated: due since 2026-12-05 06:00");
	desk_close(&desk);
}

static void a_negative_step_takes_no_paid_time(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk_policy(&desk);
	desk.policy.steps[0].action = DUNNING_THROTTLE;
	desk_paid(&desk, "2026-11-05T06:00", "2026-12-05T06:00");
	assert_int_equal(judge(&desk, "2026-12-04T06:00").state, STATE_ACTIVE);
	assert_int_equal(judge(&desk, "2026-12-05T06:00").state, STATE_THROTTLED);
	assert_int_equal(judge(&desk, "2026-12-05T06:00").since_at, at(&desk, "2026-12-05T06:00"));
	desk_close(&desk);
}

static void service_begins_at_the_start(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk.subscriber.start_at = at(&desk, "2026-12-01");
	desk_paid(&desk, "2026-12-01", "2027-01-01");
	expect(&desk, "2026-11-20", STATE_NEW, "2026-12-01", "service starts 2026-12-01 00:00");
	assert_int_equal(judge(&desk, "2026-12-01").state, STATE_ACTIVE);
	/* An opening knows no first day of its own. */
	desk.standing.service_from_at = 0;
	desk.standing.opening_booked = true;
	desk.standing.bought_by = TEXT_NONE;
	assert_int_equal(judge(&desk, "2026-11-20").state, STATE_NEW);
	expect(&desk, "2026-12-02", STATE_ACTIVE, "2027-01-01",
	       "paid until 2027-01-01 00:00 by the opening");
	desk_close(&desk);
}

static void a_pause_shuts_and_takes_no_time(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk_policy(&desk);
	desk.standing.paused = true;
	assert_int_equal(judge(&desk, "2026-11-20").state, STATE_NEW);
	desk_paid(&desk, "2026-11-05T06:00", "2026-12-05T06:00");
	expect(&desk, "2026-11-20", STATE_PAUSED, "2026-12-05T06:00", "paused by a person");
	assert_int_equal(judge(&desk, "2026-12-12").state, STATE_PAUSED);
	assert_int_equal(judge(&desk, "2026-12-12").how, SUSPEND_DISABLE);
	assert_int_equal(judge(&desk, "2027-12-12").state, STATE_TERMINATED);
	desk_close(&desk);
}

/* ---- buying ---- */

static struct bought buy(struct desk *desk, const char *now, int64_t cents)
{
	struct policy_case given;

	desk->now = at(desk, now);
	desk->standing.balance_cents = cents;
	given = case_of(desk);
	return prepaid_buy(&given);
}

static void expect_bought(struct desk *desk, struct bought bought, uint32_t periods,
			  const char *from, const char *until)
{
	assert_int_equal(bought.periods, periods);
	assert_int_equal(bought.cents, periods * desk->package.price_cents);
	assert_int_equal(bought.paid_from_at, at(desk, from));
	if (bought.paid_until_at != at(desk, until))
		fail_msg("not %s but %s", until,
			 time_text(&desk->arena, desk->tenant.zone, bought.paid_until_at).at);
}

static void property_09_credit_buys_whole_periods_at_once(void **state)
{
	struct desk desk;
	struct bought bought;

	(void)state;
	desk_open(&desk, "2026-11-20");
	assert_int_equal(buy(&desk, "2026-11-20T08:30", 249999).periods, 0);
	bought = buy(&desk, "2026-11-20T08:30", 600000);
	expect_bought(&desk, bought, 2, "2026-11-20T08:30", "2027-01-20T08:30");
	assert_int_equal(bought.service_from_at, bought.paid_from_at);
	assert_int_equal(bought.anchor_day, 20);
	desk_close(&desk);
}

static void running_service_is_continued_expired_starts_now(void **state)
{
	struct desk desk;
	struct bought bought;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk_policy(&desk);
	desk_paid(&desk, "2026-11-05T06:00", "2026-12-05T06:00");
	desk.standing.anchor_day = 5;
	bought = buy(&desk, "2026-11-20", 250000);
	expect_bought(&desk, bought, 1, "2026-12-05T06:00", "2027-01-05T06:00");
	assert_int_equal(bought.service_from_at, at(&desk, "2026-11-05T06:00"));
	/* Grace and throttle included; and a pause takes nothing. */
	expect_bought(&desk, buy(&desk, "2026-12-06", 250000), 1, "2026-12-05T06:00",
		      "2027-01-05T06:00");
	expect_bought(&desk, buy(&desk, "2026-12-09", 250000), 1, "2026-12-05T06:00",
		      "2027-01-05T06:00");
	desk.standing.paused = true;
	expect_bought(&desk, buy(&desk, "2026-11-20", 250000), 1, "2026-12-05T06:00",
		      "2027-01-05T06:00");
	desk.standing.paused = false;
	bought = buy(&desk, "2026-12-12T07:00", 250000);
	expect_bought(&desk, bought, 1, "2026-12-12T07:00", "2027-01-12T07:00");
	assert_int_equal(bought.service_from_at, at(&desk, "2026-12-12T07:00"));
	assert_int_equal(bought.anchor_day, 12);
	/* Terminated by dunning: from now as well. */
	expect_bought(&desk, buy(&desk, "2027-06-01", 250000), 1, "2027-06-01", "2027-07-01");
	desk_close(&desk);
}

static void the_anchor_day_is_kept_through_february(void **state)
{
	struct desk desk;
	struct bought bought;

	(void)state;
	desk_open(&desk, "2027-01-31");
	bought = buy(&desk, "2027-01-31T10:00", 250000);
	expect_bought(&desk, bought, 1, "2027-01-31T10:00", "2027-02-28T10:00");
	assert_int_equal(bought.anchor_day, 31);
	desk_paid(&desk, "2027-01-31T10:00", "2027-02-28T10:00");
	desk.standing.anchor_day = 31;
	expect_bought(&desk, buy(&desk, "2027-02-20", 500000), 2, "2027-02-28T10:00",
		      "2027-04-30T10:00");
	desk_close(&desk);
}

static void nothing_is_bought_before_the_start_or_ten_years_ahead(void **state)
{
	struct desk desk;
	struct bought bought;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk.subscriber.start_at = at(&desk, "2026-12-01");
	bought = buy(&desk, "2026-11-20", 250000);
	expect_bought(&desk, bought, 1, "2026-12-01", "2027-01-01");
	assert_int_equal(bought.service_from_at, at(&desk, "2026-12-01"));
	/* Paid again before the first day: one chain. */
	desk_paid(&desk, "2026-12-01", "2027-01-01");
	desk.standing.anchor_day = 1;
	expect_bought(&desk, buy(&desk, "2026-11-21", 250000), 1, "2027-01-01", "2027-02-01");
	desk.subscriber.start_at = 0;
	desk.standing = (struct standing){ .reference = TEXT("kn1") };
	bought = buy(&desk, "2026-11-20", INT64_C(250000) * 1000);
	assert_int_equal(bought.periods, 120);
	assert_int_equal(bought.paid_until_at, at(&desk, "2036-11-20"));
	desk.package.period = (struct period){ .exact_us = HOUR_US };
	bought = buy(&desk, "2026-11-20", INT64_C(250000) * 1000000);
	assert_true(bought.paid_until_at <= at(&desk, "2036-11-20"));
	assert_true(bought.paid_until_at > at(&desk, "2036-11-19"));
	assert_int_equal(bought.anchor_day, 0);
	desk_close(&desk);
}

static void an_opening_that_runs_is_continued_and_stays_active(void **state)
{
	struct desk desk;
	struct bought bought;

	(void)state;
	desk_open(&desk, "2026-11-20");
	desk.standing.known = desk.standing.opening_booked = true;
	desk.standing.paid_until_at = at(&desk, "2026-12-06");
	bought = buy(&desk, "2026-11-20T09:00", 250000);
	expect_bought(&desk, bought, 1, "2026-12-06", "2027-01-06");
	assert_int_equal(bought.service_from_at, at(&desk, "2026-11-20T09:00"));
	desk.standing.service_from_at = bought.service_from_at;
	desk.standing.paid_until_at = bought.paid_until_at;
	assert_int_equal(judge(&desk, "2026-11-20T09:00").state, STATE_ACTIVE);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_22_without_a_policy_access_ends_at_paid_until),
		cmocka_unit_test(the_last_right_ends_at_the_first_step_that_takes_access),
		cmocka_unit_test(dunning_follows_its_steps),
		cmocka_unit_test(a_negative_step_takes_no_paid_time),
		cmocka_unit_test(service_begins_at_the_start),
		cmocka_unit_test(a_pause_shuts_and_takes_no_time),
		cmocka_unit_test(property_09_credit_buys_whole_periods_at_once),
		cmocka_unit_test(running_service_is_continued_expired_starts_now),
		cmocka_unit_test(the_anchor_day_is_kept_through_february),
		cmocka_unit_test(nothing_is_bought_before_the_start_or_ten_years_ahead),
		cmocka_unit_test(an_opening_that_runs_is_continued_and_stays_active),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
