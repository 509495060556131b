/*
 * A command's own look at one router, for what no plan asks: some menus, read only. Blocks as long
 * as the router takes; the tables lie in the arena given; one thread. A menu that this router does
 * not have (no hotspot package, version 6) is no error: its table is not `looked`.
 */
#pragma once

#include "loop/newest.h"
#include "menu/menu.h"

struct sight {
	struct table tables[MENU_COUNT];
	char version[64]; /* as the router says it; empty: it did not answer */
	uint32_t version_number;
};

/* The same of a device that is open already. */
bool sight_fill(struct sight *out, struct device *device, const enum menu_id *ids, uint32_t count,
		struct arena *arena, struct error *error) MUST_CHECK;

/* UNREACHABLE, DENIED; FAILED when a reply was suspiciously short. */
bool sight_take(struct sight *out, struct seat *seat, const struct router *router,
		const enum menu_id *ids, uint32_t count, struct arena *arena,
		struct error *error) MUST_CHECK;
