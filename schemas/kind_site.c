#include "schemas/kind_rows.h"
#include "schemas/shared_keys.h"

/* clang-format off */
static const struct key hotspot_keys[] = {
	KEY_WALLED_GARDEN,
	{ .name = NULL },
};

static const struct key keys[] = {
	{ .name = "title", .type = VALUE_TEXT, .max = 100,
	  .help = "What people call this place." },
	KEY_GUARD,
	KEY_DRIFT,
	KEY_DRIFT_MENUS,
	{ .name = "hotspot", .type = VALUE_MAP, .keys = hotspot_keys,
	  .help = "What the hotspots of all routers here have in common." },
	KEY_LEASE,
	KEY_MAINTENANCE,
	{ .name = NULL },
};

const struct kind kind_site = {
	.name = "Site",
	.help = "A place with routers.",
	.keys = keys,
	.name_type = VALUE_NAME,
};
/* clang-format on */
