/* Hotspot: hosts, logins, cookies, bindings (§5.2). */
#include "world/ros_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ros_row *server_find(const struct ros *ros)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot);

	for (struct ros_row *row = table->first; row != NULL; row = row->next)
		if (!ros_row_flag(ros, table, row, "disabled"))
			return row;
	return NULL;
}

static bool login_by(const struct ros *ros, const struct ros_row *server, const char *way)
{
	const struct ros_table *servers = ros_table_of(ros, &ros_menu_hotspot);
	const struct ros_table *profiles = ros_table_of(ros, &ros_menu_hotspot_profile);
	const struct ros_row *profile = ros_row_target(ros, servers, server, "profile");
	struct ros_text list, part;

	if (profile == NULL)
		return false;
	list = ros_row_text(ros, profiles, profile, "login-by");
	while (ros_text_cut(&list, ',', &part))
		if (ros_text_is(part, way))
			return true;
	return false;
}

static struct ros_row *host_find(const struct ros *ros, struct ros_text mac)
{
	return ros_row_by_name(ros, ros_table_of(ros, &ros_menu_hotspot_host), mac);
}

static struct ros_row *active_find(const struct ros *ros, const struct ros_row *host)
{
	return ros_row_by_id(ros_table_of(ros, &ros_menu_hotspot_active), host->live->address);
}

/* The binding of a MAC, or of its address. */
static const struct ros_row *binding_find(const struct ros *ros, struct ros_text mac,
					  uint32_t address)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_ip_binding);

	for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
		struct ros_text own = ros_row_text(ros, table, row, "mac-address");
		struct ros_text range = ros_row_text(ros, table, row, "address");
		uint32_t first, last;

		if (ros_row_flag(ros, table, row, "disabled"))
			continue;
		if (own.size > 0 && !ros_text_same(own, mac))
			continue;
		if (own.size == 0 && (range.size == 0 || !ros_range_parse(range, &first, &last) ||
				      address < first || address > last))
			continue;
		return row;
	}
	return NULL;
}

static bool host_lease(struct ros *ros, const struct ros_row *server, uint32_t *address)
{
	const struct ros_table *servers = ros_table_of(ros, &ros_menu_hotspot);
	struct ros_row *pool = ros_row_target(ros, servers, server, "address-pool");

	return pool != NULL && ros_pool_lease(ros, pool, address);
}

static struct ros_row *host_make(struct ros *ros, const struct ros_row *server, struct ros_text mac)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_host);
	const struct ros_table *servers = ros_table_of(ros, &ros_menu_hotspot);
	const struct ros_table *bindings = ros_table_of(ros, &ros_menu_ip_binding);
	struct ros_buffer text = { NULL, 0, 0 };
	const struct ros_row *binding;
	struct ros_row *row;
	uint32_t address;

	if (!host_lease(ros, server, &address))
		return NULL;
	ros_address_print(&text, address);
	row = ros_row_make(ros, &ros_menu_hotspot_host, "address", text.bytes, "to-address",
			   text.bytes, NULL);
	ros_row_write(ros, table, row, "mac-address", mac);
	ros_row_write(ros, table, row, "server", ros_row_text(ros, servers, server, "name"));
	row->is_dynamic = true;
	row->live = ros_allocate(sizeof(*row->live));
	row->live->began_at = ros->now_at;
	row->live->address = address;
	/* A binding counts when the host appears; a present one must be removed first (§5.2). */
	binding = binding_find(ros, mac, address);
	if (binding != NULL) {
		struct ros_text type = ros_row_text(ros, bindings, binding, "type");

		row->live->is_bypassed = ros_text_is(type, "bypassed");
		row->live->is_blocked = ros_text_is(type, "blocked");
	}
	ros_row_insert(ros, table, row, NULL);
	ros_buffer_done(&text);
	return row;
}

/* ---- cookies --------------------------------------------------------------------------------- */

