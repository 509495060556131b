/* The same golden scenarios over every transport and version: the answers, the refusals and what is
 * on the router afterwards may not depend on how one talks to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ros_http.h"
#include "ros_line.h"

#include "router/device.h"

enum transport {
	OVER_API,
	OVER_API_PIECES,
	OVER_REST,
	OVER_REST_PLAIN,
	OVER_REST_PIECES,
	OVER_COUNT
};

static const struct {
	const char *name;
	uint32_t since; /* VERSION() */
} transports[OVER_COUNT] = {
	[OVER_API] = { "api", 0 },
	[OVER_API_PIECES] = { "api in pieces", 0 },
	[OVER_REST] = { "rest", VERSION(7, 1) },
	[OVER_REST_PLAIN] = { "rest without TLS", VERSION(7, 9) },
	[OVER_REST_PIECES] = { "rest in pieces", VERSION(7, 1) },
};

static const struct {
	const char *name;
	uint32_t number;
} versions[] = {
	{ "6.49.19", VERSION(6, 49) }, { "7.9", VERSION(7, 9) },   { "7.16.2", VERSION(7, 16) },
	{ "7.20.8", VERSION(7, 20) },  { "7.24", VERSION(7, 24) },
};

static struct arena arena;
static struct ros *ros;
static struct device *device;
static char where[80]; /* for messages: transport and version */

/* ---- opening ---- */

static bool open_over(enum transport over, struct error *error)
{
	struct ros_line_options line = { .piece_max = over == OVER_API_PIECES ? 3 : 0 };
	struct ros_http_options http = { .plain = over == OVER_REST_PLAIN,
					 .piece_max = over == OVER_REST_PIECES ? 7 : 0 };
	struct secret password = secret_of(TEXT("s3=c:ret"));
	*error = (struct error){ 0 };
	if (over == OVER_API || over == OVER_API_PIECES)
		return device_open_line(&device, ros_line_open(ros, &line, NULL), TEXT("wavu"),
					password, error);
	return device_open_http(&device, ros_http_open(ros, &http, NULL), TEXT("https://r:443"),
				TEXT("wavu"), password, error);
}

/* ---- what scenarios do ---- */

static struct table look_at(enum menu_id menu)
{
	struct look look = { .menu = menu_of(menu), .count = menu != MENU_RESOURCE };
	struct error error = { 0 };
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s: %s", where, error.text);
	assert_true(look.table.looked);
	if (look.suspicious)
		fail_msg("%s: %s is suspicious", where, look.menu->path);
	return look.table;
}

static struct row *row_of(const struct table *table, const char *name)
{
	for (uint32_t i = 0; i < table->count; i++)
		if (text_is(row_get(&table->rows[i], table->menu, "name"), name))
			return &table->rows[i];
	fail_msg("%s: %s has no %s", where, table->menu->path, name);
	return NULL;
}

static void must_be(const struct table *table, const char *name, const char *field,
		    const char *value)
{
	struct text got = row_get(row_of(table, name), table->menu, field);
	if (!text_is(got, value))
		fail_msg("%s: %s %s is '%.*s', not '%s'", where, name, field, TEXT_ARG(got), value);
}

static void write_it(struct write *write)
{
	struct error error = { 0 };
	if (!device->verbs->write(device, write, 1, &arena, &error))
		fail_msg("%s: %s", where, error.text);
}

static void must_write(struct write *write)
{
	write_it(write);
	if (write->end != WRITE_DONE)
		fail_msg("%s: %s: %s", where, write->menu->path, write->error.text);
}

static void must_refuse(struct write *write, enum error_code code, const char *words)
{
	write_it(write);
	assert_int_equal(write->end, WRITE_REFUSED);
	if (write->error.code != code || !strstr(write->error.text, words))
		fail_msg("%s: %d %s", where, write->error.code, write->error.text);
}

#define ADD(kind, list)                                                           \
	(struct write)                                                           \
	{                                                                        \
		.verb = VERB_ADD, .menu = menu_of(kind), .attributes = (list),     \
		.attribute_count = ARRAY_COUNT(list)                             \
	}
#define SET(kind, which, list)                                                    \
	(struct write)                                                           \
	{                                                                        \
		.verb = VERB_SET, .menu = menu_of(kind), .id = (which),            \
		.attributes = (list), .attribute_count = ARRAY_COUNT(list)       \
	}

#define ODD "\"Jané\" \\ {k: [1]}, =?#|O'N%2A/"

/* ---- scenarios: each finds the router as the one before left it ---- */

