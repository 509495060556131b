/* PPPoE: who may dial in, and what a session brings with it (§5.1). */
#include "world/ros_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REDIAL (5 * ROS_SECOND)

static const char *const entry_texts[ROS_ENTRY_COUNT] = {
	[ROS_ENTRY_DONE] = "done",
	[ROS_ENTRY_NO_USER] = "no such user",
	[ROS_ENTRY_PASSWORD] = "wrong password",
	[ROS_ENTRY_DISABLED] = "disabled",
	[ROS_ENTRY_DEVICE] = "another device",
	[ROS_ENTRY_SERVICE] = "no such service",
	[ROS_ENTRY_TOO_MANY] = "no more sessions are allowed",
	[ROS_ENTRY_NO_ADDRESS] = "no address",
	[ROS_ENTRY_LIMIT] = "limit reached",
	[ROS_ENTRY_NO_HOST] = "no such host",
	[ROS_ENTRY_BLOCKED] = "blocked",
	[ROS_ENTRY_DOWN] = "router is down",
};

const char *ros_entry_text(enum ros_entry entry)
{
	return entry < ROS_ENTRY_COUNT ? entry_texts[entry] : "?";
}

/* The first enabled PPPoE server; its default-profile has the last word (§4). */
static struct ros_row *server_find(const struct ros *ros)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_pppoe_server);

	for (struct ros_row *row = table->first; row != NULL; row = row->next)
		if (!ros_row_flag(ros, table, row, "disabled"))
			return row;
	return NULL;
}

/* A profile's setting, else that of the service's default profile. */
static struct ros_text setting(const struct ros *ros, const struct ros_row *profile,
			       const struct ros_row *lowest, const char *field)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_profile);
	struct ros_text text = { "", 0 };

	if (profile != NULL)
		text = ros_row_text(ros, table, profile, field);
	if ((text.size == 0 || ros_text_is(text, "default")) && lowest != NULL)
		text = ros_row_text(ros, table, lowest, field);
	return text;
}

static bool profile_lease(struct ros *ros, const struct ros_row *profile, uint32_t *address,
			  bool *has_setting)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_profile);
	const struct ros_value *value = &profile->values[ros_field_at(table, "remote-address")];
	struct ros_row *pool;

	*has_setting = value->state != ROS_STATE_ABSENT;
	if (value->state == ROS_STATE_TEXT)
		return ros_address_parse((struct ros_text){ value->bytes, value->size }, address);
	pool = ros_row_target(ros, table, profile, "remote-address");
	return pool != NULL && ros_pool_lease(ros, pool, address);
}

/* Settings in the secret override the profile; the service's profile is the lowest (§4). */
static bool address_choose(struct ros *ros, const struct ros_row *secret,
			   const struct ros_row *profile, const struct ros_row *lowest,
			   uint32_t *address)
{
	const struct ros_table *secrets = ros_table_of(ros, &ros_menu_ppp_secret);
	struct ros_text text = ros_row_text(ros, secrets, secret, "remote-address");
	bool has_setting = false;

	if (text.size > 0)
		return ros_address_parse(text, address);
	if (profile != NULL && profile_lease(ros, profile, address, &has_setting))
		return true;
	if (has_setting || lowest == NULL)
		return false;
	return profile_lease(ros, lowest, address, &has_setting);
}

static enum ros_entry secret_check(const struct ros *ros, const struct ros_row *secret,
				   struct ros_text password, struct ros_text caller)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_secret);
	struct ros_text service, lock;

	if (secret == NULL)
		return ROS_ENTRY_NO_USER;
	if (ros_row_flag(ros, table, secret, "disabled"))
		return ROS_ENTRY_DISABLED;
	if (!ros_text_same(ros_row_text(ros, table, secret, "password"), password))
		return ROS_ENTRY_PASSWORD;
	service = ros_row_text(ros, table, secret, "service");
	if (!ros_text_is(service, "any") && !ros_text_is(service, "pppoe"))
		return ROS_ENTRY_SERVICE;
	/* The caller's MAC comes in capitals and locks the secret to one CPE (§4). */
	lock = ros_row_text(ros, table, secret, "caller-id");
	if (lock.size > 0 && !ros_text_same(lock, caller))
		return ROS_ENTRY_DEVICE;
	return ROS_ENTRY_DONE;
}