static struct ros_row *cookie_find(const struct ros *ros, struct ros_text mac, bool is_mac_cookie)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_cookie);

	for (struct ros_row *row = table->first; row != NULL; row = row->next)
		if (row->live->is_mac_cookie == is_mac_cookie &&
		    ros_text_same(ros_row_text(ros, table, row, "mac-address"), mac))
			return row;
	return NULL;
}

static void cookie_make(struct ros *ros, struct ros_text mac, struct ros_text user,
			struct ros_text password, bool is_mac_cookie, struct ros_text lifetime)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_cookie);
	struct ros_row *old = cookie_find(ros, mac, is_mac_cookie);
	struct ros_row *row;
	int64_t ms;

	if (old != NULL)
		ros_row_remove(ros, table, old);
	if (!ros_span_parse(lifetime, &ms) || ms <= 0)
		ms = INT64_C(259200000); /* 3 d (§5.2) */
	row = ros_row_new(table);
	ros_row_write(ros, table, row, "user", user);
	ros_row_write(ros, table, row, "mac-address", mac);
	row->is_dynamic = true;
	row->live = ros_allocate(sizeof(*row->live));
	row->live->began_at = ros->now_at;
	row->live->is_mac_cookie = is_mac_cookie;
	/* It holds name and password (§5.2). */
	row->live->password = ros_copy(password.bytes, password.size);
	row->live->lifetime_us = ms * 1000;
	row->ends_at = ros->now_at + row->live->lifetime_us;
	ros_due(ros, row->ends_at);
	ros_row_insert(ros, table, row, NULL);
}

static void cookies_make(struct ros *ros, const struct ros_row *server, struct ros_text mac,
			 const struct ros_row *user, bool by_page)
{
	const struct ros_table *users = ros_table_of(ros, &ros_menu_hotspot_user);
	const struct ros_table *profiles = ros_table_of(ros, &ros_menu_hotspot_user_profile);
	const struct ros_table *servers = ros_table_of(ros, &ros_menu_hotspot);
	const struct ros_table *settings = ros_table_of(ros, &ros_menu_hotspot_profile);
	const struct ros_row *profile = ros_row_target(ros, users, user, "profile");
	const struct ros_row *setting = ros_row_target(ros, servers, server, "profile");
	struct ros_text name = ros_row_text(ros, users, user, "name");
	struct ros_text password = ros_row_text(ros, users, user, "password");

	/* login-by=mac-cookie and add-mac-cookie=yes together (§5.2). */
	if (profile != NULL && login_by(ros, server, "mac-cookie") &&
	    ros_row_flag(ros, profiles, profile, "add-mac-cookie"))
		cookie_make(ros, mac, name, password, true,
			    ros_row_text(ros, profiles, profile, "mac-cookie-timeout"));
	/* An HTTP cookie can only be left in a browser. */
	if (by_page && setting != NULL && login_by(ros, server, "cookie"))
		cookie_make(ros, mac, name, password, false,
			    ros_row_text(ros, settings, setting, "http-cookie-lifetime"));
}

/* ---- who may log in -------------------------------------------------------------------------- */

/* The user of that name for this server, else the one for all. */
static struct ros_row *user_find(const struct ros *ros, struct ros_text name,
				 const struct ros_row *server)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_user);
	uint32_t hash = ros_text_hash(name);
	struct ros_row *row = table->by_key[hash & (table->slots - 1)];
	struct ros_row *for_all = NULL;
	size_t column = ros_field_at(table, "server");

	for (; row != NULL; row = row->next_by_key) {
		if (!ros_text_same(ros_row_text(ros, table, row, "name"), name))
			continue;
		if (row->values[column].state == ROS_STATE_ABSENT)
			for_all = row;
		else if (ros_row_target(ros, table, row, "server") == server)
			return row;
	}
	return for_all;
}

