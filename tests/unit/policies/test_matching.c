/* Whose payment is it: the steps of product.md "Matching", each with what decides against it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/digest.h"
#include "policies/matching.h"

static const char head[] =
    "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"
    "country: \"254\"\n%s---\n"
    "kind: Site\nname: kasarani\n---\n"
    "kind: Router\nname: r1\nsite: kasarani\naddress: 10.66.0.11\nuser: wavu\n"
    "password: { file: r.pw }\n---\n"
    "kind: Package\nname: home\nservice: pppoe\nprice: 100\nperiod: 1 month\n"
    "speed: { down: 1M, up: 1M }\n---\n"
    "kind: Subscriber\nname: KN-0042\nphone: 0712345678\naliases: [JANE, \"77\"]\n"
    "package: home\nrouter: r1\n---\n"
    "kind: Subscriber\nname: KN-0043\nphone: 0722000000\npackage: home\nrouter: r1\n---\n"
    "kind: Subscriber\nname: KN-0044\nphone: 0722000000\npackage: home\nrouter: r1\n---\n";

struct desk {
	struct arena arena;
	struct intent *intent;
};

static void desk_open(struct desk *desk, const char *tenant_line)
{
	char yaml[4096];
	struct intent_file file = { TEXT("in.yaml"), TEXT_NONE };
	struct findings findings = { 0 };

	(void)snprintf(yaml, sizeof(yaml), head, tenant_line);
	file.bytes = text_of(yaml);
	arena_open(&desk->arena, 1u << 24);
	intent_read_files(&desk->intent, &findings, &file, 1, &desk->arena);
	if (!desk->intent)
		fail_msg("%.*s", TEXT_ARG(findings.errors[0].message));
}

static void desk_close(struct desk *desk)
{
	intent_release(desk->intent);
	arena_close(&desk->arena);
}

static bool is_43(void *context, const struct subscriber *subscriber)
{
	(void)context;
	return text_is(subscriber->reference, "kn0043");
}

static bool is_42(void *context, const struct subscriber *subscriber)
{
	(void)context;
	return text_is(subscriber->reference, "kn0042");
}

static struct match match(struct desk *desk, const char *reference, const char *phone)
{
	const struct notice notice = { .kind = NOTICE_PAID,
				       .reference = text_of(reference),
				       .phone = text_of(phone) };

	return match_notice(desk->intent, &notice, &desk->arena, NULL, NULL);
}

static void expect(struct match match, const char *reference, const char *by)
{
	assert_non_null(match.subscriber);
	assert_true(text_is(match.subscriber->reference, reference));
	assert_true(text_is(match.by, by));
}

static void account_alias_phone_then_payer(void **state)
{
	struct desk desk;

	(void)state;
	desk_open(&desk, "");
	expect(match(&desk, "KN-0042", ""), "kn0042", "account");
	expect(match(&desk, " kn 00-42 ", "254722000000"), "kn0042", "account");
	expect(match(&desk, "jane", ""), "kn0042", "alias");
	expect(match(&desk, "7-7", ""), "kn0042", "alias");
	expect(match(&desk, "0712 345 678", ""), "kn0042", "phone in the reference");
	expect(match(&desk, "+254712345678", ""), "kn0042", "phone in the reference");
	expect(match(&desk, "rent", "254712345678"), "kn0042", "payer");
	expect(match(&desk, "", "254712345678"), "kn0042", "payer");
	desk_close(&desk);
}

static void two_hits_or_none_are_unmatched_with_a_sentence(void **state)
{
	struct desk desk;
	struct match got;

	(void)state;
	desk_open(&desk, "");
	got = match(&desk, "0722000000", "254712345678");
	assert_null(
	    got.subscriber); /* the step with a hit decides: the payer is not asked any more */
	assert_true(text_contains_nocase(got.why, TEXT("more than one")));
	got = match(&desk, "rent", "254722000000");
	assert_null(got.subscriber);
	got = match(&desk, "rent", "254799999999");
	assert_null(got.subscriber);
	assert_true(text_contains_nocase(got.why, TEXT("'rent'")));
	got = match(&desk, "", "");
	assert_null(got.subscriber);
	assert_true(got.why.size != 0);
	desk_close(&desk);
}

static void the_payer_may_be_a_hash_or_switched_off(void **state)
{
	struct desk desk;
	struct digest digest = digest_of(TEXT("254712345678"));
	char hex[65];
	struct notice notice = { .kind = NOTICE_PAID, .reference = TEXT("rent") };

	(void)state;
	digest_hex(&digest, hex);
	notice.phone_hash = text_of(hex);
	desk_open(&desk, "");
	expect(match_notice(desk.intent, &notice, &desk.arena, NULL, NULL), "kn0042", "payer");
	desk_close(&desk);
	desk_open(&desk, "match_payer: false\n");
	assert_null(match_notice(desk.intent, &notice, &desk.arena, NULL, NULL).subscriber);
	assert_null(match(&desk, "", "254712345678").subscriber);
	expect(match(&desk, "0712345678", ""), "kn0042", "phone in the reference");
	desk_close(&desk);
}

static void the_terminated_are_not_hit(void **state)
{
	struct desk desk;
	struct notice notice = { .kind = NOTICE_PAID, .reference = TEXT("0722000000") };
	struct match unmatched;

	(void)state;
	desk_open(&desk, "");
	expect(match_notice(desk.intent, &notice, &desk.arena, is_43, NULL), "kn0044",
	       "phone in the reference");
	notice.reference = TEXT("KN-0042");
	unmatched = match_notice(desk.intent, &notice, &desk.arena, is_42, NULL);
	assert_null(unmatched.subscriber);
	assert_true(text_is(unmatched.why, "account KN-0042 is terminated"));
	notice.reference = TEXT("jane");
	unmatched = match_notice(desk.intent, &notice, &desk.arena, is_42, NULL);
	assert_null(unmatched.subscriber);
	assert_true(text_is(unmatched.why, "account KN-0042 is terminated"));
	notice.phone = TEXT("254712345678");
	assert_null(match_notice(desk.intent, &notice, &desk.arena, is_42, NULL).subscriber);
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(account_alias_phone_then_payer),
		cmocka_unit_test(two_hits_or_none_are_unmatched_with_a_sentence),
		cmocka_unit_test(the_payer_may_be_a_hash_or_switched_off),
		cmocka_unit_test(the_terminated_are_not_hit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
