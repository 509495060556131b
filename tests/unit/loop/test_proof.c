/* The end of every credit: online as read back, waiting for what, or no access and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "books.h"

#include "base/clock.h"
#include "money/booking.h"
#include "state/ledger.h"
#include "state/proof.h"

#define ROUTER(mode, more)                                                         \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: " mode "\n" more                            \
	"pppoe: {local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24]}\n"
#define R1 ROUTER("manage", "")
#define JANE "kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nusername: jane\n"

static void begin(struct town *town, const char *router, const char *people)
{
	town_open(town, 1);
	town_commit(town, town_join(town, town_basics, router, people), 0);
}

static struct ending end_of(struct town *town, const char *receipt)
{
	struct payment payment = town_payment(town, receipt);
	struct ending end;
	struct error error = { 0 };
	bool found;

	if (!proof_of(&found, &end, town->seat.store, payment.id, &town->arena, &error))
		fail_msg("%s", error.text);
	assert_true(found);
	return end;
}

static uint32_t steps_of(struct town *town, const char *receipt)
{
	struct payment payment = town_payment(town, receipt);
	struct ending *steps;
	struct error error = { 0 };
	uint32_t count;

	if (!proof_steps(&steps, &count, town->seat.store, payment.id, &town->arena, &error))
		fail_msg("%s", error.text);
	return count;
}

static struct proof_totals totals_of(struct town *town)
{
	struct proof_totals totals;
	struct error error = { 0 };

	if (!proof_totals(&totals, town->seat.store, &town->arena, &error))
		fail_msg("%s", error.text);
	return totals;
}

static int64_t measured(const struct proof_totals *totals)
{
	int64_t count = 0;

	for (uint32_t i = 0; i < totals->bound_count; i++)
		count += totals->bounds[i].count;
	return count;
}

static bool says(struct text text, const char *words)
{
	return memmem(text.at, text.size, words, strlen(words)) != NULL;
}

static void pay(struct town *town, const char *receipt, const char *amount)
{
	town_pay(town, receipt, amount, "KN-0042");
	town_tell(town);
}

static void dial(struct town *town)
{
	struct standing standing;
	struct error error = { 0 };

	assert_true(
	    ledger_standing(&standing, town->seat.store, TEXT("kn0042"), &town->arena, &error));
	assert_int_equal(ros_ppp_dial(town->routers[0], "jane",
				      text_copy(&town->arena, standing.password).at,
				      "AA:BB:CC:DD:EE:FF"),
			 ROS_ENTRY_DONE);
}

static void paid_waits_until_the_router_was_read_back(void **state)
{
	struct town town;
	struct proof_totals totals;

	(void)state;
	begin(&town, R1, JANE);
	pay(&town, "QGH7000001", "2500");
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_WAITING);
	assert_int_equal(end_of(&town, "QGH7000001").why.size, 0);
	totals = totals_of(&town);
	assert_int_equal(totals.waiting_count, 1);
	assert_true(totals.waiting_since_at > 0);
	assert_int_equal(totals.p50_us, -1);
	assert_int_equal(town_job(&town, 0, SCOPE_MARKS).outcome, OUTCOME_DONE);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_ONLINE);
	assert_true(text_is(end_of(&town, "QGH7000001").router, "r1"));
	assert_int_equal(end_of(&town, "QGH7000001").live, TERNARY_NO);
	assert_true(end_of(&town, "QGH7000001").latency_us >= 0);
	assert_int_equal(steps_of(&town, "QGH7000001"), 2);
	totals = totals_of(&town);
	assert_int_equal(totals.waiting_count, 0);
	assert_int_equal(measured(&totals), 1);
	assert_true(totals.p50_us >= 0 && totals.p50_us == totals.p99_us);
	/* Nothing more is written by later jobs. */
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(steps_of(&town, "QGH7000001"), 2);
	town_end(&town);
}

/* A renewal: his session was there before, and is told. */
static void a_live_session_is_seen(void **state)
{
	struct town town;

	(void)state;
	begin(&town, R1, JANE);
	pay(&town, "QGH7000001", "2500");
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	dial(&town);
	pay(&town, "QGH7000002", "2500");
	assert_int_equal(end_of(&town, "QGH7000002").state, ENDING_WAITING);
	(void)town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(end_of(&town, "QGH7000002").state, ENDING_ONLINE);
	assert_int_equal(end_of(&town, "QGH7000002").live, TERNARY_YES);
	town_end(&town);
}

