/*
 * What a provider's list said, beside the ledger: every way to differ, by receipt and to the cent.
 */
#include "world.h"

#include "base/clock.h"
#include "state/attempts.h"
#include "state/fleet.h"
#include "state/proof.h"
#include "state/pulls.h"

#define DAYS(n) ((n) * DAY_US)

static void in_transaction(struct world *world)
{
	OK(world, store_begin(world->store, &world->error));
}

static void done(struct world *world)
{
	OK(world, store_commit(world->store, &world->error));
}

static struct pull seen(struct world *world, const char *shortcode, int64_t now)
{
	struct pull pull;
	bool found;
	OK(world, pulls_find(&found, &pull, world->store, TEXT("main"), text_of(shortcode), now,
			     &world->arena, &world->error));
	if (!found) {
		in_transaction(world);
		OK(world, pulls_write(world->store, &pull, &world->error));
		done(world);
	}
	return pull;
}

static void commit_at(struct world *world, const char *commit, int64_t at)
{
	struct source_state source = { .commit = text_of(commit),
				       .newest = text_of(commit),
				       .commit_at = at,
				       .looked_at = at };
	in_transaction(world);
	OK(world, source_write(world->store, &source, &world->error));
	done(world);
}

static struct listed row(const struct pull *pull, enum listed_kind kind, const char *receipt,
			 int64_t cents, int64_t at)
{
	return (struct listed){ .pull_id = pull->id,
				.kind = kind,
				.receipt = text_of(receipt),
				.cents = cents,
				.at = at,
				.first_at = NOW,
				.seen_at = NOW };
}

static void say(struct world *world, struct listed row)
{
	in_transaction(world);
	OK(world, pulls_row_write(world->store, &row, &world->error));
	done(world);
}

static struct pull_difference *differences(struct world *world, const struct pull *pull,
					   uint32_t *count)
{
	struct pull_difference *out;
	OK(world, pulls_differences(&out, count, world->store, pull, NOW - DAYS(1), NOW + DAYS(1),
				    0, &world->arena, &world->error));
	return out;
}

static void the_takeover_is_the_first_commit(void **state)
{
	struct world *world = *state;
	int64_t at;
	OK(world, takeover_at(&at, world->store, &world->error));
	assert_int_equal(at, 0);
	commit_at(world, "c1", NOW);
	commit_at(world, "c1", NOW);
	/*
	 * A channel of the first commit counts from it, one of a later commit from when it is seen.
	 */
	assert_int_equal(seen(world, "600638", NOW + HOUR_US).since_at, NOW);
	commit_at(world, "c2", NOW + DAYS(1));
	OK(world, takeover_at(&at, world->store, &world->error));
	assert_int_equal(at, NOW);
	assert_int_equal(seen(world, "600777", NOW + DAYS(2)).since_at, NOW + DAYS(2));
	assert_int_equal(seen(world, "600777", NOW + DAYS(3)).since_at, NOW + DAYS(2));
	assert_non_null(world_sql(world, "db", "UPDATE takeover SET at = 1"));
}

