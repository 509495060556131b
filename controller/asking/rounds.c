#include "asking/rounds.h"

#include "base/clock.h"

struct round {
	struct rounds *rounds;
	const struct lane *lane;
	lane_step *prompts;
	lane_step *const *others;
	uint32_t other_count;
};

static bool do_prompt(bool *called, const struct round *round, struct error *error)
{
	if (!round->prompts(called, round->lane, error))
		return false;
	round->rounds->others_turn = *called;
	return true;
}

static bool do_other(bool *called, const struct round *round, struct error *error)
{
	struct rounds *rounds = round->rounds;
	uint32_t first = rounds->next;

	*called = false;
	for (uint32_t i = 0; i < round->other_count && !*called; i++) {
		uint32_t at = (first + i) % round->other_count;

		if (!round->others[at](called, round->lane, error))
			return false;
		if (*called)
			rounds->next = (at + 1) % round->other_count;
	}
	if (*called)
		rounds->others_turn = false;
	return true;
}

/* One call, of whoever's turn it is, else of those who have something. */
static bool do_one(bool *called, const struct round *round, struct error *error)
{
	bool others_first = round->rounds->others_turn;

	if (!(others_first ? do_other : do_prompt)(called, round, error))
		return false;
	return *called || (others_first ? do_prompt : do_other)(called, round, error);
}

bool rounds_run(struct rounds *rounds, struct lane *lane, lane_step *prompts,
		lane_step *const *others, uint32_t other_count, struct error *error)
{
	struct round round = { rounds, lane, prompts, others, other_count };
	bool called;

	invariant(other_count > 0 && other_count <= ROUNDS_OTHERS_MAX);
	rounds->called = 0;
	do {
		int64_t now = clock_now();

		/* However many calls a visit has time for: none needs what another one took. */
		arena_reset(lane->arena);
		if (now > lane->now)
			lane->now = now;
		if (!do_one(&called, &round, error))
			return false;
		rounds->called += called;
	} while (called && lane_goes_on(lane));
	if (called)
		lane_again(lane, lane->now);
	return true;
}
