#include "base/failpoint.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macros.h"

/* Hits "after-commit" so many times in a child; true when it was killed there. */
static bool is_killed(const char *setting, unsigned hits)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (setting ? setenv("WAVU_FAILPOINT", setting, 1) : unsetenv("WAVU_FAILPOINT"))
			_exit(2);
		for (unsigned i = 0; i < hits; i++)
			failpoint_hit("after-commit");
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return true;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return false;
}

static void the_named_place_kills_at_the_asked_hit(void **state)
{
	(void)state;
	assert_true(is_killed("after-commit", 1));
	assert_true(is_killed("after-commit:1", 1));
	assert_false(is_killed("after-commit:3", 2));
	assert_true(is_killed("after-commit:3", 3));
}

static void anything_else_does_nothing(void **state)
{
	(void)state;
	static const char *const settings[] = { "", "after", "after-commit-2", "before-commit",
						"after-commit:x", "after-commit:0", ":1" };
	assert_false(is_killed(NULL, 3));
	for (size_t i = 0; i < ARRAY_COUNT(settings); i++)
		assert_false(is_killed(settings[i], 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_named_place_kills_at_the_asked_hit),
		cmocka_unit_test(anything_else_does_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
