/*
 * What nobody proves stands in the way of nothing: it is held, and whatever is proven about its
 * receipt books that with an amount and an owner of its own, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "claims.h"

#include "base/clock.h"
#include "money/booking.h"
#include "money/booking_attempt.h"
#include "provider/provider.h"
#include "state/attempts.h"
#include "state/doubts.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/questions.h"

/* ---- a word and a prompt --------------------------------------------------------------------- */

static void property_10_an_unproven_receipt_is_not_that_of_a_prompt(void **state)
{
	struct town town;

	(void)state;
	claims_begin(&town);
	(void)prompt_paid_by_query(&town);
	CREDITED(&town, 1, 250000);
	/* Whoever has the token names any receipt, and the payer. */
	claim(&town, X, "2500.00", "KN-0042");
	assert_int_equal(town_payment(&town, X).status, PAYMENT_HELD);
	claim(&town, Y, "2500.00", "KN-0042");
	answer(&town, Y, Y, "2500.00", PAYER);
	/* The true one is the prompt's. */
	assert_int_equal(town_payment(&town, Y).id, town_payment(&town, "STK-1").id);
	CREDITED(&town, 1, 250000);
	assert_int_equal(town_waiting(&town), 1);
	claim(&town, Y, "2500.00", "KN-0042");
	CREDITED(&town, 1, 250000);
	town_end(&town);
}

/* And the other way: a word is not what paid a prompt. */
static void property_10_a_prompt_is_not_paid_by_a_word(void **state)
{
	struct town town;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "2500.00", "KN-0042");
	(void)prompt_paid_by_query(&town);
	assert_int_equal(town_payment(&town, X).status, PAYMENT_HELD);
	claim(&town, Y, "2500.00", "KN-0042");
	answer(&town, Y, Y, "2500.00", PAYER);
	assert_int_equal(town_payment(&town, Y).id, town_payment(&town, "STK-1").id);
	CREDITED(&town, 1, 250000);
	town_end(&town);
}

/* Who paid, and when, is no more proven than the rest: a lie about it is not a second payment. */
static void property_10_a_false_payer_does_not_count_a_prompt_twice(void **state)
{
	static const char *const payers[] = { PAYER, NULL };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct town town;

		claims_begin(&town);
		(void)prompt_paid_by_query(&town);
		claim_on(&town, "main", "127.0.0.1", X, "2500.00", "KN-0099", "254700000001");
		answer(&town, X, X, "2500.00", payers[i]);
		CREDITED(&town, 1, 250000);
		if (payers[i] != NULL)
			assert_int_equal(town_payment(&town, X).id,
					 town_payment(&town, "STK-1").id);
		else
			assert_true(town_payment(&town, X).reason.size > 0 &&
				    strstr(town_payment(&town, X).reason.at, "prompt") != NULL);
		town_end(&town);
	}
}

static void property_12_another_payer_is_another_payment(void **state)
{
	struct town town;

	(void)state;
	claims_begin(&town);
	(void)prompt_paid_by_query(&town);
	claim_on(&town, "main", "127.0.0.1", X, "2500.00", "KN-0099", "254700000001");
	answer(&town, X, X, "2500.00", "254700000001");
	CREDITED(&town, 2, 500000);
	assert_true(text_is(town_payment(&town, X).account, "KN-0099"));
	town_end(&town);
}

static void a_person_cannot_count_a_prompt_twice(void **state)
{
	struct error error = { 0 };
	struct town town;

	(void)state;
	claims_begin(&town);
	(void)prompt_paid_by_query(&town);
	claim(&town, X, "2500.00", "KN-0042");
	assert_false(town_assign(&town, X, "KN-0099", &error));
	assert_non_null(strstr(error.text, "prompt a-1"));
	assert_true(town_assign(&town, X, "KN-0042", &error));
	CREDITED(&town, 1, 250000);
	assert_int_equal(town_payment(&town, X).id, town_payment(&town, "STK-1").id);
	assert_int_equal(town_waiting(&town), 0);
	town_end(&town);
}

/* The result on the attempt's own URL names a receipt that somebody said something else about: it
 * is only said, too, and tells whose it is once the provider names it. */
static void a_prompts_result_passes_a_word(void **state)
{
	static const char result[] =
	    "{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"ws_CO_1\",\"ResultCode\":0,"
	    "\"CallbackMetadata\":{\"Item\":[{\"Name\":\"Amount\",\"Value\":2500.00},"
	    "{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"" X "\"}]}}}}";

	(void)state;
	for (int round = 0; round < 2; round++) {
		struct attempt attempt;
		struct town town;

		claims_begin(&town);
		claim(&town, X, round == 0 ? "1.00" : "2500.00", "KN-0099");
		attempt = prompt_paid_by_query(&town);
		town_result(&town, "main", attempt.id, text_of(result));
		CREDITED(&town, 1, 250000);
		assert_int_equal(town_waiting(&town), 1);
		answer(&town, X, X, "2500.00", NULL);
		CREDITED(&town, 1, 250000);
		assert_int_equal(town_payment(&town, X).id, town_payment(&town, "STK-1").id);
		assert_int_equal(town_waiting(&town), 0);
		town_end(&town);
	}
}

