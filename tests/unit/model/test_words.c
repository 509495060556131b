#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/common.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forbidden_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
