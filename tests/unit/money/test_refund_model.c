/*
 * Refunds in any order, by chance: money in any amounts, prices that change, service that runs out
 * in between. After every step the books are in order, nothing is owed but what was owed before
 * wavu, and what is paid for equals the money that stayed. Property 10.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "town.h"

#include "base/clock.h"
#include "money/booking_refund.h"
#include "state/ledger.h"

#define ROUTER                                                                     \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"                                   \
	"pppoe: {local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24]}\n"
#define JANE "kind: Subscriber\nname: KN-0042\npackage: thirty\nrouter: r1\nusername: jane\n"
#define SEEDS 8
#define STEPS 40
#define PAYMENTS_MAX STEPS

struct run {
	struct town town;
	uint64_t random, seed;
	int64_t now;
	int64_t opened_cents;
	struct text receipts[PAYMENTS_MAX]; /* not refunded yet */
	int64_t cents[PAYMENTS_MAX];
	uint32_t count;
	struct error why;
};

static uint64_t draw(struct run *run, uint64_t below)
{
	run->random ^= run->random >> 12;
	run->random ^= run->random << 25;
	run->random ^= run->random >> 27;
	return ((run->random * UINT64_C(2685821657736338717)) >> 33) % below;
}

static void must(struct run *run, bool ok)
{
	if (!ok)
		fail_msg("seed %llu: %s", (unsigned long long)run->seed, run->why.text);
}

static void set_price(struct run *run, const char *price)
{
	struct text package = text_format(&run->town.arena,
					  ROUTER "---\nkind: Package\nname: thirty\n"
						 "service: pppoe\nprice: %s\nperiod: 30d\n"
						 "speed: {down: 10M, up: 5M}\n",
					  price);

	town_commit(&run->town, town_join(&run->town, town_basics, package.at, JANE), 0);
}

static struct standing standing_of(struct run *run)
{
	struct standing standing;

	must(run, ledger_standing(&standing, run->town.seat.store, TEXT("kn0042"),
				  &run->town.arena, &run->why));
	return standing;
}

static void check(struct run *run)
{
	int64_t paid_cents = run->opened_cents, spent_cents = 0;
	struct standing standing = standing_of(run);
	struct purchase_left *purchases;
	struct text *problems;
	uint32_t count;

	must(run, ledger_purchases(&purchases, &count, run->town.seat.store, TEXT("kn0042"),
				   &run->town.arena, &run->why));
	for (uint32_t i = 0; i < count; i++)
		spent_cents += purchases[i].cents;
	for (uint32_t i = 0; i < run->count; i++)
		paid_cents += run->cents[i];
	if (standing.balance_cents + spent_cents != paid_cents)
		fail_msg("seed %llu: balance %lld and bought %lld of %lld",
			 (unsigned long long)run->seed, (long long)standing.balance_cents,
			 (long long)spent_cents, (long long)paid_cents);
	assert_true(standing.balance_cents >= (run->opened_cents < 0 ? run->opened_cents : 0));
	assert_int_equal(count > 0, standing.paid_until_at != 0);
	must(run, store_verify(&problems, &count, run->town.seat.store, &run->town.arena,
			       &run->why));
	if (count > 0)
		fail_msg("seed %llu: %.*s", (unsigned long long)run->seed, TEXT_ARG(problems[0]));
}

static void pay(struct run *run)
{
	static const int64_t amounts[] = { 100, 100000, 150000, 250000, 260000, 500000, 760050 };
	struct seat *seat = &run->town.seat;
	struct intent *intent = seat_intent(seat);
	int64_t cents = amounts[draw(run, ARRAY_COUNT(amounts))];
	struct booked booked;

	must(run, store_begin(seat->store, &run->why) &&
		      booking_cash(&booked, seat, intent, TEXT("KN-0042"),
				   text_of_cents(&run->town.arena, cents), TEXT("cash"), TEXT("op"),
				   run->now, &run->town.arena, &run->why) &&
		      store_commit(seat->store, &run->why));
	intent_release(intent);
	run->receipts[run->count] = text_copy(&run->town.arena, booked.payment.receipt);
	run->cents[run->count++] = cents;
}

static void refund(struct run *run)
{
	struct seat *seat = &run->town.seat;
	struct intent *intent = seat_intent(seat);
	uint32_t index = (uint32_t)draw(run, run->count);
	struct standing before = standing_of(run);
	struct refunded refunded;

	must(run, store_begin(seat->store, &run->why) &&
		      booking_refund(&refunded, seat, intent, run->receipts[index], TEXT("back"),
				     TEXT("op"), run->now, &run->town.arena, &run->why) &&
		      store_commit(seat->store, &run->why));
	intent_release(intent);
	run->count--;
	run->receipts[index] = run->receipts[run->count];
	run->cents[index] = run->cents[run->count];
	/* Time is never won by it, unless what is credit again buys anew from now on. */
	if (refunded.booked.periods == 0)
		assert_true(standing_of(run).paid_until_at <= before.paid_until_at);
}

static void renew(struct run *run)
{
	struct seat *seat = &run->town.seat;
	struct intent *intent = seat_intent(seat);
	uint32_t periods;

	must(run, store_begin(seat->store, &run->why) &&
		      booking_renew(&periods, seat, intent,
				    intent_subscriber(intent, TEXT("kn0042")), run->now,
				    &run->town.arena, &run->why) &&
		      store_commit(seat->store, &run->why));
	intent_release(intent);
}

static void step(struct run *run)
{
	static const char *const prices[] = { "2500", "4000", "1200", "999.50" };

	run->now += (int64_t)draw(run, 20) * DAY_US;
	switch (draw(run, 8)) {
	case 0:
	case 1:
	case 2:
	case 3:
		pay(run);
		break;
	case 4:
	case 5:
		if (run->count > 0)
			refund(run);
		break;
	case 6:
		set_price(run, prices[draw(run, ARRAY_COUNT(prices))]);
		break;
	default:
		renew(run);
	}
	check(run);
}

static void open_account(struct run *run)
{
	static const int64_t opened[] = { 0, -100000, -990000, 300000, 50 };
	bool booked;

	run->opened_cents = opened[draw(run, ARRAY_COUNT(opened))];
	must(run, store_begin(run->town.seat.store, &run->why) &&
		      ledger_open(&booked, run->town.seat.store, TEXT("kn0042"), TEXT("KN-0042"),
				  &(struct opened){ .balance_cents = run->opened_cents }, run->now,
				  &run->why) &&
		      store_commit(run->town.seat.store, &run->why));
}

static void property_10_refunds_in_any_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct run run = { .seed = seed,
				   .random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };

		town_open(&run.town, 1);
		set_price(&run, "2500");
		run.now = clock_now();
		open_account(&run);
		for (uint32_t i = 0; i < STEPS; i++)
			step(&run);
		while (run.count > 0) {
			run.now += DAY_US;
			refund(&run);
			check(&run);
		}
		/* Everything went back: what was there before is there. */
		if (run.opened_cents <= 0)
			assert_int_equal(standing_of(&run).balance_cents, run.opened_cents);
		town_close(&run.town);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_10_refunds_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
