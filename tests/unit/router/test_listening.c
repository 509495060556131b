/* A session that nobody asks anything: it hears that something changed, not what; it hears no echo
 * of ourselves; it shows that it lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ros_line.h"
#include "script_line.h"

#include "base/clock.h"
#include "router/device.h"

#define BIT(menu) (1u << (menu))

static struct arena arena;
static struct ros *ros;
static struct device *device;

static void begin(const char *version, uint32_t piece_max)
{
	struct ros_line_options options = { .piece_max = piece_max };
	struct error error = { 0 };
	arena_open(&arena, 64u << 20);
	ros = ros_new(&(struct ros_options){ .version = version, .password = "pw" });
	if (!device_open_line(&device, ros_line_open(ros, &options, NULL), TEXT("wavu"),
			      secret_of(TEXT("pw")), &error))
		fail_msg("%s", error.text);
}

static void end(void)
{
	device_close(device);
	device = NULL;
	ros_free(ros);
	arena_close(&arena);
}

static void watch(uint32_t menus)
{
	struct error error = { 0 };
	if (!device->verbs->watch(device, menus, &error))
		fail_msg("%s", error.text);
}

static void drain(void)
{
	struct error error = { 0 };
	if (!device->verbs->drain(device, &error))
		fail_msg("%s", error.text);
}

static void hand_adds(const char *name)
{
	char word[32];
	(void)snprintf(word, sizeof(word), "=name=%s", name);
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", word, NULL));
}

static uint32_t rows_of(enum menu_id menu, const char *field, const char *value)
{
	struct text text = text_of(value);
	struct look look = { .menu = menu_of(menu),
			     .field = field,
			     .values = &text,
			     .value_count = field ? 1 : 0 };
	struct error error = { 0 };
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s", error.text);
	return look.table.count;
}

static void add_rows(uint32_t count)
{
	static uint32_t serial;
	struct write *writes = ARENA_ARRAY(&arena, struct write, count);
	struct error error = { 0 };
	for (uint32_t i = 0; i < count; i++) {
		struct attribute *name = ARENA_NEW(&arena, struct attribute);
		*name = (struct attribute){ "name", text_format(&arena, "ours-%u", serial++),
					    false };
		writes[i] = (struct write){ .verb = VERB_ADD,
					    .menu = menu_of(MENU_PPP_SECRET),
					    .attributes = name,
					    .attribute_count = 1 };
	}
	if (!device->verbs->write(device, writes, count, &arena, &error))
		fail_msg("%s", error.text);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(writes[i].end, WRITE_DONE);
}

static void what_changes_is_told_as_a_hint(void **state)
{
	static const char *const versions[] = { "6.49.19", "7.9", "7.16.2", "7.20.8", "7.24" };
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		begin(versions[i], 0);
		watch(BIT(MENU_PPP_SECRET) | BIT(MENU_PPP_ACTIVE));
		drain();
		assert_int_equal(device->told.menus, 0);
		hand_adds("juma");
		drain();
		assert_int_equal(device->told.menus, BIT(MENU_PPP_SECRET));
		/* Added, changed and gone are one kind of news. */
		device->told = (struct device_told){ 0 };
		assert_true(ros_hand(ros, NULL, "/ppp/secret/set", "=.id=juma", "=comment=x",
				     NULL));
		assert_true(ros_hand(ros, NULL, "/ppp/secret/remove", "=.id=juma", NULL));
		drain();
		assert_int_equal(device->told.times, 2);
		/* What nobody listens to is not told. */
		device->told = (struct device_told){ 0 };
		assert_true(ros_hand(ros, NULL, "/ip/pool/add", "=name=p",
				     "=ranges=10.0.0.0/24", NULL));
		drain();
		assert_int_equal(device->told.menus, 0);
		end();
	}
}

static void asking_twice_listens_once(void **state)
{
	(void)state;
	begin(NULL, 0);
	for (int i = 0; i < 5; i++)
		watch(BIT(MENU_PPP_SECRET));
	assert_int_equal(ros_counter(ros, NULL, "listen"), 1);
	watch(BIT(MENU_PPP_ACTIVE));
	drain();
	hand_adds("juma");
	drain();
	assert_int_equal(device->told.menus, 0);
	/* What was cancelled may begin again, and the old one's last words end nothing. */
	watch(BIT(MENU_PPP_SECRET));
	drain();
	hand_adds("asha");
	drain();
	assert_int_equal(device->told.menus, BIT(MENU_PPP_SECRET));
	end();
}

static void a_refusal_is_remembered_and_makes_no_noise(void **state)
{
	struct ros_fault deaf = { .kind = ROS_FAULT_DEAF, .after = 1, .times = 1 };
	(void)state;
	begin(NULL, 0);
	ros_fault_arm(ros, &deaf);
	for (int i = 0; i < 3; i++) {
		watch(BIT(MENU_PPP_SECRET));
		drain();
	}
	assert_int_equal(ros_counter(ros, NULL, "listen"), 1);
	assert_int_equal(device->told.menus, 0);
	assert_int_equal(rows_of(MENU_PPP_SECRET, NULL, ""), 0);
	end();
}

