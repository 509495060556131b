/*
 * Hotspot user profiles. No version's schema has a comment here: which rows are ours, the inventory
 * alone knows.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY },
	/* Plain text to the router (§3); it cannot be unset there: an empty text clears it. */
	{ .name = "rate-limit", .role = FIELD_OWNED, .fallback = "", .clear = "",
	  .normalise = normalise_rate_limit, .rights = true },
	/* A number or `unlimited`; 1 when never set (§5.2). */
	{ .name = "shared-users", .role = FIELD_OWNED, .fallback = "1", .clear = "1",
	  .normalise = normalise_count },
	{ .name = "address-list", .role = FIELD_OWNED, .fallback = "", .clear = "",
	  .rights = true },
	/* Script text (§4), left alone: billing by such scripts fights with ours (§5.2). */
	{ .name = "on-login", .role = FIELD_SEEN, .fallback = "" },
	{ .name = "on-logout", .role = FIELD_SEEN, .fallback = "" },
};
/* clang-format on */

const struct menu menu_hotspot_user_profile = {
	.path = "/ip/hotspot/user/profile",
	.id = MENU_HOTSPOT_USER_PROFILE,
	.shape = SHAPE_SET,
	.writable = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
