/* Address pools (§4: unique by name). A profile that names one can only be added after it (§1.5).
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY },
	/* Mandatory (fields.json), so there is no way to empty it. */
	{ .name = "ranges", .role = FIELD_OWNED, .normalise = normalise_ranges },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_pool = {
	.path = "/ip/pool",
	.id = MENU_POOL,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