static void another_short_code_is_another_list(void **state)
{
	struct world *world = *state;
	struct pull *all, old = seen(world, "600638", NOW), fresh;
	uint32_t count;
	old.next_at = NOW;
	old.until_at = NOW;
	old.zone = PULL_ZONE_EAT;
	old.why = TEXT("nobody answered");
	in_transaction(world);
	OK(world, pulls_write(world->store, &old, &world->error));
	done(world);
	fresh = seen(world, "600777", NOW);
	in_transaction(world);
	OK(world, pulls_retire(world->store, TEXT("main"), TEXT("600777"), &world->error));
	done(world);
	OK(world, pulls_all(&all, &count, world->store, &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_int_equal(all[0].next_at, 0);
	assert_int_equal(all[0].until_at, NOW);
	assert_int_equal(all[0].zone, PULL_ZONE_EAT);
	assert_true(text_is(all[0].why, "nobody answered"));
	assert_int_equal(all[1].id, fresh.id);
	assert_int_equal(all[1].until_at, 0);
}

/* What the list says. Taken back before anybody booked it, recorded by hand, money out: no
 * differences. */
static const struct {
	enum listed_kind kind;
	const char *receipt, *linked;
	int64_t cents;
	bool by_hand, is_gone;
} rows[] = {
	{ LISTED_IN, "UKLSAME", "", 100, false, false },
	{ LISTED_IN, "UKLMISSED", "", 200, false, false },
	{ LISTED_IN, "UKLHELD", "", 300, false, false },
	{ LISTED_IN, "UKLOTHER", "", 401, false, false },
	{ LISTED_IN, "UKLBACK", "", 600, false, false },
	{ LISTED_IN, "UKLGONE", "", 700, false, true },
	{ LISTED_BACK, "UKLREV", "UKLBACK", 600, false, false },
	{ LISTED_IN, "UKLNEVER", "", 800, false, false },
	{ LISTED_BACK, "UKLNEVER", "", 800, false, false },
	{ LISTED_IN, "UKLCASH", "", 900, true, false },
	{ LISTED_OUT, "UKLOUT", "", 900, false, false },
	{ LISTED_FLAW, "UKLFLAW", "", 0, false, false },
};

static const struct {
	const char *receipt;
	enum pull_differs what;
	int64_t listed, ledger;
} wanted[] = {
	{ "UKLMISSED", DIFFERS_NOT_BOOKED, 200, -1 },
	{ "UKLHELD", DIFFERS_HELD, 300, 300 },
	{ "UKLOTHER", DIFFERS_AMOUNT, 401, 400 },
	{ "UKLBACK", DIFFERS_TAKEN_BACK, -600, 600 },
	{ "UKLGONE", DIFFERS_GONE, 700, 700 },
	{ "UKLALONE", DIFFERS_NOT_LISTED, -1, 500 },
	{ "UKLFLAW", DIFFERS_FLAW, 0, -1 },
};

/* All of them; `again`: what is left when the day was read anew an hour later. */
static void say_all(struct world *world, const struct pull *pull, bool again)
{
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct listed one = row(pull, rows[i].kind, rows[i].receipt, rows[i].cents, NOW);
		if (again && rows[i].is_gone)
			continue;
		one.linked = text_of(rows[i].linked);
		one.by_hand = rows[i].by_hand;
		one.seen_at = again ? NOW + HOUR_US : NOW;
		say(world, one);
	}
}

static void book(struct world *world, const char *receipt, int64_t cents, bool held)
{
	struct payment payment = world_payment(receipt, cents);
	bool known;
	payment.channel = TEXT("main");
	if (!held) {
		assert_true(world_book(world, &payment, "kn1"));
		return;
	}
	payment.status = PAYMENT_HELD;
	payment.reason = TEXT("not asked");
	in_transaction(world);
	OK(world, ledger_book(&known, world->store, &payment, TEXT_NONE, &world->arena,
			      &world->error));
	done(world);
}

static void sums_are(struct world *world, const struct pull *pull, int64_t list, int64_t books)
{
	struct pull_amount *amounts;
	int64_t listed = 0, ledger = 0;
	uint32_t count;
	OK(world, pulls_amounts(&amounts, &count, world->store, pull, NOW - DAYS(1), NOW + DAYS(1),
				&world->arena, &world->error));
	for (uint32_t i = 0; i < count; i++) {
		listed += amounts[i].is_listed ? amounts[i].listed_cents : 0;
		ledger += amounts[i].is_booked ? amounts[i].ledger_cents : 0;
	}
	assert_int_equal(listed, list);
	assert_int_equal(ledger, books);
}

static void property_35_every_difference_is_listed_by_receipt(void **state)
{
	struct world *world = *state;
	struct pull_difference *found;
	struct pull pull;
	uint32_t count;
	commit_at(world, "c1", NOW - DAYS(1));
	book(world, "UKLSAME", 100, false);
	book(world, "UKLHELD", 300, true);
	book(world, "UKLOTHER", 400, false);
	book(world, "UKLALONE", 500, false);
	book(world, "UKLBACK", 600, false);
	book(world, "UKLGONE", 700, false);
	pull = seen(world, "600638", NOW);
	say_all(world, &pull, false);
	say_all(world, &pull, true);
	in_transaction(world);
	OK(world, pulls_miss(world->store, pull.id, NOW - HOUR_US, NOW + HOUR_US, NOW + HOUR_US,
			     NOW + HOUR_US, &world->error));
	done(world);
	found = differences(world, &pull, &count);
	assert_int_equal(count, ARRAY_COUNT(wanted));
	for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
		uint32_t hits = 0;
		for (uint32_t k = 0; k < count; k++) {
			if (!text_is(found[k].receipt, wanted[i].receipt))
				continue;
			hits++;
			assert_int_equal(found[k].what, wanted[i].what);
			assert_int_equal(found[k].listed_cents, wanted[i].listed);
			assert_int_equal(found[k].ledger_cents, wanted[i].ledger);
		}
		assert_int_equal(hits, 1);
	}
	sums_are(world, &pull, 100 + 200 + 300 + 401 + 600 + 800 + 900,
		 100 + 400 + 500 + 600 + 700 + 900);
	assert_string_equal(world_verify(world, world->store), "");
}

