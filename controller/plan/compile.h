/*
 * Intent, facts and policies become the desired tables of one router (in draft->desired), and the
 * people judged (in draft->people, by reference). Pure; in the draft's arena; one thread; it never
 * looks at the rows that are there.
 */
#pragma once

#include "plan/draft.h"

void compile_router(struct draft *draft);

/* The menus' rows of one person: where he would be by the package he has. */
const struct facts *facts_of(const struct plan_input *in, struct text reference);
