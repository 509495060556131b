/*
 * The menus there are, one file of data each; menus.c puts them in the order of enum menu_id. Only
 * menus.c and the data files include this. Static data; nothing blocks; any thread.
 */
#pragma once

#include "menu/menu.h"
#include "menu/value.h"

extern const struct menu menu_resource;
extern const struct menu menu_clock;
extern const struct menu menu_device_mode;
extern const struct menu menu_ppp_aaa;
extern const struct menu menu_hotspot_profile;
extern const struct menu menu_hotspot_binding;
extern const struct menu menu_hotspot_garden;
extern const struct menu menu_hotspot_garden_ip;
extern const struct menu menu_firewall_filter;
extern const struct menu menu_firewall_nat;
extern const struct menu menu_pool;
extern const struct menu menu_ppp_profile;
extern const struct menu menu_hotspot_user_profile;
extern const struct menu menu_ppp_secret;
extern const struct menu menu_hotspot_user;
extern const struct menu menu_address_list;
extern const struct menu menu_queue_simple;
extern const struct menu menu_dhcp_lease;
extern const struct menu menu_script;
extern const struct menu menu_scheduler;
extern const struct menu menu_ppp_active;
extern const struct menu menu_hotspot_cookie;
extern const struct menu menu_hotspot_active;
extern const struct menu menu_hotspot_host;
