/* The device against the simulated router: login, looks, writes and refusals, on several versions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ros_line.h"

#include "menu/value.h"
#include "router/device.h"

static struct arena arena;
static struct ros *ros;
static struct device *device;

static const char *const versions[] = { "6.49.19", "7.9", "7.16.2", "7.18.2", "7.20.8", "7.24" };

static void router_begin(const char *version, const char *policy)
{
	arena_open(&arena, 64u << 20);
	ros = ros_new(
	    &(struct ros_options){ .version = version, .password = "s3=cret", .policy = policy });
}

/* Lives as long as the lines that count in it. */
static uint32_t closes;

static bool router_login(const char *password, const struct ros_line_options *options,
			 struct error *error)
{
	closes = 0;
	bool done = device_open_line(&device, ros_line_open(ros, options, &closes), TEXT("wavu"),
				     secret_of(text_of(password)), error);
	assert_int_equal(closes, done ? 0 : 1);
	return done;
}

static void router_open(const char *version, const struct ros_line_options *options)
{
	struct error error = { 0 };
	router_begin(version, NULL);
	if (!router_login("s3=cret", options, &error))
		fail_msg("%s: %s", version ? version : "default", error.text);
}

static void router_end(void)
{
	device_close(device);
	device = NULL;
	ros_free(ros);
	arena_close(&arena);
}

static void add_secrets(uint32_t count)
{
	char name[32];
	for (uint32_t i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "=name=user-%05u", i);
		assert_true(ros_hand(ros, NULL, "/ppp/secret/add", name, "=password=p", NULL));
	}
}

static struct table look_at(enum menu_id menu)
{
	struct look look = { .menu = menu_of(menu), .count = true };
	struct error error = { 0 };
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s: %s", look.menu->path, error.text);
	assert_true(look.table.looked);
	assert_false(look.suspicious);
	return look.table;
}

static bool write_all(struct write *writes, uint32_t count, struct error *error)
{
	*error = (struct error){ 0 };
	return device->verbs->write(device, writes, count, &arena, error);
}

static struct text value_of(const struct table *table, uint32_t row, const char *field)
{
	return row_get(&table->rows[row], table->menu, field);
}

/* ---- login ---- */

static void login_reads_the_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		router_open(versions[i], NULL);
		assert_true(text_starts(device->version, text_of(versions[i])));
		assert_int_equal(device->version_number, value_version(text_of(versions[i])));
		assert_true(device->verbs->alive(device));
		router_end();
	}
}

static void a_wrong_password_is_denied(void **state)
{
	(void)state;
	struct error error = { 0 };
	router_begin(NULL, NULL);
	assert_false(router_login("guess", NULL, &error));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_non_null(strstr(error.text, "invalid user name or password"));
	assert_null(strstr(error.text, "guess"));
	router_end();
}

static void a_password_that_cannot_be_read_is_not_sent(void **state)
{
	(void)state;
	struct error error = { 0 };
	router_begin(NULL, NULL);
	assert_false(device_open_line(&device, ros_line_open(ros, NULL, NULL), TEXT("wavu"),
				      (struct secret){ .readable = false }, &error));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_int_equal(ros_counters(ros).logins_failed, 0);
	assert_int_equal(ros_counters(ros).bytes_in, 0);
	router_end();
}

static void a_user_without_rights_to_read_is_denied(void **state)
{
	(void)state;
	struct error error = { 0 };
	router_begin(NULL, "write,api");
	assert_false(router_login("s3=cret", NULL, &error));
	assert_int_equal(error.code, ERROR_DENIED);
	router_end();
}

/* ---- looks ---- */

