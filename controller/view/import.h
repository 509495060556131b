/*
 * `wavu import router`: rows made by hand become the YAML whose plan is empty, and what cannot be
 * taken is said with a reason. Pure; everything lies in the arena given; any thread. It guesses no
 * price and no payment: what a router cannot know is marked for review.
 */
#pragma once

#include "intent/intent.h"
#include "menu/menu.h"
#include "model/inventory.h"
#include "view/document.h"

struct import_input {
	const struct intent *intent;
	const struct router *router;
	/* Tables as looked at, one per service: profiles, rows, live sessions. */
	const struct table *profiles[SERVICE_COUNT];
	const struct table *rows[SERVICE_COUNT];
	const struct table *sessions[SERVICE_COUNT];
	const struct table *queues, *leases; /* of fixed addresses; NULL: not looked at */
	const struct inventory_entry *inventory; /* of this router */
	uint32_t inventory_count;
	struct text price;      /* as an operator writes it; empty: a stand-in that buys nothing */
	struct text paid_until; /* likewise; empty: 30 days from now */
	int64_t now;
};

/* A row that was not taken, and why. */
struct import_left {
	const char *menu;
	struct text key;
	struct text reason;
};

struct import {
	struct text yaml;
	uint32_t package_count, person_count;
	uint32_t known_count; /* rows that are wavu's, or declared, already */
	struct import_left *left;
	uint32_t left_count, left_room;
};

void import_make(struct import *out, const struct import_input *in, struct arena *arena);
struct document *view_import(const struct import *import, struct text router);
