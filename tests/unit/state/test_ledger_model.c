/*
 * Random sequences of bookings, assignments, purchases, openings, aborts and restarts against a
 * model of a page. Seeds are fixed; a failure prints its seed, and WAVU_SEED=n runs it alone.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define PEOPLE 5
#define RECEIPTS 40
#define STEPS 160

struct person {
	int64_t balance, paid_until, service_from, last_amount;
	bool known, opened;
};

struct money {
	bool booked, has_receipt;
	enum payment_status status;
	int64_t id, cents;
};

struct model {
	struct person people[PEOPLE];
	struct money receipts[RECEIPTS], extra[STEPS];
	int extra_count;
	int64_t credited_cents, credited_count;
};

struct run {
	struct world *world;
	struct model model, saved; /* saved: as of the last commit */
	uint64_t random;
	int64_t now;
};

static uint64_t next(struct run *run, uint64_t below)
{
	/* xorshift64*: the same numbers on every machine. */
	run->random ^= run->random >> 12;
	run->random ^= run->random << 25;
	run->random ^= run->random >> 27;
	return ((run->random * UINT64_C(2685821657736338717)) >> 33) % below;
}

static struct text name_of(uint64_t person)
{
	static const char *const names[PEOPLE] = { "p0", "p1", "p2", "p3", "p4" };

	return text_of(names[person]);
}

static void credit(struct run *run, uint64_t person, int64_t cents)
{
	struct person *who = &run->model.people[person];

	who->balance += cents;
	who->known = true;
	who->last_amount = cents;
	run->model.credited_cents += cents;
	run->model.credited_count++;
}

static void book(struct run *run)
{
	uint64_t number = next(run, RECEIPTS), person = next(run, PEOPLE);
	struct money *money = &run->model.receipts[number];
	struct text receipt = text_format(&run->world->arena, "%sRx%02d", next(run, 2) ? " " : "",
					  (int)number);
	struct payment payment = world_payment(receipt.at, (int64_t)next(run, 900));
	bool known, held = next(run, 5) == 0, matched = next(run, 3) != 0;
	bool made = next(run, 10) == 0;

	if (made) {
		payment.receipt = TEXT_NONE;
		held = true;
		money = &run->model.extra[run->model.extra_count++];
	}
	payment.booked_at = run->now;
	payment.account = name_of(person);
	payment.status = held ? PAYMENT_HELD : matched ? PAYMENT_CREDITED : PAYMENT_UNMATCHED;
	OK(run->world, ledger_book(&known, run->world->store, &payment,
				   held || !matched ? TEXT_NONE : name_of(person),
				   &run->world->arena, &run->world->error));
	assert_int_equal(known, money->booked);
	if (known)
		return;
	*money = (struct money){ true, !made, payment.status, payment.id, payment.amount_cents };
	if (payment.status == PAYMENT_CREDITED)
		credit(run, person, payment.amount_cents);
}

static void assign(struct run *run)
{
	uint64_t person = next(run, PEOPLE);
	struct money *money = &run->model.receipts[next(run, RECEIPTS)];
	bool fits;

	if (run->model.extra_count > 0 && next(run, 4) == 0)
		money = &run->model.extra[next(run, (uint64_t)run->model.extra_count)];
	fits = money->booked && money->has_receipt &&
	       (money->status == PAYMENT_UNMATCHED || money->status == PAYMENT_HELD);
	bool ok = ledger_assign(run->world->store, money->booked ? money->id : 12345,
				name_of(person), name_of(person), TEXT("asha"), run->now,
				&run->world->error);
	if (ok != fits)
		fail_msg("assign gave %d: %s", ok, ok ? "" : run->world->error.text);
	if (ok) {
		money->status = PAYMENT_CREDITED;
		credit(run, person, money->cents);
	}
}

static void buy(struct run *run)
{
	uint64_t number = next(run, PEOPLE);
	struct person *person = &run->model.people[number];
	int64_t cents = 1 + (int64_t)next(run, 700);
	int64_t from = person->paid_until > run->now ? person->paid_until : run->now;
	struct purchase purchase = {
		.periods = 1,
		.cents = cents,
		.service_from_at = person->paid_until > run->now ? person->service_from : run->now,
		.paid_from_at = from,
		.paid_until_at = from + DAY_US,
		.package = TEXT("day"),
	};
	if (purchase.service_from_at == 0)
		purchase.service_from_at = run->now;
	bool ok = ledger_buy(run->world->store, name_of(number), &purchase, run->now,
			     &run->world->error);
	assert_int_equal(ok, person->balance >= cents);
	if (ok) {
		person->balance -= cents;
		person->paid_until = purchase.paid_until_at;
		person->service_from = purchase.service_from_at;
	}
}

