#include "claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "state/questions.h"

#define PEOPLE                                                                               \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n" \
	"---\nkind: Subscriber\nname: KN-0099\npackage: home-10\nrouter: r1\n"
#define KEYS                                                                                   \
	"consumer_key: {env: WAVU_TEST_KEY}, consumer_secret: {env: WAVU_TEST_KEY}, passkey: " \
	"{env: WAVU_TEST_KEY}, initiator: wavu, security_credential: {env: WAVU_TEST_KEY}"
#define TENANT                                                                               \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\npayments:\n"  \
	"  - {name: main, provider: daraja, environment: sandbox, shortcode: \"600638\", "   \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, trust: verified, " KEYS "}\n"         \
	"  - {name: strict, provider: daraja, environment: sandbox, shortcode: \"600639\", " \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, sources: [196.201.214.200]}\n"        \
	"  - {name: quick, provider: daraja, environment: sandbox, shortcode: \"600640\", "  \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, " KEYS "}\n"                          \
	"---\nkind: Site\nname: kasarani\n"                                                  \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 month\n"  \
	"speed: {down: 10M, up: 5M}\n"

void claims_begin(struct town *town)
{
	town_open(town, 1);
	town_commit(town, town_join(town, TENANT, TOWN_R1, PEOPLE), 0);
}

static const char *code_of(const char *channel)
{
	return channel[0] == 'm' ? "600638" : channel[0] == 's' ? "600639" : "600640";
}

/* A confirmation arrives on a channel's URL. */
void claim_on(struct town *town, const char *channel, const char *source, const char *receipt,
	      const char *amount, const char *account, const char *phone)
{
	struct text body = daraja_confirmation(town, code_of(channel), receipt, amount, account,
					       text_of(phone));

	town_say(town, channel, source, body.at);
	town_tell(town);
}

void claim(struct town *town, const char *receipt, const char *amount, const char *account)
{
	claim_on(town, "main", "127.0.0.1", receipt, amount, account, PAYER);
}

/* The provider says what it knows, in answer to the question about that held payment. */
void answer_on(struct town *town, const char *channel, const char *held, const char *receipt,
	       const char *amount, const char *payer)
{
	struct text parties = TEXT_NONE;
	struct error error = { 0 };
	struct question question;
	bool found;

	if (!questions_of_payment(&found, &question, town->seat.store, town_payment(town, held).id,
				  QUESTION_VERIFY, &town->arena, &error))
		fail_msg("%s", error.text);
	if (!found)
		fail_msg("nobody was asked about %s", held);
	if (payer != NULL)
		parties = text_format(&town->arena,
				      "{\"Key\":\"CreditPartyName\",\"Value\":\"%s - Kasi\"},"
				      "{\"Key\":\"DebitPartyName\",\"Value\":\"%s - JANE\"},",
				      code_of(channel), payer);
	town_result(
	    town, channel, question.id,
	    text_format(&town->arena,
			"{\"Result\":{\"ResultType\":0,\"ResultCode\":0,\"ResultDesc\":\"-\","
			"\"ConversationID\":\"AG_1\",\"ResultParameters\":{\"ResultParameter\":"
			"[%.*s{\"Key\":\"TransactionStatus\",\"Value\":\"Completed\"},"
			"{\"Key\":\"FinalisedTime\",\"Value\":\"%.*s\"},"
			"{\"Key\":\"Amount\",\"Value\":\"%s\"},{\"Key\":\"ReceiptNo\","
			"\"Value\":\"%s\"}]}}}",
			TEXT_ARG(parties), TEXT_ARG(daraja_now(town)), amount, receipt));
}

void answer(struct town *town, const char *held, const char *receipt, const char *amount,
	    const char *payer)
{
	answer_on(town, "main", held, receipt, amount, payer);
}

struct attempt prompt_sent(struct town *town)
{
	return prompt_left(town, prompt_start(town, "main", "daraja", PAYER, 250000),
			   TEXT("ws_CO_1"));
}

void prompt_is_paid(struct town *town, int64_t id)
{
	prompt_answered(town, id, &(struct said){ .answer = ANSWER_YES });
}

struct attempt prompt_paid_by_query(struct town *town)
{
	struct attempt attempt = prompt_sent(town);

	prompt_is_paid(town, attempt.id);
	return prompt_of(town, attempt.id);
}

uint32_t credits(struct town *town, int64_t *cents)
{
	struct error error = { 0 };
	struct payment *payments;
	uint32_t count;

	if (!ledger_payments(&payments, &count, town->seat.store, PAYMENT_CREDITED, 1000,
			     &town->arena, &error))
		fail_msg("%s", error.text);
	*cents = 0;
	for (uint32_t i = 0; i < count; i++)
		*cents += payments[i].amount_cents;
	return count;
}