static void all_menus_are_read(void)
{
	struct look looks[MENU_COUNT];
	struct error error = { 0 };
	uint32_t count = 0;
	for (int i = 0; i < MENU_COUNT; i++) {
		const struct menu *menu = menu_of((enum menu_id)i);
		if (ros_menu_exists(menu->path))
			looks[count++] = (struct look){ .menu = menu,
							.count = menu->shape != SHAPE_SINGLE,
							.may_lack = i == MENU_DEVICE_MODE };
	}
	if (!device->verbs->look(device, looks, count, &arena, &error))
		fail_msg("%s: %s", where, error.text);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(looks[i].table.looked || looks[i].lacks);
		if (looks[i].suspicious)
			fail_msg("%s: %s", where, looks[i].menu->path);
	}
	assert_int_equal(look_at(MENU_RESOURCE).count, 1);
}

static void rows_are_added(void)
{
	struct attribute pool[] = { { .name = "name", .value = TEXT("wavu-pppoe") },
				    { .name = "ranges", .value = TEXT("10.9.0.0/24") } };
	struct attribute profile[] = { { .name = "name", .value = TEXT("wavu-home") },
				       { .name = "rate-limit", .value = TEXT("5M/10M") },
				       { .name = "local-address", .value = TEXT("10.9.0.1") },
				       { .name = "remote-address", .value = TEXT("wavu-pppoe") } };
	struct attribute secret[] = { { .name = "name", .value = TEXT("juma=\"1\"") },
				      { .name = "password", .value = TEXT("p\\\"=1") },
				      { .name = "profile", .value = TEXT("wavu-home") },
				      { .name = "remote-address", .value = TEXT("10.9.0.7") },
				      { .name = "comment", .value = TEXT(ODD) } };
	struct write writes[] = { ADD(MENU_POOL, pool), ADD(MENU_PPP_PROFILE, profile),
				  ADD(MENU_PPP_SECRET, secret) };
	struct error error = { 0 };
	if (!device->verbs->write(device, writes, 3, &arena, &error))
		fail_msg("%s: %s", where, error.text);
	for (int i = 0; i < 3; i++)
		if (writes[i].end != WRITE_DONE || !text_starts(writes[i].new_id, TEXT("*")))
			fail_msg("%s: %s: %s", where, writes[i].menu->path, writes[i].error.text);
	struct table secrets = look_at(MENU_PPP_SECRET), profiles = look_at(MENU_PPP_PROFILE);
	must_be(&secrets, "juma=\"1\"", "password", "p\\\"=1");
	must_be(&secrets, "juma=\"1\"", "comment", ODD);
	must_be(&secrets, "juma=\"1\"", "disabled", "false");
	must_be(&profiles, "wavu-home", "rate-limit", "5000000/10000000");
	assert_true(text_equal(row_of(&secrets, "juma=\"1\"")->id, writes[2].new_id));
}

static void only_the_rows_asked_for_come(void)
{
	struct text names[] = { TEXT("juma=\"1\""), TEXT("nobody"), TEXT("hand") };
	struct look look = { .menu = menu_of(MENU_PPP_SECRET),
			     .field = "name",
			     .values = names,
			     .value_count = 3,
			     .count = true };
	struct error error = { 0 };
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s: %s", where, error.text);
	assert_int_equal(look.table.count, 2);
	assert_false(look.suspicious);
	look.value_count = 0;
	assert_true(device->verbs->look(device, &look, 1, &arena, &error));
	assert_int_equal(look.table.count, 0);
}

static void rows_are_changed_and_emptied(void)
{
	struct table before = look_at(MENU_PPP_SECRET);
	struct text id = row_of(&before, "juma=\"1\"")->id;
	struct attribute set[] = { { .name = "disabled", .value = TEXT("true") },
				   { .name = "remote-address", .unset = true },
				   { .name = "comment", .value = TEXT("wavu:juma/01234567") } };
	struct write change = SET(MENU_PPP_SECRET, id, set);
	must_write(&change);
	struct table after = look_at(MENU_PPP_SECRET);
	must_be(&after, "juma=\"1\"", "disabled", "true");
	must_be(&after, "juma=\"1\"", "remote-address", "");
	must_be(&after, "juma=\"1\"", "comment", "wavu:juma/01234567");
	struct attribute back[] = { { .name = "disabled", .value = TEXT("no") },
				    { .name = "comment", .value = TEXT("") } };
	struct write again = SET(MENU_PPP_SECRET, id, back);
	must_write(&again);
	after = look_at(MENU_PPP_SECRET);
	must_be(&after, "juma=\"1\"", "comment", "");
	must_be(&after, "juma=\"1\"", "disabled", "false");

	struct table profiles = look_at(MENU_PPP_PROFILE);
	struct attribute empty[] = { { .name = "rate-limit", .unset = true } };
	struct write clear = SET(MENU_PPP_PROFILE, row_of(&profiles, "wavu-home")->id, empty);
	must_write(&clear);
	profiles = look_at(MENU_PPP_PROFILE);
	must_be(&profiles, "wavu-home", "rate-limit", "");
}

