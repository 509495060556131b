/* Commits: what is taken, what is refused whole, who is woken, what the street may know, what is
 * booked once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "town.h"

#include "base/clock.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "state/street.h"

#define ROUTER(name)                                                                     \
	"kind: Router\nname: " name "\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"
#define TWO ROUTER("r1") "---\n" ROUTER("r2")
#define ONE_EACH                                                          \
	"kind: Subscriber\nname: A1\npackage: home-10\nrouter: r1\n"      \
	"opening: {paid_until: 2099-01-01, balance: 100}\n"               \
	"---\nkind: Subscriber\nname: A2\npackage: home-20\nrouter: r2\n" \
	"opening: {paid_until: 2099-01-01}\n"

static struct source_state source_of(struct town *town)
{
	struct source_state source;
	struct error error = { 0 };

	if (!source_read(&source, town->seat.store, &town->arena, &error))
		fail_msg("%s", error.text);
	return source;
}

static void only_routers_whose_wishes_changed_are_woken(void **state)
{
	struct town town;

	(void)state;
	town_open(&town, 2);
	town_commit(&town, town_join(&town, town_basics, TWO, ONE_EACH), 0);
	assert_int_equal(town_router(&town, 0).generation, 1);
	assert_int_equal(town_router(&town, 1).generation, 1);
	/* A comment in one file must not wake a fleet. */
	town.ring_count = 0;
	town_commit(&town, town_join(&town, town_basics, TWO, "# a word\n" ONE_EACH), 0);
	assert_int_equal(town_router(&town, 0).generation, 1);
	assert_int_equal(town.ring_count, 0);
	town_commit(&town,
		    town_join(&town, town_basics, TWO,
			      ONE_EACH "---\nkind: Subscriber\nname: A3\npackage: home-10\n"
				       "router: r2\n"),
		    0);
	assert_int_equal(town_router(&town, 0).generation, 1);
	assert_int_equal(town_router(&town, 1).generation, 2);
	assert_int_equal(town.ring_count, 1);
	assert_string_equal(town.rung, "r2 normal");
	town_close(&town);
}

static void an_opening_is_booked_once(void **state)
{
	struct standing standing;
	struct error error = { 0 };
	struct text password;
	struct town town;

	(void)state;
	town_open(&town, 2);
	town_commit(&town, town_join(&town, town_basics, TWO, ONE_EACH), 0);
	assert_true(ledger_standing(&standing, town.seat.store, TEXT("a1"), &town.arena, &error));
	assert_int_equal(standing.balance_cents, 10000);
	assert_true(standing.opening_booked && standing.password.size >= 8);
	password = standing.password;
	town_commit(&town,
		    town_join(&town, town_basics, TWO,
			      "kind: Subscriber\nname: A1\npackage: home-10\nrouter: r1\n"
			      "opening: {paid_until: 2098-01-01, balance: 5000}\n"),
		    0);
	assert_true(ledger_standing(&standing, town.seat.store, TEXT("a1"), &town.arena, &error));
	assert_int_equal(standing.balance_cents, 10000);
	assert_true(text_equal(standing.password, password));
	town_close(&town);
}

/* An opening whose balance reaches for a period buys it at once. */
static void an_opening_with_credit_buys(void **state)
{
	struct standing standing;
	struct error error = { 0 };
	struct town town;

	(void)state;
	town_open(&town, 2);
	town_commit(&town,
		    town_join(&town, town_basics, TWO,
			      "kind: Subscriber\nname: A1\npackage: home-10\nrouter: r1\n"
			      "opening: {balance: 3000}\n"),
		    0);
	assert_true(ledger_standing(&standing, town.seat.store, TEXT("a1"), &town.arena, &error));
	assert_int_equal(standing.balance_cents, 50000);
	assert_true(standing.paid_until_at > clock_now());
	town_close(&town);
}