static struct ros_row *active_make(struct ros *ros, struct ros_text name, struct ros_text caller,
				   const struct ros_row *secret, uint32_t address)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_active);
	const struct ros_table *secrets = ros_table_of(ros, &ros_menu_ppp_secret);
	struct ros_buffer text = { NULL, 0, 0 };
	char number[16];
	struct ros_row *row;

	ros_address_print(&text, address);
	snprintf(number, sizeof(number), "0x%08X", 0x81000000u + (table->next_id & 0xffffffu));
	row = ros_row_make(ros, &ros_menu_ppp_active, "service", "pppoe", "address", text.bytes,
			   "session-id", number, NULL);
	ros_row_write(ros, table, row, "name", name);
	ros_row_write(ros, table, row, "caller-id", caller);
	ros_row_write(ros, table, row, "limit-bytes-in",
		      ros_row_text(ros, secrets, secret, "limit-bytes-in"));
	ros_row_write(ros, table, row, "limit-bytes-out",
		      ros_row_text(ros, secrets, secret, "limit-bytes-out"));
	row->is_dynamic = true;
	row->live = ros_allocate(sizeof(*row->live));
	row->live->began_at = ros->now_at;
	row->live->address = address;
	row->live->owner = secret->id;
	ros_buffer_done(&text);
	return row;
}

static void session_begin(struct ros *ros, struct ros_row *row, struct ros_text name,
			  const struct ros_row *profile, const struct ros_row *lowest)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_active);
	struct ros_text parent = setting(ros, profile, lowest, "parent-queue");
	struct ros_text before = setting(ros, profile, lowest, "insert-queue-before");
	int64_t ms;

	if (ros_span_parse(setting(ros, profile, lowest, "session-timeout"), &ms) && ms > 0) {
		row->ends_at = ros->now_at + ms * 1000;
		ros_due(ros, row->ends_at);
	}
	ros_row_insert(ros, table, row, NULL);
	ros_live_shape(ros, row, "pppoe", name, setting(ros, profile, lowest, "rate-limit"), parent,
		       ros_text_is(before, "first"));
	ros_live_list(ros, row, setting(ros, profile, lowest, "address-list"));
}

static enum ros_entry dial(struct ros *ros, struct ros_text name, struct ros_text password,
			   struct ros_text caller)
{
	const struct ros_table *secrets = ros_table_of(ros, &ros_menu_ppp_secret);
	const struct ros_table *actives = ros_table_of(ros, &ros_menu_ppp_active);
	const struct ros_table *servers = ros_table_of(ros, &ros_menu_pppoe_server);
	const struct ros_row *secret = ros_row_by_name(ros, secrets, name);
	const struct ros_row *server = server_find(ros);
	const struct ros_row *profile, *lowest;
	enum ros_entry entry;
	uint32_t address = 0;

	if (!ros_is_up(ros))
		return ROS_ENTRY_DOWN;
	if (server == NULL)
		return ROS_ENTRY_SERVICE;
	entry = secret_check(ros, secret, password, caller);
	if (entry != ROS_ENTRY_DONE)
		return entry;
	profile = ros_row_target(ros, secrets, secret, "profile");
	lowest = ros_row_target(ros, servers, server, "default-profile");
	if (ros_text_is(setting(ros, profile, lowest, "only-one"), "yes") &&
	    ros_row_by_name(ros, actives, name) != NULL)
		return ROS_ENTRY_TOO_MANY;
	if (!address_choose(ros, secret, profile, lowest, &address))
		return ROS_ENTRY_NO_ADDRESS;
	session_begin(ros, active_make(ros, name, caller, secret, address), name, profile, lowest);
	return ROS_ENTRY_DONE;
}

enum ros_entry ros_ppp_dial(struct ros *ros, const char *name, const char *password,
			    const char *caller_id)
{
	struct ros_buffer caller = { NULL, 0, 0 };
	enum ros_entry entry;

	if (!ros_mac_print(&caller, ros_text_of(caller_id))) {
		ros_buffer_cut(&caller, 0);
		ros_buffer_text(&caller, caller_id);
	}
	entry = dial(ros, ros_text_of(name), ros_text_of(password), ros_buffer_view(&caller));
	ros_buffer_done(&caller);
	return entry;
}

