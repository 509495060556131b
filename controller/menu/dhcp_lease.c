/*
 * DHCP leases that bind a device to an address (IPoE). Of static ones the router keeps the address
 * unique over all servers, and the MAC within a server, where `all` meets every server ("already
 * have static lease with this IP address", "… for this client"; probed on 7.x by the public mtha
 * survey). So the address is the key. What clients were given by themselves is dynamic and never
 * touched. `block-access` ends service at the next renewal, on every version.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "address", .role = FIELD_KEY, .fallback = "", .normalise = normalise_address },
	{ .name = "mac-address", .role = FIELD_OWNED, .fallback = "", .clear = "",
	  .normalise = normalise_mac },
	{ .name = "server", .role = FIELD_OWNED, .fallback = "all", /* absent then (survey) */
	  .clear = "all" },
	{ .name = "block-access", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
	/* A rate here is shaping by somebody else's hand; `bound` is a device that is there. */
	{ .name = "rate-limit", .role = FIELD_SEEN, .fallback = "" },
	{ .name = "status", .role = FIELD_SEEN, .fallback = "" },
};
/* clang-format on */

const struct menu menu_dhcp_lease = {
	.path = "/ip/dhcp-server/lease",
	.id = MENU_DHCP_LEASE,
	.shape = SHAPE_SET,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
