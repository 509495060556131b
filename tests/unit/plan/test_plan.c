/* What becomes of rows: one scene each, and that a second plan is empty. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static void a_paid_subscriber_gets_pool_profile_and_secret(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 3);
	lab_expect(lab.plan.changes[0].key, "wavu-pppoe");
	lab_expect(lab.plan.changes[1].key, "wavu-home-10");
	lab_expect(lab.plan.changes[2].key, "jane");
	assert_int_equal(lab.plan.changes[2].effect, EFFECT_GAIN);
	assert_int_equal(lab.plan.changes[2].reason, REASON_NEW);
	lab_expect(lab.plan.changes[2].subscriber, "KN-1");
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "profile"), "wavu-home-10");
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "service"), "pppoe");
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "password"), "pw-KN-1");
	/* rx is the subscriber's upload. */
	lab_expect(lab_have(&lab, MENU_PPP_PROFILE, "wavu-home-10", "rate-limit"),
		   "5000000/10000000");
	lab_expect(lab_have(&lab, MENU_PPP_PROFILE, "wavu-home-10", "remote-address"),
		   "wavu-pppoe");
	lab_expect(lab_have(&lab, MENU_PPP_PROFILE, "wavu-home-10", "only-one"), "yes");
	assert_int_equal(lab_entry(&lab, MENU_PPP_SECRET, "jane")->state, INVENTORY_PRESENT);
	lab_close(&lab);
}

static void new_people_have_no_row_but_their_profile_waits(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE PETER AMINA);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 0);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_USER), 0);
	/* home-10, home-20, its throttled and its walled one. */
	assert_int_equal(lab_count(&lab, MENU_PPP_PROFILE), 4);
	assert_non_null(
	    lab_find(&lab, MENU_PPP_PROFILE, "name", "wavu-home-20.throttled-512k-256k"));
	lab_expect(lab_have(&lab, MENU_PPP_PROFILE, "wavu-home-20.walled", "address-list"),
		   "wavu-suspended");
	lab_expect(lab_have(&lab, MENU_HOTSPOT_USER_PROFILE, "wavu-day", "shared-users"), "2");
	/* A payment is then one write, and asks few questions. */
	lab_paid(&lab, "KN-1", 30);
	lab_plan(&lab, "kn1");
	assert_int_equal(lab.plan.count, 1);
	assert_true(lab.look_count <= 4);
	assert_int_equal(lab.plan.changes[0].verb, VERB_ADD);
	lab_settle(&lab);
	lab_close(&lab);
}

static void drift_is_healed_reported_and_contested(void **state)
{
	struct lab lab;
	char router[2048];
	uint32_t i;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	for (i = 0; i < 4; i++) {
		row_put(lab_find(&lab, MENU_PPP_SECRET, "name", "jane"), menu_of(MENU_PPP_SECRET),
			"profile", TEXT("fast"), &lab.arena);
		lab_plan(&lab, NULL);
		assert_int_equal(lab.plan.count, 1);
		assert_int_equal(lab.plan.changes[0].reason, REASON_DRIFT);
		assert_int_equal(lab.plan.contested, i == 3);
		assert_int_equal(lab.plan.changes[0].slow, i == 3);
		(void)lab_carry_out(&lab);
	}
	/* Removed by hand: added again, and that is drift too. */
	lab_remove(&lab, MENU_PPP_SECRET, lab_find(&lab, MENU_PPP_SECRET, "name", "jane"));
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.changes[0].verb, VERB_ADD);
	assert_int_equal(lab.plan.changes[0].reason, REASON_DRIFT);
	lab_settle(&lab);
	/* drift: report shows it and leaves it; what the facts want is still done. */
	(void)snprintf(router, sizeof(router), "%.*sdrift: report\n---\n",
		       (int)strlen(lab_router) - 4, lab_router);
	lab_commit(&lab, lab_yaml(router, JANE));
	row_put(lab_find(&lab, MENU_PPP_SECRET, "name", "jane"), menu_of(MENU_PPP_SECRET),
		"profile", TEXT("fast"), &lab.arena);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_true(lab.plan.changes[0].report_only);
	assert_int_equal(lab_carry_out(&lab), 0);
	lab.now += 11 * DAY_US;
	lab_plan(&lab, NULL);
	assert_false(lab.plan.changes[0].report_only);
	(void)lab_carry_out(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "disabled"), "true");
	lab_close(&lab);
}

