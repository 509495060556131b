/* Users, services, and what the router says of itself. Sources as in ros_menus_ppp.c. */
#include "world/ros_inside.h"

#define LIST_VERBS \
	(ROS_VERB_BIT(ROS_VERB_ADD) | ROS_VERB_BIT(ROS_VERB_SET) | ROS_VERB_BIT(ROS_VERB_REMOVE))
#define SWITCH_VERBS (ROS_VERB_BIT(ROS_VERB_ENABLE) | ROS_VERB_BIT(ROS_VERB_DISABLE))
#define COMMENT_VERB ROS_VERB_BIT(ROS_VERB_COMMENT)

/* clang-format off */

static const struct ros_field user_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "group", .kind = ROS_KIND_REFERENCE, .flags = ROS_REQUIRED,
	  .refers = "/user/group" },
	{ .name = "address", .kind = ROS_KIND_PREFIXES, .initial = "" },
	{ .name = "last-logged-in", .flags = ROS_FIXED | ROS_COUNTED },
	{ .name = "inactivity-timeout", .kind = ROS_KIND_SPAN, .initial = "10m", .since = 71600 },
	{ .name = "inactivity-policy", .kind = ROS_KIND_WORD, .initial = "none",
	  .words = "none|logout|lockscreen", .since = 71600 },
	{ .name = "expired", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = "password", .flags = ROS_HIDDEN, .initial = "" }, /* never read back (§3) */
	{ .name = NULL },
};

const struct ros_menu ros_menu_user = {
	.path = "/user",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB,
	.fields = user_fields,
	.name_field = "name",
	.duplicate = "failure: user with the same name already exists", /* §1.5 */
	.first_id = 1,
	.needs_policy = true, /* §6 */
	.may_remove = ros_user_may_remove,
};

static const struct ros_field group_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "policy", .kind = ROS_KIND_POLICY, .initial = "" },
	{ .name = "skin", .initial = "default" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_group = {
	.path = "/user/group",
	.verbs = LIST_VERBS | COMMENT_VERB,
	.fields = group_fields,
	.name_field = "name",
	.duplicate = "failure: item with such name already exists",
	.first_id = 1,
	.needs_policy = true,
	.may_remove = ros_group_may_remove,
};

static const struct ros_field user_active_fields[] = {
	{ .name = "when", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_session_when },
	{ .name = "name" },
	{ .name = "address" },
	{ .name = "via" },
	{ .name = "group" },
	{ .name = "radius", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = NULL },
};

/* request-logout until 7.19, remove from 7.20 (§4); ros_command.c knows which. */
const struct ros_menu ros_menu_user_active = {
	.path = "/user/active",
	.verbs = ROS_VERB_BIT(ROS_VERB_REMOVE) | ROS_VERB_BIT(ROS_VERB_REQUEST_LOGOUT),
	.fields = user_active_fields,
	.hash_field = "name",
	.first_id = 1,
	.needs_policy = true,
	.removed = ros_user_active_removed,
};

static const struct ros_field service_fields[] = {
	{ .name = "name", .flags = ROS_FIXED },
	{ .name = "port", .kind = ROS_KIND_NUMBER },
	{ .name = "proto", .flags = ROS_FIXED, .initial = "tcp", .since = 71800 },
	{ .name = "address", .kind = ROS_KIND_PREFIXES, .initial = "" },
	{ .name = "available-from", .kind = ROS_KIND_PREFIXES, .since = 72400 },
	{ .name = "certificate", .flags = ROS_EMPTY_ABSENT },
	{ .name = "tls-version", .kind = ROS_KIND_WORD, .words = "any|only-1.2" },
	{ .name = "vrf", .initial = "main", .since = 70000 },
	{ .name = "max-sessions", .kind = ROS_KIND_NUMBER, .initial = "20", .since = 71600 },
	{ .name = "local", .flags = ROS_FIXED, .since = 71800 },
	{ .name = "remote", .flags = ROS_FIXED, .since = 71800 },
	{ .name = "connection", .flags = ROS_FIXED, .since = 71800 },
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .since = 71800, .show = ros_show_dynamic },
	{ .name = "invalid", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = NULL },
};

