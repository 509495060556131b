/*
 * The mark that says a row is ours: "wavu:<tenant>/<8 hex>" at the start of a comment, the hex
 * being a digest of menu path and key, so that a copied row's mark does not fit (house, "The
 * mark"). Pure; results lie in the arena; any thread.
 */
#pragma once

#include "menu/menu.h"
#include "model/inventory.h"

struct text mark_make(struct arena *arena, struct text tenant, const struct menu *menu,
		      struct text key);
/* Does this comment start with exactly that mark? */
bool mark_fits(struct text comment, struct text mark);
/* Did wavu put this row there: does its comment say so, or the inventory? Whether it was changed
 * since is not asked. */
bool mark_is_ours(const struct row *row, const struct menu *menu, struct text tenant,
		  const struct inventory_entry *inventory, uint32_t count, struct arena *arena);
/*
 * What wavu says to the router's own script behind a mark: "until=1764547200", "seen=…", ten digits
 * of UTC seconds; empty when there is nothing. A mark with it has at most 64 bytes; an `until` is
 * followed by the row's name, see mark_stamp_name.
 */
struct text mark_stamp(struct text comment);
struct text mark_stamp_make(struct arena *arena, const char *word, int64_t at);
/*
 * "until=1764547200 4:jane": so the script, which cannot compute a mark, leaves a row alone that a
 * person has copied or renamed, comment and all. A name of more than 128 bytes gets none, and its
 * row is never shut by the script.
 */
struct text mark_stamp_name(struct arena *arena, struct text stamp, struct text name);
/* The moment a stamp says, in UTC microseconds; 0: none. */
int64_t mark_stamp_at(struct text stamp);
/* Any mark of any tenant or key at the start, with its stamp: its length in bytes, else 0. */
uint32_t mark_length(struct text comment);
/* The mark with what a person had written behind it; a former mark is replaced. At most
 * COMMENT_SIZE_MAX bytes. */
struct text mark_put(struct arena *arena, struct text comment, struct text mark,
		     struct text stamp);
