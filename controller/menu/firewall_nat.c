/*
 * NAT rules: a dst-nat or redirect of a suspension list is a wall too (product.md, "What a state is
 * on the router"). With `firewall: manage` and a page to show, wavu adds such rules to chain
 * dstnat, each with its mark; what bears no mark of wavu's, and every other chain, is never
 * written. No uniqueness, order matters (RouterOS lists of rules).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "chain", .role = FIELD_OWNED },
	{ .name = "action", .role = FIELD_OWNED, .fallback = "accept", .clear = "accept" },
	/* "!x": not in x. */
	{ .name = "src-address-list", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "dst-address-list", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "protocol", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "dst-port", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "to-addresses", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "to-ports", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_firewall_nat = {
	.path = "/ip/firewall/nat",
	.id = MENU_FIREWALL_NAT,
	.shape = SHAPE_LIST,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.name_count = 3,
	.owner_menu = -1,
};