static void away_is_said_once_and_kept(void **state)
{
	struct ros_fault refuse = { .kind = ROS_FAULT_REFUSE };
	struct town town;
	struct ending end;

	(void)state;
	begin(&town, R1, JANE);
	ros_fault_arm(town.routers[0], &refuse);
	pay(&town, "QGH7000001", "2500");
	for (int i = 0; i < 5; i++)
		assert_int_equal(town_job(&town, 0, SCOPE_MARKS).outcome, OUTCOME_UNREACHABLE);
	end = end_of(&town, "QGH7000001");
	assert_int_equal(end.state, ENDING_WAITING);
	assert_true(end.why.size > 0 && end.since_at > 0);
	assert_int_equal(steps_of(&town, "QGH7000001"), 2);
	/* Who pays meanwhile is told the same, and the first not again. */
	pay(&town, "QGH7000002", "2500");
	(void)town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(steps_of(&town, "QGH7000001"), 2);
	assert_int_equal(steps_of(&town, "QGH7000002"), 2);
	ros_fault_clear_all(town.routers[0]);
	(void)town_job(&town, 0, SCOPE_MARKS);
	end = end_of(&town, "QGH7000001");
	assert_int_equal(end.state, ENDING_ONLINE);
	assert_int_equal(end.tries, 6);
	assert_true(end.since_at > 0);
	assert_int_equal(end_of(&town, "QGH7000002").state, ENDING_ONLINE);
	town_end(&town);
}

static void what_is_too_little_says_so_until_it_is_enough(void **state)
{
	struct town town;
	struct ending end;
	struct proof_totals totals;

	(void)state;
	begin(&town, R1, JANE);
	pay(&town, "QGH7000001", "1000");
	end = end_of(&town, "QGH7000001");
	assert_int_equal(end.state, ENDING_NONE);
	assert_true(says(end.why, "underpaid: 1000.00 of 2500.00 KES"));
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(steps_of(&town, "QGH7000001"), 1);
	pay(&town, "QGH7000002", "1500");
	(void)town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_ONLINE);
	assert_int_equal(end_of(&town, "QGH7000002").state, ENDING_ONLINE);
	/* The first was not kept waiting by wavu or a router. */
	totals = totals_of(&town);
	assert_int_equal(measured(&totals), 1);
	/* While he is served a little more still buys nothing, and stays that. */
	pay(&town, "QGH7000003", "10");
	(void)town_job(&town, 0, SCOPE_MARKS);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(end_of(&town, "QGH7000003").state, ENDING_NONE);
	assert_int_equal(steps_of(&town, "QGH7000003"), 1);
	town_end(&town);
}

static void who_may_not_be_online_yet_says_why(void **state)
{
	struct town town;

	(void)state;
	begin(&town, R1, JANE "start: 2031-01-01\n");
	pay(&town, "QGH7000001", "2500");
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_NONE);
	assert_true(says(end_of(&town, "QGH7000001").why, "starts 2031-01-01"));
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_NONE);
	town_end(&town);
}

static void who_is_paused_is_told_so_and_served_afterwards(void **state)
{
	struct town town;
	struct error error = { 0 };

	(void)state;
	begin(&town, R1, JANE);
	assert_true(store_begin(town.seat.store, &error));
	assert_true(
	    ledger_pause(town.seat.store, TEXT("kn0042"), true, TEXT("jo"), clock_now(), &error));
	assert_true(store_commit(town.seat.store, &error));
	pay(&town, "QGH7000002", "2500");
	assert_int_equal(end_of(&town, "QGH7000002").state, ENDING_NONE);
	assert_true(says(end_of(&town, "QGH7000002").why, "paused"));
	assert_true(store_begin(town.seat.store, &error));
	assert_true(
	    ledger_pause(town.seat.store, TEXT("kn0042"), false, TEXT("jo"), clock_now(), &error));
	assert_true(store_commit(town.seat.store, &error));
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(end_of(&town, "QGH7000002").state, ENDING_ONLINE);
	town_end(&town);
}

/* Somebody else's row by his name: he is offline, and that is not silent. */
static void a_foreign_row_is_in_the_way(void **state)
{
	struct town town;

	(void)state;
	begin(&town, R1, JANE);
	assert_true(ros_hand(town.routers[0], NULL, "/ppp/secret/add", "=name=jane",
			     "=password=theirs", "=service=pppoe", NULL));
	pay(&town, "QGH7000001", "2500");
	(void)town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_WAITING);
	assert_true(says(end_of(&town, "QGH7000001").why, "did not make"));
	assert_true(ros_hand(town.routers[0], NULL, "/ppp/secret/remove", "=.id=jane", NULL));
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_ONLINE);
	town_end(&town);
}

static void a_watched_router_gives_nobody_access(void **state)
{
	struct town town;

	(void)state;
	begin(&town, ROUTER("observe", ""), JANE);
	pay(&town, "QGH7000001", "2500");
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_NONE);
	assert_true(says(end_of(&town, "QGH7000001").why, "mode observe"));
	town_commit(&town, town_join(&town, town_basics, R1, JANE), 0);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_ONLINE);
	town_end(&town);
}

