#include "prompts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "money/booking_attempt.h"
#include "state/attempts.h"

/* ---- prompts --------------------------------------------------------------------------------- */

struct attempt prompt_of(struct town *town, int64_t id)
{
	struct error error = { 0 };
	struct attempt attempt;
	bool found;

	if (!attempts_find(&found, &attempt, town->seat.store, id, &town->arena, &error) || !found)
		fail_msg("%s", error.text);
	return attempt;
}

struct attempt prompt_start(struct town *town, const char *channel, const char *provider,
			    const char *phone, int64_t cents)
{
	struct attempt attempt = { .channel = text_of(channel),
				   .provider = text_of(provider),
				   .shortcode = TEXT("600638"),
				   .subscriber = TEXT("kn0042"),
				   .account = TEXT("KN-0042"),
				   .phone = text_of(phone),
				   .cents = cents };
	struct error error = { 0 };
	bool fresh;

	if (!store_begin(town->seat.store, &error) ||
	    !attempts_start(&fresh, &attempt, town->seat.store, clock_now(), &town->arena,
			    &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	return attempt;
}

struct attempt prompt_left(struct town *town, struct attempt attempt, struct text name)
{
	struct error error = { 0 };

	attempt.sent_at = clock_now();
	attempt.status = ATTEMPT_PROMPTED;
	attempt.provider_ref = name;
	attempt.next_at = attempt.sent_at + 25 * SECOND_US;
	if (!store_begin(town->seat.store, &error) ||
	    !attempts_write(town->seat.store, &attempt, clock_now(), &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	return attempt;
}

void prompt_answered(struct town *town, int64_t id, const struct said *said)
{
	struct intent *intent = seat_intent(&town->seat);
	struct error error = { 0 };
	struct booked booked;
	struct attempt attempt;
	bool found;

	if (!store_begin(town->seat.store, &error) ||
	    !attempts_find(&found, &attempt, town->seat.store, id, &town->arena, &error) ||
	    !booking_answered(&booked, &town->seat, intent, &attempt, said, clock_now(),
			      &town->arena, &error) ||
	    !store_commit(town->seat.store, &error))
		fail_msg("%s", error.text);
	intent_release(intent);
}

/* ---- as Daraja says it ----------------------------------------------------------------------- */

struct text daraja_now(struct town *town)
{
	struct civil civil = zone_civil(zone_utc(), clock_now() + 3 * HOUR_US);

	return text_format(&town->arena, "%04d%02d%02d%02d%02d%02d", civil.year, civil.month,
			   civil.day, civil.hour, civil.minute, civil.second);
}

struct text daraja_confirmation(struct town *town, const char *shortcode, const char *receipt,
				const char *amount, const char *account, struct text phone)
{
	return text_format(&town->arena,
			   "{\"TransID\":\"%s\",\"TransTime\":\"%.*s\",\"TransAmount\":\"%s\","
			   "\"BusinessShortCode\":\"%s\",\"BillRefNumber\":\"%s\","
			   "\"MSISDN\":\"%.*s\"}",
			   receipt, TEXT_ARG(daraja_now(town)), amount, shortcode, account,
			   TEXT_ARG(phone));
}

struct text daraja_prompt_result(struct town *town, struct text name, int code, const char *amount,
				 const char *receipt)
{
	return text_format(&town->arena,
			   "{\"Body\":{\"stkCallback\":{\"CheckoutRequestID\":\"%.*s\","
			   "\"ResultCode\":%d,\"CallbackMetadata\":{\"Item\":["
			   "{\"Name\":\"Amount\",\"Value\":%s},"
			   "{\"Name\":\"MpesaReceiptNumber\",\"Value\":\"%s\"}]}}}}",
			   TEXT_ARG(name), code, amount, receipt);
}

/* ---- its line -------------------------------------------------------------------------------- */

bool played_alive(struct http *http)
{
	(void)http;
	return true;
}

void played_close(struct http *http)
{
	(void)http;
}

struct digest played_token(const char *body, const char *key)
{
	static const char mark[] = "/pay/kasinet/main/a/";
	const char *at = strstr(body, key), *end;

	assert_non_null(at);
	at = strstr(at, mark);
	assert_non_null(at);
	at += sizeof(mark) - 1;
	end = strchr(at, '"');
	assert_true(end - at >= 22); /* 128 bits at the least */
	return digest_of((struct text){ at, (uint32_t)(end - at) });
}

void town_ask(struct town *town, struct asker *asker, int64_t later_us)
{
	struct error error = { 0 };
	int64_t next_at;

	if (!asker_step(asker, &town->seat, clock_now() + later_us, &next_at, &error))
		fail_msg("%s", error.text);
}

void town_ask_afresh(struct town *town, struct http *http, int64_t later_us)
{
	struct asker *asker = asker_new(&town->seat, 1, http);

	town_ask(town, asker, later_us);
	asker_free(asker);
}
