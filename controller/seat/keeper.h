/*
 * What the timekeeper remembers of one seat between its steps: how everybody was judged, and by
 * which clock. The seat owns it and frees it; everything in it is for the thread that steps, but
 * what is atomic.
 */
#pragma once

#include "model/entitlement.h"

struct intent;
struct keeping;
struct subscriber;

/* One subscriber as last judged. */
struct judged {
	enum state state;
	int64_t until_at; /* when time alone may change it */
	struct speed speed;
};

struct judged_person {
	const struct subscriber *subscriber;
	const struct intent *intent; /* by which his router goes */
};

struct keeper {
	struct intent *intent; /* the newest that was judged: held */
	struct keeping *kept;  /* routers that still go by a former one; held; NULL: none */
	uint64_t kept_serial;
	struct judged_person *people; /* of the routers, each by its own commit */
	struct judged *judged;        /* of the same */
	uint32_t judged_count;
	int64_t next_at; /* the smallest until_at */
	_Atomic bool started;
	bool held;   /* the clock is not believed now */
	bool jumped; /* it was seen to move by this process, so that it can be seen to move back */
	_Atomic int64_t offset_us; /* wall minus monotonic when the clock was last believed */
};

/* Forgets how everybody was judged; the clock is remembered. Legal on a zeroed keeper. */
void keeper_forget(struct keeper *keeper);
