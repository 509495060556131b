/*
 * The watch: owns every session that nobody works with, and has the only epoll of them. It keeps
 * them alive and takes what routers tell of themselves as a hint that one should be looked at. A
 * session has one owner at any time: the watch, or whoever took it. Any thread may take and give;
 * one thread runs watch_step. It never waits for a router and never decides by what one tells.
 */
#pragma once

#include "router/device.h"
#include "seat/bell.h"

struct watch;

/* One router's place: its session while it is idle, and what it has hinted at. */
struct held;

/*
 * How the watch says that a router is due for a complete look, LOW, at a monotonic time that may
 * lie ahead. Called without any lock of the watch.
 */
struct watch_bell {
	void (*due)(void *context, struct seat *seat, struct text router, int64_t due_at,
		    int64_t now);
	void *context;
};

/* At most `sessions_max` are kept. The watch belongs to the caller. */
struct watch *watch_new(uint32_t sessions_max, struct watch_bell bell);
/* All places must have been removed; no thread may be inside. NULL is fine. */
void watch_free(struct watch *watch);

/* A place without a session; the watch owns it until watch_remove. The name is copied. */
struct held *watch_add(struct watch *watch, struct seat *seat, struct text router);
/* Closes its session; the place is not to be used any more. Waits while the watch attends to it. */
void watch_remove(struct watch *watch, struct held *held);

/* Is a session waiting there? No lock; what it says may be old by now. */
bool watch_has(const struct held *held);
/*
 * The session, which is the caller's now, or NULL. Waits while the watch attends to it, which never
 * waits for the router. No byte is lost: what was read lies in the device.
 */
struct device *watch_take(struct watch *watch, struct held *held);

/* What the job that had the session knows. All zero: nothing. */
struct watched {
	bool complete;  /* a complete job ended well: what was hinted at before is answered */
	bool found;     /* and it found something to do, which no one contests */
	bool useful;    /* somebody waited for it, or it wrote */
	bool decides;   /* `menus` counts; else the session listens to what it did before */
	uint32_t menus; /* bits: worth listening to */
};
/*
 * Gives a session to the watch, which closes it when it is dead or when those kept have been useful
 * later. NULL: none is there any more. True: it is kept.
 */
bool watch_give(struct watch *watch, struct held *held, struct device *device,
		const struct watched *watched, int64_t now);

/* Does all that is to be done by now; returns when it should be called again at the latest. */
int64_t watch_step(struct watch *watch, int64_t now);

/* The same, again and again, until watch_stop. */
void watch_run(struct watch *watch);
void watch_stop(struct watch *watch);

struct watch_counts {
	uint32_t held;
	uint64_t hints;   /* sentences that told of a change */
	uint64_t looks;   /* times a router became due by them */
	uint64_t proofs;  /* keep-alive questions */
	uint64_t lost;    /* sessions that died while idle */
	uint64_t evicted; /* closed because there were too many */
};
struct watch_counts watch_count(struct watch *watch);