static void words_of_a_listen_within_a_job_are_skipped(void **state)
{
	(void)state;
	for (uint32_t piece = 1; piece < 9; piece += 3) {
		begin(NULL, piece);
		watch(BIT(MENU_PPP_SECRET) | BIT(MENU_PPP_ACTIVE));
		hand_adds("juma");
		hand_adds("asha");
		/* Nothing was drained: the look finds them before its own answers. */
		assert_int_equal(rows_of(MENU_PPP_SECRET, "name", "juma"), 1);
		assert_int_equal(device->told.times, 2);
		assert_int_equal(device->told.menus, BIT(MENU_PPP_SECRET));
		end();
	}
}

static void a_whole_look_has_seen_what_was_told_before(void **state)
{
	(void)state;
	begin(NULL, 0);
	watch(BIT(MENU_PPP_SECRET));
	hand_adds("juma");
	drain();
	assert_int_equal(rows_of(MENU_PPP_SECRET, "name", "asha"), 0);
	assert_int_equal(device->told.menus, BIT(MENU_PPP_SECRET));
	assert_int_equal(rows_of(MENU_PPP_SECRET, NULL, ""), 1);
	assert_int_equal(device->told.menus, 0);
	assert_int_equal(device->told.looked_at, BIT(MENU_PPP_SECRET));
	end();
}

static void our_own_writes_are_no_news(void **state)
{
	(void)state;
	begin(NULL, 0);
	watch(BIT(MENU_PPP_SECRET));
	drain();
	add_rows(3);
	drain();
	assert_int_equal(device->told.menus, 0);
	/* Somebody else's beside them is. */
	add_rows(2);
	hand_adds("juma");
	drain();
	assert_int_equal(device->told.times, 1);
	assert_int_equal(device->told.menus, BIT(MENU_PPP_SECRET));
	end();
}

static void a_bulk_has_all_tags_for_itself(void **state)
{
	(void)state;
	begin(NULL, 0);
	watch(BIT(MENU_PPP_SECRET) | BIT(MENU_PPP_ACTIVE) | BIT(MENU_PPP_PROFILE) |
	      BIT(MENU_HOTSPOT_USER) | BIT(MENU_HOTSPOT_ACTIVE) | BIT(MENU_POOL) |
	      BIT(MENU_HOTSPOT_USER_PROFILE));
	drain();
	/* No more than that many, however many are wished for. */
	assert_int_equal(ros_counter(ros, NULL, "listen"), LISTENS_MAX);
	add_rows(10);
	assert_true(ros_counters(ros).tags_max <= TAGS_IN_FLIGHT_MAX);
	drain();
	add_rows(200);
	assert_true(ros_counters(ros).tags_max <= TAGS_IN_FLIGHT_MAX);
	drain();
	assert_int_equal(device->told.menus, 0);
	hand_adds("juma");
	drain();
	assert_int_equal(device->told.menus, 0);
	watch(BIT(MENU_PPP_SECRET));
	hand_adds("asha");
	drain();
	assert_int_equal(device->told.menus, BIT(MENU_PPP_SECRET));
	assert_int_equal(rows_of(MENU_PPP_SECRET, NULL, ""), 212);
	end();
}

static void a_proof_is_answered_by_who_lives(void **state)
{
	struct error error = { 0 };
	uint64_t heard;
	(void)state;
	begin(NULL, 0);
	heard = device->counts.bytes_in;
	drain();
	assert_int_equal(device->counts.bytes_in, heard);
	assert_true(device->verbs->prove(device, &error));
	drain();
	assert_true(device->counts.bytes_in > heard);
	/* Its answer is nobody's row. */
	assert_true(device->verbs->prove(device, &error));
	assert_int_equal(rows_of(MENU_PPP_SECRET, NULL, ""), 0);
	end();
}

static void a_session_that_ended_is_found_out(void **state)
{
	struct error error = { 0 };
	(void)state;
	begin(NULL, 0);
	watch(BIT(MENU_PPP_ACTIVE));
	drain();
	ros_reboot(ros, 1000000);
	assert_false(device->verbs->drain(device, &error));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_false(device->verbs->watch(device, 0, &error));
	assert_false(device->verbs->prove(device, &error));
	assert_false(device->verbs->alive(device));
	end();
}

/* ---- over a scripted line ---- */

static void no_byte_is_lost_between_the_two_who_read(void **state)
{
	struct script script = { 0 };
	struct text replies[4], row, told;
	struct error error = { 0 };
	(void)state;
	arena_open(&arena, 64u << 20);
	row = joined(&arena,
		     sentence_of(&arena, "!re", ".tag=2", "=.id=*1", "=name=juma", NULL),
		     sentence_of(&arena, "!done", ".tag=2", NULL));
	told = sentence_of(&arena, "!re", ".tag=w13.1", "=.id=*1", NULL);
	replies[0] = login_reply(&arena);
	replies[1] = version_reply(&arena, "7.16.2 (stable)");
	/* Every place where the watch may stop reading and a worker go on. */
	for (uint32_t cut = 0; cut <= told.size; cut++) {
		replies[2] = text_head(told, cut);
		replies[3] = joined(&arena, text_from(told, cut), row);
		script = (struct script){ .replies = replies, .reply_count = 4, .piece_max = 5 };
		assert_int_equal(MENU_PPP_SECRET, 13);
		assert_true(device_open_line(&device, script_line(&script, &arena), TEXT("wavu"),
					     secret_of(TEXT("pw")), &error));
		watch(BIT(MENU_PPP_SECRET));
		drain();
		assert_int_equal(device->told.times, cut == told.size);
		assert_int_equal(rows_of(MENU_PPP_SECRET, "name", "juma"), 1);
		assert_int_equal(device->told.times, 1);
		device_close(device);
	}
	arena_close(&arena);
}

