/* PPP users. Arguments: routeros schema /ppp/secret, the same from 7.9 to 7.24; needs its profile
 * (facts §4). */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY }, /* the only thing the router keeps unique (§4) */
	/* any async pptp pppoe l2tp ovpn sstp; "any" when never set (fields.json). */
	{ .name = "service", .role = FIELD_OWNED, .fallback = "any", .clear = "any" },
	/* Readable with policy `sensitive`; else stars (§3 "password"). */
	{ .name = "password", .role = FIELD_SECRET, .fallback = "", .clear = "" },
	/* Acts at the next dial: the live session stays as it was (§5.1). */
	{ .name = "profile", .role = FIELD_OWNED, .fallback = "default", .clear = "default",
	  .rights = true },
	/* A blank is refused, it must be unset (§3). A single address wins over the pool (§4). */
	{ .name = "remote-address", .role = FIELD_OWNED, .fallback = "", .clear = "!",
	  .normalise = normalise_address, .rights = true },
	/*
	 * Locks the secret to one MAC, in capitals (§4). It is text to the router, stored as
	 * written: a lower-case one may lock its owner out, so bytes are compared.
	 */
	{ .name = "caller-id", .role = FIELD_OWNED, .fallback = "", .clear = "", .rights = true },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool, .rights = true },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
	/* Read-only (§4); their dates changed form in 7.10 (§3): never calculated with. */
	{ .name = "last-logged-out", .role = FIELD_SEEN },
	{ .name = "last-caller-id", .role = FIELD_SEEN },
	{ .name = "last-disconnect-reason", .role = FIELD_SEEN },
};
/* clang-format on */

const struct menu menu_ppp_secret = {
	.path = "/ppp/secret",
	.id = MENU_PPP_SECRET,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
