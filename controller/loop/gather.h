/*
 * Everything a plan needs to know besides the router itself, read from the store and the secrets
 * folder as of one moment. Blocks on disk; everything lies in the arena; any thread.
 */
#pragma once

#include "loop/reconcile.h"

struct gathered {
	const struct intent *intent;
	const struct router *router;
	struct router_state state; /* only named when the store does not know the router yet */
	struct source_state source;
	struct text commit; /* what the router is at: in force, or what a roll-out keeps it at */
	struct mark *marks;
	uint32_t mark_count;
	int64_t newest_mark; /* id; 0: none */
	bool complete;
	bool preview;     /* the intent is not the one in force: facts are foretold */
	enum cause cause; /* the strongest of the task's and the marks' */
	struct text because;
	struct plan_input
	    input; /* without `observed`, `now`, `version` and approvals of the store */
};

/*
 * What a job needs for this task. With marks of at most MARKS_MAX people and SCOPE_MARKS the input
 * is about them alone. A missing generated password is made and stored (look_only: only made).
 */
bool gather(struct gathered *out, struct seat *seat, const struct intent *intent,
	    const struct router *router, const struct task *task, int64_t now, struct arena *arena,
	    struct error *error) MUST_CHECK;

/*
 * Reads again what a job's own writes and an approval have changed: inventory, losses, leave, the
 * clock's word.
 */
bool gather_again(struct gathered *out, struct seat *seat, const struct task *task,
		  struct arena *arena, struct error *error) MUST_CHECK;