/* Held because it was paid to somebody else: no prompt of ours brought it, however alike it is. */
static void property_14_money_of_another_short_code_is_no_prompts(void **state)
{
	struct attempt attempt;
	struct town town;

	(void)state;
	claims_begin(&town);
	attempt = prompt_left(&town, prompt_start(&town, "quick", "daraja", PAYER, 250000),
			      TEXT("ws_CO_1"));
	town_say(&town, "quick", "127.0.0.1",
		 daraja_confirmation(&town, "999999", X, "2500.00", "KN-0042", text_of(PAYER)).at);
	town_tell(&town);
	assert_int_equal(town_payment(&town, X).status, PAYMENT_HELD);
	prompt_is_paid(&town, attempt.id);
	assert_int_equal(town_payment(&town, X).status, PAYMENT_HELD);
	CREDITED(&town, 1, 250000);
	claim_on(&town, "quick", "127.0.0.1", Y, "2500.00", "KN-0042", PAYER);
	assert_int_equal(town_payment(&town, Y).id, town_payment(&town, "STK-1").id);
	CREDITED(&town, 1, 250000);
	town_end(&town);
}

/* ---- words that lie -------------------------------------------------------------------------- */

static void property_03_a_false_amount_is_not_in_the_way(void **state)
{
	struct payment said;
	struct town town;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "1.00", "KN-0099");
	for (int i = 0; i < 3; i++)
		claim(&town, X, "2500.00", "KN-0042");
	assert_int_equal(town_waiting(&town), 2);
	answer(&town, X, X, "2500.00", PAYER);
	assert_int_equal(town_payment(&town, X).status, PAYMENT_CREDITED);
	assert_true(text_is(town_payment(&town, X).account, "KN-0042"));
	CREDITED(&town, 1, 250000);
	assert_int_equal(town_waiting(&town), 0);
	/* What was said is kept, under a name of its own. */
	said = town_payment(&town, "held-" X);
	assert_int_equal(said.amount_cents, 100);
	assert_int_equal(said.status, PAYMENT_HELD);
	/* The other question is answered, too: nothing more comes of it. */
	answer(&town, "held-2", X, "2500.00", PAYER);
	answer(&town, "held-" X, X, "2500.00", PAYER);
	claim(&town, X, "1.00", "KN-0099");
	CREDITED(&town, 1, 250000);
	town_end(&town);
}

static void property_14_what_nobody_said_truly_is_unmatched(void **state)
{
	struct error error = { 0 };
	struct town town;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "9000.00", "KN-0099");
	answer(&town, X, X, "2500.00", PAYER);
	assert_int_equal(town_payment(&town, X).status, PAYMENT_UNMATCHED);
	assert_int_equal(town_payment(&town, X).amount_cents, 250000);
	assert_int_equal(town_waiting(&town), 0);
	assert_true(town_assign(&town, X, "KN-0042", &error));
	CREDITED(&town, 1, 250000);
	town_end(&town);
}

static void property_07_who_disagree_whose_it_is_leave_it_to_a_person(void **state)
{
	struct town town;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "2500.00", "KN-0099");
	claim(&town, X, "2500.00", "KN-0042");
	answer(&town, X, X, "2500.00", PAYER);
	assert_int_equal(town_payment(&town, X).status, PAYMENT_UNMATCHED);
	CREDITED(&town, 0, 0);
	assert_int_equal(town_waiting(&town), 0);
	town_end(&town);
}

