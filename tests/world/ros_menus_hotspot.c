/* The hotspot menus. Sources as in ros_menus_ppp.c. */
#include "world/ros_inside.h"

#define LIST_VERBS \
	(ROS_VERB_BIT(ROS_VERB_ADD) | ROS_VERB_BIT(ROS_VERB_SET) | ROS_VERB_BIT(ROS_VERB_REMOVE))
#define SWITCH_VERBS (ROS_VERB_BIT(ROS_VERB_ENABLE) | ROS_VERB_BIT(ROS_VERB_DISABLE))
#define COMMENT_VERB ROS_VERB_BIT(ROS_VERB_COMMENT)
#define REMOVE_VERB ROS_VERB_BIT(ROS_VERB_REMOVE)

/* clang-format off */

static const struct ros_field hotspot_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "interface", .kind = ROS_KIND_REFERENCE, .flags = ROS_REQUIRED,
	  .refers = "/interface" },
	{ .name = "address-pool", .kind = ROS_KIND_REFERENCE, .words = "none", .refers = "/ip/pool",
	  .clear = "none" },
	{ .name = "profile", .kind = ROS_KIND_REFERENCE, .initial = "default",
	  .refers = "/ip/hotspot/profile" },
	{ .name = "idle-timeout", .kind = ROS_KIND_SPAN, .initial = "5m", .words = "none" },
	{ .name = "keepalive-timeout", .kind = ROS_KIND_SPAN, .initial = "none", .words = "none" },
	{ .name = "login-timeout", .kind = ROS_KIND_SPAN, .initial = "none", .words = "none" },
	{ .name = "addresses-per-mac", .kind = ROS_KIND_NUMBER, .initial = "2",
	  .words = "unlimited" },
	{ .name = "proxy-status", .flags = ROS_FIXED, .initial = "running" },
	{ .name = "invalid", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	/* The one property with capital letters (§4). */
	{ .name = "HTTPS", .kind = ROS_KIND_SHOWN, .show = ros_show_false, .since = 70000 },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = NULL },
};

const struct ros_menu ros_menu_hotspot = {
	.path = "/ip/hotspot",
	.verbs = LIST_VERBS | SWITCH_VERBS,
	.fields = hotspot_fields,
	.name_field = "name",
	.duplicate = "failure: item with such name already exists",
	.first_id = 1,
};

static const struct ros_field server_profile_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "hotspot-address", .kind = ROS_KIND_ADDRESS, .initial = "0.0.0.0" },
	{ .name = "dns-name", .initial = "" },
	{ .name = "html-directory", .initial = "hotspot" },
	{ .name = "html-directory-override", .initial = "" },
	{ .name = "install-hotspot-queue", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "rate-limit", .flags = ROS_EMPTY_ABSENT },
	{ .name = "http-proxy", .initial = "0.0.0.0:0" },
	{ .name = "smtp-server", .kind = ROS_KIND_ADDRESS, .initial = "0.0.0.0" },
	{ .name = "login-by", .kind = ROS_KIND_BITS, .initial = "cookie,http-chap",
	  .words = "mac|cookie|http-chap|https|http-pap|trial|mac-cookie" },
	{ .name = "http-cookie-lifetime", .kind = ROS_KIND_SPAN, .initial = "3d" }, /* §5.2 */
	{ .name = "split-user-domain", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "use-radius", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "default", .kind = ROS_KIND_SHOWN, .show = ros_show_user_default },
	{ .name = NULL },
};

const struct ros_menu ros_menu_hotspot_profile = {
	.path = "/ip/hotspot/profile",
	.verbs = LIST_VERBS,
	.fields = server_profile_fields,
	.name_field = "name",
	.duplicate = "failure: profile with the same name already exists",
	.first_id = 1,
};

/* No `unset` here: values are cleared by writing zeroes (§3), and are then absent again. */
static const struct ros_field user_fields[] = {
	{ .name = "server", .kind = ROS_KIND_REFERENCE, .words = "all", .refers = "/ip/hotspot",
	  .clear = "all" },
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "password", .flags = ROS_SECRET | ROS_EMPTY_ABSENT },
	{ .name = "otp-secret", .flags = ROS_SECRET | ROS_EMPTY_ABSENT, .since = 72100 },
	{ .name = "address", .kind = ROS_KIND_ADDRESS, .clear = "0.0.0.0" },
	{ .name = "mac-address", .kind = ROS_KIND_MAC, .clear = "00:00:00:00:00:00" },
	{ .name = "profile", .kind = ROS_KIND_REFERENCE, .initial = "default",
	  .refers = "/ip/hotspot/user/profile" },
	{ .name = "routes", .flags = ROS_EMPTY_ABSENT },
	{ .name = "email", .flags = ROS_EMPTY_ABSENT },
	{ .name = "limit-uptime", .kind = ROS_KIND_SPAN, .clear = "0s" },
	{ .name = "limit-bytes-in", .kind = ROS_KIND_NUMBER, .clear = "0" },
	{ .name = "limit-bytes-out", .kind = ROS_KIND_NUMBER, .clear = "0" },
	{ .name = "limit-bytes-total", .kind = ROS_KIND_NUMBER, .clear = "0" },
	/* Written when the login ends (§5.2). */
	{ .name = "uptime", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_user_uptime },
	{ .name = "bytes-in", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_user_bytes_in },
	{ .name = "bytes-out", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_user_bytes_out },
	{ .name = "packets-in", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_user_packets_in },
	{ .name = "packets-out", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_user_packets_out },
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .show = ros_show_dynamic },
	{ .name = "default", .kind = ROS_KIND_SHOWN, .show = ros_show_user_default },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_hotspot_user = {
	.path = "/ip/hotspot/user",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | ROS_VERB_BIT(ROS_VERB_RESET_COUNTERS),
	.fields = user_fields,
	.name_field = "name",
	.also_field = "server",
	.duplicate = "failure: already have user with this name for this server", /* §1.5 */
	.first_id = 1,
};

