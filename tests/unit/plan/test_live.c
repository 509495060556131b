/* What becomes of sessions, cookies and hosts when rows change, or wall clocks move on. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static void expiry_disables_the_row_and_ends_the_session_last(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_dial(&lab, "jane", 0);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab.now += 11 * DAY_US;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 2);
	assert_int_equal(lab.plan.changes[0].verb, VERB_SET);
	assert_int_equal(lab.plan.changes[0].effect, EFFECT_LOSS);
	assert_int_equal(lab.plan.changes[0].reason, REASON_CHANGED);
	assert_int_equal(lab.plan.changes[1].verb, VERB_DISCONNECT);
	assert_int_equal(lab.plan.people[0].loss, LOSS_BY_TIME);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "disabled"), "true");
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 0);
	/* Paid again: one set, and the session that comes back at once stays. */
	lab_paid(&lab, "KN-1", 30);
	lab_plan(&lab, "kn1");
	assert_int_equal(lab.plan.count, 1);
	assert_int_equal(lab.plan.changes[0].effect, EFFECT_GAIN);
	assert_int_equal(lab.plan.changes[0].before.key.size, 0);
	(void)lab_carry_out(&lab);
	lab_dial(&lab, "jane", 0);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab_close(&lab);
}

static void hotspot_off_takes_cookies_logins_and_hosts(void **state)
{
	struct lab lab;
	static const enum menu_id live[] = { MENU_HOTSPOT_COOKIE, MENU_HOTSPOT_ACTIVE,
					     MENU_HOTSPOT_HOST };
	uint32_t i;

	(void)state;
	lab_open_with(&lab, AMINA);
	lab_paid(&lab, "KN-3", 1);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_HOTSPOT_USER, "amina", "server"), "hotspot1");
	lab.now += HOUR_US;
	lab_login(&lab, "amina", "AA:BB:CC:00:00:01", 60);
	lab_login(&lab, "amina", "AA:BB:CC:00:00:02", 60);
	lab_login(&lab, "stranger", "AA:BB:CC:00:00:03", 60);
	lab_settle(&lab);
	lab.now += 2 * DAY_US;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 7);
	for (i = 0; i < 3; i++) {
		assert_int_equal(lab.plan.changes[1 + 2 * i].menu->id, live[i]);
		assert_int_equal(lab.plan.changes[2 + 2 * i].menu->id, live[i]);
	}
	/* A line that dies right before the hosts: they are known by what was stored before. */
	lab_carry_out_until(&lab, 6);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_ACTIVE), 1);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_HOST), 2);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_int_equal(lab.plan.changes[0].menu->id, MENU_HOTSPOT_HOST);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_HOST), 1);
	/* The phone is still there and shows up as a host again: that is no access, and no reason
	 * to write. */
	(void)lab_row(&lab, MENU_HOTSPOT_HOST, "mac-address=AA:BB:CC:00:00:01");
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_HOST), 2);
	lab_close(&lab);
}

static void a_new_speed_renews_older_sessions_once(void **state)
{
	struct lab lab;
	char people[512];

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab.now += HOUR_US;
	lab_dial(&lab, "jane", 100);
	lab_settle(&lab);
	(void)snprintf(people, sizeof(people), "%s", JANE);
	memcpy(strstr(people, "home-10"), "home-20", 7);
	lab_commit(&lab, lab_yaml(lab_router, people));
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.verbs[VERB_SET], 1);
	assert_int_equal(lab.plan.verbs[VERB_DISCONNECT], 1);
	assert_non_null(lab_change(&lab, VERB_SET, MENU_PPP_SECRET, "jane"));
	assert_true(lab_change(&lab, VERB_SET, MENU_PPP_SECRET, "jane")->changes_rights);
	/* The answer to the set never comes, and the session is not reached: it is stale all the
	 * same. */
	lab_carry_out_until(&lab, 4);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "profile"), "wavu-home-20");
	assert_true(lab_entry(&lab, MENU_PPP_SECRET, "jane")->rights_pending);
	lab_plan(&lab, NULL);
	assert_non_null(lab_change(&lab, VERB_DISCONNECT, MENU_PPP_ACTIVE, "jane"));
	(void)lab_carry_out(&lab);
	assert_false(lab_entry(&lab, MENU_PPP_SECRET, "jane")->rights_pending);
	lab_dial(&lab, "jane", 0);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab_close(&lab);
}

