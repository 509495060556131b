/*
 * Where a hotspot lets everybody go before he has logged in, by the host of a proxied HTTP request:
 * wildcards are allowed, and HTTPS never comes by here (facts §5.2). Nothing is unique: adding
 * again makes another row, so only a row with wavu's mark is wavu's. Order matters: wavu adds
 * before the first rule of somebody else's that denies, and moves nothing.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "dst-host", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "action", .role = FIELD_OWNED, .fallback = "allow", .clear = "allow" },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_hotspot_garden = {
	.path = "/ip/hotspot/walled-garden",
	.id = MENU_HOTSPOT_GARDEN,
	.shape = SHAPE_LIST,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.name_count = 2,
	.owner_menu = -1,
};
