#include "world.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "state/inbox.h"

/* Two who paid, one of whom bought; an unmatched, a held and an assigned payment, an opening. */
static void fill(struct world *world)
{
	struct payment first = world_payment("V1", 5000), second = world_payment("V2", 300),
		       lost = world_payment("V3", 70), found = world_payment("V4", 90),
		       held = world_payment("", 0);
	struct purchase purchase = { .payment_id = 1,
				     .periods = 1,
				     .cents = 2500,
				     .service_from_at = NOW,
				     .paid_from_at = NOW,
				     .paid_until_at = NOW + DAY_US,
				     .package = TEXT("day") };
	const struct opened opened = { .paid_until_at = NOW + DAY_US, .balance_cents = 10 };
	bool booked;

	assert_true(world_book(world, &first, "a"));
	assert_true(world_book(world, &second, "b"));
	assert_true(world_book(world, &lost, NULL));
	assert_true(world_book(world, &found, NULL));
	held.has_amount = false;
	held.status = PAYMENT_HELD;
	OK(world, store_begin(world->store, &world->error));
	OK(world,
	   ledger_book(&booked, world->store, &held, TEXT_NONE, &world->arena, &world->error));
	OK(world, ledger_buy(world->store, TEXT("a"), &purchase, NOW, &world->error));
	OK(world, ledger_assign(world->store, found.id, TEXT("b"), TEXT("B"), TEXT("asha"), NOW,
				&world->error));
	OK(world, ledger_open(&booked, world->store, TEXT("c"), TEXT("C"), &opened, NOW,
			      &world->error));
	OK(world, store_commit(world->store, &world->error));
	assert_string_equal(world_verify(world, world->store), "");
}

/* Each damage, and the words that must name it. */
static const struct {
	const char *sql, *words;
} damages[] = {
	{ "UPDATE balance SET cents = cents + 1 WHERE account = 'credit:a'", "account credit:a" },
	{ "UPDATE balance SET cents = cents + 1 WHERE account = 'credit:a'", "not to 0" },
	{ "DELETE FROM balance WHERE account = 'credit:b'", "account credit:b" },
	{ "INSERT INTO balance VALUES ('credit:z', 5)", "account credit:z" },
	{ "UPDATE payment SET receipt_key = 'other' WHERE receipt = 'V1'", "under its key" },
	{ "PRAGMA foreign_keys = OFF; DELETE FROM payment_status WHERE payment = 2",
	  "V2 has no status" },
	{ "PRAGMA foreign_keys = OFF; DELETE FROM payment WHERE id = 2", "not there" },
	{ "UPDATE payment_now SET subscriber = 'b' WHERE payment = 1", "is not its newest" },
	{ "DELETE FROM movement WHERE payment = 2", "V2 is credited, but its money" },
	{ "UPDATE movement SET cents = 71 WHERE payment = 3", "V3 is unmatched, but its money" },
	{ "UPDATE movement SET target = 'credit:a' WHERE payment = 2", "V2 is credited" },
	{ "PRAGMA foreign_keys = OFF; DELETE FROM purchase", "not in the list of purchases" },
	{ "UPDATE purchase SET subscriber = 'b'", "was not paid by that account" },
	{ "UPDATE opening SET movement = NULL", "that has no opening" },
	{ "UPDATE standing SET paid_until_at = paid_until_at + 1 WHERE subscriber = 'a'",
	  "standing of a differs" },
	{ "UPDATE standing SET service_from_at = 1 WHERE subscriber = 'a'", "standing of a " },
	{ "UPDATE standing SET known = 0 WHERE subscriber = 'b'", "standing of b differs" },
	{ "UPDATE standing SET paused = 1 WHERE subscriber = 'b'", "standing of b differs" },
	{ "UPDATE standing SET last_payment = 1 WHERE subscriber = 'b'", "standing of b differs" },
	{ "DELETE FROM standing WHERE subscriber = 'c'", "standing of c differs" },
	{ "INSERT INTO standing VALUES ('z', 1, 0, 0, 0, 0, 0, NULL, 0)", "standing of z differs" },
	{ "UPDATE opening SET paid_until_at = 77", "standing of c differs" },
	{ "UPDATE clock SET booked_at = 5", "booked last" },
	{ "UPDATE payment SET inbox_id = 9 WHERE id = 1", "beyond the cursor" },
	{ "UPDATE cursor SET inbox_id = 3", "booked up to line 3" },
	{ "DELETE FROM cursor", "the row of the inbox cursor" },
	{ "DELETE FROM clock", "or of the clock is not there" },
	{ "UPDATE purchase SET periods = 3", "2500 cents are no price of 3 periods" },
	/* A whole payment as if it had never come. */
	{ "PRAGMA foreign_keys = OFF; DELETE FROM payment WHERE id = 3; DELETE FROM payment_status"
	  " WHERE payment = 3; DELETE FROM payment_now WHERE payment = 3; DELETE FROM movement"
	  " WHERE payment = 3; UPDATE balance SET cents = cents - 70 WHERE account = 'unmatched';"
	  " UPDATE balance SET cents = cents + 70 WHERE account = 'in:main';"
	  " UPDATE income SET count = count - 1", "rows of payment are missing: 4" },
	{ "PRAGMA foreign_keys = OFF; INSERT INTO event_touch VALUES ('a', 99)", "event 99" },
	{ "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql,"
	  " 'payment_by_booking ON payment (booked_at', 'payment_by_booking ON payment (at')",
	  "payment_by_booking" },
};