static void a_healed_rate_drops_only_wrong_queues(void **state)
{
	struct lab lab;
	char people[1024];

	(void)state;
	(void)snprintf(people, sizeof(people), "%s%s", JANE, PETER);
	memcpy(strstr(people, "home-20"), "home-10", 7);
	lab_open_with(&lab, people);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	lab_settle(&lab);
	lab.now += HOUR_US;
	lab_dial(&lab, "jane", 1000);
	lab_dial(&lab, "peter", 5);
	(void)lab_row(&lab, MENU_QUEUE_SIMPLE, "name=<pppoe-jane> max-limit=5000000/10000000");
	(void)lab_row(&lab, MENU_QUEUE_SIMPLE, "name=<pppoe-peter> max-limit=50000000/50000000");
	row_put(lab_find(&lab, MENU_PPP_PROFILE, "name", "wavu-home-10"), menu_of(MENU_PPP_PROFILE),
		"rate-limit", TEXT("50M/50M"), &lab.arena);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 2);
	assert_non_null(lab_change(&lab, VERB_DISCONNECT, MENU_PPP_ACTIVE, "peter"));
	/* The line dies before peter is reached: what is pending is found again by the queue. */
	lab_carry_out_until(&lab, 1);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_non_null(lab_change(&lab, VERB_DISCONNECT, MENU_PPP_ACTIVE, "peter"));
	(void)lab_carry_out(&lab);
	lab_remove(&lab, MENU_QUEUE_SIMPLE,
		   lab_find(&lab, MENU_QUEUE_SIMPLE, "name", "<pppoe-peter>"));
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab_close(&lab);
}

static void a_username_that_changes_hands_renews_its_sessions(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_dial(&lab, "jane", 0);
	lab_settle(&lab);
	lab_commit(&lab, lab_yaml(lab_router,
				  "kind: Subscriber\nname: KN-9\nusername: jane\npackage: home-10\n"
				  "router: kasarani-1\n"));
	lab_paid(&lab, "KN-9", 10);
	/* By chance even the password is the same: nothing is to be set, and yet another person is
	 * online. */
	lab_facts(&lab, "KN-9")->password = lab_facts(&lab, "KN-1")->password;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_int_equal(lab.plan.changes[0].verb, VERB_DISCONNECT);
	assert_false(lab.plan.guarded.waits);
	(void)lab_carry_out(&lab);
	lab_expect(lab_entry(&lab, MENU_PPP_SECRET, "jane")->reference, "kn9");
	lab_dial(&lab, "jane", 0);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab_close(&lab);
}

static void radius_sessions_are_nobodys_business(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 1);
	lab_settle(&lab);
	(void)lab_row(&lab, MENU_PPP_ACTIVE, "name=jane radius=true uptime=9s");
	(void)lab_row(&lab, MENU_PPP_ACTIVE, "name=stranger uptime=9s");
	lab.now += 2 * DAY_US;
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 2);
	lab_close(&lab);
}

static void a_pause_is_a_loss_that_nothing_holds(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_facts(&lab, "KN-1")->standing.paused = true;
	lab.in.clock_why = TEXT("the clock jumped");
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.people[0].loss, LOSS_BY_FACT);
	assert_false(lab.plan.guarded.waits);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "disabled"), "true");
	lab_close(&lab);
}

