/*
 * What nobody refers to any more: a profile or a pool goes only when no row on the router names it.
 * Pure; in the draft's arena; one thread.
 */
#pragma once

#include "plan/draft.h"

/* Takes the REMOVE from profiles (or pools) that some row on the router still names when this plan
 * is done. */
void judge_unused(struct draft *draft, enum menu_id id);
