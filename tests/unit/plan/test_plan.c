/* The plan's judgements, one scene each: what is wanted, what happens to rows, and that a second
 * plan is empty. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "menu/mark.h"

static const char tenant[] = "kind: Tenant\n"
			     "name: kasinet\n"
			     "currency: KES\n"
			     "timezone: Africa/Nairobi\n"
			     "---\n"
			     "kind: Site\n"
			     "name: kasarani\n"
			     "---\n";

static const char routers[] =
    "kind: Router\n"
    "name: kasarani-1\n"
    "site: kasarani\n"
    "address: 10.66.0.11:8728\n"
    "user: wavu\n"
    "password: { file: kasarani-1.pw }\n"
    "mode: manage\n"
    "pppoe: { local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24] }\n"
    "hotspot: { server: hotspot1 }\n"
    "---\n";

static const char packages[] =
    "kind: DunningPolicy\n"
    "name: standard\n"
    "steps:\n"
    "  - { at: 2d, do: throttle, speed: { down: 512k, up: 256k } }\n"
    "  - { at: 5d, do: suspend }\n"
    "  - { at: 60d, do: terminate }\n"
    "suspend: { how: walled, address_list: wavu-suspended }\n"
    "---\n"
    "kind: Package\n"
    "name: home-10\n"
    "service: pppoe\n"
    "price: 2500\n"
    "period: 1 month\n"
    "speed: { down: 10M, up: 5M }\n"
    "---\n"
    "kind: Package\n"
    "name: home-20\n"
    "service: pppoe\n"
    "price: 4000\n"
    "period: 1 month\n"
    "speed: { down: 20M, up: 10M }\n"
    "burst: { down: 30M, up: 15M, threshold_down: 16M, threshold_up: 8M, "
    "time: 16s }\n"
    "dunning: standard\n"
    "---\n"
    "kind: Package\n"
    "name: day\n"
    "service: hotspot\n"
    "price: 50\n"
    "period: 1d\n"
    "speed: { down: 4M, up: 2M }\n"
    "devices: 2\n"
    "---\n";

#define JANE \
	"kind: Subscriber\nname: KN-1\nusername: jane\npackage: home-10\nrouter: kasarani-1\n---\n"
#define PETER \
	"kind: Subscriber\nname: KN-2\nusername: peter\npackage: home-20\nrouter: kasarani-1\n---\n"
#define AMINA \
	"kind: Subscriber\nname: KN-3\nusername: amina\npackage: day\nrouter: kasarani-1\n---\n"

/* `people` with the tenant, the router as given and the packages. */
static const char *yaml_with(struct lab *lab, const char *router, const char *people)
{
	static char text[1 << 16];

	(void)lab;
	(void)snprintf(text, sizeof(text), "%s%s%s%s", tenant, router, packages, people);
	return text;
}

static void open_with(struct lab *lab, const char *people)
{
	lab_open(lab, yaml_with(lab, routers, people));
}

static struct text have(struct lab *lab, enum menu_id menu, const char *key, const char *field)
{
	struct row *row = lab_find(lab, menu, menu_of(menu)->fields[0].name, key);

	assert_non_null(row);
	return row_get(row, menu_of(menu), field);
}

static void assert_text(struct text got, const char *expected)
{
	if (!text_is(got, expected))
		fail_msg("'%.*s' is not '%s'", TEXT_ARG(got), expected);
}

static void a_paid_subscriber_gets_pool_profile_and_secret(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 3);
	assert_text(lab.plan.changes[0].key, "wavu-pppoe");
	assert_text(lab.plan.changes[1].key, "wavu-home-10");
	assert_text(lab.plan.changes[2].key, "jane");
	assert_int_equal(lab.plan.changes[2].effect, EFFECT_GAIN);
	assert_int_equal(lab.plan.changes[2].reason, REASON_NEW);
	assert_text(lab.plan.changes[2].subscriber, "KN-1");
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "profile"), "wavu-home-10");
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "service"), "pppoe");
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "password"), "pw-KN-1");
	/* rx is the subscriber's upload. */
	assert_text(have(&lab, MENU_PPP_PROFILE, "wavu-home-10", "rate-limit"), "5000000/10000000");
	assert_text(have(&lab, MENU_PPP_PROFILE, "wavu-home-10", "remote-address"), "wavu-pppoe");
	assert_text(have(&lab, MENU_PPP_PROFILE, "wavu-home-10", "only-one"), "yes");
	assert_int_equal(lab_entry(&lab, MENU_PPP_SECRET, "jane")->state, INVENTORY_PRESENT);
	lab_close(&lab);
}

