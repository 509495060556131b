/*
 * One page of a provider's own list becomes payments and kept rows, and the window moves on, all in
 * one transaction of the seat's store: what is killed in between is read again and counts once.
 * Blocks on disk; the thread that works on the lane.
 */
#pragma once

#include "asking/lane.h"
#include "model/pull.h"

/* Fills next_at of *pull with when to go on; `pull` is as stored afterwards. */
bool pulling_page(const struct lane *lane, const struct channel *channel, struct pull *pull,
		  const struct listed_page *page, int64_t now, struct error *error) MUST_CHECK;
