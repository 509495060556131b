#include "world.h"

#include <string.h>

#include "base/clock.h"

#define MONTH (30 * DAY_US)

static struct standing standing_of(struct world *world, const char *reference)
{
	struct standing standing;

	OK(world, ledger_standing(&standing, world->store, text_of(reference), &world->arena,
				  &world->error));
	return standing;
}

static struct payment payment_of(struct world *world, const char *receipt)
{
	struct payment payment;
	bool found;

	OK(world, ledger_payment(&found, &payment, world->store, text_of(receipt), &world->arena,
				 &world->error));
	assert_true(found);
	return payment;
}

static struct ledger_totals totals_of(struct world *world)
{
	struct ledger_totals totals;

	OK(world, ledger_totals(&totals, world->store, NOW, &world->error));
	return totals;
}

static void buy(struct world *world, int64_t payment_id, uint32_t periods, int64_t cents,
		int64_t from_at)
{
	struct purchase purchase = {
		.payment_id = payment_id,
		.periods = periods,
		.cents = cents,
		.service_from_at = from_at,
		.paid_from_at = from_at,
		.paid_until_at = from_at + periods * MONTH,
		.anchor_day = 14,
		.package = TEXT("home-10"),
	};

	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_buy(world->store, TEXT("kn0042"), &purchase, from_at, &world->error));
	OK(world, store_commit(world->store, &world->error));
}

static void property_10_booking_credits_once(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("QGH7AB12CD", 250000), again;
	struct standing standing;

	assert_true(world_book(world, &payment, "kn0042"));
	assert_true(payment.id > 0);
	/* The same receipt, written differently, on another channel, for somebody else. */
	again = world_payment("  qgh7ab12cd ", 250000);
	again.channel = TEXT("other");
	assert_false(world_book(world, &again, "kn0099"));
	standing = standing_of(world, "kn0042");
	assert_true(standing.known);
	assert_int_equal(standing.balance_cents, 250000);
	assert_true(text_is(standing.last_receipt, "QGH7AB12CD"));
	assert_int_equal(standing.last_amount_cents, 250000);
	assert_int_equal(standing.last_paid_at, payment.at);
	assert_int_equal(standing.changed_at, NOW);
	assert_int_equal(standing.paid_until_at, 0);
	assert_false(standing_of(world, "kn0099").known);
	assert_int_equal(payment_of(world, " qgh7AB12cd").id, payment.id);
	assert_true(text_is(payment_of(world, "QGH7AB12CD").account, "kn0042"));
	assert_int_equal(totals_of(world).today_count, 1);
	assert_int_equal(totals_of(world).today_cents, 250000);
	assert_int_equal(totals_of(world).newest_fact_at, NOW);
	assert_string_equal(world_verify(world, world->store), "");
}

/* Neither a day nor a year is long enough for a receipt to count again. */
static void property_31_a_receipt_is_known_for_ever(void **state)
{
	static const int64_t later[] = { 1, DAY_US, 31 * DAY_US, 5 * 366 * DAY_US };
	struct world *world = *state;
	struct payment payment = world_payment("QGH7AB12CD", 250000);

	assert_true(world_book(world, &payment, "kn0042"));
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		struct payment again = world_payment("QGH7AB12CD", 250000);

		again.at = again.received_at = again.booked_at = NOW + later[i];
		assert_false(world_book(world, &again, "kn0042"));
	}
	assert_int_equal(standing_of(world, "kn0042").balance_cents, 250000);
}

static void a_day_counts_what_was_booked_in_it(void **state)
{
	struct world *world = *state;
	struct payment before = world_payment("A", 100), after = world_payment("B", 200);

	before.booked_at = NOW - 1;
	assert_true(world_book(world, &before, "x"));
	assert_true(world_book(world, &after, "x"));
	assert_int_equal(totals_of(world).today_count, 1);
	assert_int_equal(totals_of(world).today_cents, 200);
}

