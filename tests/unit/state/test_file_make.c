/*
 * What a file of a store must be before it is believed: of this form, brought up from an older one
 * whole or not at all, of this kind, and not broken.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "state/fleet.h"
#include "state/migrations.h"
#include "state/street.h"

static void expect_refusal(struct world *world, enum store_role role, const char *words)
{
	struct store *store;

	assert_false(store_open(&store, text_of(world->folder), TEXT("kasi"), role, &world->error));
	assert_int_equal(world->error.code, ERROR_STORE);
	if (strstr(world->error.text, words) == NULL)
		fail_msg("'%s' does not say '%s'", world->error.text, words);
}

static void a_newer_form_is_refused(void **state)
{
	struct world *world = *state;

	store_close(world->store);
	world->store = NULL;
	assert_null(world_sql(world, "db", "PRAGMA user_version = 999"));
	expect_refusal(world, STORE_CONTROLLER, "install that version again");
	expect_refusal(world, STORE_READER, "newer wavu (form 999");
}

/* A file as an older program left it: the migrations up to `newest` and no further. */
static void make_older(struct world *world, int newest)
{
	char stamp[80];

	store_close(world->store);
	world->store = NULL;
	for (size_t i = 0; i < 3; i++) {
		static const char *const suffixes[] = { "", "-wal", "-shm" };
		char path[200];
		(void)snprintf(path, sizeof(path), "%s/kasi.db%s", world->folder, suffixes[i]);
		if (i > 0)
			(void)unlink(path);
		else
			assert_int_equal(truncate(path, 0), 0);
	}
	for (unsigned i = 0; i < migration_count; i++)
		if (strcmp(migrations[i].folder, "tenant") == 0 && migrations[i].number <= newest)
			assert_null(world_sql(world, "db", migrations[i].sql));
	(void)snprintf(stamp, sizeof(stamp),
		       "PRAGMA application_id = 0x77617675; PRAGMA user_version = %d", newest);
	assert_null(world_sql(world, "db", stamp));
}

static void an_older_form_is_brought_up(void **state)
{
	struct world *world = *state;
	struct text reference = TEXT("a"), *read;
	struct ledger_totals totals;
	struct store *store;
	uint32_t count;

	make_older(world, 2);
	assert_null(world_sql(world, "db", "UPDATE clock SET booked_at = 42"));
	/* A reader does not change the form, and does not guess. */
	assert_false(
	    store_open(&store, text_of(world->folder), TEXT("kasi"), STORE_READER, &world->error));
	assert_non_null(strstr(world->error.text, "older form 2"));
	world->store = world_open(world, STORE_CONTROLLER);
	OK(world, store_begin(world->store, &world->error));
	OK(world, fleet_leave_add(world->store, TEXT("r1"), &reference, 1, &world->error));
	OK(world, store_commit(world->store, &world->error));
	OK(world,
	   fleet_leave(&read, &count, world->store, TEXT("r1"), &world->arena, &world->error));
	assert_int_equal(count, 1);
	OK(world, ledger_totals(&totals, world->store, 0, &world->error));
	assert_int_equal(totals.newest_fact_at, 42);
}

static void a_migration_is_whole_or_not_at_all(void **state)
{
	struct world *world = *state;
	struct store *store;

	make_older(world, 1);
	/* The second migration makes this one late: what it made before is undone. */
	assert_null(world_sql(world, "db", "CREATE TABLE drift (x INTEGER)"));
	assert_false(store_open(&store, text_of(world->folder), TEXT("kasi"), STORE_CONTROLLER,
				&world->error));
	assert_non_null(strstr(world->error.text, "migration tenant 2"));
	assert_non_null(world_sql(world, "db", "SELECT * FROM router"));
	assert_null(world_sql(world, "db", "DROP TABLE drift"));
	world->store = world_open(world, STORE_CONTROLLER);
	assert_string_equal(world_verify(world, world->store), "");
}

static void the_webhook_refuses_a_newer_street(void **state)
{
	struct world *world = *state;

	assert_null(world_sql(world, "street.db", "PRAGMA user_version = 999"));
	expect_refusal(world, STORE_WEBHOOK, "newer wavu");
}

static void an_older_street_makes_the_webhook_wait(void **state)
{
	struct world *world = *state;
	struct store *webhook;
	int64_t version;

	assert_null(world_sql(world, "street.db", "PRAGMA user_version = 0"));
	webhook = world_open(world, STORE_WEBHOOK);
	/* Not ours any more by its form 0, but no empty file either: nothing is believed. */
	OK(world, street_version(&version, webhook, &world->error));
	assert_int_equal(version, 0);
	store_close(webhook);
}

static void swapped_and_foreign_files_are_refused(void **state)
{
	struct world *world = *state;
	char street[200], tenant[200];

	store_close(world->store);
	world->store = NULL;
	(void)snprintf(tenant, sizeof(tenant), "%s/kasi.db", world->folder);
	(void)snprintf(street, sizeof(street), "%s/kasi.street.db", world->folder);
	assert_null(world_sql(world, "street.db", "PRAGMA wal_checkpoint(TRUNCATE)"));
	assert_null(world_sql(world, "db", "PRAGMA wal_checkpoint(TRUNCATE)"));
	assert_int_equal(rename(street, tenant), 0);
	expect_refusal(world, STORE_CONTROLLER, "is not a tenant file of wavu");
}

static void overwrite(const char *path, long from, long size)
{
	FILE *file = fopen(path, "r+b");

	assert_non_null(file);
	assert_int_equal(fseek(file, from, SEEK_SET), 0);
	for (long i = 0; i < size; i++)
		assert_true(fputc(0x5a, file) != EOF);
	assert_int_equal(fclose(file), 0);
}

static void a_broken_file_is_refused(void **state)
{
	struct world *world = *state;
	char path[200];

	store_close(world->store);
	world->store = NULL;
	assert_null(world_sql(world, "db", "PRAGMA wal_checkpoint(TRUNCATE)"));
	(void)snprintf(path, sizeof(path), "%s/kasi.db", world->folder);
	overwrite(path, 0, 64);
	expect_refusal(world, STORE_CONTROLLER, "restore a backup");
	expect_refusal(world, STORE_READER, "cannot be trusted");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_newer_form_is_refused),
		TEST(an_older_form_is_brought_up),
		TEST(a_migration_is_whole_or_not_at_all),
		TEST(the_webhook_refuses_a_newer_street),
		TEST(an_older_street_makes_the_webhook_wait),
		TEST(swapped_and_foreign_files_are_refused),
		TEST(a_broken_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
