/*
 * Settings of hotspot servers, read only: whether a RADIUS server lets people in beside the users
 * (facts §5.2 leaves open which of the two is asked first).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_SEEN },
	{ .name = "use-radius", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
	{ .name = "login-by", .role = FIELD_SEEN, .fallback = "" },
};
/* clang-format on */

const struct menu menu_hotspot_profile = {
	.path = "/ip/hotspot/profile",
	.id = MENU_HOTSPOT_PROFILE,
	.shape = SHAPE_LIST,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
