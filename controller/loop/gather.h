/*
 * Everything a plan needs to know besides the router itself, read from the store and the secrets
 * folder as of one moment. Blocks on disk; everything lies in the arena; any thread.
 */
#pragma once

#include "loop/reconcile.h"

struct gathered {
	const struct intent *intent;
	const struct router *router;
	struct router_state state; /* zeroed when the store does not know the router yet */
	struct source_state source;
	struct mark *marks;
	uint32_t mark_count;
	int64_t newest_mark; /* id; 0: none */
	bool complete;
	struct plan_input input; /* without `observed` and `now` */
};

/*
 * `only`: people to judge, sorted; NULL: everybody. With `preview` the facts are foretold as if the
 * commit was already taken (openings, passwords, losses by going from `former`, which may be NULL).
 */
bool gather(struct gathered *out, struct seat *seat, const struct intent *intent,
	    const struct router *router, const struct task *task, int64_t now, struct arena *arena,
	    struct error *error) MUST_CHECK;
