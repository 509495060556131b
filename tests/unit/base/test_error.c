#include "base/error.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"

static void set_fills_everything(void **state)
{
	(void)state;
	struct error error;
	memset(&error, 0xff, sizeof(error));
	assert_false(error_set(&error, ERROR_INVALID, "price %d is %s", 0, "refused"));
	assert_int_equal(error.code, ERROR_INVALID);
	assert_string_equal(error.text, "price 0 is refused");
	assert_string_equal(error.place.file, "");
	assert_int_equal(error.place.line, 0);
}

static void context_is_added_in_front(void **state)
{
	(void)state;
	struct error error;
	(void)error_set(&error, ERROR_DENIED, "wrong password");
	error.place.line = 7;
	assert_false(error_at(&error, "router %s", "kibera-3"));
	assert_false(error_at(&error, "tenant kasinet"));
	assert_string_equal(error.text, "tenant kasinet: router kibera-3: wrong password");
	assert_int_equal(error.code, ERROR_DENIED);
	assert_int_equal(error.place.line, 7);
}

static void own_text_may_be_an_argument(void **state)
{
	(void)state;
	struct error error;
	(void)error_set(&error, ERROR_FAILED, "disk full");
	(void)error_set(&error, ERROR_STORE, "journal: %s", error.text);
	assert_string_equal(error.text, "journal: disk full");
}

static void long_text_is_cut_at_a_character(void **state)
{
	(void)state;
	struct error error;
	char text[3 * ERROR_TEXT_SIZE];
	/* Every start, so that the cut meets each byte of the two-byte character. */
	for (size_t start = 0; start < 2; start++) {
		memset(text, 'a', start);
		for (size_t i = start; i + 2 < sizeof(text); i += 2)
			memcpy(text + i, "\xc3\xa9", 3);
		(void)error_set(&error, ERROR_LIMIT, "%s", text);
		assert_true(strlen(error.text) >= ERROR_TEXT_SIZE - 2);
		assert_true(text_is_utf8(text_of(error.text)));
		(void)error_at(&error, "%s", text);
		assert_true(text_is_utf8(text_of(error.text)));
		(void)error_at(&error, "x");
		assert_true(text_is_utf8(text_of(error.text)));
		assert_memory_equal(error.text, "x: ", 3);
	}
}

/* product.md section 4: 4 invalid input, 3 guarded, 1 failed. */
static void every_code_has_its_row(void **state)
{
	(void)state;
	for (int code = ERROR_INVALID; code < ERROR_COUNT; code++) {
		const struct disposition *row = error_disposition((enum error_code)code);
		int exit_code = code == ERROR_INVALID ? 4 : code == ERROR_GUARDED ? 3 : 1;
		assert_non_null(row->name);
		assert_int_equal(row->exit_code, exit_code);
		/* Whoever is retried has a longest wait; whoever is not has none. */
		assert_int_equal(row->again, row->retry_s_max > 0);
		for (int other = 0; other < code; other++)
			assert_string_not_equal(row->name,
						error_disposition((enum error_code)other)->name);
	}
	assert_int_equal(error_disposition(ERROR_NONE)->exit_code, 0);
	assert_string_equal(error_disposition(ERROR_UNREACHABLE)->name, "unreachable");
	assert_int_equal(error_disposition(ERROR_LIMIT)->http_status, 413);
	/* A number from elsewhere gets a row too. */
	assert_string_equal(error_disposition((enum error_code)ERROR_COUNT)->name, "failed");
}

static void broken_invariant_ends_the_process(void **state)
{
	(void)state;
	int words[2];
	assert_int_equal(pipe(words), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)dup2(words[1], STDERR_FILENO);
		(void)signal(SIGABRT, SIG_DFL);
		invariant(1 + 1 == 3);
		_exit(0);
	}
	(void)close(words[1]);
	char line[512] = "";
	assert_true(read(words[0], line, sizeof(line) - 1) > 0);
	(void)close(words[0]);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(line, "test_error.c:"));
	assert_non_null(strstr(line, "1 + 1 == 3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_everything),
		cmocka_unit_test(context_is_added_in_front),
		cmocka_unit_test(own_text_may_be_an_argument),
		cmocka_unit_test(long_text_is_cut_at_a_character),
		cmocka_unit_test(every_code_has_its_row),
		cmocka_unit_test(broken_invariant_ends_the_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
