/*
 * Questions about payments and orders to take one back: what the database itself refuses, whoever
 * asks for it, and which orders a person should know of. Property 34.
 */
#include "world.h"

#include <string.h>

#include "model/question.h"
#include "state/questions.h"

static int64_t booked(struct world *world, const char *receipt)
{
	struct payment payment = world_payment(receipt, 250000);
	assert_true(world_book(world, &payment, "kn0042"));
	return payment.id;
}

static bool start(struct world *world, struct question *out, int64_t payment_id, int64_t now)
{
	bool fresh = false;
	*out = (struct question){ .kind = QUESTION_REVERSE,
				  .channel = TEXT("main"),
				  .provider = TEXT("daraja"),
				  .payment_id = payment_id,
				  .receipt = TEXT("R1"),
				  .cents = 250000,
				  .reason = TEXT("paid twice"),
				  .actor = TEXT("op") };
	OK(world, store_begin(world->store, &world->error));
	bool ok = questions_start(&fresh, out, world->store, now, &world->arena, &world->error);
	if (ok)
		OK(world, store_commit(world->store, &world->error));
	else
		store_abort(world->store);
	return ok && fresh;
}

static bool write(struct world *world, const struct question *question)
{
	OK(world, store_begin(world->store, &world->error));
	bool ok = questions_write(world->store, question, NOW, &world->error);
	if (ok)
		OK(world, store_commit(world->store, &world->error));
	else
		store_abort(world->store);
	return ok;
}

static uint32_t waiting(struct world *world)
{
	struct question *orders;
	uint32_t count;
	OK(world, questions_orders_waiting(&orders, &count, world->store, 100, &world->arena,
					   &world->error));
	return count;
}

static void numbers_of_urls_never_meet(void **state)
{
	static const struct {
		enum question_url url;
		uint32_t ask;
	} cases[] = { { QUESTION_URL_RESULT, 0 },
		      { QUESTION_URL_TIMEOUT, 0 },
		      { QUESTION_URL_STATUS, 0 },
		      { QUESTION_URL_STATUS, 1 },
		      { QUESTION_URL_STATUS, 100000 } };
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t number = question_url(QUESTION_ID_MIN + 7, cases[i].url, cases[i].ask);
		enum question_url url;
		uint32_t ask;
		assert_true(number >= QUESTION_ID_MIN);
		assert_int_equal(question_of_url(number, &url, &ask), QUESTION_ID_MIN + 7);
		assert_int_equal(url, cases[i].url);
		assert_int_equal(ask, cases[i].ask);
		for (size_t k = 0; k < i; k++)
			assert_true(number != question_url(QUESTION_ID_MIN + 7, cases[k].url,
							   cases[k].ask));
	}
	/* A question that is only asked has the first one, as ever. */
	assert_int_equal(question_url(QUESTION_ID_MIN, QUESTION_URL_RESULT, 0), QUESTION_ID_MIN);
}

static void property_34_an_order_leaves_once(void **state)
{
	struct world *world = *state;
	struct question order, again;
	int64_t payment_id = booked(world, "R1");
	assert_true(start(world, &order, payment_id, NOW));
	/* One is open: another is that one. */
	assert_false(start(world, &again, payment_id, NOW));
	order.sent_at = NOW + 1;
	assert_true(write(world, &order));
	order.sent_at = NOW + 2;
	assert_false(write(world, &order));
	order.sent_at = 0;
	assert_false(write(world, &order));
	order.sent_at = NOW + 1;
	order.status = QUESTION_NO;
	assert_true(write(world, &order));
	order.status = QUESTION_OPEN;
	assert_false(write(world, &order));
	/* It had worked after all, and that is the last word. */
	order.status = QUESTION_YES;
	assert_true(write(world, &order));
	order.status = QUESTION_NO;
	assert_false(write(world, &order));
	assert_false(start(world, &again, payment_id, NOW));
	assert_non_null(strstr(world_verify(world, world->store),
			       "payment R1 was taken back, and is credited"));
}

static void property_34_nobody_orders_again_on_ignorance(void **state)
{
	struct world *world = *state;
	struct question order, again;
	int64_t payment_id = booked(world, "R1");
	assert_true(start(world, &order, payment_id, NOW));
	order.sent_at = NOW + 10;
	order.status = QUESTION_UNKNOWN;
	assert_true(write(world, &order));
	assert_false(start(world, &again, payment_id, NOW + 20));
	assert_non_null(strstr(world->error.text, "former order"));
	/* As of before it left, or of a moment at which nobody asked, says nothing. */
	order.asked_at = NOW + 30;
	order.stood_at = NOW + 5;
	assert_false(write(world, &order));
	order.stood_at = NOW + 31;
	assert_false(write(world, &order));
	order.stood_at = NOW + 30;
	order.stood = 1;
	assert_true(write(world, &order));
	assert_true(start(world, &again, payment_id, NOW + 40));
	assert_true(again.id != order.id);
	assert_string_equal(world_verify(world, world->store), "");
}

static void who_is_to_be_known_of(void **state)
{
	struct world *world = *state;
	struct question order, again, *orders;
	int64_t payment_id = booked(world, "R1");
	uint32_t count;
	assert_int_equal(waiting(world), 0);
	assert_true(start(world, &order, payment_id, NOW));
	assert_int_equal(waiting(world), 1);
	OK(world, questions_orders_due(&orders, &count, world->store, TEXT("main"), NOW, 9,
				       &world->arena, &world->error));
	assert_int_equal(count, 1);
	OK(world, questions_due(&orders, &count, world->store, TEXT("main"), NOW, 9, &world->arena,
				&world->error));
	assert_int_equal(count, 0);
	order.sent_at = NOW + 1;
	order.asked_at = order.stood_at = NOW + 2;
	order.status = QUESTION_UNKNOWN;
	assert_true(write(world, &order));
	assert_int_equal(waiting(world), 1);
	/* Another stands for it. */
	assert_true(start(world, &again, payment_id, NOW + 3));
	assert_int_equal(waiting(world), 1);
	/* It came to nothing, so the former is what nobody knows of. */
	again.status = QUESTION_NO;
	assert_true(write(world, &again));
	assert_int_equal(waiting(world), 1);
	OK(world, questions_orders_of(&orders, &count, world->store, payment_id, &world->arena,
				      &world->error));
	assert_int_equal(count, 2);
	assert_int_equal(orders[0].id, order.id);
	assert_int_equal(orders[0].stood_at, NOW + 2);
	assert_true(text_is(orders[1].actor, "op"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_urls_never_meet),
		cmocka_unit_test_setup_teardown(property_34_an_order_leaves_once, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(property_34_nobody_orders_again_on_ignorance,
						world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(who_is_to_be_known_of, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