static void sessions_are_dropped(void)
{
	assert_int_equal(ros_ppp_dial(ros, "juma=\"1\"", "p\\\"=1", "AA:BB:CC:00:00:01"),
			 ROS_ENTRY_DONE);
	assert_int_equal(ros_ppp_dial(ros, "hand", "h", "AA:BB:CC:00:00:02"), ROS_ENTRY_DONE);
	struct table live = look_at(MENU_PPP_ACTIVE);
	assert_int_equal(live.count, 2);
	struct write drop = { .verb = VERB_DISCONNECT,
			      .menu = menu_of(MENU_PPP_ACTIVE),
			      .id = row_of(&live, "juma=\"1\"")->id };
	must_write(&drop);
	assert_false(ros_access(ros, "juma=\"1\"", &(struct ros_access){ 0 }));
	assert_int_equal(look_at(MENU_PPP_ACTIVE).count, 1);
	must_refuse(&drop, ERROR_CONFLICT, "no such item");
}

static void refusals_keep_their_words(void)
{
	struct attribute twin[] = { { .name = "name", .value = TEXT("hand") } };
	struct attribute lost[] = { { .name = "name", .value = TEXT("lost") },
				    { .name = "profile", .value = TEXT("nowhere") } };
	struct write again = ADD(MENU_PPP_SECRET, twin), astray = ADD(MENU_PPP_SECRET, lost);
	must_refuse(&again, ERROR_CONFLICT, "already exists");
	must_refuse(&astray, ERROR_REFUSED, "input does not match any value of profile");
	struct table profiles = look_at(MENU_PPP_PROFILE);
	/* A refusal does not stop the others. */
	struct attribute fine[] = { { .name = "name", .value = TEXT("wafula") } };
	struct write writes[] = { ADD(MENU_PPP_SECRET, twin), ADD(MENU_PPP_SECRET, fine) };
	struct error error = { 0 };
	assert_true(device->verbs->write(device, writes, 2, &arena, &error));
	assert_int_equal(writes[0].end, WRITE_REFUSED);
	assert_int_equal(writes[1].end, WRITE_DONE);
	assert_int_equal(profiles.count, 1);
}

static void menus_of_others_are_not_written(void)
{
	struct attribute list[] = { { .name = "version", .value = TEXT("x") } };
	struct write write = ADD(MENU_RESOURCE, list);
	uint64_t writes = ros_counters(ros).writes;
	must_refuse(&write, ERROR_REFUSED, "nothing was sent");
	assert_int_equal(ros_counters(ros).writes, writes);
}

static void half_an_answer_is_doubted(void)
{
	struct look look = { .menu = menu_of(MENU_PPP_SECRET), .count = true };
	struct error error = { 0 };
	struct ros_fault once = { .kind = ROS_FAULT_TRUNCATE, .after = 1, .times = 1 };
	ros_fault_arm(ros, &once);
	assert_true(device->verbs->look(device, &look, 1, &arena, &error));
	assert_false(look.suspicious); /* the second asking was whole */
	once.times = 2;
	ros_fault_arm(ros, &once);
	assert_true(device->verbs->look(device, &look, 1, &arena, &error));
	assert_true(look.suspicious);
}

static void rows_are_removed(void)
{
	struct table secrets = look_at(MENU_PPP_SECRET);
	struct write gone = { .verb = VERB_REMOVE,
			      .menu = menu_of(MENU_PPP_SECRET),
			      .id = row_of(&secrets, "wafula")->id };
	must_write(&gone);
	assert_false(ros_row_exists(ros, "/ppp/secret", "wafula"));
	must_refuse(&gone, ERROR_CONFLICT, "no such item");
}

