/*
 * Keys that several kinds share, so that `guard` or `speed` means the same wherever it stands.
 * Static data only; any thread; used by the kind_*.c files of this room alone.
 */
#pragma once

#include "schemas/kind.h"

extern const struct key guard_keys[];
extern const struct key speed_keys[];
extern const struct key maintenance_keys[];
extern const char *const drift_words[];
extern const struct key drift_menu_keys[];
extern const struct key garden_host;
extern const struct key garden_address;
extern const char *const lease_words[];

/* clang-format off */
#define KEY_GUARD \
	{ .name = "guard", .type = VALUE_MAP, .keys = guard_keys, \
	  .help = "How many subscribers may lose access at once before a person must approve; " \
		  "the nearest guard counts." }
#define KEY_DRIFT \
	{ .name = "drift", .type = VALUE_ENUM, .words = drift_words, .fallback = "heal", \
	  .help = "What happens to a row of wavu's that somebody changed on the router: " \
		  "put it back, or only show it." }
#define KEY_LEASE \
	{ .name = "lease", .type = VALUE_ENUM, .words = lease_words, .fallback = "off", \
	  .help = "Whether each row tells the router until when it holds, so that the router " \
		  "shuts it off alone while wavu cannot reach it; the nearest counts." }
#define KEY_DRIFT_MENUS \
	{ .name = "drift_menus", .type = VALUE_MAP, .keys = drift_menu_keys, \
	  .help = "The same for single menus of the router, where it is other than `drift`; the " \
		  "nearest counts." }
#define KEY_WALLED_GARDEN \
	{ .name = "walled_garden", .type = VALUE_LIST, .item = &garden_host, .min = 1, \
	  .max = 200, .help = "Hosts that people reach before they have logged in." }, \
	{ .name = "walled_garden_ip", .type = VALUE_LIST, .item = &garden_address, .min = 1, \
	  .max = 200, .help = "Addresses that people reach before they have logged in." }
#define KEY_MAINTENANCE \
	{ .name = "maintenance", .type = VALUE_MAP, .keys = maintenance_keys, \
	  .help = "When a commit may drop sessions, in the tenant's zone; the nearest counts. " \
		  "Expiry, suspension and what was just paid for never wait." }
/* clang-format on */