/* ---- how long a silent line is waited for ---- */

struct slow_line {
	struct line line;
	struct line *inner;
	uint32_t waited_ms; /* the longest wait asked for */
};

static bool slow_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		      struct error *error)
{
	struct slow_line *own = (struct slow_line *)line;
	return own->inner->send(own->inner, bytes, timeout_ms, error);
}

static bool slow_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			 uint32_t timeout_ms, struct error *error)
{
	struct slow_line *own = (struct slow_line *)line;
	if (timeout_ms > own->waited_ms)
		own->waited_ms = timeout_ms;
	return own->inner->receive(own->inner, out, size, got, timeout_ms, error);
}

static bool slow_alive(struct line *line)
{
	struct slow_line *own = (struct slow_line *)line;
	return own->inner->alive(own->inner);
}

static void slow_close(struct line *line)
{
	struct slow_line *own = (struct slow_line *)line;
	own->inner->close(own->inner);
}

static void a_line_long_idle_is_not_waited_for_as_a_fresh_one(void **state)
{
	struct slow_line slow = { .line = { slow_send, slow_receive, slow_alive, slow_close,
					    NULL } };
	struct error error = { 0 };
	(void)state;
	arena_open(&arena, 64u << 20);
	ros = ros_new(&(struct ros_options){ .password = "pw" });
	slow.inner = ros_line_open(ros, NULL, NULL);
	assert_true(device_open_line(&device, &slow.line, TEXT("wavu"), secret_of(TEXT("pw")),
				     &error));
	slow.waited_ms = 0;
	assert_int_equal(rows_of(MENU_PPP_SECRET, NULL, ""), 0);
	assert_true(slow.waited_ms > PROOF_MS_MAX);
	assert_int_equal(ros_counter(ros, "/system/identity", "print"), 0);
	/* Silent for long: the first sign of life is waited for shortly, the rest as ever. */
	device->heard_at -= (int64_t)(PROOF_AFTER_MS + 1) * 1000;
	slow.waited_ms = 0;
	assert_int_equal(rows_of(MENU_PPP_SECRET, NULL, ""), 0);
	assert_true(slow.waited_ms > 0 && slow.waited_ms <= PROOF_MS_MAX);
	assert_int_equal(ros_counter(ros, "/system/identity", "print"), 1);
	slow.waited_ms = 0;
	assert_int_equal(rows_of(MENU_PPP_SECRET, NULL, ""), 0);
	assert_true(slow.waited_ms > PROOF_MS_MAX);
	assert_int_equal(ros_counter(ros, "/system/identity", "print"), 1);
	end();
}

static void a_router_with_little_memory_is_known(void **state)
{
	static const struct {
		const char *word;
		bool is_small;
	} all[] = { { "=total-memory=33554432", true },
		    { "=total-memory=67108864", false },
		    { "=total-memory=many", false },
		    { "=cpu-load=3", false } };
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
		struct script script = { 0 };
		struct text replies[2];
		struct error error = { 0 };
		arena_open(&arena, 64u << 20);
		replies[0] = login_reply(&arena);
		replies[1] = joined(&arena,
				    sentence_of(&arena, "!re", ".tag=1", "=version=7.16.2",
						all[i].word, NULL),
				    sentence_of(&arena, "!done", ".tag=1", NULL));
		script = (struct script){ .replies = replies, .reply_count = 2 };
		assert_true(device_open_line(&device, script_line(&script, &arena), TEXT("wavu"),
					     secret_of(TEXT("pw")), &error));
		assert_int_equal(device->is_small, all[i].is_small);
		device_close(device);
		arena_close(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changes_is_told_as_a_hint),
		cmocka_unit_test(asking_twice_listens_once),
		cmocka_unit_test(a_refusal_is_remembered_and_makes_no_noise),
		cmocka_unit_test(words_of_a_listen_within_a_job_are_skipped),
		cmocka_unit_test(a_whole_look_has_seen_what_was_told_before),
		cmocka_unit_test(our_own_writes_are_no_news),
		cmocka_unit_test(a_bulk_has_all_tags_for_itself),
		cmocka_unit_test(a_proof_is_answered_by_who_lives),
		cmocka_unit_test(a_session_that_ended_is_found_out),
		cmocka_unit_test(no_byte_is_lost_between_the_two_who_read),
		cmocka_unit_test(a_line_long_idle_is_not_waited_for_as_a_fresh_one),
		cmocka_unit_test(a_router_with_little_memory_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