/* The hook of /ppp/active: however the session ended. */
void ros_ppp_ended(struct ros *ros, struct ros_row *row)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_active);
	struct ros_table *secrets = ros_table_of(ros, &ros_menu_ppp_secret);
	struct ros_row *secret = ros_row_by_id(secrets, row->live->owner);
	struct ros_buffer date = { NULL, 0, 0 };

	ros_live_drop(ros, row);
	if (secret == NULL || ros->is_rebooting)
		return;
	ros_date_print(&date, ros, ros->now_at);
	ros_row_put(secrets, secret, "last-logged-out", date.bytes);
	ros_row_write(ros, secrets, secret, "last-caller-id",
		      ros_row_text(ros, table, row, "caller-id"));
	ros_row_put(secrets, secret, "last-disconnect-reason",
		    ros->end_reason == NULL ? "nas-request" : ros->end_reason);
	ros_sessions_changed(ros, secrets, secret, false);
	ros_buffer_done(&date);
}

/* The secret's limits are per session, as they were when it began (§4). */
bool ros_ppp_is_used_up(const struct ros *ros, const struct ros_row *row)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_active);
	uint64_t limit;

	if (ros_text_number(ros_row_text(ros, table, row, "limit-bytes-in"), &limit) && limit > 0 &&
	    row->live->bytes_in >= limit)
		return true;
	return ros_text_number(ros_row_text(ros, table, row, "limit-bytes-out"), &limit) &&
	       limit > 0 && row->live->bytes_out >= limit;
}

size_t ros_ppp_hang_up(struct ros *ros, const char *name)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_ppp_active);
	struct ros_row *row;
	size_t count = 0;

	ros->end_reason = "hung-up";
	while ((row = ros_row_by_name(ros, table, ros_text_of(name))) != NULL) {
		ros_row_remove(ros, table, row);
		count++;
	}
	ros->end_reason = NULL;
	return count;
}

/* ---- CPEs that dial by themselves ------------------------------------------------------------ */

void ros_cpe_keep(struct ros *ros, const char *name, const char *password, const char *caller_id)
{
	struct ros_cpe *cpe = ros_allocate(sizeof(*cpe));

	ros_cpe_forget(ros, name);
	cpe->name = ros_copy(name, strlen(name));
	cpe->password = ros_copy(password, strlen(password));
	cpe->caller_id = ros_copy(caller_id, strlen(caller_id));
	cpe->next = ros->cpes;
	ros->cpes = cpe;
	ros_due(ros, ros->now_at);
	ros_cpe_dial(ros);
}

static void cpe_free(struct ros_cpe *cpe)
{
	free(cpe->name);
	free(cpe->password);
	free(cpe->caller_id);
	free(cpe);
}

void ros_cpe_forget(struct ros *ros, const char *name)
{
	struct ros_cpe **at = &ros->cpes;

	while (*at != NULL) {
		struct ros_cpe *cpe = *at;

		if (strcmp(cpe->name, name) != 0) {
			at = &cpe->next;
			continue;
		}
		*at = cpe->next;
		cpe_free(cpe);
	}
}

void ros_cpe_free(struct ros *ros)
{
	while (ros->cpes != NULL) {
		struct ros_cpe *cpe = ros->cpes;

		ros->cpes = cpe->next;
		cpe_free(cpe);
	}
}

void ros_cpe_dial(struct ros *ros)
{
	const struct ros_table *actives = ros_table_of(ros, &ros_menu_ppp_active);

	for (struct ros_cpe *cpe = ros->cpes; cpe != NULL; cpe = cpe->next) {
		if (ros->now_at >= cpe->dial_at) {
			if (ros_row_by_name(ros, actives, ros_text_of(cpe->name)) == NULL)
				ros_ppp_dial(ros, cpe->name, cpe->password, cpe->caller_id);
			cpe->dial_at = ros->now_at + REDIAL;
		}
		ros_due(ros, cpe->dial_at);
	}
}