/* No comment in any version (schema). */
static const struct ros_field user_profile_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "address-pool", .kind = ROS_KIND_REFERENCE, .words = "none", .refers = "/ip/pool",
	  .clear = "none" },
	{ .name = "session-timeout", .kind = ROS_KIND_SPAN, .clear = "0s" },
	{ .name = "idle-timeout", .kind = ROS_KIND_SPAN, .flags = ROS_UNSET, .initial = "none",
	  .words = "none" },
	{ .name = "keepalive-timeout", .kind = ROS_KIND_SPAN, .flags = ROS_UNSET, .initial = "2m",
	  .words = "none" },
	{ .name = "status-autorefresh", .kind = ROS_KIND_SPAN, .initial = "1m", .words = "none" },
	{ .name = "shared-users", .kind = ROS_KIND_NUMBER, .initial = "1", .words = "unlimited" },
	{ .name = "add-mac-cookie", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "mac-cookie-timeout", .kind = ROS_KIND_SPAN, .flags = ROS_UNSET,
	  .initial = "3d" },
	{ .name = "rate-limit", .flags = ROS_EMPTY_ABSENT },
	{ .name = "insert-queue-before", .kind = ROS_KIND_WORD, .flags = ROS_UNSET,
	  .words = "bottom|first" },
	{ .name = "parent-queue", .kind = ROS_KIND_REFERENCE, .flags = ROS_UNSET, .words = "none",
	  .refers = "/queue/simple" },
	{ .name = "queue-type", .flags = ROS_UNSET },
	{ .name = "address-list", .initial = "" },
	{ .name = "incoming-filter", .flags = ROS_EMPTY_ABSENT },
	{ .name = "outgoing-filter", .flags = ROS_EMPTY_ABSENT },
	{ .name = "incoming-packet-mark", .flags = ROS_EMPTY_ABSENT },
	{ .name = "outgoing-packet-mark", .flags = ROS_EMPTY_ABSENT },
	{ .name = "on-login", .flags = ROS_EMPTY_ABSENT },
	{ .name = "on-logout", .flags = ROS_EMPTY_ABSENT },
	{ .name = "transparent-proxy", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "open-status-page", .kind = ROS_KIND_WORD, .initial = "always",
	  .words = "always|http-login" },
	{ .name = "advertise", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "advertise-url", .flags = ROS_EMPTY_ABSENT },
	{ .name = "advertise-interval", .flags = ROS_EMPTY_ABSENT },
	{ .name = "advertise-timeout", .kind = ROS_KIND_SPAN, .words = "immediately|never" },
	{ .name = "default", .kind = ROS_KIND_SHOWN, .show = ros_show_user_default },
	{ .name = NULL },
};

const struct ros_menu ros_menu_hotspot_user_profile = {
	.path = "/ip/hotspot/user/profile",
	.verbs = LIST_VERBS | ROS_VERB_BIT(ROS_VERB_UNSET),
	.fields = user_profile_fields,
	.name_field = "name",
	.duplicate = "failure: profile with the same name already exists",
	.first_id = 1,
};

static const struct ros_field active_fields[] = {
	{ .name = "server" },
	{ .name = "user" },
	{ .name = "address" },
	{ .name = "mac-address" },
	{ .name = "login-by" },
	{ .name = "uptime", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED, .show = ros_show_uptime },
	{ .name = "session-time-left", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_time_left },
	{ .name = "idle-time", .flags = ROS_COUNTED, .initial = "0s" },
	{ .name = "keepalive-timeout", .flags = ROS_EMPTY_ABSENT },
	{ .name = "bytes-in", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_live_bytes_in },
	{ .name = "bytes-out", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_live_bytes_out },
	{ .name = "packets-in", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_live_packets_in },
	{ .name = "packets-out", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_live_packets_out },
	{ .name = "radius", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = NULL },
};

/* The id is the address in hex (§4). */
const struct ros_menu ros_menu_hotspot_active = {
	.path = "/ip/hotspot/active",
	.verbs = REMOVE_VERB | ROS_VERB_BIT(ROS_VERB_LOGIN),
	.fields = active_fields,
	.hash_field = "user",
	.first_id = 1,
	.removed = ros_hotspot_ended,
};

