/*
 * `trust: verified` where the provider can be asked: a held payment is credited by what is said on
 * the question's own URL, once, and by nothing else.
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
#include "state/ledger.h"
#include "state/questions.h"
#include "state/street.h"

#define PEOPLE "kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n"
#define HEAD                                                                              \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"          \
	"payments:\n  - {name: main, provider: daraja, environment: sandbox, shortcode: " \
	"\"600638\", type: paybill, token: {env: WAVU_TEST_TOKEN}, trust: verified, "     \
	"consumer_key: {env: WAVU_TEST_KEY}, consumer_secret: {env: WAVU_TEST_KEY}"
#define TAIL                                                                         \
	"}\n---\nkind: Site\nname: kasarani\n"                                       \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 " \
	"month\nspeed: {down: 10M, up: 5M}\n"
#define ORDERS ", initiator: wavu, security_credential: {env: WAVU_TEST_KEY}"
#define RECEIPT "UKL51ZDR4F"

struct script {
	struct http http;
	struct town *town;
	uint32_t asked;
	struct digest token; /* of the newest URL */
};

static bool script_call(struct http *http, const struct http_call *call, struct http_reply *reply,
			struct arena *arena, struct error *error)
{
	struct script *script = (struct script *)http;
	char body[2048] = { 0 };

	(void)error;
	*reply = (struct http_reply){ .status = 200, .was_sent = true };
	if (text_contains_nocase(call->url, TEXT("/oauth/"))) {
		reply->body = TEXT("{\"access_token\":\"t\",\"expires_in\":\"3599\"}");
		return true;
	}
	assert_true(text_ends(call->url, TEXT("/mpesa/transactionstatus/v1/query")));
	assert_true(call->body.size < sizeof(body));
	memcpy(body, call->body.at, call->body.size);
	assert_non_null(strstr(body, RECEIPT));
	script->token = played_token(body, "ResultURL");
	script->asked++;
	reply->body = text_copy(arena, TEXT("{\"ConversationID\":\"AG_1\",\"ResponseCode\":\"0\","
					    "\"ResponseDescription\":\"Accepted\"}"));
	return true;
}

static const struct http_verbs script_verbs = PLAYED(script_call);

static void begin(struct town *town, const char *tenant)
{
	town_open(town, 1);
	town_commit(town, town_join(town, tenant, TOWN_R1, PEOPLE), 0);
	town_pay(town, RECEIPT, "2500.00", "KN-0042");
	town_tell(town);
	assert_int_equal(town_payment(town, RECEIPT).status, PAYMENT_HELD);
}

static struct question question_of(struct town *town)
{
	struct error error = { 0 };
	struct question question;
	bool found;

	if (!questions_of_payment(&found, &question, town->seat.store,
				  town_payment(town, RECEIPT).id, QUESTION_VERIFY, &town->arena,
				  &error))
		fail_msg("%s", error.text);
	assert_true(found);
	assert_true(question.id >= QUESTION_ID_MIN);
	return question;
}

/* A result arrives on the URL of a question. */
static void answer(struct town *town, int64_t id, const char *status, const char *amount,
		   const char *receipt)
{
	town_result(town, "main", id,
		    text_format(&town->arena,
				"{\"Result\":{\"ResultType\":0,\"ResultCode\":0,\"ResultDesc\":\"-"
				"\",\"ConversationID\":\"AG_1\",\"ResultParameters\":{"
				"\"ResultParameter\":[{\"Key\":\"TransactionReason\"},{\"Key\":"
				"\"TransactionStatus\",\"Value\":\"%s\"},{\"Key\":\"Amount\","
				"\"Value\":\"%s\"},{\"Key\":\"ReceiptNo\",\"Value\":\"%s\"}]}}}",
				status, amount, receipt));
}

static int64_t balance_and_spent(struct town *town, uint32_t *credited)
{
	struct error error = { 0 };
	struct payment *payments;
	struct standing standing;

	if (!ledger_payments(&payments, credited, town->seat.store, PAYMENT_CREDITED, 100,
			     &town->arena, &error) ||
	    !ledger_standing(&standing, town->seat.store, TEXT("kn0042"), &town->arena, &error))
		fail_msg("%s", error.text);
	return standing.balance_cents;
}