static void passwords_that_read_as_stars(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab.all_hidden = true;
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_facts(&lab, "KN-1")->password = secret_of(TEXT("another"));
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_int_equal(lab.plan.changes[0].reason, REASON_CHANGED);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "password"), "another");
	/* One that cannot be read is left alone, and adds no row. */
	lab_facts(&lab, "KN-1")->password = (struct secret){ 0 };
	lab_settle(&lab);
	lab_remove(&lab, MENU_PPP_SECRET, lab_find(&lab, MENU_PPP_SECRET, "name", "jane"));
	lab_plan(&lab, NULL);
	assert_int_equal(lab_changes(&lab), 0);
	assert_int_equal(lab.plan.problem_count, 1);
	lab_close(&lab);
}

static void a_kept_password_is_not_compared(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_facts(&lab, "KN-1")->keep_password = true;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.problem_count, 1);
	lab_settle(&lab);
	row_put(lab_find(&lab, MENU_PPP_SECRET, "name", "jane"), menu_of(MENU_PPP_SECRET),
		"password", TEXT("hers"), &lab.arena);
	lab_settle(&lab);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "password"), "hers");
	lab_close(&lab);
}

static void equal_plans_have_equal_digests_and_secrets_are_no_part(void **state)
{
	struct lab lab;
	char first[13];

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_plan(&lab, NULL);
	memcpy(first, lab.plan.digest, sizeof(first));
	lab_facts(&lab, "KN-1")->password = secret_of(TEXT("another"));
	lab_plan(&lab, NULL);
	assert_string_equal(lab.plan.digest, first);
	lab_paid(&lab, "KN-1", -1);
	lab_plan(&lab, NULL);
	assert_string_not_equal(lab.plan.digest, first);
	lab_close(&lab);
}

static void many_people_are_asked_for_in_bulk(void **state)
{
	struct lab lab;
	struct text only[40];
	struct look looks[LAB_LOOKS_MAX];
	static char people[16384];
	size_t used = 0;
	uint32_t i, count;

	(void)state;
	for (i = 0; i < 40; i++)
		used += (size_t)snprintf(people + used, sizeof(people) - used,
					 "kind: Subscriber\nname: KN-%02u\npackage: home-10\n"
					 "router: kasarani-1\n---\n",
					 i);
	lab_open_with(&lab, people);
	for (i = 0; i < 40; i++) {
		only[i] = text_format(&lab.arena, "kn%02u", i);
		lab_paid(&lab, text_format(&lab.arena, "KN-%02u", i).at, 10);
	}
	lab_plan(&lab, NULL);
	lab.in.only = only;
	lab.in.only_count = 32;
	count = plan_looks(looks, LAB_LOOKS_MAX, &lab.in, &lab.job);
	assert_int_equal(count, 4);
	assert_int_equal(looks[2].menu->id, MENU_PPP_SECRET);
	assert_int_equal(looks[2].value_count, 32);
	lab.in.only_count = 40;
	count = plan_looks(looks, LAB_LOOKS_MAX, &lab.in, &lab.job);
	assert_int_equal(count, 4);
	assert_null(looks[2].field);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_paid_subscriber_gets_pool_profile_and_secret),
		cmocka_unit_test(new_people_have_no_row_but_their_profile_waits),
		cmocka_unit_test(drift_is_healed_reported_and_contested),
		cmocka_unit_test(passwords_that_read_as_stars),
		cmocka_unit_test(a_kept_password_is_not_compared),
		cmocka_unit_test(equal_plans_have_equal_digests_and_secrets_are_no_part),
		cmocka_unit_test(many_people_are_asked_for_in_bulk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
