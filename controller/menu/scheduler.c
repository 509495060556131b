/*
 * What the router does by its own clock. wavu owns one row by its name, that of the lease, and
 * touches no other. Arguments: routeros schema /system/scheduler. A device-mode can forbid the
 * whole menu (facts §5.2).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY }, /* unique (§4) */
	/* `startup` knows no date, so none can be wrong: a start in a year that the clock believed
	 * in by mistake would never come (§5.4). */
	{ .name = "start-time", .role = FIELD_OWNED },
	{ .name = "interval", .role = FIELD_OWNED, .fallback = "0s", .clear = "0s",
	  .normalise = normalise_duration },
	{ .name = "on-event", .role = FIELD_OWNED, .fallback = "", .clear = "" },
	/* It runs with these, limited by those of its maker (§6). */
	{ .name = "policy", .role = FIELD_OWNED, .normalise = normalise_words },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_scheduler = {
	.path = "/system/scheduler",
	.id = MENU_SCHEDULER,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