static void open_one(struct run *run)
{
	uint64_t number = next(run, PEOPLE);
	struct person *person = &run->model.people[number];
	int64_t until = next(run, 2) ? run->now + (int64_t)next(run, 9) * DAY_US : 0;
	int64_t cents = (int64_t)next(run, 400) - 100;
	/* A declared first day may lie before the moment, or after it. */
	int64_t start = next(run, 2) ? run->now + ((int64_t)next(run, 9) - 4) * DAY_US : 0;
	const struct opened opened = { start, until, cents };
	bool booked, runs = person->paid_until > run->now;

	OK(run->world, ledger_open(&booked, run->world->store, name_of(number), name_of(number),
				   &opened, run->now, &run->world->error));
	assert_int_equal(booked, !person->opened);
	if (!booked)
		return;
	person->opened = person->known = true;
	person->balance += cents;
	if (until > person->paid_until) {
		int64_t from = runs ? person->service_from : start;

		person->paid_until = until;
		person->service_from = from > run->now ? from : run->now;
	}
}

static void check_person(struct run *run, const struct standing *standing,
			 const struct person *person)
{
	assert_int_equal(standing->known, person->known);
	assert_int_equal(standing->opening_booked, person->opened);
	assert_int_equal(standing->balance_cents, person->balance);
	assert_int_equal(standing->paid_until_at, person->paid_until);
	assert_int_equal(standing->service_from_at, person->service_from);
	assert_int_equal(standing->last_amount_cents, person->last_amount);
	(void)run;
}

static void check(struct run *run)
{
	struct world *world = run->world;
	struct ledger_totals totals;
	struct standing *all, one;
	uint32_t count, known = 0;

	OK(world, ledger_standings(&all, &count, world->store, &world->arena, &world->error));
	for (uint64_t i = 0; i < PEOPLE; i++) {
		OK(world,
		   ledger_standing(&one, world->store, name_of(i), &world->arena, &world->error));
		check_person(run, &one, &run->model.people[i]);
		if (!run->model.people[i].known)
			continue;
		assert_true(text_equal(all[known].reference, name_of(i)));
		check_person(run, &all[known++], &run->model.people[i]);
	}
	assert_int_equal(count, known);
	OK(world, ledger_totals(&totals, world->store, 0, &world->error));
	assert_int_equal(totals.today_cents, run->model.credited_cents);
	assert_int_equal(totals.today_count, run->model.credited_count);
	int64_t unmatched = 0, held = 0;
	for (int i = 0; i < RECEIPTS + run->model.extra_count; i++) {
		const struct money *money = i < RECEIPTS ? &run->model.receipts[i]
							 : &run->model.extra[i - RECEIPTS];
		unmatched += money->booked && money->status == PAYMENT_UNMATCHED;
		held += money->booked && money->status == PAYMENT_HELD;
	}
	assert_int_equal(totals.unmatched_count, unmatched);
	assert_int_equal(totals.held_count, held);
	assert_string_equal(world_verify(world, world->store), "");
}

static void settle(struct run *run)
{
	if (next(run, 4) == 0) {
		store_abort(run->world->store);
		run->model = run->saved;
	} else {
		OK(run->world, store_commit(run->world->store, &run->world->error));
		run->saved = run->model;
	}
	if (next(run, 8) == 0) {
		store_close(run->world->store);
		run->world->store = world_open(run->world, STORE_CONTROLLER);
	}
	if (next(run, 3) == 0)
		check(run);
	arena_reset(&run->world->arena);
}

static void run_seed(uint64_t seed)
{
	static void (*const steps[])(
	    struct run *) = { book, book, book, assign, buy, buy, open_one };
	void *state = NULL;
	struct run run = { .random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, .now = NOW };

	(void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
	assert_int_equal(world_setup(&state), 0);
	run.world = state;
	OK(run.world, store_begin(run.world->store, &run.world->error));
	for (int i = 0; i < STEPS; i++) {
		run.now += (int64_t)next(&run, 3) * HOUR_US;
		steps[next(&run, sizeof(steps) / sizeof(steps[0]))](&run);
		if (next(&run, 6) == 0) {
			settle(&run);
			OK(run.world, store_begin(run.world->store, &run.world->error));
		}
	}
	OK(run.world, store_commit(run.world->store, &run.world->error));
	check(&run);
	assert_int_equal(world_teardown(&state), 0);
}

static void property_10_and_22_the_ledger_is_the_model(void **state)
{
	const char *one = getenv("WAVU_SEED");
	uint64_t seed;

	(void)state;
	if (one != NULL && text_u64(text_of(one), &seed)) {
		run_seed(seed);
		return;
	}
	for (seed = 1; seed <= 25; seed++)
		run_seed(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_10_and_22_the_ledger_is_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
