#include "world.h"

#include "state/inventory.h"

static void put(struct world *world, const struct inventory_entry *entry)
{
	OK(world, store_begin(world->store, &world->error));
	OK(world, inventory_put(world->store, TEXT("r1"), entry, &world->error));
	OK(world, store_commit(world->store, &world->error));
}

static void entries_are_kept_whole(void **state)
{
	struct world *world = *state;
	struct inventory_entry entry = {
		.menu = TEXT("/ppp/secret"),
		.key = TEXT("jane"),
		.reference = TEXT("kn0042"),
		.state = INVENTORY_PENDING,
		.written = TEXT("w"),
		.secret_written = TEXT("s"),
		.open = true,
		.rights_pending = true,
		.rights_at = NOW,
		.macs = TEXT("AA:BB:CC:DD:EE:FF"),
		.heals = 2,
		.healed_at = NOW - 1,
	}, *read;
	uint32_t count;

	put(world, &entry);
	OK(world,
	   inventory_read(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 1);
	assert_true(text_is(read[0].menu, "/ppp/secret"));
	assert_true(text_is(read[0].key, "jane"));
	assert_true(text_is(read[0].reference, "kn0042"));
	assert_int_equal(read[0].state, INVENTORY_PENDING);
	assert_true(text_is(read[0].written, "w"));
	assert_true(text_is(read[0].secret_written, "s"));
	assert_true(read[0].open);
	assert_true(read[0].rights_pending);
	assert_int_equal(read[0].rights_at, NOW);
	assert_true(text_is(read[0].macs, "AA:BB:CC:DD:EE:FF"));
	assert_int_equal(read[0].heals, 2);
	assert_int_equal(read[0].healed_at, NOW - 1);
	entry.state = INVENTORY_REMOVING;
	entry.open = false;
	put(world, &entry);
	OK(world,
	   inventory_read(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 1);
	assert_int_equal(read[0].state, INVENTORY_REMOVING);
	assert_false(read[0].open);
}

static void one_subscriber_and_what_all_share(void **state)
{
	struct world *world = *state;
	static const char *const keys[][2] = { { "jane", "kn0042" },
					       { "juma", "kn0043" },
					       { "wavu-home-10", "" } };
	struct inventory_entry *read;
	uint32_t count;

	for (size_t i = 0; i < 3; i++) {
		struct inventory_entry entry = { .menu = TEXT("/ppp/secret"),
						 .key = text_of(keys[i][0]),
						 .reference = text_of(keys[i][1]) };
		put(world, &entry);
	}
	OK(world, inventory_read_of(&read, &count, world->store, TEXT("r1"), TEXT("kn0042"),
				    &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_true(text_is(read[0].key, "jane"));
	assert_true(text_is(read[1].key, "wavu-home-10"));
	OK(world,
	   inventory_read(&read, &count, world->store, TEXT("r2"), &world->arena, &world->error));
	assert_int_equal(count, 0);
	OK(world, store_begin(world->store, &world->error));
	OK(world, inventory_drop(world->store, TEXT("r1"), TEXT("/ppp/secret"), TEXT("jane"),
				 &world->error));
	OK(world, inventory_drop(world->store, TEXT("r2"), TEXT("/ppp/secret"), TEXT("juma"),
				 &world->error));
	OK(world, store_commit(world->store, &world->error));
	OK(world,
	   inventory_read(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_true(text_is(read[0].key, "juma"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_are_kept_whole),
		TEST(one_subscriber_and_what_all_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
