/* PPP profiles: what a package is on the router. Arguments: routeros schema; built-in rows carry
 * default=true (§3). */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY },
	/* An address or a pool's name; can be unset (fields.json "can_disable"). */
	{ .name = "local-address", .role = FIELD_OWNED, .fallback = "", .clear = "!",
	  .normalise = normalise_address },
	/* The pool must exist, else "invalid value for argument remote-address" (§1.5). */
	{ .name = "remote-address", .role = FIELD_OWNED, .fallback = "", .clear = "!",
	  .normalise = normalise_address, .rights = true },
	/* Kept as written (§3): compared as numbers. The live queue keeps its rate (§5.1). */
	{ .name = "rate-limit", .role = FIELD_OWNED, .fallback = "", .clear = "!",
	  .normalise = normalise_rate_limit, .rights = true },
	/* The client's address is in it while online (§5.1). */
	{ .name = "address-list", .role = FIELD_OWNED, .fallback = "", .clear = "",
	  .rights = true },
	/* default no yes: `yes` allows one session of a name (§4). */
	{ .name = "only-one", .role = FIELD_OWNED, .fallback = "default", .clear = "default" },
	/* In every schema from 7.9 on, and in exports of version 6. */
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
	/* Scripts of somebody else, left alone: a profile that runs one is not taken over. */
	{ .name = "on-up", .role = FIELD_SEEN, .fallback = "" },
	{ .name = "on-down", .role = FIELD_SEEN, .fallback = "" },
};
/* clang-format on */

const struct menu menu_ppp_profile = {
	.path = "/ppp/profile",
	.id = MENU_PPP_PROFILE,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
