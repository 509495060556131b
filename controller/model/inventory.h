/*
 * What wavu put on a router, as a value: planned by plan/, kept by state/inventory.h. The texts are
 * in the reader's arena.
 */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum inventory_state {
	INVENTORY_PENDING, /* an add was or may have been sent; ours only if the row equals what we
			      wrote */
	INVENTORY_PRESENT,
	INVENTORY_REMOVING /* a remove was or may have been sent; sessions may still be there */
};

struct inventory_entry {
	struct text menu;      /* "/ppp/secret" */
	struct text key;       /* the row's key as the router spells it */
	struct text reference; /* whose it is; empty for profiles, pools */
	enum inventory_state state;
	struct text written; /* short digest of the owned fields last written, see plan/diff.h */
	struct text secret_written; /* digest of the secret last written (a password may read back
				       as stars) */
	bool open;                  /* the row last written gave access */
	bool rights_pending;        /* a change of rights was sent and its end not seen */
	int64_t
	    rights_at; /* when this row's rights last changed: sessions older than it are renewed */
	struct text
	    macs; /* MACs of sessions, cookies and hosts that are being put off, separated by ' ' */
	uint32_t heals; /* healed within the last hour: three make it contested */
	int64_t healed_at;
};
