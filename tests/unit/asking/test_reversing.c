/*
 * Money ordered back through its provider: an order leaves once, the provider's word on the order's
 * own URL or about the payment books it, once, and nothing else does. Properties 13 and 34.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "shop.h"

#include "base/clock.h"
#include "money/booking_refund.h"
#include "money/booking_reversal.h"

/* ---- it is done ------------------------------------------------------------------------------ */

static void property_13_what_is_done_is_booked_once(void **state)
{
	struct question question;
	struct shop shop;
	uint32_t marks;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	shop_order(&shop, false);
	shop_refuses(&shop, RECEIPT, true, "already");
	shop_step(&shop, 0);
	assert_int_equal(shop.ordered, 1);
	shop_says(&shop, "took the order");
	question = shop_newest(&shop);
	assert_true(digest_equal(&question.token, &shop.result));
	assert_true(text_is(question.ordered_ref, "AG_1"));
	shop_booked(&shop, false); /* taken is not done */
	marks = town_marks(&shop.town);
	for (int i = 0; i < 3; i++)
		shop_done(&shop);
	shop_booked(&shop, true);
	assert_int_equal(town_marks(&shop.town), marks + 1);
	assert_string_equal(shop.town.rung, "r1 urgent");
	assert_int_equal(shop_newest(&shop).status, QUESTION_YES);
	shop_status(&shop, &shop.result, "Reversed");
	shop_code(&shop, "1");
	shop_refuses(&shop, RECEIPT, true, "before");
	shop_step(&shop, DAY_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 0);
	assert_int_equal(shop_newest(&shop).status, QUESTION_YES);
	shop_booked(&shop, true);
	shop_end(&shop);
}

static void already_taken_back_is_booked_once(void **state)
{
	struct shop shop;

	(void)state;
	shop_begin_sent(&shop);
	shop_code(&shop, "\"R000001\"");
	shop_booked(&shop, true);
	shop_says(&shop, "R000001");
	shop_code(&shop, "\"R000001\"");
	shop_done(&shop);
	shop_booked(&shop, true);
	shop_end(&shop);
}

/* ---- it certainly is not --------------------------------------------------------------------- */

static void what_is_refused_is_over(void **state)
{
	static const char *const codes[] = { "1",    "11",   "21",       "2001",       "\"2001\"",
					     "2006", "2028", "\"8006\"", "\"R000002\"" };
	struct shop shop;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		shop_order(&shop, false);
		shop_step(&shop, 0);
		assert_int_equal(shop.ordered, i + 1);
		shop_code(&shop, codes[i]);
		assert_int_equal(shop_newest(&shop).status, QUESTION_NO);
		assert_int_equal(shop_newest(&shop).next_at, 0);
		shop_booked(&shop, false);
	}
	/* The provider was wrong: it is done after all. */
	shop_done(&shop);
	shop_booked(&shop, true);
	shop_end(&shop);
}

static void what_was_not_taken_is_over(void **state)
{
	static const struct {
		uint32_t status;
		const char *answer, *word;
	} cases[] = {
		{ 400, "{\"errorCode\":\"400.002.02\",\"errorMessage\":\"Bad Request\"}",
		  "400.002.02" },
		{ 429, "{\"fault\":{\"faultstring\":\"Spike arrest violation\"}}", "Spike" },
		{ 500, "{\"errorCode\":\"500.003.02\",\"errorMessage\":\"busy\"}", "500.003.02" },
		{ 404, "{\"errorCode\":\"404.001.03\",\"errorMessage\":\"token\"}", "404.001.03" },
	};
	struct shop shop;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		shop.answer_status = cases[i].status;
		shop.answer = cases[i].answer;
		shop_order(&shop, false);
		shop_step(&shop, 0);
		assert_int_equal(shop_newest(&shop).status, QUESTION_NO);
		shop_says(&shop, cases[i].word);
		shop_booked(&shop, false);
	}
	shop_end(&shop);
}

