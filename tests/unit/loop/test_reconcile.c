/* The job against the simulated router: from nothing to access, healing, guard, modes, cuts at
 * every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "books.h"

#include "base/clock.h"
#include "loop/timekeeper.h"
#include "state/fleet.h"
#include "state/inventory.h"
#include "state/ledger.h"

#define R1                                                                         \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"                                   \
	"pppoe: {local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24]}\n"
#define JANE                                                                              \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nusername: jane\n" \
	"phone: 0712345678\n"
/* Hotspot profiles have no comment: whose they are is known by the inventory alone. */
#define PHONE                                                                \
	"---\nkind: Subscriber\nname: KN-0050\npackage: day-5\nrouter: r1\n" \
	"opening: {paid_until: 2099-01-01}\n"
#define JANE_OPEN JANE "opening: {paid_until: 2099-01-01}\n"

static void quiet(struct town *town)
{
	uint64_t writes = ros_counters(town->routers[0]).writes;
	struct job job = town_job(town, 0, SCOPE_COMPLETE);

	assert_int_equal(job.outcome, OUTCOME_NOTHING);
	assert_true(job.in_sync);
	assert_int_equal(ros_counters(town->routers[0]).writes, writes);
	assert_int_equal(town_router(town, 0).in_sync, TERNARY_YES);
}

static void a_commit_and_a_payment_become_access(void **state)
{
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE), 0);
	assert_string_equal(town.rung, "r1 normal");
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_false(ros_row_exists(town.routers[0], "/ppp/secret", "jane"));
	assert_true(ros_row_exists(town.routers[0], "/ip/pool", "wavu-pppoe"));
	quiet(&town);

	town_pay(&town, "QGH7000001", "2500.00", "kn 00-42");
	town_tell(&town);
	assert_string_equal(town.rung, "r1 urgent");
	assert_int_equal(town_marks(&town), 1);
	job = town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_false(job.complete);
	assert_true(ros_row_is(town.routers[0], "/ppp/secret", "jane", "profile", "wavu-home-10"));
	assert_int_equal(town_marks(&town), 0);
	assert_int_equal(town_event(&town, 0).cause, CAUSE_PAYMENT);
	assert_false(job.owes);
	quiet(&town);
	town_close(&town);
}

/* What one payment costs does not grow with the number of people on the router. */
static void a_payment_is_cheap(void **state)
{
	uint64_t commands[2];
	const uint32_t sizes[2] = { 5, 200 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct town town;
		struct ros_counters before, after;

		town_open(&town, 1);
		town_commit(&town,
			    town_join(&town, town_basics, town_join(&town, R1, JANE, NULL),
				      town_people(&town, "r1", sizes[i], "2099-01-01")),
			    0);
		(void)town_job(&town, 0, SCOPE_COMPLETE);
		quiet(&town);
		before = ros_counters(town.routers[0]);
		town_pay(&town, "QGH7000001", "2500", "KN-0042");
		town_tell(&town);
		assert_int_equal(town_job(&town, 0, SCOPE_MARKS).outcome, OUTCOME_DONE);
		after = ros_counters(town.routers[0]);
		commands[i] = after.commands - before.commands;
		assert_true(after.rows_sent - before.rows_sent < 40);
		quiet(&town);
		town_close(&town);
	}
	assert_int_equal(commands[0], commands[1]);
}

static void time_that_is_over_drops_the_session(void **state)
{
	struct ros_access access;
	struct text password;
	struct town town;
	struct standing standing;
	struct error error;
	struct job job;
	int64_t next_at;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE), 0);
	town_pay(&town, "QGH7000001", "2500", "KN-0042");
	town_tell(&town);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_true(
	    ledger_standing(&standing, town.seat.store, TEXT("kn0042"), &town.arena, &error));
	password = standing.password;
	assert_int_equal(ros_ppp_dial(town.routers[0], "jane", password.at, "AA:BB:CC:DD:EE:FF"),
			 ROS_ENTRY_DONE);
	quiet(&town);
	assert_true(ros_access(town.routers[0], "jane", &access));
	assert_true(timekeeper_step(&town.seat, clock_now(), clock_monotonic(), &next_at, &error));
	assert_int_equal(next_at, standing.paid_until_at);

	/* The package becomes one of a minute that is over: the same as time that passed. */
	town_commit(&town,
		    town_join(&town, town_basics, R1,
			      "kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\n"
			      "username: jane\n"),
		    0);
	/* Time passes for the keeper alone; the plan still sees today, so nothing may be cut. */
	assert_true(timekeeper_step(&town.seat, clock_now(), clock_monotonic(), &next_at, &error));
	assert_true(timekeeper_step(&town.seat, standing.paid_until_at,
				    clock_monotonic() + standing.paid_until_at - clock_now(),
				    &next_at, &error));
	assert_int_equal(town_marks(&town), 1);
	assert_string_equal(town.rung, "r1 urgent");
	job = town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(job.outcome, OUTCOME_NOTHING);
	assert_true(ros_access(town.routers[0], "jane", &access));
	town_close(&town);
}

