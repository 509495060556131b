/*
 * Filter rules: product.md wants to have seen a rule that drops or rejects a suspension list before
 * `walled` is believed. No uniqueness, order matters (RouterOS lists of rules). With `firewall:
 * manage` wavu adds such rules to chain forward, each with its mark; what bears no mark of wavu's,
 * and every other chain, is never written.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "chain", .role = FIELD_OWNED },
	{ .name = "action", .role = FIELD_OWNED, .fallback = "accept", .clear = "accept" },
	/* "!x": not in x. */
	{ .name = "src-address-list", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "dst-address-list", .role = FIELD_OWNED, .fallback = "", .clear = "!" },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
	/* Which traffic a rule before the fasttrack one keeps from it (§5.1). */
	{ .name = "src-address", .role = FIELD_SEEN, .fallback = "" },
	{ .name = "dst-address", .role = FIELD_SEEN, .fallback = "" },
};
/* clang-format on */

const struct menu menu_firewall_filter = {
	.path = "/ip/firewall/filter",
	.id = MENU_FIREWALL_FILTER,
	.shape = SHAPE_LIST,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.name_count = 3,
	.owner_menu = -1,
};
