/*
 * Orders of which nobody knows what became: forged, odd and lost answers move nothing, are asked
 * about, and no order is said again on ignorance. Property 34.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "shop.h"

#include "base/clock.h"
#include "state/questions.h"

static void property_34_what_nobody_understands_moves_nothing(void **state)
{
	static const char *const codes[] = { "17",   "26",       "9999",   "\"SFC_IC0003\"",
					     "null", "\"\"",     "0.5",    "\"00\"",
					     "true", "[0]",      "\"1 \"", "\"R000003\"",
					     "-1",   "{\"a\":0}" };
	static const char *const bodies[] = {
		"", "{", "{}", "{\"Result\":1}", "{\"Result\":{}}", "<html>"
	};
	struct shop shop;

	(void)state;
	shop_begin_sent(&shop);
	for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		shop_post(&shop, &shop.result, "127.0.0.1",
			  shop_result(&shop, codes[i], "AG_1", DONE));
	for (uint32_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		shop_post(&shop, &shop.result, "127.0.0.1", bodies[i]);
	/* Done, but what? */
	shop_post(&shop, &shop.result, "127.0.0.1", shop_result(&shop, "0", "AG_1", ""));
	assert_int_equal(shop_newest(&shop).status, QUESTION_OPEN);
	shop_says(&shop, "nobody knows");
	shop_booked(&shop, false);
	shop_refuses(&shop, RECEIPT, true, "already");
	shop_step(&shop, MINUTE_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 1);
	shop_done(&shop);
	shop_booked(&shop, true);
	shop_end(&shop);
}

static void property_34_forged_results_count_nothing(void **state)
{
	static const char *const forged[] = {
		DONE_OF("UKL0000THER", "2500.00"),
		DONE_OF(RECEIPT, "1.00"),
		DONE_OF(RECEIPT, "2500.01"),
		DONE_OF(RECEIPT, "1e9"),
		DONE_OF(RECEIPT, "2500.00") ",{\"Key\":\"Amount\",\"Value\":1}",
		DONE ",{\"Key\":\"OriginalTransactionID\",\"Value\":\"UKL0000THER\"}",
	};
	struct shop shop;

	(void)state;
	shop_begin_sent(&shop);
	for (uint32_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		shop_post(&shop, &shop.result, "127.0.0.1",
			  shop_result(&shop, "0", "AG_1", forged[i]));
		shop_booked(&shop, false);
	}
	/* Of another order, and from an address that is not the provider's. */
	shop_post(&shop, &shop.result, "127.0.0.1", shop_result(&shop, "0", "AG_9", DONE));
	shop_says(&shop, "AG_9");
	shop_post(&shop, &shop.result, "127.0.0.1", shop_result(&shop, "21", "AG_9", ""));
	town_commit(
	    &shop.town,
	    town_join(&shop.town, HEAD ORDERS ", sources: [196.201.214.200]" TAIL, TOWN_R1, PEOPLE),
	    0);
	shop_done(&shop);
	shop_says(&shop, "127.0.0.1");
	shop_step(&shop, MINUTE_US);
	shop_status(&shop, &shop.status, "Reversed");
	shop_status(&shop, &shop.status, "Completed");
	assert_int_equal(shop_newest(&shop).status, QUESTION_OPEN);
	assert_int_equal(shop_newest(&shop).stood, 0);
	shop_booked(&shop, false);
	shop_post(&shop, &shop.result, "196.201.214.200", shop_result(&shop, "0", "AG_1", DONE));
	shop_booked(&shop, true);
	shop_end(&shop);
}

static void property_34_a_failed_question_is_no_refusal(void **state)
{
	struct shop shop;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	shop.breaks = true;
	shop_order(&shop, false);
	shop_step(&shop, 0);
	assert_int_equal(shop.ordered, 1);
	shop_says(&shop, "nobody knows whether the provider took");
	/* The queue's own word has the code of a refusal. */
	shop_post(&shop, &shop.timeout, "127.0.0.1", shop_result(&shop, "\"1\"", "AG_1", ""));
	shop_says(&shop, "queue");
	shop_post(&shop, &shop.timeout, "127.0.0.1", shop_result(&shop, "0", "AG_1", DONE));
	shop_step(&shop, MINUTE_US);
	assert_int_equal(shop.asked, 1);
	/* So has a question for which there is no right. */
	for (int i = 0; i < 2; i++)
		shop_post(&shop, &shop.status, "127.0.0.1", shop_result(&shop, "21", "AG_2", ""));
	assert_int_equal(shop_newest(&shop).status, QUESTION_OPEN);
	shop_booked(&shop, false);
	assert_int_equal(shop.ordered, 1);
	/* Its own word is one, though nobody knows its name. */
	shop_post(&shop, &shop.result, "127.0.0.1", shop_result(&shop, "21", "AG_7", ""));
	assert_int_equal(shop_newest(&shop).status, QUESTION_NO);
	shop_booked(&shop, false);
	shop_end(&shop);
}

static void property_34_lost_answers_are_asked_for(void **state)
{
	struct shop shop;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	shop.breaks = true;
	shop_order(&shop, false);
	shop_step(&shop, 0);
	town_restart(&shop.town);
	shop_step(&shop, SECOND_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 0);
	shop_step(&shop, MINUTE_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 1);
	for (int i = 0; i < 2; i++)
		shop_status(&shop, &shop.status, "Reversed");
	shop_booked(&shop, true);
	shop_says(&shop, "is reversed");
	shop_done(&shop); /* late */
	shop_booked(&shop, true);
	shop_step(&shop, 2 * HOUR_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 1);
	shop_end(&shop);
}