static void new_people_have_no_row_but_their_profile_waits(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE PETER AMINA);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 0);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_USER), 0);
	/* home-10, home-20, its throttled and its walled one. */
	assert_int_equal(lab_count(&lab, MENU_PPP_PROFILE), 4);
	assert_non_null(
	    lab_find(&lab, MENU_PPP_PROFILE, "name", "wavu-home-20.throttled-512k-256k"));
	assert_text(have(&lab, MENU_PPP_PROFILE, "wavu-home-20.walled", "address-list"),
		    "wavu-suspended");
	assert_text(have(&lab, MENU_HOTSPOT_USER_PROFILE, "wavu-day", "shared-users"), "2");
	/* A payment is then one write, and asks few questions. */
	lab_paid(&lab, "KN-1", 30);
	lab_plan(&lab, "kn1");
	assert_int_equal(lab.plan.count, 1);
	assert_true(lab.look_count <= 4);
	assert_int_equal(lab.plan.changes[0].verb, VERB_ADD);
	lab_settle(&lab);
	lab_close(&lab);
}

static void expiry_disables_the_row_and_ends_the_session_last(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE);
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
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "disabled"), "true");
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

static void walled_needs_a_wall(void **state)
{
	struct lab lab;
	const struct change *change;

	(void)state;
	open_with(&lab, PETER);
	lab_paid(&lab, "KN-2", -6);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.problem_count, 1);
	assert_true(text_contains_nocase(lab.plan.problems[0], TEXT("walled acts as disable")));
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_SECRET, "peter", "disabled"), "true");
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
	assert_text(lab.plan.walls, "wavu-suspended");
	change = lab_change(&lab, VERB_SET, MENU_PPP_SECRET, "peter");
	assert_non_null(change);
	assert_int_equal(change->effect, EFFECT_NEUTRAL);
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_SECRET, "peter", "disabled"), "false");
	assert_text(have(&lab, MENU_PPP_SECRET, "peter", "profile"), "wavu-home-20.walled");
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
	open_with(&lab, PETER);
	lab_paid(&lab, "KN-2", 10);
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_PROFILE, "wavu-home-20", "rate-limit"),
		    "10000000/20000000 15000000/30000000 8000000/16000000 16/16");
	lab_dial(&lab, "peter", 0);
	lab.now += 11 * DAY_US; /* grace: nothing changes */
	lab_plan(&lab, NULL);
	assert_int_equal(lab_changes(&lab), 0);
	assert_int_equal(lab.plan.people[0].entitlement.state, STATE_GRACE);
	lab.now += 2 * DAY_US;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 2);
	assert_int_equal(lab.plan.changes[0].effect, EFFECT_NEUTRAL);
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_SECRET, "peter", "profile"),
		    "wavu-home-20.throttled-512k-256k");
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 0);
	lab.now += 100 * DAY_US; /* terminated */
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 0);
	assert_int_equal(lab_count(&lab, MENU_PPP_PROFILE), 3);
	lab_close(&lab);
}