static void a_merged_receipt_is_that_payment(void **state)
{
	struct world *world = *state;
	struct payment prompt = world_payment("STK-1", 2500);
	struct pull pull;
	uint32_t count;
	bool merged;
	prompt.channel = TEXT("main");
	assert_true(world_book(world, &prompt, "kn1"));
	pull = seen(world, "600638", NOW);
	in_transaction(world);
	OK(world, ledger_merge(&merged, world->store, prompt.id, TEXT("UKLMERGED"), NOW,
			       &world->arena, &world->error));
	done(world);
	assert_true(merged);
	assert_int_equal(differences(world, &pull, &count)[0].what, DIFFERS_NOT_LISTED);
	say(world, row(&pull, LISTED_IN, "UKLMERGED", 2500, NOW));
	(void)differences(world, &pull, &count);
	assert_int_equal(count, 0);
}

static void what_could_not_be_read_is_covered_by_a_statement(void **state)
{
	struct world *world = *state;
	struct pull pull = seen(world, "600638", NOW);
	struct payment inside = world_payment("UKLINSIDE", 100);
	struct pull_gap *gaps;
	uint32_t count;
	inside.channel = TEXT("main");
	assert_true(world_book(world, &inside, "kn1"));
	in_transaction(world);
	OK(world, pulls_gap_add(world->store, pull.id, NOW - HOUR_US, NOW + HOUR_US,
				&world->error));
	done(world);
	(void)differences(world, &pull, &count);
	assert_int_equal(count, 0);
	in_transaction(world);
	OK(world, pulls_gap_add(world->store, pull.id, NOW + HOUR_US, NOW + 2 * HOUR_US,
				&world->error));
	OK(world, pulls_gaps_cover(world->store, TEXT("600638"), NOW - HOUR_US, NOW + HOUR_US,
				   TEXT("ann"), NOW, &world->error));
	OK(world, pulls_gaps_cover(world->store, TEXT("600777"), NOW - DAYS(1), NOW + DAYS(1),
				   TEXT("ann"), NOW, &world->error));
	done(world);
	OK(world, pulls_gaps(&gaps, &count, world->store, pull.id, &world->arena, &world->error));
	assert_int_equal(count, 1);
	assert_int_equal(gaps[0].from_at, NOW - HOUR_US);
	in_transaction(world);
	OK(world, pulls_gaps_cover(world->store, TEXT("600638"), NOW - HOUR_US, NOW + 2 * HOUR_US,
				   TEXT("ann"), NOW, &world->error));
	done(world);
	OK(world, pulls_gaps(&gaps, &count, world->store, pull.id, &world->arena, &world->error));
	assert_int_equal(count, 0);
}

static void a_row_is_known_again_without_a_time_window(void **state)
{
	struct world *world = *state;
	struct pull pull = seen(world, "600638", NOW);
	struct listed first = row(&pull, LISTED_IN, "UKLAGAIN", 100, NOW), former;
	int64_t count;
	bool known, yes;
	first.found = true;
	say(world, first);
	first.first_at = first.seen_at = NOW + DAYS(400);
	first.found = false;
	in_transaction(world);
	OK(world, pulls_row(&known, &former, world->store, &first, &world->arena, &world->error));
	assert_true(known && former.found);
	assert_int_equal(former.first_at, NOW);
	OK(world, pulls_row_write(world->store, &first, &world->error));
	OK(world, pulls_took_back(&yes, world->store, pull.id, TEXT("UKLAGAIN"), &world->error));
	assert_false(yes);
	done(world);
	OK(world, pulls_found(&count, world->store, pull.id, NOW, &world->error));
	assert_int_equal(count, 1);
	OK(world, pulls_found(&count, world->store, pull.id, NOW + 1, &world->error));
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(the_takeover_is_the_first_commit),
		TEST(another_short_code_is_another_list),
		TEST(property_35_every_difference_is_listed_by_receipt),
		TEST(a_merged_receipt_is_that_payment),
		TEST(what_could_not_be_read_is_covered_by_a_statement),
		TEST(a_row_is_known_again_without_a_time_window),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
