/*
 * Ghosts and leaks of one router: access that nobody pays for, and payers without access. Pure;
 * everything lies in the arena given; any thread. It only tells; nothing is changed.
 */
#pragma once

#include "menu/menu.h"
#include "model/inventory.h"
#include "model/standing.h"
#include "view/document.h"
#include "view/outlook.h"

struct foreign_input {
	struct text tenant;
	const struct intent *intent;
	const struct router *router;
	const struct table *tables; /* MENU_COUNT of them, as looked at */
	const struct inventory_entry *inventory;
	uint32_t inventory_count;
	const struct standing *standings; /* sorted by reference */
	uint32_t standing_count;
	int64_t now;
};

enum foreign_kind {
	FOREIGN_ROW,     /* a secret, user, queue or lease that is not wavu's, and open */
	FOREIGN_BINDING, /* a device that a hotspot lets by */
	FOREIGN_SESSION, /* somebody online whom no row here lets in */
	FOREIGN_PAYER    /* somebody who paid, and has no open row */
};

struct foreign {
	enum foreign_kind kind;
	struct text router;
	const char *menu;
	struct text key;
	struct text comment;    /* what a person wrote at the row; else empty */
	struct text subscriber; /* the account, when he is declared */
	bool online;
	struct text why;
};

struct foreigners {
	struct foreign *at;
	uint32_t count, room;
};

/* Adds what this router has. */
void foreign_find(struct foreigners *out, const struct foreign_input *in, struct arena *arena);

/* A router that was asked. */
struct foreign_router {
	struct text tenant, name;
	bool reachable;
	struct text error;
};
struct document *view_foreign(const struct foreigners *found, const struct foreign_router *routers,
			      uint32_t router_count);
