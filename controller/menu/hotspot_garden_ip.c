/*
 * Where a hotspot lets everybody go before he has logged in, by address or by a name that the
 * router resolves: the only one of the two gardens that HTTPS passes through (facts §5.2). Its
 * words are other than its neighbour's: accept, drop, reject (§7). No uniqueness; order and
 * ownership as in hotspot_garden.c.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	/* No `unset` of a host here (schema enums): empty is how it reads without one. */
	{ .name = "dst-host", .role = FIELD_OWNED, .fallback = "", .clear = "" },
	{ .name = "dst-address", .role = FIELD_OWNED, .fallback = "", .clear = "!",
	  .normalise = normalise_address },
	{ .name = "action", .role = FIELD_OWNED, .fallback = "accept", .clear = "accept" },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_hotspot_garden_ip = {
	.path = "/ip/hotspot/walled-garden/ip",
	.id = MENU_HOTSPOT_GARDEN_IP,
	.shape = SHAPE_LIST,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.name_count = 3,
	.owner_menu = -1,
};
