/*
 * Who decides about PPP logins, read only. RADIUS is asked only for names that have no secret
 * (facts §4).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "use-radius", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
	{ .name = "accounting", .role = FIELD_SEEN, .fallback = "true",
	  .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_ppp_aaa = {
	.path = "/ppp/aaa",
	.id = MENU_PPP_AAA,
	.shape = SHAPE_SINGLE,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 0,
	.owner_menu = -1,
};
