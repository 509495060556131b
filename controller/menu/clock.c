/*
 * What the router believes the time is, read only: an expiry that it shall keep alone needs a clock
 * that is right; boards without a battery start at 1970 (facts §5.4).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	/* "2023-07-14" from 7.10 on, "jul/14/2023" before (§3). */
	{ .name = "date", .role = FIELD_SEEN },
	{ .name = "time", .role = FIELD_SEEN },
	{ .name = "time-zone-name", .role = FIELD_SEEN },
	{ .name = "gmt-offset", .role = FIELD_SEEN }, /* "+03:00" */
};
/* clang-format on */

const struct menu menu_clock = {
	.path = "/system/clock",
	.id = MENU_CLOCK,
	.shape = SHAPE_SINGLE,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
