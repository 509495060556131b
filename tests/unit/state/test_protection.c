#include "world.h"

#include "state/fleet.h"
#include "state/protection.h"

static void name_routers(struct world *world, const struct text *names, uint32_t count)
{
	OK(world, store_begin(world->store, &world->error));
	OK(world, fleet_sync(world->store, names, count, &world->error));
	OK(world, store_commit(world->store, &world->error));
}

static void write_one(struct world *world, const char *router, bool protects, const char *why)
{
	const struct protection one = { text_of(router), protects, text_of(why) };

	OK(world, store_begin(world->store, &world->error));
	OK(world, protection_write(world->store, &one, &world->error));
	OK(world, store_commit(world->store, &world->error));
}

static void the_last_word_counts_and_only_of_routers_there_are(void **state)
{
	struct world *world = *state;
	const struct text all[] = { TEXT("r1"), TEXT("r2") };
	const struct protection *found;
	struct protection *read;
	uint32_t count;

	name_routers(world, all, 2);
	write_one(world, "r2", true, "");
	write_one(world, "r1", true, "");
	write_one(world, "r1", false, "its clock is 300 s behind");
	write_one(world, "nobody", true, "");
	OK(world, protection_read(&read, &count, world->store, &world->arena, &world->error));
	assert_int_equal(count, 2);
	found = protection_find(read, count, TEXT("r1"));
	assert_non_null(found);
	assert_false(found->protects);
	assert_true(text_is(found->why, "its clock is 300 s behind"));
	assert_true(protection_find(read, count, TEXT("r2"))->protects);
	assert_null(protection_find(read, count, TEXT("nobody")));
	/* Gone from git, and with the next word gone from here. */
	name_routers(world, all, 1);
	write_one(world, "r1", true, "");
	OK(world, protection_read(&read, &count, world->store, &world->arena, &world->error));
	assert_int_equal(count, 1);
	assert_true(text_is(read[0].router, "r1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_last_word_counts_and_only_of_routers_there_are, world_setup,
		    world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
