/* The line cut at every byte of login, look, add, set and remove, in both directions: what we then
 * believe is true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "ros_line.h"

#include "router/device.h"

enum { ADD_FIRST, ADD_SECOND, SET, REMOVE, WRITES };

struct cut {
	enum ros_fault_kind kind;
	enum ros_cut how;
	uint64_t after;
};

static struct arena arena;
static struct ros *ros;

static void world_begin(const struct cut *cut)
{
	arena_reset(&arena);
	ros = ros_new(&(struct ros_options){ .version = "7.18.2", .password = "secret" });
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=asha", "=password=a", NULL));
	assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=ali", "=password=b", NULL));
	ros_fault_arm(ros,
		      &(struct ros_fault){
			  .kind = cut->kind, .how = cut->how, .after = cut->after, .times = 1 });
}

static void fill_writes(struct write *writes, const struct table *table)
{
	static const struct attribute first = { .name = "name", .value = { "juma", 4 } };
	static const struct attribute second = { .name = "name", .value = { "zuri", 4 } };
	static const struct attribute off = { .name = "disabled", .value = { "true", 4 } };
	const struct menu *menu = menu_of(MENU_PPP_SECRET);
	writes[ADD_FIRST] = (struct write){
		.verb = VERB_ADD, .menu = menu, .attributes = &first, .attribute_count = 1
	};
	writes[ADD_SECOND] = (struct write){
		.verb = VERB_ADD, .menu = menu, .attributes = &second, .attribute_count = 1
	};
	writes[SET] = (struct write){ .verb = VERB_SET,
				      .menu = menu,
				      .id = table->rows[0].id,
				      .attributes = &off,
				      .attribute_count = 1 };
	writes[REMOVE] = (struct write){ .verb = VERB_REMOVE,
					 .menu = menu,
					 .id = table->rows[1].id };
}

static bool was_done(int index)
{
	switch (index) {
	case ADD_FIRST:
		return ros_row_exists(ros, "/ppp/secret", "juma");
	case ADD_SECOND:
		return ros_row_exists(ros, "/ppp/secret", "zuri");
	case SET:
		return ros_row_is(ros, "/ppp/secret", "asha", "disabled", "true");
	default:
		return !ros_row_exists(ros, "/ppp/secret", "ali");
	}
}

/* What a write says of itself must be what the router shows. */
static bool check_writes(const struct write *writes, bool lived, const struct error *error)
{
	bool any_unknown = false;
	for (int i = 0; i < WRITES; i++) {
		switch (writes[i].end) {
		case WRITE_DONE:
			assert_true(was_done(i));
			break;
		case WRITE_UNSENT:
			assert_false(lived);
			assert_false(was_done(i));
			break;
		case WRITE_UNKNOWN:
			assert_false(lived);
			any_unknown = true;
			break;
		case WRITE_REFUSED:
			fail_msg("nothing was refused");
		}
	}
	if (!lived)
		assert_int_equal(error->code, any_unknown ? ERROR_UNKNOWN : ERROR_UNREACHABLE);
	assert_true(ros_row_count(ros, "/ppp/secret") <= 4);
	return any_unknown;
}

struct tally {
	uint32_t positions, in_login, in_look, in_write, unknown;
};

/* One life of a session; true when the fault had its moment. */
static bool run(const struct cut *cut, struct tally *tally)
{
	struct error error = { 0 };
	struct device *device = NULL;
	uint32_t closes = 0;
	world_begin(cut);
	struct line *line = ros_line_open(ros, NULL, &closes);
	struct write writes[WRITES];
	struct look look = { .menu = menu_of(MENU_PPP_SECRET), .count = true };
	if (!device_open_line(&device, line, TEXT("wavu"), secret_of(TEXT("secret")), &error)) {
		assert_int_equal(error.code, ERROR_UNREACHABLE);
		assert_int_equal(ros_counters(ros).writes, 0);
		tally->in_login++;
	} else if (!device->verbs->look(device, &look, 1, &arena, &error)) {
		assert_int_equal(error.code, ERROR_UNREACHABLE);
		assert_false(look.table.looked);
		assert_int_equal(look.table.count, 0);
		tally->in_look++;
	} else {
		assert_true(look.table.looked && !look.suspicious);
		assert_int_equal(look.table.count, 2);
		fill_writes(writes, &look.table);
		bool lived = device->verbs->write(device, writes, WRITES, &arena, &error);
		tally->unknown += check_writes(writes, lived, &error);
		tally->in_write += !lived;
		/* A dead session stays dead. */
		if (!lived)
			assert_false(device->verbs->look(device, &look, 1, &arena, &error));
	}
	bool fired = ros_fault_fired(ros, cut->kind) > 0;
	device_close(device);
	assert_int_equal(closes, 1);
	ros_free(ros);
	return fired;
}

static void every_position_is_told_as_it_was(void **state)
{
	(void)state;
	static const enum ros_fault_kind sides[] = { ROS_FAULT_CUT_RECEIVED, ROS_FAULT_CUT_SENT };
	struct tally tally = { 0 };
	for (size_t side = 0; side < ARRAY_COUNT(sides); side++)
		for (int how = 0; how < ROS_CUT_COUNT; how++) {
			struct cut cut = { sides[side], (enum ros_cut)how, 1 };
			while (run(&cut, &tally)) {
				cut.after++;
				tally.positions++;
			}
		}
	(void)printf(
	    "cut at %u positions: %u in login, %u in a look, %u in writes, %u left unknown\n",
	    tally.positions, tally.in_login, tally.in_look, tally.in_write, tally.unknown);
	assert_true(tally.in_login > 100 && tally.in_look > 100 && tally.in_write > 100);
	assert_true(tally.unknown > 100);
}

int main(void)
{
	arena_open(&arena, 16u << 20);
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_position_is_told_as_it_was) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_close(&arena);
	return failed;
}