static void unmatched_money_is_assigned_once(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("U1", 100000), found;

	assert_true(world_book(world, &payment, NULL));
	assert_int_equal(totals_of(world).unmatched_count, 1);
	assert_int_equal(totals_of(world).today_count, 0);
	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_assign(world->store, payment.id, TEXT("kn0042"), TEXT("KN-0042"),
				TEXT("asha"), NOW + 5, &world->error));
	/* A second time is refused, and does not spoil the transaction. */
	assert_false(ledger_assign(world->store, payment.id, TEXT("kn0099"), TEXT("KN-0099"),
				   TEXT("asha"), NOW + 6, &world->error));
	assert_int_equal(world->error.code, ERROR_CONFLICT);
	assert_non_null(strstr(world->error.text, "KN-0042"));
	OK(world, store_commit(world->store, &world->error));
	found = payment_of(world, "u1");
	assert_int_equal(found.status, PAYMENT_CREDITED);
	assert_true(text_is(found.account, "KN-0042"));
	assert_true(text_is(found.actor, "asha"));
	assert_int_equal(standing_of(world, "kn0042").balance_cents, 100000);
	assert_false(standing_of(world, "kn0099").known);
	assert_int_equal(totals_of(world).unmatched_count, 0);
	assert_int_equal(totals_of(world).newest_fact_at, NOW + 5);
	assert_string_equal(world_verify(world, world->store), "");
}

static void book_held(struct world *world, struct payment *payment)
{
	bool known;

	payment->status = PAYMENT_HELD;
	OK(world, store_begin(world->store, &world->error));
	OK(world,
	   ledger_book(&known, world->store, payment, TEXT_NONE, &world->arena, &world->error));
	OK(world, store_commit(world->store, &world->error));
	assert_false(known);
}

static void held_money_moves_nothing_until_released(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("H1", 7000);

	payment.reason = TEXT("source 1.2.3.4 is not allowed");
	book_held(world, &payment);
	assert_int_equal(totals_of(world).held_count, 1);
	assert_true(text_is(payment_of(world, "h1").reason, "source 1.2.3.4 is not allowed"));
	assert_string_equal(world_verify(world, world->store), "");
	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_assign(world->store, payment.id, TEXT("kn0042"), TEXT("KN-0042"),
				TEXT("asha"), NOW + 5, &world->error));
	OK(world, store_commit(world->store, &world->error));
	assert_int_equal(standing_of(world, "kn0042").balance_cents, 7000);
	assert_string_equal(world_verify(world, world->store), "");
}

static void what_has_no_receipt_is_numbered(void **state)
{
	struct world *world = *state;
	struct payment clever = world_payment("held-2", 5), other = world_payment("", 0),
		       conflict = world_payment(NULL, 9900);

	assert_true(world_book(world, &clever, NULL)); /* a payer's text that looks like ours */
	other.has_amount = false;
	other.reason = TEXT("the amount reads 1e3");
	book_held(world, &other);
	assert_true(text_is(other.receipt, "held-3"));
	assert_false(payment_of(world, "HELD-3").has_amount);
	/* A known receipt with another amount. */
	book_held(world, &conflict);
	assert_true(text_starts(conflict.receipt, TEXT("held-")));
	assert_false(text_equal(conflict.receipt, other.receipt));
	assert_int_equal(payment_of(world, "held-2").id, clever.id);
	/* None can be credited by assigning: there is nothing it could be checked against. */
	OK(world, store_begin(world->store, &world->error));
	assert_false(ledger_assign(world->store, other.id, TEXT("a"), TEXT("A"), TEXT("asha"), NOW,
				   &world->error));
	assert_int_equal(world->error.code, ERROR_INVALID);
	assert_false(ledger_assign(world->store, conflict.id, TEXT("a"), TEXT("A"), TEXT("asha"),
				   NOW, &world->error));
	assert_int_equal(world->error.code, ERROR_INVALID);
	assert_false(ledger_assign(world->store, 999, TEXT("a"), TEXT("A"), TEXT("asha"), NOW,
				   &world->error));
	assert_int_equal(world->error.code, ERROR_INVALID);
	OK(world, store_commit(world->store, &world->error));
	assert_int_equal(totals_of(world).held_count, 2);
	assert_false(standing_of(world, "a").known);
	assert_string_equal(world_verify(world, world->store), "");
}

static void cash_is_money_too(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("", 50000);

	payment.channel = TEXT("cash");
	payment.provider = TEXT("cash");
	payment.actor = TEXT("asha");
	payment.reason = TEXT("paid at the counter");
	assert_true(world_book(world, &payment, "kn0042"));
	assert_true(text_is(payment.receipt, "cash-1"));
	assert_true(text_is(payment_of(world, "CASH-1").reason, "paid at the counter"));
	assert_int_equal(standing_of(world, "kn0042").balance_cents, 50000);
	assert_string_equal(world_verify(world, world->store), "");
}

