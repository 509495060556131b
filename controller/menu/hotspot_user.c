/*
 * Hotspot users. The router keeps (name, server) unique (§4); wavu has one row a name, so the name
 * is the key, and a second row of that name for another server is somebody else's. There is no
 * `unset` here (§3): each field has a value that empties it.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY },
	{ .name = "server", .role = FIELD_OWNED, .fallback = "all", .clear = "all",
	  .rights = true },
	{ .name = "password", .role = FIELD_SECRET, .fallback = "", .clear = "" },
	{ .name = "profile", .role = FIELD_OWNED, .fallback = "default", .clear = "default",
	  .rights = true },
	/* Restricts where the user may log in from; `address` does not, it only gives one (§4). */
	{ .name = "mac-address", .role = FIELD_OWNED, .fallback = "00:00:00:00:00:00",
	  .clear = "00:00:00:00:00:00", .normalise = normalise_mac, .rights = true },
	{ .name = "address", .role = FIELD_OWNED, .fallback = "0.0.0.0", .clear = "0.0.0.0",
	  .normalise = normalise_address, .rights = true },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool, .rights = true },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
	/* Written at logout (§5.2). */
	{ .name = "uptime", .role = FIELD_SEEN, .fallback = "0s",
	  .normalise = normalise_duration },
};
/* clang-format on */

const struct menu menu_hotspot_user = {
	.path = "/ip/hotspot/user",
	.id = MENU_HOTSPOT_USER,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