static void all_menus_are_looked_at_in_one_go(void **state)
{
	(void)state;
	for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
		router_open(versions[v], NULL);
		add_secrets(3);
		struct look looks[MENU_COUNT];
		for (int i = 0; i < MENU_COUNT; i++)
			looks[i] = (struct look){ .menu = menu_of((enum menu_id)i),
						  .count = i != MENU_RESOURCE,
						  .may_lack = i == MENU_DEVICE_MODE };
		struct error error = { 0 };
		if (!device->verbs->look(device, looks, MENU_COUNT, &arena, &error))
			fail_msg("%s: %s", versions[v], error.text);
		assert_int_equal(looks[MENU_DEVICE_MODE].lacks, versions[v][0] == '6');
		for (int i = 0; i < MENU_COUNT; i++) {
			assert_true(looks[i].table.looked || looks[i].lacks);
			if (looks[i].suspicious)
				fail_msg("%s %s", versions[v], looks[i].menu->path);
		}
		assert_int_equal(looks[MENU_PPP_SECRET].table.count, 3);
		assert_int_equal(looks[MENU_RESOURCE].table.count, 1);
		/* The built-in ones are the router's own. */
		assert_int_equal(looks[MENU_PPP_PROFILE].table.count, 0);
		assert_int_equal(looks[MENU_HOTSPOT_USER_PROFILE].table.count, 0);
		assert_true(ros_counters(ros).tags_max <= TAGS_IN_FLIGHT_MAX);
		assert_true(ros_counters(ros).tags_max > 1);
		assert_int_equal(ros_counters(ros).writes, 0);
		router_end();
	}
}

static void rows_are_canonical(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	assert_true(ros_hand(ros, NULL, "/ip/pool/add", "=name=p", "=ranges=10.9.0.0/24", NULL));
	assert_true(ros_hand(ros, NULL, "/ppp/profile/add", "=name=wavu-home", "=rate-limit=5M/10M",
			     "=remote-address=p", NULL));
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=juma",
			     "=password=a=b=", "=profile=wavu-home", "=remote-address=10.9.0.7",
			     "=comment=caf\xe9\r\n=x", NULL));
	struct table pools = look_at(MENU_POOL), profiles = look_at(MENU_PPP_PROFILE);
	struct table secrets = look_at(MENU_PPP_SECRET);
	/* The factory's hotspot has a pool of its own. */
	assert_int_equal(pools.count, 2);
	assert_true(text_is(value_of(&pools, 1, "ranges"), "10.9.0.0-10.9.0.255"));
	assert_int_equal(profiles.count, 1);
	assert_true(text_is(value_of(&profiles, 0, "rate-limit"), "5000000/10000000"));
	assert_int_equal(secrets.count, 1);
	assert_true(text_is(value_of(&secrets, 0, "password"), "a=b="));
	assert_true(text_is(value_of(&secrets, 0, "comment"), "caf\xe9\r\n=x"));
	assert_true(text_is(value_of(&secrets, 0, "disabled"), "false"));
	assert_true(text_starts(secrets.rows[0].id, TEXT("*")));
	router_end();
}

static void an_empty_menu_is_empty_before_and_after_7_18(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		router_open(versions[i], NULL);
		assert_int_equal(look_at(MENU_PPP_SECRET).count, 0);
		assert_int_equal(look_at(MENU_PPP_ACTIVE).count, 0);
		router_end();
	}
}

static void only_the_rows_asked_for_come(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	add_secrets(40);
	struct text names[LOOK_VALUES_MAX];
	for (uint32_t i = 0; i < LOOK_VALUES_MAX; i++)
		names[i] = text_format(&arena, "user-%05u", i);
	struct error error = { 0 };
	struct look looks[] = {
		{ .menu = menu_of(MENU_PPP_SECRET),
		  .field = "name",
		  .values = names,
		  .value_count = 1,
		  .count = true },
		{ .menu = menu_of(MENU_PPP_SECRET),
		  .field = "name",
		  .values = names,
		  .value_count = LOOK_VALUES_MAX,
		  .count = true },
		{ .menu = menu_of(MENU_PPP_SECRET),
		  .field = "name",
		  .values = names,
		  .value_count = 0 },
	};
	assert_true(device->verbs->look(device, looks, 3, &arena, &error));
	assert_int_equal(looks[0].table.count, 1);
	assert_true(text_is(value_of(&looks[0].table, 0, "name"), "user-00000"));
	assert_int_equal(looks[1].table.count, LOOK_VALUES_MAX);
	assert_int_equal(looks[2].table.count, 0);
	assert_true(looks[2].table.looked);
	assert_false(looks[0].suspicious || looks[1].suspicious);
	router_end();
}

