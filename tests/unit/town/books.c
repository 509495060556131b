#include "books.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "money/booking.h"
#include "money/teller.h"

/* ---- what is said ---------------------------------------------------------------------------- */

void town_hear(struct town *town, struct inbox_line *lines, uint32_t count)
{
	struct store *street;
	struct error error = { 0 };

	if (!store_open(&street, town->settings.state, town->tenant.name, STORE_WEBHOOK, &error) ||
	    !inbox_append(street, lines, count, &error))
		fail_msg("%s", error.text);
	store_close(street);
}

void town_say(struct town *town, const char *channel, const char *source, const char *body)
{
	struct inbox_line line = { .channel = text_of(channel),
				   .provider = TEXT("daraja"),
				   .kind = TEXT("confirmation"),
				   .received_at = clock_now(),
				   .source = text_of(source),
				   .body = text_of(body) };

	town_hear(town, &line, 1);
}

void town_result(struct town *town, const char *channel, int64_t attempt, struct text body)
{
	struct inbox_line line = { .channel = text_of(channel),
				   .provider = TEXT("daraja"),
				   .kind = TEXT("attempt"),
				   .attempt = attempt,
				   .received_at = clock_now(),
				   .source = TEXT("127.0.0.1"),
				   .body = body };

	town_hear(town, &line, 1);
	town_tell(town);
}

void town_pay(struct town *town, const char *receipt, const char *amount, const char *account)
{
	town_say(town, "main", "127.0.0.1",
		 text_format(&town->arena,
			     "{\"TransactionType\":\"Pay Bill\",\"TransID\":\"%s\","
			     "\"TransTime\":\"20261101120000\",\"TransAmount\":\"%s\","
			     "\"BusinessShortCode\":\"600638\",\"BillRefNumber\":\"%s\","
			     "\"MSISDN\":\"254700000000\",\"FirstName\":\"Jane\"}",
			     receipt, amount, account)
		     .at);
}

void town_tell(struct town *town)
{
	struct error error = { 0 };
	bool more = true;

	while (more)
		if (!teller_step(&town->seat, clock_now(), &more, &error))
			fail_msg("%s", error.text);
}

/* ---- what stands in the books -----------------------------------------------------------------
 */

struct payment town_payment(struct town *town, const char *receipt)
{
	struct payment payment;
	struct error error = { 0 };
	bool found;

	if (!ledger_payment(&found, &payment, town->seat.store, text_of(receipt), &town->arena,
			    &error))
		fail_msg("%s", error.text);
	if (!found)
		fail_msg("no payment %s", receipt);
	return payment;
}

uint32_t town_count(struct town *town, int status)
{
	struct payment *payments;
	struct error error = { 0 };
	uint32_t count;

	if (!ledger_payments(&payments, &count, town->seat.store, status, 100000, &town->arena,
			     &error))
		fail_msg("%s", error.text);
	return count;
}

uint32_t town_held(struct town *town)
{
	return town_count(town, PAYMENT_HELD);
}

int64_t town_waiting(struct town *town)
{
	struct ledger_totals totals;
	struct error error = { 0 };

	if (!ledger_totals(&totals, town->seat.store, 0, &error))
		fail_msg("%s", error.text);
	return totals.held_count;
}

struct standing town_standing(struct town *town, const char *reference)
{
	struct standing standing;
	struct error error = { 0 };

	if (!ledger_standing(&standing, town->seat.store, text_of(reference), &town->arena, &error))
		fail_msg("%s", error.text);
	return standing;
}

bool town_assign(struct town *town, const char *receipt, const char *account, struct error *error)
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

void town_verify(struct town *town)
{
	struct text *problems;
	struct error error = { 0 };
	uint32_t count;

	if (!store_verify(&problems, &count, town->seat.store, &town->arena, &error))
		fail_msg("%s", error.text);
	if (count > 0)
		fail_msg("%.*s", TEXT_ARG(problems[0]));
}

void town_end(struct town *town)
{
	town_verify(town);
	town_close(town);
}