static void hotspot_off_takes_cookies_logins_and_hosts(void **state)
{
	struct lab lab;
	static const enum menu_id live[] = { MENU_HOTSPOT_COOKIE, MENU_HOTSPOT_ACTIVE,
					     MENU_HOTSPOT_HOST };
	uint32_t i;

	(void)state;
	open_with(&lab, AMINA);
	lab_paid(&lab, "KN-3", 1);
	lab_settle(&lab);
	assert_text(have(&lab, MENU_HOTSPOT_USER, "amina", "server"), "hotspot1");
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

static void gone_from_git_is_done_when_read_back(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE PETER);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	lab_settle(&lab);
	lab_dial(&lab, "jane", 100);
	lab_commit(&lab, yaml_with(&lab, routers, PETER));
	lab_plan(&lab, NULL);
	/* The row, its session, and the profile that nobody needs any more. */
	assert_int_equal(lab.plan.verbs[VERB_REMOVE], 2);
	assert_int_equal(lab.plan.verbs[VERB_DISCONNECT], 1);
	assert_text(lab.plan.changes[0].key, "jane");
	assert_text(lab.plan.changes[1].key, "wavu-home-10");
	assert_true(lab.plan.changes[1].only_if_clean);
	lab_carry_out_until(&lab, 1);
	assert_int_equal(lab_entry(&lab, MENU_PPP_SECRET, "jane")->state, INVENTORY_REMOVING);
	lab_plan(&lab, NULL);
	assert_non_null(lab_change(&lab, VERB_DISCONNECT, MENU_PPP_ACTIVE, "jane"));
	(void)lab_carry_out(&lab);
	assert_non_null(lab_entry(&lab, MENU_PPP_SECRET, "jane"));
	lab_settle(&lab);
	assert_null(lab_entry(&lab, MENU_PPP_SECRET, "jane"));
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 0);
	assert_null(lab_find(&lab, MENU_PPP_PROFILE, "name", "wavu-home-10"));
	lab_close(&lab);
}

static void foreign_rows_are_conflicts_and_stay(void **state)
{
	struct lab lab;
	const struct change *change;
	struct text mark;

	(void)state;
	open_with(&lab, JANE PETER);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	(void)lab_row(&lab, MENU_PPP_SECRET, "name=jane password=x profile=default");
	lab_dial(&lab, "jane", 100);
	lab_settle(&lab);
	change = lab_change(&lab, VERB_CONFLICT, MENU_PPP_SECRET, "jane");
	assert_non_null(change);
	assert_int_equal(change->reason, REASON_CONFLICT);
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "password"), "x");
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	/* A copy of peter's row under another name carries his mark, which does not fit it. */
	mark = have(&lab, MENU_PPP_SECRET, "peter", "comment");
	assert_true(mark_length(mark) != 0);
	row_put(lab_row(&lab, MENU_PPP_SECRET, "name=copy profile=wavu-home-20"),
		menu_of(MENU_PPP_SECRET), "comment", mark, &lab.arena);
	lab_settle(&lab);
	assert_non_null(lab_find(&lab, MENU_PPP_SECRET, "name", "copy"));
	/* ... and keeps the profile it names from being removed. */
	lab_commit(&lab, yaml_with(&lab, routers, JANE));
	lab_settle(&lab);
	assert_null(lab_find(&lab, MENU_PPP_SECRET, "name", "peter"));
	assert_non_null(lab_find(&lab, MENU_PPP_PROFILE, "name", "wavu-home-20"));
	lab_close(&lab);
}

static void a_wiped_comment_is_still_ours_and_a_persons_text_is_kept(void **state)
{
	struct lab lab;
	struct row *row;

	(void)state;
	open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	row = lab_find(&lab, MENU_PPP_SECRET, "name", "jane");
	row_put(row, menu_of(MENU_PPP_SECRET), "comment", TEXT("near the church"), &lab.arena);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_int_equal(lab.plan.changes[0].reason, REASON_DRIFT);
	assert_int_equal(lab.plan.drift_count, 1);
	lab_settle(&lab);
	assert_true(
	    text_ends(have(&lab, MENU_PPP_SECRET, "jane", "comment"), TEXT(" near the church")));
	assert_true(
	    text_starts(have(&lab, MENU_PPP_SECRET, "jane", "comment"), TEXT("wavu:kasinet/")));
	lab_close(&lab);
}