static void sessions_show_whose_they_are(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	assert_true(
	    ros_hand(ros, NULL, "/ip/pool/add", "=name=p", "=ranges=10.9.0.1-10.9.0.9", NULL));
	assert_true(ros_hand(ros, NULL, "/ppp/profile/add", "=name=home", "=rate-limit=5M/10M",
			     "=local-address=10.9.0.254", "=remote-address=p", NULL));
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=juma", "=password=x",
			     "=profile=home", NULL));
	assert_int_equal(ros_ppp_dial(ros, "juma", "x", "aa:bb:cc:00:00:01"), ROS_ENTRY_DONE);
	struct table active = look_at(MENU_PPP_ACTIVE), queues = look_at(MENU_QUEUE_SIMPLE);
	assert_int_equal(active.count, 1);
	assert_true(text_is(value_of(&active, 0, "name"), "juma"));
	assert_true(text_is(value_of(&active, 0, "caller-id"), "AA:BB:CC:00:00:01"));
	/* A dynamic queue is shown, and said to be dynamic. */
	assert_int_equal(queues.count, 1);
	assert_true(queues.rows[0].dynamic);
	assert_true(text_is(value_of(&queues, 0, "name"), "<pppoe-juma>"));
	assert_true(text_is(value_of(&queues, 0, "max-limit"), "5000000/10000000"));
	struct write drop = { .verb = VERB_DISCONNECT,
			      .menu = menu_of(MENU_PPP_ACTIVE),
			      .id = active.rows[0].id };
	struct error error;
	assert_true(write_all(&drop, 1, &error));
	assert_int_equal(drop.end, WRITE_DONE);
	assert_int_equal(ros_row_count(ros, "/ppp/active"), 0);
	router_end();
}

static void a_truncated_print_is_asked_again_then_doubted(void **state)
{
	(void)state;
	for (uint32_t times = 0; times < 3; times++) {
		router_open(NULL, NULL);
		add_secrets(20);
		struct look look = { .menu = menu_of(MENU_PPP_SECRET), .count = true };
		struct error error = { 0 };
		if (times > 0)
			ros_fault_arm(ros, &(struct ros_fault){ .kind = ROS_FAULT_TRUNCATE,
								.after = 1,
								.times = times });
		assert_true(device->verbs->look(device, &look, 1, &arena, &error));
		assert_int_equal(look.suspicious, times == 2);
		assert_int_equal(look.table.count, times == 2 ? 10 : 20);
		router_end();
	}
}

static void without_the_count_nothing_is_doubted(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	add_secrets(4);
	ros_counters_reset(ros);
	struct look look = { .menu = menu_of(MENU_PPP_SECRET) };
	struct error error = { 0 };
	assert_true(device->verbs->look(device, &look, 1, &arena, &error));
	assert_int_equal(ros_counters(ros).commands, 1);
	assert_int_equal(look.table.count, 4);
	assert_false(look.suspicious);
	router_end();
}

static void many_rows_are_two_commands(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	add_secrets(3000);
	ros_counters_reset(ros);
	struct table table = look_at(MENU_PPP_SECRET);
	assert_int_equal(table.count, 3000);
	assert_int_equal(ros_counters(ros).commands, 2);
	for (uint32_t i = 0; i < table.count; i++)
		assert_true(
		    text_equal(value_of(&table, i, "name"), text_format(&arena, "user-%05u", i)));
	router_end();
}