static void buying_spends_credit(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("B1", 600000);
	struct purchase too_much = { .periods = 1,
				     .cents = 100001,
				     .service_from_at = NOW,
				     .paid_from_at = NOW,
				     .paid_until_at = NOW + MONTH };
	struct standing standing;

	assert_true(world_book(world, &payment, "kn0042"));
	buy(world, payment.id, 2, 500000, NOW);
	standing = standing_of(world, "kn0042");
	assert_int_equal(standing.balance_cents, 100000);
	assert_int_equal(standing.service_from_at, NOW);
	assert_int_equal(standing.paid_until_at, NOW + 2 * MONTH);
	assert_int_equal(standing.anchor_day, 14);
	assert_string_equal(world_verify(world, world->store), "");
	OK(world, store_begin(world->store, &world->error));
	assert_false(ledger_buy(world->store, TEXT("kn0042"), &too_much, NOW, &world->error));
	assert_int_equal(world->error.code, ERROR_CONFLICT);
	OK(world, store_commit(world->store, &world->error));
	assert_int_equal(standing_of(world, "kn0042").paid_until_at, NOW + 2 * MONTH);
	/* What is left buys later, without a payment of its own. */
	buy(world, 0, 1, 100000, NOW + 3 * MONTH);
	assert_int_equal(standing_of(world, "kn0042").balance_cents, 0);
	assert_int_equal(standing_of(world, "kn0042").service_from_at, NOW + 3 * MONTH);
	assert_string_equal(world_verify(world, world->store), "");
}

static bool open_as(struct world *world, const struct opened *opened, int64_t now)
{
	bool booked;

	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_open(&booked, world->store, TEXT("kn0042"), TEXT("KN-0042"), opened, now,
			      &world->error));
	OK(world, store_commit(world->store, &world->error));
	return booked;
}

static bool open_account(struct world *world, int64_t paid_until_at, int64_t cents, int64_t now)
{
	const struct opened opened = { .paid_until_at = paid_until_at, .balance_cents = cents };

	return open_as(world, &opened, now);
}

static void an_opening_is_booked_once(void **state)
{
	struct world *world = *state;
	struct standing standing;

	assert_true(open_account(world, NOW + MONTH, 1500, NOW));
	assert_false(open_account(world, NOW + 9 * MONTH, 99999, NOW + 1));
	standing = standing_of(world, "kn0042");
	assert_true(standing.known);
	assert_true(standing.opening_booked);
	assert_int_equal(standing.balance_cents, 1500);
	assert_int_equal(standing.paid_until_at, NOW + MONTH);
	assert_int_equal(standing.service_from_at, NOW);
	assert_string_equal(world_verify(world, world->store), "");
}

/* The first day of service is declared: what was opened does not run before it. */
static void an_opening_waits_for_the_first_day(void **state)
{
	struct world *world = *state;
	const struct opened opened = { .start_at = NOW + 9 * DAY_US, .paid_until_at = NOW + MONTH };

	assert_true(open_as(world, &opened, NOW));
	assert_int_equal(standing_of(world, "kn0042").service_from_at, NOW + 9 * DAY_US);
	assert_int_equal(standing_of(world, "kn0042").paid_until_at, NOW + MONTH);
	assert_string_equal(world_verify(world, world->store), "");
}

/* Who is served already is not cut by a first day that is declared with his opening. */
static void an_opening_cuts_nobody(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("B1", 500000);
	const struct opened opened = { .start_at = NOW + 9 * DAY_US,
				       .paid_until_at = NOW + 5 * MONTH };

	assert_true(world_book(world, &payment, "kn0042"));
	buy(world, payment.id, 1, 250000, NOW);
	assert_true(open_as(world, &opened, NOW + 10));
	assert_int_equal(standing_of(world, "kn0042").service_from_at, NOW + 10);
	assert_int_equal(standing_of(world, "kn0042").paid_until_at, NOW + 5 * MONTH);
	assert_string_equal(world_verify(world, world->store), "");
}

static void an_opening_never_shortens(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("B1", 500000);

	assert_true(world_book(world, &payment, "kn0042"));
	buy(world, payment.id, 2, 500000, NOW);
	assert_true(open_account(world, NOW + MONTH, 0, NOW + 10));
	assert_int_equal(standing_of(world, "kn0042").paid_until_at, NOW + 2 * MONTH);
	assert_int_equal(standing_of(world, "kn0042").anchor_day, 14);
	assert_string_equal(world_verify(world, world->store), "");
}

static void an_opening_may_lengthen(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("B1", 500000);

	assert_true(world_book(world, &payment, "kn0042"));
	buy(world, payment.id, 1, 250000, NOW);
	assert_true(open_account(world, NOW + 5 * MONTH, 0, NOW + 10));
	assert_int_equal(standing_of(world, "kn0042").paid_until_at, NOW + 5 * MONTH);
	assert_string_equal(world_verify(world, world->store), "");
	buy(world, 0, 1, 250000, NOW + 5 * MONTH);
	assert_int_equal(standing_of(world, "kn0042").paid_until_at, NOW + 6 * MONTH);
	assert_string_equal(world_verify(world, world->store), "");
}

