/*
 * Devices a hotspot has seen, logged in or not. A host names no user: whose it is, only
 * /ip/hotspot/active or a cookie of the same MAC can say, so it has no owner of its own here.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "mac-address", .role = FIELD_KEY, .normalise = normalise_mac },
	{ .name = "address", .role = FIELD_SEEN, .normalise = normalise_address },
	{ .name = "to-address", .role = FIELD_SEEN, .normalise = normalise_address },
	{ .name = "server", .role = FIELD_SEEN },
	{ .name = "uptime", .role = FIELD_SEEN, .fallback = "0s",
	  .normalise = normalise_duration },
	{ .name = "authorized", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
	{ .name = "bypassed", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_hotspot_host = {
	.path = "/ip/hotspot/host",
	.id = MENU_HOTSPOT_HOST,
	.shape = SHAPE_SESSIONS,
	.writable = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