static void mixed_replies_find_their_look(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	add_secrets(5);
	assert_true(
	    ros_hand(ros, NULL, "/ip/pool/add", "=name=p", "=ranges=10.9.0.1-10.9.0.9", NULL));
	ros_fault_arm(ros,
		      &(struct ros_fault){ .kind = ROS_FAULT_REORDER, .times = 0, .after = 1 });
	struct look looks[] = { { .menu = menu_of(MENU_PPP_SECRET), .count = true },
				{ .menu = menu_of(MENU_POOL), .count = true },
				{ .menu = menu_of(MENU_HOTSPOT_USER), .count = true } };
	struct error error = { 0 };
	assert_true(device->verbs->look(device, looks, 3, &arena, &error));
	assert_int_equal(looks[0].table.count, 5);
	assert_int_equal(looks[1].table.count, 2);
	assert_false(looks[0].suspicious || looks[1].suspicious || looks[2].suspicious);
	router_end();
}

static void any_cut_of_the_bytes_reads_the_same(void **state)
{
	(void)state;
	static const uint32_t pieces[] = { 1, 2, 3, 7, 64, 1000 };
	for (size_t i = 0; i < ARRAY_COUNT(pieces); i++) {
		router_open("7.20.8", &(struct ros_line_options){ .piece_max = pieces[i] });
		add_secrets(30);
		assert_int_equal(look_at(MENU_PPP_SECRET).count, 30);
		assert_int_equal(look_at(MENU_PPP_ACTIVE).count, 0);
		router_end();
	}
}

/* ---- writes ---- */

static void rows_are_added_set_and_removed(void **state)
{
	(void)state;
	for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
		router_open(versions[v], NULL);
		struct error error;
		struct attribute add[] = { { .name = "name", .value = TEXT("juma") },
					   { .name = "password", .value = TEXT("a=\xe9") },
					   { .name = "remote-address", .value = TEXT("10.9.0.7") },
					   { .name = "comment",
					     .value = TEXT("wavu:k/01234567") } };
		struct write write = { .verb = VERB_ADD,
				       .menu = menu_of(MENU_PPP_SECRET),
				       .attributes = add,
				       .attribute_count = 4 };
		assert_true(write_all(&write, 1, &error));
		if (write.end != WRITE_DONE)
			fail_msg("%s: %s", versions[v], write.error.text);
		assert_true(text_starts(write.new_id, TEXT("*")));
		assert_true(ros_row_is(ros, "/ppp/secret", "juma", "password", "a=\xe9"));

		struct attribute set[] = { { .name = "disabled", .value = TEXT("true") },
					   { .name = "remote-address", .unset = true },
					   { .name = "comment", .value = TEXT("") } };
		struct write change = { .verb = VERB_SET,
					.menu = write.menu,
					.id = write.new_id,
					.attributes = set,
					.attribute_count = 3 };
		assert_true(write_all(&change, 1, &error));
		if (change.end != WRITE_DONE)
			fail_msg("%s: %s", versions[v], change.error.text);
		struct table table = look_at(MENU_PPP_SECRET);
		assert_true(text_is(value_of(&table, 0, "disabled"), "true"));
		assert_true(text_is(value_of(&table, 0, "remote-address"), ""));
		assert_true(text_is(value_of(&table, 0, "comment"), ""));

		struct write gone = { .verb = VERB_REMOVE, .menu = write.menu, .id = write.new_id };
		assert_true(write_all(&gone, 1, &error));
		assert_int_equal(gone.end, WRITE_DONE);
		assert_int_equal(ros_row_count(ros, "/ppp/secret"), 0);
		assert_true(write_all(&gone, 1, &error));
		assert_int_equal(gone.end, WRITE_REFUSED);
		assert_int_equal(gone.error.code, ERROR_CONFLICT);
		router_end();
	}
}

