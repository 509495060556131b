/* Every row of THE table of policies: named, explained, and with shipped settings that an
 * operator's repository takes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "intent/intent.h"
#include "policies/policy.h"

#define FILE_SIZE_MAX 65536

static const char head[] = "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n";

static bool defaults_read(const char *name, char *bytes, uint32_t *size)
{
	const char *source = getenv("WAVU_SOURCE");
	char path[1024];
	FILE *file;

	if (!source)
		return false;
	(void)snprintf(path, sizeof(path), "%s/policies/defaults/%s.yaml", source, name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("policy %s has no defaults/%s.yaml", name, name);
	*size = (uint32_t)fread(bytes, 1, FILE_SIZE_MAX, file);
	(void)fclose(file);
	return true;
}

static void every_policy_is_named_and_explained_once(void **state)
{
	const struct policy *policy, *other;
	uint32_t i, j;

	(void)state;
	assert_non_null(policy_at(0));
	for (i = 0; (policy = policy_at(i)) != NULL; i++) {
		assert_true(policy->name[0] != '\0');
		assert_true(strlen(policy->help) > 10 &&
			    policy->help[strlen(policy->help) - 1] == '.');
		assert_non_null(policy->judge);
		for (j = 0; j < i && (other = policy_at(j)) != NULL; j++)
			assert_string_not_equal(other->name, policy->name);
	}
}

static void every_policys_defaults_are_valid(void **state)
{
	static char bytes[FILE_SIZE_MAX];
	const struct policy *policy;
	uint32_t i, size = 0;

	(void)state;
	for (i = 0; (policy = policy_at(i)) != NULL; i++) {
		struct arena arena;
		struct findings findings = { 0 };
		struct intent *intent = NULL;
		struct intent_file files[2] = { { TEXT("tenant.yaml"), TEXT_NONE },
						{ TEXT("defaults.yaml"), TEXT_NONE } };
		if (!defaults_read(policy->name, bytes, &size)) {
			print_message("WAVU_SOURCE is not set: run it by ctest\n");
			skip();
		}
		files[0].bytes = text_of(head);
		files[1].bytes = (struct text){ bytes, size };
		arena_open(&arena, 1u << 26);
		intent_read_files(&intent, &findings, files, 2, &arena);
		if (!intent)
			fail_msg("%s.yaml:%u: %.*s", policy->name, findings.errors[0].line,
				 TEXT_ARG(findings.errors[0].message));
		intent_release(intent);
		arena_close(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_policy_is_named_and_explained_once),
		cmocka_unit_test(every_policys_defaults_are_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
