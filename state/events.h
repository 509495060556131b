/*
 * History and drift: what was done and why, what the last look found different. Changing functions
 * need an open store transaction. Blocks on disk; texts read lie in the arena.
 */
#pragma once

#include "model/fleet.h"
#include "state/store.h"

/* Appends; an event equal to the router's newest in all but time, id and duration only counts up
 * `repeats`, which is 0 at first (jobs that did nothing do not grow the file); its time stays that
 * of the first. Fills event->id. The newest 100,000 are kept. */
bool events_add(struct store *store, struct event *event, struct error *error) MUST_CHECK;
/* Newest first; router empty: all. */
bool events_read(struct event **out, uint32_t *count, struct store *store, struct text router,
		 uint32_t max, struct arena *arena, struct error *error) MUST_CHECK;
/* Those whose changes name this subscriber (by reference), newest first. */
bool events_of(struct event **out, uint32_t *count, struct store *store, struct text reference,
	       uint32_t max, struct arena *arena, struct error *error) MUST_CHECK;
/* Which subscribers an event touched; with events_add, in the same transaction. */
bool events_touch(struct store *store, int64_t event_id, struct text reference,
		  struct error *error) MUST_CHECK;

/* Replaces a router's drift by what the newest look found; `since_at` of rows that were there
 * before is kept. */
bool drift_replace(struct store *store, struct text router, const struct drift_row *rows,
		   uint32_t count, int64_t now, struct error *error) MUST_CHECK;
bool drift_read(struct drift_row **out, uint32_t *count, struct store *store, struct arena *arena,
		struct error *error) MUST_CHECK;
