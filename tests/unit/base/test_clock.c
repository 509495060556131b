#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void now_is_microseconds_of_this_age(void **state)
{
	(void)state;
	/* Between 2024 and 2100: a wrong unit or epoch misses this by a factor. */
	assert_true(clock_now() > INT64_C(1704067200) * SECOND_US);
	assert_true(clock_now() < INT64_C(4102444800) * SECOND_US);
}

static void monotonic_never_goes_back(void **state)
{
	(void)state;
	int64_t last = clock_monotonic();
	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_monotonic();
		assert_true(now >= last);
		last = now;
	}
}

static void sleep_lasts_at_least_as_long_as_asked(void **state)
{
	(void)state;
	int64_t before = clock_monotonic();
	clock_sleep_ms(0);
	clock_sleep_ms(20);
	assert_true(clock_monotonic() - before >= 20 * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(now_is_microseconds_of_this_age),
		cmocka_unit_test(monotonic_never_goes_back),
		cmocka_unit_test(sleep_lasts_at_least_as_long_as_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
