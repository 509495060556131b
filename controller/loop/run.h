/*
 * Inside of the job only (reconcile.c, carry.c, learn.c): one run of reconcile_router. Lives on the
 * worker's stack; everything it points to lies in the job's arena. One thread.
 */
#pragma once

#include "loop/fill.h"
#include "loop/gather.h"

/* What a router said no to is not asked again in the same job. */
struct refusal {
	enum verb verb;
	const struct menu *menu;
	struct text key;
};

struct run {
	struct seat *seat;
	const struct task *task;
	struct job *job;
	struct device **device;
	struct fill *fill; /* while a bulk is carried out, else NULL */
	struct arena *arena;

	struct gathered gathered;
	struct plan_input input;
	struct observed observed;
	struct plan plan;       /* of the last look */
	uint32_t menus_touched; /* bit by menu: written since the last look */
	uint32_t bulk_menus;    /* bit by menu: read by the first looks of some round */
	bool opened;            /* the session was opened by this job */
	bool allowed;           /* a person's word let something go */
	bool sent;              /* something was sent that may have changed the router */
	bool planned;           /* at least one look was judged */
	bool stuck;             /* after all rounds there was still something to do */
	int64_t began_at;       /* monotonic */
	int64_t newest_pause_at; /* until when a commit that has not come here yet pauses it; 0 */

	struct change *done; /* carried out, in order */
	uint32_t done_count, done_room;
	struct refusal *refusals;
	uint32_t refusal_count, refusal_room;
	uint32_t
	    drift_found; /* rows that differed at the first look although nothing was known to */
};

/* Is this change to be carried out now? */
bool run_carries(const struct run *run, const struct change *change);
/*
 * Stores what must be known before a write, sends everything that may go, rank by rank, and stores
 * what came of it. True with *alive: the line lived. False only when the store failed.
 */
bool run_carry(struct run *run, bool *alive, struct error *error) MUST_CHECK;
/* Records what the run found and did, in one transaction. */
bool run_learn(struct run *run, struct error *error) MUST_CHECK;
