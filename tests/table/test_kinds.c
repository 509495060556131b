/*
 * Every row of schemas/: kinds are sorted, every key has help and what its type needs, its default
 * is a value that it accepts, and an example uses it; what no example uses says here why not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "git/folder.h"
#include "intent/intent.h"
#include "provider/provider.h"
#include "schemas/kind.h"
#include "schemas/providers.h"
#include "yaml/scalar.h"
#include "yaml/shape.h"

static const struct {
	const char *path, *why;
} not_in_examples[] = {
	{ "Package.profile", "only for a router that was filled by hand" },
	{ "Router.dhcp*", "only for ipoe" },
	{ "Router.drift_menus*", "drift is what beginners want" },
	{ "Router.hotspot.walled_garden*", "docs/operators.md has one" },
	{ "Router.wall*", "only with firewall: manage" },
	{ "Site.drift_menus*", "drift is what beginners want" },
	{ "Site.hotspot*", "docs/operators.md has one" },
	{ "Subscriber.bypass", "docs/operators.md has one" },
	{ "Tenant.drift_menus*", "drift is what beginners want" },
	{ "Router.firewall", "report is what beginners want" },
	{ "Router.lease", "shown on Tenant" },
	{ "Site.lease", "shown on Tenant" },
	{ "Router.maintenance", "shown on Site" },
	{ "Router.maintenance.from", "shown on Site" },
	{ "Router.maintenance.to", "shown on Site" },
	{ "Tenant.maintenance", "shown on Site" },
	{ "Tenant.maintenance.from", "shown on Site" },
	{ "Tenant.maintenance.to", "shown on Site" },
	{ "Router.static", "its one setting is parent" },
	{ "Router.static.parent", "a queue that must be there already" },
	{ "Router.pause.reason", "a paused example would do nothing" },
	{ "Router.pause.until", "a paused example would do nothing" },
	{ "Router.pause", "a paused example would do nothing" },
	{ "Router.rest.plain", "nobody should copy it" },
	{ "Router.rest", "its one setting is plain" },
	{ "Router.drift", "shown on Tenant" },
	{ "Router.guard", "shown on Site and Tenant" },
	{ "Router.guard.losses_max_percent", "shown on Site and Tenant" },
	{ "Router.guard.losses_min", "shown on Site and Tenant" },
	{ "Router.tls.anonymous", "nobody should copy it" },
	{ "Router.tls.fingerprint", "no made-up fingerprint fits a real router" },
	{ "Site.drift", "shown on Tenant" },
	{ "Tenant.payments.endpoint", "only for a test provider" },
	{ "Tenant.payments.initiator", "only for questions about confirmations and reversals" },
	{ "Tenant.payments.nominated", "only with pull" },
	{ "Tenant.payments.pull", "the provider grants it on request" },
	{ "Tenant.payments.security_credential", "only with initiator" },
	{ "Tenant.payments.store", "only for prompts to a till" },
	{ "Tenant.payments.validation", "accept is what beginners want" },
};

static struct arena arena;
static const struct node **documents;
static uint32_t document_count;

static void ignore(void *context, const struct problem *problem)
{
	(void)problem;
	++*(uint32_t *)context;
}

static void read_examples(void)
{
	static const char *const folders[] = { "one-router", "small-isp", "channels" };
	const char *source = getenv("WAVU_SOURCE");
	documents = ARENA_ARRAY(&arena, const struct node *, 10000);
	for (size_t i = 0; i < 3; i++) {
		struct blob *blobs;
		uint32_t count, problems = 0;
		struct error error;
		struct text folder = text_format(&arena, "%s/examples/%s", source ? source : ".",
						 folders[i]);
		assert_true(folder_blobs(&blobs, &count, folder, &arena, &error));
		for (uint32_t j = 0; j < count; j++) {
			struct node **found;
			uint32_t found_count;
			assert_true(document_read(&found, &found_count, blobs[j].bytes, &arena,
						  ignore, &problems));
			for (uint32_t k = 0; k < found_count; k++)
				documents[document_count++] = found[k];
		}
		assert_int_equal(problems, 0);
	}
}

/* Does any node of this set have the key? Collects the values. */
static uint32_t collect(const struct node **nodes, uint32_t count, const char *key,
			const struct node **out)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct node *value = node_get(nodes[i], key);
		if (value && value->kind == NODE_LIST) {
			for (uint32_t j = 0; j < value->count && found < 1000; j++)
				out[found++] = value->items[j];
		} else if (value && found < 1000) {
			out[found++] = value;
		}
	}
	return found;
}

