#include "plan/services.h"

#include "base/error.h"

/*
 * A device on the wire without a dial-in: a DHCP lease gives it its address, and the address is
 * shaped and shut off as a static customer's (service_static.c). Where no wall stands, the lease is
 * blocked too: his device loses the address when it next renews. Behind a wall it stays open, for a
 * device without an address sees no page to pay on, and may be minutes in asking again.
 */

static void ipoe_lease(struct row *row, const struct row_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_DHCP_LEASE);

	/* No commit without both comes this far. */
	invariant(wish->subscriber->address.size != 0 && wish->subscriber->mac.size != 0);
	row_put(row, menu, "address", wish->subscriber->address, arena);
	row_put(row, menu, "mac-address", wish->subscriber->mac, arena);
	row_put(row, menu, "server", wish->router->dhcp_server, arena);
	row_put(row, menu, "block-access", wish->is_blocked ? TEXT("true") : TEXT("false"), arena);
	/* A disabled lease hands out nothing, and a device may then get another address. */
	row_put(row, menu, "disabled", TEXT("false"), arena);
}

const struct service_row service_ipoe = {
	.name = "ipoe",
	.help = "A DHCP lease for the subscriber's device, and the rest as for static.",
	.service = SERVICE_IPOE,
	.profile_menu = MENU_COUNT,
	.row_menu = MENU_QUEUE_SIMPLE,
	.session_menu = MENU_COUNT,
	.is_listed = true,
	.row = service_static_row,
	.dhcp_lease = ipoe_lease,
};
