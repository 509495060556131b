/* A router as a whole: made, booted, reset; its time. */
#include "world/ros.h"

#include "world/ros_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* "7.16.2" is 71602. */
static uint32_t version_parse(const char *version)
{
	struct ros_text rest = ros_text_of(version), part;
	uint32_t number = 0;

	for (int i = 0; i < 3; i++) {
		uint64_t one = 0;

		if (ros_text_cut(&rest, '.', &part) && !ros_text_number(part, &one))
			one = 0;
		number = number * 100 + (uint32_t)(one % 100);
	}
	return number;
}

static void services_setup(struct ros *ros)
{
	static const struct {
		const char *name, *port;
		uint32_t id;
		bool has_tls;
	} services[] = {
		/* The ids of telnet and www-ssl are recorded ones. */
		{ "telnet", "23", 0, false },   { "ftp", "21", 1, false },
		{ "www", "80", 2, false },      { "ssh", "22", 3, false },
		{ "www-ssl", "443", 6, true },  { "api", "8728", 7, false },
		{ "winbox", "8291", 8, false }, { "api-ssl", "8729", 9, true },
	};
	struct ros_table *table = ros_table_of(ros, &ros_menu_service);

	for (size_t i = 0; i < ROS_COUNT(services); i++) {
		struct ros_row *row = ros_row_make(ros, &ros_menu_service, "name", services[i].name,
						   "port", services[i].port, NULL);

		if (services[i].has_tls) {
			ros_row_put(table, row, "certificate", "none");
			ros_row_put(table, row, "tls-version", "any");
		}
		row->is_builtin = true;
		ros_row_insert_as(ros, table, row, services[i].id);
	}
	table->next_id = 0x100;
}

static void builtin_make(struct ros *ros, const struct ros_menu *menu, uint32_t id,
			 struct ros_row *row)
{
	row->is_builtin = true;
	ros_row_insert_as(ros, ros_table_of(ros, menu), row, id);
}

/* What every router has, from the factory on. */
static void factory_setup(struct ros *ros)
{
	static const struct ros_menu *const singles[] = { &ros_menu_ppp_aaa, &ros_menu_resource,
							  &ros_menu_identity, &ros_menu_clock,
							  &ros_menu_webserver,
							  &ros_menu_device_mode };
	static const char *const ports[] = { "ether1", "ether2", "ether3", "ether4", "ether5" };
	struct ros_table *interfaces = ros_table_of(ros, &ros_menu_interface);

	for (size_t i = 0; i < ROS_COUNT(singles); i++)
		ros_row_insert(ros, ros_table_of(ros, singles[i]),
			       ros_row_make(ros, singles[i], NULL), NULL);
	for (size_t i = 0; i < ROS_COUNT(ports); i++)
		ros_row_insert(
		    ros, interfaces,
		    ros_row_make(ros, &ros_menu_interface, "name", ports[i], "type", "ether", NULL),
		    NULL);
	builtin_make(ros, &ros_menu_ppp_profile, 0,
		     ros_row_make(ros, &ros_menu_ppp_profile, "name", "default", "change-tcp-mss",
				  "yes", NULL));
	builtin_make(ros, &ros_menu_ppp_profile, 0xfffffffe,
		     ros_row_make(ros, &ros_menu_ppp_profile, "name", "default-encryption",
				  "change-tcp-mss", "yes", "use-encryption", "yes", NULL));
	builtin_make(ros, &ros_menu_hotspot_profile, 0,
		     ros_row_make(ros, &ros_menu_hotspot_profile, "name", "default", NULL));
	builtin_make(ros, &ros_menu_hotspot_user_profile, 0,
		     ros_row_make(ros, &ros_menu_hotspot_user_profile, "name", "default", NULL));
	builtin_make(ros, &ros_menu_hotspot_user, 0,
		     ros_row_make(ros, &ros_menu_hotspot_user, "name", "default-trial", NULL));
	services_setup(ros);
}

/* What an operator has done before wavu comes: a PPPoE and a hotspot server. */
static void operator_setup(struct ros *ros)
{
	struct ros_answer answer;
	bool is_good = ros_hand(ros, &answer, "/ip/pool/add", "=name=hotspot-pool",
				"=ranges=10.5.0.2-10.5.255.254", NULL) &&
		       ros_hand(ros, &answer, "/interface/pppoe-server/server/add",
				"=service-name=internet", "=interface=ether2", "=disabled=no",
				NULL) &&
		       ros_hand(ros, &answer, "/ip/hotspot/profile/add", "=name=hsprof1",
				"=hotspot-address=10.5.0.1",
				"=login-by=cookie,http-chap,mac-cookie", NULL) &&
		       ros_hand(ros, &answer, "/ip/hotspot/add", "=name=hotspot1",
				"=interface=bridge1", "=profile=hsprof1",
				"=address-pool=hotspot-pool", "=disabled=no", NULL) &&
		       ros_hand(ros, &answer, "/ip/dhcp-server/add", "=name=dhcp1",
				"=interface=ether3", NULL);

	assert(is_good);
}