static void losses_of_a_commit_are_remembered_and_forgotten(void **state)
{
	struct error error = { 0 };
	struct text *losses;
	struct town town;
	uint32_t count;

	(void)state;
	town_open(&town, 2);
	town_commit(&town, town_join(&town, town_basics, TWO, ONE_EACH), 0);
	town_commit(&town, town_join(&town, town_basics, TWO, NULL), 0);
	assert_true(
	    fleet_losses(&losses, &count, town.seat.store, TEXT("r1"), &town.arena, &error));
	assert_int_equal(count, 1);
	assert_true(text_is(losses[0], "a1"));
	/* He comes back before any router was asked: nothing is left to be held. */
	town_commit(&town, town_join(&town, town_basics, TWO, ONE_EACH), 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_true(
	    fleet_losses(&losses, &count, town.seat.store, TEXT("r1"), &town.arena, &error));
	assert_int_equal(count, 0);
	town_close(&town);
}

static void a_closed_channel_is_said_and_the_others_are_open(void **state)
{
	static const char channels[] =
	    "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"
	    "payments:\n"
	    "  - {name: good, provider: daraja, shortcode: \"600638\", type: paybill,"
	    " token: {file: main.token}}\n"
	    "  - {name: lost, provider: daraja, shortcode: \"600639\", type: paybill,"
	    " token: {file: nowhere}}\n"
	    "  - {name: short, provider: daraja, shortcode: \"600640\", type: paybill,"
	    " token: {file: r.pw}}\n";
	struct street_channel *open;
	struct error error = { 0 };
	struct town town;
	uint32_t count;
	bool ready;

	(void)state;
	town_open(&town, 1);
	assert_true(street_channels(&open, &count, &ready, town.seat.store, &town.arena, &error));
	assert_false(ready);
	town_commit(&town, channels, 0);
	assert_true(street_channels(&open, &count, &ready, town.seat.store, &town.arena, &error));
	assert_true(ready);
	assert_int_equal(count, 1);
	assert_true(text_is(open[0].channel, "good"));
	assert_true(text_contains_nocase(source_of(&town).channel_problems, TEXT("lost")));
	assert_true(text_contains_nocase(source_of(&town).channel_problems, TEXT("short")));
	town_close(&town);
}

/* ---- with a real repository ------------------------------------------------------------------ */

static void write_repository(struct town *town, const char *name, const char *yaml)
{
	struct repository_file file = { TEXT("all.yaml"), text_of(yaml) };
	struct text folder = text_format(&town->arena, "%s/%s", town->folder, name);
	struct error error = { 0 };

	repository_library_start();
	if (!repository_create(folder, &file, 1, TEXT("first"), &error))
		fail_msg("%s", error.text);
	town->tenant.repository = folder;
}

static struct followed follow(struct town *town)
{
	struct followed followed;
	struct error error = { 0 };

	if (!follow_step(&town->seat, clock_now(), &followed, &town->arena, &error))
		fail_msg("%s", error.text);
	return followed;
}

static void a_good_commit_is_taken_and_survives_a_restart(void **state)
{
	struct followed followed;
	struct intent *intent;
	struct error error = { 0 };
	struct town town;

	(void)state;
	town_open(&town, 2);
	write_repository(&town, "git", town_join(&town, town_basics, TWO, ONE_EACH));
	followed = follow(&town);
	if (!followed.taken)
		fail_msg("%s", followed.trouble.text);
	assert_true(text_is(source_of(&town).commit, followed.commit));
	assert_false(follow(&town).taken);
	/* A new process finds it in its own mirror, though the repository is gone. */
	town.tenant.repository = TEXT("/nowhere");
	seat_swap(&town.seat, NULL);
	town_restart(&town);
	assert_null(seat_intent(&town.seat));
	assert_true(follow_start(&town.seat, &error));
	intent = seat_intent(&town.seat);
	assert_non_null(intent);
	assert_string_equal(intent->commit, followed.commit);
	intent_release(intent);
	assert_false(follow(&town).looked);
	assert_true(source_of(&town).error.size > 0);
	assert_true(text_is(source_of(&town).commit, followed.commit));
	town_close(&town);
}

static void a_bad_commit_changes_nothing_but_its_error(void **state)
{
	struct followed good, bad;
	struct town town;

	(void)state;
	town_open(&town, 2);
	write_repository(&town, "one", town_join(&town, town_basics, TWO, ONE_EACH));
	good = follow(&town);
	assert_true(good.taken);
	write_repository(&town, "two",
			 town_join(&town, town_basics, TWO,
				   "kind: Subscriber\nname: A1\npackage: nothing\nrouter: r9\n"));
	bad = follow(&town);
	assert_true(bad.invalid && !bad.taken);
	assert_true(bad.findings.error_total >= 2);
	assert_true(text_is(source_of(&town).commit, good.commit));
	assert_true(text_is(source_of(&town).newest, bad.commit));
	assert_true(text_starts(source_of(&town).error, TEXT("all.yaml:")));
	assert_int_equal(town_router(&town, 0).generation, 1);
	/* Put right, it is taken and the error is gone. */
	write_repository(&town, "three", town_join(&town, town_basics, TWO, NULL));
	assert_true(follow(&town).taken);
	assert_int_equal(source_of(&town).error.size, 0);
	town_close(&town);
}

static void another_tenants_commit_is_refused(void **state)
{
	static const char other[] =
	    "kind: Tenant\nname: another\ncurrency: KES\ntimezone: Africa/Nairobi\n";
	struct followed followed;
	struct town town;

	(void)state;
	town_open(&town, 1);
	write_repository(&town, "git", other);
	followed = follow(&town);
	assert_true(followed.invalid);
	assert_int_equal(followed.findings.error_total, 1);
	assert_null(seat_intent(&town.seat));
	assert_true(text_contains_nocase(source_of(&town).error, TEXT("another")));
	town_close(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_routers_whose_wishes_changed_are_woken),
		cmocka_unit_test(an_opening_is_booked_once),
		cmocka_unit_test(an_opening_with_credit_buys),
		cmocka_unit_test(losses_of_a_commit_are_remembered_and_forgotten),
		cmocka_unit_test(a_closed_channel_is_said_and_the_others_are_open),
		cmocka_unit_test(a_good_commit_is_taken_and_survives_a_restart),
		cmocka_unit_test(a_bad_commit_changes_nothing_but_its_error),
		cmocka_unit_test(another_tenants_commit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
