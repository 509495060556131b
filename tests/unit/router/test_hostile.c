/* A peer that says what no good router would: nothing of it is believed, nothing grows without end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "script_line.h"

#include "base/clock.h"
#include "router/device.h"

/* This file's clock: replaces base/clock.c, so that minutes pass at once. */
static int64_t now;

int64_t clock_now(void)
{
	return now;
}

int64_t clock_monotonic(void)
{
	return now;
}

void clock_sleep_ms(uint32_t ms)
{
	now += (int64_t)ms * 1000;
}

static struct arena arena;
static struct script script;
static struct device *device;
static struct error error;

static int begin(void **state)
{
	(void)state;
	arena_open(&arena, 256u << 20);
	script = (struct script){ 0 };
	device = NULL;
	error = (struct error){ 0 };
	return 0;
}

static int end(void **state)
{
	(void)state;
	device_close(device);
	assert_int_equal(script.closes, 1);
	arena_close(&arena);
	return 0;
}

static bool open_with(const struct text *replies, uint32_t count)
{
	script.replies = replies;
	script.reply_count = count;
	return device_open_line(&device, script_line(&script, &arena), TEXT("wavu"),
				secret_of(TEXT("p4ss")), &error);
}

/* Opens; what follows answers the calls after that. */
static void open_then(struct text first, struct text second)
{
	struct text *replies = ARENA_ARRAY(&arena, struct text, 4);
	replies[0] = login_reply(&arena);
	replies[1] = version_reply(&arena, "7.16.2 (stable)");
	replies[2] = first;
	replies[3] = second;
	if (!open_with(replies, 4))
		fail_msg("%s", error.text);
}

#define SENTENCE(...) sentence_of(&arena, __VA_ARGS__, NULL)

/* Sentences of one reply, until one without bytes. */
static struct text reply(struct text a, struct text b, struct text c, struct text d)
{
	return joined(&arena, joined(&arena, a, b), joined(&arena, c, d));
}

static bool look_once(struct look *look)
{
	*look = (struct look){ .menu = menu_of(MENU_PPP_SECRET) };
	return device->verbs->look(device, look, 1, &arena, &error);
}

static bool add_once(struct write *write)
{
	static const struct attribute name = { .name = "name", .value = { "juma", 4 } };
	*write = (struct write){ .verb = VERB_ADD,
				 .menu = menu_of(MENU_PPP_SECRET),
				 .attributes = &name,
				 .attribute_count = 1 };
	return device->verbs->write(device, write, 1, &arena, &error);
}

/* ---- login ---- */

static void the_old_login_is_refused_with_a_reason(void **state)
{
	(void)state;
	struct text replies[] = { SENTENCE("!done", "=ret=0123456789abcdef0123456789abcdef") };
	assert_false(open_with(replies, 1));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_non_null(strstr(error.text, "6.43"));
	assert_int_equal(script.sends, 1);
}

static void a_refused_login_never_shows_the_password(void **state)
{
	(void)state;
	struct text replies[] = { SENTENCE("!trap", "=message=cannot log in") };
	assert_false(open_with(replies, 1));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_null(strstr(error.text, "p4ss"));
}

static void a_fatal_at_login_is_denied(void **state)
{
	(void)state;
	struct text replies[] = { SENTENCE("!fatal", "not logged in") };
	assert_false(open_with(replies, 1));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_non_null(strstr(error.text, "not logged in"));
}

static void a_busy_router_is_not_a_wrong_password(void **state)
{
	(void)state;
	struct text replies[] = { SENTENCE("!trap", "=message=std failure: timeout (13)") };
	assert_false(open_with(replies, 1));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
}

static void another_service_is_named_as_such(void **state)
{
	(void)state;
	struct text replies[] = { TEXT("SSH-2.0-ROSSSH\r\n\xff\xff\xff") };
	assert_false(open_with(replies, 1));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
}

static void garbage_ends_the_session(void **state)
{
	(void)state;
	struct text replies[] = { TEXT("\xff\xfb\x01\xff\xfb\x03") };
	assert_false(open_with(replies, 1));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(error.text, "RouterOS API"));
}

static void silence_after_login_ends_it(void **state)
{
	(void)state;
	struct text replies[] = { login_reply(&arena) };
	assert_false(open_with(replies, 1));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
}

static void a_router_without_a_version_is_not_ready(void **state)
{
	(void)state;
	struct text replies[] = { login_reply(&arena), SENTENCE("!done", ".tag=1"),
				  SENTENCE("!done", ".tag=2") };
	assert_false(open_with(replies, 3));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(error.text, "version"));
}

/* ---- looks ---- */

