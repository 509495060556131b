#include "world.h"

#include <string.h>

static void booking_credits_once(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("QGH7AB12CD", 250000), again, found;
	struct standing standing;
	struct ledger_totals totals;
	bool known;

	assert_true(world_book(world, &payment, "kn0042"));
	assert_true(payment.id > 0);
	again = world_payment("  qgh7ab12cd ", 250000);
	again.channel = TEXT("other");
	assert_false(world_book(world, &again, "kn0042"));
	OK(world,
	   ledger_standing(&standing, world->store, TEXT("kn0042"), &world->arena, &world->error));
	assert_true(standing.known);
	assert_int_equal(standing.balance_cents, 250000);
	assert_true(text_is(standing.last_receipt, "QGH7AB12CD"));
	assert_int_equal(standing.last_amount_cents, 250000);
	assert_int_equal(standing.last_paid_at, payment.at);
	assert_int_equal(standing.changed_at, NOW);
	OK(world, ledger_payment(&known, &found, world->store, TEXT(" qgh7AB12cd"), &world->arena,
				 &world->error));
	assert_true(known);
	assert_int_equal(found.id, payment.id);
	assert_true(text_is(found.account, "kn0042"));
	OK(world, ledger_totals(&totals, world->store, NOW, &world->error));
	assert_int_equal(totals.today_count, 1);
	assert_int_equal(totals.today_cents, 250000);
	assert_int_equal(totals.newest_fact_at, NOW);
	assert_string_equal(world_verify(world, world->store), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(booking_credits_once, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
