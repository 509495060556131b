/*
 * Follows a tenant's branch: fetches into our own mirror, reads the newest commit, takes it or says
 * why not. Blocks on git, on children that fetch, and on disk; needs the seat's turn (follow_step
 * takes it itself). A commit with any error changes nothing but the source's error; it never talks
 * to a router.
 */
#pragma once

#include "intent/intent.h"
#include "seat/seat.h"

struct followed {
	bool looked;              /* the branch could be read */
	bool taken;               /* a new commit came into force */
	bool invalid;             /* the newest commit has errors: `findings` */
	char commit[65];          /* the newest on the branch; empty when it could not be read */
	struct findings findings; /* in the arena given */
	struct error trouble;     /* why the branch could not be read, code NONE: it could */
};

/*
 * Loads the commit in force from the mirror; nothing is written, nobody is marked. No commit yet:
 * fine, nothing is loaded.
 */
bool follow_start(struct seat *seat, struct error *error) MUST_CHECK;

/*
 * One look at the branch. False only when the store failed; trouble with the repository is told in
 * *out and in the source's state. `now`: when it came into force, and when openings are booked.
 */
bool follow_step(struct seat *seat, int64_t now, struct followed *out, struct arena *arena,
		 struct error *error) MUST_CHECK;
