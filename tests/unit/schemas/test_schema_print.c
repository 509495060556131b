/* The checked-in JSON Schemas are those the tables print. WAVU_UPDATE=1 writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schemas/schema_print.h"

static struct text slurp(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return TEXT_NONE;
	char *bytes = arena_take(arena, 1 << 20);
	size_t size = fread(bytes, 1, 1 << 20, file);
	(void)fclose(file);
	return (struct text){ bytes, (uint32_t)size };
}

static void check_kind(struct arena *arena, const struct kind *kind)
{
	const char *source = getenv("WAVU_SOURCE");
	struct text printed = schema_print(arena, kind);
	struct text name = schema_file_name(arena, kind);
	struct text path = text_format(arena, "%s/schemas/%.*s", source ? source : ".",
				       TEXT_ARG(name));
	if (getenv("WAVU_UPDATE")) {
		FILE *file = fopen(path.at, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(printed.at, 1, printed.size, file), printed.size);
		assert_int_equal(fclose(file), 0);
	}
	struct text stored = slurp(arena, path.at);
	if (!text_equal(stored, printed)) {
		print_error("%s is stale: run this test with WAVU_UPDATE=1\n", path.at);
		fail();
	}
}

static void test_files_are_fresh(void **state)
{
	(void)state;
	struct arena arena;
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		arena_open(&arena, 64u << 20);
		check_kind(&arena, *kind);
		arena_close(&arena);
	}
}

/* Braces, brackets and quotes close: the writer is our own. */
static void test_is_balanced(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 64u << 20);
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		struct text printed = schema_print(&arena, *kind);
		int depth = 0;
		bool quoted = false;
		for (uint32_t i = 0; i < printed.size; i++) {
			char c = printed.at[i];
			if (quoted && c == '\\')
				i++;
			else if (c == '"')
				quoted = !quoted;
			else if (!quoted && (c == '{' || c == '['))
				depth++;
			else if (!quoted && (c == '}' || c == ']'))
				depth--;
			assert_true(depth >= 0);
		}
		assert_int_equal(depth, 0);
		assert_false(quoted);
	}
	arena_close(&arena);
}

static void test_says_what_matters(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 64u << 20);
	const struct kind *package = kind_find("Package", 7);
	assert_non_null(package);
	assert_null(kind_find("package", 7));
	assert_null(kind_find("Packages", 8));
	struct text printed = schema_print(&arena, package);
	assert_true(text_contains_nocase(
	    printed, TEXT("\"required\": [\"kind\", \"name\", \"service\", \"price\", "
			  "\"period\", \"speed\"]")));
	assert_true(text_contains_nocase(
	    printed, TEXT("\"enum\": [\"pppoe\", \"hotspot\", \"static\", \"ipoe\"]")));
	assert_true(text_contains_nocase(printed, TEXT("\"additionalProperties\": false")));
	assert_true(text_is(schema_file_name(&arena, kind_find("DunningPolicy", 13)),
			    "dunning-policy.schema.json"));
	arena_close(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_fresh),
		cmocka_unit_test(test_is_balanced),
		cmocka_unit_test(test_says_what_matters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
