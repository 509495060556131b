#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schemas/lists.h"

static void test_forbidden_words(void **state)
{
	(void)state;
	static const char *const refused[] = { "lipa-mpesa", "M-PESA", "mySafariCom", "execute",
					       "exe",        "cmd1",   "mysql",       "query-log" };
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_non_null(forbidden_word(text_of(refused[i])));
	assert_string_equal(forbidden_word(TEXT("exec-1")), "exec");
	assert_null(forbidden_word(TEXT("kasinet")));
	assert_null(forbidden_word(TEXT("m-pes-a")));
	assert_null(forbidden_word(TEXT_NONE));
}

static void test_countries(void **state)
{
	(void)state;
	static const char *const known[][2] = { { "KES", "254" }, { "TZS", "255" },
						{ "UGX", "256" }, { "RWF", "250" },
						{ "ETB", "251" }, { "ZAR", "27" } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_true(text_is(country_of_currency(text_of(known[i][0])), known[i][1]));
	/* Shared by many countries, unknown, or not a currency at all. */
	assert_int_equal(country_of_currency(TEXT("XOF")).size, 0);
	assert_int_equal(country_of_currency(TEXT("kes")).size, 0);
	assert_int_equal(country_of_currency(TEXT_NONE).size, 0);
}

static void test_providers_are_sorted(void **state)
{
	(void)state;
	assert_non_null(provider_names[0]);
	for (size_t i = 1; provider_names[i]; i++)
		assert_true(strcmp(provider_names[i - 1], provider_names[i]) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forbidden_words),
		cmocka_unit_test(test_countries),
		cmocka_unit_test(test_providers_are_sorted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