/* Every value that a look gives back is one the router takes, and taking it changes nothing. */
static void what_was_read_can_be_written_back(void **state)
{
	(void)state;
	static const char rate[] = "5M/10M 8M/15M 4M/8M 16/16 3 1M/2M";
	for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
		router_open(versions[v], NULL);
		struct error error;
		struct attribute add[] = { { .name = "name", .value = TEXT("wavu-home") },
					   { .name = "rate-limit", .value = TEXT(rate) } };
		struct write write = { .verb = VERB_ADD,
				       .menu = menu_of(MENU_PPP_PROFILE),
				       .attributes = add,
				       .attribute_count = 2 };
		assert_true(write_all(&write, 1, &error));
		assert_int_equal(write.end, WRITE_DONE);
		struct table first = look_at(MENU_PPP_PROFILE);
		struct attribute back = { .name = "rate-limit",
					  .value = value_of(&first, 0, "rate-limit") };
		struct write set = { .verb = VERB_SET,
				     .menu = write.menu,
				     .id = write.new_id,
				     .attributes = &back,
				     .attribute_count = 1 };
		assert_true(write_all(&set, 1, &error));
		assert_int_equal(set.end, WRITE_DONE);
		struct table second = look_at(MENU_PPP_PROFILE);
		assert_true(text_equal(value_of(&second, 0, "rate-limit"), back.value));
		router_end();
	}
}

static void a_refusal_does_not_stop_the_others(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	struct error error;
	struct attribute good[] = { { .name = "name", .value = TEXT("juma") } };
	struct attribute lost[] = { { .name = "name", .value = TEXT("asha") },
				    { .name = "profile", .value = TEXT("nowhere") } };
	struct attribute last[] = { { .name = "name", .value = TEXT("ali") } };
	const struct menu *menu = menu_of(MENU_PPP_SECRET);
	struct write writes[] = {
		{ .verb = VERB_ADD, .menu = menu, .attributes = good, .attribute_count = 1 },
		{ .verb = VERB_ADD, .menu = menu, .attributes = good, .attribute_count = 1 },
		{ .verb = VERB_ADD, .menu = menu, .attributes = lost, .attribute_count = 2 },
		{ .verb = VERB_ADD, .menu = menu, .attributes = last, .attribute_count = 1 },
		{ .verb = VERB_REMOVE, .menu = menu, .id = TEXT("*FFFF") },
	};
	assert_true(write_all(writes, 5, &error));
	assert_int_equal(writes[0].end, WRITE_DONE);
	assert_int_equal(writes[1].end, WRITE_REFUSED);
	assert_int_equal(writes[1].error.code, ERROR_CONFLICT);
	assert_int_equal(writes[2].end, WRITE_REFUSED);
	assert_int_equal(writes[2].error.code, ERROR_REFUSED);
	assert_non_null(strstr(writes[2].error.text, "profile"));
	assert_int_equal(writes[3].end, WRITE_DONE);
	assert_int_equal(writes[4].end, WRITE_REFUSED);
	assert_int_equal(ros_row_count(ros, "/ppp/secret"), 2);
	router_end();
}

static void a_reader_may_not_write(void **state)
{
	(void)state;
	struct error error = { 0 };
	router_begin(NULL, "read,api");
	assert_true(router_login("s3=cret", NULL, &error));
	struct attribute name = { .name = "name", .value = TEXT("juma") };
	struct write write = { .verb = VERB_ADD,
			       .menu = menu_of(MENU_PPP_SECRET),
			       .attributes = &name,
			       .attribute_count = 1 };
	assert_true(write_all(&write, 1, &error));
	assert_int_equal(write.end, WRITE_REFUSED);
	assert_int_equal(write.error.code, ERROR_DENIED);
	router_end();
}

static void many_writes_share_the_line(void **state)
{
	(void)state;
	enum { COUNT = 1000 };
	router_open(NULL, NULL);
	struct error error;
	struct write *writes = ARENA_ARRAY(&arena, struct write, COUNT);
	for (uint32_t i = 0; i < COUNT; i++) {
		struct attribute *name = ARENA_NEW(&arena, struct attribute);
		*name = (struct attribute){ .name = "name",
					    .value = text_format(&arena, "u%u", i) };
		writes[i] = (struct write){ .verb = VERB_ADD,
					    .menu = menu_of(MENU_PPP_SECRET),
					    .attributes = name,
					    .attribute_count = 1 };
	}
	ros_counters_reset(ros);
	assert_true(write_all(writes, COUNT, &error));
	for (uint32_t i = 0; i < COUNT; i++)
		assert_int_equal(writes[i].end, WRITE_DONE);
	assert_int_equal(ros_row_count(ros, "/ppp/secret"), COUNT);
	assert_int_equal(ros_counters(ros).tags_max, TAGS_IN_FLIGHT_MAX);
	assert_int_equal(ros_counters(ros).writes, COUNT);
	router_end();
}

