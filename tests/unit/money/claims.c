#include "claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "money/booking.h"
#include "money/booking_attempt.h"
#include "provider/provider.h"
#include "state/attempts.h"
#include "state/inbox.h"
#include "state/ledger.h"
#include "state/questions.h"

#define R1                                                                         \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"
#define PEOPLE                                                                              \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n" \
	"---\nkind: Subscriber\nname: KN-0099\npackage: home-10\nrouter: r1\n"
#define KEYS                                                                                 \
	"consumer_key: {env: WAVU_TEST_KEY}, consumer_secret: {env: WAVU_TEST_KEY}, passkey: " \
	"{env: WAVU_TEST_KEY}, initiator: wavu, security_credential: {env: WAVU_TEST_KEY}"
#define TENANT                                                                              \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\npayments:\n" \
	"  - {name: main, provider: daraja, environment: sandbox, shortcode: \"600638\", "  \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, trust: verified, " KEYS "}\n"        \
	"  - {name: strict, provider: daraja, environment: sandbox, shortcode: \"600639\", " \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, sources: [196.201.214.200]}\n"       \
	"  - {name: quick, provider: daraja, environment: sandbox, shortcode: \"600640\", "  \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, " KEYS "}\n"                          \
	"---\nkind: Site\nname: kasarani\n"                                                 \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 month\n" \
	"speed: {down: 10M, up: 5M}\n"

void claims_begin(struct town *town)
{
	(void)setenv("WAVU_TEST_TOKEN", TOWN_TOKEN, 1);
	(void)setenv("WAVU_TEST_KEY", "key-1", 1);
	town_open(town, 1);
	town_commit(town, town_join(town, TENANT, R1, PEOPLE), 0);
}

void claims_end(struct town *town)
{
	struct text *problems;
	struct error error = { 0 };
	uint32_t count;

	if (!store_verify(&problems, &count, town->seat.store, &town->arena, &error))
		fail_msg("%s", error.text);
	if (count > 0)
		fail_msg("%.*s", TEXT_ARG(problems[0]));
	town_close(town);
}

static struct text eat(struct town *town, int64_t at)
{
	struct civil civil = zone_civil(zone_utc(), at + 3 * HOUR_US);

	return text_format(&town->arena, "%04d%02d%02d%02d%02d%02d", civil.year, civil.month,
			   civil.day, civil.hour, civil.minute, civil.second);
}

static const char *code_of(const char *channel)
{
	return channel[0] == 'm' ? "600638" : channel[0] == 's' ? "600639" : "600640";
}

/* A confirmation arrives on a channel's URL. */
void claim_on(struct town *town, const char *channel, const char *source,
		     const char *receipt, const char *amount, const char *account,
		     const char *phone)
{
	town_say(town, channel, source,
		 text_format(&town->arena,
			     "{\"TransID\":\"%s\",\"TransTime\":\"%.*s\",\"TransAmount\":\"%s\","
			     "\"BusinessShortCode\":\"%s\",\"BillRefNumber\":\"%s\","
			     "\"MSISDN\":\"%s\"}",
			     receipt, TEXT_ARG(eat(town, clock_now())), amount,
			     code_of(channel), account, phone)
		     .at);
	town_tell(town);
}

void claim(struct town *town, const char *receipt, const char *amount, const char *account)
{
	claim_on(town, "main", "127.0.0.1", receipt, amount, account, PAYER);
}

void say_to(struct town *town, const char *channel, int64_t attempt, struct text body)
{
	struct inbox_line line = { .channel = text_of(channel),
				   .provider = TEXT("daraja"),
				   .kind = TEXT("attempt"),
				   .attempt = attempt,
				   .received_at = clock_now(),
				   .source = TEXT("127.0.0.1"),
				   .body = body };
	struct store *street;
	struct error error = { 0 };

	if (!store_open(&street, town->settings.state, TEXT("kasinet"), STORE_WEBHOOK, &error) ||
	    !inbox_append(street, &line, 1, &error))
		fail_msg("%s", error.text);
	store_close(street);
	town_tell(town);
}

