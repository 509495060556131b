#include "schemas/kind.h"

#include "schemas/kind_rows.h"
#include "schemas/shared_keys.h"

#include <string.h>

const char *const drift_words[] = { "heal", "report", NULL };
const char *const lease_words[] = { "off", "on", NULL };

/* clang-format off */
const struct key guard_keys[] = {
	{ .name = "losses_max_percent", .type = VALUE_COUNT, .min = 0, .max = 100, .fallback = "20",
	  .help = "Losses wait when they are more than this share of those who have access." },
	{ .name = "losses_min", .type = VALUE_COUNT, .min = 0, .max = 1000000, .fallback = "10",
	  .help = "Fewer losses than this never wait, unless nobody would be left." },
	{ .name = NULL },
};

/* One row a menu that wavu writes rows of its own to. */
#define DRIFT_MENU(path) \
	{ .name = path, .type = VALUE_ENUM, .words = drift_words, \
	  .help = "Rows of wavu's in " path "." }
const struct key drift_menu_keys[] = {
	DRIFT_MENU("/ip/dhcp-server/lease"),
	DRIFT_MENU("/ip/firewall/address-list"),
	DRIFT_MENU("/ip/firewall/filter"),
	DRIFT_MENU("/ip/firewall/nat"),
	DRIFT_MENU("/ip/hotspot/ip-binding"),
	DRIFT_MENU("/ip/hotspot/user"),
	DRIFT_MENU("/ip/hotspot/user/profile"),
	DRIFT_MENU("/ip/hotspot/walled-garden"),
	DRIFT_MENU("/ip/hotspot/walled-garden/ip"),
	DRIFT_MENU("/ip/pool"),
	DRIFT_MENU("/ppp/profile"),
	DRIFT_MENU("/ppp/secret"),
	DRIFT_MENU("/queue/simple"),
	{ .name = NULL },
};

const struct key garden_host = { .name = "walled_garden", .type = VALUE_TEXT, .max = 253,
				 .help = "A host, or *.example.org for all below it." };
const struct key garden_address = { .name = "walled_garden_ip", .type = VALUE_RANGE,
				    .help = "An address, a network, or a range of addresses." };

const struct key maintenance_keys[] = {
	{ .name = "from", .type = VALUE_CLOCK, .flags = KEY_REQUIRED,
	  .help = "The window's first minute, as 02:00." },
	{ .name = "to", .type = VALUE_CLOCK, .flags = KEY_REQUIRED,
	  .help = "Its end, as 05:00; before `from` it is that of the next day." },
	{ .name = NULL },
};

const struct key speed_keys[] = {
	{ .name = "down", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "Towards the subscriber." },
	{ .name = "up", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "From the subscriber." },
	{ .name = NULL },
};
/* clang-format on */

const struct kind *const kinds[] = {
	&kind_dunning_policy, &kind_package, &kind_router, &kind_site,
	&kind_subscriber,     &kind_tenant,  NULL,
};

const struct kind *kind_find(const char *name, uint32_t size)
{
	for (const struct kind *const *kind = kinds; *kind; kind++)
		if (strlen((*kind)->name) == size && memcmp((*kind)->name, name, size) == 0)
			return *kind;
	return NULL;
}
