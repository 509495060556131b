/*
 * Attempts on disk: what was asked never changes, paid is final, one open prompt a payer; merged
 * receipts.
 */
#include "world.h"

#include <string.h>

#include "base/clock.h"
#include "state/attempts.h"

static struct attempt wanted(const char *phone, int64_t cents)
{
	return (struct attempt){ .channel = TEXT("main"),
				 .provider = TEXT("daraja"),
				 .shortcode = TEXT("600638"),
				 .subscriber = TEXT("kn0042"),
				 .account = TEXT("KN-0042"),
				 .phone = text_of(phone),
				 .cents = cents };
}

static struct attempt start(struct world *world, const char *phone, int64_t cents, int64_t now,
			    bool *fresh)
{
	struct attempt attempt = wanted(phone, cents);

	OK(world, store_begin(world->store, &world->error));
	OK(world, attempts_start(fresh, &attempt, world->store, now, &world->arena, &world->error));
	OK(world, store_commit(world->store, &world->error));
	return attempt;
}

static bool turn(struct world *world, int64_t id, enum attempt_status status, int64_t payment_id,
		 bool proven)
{
	struct attempt attempt;
	bool found, done;

	OK(world, store_begin(world->store, &world->error));
	OK(world, attempts_find(&found, &attempt, world->store, id, &world->arena, &world->error));
	assert_true(found);
	attempt.status = status;
	attempt.payment_id = payment_id;
	attempt.proven = proven;
	done = attempts_write(world->store, &attempt, NOW, &world->error);
	if (done)
		done = store_commit(world->store, &world->error);
	else
		store_abort(world->store);
	return done;
}

static enum attempt_status status_of(struct world *world, int64_t id)
{
	struct attempt attempt;
	bool found;

	OK(world, attempts_find(&found, &attempt, world->store, id, &world->arena, &world->error));
	assert_true(found);
	return attempt.status;
}

static void property_19_guard(void **state)
{
	struct world *world = *state;
	bool fresh;
	int64_t first = start(world, "254712345678", 250000, NOW, &fresh).id;

	assert_true(fresh);
	assert_int_equal(start(world, "254712345678", 250000, NOW + 1, &fresh).id, first);
	assert_false(fresh);
	/* Another amount, while the prompt may still lie on the handset. */
	assert_int_equal(start(world, "254712345678", 100, NOW + 4 * MINUTE_US, &fresh).id, first);
	assert_false(fresh);
	(void)start(world, "254712345679", 250000, NOW + 1, &fresh);
	assert_true(fresh);
	(void)start(world, "254712345678", 100, NOW + 6 * MINUTE_US, &fresh);
	assert_true(fresh);
	assert_true(turn(world, first, ATTEMPT_FAILED, 0, false));
	assert_string_equal(world_verify(world, world->store), "");
}

static void property_15_monotone(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("UKL0000001", 250000);
	bool fresh;
	int64_t id = start(world, "254712345678", 250000, NOW, &fresh).id;

	assert_true(world_book(world, &payment, "kn0042"));
	assert_true(turn(world, id, ATTEMPT_PROMPTED, 0, false));
	assert_false(turn(world, id, ATTEMPT_CREATED, 0, false));
	assert_true(turn(world, id, ATTEMPT_EXPIRED, 0, false));
	assert_false(turn(world, id, ATTEMPT_PROMPTED, 0, false));
	assert_false(turn(world, id, ATTEMPT_FAILED, 0, false));
	assert_false(turn(world, id, ATTEMPT_PAID, 0, false));
	assert_true(turn(world, id, ATTEMPT_PAID, payment.id, true));
	for (int status = 0; status < ATTEMPT_STATUS_COUNT; status++) {
		if (status == ATTEMPT_PAID)
			continue;
		assert_false(turn(world, id, (enum attempt_status)status, 0, false));
		assert_false(turn(world, id, (enum attempt_status)status, payment.id, true));
	}
	assert_false(turn(world, id, ATTEMPT_PAID, payment.id, false));
	assert_int_equal(status_of(world, id), ATTEMPT_PAID);
	assert_non_null(world_sql(world, "db", "UPDATE attempt SET cents = 1"));
	assert_non_null(world_sql(world, "db", "UPDATE attempt SET phone = '1'"));
	assert_non_null(world_sql(world, "db", "DELETE FROM attempt"));
	assert_string_equal(world_verify(world, world->store), "");
}