/* Which of the damages this run makes: cmocka gives every test of the table one. */
static size_t chosen;

static void damage_is_named(void **state)
{
	struct world *world = *state;
	const char *problems;

	fill(world);
	/* A fresh connection: what it had cached of the schema is gone with the store. */
	store_close(world->store);
	world_damage(world, damages[chosen].sql);
	world->store = world_open(world, STORE_CONTROLLER);
	problems = world_verify(world, world->store);
	if (strstr(problems, damages[chosen].words) == NULL)
		fail_msg("after '%s' there is no '%s' in '%s'", damages[chosen].sql,
			 damages[chosen].words, problems);
}

static void every_damage_is_named(void **state)
{
	(void)state;
	for (chosen = 0; chosen < sizeof(damages) / sizeof(damages[0]); chosen++) {
		void *world = NULL;
		assert_int_equal(world_setup(&world), 0);
		damage_is_named(&world);
		assert_int_equal(world_teardown(&world), 0);
	}
}

static void a_hole_in_the_inbox_is_named(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct inbox_line lines[3] = { { .received_at = NOW },
				       { .received_at = NOW },
				       { .received_at = NOW } };

	OK(world, inbox_append(webhook, lines, 3, &world->error));
	assert_string_equal(world_verify(world, webhook), "");
	assert_null(world_sql(world, "inbox.db", "DROP TRIGGER line_is_never_deleted"));
	assert_null(world_sql(world, "inbox.db", "DELETE FROM line WHERE id = 2"));
	assert_non_null(strstr(world_verify(world, webhook), "lines are missing: 2 are there"));
	assert_non_null(strstr(world_verify(world, world->store), "lines are missing"));
	store_close(webhook);
}

/* Without its guards a journal takes anything, and no row shows that they are gone. */
static void what_was_not_made_by_wavu_is_named(void **state)
{
	static const struct {
		const char *suffix, *sql, *words;
	} changes[] = {
		{ "db", "DROP TRIGGER movement_is_never_changed",
		  "trigger movement_is_never_changed is missing" },
		{ "db",
		  "DROP TRIGGER movement_spends_what_is_there; CREATE TRIGGER"
		  " movement_spends_what_is_there BEFORE INSERT ON movement BEGIN SELECT 1; END",
		  "trigger movement_spends_what_is_there is not as wavu made it" },
		{ "db",
		  "CREATE TRIGGER gift AFTER INSERT ON payment BEGIN UPDATE clock SET held = '';"
		  " END",
		  "trigger gift was not made by wavu" },
		{ "db", "DROP INDEX movement_comes_in_once",
		  "index movement_comes_in_once is missing" },
		{ "inbox.db", "DROP TRIGGER line_is_never_changed",
		  "trigger line_is_never_changed is missing" },
	};
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct inbox_line line = { .received_at = NOW };

	OK(world, inbox_append(webhook, &line, 1, &world->error));
	store_close(webhook);
	assert_string_equal(world_verify(world, world->store), "");
	/* What SQLite makes for itself is no change. */
	assert_null(world_sql(world, "db", "ANALYZE"));
	assert_string_equal(world_verify(world, world->store), "");
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		assert_null(world_sql(world, changes[i].suffix, changes[i].sql));
		assert_non_null(strstr(world_verify(world, world->store), changes[i].words));
	}
}

static void a_torn_page_is_named(void **state)
{
	struct world *world = *state;
	char path[200];
	FILE *file;

	fill(world);
	store_checkpoint(world->store);
	store_close(world->store);
	assert_null(world_sql(world, "db", "PRAGMA wal_checkpoint(TRUNCATE)"));
	(void)snprintf(path, sizeof(path), "%s/kasi.db", world->folder);
	file = fopen(path, "r+b");
	assert_non_null(file);
	for (long page = 5; page < 30; page++) {
		assert_int_equal(fseek(file, page * 4096 + 8, SEEK_SET), 0);
		assert_true(fwrite("damaged by a disk", 1, 17, file) == 17);
	}
	assert_int_equal(fclose(file), 0);
	world->store = NULL;
	struct store *reader;
	if (store_open(&reader, text_of(world->folder), TEXT("kasi"), STORE_READER,
		       &world->error)) {
		assert_true(strlen(world_verify(world, reader)) > 0);
		store_close(reader);
	} else {
		assert_int_equal(world->error.code, ERROR_STORE);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_damage_is_named),
		TEST(a_hole_in_the_inbox_is_named),
		TEST(what_was_not_made_by_wavu_is_named),
		TEST(a_torn_page_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
