#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static FILE *file;
static int stderr_before;
static char text[16384];

/* stderr into a file, so that the test sees what a person would see. */
static int caught_begin(void **state)
{
	(void)state;
	file = tmpfile();
	stderr_before = dup(STDERR_FILENO);
	return !file || stderr_before < 0 || dup2(fileno(file), STDERR_FILENO) < 0;
}

static int caught_end(void **state)
{
	(void)state;
	(void)dup2(stderr_before, STDERR_FILENO);
	(void)close(stderr_before);
	(void)fclose(file);
	log_threshold(LOG_INFO);
	return 0;
}

static const char *caught(void)
{
	rewind(file);
	size_t size = fread(text, 1, sizeof(text) - 1, file);
	text[size] = '\0';
	return text;
}

static void a_line_is_level_what_pairs(void **state)
{
	(void)state;
	log_line(LOG_WARNING, "router-unreachable", "router=%s seconds=%d", "kibera-3", 5);
	log_line(LOG_ERROR, "x", "%s", "");
	assert_string_equal(caught(),
			    "warning router-unreachable router=kibera-3 seconds=5\nerror x\n");
}

static void property_30_phone_numbers_are_masked(void **state)
{
	static const struct {
		const char *said, *logged;
	} cases[] = {
		{ "reference '0712345678' is no account", "reference '0712****78' is no account" },
		{ "payer=254712345678", "payer=2547******78" },
		{ "payer=+254712345678.", "payer=+2547******78." },
		{ "0712 345-678, 0112 345 678", "0712 ***-*78, 0112 *** *78" },
		{ "phone 0712345678-", "phone 0712****78-" },
		/* Other numbers stay: receipts, moments, sizes, addresses, amounts, short codes. */
		{ "receipt=FLUTTERWAVE-285959875012", "receipt=FLUTTERWAVE-285959875012" },
		{ "receipt=UKL5123456789", "receipt=UKL5123456789" },
		{ "at=1795252043780775 size=1073741824", "at=1795252043780775 size=1073741824" },
		{ "2026-11-20T14:02:03 10.66.0.11:8728", "2026-11-20T14:02:03 10.66.0.11:8728" },
		{ "amount=2500.00 shortcode=600638 at 00:30",
		  "amount=2500.00 shortcode=600638 at 00:30" },
		{ "0712345678901234 commit=000000000000", "0712345678901234 commit=000000000000" },
		{ "x0712345678 0712345678 0712345678x",
		  "x0712345678 0712****78 0712345678x" },
	};
	char wanted[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rewind(file);
		assert_int_equal(ftruncate(fileno(file), 0), 0);
		log_line(LOG_INFO, "x", "%s", cases[i].said);
		(void)snprintf(wanted, sizeof(wanted), "info x %s\n", cases[i].logged);
		assert_string_equal(caught(), wanted);
	}
}

static void lines_below_the_threshold_vanish(void **state)
{
	(void)state;
	log_line(LOG_DEBUG, "hidden", "a=1");
	log_threshold(LOG_ERROR);
	log_line(LOG_WARNING, "hidden", "a=1");
	log_line(LOG_ERROR, "shown", "a=1");
	log_threshold(LOG_DEBUG);
	log_line(LOG_DEBUG, "shown", "a=2");
	assert_string_equal(caught(), "error shown a=1\ndebug shown a=2\n");
}

static void a_value_cannot_forge_a_line(void **state)
{
	(void)state;
	log_line(LOG_INFO, "paid", "name=\"%s\"", "x\nerror forged\r\x1b[2J\t\x7f");
	assert_string_equal(caught(),
			    "info paid name=\"x\\nerror forged\\x0d\\x1b[2J\\x09\\x7f\"\n");
}

static void a_long_value_is_cut(void **state)
{
	(void)state;
	char value[10000];
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	log_line(LOG_INFO, "long", "value=%s", value);
	memset(value, '\n', sizeof(value) - 1);
	log_line(LOG_INFO, "long", "value=%s", value);
	const char *lines = caught();
	const char *second = strchr(lines, '\n') + 1;
	assert_true(second - lines <= 4096 && second - lines > 4000);
	size_t size = strlen(second);
	assert_true(size <= 4096 && second[size - 1] == '\n');
	assert_ptr_equal(strchr(second, '\n'), second + size - 1);
}

static void a_closed_stderr_is_survived(void **state)
{
	(void)state;
	(void)close(STDERR_FILENO);
	log_line(LOG_ERROR, "lost", "a=1");
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	log_line(LOG_ERROR, "kept", "a=1");
	assert_string_equal(caught(), "error kept a=1\n");
}

#define CAUGHT(test) cmocka_unit_test_setup_teardown(test, caught_begin, caught_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CAUGHT(a_line_is_level_what_pairs),
		CAUGHT(property_30_phone_numbers_are_masked),
		CAUGHT(lines_below_the_threshold_vanish),
		CAUGHT(a_value_cannot_forge_a_line),
		CAUGHT(a_long_value_is_cut),
		CAUGHT(a_closed_stderr_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