static void an_opening_may_leave_a_debt(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("D1", 5000);

	assert_true(open_account(world, 0, -3000, NOW));
	assert_int_equal(standing_of(world, "kn0042").balance_cents, -3000);
	assert_int_equal(standing_of(world, "kn0042").service_from_at, 0);
	assert_true(world_book(world, &payment, "kn0042"));
	assert_int_equal(standing_of(world, "kn0042").balance_cents, 2000);
	assert_string_equal(world_verify(world, world->store), "");
}

static void the_first_password_stays(void **state)
{
	struct world *world = *state;
	struct text password;

	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_password(&password, world->store, TEXT("kn0042"), TEXT("first"),
				  &world->arena, &world->error));
	assert_true(text_is(password, "first"));
	OK(world, ledger_password(&password, world->store, TEXT("kn0042"), TEXT("second"),
				  &world->arena, &world->error));
	assert_true(text_is(password, "first"));
	OK(world, store_commit(world->store, &world->error));
	assert_true(text_is(standing_of(world, "kn0042").password, "first"));
	/* A password is no fact about money. */
	assert_false(standing_of(world, "kn0042").known);
	assert_string_equal(world_verify(world, world->store), "");
}

static void a_pause_is_remembered(void **state)
{
	struct world *world = *state;

	for (int paused = 1; paused >= 0; paused--) {
		OK(world, store_begin(world->store, &world->error));
		OK(world, ledger_pause(world->store, TEXT("kn0042"), paused, TEXT("asha"),
				       NOW - paused, &world->error));
		OK(world, store_commit(world->store, &world->error));
		assert_int_equal(standing_of(world, "kn0042").paused, paused);
		assert_string_equal(world_verify(world, world->store), "");
	}
}