static size_t actives_count(const struct ros *ros, struct ros_text name)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_active);
	size_t count = 0;

	for (const struct ros_row *row = table->first; row != NULL; row = row->next)
		count += ros_text_same(ros_row_text(ros, table, row, "user"), name);
	return count;
}

static bool bytes_are_used_up(const struct ros *ros, const struct ros_row *user, uint64_t more_in,
			      uint64_t more_out)
{
	static const char *const names[] = { "limit-bytes-in", "limit-bytes-out",
					     "limit-bytes-total" };
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_user);
	uint64_t in = user->bytes_in + more_in, out = user->bytes_out + more_out;
	uint64_t used[] = { in, out, in + out };
	uint64_t limit;

	/* Totals over all sessions (§4). */
	for (size_t i = 0; i < ROS_COUNT(names); i++)
		if (ros_text_number(ros_row_text(ros, table, user, names[i]), &limit) &&
		    limit > 0 && used[i] >= limit)
			return true;
	return false;
}

static bool limit_is_reached(const struct ros *ros, const struct ros_row *user)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_user);
	int64_t ms;

	/* limit-uptime is total time online, not wall clock (§5.2). */
	if (ros_span_parse(ros_row_text(ros, table, user, "limit-uptime"), &ms) && ms > 0 &&
	    user->used_us >= ms * 1000)
		return true;
	return bytes_are_used_up(ros, user, 0, 0);
}

bool ros_hotspot_is_used_up(const struct ros *ros, const struct ros_row *row)
{
	const struct ros_row *user = ros_row_by_id(ros_table_of(ros, &ros_menu_hotspot_user),
						   row->live->owner);

	return user != NULL &&
	       bytes_are_used_up(ros, user, row->live->bytes_in, row->live->bytes_out);
}

static enum ros_entry user_check(const struct ros *ros, const struct ros_row *user,
				 struct ros_text password, struct ros_text mac)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_user);
	const struct ros_table *profiles = ros_table_of(ros, &ros_menu_hotspot_user_profile);
	const struct ros_row *profile;
	struct ros_text lock;
	uint64_t most = 1;

	if (user == NULL)
		return ROS_ENTRY_NO_USER;
	if (ros_row_flag(ros, table, user, "disabled"))
		return ROS_ENTRY_DISABLED;
	if (!ros_text_same(ros_row_text(ros, table, user, "password"), password))
		return ROS_ENTRY_PASSWORD;
	lock = ros_row_text(ros, table, user, "mac-address");
	if (lock.size > 0 && !ros_text_same(lock, mac))
		return ROS_ENTRY_DEVICE;
	if (limit_is_reached(ros, user))
		return ROS_ENTRY_LIMIT;
	profile = ros_row_target(ros, table, user, "profile");
	if (profile != NULL) {
		struct ros_text text = ros_row_text(ros, profiles, profile, "shared-users");

		if (!ros_text_number(text, &most))
			most = UINT64_MAX;
	}
	if (actives_count(ros, ros_row_text(ros, table, user, "name")) >= most)
		return ROS_ENTRY_TOO_MANY;
	return ROS_ENTRY_DONE;
}

/* ---- logging in and out ---------------------------------------------------------------------- */

static void ends_by(struct ros *ros, struct ros_row *row, int64_t at)
{
	if (at >= row->ends_at)
		return;
	row->ends_at = at;
	ros_due(ros, at);
}