static void a_print_without_its_end_gives_nothing(void **state)
{
	(void)state;
	struct look look;
	open_then(SENTENCE("!re", ".tag=2", "=.id=*1", "=name=juma"), TEXT_NONE);
	assert_false(look_once(&look));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_false(look.table.looked);
	assert_int_equal(look.table.count, 0);
}

static void a_fatal_in_a_print_gives_nothing(void **state)
{
	(void)state;
	struct look look;
	open_then(reply(SENTENCE("!re", ".tag=2", "=.id=*1", "=name=juma"),
			SENTENCE("!fatal", "session terminated"), SENTENCE("!done", ".tag=2"),
			TEXT_NONE),
		  TEXT_NONE);
	assert_false(look_once(&look));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(error.text, "session terminated"));
	assert_int_equal(look.table.count, 0);
	assert_false(device->verbs->alive(device));
}

/* The same odd answer twice: what is sound of it is kept, and it is said to be doubtful. */
static void check_doubt(struct text first, struct text second, uint32_t kept, bool doubted)
{
	struct look look;
	open_then(first, second);
	if (!look_once(&look))
		fail_msg("%s", error.text);
	assert_int_equal(look.table.count, kept);
	assert_int_equal(look.suspicious, doubted);
}

static struct text rows_with(const char *odd, const char *tag)
{
	struct text done = sentence_of(&arena, "!done", tag, NULL);
	return reply(sentence_of(&arena, "!re", tag, "=.id=*1", "=name=juma", NULL),
		     odd ? sentence_of(&arena, "!re", tag, odd, "=profile=x", NULL) : TEXT_NONE,
		     done, TEXT_NONE);
}

static void a_row_without_id_is_doubtful(void **state)
{
	(void)state;
	check_doubt(rows_with("=name=asha", ".tag=2"), rows_with("=name=asha", ".tag=3"), 1, true);
}

static void a_row_without_key_is_doubtful(void **state)
{
	(void)state;
	check_doubt(rows_with("=.id=*2", ".tag=2"), rows_with("=.id=*2", ".tag=3"), 1, true);
}

static void what_is_sound_the_second_time_is_believed(void **state)
{
	(void)state;
	check_doubt(rows_with("=.id=*2", ".tag=2"), rows_with(NULL, ".tag=3"), 1, false);
}

static void two_rows_of_one_id_are_doubtful(void **state)
{
	(void)state;
	struct text twice[2];
	for (int i = 0; i < 2; i++) {
		const char *tag = i ? ".tag=3" : ".tag=2";
		twice[i] = reply(sentence_of(&arena, "!re", tag, "=.id=*1", "=name=juma", NULL),
				 sentence_of(&arena, "!re", tag, "=.id=*1", "=name=asha", NULL),
				 sentence_of(&arena, "!done", tag, NULL), TEXT_NONE);
	}
	check_doubt(twice[0], twice[1], 2, true);
}

static void answers_to_nobody_are_skipped(void **state)
{
	(void)state;
	check_doubt(
	    joined(&arena,
		   reply(SENTENCE("!re", ".tag=999", "=.id=*9", "=name=ghost"),
			 SENTENCE("!re", "=.id=*8", "=name=ghost"), SENTENCE("!done", ".tag=1"),
			 SENTENCE("!news", ".tag=2", "=.id=*7", "=name=ghost")),
		   joined(&arena, SENTENCE("!done", ".tag=x"), rows_with(NULL, ".tag=2"))),
	    TEXT_NONE, 1, false);
}

static void dynamic_and_builtin_rows_are_the_routers_own(void **state)
{
	(void)state;
	check_doubt(reply(SENTENCE("!re", ".tag=2", "=.id=*1", "=name=a", "=dynamic=true"),
			  SENTENCE("!re", ".tag=2", "=.id=*2", "=name=b", "=default=yes"),
			  SENTENCE("!re", ".tag=2", "=.id=*3", "=name=c", "=dynamic=false"),
			  SENTENCE("!done", ".tag=2")),
		    TEXT_NONE, 1, false);
}

static void two_traps_tell_the_first(void **state)
{
	(void)state;
	struct look look;
	open_then(reply(SENTENCE("!trap", ".tag=2", "=category=0",
				 "=message=no such command or directory (secret)"),
			SENTENCE("!trap", ".tag=2", "=message=no such command prefix"),
			SENTENCE("!done", ".tag=2"), TEXT_NONE),
		  TEXT_NONE);
	assert_false(look_once(&look));
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_non_null(strstr(error.text, "or directory"));
	assert_true(device->verbs->alive(device));
}