static void lists_are_newest_first(void **state)
{
	struct world *world = *state;
	struct payment *payments, payment;
	struct standing *standings;
	uint32_t count;

	for (char letter = 'a'; letter <= 'z'; letter++) {
		char receipt[2] = { letter, '\0' };
		payment = world_payment(receipt, letter);
		assert_true(world_book(world, &payment,
				       letter < 'y' ? (letter % 2 ? "odd" : "even") : NULL));
	}
	OK(world,
	   ledger_payments(&payments, &count, world->store, -1, 50, &world->arena, &world->error));
	assert_int_equal(count, 26);
	assert_true(text_is(payments[0].receipt, "z"));
	assert_true(text_is(payments[25].receipt, "a"));
	OK(world, ledger_payments(&payments, &count, world->store, PAYMENT_UNMATCHED, 50,
				  &world->arena, &world->error));
	assert_int_equal(count, 2);
	OK(world, ledger_payments(&payments, &count, world->store, PAYMENT_CREDITED, 3,
				  &world->arena, &world->error));
	assert_int_equal(count, 3);
	assert_true(text_is(payments[0].receipt, "x"));
	OK(world, ledger_payments_of(&payments, &count, world->store, TEXT("odd"), 50,
				     &world->arena, &world->error));
	assert_int_equal(count, 12);
	assert_true(text_is(payments[0].receipt, "w"));
	/* Nobody's name is nobody, not all that are nobody's. */
	OK(world, ledger_payments_of(&payments, &count, world->store, TEXT_NONE, 50, &world->arena,
				     &world->error));
	assert_int_equal(count, 0);
	OK(world, ledger_standings(&standings, &count, world->store, &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_true(text_is(standings[0].reference, "even"));
	assert_true(text_is(standings[1].last_receipt, "w"));
}

/* What bought the paid time is told, and not what came last. */
static void what_bought_is_known(void **state)
{
	struct world *world = *state;
	struct payment first = world_payment("B1", 250000), rest = world_payment("B2", 100);
	struct payment second = world_payment("B3", 250000);

	assert_int_equal(standing_of(world, "kn0042").bought_by.size, 0);
	assert_true(world_book(world, &first, "kn0042"));
	assert_int_equal(standing_of(world, "kn0042").bought_by.size, 0);
	buy(world, first.id, 1, 250000, NOW);
	assert_true(text_is(standing_of(world, "kn0042").bought_by, "B1"));
	assert_true(world_book(world, &rest, "kn0042"));
	assert_true(text_is(standing_of(world, "kn0042").last_receipt, "B2"));
	assert_true(text_is(standing_of(world, "kn0042").bought_by, "B1"));
	assert_true(world_book(world, &second, "kn0042"));
	buy(world, second.id, 1, 250000, NOW + MONTH);
	assert_true(text_is(standing_of(world, "kn0042").bought_by, "B3"));
	/* An opening was bought by nobody. */
	assert_true(open_account(world, NOW + 9 * MONTH, 0, NOW));
	assert_int_equal(standing_of(world, "kn0042").bought_by.size, 0);
}

static void history_tells_the_money(void **state)
{
	struct world *world = *state;
	struct payment first = world_payment("P1", 250000), second = world_payment("P2", 1000);
	struct ledger_line *lines;
	uint32_t count;

	assert_true(open_account(world, NOW - 1, 700, NOW - 10));
	assert_true(world_book(world, &first, "kn0042"));
	buy(world, first.id, 1, 250000, NOW);
	assert_true(world_book(world, &second, NULL));
	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_assign(world->store, second.id, TEXT("kn0042"), TEXT("KN-0042"),
				TEXT("asha"), NOW + 5, &world->error));
	OK(world, store_commit(world->store, &world->error));
	OK(world, ledger_history(&lines, &count, world->store, TEXT("kn0042"), 50, &world->arena,
				 &world->error));
	assert_int_equal(count, 4);
	assert_true(text_is(lines[0].what, "assignment"));
	assert_true(text_is(lines[0].receipt, "P2"));
	assert_true(text_starts(lines[0].detail, TEXT("by asha")));
	assert_true(text_is(lines[1].what, "purchase"));
	assert_true(text_is(lines[1].receipt, "P1"));
	assert_int_equal(lines[1].cents, 250000);
	assert_int_equal(lines[1].paid_until_at, NOW + MONTH);
	assert_true(text_is(lines[1].detail, "home-10, 1 period"));
	assert_true(text_is(lines[2].what, "payment"));
	assert_true(text_is(lines[3].what, "opening"));
	assert_int_equal(lines[3].cents, 700);
	OK(world, ledger_history(&lines, &count, world->store, TEXT("kn0042"), 2, &world->arena,
				 &world->error));
	assert_int_equal(count, 2);
}

/* What a payer typed may hold anything; it is kept byte for byte. */
static void odd_bytes_are_kept(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("O1", 100);
	static const char bytes[] = "a\0b'\"; DROP TABLE payment;--\xff\xfe\n";

	payment.reference = (struct text){ bytes, sizeof(bytes) - 1 };
	assert_true(world_book(world, &payment, NULL));
	assert_true(text_equal(payment_of(world, "O1").reference, payment.reference));
	assert_string_equal(world_verify(world, world->store), "");
}

static void nothing_is_half_booked(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("N1", 100);
	bool known, found;

	payment.status = PAYMENT_UNMATCHED;
	OK(world, store_begin(world->store, &world->error));
	OK(world,
	   ledger_book(&known, world->store, &payment, TEXT_NONE, &world->arena, &world->error));
	/* Inside, its own writes are seen; by nobody else until the commit. */
	OK(world, ledger_payment(&found, &payment, world->store, TEXT("N1"), &world->arena,
				 &world->error));
	assert_true(found);
	store_abort(world->store);
	OK(world, ledger_payment(&found, &payment, world->store, TEXT("N1"), &world->arena,
				 &world->error));
	assert_false(found);
	assert_int_equal(totals_of(world).newest_fact_at, 0);
	assert_string_equal(world_verify(world, world->store), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(property_10_booking_credits_once),
		TEST(property_31_a_receipt_is_known_for_ever),
		TEST(a_day_counts_what_was_booked_in_it),
		TEST(unmatched_money_is_assigned_once),
		TEST(held_money_moves_nothing_until_released),
		TEST(what_has_no_receipt_is_numbered),
		TEST(cash_is_money_too),
		TEST(buying_spends_credit),
		TEST(an_opening_is_booked_once),
		TEST(an_opening_waits_for_the_first_day),
		TEST(an_opening_cuts_nobody),
		TEST(an_opening_never_shortens),
		TEST(an_opening_may_lengthen),
		TEST(an_opening_may_leave_a_debt),
		TEST(the_first_password_stays),
		TEST(a_pause_is_remembered),
		TEST(lists_are_newest_first),
		TEST(what_bought_is_known),
		TEST(history_tells_the_money),
		TEST(odd_bytes_are_kept),
		TEST(nothing_is_half_booked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
