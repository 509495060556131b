/*
 * Follows a tenant's branch: fetches into our own mirror, reads the newest commit, takes it or says
 * why not. Blocks on git, on children that fetch, and on disk; needs the seat's turn (follow_step
 * takes it itself). A commit with any error changes nothing but the source's error; it never talks
 * to a router.
 */
#pragma once

#include "intent/intent.h"
#include "plan/plan.h"
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

/*
 * Takes a commit that read without errors: in one transaction the source, routers, losses for the
 * guard, openings, passwords and which routers are owed something; then what the street may know;
 * then the swap, and the bells. Takes over the reference to `next` in any case. For follow_step,
 * and for a simulation without git.
 */
bool follow_take(struct seat *seat, struct intent *next, int64_t now,
		 struct error *error) MUST_CHECK;

/*
 * Publishes the payment channels whose tokens can be read and may be used; says in *problems which
 * stay closed.
 */
bool follow_publish(struct seat *seat, const struct intent *intent, struct text *problems,
		    struct arena *arena, struct error *error) MUST_CHECK;

/*
 * Losses that wait since earlier commits, weighed again together with those of `next` by the
 * fleet's guard that counts then: fills `losses->why`, and *waiting with all. Writes nothing.
 */
bool follow_weigh(struct commit_losses *losses, struct commit_loss **waiting,
		  uint32_t *waiting_count, struct seat *seat, const struct intent *next,
		  const struct standing *standings, uint32_t count, int64_t now,
		  struct arena *arena, struct error *error) MUST_CHECK;

/*
 * Is the commit's tenant the one of the settings? If not, `findings` holds that one error, in the
 * arena.
 */
bool follow_name_fits(const struct seat *seat, const struct intent *intent,
		      struct findings *findings, struct arena *arena);
/*
 * The books hold amounts, and the Tenant says of what: once there is a payment, a commit with
 * another currency than the `former` (NULL: none) does not fit; `findings` says so then.
 */
bool follow_currency_fits(bool *fits, struct seat *seat, const struct intent *former,
			  const struct intent *next, struct findings *findings,
			  struct arena *arena, struct error *error) MUST_CHECK;
