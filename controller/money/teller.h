/*
 * Reads what the street said and books it: each inbox line exactly once, in one transaction with
 * the cursor. Blocks on disk; one thread per seat at a time. It never asks a provider and never
 * talks to a router: it marks and rings.
 */
#pragma once

#include "money/booking.h"

/*
 * One batch of at most TELLER_BATCH_MAX lines. *more: there may be further lines, call again at
 * once. Before the first commit is in force nothing is read. LIMIT (disk full): nothing was booked,
 * try again later.
 */
bool teller_step(struct seat *seat, int64_t now, bool *more, struct error *error) MUST_CHECK;
/* After the commit: rings the router of a credited one, and says in the log what was booked. */
void teller_tell(struct seat *seat, const struct booked *booked);