static void walled_needs_a_wall(void **state)
{
	struct lab lab;
	const struct change *change;

	(void)state;
	lab_open_with(&lab, PETER);
	lab_paid(&lab, "KN-2", -6);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.problem_count, 1);
	assert_true(text_contains_nocase(lab.plan.problems[0], TEXT("walled acts as disable")));
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "peter", "disabled"), "true");
	/* A disabled rule, one that excepts the list and one in another chain are no walls. */
	(void)lab_row(&lab, MENU_FIREWALL_FILTER,
		      "chain=forward action=drop src-address-list=wavu-suspended disabled=true");
	(void)lab_row(&lab, MENU_FIREWALL_FILTER,
		      "chain=forward action=drop src-address-list=!wavu-suspended");
	(void)lab_row(&lab, MENU_FIREWALL_FILTER,
		      "chain=input action=drop src-address-list=wavu-suspended");
	lab_plan(&lab, NULL);
	assert_int_equal(lab_changes(&lab), 0);
	assert_true(lab.plan.walls_looked);
	assert_int_equal(lab.plan.walls.size, 0);
	(void)lab_row(&lab, MENU_FIREWALL_NAT,
		      "chain=dstnat action=redirect src-address-list=wavu-suspended");
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.problem_count, 0);
	lab_expect(lab.plan.walls, "wavu-suspended");
	change = lab_change(&lab, VERB_SET, MENU_PPP_SECRET, "peter");
	assert_non_null(change);
	assert_int_equal(change->effect, EFFECT_NEUTRAL);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "peter", "disabled"), "false");
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "peter", "profile"), "wavu-home-20.walled");
	/* Behind the wall he pays: the profile changes, his walled session is renewed once. */
	lab_dial(&lab, "peter", 0);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab_paid(&lab, "KN-2", 30);
	lab.in.walls_known = TEXT("wavu-suspended");
	lab_plan(&lab, "kn2");
	assert_int_equal(lab.plan.count, 2);
	assert_int_equal(lab.plan.changes[0].effect, EFFECT_GAIN);
	assert_int_equal(lab.plan.changes[1].effect, EFFECT_NEUTRAL);
	assert_int_equal(lab.plan.changes[1].reason, REASON_STALE_SESSION);
	lab_settle(&lab);
	lab_close(&lab);
}

static void throttled_is_another_profile(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, PETER);
	lab_paid(&lab, "KN-2", 10);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_PROFILE, "wavu-home-20", "rate-limit"),
		   "10000000/20000000 15000000/30000000 8000000/16000000 16/16");
	lab_dial(&lab, "peter", 0);
	lab.now += 11 * DAY_US; /* grace: nothing changes */
	lab_plan(&lab, NULL);
	assert_int_equal(lab_changes(&lab), 0);
	assert_int_equal(lab.plan.people[0].entitlement.state, STATE_GRACE);
	lab.now += 2 * DAY_US;
	/*
	 * By a clock that is not believed nobody's speed is taken; and a person may say that it is.
	 */
	lab.in.clock_why = TEXT("the clock jumped");
	lab_plan(&lab, NULL);
	assert_true(lab.plan.guarded.waits);
	assert_int_equal(lab.plan.guarded.losses, 1);
	for (uint32_t i = 0; i < lab.plan.count; i++)
		assert_true(lab.plan.changes[i].held);
	lab.in.clock_why = TEXT_NONE;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 2);
	assert_int_equal(lab.plan.changes[0].effect, EFFECT_NEUTRAL);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "peter", "profile"),
		   "wavu-home-20.throttled-512k-256k");
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 0);
	lab.now += 100 * DAY_US; /* terminated */
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 0);
	assert_int_equal(lab_count(&lab, MENU_PPP_PROFILE), 3);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expiry_disables_the_row_and_ends_the_session_last),
		cmocka_unit_test(hotspot_off_takes_cookies_logins_and_hosts),
		cmocka_unit_test(a_new_speed_renews_older_sessions_once),
		cmocka_unit_test(a_healed_rate_drops_only_wrong_queues),
		cmocka_unit_test(a_username_that_changes_hands_renews_its_sessions),
		cmocka_unit_test(radius_sessions_are_nobodys_business),
		cmocka_unit_test(a_pause_is_a_loss_that_nothing_holds),
		cmocka_unit_test(walled_needs_a_wall),
		cmocka_unit_test(throttled_is_another_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
