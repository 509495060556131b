#include "loop/proving.h"

#include <stdlib.h>

#include "money/booking_ending.h"
#include "state/proof.h"

const struct person *proving_person(const struct plan *plan, struct text reference)
{
	uint32_t low = 0, high = plan->person_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(plan->people[middle].reference, reference);

		if (order == 0)
			return &plan->people[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* Whose rows are still to be changed, or stand behind somebody else's; sorted. */
struct undone {
	struct text *people, *blocked;
	uint32_t count, blocked_count;
};

static struct undone undone_of(const struct run *run)
{
	const struct plan *plan = &run->plan;
	struct undone undone = { ARENA_ARRAY(run->arena, struct text, plan->count + 1),
				 ARENA_ARRAY(run->arena, struct text, plan->count + 1), 0, 0 };

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->changes[i];

		if (change->reference.size == 0)
			continue;
		if (change->verb == VERB_CONFLICT)
			undone.blocked[undone.blocked_count++] = change->reference;
		else if (!change->held && !change->report_only && !change->slow)
			undone.people[undone.count++] = change->reference;
	}
	if (undone.count > 1)
		qsort(undone.people, undone.count, sizeof(struct text), compare_texts);
	if (undone.blocked_count > 1)
		qsort(undone.blocked, undone.blocked_count, sizeof(struct text), compare_texts);
	return undone;
}

static bool holds(const struct text *sorted, uint32_t count, struct text reference)
{
	return count > 0 &&
	       bsearch(&reference, sorted, count, sizeof(*sorted), compare_texts) != NULL;
}

/* What has a right to be online, and is not: why. */
static struct text in_the_way(const struct run *run, const struct undone *undone,
			      const struct person *person, struct arena *arena)
{
	const struct router *router = run->gathered.router;

	if (holds(undone->blocked, undone->blocked_count, person->reference))
		return text_format(arena,
				   "router %.*s has a row by the same name that wavu did not make: "
				   "wavu plan --router %.*s shows it",
				   TEXT_ARG(router->name), TEXT_ARG(router->name));
	if (run->job->error.code != ERROR_NONE)
		return text_copy(arena, text_of(run->job->error.text));
	if (!person->gets_access)
		return TEXT("his password cannot be read: wavu status says more");
	return TEXT("his row is not yet as it should be");
}

static struct ending judge(const struct run *run, const struct undone *undone,
			   const struct person *person, const struct ending *former, int64_t now)
{
	struct ending proof = { .payment_id = former->payment_id,
				.reference = former->reference,
				.router = run->gathered.router->name,
				.live = TERNARY_UNKNOWN,
				.latency_us = -1,
				.at = now };
	enum router_mode mode = run->job->mode;

	if (!state_is_open(person->entitlement.state)) {
		proof.state = ENDING_NONE;
		proof.why = booking_why_shut(&person->entitlement, run->arena);
	} else if (person->had_access && person->gets_access &&
		   !holds(undone->people, undone->count, person->reference)) {
		proof.state = ENDING_ONLINE;
		if (person->subscriber->package->service != SERVICE_STATIC)
			proof.live = person->live ? TERNARY_YES : TERNARY_NO;
		proof.tries = run->gathered.state.failures;
		proof.since_at = run->gathered.state.unreachable_since_at;
	} else if (mode != MODE_MANAGE) {
		proof.state = ENDING_NONE;
		proof.why = text_format(
		    run->arena, "router %.*s is in mode %s: wavu gives nobody access there",
		    TEXT_ARG(proof.router), mode == MODE_ADOPT ? "adopt" : "observe");
	} else {
		proof.why = in_the_way(run, undone, person, run->arena);
	}
	return proof;
}

static bool is_news(const struct ending *former, const struct ending *proof)
{
	return former->state != proof->state || !text_equal(former->router, proof->router) ||
	       !text_equal(former->why, proof->why);
}

/* A newer commit has him, and this router waits for its wave: it knows nothing of him yet. */
static bool is_to_come(const struct run *run, struct text reference)
{
	struct intent *newest = run->gathered.state.held_commit.size > 0 ? seat_intent(run->seat)
									 : NULL;
	bool is_to_come = newest != NULL && intent_subscriber(newest, reference) != NULL;

	intent_release(newest);
	return is_to_come;
}

/* He is served by this router no more: by another one, whose jobs go on with him, or by none. */
static struct ending gone(const struct run *run, const struct ending *former, int64_t now)
{
	const struct subscriber *subscriber = intent_subscriber(run->gathered.intent,
								former->reference);
	struct ending proof = *former;

	proof.at = now;
	proof.bought_nothing = false;
	proof.why = TEXT_NONE;
	if (subscriber != NULL) {
		proof.router = subscriber->router->name;
		return proof;
	}
	if (is_to_come(run, former->reference)) {
		proof.why = text_format(run->arena,
					"the commit that has the account has not come to router "
					"%.*s, which waits for its wave: `wavu apply --router "
					"%.*s` takes it there now",
					TEXT_ARG(former->router), TEXT_ARG(former->router));
		return proof;
	}
	proof.state = ENDING_NONE;
	proof.why = TEXT("the account is no longer in git");
	return proof;
}

static bool learn_one(struct run *run, const struct undone *undone, const struct ending *former,
		      int64_t now, struct error *error)
{
	const struct person *person = proving_person(&run->plan, former->reference);
	struct ending proof;

	if (person != NULL && person->subscriber != NULL)
		proof = judge(run, undone, person, former, now);
	else if (former->state == ENDING_WAITING &&
		 text_equal(former->router, run->gathered.router->name))
		proof = gone(run, former, now);
	else
		return true;
	return !is_news(former, &proof) || proof_add(run->seat->store, &proof, error);
}

static bool learn_looked(struct run *run, int64_t now, struct error *error)
{
	const struct plan_input *in = &run->gathered.input;
	struct undone undone = undone_of(run);
	struct ending *open;
	uint32_t count;

	if (run->gathered.complete) {
		if (!proof_open(&open, &count, run->seat->store, run->arena, error))
			return false;
		for (uint32_t i = 0; i < count; i++)
			if (!learn_one(run, &undone, &open[i], now, error))
				return false;
		return true;
	}
	for (uint32_t i = 0; i < in->only_count; i++) {
		if (!proof_open_of(&open, &count, run->seat->store, in->only[i], run->arena, error))
			return false;
		for (uint32_t k = 0; k < count; k++)
			if (!learn_one(run, &undone, &open[k], now, error))
				return false;
	}
	return true;
}

bool proving_learnt(struct run *run, const struct router_state *state, bool whole, int64_t now,
		    struct error *error)
{
	if (whole)
		return !run->planned || learn_looked(run, now, error);
	/* What one router says of one person's row is not why the others wait. */
	if (run->planned && run->job->outcome == OUTCOME_REFUSED)
		return learn_looked(run, now, error);
	if (state->error.size == 0)
		return true;
	return proof_block(run->seat->store, state->name, state->error, state->failures,
			   state->unreachable_since_at, now, error);
}