/* Fixed rows, neither added nor removed (§4). */
const struct ros_menu ros_menu_service = {
	.path = "/ip/service",
	.verbs = ROS_VERB_BIT(ROS_VERB_SET) | SWITCH_VERBS,
	.fields = service_fields,
	.name_field = "name",
	.first_id = 0,
};

static const struct ros_field webserver_fields[] = {
	{ .name = "rest-plain", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "rest-secure", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = NULL },
};

/* From 7.21 on (§2, §8); only what switches REST. */
const struct ros_menu ros_menu_webserver = {
	.path = "/ip/service/webserver",
	.shape = ROS_SHAPE_SINGLE,
	.verbs = ROS_VERB_BIT(ROS_VERB_SET),
	.fields = webserver_fields,
	.first_id = 1,
	.since = 72100,
};

static const struct ros_field resource_fields[] = {
	{ .name = "uptime", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_router_uptime },
	{ .name = "version", .kind = ROS_KIND_SHOWN, .show = ros_show_router_version },
	{ .name = "free-memory", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_router_free_memory },
	{ .name = "total-memory", .initial = "1073741824" },
	{ .name = "cpu", .initial = "ARM64" },
	{ .name = "cpu-count", .initial = "4" },
	{ .name = "cpu-frequency", .initial = "1400" },
	{ .name = "cpu-load", .flags = ROS_COUNTED, .initial = "3" },
	{ .name = "free-hdd-space", .flags = ROS_COUNTED, .initial = "998244352" },
	{ .name = "total-hdd-space", .initial = "1073741824" },
	{ .name = "write-sect-since-reboot", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_router_writes },
	{ .name = "write-sect-total", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_router_writes },
	{ .name = "bad-blocks", .initial = "0" },
	{ .name = "architecture-name", .initial = "arm64" },
	{ .name = "board-name", .initial = "simulated router" },
	{ .name = "platform", .initial = "MikroTik" },
	{ .name = NULL },
};

const struct ros_menu ros_menu_resource = {
	.path = "/system/resource",
	.shape = ROS_SHAPE_SINGLE,
	.fields = resource_fields,
	.first_id = 1,
};

static const struct ros_field identity_fields[] = {
	{ .name = "name", .initial = "MikroTik" },
	{ .name = NULL },
};

const struct ros_menu ros_menu_identity = {
	.path = "/system/identity",
	.shape = ROS_SHAPE_SINGLE,
	.verbs = ROS_VERB_BIT(ROS_VERB_SET),
	.fields = identity_fields,
	.first_id = 1,
};

static const struct ros_field clock_fields[] = {
	{ .name = "time", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_router_time },
	{ .name = "date", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_router_date },
	{ .name = "time-zone-autodetect", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "time-zone-name", .initial = "UTC" },
	{ .name = "gmt-offset", .kind = ROS_KIND_SHOWN, .show = ros_show_router_offset },
	{ .name = "dst-active", .flags = ROS_FIXED, .initial = "false" },
	{ .name = NULL },
};

const struct ros_menu ros_menu_clock = {
	.path = "/system/clock",
	.shape = ROS_SHAPE_SINGLE,
	.verbs = ROS_VERB_BIT(ROS_VERB_SET),
	.fields = clock_fields,
	.first_id = 1,
};

static const struct ros_field device_mode_fields[] = {
	{ .name = "mode", .initial = "advanced" },
	{ .name = "hotspot", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "scheduler", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "fetch", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "l2tp", .kind = ROS_KIND_BOOL, .initial = "true" },
	{ .name = "flagged", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = NULL },
};

/* `set` stands for the hand at the device that a real one wants (§5.2). */
const struct ros_menu ros_menu_device_mode = {
	.path = "/system/device-mode",
	.shape = ROS_SHAPE_SINGLE,
	.verbs = ROS_VERB_BIT(ROS_VERB_SET),
	.fields = device_mode_fields,
	.first_id = 1,
	.since = 70100, /* not in version 6 */
};

static const struct ros_field interface_fields[] = {
	{ .name = "name", .flags = ROS_EMPTY_REFUSED },
	{ .name = "type", .flags = ROS_FIXED },
	{ .name = "running", .flags = ROS_FIXED, .initial = "true" },
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .show = ros_show_dynamic },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_interface = {
	.path = "/interface",
	.verbs = ROS_VERB_BIT(ROS_VERB_SET) | SWITCH_VERBS | COMMENT_VERB,
	.fields = interface_fields,
	.name_field = "name",
	.duplicate = "failure: already have interface with such name", /* trap texts */
	.first_id = 1,
};

