/* What the router is and since when it runs; one row without id, nothing of it is ever written
 * (§4). */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	/* Lower than last seen: it was rebooted (§5.4). */
	{ .name = "uptime", .role = FIELD_SEEN, .fallback = "0s",
	  .normalise = normalise_duration },
	{ .name = "version", .role = FIELD_SEEN }, /* "7.19.4 (stable)" (§3) */
	{ .name = "board-name", .role = FIELD_SEEN },
	{ .name = "total-memory", .role = FIELD_SEEN }, /* bytes */
};
/* clang-format on */

const struct menu menu_resource = {
	.path = "/system/resource",
	.id = MENU_RESOURCE,
	.shape = SHAPE_SINGLE,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
