/* Money: what is credited, what is held and why, what is never counted twice, what people may do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "books.h"

#include "base/clock.h"
#include "money/booking.h"
#include "money/teller.h"
#include "state/fleet.h"

#define PEOPLE                                                                               \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n" \
	"aliases: [JANE]\n"                                                                  \
	"---\nkind: Subscriber\nname: KN-0043\npackage: home-20\nrouter: r1\n"

static void begin(struct town *town)
{
	town_open(town, 1);
	town_commit(town, town_join(town, town_basics, TOWN_R1, PEOPLE), 0);
}

static void property_10_a_receipt_counts_once(void **state)
{
	struct town town;

	(void)state;
	begin(&town);
	for (int i = 0; i < 3; i++)
		town_pay(&town, "QGH7000001", "2500.00", "KN-0042");
	town_tell(&town);
	town_pay(&town, "qgh7000001", "2500", "KN-0042");
	town_tell(&town);
	assert_int_equal(town_payment(&town, "QGH7000001").status, PAYMENT_CREDITED);
	assert_int_equal(town_standing(&town, "kn0042").balance_cents, 0);
	assert_int_equal(town_standing(&town, "kn0042").last_amount_cents, 250000);
	assert_true(town_standing(&town, "kn0042").paid_until_at < clock_now() + 32 * DAY_US);
	assert_int_equal(town_held(&town), 0);
	assert_int_equal(town_marks(&town), 1);
	town_end(&town);
}

/* The same receipt with another amount is held, once, however often it is said. */
static void property_10_another_amount_is_held_once(void **state)
{
	struct town town;

	(void)state;
	begin(&town);
	town_pay(&town, "QGH7000001", "2500.00", "KN-0042");
	town_pay(&town, "QGH7000001", "9000.00", "KN-0042");
	town_pay(&town, "QGH7000001", "9000.00", "KN-0042");
	town_pay(&town, "QGH7000001", "1e9", "KN-0042");
	town_tell(&town);
	assert_int_equal(town_held(&town), 2);
	assert_int_equal(town_standing(&town, "kn0042").last_amount_cents, 250000);
	assert_int_equal(town_payment(&town, "held-2").status, PAYMENT_HELD);
	town_end(&town);
}

/* One of the two was forged: a person hears of it, whoever was first. */
static void property_14_another_account_is_held_once(void **state)
{
	struct town town;

	(void)state;
	begin(&town);
	town_pay(&town, "QGH7000001", "2500.00", "KN-0042");
	town_pay(&town, "QGH7000001", "2500.00", " kn 0042");
	town_tell(&town);
	assert_int_equal(town_held(&town), 0);
	town_pay(&town, "QGH7000001", "2500.00", "KN-0043");
	town_pay(&town, "QGH7000001", "2500.00", "KN-0043");
	town_tell(&town);
	assert_int_equal(town_held(&town), 1);
	assert_true(text_is(town_payment(&town, "held-2").reason,
			    "receipt QGH7000001 is known for \"KN-0042\", this one says "
			    "\"KN-0043\""));
	assert_int_equal(town_count(&town, PAYMENT_CREDITED), 1);
	assert_true(text_is(town_payment(&town, "QGH7000001").account, "KN-0042"));
	/* What nobody owns may be anybody's, too. */
	town_pay(&town, "QGH7000002", "2500.00", "shop 7");
	town_pay(&town, "QGH7000002", "2500.00", "KN-0042");
	town_tell(&town);
	assert_int_equal(town_held(&town), 2);
	assert_int_equal(town_payment(&town, "QGH7000002").status, PAYMENT_UNMATCHED);
	town_end(&town);
}

