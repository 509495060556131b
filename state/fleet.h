/*
 * What is owed to routers and what is known of them: generations, subscriber marks, conditions,
 * pauses, approvals, the tenant's source. Changing functions need an open store transaction. Blocks
 * on disk; texts read lie in the arena.
 */
#pragma once

#include "model/fleet.h"
#include "state/store.h"

/* The routers of the commit in force: makes missing rows, keeps the rest; those not named are
 * forgotten ("stop managing", never "wipe": the inventory stays until a router of that name comes
 * back). */
bool fleet_sync(struct store *store, const struct text *routers, uint32_t count,
		struct error *error) MUST_CHECK;
bool fleet_routers(struct router_state **out, uint32_t *count, struct store *store,
		   struct arena *arena, struct error *error) MUST_CHECK; /* sorted by name */
bool fleet_router(bool *found, struct router_state *out, struct store *store, struct text router,
		  struct arena *arena, struct error *error) MUST_CHECK;

/* generation + 1, and the commit it should be at (empty: unchanged). */
bool fleet_want(struct store *store, struct text router, struct text commit,
		struct error *error) MUST_CHECK;
/* Writes everything a job learnt (generation and wanted_commit are left alone; the pause too).
 * applied_* only grow. */
bool fleet_learnt(struct store *store, const struct router_state *state,
		  struct error *error) MUST_CHECK;
bool fleet_pause(struct store *store, struct text router, int64_t until_at, struct text reason,
		 struct error *error) MUST_CHECK; /* until 0: resume */

/* A subscriber whose rows are owed a look on a router, and why. Kept until cleared by the job that
 * had it in hand. */
struct mark {
	int64_t id; /* grows: a job clears only marks up to the newest it saw */
	struct text router;
	struct text reference;
	enum cause cause;
	struct text because; /* "payment QGH7… credited" */
	int64_t at;
};
bool fleet_mark(struct store *store, struct text router, struct text reference, enum cause cause,
		struct text because, int64_t at, struct error *error) MUST_CHECK;
bool fleet_marks(struct mark **out, uint32_t *count, struct store *store, struct text router,
		 struct arena *arena, struct error *error) MUST_CHECK; /* router empty: all */
bool fleet_marks_clear(struct store *store, struct text router, int64_t up_to_id,
		       struct error *error) MUST_CHECK;

/*
 * Who loses access by a commit (product.md "The guard"): found when the commit is taken, kept until
 * he has access again or the loss was made. Adding one that is there already changes nothing.
 */
bool fleet_losses(struct text **references, uint32_t *count, struct store *store,
		  struct text router, struct arena *arena, struct error *error) MUST_CHECK;
bool fleet_losses_add(struct store *store, struct text router, const struct text *references,
		      uint32_t count, struct text commit, struct error *error) MUST_CHECK;
bool fleet_losses_drop(struct store *store, struct text router, struct text reference,
		       struct error *error) MUST_CHECK;

/* `apply --allow`: an approval names one digest of one router's held losses, and dies with it. */
bool fleet_approve(struct store *store, struct text router, struct text digest, struct text actor,
		   int64_t at, struct error *error) MUST_CHECK;
bool fleet_approved(bool *yes, struct store *store, struct text router, struct text digest,
		    struct error *error) MUST_CHECK;
bool fleet_approval_spend(struct store *store, struct text router, struct text digest,
			  struct error *error) MUST_CHECK;

/*
 * An approval that matched becomes leave for each of its subscribers to lose access there, so that
 * a cut line in the middle does not ask again. Dropped when the loss was made and read back, or
 * when he has access again.
 */
bool fleet_leave(struct text **references, uint32_t *count, struct store *store, struct text router,
		 struct arena *arena, struct error *error) MUST_CHECK;
bool fleet_leave_add(struct store *store, struct text router, const struct text *references,
		     uint32_t count, struct error *error) MUST_CHECK;
bool fleet_leave_drop(struct store *store, struct text router, struct text reference,
		      struct error *error) MUST_CHECK;

bool source_read(struct source_state *out, struct store *store, struct arena *arena,
		 struct error *error) MUST_CHECK;
bool source_write(struct store *store, const struct source_state *source,
		  struct error *error) MUST_CHECK;

/* The clock's word (product.md promise 3): expiries wait while this is not empty. */
bool clock_held_read(struct text *why, struct store *store, struct arena *arena,
		     struct error *error) MUST_CHECK;
bool clock_held_write(struct store *store, struct text why, struct error *error) MUST_CHECK;
/* The newest wall time this store has seen anything at. */
bool clock_newest_fact(int64_t *at, struct store *store, struct error *error) MUST_CHECK;