static void property_10_completed_is_credited_once(void **state)
{
	struct town town;
	struct script script = { .http = { &script_verbs }, .town = &town };
	struct asker *asker;
	struct street_attempt row;
	struct question question;
	struct error error = { 0 };
	uint32_t credited;
	bool found;

	(void)state;
	begin(&town, HEAD ORDERS TAIL);
	asker = asker_new(&town.seat, 1, &script.http);
	town_ask(&town, asker, 0);
	assert_int_equal(script.asked, 1);
	question = question_of(&town);
	assert_true(digest_equal(&question.token, &script.token));
	assert_true(street_attempt_find(&found, &row, town.seat.store, &script.token, TEXT("main"),
					clock_now(), &town.arena, &error));
	assert_true(found && row.attempt == question.id);
	/* An acknowledgement credits nothing, and what is asked is not asked again at once. */
	assert_int_equal(town_payment(&town, RECEIPT).status, PAYMENT_HELD);
	town_ask(&town, asker, SECOND_US);
	assert_int_equal(script.asked, 1);
	for (int i = 0; i < 3; i++)
		answer(&town, question.id, "Completed", "2500", RECEIPT);
	assert_int_equal(town_payment(&town, RECEIPT).status, PAYMENT_CREDITED);
	assert_int_equal(balance_and_spent(&town, &credited), 0);
	assert_int_equal(credited, 1);
	assert_int_equal(question_of(&town).status, QUESTION_YES);
	town_ask(&town, asker, 2 * DAY_US);
	assert_int_equal(script.asked, 1);
	asker_free(asker);
	town_end(&town);
}

static void property_03_what_is_not_said_so_stays_held(void **state)
{
	static const struct {
		const char *status, *amount, *receipt;
		enum question_status then;
	} cases[] = { { "Reversed", "2500", RECEIPT, QUESTION_NO },
		      { "Completed", "2500", "UKL51ZDR5F", QUESTION_OPEN },
		      { "Pending", "2500", RECEIPT, QUESTION_OPEN } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct town town;
		struct script script = { .http = { &script_verbs }, .town = &town };
		struct asker *asker;
		struct question question;

		begin(&town, HEAD ORDERS TAIL);
		asker = asker_new(&town.seat, 1, &script.http);
		town_ask(&town, asker, 0);
		question = question_of(&town);
		answer(&town, question.id + 1, "Completed", "2500", RECEIPT);
		assert_int_equal(town_payment(&town, RECEIPT).status, PAYMENT_HELD);
		answer(&town, question.id, cases[i].status, cases[i].amount, cases[i].receipt);
		assert_int_equal(town_payment(&town, RECEIPT).status, PAYMENT_HELD);
		assert_int_equal(question_of(&town).status, cases[i].then);
		/* What was denied is not revived by its own URL; what was not understood is. */
		answer(&town, question.id, "Completed", "2500", RECEIPT);
		assert_int_equal(town_payment(&town, RECEIPT).status,
				 cases[i].then == QUESTION_OPEN ? PAYMENT_CREDITED : PAYMENT_HELD);
		asker_free(asker);
		town_end(&town);
	}
}

/* Nobody answers: ever more rarely, a bounded number of times, and it stays held. */
static void property_06_silence_is_no_answer(void **state)
{
	struct town town;
	struct script script = { .http = { &script_verbs }, .town = &town };
	int64_t later_us = 0;

	(void)state;
	begin(&town, HEAD ORDERS TAIL);
	for (uint32_t i = 0; i < 130; i++) {
		/* A new one each time: the budget is of real seconds. */
		struct asker *asker = asker_new(&town.seat, 1, &script.http);

		town_ask(&town, asker, later_us);
		asker_free(asker);
		later_us += 61 * MINUTE_US;
	}
	assert_int_equal(script.asked, 100);
	assert_int_equal(question_of(&town).status, QUESTION_UNKNOWN);
	assert_int_equal(town_payment(&town, RECEIPT).status, PAYMENT_HELD);
	/* A late answer still counts. */
	answer(&town, question_of(&town).id, "Completed", "2500", RECEIPT);
	assert_int_equal(town_payment(&town, RECEIPT).status, PAYMENT_CREDITED);
	town_end(&town);
}

static void without_keys_it_waits_and_says_so(void **state)
{
	struct town town;
	struct script script = { .http = { &script_verbs }, .town = &town };
	struct asker *asker;

	(void)state;
	begin(&town, HEAD TAIL);
	asker = asker_new(&town.seat, 1, &script.http);
	town_ask(&town, asker, 0);
	assert_int_equal(script.asked, 0);
	assert_true(text_contains_nocase(town_payment(&town, RECEIPT).reason, TEXT("`initiator`")));
	town_commit(&town, town_join(&town, HEAD ORDERS TAIL, TOWN_R1, PEOPLE), 0);
	town_ask(&town, asker, 6 * MINUTE_US);
	assert_int_equal(script.asked, 1);
	answer(&town, question_of(&town).id, "Completed", "2500.00", RECEIPT);
	assert_int_equal(town_payment(&town, RECEIPT).status, PAYMENT_CREDITED);
	asker_free(asker);
	town_end(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_10_completed_is_credited_once),
		cmocka_unit_test(property_03_what_is_not_said_so_stays_held),
		cmocka_unit_test(property_06_silence_is_no_answer),
		cmocka_unit_test(without_keys_it_waits_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