/* A profile must be there before a secret names it, whatever the router does with tags. */
static void what_depends_waits_for_its_answer(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	struct error error;
	struct attribute profile = { .name = "name", .value = TEXT("wavu-home") };
	struct attribute secret[] = { { .name = "name", .value = TEXT("juma") },
				      { .name = "profile", .value = TEXT("wavu-home") } };
	struct write writes[] = {
		{ .verb = VERB_ADD,
		  .menu = menu_of(MENU_PPP_PROFILE),
		  .attributes = &profile,
		  .attribute_count = 1 },
		{ .verb = VERB_ADD,
		  .menu = menu_of(MENU_PPP_SECRET),
		  .attributes = secret,
		  .attribute_count = 2 },
	};
	ros_counters_reset(ros);
	assert_true(write_all(writes, 2, &error));
	assert_int_equal(writes[1].end, WRITE_DONE);
	assert_int_equal(ros_counters(ros).tags_max, 1);
	router_end();
}

static void menus_that_are_not_ours_are_refused_unsent(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	static const struct field fields[] = { { .name = "name", .role = FIELD_KEY } };
	static const struct menu dangerous = { .path = "/user",
					       .shape = SHAPE_SET,
					       .writable = true,
					       .dangerous = true,
					       .fields = fields,
					       .field_count = 1,
					       .key_count = 1,
					       .owner_menu = -1 };
	struct error error;
	struct write writes[] = {
		{ .verb = VERB_REMOVE, .menu = &dangerous, .id = TEXT("*1") },
		{ .verb = VERB_REMOVE, .menu = menu_of(MENU_RESOURCE), .id = TEXT("*1") },
		{ .verb = VERB_SET, .menu = menu_of(MENU_PPP_ACTIVE), .id = TEXT("*1") },
	};
	ros_counters_reset(ros);
	assert_true(write_all(writes, 3, &error));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(writes[i].end, WRITE_REFUSED);
		assert_int_equal(writes[i].error.code, ERROR_REFUSED);
	}
	assert_int_equal(ros_counters(ros).commands, 0);
	router_end();
}

/* ---- versions ---- */

static const struct field aged_fields[] = {
	{ .name = "name", .role = FIELD_KEY },
	{ .name = "address-list", .role = FIELD_OWNED, .since = VERSION(7, 10) },
	{ .name = "only-one", .role = FIELD_OWNED, .until = VERSION(7, 10) },
};
static const struct menu aged = { .path = "/ppp/profile",
				  .shape = SHAPE_SET,
				  .writable = true,
				  .fields = aged_fields,
				  .field_count = 3,
				  .key_count = 1,
				  .owner_menu = -1 };

static void fields_a_version_lacks_are_neither_asked_nor_sent(void **state)
{
	(void)state;
	for (int newer = 0; newer < 2; newer++) {
		router_open(newer ? "7.16.2" : "7.9", NULL);
		struct error error;
		struct attribute add[] = { { .name = "name", .value = TEXT("x") },
					   { .name = "address-list", .value = TEXT("walled") },
					   { .name = "only-one", .value = TEXT("yes") } };
		struct write writes[] = {
			{ .verb = VERB_ADD, .menu = &aged, .attributes = add, .attribute_count = 3 }
		};
		assert_true(write_all(writes, 1, &error));
		assert_int_equal(writes[0].end, WRITE_DONE);
		assert_int_equal(ros_row_is(ros, "/ppp/profile", "x", "address-list", "walled"),
				 newer);
		assert_int_equal(ros_row_is(ros, "/ppp/profile", "x", "only-one", "yes"), !newer);
		struct look look = { .menu = &aged };
		assert_true(device->verbs->look(device, &look, 1, &arena, &error));
		assert_int_equal(look.table.count, 1);
		assert_int_equal(row_has(&look.table.rows[0], 1), newer);
		assert_int_equal(row_has(&look.table.rows[0], 2), !newer);
		/* Nothing is left of this one: nothing is sent, and that is all right. */
		struct write set = { .verb = VERB_SET,
				     .menu = &aged,
				     .id = look.table.rows[0].id,
				     .attributes = newer ? &add[2] : &add[1],
				     .attribute_count = 1 };
		ros_counters_reset(ros);
		assert_true(write_all(&set, 1, &error));
		assert_int_equal(set.end, WRITE_DONE);
		assert_int_equal(ros_counters(ros).commands, 0);
		router_end();
	}
}

