#include "world.h"

#include "base/clock.h"
#include "state/takings.h"

/* Money in: what finds a payment, and the sums of a day. */

static struct payments_wanted any(const char *find)
{
	return (struct payments_wanted){ .status = -1, .find = text_of(find), .cents = -1 };
}

static uint32_t found(struct world *world, const struct payments_wanted *wanted, const char *first)
{
	struct payment *payments;
	uint32_t count;

	OK(world, takings_find(&payments, &count, world->store, wanted, 50, &world->arena,
			       &world->error));
	if (first != NULL)
		assert_true(count > 0 && text_is(payments[0].receipt, first));
	return count;
}

static void book(struct world *world, const char *receipt, int64_t cents, const char *typed,
		 const char *reference)
{
	struct payment payment = world_payment(receipt, cents);

	payment.reference = text_of(typed);
	payment.phone = TEXT("254700000042");
	assert_true(world_book(world, &payment, reference));
}

static void a_payment_is_found_by_what_is_known_of_it(void **state)
{
	struct world *world = *state;
	struct payments_wanted wanted;

	book(world, "SKL51ZDR01", 250000, "KN 00-42", "kn0042");
	book(world, "SKL51ZDR02", 5000, "mama jane", NULL);
	wanted = any("");
	assert_int_equal(found(world, &wanted, "SKL51ZDR02"), 2);
	wanted = any(" skl51zdr01 ");
	assert_int_equal(found(world, &wanted, "SKL51ZDR01"), 1);
	wanted = any("zdr02");
	assert_int_equal(found(world, &wanted, "SKL51ZDR02"), 1);
	/* Three letters are in too many receipts to mean one. */
	wanted = any("ZDR");
	assert_int_equal(found(world, &wanted, NULL), 0);
	wanted = any("MAMA-JANE");
	assert_int_equal(found(world, &wanted, "SKL51ZDR02"), 1);
	wanted = any("kn0042");
	assert_int_equal(found(world, &wanted, "SKL51ZDR01"), 1);
	wanted = any("jane");
	wanted.subscriber = TEXT("kn0042");
	assert_int_equal(found(world, &wanted, "SKL51ZDR01"), 1);
	wanted = any("50");
	assert_int_equal(found(world, &wanted, NULL), 0);
	wanted.cents = 5000;
	assert_int_equal(found(world, &wanted, "SKL51ZDR02"), 1);
	wanted = any("0700000042");
	wanted.phone = TEXT("254700000042");
	assert_int_equal(found(world, &wanted, NULL), 2);
	wanted.status = PAYMENT_UNMATCHED;
	assert_int_equal(found(world, &wanted, "SKL51ZDR02"), 1);
	wanted.channel = TEXT("other");
	assert_int_equal(found(world, &wanted, NULL), 0);
}

static void times_bound_what_is_found(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("SKL51ZDR01", 250000);
	struct payments_wanted wanted = any("");

	assert_true(world_book(world, &payment, NULL));
	wanted.since_at = payment.at;
	assert_int_equal(found(world, &wanted, NULL), 1);
	wanted.until_at = payment.at;
	assert_int_equal(found(world, &wanted, NULL), 0);
	wanted.until_at = payment.at + 1;
	assert_int_equal(found(world, &wanted, NULL), 1);
	wanted.since_at = payment.at + 1;
	wanted.until_at = 0;
	assert_int_equal(found(world, &wanted, NULL), 0);
}

static void a_day_is_summed_by_channel_and_hand(void **state)
{
	static const struct {
		const char *receipt, *channel, *actor;
		int64_t cents, days;
		bool matched;
	} rows[] = {
		{ "SKL51ZDR01", "main", "", 250000, 0, true },
		{ "SKL51ZDR02", "main", "", 5000, 0, false },
		{ "CASH-1", "cash", "asha", 10000, 0, true },
		{ "CASH-2", "cash", "ben", 20000, 0, true },
		{ "CASH-3", "cash", "asha", 30000, 0, true },
		{ "SKL51ZDR03", "main", "", 700, -1, true },
	};
	struct world *world = *state;
	struct taking *takings;
	uint32_t count;

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct payment payment = world_payment(rows[i].receipt, rows[i].cents);

		payment.channel = text_of(rows[i].channel);
		if (text_is(payment.channel, "cash"))
			payment.provider = payment.channel;
		payment.actor = text_of(rows[i].actor);
		payment.at += rows[i].days * DAY_US;
		assert_true(world_book(world, &payment, rows[i].matched ? "kn0042" : NULL));
	}
	OK(world, takings_read(&takings, &count, world->store, zone_utc(), 0, 0, &world->arena,
			       &world->error));
	assert_int_equal(count, 4);
	assert_true(text_is(takings[0].channel, "cash") && text_is(takings[0].by, "asha"));
	assert_int_equal(takings[0].credited.count, 2);
	assert_int_equal(takings[0].credited.cents, 40000);
	assert_true(text_is(takings[1].by, "ben") && takings[1].credited.cents == 20000);
	assert_true(text_is(takings[2].channel, "main") && takings[2].by.size == 0);
	assert_int_equal(takings[2].credited.cents, 250000);
	assert_int_equal(takings[2].unmatched.count, 1);
	assert_int_equal(takings[2].unmatched.cents, 5000);
	assert_int_equal(takings[3].credited.cents, 700);
	assert_int_equal(takings[2].day_at - takings[3].day_at, DAY_US);
	OK(world, takings_read(&takings, &count, world->store, zone_utc(), takings[0].day_at, 0,
			       &world->arena, &world->error));
	assert_int_equal(count, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_payment_is_found_by_what_is_known_of_it),
		TEST(times_bound_what_is_found),
		TEST(a_day_is_summed_by_channel_and_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
