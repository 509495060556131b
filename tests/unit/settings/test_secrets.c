#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "settings/secrets.h"

static char folder[] = "/tmp/wavu-secrets-XXXXXX";
static struct arena arena;
static struct error error;

static const char *path_of(const char *name)
{
	return text_format(&arena, "%s/%s", folder, name).at;
}

static void put(const char *name, const char *bytes, size_t size)
{
	FILE *file = fopen(path_of(name), "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path_of(name), 0600), 0);
}

static bool get(struct secret *secret, enum secret_kind kind, const char *name)
{
	struct secret_ref reference = { .kind = kind, .name = text_of(name) };
	memset(&error, 0, sizeof(error));
	return secret_read(secret, text_of(folder), reference, &arena, &error);
}

static void test_one_line_end_goes(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *secret;
	} rows[] = {
		{ "abc", "abc" },       { "abc\n", "abc" },   { "abc\r\n", "abc" },
		{ "abc\n\n", "abc\n" }, { " a b ", " a b " }, { "\na\n", "\na" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct secret secret;
		put("s", rows[i].bytes, strlen(rows[i].bytes));
		assert_true(get(&secret, SECRET_FILE, "s"));
		assert_true(secret.readable);
		assert_true(text_is(secret_reveal(secret), rows[i].secret));
	}
	assert_int_equal(mkdir(path_of("sub"), 0700), 0);
	put("sub/s", "deep", 4);
	struct secret secret;
	assert_true(get(&secret, SECRET_FILE, "sub/s"));
	assert_true(text_is(secret_reveal(secret), "deep"));
}

static void refuse(enum secret_kind kind, const char *name, const char *part)
{
	struct secret secret = secret_of(TEXT("left over"));
	assert_false(get(&secret, kind, name));
	assert_false(secret.readable);
	assert_int_equal(secret_reveal(secret).size, 0);
	assert_int_equal(error.code, ERROR_INVALID);
	if (!strstr(error.text, part))
		print_error("%s\n", error.text);
	assert_non_null(strstr(error.text, part));
}

static void test_refusals(void **state)
{
	(void)state;
	static char large[SECRET_SIZE_MAX + 3];
	memset(large, 'x', sizeof(large));
	put("empty", "\n", 1);
	refuse(SECRET_FILE, "absent", "No such file");
	refuse(SECRET_FILE, "empty", "is empty");
	refuse(SECRET_FILE, "../s", "not the name of a file below");
	refuse(SECRET_FILE, "/etc/hostname", "not the name of a file below");
	refuse(SECRET_FILE, "", "not the name of a file below");
	refuse(SECRET_FILE, ".", "no plain file");
	put("large", large, SECRET_SIZE_MAX + 3);
	refuse(SECRET_FILE, "large", "larger than 4 KiB");
	put("large", large, SECRET_SIZE_MAX + 1);
	refuse(SECRET_FILE, "large", "larger than 4 KiB");
	large[SECRET_SIZE_MAX] = '\n';
	put("large", large, SECRET_SIZE_MAX + 1);
	struct secret secret;
	assert_true(get(&secret, SECRET_FILE, "large"));
	refuse(SECRET_NONE, "", "no secret is declared");
	/* A pipe that nobody writes to must not hold up a worker. */
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	refuse(SECRET_FILE, "pipe", "no plain file");
}

static void test_environment(void **state)
{
	(void)state;
	struct secret secret;
	assert_int_equal(setenv("WAVU_TEST_SECRET", "from env", 1), 0);
	assert_true(get(&secret, SECRET_ENV, "WAVU_TEST_SECRET"));
	assert_true(text_is(secret_reveal(secret), "from env"));
	assert_int_equal(setenv("WAVU_TEST_SECRET", "", 1), 0);
	refuse(SECRET_ENV, "WAVU_TEST_SECRET", "is empty");
	refuse(SECRET_ENV, "WAVU_TEST_ABSENT", "is not set");
}

/* What is said on stderr while reading a file of these permissions. */
static size_t said(mode_t mode, const char *name, char *out, size_t size)
{
	struct secret secret;
	put(name, "abc", 3);
	assert_int_equal(chmod(path_of(name), mode), 0);
	int kept = dup(2), ends[2];
	assert_int_equal(pipe(ends), 0);
	(void)dup2(ends[1], 2);
	bool good = get(&secret, SECRET_FILE, name);
	(void)dup2(kept, 2);
	(void)close(kept);
	(void)close(ends[1]);
	ssize_t got = read(ends[0], out, size - 1);
	(void)close(ends[0]);
	assert_true(good && got >= 0);
	out[got] = '\0';
	return (size_t)got;
}

static void property_30_wide_permissions_are_warned_about_once(void **state)
{
	(void)state;
	char line[1000];
	assert_int_equal(said(0600, "narrow", line, sizeof(line)), 0);
	assert_int_equal(said(0640, "group", line, sizeof(line)), 0);
	assert_true(said(0644, "wide", line, sizeof(line)) > 0);
	assert_non_null(strstr(line, "secret-permissions"));
	assert_null(strstr(line, "abc"));
	assert_int_equal(said(0644, "wide", line, sizeof(line)), 0);
	assert_true(said(0666, "wider", line, sizeof(line)) > 0);
}

static void forget(const char *name)
{
	(void)remove(path_of(name));
}

int main(void)
{
	if (!mkdtemp(folder))
		fatal("no temporary folder");
	arena_open(&arena, 16u << 20);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line_end_goes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(property_30_wide_permissions_are_warned_about_once),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	static const char *const names[] = { "s",      "sub/s", "sub",  "empty", "large", "pipe",
					     "narrow", "group", "wide", "wider", "" };
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		forget(names[i]);
	arena_close(&arena);
	return failed;
}
