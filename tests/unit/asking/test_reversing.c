/*
 * Money ordered back through its provider: an order leaves once, the provider's word on the order's
 * own URL or about the payment books it, once, and nothing else does. Properties 13 and 34.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "prompts.h"

#include "base/clock.h"
#include "money/booking.h"
#include "money/booking_refund.h"
#include "money/booking_reversal.h"
#include "state/ledger.h"
#include "state/questions.h"
#include "state/street.h"

#define PEOPLE "kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n"
#define HEAD                                                                              \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"          \
	"payments:\n  - {name: main, provider: daraja, environment: sandbox, shortcode: " \
	"\"600638\", type: paybill, token: {env: WAVU_TEST_TOKEN}, "                      \
	"consumer_key: {env: WAVU_TEST_KEY}, consumer_secret: {env: WAVU_TEST_KEY}"
#define TAIL                                                                         \
	"}\n---\nkind: Site\nname: kasarani\n"                                       \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 " \
	"month\nspeed: {down: 10M, up: 5M}\n"
#define ORDERS ", initiator: wavu, security_credential: {env: WAVU_TEST_KEY}"
#define RECEIPT "UK151ZDR4F" /* of the day of town_pay: nothing is odd about it */
#define TAKEN                                                                          \
	"{\"ConversationID\":\"AG_1\",\"ResponseCode\":\"0\",\"ResponseDescription\":" \
	"\"Accepted\"}"

/* The provider: what it was asked, and what it acknowledges. */
struct shop {
	struct http http;
	struct town town;
	uint32_t ordered, asked;
	struct digest result, timeout, status; /* of the tokens in the newest URLs */
	bool breaks;                           /* no answer comes to an order */
	uint32_t answer_status;                /* 0: 200 */
	const char *answer;                    /* to an order; NULL: taken */
	int64_t later_us;                      /* of the newest step */
	struct error why;
};

static bool shop_call(struct http *http, const struct http_call *call, struct http_reply *reply,
		      struct arena *arena, struct error *error)
{
	struct shop *shop = (struct shop *)http;
	char body[2048] = { 0 };

	*reply = (struct http_reply){ .status = 200, .was_sent = true };
	if (text_contains_nocase(call->url, TEXT("/oauth/"))) {
		reply->body = TEXT("{\"access_token\":\"t\",\"expires_in\":\"3599\"}");
		return true;
	}
	assert_true(call->body.size < sizeof(body));
	memcpy(body, call->body.at, call->body.size);
	assert_non_null(strstr(body, "\"" RECEIPT "\""));
	reply->body = TEXT(TAKEN);
	if (text_ends(call->url, TEXT("/mpesa/transactionstatus/v1/query"))) {
		assert_true(call->again);
		shop->status = played_token(body, "\"ResultURL\"");
		shop->asked++;
		return true;
	}
	assert_true(text_ends(call->url, TEXT("/mpesa/reversal/v1/request")));
	assert_false(call->again);
	assert_non_null(strstr(body, "\"Amount\":\"2500\""));
	assert_non_null(strstr(body, "\"RecieverIdentifierType\":\"11\""));
	shop->result = played_token(body, "\"ResultURL\"");
	shop->timeout = played_token(body, "\"QueueTimeOutURL\"");
	assert_false(digest_equal(&shop->result, &shop->timeout));
	shop->ordered++;
	if (shop->breaks)
		return error_set(error, ERROR_UNREACHABLE, "the line broke");
	if (shop->answer_status != 0)
		reply->status = shop->answer_status;
	if (shop->answer != NULL)
		reply->body = text_copy(arena, text_of(shop->answer));
	return true;
}

static const struct http_verbs shop_verbs = PLAYED(shop_call);

static void begin(struct shop *shop, const char *tenant)
{
	*shop = (struct shop){ .http = { &shop_verbs } };
	town_open(&shop->town, 1);
	town_commit(&shop->town, town_join(&shop->town, tenant, TOWN_R1, PEOPLE), 0);
	town_pay(&shop->town, RECEIPT, "2500.00", "KN-0042");
	town_tell(&shop->town);
	assert_int_equal(town_payment(&shop->town, RECEIPT).status, PAYMENT_CREDITED);
}

