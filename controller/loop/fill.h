/*
 * A bulk fill: one rank of independent writes carried over several sessions of one router at once,
 * each further session in a short-lived thread of its own. Whoever opens it owns it; opening does
 * not block, fill_write and fill_close block as a device does; one thread uses it. It never decides
 * what is written, never repeats a write and never keeps a session.
 */
#pragma once

#include <pthread.h>

#include "seat/seat.h"

/* One more session of the router. */
struct fill_line {
	struct fill *fill;
	pthread_t thread;
};

struct fill {
	const struct seat *seat;
	const struct router *router;
	struct fill_line lines[FILL_SESSIONS_MAX - 1];
	uint32_t line_count; /* threads that were started */

	pthread_mutex_t lock; /* all below; never held across I/O */
	pthread_cond_t turned;
	struct write *writes; /* the rank in hand */
	uint32_t count;
	uint32_t next; /* those before it were handed out */
	uint32_t busy; /* shares that are being written */
	bool cut;      /* a line died: nothing more is handed out */
	bool over;
	struct error why; /* of the first line that died, or of one that left an UNKNOWN */
};

/*
 * Begins to open up to `sessions` - 1 further sessions beside the caller's own, in the background.
 * One that is refused or does not come is done without. What it is given must outlive fill_close.
 */
void fill_open(struct fill *fill, const struct seat *seat, const struct router *router,
	       uint32_t sessions);
/*
 * Writes that may be carried out in any order, by the device and by those further sessions that are
 * ready. As the verb of a device: every end is filled; false when a line died, and then `error` is
 * UNKNOWN if it left one, and what nobody had begun is UNSENT. `new_id` is not filled.
 */
bool fill_write(struct fill *fill, struct device *device, struct write *writes, uint32_t count,
		struct arena *arena, struct error *error) MUST_CHECK;
/* Ends the further sessions. One that is still being opened is waited for: CONNECT_MS_MAX and two
 * REPLY_MS_MAX at most. */
void fill_close(struct fill *fill);
