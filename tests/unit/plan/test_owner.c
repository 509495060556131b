/* Whose row is it: strangers, copies, lost answers, adoption, and what is done when it is gone. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "menu/mark.h"

static void foreign_rows_are_conflicts_and_stay(void **state)
{
	struct lab lab;
	const struct change *change;
	struct text mark;

	(void)state;
	lab_open_with(&lab, JANE PETER);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	(void)lab_row(&lab, MENU_PPP_SECRET, "name=jane password=x profile=default");
	lab_dial(&lab, "jane", 100);
	lab_settle(&lab);
	change = lab_change(&lab, VERB_CONFLICT, MENU_PPP_SECRET, "jane");
	assert_non_null(change);
	assert_int_equal(change->reason, REASON_CONFLICT);
	lab_expect(lab_have(&lab, MENU_PPP_SECRET, "jane", "password"), "x");
	assert_int_equal(lab_count(&lab, MENU_PPP_ACTIVE), 1);
	/* A copy of peter's row under another name carries his mark, which does not fit it. */
	mark = lab_have(&lab, MENU_PPP_SECRET, "peter", "comment");
	assert_true(mark_length(mark) != 0);
	row_put(lab_row(&lab, MENU_PPP_SECRET, "name=copy profile=wavu-home-20"),
		menu_of(MENU_PPP_SECRET), "comment", mark, &lab.arena);
	lab_settle(&lab);
	assert_non_null(lab_find(&lab, MENU_PPP_SECRET, "name", "copy"));
	/* ... and keeps the profile it names from being removed. */
	lab_commit(&lab, lab_yaml(lab_router, JANE));
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
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	row = lab_find(&lab, MENU_PPP_SECRET, "name", "jane");
	row_put(row, menu_of(MENU_PPP_SECRET), "comment", TEXT("near the church"), &lab.arena);
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.count, 1);
	assert_int_equal(lab.plan.changes[0].reason, REASON_DRIFT);
	assert_int_equal(lab.plan.drift_count, 1);
	lab_settle(&lab);
	assert_true(text_ends(lab_have(&lab, MENU_PPP_SECRET, "jane", "comment"),
			      TEXT(" near the church")));
	assert_true(
	    text_starts(lab_have(&lab, MENU_PPP_SECRET, "jane", "comment"), TEXT("wavu:kasinet/")));
	lab_close(&lab);
}

static void adopt_marks_equal_rows_only(void **state)
{
	struct lab lab;
	char router[1024];

	(void)state;
	(void)snprintf(router, sizeof(router), "%s", lab_router);
	memcpy(strstr(router, "mode: manage"), "mode: adopt ", strlen("mode: adopt "));
	lab_open(&lab, lab_yaml(router, JANE PETER));
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	(void)lab_row(&lab, MENU_PPP_SECRET,
		      "name=jane service=pppoe password=pw-KN-1 profile=wavu-home-10");
	(void)lab_row(&lab, MENU_PPP_SECRET, "name=peter service=any password=y profile=z");
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.verbs[VERB_ADOPT], 1);
	assert_int_equal(lab.plan.verbs[VERB_CONFLICT], 1);
	assert_int_equal(lab_carry_out(&lab), 1);
	assert_true(mark_length(lab_have(&lab, MENU_PPP_SECRET, "jane", "comment")) != 0);
	assert_int_equal(lab_count(&lab, MENU_PPP_PROFILE), 0);
	lab_commit(&lab, lab_yaml(lab_router, JANE PETER));
	lab_settle(&lab);
	assert_int_equal(lab.plan.verbs[VERB_CONFLICT], 1);
	lab_close(&lab);
}

static void a_lost_answer_leaves_our_row_ours(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE AMINA);
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
	lab_open_with(&lab, AMINA);
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

static void dynamic_and_builtin_rows_are_never_ours(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_commit(&lab, lab_yaml(lab_router, ""));
	lab_find(&lab, MENU_PPP_SECRET, "name", "jane")->builtin = true;
	lab_find(&lab, MENU_PPP_PROFILE, "name", "wavu-home-10")->dynamic = true;
	lab_plan(&lab, NULL);
	assert_int_equal(lab.plan.verbs[VERB_REMOVE], 0);
	(void)lab_carry_out(&lab);
	assert_int_equal(lab_count(&lab, MENU_PPP_SECRET), 1);
	lab_close(&lab);
}

static void gone_from_git_is_done_when_read_back(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE PETER);
	lab_paid(&lab, "KN-1", 10);
	lab_paid(&lab, "KN-2", 10);
	lab_settle(&lab);
	lab_dial(&lab, "jane", 100);
	lab_commit(&lab, lab_yaml(lab_router, PETER));
	lab_plan(&lab, NULL);
	/* The row, its session, and the profile that nobody needs any more. */
	assert_int_equal(lab.plan.verbs[VERB_REMOVE], 2);
	assert_int_equal(lab.plan.verbs[VERB_DISCONNECT], 1);
	lab_expect(lab.plan.changes[0].key, "jane");
	lab_expect(lab.plan.changes[1].key, "wavu-home-10");
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

static void a_suspicious_read_takes_nothing_for_gone(void **state)
{
	struct lab lab;

	(void)state;
	lab_open_with(&lab, JANE);
	lab_paid(&lab, "KN-1", 10);
	lab_settle(&lab);
	lab_commit(&lab, lab_yaml(lab_router, PETER));
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

static void observe_shows_and_writes_nothing(void **state)
{
	struct lab lab;
	char router[1024];

	(void)state;
	(void)snprintf(router, sizeof(router), "%s", lab_router);
	memcpy(strstr(router, "mode: manage"), "mode: observe", strlen("mode: observe"));
	memmove(strstr(router, "mode: observe") + 14, strstr(router, "pppoe:"),
		strlen(strstr(router, "pppoe:")) + 1);
	strstr(router, "mode: observe")[13] = '\n';
	lab_open(&lab, lab_yaml(router, JANE));
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
		cmocka_unit_test(foreign_rows_are_conflicts_and_stay),
		cmocka_unit_test(a_wiped_comment_is_still_ours_and_a_persons_text_is_kept),
		cmocka_unit_test(adopt_marks_equal_rows_only),
		cmocka_unit_test(a_lost_answer_leaves_our_row_ours),
		cmocka_unit_test(pending_is_not_ours_when_a_stranger_took_the_name),
		cmocka_unit_test(dynamic_and_builtin_rows_are_never_ours),
		cmocka_unit_test(gone_from_git_is_done_when_read_back),
		cmocka_unit_test(a_suspicious_read_takes_nothing_for_gone),
		cmocka_unit_test(observe_shows_and_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