static void property_09_and_14_what_wavu_will_not_judge_alone_is_held(void **state)
{
	static const struct {
		const char *channel, *source, *body;
	} cases[] = {
		{ "main", "1.1.1.1",
		  "{\"TransID\":\"A1\",\"TransAmount\":\"1e3\",\"BusinessShortCode\":\"600638\","
		  "\"BillRefNumber\":\"KN-0042\"}" },
		{ "main", "1.1.1.1",
		  "{\"TransID\":\"A2\",\"TransAmount\":\"10.001\",\"BusinessShortCode\":\"600638\","
		  "\"BillRefNumber\":\"KN-0042\"}" },
		{ "main", "1.1.1.1",
		  "{\"TransID\":\"A3\",\"TransAmount\":\"-5\",\"BusinessShortCode\":\"600638\","
		  "\"BillRefNumber\":\"KN-0042\"}" },
		{ "main", "1.1.1.1",
		  "{\"TransID\":\"A4\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"999999\","
		  "\"BillRefNumber\":\"KN-0042\"}" },
		{ "main", "1.1.1.1", "{\"TransID\":" },
		{ "strict", "10.0.0.1",
		  "{\"TransID\":\"A5\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"600639\","
		  "\"BillRefNumber\":\"KN-0042\"}" },
		{ "asked", "1.1.1.1",
		  "{\"TransID\":\"A6\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"600640\","
		  "\"BillRefNumber\":\"KN-0042\"}" },
		{ "gone", "1.1.1.1",
		  "{\"TransID\":\"A7\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"600638\","
		  "\"BillRefNumber\":\"KN-0042\"}" },
	};
	struct town town;

	(void)state;
	begin(&town);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		town_say(&town, cases[i].channel, cases[i].source, cases[i].body);
		town_tell(&town);
		if (town_held(&town) != i + 1)
			fail_msg("case %zu was not held", i);
	}
	assert_false(town_standing(&town, "kn0042").known);
	assert_int_equal(town_marks(&town), 0);
	assert_true(town_payment(&town, "A4").reason.size > 0);
	town_end(&town);
}

static void property_14_nobody_known_is_unmatched_and_finds_a_home(void **state)
{
	struct intent *intent;
	struct booked booked;
	struct error error = { 0 };
	struct town town;

	(void)state;
	begin(&town);
	town_pay(&town, "QGH7000002", "4000", "who knows");
	town_tell(&town);
	assert_int_equal(town_payment(&town, "QGH7000002").status, PAYMENT_UNMATCHED);
	intent = seat_intent(&town.seat);
	assert_true(store_begin(town.seat.store, &error));
	assert_true(booking_assign(&booked, &town.seat, intent, TEXT("qgh7000002"), TEXT("kn 0043"),
				   TEXT("olga"), clock_now(), &town.arena, &error));
	assert_true(store_commit(town.seat.store, &error));
	assert_int_equal(town_payment(&town, "QGH7000002").status, PAYMENT_CREDITED);
	assert_int_equal(booked.periods, 1);
	assert_true(town_standing(&town, "kn0043").paid_until_at > clock_now());
	/* It has a home now. */
	assert_true(store_begin(town.seat.store, &error));
	assert_false(booking_assign(&booked, &town.seat, intent, TEXT("qgh7000002"),
				    TEXT("kn 0042"), TEXT("olga"), clock_now(), &town.arena,
				    &error));
	assert_int_equal(error.code, ERROR_REFUSED);
	store_abort(town.seat.store);
	town_verify(&town);
	intent_release(intent);
	town_close(&town);
}

static void a_held_one_is_released_when_amount_and_code_are_right(void **state)
{
	struct error error = { 0 };
	struct town town;

	(void)state;
	begin(&town);
	town_say(&town, "strict", "10.0.0.1",
		 "{\"TransID\":\"B1\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"600639\","
		 "\"BillRefNumber\":\"KN-0042\"}");
	town_say(&town, "main", "10.0.0.1",
		 "{\"TransID\":\"B2\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"600639\","
		 "\"BillRefNumber\":\"KN-0042\"}");
	town_say(&town, "main", "10.0.0.1",
		 "{\"TransID\":\"B3\",\"TransAmount\":\"1e3\",\"BusinessShortCode\":\"600638\","
		 "\"BillRefNumber\":\"KN-0042\"}");
	town_say(&town, "main", "10.0.0.1", "no json");
	town_tell(&town);
	assert_int_equal(town_held(&town), 4);
	assert_false(town_assign(&town, "B2", "KN-0042", &error));
	assert_false(town_assign(&town, "B3", "KN-0042", &error));
	assert_false(town_assign(&town, "held-4", "KN-0042", &error));
	assert_false(town_assign(&town, "B1", "nobody", &error));
	assert_false(town_standing(&town, "kn0042").known);
	assert_true(town_assign(&town, "B1", "KN-0042", &error));
	assert_true(town_standing(&town, "kn0042").paid_until_at > clock_now());
	assert_false(town_assign(&town, "B1", "KN-0043", &error));
	town_end(&town);
}

