/* The query words: a stack machine. */
#include "check.h"

#include <string.h>

static struct client client;

static int fill(void **state)
{
	(void)state;
	client = client_logged_in("7.16.2");
	client_ask(&client, "/ppp/secret/add", "=name=a", "=comment=red", "=limit-bytes-in=5",
		   NULL);
	client_ask(&client, "/ppp/secret/add", "=name=b", "=comment=blue", "=limit-bytes-in=40",
		   "=disabled=yes", NULL);
	client_ask(&client, "/ppp/secret/add", "=name=c", "=limit-bytes-in=300",
		   "=remote-address=10.0.0.1", NULL);
	client_ask(&client, "/ppp/secret/add", "=name=d=e", "=comment=red", NULL);
	return 0;
}

static int empty(void **state)
{
	(void)state;
	client_free(&client);
	return 0;
}

/* The names that pass, without words around them. */
static void assert_names(const char *expected, const char *const *words)
{
	const char *all[8] = { NULL };
	char names[64] = "";
	const char *at;

	for (size_t i = 0; words[i] != NULL; i++)
		all[i] = words[i];
	client_ask(&client, "/ppp/secret/print", "=.proplist=name", all[0], all[1], all[2], all[3],
		   all[4], all[5], all[6], NULL);
	for (at = client.text; (at = strstr(at, "=name=")) != NULL;) {
		size_t size = strcspn(at + 6, "\n");

		strncat(names, at + 6, size);
		strncat(names, " ", 2);
		at += 6 + size;
	}
	assert_string_equal(names, expected);
}

#define passes(expected, ...) assert_names(expected, (const char *const[]){ __VA_ARGS__, NULL })

static void test_words(void **state)
{
	(void)state;
	passes("a b c d=e ", "?name");
	passes("c ", "?remote-address");
	passes("a b d=e ", "?-remote-address");
	passes("c ", "?-comment");
	passes("a d=e ", "?comment=red");
	passes("a d=e ", "?=comment=red");
	passes("d=e ", "?name=d=e");
	passes("", "?comment=");
	passes("a b d=e ", "?>comment=");
	passes("b ", "?disabled=true");
	passes("b ", "?disabled=yes");
	passes("a c d=e ", "?disabled=false");
	passes("b c ", "?>limit-bytes-in=5");
	passes("a d=e ", "?<limit-bytes-in=40");
	passes("a ", "?.id=*1");
	passes("", "?nonsense");
	passes("a b c d=e ", "?-nonsense");
	passes("a b c d=e ", "?profile=default");
}

static void test_operations(void **state)
{
	(void)state;
	/* Without an operation all must hold. */
	passes("a ", "?comment=red", "?limit-bytes-in=5");
	passes("a b d=e ", "?comment=red", "?comment=blue", "?#|");
	passes("b c ", "?comment=red", "?#!");
	passes("c ", "?comment=red", "?comment=blue", "?#|!");
	passes("a b ", "?name=a", "?name=b", "?name=c", "?#!&|");
	passes("a ", "?comment=red", "?limit-bytes-in=5", "?#&");
	/* An index at the end replaces the stack; before another sign it pushes a copy. */
	passes("b ", "?comment=red", "?name=b", "?#0");
	passes("a d=e ", "?comment=red", "?name=b", "?#1");
	passes("", "?comment=red", "?name=b", "?#1.&");
	passes("a ", "?name=a", "?#.&");
	/* What asks for nothing lets everything pass. */
	passes("a b c d=e ", "?#");
}

static void test_count(void **state)
{
	(void)state;
	assert_said(&client, "!done .tag=1 =ret=2\n", "/ppp/secret/print",
		    "=count-only=", "?comment=red", ".tag=1");
	assert_said(&client, "!done =ret=4\n", "/ppp/secret/print", "=count-only=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, fill, empty);
}
