/* Money given back outside wavu: what it bought is taken back, and nothing else. Property 13. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "books.h"

#include "base/clock.h"
#include "money/booking_refund.h"
#include "state/ledger.h"

#define DAY INT64_C(86400000000)
#define ROUTER                                                                     \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"                                   \
	"pppoe: {local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24]}\n"
/* Thirty days, so that a test can count them. */
#define PACKAGE                                                                          \
	"---\nkind: Package\nname: thirty\nservice: pppoe\nprice: 2500\nperiod: 30d\n" \
	"speed: {down: 10M, up: 5M}\n"
#define JANE "kind: Subscriber\nname: KN-0042\npackage: thirty\nrouter: r1\nusername: jane\n"

struct shop {
	struct town town;
	int64_t start_at;
	struct refunded refunded;
	struct error why;
};

static void shop_open(struct shop *shop, const char *person)
{
	memset(shop, 0, sizeof(*shop));
	town_open(&shop->town, 1);
	town_commit(&shop->town, town_join(&shop->town, town_basics, ROUTER PACKAGE, person), 0);
	shop->start_at = clock_now();
}

static void shop_close(struct shop *shop)
{
	town_end(&shop->town);
}

static void done(struct shop *shop, bool ok)
{
	if (!ok || !store_commit(shop->town.seat.store, &shop->why))
		fail_msg("%s", shop->why.text);
}

/* Cash on that day; its receipt. */
static struct text pay(struct shop *shop, int64_t day, const char *amount)
{
	struct seat *seat = &shop->town.seat;
	struct intent *intent = seat_intent(seat);
	struct booked booked;

	done(shop, store_begin(seat->store, &shop->why) &&
		       booking_cash(&booked, seat, intent, TEXT("KN-0042"), text_of(amount),
				    TEXT("cash"), TEXT("op"), shop->start_at + day * DAY,
				    &shop->town.arena, &shop->why));
	intent_release(intent);
	return booked.payment.receipt;
}

static bool try_refund(struct shop *shop, int64_t day, struct text receipt, const char *reason)
{
	struct seat *seat = &shop->town.seat;
	struct intent *intent = seat_intent(seat);
	bool ok;

	shop->why = (struct error){ 0 };
	if (!store_begin(seat->store, &shop->why))
		fail_msg("%s", shop->why.text);
	ok = booking_refund(&shop->refunded, seat, intent, receipt, text_of(reason), TEXT("op"),
			    shop->start_at + day * DAY, &shop->town.arena, &shop->why);
	if (ok)
		ok = store_commit(seat->store, &shop->why);
	else
		store_abort(seat->store);
	intent_release(intent);
	return ok;
}

static void refund(struct shop *shop, int64_t day, struct text receipt)
{
	if (!try_refund(shop, day, receipt, "given back in cash"))
		fail_msg("%s", shop->why.text);
	assert_int_equal(town_payment(&shop->town, text_copy(&shop->town.arena, receipt).at).status,
			 PAYMENT_REVERSED);
}

/* Where he stands: the days that are paid, from the start on, and what is left. */
static void stands(struct shop *shop, int64_t days, int64_t cents)
{
	struct standing standing;

	if (!ledger_standing(&standing, shop->town.seat.store, TEXT("kn0042"), &shop->town.arena,
			     &shop->why))
		fail_msg("%s", shop->why.text);
	assert_int_equal(standing.paid_until_at, days == 0 ? 0 : shop->start_at + days * DAY);
	assert_int_equal(standing.balance_cents, cents);
}

static void property_13_what_it_bought_is_taken_back(void **state)
{
	struct shop shop;
	struct text receipt;
	uint32_t marks;

	(void)state;
	shop_open(&shop, JANE);
	receipt = pay(&shop, 0, "2600");
	stands(&shop, 30, 10000);
	marks = town_marks(&shop.town);
	refund(&shop, 12, receipt);
	stands(&shop, 0, 0);
	assert_int_equal(shop.refunded.taken_periods, 1);
	assert_non_null(shop.refunded.booked.subscriber);
	assert_int_equal(town_marks(&shop.town), marks + 1);
	/* He pays again, and begins anew. */
	(void)pay(&shop, 13, "2500");
	stands(&shop, 43, 0);
	shop_close(&shop);
}

static void the_end_gives_way_where_others_came_behind(void **state)
{
	struct text first, second;
	struct shop shop;

	(void)state;
	shop_open(&shop, JANE);
	first = pay(&shop, 0, "5000");
	second = pay(&shop, 1, "7500");
	stands(&shop, 150, 0);
	refund(&shop, 2, first);
	stands(&shop, 90, 0);
	assert_int_equal(shop.refunded.taken_periods, 2);
	/* The other one is whole all the same. */
	refund(&shop, 3, second);
	stands(&shop, 0, 0);
	assert_int_equal(shop.refunded.taken_periods, 3);
	shop_close(&shop);
}

static void what_is_over_shortens_nothing_that_others_paid(void **state)
{
	struct text first;
	struct shop shop;

	(void)state;
	shop_open(&shop, JANE);
	first = pay(&shop, 0, "2500");
	(void)pay(&shop, 10, "2500");
	stands(&shop, 60, 0);
	refund(&shop, 40, first);
	stands(&shop, 60, 0);
	assert_int_equal(shop.refunded.taken_periods, 1);
	shop_close(&shop);
}

static void what_others_paid_of_a_period_is_credit_again(void **state)
{
	struct text small;
	struct shop shop;

	(void)state;
	shop_open(&shop, JANE);
	small = pay(&shop, 0, "1000");
	(void)pay(&shop, 1, "1500");
	stands(&shop, 31, 0);
	refund(&shop, 2, small);
	stands(&shop, 0, 150000);
	/* Change that lies there unspent costs no time. */
	small = pay(&shop, 3, "1100");
	stands(&shop, 33, 10000);
	(void)pay(&shop, 4, "100");
	refund(&shop, 5, small);
	stands(&shop, 0, 160000);
	shop_close(&shop);
}