static bool state_on(struct town *town, const char *channel, const char *receipt, int64_t cents,
		     const char *account, struct text *why)
{
	struct notice notice = { .kind = NOTICE_PAID,
				 .receipt = text_of(receipt),
				 .has_amount = true,
				 .amount_cents = cents,
				 .reference = text_of(account),
				 .at = clock_now() };
	struct intent *intent = seat_intent(&town->seat);
	struct error error = { 0 };
	struct booked booked;

	if (!store_begin(town->seat.store, &error) ||
	    !booking_stated(&booked, why, &town->seat, intent,
			    intent_channel(intent, text_of(channel)), &notice, TEXT("amina"),
			    clock_now(), &town->arena, &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	intent_release(intent);
	return booked.changed;
}

static bool state_it(struct town *town, const char *receipt, int64_t cents, const char *account,
		     struct text *why)
{
	return state_on(town, "main", receipt, cents, account, why);
}

static void property_11_a_statement_counts_with_its_own_words(void **state)
{
	struct town town;
	struct text why;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "1.00", "KN-0099");
	claim(&town, Y, "2500.00", "KN-0099");
	assert_true(state_it(&town, X, 250000, "KN-0042", &why));
	assert_true(state_it(&town, Y, 250000, "KN-0042", &why));
	assert_int_equal(why.size, 0);
	assert_true(text_is(town_payment(&town, X).account, "KN-0042"));
	assert_true(text_is(town_payment(&town, Y).account, "KN-0042"));
	CREDITED(&town, 2, 500000);
	assert_int_equal(town_waiting(&town), 0);
	assert_false(state_it(&town, X, 250000, "KN-0042", &why));
	town_end(&town);
}

/* Under `trust: token`, too: the extra layer would be none. */
static void a_strange_source_takes_no_receipt(void **state)
{
	struct town town;

	(void)state;
	claims_begin(&town);
	claim_on(&town, "strict", "10.0.0.1", X, "1.00", "KN-0099", PAYER);
	assert_int_equal(town_payment(&town, X).status, PAYMENT_HELD);
	claim_on(&town, "strict", "196.201.214.200", X, "2500.00", "KN-0042", PAYER);
	assert_int_equal(town_payment(&town, X).amount_cents, 250000);
	CREDITED(&town, 1, 250000);
	assert_int_equal(town_waiting(&town), 0);
	town_end(&town);
}

/* ---- hands ----------------------------------------------------------------------------------- */

static void what_a_person_recorded_is_all_there_is(void **state)
{
	struct intent *intent;
	struct error error = { 0 };
	struct booked booked;
	struct town town;
	struct text why;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "1.00", "KN-0099");
	claim(&town, X, "2500.00", "KN-0042");
	intent = seat_intent(&town.seat);
	if (!store_begin(town.seat.store, &error) ||
	    !booking_cash(&booked, &town.seat, intent, TEXT("KN-0042"), TEXT("2500"),
			  TEXT("seen on the portal"), TEXT("amina"), clock_now(), &town.arena,
			  &error) ||
	    !booking_settle(&town.seat, TEXT("held-2"), &booked, TEXT("amina"), clock_now(),
			    &town.arena, &error) ||
	    !store_commit(town.seat.store, &error))
		fail_msg("%s", error.text);
	intent_release(intent);
	assert_int_equal(town_waiting(&town), 0);
	answer(&town, X, X, "2500.00", PAYER);
	answer(&town, "held-2", X, "2500.00", PAYER);
	assert_false(state_it(&town, X, 250000, "KN-0042", &why));
	assert_true(why.size > 0);
	CREDITED(&town, 1, 250000);
	town_end(&town);
}

static void a_released_one_is_listed_under_its_own_receipt(void **state)
{
	struct error error = { 0 };
	struct town town;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "2500.00", "nobody");
	assert_true(town_assign(&town, X, "KN-0042", &error));
	assert_int_equal(town_payment(&town, X).status, PAYMENT_CREDITED);
	answer(&town, X, X, "2500.00", PAYER);
	claim(&town, X, "2500.00", "nobody");
	CREDITED(&town, 1, 250000);
	assert_int_equal(town_waiting(&town), 0);
	town_end(&town);
}

/* ---- doubts ---------------------------------------------------------------------------------- */

/* The newest word about a payment; -1: nobody doubts it. */
static int doubt_of(struct town *town, const char *receipt)
{
	struct error error = { 0 };
	struct doubt *doubts;
	uint32_t count;

	if (!doubts_of(&doubts, &count, town->seat.store, town_payment(town, receipt).id,
		       &town->arena, &error))
		fail_msg("%s", error.text);
	return count == 0 ? -1 : (int)doubts[count - 1].verdict;
}

/* A receipt of that day, as M-PESA makes them. */
static const char *receipt_of(struct town *town, int64_t at, const char *rest)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
	struct civil civil = zone_civil(zone_utc(), at + 3 * HOUR_US);

	return text_format(&town->arena, "%c%c%c%s", 'A' + civil.year - 2006, 'A' + civil.month - 1,
			   digits[civil.day], rest)
	    .at;
}

static uint32_t asked_about(struct town *town, const char *receipt)
{
	struct error error = { 0 };
	struct question question;
	bool found;

	if (!questions_of_payment(&found, &question, town->seat.store,
				  town_payment(town, receipt).id, QUESTION_VERIFY, &town->arena,
				  &error))
		fail_msg("%s", error.text);
	return found;
}