/* A job that runs in the second before the timekeeper sees a jump must not cut by that clock. */
static void a_clock_that_has_just_moved_cuts_nobody(void **state)
{
	static const char brief[] =
	    "kind: Package\nname: brief\nservice: pppoe\nprice: 10\nperiod: 1s\n"
	    "speed: { down: 1M, up: 1M }\n---\n"
	    "kind: Subscriber\nname: KN-0042\npackage: brief\nrouter: r1\nusername: jane\n";
	struct town town;
	struct error error;
	int64_t next_at;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, brief), 0);
	town_pay(&town, "QGH7000001", "10", "KN-0042");
	town_tell(&town);
	assert_int_equal(town_job(&town, 0, SCOPE_COMPLETE).outcome, OUTCOME_DONE);
	clock_sleep_ms(1100); /* by this clock his time is over */
	assert_true(timekeeper_step(&town.seat, clock_now(), clock_monotonic(), &next_at, &error));
	town.seat.keeper.offset_us -= 2 * CLOCK_JUMP_US;
	assert_int_equal(town_job(&town, 0, SCOPE_COMPLETE).outcome, OUTCOME_GUARDED);
	assert_true(ros_row_is(town.routers[0], "/ppp/secret", "jane", "disabled", "false"));
	/* It is right again. */
	town.seat.keeper.offset_us += 2 * CLOCK_JUMP_US;
	assert_int_equal(town_job(&town, 0, SCOPE_COMPLETE).outcome, OUTCOME_DONE);
	assert_true(ros_row_is(town.routers[0], "/ppp/secret", "jane", "disabled", "true"));
	town_close(&town);
}

static void a_hotspot_user_gets_a_profile_that_stays_ours(void **state)
{
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE PHONE), 0);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_int_equal(job.plan.verbs[VERB_CONFLICT], 0);
	assert_int_equal(job.rounds, 1);
	assert_true(
	    ros_row_is(town.routers[0], "/ip/hotspot/user", "kn-0050", "profile", "wavu-day-5"));
	quiet(&town);
	town_close(&town);
}

static void what_a_person_changed_is_healed_and_told(void **state)
{
	struct town town;
	struct job job;
	struct event event;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE_OPEN), 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	quiet(&town);
	assert_true(ros_hand(town.routers[0], NULL, "/ppp/secret/set", "=.id=jane",
			     "=profile=default", NULL));
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_true(ros_row_is(town.routers[0], "/ppp/secret", "jane", "profile", "wavu-home-10"));
	event = town_event(&town, 0);
	assert_int_equal(event.cause, CAUSE_DRIFT);
	assert_int_equal(event.writes, 1);
	quiet(&town);
	town_close(&town);
}

static void what_is_not_ours_is_a_conflict_and_stays(void **state)
{
	struct town town;
	struct job job;
	char *before, *after;

	(void)state;
	town_open(&town, 1);
	assert_true(ros_hand(town.routers[0], NULL, "/ppp/secret/add", "=name=jane",
			     "=password=theirs", "=comment=by hand", NULL));
	before = ros_menu_dump(town.routers[0], "/ppp/secret", true);
	town_commit(&town, town_join(&town, town_basics, R1, JANE_OPEN), 0);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	after = ros_menu_dump(town.routers[0], "/ppp/secret", true);
	assert_string_equal(before, after);
	free(before);
	free(after);
	assert_int_equal(job.plan.verbs[VERB_CONFLICT], 1);
	assert_false(job.in_sync);
	assert_int_equal(town_router(&town, 0).in_sync, TERNARY_NO);
	assert_int_equal(town_router(&town, 0).applied_generation, 1);
	town_close(&town);
}

