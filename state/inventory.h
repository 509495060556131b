/*
 * What wavu put on a router: a fact, not a cache. An entry is stored before its row is added, so
 * that a lost answer cannot make our own row a stranger, and stays until the row and all it let in
 * are gone and that was read back. Changing functions need an open store transaction. Blocks on
 * disk; texts read lie in the arena.
 */
#pragma once

#include "model/inventory.h"
#include "state/store.h"

/* All of a router sorted by (menu, key), or those of one subscriber plus the ownerless ones
 * (profiles, pools). */
bool inventory_read(struct inventory_entry **out, uint32_t *count, struct store *store,
		    struct text router, struct arena *arena, struct error *error) MUST_CHECK;
bool inventory_read_of(struct inventory_entry **out, uint32_t *count, struct store *store,
		       struct text router, struct text reference, struct arena *arena,
		       struct error *error) MUST_CHECK;
/* Insert or replace by (router, menu, key). */
bool inventory_put(struct store *store, struct text router, const struct inventory_entry *entry,
		   struct error *error) MUST_CHECK;
bool inventory_drop(struct store *store, struct text router, struct text menu, struct text key,
		    struct error *error) MUST_CHECK;