/* Heard first from a strange source, then from the right one: the same money, credited once. */
static void property_11_the_right_source_releases_what_a_strange_one_said(void **state)
{
	static const char body[] =
	    "{\"TransID\":\"C1\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"600639\","
	    "\"BillRefNumber\":\"KN-0042\"}";
	struct town town;

	(void)state;
	begin(&town);
	town_say(&town, "strict", "10.0.0.1", body);
	town_tell(&town);
	assert_int_equal(town_payment(&town, "C1").status, PAYMENT_HELD);
	town_say(&town, "strict", "196.201.214.200", body);
	town_say(&town, "strict", "196.201.214.200", body);
	town_tell(&town);
	assert_int_equal(town_payment(&town, "C1").status, PAYMENT_CREDITED);
	assert_int_equal(town_standing(&town, "kn0042").last_amount_cents, 250000);
	assert_int_equal(town_standing(&town, "kn0042").balance_cents, 0);
	town_end(&town);
}

static void cash_needs_an_account_an_amount_and_a_reason(void **state)
{
	static const struct {
		const char *account, *amount, *reason;
		enum error_code code;
	} cases[] = {
		{ "nobody", "100", "x", ERROR_FAILED },    { "KN-0042", "0", "x", ERROR_INVALID },
		{ "KN-0042", "-1", "x", ERROR_INVALID },   { "KN-0042", "1e3", "x", ERROR_INVALID },
		{ "KN-0042", "100", "  ", ERROR_INVALID },
	};
	struct intent *intent;
	struct booked booked;
	struct error error = { 0 };
	struct town town;

	(void)state;
	begin(&town);
	intent = seat_intent(&town.seat);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		assert_true(store_begin(town.seat.store, &error));
		assert_false(booking_cash(&booked, &town.seat, intent, text_of(cases[i].account),
					  text_of(cases[i].amount), text_of(cases[i].reason),
					  TEXT("olga"), clock_now(), &town.arena, &error));
		assert_int_equal(error.code, cases[i].code);
		store_abort(town.seat.store);
	}
	assert_true(store_begin(town.seat.store, &error));
	assert_true(booking_cash(&booked, &town.seat, intent, TEXT("JANE"), TEXT("6000.50"),
				 TEXT("paid at the shop"), TEXT("olga"), clock_now(), &town.arena,
				 &error));
	assert_true(store_commit(town.seat.store, &error));
	assert_int_equal(booked.periods, 2);
	assert_int_equal(town_standing(&town, "kn0042").balance_cents, 100050);
	assert_int_equal(town_marks(&town), 1);
	town_verify(&town);
	intent_release(intent);
	town_close(&town);
}

/* A batch is all or nothing, and what was booked before a crash is not booked again. */
static void property_10_and_14_a_crash_books_nothing_twice(void **state)
{
	struct town town;

	(void)state;
	begin(&town);
	for (int i = 0; i < 300; i++) {
		char receipt[16];

		(void)snprintf(receipt, sizeof(receipt), "D%06d", i);
		town_pay(&town, receipt, "1", i % 2 == 0 ? "KN-0042" : "0712345678");
	}
	{
		struct error error;
		bool more;

		assert_true(teller_step(&town.seat, clock_now(), &more, &error));
		assert_true(more);
	}
	town_restart(&town);
	town_tell(&town);
	assert_int_equal(town_standing(&town, "kn0042").balance_cents, 300 * 100);
	town_end(&town);
}

static void before_the_first_commit_nothing_is_read(void **state)
{
	struct error error = { 0 };
	struct town town;
	int64_t cursor;

	(void)state;
	town_open(&town, 1);
	town_pay(&town, "QGH7000001", "2500.00", "KN-0042");
	town_tell(&town);
	assert_true(inbox_cursor(&cursor, town.seat.store, &error));
	assert_int_equal(cursor, 0);
	town_commit(&town, town_join(&town, town_basics, TOWN_R1, PEOPLE), 0);
	town_tell(&town);
	assert_int_equal(town_payment(&town, "QGH7000001").status, PAYMENT_CREDITED);
	town_close(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_10_a_receipt_counts_once),
		cmocka_unit_test(property_10_another_amount_is_held_once),
		cmocka_unit_test(property_14_another_account_is_held_once),
		cmocka_unit_test(property_09_and_14_what_wavu_will_not_judge_alone_is_held),
		cmocka_unit_test(property_14_nobody_known_is_unmatched_and_finds_a_home),
		cmocka_unit_test(a_held_one_is_released_when_amount_and_code_are_right),
		cmocka_unit_test(property_11_the_right_source_releases_what_a_strange_one_said),
		cmocka_unit_test(cash_needs_an_account_an_amount_and_a_reason),
		cmocka_unit_test(property_10_and_14_a_crash_books_nothing_twice),
		cmocka_unit_test(before_the_first_commit_nothing_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
