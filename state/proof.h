/*
 * The proof that paid means online: what became of each credit on its router, as a journal, and
 * held money that was settled another way. Changing functions need an open store transaction.
 * Blocks on disk; texts read lie in the arena; any thread. It never judges: who is online is
 * decided by loop/proving.
 */
#pragma once

#include "model/fleet.h"
#include "model/income.h"
#include "model/payment.h"
#include "state/store.h"

enum ending_state {
	ENDING_WAITING, /* has a right to be online, and the router was not read back so yet */
	ENDING_ONLINE,  /* read back from the router: his row is there and open */
	ENDING_NONE,    /* gives no access: underpaid, paused, not begun … */
	ENDING_COUNT
};
const char *ending_word(enum ending_state state); /* "waiting" "online" "none" */

/* One step of a credit. */
struct ending {
	int64_t payment_id;
	struct text reference; /* the subscriber's key */
	enum ending_state state;
	struct text router;
	struct text why;   /* WAITING: what is in the way, or empty; NONE: why */
	enum ternary live; /* ONLINE: a session was there, too; UNKNOWN: the service has none */
	uint32_t tries;    /* jobs on that router that failed in a row */
	int64_t since_at;  /* the router is away since; 0: it answered */
	bool bought_nothing; /* NONE: only a purchase can change it */
	int64_t latency_us;  /* ONLINE: from the callback's arrival; -1: not measured */
	int64_t at;
};

/*
 * Appends a step. An ONLINE one is measured when a callback brought the money, it was credited at
 * once and only a router was in the way. CONFLICT never; the file refuses a step after ONLINE.
 */
bool proof_add(struct store *store, const struct ending *proof, struct error *error) MUST_CHECK;
/* The router failed: every credit that waits there and has no reason yet gets this one. */
bool proof_block(struct store *store, struct text router, struct text why, uint32_t tries,
		 int64_t since_at, int64_t now, struct error *error) MUST_CHECK;

/* Credits in force that are not seen online, and may be by now: those of one subscriber; of all, by
 * reference. What bought nothing is left out until something was bought. */
bool proof_open_of(struct ending **out, uint32_t *count, struct store *store, struct text reference,
		   struct arena *arena, struct error *error) MUST_CHECK;
bool proof_open(struct ending **out, uint32_t *count, struct store *store, struct arena *arena,
		struct error *error) MUST_CHECK;

/* Of one payment: the newest step (*found false: booked before this was kept), or all, oldest
 * first. */
bool proof_of(bool *found, struct ending *out, struct store *store, int64_t payment_id,
	      struct arena *arena, struct error *error) MUST_CHECK;
bool proof_steps(struct ending **out, uint32_t *count, struct store *store, int64_t payment_id,
		 struct arena *arena, struct error *error) MUST_CHECK;
/* Credits in force that wait for a router, oldest first. */
bool proof_waiting(struct ending **out, uint32_t *count, struct store *store, uint32_t max,
		   struct arena *arena, struct error *error) MUST_CHECK;

#define PROOF_BOUNDS_MAX 24
struct proof_totals {
	int64_t waiting_count, waiting_since_at; /* the oldest was heard of then; 0: none waits */
	int64_t unmatched_cents, held_cents;     /* held: those with a readable amount */
	int64_t p50_us, p99_us;                  /* of the newest 1,000 measured; -1: none yet */
	uint32_t bound_count;                    /* of the histogram, not cumulative */
	struct {
		int64_t bound_us, count, total_us;
	} bounds[PROOF_BOUNDS_MAX];
};
bool proof_totals(struct proof_totals *out, struct store *store, struct arena *arena,
		  struct error *error) MUST_CHECK;

/* Hours with verified payments from outside, oldest first. */
bool income_read(struct income_hour **out, uint32_t *count, struct store *store, int64_t from_hour,
		 struct arena *arena, struct error *error) MUST_CHECK;

/* Held money that another payment stands for. INVALID when it is not held or settled already. */
bool settled_add(struct store *store, int64_t held_id, int64_t by_payment_id, struct text actor,
		 int64_t now, struct error *error) MUST_CHECK;
/* The receipt that stands for it; empty: none. */
bool settled_by(struct text *receipt, struct store *store, int64_t payment_id, struct arena *arena,
		struct error *error) MUST_CHECK;
