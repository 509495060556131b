/*
 * Reads a provider's own list of payments, window after window, page after page: what no callback
 * told is credited from it, and what the list says is kept beside the ledger. A lane's step: blocks
 * on disk and on that provider. A missing answer is no empty list and no failure; money that the
 * list says was taken back is shown, and nobody loses anything by it.
 */
#pragma once

#include "asking/lane.h"

lane_step pulling_step;

/*
 * Asks for the right to a channel's list; `url` is where the provider may say something about it.
 * *done false: *why is why not, or what the provider said. Nothing is stored but that the list is
 * due.
 */
bool pulling_enrol(bool *done, struct text *why, struct inquiry *inquiry, struct seat *seat,
		   const struct intent *intent, const struct channel *channel, struct text url,
		   int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
