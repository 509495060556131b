#include "plan/services.h"

/* Pool -> profile -> secret; the session is the router's own doing (routeros facts §5.1). */

static uint32_t field_bit(const struct menu *menu, const char *name)
{
	return 1u << (uint32_t)menu_field(menu, name);
}

static void pppoe_profile(struct row *row, const struct profile_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_PPP_PROFILE);
	const struct router *router = wish->router;
	uint32_t addresses = field_bit(menu, "local-address") | field_bit(menu, "remote-address");

	row_put(row, menu, "name", wish->name, arena);
	/* What the operator did not declare is left as it is on the router. */
	if (router->pppoe_local_address.size != 0)
		row_put(row, menu, "local-address", router->pppoe_local_address, arena);
	if (router->pppoe_pool.size != 0)
		row_put(row, menu, "remote-address", router->pppoe_pool, arena);
	row_put(row, menu, "rate-limit", rate_limit_text(arena, wish), arena);
	if (wish->taken_over) {
		/*
		 * Its addresses and lists are its maker's; where it is not there yet, it needs
		 * some.
		 */
		row->initial |= addresses & row->present;
		if (wish->package->devices != 1)
			row->lenient |= field_bit(menu, "only-one");
	} else {
		row_put(row, menu, "address-list", wish->address_list, arena);
	}
	/* PPP knows one or any number (product.md, Package devices). */
	row_put(row, menu, "only-one", wish->package->devices == 1 ? TEXT("yes") : TEXT("no"),
		arena);
}

static void pppoe_row(struct row *row, const struct row_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_PPP_SECRET);

	row_put(row, menu, "name", wish->subscriber->username, arena);
	row_put(row, menu, "service", TEXT("pppoe"), arena);
	/* A secret made by hand mostly serves `any`, which serves PPPoE: it is left so. */
	if (wish->subscriber->package->profile.size != 0)
		row->lenient |= field_bit(menu, "service");
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