static void adopt_marks_equal_rows_only(void **state)
{
	struct lab lab;
	char router[1024];

	(void)state;
	(void)snprintf(router, sizeof(router), "%s", routers);
	memcpy(strstr(router, "mode: manage"), "mode: adopt ", strlen("mode: adopt "));
	lab_open(&lab, yaml_with(&lab, router, JANE PETER));
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	(void)lab_row(&lab, MENU_PPP_SECRET,
		      "name=jane service=pppoe password=pw-KN-1 profile=wavu-home-10");
	(void)lab_row(&lab, MENU_PPP_SECRET, "name=peter service=any password=y profile=z");
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.verbs[VERB_ADOPT], 1);
	assert_int_equal(lab.plan.verbs[VERB_CONFLICT], 1);
	assert_int_equal(lab_carry_out(&lab), 1);
	assert_true(mark_length(have(&lab, MENU_PPP_SECRET, "jane", "comment")) != 0);
	assert_int_equal(lab_count(&lab, MENU_PPP_PROFILE), 0);
	lab_commit(&lab, yaml_with(&lab, routers, JANE PETER));
	lab_settle(&lab);
	assert_int_equal(lab.plan.verbs[VERB_CONFLICT], 1);
	lab_close(&lab);
}

static void drift_is_healed_reported_and_contested(void **state)
{
	struct lab lab;
	char router[2048];
	uint32_t i;

	(void)state;
	open_with(&lab, JANE);
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
	(void)snprintf(router, sizeof(router), "%.*sdrift: report\n---\n", (int)strlen(routers) - 4,
		       routers);
	lab_commit(&lab, yaml_with(&lab, router, JANE));
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
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "disabled"), "true");
	lab_close(&lab);
}

static void passwords_that_read_as_stars(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE);
	lab.all_hidden = true;
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_facts(&lab, "KN-1")->password = secret_of(TEXT("another"));
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_int_equal(lab.plan.changes[0].reason, REASON_CHANGED);
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "password"), "another");
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
	open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_facts(&lab, "KN-1")->keep_password = true;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.problem_count, 1);
	lab_settle(&lab);
	row_put(lab_find(&lab, MENU_PPP_SECRET, "name", "jane"), menu_of(MENU_PPP_SECRET),
		"password", TEXT("hers"), &lab.arena);
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "password"), "hers");
	lab_close(&lab);
}

static void a_lost_answer_leaves_our_row_ours(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE AMINA);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-3", 1);
	lab_plan(&lab, NULL);
	/* Hotspot profiles have no comment: the stored intention alone says whose it is. */
	lab_carry_out_until(&lab, 3);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_USER_PROFILE), 1);
	assert_int_equal(lab_entry(&lab, MENU_HOTSPOT_USER_PROFILE, "wavu-day")->state,
			 INVENTORY_PENDING);
	lab_settle(&lab);
	assert_int_equal(lab.plan.verbs[VERB_CONFLICT], 0);
	assert_int_equal(lab_entry(&lab, MENU_HOTSPOT_USER_PROFILE, "wavu-day")->state,
			 INVENTORY_PRESENT);
	lab_close(&lab);
}

static void pending_is_not_ours_when_a_stranger_took_the_name(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, AMINA);
	lab_plan(&lab, NULL);
	lab_carry_out_until(&lab, lab.plan.count);
	assert_int_equal(lab_count(&lab, MENU_HOTSPOT_USER_PROFILE), 1);
	row_put(lab_find(&lab, MENU_HOTSPOT_USER_PROFILE, "name", "wavu-day"),
		menu_of(MENU_HOTSPOT_USER_PROFILE), "rate-limit", TEXT("1M/1M"), &lab.arena);
	lab_entry(&lab, MENU_HOTSPOT_USER_PROFILE, "wavu-day")->state = INVENTORY_PENDING;
	lab_plan(&lab, NULL);
	assert_non_null(lab_change(&lab, VERB_CONFLICT, MENU_HOTSPOT_USER_PROFILE, "wavu-day"));
	lab_close(&lab);
}