static void a_menu_the_router_lacks_is_a_refusal_and_the_session_lives(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	add_secrets(2);
	struct menu nowhere = *menu_of(MENU_PPP_SECRET);
	nowhere.path = "/ppp/secrets";
	struct look looks[] = { { .menu = menu_of(MENU_PPP_SECRET), .count = true },
				{ .menu = &nowhere, .count = true } };
	struct error error = { 0 };
	assert_false(device->verbs->look(device, looks, 2, &arena, &error));
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_non_null(strstr(error.text, "/ppp/secrets"));
	assert_false(looks[0].table.looked);
	assert_int_equal(looks[0].table.count, 0);
	assert_true(device->verbs->alive(device));
	assert_int_equal(look_at(MENU_PPP_SECRET).count, 2);
	router_end();
}

/* ---- the end of a session ---- */

static void a_session_that_ended_while_idle_sends_nothing(void **state)
{
	(void)state;
	router_open(NULL, NULL);
	ros_reboot(ros, 0);
	assert_false(device->verbs->alive(device));
	struct attribute name = { .name = "name", .value = TEXT("juma") };
	struct write write = { .verb = VERB_ADD,
			       .menu = menu_of(MENU_PPP_SECRET),
			       .attributes = &name,
			       .attribute_count = 1 };
	struct error error;
	assert_false(write_all(&write, 1, &error));
	assert_int_equal(write.end, WRITE_UNSENT);
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	router_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(login_reads_the_version),
		cmocka_unit_test(a_wrong_password_is_denied),
		cmocka_unit_test(a_password_that_cannot_be_read_is_not_sent),
		cmocka_unit_test(a_user_without_rights_to_read_is_denied),
		cmocka_unit_test(all_menus_are_looked_at_in_one_go),
		cmocka_unit_test(rows_are_canonical),
		cmocka_unit_test(an_empty_menu_is_empty_before_and_after_7_18),
		cmocka_unit_test(only_the_rows_asked_for_come),
		cmocka_unit_test(sessions_show_whose_they_are),
		cmocka_unit_test(a_truncated_print_is_asked_again_then_doubted),
		cmocka_unit_test(without_the_count_nothing_is_doubted),
		cmocka_unit_test(many_rows_are_two_commands),
		cmocka_unit_test(mixed_replies_find_their_look),
		cmocka_unit_test(any_cut_of_the_bytes_reads_the_same),
		cmocka_unit_test(rows_are_added_set_and_removed),
		cmocka_unit_test(what_was_read_can_be_written_back),
		cmocka_unit_test(a_refusal_does_not_stop_the_others),
		cmocka_unit_test(a_reader_may_not_write),
		cmocka_unit_test(many_writes_share_the_line),
		cmocka_unit_test(what_depends_waits_for_its_answer),
		cmocka_unit_test(menus_that_are_not_ours_are_refused_unsent),
		cmocka_unit_test(fields_a_version_lacks_are_neither_asked_nor_sent),
		cmocka_unit_test(a_menu_the_router_lacks_is_a_refusal_and_the_session_lives),
		cmocka_unit_test(a_session_that_ended_while_idle_sends_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