static void change_that_helped_later_is_found(void **state)
{
	struct text first;
	struct shop shop;

	(void)state;
	shop_open(&shop, JANE);
	first = pay(&shop, 0, "3000");
	(void)pay(&shop, 1, "2000");
	stands(&shop, 60, 0);
	refund(&shop, 2, first);
	stands(&shop, 0, 200000);
	assert_int_equal(shop.refunded.taken_periods, 2);
	shop_close(&shop);
}

static void a_debt_from_before_comes_back(void **state)
{
	struct text first;
	struct shop shop;
	bool booked;

	(void)state;
	shop_open(&shop, JANE);
	done(&shop, store_begin(shop.town.seat.store, &shop.why) &&
			ledger_open(&booked, shop.town.seat.store, TEXT("kn0042"), TEXT("KN-0042"),
				    &(struct opened){ .balance_cents = -100000 }, shop.start_at,
				    &shop.why));
	first = pay(&shop, 0, "3500");
	(void)pay(&shop, 1, "2500");
	stands(&shop, 60, 0);
	refund(&shop, 2, first);
	stands(&shop, 30, -100000);
	assert_int_equal(shop.refunded.balance_cents, -100000);
	shop_close(&shop);
}

static void what_was_opened_stays(void **state)
{
	struct shop shop;
	struct standing before, after;
	struct text receipt;

	(void)state;
	shop_open(&shop, JANE "opening: {paid_until: 2060-01-01, balance: 0}\n");
	assert_true(ledger_standing(&before, shop.town.seat.store, TEXT("kn0042"),
				    &shop.town.arena, &shop.why));
	receipt = pay(&shop, 0, "100");
	refund(&shop, 1, receipt);
	assert_true(ledger_standing(&after, shop.town.seat.store, TEXT("kn0042"), &shop.town.arena,
				    &shop.why));
	assert_int_equal(before.paid_until_at, after.paid_until_at);
	assert_int_equal(after.balance_cents, 0);
	shop_close(&shop);
}

static void property_13_twice_unknown_and_without_a_reason(void **state)
{
	struct text receipt;
	struct shop shop;

	(void)state;
	shop_open(&shop, JANE);
	receipt = pay(&shop, 0, "2500");
	assert_false(try_refund(&shop, 1, receipt, " "));
	assert_int_equal(shop.why.code, ERROR_INVALID);
	assert_false(try_refund(&shop, 1, TEXT("NOSUCHONE1"), "x"));
	assert_int_equal(shop.why.code, ERROR_FAILED);
	stands(&shop, 30, 0);
	refund(&shop, 1, receipt);
	assert_false(try_refund(&shop, 1, receipt, "again"));
	assert_int_equal(shop.why.code, ERROR_REFUSED);
	assert_non_null(strstr(shop.why.text, "given back in cash"));
	stands(&shop, 0, 0);
	shop_close(&shop);
}

/* Property 13: whatever the provider says of it afterwards, it is not credited again. */
static void property_13_a_late_duplicate_credits_nothing(void **state)
{
	static const char *const receipts[] = { "QGH7000001", "QGH7000002", "QGH7000003" };
	struct shop shop;

	(void)state;
	shop_open(&shop, JANE);
	town_pay(&shop.town, receipts[0], "2500", "KN-0042");
	town_pay(&shop.town, receipts[1], "2500", "nobody");
	town_pay(&shop.town, receipts[2], "1e3", "KN-0042");
	town_tell(&shop.town);
	for (int i = 0; i < 3; i++)
		refund(&shop, 1, text_of(receipts[i]));
	stands(&shop, 0, 0);
	for (int i = 0; i < 3; i++)
		town_pay(&shop.town, receipts[i], i == 2 ? "1e3" : "2500", "KN-0042");
	town_tell(&shop.town);
	for (int i = 0; i < 3; i++)
		assert_int_equal(town_payment(&shop.town, receipts[i]).status, PAYMENT_REVERSED);
	stands(&shop, 0, 0);
	shop_close(&shop);
}

static void history_tells_it(void **state)
{
	static const char *const whats[] = { "refund", "taken back", "purchase", "payment" };
	struct ledger_line *lines;
	struct text receipt;
	struct shop shop;
	uint32_t count;

	(void)state;
	shop_open(&shop, JANE);
	receipt = pay(&shop, 0, "2500");
	refund(&shop, 1, receipt);
	assert_true(ledger_history(&lines, &count, shop.town.seat.store, TEXT("kn0042"), 10,
				   &shop.town.arena, &shop.why));
	assert_int_equal(count, 4);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(text_is(lines[i].what, whats[i]));
		assert_true(text_equal(lines[i].receipt, receipt));
		assert_int_equal(lines[i].cents, 250000);
	}
	shop_close(&shop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_13_what_it_bought_is_taken_back),
		cmocka_unit_test(the_end_gives_way_where_others_came_behind),
		cmocka_unit_test(what_is_over_shortens_nothing_that_others_paid),
		cmocka_unit_test(what_others_paid_of_a_period_is_credit_again),
		cmocka_unit_test(change_that_helped_later_is_found),
		cmocka_unit_test(a_debt_from_before_comes_back),
		cmocka_unit_test(what_was_opened_stays),
		cmocka_unit_test(property_13_twice_unknown_and_without_a_reason),
		cmocka_unit_test(property_13_a_late_duplicate_credits_nothing),
		cmocka_unit_test(history_tells_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