/* It stands, again and again: a person decides, and only he. */
static void property_34_a_person_orders_again(void **state)
{
	int64_t later_us = 0;
	struct digest former;
	struct shop shop;

	(void)state;
	shop_begin_sent(&shop);
	/* Said twice, it was said once; and early it says little. */
	shop_step(&shop, later_us = MINUTE_US);
	former = shop.status;
	for (int i = 0; i < 3; i++)
		shop_status(&shop, &shop.status, "Completed");
	assert_int_equal(shop_newest(&shop).stood, 1);
	shop_says(&shop, "still stands");
	shop_step(&shop, later_us += 5 * MINUTE_US);
	assert_false(digest_equal(&former, &shop.status));
	/* An answer to a former question is old. */
	shop_status(&shop, &former, "Completed");
	assert_int_equal(shop_newest(&shop).stood, 1);
	shop_status(&shop, &shop.status, "Completed");
	assert_int_equal(shop_newest(&shop).stood, 2);
	assert_int_equal(shop_newest(&shop).status, QUESTION_OPEN);
	shop_refuses(&shop, RECEIPT, true, "already");
	shop_step(&shop, later_us += 20 * MINUTE_US);
	shop_status(&shop, &shop.status, "Completed");
	assert_int_equal(shop_newest(&shop).status, QUESTION_UNKNOWN);
	shop_says(&shop, "nobody knows what became of the order; the payment still stands at");
	shop_booked(&shop, false);
	shop_refuses(&shop, RECEIPT, false, "--again");
	assert_int_equal(shop.ordered, 1);
	/* One more comes to nothing: of the former nobody knows as before. */
	shop_order(&shop, true);
	shop_step(&shop, 11 * MINUTE_US);
	shop_says(&shop, "ten minutes");
	shop_refuses(&shop, RECEIPT, false, "--again");
	shop_order(&shop, true);
	shop_step(&shop, 0);
	assert_int_equal(shop.ordered, 2);
	shop_done(&shop);
	shop_booked(&shop, true);
	/* The former one had worked after all: it is booked already. */
	shop_step(&shop, later_us += 2 * HOUR_US);
	shop_booked(&shop, true);
	assert_int_equal(shop.ordered, 2);
	shop_end(&shop);
}

static void property_34_on_ignorance_nobody_orders_again(void **state)
{
	struct question question;
	struct shop shop;
	bool fresh;

	(void)state;
	shop_begin(&shop, HEAD ORDERS TAIL);
	shop_order(&shop, false);
	for (uint32_t i = 0; i < 110; i++)
		shop_step(&shop, i * 61 * MINUTE_US);
	assert_int_equal(shop.ordered, 1);
	assert_in_range(shop.asked, 90, 100);
	assert_int_equal(shop_newest(&shop).status, QUESTION_UNKNOWN);
	shop_refuses(&shop, RECEIPT, true, "nor whether");
	/* Nor does the database let anybody. */
	question = shop_newest(&shop);
	if (!store_begin(shop.town.seat.store, &shop.why))
		fail_msg("%s", shop.why.text);
	assert_false(questions_start(&fresh, &question, shop.town.seat.store, clock_now(),
				     &shop.town.arena, &shop.why));
	store_abort(shop.town.seat.store);
	assert_non_null(strstr(shop.why.text, "former order"));
	/* A late word still counts. */
	shop_done(&shop);
	shop_booked(&shop, true);
	shop_end(&shop);
}

/* Whose channel is gone can neither be asked nor heard; both is shown, and mends itself. */
static void without_a_channel_it_is_shown(void **state)
{
	struct shop shop;

	(void)state;
	shop_begin_sent(&shop);
	town_commit(&shop.town, town_join(&shop.town, town_basics, TOWN_R1, PEOPLE), 0);
	shop_step(&shop, MINUTE_US);
	shop_says(&shop, "cannot be asked");
	assert_int_equal(shop.asked, 0);
	town_commit(&shop.town,
		    town_join(&shop.town,
			      "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: "
			      "Africa/Nairobi\n---\nkind: Site\nname: kasarani\n---\nkind: "
			      "Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 "
			      "month\nspeed: {down: 10M, up: 5M}\n",
			      TOWN_R1, PEOPLE),
		    0);
	shop_done(&shop);
	shop_says(&shop, "not declared");
	shop_booked(&shop, false);
	town_commit(&shop.town, town_join(&shop.town, HEAD ORDERS TAIL, TOWN_R1, PEOPLE), 0);
	shop_step(&shop, 10 * MINUTE_US);
	assert_int_equal(shop.asked, 1);
	shop_status(&shop, &shop.status, "Reversed");
	shop_booked(&shop, true);
	shop_end(&shop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_34_what_nobody_understands_moves_nothing),
		cmocka_unit_test(property_34_forged_results_count_nothing),
		cmocka_unit_test(property_34_a_failed_question_is_no_refusal),
		cmocka_unit_test(property_34_lost_answers_are_asked_for),
		cmocka_unit_test(property_34_a_person_orders_again),
		cmocka_unit_test(property_34_on_ignorance_nobody_orders_again),
		cmocka_unit_test(without_a_channel_it_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