static void end(struct shop *shop)
{
	town_end(&shop->town);
}

/* With an asker of its own: the budget is of real seconds. */
static void step(struct shop *shop, int64_t later_us)
{
	town_ask_afresh(&shop->town, &shop->http, later_us);
}

static bool try_order(struct shop *shop, const char *receipt, bool again)
{
	struct seat *seat = &shop->town.seat;
	struct intent *intent = seat_intent(seat);
	const struct reversal_wish wish = { .receipt = text_of(receipt),
					    .reason = TEXT("paid twice"),
					    .actor = TEXT("op"),
					    .again = again };
	struct question order;
	bool ok;

	shop->why = (struct error){ 0 };
	if (!store_begin(seat->store, &shop->why))
		fail_msg("%s", shop->why.text);
	ok = booking_reversal_order(&order, seat, intent, &wish, clock_now(), &shop->town.arena,
				    &shop->why);
	if (ok)
		ok = store_commit(seat->store, &shop->why);
	else
		store_abort(seat->store);
	intent_release(intent);
	return ok;
}

static void order(struct shop *shop, bool again)
{
	if (!try_order(shop, RECEIPT, again))
		fail_msg("%s", shop->why.text);
}

static void refused(struct shop *shop, const char *receipt, bool again, const char *word)
{
	assert_false(try_order(shop, receipt, again));
	if (strstr(shop->why.text, word) == NULL)
		fail_msg("no \"%s\" in: %s", word, shop->why.text);
}

/* An order has left. */
static void begin_sent(struct shop *shop)
{
	begin(shop, HEAD ORDERS TAIL);
	order(shop, false);
	step(shop, 0);
}

static struct question newest(struct shop *shop)
{
	struct question question;
	bool found;

	if (!questions_of_payment(&found, &question, shop->town.seat.store,
				  town_payment(&shop->town, RECEIPT).id, QUESTION_REVERSE,
				  &shop->town.arena, &shop->why))
		fail_msg("%s", shop->why.text);
	assert_true(found);
	return question;
}

static void says(struct shop *shop, const char *word)
{
	if (!text_contains_nocase(newest(shop).why, text_of(word)))
		fail_msg("no \"%s\" in: %.*s", word, TEXT_ARG(newest(shop).why));
}

/* Something arrives on the URL with that token, from there. */
static void post(struct shop *shop, const struct digest *token, const char *source,
		 const char *body)
{
	struct town *town = &shop->town;
	struct inbox_line line = { .channel = TEXT("main"),
				   .provider = TEXT("daraja"),
				   .kind = TEXT("attempt"),
				   .received_at = clock_now(),
				   .source = text_of(source),
				   .body = text_of(body) };
	struct street_attempt row;
	bool found;

	if (!street_attempt_find(&found, &row, town->seat.store, token, TEXT("main"), clock_now(),
				 &town->arena, &shop->why))
		fail_msg("%s", shop->why.text);
	assert_true(found);
	line.attempt = row.attempt;
	town_hear(town, &line, 1);
	town_tell(town);
}

static const char *result_of(struct shop *shop, const char *code, const char *conversation,
			     const char *parameters)
{
	return text_format(&shop->town.arena,
			   "{\"Result\":{\"ResultType\":0,\"ResultCode\":%s,\"ResultDesc\":\"-\","
			   "\"ConversationID\":\"%s\",\"TransactionID\":\"UKL0000RID\","
			   "\"ResultParameters\":{\"ResultParameter\":[%s]}}}",
			   code, conversation, parameters)
	    .at;
}

#define DONE_OF(receipt, amount)                                                     \
	"{\"Key\":\"Amount\",\"Value\":" amount "},{\"Key\":\"TransCompletedTime\"," \
	"\"Value\":20211114132711},{\"Key\":\"OriginalTransactionID\",\"Value\":\"" receipt "\"}"
#define DONE DONE_OF(RECEIPT, "2500.00")

static void done(struct shop *shop)
{
	post(shop, &shop->result, "127.0.0.1", result_of(shop, "0", "AG_1", DONE));
}

