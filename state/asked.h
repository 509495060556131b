/*
 * How it goes with what providers are asked: whether payments are true, and prompts. Counts of what
 * the journals hold; reads only. Blocks on disk; texts lie in the arena; any thread.
 */
#pragma once

#include "state/store.h"

struct asked_totals {
	int64_t ask_count;    /* questions that left, ever: about payments and about prompts */
	int64_t answer_count; /* payments that the provider said yes or no to */
	int64_t prompt_count, unsent_count; /* prompts ever; of them, those that never left */
	/* Asked three times and more, and nobody can tell yet. */
	int64_t failing_count, failing_since_at;
	struct text failing_why; /* of the oldest; empty: no answer at all */
	/* The newest three prompts of the last hour never left: why. Empty: it is not so. */
	struct text unsent_why;
};
bool asked_totals(struct asked_totals *out, struct store *store, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;