static void a_commit_that_cuts_off_many_waits(void **state)
{
	struct town town;
	struct job job;
	const char *all, *few;
	char digest[13];

	(void)state;
	town_open(&town, 1);
	all = town_join(&town, town_basics, R1, town_people(&town, "r1", 20, "2099-01-01"));
	few = town_join(&town, town_basics, R1, town_people(&town, "r1", 5, "2099-01-01"));
	town_commit(&town, all, 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_true(ros_row_exists(town.routers[0], "/ppp/secret", "c20"));
	town_commit(&town, few, 0);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_GUARDED);
	assert_true(ros_row_exists(town.routers[0], "/ppp/secret", "c20"));
	assert_int_equal(town_router(&town, 0).guarded_losses, 15);
	memcpy(digest, job.plan.guarded.digest, sizeof(digest));

	/* A wrong word lets nothing go; the right one does, and is kept with who said it. */
	job = town_apply(&town, 0, "000000000000");
	assert_int_equal(job.outcome, OUTCOME_GUARDED);
	assert_true(ros_row_exists(town.routers[0], "/ppp/secret", "c20"));
	job = town_apply(&town, 0, digest);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_false(ros_row_exists(town.routers[0], "/ppp/secret", "c20"));
	assert_true(ros_row_exists(town.routers[0], "/ppp/secret", "c5"));
	assert_int_equal(town_router(&town, 0).guarded_digest.size, 0);
	quiet(&town);
	{
		struct text *left;
		struct error error;
		uint32_t count;

		assert_true(
		    fleet_leave(&left, &count, town.seat.store, TEXT("r1"), &town.arena, &error));
		assert_int_equal(count, 0);
		assert_true(
		    fleet_losses(&left, &count, town.seat.store, TEXT("r1"), &town.arena, &error));
		assert_int_equal(count, 0);
	}
	town_close(&town);
}

static void observe_and_pause_write_nothing(void **state)
{
	static const char observed[] =
	    "kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n"
	    "password: {file: r.pw}\nmode: observe\n";
	static const char paused[] =
	    "kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n"
	    "password: {file: r.pw}\nmode: manage\n"
	    "pause: {until: 2099-01-01, reason: tower works}\n";
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, observed, JANE_OPEN), 0);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(ros_counters(town.routers[0]).writes, 0);
	assert_true(job.plan.count > 0);
	assert_int_equal(job.outcome, OUTCOME_NOTHING);
	town_commit(&town, town_join(&town, town_basics, paused, JANE_OPEN), 0);
	town.opened = 0;
	device_close(town.devices[0]);
	town.devices[0] = NULL;
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_true(job.skipped && job.paused && job.resume_at > clock_now());
	assert_int_equal(town.opened, 0);
	assert_int_equal(ros_counters(town.routers[0]).writes, 0);
	town_close(&town);
}

static void a_look_only_job_changes_nothing_anywhere(void **state)
{
	struct task task = { .router = TEXT("r1"), .cause = CAUSE_PERSON, .look_only = true };
	struct town town;
	struct error error;
	struct router_state before;
	struct job job;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE_OPEN), 0);
	before = town_router(&town, 0);
	assert_true(
	    reconcile_router(&job, &town.seat, &task, &town.devices[0], &town.arena, &error));
	assert_true(job.plan.verbs[VERB_ADD] >= 2);
	assert_int_equal(ros_counters(town.routers[0]).writes, 0);
	assert_int_equal(town_router(&town, 0).last_look_at, before.last_look_at);
	assert_int_equal(town_router(&town, 0).applied_generation, 0);
	town_close(&town);
}

static void a_refused_write_leaves_the_others_alone(void **state)
{
	struct ros_fault fault = { .kind = ROS_FAULT_TRAP, .after = 3, .times = 1 };
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	town_commit(
	    &town, town_join(&town, town_basics, R1, town_people(&town, "r1", 5, "2099-01-01")), 0);
	ros_fault_arm(town.routers[0], &fault);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_REFUSED);
	assert_int_equal(job.refused, 1);
	assert_int_equal(job.failures, 1);
	assert_true(job.writes >= 5);
	assert_true(town_router(&town, 0).error.size > 0);
	assert_int_equal(town_router(&town, 0).applied_generation, 0);
	assert_true(reconcile_retry_us(&job) > 0);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_int_equal(town_router(&town, 0).failures, 0);
	assert_int_equal(town_router(&town, 0).error.size, 0);
	quiet(&town);
	town_close(&town);
}

