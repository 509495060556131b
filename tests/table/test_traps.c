/* The table of refusals: each row is reached by its own example, and the texts that were seen mean
 * what they should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "router/traps.h"

static void every_row_is_reached_by_its_example(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < trap_count; i++) {
		const struct trap *found = trap_find(text_of(traps[i].example));
		if (found != &traps[i])
			fail_msg("\"%s\" is read as \"%s\", not as \"%s\"", traps[i].example,
				 found ? found->pattern : "nothing", traps[i].pattern);
		struct error error = { 0 };
		assert_false(trap_error(&error, text_of(traps[i].example)));
		assert_int_equal(error.code, traps[i].code);
	}
}

static void codes_are_those_that_say_what_comes_next(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < trap_count; i++)
		assert_true(traps[i].code == ERROR_DENIED || traps[i].code == ERROR_CONFLICT ||
			    traps[i].code == ERROR_REFUSED || traps[i].code == ERROR_UNKNOWN);
	struct error error = { 0 };
	assert_false(trap_error(&error, TEXT("failure: contents too long")));
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_false(trap_error(&error, TEXT_NONE));
	assert_int_equal(error.code, ERROR_REFUSED);
}

/* The words of the facts, by their class there. */
static const struct {
	const char *class;
	enum error_code code;
} classes[] = {
	{ "auth", ERROR_DENIED },         { "perm", ERROR_DENIED },    { "devmode", ERROR_DENIED },
	{ "dup", ERROR_CONFLICT },        { "gone", ERROR_CONFLICT },  { "retry", ERROR_UNKNOWN },
	{ "ref-missing", ERROR_REFUSED }, { "schema", ERROR_REFUSED }, { "value", ERROR_REFUSED },
	{ "cancel", ERROR_UNKNOWN },
};

/* The string after `"name": "`, from `at` on; NULL when there is none before `end`. */
static const char *string_of(const char *at, const char *end, const char *name, char *out,
			     size_t size)
{
	char key[40];
	(void)snprintf(key, sizeof(key), "\"%s\": \"", name);
	const char *found = strstr(at, key);
	if (!found || (end && found >= end))
		return NULL;
	found += strlen(key);
	size_t length = strcspn(found, "\"");
	if (length >= size)
		return NULL;
	memcpy(out, found, length);
	out[length] = '\0';
	return found + length;
}

static void check_seen(const char *text, const char *class)
{
	for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
		struct error error = { 0 };
		if (strcmp(class, classes[i].class) != 0)
			continue;
		(void)trap_error(&error, text_of(text));
		if (error.code != classes[i].code)
			fail_msg("\"%s\" (%s) is read as %s", text, class,
				 error_disposition(error.code)->name);
	}
}

static void texts_that_were_seen_keep_their_class(void **state)
{
	(void)state;
	static char bytes[1 << 16];
	const char *shared = getenv("WAVU_SHARED");
	char path[1000];
	(void)snprintf(path, sizeof(path), "%s/facts/routeros-fixtures/trap-messages.json",
		       shared ? shared : "../shared");
	FILE *file = fopen(path, "rb");
	if (!file) {
		(void)printf("skipped: no facts beside the checkout (WAVU_SHARED)\n");
		skip();
	}
	size_t size = fread(bytes, 1, sizeof(bytes) - 1, file);
	(void)fclose(file);
	bytes[size] = '\0';
	uint32_t count = 0;
	char text[400], class[40];
	for (const char *at = bytes; (at = string_of(at, NULL, "text", text, sizeof(text)));) {
		const char *next = strstr(at, "\"text\": \"");
		if (string_of(at, next, "class", class, sizeof(class))) {
			check_seen(text, class);
			count++;
		}
	}
	assert_true(count >= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_reached_by_its_example),
		cmocka_unit_test(codes_are_those_that_say_what_comes_next),
		cmocka_unit_test(texts_that_were_seen_keep_their_class),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
