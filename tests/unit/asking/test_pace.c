/*
 * How soon a provider is asked again: five questions a minute over everything that asks, and after
 * each refusal later, by the provider's own word where it says one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "asking/pace.h"
#include "base/clock.h"

#define T0 (1000 * SECOND_US)

static const struct pace_refusal plain = { 0 };

/* What one kind waits for after something, in seconds. */
static int64_t waits(const struct pace *pace, enum pace_kind kind, int64_t now)
{
	int64_t from_at = pace_from(pace, kind);

	return from_at <= now ? 0 : (from_at - now) / SECOND_US;
}

static void property_17_five_questions_a_minute(void **state)
{
	struct pace pace = { 0 };
	uint32_t asked = 0;

	(void)state;
	assert_int_equal(pace_from(&pace, PACE_QUESTION), 0);
	for (int64_t now = T0; now < T0 + HOUR_US; now += SECOND_US)
		if (pace_from(&pace, PACE_QUESTION) <= now) {
			asked++;
			pace_note(&pace, PACE_QUESTION, PACE_ANSWERED, &plain, now);
		}
	assert_int_equal(asked, 60 * 5);
	/* Prompts and hints are none of the budget. */
	assert_int_equal(waits(&pace, PACE_PROMPT, T0), 0);
	assert_int_equal(waits(&pace, PACE_HINT, T0), 0);
}

static void property_17_each_refusal_is_waited_for_longer(void **state)
{
	static const struct {
		enum pace_kind kind;
		int64_t seconds[6];
	} rows[] = { { PACE_QUESTION, { 60, 120, 240, 480, 600, 600 } },
		     { PACE_PROMPT, { 5, 10, 20, 40, 60, 60 } },
		     { PACE_HINT, { 5, 10, 20, 40, 60, 60 } },
		     { PACE_LOGIN, { 5, 10, 20, 40, 60, 60 } } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum pace_kind kind = rows[i].kind;
		struct pace pace = { 0 };
		int64_t now = T0;

		for (uint32_t n = 0; n < 6; n++) {
			pace_note(&pace, kind, PACE_REFUSED, &plain, now);
			assert_int_equal(waits(&pace, kind, now), rows[i].seconds[n]);
			now = pace_from(&pace, kind);
		}
		pace_note(&pace, kind, PACE_ANSWERED, &plain, now);
		now += HOUR_US;
		pace_note(&pace, kind, PACE_REFUSED, &plain, now);
		assert_int_equal(waits(&pace, kind, now), rows[i].seconds[0]);
	}
}

static void property_17_the_providers_own_word_counts(void **state)
{
	struct pace_refusal refusal = { .said_us = 90 * SECOND_US };
	struct pace pace = { 0 };

	(void)state;
	pace_note(&pace, PACE_PROMPT, PACE_REFUSED, &refusal, T0);
	assert_int_equal(waits(&pace, PACE_PROMPT, T0), 90);
	/* Less than what is waited anyway, and more than anybody would wait. */
	refusal.said_us = SECOND_US;
	pace = (struct pace){ 0 };
	pace_note(&pace, PACE_QUESTION, PACE_REFUSED, &refusal, T0);
	assert_int_equal(waits(&pace, PACE_QUESTION, T0), 60);
	refusal.said_us = 9 * HOUR_US;
	pace_note(&pace, PACE_QUESTION, PACE_REFUSED, &refusal, T0);
	assert_int_equal(waits(&pace, PACE_QUESTION, T0), 15 * 60);
}

/* Those that were refused together do not come back together. */
static void chance_spreads_them(void **state)
{
	struct pace_refusal refusal = { .chance = UINT8_MAX };
	struct pace pace = { 0 };

	(void)state;
	pace_note(&pace, PACE_QUESTION, PACE_REFUSED, &refusal, T0);
	assert_int_equal(waits(&pace, PACE_QUESTION, T0), 75);
	refusal.chance = UINT8_MAX / 2;
	pace = (struct pace){ 0 };
	pace_note(&pace, PACE_QUESTION, PACE_REFUSED, &refusal, T0);
	assert_in_range(waits(&pace, PACE_QUESTION, T0), 66, 68);
}

static void one_refusal_holds_back_what_depends_on_it(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	pace_note(&pace, PACE_PROMPT, PACE_REFUSED, &plain, T0);
	assert_int_equal(waits(&pace, PACE_QUESTION, T0), 5);
	assert_int_equal(waits(&pace, PACE_HINT, T0), 0);
	pace = (struct pace){ 0 };
	pace_note(&pace, PACE_LOGIN, PACE_REFUSED, &plain, T0);
	assert_int_equal(waits(&pace, PACE_QUESTION, T0), 5);
	assert_int_equal(waits(&pace, PACE_PROMPT, T0), 5);
	/* Whoever stands at his door does not wait for a question that was one too many. */
	pace = (struct pace){ 0 };
	pace_note(&pace, PACE_QUESTION, PACE_REFUSED, &plain, T0);
	assert_int_equal(waits(&pace, PACE_PROMPT, T0), 0);
}

/* Silence is no refusal: only what is no hurry rests. */
static void property_06_silence_is_no_refusal(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	for (uint32_t kind = 0; kind < PACE_KIND_COUNT; kind++)
		pace_note(&pace, (enum pace_kind)kind, PACE_SILENT, &plain, T0);
	assert_int_equal(waits(&pace, PACE_QUESTION, T0), 60);
	assert_int_equal(waits(&pace, PACE_PROMPT, T0), 0);
	assert_int_equal(waits(&pace, PACE_HINT, T0), 0);
	pace_note(&pace, PACE_QUESTION, PACE_REFUSED, &plain, T0);
	assert_int_equal(waits(&pace, PACE_QUESTION, T0), 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_17_five_questions_a_minute),
		cmocka_unit_test(property_17_each_refusal_is_waited_for_longer),
		cmocka_unit_test(property_17_the_providers_own_word_counts),
		cmocka_unit_test(chance_spreads_them),
		cmocka_unit_test(one_refusal_holds_back_what_depends_on_it),
		cmocka_unit_test(property_06_silence_is_no_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
