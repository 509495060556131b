/*
 * What a commit promises of the disk: one fsync for many callbacks, a failing disk stops the
 * writer, a full one does not, and a power cut at any moment loses nothing that was acknowledged.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faulty.h"
#include "state/db.h"
#include "state/inbox.h"
#include "state/street.h"

static int setup(void **state)
{
	faulty_plan(FAULTY_NONE, 0);
	faulty_forget();
	return world_setup(state);
}

static int teardown(void **state)
{
	faulty_plan(FAULTY_NONE, 0);
	return world_teardown(state);
}

static void append(struct world *world, struct store *webhook, uint32_t count)
{
	struct inbox_line lines[256];

	for (uint32_t i = 0; i < count; i++)
		lines[i] = (struct inbox_line){ .channel = TEXT("main"), .received_at = NOW };
	OK(world, inbox_append(webhook, lines, count, &world->error));
}

static void many_callbacks_share_one_fsync(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	int before;

	append(world, webhook, 1); /* the first also writes the log's head */
	before = faulty_syncs();
	append(world, webhook, 1);
	assert_int_equal(faulty_syncs() - before, 1);
	append(world, webhook, 256);
	assert_int_equal(faulty_syncs() - before, 2);
	store_close(webhook);
}

static void a_batch_of_the_teller_is_one_fsync(void **state)
{
	struct world *world = *state;
	struct payment first = world_payment("first", 1);
	bool known;

	assert_true(world_book(world, &first, "a"));
	int before = faulty_syncs();
	OK(world, store_begin(world->store, &world->error));
	for (int i = 0; i < 256; i++) {
		struct payment payment = world_payment(text_format(&world->arena, "B%d", i).at,
						       100);
		payment.status = PAYMENT_CREDITED;
		OK(world, ledger_book(&known, world->store, &payment, TEXT("a"), &world->arena,
				      &world->error));
	}
	assert_int_equal(faulty_syncs() - before, 0);
	OK(world, store_commit(world->store, &world->error));
	assert_int_equal(faulty_syncs() - before, 1);
}

static void an_equal_street_writes_nothing(void **state)
{
	struct world *world = *state;
	struct street_channel channel = { .channel = TEXT("main"),
					  .provider = TEXT("daraja"),
					  .token = { { 7 } } };

	OK(world, street_publish(world->store, &channel, 1, &world->error));
	int before = faulty_syncs();
	OK(world, street_publish(world->store, &channel, 1, &world->error));
	assert_int_equal(faulty_syncs() - before, 0);
}

static void property_20_every_pragma_is_as_said(void **state)
{
	static const struct {
		const char *sql;
		int64_t writer, reader;
	} pragmas[] = {
		{ "PRAGMA synchronous", 2, -1 },
		{ "PRAGMA wal_autocheckpoint", 0, 0 },
		{ "PRAGMA foreign_keys", 1, 1 },
		{ "PRAGMA recursive_triggers", 1, 1 },
		{ "PRAGMA trusted_schema", 0, 0 },
		{ "PRAGMA cell_size_check", 1, 1 },
		{ "PRAGMA mmap_size", 0, 0 },
		{ "PRAGMA temp_store", 2, 2 },
		{ "PRAGMA busy_timeout", 5000, 5000 },
		{ "PRAGMA query_only", 0, 1 },
		{ "SELECT journal_mode = 'wal' FROM pragma_journal_mode", 1, 1 },
	};
	struct world *world = *state;
	static struct db db;
	char path[200];

	store_close(world->store);
	world->store = NULL;
	(void)snprintf(path, sizeof(path), "%s/kasi.db", world->folder);
	for (int writes = 0; writes < 2; writes++) {
		OK(world, db_open(&db, path, "kasi.db", writes, &world->error));
		for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
			int64_t value, want = writes ? pragmas[i].writer : pragmas[i].reader;
			OK(world, db_number(&value, &db, pragmas[i].sql, &world->error));
			if (want != -1 && value != want)
				fail_msg("%s is %lld", pragmas[i].sql, (long long)value);
		}
		/* A reader cannot write, whatever it tries. */
		if (!writes)
			assert_false(db_run(&db, "UPDATE clock SET held = 'x'", &world->error));
		db_close(&db);
	}
}

/* Tries to book one payment; the error's code, or ERROR_NONE. */
static enum error_code try_booking(struct world *world, int number)
{
	struct payment payment = world_payment(text_format(&world->arena, "T%d", number).at, 100);
	bool known;

	payment.status = PAYMENT_CREDITED;
	if (!store_begin(world->store, &world->error))
		return world->error.code;
	if (!ledger_book(&known, world->store, &payment, TEXT("a"), &world->arena, &world->error)) {
		store_abort(world->store);
		return world->error.code;
	}
	return store_commit(world->store, &world->error) ? ERROR_NONE : world->error.code;
}

static int64_t booked(struct world *world)
{
	struct ledger_totals totals;

	OK(world, ledger_totals(&totals, world->store, 0, &world->error));
	return totals.today_count;
}

static void reopen(struct world *world)
{
	store_close(world->store);
	world->store = world_open(world, STORE_CONTROLLER);
}

