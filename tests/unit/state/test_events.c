#include "world.h"

#include <stdio.h>

#include "state/events.h"
#include "state/fleet.h"

static struct event an_event(const char *router, const char *because)
{
	return (struct event){ .at = NOW,
			       .router = text_of(router),
			       .commit = TEXT("c1"),
			       .cause = CAUSE_SWEEP,
			       .because = text_of(because),
			       .duration_ms = 12,
			       .outcome = OUTCOME_NOTHING,
			       .changes = TEXT("[]") };
}

static int64_t add(struct world *world, struct event event, const char *touched)
{
	OK(world, store_begin(world->store, &world->error));
	OK(world, events_add(world->store, &event, &world->error));
	if (touched != NULL)
		OK(world, events_touch(world->store, event.id, text_of(touched), &world->error));
	OK(world, store_commit(world->store, &world->error));
	return event.id;
}

static uint32_t read(struct world *world, struct event **events, const char *router, uint32_t max)
{
	uint32_t count;

	OK(world, events_read(events, &count, world->store, text_of(router), max, &world->arena,
			      &world->error));
	return count;
}

static void repeats_are_counted(void **state)
{
	struct world *world = *state;
	struct event *events, event = an_event("r1", "sweep");
	int64_t first = add(world, event, NULL);

	event.at += 1000;
	event.duration_ms = 99;
	assert_int_equal(add(world, event, NULL), first);
	assert_true(add(world, an_event("r2", "sweep"), NULL) > first);
	/* Another router in between changes nothing; another outcome does. */
	assert_int_equal(add(world, event, NULL), first);
	event.outcome = OUTCOME_UNREACHABLE;
	assert_true(add(world, event, NULL) > first);
	event.outcome = OUTCOME_NOTHING;
	assert_true(add(world, event, NULL) > first);
	assert_int_equal(read(world, &events, "r1", 10), 3);
	assert_int_equal(events[2].id, first);
	assert_int_equal(events[2].repeats, 2);
	assert_int_equal(events[2].at, NOW);
	assert_int_equal(events[2].duration_ms, 12);
	assert_int_equal(events[0].repeats, 0);
}

static void every_field_tells_events_apart(void **state)
{
	struct world *world = *state;
	struct event *events, variants[8];

	for (int i = 0; i < 8; i++)
		variants[i] = an_event("r1", "x");
	variants[1].commit = TEXT("c2");
	variants[2].cause = CAUSE_PERSON;
	variants[3].because = TEXT("y");
	variants[4].writes = 1;
	variants[5].outcome = OUTCOME_DONE;
	variants[6].changes = TEXT("[1]");
	variants[7].error = TEXT("e");
	/* Each between two of the plain kind: none is taken for a repeat. */
	for (int i = 1; i < 8; i++) {
		(void)add(world, variants[0], NULL);
		(void)add(world, variants[i], NULL);
	}
	assert_int_equal(read(world, &events, "", 100), 14);
	assert_true(text_is(events[0].error, "e"));
	assert_true(text_is(events[2].changes, "[1]"));
	assert_int_equal(events[4].outcome, OUTCOME_DONE);
	assert_int_equal(events[6].writes, 1);
	assert_int_equal(events[10].cause, CAUSE_PERSON);
	assert_true(text_is(events[12].commit, "c2"));
}

static void lists_are_newest_first(void **state)
{
	struct world *world = *state;
	struct event *events;
	uint32_t count;

	for (int i = 0; i < 20; i++) {
		char because[20];
		(void)snprintf(because, sizeof(because), "%d", i);
		(void)add(world, an_event(i % 2 ? "r1" : "r2", because), i % 5 ? NULL : "kn0042");
	}
	assert_int_equal(read(world, &events, "", 3), 3);
	assert_true(text_is(events[0].because, "19"));
	assert_int_equal(read(world, &events, "r2", 100), 10);
	assert_true(text_is(events[9].because, "0"));
	OK(world, events_of(&events, &count, world->store, TEXT("kn0042"), 3, &world->arena,
			    &world->error));
	assert_int_equal(count, 3);
	assert_true(text_is(events[0].because, "15"));
	OK(world, events_of(&events, &count, world->store, TEXT("kn0099"), 3, &world->arena,
			    &world->error));
	assert_int_equal(count, 0);
}

