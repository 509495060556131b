/*
 * NAT rules, read only: a dst-nat or redirect of a suspension list is a wall too (product.md, "What
 * a state is on the router"). wavu never writes here. No uniqueness, order matters (RouterOS lists
 * of rules).
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

const struct menu menu_firewall_nat = {
	.path = "/ip/firewall/nat",
	.id = MENU_FIREWALL_NAT,
	.shape = SHAPE_LIST,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