static void what_cannot_leave_never_does(void **state)
{
	struct shop shop;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	/* Nobody was there to send it for a while. */
	shop_order(&shop, false);
	shop_step(&shop, 11 * MINUTE_US);
	shop_says(&shop, "ten minutes");
	/* Its rights are gone meanwhile. */
	shop_order(&shop, false);
	town_commit(&shop.town, town_join(&shop.town, HEAD TAIL, TOWN_R1, PEOPLE), 0);
	shop_step(&shop, 0);
	shop_says(&shop, "`initiator`");
	assert_int_equal(shop_newest(&shop).status, QUESTION_NO);
	assert_int_equal(shop.ordered, 0);
	shop_refuses(&shop, RECEIPT, false, "`initiator`");
	shop_booked(&shop, false);
	shop_end(&shop);
}

/* ---- beside other hands ---------------------------------------------------------------------- */

static bool by_hand(struct shop *shop, bool checks)
{
	struct seat *seat = &shop->town.seat;
	struct intent *intent = seat_intent(seat);
	struct refunded refunded;
	struct text warning;
	bool ok;

	shop->why = (struct error){ 0 };
	if (!store_begin(seat->store, &shop->why))
		fail_msg("%s", shop->why.text);
	ok = (!checks || booking_reversal_by_hand(&warning, seat, TEXT(RECEIPT), &shop->town.arena,
						  &shop->why)) &&
	     booking_refund(&refunded, seat, intent, TEXT(RECEIPT), TEXT("in cash"), TEXT("op"),
			    clock_now(), &shop->town.arena, &shop->why);
	if (ok)
		ok = store_commit(seat->store, &shop->why);
	else
		store_abort(seat->store);
	intent_release(intent);
	return ok;
}

static void property_13_and_34_two_hands_one_compensation(void **state)
{
	struct shop shop;

	(void)state;
	/* While an order is open nobody gives it back by hand, too. */
	shop_begin(&shop, HEAD ORDERS TAIL);
	shop_order(&shop, false);
	assert_false(by_hand(&shop, true));
	assert_non_null(strstr(shop.why.text, "twice"));
	/* The provider's list may say it before the order has left: it stays. */
	assert_true(by_hand(&shop, false));
	shop_step(&shop, 0);
	assert_int_equal(shop.ordered, 0);
	assert_int_equal(shop_newest(&shop).status, QUESTION_NO);
	shop_booked(&shop, true);
	shop_end(&shop);
	/* Or after it has. */
	shop_begin_sent(&shop);
	assert_true(by_hand(&shop, false));
	shop_step(&shop, MINUTE_US);
	assert_int_equal(shop.asked, 0);
	assert_int_equal(shop_newest(&shop).status, QUESTION_YES);
	shop_done(&shop);
	shop_status(&shop, &shop.result, "Reversed");
	shop_booked(&shop, true);
	shop_end(&shop);
	/* Or beside its result. */
	shop_begin_sent(&shop);
	assert_true(by_hand(&shop, false));
	shop_done(&shop);
	shop_says(&shop, "before: in cash");
	shop_booked(&shop, true);
	assert_false(by_hand(&shop, true));
	shop_end(&shop);
}

static void what_is_no_order(void **state)
{
	struct shop shop;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	shop_refuses(&shop, "NOSUCHONE", false, "no such payment");
	town_pay(&shop.town, "UKL51ZDR5F", "70.00", "nobody");
	town_say(&shop.town, "main", "127.0.0.1", "{");
	town_tell(&shop.town);
	shop_refuses(&shop, "held-3", false, "held");
	/* What has no owner goes back, too. */
	assert_true(shop_try(&shop, "ukl51zdr5f", false));
	shop_end(&shop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_13_what_is_done_is_booked_once),
		cmocka_unit_test(already_taken_back_is_booked_once),
		cmocka_unit_test(what_is_refused_is_over),
		cmocka_unit_test(what_was_not_taken_is_over),
		cmocka_unit_test(what_cannot_leave_never_does),
		cmocka_unit_test(property_13_and_34_two_hands_one_compensation),
		cmocka_unit_test(what_is_no_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