static void bridge_make(struct ros *ros)
{
	ros_row_insert(
	    ros, ros_table_of(ros, &ros_menu_interface),
	    ros_row_make(ros, &ros_menu_interface, "name", "bridge1", "type", "bridge", NULL),
	    NULL);
}

struct ros *ros_new(const struct ros_options *options)
{
	struct ros *ros = ros_allocate(sizeof(*ros));
	const char *version = options->version == NULL ? "7.16.2" : options->version;

	ros->version = version_parse(version);
	ros->version_text = ros_copy(version, strlen(version));
	ros->now_at = options->now_at;
	ros->booted_at = options->now_at;
	ros->up_at = options->now_at;
	ros->due_at = ROS_NEVER;
	ros->latency_us = options->latency_us;
	ros->random = options->seed * 2654435761u + 88172645463325252u;
	ros->rows_max = options->rows_max;
	for (size_t i = 0; i < ros_menus_count(); i++)
		ros_table_init(&ros->tables[i], ros_menus[i]);
	factory_setup(ros);
	ros_user_setup(ros, options);
	bridge_make(ros);
	if (!options->bare)
		operator_setup(ros);
	if (options->identity != NULL) {
		struct ros_table *table = ros_table_of(ros, &ros_menu_identity);

		ros_row_put(table, table->first, "name", options->identity);
	}
	return ros;
}

void ros_free(struct ros *ros)
{
	if (ros == NULL)
		return;
	while (ros->sessions != NULL)
		ros_session_close(ros->sessions);
	ros_cpe_free(ros);
	ros_log_done(ros);
	for (size_t i = 0; i < ros_menus_count(); i++)
		ros_table_done(&ros->tables[i]);
	ros_buffer_done(&ros->scratch);
	free(ros->version_text);
	free(ros);
}

/* ---- time ------------------------------------------------------------------------------------ */

static void table_expire(struct ros *ros, const struct ros_menu *menu)
{
	struct ros_table *table = ros_table_of(ros, menu);
	struct ros_row *row = table->first;

	while (row != NULL) {
		struct ros_row *next = row->next;

		if (row->ends_at <= ros->now_at)
			ros_row_remove(ros, table, row);
		else
			ros_due(ros, row->ends_at);
		row = next;
	}
}

void ros_set_now(struct ros *ros, int64_t now_at)
{
	if (now_at > ros->now_at)
		ros->now_at = now_at;
	if (ros->reboot_asked) {
		ros->reboot_asked = false;
		ros_reboot(ros, 5 * ROS_SECOND);
	}
	ros_schedule(ros);
	if (ros->now_at < ros->due_at)
		return;
	ros->due_at = ROS_NEVER;
	ros->end_reason = "session-timeout";
	table_expire(ros, &ros_menu_ppp_active);
	table_expire(ros, &ros_menu_hotspot_active);
	ros->end_reason = NULL;
	table_expire(ros, &ros_menu_hotspot_cookie);
	table_expire(ros, &ros_menu_address_list);
	ros_cpe_dial(ros);
}

void ros_set_clock_error(struct ros *ros, int64_t error_us)
{
	ros->clock_error_us = error_us;
}

void ros_set_gmt_offset(struct ros *ros, int32_t offset_s)
{
	ros->gmt_offset_s = offset_s;
}

void ros_set_latency(struct ros *ros, int64_t latency_us)
{
	ros->latency_us = latency_us;
}

bool ros_is_up(const struct ros *ros)
{
	return ros->now_at >= ros->up_at;
}

/* ---- power ----------------------------------------------------------------------------------- */

static void rows_drop(struct ros *ros, const struct ros_menu *menu)
{
	struct ros_table *table = ros_table_of(ros, menu);
	struct ros_row *row = table->first;

	while (row != NULL) {
		struct ros_row *next = row->next;

		if (row->is_dynamic)
			ros_row_remove(ros, table, row);
		row = next;
	}
}

static void power_off(struct ros *ros, int64_t down_us)
{
	/* Live sessions first: their queues and entries hang on them. */
	static const struct ros_menu *const menus[] = {
		&ros_menu_ppp_active,   &ros_menu_hotspot_active, &ros_menu_hotspot_host,
		&ros_menu_queue_simple, &ros_menu_address_list,   &ros_menu_service,
		&ros_menu_user_active,
	};

	ros->is_rebooting = true;
	ros_sessions_reset(ros);
	for (size_t i = 0; i < ROS_COUNT(menus); i++)
		rows_drop(ros, menus[i]);
	ros->is_rebooting = false;
	ros->booted_at = ros->now_at + down_us;
	ros->up_at = ros->booted_at;
	ros_schedule_restart(ros);
}

void ros_reboot(struct ros *ros, int64_t down_us)
{
	power_off(ros, down_us);
}

void ros_factory_reset(struct ros *ros, int64_t down_us)
{
	power_off(ros, down_us);
	ros->row_count = 0;
	for (size_t i = 0; i < ros_menus_count(); i++) {
		ros_table_done(&ros->tables[i]);
		ros_table_init(&ros->tables[i], ros_menus[i]);
	}
	factory_setup(ros);
	ros_user_setup(ros, NULL);
}