static void a_hotspot_guest_is_let_in_and_dropped(void)
{
	struct attribute user[] = { { .name = "name", .value = TEXT("KN-7") },
				    { .name = "password", .value = TEXT("w") } };
	struct write add = ADD(MENU_HOTSPOT_USER, user);
	must_write(&add);
	assert_int_equal(ros_hotspot_login(ros, "AA:BB:CC:00:00:09", "KN-7", "w"),
			 ROS_ENTRY_DONE);
	struct table live = look_at(MENU_HOTSPOT_ACTIVE), cookies = look_at(MENU_HOTSPOT_COOKIE);
	assert_int_equal(live.count, 1);
	assert_true(cookies.count > 0);
	struct write drops[] = { { .verb = VERB_DISCONNECT,
				   .menu = cookies.menu,
				   .id = cookies.rows[0].id },
				 { .verb = VERB_DISCONNECT,
				   .menu = live.menu,
				   .id = live.rows[0].id } };
	struct error error = { 0 };
	assert_true(device->verbs->write(device, drops, 2, &arena, &error));
	assert_int_equal(drops[0].end, WRITE_DONE);
	assert_int_equal(drops[1].end, WRITE_DONE);
	assert_int_equal(look_at(MENU_HOTSPOT_ACTIVE).count, 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "all menus are read", all_menus_are_read },
	{ "rows are added", rows_are_added },
	{ "only the rows asked for come", only_the_rows_asked_for_come },
	{ "rows are changed and emptied", rows_are_changed_and_emptied },
	{ "sessions are dropped", sessions_are_dropped },
	{ "refusals keep their words", refusals_keep_their_words },
	{ "menus of others are not written", menus_of_others_are_not_written },
	{ "half an answer is doubted", half_an_answer_is_doubted },
	{ "rows are removed", rows_are_removed },
	{ "a hotspot guest is let in and dropped", a_hotspot_guest_is_let_in_and_dropped },
};

/* ---- all of them over all ---- */

/* The router as it is: all menus but the lists of who is logged in. The caller frees. */
static char *dump_all(void)
{
	char *all = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&all, &size);
	assert_non_null(out);
	for (size_t i = 0; ros_menu_path(i); i++) {
		if (strcmp(ros_menu_path(i), "/user/active") == 0)
			continue;
		char *one = ros_menu_dump(ros, ros_menu_path(i), true);
		(void)fprintf(out, "%s\n%s", ros_menu_path(i), one);
		free(one);
	}
	(void)fclose(out);
	return all;
}

/* What somebody made by hand, and nobody may touch. */
static void hand_made(void)
{
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=hand", "=password=h",
			     "=remote-address=10.1.0.9", "=local-address=10.1.0.1",
			     "=comment=since 2019, ask Otieno", NULL));
	assert_true(ros_hand(ros, NULL, "/ip/hotspot/user/add", "=name=cafe", "=password=c",
			     NULL));
}

static char *run_over(enum transport over, size_t version)
{
	struct error error;
	struct ros_text hand;
	char *before, *after, *all;
	arena_open(&arena, 64u << 20);
	ros = ros_new(&(struct ros_options){ .version = versions[version].name,
					     .password = "s3=c:ret",
					     .now_at = INT64_C(1700000000000000) });
	hand_made();
	assert_true(ros_row_read(ros, "/ppp/secret", "hand", "comment", &hand));
	before = ros_menu_dump(ros, "/ip/service", true);
	if (!open_over(over, &error))
		fail_msg("%s: %s", where, error.text);
	assert_true(text_starts(device->version, text_of(versions[version].name)));
	assert_int_equal(device->version_number, versions[version].number);
	for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++) {
		(void)snprintf(where, sizeof(where), "%s on %s, %s", transports[over].name,
			       versions[version].name, scenarios[i].name);
		scenarios[i].run();
		assert_true(device->verbs->alive(device));
	}
	/* As many writes as were meant, and none that changed nothing. */
	assert_int_equal(ros_counters(ros).writes, 17);
	assert_int_equal(ros_counters(ros).writes_idle, 0);
	assert_true(ros_row_is(ros, "/ppp/secret", "hand", "comment", "since 2019, ask Otieno"));
	device_close(device);
	after = ros_menu_dump(ros, "/ip/service", true);
	assert_string_equal(before, after);
	all = dump_all();
	free(before);
	free(after);
	ros_free(ros);
	arena_close(&arena);
	return all;
}

static void every_transport_ends_in_the_same_world(void **state)
{
	(void)state;
	for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
		char *golden = NULL;
		for (int over = 0; over < OVER_COUNT; over++) {
			if (versions[v].number < transports[over].since)
				continue;
			char *end = run_over((enum transport)over, v);
			if (golden)
				assert_string_equal(end, golden);
			else
				golden = end;
			if (golden != end)
				free(end);
		}
		free(golden);
	}
}

static void where_there_is_no_rest_it_is_said(void **state)
{
	static const struct {
		const char *version;
		enum transport over;
	} none[] = { { "6.49.19", OVER_REST },
		     { "6.49.19", OVER_REST_PLAIN },
		     { "7.8", OVER_REST_PLAIN } };
	struct error error;
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(none); i++) {
		ros = ros_new(
		    &(struct ros_options){ .version = none[i].version, .password = "s3=c:ret" });
		assert_false(open_over(none[i].over, &error));
		assert_int_equal(error.code, ERROR_DENIED);
		assert_non_null(strstr(error.text, "r:443: "));
		assert_non_null(strstr(error.text, "needs RouterOS 7.1"));
		ros_free(ros);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transport_ends_in_the_same_world),
		cmocka_unit_test(where_there_is_no_rest_it_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
