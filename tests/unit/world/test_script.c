/* Scripts really run: what they compute, what they change, what they may not, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "world/ros.h"

#define NOW INT64_C(1763700123000000) /* 2025-11-21 04:42:03 UTC */
#define SECOND INT64_C(1000000)

static struct ros *router(const char *version)
{
	const struct ros_options options = { .version = version, .now_at = NOW };

	return ros_new(&options);
}

/* Runs one line; what it puts into the identity's name is its answer. */
static void says(struct ros *ros, const char *source, const char *expected)
{
	struct ros_answer answer;
	struct ros_text text;
	char word[2048];

	snprintf(word, sizeof(word), "=source=%s", source);
	assert_true(ros_hand(ros, &answer, "/system/script/add", "=name=t", word,
			     "=policy=read,write", NULL));
	ros_hand(ros, &answer, "/system/script/run", "=number=t", NULL);
	if (!answer.ok)
		fail_msg("%s: %s", source, answer.text);
	assert_true(ros_hand(ros, NULL, "/system/script/remove", "=.id=t", NULL));
	assert_true(ros_row_read(ros, "/system/identity", "*1", "name", &text));
	if (text.size != strlen(expected) || memcmp(text.bytes, expected, text.size) != 0)
		fail_msg("%s: %.*s", source, (int)text.size, text.bytes);
}

static void refuses(struct ros *ros, const char *source, const char *why)
{
	struct ros_answer answer;
	char word[2048];

	snprintf(word, sizeof(word), "=source=%s", source);
	assert_true(ros_hand(ros, NULL, "/system/script/add", "=name=t", word,
			     "=policy=read,write", NULL));
	assert_false(ros_hand(ros, &answer, "/system/script/run", "=number=t", NULL));
	if (strstr(answer.text, why) == NULL)
		fail_msg("%s: %s", source, answer.text);
	assert_true(ros_hand(ros, NULL, "/system/script/remove", "=.id=t", NULL));
}

#define NAME "/system identity set name="

static void words_and_numbers(void **state)
{
	struct ros *ros = router("7.16.2");

	(void)state;
	says(ros, NAME "hut", "hut");
	says(ros, ":local a 7; " NAME "($a * 3 + 1)", "22");
	says(ros, ":local a \"x\\$y\"; " NAME "\"<$a>\"", "<x$y>");
	says(ros, ":local a [:pick \"abcdef\" 1 3]; " NAME "($a . \"-\" . [:len $a])", "bc-2");
	says(ros, NAME "[:find \"janfeb\" \"feb\"]", "3");
	says(ros, NAME "[:typeof [:find \"janfeb\" \"mar\"]]", "nil");
	says(ros, NAME "[:typeof [:tonum \"12x\"]]", "nil");
	says(ros, NAME "([:tonum \"09\"] + 1)", "10");
	says(ros, NAME "[:typeof [:pick \"ab\" 5 6]]", "nil");
	says(ros, ":local n 0; :for i from=1 to=4 do={:set n ($n + $i)}; " NAME "$n", "10");
	says(ros, ":if ((3 > 2) && !(1 = 2)) do={" NAME "yes} else={" NAME "no}", "yes");
	says(ros, ":if (\"until=17\" ~ \"^until=(16|17)\\$\") do={" NAME "due}", "due");
	says(ros, ":do {:error \"x\"} on-error={" NAME "caught}", "caught");
	ros_free(ros);
}

static void what_cannot_be_read_is_not_begun(void **state)
{
	struct ros *ros = router("7.16.2");

	(void)state;
	says(ros, NAME "before", "before");
	refuses(ros, NAME "after; :frobnicate 3", "bad command name");
	refuses(ros, NAME "after; /no such menu find", "bad command name");
	refuses(ros, NAME "after; :if (1 = 1) do={", "expected closing brace");
	refuses(ros, NAME "after; /ppp secret find where colour=red", "bad property");
	assert_true(ros_row_is(ros, "/system/identity", "*1", "name", "before"));
	/* What goes wrong on the way is another thing. */
	refuses(ros, NAME "after; /ppp secret set nobody disabled=yes", "no such item");
	assert_true(ros_row_is(ros, "/system/identity", "*1", "name", "after"));
	refuses(ros, ":local a (\"1\" + 2)", "cannot do +");
	refuses(ros, "/ppp secret get [find where name=x] name", "no such item");
	ros_free(ros);
}

static void rows_are_found_and_changed(void **state)
{
	struct ros *ros = router("6.49.19");

	(void)state;
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=jane", "=password=p",
			     "=comment=until=1700000000", NULL));
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=juma", "=password=p", NULL));
	says(ros,
	     ":local r \"^until=17\"; :foreach i in=[/ppp secret find where disabled=no && "
	     "comment~$r] do={/ppp secret set $i disabled=yes; " NAME "[/ppp secret get $i name]}",
	     "jane");
	assert_true(ros_row_is(ros, "/ppp/secret", "jane", "disabled", "true"));
	assert_true(ros_row_is(ros, "/ppp/secret", "juma", "disabled", "false"));
	/* Nothing found, nothing done. */
	says(ros, "/ppp secret remove [find where name=nobody]; " NAME "fine", "fine");
	says(ros, "/ppp secret remove [find where name!=jane]; " NAME "[:len [/ppp secret find]]",
	     "1");
	ros_free(ros);
}