static void code(struct shop *shop, const char *word)
{
	post(shop, &shop->result, "127.0.0.1", result_of(shop, word, "AG_1", ""));
}

static void status(struct shop *shop, const struct digest *token, const char *word)
{
	struct text items = text_format(
	    &shop->town.arena,
	    "{\"Key\":\"TransactionReason\"},{\"Key\":\"TransactionStatus\",\"Value\":"
	    "\"%s\"},{\"Key\":\"Amount\",\"Value\":\"2500\"},{\"Key\":\"ReceiptNo\","
	    "\"Value\":\"" RECEIPT "\"}",
	    word);

	post(shop, token, "127.0.0.1", result_of(shop, "0", "AG_2", items.at));
}

/* Where the books stand: one payment, taken back or not, and what it bought. */
static void booked(struct shop *shop, bool reversed)
{
	struct ledger_line *lines;
	struct standing standing;
	uint32_t count = 0, refunds = 0;

	assert_int_equal(town_payment(&shop->town, RECEIPT).status,
			 reversed ? PAYMENT_REVERSED : PAYMENT_CREDITED);
	if (!ledger_standing(&standing, shop->town.seat.store, TEXT("kn0042"), &shop->town.arena,
			     &shop->why) ||
	    !ledger_history(&lines, &count, shop->town.seat.store, TEXT("kn0042"), 50,
			    &shop->town.arena, &shop->why))
		fail_msg("%s", shop->why.text);
	assert_int_equal(standing.balance_cents, 0);
	assert_int_equal(standing.paid_until_at != 0, !reversed);
	for (uint32_t i = 0; i < count; i++)
		refunds += text_is(lines[i].what, "refund");
	assert_int_equal(refunds, reversed ? 1 : 0);
}

/* ---- it is done ------------------------------------------------------------------------------ */

static void property_13_what_is_done_is_booked_once(void **state)
{
	struct question question;
	struct shop shop;
	uint32_t marks;

	(void)state;
	begin(&shop, HEAD ORDERS TAIL);
	order(&shop, false);
	refused(&shop, RECEIPT, true, "already");
	step(&shop, 0);
	assert_int_equal(shop.ordered, 1);
	says(&shop, "took the order");
	question = newest(&shop);
	assert_true(digest_equal(&question.token, &shop.result));
	assert_true(text_is(question.ordered_ref, "AG_1"));
	booked(&shop, false); /* taken is not done */
	marks = town_marks(&shop.town);
	for (int i = 0; i < 3; i++)
		done(&shop);
	booked(&shop, true);
	assert_int_equal(town_marks(&shop.town), marks + 1);
	assert_string_equal(shop.town.rung, "r1 urgent");
	assert_int_equal(newest(&shop).status, QUESTION_YES);
	status(&shop, &shop.result, "Reversed");
	code(&shop, "1");
	refused(&shop, RECEIPT, true, "before");
	step(&shop, DAY_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 0);
	assert_int_equal(newest(&shop).status, QUESTION_YES);
	booked(&shop, true);
	end(&shop);
}

static void already_taken_back_is_booked_once(void **state)
{
	struct shop shop;

	(void)state;
	begin_sent(&shop);
	code(&shop, "\"R000001\"");
	booked(&shop, true);
	says(&shop, "R000001");
	code(&shop, "\"R000001\"");
	done(&shop);
	booked(&shop, true);
	end(&shop);
}

/* ---- it certainly is not --------------------------------------------------------------------- */

static void what_is_refused_is_over(void **state)
{
	static const char *const codes[] = { "1",    "11",   "21",       "2001",       "\"2001\"",
					     "2006", "2028", "\"8006\"", "\"R000002\"" };
	struct shop shop;

	(void)state;
	begin(&shop, HEAD ORDERS TAIL);
	for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		order(&shop, false);
		step(&shop, 0);
		assert_int_equal(shop.ordered, i + 1);
		code(&shop, codes[i]);
		assert_int_equal(newest(&shop).status, QUESTION_NO);
		assert_int_equal(newest(&shop).next_at, 0);
		booked(&shop, false);
	}
	/* The provider was wrong: it is done after all. */
	done(&shop);
	booked(&shop, true);
	end(&shop);
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
	begin(&shop, HEAD ORDERS TAIL);
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		shop.answer_status = cases[i].status;
		shop.answer = cases[i].answer;
		order(&shop, false);
		step(&shop, 0);
		assert_int_equal(newest(&shop).status, QUESTION_NO);
		says(&shop, cases[i].word);
		booked(&shop, false);
	}
	end(&shop);
}

