#include "world.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "state/events.h"
#include "state/inbox.h"

/* A row in every journal. */
static void fill(struct world *world)
{
	struct payment payment = world_payment("J1", 5000);
	struct purchase purchase = { .payment_id = 1,
				     .periods = 1,
				     .cents = 2500,
				     .service_from_at = NOW,
				     .paid_from_at = NOW,
				     .paid_until_at = NOW + DAY_US,
				     .package = TEXT("day") };
	struct event event = {
		.at = NOW, .router = TEXT("r1"), .outcome = OUTCOME_DONE, .writes = 1
	};
	const struct opened opened = { .paid_until_at = NOW, .balance_cents = 10 };
	struct text password;
	bool booked;

	assert_true(world_book(world, &payment, "a"));
	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_open(&booked, world->store, TEXT("a"), TEXT("A"), &opened, NOW,
			      &world->error));
	OK(world, ledger_buy(world->store, TEXT("a"), &purchase, NOW, &world->error));
	OK(world, ledger_password(&password, world->store, TEXT("a"), TEXT("pw"), &world->arena,
				  &world->error));
	OK(world, ledger_pause(world->store, TEXT("a"), true, TEXT("asha"), NOW, &world->error));
	OK(world, events_add(world->store, &event, &world->error));
	OK(world, store_commit(world->store, &world->error));
}

static void refused(struct world *world, const char *suffix, const char *sql, const char *why)
{
	const char *message = world_sql(world, suffix, sql);

	if (message == NULL || strstr(message, why) == NULL)
		fail_msg("%s: '%s' does not say '%s'", sql, message != NULL ? message : "allowed",
			 why);
}

static void property_14_journals_refuse_change(void **state)
{
	static const struct {
		const char *table, *column;
	} journals[] = {
		{ "payment", "cents = 1" },         { "payment_status", "at = 1" },
		{ "movement", "cents = 1" },        { "purchase", "periods = 9" },
		{ "opening", "paid_until_at = 1" }, { "password", "password = 'x'" },
		{ "pause", "paused = 0" },          { "event", "because = 'x'" },
	};
	struct world *world = *state;
	char sql[200];

	fill(world);
	for (size_t i = 0; i < sizeof(journals) / sizeof(journals[0]); i++) {
		(void)snprintf(sql, sizeof(sql), "UPDATE %s SET %s", journals[i].table,
			       journals[i].column);
		refused(world, "db", sql, "journal:");
		(void)snprintf(sql, sizeof(sql), "DELETE FROM %s", journals[i].table);
		refused(world, "db", sql, "journal:");
		(void)snprintf(sql, sizeof(sql),
			       "PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO %s"
			       " SELECT * FROM %s LIMIT 1",
			       journals[i].table, journals[i].table);
		refused(world, "db", sql, "");
	}
	assert_string_equal(world_verify(world, world->store), "");
}

static void property_14_the_inbox_refuses_change(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct inbox_line line = { .channel = TEXT("main"), .received_at = NOW };

	OK(world, inbox_append(webhook, &line, 1, &world->error));
	refused(world, "inbox.db", "UPDATE line SET body = x'00'", "journal:");
	refused(world, "inbox.db", "DELETE FROM line", "journal:");
	store_close(webhook);
}

static void property_10_money_cannot_be_made(void **state)
{
	struct world *world = *state;

	fill(world);
	/* Not an integer, not positive, to nowhere, to the same account, out of an empty purse. */
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'bought', 'credit:a', 'revenue',"
		" 1.5, NULL, 1)",
		"cannot store REAL");
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'bought', 'credit:a', 'revenue',"
		" -5, NULL, 1)",
		"CHECK");
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'bought', 'credit:a', 'elsewhere',"
		" 5, NULL, 1)",
		"CHECK");
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'opened', 'opening', 'opening',"
		" 5, NULL, 1)",
		"CHECK");
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'bought', 'credit:a', 'revenue',"
		" 999999, NULL, 1)",
		"more than it has");
	/* The money of one payment twice. */
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'credited', 'in:main', 'credit:b',"
		" 5000, 1, 1)",
		"UNIQUE");
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'parked', 'in:main', 'unmatched',"
		" 5000, 1, 1)",
		"UNIQUE");
	refused(world, "db",
		"PRAGMA foreign_keys = ON; INSERT INTO movement VALUES (9, 'credited',"
		" 'in:main', 'credit:b', 5000, 77, 1)",
		"FOREIGN KEY");
	struct payment parked = world_payment("J2", 5000);
	assert_true(world_book(world, &parked, NULL));
	refused(world, "db",
		"INSERT INTO movement VALUES (9, 'assigned', 'unmatched', 'credit:b',"
		" 5000, 1, 1)",
		"UNIQUE");
	/* A status that cannot follow. */
	refused(world, "db",
		"INSERT INTO payment_status VALUES (9, 1, 'unmatched', '', '', '', '',"
		" 1)",
		"cannot take that status");
	refused(world, "db", "UPDATE cursor SET inbox_id = -1", "");
	assert_string_equal(world_verify(world, world->store), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(property_14_journals_refuse_change),
		TEST(property_14_the_inbox_refuses_change),
		TEST(property_10_money_cannot_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