static void property_11_a_merged_receipt_is_one_receipt(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("STK-1", 250000), again, found_one;
	bool merged, found;

	assert_true(world_book(world, &payment, "kn0042"));
	for (int round = 0; round < 2; round++) {
		OK(world, store_begin(world->store, &world->error));
		OK(world, ledger_merge(&merged, world->store, payment.id, TEXT(" ukl0000001 "), NOW,
				       &world->arena, &world->error));
		assert_int_equal(merged, round == 0);
		OK(world, store_commit(world->store, &world->error));
	}
	again = world_payment("UKL0000001", 250000);
	assert_false(world_book(world, &again, "kn0042"));
	OK(world, ledger_payment(&found, &found_one, world->store, TEXT("Ukl0000001"),
				 &world->arena, &world->error));
	assert_true(found && found_one.id == payment.id);
	assert_true(text_equal_nocase(found_one.receipt, TEXT("UKL0000001")));
	/* A payment has one receipt. */
	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_merge(&merged, world->store, payment.id, TEXT("UKL0000002"), NOW,
			       &world->arena, &world->error));
	assert_false(merged);
	store_abort(world->store);
	assert_non_null(world_sql(world, "db", "DELETE FROM merged"));
	assert_non_null(world_sql(world, "db", "UPDATE merged SET receipt_key = 'X'"));
	assert_string_equal(world_verify(world, world->store), "");
}

#define HOURS_2 (INT64_C(7200) * 1000000)

static int64_t sent_one(struct world *world, const char *phone, int64_t sent_at, int64_t next_at)
{
	struct attempt sent;
	bool fresh;

	sent = start(world, phone, 250000, sent_at, &fresh);
	assert_true(fresh);
	sent.sent_at = sent_at;
	sent.next_at = next_at;
	OK(world, store_begin(world->store, &world->error));
	OK(world, attempts_write(world->store, &sent, sent_at, &world->error));
	OK(world, store_commit(world->store, &world->error));
	return sent.id;
}

/* However many are to be sent, those that are to be asked about stand elsewhere. */
static void what_is_due_is_of_two_kinds(void **state)
{
	struct world *world = *state;
	struct attempt *due, unsent;
	int64_t asked, old, later, next_at;
	uint32_t count;
	bool fresh;

	asked = sent_one(world, "254712345678", NOW, NOW + 1);
	later = sent_one(world, "254712345677", NOW, NOW + 9);
	old = sent_one(world, "254712345676", NOW - HOURS_2, NOW + 4);
	unsent = start(world, "254712345679", 250000, NOW + 2, &fresh);
	OK(world, attempts_unsent(&due, &count, &next_at, world->store, unsent.channel, NOW + 5, 9,
				  &world->arena, &world->error));
	assert_int_equal(count, 1);
	assert_int_equal(due[0].id, unsent.id);
	assert_int_equal(next_at, NOW + 9);
	OK(world, attempts_unknown(&due, &count, &next_at, world->store, unsent.channel, NOW + 5,
				   9, &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_int_equal(due[0].id, old);
	assert_int_equal(due[1].id, asked);
	OK(world, attempts_unknown(&due, &count, &next_at, world->store, unsent.channel, NOW + 9,
				   9, &world->arena, &world->error));
	assert_int_equal(count, 3);
	assert_int_equal(due[2].id, later);
	assert_int_equal(next_at, 0);
	OK(world, attempts_unknown(&due, &count, &next_at, world->store, unsent.channel, NOW, 9,
				   &world->arena, &world->error));
	assert_int_equal(count, 0);
	assert_int_equal(next_at, NOW + 1);
	OK(world, attempts_unsent(&due, &count, &next_at, world->store, TEXT("another"), NOW + 5,
				  9, &world->arena, &world->error));
	assert_int_equal(count, 0);
	assert_int_equal(next_at, 0);
	OK(world, attempts_sent_since(&due, &count, world->store, NOW, &world->arena,
				      &world->error));
	assert_int_equal(count, 2);
	OK(world, attempts_list(&due, &count, world->store, 1, &world->arena, &world->error));
	assert_int_equal(count, 1);
	assert_int_equal(due[0].sent_at, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(property_11_a_merged_receipt_is_one_receipt,
						world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(property_15_monotone, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(property_19_guard, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(what_is_due_is_of_two_kinds, world_setup,
						world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
