/* The PPP menus. Arguments by version: routeros schema; what is printed when unset: recorded rows
 * and §3 ("unset attributes are absent", "some defaults are always printed"). */
#include "world/ros_inside.h"

#define LIST_VERBS \
	(ROS_VERB_BIT(ROS_VERB_ADD) | ROS_VERB_BIT(ROS_VERB_SET) | ROS_VERB_BIT(ROS_VERB_REMOVE))
#define SWITCH_VERBS (ROS_VERB_BIT(ROS_VERB_ENABLE) | ROS_VERB_BIT(ROS_VERB_DISABLE))
#define COMMENT_VERB ROS_VERB_BIT(ROS_VERB_COMMENT)
#define UNSET_VERB ROS_VERB_BIT(ROS_VERB_UNSET)

#define SERVICES "any|async|pptp|pppoe|l2tp|ovpn|sstp"
#define YES_NO "default|no|yes"
#define YES_NO_REQUIRED "default|no|yes|required"

/* clang-format off */

static const struct ros_field secret_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED }, /* "min length 1" (schema) */
	{ .name = "service", .kind = ROS_KIND_WORD, .initial = "any", .words = SERVICES },
	{ .name = "caller-id", .initial = "" },
	{ .name = "password", .flags = ROS_SECRET, .initial = "" },
	{ .name = "profile", .kind = ROS_KIND_REFERENCE, .initial = "default",
	  .refers = "/ppp/profile" },
	/* A blank remote-address is refused: it must be unset (§3). */
	{ .name = "local-address", .kind = ROS_KIND_ADDRESS,
	  .flags = ROS_UNSET | ROS_EMPTY_REFUSED },
	{ .name = "remote-address", .kind = ROS_KIND_ADDRESS,
	  .flags = ROS_UNSET | ROS_EMPTY_REFUSED },
	{ .name = "remote-ipv6-prefix", .flags = ROS_UNSET },
	{ .name = "routes", .initial = "" },
	{ .name = "ipv6-routes", .initial = "" },
	{ .name = "limit-bytes-in", .kind = ROS_KIND_NUMBER, .initial = "0" },
	{ .name = "limit-bytes-out", .kind = ROS_KIND_NUMBER, .initial = "0" },
	{ .name = "last-logged-out", .flags = ROS_FIXED | ROS_COUNTED },
	{ .name = "last-caller-id", .flags = ROS_FIXED | ROS_COUNTED },
	{ .name = "last-disconnect-reason", .flags = ROS_FIXED | ROS_COUNTED },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_ppp_secret = {
	.path = "/ppp/secret",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | UNSET_VERB,
	.fields = secret_fields,
	.name_field = "name",
	.duplicate = "failure: secret with the same name already exists", /* §1.5 */
	.first_id = 1,
};

static const struct ros_field profile_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	/* A pool that does not exist: "invalid value for argument remote-address" (§1.5). */
	{ .name = "local-address", .kind = ROS_KIND_LEASE, .flags = ROS_UNSET,
	  .refers = "/ip/pool" },
	{ .name = "remote-address", .kind = ROS_KIND_LEASE, .flags = ROS_UNSET,
	  .refers = "/ip/pool" },
	{ .name = "remote-ipv6-prefix-pool", .flags = ROS_EMPTY_ABSENT },
	{ .name = "remote-ipv6-prefix-reuse", .kind = ROS_KIND_BOOL, .flags = ROS_UNSET,
	  .since = 72000 },
	{ .name = "dhcpv6-pd-pool", .flags = ROS_EMPTY_ABSENT },
	{ .name = "dhcpv6-use-radius", .kind = ROS_KIND_BOOL, .flags = ROS_UNSET, .since = 72000 },
	{ .name = "dhcpv6-lease-time", .kind = ROS_KIND_SPAN, .flags = ROS_UNSET, .since = 72000 },
	{ .name = "bridge", .kind = ROS_KIND_REFERENCE, .flags = ROS_UNSET,
	  .refers = "/interface" },
	{ .name = "bridge-port-priority", .kind = ROS_KIND_NUMBER, .flags = ROS_UNSET },
	{ .name = "bridge-path-cost", .kind = ROS_KIND_NUMBER, .flags = ROS_UNSET },
	{ .name = "bridge-horizon", .kind = ROS_KIND_NUMBER, .flags = ROS_UNSET },
	{ .name = "bridge-learning", .kind = ROS_KIND_WORD, .initial = "default", .words = YES_NO },
	{ .name = "bridge-port-vid", .kind = ROS_KIND_NUMBER, .flags = ROS_UNSET, .since = 71700 },
	{ .name = "bridge-port-trusted", .kind = ROS_KIND_BOOL, .flags = ROS_UNSET,
	  .since = 71700 },
	{ .name = "session-timeout", .kind = ROS_KIND_SPAN, .flags = ROS_UNSET },
	{ .name = "idle-timeout", .kind = ROS_KIND_SPAN, .flags = ROS_UNSET },
	{ .name = "use-ipv6", .kind = ROS_KIND_WORD, .initial = "yes", .words = YES_NO_REQUIRED },
	{ .name = "use-mpls", .kind = ROS_KIND_WORD, .initial = "default",
	  .words = YES_NO_REQUIRED },
	{ .name = "use-compression", .kind = ROS_KIND_WORD, .initial = "default", .words = YES_NO },
	{ .name = "use-encryption", .kind = ROS_KIND_WORD, .initial = "default",
	  .words = YES_NO_REQUIRED },
	{ .name = "only-one", .kind = ROS_KIND_WORD, .initial = "default", .words = YES_NO },
	{ .name = "change-tcp-mss", .kind = ROS_KIND_WORD, .initial = "default", .words = YES_NO },
	{ .name = "use-upnp", .kind = ROS_KIND_WORD, .initial = "default", .words = YES_NO },
	/* Stored as written (§3: type string, not normalised). */
	{ .name = "rate-limit", .flags = ROS_UNSET | ROS_EMPTY_ABSENT },
	{ .name = "insert-queue-before", .kind = ROS_KIND_WORD, .flags = ROS_UNSET,
	  .words = "bottom|first" },
	{ .name = "parent-queue", .kind = ROS_KIND_REFERENCE, .flags = ROS_UNSET, .words = "none",
	  .refers = "/queue/simple" },
	{ .name = "queue-type", .flags = ROS_UNSET },
	{ .name = "incoming-filter", .flags = ROS_UNSET | ROS_EMPTY_ABSENT },
	{ .name = "outgoing-filter", .flags = ROS_UNSET | ROS_EMPTY_ABSENT },
	{ .name = "address-list", .initial = "" },
	{ .name = "interface-list", .flags = ROS_UNSET },
	{ .name = "dns-server", .flags = ROS_UNSET },
	{ .name = "wins-server", .flags = ROS_UNSET },
	{ .name = "on-up", .initial = "" },
	{ .name = "on-down", .initial = "" },
	{ .name = "default", .kind = ROS_KIND_SHOWN, .flags = ROS_FIXED, .show = ros_show_default },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