static void what_cannot_leave_never_does(void **state)
{
	struct shop shop;

	(void)state;
	begin(&shop, HEAD ORDERS TAIL);
	/* Nobody was there to send it for a while. */
	order(&shop, false);
	step(&shop, 11 * MINUTE_US);
	says(&shop, "ten minutes");
	/* Its rights are gone meanwhile. */
	order(&shop, false);
	town_commit(&shop.town, town_join(&shop.town, HEAD TAIL, TOWN_R1, PEOPLE), 0);
	step(&shop, 0);
	says(&shop, "`initiator`");
	assert_int_equal(newest(&shop).status, QUESTION_NO);
	assert_int_equal(shop.ordered, 0);
	refused(&shop, RECEIPT, false, "`initiator`");
	booked(&shop, false);
	end(&shop);
}

/* ---- nobody knows ---------------------------------------------------------------------------- */

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
	begin_sent(&shop);
	for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		post(&shop, &shop.result, "127.0.0.1", result_of(&shop, codes[i], "AG_1", DONE));
	for (uint32_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		post(&shop, &shop.result, "127.0.0.1", bodies[i]);
	/* Done, but what? */
	post(&shop, &shop.result, "127.0.0.1", result_of(&shop, "0", "AG_1", ""));
	assert_int_equal(newest(&shop).status, QUESTION_OPEN);
	says(&shop, "nobody knows");
	booked(&shop, false);
	refused(&shop, RECEIPT, true, "already");
	step(&shop, MINUTE_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 1);
	done(&shop);
	booked(&shop, true);
	end(&shop);
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
	begin_sent(&shop);
	for (uint32_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		post(&shop, &shop.result, "127.0.0.1", result_of(&shop, "0", "AG_1", forged[i]));
		booked(&shop, false);
	}
	/* Of another order, and from an address that is not the provider's. */
	post(&shop, &shop.result, "127.0.0.1", result_of(&shop, "0", "AG_9", DONE));
	says(&shop, "AG_9");
	post(&shop, &shop.result, "127.0.0.1", result_of(&shop, "21", "AG_9", ""));
	town_commit(
	    &shop.town,
	    town_join(&shop.town, HEAD ORDERS ", sources: [196.201.214.200]" TAIL, TOWN_R1, PEOPLE),
	    0);
	done(&shop);
	says(&shop, "127.0.0.1");
	step(&shop, MINUTE_US);
	status(&shop, &shop.status, "Reversed");
	status(&shop, &shop.status, "Completed");
	assert_int_equal(newest(&shop).status, QUESTION_OPEN);
	assert_int_equal(newest(&shop).stood, 0);
	booked(&shop, false);
	post(&shop, &shop.result, "196.201.214.200", result_of(&shop, "0", "AG_1", DONE));
	booked(&shop, true);
	end(&shop);
}

static void property_34_a_failed_question_is_no_refusal(void **state)
{
	struct shop shop;

	(void)state;
	begin(&shop, HEAD ORDERS TAIL);
	shop.breaks = true;
	order(&shop, false);
	step(&shop, 0);
	assert_int_equal(shop.ordered, 1);
	says(&shop, "nobody knows whether the provider took");
	/* The queue's own word has the code of a refusal. */
	post(&shop, &shop.timeout, "127.0.0.1", result_of(&shop, "\"1\"", "AG_1", ""));
	says(&shop, "queue");
	post(&shop, &shop.timeout, "127.0.0.1", result_of(&shop, "0", "AG_1", DONE));
	step(&shop, MINUTE_US);
	assert_int_equal(shop.asked, 1);
	/* So has a question for which there is no right. */
	for (int i = 0; i < 2; i++)
		post(&shop, &shop.status, "127.0.0.1", result_of(&shop, "21", "AG_2", ""));
	assert_int_equal(newest(&shop).status, QUESTION_OPEN);
	booked(&shop, false);
	assert_int_equal(shop.ordered, 1);
	/* Its own word is one, though nobody knows its name. */
	post(&shop, &shop.result, "127.0.0.1", result_of(&shop, "21", "AG_7", ""));
	assert_int_equal(newest(&shop).status, QUESTION_NO);
	booked(&shop, false);
	end(&shop);
}

