/* Live PPP sessions: only `remove` exists (§4). A name may be here several times, unless its
 * profile says only-one. */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY }, /* the secret's name */
	{ .name = "service", .role = FIELD_SEEN },
	{ .name = "caller-id", .role = FIELD_SEEN, .normalise = normalise_mac },
	{ .name = "address", .role = FIELD_SEEN, .normalise = normalise_address },
	/* When it began is the look's time less this. */
	{ .name = "uptime", .role = FIELD_SEEN, .fallback = "0s",
	  .normalise = normalise_duration },
	/* Let in by a RADIUS server, not by a secret (flag R, fields.json). */
	{ .name = "radius", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_ppp_active = {
	.path = "/ppp/active",
	.id = MENU_PPP_ACTIVE,
	.shape = SHAPE_SESSIONS,
	.writable = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = MENU_PPP_SECRET,
	.owner_field = 0,
};