#define CLOCK \
	"([/system clock get date] . \" \" . [/system clock get time] . \" \" . " \
	"[/system clock get gmt-offset])"

static void the_clock_is_the_routers_own(void **state)
{
	struct ros *old = router("6.49.19"), *new = router("7.16.2");

	(void)state;
	says(old, NAME CLOCK, "nov/21/2025 04:42:03 0");
	says(new, NAME CLOCK, "2025-11-21 04:42:03 0");
	ros_set_gmt_offset(new, 3 * 3600);
	says(new, NAME CLOCK, "2025-11-21 07:42:03 10800");
	assert_true(ros_row_is(new, "/system/clock", "*1", "gmt-offset", "+03:00"));
	ros_set_gmt_offset(new, -5 * 3600 - 1800);
	says(new, NAME CLOCK, "2025-11-20 23:12:03 4294947496");
	assert_true(ros_row_is(new, "/system/clock", "*1", "gmt-offset", "-05:30"));
	ros_set_clock_error(old, -NOW + 86400 * SECOND);
	says(old, NAME CLOCK, "jan/02/1970 00:00:00 0");
	ros_free(old);
	ros_free(new);
}

static void rights_are_those_of_the_maker_and_the_script(void **state)
{
	struct ros *ros = router("7.16.2");
	struct ros_answer answer;

	(void)state;
	assert_true(ros_hand(ros, NULL, "/system/script/add", "=name=look", "=policy=read",
			     "=source=" NAME "x", NULL));
	assert_false(ros_hand(ros, &answer, "/system/script/run", "=number=look", NULL));
	assert_non_null(strstr(answer.text, "not enough permissions"));
	/* A script may not do through another what it may not do itself. */
	assert_true(ros_hand(ros, NULL, "/system/script/add", "=name=all", "=source=" NAME "x",
			     NULL));
	refuses(ros, "/system script run all", "not enough permissions");
	assert_true(ros_hand(ros, NULL, "/system/script/set", "=.id=all",
			     "=dont-require-permissions=yes", NULL));
	says(ros, "/system script run all", "x");
	refuses(ros, "/system script run t", "recursion");
	ros_free(ros);
}

static void the_scheduler_runs_by_time(void **state)
{
	struct ros *ros = router("7.16.2");

	(void)state;
	assert_true(ros_hand(ros, NULL, "/system/scheduler/add", "=name=each", "=interval=1m",
			     "=start-time=startup", "=policy=read,write", "=on-event=" NAME "ran",
			     NULL));
	ros_set_now(ros, NOW + SECOND);
	assert_true(ros_row_is(ros, "/system/identity", "*1", "name", "MikroTik"));
	ros_set_now(ros, NOW + 3 * SECOND);
	assert_true(ros_row_is(ros, "/system/identity", "*1", "name", "ran"));
	assert_true(ros_row_is(ros, "/system/scheduler", "each", "run-count", "1"));
	ros_set_now(ros, NOW + 62 * SECOND);
	assert_true(ros_row_is(ros, "/system/scheduler", "each", "run-count", "1"));
	ros_set_now(ros, NOW + 63 * SECOND);
	assert_true(ros_row_is(ros, "/system/scheduler", "each", "run-count", "2"));
	/* Off, forbidden, or without power: nothing. */
	assert_true(ros_hand(ros, NULL, "/system/scheduler/disable", "=.id=each", NULL));
	ros_set_now(ros, NOW + 183 * SECOND);
	assert_true(ros_hand(ros, NULL, "/system/scheduler/enable", "=.id=each", NULL));
	assert_true(ros_hand(ros, NULL, "/system/device-mode/set", "=scheduler=no", NULL));
	ros_set_now(ros, NOW + 303 * SECOND);
	assert_true(ros_row_is(ros, "/system/scheduler", "each", "run-count", "2"));
	assert_true(ros_hand(ros, NULL, "/system/device-mode/set", "=scheduler=yes", NULL));
	ros_reboot(ros, 5 * SECOND);
	ros_set_now(ros, NOW + 309 * SECOND);
	assert_true(ros_row_is(ros, "/system/scheduler", "each", "run-count", "0"));
	ros_set_now(ros, NOW + 311 * SECOND);
	assert_true(ros_row_is(ros, "/system/scheduler", "each", "run-count", "1"));
	ros_free(ros);
}

static void device_mode_forbids_the_menu(void **state)
{
	struct ros *ros = router("7.20.8");
	struct ros_answer answer;

	(void)state;
	assert_true(ros_hand(ros, NULL, "/system/device-mode/set", "=scheduler=no", NULL));
	assert_false(ros_hand(ros, &answer, "/system/scheduler/add", "=name=x", NULL));
	assert_string_equal(answer.text, "failure: not allowed by device-mode");
	assert_true(ros_hand(ros, NULL, "/system/script/add", "=name=x", NULL));
	assert_false(ros_hand(ros, &answer, "/system/script/add", "=name=x", NULL));
	ros_free(ros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_numbers),
		cmocka_unit_test(what_cannot_be_read_is_not_begun),
		cmocka_unit_test(rows_are_found_and_changed),
		cmocka_unit_test(the_clock_is_the_routers_own),
		cmocka_unit_test(rights_are_those_of_the_maker_and_the_script),
		cmocka_unit_test(the_scheduler_runs_by_time),
		cmocka_unit_test(device_mode_forbids_the_menu),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
