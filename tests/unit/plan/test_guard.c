/* Losses that wait for a person, what lets them go, and what is never held. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define YAML_SIZE (1 << 20)

/* People KN-`from` … KN-`to` of one hotspot-less router; `guard` is a line of the Router,
 * `tenant_guard` of the Tenant. */
static const char *yaml_of(uint32_t from, uint32_t to, const char *tenant_guard, const char *guard)
{
	static char text[YAML_SIZE];
	size_t used;
	uint32_t i;

	used = (size_t)snprintf(text, sizeof(text),
				"kind: Tenant\nname: kasinet\ncurrency: KES\n"
				"timezone: Africa/Nairobi\n%s---\nkind: Site\nname: kasarani\n---\n"
				"kind: Router\nname: kasarani-1\nsite: kasarani\n"
				"address: 10.66.0.11\nuser: wavu\npassword: { file: r.pw }\n"
				"mode: manage\n%s---\nkind: Package\nname: home-10\n"
				"service: pppoe\nprice: 2500\nperiod: 1 month\n"
				"speed: { down: 10M, up: 5M }\n---\n",
				tenant_guard, guard);
	for (i = from; i <= to; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "kind: Subscriber\nname: KN-%u\npackage: home-10\n"
					 "router: kasarani-1\n---\n",
					 i);
	assert_true(used < sizeof(text));
	return text;
}

/* `count` people who have paid and are on the router, each with a live session. */
static void open_paid(struct lab *lab, uint32_t count, const char *guard)
{
	char account[16], username[16];
	uint32_t i;

	lab_open(lab, yaml_of(1, count, "", guard));
	for (i = 1; i <= count; i++) {
		(void)snprintf(account, sizeof(account), "KN-%u", i);
		lab_paid(lab, account, 10);
	}
	lab_settle(lab);
	for (i = 1; i <= count; i++) {
		(void)snprintf(username, sizeof(username), "kn-%u", i);
		lab_dial(lab, username, 0);
	}
	lab_settle(lab);
}

static uint32_t held_count(const struct lab *lab)
{
	uint32_t held = 0, i;

	for (i = 0; i < lab->plan.count; i++)
		held += lab->plan.changes[i].held;
	return held;
}

static void too_many_gone_wait_and_gains_pass(void **state)
{
	struct lab lab;

	(void)state;
	open_paid(&lab, 40, "");
	/* Number 41 comes with the same commit: his access does not wait. */
	lab_commit(&lab, yaml_of(13, 41, "", ""));
	lab_paid(&lab, "KN-41", 10);
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.guarded.losses, 12);
	assert_int_equal(lab.plan.with_access, 40);
	assert_true(text_contains_nocase(lab.plan.guarded.why, TEXT("12 of 40")));
	assert_true(text_contains_nocase(lab.plan.guarded.why, TEXT("wavu apply --allow ")));
	assert_true(text_ends(lab.plan.guarded.why, text_of(lab.plan.guarded.digest)));
	/* Rows and sessions of the twelve. */
	assert_int_equal(held_count(&lab), 24);
	assert_int_equal(lab_carry_out(&lab), 1);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 41);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 40);
	lab_close(&lab);
}

static void nine_of_forty_go_and_ten_wait(void **state)
{
	struct lab lab;

	(void)state;
	open_paid(&lab, 40, "");
	lab_commit(&lab, yaml_of(11, 40, "", ""));
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	lab_commit(&lab, yaml_of(10, 40, "", ""));
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 31);
	lab_close(&lab);
}

static void exactly_the_percentage_goes_and_one_more_waits(void **state)
{
	struct lab lab;
	const char *guard = "guard: { losses_max_percent: 50, losses_min: 2 }\n";

	(void)state;
	open_paid(&lab, 6, guard);
	lab_commit(&lab, yaml_of(4, 6, "", guard));
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	lab_commit(&lab, yaml_of(5, 6, "", guard));
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.guarded.losses, 4);
	lab_close(&lab);
}