/* Dead between the write and the note of it: the next job reads back and proves it. */
static void a_lost_answer_is_no_proof(void **state)
{
	struct ros_fault cut = {
		.kind = ROS_FAULT_CUT_SENT, .how = ROS_CUT_RESET, .after = 400, .times = 1
	};
	struct town town;
	struct job job;

	(void)state;
	begin(&town, R1, JANE);
	(void)town_job(&town, 0, SCOPE_COMPLETE);
	ros_fault_arm(town.routers[0], &cut);
	pay(&town, "QGH7000001", "2500");
	job = town_job(&town, 0, SCOPE_MARKS);
	if (job.outcome != OUTCOME_DONE)
		assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_WAITING);
	ros_fault_clear_all(town.routers[0]);
	town_restart(&town);
	(void)town_job(&town, 0, SCOPE_MARKS);
	assert_int_equal(end_of(&town, "QGH7000001").state, ENDING_ONLINE);
	town_end(&town);
}

static struct booked record(struct town *town, const char *amount)
{
	struct intent *intent = seat_intent(&town->seat);
	struct booked booked;
	struct error error = { 0 };

	assert_true(store_begin(town->seat.store, &error));
	if (!booking_cash(&booked, &town->seat, intent, TEXT("KN-0042"), text_of(amount),
			  TEXT("held-1, read from the phone"), TEXT("jo"), clock_now(),
			  &town->arena, &error))
		fail_msg("%s", error.text);
	intent_release(intent);
	return booked;
}

static bool settle(struct town *town, const char *held, const struct booked *booked,
		   struct error *error)
{
	return booking_settle(&town->seat, text_of(held), booked, TEXT("jo"), clock_now(),
			      &town->arena, error);
}

/* What could not be credited as it came is settled by cash, and then waits no longer. */
static void settled_money_is_not_held_any_more(void **state)
{
	struct town town;
	struct ledger_totals totals;
	struct error error = { 0 };
	struct booked booked;
	struct text by;

	(void)state;
	begin(&town, R1, JANE);
	pay(&town, "A1", "1e3");
	assert_true(ledger_totals(&totals, town.seat.store, 0, &error));
	assert_int_equal(totals.held_count, 1);
	booked = record(&town, "2500");
	assert_false(settle(&town, "NOSUCH", &booked, &error));
	assert_int_equal(error.code, ERROR_FAILED);
	store_abort(town.seat.store);
	booked = record(&town, "2500");
	assert_true(settle(&town, "A1", &booked, &error));
	assert_false(settle(&town, "A1", &booked, &error));
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_true(store_commit(town.seat.store, &error));
	assert_true(ledger_totals(&totals, town.seat.store, 0, &error));
	assert_int_equal(totals.held_count, 0);
	assert_true(
	    settled_by(&by, town.seat.store, town_payment(&town, "A1").id, &town.arena, &error));
	assert_true(text_equal(by, booked.payment.receipt));
	/* Said again, now readable: another amount than was known, so it is a question, not credit.
	 */
	pay(&town, "A1", "2500");
	assert_int_equal(town_payment(&town, "A1").status, PAYMENT_HELD);
	town_end(&town);
}

/* A held payment that was recorded by hand is never released as well: that would count it twice. */
static void settled_money_is_never_credited(void **state)
{
	struct town town;
	struct error error = { 0 };
	struct booked booked;
	struct intent *intent;

	(void)state;
	begin(&town, R1, JANE);
	town_say(&town, "asked", "1.1.1.1",
		 "{\"TransID\":\"A6\",\"TransAmount\":\"2500\",\"BusinessShortCode\":\"600640\","
		 "\"BillRefNumber\":\"KN-0042\"}");
	town_tell(&town);
	assert_int_equal(town_payment(&town, "A6").status, PAYMENT_HELD);
	booked = record(&town, "2500");
	assert_true(settle(&town, "A6", &booked, &error));
	assert_true(store_commit(town.seat.store, &error));
	intent = seat_intent(&town.seat);
	assert_true(store_begin(town.seat.store, &error));
	assert_false(booking_assign(&booked, &town.seat, intent, TEXT("A6"), TEXT("KN-0042"),
				    TEXT("jo"), clock_now(), &town.arena, &error));
	store_abort(town.seat.store);
	intent_release(intent);
	assert_int_equal(town_payment(&town, "A6").status, PAYMENT_HELD);
	town_end(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paid_waits_until_the_router_was_read_back),
		cmocka_unit_test(a_live_session_is_seen),
		cmocka_unit_test(away_is_said_once_and_kept),
		cmocka_unit_test(what_is_too_little_says_so_until_it_is_enough),
		cmocka_unit_test(who_may_not_be_online_yet_says_why),
		cmocka_unit_test(who_is_paused_is_told_so_and_served_afterwards),
		cmocka_unit_test(a_foreign_row_is_in_the_way),
		cmocka_unit_test(a_watched_router_gives_nobody_access),
		cmocka_unit_test(a_lost_answer_is_no_proof),
		cmocka_unit_test(settled_money_is_not_held_any_more),
		cmocka_unit_test(settled_money_is_never_credited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
