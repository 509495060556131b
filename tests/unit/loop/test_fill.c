/* A bulk goes over several sessions of one router; whatever becomes of them, the router ends as it
 * should and nothing is written twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "town.h"

#include "base/limits.h"

#define ROUTER(more)                                                               \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n" more
#define MANY 600 /* well above FILL_WRITES_MIN */
#define SOME 300 /* a little above */
#define POSITIONS 9

static const char *people_of(struct town *town, uint32_t count, const char *package)
{
	char *all = arena_take(&town->arena, (size_t)count * 200 + 1);
	size_t size = 0;

	for (uint32_t i = 1; i <= count; i++)
		size += (size_t)snprintf(all + size, 200,
					 "%skind: Subscriber\nname: c%u\npackage: %s\nrouter: r1\n"
					 "password: {generate: true}\n"
					 "opening: {paid_until: 2099-01-01}\n",
					 i > 1 ? "---\n" : "", i, package);
	return all;
}

static void declare(struct town *town, const char *router, uint32_t count, const char *package)
{
	town_commit(town,
		    town_join(town, town_basics, router, people_of(town, count, package)), 0);
}

static void check_rows(struct town *town, uint32_t count, const char *profile)
{
	struct ros *ros = town->routers[0];
	char name[16];

	assert_int_equal(ros_row_count(ros, "/ppp/secret"), count);
	for (uint32_t i = 1; i <= count; i++) {
		(void)snprintf(name, sizeof(name), "c%u", i);
		if (!ros_row_is(ros, "/ppp/secret", name, "profile", profile))
			fail_msg("%s is not as it should be", name);
	}
}

static void quiet(struct town *town)
{
	uint64_t writes = ros_counters(town->routers[0]).writes;
	struct job job = town_job(town, 0, SCOPE_COMPLETE);

	assert_int_equal(job.outcome, OUTCOME_NOTHING);
	assert_true(job.in_sync);
	assert_int_equal(ros_counters(town->routers[0]).writes, writes);
}

static void many_writes_go_over_four_sessions(void **state)
{
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	declare(&town, ROUTER(""), MANY, "home-10");
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_int_equal(town.opened, FILL_SESSIONS_MAX);
	assert_int_equal(ros_counters(town.routers[0]).sessions, 1); /* the others were ended */
	assert_true(ros_counters(town.routers[0]).tags_max <= TAGS_IN_FLIGHT_MAX);
	assert_int_equal(ros_counter(town.routers[0], "/ppp/secret", "add"), MANY);
	check_rows(&town, MANY, "wavu-home-10");
	quiet(&town);

	/* Sets are a bulk too; what is not there yet is never ahead of what it refers to. */
	declare(&town, ROUTER(""), MANY, "home-20");
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_int_equal(job.refused, 0);
	assert_int_equal(town.opened, 2 * FILL_SESSIONS_MAX - 1);
	assert_int_equal(ros_counter(town.routers[0], "/ppp/secret", "set"), MANY);
	check_rows(&town, MANY, "wavu-home-20");
	quiet(&town);
	town_close(&town);
}

static void few_writes_and_rest_go_over_one(void **state)
{
	struct town town;

	(void)state;
	town_open(&town, 1);
	declare(&town, ROUTER(""), FILL_WRITES_MIN - 1, "home-10");
	assert_int_equal(town_job(&town, 0, SCOPE_COMPLETE).outcome, OUTCOME_DONE);
	assert_int_equal(town.opened, 1);
	town_close(&town);

	town_open(&town, 1);
	declare(&town, ROUTER("transport: rest\ntls: {ca: {file: r.pw}}\n"), SOME, "home-10");
	assert_int_equal(town_job(&town, 0, SCOPE_COMPLETE).outcome, OUTCOME_DONE);
	assert_int_equal(town.opened, 1);
	check_rows(&town, SOME, "wavu-home-10");
	town_close(&town);
}

/* A router that bears one or three sessions is filled over one or three. */
static void a_refused_login_is_done_without(void **state)
{
	static const char *const most[] = { "=max-sessions=1", "=max-sessions=3" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(most); i++) {
		struct town town;
		struct job job;

		town_open(&town, 1);
		assert_true(ros_hand(town.routers[0], NULL, "/ip/service/set", "=.id=api", most[i],
				     NULL));
		declare(&town, ROUTER(""), MANY, "home-10");
		job = town_job(&town, 0, SCOPE_COMPLETE);
		assert_int_equal(job.outcome, OUTCOME_DONE);
		assert_int_equal(town.opened, FILL_SESSIONS_MAX);
		assert_true(ros_counters(town.routers[0]).refused > 0);
		check_rows(&town, MANY, "wavu-home-10");
		quiet(&town);
		town_close(&town);
	}
}

