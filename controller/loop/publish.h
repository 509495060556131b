/*
 * What others are told of a tenant's git: the street, which callback URLs are open; status, what is
 * the matter with the source. Blocks on disk; problems told lie in the arena; any thread. A channel
 * whose token cannot be read stays closed, and says so.
 */
#pragma once

#include "intent/intent.h"
#include "seat/seat.h"
#include "state/fleet.h"

/*
 * Publishes the payment channels whose tokens can be read and may be used; says in *problems which
 * stay closed.
 */
bool publish_channels(struct seat *seat, const struct intent *intent, struct text *problems,
		      struct arena *arena, struct error *error) MUST_CHECK;
/* The same, and the problems in the source's state and the log when they are others than before. */
bool publish_and_say(struct seat *seat, const struct intent *intent, struct arena *arena,
		     struct error *error) MUST_CHECK;
/* Writes the source's state in a transaction of its own. */
bool publish_source(struct seat *seat, const struct source_state *source,
		    struct error *error) MUST_CHECK;
