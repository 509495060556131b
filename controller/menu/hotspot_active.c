/* Live hotspot logins. `remove` is what all versions have; add, set and comment went in 7.21 (§4).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "user", .role = FIELD_KEY },
	{ .name = "server", .role = FIELD_SEEN },
	{ .name = "address", .role = FIELD_SEEN, .normalise = normalise_address },
	{ .name = "mac-address", .role = FIELD_SEEN, .normalise = normalise_mac },
	{ .name = "login-by", .role = FIELD_SEEN },
	{ .name = "uptime", .role = FIELD_SEEN, .fallback = "0s",
	  .normalise = normalise_duration },
	{ .name = "radius", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_hotspot_active = {
	.path = "/ip/hotspot/active",
	.id = MENU_HOTSPOT_ACTIVE,
	.shape = SHAPE_SESSIONS,
	.writable = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = MENU_HOTSPOT_USER,
	.owner_field = 0,
};