/* The provider says what it knows, in answer to the question about that held payment. */
void answer_on(struct town *town, const char *channel, const char *held,
		      const char *receipt, const char *amount, const char *payer)
{
	struct text parties = TEXT_NONE;
	struct error error = { 0 };
	struct question question;
	bool found;

	if (!questions_of_payment(&found, &question, town->seat.store,
				  town_payment(town, held).id, QUESTION_VERIFY, &town->arena,
				  &error))
		fail_msg("%s", error.text);
	if (!found)
		fail_msg("nobody was asked about %s", held);
	if (payer != NULL)
		parties = text_format(&town->arena,
				      "{\"Key\":\"CreditPartyName\",\"Value\":\"%s - Kasi\"},"
				      "{\"Key\":\"DebitPartyName\",\"Value\":\"%s - JANE\"},",
				      code_of(channel), payer);
	say_to(town, channel, question.id,
	       text_format(&town->arena,
			   "{\"Result\":{\"ResultType\":0,\"ResultCode\":0,\"ResultDesc\":\"-\","
			   "\"ConversationID\":\"AG_1\",\"ResultParameters\":{\"ResultParameter\":"
			   "[%.*s{\"Key\":\"TransactionStatus\",\"Value\":\"Completed\"},"
			   "{\"Key\":\"FinalisedTime\",\"Value\":\"%.*s\"},"
			   "{\"Key\":\"Amount\",\"Value\":\"%s\"},{\"Key\":\"ReceiptNo\","
			   "\"Value\":\"%s\"}]}}}",
			   TEXT_ARG(parties), TEXT_ARG(eat(town, clock_now())), amount, receipt));
}

void answer(struct town *town, const char *held, const char *receipt, const char *amount,
		   const char *payer)
{
	answer_on(town, "main", held, receipt, amount, payer);
}

/* A prompt left, and the query says that it was paid: credited without a receipt. */
struct attempt prompt_paid_by_query(struct town *town)
{
	struct attempt attempt = { .channel = TEXT("main"),
				   .provider = TEXT("daraja"),
				   .shortcode = TEXT("600638"),
				   .subscriber = TEXT("kn0042"),
				   .account = TEXT("KN-0042"),
				   .phone = TEXT(PAYER),
				   .cents = 250000 };
	struct intent *intent = seat_intent(&town->seat);
	struct error error = { 0 };
	struct booked booked;
	bool fresh, found;

	if (!store_begin(town->seat.store, &error) ||
	    !attempts_start(&fresh, &attempt, town->seat.store, clock_now(), &town->arena, &error))
		fail_msg("%s", error.text);
	attempt.sent_at = clock_now();
	attempt.status = ATTEMPT_PROMPTED;
	attempt.provider_ref = TEXT("ws_CO_1");
	if (!attempts_write(town->seat.store, &attempt, clock_now(), &error) ||
	    !attempts_find(&found, &attempt, town->seat.store, attempt.id, &town->arena, &error) ||
	    !booking_answered(&booked, &town->seat, intent, &attempt,
			      &(struct said){ .answer = ANSWER_YES }, clock_now(), &town->arena,
			      &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	intent_release(intent);
	return attempt;
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

/* Held, and not settled. */
int64_t waiting(struct town *town)
{
	struct ledger_totals totals;
	struct error error = { 0 };

	if (!ledger_totals(&totals, town->seat.store, 0, &error))
		fail_msg("%s", error.text);
	return totals.held_count;
}

bool assign(struct town *town, const char *receipt, const char *account, struct error *error)
{
	struct intent *intent = seat_intent(&town->seat);
	struct booked booked;
	bool done;

	assert_true(store_begin(town->seat.store, error));
	done = booking_assign(&booked, &town->seat, intent, text_of(receipt), text_of(account),
			      TEXT("amina"), clock_now(), &town->arena, error);
	if (done)
		assert_true(store_commit(town->seat.store, error));
	else
		store_abort(town->seat.store);
	intent_release(intent);
	return done;
}
