/*
 * What of a router's rows belongs to nobody in particular and lets people reach something: the
 * gardens of a hotspot, the page and the garden of the suspended. Pure; rows lie in the draft's
 * arena; one thread; it never touches a rule that is not wavu's.
 */
#pragma once

#include "plan/draft.h"

/* Does this router, or the inventory, have rows of that menu, which is one of these? */
bool gardens_matter(const struct plan_input *in, enum menu_id menu);
/* All of them become wanted; only for a complete look. */
void gardens_want(struct draft *draft);
/* What a list of the suspended needs beside the rule that stops it: a page to be sent to. */
void gardens_want_page(struct draft *draft, struct text list);
/* The id of the row before which a new row of that menu must stand to have effect; else empty. */
struct text gardens_place(const struct draft *draft, enum menu_id menu);
