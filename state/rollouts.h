/*
 * A commit on its way through the fleet, as stored: which routers a roll-out has not moved yet and
 * what they are kept at, which wave moves them, what came of it. Changing functions need an open
 * store transaction. Blocks on disk; texts read lie in the arena. It judges nothing
 * (plan/rollout.h).
 */
#pragma once

#include "model/fleet.h"
#include "state/store.h"

bool rollout_read(struct rollout_state *out, struct store *store, struct arena *arena,
		  struct error *error) MUST_CHECK;
bool rollout_write(struct store *store, const struct rollout_state *state,
		   struct error *error) MUST_CHECK;

/*
 * The wave that moves a router, and what it is kept at until then (empty: it is at the commit in
 * force). Whatever an earlier wave learnt of it is forgotten.
 */
bool rollout_place(struct store *store, struct text router, struct text held_commit, uint32_t wave,
		   bool strict, struct error *error) MUST_CHECK;
/* From here on it is at the commit in force. */
bool rollout_move(struct store *store, struct text router, struct error *error) MUST_CHECK;
/* What came of it; a router that no wave moved, or that has ended, is left alone. */
bool rollout_tell(struct store *store, struct text router, enum wave_end end,
		  struct error *error) MUST_CHECK;

/* Routers by where they are. */
struct rollout_counts {
	uint32_t waiting; /* kept at a former commit */
	uint32_t pending; /* moved, and not reconciled by it yet */
	uint32_t done;    /* moved: reconciled, set aside or refused */
	uint32_t refused; /* of those */
};
bool rollout_count(struct rollout_counts *out, struct store *store,
		   struct error *error) MUST_CHECK;
