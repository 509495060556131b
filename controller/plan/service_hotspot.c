#include "plan/services.h"

/* User profile -> user; the portal is the wall, so a suspended user is always disabled (product.md
 * §2). */

static void hotspot_profile(struct row *row, const struct profile_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_HOTSPOT_USER_PROFILE);
	struct text devices = TEXT("unlimited");

	if (wish->package->devices != 0)
		devices = text_format(arena, "%u", wish->package->devices);
	row_put(row, menu, "name", wish->name, arena);
	row_put(row, menu, "rate-limit", rate_limit_text(arena, wish), arena);
	row_put(row, menu, "shared-users", devices, arena);
}

static void hotspot_row(struct row *row, const struct row_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_HOTSPOT_USER);

	row_put(row, menu, "name", wish->subscriber->username, arena);
	row_put(row, menu, "server", wish->router->hotspot_server, arena);
	/* A user made by hand mostly may log in at all servers: he is left so. */
	if (wish->subscriber->package->profile.size != 0)
		row->lenient |= 1u << (uint32_t)menu_field(menu, "server");
	row_put(row, menu, "profile", wish->profile, arena);
	row_put(row, menu, "mac-address", wish->subscriber->mac, arena);
	row_put(row, menu, "address", wish->subscriber->address, arena);
	row_put(row, menu, "disabled", wish->is_disabled ? TEXT("true") : TEXT("false"), arena);
}

const struct service_row service_hotspot = {
	.name = "hotspot",
	.help = "A hotspot user per subscriber and a user profile per package.",
	.service = SERVICE_HOTSPOT,
	.profile_menu = MENU_HOTSPOT_USER_PROFILE,
	.row_menu = MENU_HOTSPOT_USER,
	.session_menu = MENU_HOTSPOT_ACTIVE,
	.profile = hotspot_profile,
	.row = hotspot_row,
};
