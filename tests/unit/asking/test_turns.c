/*
 * Whose turn it is: however many lanes are due, a provider, a tenant or a credential that keeps its
 * threads for ever leaves some for the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/arena.h"
#include "seat/seat.h"
#include "asking/turns.h"
#include "provider/provider.h"

#define SHARED 8

static struct seat seats[40]; /* only told apart */
static const struct rounds nothing, a_call = { .called = 1 };

struct fixture {
	struct turns *turns;
	struct arena arena;
	int64_t at;
};

static void begin(struct fixture *fixture)
{
	*fixture = (struct fixture){ .turns = turns_new(SHARED), .at = 1 };
	arena_open(&fixture->arena, (size_t)1 << 20);
}

static void end(struct fixture *fixture)
{
	turns_free(fixture->turns);
	arena_close(&fixture->arena);
}

/* Each later than the one before; the credential is the channel's own where none is said. */
static void due(struct fixture *fixture, uint32_t tenant, const char *channel, const char *provider,
		const char *credential)
{
	struct text own = text_format(&fixture->arena, "%u/%s", tenant, channel);
	struct turn turn = { .seat = &seats[tenant],
			     .channel = text_of(channel),
			     .provider = provider_find(text_of(provider)),
			     .credential = digest_of(credential != NULL ? text_of(credential)
									: own) };

	turns_due(fixture->turns, &turn, fixture->at++);
}

static void many_due(struct fixture *fixture, uint32_t tenant, uint32_t count, const char *provider,
		     const char *credential)
{
	for (uint32_t i = 0; i < count; i++)
		due(fixture, tenant, text_format(&fixture->arena, "c%u", i).at, provider,
		    credential);
}

/* Who has the next turn keeps it. */
static bool takes(struct fixture *fixture, uint32_t tenant, const char *channel)
{
	const struct turn *turn = turns_take(fixture->turns);

	return turn != NULL && turn->seat == &seats[tenant] && text_is(turn->channel, channel);
}

static uint32_t take_all(struct fixture *fixture)
{
	uint32_t count = 0;

	while (turns_take(fixture->turns) != NULL)
		count++;
	assert_false(turns_ready(fixture->turns));
	return count;
}

static void who_is_due_longest_goes_first_and_once(void **state)
{
	struct fixture fixture;
	const struct turn *first;

	(void)state;
	begin(&fixture);
	assert_false(turns_ready(fixture.turns));
	assert_null(turns_take(fixture.turns));
	due(&fixture, 0, "b", "daraja", NULL);
	due(&fixture, 0, "a", "daraja", NULL);
	due(&fixture, 0, "b", "daraja", NULL);
	first = turns_take(fixture.turns);
	assert_true(text_is(first->channel, "b"));
	assert_true(takes(&fixture, 0, "a"));
	assert_false(turns_ready(fixture.turns));
	/* Due again while it is worked on: another turn, but afterwards. */
	due(&fixture, 0, "b", "daraja", NULL);
	assert_null(turns_take(fixture.turns));
	assert_int_equal(turns_working(fixture.turns), 2);
	turns_give(fixture.turns, first, &nothing, 0);
	assert_int_equal(turns_working(fixture.turns), 1);
	assert_true(takes(&fixture, 0, "b"));
	assert_null(turns_take(fixture.turns));
	end(&fixture);
}

static void who_wants_to_come_again_is_due_then(void **state)
{
	struct fixture fixture;
	const struct turn *turn;

	(void)state;
	begin(&fixture);
	due(&fixture, 0, "a", "daraja", NULL);
	turn = turns_take(fixture.turns);
	turns_give(fixture.turns, turn, &nothing, 5000);
	turns_again(fixture.turns, 4999, fixture.at);
	assert_false(turns_ready(fixture.turns));
	turns_again(fixture.turns, 5000, fixture.at);
	turn = turns_take(fixture.turns);
	assert_non_null(turn);
	turns_give(fixture.turns, turn, &nothing, 0);
	turns_again(fixture.turns, 9000, fixture.at);
	assert_false(turns_ready(fixture.turns));
	end(&fixture);
}

/* One token and one budget: the second would only wait for the first. */
static void a_credential_has_one_turn(void **state)
{
	struct fixture fixture;
	const struct turn *turn;

	(void)state;
	begin(&fixture);
	many_due(&fixture, 0, 8, "daraja", "one");
	due(&fixture, 1, "main", "daraja", "one");
	due(&fixture, 0, "ninth", "daraja", "another");
	turn = turns_take(fixture.turns);
	assert_true(text_is(turn->channel, "c0"));
	assert_true(takes(&fixture, 0, "ninth"));
	assert_null(turns_take(fixture.turns));
	turns_give(fixture.turns, turn, &nothing, 0);
	assert_true(takes(&fixture, 1, "main"));
	assert_null(turns_take(fixture.turns));
	end(&fixture);
}

static void a_busy_tenant_lets_others_in(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture);
	many_due(&fixture, 0, 20, "daraja", NULL);
	due(&fixture, 1, "main", "daraja", NULL);
	assert_true(takes(&fixture, 0, "c0"));
	assert_true(takes(&fixture, 1, "main"));
	assert_true(takes(&fixture, 0, "c1"));
	end(&fixture);
}