static void a_trap_of_wild_bytes_is_printable(void **state)
{
	(void)state;
	struct look look;
	open_then(reply(SENTENCE("!trap", ".tag=2", "=message=caf\xe9 \x1b[31m\r\n!"),
			SENTENCE("!done", ".tag=2"), TEXT_NONE, TEXT_NONE),
		  TEXT_NONE);
	assert_false(look_once(&look));
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_true(text_is_utf8(text_of(error.text)));
	for (const char *at = error.text; *at; at++)
		assert_true((unsigned char)*at >= 0x20);
}

static void too_many_rows_are_a_limit(void **state)
{
	(void)state;
	struct look look;
	struct text row = SENTENCE("!re", ".tag=2");
	char *rows = arena_array(&arena, ROWS_MAX + 1, row.size);
	for (uint32_t i = 0; i <= ROWS_MAX; i++)
		memcpy(rows + (size_t)i * row.size, row.at, row.size);
	open_then((struct text){ rows, (ROWS_MAX + 1) * row.size }, TEXT_NONE);
	assert_false(look_once(&look));
	assert_int_equal(error.code, ERROR_LIMIT);
	assert_non_null(strstr(error.text, "/ppp/secret"));
	assert_false(device->verbs->alive(device));
}

static void a_job_without_room_is_a_limit(void **state)
{
	(void)state;
	struct arena small;
	arena_open(&small, 512u << 10);
	open_then(rows_with(NULL, ".tag=2"), rows_with(NULL, ".tag=3"));
	struct look look = { .menu = menu_of(MENU_PPP_SECRET) };
	(void)arena_take(&small, 300u << 10);
	assert_false(device->verbs->look(device, &look, 1, &small, &error));
	assert_int_equal(error.code, ERROR_LIMIT);
	arena_close(&small);
}

static void a_word_over_the_limit_is_a_limit(void **state)
{
	(void)state;
	struct look look;
	open_then(TEXT("\x03!re\xe0\xff\xff\xff"), TEXT_NONE);
	assert_false(look_once(&look));
	assert_int_equal(error.code, ERROR_LIMIT);
}

/* ---- time ---- */

static void ten_seconds_pass(void)
{
	now += 10 * SECOND_US;
}

static void a_drip_does_not_hold_a_worker_for_ever(void **state)
{
	(void)state;
	struct look look;
	char zeros[1000] = { 0 };
	open_then((struct text){ zeros, sizeof(zeros) }, TEXT_NONE);
	script.piece_max = 1;
	script.tick = ten_seconds_pass;
	int64_t begin_at = now;
	assert_false(look_once(&look));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(error.text, "slow"));
	assert_true(now - begin_at <= (int64_t)LOOK_MS_MAX * 1000 + 10 * SECOND_US);
}

static void a_dripping_answer_to_a_write_is_unknown(void **state)
{
	(void)state;
	struct write write;
	char zeros[1000] = { 0 };
	open_then((struct text){ zeros, sizeof(zeros) }, TEXT_NONE);
	script.piece_max = 1;
	script.tick = ten_seconds_pass;
	int64_t begin_at = now;
	assert_false(add_once(&write));
	assert_int_equal(write.end, WRITE_UNKNOWN);
	assert_int_equal(error.code, ERROR_UNKNOWN);
	assert_true(now - begin_at <= (int64_t)WRITES_MS_MAX * 1000 + 10 * SECOND_US);
}

/* ---- writes ---- */

static void a_write_that_timed_out_on_the_router_is_unknown(void **state)
{
	(void)state;
	struct write write;
	open_then(reply(SENTENCE("!trap", ".tag=2",
				 "=message=action timed out - try again, if error continues (13)"),
			SENTENCE("!done", ".tag=2"), TEXT_NONE, TEXT_NONE),
		  TEXT_NONE);
	assert_true(add_once(&write));
	assert_int_equal(write.end, WRITE_UNKNOWN);
	assert_int_equal(write.error.code, ERROR_UNKNOWN);
}

static void a_trap_without_done_is_unknown(void **state)
{
	(void)state;
	struct write write;
	open_then(SENTENCE("!trap", ".tag=2", "=message=failure: already have such name"),
		  TEXT_NONE);
	assert_false(add_once(&write));
	assert_int_equal(write.end, WRITE_UNKNOWN);
	assert_int_equal(error.code, ERROR_UNKNOWN);
}