/* Profiles cannot be disabled, so they have no such property (§3). */
const struct ros_menu ros_menu_ppp_profile = {
	.path = "/ppp/profile",
	.verbs = LIST_VERBS | COMMENT_VERB | UNSET_VERB,
	.fields = profile_fields,
	.name_field = "name",
	.duplicate = "failure: profile with the same name already exists", /* §1.5 */
	.first_id = 1,
};

static const struct ros_field active_fields[] = {
	{ .name = "name" },
	{ .name = "service" },
	{ .name = "caller-id" },
	{ .name = "address" },
	{ .name = "uptime", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED, .show = ros_show_uptime },
	{ .name = "encoding", .initial = "" },
	{ .name = "session-id", .flags = ROS_COUNTED },
	{ .name = "limit-bytes-in", .initial = "0" },
	{ .name = "limit-bytes-out", .initial = "0" },
	{ .name = "radius", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = NULL },
};

/* Only remove (§4). */
const struct ros_menu ros_menu_ppp_active = {
	.path = "/ppp/active",
	.verbs = ROS_VERB_BIT(ROS_VERB_REMOVE),
	.fields = active_fields,
	.hash_field = "name",
	.first_id = 0x80000001,
	.removed = ros_ppp_ended,
};

static const struct ros_field aaa_fields[] = {
	{ .name = "use-radius", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "accounting", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "interim-update", .kind = ROS_KIND_SPAN, .initial = "0s" },
	{ .name = "use-circuit-id-in-nas-port-id", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "enable-ipv6-accounting", .kind = ROS_KIND_BOOL, .initial = "false",
	  .since = 71500 },
	{ .name = NULL },
};

const struct ros_menu ros_menu_ppp_aaa = {
	.path = "/ppp/aaa",
	.shape = ROS_SHAPE_SINGLE,
	.verbs = ROS_VERB_BIT(ROS_VERB_SET),
	.fields = aaa_fields,
	.first_id = 1,
};

static const struct ros_field server_fields[] = {
	{ .name = "service-name", .initial = "" },
	{ .name = "interface", .kind = ROS_KIND_REFERENCE, .flags = ROS_REQUIRED,
	  .refers = "/interface" },
	{ .name = "max-mtu", .kind = ROS_KIND_NUMBER, .initial = "auto", .words = "auto" },
	{ .name = "max-mru", .kind = ROS_KIND_NUMBER, .initial = "auto", .words = "auto" },
	{ .name = "mrru", .kind = ROS_KIND_NUMBER, .initial = "disabled", .words = "disabled" },
	{ .name = "authentication", .kind = ROS_KIND_BITS, .initial = "pap,chap,mschap1,mschap2",
	  .words = "pap|chap|mschap1|mschap2" },
	{ .name = "keepalive-timeout", .kind = ROS_KIND_NUMBER, .initial = "10",
	  .words = "disabled" },
	{ .name = "one-session-per-host", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "max-sessions", .kind = ROS_KIND_NUMBER, .initial = "unlimited",
	  .words = "unlimited" },
	{ .name = "pado-delay", .kind = ROS_KIND_NUMBER, .initial = "0" },
	{ .name = "default-profile", .kind = ROS_KIND_REFERENCE, .initial = "default",
	  .refers = "/ppp/profile" },
	{ .name = "accept-empty-service", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "pppoe-over-vlan-range", .initial = "", .since = 71700 },
	{ .name = "accept-untagged", .kind = ROS_KIND_BOOL, .initial = "true", .since = 72000 },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "invalid", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_pppoe_server = {
	.path = "/interface/pppoe-server/server",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB,
	.fields = server_fields,
	.first_id = 1,
};

/* clang-format on */
