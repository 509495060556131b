#include "schemas/kind_rows.h"
#include "schemas/shared_keys.h"

/* clang-format off */
static const char *const transport_words[] = { "api", "api-ssl", "rest", NULL };
static const char *const mode_words[] = { "observe", "adopt", "manage", NULL };

static const char *const firewall_words[] = { "report", "manage", NULL };

static const struct key rest_keys[] = {
	{ .name = "plain", .type = VALUE_BOOL, .fallback = "false",
	  .help = "Speak http instead of https: only inside a tunnel." },
	{ .name = NULL },
};

static const struct key tls_keys[] = {
	{ .name = "ca", .type = VALUE_SECRET,
	  .help = "The certificate authority that signed the router's certificate." },
	{ .name = "fingerprint", .type = VALUE_FINGERPRINT,
	  .help = "The one certificate that is accepted, by its SHA-256." },
	{ .name = "anonymous", .type = VALUE_BOOL, .fallback = "false",
	  .help = "Accept a router without a certificate: encrypted, but anybody could answer." },
	{ .name = NULL },
};

static const struct key pause_keys[] = {
	{ .name = "until", .type = VALUE_TIME, .flags = KEY_REQUIRED,
	  .help = "When wavu begins again." },
	{ .name = "reason", .type = VALUE_TEXT, .max = 200, .help = "Why, for those who wonder." },
	{ .name = NULL },
};

static const struct key range = { .name = "ranges", .type = VALUE_RANGE,
				  .help = "Addresses the pool may hand out." };

static const struct key pppoe_keys[] = {
	{ .name = "local_address", .type = VALUE_ADDRESS,
	  .help = "The router's own address towards PPPoE subscribers." },
	{ .name = "pool", .type = VALUE_TEXT, .max = 64, .fallback = "wavu-pppoe",
	  .help = "The pool that addresses come from; with `ranges` wavu makes it." },
	{ .name = "ranges", .type = VALUE_LIST, .item = &range, .min = 1, .max = 64,
	  .help = "The addresses of the pool." },
	{ .name = NULL },
};

static const struct key hotspot_keys[] = {
	{ .name = "server", .type = VALUE_TEXT, .max = 64, .fallback = "all",
	  .help = "The hotspot server that users may log in at." },
	KEY_WALLED_GARDEN,
	{ .name = NULL },
};

static const struct key dhcp_keys[] = {
	{ .name = "server", .type = VALUE_TEXT, .max = 64, .fallback = "all",
	  .help = "The DHCP server whose leases ipoe customers get." },
	{ .name = NULL },
};

static const struct key wall_garden = { .name = "garden", .type = VALUE_RANGE,
					.help = "Addresses the suspended may still reach." };

static const struct key wall_keys[] = {
	{ .name = "page", .type = VALUE_ENDPOINT,
	  .help = "Where the suspended are sent when they browse: an address and a port." },
	{ .name = "garden", .type = VALUE_LIST, .item = &wall_garden, .min = 1, .max = 64,
	  .help = "Addresses the suspended may still reach, as those of a way to pay." },
	{ .name = NULL },
};

static const struct key static_keys[] = {
	{ .name = "parent", .type = VALUE_TEXT, .max = 64,
	  .help = "The queue that those of static customers hang below; it must be there." },
	{ .name = NULL },
};

static const struct key keys[] = {
	{ .name = "title", .type = VALUE_TEXT, .max = 100, .help = "What people call it." },
	{ .name = "site", .type = VALUE_REFERENCE, .flags = KEY_REQUIRED, .refers = "Site",
	  .help = "The place it stands at." },
	{ .name = "address", .type = VALUE_ENDPOINT, .flags = KEY_REQUIRED,
	  .help = "Where its API answers; the port is by default that of the transport." },
	{ .name = "transport", .type = VALUE_ENUM, .words = transport_words, .fallback = "api",
	  .help = "How wavu talks to it." },
	{ .name = "rest", .type = VALUE_MAP, .keys = rest_keys,
	  .help = "Settings of the transport rest." },
	{ .name = "tls", .type = VALUE_MAP, .keys = tls_keys,
	  .help = "What proves that it is this router: a CA, a fingerprint, or nothing." },
	{ .name = "user", .type = VALUE_TEXT, .flags = KEY_REQUIRED, .max = 64,
	  .help = "The user wavu logs in as." },
	{ .name = "password", .type = VALUE_SECRET, .flags = KEY_REQUIRED,
	  .help = "That user's password." },
	{ .name = "mode", .type = VALUE_ENUM, .words = mode_words, .fallback = "observe",
	  .help = "Whether wavu only watches, marks equal rows as its own, or manages." },
	{ .name = "pause", .type = VALUE_MAP, .keys = pause_keys,
	  .help = "Leave this router alone for a while." },
	{ .name = "pppoe", .type = VALUE_MAP, .keys = pppoe_keys,
	  .help = "What PPPoE subscribers get from this router." },
	{ .name = "hotspot", .type = VALUE_MAP, .keys = hotspot_keys,
	  .help = "Where hotspot subscribers log in." },
	{ .name = "static", .type = VALUE_MAP, .keys = static_keys,
	  .help = "How customers with a fixed address are shaped." },
	{ .name = "dhcp", .type = VALUE_MAP, .keys = dhcp_keys,
	  .help = "Where ipoe customers get their addresses." },
	{ .name = "wall", .type = VALUE_MAP, .keys = wall_keys,
	  .help = "With `firewall: manage`, what the suspended see and may still reach." },
	{ .name = "firewall", .type = VALUE_ENUM, .words = firewall_words, .fallback = "report",
	  .help = "Whether wavu makes the rules that stop who is on a list of the suspended, or "
		  "only says which are missing." },
	KEY_GUARD,
	KEY_DRIFT,
	KEY_DRIFT_MENUS,
	KEY_LEASE,
	KEY_MAINTENANCE,
	{ .name = NULL },
};

const struct kind kind_router = {
	.name = "Router",
	.help = "A MikroTik router, and how wavu reaches it.",
	.keys = keys,
	.name_type = VALUE_NAME,
};
/* clang-format on */