static void a_fatal_leaves_the_sent_unknown_and_the_rest_unsent(void **state)
{
	(void)state;
	static const struct attribute name = { .name = "name", .value = { "juma", 4 } };
	const struct menu *menu = menu_of(MENU_PPP_SECRET);
	struct write writes[3] = {
		{ .verb = VERB_ADD, .menu = menu, .attributes = &name, .attribute_count = 1 },
		{ .verb = VERB_ADD, .menu = menu, .attributes = &name, .attribute_count = 1 },
		{ .verb = VERB_REMOVE, .menu = menu, .id = TEXT("*1") },
	};
	open_then(reply(SENTENCE("!done", ".tag=2", "=ret=*7"), SENTENCE("!fatal", "too many"),
			TEXT_NONE, TEXT_NONE),
		  TEXT_NONE);
	assert_false(device->verbs->write(device, writes, 3, &arena, &error));
	assert_int_equal(error.code, ERROR_UNKNOWN);
	assert_int_equal(writes[0].end, WRITE_DONE);
	assert_true(text_is(writes[0].new_id, "*7"));
	assert_int_equal(writes[1].end, WRITE_UNKNOWN);
	assert_int_equal(writes[2].end, WRITE_UNSENT);
}

/* The second is sent when the first is answered: what came for it before is no answer. */
static void an_answer_before_its_question_does_not_count(void **state)
{
	(void)state;
	static const struct attribute name = { .name = "name", .value = { "juma", 4 } };
	const struct menu *menu = menu_of(MENU_PPP_SECRET);
	struct write writes[2] = {
		{ .verb = VERB_ADD, .menu = menu, .attributes = &name, .attribute_count = 1 },
		{ .verb = VERB_REMOVE, .menu = menu, .id = TEXT("*1") },
	};
	open_then(reply(SENTENCE("!done", ".tag=3"), SENTENCE("!done", ".tag=2", "=ret=*7"),
			TEXT_NONE, TEXT_NONE),
		  TEXT_NONE);
	assert_false(device->verbs->write(device, writes, 2, &arena, &error));
	assert_int_equal(writes[0].end, WRITE_DONE);
	assert_int_equal(writes[1].end, WRITE_UNKNOWN);
}

/* Half a sentence was left over from before: the question is sent all the same. */
static void left_over_bytes_do_not_stop_a_question(void **state)
{
	(void)state;
	struct look look;
	struct text replies[] = { login_reply(&arena),
				  joined(&arena, version_reply(&arena, "7.16.2"), TEXT("\x05!ne")),
				  joined(&arena, TEXT("ws\0"), rows_with(NULL, ".tag=2")) };
	if (!open_with(replies, 3))
		fail_msg("%s", error.text);
	if (!look_once(&look))
		fail_msg("%s", error.text);
	assert_int_equal(look.table.count, 1);
}

static void bytes_of_a_write_are_exactly_these(void **state)
{
	(void)state;
	struct write write;
	open_then(SENTENCE("!done", ".tag=2", "=ret=*A"), TEXT_NONE);
	assert_true(add_once(&write));
	assert_int_equal(write.end, WRITE_DONE);
	struct text expected = SENTENCE("/ppp/secret/add", "=name=juma", ".tag=2");
	assert_true(text_ends(script.sent, expected));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(the_old_login_is_refused_with_a_reason),
		TEST(a_refused_login_never_shows_the_password),
		TEST(a_fatal_at_login_is_denied),
		TEST(a_busy_router_is_not_a_wrong_password),
		TEST(another_service_is_named_as_such),
		TEST(garbage_ends_the_session),
		TEST(silence_after_login_ends_it),
		TEST(a_router_without_a_version_is_not_ready),
		TEST(a_print_without_its_end_gives_nothing),
		TEST(a_fatal_in_a_print_gives_nothing),
		TEST(a_row_without_id_is_doubtful),
		TEST(a_row_without_key_is_doubtful),
		TEST(what_is_sound_the_second_time_is_believed),
		TEST(two_rows_of_one_id_are_doubtful),
		TEST(answers_to_nobody_are_skipped),
		TEST(dynamic_and_builtin_rows_are_the_routers_own),
		TEST(two_traps_tell_the_first),
		TEST(a_trap_of_wild_bytes_is_printable),
		TEST(too_many_rows_are_a_limit),
		TEST(a_job_without_room_is_a_limit),
		TEST(a_word_over_the_limit_is_a_limit),
		TEST(a_drip_does_not_hold_a_worker_for_ever),
		TEST(a_dripping_answer_to_a_write_is_unknown),
		TEST(a_write_that_timed_out_on_the_router_is_unknown),
		TEST(a_trap_without_done_is_unknown),
		TEST(a_fatal_leaves_the_sent_unknown_and_the_rest_unsent),
		TEST(an_answer_before_its_question_does_not_count),
		TEST(left_over_bytes_do_not_stop_a_question),
		TEST(bytes_of_a_write_are_exactly_these),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
