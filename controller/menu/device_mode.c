/*
 * What this device may do at all, read only; changing it needs a hand at the device (facts §5.2).
 * Not in version 6.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "mode", .role = FIELD_SEEN, .fallback = "" },
	{ .name = "hotspot", .role = FIELD_SEEN, .fallback = "", .normalise = normalise_bool },
	{ .name = "scheduler", .role = FIELD_SEEN, .fallback = "", .normalise = normalise_bool },
	{ .name = "fetch", .role = FIELD_SEEN, .fallback = "", .normalise = normalise_bool },
	{ .name = "l2tp", .role = FIELD_SEEN, .fallback = "", .normalise = normalise_bool },
	{ .name = "flagged", .role = FIELD_SEEN, .fallback = "", .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_device_mode = {
	.path = "/system/device-mode",
	.id = MENU_DEVICE_MODE,
	.shape = SHAPE_SINGLE,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
