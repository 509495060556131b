/*
 * Scripts kept on the router. wavu owns one by its name, that of the lease, and touches no other.
 * Arguments: routeros schema /system/script, the same from 7.9 to 7.24.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY }, /* unique (§4) */
	/* Who may not do a thing cannot make a script that may (§6): always sent, never more than
	 * the two. */
	{ .name = "policy", .role = FIELD_OWNED, .normalise = normalise_words },
	{ .name = "dont-require-permissions", .role = FIELD_OWNED, .fallback = "false",
	  .clear = "false", .normalise = normalise_bool },
	{ .name = "source", .role = FIELD_OWNED, .fallback = "", .clear = "" },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_script = {
	.path = "/system/script",
	.id = MENU_SCRIPT,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