/* They never come back, and take what they get first: still there is a turn for every other tenant
 * of the same provider, at once. */
static void tenants_that_hang_leave_every_other_its_own(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture);
	many_due(&fixture, 0, 20, "daraja", NULL);
	assert_int_equal(take_all(&fixture), 1 + 3);
	many_due(&fixture, 1, 20, "daraja", NULL);
	assert_int_equal(take_all(&fixture), 1 + 1);
	for (uint32_t tenant = 2; tenant < 40; tenant++) {
		many_due(&fixture, tenant, 20, "daraja", NULL);
		assert_int_equal(take_all(&fixture), 1);
	}
	end(&fixture);
}

/* Outages are a provider's, and all tenants feel them at once. */
static void a_provider_that_hangs_leaves_threads_to_all_others(void **state)
{
	static const char *const providers[] = { "daraja", "kopokopo", "paystack", "flutterwave" };
	static const uint32_t most[] = { 4, 2, 1, 1 };
	struct fixture fixture;

	(void)state;
	begin(&fixture);
	for (uint32_t i = 0; i < 4; i++) {
		for (uint32_t tenant = 0; tenant < 40; tenant++) {
			due(&fixture, tenant, providers[i], providers[i], NULL);
			due(&fixture, tenant, text_format(&fixture.arena, "%s-2", providers[i]).at,
			    providers[i], NULL);
		}
		assert_int_equal(take_all(&fixture), 40 + most[i]);
	}
	assert_int_equal(turns_working(fixture.turns), 4 * 40 + SHARED);
	end(&fixture);
}

/* What a tenant gives back is its own again before it is anybody's. */
static void what_is_given_back_is_there_again(void **state)
{
	const struct turn *turns[4];
	struct fixture fixture;

	(void)state;
	begin(&fixture);
	for (uint32_t round = 0; round < 20; round++) {
		many_due(&fixture, 0, 20, "daraja", NULL);
		for (uint32_t i = 0; i < 4; i++) {
			turns[i] = turns_take(fixture.turns);
			assert_non_null(turns[i]);
		}
		assert_null(turns_take(fixture.turns));
		for (uint32_t i = 0; i < 4; i++)
			turns_give(fixture.turns, turns[(i + round) % 4], &a_call, 0);
		assert_int_equal(turns_working(fixture.turns), 0);
	}
	end(&fixture);
}

/* A budget lets one of them ask at a time, and all are due whenever it does. */
static void property_17_one_budget_goes_round(void **state)
{
	static const char *const names[] = { "a", "b", "c" };
	uint32_t asked[3] = { 0 };
	struct fixture fixture;
	const struct turn *turn;

	(void)state;
	begin(&fixture);
	for (uint32_t round = 0; round < 12; round++) {
		bool is_left = true;

		for (uint32_t i = 0; i < 3; i++)
			due(&fixture, 0, names[i], "daraja", "one");
		while ((turn = turns_take(fixture.turns)) != NULL) {
			for (uint32_t i = 0; i < 3; i++)
				asked[i] += is_left && text_is(turn->channel, names[i]);
			turns_give(fixture.turns, turn, is_left ? &a_call : &nothing, 0);
			is_left = false;
		}
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(asked[i], 4);
	end(&fixture);
}

/* The next visit of a lane goes on where its last one was. */
static void where_a_visit_was_is_kept(void **state)
{
	struct rounds rounds = { .others_turn = true, .next = 3, .called = 2 };
	struct fixture fixture;
	const struct turn *turn;

	(void)state;
	begin(&fixture);
	due(&fixture, 0, "a", "daraja", NULL);
	turn = turns_take(fixture.turns);
	assert_int_equal(turn->rounds.next, 0);
	turns_give(fixture.turns, turn, &rounds, 0);
	due(&fixture, 0, "a", "kopokopo", NULL);
	turn = turns_take(fixture.turns);
	assert_int_equal(turn->rounds.next, 3);
	assert_true(turn->rounds.others_turn);
	end(&fixture);
}

/* The same channel under another provider occupies what it asks now. */
static void what_a_lane_occupies_is_what_was_said_last(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture);
	due(&fixture, 0, "a", "daraja", "one");
	due(&fixture, 0, "b", "daraja", "one");
	due(&fixture, 0, "b", "kopokopo", "two");
	assert_true(takes(&fixture, 0, "a"));
	assert_true(takes(&fixture, 0, "b"));
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_due_longest_goes_first_and_once),
		cmocka_unit_test(who_wants_to_come_again_is_due_then),
		cmocka_unit_test(a_credential_has_one_turn),
		cmocka_unit_test(a_busy_tenant_lets_others_in),
		cmocka_unit_test(tenants_that_hang_leave_every_other_its_own),
		cmocka_unit_test(a_provider_that_hangs_leaves_threads_to_all_others),
		cmocka_unit_test(what_is_given_back_is_there_again),
		cmocka_unit_test(property_17_one_budget_goes_round),
		cmocka_unit_test(where_a_visit_was_is_kept),
		cmocka_unit_test(what_a_lane_occupies_is_what_was_said_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