static void session_begin(struct ros *ros, struct ros_row *host, struct ros_row *user,
			  const char *way)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_active);
	const struct ros_table *hosts = ros_table_of(ros, &ros_menu_hotspot_host);
	const struct ros_table *users = ros_table_of(ros, &ros_menu_hotspot_user);
	const struct ros_table *profiles = ros_table_of(ros, &ros_menu_hotspot_user_profile);
	const struct ros_row *profile = ros_row_target(ros, users, user, "profile");
	struct ros_text name = ros_row_text(ros, users, user, "name");
	static const char *const copied[] = { "server", "address", "mac-address" };
	struct ros_row *row = ros_row_make(ros, &ros_menu_hotspot_active, "login-by", way, NULL);
	int64_t ms;

	for (size_t i = 0; i < ROS_COUNT(copied); i++)
		ros_row_write(ros, table, row, copied[i],
			      ros_row_text(ros, hosts, host, copied[i]));
	ros_row_write(ros, table, row, "user", name);
	row->is_dynamic = true;
	row->live = ros_allocate(sizeof(*row->live));
	row->live->began_at = ros->now_at;
	row->live->address = host->live->address;
	row->live->owner = user->id;
	if (ros_span_parse(ros_row_text(ros, users, user, "limit-uptime"), &ms) && ms > 0)
		ends_by(ros, row, ros->now_at + ms * 1000 - user->used_us);
	if (profile != NULL &&
	    ros_span_parse(ros_row_text(ros, profiles, profile, "session-timeout"), &ms) && ms > 0)
		ends_by(ros, row, ros->now_at + ms * 1000);
	/* The id is the address in hex (§4). */
	ros_row_insert_as(ros, table, row, host->live->address);
	host->live->is_authorized = true;
	if (profile == NULL)
		return;
	ros_live_shape(
	    ros, row, "hotspot", name, ros_row_text(ros, profiles, profile, "rate-limit"),
	    ros_row_text(ros, profiles, profile, "parent-queue"),
	    ros_text_is(ros_row_text(ros, profiles, profile, "insert-queue-before"), "first"));
	ros_live_list(ros, row, ros_row_text(ros, profiles, profile, "address-list"));
}

static enum ros_entry host_login(struct ros *ros, struct ros_row *host, struct ros_text name,
				 struct ros_text password, const char *way)
{
	const struct ros_table *hosts = ros_table_of(ros, &ros_menu_hotspot_host);
	struct ros_text mac = ros_row_text(ros, hosts, host, "mac-address");
	struct ros_row *server = server_find(ros);
	struct ros_row *user;
	enum ros_entry entry;

	if (server == NULL)
		return ROS_ENTRY_SERVICE;
	if (host->live->is_blocked)
		return ROS_ENTRY_BLOCKED;
	if (active_find(ros, host) != NULL)
		return ROS_ENTRY_DONE;
	user = user_find(ros, name, server);
	entry = user_check(ros, user, password, mac);
	if (entry != ROS_ENTRY_DONE)
		return entry;
	session_begin(ros, host, user, way);
	cookies_make(ros, server, mac, user,
		     strcmp(way, "http-chap") == 0 || strcmp(way, "cookie") == 0);
	return ROS_ENTRY_DONE;
}

/* The hook of /ip/hotspot/active. The counters of the user are written now, and lost when the power
 * goes (§5.4); the mac-cookie goes too unless the phone just went away (§5.2). */
void ros_hotspot_ended(struct ros *ros, struct ros_row *row)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_hotspot_active);
	struct ros_table *users = ros_table_of(ros, &ros_menu_hotspot_user);
	struct ros_text mac = ros_row_text(ros, table, row, "mac-address");
	struct ros_row *user = ros_row_by_id(users, row->live->owner);
	struct ros_row *host = host_find(ros, mac);
	struct ros_row *cookie;

	ros_live_drop(ros, row);
	if (host != NULL)
		host->live->is_authorized = false;
	if (ros->is_rebooting)
		return;
	if (user != NULL) {
		user->used_us += ros->now_at - row->live->began_at;
		user->bytes_in += row->live->bytes_in;
		user->bytes_out += row->live->bytes_out;
	}
	cookie = cookie_find(ros, mac, true);
	if (cookie == NULL)
		return;
	if (ros->end_reason == NULL || strcmp(ros->end_reason, "keepalive-timeout") != 0)
		ros_row_remove(ros, ros_table_of(ros, &ros_menu_hotspot_cookie), cookie);
	else /* its time counts from the last login or logout (§5.2) */
		cookie->ends_at = ros->now_at + cookie->live->lifetime_us;
}