static const struct ros_field cookie_fields[] = {
	{ .name = "user" },
	{ .name = "mac-address" },
	{ .name = "expires-in", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_expires },
	{ .name = "mac-cookie", .kind = ROS_KIND_SHOWN, .show = ros_show_mac_cookie },
	{ .name = NULL },
};

const struct ros_menu ros_menu_hotspot_cookie = {
	.path = "/ip/hotspot/cookie",
	.verbs = REMOVE_VERB,
	.fields = cookie_fields,
	.hash_field = "user",
	.first_id = 1,
};

static const struct ros_field host_fields[] = {
	{ .name = "mac-address" },
	{ .name = "address" },
	{ .name = "to-address" },
	{ .name = "server" },
	{ .name = "uptime", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED, .show = ros_show_uptime },
	{ .name = "idle-time", .flags = ROS_COUNTED, .initial = "0s" },
	{ .name = "bytes-in", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_live_bytes_in },
	{ .name = "bytes-out", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_live_bytes_out },
	{ .name = "found-by", .flags = ROS_COUNTED, .initial = "dhcp" },
	{ .name = "DHCP", .initial = "true" },
	{ .name = "authorized", .kind = ROS_KIND_SHOWN, .show = ros_show_authorized },
	{ .name = "bypassed", .kind = ROS_KIND_SHOWN, .show = ros_show_bypassed },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT },
	{ .name = NULL },
};

const struct ros_menu ros_menu_hotspot_host = {
	.path = "/ip/hotspot/host",
	.verbs = REMOVE_VERB | ROS_VERB_BIT(ROS_VERB_MAKE_BINDING),
	.fields = host_fields,
	.hash_field = "mac-address",
	.first_id = 1,
	.removed = ros_host_ended,
};

static const struct ros_field binding_fields[] = {
	{ .name = "mac-address", .kind = ROS_KIND_MAC, .clear = "00:00:00:00:00:00" },
	{ .name = "address", .kind = ROS_KIND_RANGES, .clear = "0.0.0.0" },
	{ .name = "to-address", .kind = ROS_KIND_ADDRESS, .clear = "0.0.0.0" },
	{ .name = "server", .kind = ROS_KIND_REFERENCE, .words = "all", .refers = "/ip/hotspot",
	  .clear = "all" },
	/* `regular` was absent in the recorded row (§4). */
	{ .name = "type", .kind = ROS_KIND_WORD, .words = "regular|bypassed|blocked",
	  .clear = "regular" },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_ip_binding = {
	.path = "/ip/hotspot/ip-binding",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | ROS_VERB_BIT(ROS_VERB_MOVE),
	.fields = binding_fields,
	.hash_field = "mac-address",
	.also_field = "address",
	.duplicate = "failure: such client already exists", /* §1.5 */
	.first_id = 1,
};

static const struct ros_field garden_fields[] = {
	{ .name = "server", .kind = ROS_KIND_REFERENCE, .flags = ROS_UNSET,
	  .refers = "/ip/hotspot" },
	{ .name = "src-address", .flags = ROS_UNSET },
	{ .name = "method", .flags = ROS_UNSET },
	{ .name = "dst-host", .flags = ROS_UNSET },
	{ .name = "dst-port", .flags = ROS_UNSET },
	{ .name = "path", .flags = ROS_UNSET },
	{ .name = "action", .kind = ROS_KIND_WORD, .initial = "allow", .words = "allow|deny" },
	{ .name = "hits", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED, .show = ros_show_zero },
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .show = ros_show_dynamic },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

/* Nothing is unique: adding again makes another row (§5.2). */
const struct ros_menu ros_menu_walled_garden = {
	.path = "/ip/hotspot/walled-garden",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | ROS_VERB_BIT(ROS_VERB_MOVE),
	.fields = garden_fields,
	.first_id = 1,
};

static const struct ros_field garden_ip_fields[] = {
	{ .name = "server", .kind = ROS_KIND_REFERENCE, .flags = ROS_UNSET,
	  .refers = "/ip/hotspot" },
	{ .name = "src-address", .flags = ROS_UNSET },
	{ .name = "dst-address", .flags = ROS_UNSET | ROS_EMPTY_ABSENT },
	{ .name = "dst-host", .flags = ROS_EMPTY_ABSENT },
	{ .name = "protocol", .flags = ROS_UNSET },
	{ .name = "dst-port", .flags = ROS_UNSET },
	{ .name = "src-address-list", .flags = ROS_UNSET },
	{ .name = "dst-address-list", .flags = ROS_UNSET | ROS_EMPTY_ABSENT },
	/* Other words than its neighbour's (§7). */
	{ .name = "action", .kind = ROS_KIND_WORD, .initial = "accept",
	  .words = "accept|drop|reject" },
	{ .name = "invalid", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_walled_garden_ip = {
	.path = "/ip/hotspot/walled-garden/ip",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | ROS_VERB_BIT(ROS_VERB_MOVE),
	.fields = garden_ip_fields,
	.first_id = 1,
};

/* clang-format on */
