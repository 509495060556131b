/*
 * The mark that says a row is ours: "wavu:<tenant>/<8 hex>" at the start of a comment, the hex
 * being a digest of menu path and key, so that a copied row's mark does not fit (house, "The
 * mark"). Pure; results lie in the arena; any thread.
 */
#pragma once

#include "menu/menu.h"

struct text mark_make(struct arena *arena, struct text tenant, const struct menu *menu,
		      struct text key);
/* Does this comment start with exactly that mark? */
bool mark_fits(struct text comment, struct text mark);
/* Any mark of any tenant or key at the start: its length in bytes, else 0. */
uint32_t mark_length(struct text comment);
/* The mark with what a person had written behind it; a former mark is replaced. At most
 * COMMENT_SIZE_MAX bytes. */
struct text mark_put(struct arena *arena, struct text comment, struct text mark);