/* What a router says no to is said no to once, whichever session carried it. */
static void a_refusal_is_one_rows_trouble(void **state)
{
	struct ros_fault fault = { .kind = ROS_FAULT_TRAP, .after = 200, .times = 1 };
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	declare(&town, ROUTER(""), SOME, "home-10");
	ros_fault_arm(town.routers[0], &fault);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_REFUSED);
	assert_int_equal(job.refused, 1);
	assert_int_equal(ros_row_count(town.routers[0], "/ppp/secret"), SOME - 1);
	assert_int_equal(town_job(&town, 0, SCOPE_COMPLETE).outcome, OUTCOME_DONE);
	check_rows(&town, SOME, "wavu-home-10");
	quiet(&town);
	town_close(&town);
}

/* ---- cuts ------------------------------------------------------------------------------------ */

/* How many bytes a whole fill takes, in that direction. */
static uint64_t length_of(enum ros_fault_kind kind)
{
	struct ros_counters counters;
	struct town town;

	town_open(&town, 1);
	declare(&town, ROUTER(""), SOME, "home-10");
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	counters = ros_counters(town.routers[0]);
	town_close(&town);
	return kind == ROS_FAULT_CUT_SENT ? counters.bytes_out : counters.bytes_in;
}

static void until_done(struct town *town)
{
	int tries = 0;

	while (town_job(town, 0, SCOPE_COMPLETE).outcome >= OUTCOME_GUARDED)
		assert_true(++tries < 5);
}

/* Adds, then sets: each with a line that dies. True: it died while there were four of them. */
static bool cut_once(struct town *town, const struct ros_fault *fault)
{
	struct ros *ros = town->routers[0];
	struct job job;
	bool unknown;

	ros_fault_arm(ros, fault);
	declare(town, ROUTER(""), SOME, "home-10");
	job = town_job(town, 0, SCOPE_COMPLETE);
	unknown = job.outcome == OUTCOME_UNKNOWN && town->opened == FILL_SESSIONS_MAX;
	until_done(town);
	/* After a lost answer one session looks and writes the rest. */
	if (unknown && ros_counter(ros, "/ppp/secret", "add") > 0)
		assert_int_equal(town->opened, FILL_SESSIONS_MAX + 1);
	assert_int_equal(ros_counters(ros).traps, 0);
	check_rows(town, SOME, "wavu-home-10");
	ros_fault_clear_all(ros);

	ros_fault_arm(ros, fault);
	declare(town, ROUTER(""), SOME, "home-20");
	until_done(town);
	assert_int_equal(ros_counters(ros).traps, 0);
	check_rows(town, SOME, "wavu-home-20");
	ros_fault_clear_all(ros);
	quiet(town);
	return unknown;
}

static uint32_t done_adds(const struct ros *ros)
{
	struct ros_log_entry entry;
	uint32_t count = 0;

	for (size_t i = 0; i < ros_log_size(ros); i++)
		count += ros_log_read(ros, i, &entry) && entry.done &&
			 strncmp(entry.command, "/ppp/secret/add ", 16) == 0;
	return count;
}

static void a_line_that_dies_leaves_nothing_twice(void **state)
{
	static const enum ros_fault_kind kinds[] = { ROS_FAULT_CUT_RECEIVED, ROS_FAULT_CUT_SENT };
	uint32_t unknown = 0;

	(void)state;
	for (size_t kind = 0; kind < ARRAY_COUNT(kinds); kind++) {
		uint64_t length = length_of(kinds[kind]);

		for (uint64_t i = 0; i < POSITIONS; i++) {
			struct ros_fault fault = { .kind = kinds[kind],
						   .how = (enum ros_cut)(i % ROS_CUT_COUNT),
						   .after = 1 + length * i / POSITIONS,
						   .times = 1 };
			struct town town;

			town_open(&town, 1);
			unknown += cut_once(&town, &fault);
			assert_int_equal(done_adds(town.routers[0]), SOME);
			town_close(&town);
		}
	}
	print_message("%u of %u cuts left an answer unheard on one of four sessions\n", unknown,
		      2 * POSITIONS);
	assert_true(unknown >= POSITIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_writes_go_over_four_sessions),
		cmocka_unit_test(few_writes_and_rest_go_over_one),
		cmocka_unit_test(a_refused_login_is_done_without),
		cmocka_unit_test(a_refusal_is_one_rows_trouble),
		cmocka_unit_test(a_line_that_dies_leaves_nothing_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
