#include "shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "money/booking_reversal.h"
#include "state/questions.h"
#include "state/street.h"

#define TAKEN                                                                          \
	"{\"ConversationID\":\"AG_1\",\"ResponseCode\":\"0\",\"ResponseDescription\":" \
	"\"Accepted\"}"

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

void shop_begin(struct shop *shop, const char *tenant)
{
	*shop = (struct shop){ .http = { &shop_verbs } };
	town_open(&shop->town, 1);
	town_commit(&shop->town, town_join(&shop->town, tenant, TOWN_R1, PEOPLE), 0);
	town_pay(&shop->town, RECEIPT, "2500.00", "KN-0042");
	town_tell(&shop->town);
	assert_int_equal(town_payment(&shop->town, RECEIPT).status, PAYMENT_CREDITED);
}

void shop_end(struct shop *shop)
{
	town_end(&shop->town);
}

void shop_step(struct shop *shop, int64_t later_us)
{
	town_ask_afresh(&shop->town, &shop->http, later_us);
}

bool shop_try(struct shop *shop, const char *receipt, bool again)
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

void shop_order(struct shop *shop, bool again)
{
	if (!shop_try(shop, RECEIPT, again))
		fail_msg("%s", shop->why.text);
}

void shop_refuses(struct shop *shop, const char *receipt, bool again, const char *word)
{
	assert_false(shop_try(shop, receipt, again));
	if (strstr(shop->why.text, word) == NULL)
		fail_msg("no \"%s\" in: %s", word, shop->why.text);
}

void shop_begin_sent(struct shop *shop)
{
	shop_begin(shop, HEAD ORDERS TAIL);
	shop_order(shop, false);
	shop_step(shop, 0);
}

struct question shop_newest(struct shop *shop)
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

void shop_says(struct shop *shop, const char *word)
{
	if (!text_contains_nocase(shop_newest(shop).why, text_of(word)))
		fail_msg("no \"%s\" in: %.*s", word, TEXT_ARG(shop_newest(shop).why));
}

void shop_post(struct shop *shop, const struct digest *token, const char *source, const char *body)
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

const char *shop_result(struct shop *shop, const char *code, const char *conversation,
			const char *parameters)
{
	return text_format(&shop->town.arena,
			   "{\"Result\":{\"ResultType\":0,\"ResultCode\":%s,\"ResultDesc\":\"-\","
			   "\"ConversationID\":\"%s\",\"TransactionID\":\"UKL0000RID\","
			   "\"ResultParameters\":{\"ResultParameter\":[%s]}}}",
			   code, conversation, parameters)
	    .at;
}

void shop_done(struct shop *shop)
{
	shop_post(shop, &shop->result, "127.0.0.1", shop_result(shop, "0", "AG_1", DONE));
}

void shop_code(struct shop *shop, const char *word)
{
	shop_post(shop, &shop->result, "127.0.0.1", shop_result(shop, word, "AG_1", ""));
}

void shop_status(struct shop *shop, const struct digest *token, const char *word)
{
	struct text items = text_format(
	    &shop->town.arena,
	    "{\"Key\":\"TransactionReason\"},{\"Key\":\"TransactionStatus\",\"Value\":"
	    "\"%s\"},{\"Key\":\"Amount\",\"Value\":\"2500\"},{\"Key\":\"ReceiptNo\","
	    "\"Value\":\"" RECEIPT "\"}",
	    word);

	shop_post(shop, token, "127.0.0.1", shop_result(shop, "0", "AG_2", items.at));
}

void shop_booked(struct shop *shop, bool reversed)
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
