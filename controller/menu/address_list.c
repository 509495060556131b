/* Firewall address lists: unique by (list, address) (§4). What has a timeout is dynamic and not
 * ours (§3). */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "list", .role = FIELD_KEY },
	/* "a-b" reads back as a prefix where it is one, and /32 is dropped (§3). */
	{ .name = "address", .role = FIELD_KEY, .normalise = normalise_address },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_address_list = {
	.path = "/ip/firewall/address-list",
	.id = MENU_ADDRESS_LIST,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 2,
	.owner_menu = -1,
};
