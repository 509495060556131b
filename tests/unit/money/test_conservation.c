/*
 * Property 10: whatever is said in whatever order, dropped or doubled, under `trust: verified` also
 * forged, no shilling counts twice and none that was paid is lost. Random scenarios of fixed seeds;
 * one that fails is made as short as it can be and printed. WAVU_SEED=n runs one alone,
 * WAVU_SEEDS=n the first n.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "prompts.h"

#include "base/clock.h"
#include "money/booking.h"
#include "money/booking_refund.h"
#include "state/attempts.h"
#include "state/questions.h"

#define SEEDS 40
#define EVENTS 14

#define PEOPLE                                                                               \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n" \
	"---\nkind: Subscriber\nname: KN-0099\npackage: home-10\nrouter: r1\nphone: "        \
	"0712345679\n---\nkind: Subscriber\nname: KN-EVIL\npackage: home-10\nrouter: r1\n"
#define TENANT                                                                              \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\npayments:\n" \
	"  - {name: main, provider: daraja, environment: sandbox, shortcode: \"600638\", "  \
	"type: paybill, token: {env: WAVU_TEST_TOKEN}, trust: %s, consumer_key: "           \
	"{env: WAVU_TEST_KEY}, consumer_secret: {env: WAVU_TEST_KEY}, passkey: {env: "      \
	"WAVU_TEST_KEY}, initiator: wavu, security_credential: {env: WAVU_TEST_KEY}}\n"     \
	"---\nkind: Site\nname: kasarani\n"                                                 \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 month\n" \
	"speed: {down: 10M, up: 5M}\n"

/* ---- what was truly paid --------------------------------------------------------------------- */

static const struct truth {
	const char *receipt, *phone, *typed, *owner;
	int64_t cents;
	bool is_prompt;
} truths[] = {
	{ "UKL0000001", "254712345678", "KN-0042", "KN-0042", 250000, true },
	{ "UKL0000002", "254712345678", "KN-0042", "KN-0042", 250000, false },
	{ "UKL0000003", "254712345679", "KN-0099", "KN-0099", 250000, false },
	{ "UKL0000004", "254712345679", "KN-0099", "KN-0099", 100000, true },
	{ "UKL0000005", "254799999999", "shop 7", "KN-0042", 100000, false },
	{ "UKL0000006", "254712345679", "KN-0042", "KN-0042", 100000, false },
};
#define TRUTHS (sizeof(truths) / sizeof(truths[0]))

enum what {
	WHAT_CONFIRMED, /* the true confirmation */
	WHAT_FORGED,    /* a false one about that receipt */
	WHAT_INVENTED,  /* one about no payment at all */
	WHAT_ANSWERED,  /* the provider answers what it was asked about that receipt */
	WHAT_STATED,    /* a line of the provider's own list */
	WHAT_RESULT,    /* the prompt's result on its own URL */
	WHAT_QUERIED,   /* the provider says that the prompt was paid */
	WHAT_ASSIGNED,  /* a person who knows the truth */
	WHAT_LEAKED,    /* a false result on the prompt's own URL */
	WHAT_REFUNDED,
	WHAT_COUNT
};

static const char *const words[] = { "confirmed", "forged", "invented", "answered",
				     "stated",    "result", "queried",  "assigned",
				     "leaked",	  "refunded" };

struct news {
	enum what what;
	uint32_t truth, how;
};

/* Under `trust: token` whoever knows the URL is believed: there, only what is true is said. */
static bool is_token;

struct play {
	struct town town;
	int64_t attempts[TRUTHS];
	bool paid[TRUTHS]; /* so far, as somebody who knows has said */
	char wrong[256];   /* empty: nothing is */
};

