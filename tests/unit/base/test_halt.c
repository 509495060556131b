/* The word that nobody is to wait any more: heard by who polls and by who asks, and taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <cmocka.h>

#include "base/halt.h"

static int is_readable(void)
{
	struct pollfd polled = { .fd = halt_descriptor(), .events = POLLIN };

	return poll(&polled, 1, 0);
}

static void it_is_heard_and_taken_back(void **state)
{
	(void)state;
	/* Where nobody has prepared there is nothing to poll, and asking does no harm. */
	assert_int_equal(halt_descriptor(), -1);
	assert_int_equal(is_readable(), 0);
	assert_false(halt_called());
	for (int i = 0; i < 3; i++) {
		halt_prepare();
		assert_int_equal(is_readable(), 0);
		assert_false(halt_called());
		halt_call();
		halt_call();
		assert_int_equal(is_readable(), 1);
		assert_true(halt_called());
	}
	halt_prepare();
	halt_prepare();
	assert_int_equal(is_readable(), 0);
	assert_false(halt_called());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_heard_and_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