static void property_34_lost_answers_are_asked_for(void **state)
{
	struct shop shop;

	(void)state;
	begin(&shop, HEAD ORDERS TAIL);
	shop.breaks = true;
	order(&shop, false);
	step(&shop, 0);
	town_restart(&shop.town);
	step(&shop, SECOND_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 0);
	step(&shop, MINUTE_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 1);
	for (int i = 0; i < 2; i++)
		status(&shop, &shop.status, "Reversed");
	booked(&shop, true);
	says(&shop, "is reversed");
	done(&shop); /* late */
	booked(&shop, true);
	step(&shop, 2 * HOUR_US);
	assert_int_equal(shop.ordered, 1);
	assert_int_equal(shop.asked, 1);
	end(&shop);
}

/* It stands, again and again: a person decides, and only he. */
static void property_34_a_person_orders_again(void **state)
{
	int64_t later_us = 0;
	struct digest former;
	struct shop shop;

	(void)state;
	begin_sent(&shop);
	/* Said twice, it was said once; and early it says little. */
	step(&shop, later_us = MINUTE_US);
	former = shop.status;
	for (int i = 0; i < 3; i++)
		status(&shop, &shop.status, "Completed");
	assert_int_equal(newest(&shop).stood, 1);
	says(&shop, "still stands");
	step(&shop, later_us += 5 * MINUTE_US);
	assert_false(digest_equal(&former, &shop.status));
	/* An answer to a former question is old. */
	status(&shop, &former, "Completed");
	assert_int_equal(newest(&shop).stood, 1);
	status(&shop, &shop.status, "Completed");
	assert_int_equal(newest(&shop).stood, 2);
	assert_int_equal(newest(&shop).status, QUESTION_OPEN);
	refused(&shop, RECEIPT, true, "already");
	step(&shop, later_us += 20 * MINUTE_US);
	status(&shop, &shop.status, "Completed");
	assert_int_equal(newest(&shop).status, QUESTION_UNKNOWN);
	says(&shop, "nobody knows what became of the order; the payment still stands at");
	booked(&shop, false);
	refused(&shop, RECEIPT, false, "--again");
	assert_int_equal(shop.ordered, 1);
	/* One more comes to nothing: of the former nobody knows as before. */
	order(&shop, true);
	step(&shop, 11 * MINUTE_US);
	says(&shop, "ten minutes");
	refused(&shop, RECEIPT, false, "--again");
	order(&shop, true);
	step(&shop, 0);
	assert_int_equal(shop.ordered, 2);
	done(&shop);
	booked(&shop, true);
	/* The former one had worked after all: it is booked already. */
	step(&shop, later_us += 2 * HOUR_US);
	booked(&shop, true);
	assert_int_equal(shop.ordered, 2);
	end(&shop);
}

static void property_34_on_ignorance_nobody_orders_again(void **state)
{
	struct question question;
	struct shop shop;
	bool fresh;

	(void)state;
	begin(&shop, HEAD ORDERS TAIL);
	order(&shop, false);
	for (uint32_t i = 0; i < 110; i++)
		step(&shop, i * 61 * MINUTE_US);
	assert_int_equal(shop.ordered, 1);
	assert_in_range(shop.asked, 90, 100);
	assert_int_equal(newest(&shop).status, QUESTION_UNKNOWN);
	refused(&shop, RECEIPT, true, "nor whether");
	/* Nor does the database let anybody. */
	question = newest(&shop);
	if (!store_begin(shop.town.seat.store, &shop.why))
		fail_msg("%s", shop.why.text);
	assert_false(questions_start(&fresh, &question, shop.town.seat.store, clock_now(),
				     &shop.town.arena, &shop.why));
	store_abort(shop.town.seat.store);
	assert_non_null(strstr(shop.why.text, "former order"));
	/* A late word still counts. */
	done(&shop);
	booked(&shop, true);
	end(&shop);
}

