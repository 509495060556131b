/*
 * What the store keeps about a router and about a tenant's source: generations, conditions, the
 * guard's word. Values; the texts are in the reader's arena.
 */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum ternary { TERNARY_UNKNOWN = -1, TERNARY_NO = 0, TERNARY_YES = 1 };

/* Why a job ran (product.md `cause`); a lower value outranks a higher one when several coincide. */
enum cause {
	CAUSE_PAYMENT,
	CAUSE_PERSON,
	CAUSE_COMMIT,
	CAUSE_EXPIRY,
	CAUSE_START,
	CAUSE_DRIFT,
	CAUSE_SWEEP,
	CAUSE_COUNT
};

/* How it ended (product.md `outcome`). */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_NOTHING,
	OUTCOME_GUARDED,
	OUTCOME_UNREACHABLE,
	OUTCOME_REFUSED,
	OUTCOME_DENIED,
	OUTCOME_UNKNOWN,
	OUTCOME_COUNT
};

const char *cause_word(enum cause cause);
const char *outcome_word(enum outcome outcome);

/* What came of a router that a wave moved. */
enum wave_end {
	WAVE_PENDING, /* it has not been reconciled by its new commit */
	WAVE_DONE,
	WAVE_ASIDE,   /* it does not answer or is paused: nothing can be learnt from it */
	WAVE_REFUSED, /* it said no, or was not as wanted after all its rounds */
	WAVE_END_COUNT
};

struct router_state {
	struct text name;
	int64_t generation; /* grows with everything that changes what the router should be */
	int64_t applied_generation; /* what the last complete job had in hand */
	struct text wanted_commit;
	struct text applied_commit;
	enum ternary reachable;
	enum ternary in_sync;
	uint32_t drift_rows;
	bool contested;
	uint32_t failures;            /* in a row */
	int64_t unreachable_since_at; /* 0: it answers */
	int64_t last_look_at;
	int64_t last_reconcile_at;
	struct text error;          /* empty: none */
	struct text guarded_digest; /* empty: nothing waits */
	uint32_t guarded_losses;
	struct text guarded_why;
	int64_t pause_until_at; /* by command; 0: none (git's pause is in the intent) */
	struct text pause_reason;
	struct text version; /* RouterOS's, as read */
	struct text walls; /* address lists that an enabled rule was seen for, separated by '\n' */
	struct text held_commit; /* a roll-out has not moved it yet: what it is kept at; else empty
				  */
	uint32_t wave;           /* of the roll-out under way; 0: no wave moves it */
	enum wave_end wave_end;
	bool wave_strict; /* the commit changes how it is reached: silence is a refusal, too */
};

/* The newest commit on its way through the fleet (loop/rollout.h). */
struct rollout_state {
	struct text commit; /* empty: none is under way, every router is at the commit in force */
	uint32_t wave, waves; /* from 1 */
	int64_t began_at;
	struct text stopped; /* why it goes no further; empty: it does */
};

/* The tenant's repository. */
struct source_state {
	struct text commit; /* in force; empty: none yet */
	int64_t commit_at;  /* when it came into force */
	struct text newest; /* seen on the branch */
	struct text error;  /* what is wrong with the newest; empty: nothing */
	int64_t looked_at;
	struct text channel_problems; /* payment channels that are closed, and why; else empty */
	struct text losses_why;       /* the commit in force costs more of the whole fleet than the
					 Tenant's guard lets go; else empty */
};

/* One finished job, a line of `wavu history`. */
struct event {
	int64_t id;
	int64_t at;
	struct text router;
	struct text commit;
	enum cause cause;
	struct text because; /* a sentence: "payment QGH7… credited KN-0042" */
	uint32_t writes;
	uint32_t duration_ms;
	enum outcome outcome;
	uint32_t repeats;    /* identical outcomes in a row are one line with a count */
	struct text changes; /* JSON array as in `plan`, made by view/ */
	struct text error;
};

/* One row that differs although nothing we know of changed, a line of `wavu drift`. */
struct drift_row {
	struct text router;
	struct text menu;
	struct text key;
	struct text fields; /* JSON array of {"name","have","want"}, made by view/ */
	int64_t since_at;
	struct text subscriber;
	struct text policy; /* "heal" or "report" */
};
