/*
 * Payers in whose place on the router somebody else's row stands: said aloud, with the remedy.
 * Pure; in the draft's arena; one thread.
 */
#pragma once

#include "plan/draft.h"

/* After the rows' changes are decided. */
void blocked_say(struct draft *draft);
