#include "plan/services.h"

/* Pool -> profile -> secret; the session is the router's own doing (routeros facts §5.1). */

static void pppoe_profile(struct row *row, const struct profile_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_PPP_PROFILE);
	const struct router *router = wish->router;

	row_put(row, menu, "name", wish->name, arena);
	/* What the operator did not declare is left as it is on the router. */
	if (router->pppoe_local_address.size != 0)
		row_put(row, menu, "local-address", router->pppoe_local_address, arena);
	if (router->pppoe_pool.size != 0)
		row_put(row, menu, "remote-address", router->pppoe_pool, arena);
	row_put(row, menu, "rate-limit", rate_limit_text(arena, wish), arena);
	row_put(row, menu, "address-list", wish->address_list, arena);
	/* PPP knows one or any number (product.md, Package devices). */
	row_put(row, menu, "only-one", wish->package->devices == 1 ? TEXT("yes") : TEXT("no"),
		arena);
}

static void pppoe_row(struct row *row, const struct row_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_PPP_SECRET);

	row_put(row, menu, "name", wish->subscriber->username, arena);
	row_put(row, menu, "service", TEXT("pppoe"), arena);
	row_put(row, menu, "profile", wish->profile, arena);
	/* An address in the secret overrides the profile's pool (routeros facts §4). */
	row_put(row, menu, "remote-address", wish->subscriber->address, arena);
	/* The MAC in capitals locks the secret to one CPE (routeros facts §4). */
	row_put(row, menu, "caller-id", wish->subscriber->mac, arena);
	row_put(row, menu, "disabled", wish->is_disabled ? TEXT("true") : TEXT("false"), arena);
}

const struct service_row service_pppoe = {
	.name = "pppoe",
	.help = "A PPP secret per subscriber and a profile per package.",
	.service = SERVICE_PPPOE,
	.profile_menu = MENU_PPP_PROFILE,
	.row_menu = MENU_PPP_SECRET,
	.session_menu = MENU_PPP_ACTIVE,
	.has_walls = true,
	.profile = pppoe_profile,
	.row = pppoe_row,
};
