/*
 * A commit that reads without errors comes into force: does it fit here, what does it book, who is
 * owed something, and who would lose by it. Blocks on disk; what it fills lies in the arena given;
 * needs the seat's turn. It never talks to a router.
 */
#pragma once

#include "intent/intent.h"
#include "plan/plan.h"
#include "seat/seat.h"

/*
 * Is the commit's tenant the one of the settings? If not, `findings` holds that one error, in the
 * arena.
 */
bool commit_name_fits(const struct seat *seat, const struct intent *intent,
		      struct findings *findings, struct arena *arena);
/*
 * The books hold amounts, and the Tenant says of what: once there is a payment, a commit with
 * another currency than the `former` (NULL: none) does not fit; `findings` says so then.
 */
bool commit_currency_fits(bool *fits, struct seat *seat, const struct intent *former,
			  const struct intent *next, struct findings *findings,
			  struct arena *arena, struct error *error) MUST_CHECK;

/*
 * Takes it: in one transaction the source, routers, losses for the guard, openings, passwords and
 * which routers are owed something; then what the street may know; then the swap, and the bells.
 * Takes over the reference to `next` in any case. `now`: when it came into force, and when openings
 * are booked.
 */
bool commit_take(struct seat *seat, struct intent *next, int64_t now,
		 struct error *error) MUST_CHECK;

/*
 * Losses that wait since earlier commits, weighed again together with those of `next` by the
 * fleet's guard that counts then: fills `losses->why`, and *waiting with all. Writes nothing.
 */
bool commit_weigh(struct commit_losses *losses, struct commit_loss **waiting,
		  uint32_t *waiting_count, struct seat *seat, const struct intent *next,
		  const struct standing *standings, uint32_t count, int64_t now,
		  struct arena *arena, struct error *error) MUST_CHECK;