static void property_32_an_odd_receipt_is_asked_about_and_decides_nothing(void **state)
{
	const char *fresh, *late, *odd;
	struct town town;

	(void)state;
	claims_begin(&town);
	fresh = receipt_of(&town, clock_now(), "51ZDR4F");
	late = receipt_of(&town, clock_now() - DAY_US, "51ZDR4F");
	odd = receipt_of(&town, clock_now() - 3 * DAY_US, "51ZDR4F");
	claim_on(&town, "quick", "127.0.0.1", fresh, "2500.00", "KN-0042", PAYER);
	claim_on(&town, "quick", "127.0.0.1", late, "2500.00", "KN-0042", PAYER);
	assert_int_equal(doubt_of(&town, fresh), -1);
	assert_int_equal(doubt_of(&town, late), -1);
	assert_false(asked_about(&town, fresh));
	claim_on(&town, "quick", "127.0.0.1", odd, "2500.00", "KN-0042", PAYER);
	claim_on(&town, "quick", "127.0.0.1", "SHOP-00017", "2500.00", "KN-0042", PAYER);
	CREDITED(&town, 4, 1000000);
	assert_int_equal(doubt_of(&town, odd), DOUBT_ODD);
	assert_int_equal(doubt_of(&town, "SHOP-00017"), DOUBT_ODD);
	assert_true(asked_about(&town, odd));
	answer_on(&town, "quick", odd, odd, "2500.00", PAYER);
	answer_on(&town, "quick", "SHOP-00017", "SHOP-00017", "10.00", PAYER);
	assert_int_equal(doubt_of(&town, odd), DOUBT_TRUE);
	assert_int_equal(doubt_of(&town, "SHOP-00017"), DOUBT_FALSE);
	/* A person decides what becomes of it. */
	CREDITED(&town, 4, 1000000);
	town_end(&town);
}

/* Nobody can be asked on that channel: it is written down, and counts as ever. */
static void property_32_without_anybody_to_ask_it_is_only_noted(void **state)
{
	struct doubt_totals totals;
	struct error error = { 0 };
	struct town town;

	(void)state;
	claims_begin(&town);
	claim_on(&town, "strict", "196.201.214.200", "AAA0000001", "2500.00", "KN-0042", PAYER);
	CREDITED(&town, 1, 250000);
	assert_int_equal(doubt_of(&town, "AAA0000001"), DOUBT_ODD);
	assert_false(asked_about(&town, "AAA0000001"));
	assert_true(doubts_totals(&totals, town.seat.store, &town.arena, &error));
	assert_int_equal(totals.count[DOUBT_ODD], 1);
	town_end(&town);
}

/* Under `trust: token` a forged confirmation counts, as its channel says; then the provider's own
 * list has another amount: both are there for a person, and nothing counts twice. */
static void property_03_a_believed_lie_is_found_out_and_not_doubled(void **state)
{
	struct payment beside;
	struct town town;
	struct text why;

	(void)state;
	claims_begin(&town);
	claim_on(&town, "quick", "127.0.0.1", X, "1.00", "KN-0099", PAYER);
	CREDITED(&town, 1, 100);
	for (int i = 0; i < 2; i++) {
		(void)state_on(&town, "quick", X, 250000, "KN-0042", &why);
		assert_true(why.size > 0);
	}
	CREDITED(&town, 1, 100);
	assert_int_equal(doubt_of(&town, X), DOUBT_FALSE);
	assert_int_equal(town_waiting(&town), 1);
	beside = town_payment(&town, "held-2");
	assert_int_equal(beside.amount_cents, 250000);
	assert_non_null(strstr(beside.reason.at, X));
	town_end(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_10_an_unproven_receipt_is_not_that_of_a_prompt),
		cmocka_unit_test(property_10_a_prompt_is_not_paid_by_a_word),
		cmocka_unit_test(property_10_a_false_payer_does_not_count_a_prompt_twice),
		cmocka_unit_test(property_12_another_payer_is_another_payment),
		cmocka_unit_test(a_person_cannot_count_a_prompt_twice),
		cmocka_unit_test(a_prompts_result_passes_a_word),
		cmocka_unit_test(property_14_money_of_another_short_code_is_no_prompts),
		cmocka_unit_test(property_03_a_false_amount_is_not_in_the_way),
		cmocka_unit_test(property_14_what_nobody_said_truly_is_unmatched),
		cmocka_unit_test(property_07_who_disagree_whose_it_is_leave_it_to_a_person),
		cmocka_unit_test(property_11_a_statement_counts_with_its_own_words),
		cmocka_unit_test(a_strange_source_takes_no_receipt),
		cmocka_unit_test(what_a_person_recorded_is_all_there_is),
		cmocka_unit_test(a_released_one_is_listed_under_its_own_receipt),
		cmocka_unit_test(property_32_an_odd_receipt_is_asked_about_and_decides_nothing),
		cmocka_unit_test(property_32_without_anybody_to_ask_it_is_only_noted),
		cmocka_unit_test(property_03_a_believed_lie_is_found_out_and_not_doubled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