/* The hook of /ip/hotspot/host: without a host no login. */
void ros_host_ended(struct ros *ros, struct ros_row *row)
{
	struct ros_row *active = active_find(ros, row);
	const char *before = ros->end_reason;

	if (active == NULL)
		return;
	ros->end_reason = "keepalive-timeout";
	ros_row_remove(ros, ros_table_of(ros, &ros_menu_hotspot_active), active);
	ros->end_reason = before;
}

/* ---- phones ---------------------------------------------------------------------------------- */

static enum ros_entry host_come(struct ros *ros, struct ros_text mac, struct ros_row **host)
{
	struct ros_row *server = server_find(ros);

	if (!ros_is_up(ros))
		return ROS_ENTRY_DOWN;
	if (server == NULL)
		return ROS_ENTRY_SERVICE;
	*host = host_find(ros, mac);
	if (*host == NULL)
		*host = host_make(ros, server, mac);
	if (*host == NULL)
		return ROS_ENTRY_NO_ADDRESS;
	if ((*host)->live->is_blocked)
		return ROS_ENTRY_BLOCKED;
	return ROS_ENTRY_DONE;
}

static enum ros_entry cookie_try(struct ros *ros, struct ros_row *host, struct ros_text mac,
				 bool is_mac_cookie)
{
	const char *way = is_mac_cookie ? "mac-cookie" : "cookie";
	struct ros_table *cookies = ros_table_of(ros, &ros_menu_hotspot_cookie);
	struct ros_row *cookie = cookie_find(ros, mac, is_mac_cookie);
	struct ros_row *server = server_find(ros);
	struct ros_buffer name = { NULL, 0, 0 }, password = { NULL, 0, 0 };
	struct ros_text text;
	enum ros_entry entry;

	if (cookie == NULL || !login_by(ros, server, way))
		return ROS_ENTRY_NO_USER;
	text = ros_row_text(ros, cookies, cookie, "user");
	ros_buffer_add(&name, text.bytes, text.size);
	ros_buffer_text(&password, cookie->live->password);
	entry = host_login(ros, host, ros_buffer_view(&name), ros_buffer_view(&password), way);
	/* A failed cookie login takes the cookie with it (§5.2). */
	if (entry != ROS_ENTRY_DONE && entry != ROS_ENTRY_TOO_MANY)
		ros_row_remove(ros, cookies, cookie);
	ros_buffer_done(&name);
	ros_buffer_done(&password);
	return entry;
}

static enum ros_entry phone_come(struct ros *ros, const char *mac, bool browses)
{
	struct ros_buffer upper = { NULL, 0, 0 };
	struct ros_row *host = NULL;
	enum ros_entry entry;

	if (!ros_mac_print(&upper, ros_text_of(mac))) {
		ros_buffer_done(&upper);
		return ROS_ENTRY_NO_HOST;
	}
	entry = host_come(ros, ros_buffer_view(&upper), &host);
	if (entry == ROS_ENTRY_DONE && !host->live->is_bypassed && active_find(ros, host) == NULL) {
		entry = cookie_try(ros, host, ros_buffer_view(&upper), true);
		if (browses && entry != ROS_ENTRY_DONE)
			entry = cookie_try(ros, host, ros_buffer_view(&upper), false);
	}
	ros_buffer_done(&upper);
	return entry;
}

enum ros_entry ros_hotspot_arrive(struct ros *ros, const char *mac)
{
	return phone_come(ros, mac, false);
}

enum ros_entry ros_hotspot_browse(struct ros *ros, const char *mac)
{
	return phone_come(ros, mac, true);
}

