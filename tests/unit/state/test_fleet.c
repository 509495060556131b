#include "world.h"

#include "state/fleet.h"

static struct router_state router_of(struct world *world, const char *name)
{
	struct router_state router = { 0 };
	bool found;

	OK(world, fleet_router(&found, &router, world->store, text_of(name), &world->arena,
			       &world->error));
	assert_true(found);
	return router;
}

static void begin(struct world *world)
{
	OK(world, store_begin(world->store, &world->error));
}

static void commit(struct world *world)
{
	OK(world, store_commit(world->store, &world->error));
}

static void sync(struct world *world, const struct text *names, uint32_t count)
{
	begin(world);
	OK(world, fleet_sync(world->store, names, count, &world->error));
	commit(world);
}

static void mark(struct world *world, const char *router, const char *reference,
		 const char *because)
{
	begin(world);
	OK(world, fleet_mark(world->store, text_of(router), text_of(reference), CAUSE_PAYMENT,
			     text_of(because), NOW, &world->error));
	commit(world);
}

static uint32_t marks_of(struct world *world, struct mark **marks, const char *router)
{
	uint32_t count;

	OK(world,
	   fleet_marks(marks, &count, world->store, text_of(router), &world->arena, &world->error));
	return count;
}

static void routers_come_and_go(void **state)
{
	struct world *world = *state;
	struct text all[] = { TEXT("r2"), TEXT("r1") };
	struct router_state *routers;
	struct mark *marks;
	uint32_t count;
	bool found;

	sync(world, all, 2);
	OK(world, fleet_routers(&routers, &count, world->store, &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_true(text_is(routers[0].name, "r1"));
	assert_int_equal(routers[0].reachable, TERNARY_UNKNOWN);
	assert_int_equal(routers[0].in_sync, TERNARY_UNKNOWN);
	assert_int_equal(routers[0].generation, 0);
	begin(world);
	OK(world, fleet_want(world->store, TEXT("r1"), TEXT("c1"), &world->error));
	OK(world, fleet_want(world->store, TEXT("r2"), TEXT("c1"), &world->error));
	OK(world, fleet_want(world->store, TEXT("r2"), TEXT_NONE, &world->error));
	assert_false(fleet_want(world->store, TEXT("r9"), TEXT("c1"), &world->error));
	assert_int_equal(world->error.code, ERROR_CONFLICT);
	commit(world);
	assert_int_equal(router_of(world, "r2").generation, 2);
	assert_true(text_is(router_of(world, "r2").wanted_commit, "c1"));
	mark(world, "r1", "a", "x");
	/* A commit without r1 forgets what it was owed; r2 keeps its own. */
	sync(world, all, 1);
	assert_int_equal(marks_of(world, &marks, ""), 0);
	OK(world,
	   fleet_router(&found, routers, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_false(found);
	assert_int_equal(router_of(world, "r2").generation, 2);
	sync(world, all, 2);
	assert_int_equal(router_of(world, "r1").generation, 0);
}

static void what_a_job_learnt_is_kept(void **state)
{
	struct world *world = *state;
	struct text name = TEXT("r1");
	struct router_state learnt = {
		.name = name,
		.generation = 99, /* not a job's to say */
		.wanted_commit = TEXT("zz"),
		.applied_generation = 2,
		.applied_commit = TEXT("c2"),
		.reachable = TERNARY_YES,
		.in_sync = TERNARY_NO,
		.drift_rows = 3,
		.contested = true,
		.failures = 4,
		.unreachable_since_at = 5,
		.last_look_at = NOW,
		.last_reconcile_at = NOW - 1,
		.error = TEXT("e"),
		.guarded_digest = TEXT("d"),
		.guarded_losses = 6,
		.guarded_why = TEXT("w"),
		.pause_until_at = 77,
		.version = TEXT("7.16"),
		.walls = TEXT("l1\nl2"),
	}, read;

	sync(world, &name, 1);
	begin(world);
	for (int i = 0; i < 3; i++)
		OK(world, fleet_want(world->store, name, TEXT("c2"), &world->error));
	OK(world, fleet_pause(world->store, name, NOW + 5, TEXT("tower works"), &world->error));
	OK(world, fleet_learnt(world->store, &learnt, &world->error));
	commit(world);
	read = router_of(world, "r1");
	assert_int_equal(read.generation, 3);
	assert_true(text_is(read.wanted_commit, "c2"));
	assert_int_equal(read.applied_generation, 2);
	assert_true(text_is(read.applied_commit, "c2"));
	assert_int_equal(read.reachable, TERNARY_YES);
	assert_int_equal(read.in_sync, TERNARY_NO);
	assert_int_equal(read.drift_rows, 3);
	assert_true(read.contested);
	assert_int_equal(read.failures, 4);
	assert_int_equal(read.unreachable_since_at, 5);
	assert_int_equal(read.last_look_at, NOW);
	assert_int_equal(read.last_reconcile_at, NOW - 1);
	assert_true(text_is(read.error, "e"));
	assert_true(text_is(read.guarded_digest, "d"));
	assert_int_equal(read.guarded_losses, 6);
	assert_true(text_is(read.guarded_why, "w"));
	assert_int_equal(read.pause_until_at, NOW + 5);
	assert_true(text_is(read.pause_reason, "tower works"));
	assert_true(text_is(read.version, "7.16"));
	assert_true(text_is(read.walls, "l1\nl2"));
	/* A slower job that began earlier does not turn it back. */
	learnt.applied_generation = 1;
	learnt.applied_commit = TEXT("c1");
	begin(world);
	OK(world, fleet_learnt(world->store, &learnt, &world->error));
	OK(world, fleet_pause(world->store, name, 0, TEXT("ignored"), &world->error));
	learnt.name = TEXT("gone");
	OK(world, fleet_learnt(world->store, &learnt, &world->error));
	commit(world);
	read = router_of(world, "r1");
	assert_int_equal(read.applied_generation, 2);
	assert_true(text_is(read.applied_commit, "c2"));
	assert_int_equal(read.pause_until_at, 0);
	assert_int_equal(read.pause_reason.size, 0);
}

static void a_job_clears_only_what_it_saw(void **state)
{
	struct world *world = *state;
	struct text names[] = { TEXT("r1"), TEXT("r2") };
	struct mark *marks;
	int64_t seen;

	sync(world, names, 2);
	mark(world, "r1", "a", "payment 1");
	mark(world, "r1", "b", "payment 2");
	mark(world, "r2", "c", "payment 3");
	assert_int_equal(marks_of(world, &marks, ""), 3);
	assert_int_equal(marks_of(world, &marks, "r1"), 2);
	assert_true(text_is(marks[0].reference, "a"));
	assert_true(text_is(marks[0].because, "payment 1"));
	assert_int_equal(marks[0].cause, CAUSE_PAYMENT);
	assert_int_equal(marks[0].at, NOW);
	seen = marks[1].id;
	/* While the job runs: a new one, and one that was there is made again. */
	mark(world, "r1", "a", "payment 4");
	mark(world, "r1", "b", "payment 2");
	assert_int_equal(marks_of(world, &marks, "r1"), 3);
	begin(world);
	OK(world, fleet_marks_clear(world->store, TEXT("r1"), seen, &world->error));
	commit(world);
	assert_int_equal(marks_of(world, &marks, "r1"), 2);
	assert_true(text_is(marks[0].because, "payment 4"));
	assert_true(text_is(marks[1].because, "payment 2"));
	assert_int_equal(marks_of(world, &marks, "r2"), 1);
	/* A number never comes again, though all are gone. */
	seen = marks[0].id > seen + 2 ? marks[0].id : seen + 2;
	begin(world);
	OK(world, fleet_marks_clear(world->store, TEXT("r1"), INT64_MAX, &world->error));
	OK(world, fleet_marks_clear(world->store, TEXT("r2"), INT64_MAX, &world->error));
	commit(world);
	mark(world, "r1", "z", "later");
	assert_int_equal(marks_of(world, &marks, ""), 1);
	assert_true(marks[0].id > seen);
}

static void losses_wait_for_a_person(void **state)
{
	struct world *world = *state;
	struct text first[] = { TEXT("b"), TEXT("a") }, second[] = { TEXT("a"), TEXT("c") }, *read;
	uint32_t count;
	bool yes;

	begin(world);
	OK(world, fleet_losses_add(world->store, TEXT("r1"), first, 2, TEXT("c1"), &world->error));
	OK(world, fleet_losses_add(world->store, TEXT("r1"), second, 2, TEXT("c2"), &world->error));
	OK(world, fleet_losses_drop(world->store, TEXT("r1"), TEXT("b"), &world->error));
	commit(world);
	OK(world,
	   fleet_losses(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_true(text_is(read[0], "a"));
	assert_true(text_is(read[1], "c"));
	OK(world,
	   fleet_losses(&read, &count, world->store, TEXT("r2"), &world->arena, &world->error));
	assert_int_equal(count, 0);
	begin(world);
	OK(world,
	   fleet_approve(world->store, TEXT("r1"), TEXT("d1"), TEXT("asha"), NOW, &world->error));
	commit(world);
	OK(world, fleet_approved(&yes, world->store, TEXT("r1"), TEXT("d1"), &world->error));
	assert_true(yes);
	OK(world, fleet_approved(&yes, world->store, TEXT("r1"), TEXT("d2"), &world->error));
	assert_false(yes);
	OK(world, fleet_approved(&yes, world->store, TEXT("r2"), TEXT("d1"), &world->error));
	assert_false(yes);
	begin(world);
	OK(world, fleet_approval_spend(world->store, TEXT("r1"), TEXT("d1"), &world->error));
	commit(world);
	OK(world, fleet_approved(&yes, world->store, TEXT("r1"), TEXT("d1"), &world->error));
	assert_false(yes);
}

static void leave_is_for_one_loss(void **state)
{
	struct world *world = *state;
	struct text routers[] = { TEXT("r1"), TEXT("r2") }, names[] = { TEXT("b"), TEXT("a") },
		    *read;
	uint32_t count;

	sync(world, routers, 2);
	begin(world);
	OK(world, fleet_leave_add(world->store, TEXT("r1"), names, 2, &world->error));
	OK(world, fleet_leave_add(world->store, TEXT("r1"), names, 1, &world->error));
	OK(world, fleet_leave_add(world->store, TEXT("r2"), names, 1, &world->error));
	commit(world);
	OK(world,
	   fleet_leave(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_true(text_is(read[0], "a"));
	begin(world);
	OK(world, fleet_leave_drop(world->store, TEXT("r1"), TEXT("a"), &world->error));
	commit(world);
	OK(world,
	   fleet_leave(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 1);
	/* It is not carried over to a router that comes back under the same name. */
	sync(world, &routers[1], 1);
	sync(world, routers, 2);
	OK(world,
	   fleet_leave(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 0);
	OK(world,
	   fleet_leave(&read, &count, world->store, TEXT("r2"), &world->arena, &world->error));
	assert_int_equal(count, 1);
}

static void the_source_is_kept(void **state)
{
	struct world *world = *state;
	struct source_state source, written = {
		.commit = TEXT("c1"),
		.commit_at = NOW - 5,
		.newest = TEXT("c2"),
		.error = TEXT("bad line"),
		.looked_at = NOW,
		.channel_problems = TEXT("main: no token"),
		.losses_why = TEXT("30 of 40"),
	};

	OK(world, source_read(&source, world->store, &world->arena, &world->error));
	assert_int_equal(source.commit.size, 0);
	begin(world);
	OK(world, source_write(world->store, &written, &world->error));
	commit(world);
	OK(world, source_read(&source, world->store, &world->arena, &world->error));
	assert_true(text_is(source.commit, "c1"));
	assert_int_equal(source.commit_at, NOW - 5);
	assert_true(text_is(source.newest, "c2"));
	assert_true(text_is(source.error, "bad line"));
	assert_int_equal(source.looked_at, NOW);
	assert_true(text_is(source.channel_problems, "main: no token"));
	assert_true(text_is(source.losses_why, "30 of 40"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(routers_come_and_go),           TEST(what_a_job_learnt_is_kept),
		TEST(a_job_clears_only_what_it_saw), TEST(losses_wait_for_a_person),
		TEST(leave_is_for_one_loss),         TEST(the_source_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
