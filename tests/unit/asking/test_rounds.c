/*
 * What is due on one lane goes round: prompts leave fast, and nothing else starves, wherever a
 * visit ends. The steps here are counters; what they would ask is elsewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "asking/rounds.h"
#include "base/arena.h"
#include "base/clock.h"

#define OTHERS 3
#define ROOM (1u << 20) /* of a visit's arena: four calls fill it */

/* How much each has to call about, and the order in which they did: P, A, B, C. */
static uint32_t left[OTHERS + 1];
static char calls[200];
static bool is_silent, fails;
static struct counterpart silent = { .was_silent = true };

static bool call(uint32_t which, bool *called, const struct lane *lane, struct error *error)
{
	size_t size = strlen(calls);

	*called = left[which] > 0;
	if (!*called)
		return true;
	if (fails)
		return error_set(error, ERROR_FAILED, "the store failed");
	left[which]--;
	(void)arena_take(lane->arena, ROOM / 4);
	if (size + 1 < sizeof(calls))
		calls[size] = "PABC"[which];
	if (is_silent)
		lane_heard(lane, &silent);
	return true;
}

static bool prompts(bool *called, const struct lane *lane, struct error *error)
{
	return call(0, called, lane, error);
}

static bool first(bool *called, const struct lane *lane, struct error *error)
{
	return call(1, called, lane, error);
}

static bool second(bool *called, const struct lane *lane, struct error *error)
{
	return call(2, called, lane, error);
}

static bool third(bool *called, const struct lane *lane, struct error *error)
{
	return call(3, called, lane, error);
}

static void begin(uint32_t prompt_count, uint32_t a, uint32_t b, uint32_t c)
{
	left[0] = prompt_count;
	left[1] = a;
	left[2] = b;
	left[3] = c;
	memset(calls, 0, sizeof(calls));
	is_silent = fails = false;
}

/* *again_at: when the lane comes again. */
static bool visit(struct rounds *rounds, bool is_short, int64_t *again_at)
{
	static lane_step *const others[OTHERS] = { first, second, third };
	_Atomic bool stopping = false;
	bool was_silent = false;
	struct error error = { 0 };
	struct arena arena = { 0 };
	bool done;
	struct lane lane = { .next_at = again_at,
			     .arena = &arena,
			     .stopping = &stopping,
			     .was_silent = &was_silent,
			     .now = clock_now(),
			     .until_at = is_short ? 1 : INT64_MAX };

	*again_at = 0;
	arena_open(&arena, ROOM);
	done = rounds_run(rounds, &lane, prompts, others, OTHERS, &error);
	arena_close(&arena);
	return done;
}

static void a_prompt_and_one_thing_else_by_turns(void **state)
{
	struct rounds rounds = { .next = 0 };
	int64_t again_at;

	(void)state;
	begin(8, 2, 9, 2);
	assert_true(visit(&rounds, false, &again_at));
	assert_string_equal(calls, "PAPBPCPAPBPCPBPBBBBBB");
	assert_int_equal(rounds.called, 21);
	assert_int_equal(again_at, 0);
}

/* A fast provider answers thousands while a visit lasts. */
static void no_call_keeps_what_it_took(void **state)
{
	struct rounds rounds = { .next = 0 };
	int64_t again_at;

	(void)state;
	begin(500, 0, 500, 0);
	assert_true(visit(&rounds, false, &again_at));
	assert_int_equal(rounds.called, 1000);
}

/* A storm of prompts that never ends, and each visit ends after one call. */
static void property_17_nothing_starves_wherever_a_visit_ends(void **state)
{
	struct rounds rounds = { .next = 0 };
	int64_t again_at;

	(void)state;
	begin(1000, 1000, 1000, 1000);
	for (uint32_t i = 0; i < 12; i++) {
		assert_true(visit(&rounds, true, &again_at));
		assert_int_equal(rounds.called, 1);
		assert_true(again_at > 0);
	}
	assert_string_equal(calls, "PAPBPCPAPBPC");
}

/* Whoever comes to the door waits for the call that is under way, and for no second one. */
static void a_prompt_waits_for_one_other_call_at_most(void **state)
{
	struct rounds rounds = { .next = 0 };
	int64_t again_at;

	(void)state;
	for (uint32_t before = 0; before < 7; before++) {
		begin(0, 1000, 1000, 1000);
		for (uint32_t i = 0; i < before; i++)
			assert_true(visit(&rounds, true, &again_at));
		left[0] = 1;
		assert_true(visit(&rounds, true, &again_at));
		assert_true(visit(&rounds, true, &again_at));
		assert_non_null(strchr(calls, 'P'));
	}
}

/* It is asked nothing more in this visit, and the next one goes on with what comes then. */
static void who_says_nothing_is_left_alone(void **state)
{
	struct rounds rounds = { .next = 0 };
	int64_t again_at;

	(void)state;
	begin(3, 3, 3, 0);
	is_silent = true;
	for (uint32_t i = 0; i < 4; i++) {
		assert_true(visit(&rounds, false, &again_at));
		assert_int_equal(rounds.called, 1);
		assert_true(again_at > 0);
	}
	assert_string_equal(calls, "PAPB");
}

static void a_step_that_fails_ends_it(void **state)
{
	struct rounds rounds = { .next = 0 };
	int64_t again_at;

	(void)state;
	begin(0, 0, 1, 1);
	fails = true;
	assert_false(visit(&rounds, false, &again_at));
	assert_string_equal(calls, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prompt_and_one_thing_else_by_turns),
		cmocka_unit_test(no_call_keeps_what_it_took),
		cmocka_unit_test(property_17_nothing_starves_wherever_a_visit_ends),
		cmocka_unit_test(a_prompt_waits_for_one_other_call_at_most),
		cmocka_unit_test(who_says_nothing_is_left_alone),
		cmocka_unit_test(a_step_that_fails_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
