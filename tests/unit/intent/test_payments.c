/* What a tenant may declare of its payments, where a mistake would be somebody's money. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "intent/intent.h"

static struct arena arena;
static struct findings findings;

/* The path of the only error of a channel with these keys, or empty. */
static struct text flaw_of(const char *provider, const char *name, const char *keys)
{
	struct text text = text_format(
	    &arena,
	    "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\npayments:\n"
	    "  - {name: %s, provider: %s, shortcode: \"600638\", type: paybill,\n"
	    "     token: {file: main.token}%s}\n",
	    name, provider, keys);
	struct intent_file file = { TEXT("tenant.yaml"), text };
	struct intent *intent;

	intent_read_files(&intent, &findings, &file, 1, &arena);
	assert_true((intent == NULL) == (findings.error_total > 0));
	intent_release(intent);
	if (findings.error_total > 1)
		fail_msg("%s: %u errors", keys, findings.error_total);
	return findings.error_total ? findings.errors[0].path : TEXT_NONE;
}

static void refused(const char *name, const char *keys, const char *path)
{
	struct text flaw = flaw_of("daraja", name, keys);

	if (!text_is(flaw, path))
		fail_msg("%s%s: '%.*s'", name, keys, TEXT_ARG(flaw));
}

/* Who asks for a list gets one: an empty list would let everybody in. */
static void property_27_an_empty_list_of_sources_is_a_mistake(void **state)
{
	(void)state;
	refused("main", ", sources: []", "payments[0].sources");
	refused("main", ", sources: [\"\"]", "payments[0].sources[0]");
	refused("main", ", sources: [196.201.214.200/24]", "payments[0].sources[0]");
	refused("main", ", sources: [196.201.214.200]", "");
}

/* The name is a part of the URL. */
static void property_28_a_channels_name_spells_no_forbidden_word(void **state)
{
	static const char *const words[] = { "mpesa",  "my-mpesa", "m-pesa", "safaricom-1",
					     "exes",   "execs",    "cmd2",   "mysql",
					     "queries-query" };
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		refused(words[i], "", "payments[0].name");
	refused("main", "", "");
}

/* An address of one's own is for tests, and without TLS for this machine alone. */
static void property_29_nothing_leaves_without_tls(void **state)
{
	(void)state;
	refused("main", ", environment: sandbox, endpoint: \"https://daraja.example.org\"", "");
	refused("main", ", environment: sandbox, endpoint: \"http://127.0.0.1:8080\"", "");
	refused("main", ", environment: sandbox, endpoint: \"http://localhost:8080\"", "");
	refused("main", ", environment: sandbox, endpoint: \"http://daraja.example.org\"",
		"payments[0].endpoint");
	refused("main", ", environment: sandbox, endpoint: \"http://127.0.0.1.example.org\"",
		"payments[0].endpoint");
	refused("main", ", environment: sandbox, endpoint: \"http://localhost.example.org\"",
		"payments[0].endpoint");
}

static void property_36_production_goes_to_the_provider_itself(void **state)
{
	(void)state;
	refused("main", ", endpoint: \"https://daraja.example.org\"", "payments[0].endpoint");
	refused("main", ", environment: production, endpoint: \"http://127.0.0.1:8080\"",
		"payments[0].endpoint");
}

static int start(void **state)
{
	(void)state;
	arena_open(&arena, 16u << 20);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* Half of what a prompt needs is none of it. */
static void what_a_prompt_lacks_is_named(void **state)
{
	static const struct {
		const char *provider, *keys, *path;
	} rows[] = {
		{ "daraja", ", passkey: {file: p}, consumer_key: {file: k}",
		  "payments[0].consumer_secret" },
		{ "daraja", ", passkey: {file: p}, consumer_secret: {file: k}",
		  "payments[0].consumer_key" },
		{ "daraja",
		  ", passkey: {file: p}, consumer_key: {file: k}, consumer_secret: {file: s}", "" },
		/* Registering URLs needs no passkey. */
		{ "daraja", ", consumer_key: {file: k}, consumer_secret: {file: s}", "" },
		{ "kopokopo", ", secret: {file: a}", "" },
		{ "kopokopo", ", secret: {file: a}, consumer_key: {file: k}",
		  "payments[0].consumer_secret" },
		{ "kopokopo", ", secret: {file: a}, consumer_secret: {file: k}",
		  "payments[0].consumer_key" },
		{ "kopokopo",
		  ", secret: {file: a}, consumer_key: {file: k}, consumer_secret: {file: s}, "
		  "prompt_till: K514459",
		  "" },
		{ "kopokopo",
		  ", secret: {file: a}, consumer_key: {file: k}, consumer_secret: {file: s}, "
		  "prompt_till: KK14459",
		  "payments[0].prompt_till" },
		{ "kopokopo", ", secret: {file: a}, email: a@b.c", "payments[0].email" },
		{ "paystack", ", secret: {file: a}, email: billing@example.co.ke", "" },
		{ "paystack", ", secret: {file: a}, email: billing", "payments[0].email" },
		{ "paystack", ", secret: {file: a}, email: a@b@c", "payments[0].email" },
		{ "paystack", ", secret: {file: a}, email: \"a b@c\"", "payments[0].email" },
		{ "paystack", ", email: billing@example.co.ke", "payments[0].secret" },
		{ "paystack", ", secret: {file: a}, prompt_till: K514459",
		  "payments[0].prompt_till" },
		{ "flutterwave", ", secret: {file: a}, email: a@b.c",
		  "payments[0].consumer_secret" },
		{ "daraja", ", email: a@b.c", "payments[0].email" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct text flaw = flaw_of(rows[i].provider, "main", rows[i].keys);

		if (!text_is(flaw, rows[i].path))
			fail_msg("%s%s: '%.*s'", rows[i].provider, rows[i].keys, TEXT_ARG(flaw));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_27_an_empty_list_of_sources_is_a_mistake),
		cmocka_unit_test(property_28_a_channels_name_spells_no_forbidden_word),
		cmocka_unit_test(property_29_nothing_leaves_without_tls),
		cmocka_unit_test(property_36_production_goes_to_the_provider_itself),
		cmocka_unit_test(what_a_prompt_lacks_is_named),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
