/*
 * Whoever knows a secret URL, of a channel that believes nobody unasked: what he says there brings
 * him nothing, and stands in nobody's way.
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
#include "money/booking_refund.h"
#include "provider/provider.h"
#include "state/attempts.h"
#include "state/inbox.h"
#include "state/ledger.h"

#define FORGED "UKL51ZDR9F"

/* A result of an STK push that says paid (payments facts 1.3). */
static struct text paid(struct town *town, const char *prompt, const char *amount,
			const char *receipt)
{
	return text_format(&town->arena,
			   "{\"Body\":{\"stkCallback\":{\"MerchantRequestID\":\"m-1\","
			   "\"CheckoutRequestID\":\"%s\",\"ResultCode\":0,\"ResultDesc\":\"-\","
			   "\"CallbackMetadata\":{\"Item\":[{\"Name\":\"Amount\",\"Value\":%s},"
			   "{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"%s\"}]}}}}",
			   prompt, amount, receipt);
}

/* Paid, as the provider said in answer to two questions; then its URL leaks. */
static void property_03_a_paid_prompt_is_not_paid_again_by_a_forgery(void **state)
{
	struct attempt attempt;
	struct town town;

	(void)state;
	claims_begin(&town);
	claim(&town, Y, "2500.00", "KN-0042");
	answer(&town, Y, Y, "2500.00", PAYER);
	attempt = prompt_paid_by_query(&town);
	assert_true(text_is(prompt_of(&town, attempt.id).receipt, Y));
	CREDITED(&town, 1, 250000);
	town_result(&town, "main", attempt.id, paid(&town, "ws_CO_1", "2500", FORGED));
	CREDITED(&town, 1, 250000);
	assert_int_equal(town_waiting(&town), 1);
	town_end(&town);
}

/* The receipt that a result names is only said, too, before the answer and after it. */
static void property_10_a_forged_receipt_does_not_count_a_prompt_twice(void **state)
{
	(void)state;
	for (int order = 0; order < 4; order++) {
		const char *payer = order < 2 ? PAYER : NULL;
		struct attempt attempt;
		struct town town;

		claims_begin(&town);
		attempt = prompt_sent(&town);
		if (order % 2 == 0)
			town_result(&town, "main", attempt.id,
				    paid(&town, "ws_CO_1", "2500", FORGED));
		prompt_is_paid(&town, attempt.id);
		CREDITED(&town, 1, 250000);
		if (order % 2 == 1)
			town_result(&town, "main", attempt.id,
				    paid(&town, "ws_CO_1", "2500", FORGED));
		claim_on(&town, "main", "127.0.0.1", Y, "2500.00", "KN-0042",
			 payer == NULL ? "2547 ***** 678" : PAYER);
		answer(&town, Y, Y, "2500.00", payer);
		CREDITED(&town, 1, 250000);
		assert_true(text_is(prompt_of(&town, attempt.id).receipt, Y));
		assert_int_equal(town_waiting(&town), 0);
		town_end(&town);
	}
}

/* Where nobody names the payer, what was said tells whose receipt it is, once it is proven. */
static void property_11_a_masked_payer_is_known_by_the_receipt_that_was_said(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct attempt attempt;
		struct town town;

		claims_begin(&town);
		attempt = prompt_sent(&town);
		if (order == 0)
			town_result(&town, "main", attempt.id, paid(&town, "ws_CO_1", "2500", Y));
		prompt_is_paid(&town, attempt.id);
		if (order == 1)
			town_result(&town, "main", attempt.id, paid(&town, "ws_CO_1", "2500", Y));
		assert_true(text_is(prompt_of(&town, attempt.id).hint, Y));
		claim_on(&town, "main", "127.0.0.1", Y, "2500.00", "0042?", "2547 ***** 678");
		answer(&town, Y, Y, "2500.00", NULL);
		assert_int_equal(town_payment(&town, Y).id, town_payment(&town, "STK-1").id);
		CREDITED(&town, 1, 250000);
		assert_int_equal(town_waiting(&town), 0);
		town_end(&town);
	}
}

/* Somebody else's money that waits for its owner is not his whose prompt's URL leaked. */
static void property_03_a_result_does_not_take_the_money_of_another(void **state)
{
	struct attempt attempt;
	struct town town;

	(void)state;
	claims_begin(&town);
	claim_on(&town, "main", "127.0.0.1", X, "2500.00", "a typing error", "254700000001");
	answer(&town, X, X, "2500.00", "254700000001");
	assert_int_equal(town_payment(&town, X).status, PAYMENT_UNMATCHED);
	attempt = prompt_sent(&town);
	town_result(&town, "main", attempt.id, paid(&town, "ws_CO_1", "2500", X));
	prompt_is_paid(&town, attempt.id);
	town_result(&town, "main", attempt.id, paid(&town, "ws_CO_1", "2500", X));
	assert_int_equal(town_payment(&town, X).status, PAYMENT_UNMATCHED);
	CREDITED(&town, 1, 250000);
	town_end(&town);
}

