/*
 * Inside of a person's pass only (pass.c, pass_source.c, pass_keep.c).
 */
#pragma once

#include "loop/engine_inside.h"
#include "loop/pass.h"
#include "view/plan_view.h"

/* One tenant of the pass: by which intent it runs. */
struct pass_tenant {
	struct seat *seat;
	struct intent *intent;       /* held; NULL: nothing to run by */
	struct commit_losses losses; /* plan: what the commit would cost */
	bool preview;                /* plan: the commit is not the one in force */
	struct planned_cut *cuts;    /* plan: the people of it */
	uint32_t cut_count;
	bool has_former;             /* … and that one could be read: `losses` compares them */
};

/* One router of the pass. */
struct pass_router {
	const struct pass_tenant *tenant;
	struct planned planned;
	struct plan plan; /* kept in the pass's arena */
	enum outcome outcome;
	bool skipped;
};

/* A copy of what people see of a plan, for the job's arena is used again. */
void pass_keep(struct plan *out, const struct plan *plan, struct arena *arena);

/*
 * The intent to run by. Plan: the branch's newest commit (or `rev`), read without changing
 * anything; apply: what is in force after the newest commit was considered. What is wrong goes into
 * the pass: findings, message. False when a store failed.
 */
bool pass_source(struct pass *pass, struct pass_tenant *tenant, struct engine *engine,
		 const struct pass_wish *wish, struct error *error) MUST_CHECK;