static void a_dead_session_is_opened_once_more(void **state)
{
	struct town town;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE_OPEN), 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(town.opened, 1);
	quiet(&town);
	assert_int_equal(town.opened, 1);
	ros_reboot(town.routers[0], 0);
	quiet(&town);
	assert_int_equal(town.opened, 2);
	town_close(&town);
}

/* A session that is kept leads to the board that was there: a new address needs a new one. */
static void another_board_is_another_session(void **state)
{
	static const char other[] = "kind: Router\nname: r1\nsite: kasarani\n"
				    "address: 127.0.0.1:8799\nuser: wavu\n"
				    "password: {file: r.pw}\nmode: manage\n";
	struct town town;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE_OPEN), 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(town.opened, 1);
	town_commit(&town, town_join(&town, town_basics, other, JANE_OPEN), 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(town.opened, 2);
	town_close(&town);
}

static void who_is_away_is_tried_again_and_owes_a_complete_job(void **state)
{
	struct ros_fault refuse = { .kind = ROS_FAULT_REFUSE };
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	town_commit(&town, town_join(&town, town_basics, R1, JANE), 0);
	ros_fault_arm(town.routers[0], &refuse);
	town_pay(&town, "QGH7000001", "2500", "KN-0042");
	town_tell(&town);
	for (int i = 1; i <= 6; i++) {
		job = town_job(&town, 0, SCOPE_MARKS);
		assert_int_equal(job.outcome, OUTCOME_UNREACHABLE);
		assert_int_equal(job.failures, i);
		assert_true(job.paid_waits);
		assert_true(reconcile_retry_us(&job) <= 30 * SECOND_US);
	}
	assert_int_equal(town_router(&town, 0).reachable, TERNARY_NO);
	assert_true(town_router(&town, 0).unreachable_since_at > 0);
	assert_int_equal(town_marks(&town), 1);
	ros_fault_clear_all(town.routers[0]);
	job = town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(job.outcome, OUTCOME_DONE);
	assert_true(job.owes);
	assert_true(ros_row_exists(town.routers[0], "/ppp/secret", "jane"));
	assert_int_equal(town_router(&town, 0).reachable, TERNARY_YES);
	assert_int_equal(town_marks(&town), 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	quiet(&town);
	town_close(&town);
}

static void a_wrong_password_is_denied(void **state)
{
	struct town town;
	struct job job;

	(void)state;
	town_open(&town, 1);
	ros_free(town.routers[0]);
	town.routers[0] = ros_new(
	    &(struct ros_options){ .password = "another", .now_at = clock_now() });
	town_commit(&town, town_join(&town, town_basics, R1, JANE_OPEN), 0);
	job = town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(job.outcome, OUTCOME_DENIED);
	assert_int_equal(town_router(&town, 0).reachable, TERNARY_NO);
	assert_true(reconcile_retry_us(&job) >= 3 * MINUTE_US);
	town_close(&town);
}

/*
 * The line dies after a number of bytes, in every way and in both directions, while one subscriber
 * is added, changed and removed: in the end the router is as it should be, and nothing is there
 * twice. Each CUT_STEP-th position, beginning elsewhere for each way; CUT_STEP=1 runs them all.
 */
static void until_done(struct town *town)
{
	int tries = 0;

	while (town_job(town, 0, SCOPE_COMPLETE).outcome >= OUTCOME_GUARDED)
		assert_true(++tries < 5);
}

static uint32_t cut_once(struct town *town, const struct ros_fault *fault)
{
	static const char jane_fast[] =
	    "kind: Subscriber\nname: KN-0042\npackage: home-20\nrouter: r1\nusername: jane\n"
	    "opening: {paid_until: 2099-01-01}\n";
	struct ros *ros = town->routers[0];
	uint64_t before = ros_fault_fired(ros, fault->kind);

	device_close(town->devices[0]);
	town->devices[0] = NULL;
	ros_fault_arm(ros, fault);
	town_commit(town, town_join(town, town_basics, R1, JANE_OPEN PHONE), 0);
	until_done(town);
	assert_true(ros_row_is(ros, "/ip/hotspot/user", "kn-0050", "profile", "wavu-day-5"));
	assert_true(ros_row_is(ros, "/ppp/secret", "jane", "profile", "wavu-home-10"));
	assert_int_equal(ros_row_count(ros, "/ppp/secret"), 1);
	town_commit(town, town_join(town, town_basics, R1, jane_fast), 0);
	until_done(town);
	assert_true(ros_row_is(ros, "/ppp/secret", "jane", "profile", "wavu-home-20"));
	assert_int_equal(ros_row_count(ros, "/ppp/secret"), 1);
	town_commit(town, town_join(town, town_basics, R1, NULL), 0);
	until_done(town);
	assert_int_equal(ros_row_count(ros, "/ppp/secret"), 0);
	assert_false(ros_row_exists(ros, "/ip/hotspot/user", "kn-0050"));
	quiet(town);
	ros_fault_clear_all(ros);
	return (uint32_t)(ros_fault_fired(ros, fault->kind) - before);
}

static uint32_t cut_everywhere(enum ros_fault_kind kind, enum ros_cut how)
{
	const char *asked = getenv("CUT_STEP");
	uint64_t step = 61;
	uint32_t positions = 0, fired = 1;
	struct town town;

	if (asked != NULL && !text_u64(text_of(asked), &step))
		fail_msg("CUT_STEP is a number");
	town_open(&town, 1);
	for (uint64_t after = 1 + (uint64_t)kind + 3 * (uint64_t)how; fired > 0; after += step) {
		struct ros_fault fault = { .kind = kind, .how = how, .after = after, .times = 1 };

		fired = cut_once(&town, &fault);
		positions += fired;
		if (positions % 50 == 0)
			arena_reset(&town.arena);
	}
	town_close(&town);
	return positions;
}

/* An add that was carried out and not answered: the intention was stored before, so it is no
 * stranger. */
static void what_was_added_unheard_stays_ours(void **state)
{
	uint32_t fired = 1, positions = 0;

	(void)state;
	for (uint64_t after = 1; fired > 0; after += 29) {
		struct ros_fault fault = {
			.kind = ROS_FAULT_CUT_SENT, .how = ROS_CUT_RESET, .after = after, .times = 1
		};
		struct town town;

		town_open(&town, 1);
		ros_fault_arm(town.routers[0], &fault);
		town_commit(&town, town_join(&town, town_basics, R1, JANE PHONE), 0);
		until_done(&town);
		quiet(&town);
		assert_true(ros_row_is(town.routers[0], "/ip/hotspot/user", "kn-0050", "profile",
				       "wavu-day-5"));
		fired = (uint32_t)ros_fault_fired(town.routers[0], ROS_FAULT_CUT_SENT);
		positions += fired;
		town_close(&town);
	}
	assert_true(positions > 50);
}

static void cuts_converge_and_nothing_is_there_twice(void **state)
{
	uint32_t positions = 0;

	(void)state;
	for (int how = 0; how < ROS_CUT_COUNT; how++) {
		positions += cut_everywhere(ROS_FAULT_CUT_RECEIVED, (enum ros_cut)how);
		positions += cut_everywhere(ROS_FAULT_CUT_SENT, (enum ros_cut)how);
	}
	print_message("cut at %u positions\n", positions);
	assert_true(positions > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_and_a_payment_become_access),
		cmocka_unit_test(a_payment_is_cheap),
		cmocka_unit_test(time_that_is_over_drops_the_session),
		cmocka_unit_test(a_clock_that_has_just_moved_cuts_nobody),
		cmocka_unit_test(a_hotspot_user_gets_a_profile_that_stays_ours),
		cmocka_unit_test(what_a_person_changed_is_healed_and_told),
		cmocka_unit_test(what_is_not_ours_is_a_conflict_and_stays),
		cmocka_unit_test(a_commit_that_cuts_off_many_waits),
		cmocka_unit_test(observe_and_pause_write_nothing),
		cmocka_unit_test(a_look_only_job_changes_nothing_anywhere),
		cmocka_unit_test(a_refused_write_leaves_the_others_alone),
		cmocka_unit_test(a_dead_session_is_opened_once_more),
		cmocka_unit_test(another_board_is_another_session),
		cmocka_unit_test(who_is_away_is_tried_again_and_owes_a_complete_job),
		cmocka_unit_test(a_wrong_password_is_denied),
		cmocka_unit_test(what_was_added_unheard_stays_ours),
		cmocka_unit_test(cuts_converge_and_nothing_is_there_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
