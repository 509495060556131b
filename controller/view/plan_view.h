/*
 * Plans as documents (product.md `plan` and `apply`), and their changes as the JSON that history
 * keeps. Nothing blocks; the caller frees documents; texts lie in the arena given.
 */
#pragma once

#include "model/fleet.h"
#include "plan/plan.h"
#include "view/document.h"

/* One router's line of the document. `plan` NULL: it could not be looked at. */
struct planned {
	struct text tenant;
	struct text router;
	enum router_mode mode;
	bool paused;
	enum ternary reachable;
	enum ternary in_sync; /* by this look: nothing differed, nothing was in the way */
	struct text remark;   /* one more note; empty: none */
	struct text error;
	const struct plan *plan;
};
/* Somebody who has access by the commit in force, and none by the one to come. */
struct planned_cut {
	struct text account;
	struct text title;
	struct text router;
};
struct planned_tenant {
	struct text name;
	struct text commit;
	/* What going there from the commit in force is worth in a month; only of one to come. */
	bool has_monthly;
	struct text currency;
	int64_t monthly_lost_cents, monthly_gained_cents;
	const struct planned_cut *cuts;
	uint32_t cut_count;
};

/* `done`: the document of `apply`: only what was carried out is in the plans. */
struct document *view_plan(const struct planned_tenant *tenants, uint32_t tenant_count,
			   const struct planned *routers, uint32_t router_count, bool done);

/* The changes of a plan as a JSON array as in `plan` ([] when none), at most HISTORY_CHANGES_MAX;
 * `carried_out` leaves out what was held or only reported. Secrets are "(secret)". */
struct text view_changes_json(const struct plan *plan, bool carried_out, struct arena *arena);
/* The fields of one change as JSON: [{"name","have","want"}]. */
struct text view_fields_json(const struct change *change, struct arena *arena);