/* "Router.wall*" is all that begins so. */
static bool is_excused(const char *path)
{
	for (size_t i = 0; i < ARRAY_COUNT(not_in_examples); i++) {
		const char *excused = not_in_examples[i].path;
		size_t size = strlen(excused);
		if (excused[size - 1] == '*' ? strncmp(excused, path, size - 1) == 0
					     : strcmp(excused, path) == 0)
			return true;
	}
	return false;
}

static void check_default(const struct key *key, const char *path)
{
	struct shape shape = { .arena = &arena, .country = TEXT("254") };
	if (!key->fallback || key->type == VALUE_PASSWORD)
		return;
	struct text flaw = scalar_flaw(&shape, key, text_of(key->fallback));
	if (flaw.size)
		print_error("%s: the default is refused: %.*s\n", path, TEXT_ARG(flaw));
	assert_int_equal(flaw.size, 0);
}

static void check_row(const struct key *key, const char *path)
{
	if (!key->help || key->help[0] == '\0' || key->help[strlen(key->help) - 1] != '.')
		print_error("%s: help is a sentence with a full stop\n", path);
	assert_true(key->help && key->help[0] && key->help[strlen(key->help) - 1] == '.');
	bool has_words = key->words && key->words[0];
	if (key->type == VALUE_ENUM || key->type == VALUE_PROVIDER)
		assert_true(has_words);
	assert_int_equal(key->type == VALUE_MAP, key->keys != NULL);
	assert_int_equal(key->type == VALUE_LIST, key->item != NULL);
	assert_int_equal(key->type == VALUE_REFERENCE, key->refers != NULL);
	if (key->refers)
		assert_non_null(kind_find(key->refers, (uint32_t)strlen(key->refers)));
	assert_false((key->flags & KEY_REQUIRED) && (key->flags & KEY_INERT));
	assert_false((key->flags & KEY_REQUIRED) && key->fallback);
	if (key->min || key->max)
		assert_true(key->min <= key->max || key->max == 0);
	check_default(key, path);
}

static uint32_t row_count;

static void check_keys(const struct key *keys, const char *path, const struct node **nodes,
		       uint32_t node_count, bool inert)
{
	for (const struct key *key = keys; key->name; key++) {
		char inner[200];
		const struct node *values[1000];
		(void)snprintf(inner, sizeof(inner), "%s.%s", path, key->name);
		for (const struct key *other = keys; other != key; other++)
			assert_string_not_equal(other->name, key->name);
		row_count++;
		check_row(key, inner);
		uint32_t count = collect(nodes, node_count, key->name, values);
		bool quiet = inert || (key->flags & KEY_INERT);
		if (!count && !quiet && !is_excused(inner)) {
			print_error("%s: no example uses it, and nothing says why not\n", inner);
			fail();
		}
		/* An example with a key that nothing acts on would greet with a warning. */
		if (key->flags & KEY_INERT)
			assert_int_equal(count, 0);
		if (key->type == VALUE_LIST)
			check_row(key->item, inner);
		const struct key *next = key->type == VALUE_LIST ? key->item->keys : key->keys;
		if (next)
			check_keys(next, inner, values, count, quiet);
	}
}