/* Rights are named as in a group, but only those a script can have (routeros schema, enums). */
#define SCRIPT_RIGHTS "ftp|reboot|read|write|policy|test|password|sniff|sensitive|romon"
#define SCRIPT_RIGHTS_ALL "ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon"

static const struct ros_field scheduler_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "start-date", .flags = ROS_COUNTED },
	{ .name = "start-time" },
	{ .name = "interval", .kind = ROS_KIND_SPAN, .initial = "0s" },
	{ .name = "on-event", .initial = "" },
	{ .name = "policy", .kind = ROS_KIND_BITS, .words = SCRIPT_RIGHTS,
	  .initial = SCRIPT_RIGHTS_ALL },
	{ .name = "days", .since = 72400 },
	{ .name = "run-count", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_run_count },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

/* Run by ros_schedule.c. */
const struct ros_menu ros_menu_scheduler = {
	.path = "/system/scheduler",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB,
	.fields = scheduler_fields,
	.name_field = "name",
	.duplicate = "failure: item with such name already exists",
	.first_id = 1,
	.may_write = ros_scheduler_may_write,
	.added = ros_scheduler_added,
};

static const struct ros_field script_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "owner", .initial = "wavu" },
	{ .name = "policy", .kind = ROS_KIND_BITS, .words = SCRIPT_RIGHTS,
	  .initial = SCRIPT_RIGHTS_ALL },
	{ .name = "dont-require-permissions", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "run-count", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_run_count },
	{ .name = "source", .initial = "" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_script = {
	.path = "/system/script",
	.verbs = LIST_VERBS | COMMENT_VERB | ROS_VERB_BIT(ROS_VERB_RUN),
	.fields = script_fields,
	.name_field = "name",
	.duplicate = "failure: item with such name already exists",
	.first_id = 1,
};

static const struct ros_field no_fields[] = {
	{ .name = NULL },
};

/* Only a place for the command /system/reboot. */
const struct ros_menu ros_menu_system = {
	.path = "/system",
	.shape = ROS_SHAPE_SINGLE,
	.verbs = ROS_VERB_BIT(ROS_VERB_REBOOT),
	.fields = no_fields,
	.first_id = 1,
};

const struct ros_menu *const ros_menus[] = {
	&ros_menu_interface,
	&ros_menu_ppp_secret,
	&ros_menu_ppp_profile,
	&ros_menu_ppp_active,
	&ros_menu_ppp_aaa,
	&ros_menu_pppoe_server,
	&ros_menu_hotspot,
	&ros_menu_hotspot_profile,
	&ros_menu_hotspot_user,
	&ros_menu_hotspot_user_profile,
	&ros_menu_hotspot_active,
	&ros_menu_hotspot_cookie,
	&ros_menu_hotspot_host,
	&ros_menu_ip_binding,
	&ros_menu_walled_garden,
	&ros_menu_walled_garden_ip,
	&ros_menu_queue_simple,
	&ros_menu_address_list,
	&ros_menu_filter,
	&ros_menu_nat,
	&ros_menu_pool,
	&ros_menu_dhcp_server,
	&ros_menu_dhcp_lease,
	&ros_menu_service,
	&ros_menu_webserver,
	&ros_menu_user,
	&ros_menu_group,
	&ros_menu_user_active,
	&ros_menu_resource,
	&ros_menu_identity,
	&ros_menu_clock,
	&ros_menu_device_mode,
	&ros_menu_script,
	&ros_menu_scheduler,
	&ros_menu_system,
};

/* clang-format on */

size_t ros_menus_count(void)
{
	return ROS_COUNT(ros_menus);
}

const struct ros_menu *ros_menu_find(struct ros_text path)
{
	for (size_t i = 0; i < ROS_COUNT(ros_menus); i++)
		if (ros_text_is(path, ros_menus[i]->path))
			return ros_menus[i];
	return NULL;
}

const char *ros_menu_path(size_t index)
{
	return index < ROS_COUNT(ros_menus) ? ros_menus[index]->path : NULL;
}
