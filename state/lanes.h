/*
 * Which channels of a tenant have something to ask their provider about. Reads only; blocks on
 * disk; texts lie in the arena; any thread.
 */
#pragma once

#include "state/store.h"

/*
 * Channels with something to do at `now`: prompts, questions, hints, lists to read; *next_at: when
 * the next thing is due, 0: never. The empty name: hints of before channels were kept with them.
 */
bool lanes_due(struct text **out, uint32_t *count, int64_t *next_at, struct store *store,
	       int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