static void property_20_a_failing_disk_stops_the_writer(void **state)
{
	struct world *world = *state;
	int acked = 0, faults = 0, number = 0;

	for (int kind = 0; kind < 2; kind++) {
		for (int nth = 1; nth < 40; nth++) {
			faulty_plan(kind ? FAULTY_FSYNC : FAULTY_EIO, nth);
			enum error_code code = try_booking(world, ++number);
			if (!faulty_hit()) {
				assert_int_equal(code, ERROR_NONE);
				acked++;
				break;
			}
			faults++;
			assert_int_equal(code, ERROR_STORE);
			/* It is not trusted again before a restart, though the disk is well. */
			assert_int_equal(try_booking(world, ++number), ERROR_STORE);
			reopen(world);
			assert_int_equal(try_booking(world, ++number), ERROR_NONE);
			acked++;
			/* What failed may be there after all (an fsync that lied), or not. */
			assert_true(booked(world) >= acked && booked(world) <= acked + faults);
			assert_string_equal(world_verify(world, world->store), "");
		}
	}
	assert_true(faults >= 4);
	print_message("%d places of a disk error\n", faults);
}

static void a_full_disk_does_not(void **state)
{
	struct world *world = *state;
	int acked = 0, faults = 0, number = 0;

	for (int nth = 1; nth < 40; nth++) {
		faulty_plan(FAULTY_FULL, nth);
		enum error_code code = try_booking(world, ++number);
		bool was_hit = faulty_hit();
		if (was_hit)
			assert_int_equal(try_booking(world, ++number), ERROR_LIMIT);
		faulty_plan(FAULTY_NONE, 0);
		if (!was_hit) {
			assert_int_equal(code, ERROR_NONE);
			acked++;
			break;
		}
		faults++;
		assert_int_equal(code, ERROR_LIMIT);
		assert_int_equal(booked(world), acked);
		assert_int_equal(try_booking(world, ++number), ERROR_NONE);
		assert_int_equal(booked(world), ++acked);
		assert_string_equal(world_verify(world, world->store), "");
	}
	assert_true(faults >= 2);
}

/* A checkpoint that meets a bad disk marks the file; a full one is only put off. */
static void a_failing_checkpoint_is_noticed(void **state)
{
	struct world *world = *state;

	assert_int_equal(try_booking(world, 1), ERROR_NONE);
	faulty_plan(FAULTY_FULL, 1);
	store_checkpoint(world->store);
	assert_true(faulty_hit());
	faulty_plan(FAULTY_NONE, 0);
	assert_int_equal(try_booking(world, 2), ERROR_NONE);
	faulty_plan(FAULTY_EIO, 1);
	store_checkpoint(world->store);
	assert_true(faulty_hit());
	assert_int_equal(try_booking(world, 3), ERROR_STORE);
	reopen(world);
	assert_int_equal(booked(world), 2);
}

static void clear(const char *folder)
{
	static const char *const names[] = {
		"kasi.db",        "kasi.db-wal",        "kasi.db-shm",        "kasi.db.lock",
		"kasi.street.db", "kasi.street.db-wal", "kasi.street.db-shm", "kasi.street.db.lock"
	};
	char path[300];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
}

/* Starts on what the disk has kept: everything acknowledged is there, and everything is whole. */
static void start_after_the_cut(struct world *world, const char *folder, int64_t acked,
				uint64_t seed)
{
	struct world after = { .arena = world->arena };
	int64_t there;

	(void)snprintf(after.folder, sizeof(after.folder), "%s", folder);
	if (!store_open(&after.store, text_of(folder), TEXT("kasi"), STORE_CONTROLLER,
			&after.error))
		fail_msg("seed %llu: %s", (unsigned long long)seed, after.error.text);
	there = booked(&after);
	if (there < acked || there > acked + 1)
		fail_msg("seed %llu: %lld acknowledged, %lld there", (unsigned long long)seed,
			 (long long)acked, (long long)there);
	assert_string_equal(world_verify(&after, after.store), "");
	store_close(after.store);
	clear(folder);
	world->arena = after.arena;
}

static void property_20_a_power_cut_loses_nothing(void **state)
{
	struct world *world = *state;
	char folder[] = "/tmp/state-cut-XXXXXX";
	int64_t acked = 0;
	int cuts = 0;

	assert_non_null(mkdtemp(folder));
	for (uint64_t seed = 1; seed <= 300; seed++) {
		/* In the middle of a transaction, at its end, or between two. */
		bool known;
		struct payment payment = world_payment(
		    text_format(&world->arena, "P%d", (int)seed).at, 100);
		payment.status = PAYMENT_CREDITED;
		OK(world, store_begin(world->store, &world->error));
		OK(world, ledger_book(&known, world->store, &payment, TEXT("a"), &world->arena,
				      &world->error));
		if (seed % 3 == 0) {
			faulty_power_cut(folder, seed);
			start_after_the_cut(world, folder, acked, seed);
			cuts++;
		}
		OK(world, store_commit(world->store, &world->error));
		acked++;
		if (seed % 7 == 0)
			store_checkpoint(world->store);
		if (seed % 2 == 0) {
			faulty_power_cut(folder, seed + 1000);
			start_after_the_cut(world, folder, acked, seed);
			cuts++;
		}
		arena_reset(&world->arena);
	}
	(void)rmdir(folder);
	print_message("%d power cuts, %lld acknowledged, 0 lost\n", cuts, (long long)acked);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(many_callbacks_share_one_fsync),  TEST(a_batch_of_the_teller_is_one_fsync),
		TEST(an_equal_street_writes_nothing),  TEST(property_20_every_pragma_is_as_said),
		TEST(property_20_a_failing_disk_stops_the_writer), TEST(a_full_disk_does_not),
		TEST(a_failing_checkpoint_is_noticed), TEST(property_20_a_power_cut_loses_nothing),
	};

	faulty_install();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	faulty_forget();
	return failed;
}
