/*
 * The middle of plan_make, also for looks that only want to know what to ask next; and what nobody
 * refers to any more. Pure; in the draft's arena; one thread.
 */
#pragma once

#include "plan/draft.h"

/* Compiled, lined up, linked, judged, surveyed, weighed, guarded: all but the changes. */
void judge_router(struct draft *draft);

/* Takes the REMOVE from profiles (or pools) that some row on the router still names when this plan
 * is done. */
void judge_unused(struct draft *draft, enum menu_id id);
