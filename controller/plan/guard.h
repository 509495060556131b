/*
 * Splits a plan into what may go and what must wait (product.md "The guard"; promise 3 for the
 * clock). By people, never by rows. Pure; in the draft's arena; one thread; gains and neutral
 * changes are never held.
 */
#pragma once

#include "plan/draft.h"

/* After people_weigh: sets person->held and plan->guarded. */
void guard_judge(struct draft *draft);

/* The arithmetic alone, also for the fleet: `losses` people of `with_access` would lose it. Empty:
 * they may. */
struct text guard_why(struct arena *arena, struct guard guard, uint32_t losses,
		      uint32_t with_access, struct text where);