enum ros_entry ros_hotspot_login(struct ros *ros, const char *mac, const char *name,
				 const char *password)
{
	struct ros_buffer upper = { NULL, 0, 0 };
	struct ros_row *host = NULL;
	enum ros_entry entry = ROS_ENTRY_NO_HOST;

	if (ros_mac_print(&upper, ros_text_of(mac)))
		entry = host_come(ros, ros_buffer_view(&upper), &host);
	if (entry == ROS_ENTRY_DONE)
		entry = host_login(ros, host, ros_text_of(name), ros_text_of(password),
				   "http-chap");
	ros_buffer_done(&upper);
	return entry;
}

bool ros_hotspot_leave(struct ros *ros, const char *mac)
{
	struct ros_buffer upper = { NULL, 0, 0 };
	struct ros_row *host = NULL;

	if (ros_mac_print(&upper, ros_text_of(mac)))
		host = host_find(ros, ros_buffer_view(&upper));
	ros_buffer_done(&upper);
	if (host == NULL)
		return false;
	ros_row_remove(ros, ros_table_of(ros, &ros_menu_hotspot_host), host);
	return true;
}

bool ros_hotspot_is_open(struct ros *ros, const char *mac)
{
	struct ros_buffer upper = { NULL, 0, 0 };
	const struct ros_row *host = NULL;

	if (ros_mac_print(&upper, ros_text_of(mac)))
		host = host_find(ros, ros_buffer_view(&upper));
	ros_buffer_done(&upper);
	return host != NULL && !host->live->is_blocked &&
	       (host->live->is_bypassed || active_find(ros, host) != NULL);
}

/* ---- commands -------------------------------------------------------------------------------- */

static struct ros_text argument_text(const struct ros_call *call, const char *name)
{
	const struct ros_argument *argument = ros_call_argument(call, name);

	return argument == NULL ? (struct ros_text){ "", 0 } : argument->value;
}

/* Logs a present host in from the router's side (§4). */
bool ros_hotspot_active_login(struct ros_call *call)
{
	const struct ros_table *hosts = ros_table_of(call->ros, &ros_menu_hotspot_host);
	struct ros_text mac = argument_text(call, "mac-address");
	struct ros_text ip = argument_text(call, "ip");
	struct ros_row *host = NULL;
	enum ros_entry entry;

	for (struct ros_row *row = hosts->first; row != NULL && host == NULL; row = row->next)
		if ((ip.size > 0 &&
		     ros_text_same(ros_row_text(call->ros, hosts, row, "address"), ip)) ||
		    (mac.size > 0 &&
		     ros_text_same(ros_row_text(call->ros, hosts, row, "mac-address"), mac)))
			host = row;
	if (host == NULL)
		return ros_refuse(&call->refusal, -1, "failure: unknown host");
	if (call->no_apply)
		return true;
	entry = host_login(call->ros, host, argument_text(call, "user"),
			   argument_text(call, "password"), "admin");
	if (entry == ROS_ENTRY_DONE)
		return true;
	return ros_refuse(&call->refusal, -1, "failure: %s", ros_entry_text(entry));
}

bool ros_make_binding(struct ros_call *call)
{
	struct ros *ros = call->ros;
	struct ros_table *bindings = ros_table_of(ros, &ros_menu_ip_binding);
	struct ros_text type = argument_text(call, "type");
	struct ros_row **rows;
	size_t count;

	if (!ros_call_rows(call, &rows, &count))
		return false;
	for (size_t i = 0; i < count && !call->no_apply; i++) {
		struct ros_row *row = ros_row_new(bindings);

		ros_row_write(ros, bindings, row, "mac-address",
			      ros_row_text(ros, call->table, rows[i], "mac-address"));
		if (type.size > 0 && !ros_text_is(type, "regular"))
			ros_row_write(ros, bindings, row, "type", type);
		ros_row_default(ros, bindings, row);
		ros_row_insert(ros, bindings, row, NULL);
	}
	free(rows);
	return true;
}
