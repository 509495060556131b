/* What lets a phone in again without its password, for days (§5.2): ends before the login it would
 * renew. */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "user", .role = FIELD_KEY },
	{ .name = "mac-address", .role = FIELD_SEEN, .normalise = normalise_mac },
	{ .name = "expires-in", .role = FIELD_SEEN, .normalise = normalise_duration },
	{ .name = "mac-cookie", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_hotspot_cookie = {
	.path = "/ip/hotspot/cookie",
	.id = MENU_HOTSPOT_COOKIE,
	.shape = SHAPE_SESSIONS,
	.writable = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = MENU_HOTSPOT_USER,
	.owner_field = 0,
};