/* The newest 100,000 stay; what is older goes when there is a thousand of it. */
static void history_is_bounded(void **state)
{
	struct world *world = *state;
	struct event *events;
	uint32_t count;

	OK(world, store_begin(world->store, &world->error));
	for (int i = 0; i < 101500; i++) {
		struct event event = an_event("r1", i % 2 ? "a" : "b");
		OK(world, events_add(world->store, &event, &world->error));
		if (i == 0 || i == 101000)
			OK(world,
			   events_touch(world->store, event.id, TEXT("kn0042"), &world->error));
	}
	OK(world, store_commit(world->store, &world->error));
	store_checkpoint(world->store);
	assert_int_equal(read(world, &events, "", 200000), 100000);
	assert_int_equal(events[0].id, 101500);
	OK(world, events_of(&events, &count, world->store, TEXT("kn0042"), 9, &world->arena,
			    &world->error));
	assert_int_equal(count, 1);
	assert_string_equal(world_verify(world, world->store), "");
	/* Its log is far over the bound: the commit itself had to copy it. */
	assert_non_null(world_sql(world, "db", "DELETE FROM event"));
}

static void replace(struct world *world, const char *const *keys, uint32_t count, int64_t now)
{
	struct drift_row rows[4];

	for (uint32_t i = 0; i < count; i++)
		rows[i] = (struct drift_row){ .menu = TEXT("/ppp/secret"),
					      .key = text_of(keys[i]),
					      .fields = text_format(&world->arena, "[%lld]",
								    (long long)now),
					      .subscriber = TEXT("s"),
					      .policy = TEXT("heal") };
	OK(world, store_begin(world->store, &world->error));
	OK(world, drift_replace(world->store, TEXT("r1"), rows, count, now, &world->error));
	OK(world, store_commit(world->store, &world->error));
}

static void drift_keeps_since_when(void **state)
{
	static const char *const first[] = { "a", "b" }, *const second[] = { "b", "c" };
	struct world *world = *state;
	const struct text routers[] = { TEXT("r0"), TEXT("r1") };
	struct drift_row *rows, other = { .menu = TEXT("m"), .key = TEXT("k") };
	uint32_t count;

	OK(world, store_begin(world->store, &world->error));
	OK(world, fleet_sync(world->store, routers, 2, &world->error));
	OK(world, drift_replace(world->store, TEXT("r0"), &other, 1, 5, &world->error));
	/* A job that began before its router left git has nobody to tell. */
	OK(world, drift_replace(world->store, TEXT("gone"), &other, 1, 5, &world->error));
	OK(world, store_commit(world->store, &world->error));
	replace(world, first, 2, 100);
	replace(world, second, 2, 100 + 0); /* the same moment: still a set of its own */
	replace(world, second, 2, 200);
	OK(world, drift_read(&rows, &count, world->store, &world->arena, &world->error));
	assert_int_equal(count, 3);
	assert_true(text_is(rows[0].router, "r0"));
	assert_true(text_is(rows[1].key, "b"));
	assert_int_equal(rows[1].since_at, 100);
	assert_true(text_is(rows[1].fields, "[200]"));
	assert_true(text_is(rows[1].policy, "heal"));
	assert_true(text_is(rows[1].subscriber, "s"));
	assert_true(text_is(rows[2].key, "c"));
	replace(world, NULL, 0, 300);
	OK(world, drift_read(&rows, &count, world->store, &world->arena, &world->error));
	assert_int_equal(count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(repeats_are_counted),    TEST(every_field_tells_events_apart),
		TEST(lists_are_newest_first), TEST(history_is_bounded),
		TEST(drift_keeps_since_when),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
