#include "menu/menus.h"

/* THE table: to add a menu, write its file and add its row here and in enum menu_id, by rank. */
static const struct menu *const menus[MENU_COUNT] = {
	[MENU_RESOURCE] = &menu_resource,
	[MENU_CLOCK] = &menu_clock,
	[MENU_DEVICE_MODE] = &menu_device_mode,
	[MENU_PPP_AAA] = &menu_ppp_aaa,
	[MENU_HOTSPOT_PROFILE] = &menu_hotspot_profile,
	[MENU_HOTSPOT_BINDING] = &menu_hotspot_binding,
	[MENU_HOTSPOT_GARDEN] = &menu_hotspot_garden,
	[MENU_HOTSPOT_GARDEN_IP] = &menu_hotspot_garden_ip,
	[MENU_FIREWALL_FILTER] = &menu_firewall_filter,
	[MENU_FIREWALL_NAT] = &menu_firewall_nat,
	[MENU_POOL] = &menu_pool,
	[MENU_PPP_PROFILE] = &menu_ppp_profile,
	[MENU_HOTSPOT_USER_PROFILE] = &menu_hotspot_user_profile,
	[MENU_PPP_SECRET] = &menu_ppp_secret,
	[MENU_HOTSPOT_USER] = &menu_hotspot_user,
	[MENU_ADDRESS_LIST] = &menu_address_list,
	[MENU_QUEUE_SIMPLE] = &menu_queue_simple,
	[MENU_DHCP_LEASE] = &menu_dhcp_lease,
	[MENU_SCRIPT] = &menu_script,
	[MENU_SCHEDULER] = &menu_scheduler,
	[MENU_PPP_ACTIVE] = &menu_ppp_active,
	[MENU_HOTSPOT_COOKIE] = &menu_hotspot_cookie,
	[MENU_HOTSPOT_ACTIVE] = &menu_hotspot_active,
	[MENU_HOTSPOT_HOST] = &menu_hotspot_host,
};

const struct menu *menu_of(enum menu_id id)
{
	return menus[id];
}
