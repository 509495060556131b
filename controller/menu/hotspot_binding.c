/*
 * Devices that a hotspot lets by or shuts out without any user, read only. A `bypassed` one has
 * internet for nothing and outlives every expiry (facts §5.2).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "mac-address", .role = FIELD_SEEN, .fallback = "",
	  .normalise = normalise_mac },
	{ .name = "address", .role = FIELD_SEEN, .fallback = "",
	  .normalise = normalise_address },
	{ .name = "server", .role = FIELD_SEEN, .fallback = "all" },
	{ .name = "type", .role = FIELD_SEEN, .fallback = "regular" }, /* absent then (§4) */
	{ .name = "disabled", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_SEEN, .fallback = "" },
};
/* clang-format on */

const struct menu menu_hotspot_binding = {
	.path = "/ip/hotspot/ip-binding",
	.id = MENU_HOTSPOT_BINDING,
	.shape = SHAPE_LIST,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
