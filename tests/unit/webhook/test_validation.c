/*
 * Validations: who is refused and with which code, and everything in which doubt accepts. Nothing
 * but the street's file is read, so nothing that can be away is asked (property 21).
 */
#include "webhook/validation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "state/expected.h"

#define NOW INT64_C(1795000000000000)

struct world {
	char folder[64];
	struct store *controller, *webhook;
	struct channels *channels;
	struct arena arena;
};

static struct world world;

static void must(bool ok, const struct error *error)
{
	if (!ok)
		fail_msg("%s", error->text);
}

static struct text hash_of(const char *phone)
{
	struct digest digest = digest_of(text_of(phone));
	char *hex = ARENA_ARRAY(&world.arena, char, 65);
	digest_hex(&digest, hex);
	return text_of(hex);
}

static void sync_people(int64_t fresh_at, bool by_payer)
{
	const struct expected people[] = {
		{ EXPECTED_REFERENCE, TEXT("kn0042"), 250000, true },
		{ EXPECTED_REFERENCE, TEXT("jane"), 250000, true },
		{ EXPECTED_PHONE, hash_of("254712345678"), 250000, true },
		{ EXPECTED_REFERENCE, TEXT("gone"), 0, false },
		{ EXPECTED_REFERENCE, TEXT("postpaid"), 0, true },
	};
	struct expecting expecting = { TEXT("254"), by_payer, fresh_at };
	uint32_t written;
	struct error error;
	must(expected_sync(&written, world.controller, &expecting, people, ARRAY_COUNT(people),
			   &world.arena, &error),
	     &error);
}

static void publish(bool refuses)
{
	struct street_channel channel = { .channel = TEXT("main"),
					  .provider = TEXT("daraja"),
					  .token = digest_of(TEXT("token")),
					  .shortcode = TEXT("600638"),
					  .refuses = refuses };
	struct error error;
	must(street_publish(world.controller, &channel, 1, &error) &&
		 channels_refresh(world.channels, &error),
	     &error);
}

static int setup(void **state)
{
	struct error error;
	(void)state;
	memset(&world, 0, sizeof(world));
	(void)snprintf(world.folder, sizeof(world.folder), "/tmp/validation-XXXXXX");
	assert_non_null(mkdtemp(world.folder));
	arena_open(&world.arena, 64u << 20);
	must(store_open(&world.controller, text_of(world.folder), TEXT("kasinet"), STORE_CONTROLLER,
			&error) &&
		 store_open(&world.webhook, text_of(world.folder), TEXT("kasinet"), STORE_WEBHOOK,
			    &error),
	     &error);
	world.channels = channels_new(world.webhook);
	publish(true);
	sync_people(NOW, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	channels_free(world.channels);
	store_close(world.webhook);
	store_close(world.controller);
	arena_close(&world.arena);
	static const char *const names[] = { "db", "inbox.db", "street.db" };
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		for (size_t k = 0; k < ARRAY_COUNT(ends); k++) {
			char path[160];
			(void)snprintf(path, sizeof(path), "%s/kasinet.%s%s", world.folder,
				       names[i], ends[k]);
			(void)unlink(path);
		}
	(void)rmdir(world.folder);
	return 0;
}

/* The result code in the answer. */
static struct text code_at(const char *body, int64_t now)
{
	struct reply reply = validation_answer(provider_find(TEXT("daraja")), world.channels,
					       TEXT("main"), text_of(body), now, &world.arena);
	struct text rest = reply.body, code;
	assert_int_equal(reply.status, 200);
	while (!text_starts(rest, TEXT("\"ResultCode\":\"")))
		rest = text_from(rest, 1);
	(void)text_cut(text_from(rest, 14), '"', &code, &rest);
	return code;
}

#define ASK(reference, amount, phone)                                                          \
	"{\"TransactionType\":\"Pay Bill\",\"TransID\":\"UKM1A2B3C4\",\"TransTime\":"              \
	"\"20261122121325\",\"TransAmount\":\"" amount "\",\"BusinessShortCode\":\"600638\","      \
	"\"BillRefNumber\":\"" reference "\",\"OrgAccountBalance\":\"\",\"MSISDN\":\"" phone "\"}"
#define MASKED "2547 ***** 126"

static void property_24_unknown_accounts_and_wrong_amounts(void **state)
{
	static const struct {
		const char *body, *code;
	} cases[] = {
		{ ASK("KN-0042", "2500.00", MASKED), "0" },
		{ ASK(" kn 00-42 ", "9000", MASKED), "0" },
		{ ASK("Jane", "2500", MASKED), "0" },
		{ ASK("0712345678", "2500", MASKED), "0" },
		{ ASK("who", "2500", "254712345678"), "0" }, /* the payer is known */
		{ ASK("postpaid", "1", MASKED), "0" },
		{ ASK("KN-0042", "2499.99", MASKED), "C2B00013" },
		{ ASK("0712345678", "10", MASKED), "C2B00013" },
		{ ASK("who", "10", "0712345678"), "C2B00013" },
		{ ASK("KN-0043", "2500", MASKED), "C2B00012" },
		{ ASK("gone", "2500", MASKED), "C2B00012" },
		{ ASK("0712345679", "2500", "254712345670"), "C2B00012" },
		{ ASK("", "2500", "254712345670"), "C2B00011" },
		/* Doubts are acceptances. */
		{ ASK("", "2500", MASKED), "0" },
		{ ASK("KN-0042", "1e3", MASKED), "0" },
		{ ASK("KN-0042", "", MASKED), "0" },
		{ "{\"TransID\":", "0" },
		{ "", "0" },
		{ "[]", "0" },
		{ "{\"TransID\":\"A\",\"TransID\":\"B\"}", "0" },
		{ "\xff\xfe", "0" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		if (!text_is(code_at(cases[i].body, NOW), cases[i].code))
			fail_msg("%s: %.*s", cases[i].body,
				 TEXT_ARG(code_at(cases[i].body, NOW)));
	assert_true(text_is(code_at("{\"TransID\":\"UKM1A2B3C4\",\"TransAmount\":\"2500\","
				    "\"BusinessShortCode\":\"600639\",\"BillRefNumber\":"
				    "\"KN-0042\"}",
				    NOW),
			    "C2B00015"));
}

static void property_24_what_is_stale_accepts(void **state)
{
	const char *unknown = ASK("KN-0043", "2500", MASKED);
	(void)state;
	assert_true(text_is(code_at(unknown, NOW + EXPECTED_STALE_US), "C2B00012"));
	assert_true(text_is(code_at(unknown, NOW + EXPECTED_STALE_US + 1), "0"));
	assert_true(text_is(code_at(unknown, NOW - EXPECTED_STALE_US - 1), "0"));
	sync_people(0, true);
	assert_true(text_is(code_at(unknown, NOW), "0"));
}

static void accept_is_the_default_and_payers_may_be_left_out(void **state)
{
	(void)state;
	sync_people(NOW, false);
	assert_true(text_is(code_at(ASK("who", "2500", "254712345678"), NOW), "C2B00012"));
	assert_true(text_is(code_at(ASK("", "2500", "254712345678"), NOW), "0"));
	publish(false);
	assert_true(text_is(code_at(ASK("KN-0043", "2500", MASKED), NOW), "0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(property_24_unknown_accounts_and_wrong_amounts,
						setup, teardown),
		cmocka_unit_test_setup_teardown(property_24_what_is_stale_accepts, setup, teardown),
		cmocka_unit_test_setup_teardown(accept_is_the_default_and_payers_may_be_left_out,
						setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
