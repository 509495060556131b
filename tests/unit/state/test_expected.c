#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state/expected.h"

static struct expected reference(const char *value, int64_t cents)
{
	return (struct expected){ EXPECTED_REFERENCE, text_of(value), cents, true };
}

static uint32_t sync_all(struct world *world, const struct expected *rows, uint32_t count,
			 int64_t fresh_at)
{
	struct expecting expecting = { TEXT("254"), true, fresh_at };
	uint32_t written;

	OK(world, expected_sync(&written, world->store, &expecting, rows, count, &world->arena,
				&world->error));
	return written;
}

/* The least he must pay, or -1 when nobody expects him. */
static int64_t asked(struct world *world, struct store *webhook, const char *value)
{
	struct expected question = reference(value, 0), answer;
	bool found;

	OK(world, expected_find(&found, &answer, webhook, &question, 1, &world->error));
	return found ? answer.cents : -1;
}

static void only_what_changed_is_written(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct expected *rows = ARENA_ARRAY(&world->arena, struct expected, 2000);
	struct expecting expecting;

	assert_int_equal(asked(world, webhook, "kn0"), -1);
	for (int i = 0; i < 2000; i++)
		rows[i] = reference(text_format(&world->arena, "kn%d", i).at, 250000);
	assert_true(sync_all(world, rows, 2000, 5) >= 1999);
	assert_int_equal(sync_all(world, rows, 2000, 6), 0);
	assert_int_equal(asked(world, webhook, "kn7"), 250000);
	assert_int_equal(asked(world, webhook, "kn2000"), -1);
	rows[7].cents = 100;
	assert_int_equal(sync_all(world, rows, 2000, 7), 1);
	assert_int_equal(asked(world, webhook, "kn7"), 100);
	assert_int_equal(sync_all(world, rows, 1999, 8), 1);
	assert_int_equal(asked(world, webhook, "kn1999"), -1);
	OK(world, expected_read(&expecting, webhook, &world->arena, &world->error));
	assert_int_equal(expecting.fresh_at, 8);
	OK(world, expected_freshen(world->store, 99, &world->error));
	OK(world, expected_read(&expecting, webhook, &world->arena, &world->error));
	assert_int_equal(expecting.fresh_at, 99);
	assert_true(expecting.by_payer && text_is(expecting.country, "254"));
	store_close(webhook);
}

static void one_subscriber_is_put(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct expected row = reference("kn1", 250000);

	/* Where nothing is published there is nobody to put. */
	OK(world, expected_put(world->store, &row, 1, &world->error));
	assert_int_equal(asked(world, webhook, "kn1"), -1);
	(void)sync_all(world, &row, 1, 5);
	row.cents = 50000;
	OK(world, expected_put(world->store, &row, 1, &world->error));
	assert_int_equal(asked(world, webhook, "kn1"), 50000);
	row.is_served = false;
	OK(world, expected_put(world->store, &row, 1, &world->error));
	assert_int_equal(asked(world, webhook, "kn1"), -1);
	/* Given up: nothing is left. */
	row.is_served = true;
	(void)sync_all(world, &row, 1, 6);
	assert_int_equal(sync_all(world, NULL, 0, 0), 1);
	assert_int_equal(asked(world, webhook, "kn1"), -1);
	store_close(webhook);
}

/* A key of several people is nobody's amount, whoever changes, and stays. */
static void a_shared_key_is_never_refused_for_its_amount(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct expected rows[] = { reference("same", 250000), reference("same", 400000) };

	(void)sync_all(world, rows, 2, 5);
	assert_int_equal(asked(world, webhook, "same"), 0);
	OK(world, expected_put(world->store, rows, 1, &world->error));
	assert_int_equal(asked(world, webhook, "same"), 0);
	rows[0].is_served = false;
	OK(world, expected_put(world->store, rows, 1, &world->error));
	assert_int_equal(asked(world, webhook, "same"), 0);
	store_close(webhook);
}

/* Property 30, in the file that the street program reads: no account and no phone stands there. */
static void property_30_the_file_names_nobody(void **state)
{
	struct world *world = *state;
	struct expected rows[] = { reference("kn0042secret", 250000),
				   { EXPECTED_PHONE, TEXT("0dc3ba81aaaabbbbccccddddeeeeffff"), 1,
				     true } };
	static char bytes[1 << 20];
	const char *suffixes[] = { "", "-wal" };
	size_t seen = 0;

	(void)sync_all(world, rows, 2, 5);
	for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
		FILE *file = fopen(text_format(&world->arena, "%s/%s.street.db%s", world->folder,
					       "kasi", suffixes[i])
				       .at,
				   "rb");
		size_t size = file != NULL ? fread(bytes, 1, sizeof(bytes), file) : 0;

		if (file != NULL)
			(void)fclose(file);
		seen += size;
		assert_null(memmem(bytes, size, "kn0042", 6));
		assert_null(memmem(bytes, size, "0dc3ba81", 8));
	}
	assert_true(seen > 4096);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_changed_is_written),
		TEST(one_subscriber_is_put),
		TEST(a_shared_key_is_never_refused_for_its_amount),
		TEST(property_30_the_file_names_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
