/*
 * Which router is due, how urgently, and who works on it: one job per router at a time. In memory
 * only; what is owed is in the store. All functions lock the queue's one mutex for a moment and
 * never block but queue_wait and queue_claim. Times are clock_monotonic(). It never runs a job; the
 * sessions lie with its watch (loop/watch.h).
 */
#pragma once

#include "loop/watch.h"
#include "seat/bell.h"

struct queue;

struct queue_limits {
	uint32_t workers;           /* jobs at a time */
	uint32_t urgent_reserve;    /* of these, kept for URGENT jobs */
	uint32_t probation_max;     /* jobs at a time on routers that failed last time */
	uint32_t connects_per_s;    /* new sessions; URGENT ones never wait for it */
	uint32_t sessions_held_max; /* idle sessions kept */
	int64_t ageing_us;          /* a LOW job that waited so long counts as NORMAL */
};

struct queue *queue_new(const struct queue_limits *limits);
void queue_free(struct queue *queue); /* closes idle sessions; nobody may be inside */
/* Who holds the idle sessions; whoever runs the queue has a thread for it, or calls watch_step. */
struct watch *queue_watch(struct queue *queue);

/*
 * The routers there are; missing ones are made (not due), those not named vanish when nobody works
 * on them.
 */
void queue_sync(struct queue *queue, struct seat *seat, const struct text *routers, uint32_t count,
		int64_t now);

/*
 * URGENT: a look at the marked people is due now; after a failure not before its wait is over, and
 * at most 30 s after the last try, but at once where the router answers and only refused something.
 * NORMAL, LOW: a complete job is due at `due_at`, or when it was due before if that is earlier.
 */
void queue_ring(struct queue *queue, struct seat *seat, struct text router, enum urgency urgency,
		int64_t due_at, int64_t now);

struct queue_slot;
struct work {
	struct queue_slot *slot;
	struct seat *seat;
	struct text router; /* lives until queue_done */
	bool complete;      /* else: marks */
	bool first;         /* no complete job has ended well since the process began */
	bool claimed;       /* by a person's pass */
	bool probation;     /* it failed last time */
	enum urgency urgency;
	struct device *device; /* the idle session, or NULL; whoever has the work has it */
};

/*
 * The most urgent due job, if one may start now; else false, and *next_at is when to ask again
 * (INT64_MAX: when rung).
 */
bool queue_take(struct queue *queue, struct work *out, int64_t now, int64_t *next_at);
/*
 * The same, waiting; false when the queue was closed. `idle` workers are counted for
 * queue_needs_worker.
 */
bool queue_wait(struct queue *queue, struct work *out);
/*
 * One router for a person's pass: waits until its running job has ended. False: no such router, or
 * closed.
 */
bool queue_claim(struct queue *queue, struct work *out, struct seat *seat, struct text router);

/* How a job ended: what becomes of the slot. */
struct verdict {
	/* a complete job ended well: nothing more is due until `next_at` */
	bool complete;
	bool failed; /* probation, and nothing before `retry_at` */
	/* … but it answers, and only refused something: no probation; URGENT and NORMAL do not
	 * wait */
	bool answers;
	int64_t retry_at;
	int64_t next_at; /* when the next sweep is due */
	bool again;      /* a complete job is owed: due at once, NORMAL */
	struct watched watched; /* about the session */
};
/* Gives the session back to the watch (NULL: there is none). */
void queue_done(struct queue *queue, struct work *work, struct device *device,
		const struct verdict *verdict, int64_t now);

/* Is a job due that no idle worker will take? For starting workers lazily. */
bool queue_needs_worker(struct queue *queue);
/* Everybody inside queue_wait and queue_claim comes back with false. */
void queue_close(struct queue *queue);

struct queue_counts {
	uint32_t slots, due, running, probation, held;
	uint32_t busy; /* routers that somebody works on, persons' passes too */
};
struct queue_counts queue_count(struct queue *queue, int64_t now);