/* Whose channel is gone can neither be asked nor heard; both is shown, and mends itself. */
static void without_a_channel_it_is_shown(void **state)
{
	struct shop shop;

	(void)state;
	begin_sent(&shop);
	town_commit(&shop.town, town_join(&shop.town, town_basics, TOWN_R1, PEOPLE), 0);
	step(&shop, MINUTE_US);
	says(&shop, "cannot be asked");
	assert_int_equal(shop.asked, 0);
	town_commit(&shop.town,
		    town_join(&shop.town,
			      "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: "
			      "Africa/Nairobi\n---\nkind: Site\nname: kasarani\n---\nkind: "
			      "Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 "
			      "month\nspeed: {down: 10M, up: 5M}\n",
			      TOWN_R1, PEOPLE),
		    0);
	done(&shop);
	says(&shop, "not declared");
	booked(&shop, false);
	town_commit(&shop.town, town_join(&shop.town, HEAD ORDERS TAIL, TOWN_R1, PEOPLE), 0);
	step(&shop, 10 * MINUTE_US);
	assert_int_equal(shop.asked, 1);
	status(&shop, &shop.status, "Reversed");
	booked(&shop, true);
	end(&shop);
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
	begin(&shop, HEAD ORDERS TAIL);
	order(&shop, false);
	assert_false(by_hand(&shop, true));
	assert_non_null(strstr(shop.why.text, "twice"));
	/* The provider's list may say it before the order has left: it stays. */
	assert_true(by_hand(&shop, false));
	step(&shop, 0);
	assert_int_equal(shop.ordered, 0);
	assert_int_equal(newest(&shop).status, QUESTION_NO);
	booked(&shop, true);
	end(&shop);
	/* Or after it has. */
	begin_sent(&shop);
	assert_true(by_hand(&shop, false));
	step(&shop, MINUTE_US);
	assert_int_equal(shop.asked, 0);
	assert_int_equal(newest(&shop).status, QUESTION_YES);
	done(&shop);
	status(&shop, &shop.result, "Reversed");
	booked(&shop, true);
	end(&shop);
	/* Or beside its result. */
	begin_sent(&shop);
	assert_true(by_hand(&shop, false));
	done(&shop);
	says(&shop, "before: in cash");
	booked(&shop, true);
	assert_false(by_hand(&shop, true));
	end(&shop);
}

static void what_is_no_order(void **state)
{
	struct shop shop;

	(void)state;
	begin(&shop, HEAD ORDERS TAIL);
	refused(&shop, "NOSUCHONE", false, "no such payment");
	town_pay(&shop.town, "UKL51ZDR5F", "70.00", "nobody");
	town_say(&shop.town, "main", "127.0.0.1", "{");
	town_tell(&shop.town);
	refused(&shop, "held-3", false, "held");
	/* What has no owner goes back, too. */
	assert_true(try_order(&shop, "ukl51zdr5f", false));
	end(&shop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_13_what_is_done_is_booked_once),
		cmocka_unit_test(already_taken_back_is_booked_once),
		cmocka_unit_test(what_is_refused_is_over),
		cmocka_unit_test(what_was_not_taken_is_over),
		cmocka_unit_test(what_cannot_leave_never_does),
		cmocka_unit_test(property_34_what_nobody_understands_moves_nothing),
		cmocka_unit_test(property_34_forged_results_count_nothing),
		cmocka_unit_test(property_34_a_failed_question_is_no_refusal),
		cmocka_unit_test(property_34_lost_answers_are_asked_for),
		cmocka_unit_test(property_34_a_person_orders_again),
		cmocka_unit_test(property_34_on_ignorance_nobody_orders_again),
		cmocka_unit_test(without_a_channel_it_is_shown),
		cmocka_unit_test(property_13_and_34_two_hands_one_compensation),
		cmocka_unit_test(what_is_no_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