static void none_of_two_would_remain_but_one_may_go(void **state)
{
	struct lab lab;

	(void)state;
	open_paid(&lab, 2, "");
	lab_commit(&lab, yaml_of(1, 0, "", ""));
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.guarded.losses, 2);
	lab_close(&lab);
	open_paid(&lab, 1, "");
	lab_commit(&lab, yaml_of(1, 0, "", ""));
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 0);
	lab_close(&lab);
}

static void an_approval_names_the_held_alone(void **state)
{
	struct lab lab;
	char digest[13];
	const char *approvals[1] = { digest };

	(void)state;
	open_paid(&lab, 40, "");
	lab_commit(&lab, yaml_of(13, 40, "", ""));
	lab_plan(&lab, NULL);
	memcpy(digest, lab.plan.guarded.digest, sizeof(digest));
	/* A payment in between does not spoil it. */
	lab_paid(&lab, "KN-20", 40);
	lab_plan(&lab, NULL);
	assert_string_equal(lab.plan.guarded.digest, digest);
	lab.in.approvals = approvals;
	lab.in.approval_count = 1;
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	assert_true(lab.plan.guarded.approved);
	assert_int_equal(lab.plan.guarded.losses, 12);
	assert_int_equal(held_count(&lab), 0);
	/* One more loss is another question. */
	lab_commit(&lab, yaml_of(14, 40, "", ""));
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_string_not_equal(lab.plan.guarded.digest, digest);
	lab_close(&lab);
}

static void leave_lets_the_rest_of_an_approved_loss_go(void **state)
{
	struct lab lab;
	struct text *leave;
	uint32_t i;

	(void)state;
	open_paid(&lab, 40, "");
	lab_commit(&lab, yaml_of(13, 40, "", ""));
	lab_plan(&lab, NULL);
	leave = ARENA_ARRAY(&lab.arena, struct text, 12);
	for (i = 0; i < 12; i++)
		leave[i] = text_copy(&lab.arena, lab.plan.guarded.references[i]);
	lab.in.leave = leave;
	lab.in.leave_count = 12;
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	/* The line dies in the middle: nobody is asked again. */
	lab_carry_out_until(&lab, 15);
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 28);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 28);
	lab_close(&lab);
}

static void time_is_never_guarded_but_waits_for_a_clock(void **state)
{
	struct lab lab;
	char digest[13];
	const char *approvals[1] = { digest };

	(void)state;
	open_paid(&lab, 30, "");
	lab.now += 11 * DAY_US;
	lab.in.clock_why = TEXT("the clock moved by 3 h");
	lab_paid(&lab, "KN-5", 30);
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.guarded.losses, 29);
	assert_true(text_contains_nocase(lab.plan.guarded.why, TEXT("the clock moved by 3 h")));
	memcpy(digest, lab.plan.guarded.digest, sizeof(digest));
	lab.in.approvals = approvals;
	lab.in.approval_count = 1;
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	lab.in.approval_count = 0;
	lab.in.clock_why = TEXT_NONE;
	lab_plan(&lab, NULL);
	assert_false(lab.plan.guarded.waits);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab_close(&lab);
}

static void rows_opened_by_hand_are_losses_by_drift(void **state)
{
	struct lab lab;
	uint32_t i;

	(void)state;
	open_paid(&lab, 15, "");
	lab.now += 11 * DAY_US;
	lab_settle(&lab);
	for (i = 0; i < lab_count(&lab, MENU_PPP_SECRET); i++)
		row_put(&lab.world.tables[MENU_PPP_SECRET].rows[i], menu_of(MENU_PPP_SECRET),
			"disabled", TEXT("no"), &lab.arena);
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.guarded.losses, 15);
	assert_int_equal(lab.plan.people[0].loss, LOSS_BY_DRIFT);
	assert_int_equal(lab_carry_out(&lab), 0);
	lab_close(&lab);
}

static void books_that_know_nobody_are_suspicious(void **state)
{
	struct lab lab;
	uint32_t i;

	(void)state;
	open_paid(&lab, 15, "");
	for (i = 0; i < lab.facts_count; i++)
		lab.facts[i].standing = (struct standing){ .reference = lab.facts[i].reference };
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.people[0].loss, LOSS_BY_SUSPICION);
	/* The inventory is lost too: the marks still say whose rows they are. */
	lab.inventory_count = 0;
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	lab_close(&lab);
}