static void test_every_row(void **state)
{
	(void)state;
	arena_open(&arena, 256u << 20);
	read_examples();
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		const struct node *nodes[1000];
		uint32_t count = 0;
		if (kind != kinds)
			assert_true(strcmp(kind[-1]->name, kind[0]->name) < 0);
		assert_ptr_equal(kind_find((*kind)->name, (uint32_t)strlen((*kind)->name)), *kind);
		assert_true((*kind)->help && (*kind)->help[0]);
		for (uint32_t i = 0; i < document_count; i++) {
			const struct node *name = node_get(documents[i], "kind");
			if (name && text_is(name->scalar, (*kind)->name))
				nodes[count++] = documents[i];
		}
		assert_true(count > 0);
		check_keys((*kind)->keys, (*kind)->name, nodes, count, false);
	}
	print_message("%u rows\n", row_count);
	assert_true(row_count > 100);
	arena_close(&arena);
}

/* Complete repositories, and nothing about them is worth a warning. */
static void test_examples_are_valid(void **state)
{
	(void)state;
	static const char *const folders[] = { "one-router", "small-isp" };
	const char *source = getenv("WAVU_SOURCE");
	for (size_t i = 0; i < 2; i++) {
		struct intent *intent;
		struct findings findings;
		struct error error;
		arena_open(&arena, 64u << 20);
		struct text folder = text_format(&arena, "%s/examples/%s", source ? source : ".",
						 folders[i]);
		assert_true(intent_read_folder(&intent, &findings, folder, &arena, &error));
		assert_int_equal(findings.error_total, 0);
		assert_int_equal(findings.warning_count, 0);
		assert_non_null(intent);
		assert_true(intent->subscriber_count >= 3);
		assert_int_equal(intent->site_count, i + 1);
		intent_release(intent);
		arena_close(&arena);
	}
}

/* A channel of every provider, and each that has prompts can send them. */
static void test_channel_examples_are_whole(void **state)
{
	(void)state;
	const char *source = getenv("WAVU_SOURCE");
	struct intent *intent;
	struct findings findings;
	struct error error;
	uint32_t count = 0;
	arena_open(&arena, 64u << 20);
	struct text folder = text_format(&arena, "%s/examples/channels", source ? source : ".");
	assert_true(intent_read_folder(&intent, &findings, folder, &arena, &error));
	for (uint32_t i = 0; i < findings.error_count; i++)
		fail_msg("%.*s", TEXT_ARG(findings.errors[i].message));
	assert_int_equal(findings.warning_count, 0);
	for (; provider_at(count); count++) {
		const struct provider *provider = provider_at(count);
		const struct channel *channel = NULL;
		for (uint32_t i = 0; i < intent->tenant.channel_count; i++)
			if (text_is(intent->tenant.channels[i].provider, provider->name))
				channel = &intent->tenant.channels[i];
		assert_non_null(channel);
		if (provider->api != NULL && provider->api->start != NULL)
			assert_null(provider_lacks(channel, provider->api->login_needs |
								provider->api->prompt_needs));
	}
	assert_int_equal(intent->tenant.channel_count, count);
	intent_release(intent);
	arena_close(&arena);
}

/* The floors keep schemas/ from asking webhook/provider: here both tables are held side by side. */
static void test_lists_agree_with_the_providers(void **state)
{
	(void)state;
	uint32_t count = 0;
	for (; provider_names[count]; count++) {
		assert_non_null(provider_keys(text_of(provider_names[count])));
		assert_non_null(provider_at(count));
		assert_string_equal(provider_at(count)->name, provider_names[count]);
		if (count > 0)
			assert_true(strcmp(provider_names[count - 1], provider_names[count]) < 0);
	}
	assert_null(provider_at(count));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_examples_are_valid),
		cmocka_unit_test(test_channel_examples_are_whole),
		cmocka_unit_test(test_lists_agree_with_the_providers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
