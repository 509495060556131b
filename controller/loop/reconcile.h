/*
 * The job: look, compile, diff, guard, write, look again, record — for one router, as straight
 * code. Everything the controller ever does to a router happens in here (README.md of this room).
 * Blocks on the router and on disk, holds no lock across either; one thread per router at a time;
 * texts lie in the arena given, which should have JOB_ARENA_SIZE.
 */
#pragma once

#include "model/fleet.h"
#include "plan/plan.h"
#include "seat/seat.h"

enum scope {
	SCOPE_COMPLETE, /* all rows of the router: pays every debt */
	/* the marked people alone (more than MARKS_MAX: complete); nobody marked: nothing to do */
	SCOPE_MARKS
};
#define MARKS_MAX 16

struct task {
	struct text router;
	enum scope scope;
	/* why it runs, when no better cause is found in the store */
	enum cause cause;
	struct text because; /* a phrase for that cause, or empty */
	/* `wavu plan`: nothing is written, to the router or to the store */
	bool look_only;
	/* look_only: plan by this intent instead of what the router is at; else NULL */
	const struct intent *intent;
	/* look_only: what going to that intent would cost the fleet; else NULL */
	const struct commit_losses *losses;
	struct text actor;            /* the person, or empty */
	const char *const *approvals; /* digests he allowed just now */
	uint32_t approval_count;
};

struct job {
	/* no such router, paused, nothing in force, or nobody marked */
	bool skipped;
	bool paused;
	bool complete; /* what it was in the end */
	enum router_mode mode;
	enum outcome outcome;
	enum ternary reachable;
	bool in_sync;       /* the last look found nothing to do */
	struct error error; /* UNREACHABLE, DENIED, REFUSED, UNKNOWN, GUARDED …; NONE */
	/* look_only: the plan; else all that was carried out, and what waits */
	struct plan plan;
	uint32_t writes; /* acknowledged by the router */
	uint32_t refused;
	uint32_t rounds;
	bool owes;         /* a complete job is still owed (a commit, more marks) */
	bool paid_waits;   /* people who paid wait for this router */
	uint32_t failures; /* in a row */
	int64_t resume_at; /* when a pause ends; 0: no pause */
	uint32_t listens;  /* menus (bits) whose changes the session should tell of from now on */
};

/*
 * False only when the store failed (the process must stop, or on LIMIT try later) — the router's
 * troubles are in the job. *device is borrowed and may be NULL, dead, replaced or closed: whoever
 * calls keeps what it gets back for the next job.
 */
bool reconcile_router(struct job *out, struct seat *seat, const struct task *task,
		      struct device **device, struct arena *arena, struct error *error) MUST_CHECK;

/*
 * How long to wait before the next try: 0 after success; by the disposition of the job's error and
 * its failures, with jitter; at most 30 s while somebody who paid waits.
 */
int64_t reconcile_retry_us(const struct job *job);