static void a_new_speed_renews_older_sessions_once(void **state)
{
	struct lab lab;
	char people[512];

	(void)state;
	open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_dial(&lab, "jane", 100);
	lab_settle(&lab);
	(void)snprintf(people, sizeof(people), "%s", JANE);
	memcpy(strstr(people, "home-10"), "home-20", 7);
	lab_commit(&lab, yaml_with(&lab, routers, people));
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.verbs[VERB_SET], 1);
	assert_int_equal(lab.plan.verbs[VERB_DISCONNECT], 1);
	assert_non_null(lab_change(&lab, VERB_SET, MENU_PPP_SECRET, "jane"));
	assert_true(lab_change(&lab, VERB_SET, MENU_PPP_SECRET, "jane")->changes_rights);
	/* The answer to the set never comes, and the session is not reached: it is stale all the
	 * same. */
	lab_carry_out_until(&lab, 4);
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "profile"), "wavu-home-20");
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
	open_with(&lab, people);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	lab_settle(&lab);
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
	open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_dial(&lab, "jane", 0);
	lab_settle(&lab);
	lab_commit(&lab,
		   yaml_with(&lab, routers,
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
	assert_text(lab_entry(&lab, MENU_PPP_SECRET, "jane")->reference, "kn9");
	lab_dial(&lab, "jane", 0);
	lab_settle(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	lab_close(&lab);
}

static void a_suspicious_read_takes_nothing_for_gone(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_commit(&lab, yaml_with(&lab, routers, PETER));
	lab_plan(&lab, NULL);
	lab_carry_out_until(&lab, lab.plan.count - 1); /* the row is gone, its answer was lost */
	assert_non_null(lab_entry(&lab, MENU_PPP_SECRET, "jane"));
	lab.seen.suspicious = true;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.verbs[VERB_REMOVE], 0);
	assert_int_equal(lab.plan.fix_count, 0);
	lab.seen.suspicious = false;
	lab_settle(&lab);
	assert_null(lab_entry(&lab, MENU_PPP_SECRET, "jane"));
	lab_close(&lab);
}

static void radius_sessions_are_nobodys_business(void **state)
{
	struct lab lab;

	(void)state;
	open_with(&lab, JANE);
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
	open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_facts(&lab, "KN-1")->standing.paused = true;
	lab.in.clock_why = TEXT("the clock jumped");
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.people[0].loss, LOSS_BY_FACT);
	assert_false(lab.plan.guarded.waits);
	lab_settle(&lab);
	assert_text(have(&lab, MENU_PPP_SECRET, "jane", "disabled"), "true");
	lab_close(&lab);
}

static void observe_shows_and_writes_nothing(void **state)
{
	struct lab lab;
	char router[1024];

	(void)state;
	(void)snprintf(router, sizeof(router), "%s", routers);
	memcpy(strstr(router, "mode: manage"), "mode: observe", strlen("mode: observe"));
	memmove(strstr(router, "mode: observe") + 14, strstr(router, "pppoe:"),
		strlen(strstr(router, "pppoe:")) + 1);
	strstr(router, "mode: observe")[13] = '\n';
	lab_open(&lab, yaml_with(&lab, router, JANE));
	lab_paid(&lab, "KN-1", 10);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 3);
	assert_int_equal(lab_carry_out(&lab), 0);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 0);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_paid_subscriber_gets_pool_profile_and_secret),
		cmocka_unit_test(new_people_have_no_row_but_their_profile_waits),
		cmocka_unit_test(expiry_disables_the_row_and_ends_the_session_last),
		cmocka_unit_test(walled_needs_a_wall),
		cmocka_unit_test(throttled_is_another_profile),
		cmocka_unit_test(hotspot_off_takes_cookies_logins_and_hosts),
		cmocka_unit_test(gone_from_git_is_done_when_read_back),
		cmocka_unit_test(foreign_rows_are_conflicts_and_stay),
		cmocka_unit_test(a_wiped_comment_is_still_ours_and_a_persons_text_is_kept),
		cmocka_unit_test(adopt_marks_equal_rows_only),
		cmocka_unit_test(drift_is_healed_reported_and_contested),
		cmocka_unit_test(passwords_that_read_as_stars),
		cmocka_unit_test(a_kept_password_is_not_compared),
		cmocka_unit_test(a_lost_answer_leaves_our_row_ours),
		cmocka_unit_test(pending_is_not_ours_when_a_stranger_took_the_name),
		cmocka_unit_test(a_new_speed_renews_older_sessions_once),
		cmocka_unit_test(a_healed_rate_drops_only_wrong_queues),
		cmocka_unit_test(a_username_that_changes_hands_renews_its_sessions),
		cmocka_unit_test(a_suspicious_read_takes_nothing_for_gone),
		cmocka_unit_test(radius_sessions_are_nobodys_business),
		cmocka_unit_test(a_pause_is_a_loss_that_nothing_holds),
		cmocka_unit_test(observe_shows_and_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
