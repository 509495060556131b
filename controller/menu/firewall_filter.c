/*
 * Filter rules, read only: product.md wants to have seen a rule that drops or rejects a suspension
 * list before `walled` is believed. wavu never writes here. No uniqueness, order matters (RouterOS
 * lists of rules).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "chain", .role = FIELD_SEEN },
	{ .name = "action", .role = FIELD_SEEN, .fallback = "accept" },
	{ .name = "src-address-list", .role = FIELD_SEEN, .fallback = "" }, /* "!x": not in x */
	{ .name = "disabled", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_firewall_filter = {
	.path = "/ip/firewall/filter",
	.id = MENU_FIREWALL_FILTER,
	.shape = SHAPE_LIST,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