static void the_fleet_holds_losses_by_commit_only(void **state)
{
	struct lab lab;

	(void)state;
	open_paid(&lab, 10, "");
	lab_facts(&lab, "KN-3")->standing.paused = true;
	lab_commit(&lab, yaml_of(3, 10, "", ""));
	lab.in.fleet_why = TEXT("too many in the whole fleet");
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.guarded.losses, 2);
	assert_true(text_contains_nocase(lab.plan.guarded.why, TEXT("the whole fleet")));
	/* The pause goes through meanwhile. */
	assert_int_equal(lab_carry_out(&lab), 2);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 9);
	lab_close(&lab);
}

static void a_partial_plan_leaves_such_losses_to_a_complete_one(void **state)
{
	struct lab lab;

	(void)state;
	open_paid(&lab, 10, "");
	lab_commit(&lab, yaml_of(2, 10, "", ""));
	lab_plan(&lab, "kn1");
	assert_true(lab.plan.wants_complete);
	assert_false(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.count, 2);
	assert_int_equal(lab_carry_out(&lab), 0);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 9);
	/* Time may act on one person alone. */
	lab.now += 11 * DAY_US;
	lab_plan(&lab, "kn2");
	assert_false(lab.plan.wants_complete);
	assert_int_equal(lab_carry_out(&lab), 2);
	lab_close(&lab);
}

/* ---- what a commit costs ---- */

static struct commit_losses losses_of(struct lab *lab, const char *former, const char *next)
{
	struct commit_losses losses;
	struct standing *standings;
	struct intent *was;
	uint32_t i;

	lab_commit(lab, former);
	was = intent_hold(lab->intent);
	lab_commit(lab, next);
	standings = ARENA_ARRAY(&lab->arena, struct standing, lab->facts_count);
	for (i = 0; i < lab->facts_count; i++)
		standings[i] = lab->facts[i].standing;
	plan_commit_losses(&losses, was, lab->intent, standings, lab->facts_count, lab->now,
			   &lab->arena);
	for (i = 0; i < losses.count; i++)
		losses.losses[i].reference = text_copy(&lab->arena, losses.losses[i].reference);
	intent_release(was);
	return losses;
}

/* Jane goes, Peter takes a cheaper package, Amina a dearer one; who has not paid is worth nothing.
 */
static void a_commit_is_worth_so_much_a_month(void **state)
{
	struct lab lab;
	struct commit_losses losses;
	static char former[YAML_SIZE], next[YAML_SIZE];

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	lab_paid(&lab, "KN-3", 10);
	lab_paid(&lab, "KN-4", -100);
	(void)snprintf(former, sizeof(former), "%s",
		       lab_yaml(lab_router, JANE PETER AMINA
				"kind: Subscriber\nname: KN-4\npackage: home-10\n"
				"router: kasarani-1\n"));
	(void)snprintf(next, sizeof(next), "%s",
		       lab_yaml(lab_router,
				"kind: Subscriber\nname: KN-2\nusername: peter\n"
				"package: home-10\nrouter: kasarani-1\n---\n"
				"kind: Subscriber\nname: KN-3\nusername: amina\n"
				"package: home-20\nrouter: kasarani-1\n---\n"
				"kind: Subscriber\nname: KN-5\nusername: new\n"
				"package: home-20\nrouter: kasarani-1\n---\n"
				"kind: Subscriber\nname: KN-6\nusername: taken\n"
				"package: home-20\nrouter: kasarani-1\n"
				"opening: { paid_until: 2027-01-01 }\n"));
	losses = losses_of(&lab, former, next);
	/* 2500.00 of Jane and 1500.00 of Peter. */
	assert_int_equal(losses.monthly_lost_cents, 400000);
	/* Amina: 4000.00 instead of 50.00 a day, 1521.84 a month; and who was taken over. */
	assert_int_equal(losses.monthly_gained_cents, 400000 - 152184 + 400000);
	/* Nothing changes: nothing is worth anything. */
	losses = losses_of(&lab, former, former);
	assert_int_equal(losses.monthly_lost_cents, 0);
	assert_int_equal(losses.monthly_gained_cents, 0);
	lab_close(&lab);
}

