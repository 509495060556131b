#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "schemas/countries.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_countries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