static void wrong(struct play *play, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void wrong(struct play *play, const char *format, ...)
{
	va_list list;

	if (play->wrong[0] != '\0')
		return;
	va_start(list, format);
	(void)vsnprintf(play->wrong, sizeof(play->wrong), format, list);
	va_end(list);
}

/* ---- saying it ------------------------------------------------------------------------------- */

static void confirm(struct town *town, const char *receipt, int64_t cents, const char *typed,
		    const char *phone)
{
	struct text amount = text_of_cents(&town->arena, cents);
	struct text body = daraja_confirmation(
	    town, "600638", receipt, text_copy(&town->arena, amount).at, typed, text_of(phone));

	town_say(town, "main", "127.0.0.1", body.at);
	town_tell(town);
}

static void forge(struct town *town, const struct truth *truth, uint32_t how)
{
	static const char *const typed[] = { "KN-EVIL", "KN-0042", "nobody" };
	static const char *const phones[] = { "254700000001", "254712345678" };

	confirm(town, truth->receipt, how & 1 ? truth->cents : 100, typed[how / 2 % 3],
		phones[how / 6 % 2]);
}

static void prompt(struct play *play, uint32_t index)
{
	const struct truth *truth = &truths[index];
	struct town *town = &play->town;
	struct attempt attempt = { .channel = TEXT("main"),
				   .provider = TEXT("daraja"),
				   .shortcode = TEXT("600638"),
				   .subscriber = text_reference(&town->arena,
								text_of(truth->owner)),
				   .account = text_of(truth->owner),
				   .phone = text_of(truth->phone),
				   .cents = truth->cents };
	struct error error = { 0 };
	bool fresh;

	if (!store_begin(town->seat.store, &error) ||
	    !attempts_start(&fresh, &attempt, town->seat.store, clock_now(), &town->arena, &error))
		fail_msg("%s", error.text);
	attempt.sent_at = clock_now();
	attempt.status = ATTEMPT_PROMPTED;
	attempt.provider_ref = text_format(&town->arena, "ws_CO_%u", index);
	attempt.next_at = 0;
	if (!attempts_write(town->seat.store, &attempt, clock_now(), &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	assert_true(fresh);
	play->attempts[index] = attempt.id;
}

static void tell_result(struct play *play, uint32_t index)
{
	struct town *town = &play->town;
	struct text amount = text_of_cents(&town->arena, truths[index].cents);

	if (truths[index].is_prompt)
		town_result(town, "main", play->attempts[index],
			    daraja_prompt_result(town, text_format(&town->arena, "ws_CO_%u", index),
						 0, text_copy(&town->arena, amount).at,
						 truths[index].receipt));
}

/* It names a receipt that is none, or that of another payment. */
static void leak(struct play *play, uint32_t index, uint32_t how)
{
	struct town *town = &play->town;
	struct text amount = text_of_cents(&town->arena, truths[index].cents);

	if (truths[index].is_prompt)
		town_result(
		    town, "main", play->attempts[index],
		    daraja_prompt_result(town, text_format(&town->arena, "ws_CO_%u", index), 0,
					 text_copy(&town->arena, amount).at,
					 how % 2 ? "UKLEVIL003" : truths[how % TRUTHS].receipt));
}

static void query(struct play *play, uint32_t index)
{
	if (truths[index].is_prompt)
		prompt_answered(&play->town, play->attempts[index],
				&(struct said){ .answer = ANSWER_YES });
}

/* Every open question about that receipt is answered, with the payer or without. */
static void answer(struct town *town, const struct truth *truth, uint32_t how)
{
	struct error error = { 0 };
	struct payment *payments;
	struct text parties = TEXT_NONE;
	uint32_t count;

	if (how & 1)
		parties = text_format(&town->arena,
				      "{\"Key\":\"CreditPartyName\",\"Value\":\"600638 - Kasi\"},"
				      "{\"Key\":\"DebitPartyName\",\"Value\":\"%s - JANE\"},",
				      truth->phone);
	if (!ledger_payments(&payments, &count, town->seat.store, -1, 1000, &town->arena, &error))
		fail_msg("%s", error.text);
	for (uint32_t i = 0; i < count; i++) {
		struct question question;
		bool found;

		if (!questions_of_payment(&found, &question, town->seat.store, payments[i].id,
					  QUESTION_VERIFY, &town->arena, &error))
			fail_msg("%s", error.text);
		if (!found || question.status != QUESTION_OPEN ||
		    !text_is(question.receipt, truth->receipt))
			continue;
		town_result(
		    town, "main", question.id,
		    text_format(&town->arena,
				"{\"Result\":{\"ResultType\":0,\"ResultCode\":0,\"ResultDesc\":"
				"\"-\",\"ResultParameters\":{\"ResultParameter\":[%.*s"
				"{\"Key\":\"TransactionStatus\",\"Value\":\"Completed\"},"
				"{\"Key\":\"FinalisedTime\",\"Value\":\"%.*s\"},{\"Key\":"
				"\"Amount\",\"Value\":\"%.*s\"},{\"Key\":\"ReceiptNo\","
				"\"Value\":\"%s\"}]}}}",
				TEXT_ARG(parties), TEXT_ARG(daraja_now(town)),
				TEXT_ARG(text_of_cents(&town->arena, truth->cents)),
				truth->receipt));
	}
}

static void list(struct town *town, const struct truth *truth, uint32_t how)
{
	struct notice notice = { .kind = NOTICE_PAID,
				 .receipt = text_of(truth->receipt),
				 .has_amount = true,
				 .amount_cents = truth->cents,
				 .reference = text_of(truth->typed),
				 .phone = how & 1 ? text_of(truth->phone) : TEXT_NONE,
				 .at = clock_now() };
	struct intent *intent = seat_intent(&town->seat);
	struct error error = { 0 };
	struct booked booked;
	struct text why;

	if (!store_begin(town->seat.store, &error) ||
	    !booking_stated(&booked, &why, &town->seat, intent,
			    intent_channel(intent, TEXT("main")), &notice, TEXT("amina"),
			    clock_now(), &town->arena, &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	intent_release(intent);
}

/* Somebody who looked it up: he releases what is true, to whom it belongs. */
static void assign(struct town *town, const struct truth *truth)
{
	struct error error = { 0 };
	struct payment payment;
	bool found;

	if (!ledger_payment(&found, &payment, town->seat.store, text_of(truth->receipt),
			    &town->arena, &error))
		fail_msg("%s", error.text);
	if (!found || payment.amount_cents != truth->cents ||
	    (payment.status != PAYMENT_HELD && payment.status != PAYMENT_UNMATCHED))
		return;
	(void)town_assign(town, truth->receipt, truth->owner, &error);
}

/* What came in goes back to the payer; it stays what came in. */
static void refund(struct play *play, uint32_t index)
{
	struct town *town = &play->town;
	struct intent *intent = seat_intent(&town->seat);
	struct text receipt = text_of(truths[index].receipt);
	struct refunded refunded;
	struct payment payment;
	struct error error = { 0 };
	bool found, done;

	if (!ledger_payment(&found, &payment, town->seat.store, receipt, &town->arena, &error))
		fail_msg("%s", error.text);
	if (!found && truths[index].is_prompt) {
		receipt = prompt_of(town, play->attempts[index]).receipt;
		if (receipt.size > 0 &&
		    !ledger_payment(&found, &payment, town->seat.store, receipt, &town->arena,
				    &error))
			fail_msg("%s", error.text);
	}
	if (found &&
	    (payment.status == PAYMENT_CREDITED || payment.status == PAYMENT_UNMATCHED)) {
		assert_true(store_begin(town->seat.store, &error));
		done = booking_refund(&refunded, &town->seat, intent, receipt, TEXT("in cash"),
				      TEXT("amina"), clock_now(), &town->arena, &error);
		if (!done || !store_commit(town->seat.store, &error))
			fail_msg("%s", error.text);
	}
	intent_release(intent);
}

/* ---- what must hold -------------------------------------------------------------------------- */

static const struct truth *truth_of(struct text receipt)
{
	for (size_t i = 0; i < TRUTHS; i++)
		if (text_is(receipt, truths[i].receipt))
			return &truths[i];
	return NULL;
}

/* How many payments of that much came in, and how many were made. */
static void count_all(struct play *play, int64_t cents, uint32_t *came, uint32_t *made)
{
	struct error error = { 0 };
	struct payment *payments;
	uint32_t count;

	*came = *made = 0;
	for (size_t i = 0; i < TRUTHS; i++)
		*made += play->paid[i] && truths[i].cents == cents;
	if (!ledger_payments(&payments, &count, play->town.seat.store, -1, 1000, &play->town.arena,
			     &error))
		fail_msg("%s", error.text);
	for (uint32_t i = 0; i < count; i++) {
		const struct payment *payment = &payments[i];
		const struct truth *truth = truth_of(payment->receipt);

		if (payment->status == PAYMENT_HELD)
			continue;
		if (!text_starts(payment->receipt, TEXT("STK-")) &&
		    (truth == NULL || truth->cents != payment->amount_cents))
			wrong(play, "%.*s of %lld cents came in, which nobody paid",
			      TEXT_ARG(payment->receipt), (long long)payment->amount_cents);
		*came += payment->amount_cents == cents;
	}
}

static void check(struct play *play)
{
	static const int64_t amounts[] = { 250000, 100000 };
	struct text *problems;
	struct error error = { 0 };
	uint32_t count, came, made;

	for (size_t i = 0; i < 2; i++) {
		count_all(play, amounts[i], &came, &made);
		if (came > made)
			wrong(play, "%u of %lld cents came in, %u were paid", came,
			      (long long)amounts[i], made);
	}
	if (!store_verify(&problems, &count, play->town.seat.store, &play->town.arena, &error))
		fail_msg("%s", error.text);
	if (count > 0)
		wrong(play, "%.*s", TEXT_ARG(problems[0]));
}

/* Where it may be another payment's money, a person is told of the prompt (attempts_unnamed). */
static bool is_told(struct play *play, int64_t attempt)
{
	struct text head = text_format(&play->town.arena, "attempt a-%lld:", (long long)attempt);
	struct error error = { 0 };
	struct payment *held;
	uint32_t count;
	bool told = false;

	if (!ledger_payments(&held, &count, play->town.seat.store, PAYMENT_HELD, 1000,
			     &play->town.arena, &error))
		fail_msg("%s", error.text);
	for (uint32_t i = 0; i < count; i++)
		told = told || text_starts(held[i].reason, head);
	return told;
}

/* Whatever was ever heard of truly is there: credited, unmatched or held. */
static void check_kept(struct play *play, uint32_t index)
{
	struct error error = { 0 };
	struct payment payment;
	struct attempt attempt;
	bool found, paid = false;

	if (!ledger_payment(&found, &payment, play->town.seat.store, text_of(truths[index].receipt),
			    &play->town.arena, &error))
		fail_msg("%s", error.text);
	if (truths[index].is_prompt) {
		if (!attempts_find(&paid, &attempt, play->town.seat.store, play->attempts[index],
				   &play->town.arena, &error))
			fail_msg("%s", error.text);
		paid = attempt.payment_id != 0 || attempt.hint.size > 0 ||
		       is_told(play, attempt.id);
	}
	if (!found && !paid)
		wrong(play, "%s is lost", truths[index].receipt);
}

static void act(struct play *play, const struct news *event)
{
	const struct truth *truth = &truths[event->truth];
	struct town *town = &play->town;

	switch (event->what) {
	case WHAT_CONFIRMED:
		confirm(town, truth->receipt, truth->cents, truth->typed, truth->phone);
		break;
	case WHAT_FORGED:
		forge(town, truth, event->how);
		break;
	case WHAT_INVENTED:
		confirm(town, event->how & 1 ? "UKLEVIL001" : "UKLEVIL002", truth->cents,
			event->how & 2 ? "KN-EVIL" : "KN-0042", truth->phone);
		break;
	case WHAT_ANSWERED:
		answer(town, truth, event->how);
		break;
	case WHAT_STATED:
		list(town, truth, event->how);
		break;
	case WHAT_RESULT:
		tell_result(play, event->truth);
		break;
	case WHAT_QUERIED:
		query(play, event->truth);
		break;
	case WHAT_ASSIGNED:
		assign(town, truth);
		break;
	case WHAT_LEAKED:
		leak(play, event->truth, event->how);
		break;
	case WHAT_REFUNDED:
		refund(play, event->truth);
		break;
	case WHAT_COUNT:
		break;
	}
}

/* A lie about a payment is no payment; a person who takes it for one has looked it up. */
static bool is_payment(enum what what)
{
	return what == WHAT_CONFIRMED || what == WHAT_ANSWERED || what == WHAT_STATED ||
	       what == WHAT_RESULT || what == WHAT_QUERIED || what == WHAT_ASSIGNED;
}

/* What is wrong, in `play->wrong`. In the end the provider's own list is read, whole. */
static void run(struct play *play, const struct news *events, uint32_t count)
{
	struct text tenant;
	uint32_t came, made;

	memset(play, 0, sizeof(*play));
	town_open(&play->town, 1);
	tenant = text_format(&play->town.arena, TENANT, is_token ? "token" : "verified");
	town_commit(&play->town, town_join(&play->town, tenant.at, TOWN_R1, PEOPLE), 0);
	for (uint32_t i = 0; i < TRUTHS; i++)
		if (truths[i].is_prompt)
			prompt(play, i);
	for (uint32_t i = 0; i < count && play->wrong[0] == '\0'; i++) {
		play->paid[events[i].truth] |= is_payment(events[i].what);
		act(play, &events[i]);
		check(play);
		if (events[i].what != WHAT_FORGED && events[i].what != WHAT_INVENTED &&
		    events[i].what != WHAT_ANSWERED && events[i].what != WHAT_ASSIGNED &&
		    events[i].what < WHAT_LEAKED &&
		    (truths[events[i].truth].is_prompt || events[i].what <= WHAT_STATED))
			check_kept(play, events[i].truth);
	}
	for (uint32_t i = 0; i < TRUTHS && play->wrong[0] == '\0'; i++) {
		play->paid[i] = true;
		list(&play->town, &truths[i], 1);
		check(play);
	}
	for (int i = 0; i < 2 && play->wrong[0] == '\0'; i++) {
		count_all(play, i ? 100000 : 250000, &came, &made);
		if (came != made)
			wrong(play, "in the end %u of %u came in", came, made);
	}
	town_close(&play->town);
}

/* ---- scenarios ------------------------------------------------------------------------------- */

static uint64_t next(uint64_t *random, uint64_t below)
{
	/* xorshift64*: the same numbers on every machine. */
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return ((*random * UINT64_C(2685821657736338717)) >> 33) % below;
}

static void print(const struct news *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		(void)fprintf(stderr, "  %s %s %u\n", words[events[i].what],
			      truths[events[i].truth].receipt, events[i].how);
}

/* One event after the other is left out as long as it goes wrong without it. */
static uint32_t shrink(struct play *play, struct news *events, uint32_t count)
{
	struct news fewer[EVENTS];

	for (uint32_t i = count; i-- > 0;) {
		memcpy(fewer, events, i * sizeof(*events));
		memcpy(fewer + i, events + i + 1, (count - i - 1) * sizeof(*events));
		run(play, fewer, count - 1);
		if (play->wrong[0] == '\0')
			continue;
		memcpy(events, fewer, --count * sizeof(*events));
	}
	run(play, events, count);
	return count;
}

/* What a generator hardly finds: the one lie that counts is believed before the truth is heard. */
static void property_10_a_prompts_money_under_a_false_name_counts_once(void **state)
{
	static const struct news all[][3] = {
		{ { WHAT_FORGED, 0, 1 }, { WHAT_ANSWERED, 0, 0 }, { WHAT_QUERIED, 0, 0 } },
		{ { WHAT_QUERIED, 0, 0 }, { WHAT_FORGED, 0, 1 }, { WHAT_ANSWERED, 0, 0 } },
		/* The provider names the payer whom the word does not. */
		{ { WHAT_FORGED, 0, 3 }, { WHAT_ANSWERED, 0, 1 }, { WHAT_QUERIED, 0, 0 } },
		{ { WHAT_QUERIED, 0, 0 }, { WHAT_FORGED, 0, 3 }, { WHAT_ANSWERED, 0, 1 } },
		/* A person takes the word for true, of which the payer is not. */
		{ { WHAT_FORGED, 3, 11 }, { WHAT_ASSIGNED, 3, 0 }, { WHAT_QUERIED, 3, 0 } },
		{ { WHAT_QUERIED, 3, 0 }, { WHAT_FORGED, 3, 11 }, { WHAT_ASSIGNED, 3, 0 } },
	};
	static struct play play;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
		run(&play, all[i], 3);
		if (play.wrong[0] != '\0')
			fail_msg("%zu: %s", i, play.wrong);
	}
}

static void run_seed(uint64_t seed)
{
	uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	struct news events[EVENTS];
	static struct play play;
	/* Few payments, so that what is said of each meets. */
	const uint32_t some[] = { (uint32_t)next(&random, TRUTHS), (uint32_t)next(&random, TRUTHS),
				  (uint32_t)next(&random, TRUTHS) };
	uint32_t count = EVENTS;

	for (uint32_t i = 0; i < EVENTS; i++) {
		events[i] = (struct news){ .what = (enum what)next(&random, WHAT_COUNT),
					   .truth = some[next(&random, 3)],
					   .how = (uint32_t)next(&random, 12) };
		if (is_token &&
		    (events[i].what == WHAT_FORGED || events[i].what == WHAT_INVENTED ||
		     events[i].what == WHAT_LEAKED))
			events[i].what = WHAT_RESULT;
	}
	run(&play, events, count);
	if (play.wrong[0] == '\0')
		return;
	count = shrink(&play, events, count);
	print(events, count);
	fail_msg("WAVU_SEED=%llu: %s", (unsigned long long)seed, play.wrong);
}

static void run_seeds(void)
{
	const char *only = getenv("WAVU_SEED"), *many = getenv("WAVU_SEEDS");
	uint64_t seeds = many != NULL ? strtoull(many, NULL, 10) : SEEDS;

	if (only != NULL) {
		run_seed(strtoull(only, NULL, 10));
		return;
	}
	for (uint64_t seed = 1; seed <= seeds; seed++)
		run_seed(seed);
}

static void property_10_and_14_what_was_paid_counts_once_whatever_is_said(void **state)
{
	(void)state;
	is_token = false;
	run_seeds();
}

static void property_10_and_12_what_is_believed_at_once_counts_once(void **state)
{
	(void)state;
	is_token = true;
	run_seeds();
	is_token = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_10_a_prompts_money_under_a_false_name_counts_once),
		cmocka_unit_test(property_10_and_14_what_was_paid_counts_once_whatever_is_said),
		cmocka_unit_test(property_10_and_12_what_is_believed_at_once_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