static void commit_losses_are_counted_before_any_router_is_asked(void **state)
{
	struct lab lab;
	struct commit_losses losses;
	static char former[YAML_SIZE];
	char account[16];
	uint32_t i;

	(void)state;
	lab_open(&lab, yaml_of(1, 40, "", ""));
	for (i = 1; i <= 30; i++) { /* ten have never paid */
		(void)snprintf(account, sizeof(account), "KN-%u", i);
		lab_paid(&lab, account, 10);
	}
	(void)snprintf(former, sizeof(former), "%s", yaml_of(1, 40, "", ""));
	losses = losses_of(&lab, former, yaml_of(6, 35, "", ""));
	assert_int_equal(losses.with_access, 30);
	assert_int_equal(losses.count, 5);
	assert_true(text_is(losses.losses[0].router, "kasarani-1"));
	assert_int_equal(losses.why.size, 0);
	losses = losses_of(&lab, former, yaml_of(13, 40, "", ""));
	assert_int_equal(losses.count, 12);
	assert_true(text_contains_nocase(losses.why, TEXT("12 of 30")));
	/* A nearer guard speaks for its router, unless the Tenant has one for the fleet. */
	losses = losses_of(
	    &lab, former,
	    yaml_of(13, 40, "", "guard: { losses_max_percent: 90, losses_min: 10 }\n"));
	assert_int_equal(losses.why.size, 0);
	losses = losses_of(&lab, former,
			   yaml_of(13, 40, "guard: { losses_max_percent: 10, losses_min: 5 }\n",
				   "guard: { losses_max_percent: 90, losses_min: 10 }\n"));
	assert_true(losses.why.size != 0);
	lab_close(&lab);
}

static void the_routers_digest_sees_what_matters_to_it(void **state)
{
	struct lab lab;
	char one[13], other[13];

	(void)state;
	lab_open(&lab, yaml_of(1, 5, "", ""));
	plan_intent_digest(one, lab.intent, lab.router);
	lab_commit(&lab, yaml_of(1, 5, "title: Another title\n", ""));
	plan_intent_digest(other, lab.intent, lab.router);
	assert_string_equal(one, other);
	lab_commit(&lab, yaml_of(1, 6, "", ""));
	plan_intent_digest(other, lab.intent, lab.router);
	assert_string_not_equal(one, other);
	/* Another way to know the router: one that failed by the old one is tried at once. */
	lab_commit(&lab, yaml_of(1, 5, "", "transport: api-ssl\ntls: { anonymous: true }\n"));
	plan_intent_digest(one, lab.intent, lab.router);
	lab_commit(&lab, yaml_of(1, 5, "", "transport: api-ssl\ntls: { ca: { file: a.pem } }\n"));
	plan_intent_digest(other, lab.intent, lab.router);
	assert_string_not_equal(one, other);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_many_gone_wait_and_gains_pass),
		cmocka_unit_test(nine_of_forty_go_and_ten_wait),
		cmocka_unit_test(exactly_the_percentage_goes_and_one_more_waits),
		cmocka_unit_test(none_of_two_would_remain_but_one_may_go),
		cmocka_unit_test(an_approval_names_the_held_alone),
		cmocka_unit_test(leave_lets_the_rest_of_an_approved_loss_go),
		cmocka_unit_test(time_is_never_guarded_but_waits_for_a_clock),
		cmocka_unit_test(rows_opened_by_hand_are_losses_by_drift),
		cmocka_unit_test(books_that_know_nobody_are_suspicious),
		cmocka_unit_test(the_fleet_holds_losses_by_commit_only),
		cmocka_unit_test(a_partial_plan_leaves_such_losses_to_a_complete_one),
		cmocka_unit_test(a_commit_is_worth_so_much_a_month),
		cmocka_unit_test(commit_losses_are_counted_before_any_router_is_asked),
		cmocka_unit_test(the_routers_digest_sees_what_matters_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
