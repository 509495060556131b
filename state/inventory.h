/*
 * What wavu put on a router: a fact, not a cache. An entry is stored before its row is added, so that a lost answer cannot
 * make our own row a stranger, and stays until the row and all it let in are gone and that was read back.
 * Changing functions need an open store transaction. Blocks on disk; texts read lie in the arena.
 */
#pragma once

#include "state/store.h"

enum inventory_state {
	INVENTORY_PENDING, /* an add was or may have been sent; ours only if the row equals what we wrote */
	INVENTORY_PRESENT,
	INVENTORY_REMOVING /* a remove was or may have been sent; sessions may still be there */
};

struct inventory_entry {
	struct text menu;      /* "/ppp/secret" */
	struct text key;       /* the row's key as the router spells it */
	struct text reference; /* whose it is; empty for profiles, pools */
	enum inventory_state state;
	struct text written;   /* short digest of the owned fields last written, see plan/diff.h */
	struct text secret_written; /* digest of the secret last written (a password may read back as stars) */
	bool open;             /* the row last written gave access */
	bool rights_pending;   /* a change of rights was sent and its end not seen */
	int64_t rights_at;     /* when this row's rights last changed: sessions older than it are renewed */
	struct text macs;      /* MACs of sessions, cookies and hosts that are being put off, separated by ' ' */
	uint32_t heals;        /* healed within the last hour: three make it contested */
	int64_t healed_at;
};

/* All of a router sorted by (menu, key), or those of one subscriber plus the ownerless ones (profiles, pools). */
bool inventory_read(struct inventory_entry **out, uint32_t *count, struct store *store, struct text router,
		    struct arena *arena, struct error *error) MUST_CHECK;
bool inventory_read_of(struct inventory_entry **out, uint32_t *count, struct store *store, struct text router,
		       struct text reference, struct arena *arena, struct error *error) MUST_CHECK;
/* Insert or replace by (router, menu, key). */
bool inventory_put(struct store *store, struct text router, const struct inventory_entry *entry,
		   struct error *error) MUST_CHECK;
bool inventory_drop(struct store *store, struct text router, struct text menu, struct text key,
		    struct error *error) MUST_CHECK;
