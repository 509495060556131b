/*
 * DHCP servers and leases. The schema of the facts has neither: arguments are those of the manual
 * ("DHCP server"), refusals and how rows read back are from the mtha survey of REST on 7.x (a
 * public repository, "Write probes" 2 and 5), which never saw a bound client.
 */
#include "world/ros_inside.h"

#include <stdio.h>
#include <stdlib.h>

#define LIST_VERBS \
	(ROS_VERB_BIT(ROS_VERB_ADD) | ROS_VERB_BIT(ROS_VERB_SET) | ROS_VERB_BIT(ROS_VERB_REMOVE))
#define SWITCH_VERBS (ROS_VERB_BIT(ROS_VERB_ENABLE) | ROS_VERB_BIT(ROS_VERB_DISABLE))
#define COMMENT_VERB ROS_VERB_BIT(ROS_VERB_COMMENT)

/* clang-format off */

static const struct ros_field server_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "interface", .kind = ROS_KIND_REFERENCE, .flags = ROS_REQUIRED,
	  .refers = "/interface" },
	{ .name = "address-pool", .kind = ROS_KIND_REFERENCE, .initial = "static-only",
	  .words = "static-only", .refers = "/ip/pool" },
	{ .name = "lease-time", .kind = ROS_KIND_SPAN, .initial = "30m" },
	{ .name = "lease-script", .initial = "" },
	{ .name = "invalid", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .show = ros_show_dynamic },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_dhcp_server = {
	.path = "/ip/dhcp-server",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB,
	.fields = server_fields,
	.name_field = "name",
	.duplicate = "failure: server with such name already exists", /* survey, probe 2 */
	.first_id = 1,
};

static const struct ros_field lease_fields[] = {
	{ .name = "address", .kind = ROS_KIND_ADDRESS },
	{ .name = "mac-address", .kind = ROS_KIND_MAC, .flags = ROS_EMPTY_ABSENT },
	/* Absent, not "all", when it is for all (survey). */
	{ .name = "server", .kind = ROS_KIND_REFERENCE, .words = "all",
	  .refers = "/ip/dhcp-server", .clear = "all" },
	{ .name = "address-lists", .initial = "" },
	{ .name = "block-access", .kind = ROS_KIND_BOOL, .clear = "false" },
	{ .name = "rate-limit", .flags = ROS_EMPTY_ABSENT },
	{ .name = "lease-time", .kind = ROS_KIND_SPAN, .clear = "0s" },
	{ .name = "status", .flags = ROS_FIXED | ROS_COUNTED, .initial = "waiting" },
	{ .name = "last-seen", .flags = ROS_FIXED | ROS_COUNTED, .initial = "never" },
	{ .name = "radius", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .show = ros_show_dynamic },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

static bool value_is(const struct ros_value *value, const char *text)
{
	return value->state == ROS_STATE_TEXT &&
	       ros_text_is((struct ros_text){ value->bytes, value->size }, text);
}

/* `all` meets every server, and every server meets `all` (survey, probe 2). */
static bool servers_meet(const struct ros_value *one, const struct ros_value *other)
{
	return one->state == ROS_STATE_ABSENT || other->state == ROS_STATE_ABSENT ||
	       ros_value_same(one, other);
}

/* Static ones only: an address once on the router, a MAC once a server unless disabled. */
static bool lease_clashes(struct ros *ros, const struct ros_row *self,
			  const struct ros_value *values, struct ros_refusal *refusal)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_dhcp_lease);
	size_t address = ros_field_at(table, "address"), mac = ros_field_at(table, "mac-address");
	size_t server = ros_field_at(table, "server"), off = ros_field_at(table, "disabled");

	for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
		if (row == self || row->is_dynamic)
			continue;
		if (values[address].state == ROS_STATE_TEXT &&
		    ros_value_same(&row->values[address], &values[address]))
			return !ros_refuse(refusal, -1,
					   "failure: already have static lease with this IP "
					   "address");
		if (values[mac].state == ROS_STATE_TEXT && !value_is(&values[off], "true") &&
		    !value_is(&row->values[off], "true") &&
		    ros_value_same(&row->values[mac], &values[mac]) &&
		    servers_meet(&row->values[server], &values[server]))
			return !ros_refuse(refusal, -1,
					   "failure: already have static lease for this client");
	}
	return false;
}

const struct ros_menu ros_menu_dhcp_lease = {
	.path = "/ip/dhcp-server/lease",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB,
	.fields = lease_fields,
	.hash_field = "mac-address",
	.first_id = 1,
	.clashes = lease_clashes,
};

/* clang-format on */

static struct ros_row *lease_find(const struct ros *ros, const struct ros_row *server,
				  const char *mac)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_dhcp_lease);
	size_t column = ros_field_at(table, "server");
	struct ros_row *dynamic = NULL;

	for (struct ros_row *row = table->first; row != NULL; row = row->next) {
		if (!ros_text_is(ros_row_text(ros, table, row, "mac-address"), mac) ||
		    ros_row_flag(ros, table, row, "disabled") ||
		    (row->values[column].state != ROS_STATE_ABSENT &&
		     ros_row_target(ros, table, row, "server") != server))
			continue;
		if (!row->is_dynamic)
			return row;
		dynamic = row;
	}
	return dynamic;
}

/* From the server's pool; the row is dynamic and goes with a reboot. */
static struct ros_row *lease_make(struct ros *ros, struct ros_row *server, const char *mac)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_dhcp_lease);
	const struct ros_table *servers = ros_table_of(ros, &ros_menu_dhcp_server);
	struct ros_row *pool = ros_row_target(ros, servers, server, "address-pool");
	struct ros_buffer text = { NULL, 0, 0 };
	struct ros_row *row;
	uint32_t address;

	if (pool == NULL || !ros_pool_lease(ros, pool, &address))
		return NULL;
	ros_address_print(&text, address);
	row = ros_row_make(ros, &ros_menu_dhcp_lease, "address", text.bytes, "mac-address", mac,
			   NULL);
	ros_buffer_done(&text);
	row->is_dynamic = true;
	ros_row_insert(ros, table, row, NULL);
	return row;
}

enum ros_entry ros_dhcp_ask(struct ros *ros, const char *server, const char *mac, char *address,
			    size_t size)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_dhcp_lease);
	const struct ros_table *servers = ros_table_of(ros, &ros_menu_dhcp_server);
	struct ros_row *from = ros_row_by_name(ros, servers, ros_text_of(server)), *row;
	struct ros_text given;

	address[0] = '\0';
	if (!ros_is_up(ros))
		return ROS_ENTRY_DOWN;
	if (from == NULL || ros_row_flag(ros, servers, from, "disabled"))
		return ROS_ENTRY_SERVICE;
	row = lease_find(ros, from, mac);
	if (row == NULL)
		row = lease_make(ros, from, mac);
	if (row == NULL)
		return ROS_ENTRY_NO_ADDRESS;
	if (ros_row_flag(ros, table, row, "block-access"))
		return ROS_ENTRY_BLOCKED;
	ros_row_put(table, row, "status", "bound");
	given = ros_row_text(ros, table, row, "address");
	(void)snprintf(address, size, "%.*s", (int)given.size, given.bytes);
	return ROS_ENTRY_DONE;
}
