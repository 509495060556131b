/*
 * Devices that a hotspot lets by or shuts out without any user. A `bypassed` one has internet until
 * its row goes, whatever its user's does (facts §5.2): wavu's own are those of subscribers with
 * `bypass: true`, one a MAC, and are switched off with their owner's access. The router refuses a
 * second row of one client ("such client already exists", §1.5), so the MAC is the key; rows that
 * name only an address are somebody else's.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "mac-address", .role = FIELD_KEY, .fallback = "",
	  .normalise = normalise_mac },
	{ .name = "server", .role = FIELD_OWNED, .fallback = "all", .clear = "all",
	  .rights = true },
	{ .name = "type", .role = FIELD_OWNED, .fallback = "regular", /* absent then (§4) */
	  .clear = "regular", .rights = true },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool, .rights = true },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
	{ .name = "address", .role = FIELD_SEEN, .fallback = "",
	  .normalise = normalise_address },
};
/* clang-format on */

const struct menu menu_hotspot_binding = {
	.path = "/ip/hotspot/ip-binding",
	.id = MENU_HOTSPOT_BINDING,
	.shape = SHAPE_LIST,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