/* A prompt of which the answer was lost, so that nobody knows its name yet. */
static struct attempt prompt_without_name(struct town *town, int64_t cents, const char *phone,
					  const char *name)
{
	struct attempt attempt = { .channel = TEXT("main"),
				   .provider = TEXT("daraja"),
				   .shortcode = TEXT("600638"),
				   .subscriber = TEXT("kn0042"),
				   .account = TEXT("KN-0042"),
				   .phone = text_of(phone),
				   .cents = cents };
	struct error error = { 0 };
	bool fresh;

	if (!store_begin(town->seat.store, &error) ||
	    !attempts_start(&fresh, &attempt, town->seat.store, clock_now(), &town->arena, &error))
		fail_msg("%s", error.text);
	assert_true(fresh);
	attempt.sent_at = clock_now();
	attempt.provider_ref = text_of(name);
	if (!attempts_write(town->seat.store, &attempt, clock_now(), &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	return attempt;
}

/* The query would say "paid" of a cheap prompt, and the dear one would be credited. */
static void property_03_a_prompt_does_not_take_the_name_of_another(void **state)
{
	static const char *const failed =
	    "{\"Body\":{\"stkCallback\":{\"MerchantRequestID\":\"m-1\",\"CheckoutRequestID\":"
	    "\"ws_CO_2\",\"ResultCode\":1032,\"ResultDesc\":\"-\"}}}";
	struct attempt dear, cheap;
	struct town town;

	(void)state;
	claims_begin(&town);
	dear = prompt_without_name(&town, 250000, PAYER, "");
	cheap = prompt_without_name(&town, 1000, "254700000001", "ws_CO_2");
	town_result(&town, "main", dear.id, paid(&town, "ws_CO_2", "2500", FORGED));
	assert_int_equal(prompt_of(&town, dear.id).provider_ref.size, 0);
	town_result(&town, "main", dear.id, text_of(failed));
	assert_int_equal(prompt_of(&town, dear.id).provider_ref.size, 0);
	/* Its own name it takes. */
	town_result(&town, "main", dear.id, paid(&town, "ws_CO_1", "2500", FORGED));
	assert_true(text_is(prompt_of(&town, dear.id).provider_ref, "ws_CO_1"));
	assert_true(text_is(prompt_of(&town, cheap.id).provider_ref, "ws_CO_2"));
	CREDITED(&town, 0, 0);
	town_end(&town);
}

/* Any number of different words about one receipt: they cost a bounded number of lines. */
static void property_25_words_about_one_receipt_are_bounded(void **state)
{
	static struct inbox_line lines[250];
	struct town town;

	(void)state;
	claims_begin(&town);
	for (uint32_t i = 0; i < ARRAY_COUNT(lines); i++)
		lines[i] = (struct inbox_line){
			.channel = TEXT("main"),
			.provider = TEXT("daraja"),
			.kind = TEXT("confirmation"),
			.received_at = clock_now(),
			.source = TEXT("127.0.0.1"),
			.body = text_format(&town.arena,
					    "{\"TransID\":\"%s\",\"TransAmount\":\"2500\","
					    "\"BusinessShortCode\":\"600638\","
					    "\"BillRefNumber\":\"GUESS-%u\"}",
					    X, i),
		};
	town_hear(&town, lines, ARRAY_COUNT(lines));
	town_tell(&town);
	assert_true(town_waiting(&town) <= 40);
	/* The true one is said among them, and proven. */
	claim(&town, X, "2500.00", "KN-0042");
	answer(&town, X, X, "2500.00", PAYER);
	assert_int_equal(town_waiting(&town), 0);
	town_end(&town);
}

/* Sums are 64 bits: what is said so often must not make one that nobody can write down. */
static void property_08_a_monstrous_amount_is_held(void **state)
{
	struct error error = { 0 };
	struct town town;

	(void)state;
	claims_begin(&town);
	claim_on(&town, "quick", "127.0.0.1", X, "10000000000000.00", "KN-0042", PAYER);
	claim_on(&town, "quick", "127.0.0.1", Y, "1000000000.01", "NOBODY", "254700000001");
	assert_int_equal(town_payment(&town, X).status, PAYMENT_HELD);
	assert_int_equal(town_payment(&town, Y).status, PAYMENT_HELD);
	claim_on(&town, "quick", "127.0.0.1", FORGED, "1000000000", "NOBODY", "254700000001");
	assert_int_equal(town_payment(&town, FORGED).status, PAYMENT_UNMATCHED);
	CREDITED(&town, 0, 0);
	/* A person may know better. */
	assert_true(town_assign(&town, Y, "KN-0099", &error));
	CREDITED(&town, 1, 100000000001);
	town_end(&town);
}

/* Given back while the provider is asked: its answer changes nothing any more. */
static void property_13_what_was_refunded_is_not_credited_by_a_late_answer(void **state)
{
	struct error error = { 0 };
	struct refunded refunded;
	struct intent *intent;
	struct town town;

	(void)state;
	claims_begin(&town);
	claim(&town, X, "2500.00", "KN-0042");
	intent = seat_intent(&town.seat);
	if (!store_begin(town.seat.store, &error) ||
	    !booking_refund(&refunded, &town.seat, intent, text_of(X), TEXT("in cash"),
			    TEXT("amina"), clock_now(), &town.arena, &error) ||
	    !store_commit(town.seat.store, &error))
		fail_msg("%s", error.text);
	intent_release(intent);
	answer(&town, X, X, "2500.00", PAYER);
	claim(&town, X, "2500.00", "KN-0042");
	claim(&town, "ukl51zdr4f ", "2500", "KN-0042");
	assert_int_equal(town_payment(&town, X).status, PAYMENT_REVERSED);
	CREDITED(&town, 0, 0);
	town_end(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_03_a_paid_prompt_is_not_paid_again_by_a_forgery),
		cmocka_unit_test(property_10_a_forged_receipt_does_not_count_a_prompt_twice),
		cmocka_unit_test(property_11_a_masked_payer_is_known_by_the_receipt_that_was_said),
		cmocka_unit_test(property_03_a_result_does_not_take_the_money_of_another),
		cmocka_unit_test(property_03_a_prompt_does_not_take_the_name_of_another),
		cmocka_unit_test(property_08_a_monstrous_amount_is_held),
		cmocka_unit_test(property_13_what_was_refunded_is_not_credited_by_a_late_answer),
		cmocka_unit_test(property_25_words_about_one_receipt_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
