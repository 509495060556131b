/* The verbs of the control port. */
#include "world/farm_verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- answers --------------------------------------------------------------------------------- */

static void say_ok(struct farm_call *call, bool ok)
{
	farm_text_put(call->out, ok ? "{\"ok\":true}" : "{\"ok\":false}");
}

void farm_say_error(struct farm_text *out, const char *text)
{
	farm_text_put(out, "{\"ok\":false,\"error\":");
	farm_text_json(out, text, strlen(text));
	farm_text_put(out, "}");
}

static void say_entry(struct farm_call *call, enum ros_entry entry)
{
	farm_text_print(call->out, "{\"ok\":%s,\"result\":\"%s\"}",
			entry == ROS_ENTRY_DONE ? "true" : "false", ros_entry_text(entry));
}

bool farm_number_read(const char *text, int64_t *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return *text != '\0' && *end == '\0';
}

static bool menu_check(struct farm_call *call)
{
	if (ros_menu_exists(call->words[0]))
		return true;
	farm_say_error(call->out, "no such menu");
	return false;
}

/* ---- verbs without a router ------------------------------------------------------------------ */

static void run_help(struct farm_call *call)
{
	farm_text_put(call->out, "{\"ok\":true,\"verbs\":{");
	for (size_t i = 0; farm_verbs[i].name != NULL; i++) {
		farm_text_put(call->out, i > 0 ? "," : "");
		farm_text_json(call->out, farm_verbs[i].name, strlen(farm_verbs[i].name));
		farm_text_put(call->out, ":");
		farm_text_json(call->out, farm_verbs[i].help, strlen(farm_verbs[i].help));
	}
	farm_text_put(call->out, "}}");
}

void farm_ports_print(const struct farm *farm, struct farm_text *out)
{
	farm_text_print(out, "{\"ok\":true,\"control\":%d,\"host\":", farm->control_port);
	farm_text_json(out, farm->options.host, strlen(farm->options.host));
	farm_text_put(out, ",\"routers\":[");
	for (size_t i = 0; i < farm->router_count; i++) {
		const struct farm_router *router = &farm->routers[i];

		farm_text_print(out,
				"%s{\"name\":\"%s\",\"port\":%d,\"tls_port\":%d,"
				"\"rest_port\":%d,\"rest_tls_port\":%d,\"version\":\"%s\","
				"\"up\":%s}",
				i > 0 ? "," : "", router->name,
				router->ports[FARM_DOOR_API], router->ports[FARM_DOOR_API_TLS],
				router->ports[FARM_DOOR_REST], router->ports[FARM_DOOR_REST_TLS],
				router->version, ros_is_up(router->ros) ? "true" : "false");
	}
	farm_text_put(out, "]}");
}

static void run_routers(struct farm_call *call)
{
	farm_ports_print(call->farm, call->out);
}

static void run_advance(struct farm_call *call)
{
	int64_t seconds;

	if (!farm_number_read(call->words[0], &seconds) || seconds < 0) {
		farm_say_error(call->out, "seconds must be a number");
		return;
	}
	call->farm->shift_us += seconds * 1000000;
	farm_advance(call->farm);
	say_ok(call, true);
}

static void run_quit(struct farm_call *call)
{
	call->farm->stops = true;
	say_ok(call, true);
}

/* ---- looking and hand edits ------------------------------------------------------------------ */

static void run_hand(struct farm_call *call)
{
	struct ros_text words[FARM_WORDS_MAX];
	struct ros_answer answer;

	for (size_t i = 0; i < call->count; i++)
		words[i] = (struct ros_text){ call->words[i], call->sizes[i] };
	ros_hand_words(call->router->ros, &answer, words, call->count);
	if (!answer.ok) {
		farm_say_error(call->out, answer.text);
		return;
	}
	farm_text_print(call->out, "{\"ok\":true,\"id\":\"%s\"}", answer.id);
}

static void run_count(struct farm_call *call)
{
	if (menu_check(call))
		farm_text_print(call->out, "{\"ok\":true,\"count\":%zu}",
				ros_row_count(call->router->ros, call->words[0]));
}

static void row_say(struct farm_call *call, const char *menu, uint32_t id)
{
	const char *name;
	char which[16];
	struct ros_text text;

	snprintf(which, sizeof(which), "*%X", id);
	farm_text_print(call->out, "{\".id\":\"%s\"", which);
	for (size_t i = 0; (name = ros_menu_field(menu, i)) != NULL; i++) {
		if (!ros_row_read(call->router->ros, menu, which, name, &text))
			continue;
		farm_text_print(call->out, ",\"%s\":", name);
		farm_text_json(call->out, text.bytes, text.size);
	}
	farm_text_put(call->out, "}");
}

static void run_rows(struct farm_call *call)
{
	const char *menu = call->words[0];
	uint32_t *ids;
	size_t count;

	if (!menu_check(call))
		return;
	count = ros_row_count(call->router->ros, menu);
	ids = calloc(count + 1, sizeof(*ids));
	if (ids == NULL)
		abort();
	ros_row_ids(call->router->ros, menu, ids, count);
	farm_text_put(call->out, "{\"ok\":true,\"rows\":[");
	for (size_t i = 0; i < count; i++) {
		farm_text_put(call->out, i > 0 ? "," : "");
		row_say(call, menu, ids[i]);
	}
	farm_text_put(call->out, "]}");
	free(ids);
}

static void run_read(struct farm_call *call)
{
	struct ros_text text;
	const char *name;
	bool known = strcmp(call->words[2], ".id") == 0;

	if (!menu_check(call))
		return;
	for (size_t i = 0; (name = ros_menu_field(call->words[0], i)) != NULL; i++)
		known = known || strcmp(name, call->words[2]) == 0;
	if (!known) {
		farm_say_error(call->out, "no such property");
	} else if (ros_row_read(call->router->ros, call->words[0], call->words[1], call->words[2],
				&text)) {
		farm_text_put(call->out, "{\"ok\":true,\"value\":");
		farm_text_json(call->out, text.bytes, text.size);
		farm_text_put(call->out, "}");
	} else {
		farm_say_error(call->out, "absent");
	}
}

static void run_dump(struct farm_call *call)
{
	bool static_only = call->count > 1 && strcmp(call->words[1], "static") == 0;
	char *text;

	if (!menu_check(call))
		return;
	text = ros_menu_dump(call->router->ros, call->words[0], static_only);
	farm_text_put(call->out, "{\"ok\":true,\"text\":");
	farm_text_json(call->out, text, strlen(text));
	farm_text_put(call->out, "}");
	free(text);
}

static void run_fill(struct farm_call *call)
{
	const char *profile = call->count > 2 ? call->words[2] : "default";
	struct ros_answer answer = { .ok = true };
	char name[80], password[80], profile_word[128];
	int64_t count;

	if (!farm_number_read(call->words[0], &count)) {
		farm_say_error(call->out, "the count must be a number");
		return;
	}
	snprintf(profile_word, sizeof(profile_word), "=profile=%s", profile);
	for (int64_t i = 0; i < count && answer.ok; i++) {
		const char *prefix = call->count > 1 ? call->words[1] : "user";

		snprintf(name, sizeof(name), "=name=%.40s%05lld", prefix, (long long)i);
		snprintf(password, sizeof(password), "=password=%.40s%05lld", prefix, (long long)i);
		ros_hand(call->router->ros, &answer, "/ppp/secret/add", name, password,
			 profile_word, NULL);
	}
	if (answer.ok)
		say_ok(call, true);
	else
		farm_say_error(call->out, answer.text);
}

/* ---- subscribers ----------------------------------------------------------------------------- */

static void run_dial(struct farm_call *call)
{
	say_entry(call, ros_ppp_dial(call->router->ros, call->words[0], call->words[1],
				     call->count > 2 ? call->words[2] : "02:00:00:00:00:01"));
}

static void dial_one(struct ros *ros, uint32_t id, size_t index, size_t *done)
{
	struct ros_text text;
	char which[16], mac[24], name[128], password[128];

	snprintf(which, sizeof(which), "*%X", id);
	snprintf(mac, sizeof(mac), "02:00:00:%02X:%02X:%02X", (unsigned)(index >> 16 & 255),
		 (unsigned)(index >> 8 & 255), (unsigned)(index & 255));
	if (!ros_row_read(ros, "/ppp/secret", which, "name", &text))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)text.size, text.bytes);
	ros_row_read(ros, "/ppp/secret", which, "password", &text);
	snprintf(password, sizeof(password), "%.*s", (int)text.size, text.bytes);
	if (!ros_row_exists(ros, "/ppp/active", name) &&
	    ros_ppp_dial(ros, name, password, mac) == ROS_ENTRY_DONE)
		(*done)++;
}

static void run_dial_all(struct farm_call *call)
{
	struct ros *ros = call->router->ros;
	size_t count = ros_row_count(ros, "/ppp/secret");
	uint32_t *ids = calloc(count + 1, sizeof(*ids));
	size_t done = 0;

	if (ids == NULL)
		abort();
	ros_row_ids(ros, "/ppp/secret", ids, count);
	for (size_t i = 0; i < count; i++)
		dial_one(ros, ids[i], i, &done);
	free(ids);
	farm_text_print(call->out, "{\"ok\":true,\"count\":%zu}", done);
}

static void run_hangup(struct farm_call *call)
{
	size_t count = ros_ppp_hang_up(call->router->ros, call->words[0]);

	farm_text_print(call->out, "{\"ok\":%s,\"count\":%zu}", count > 0 ? "true" : "false",
			count);
}

static void run_cpe(struct farm_call *call)
{
	ros_cpe_keep(call->router->ros, call->words[0], call->words[1], call->words[2]);
	say_ok(call, true);
}

static void run_cpe_forget(struct farm_call *call)
{
	ros_cpe_forget(call->router->ros, call->words[0]);
	say_ok(call, true);
}

static void run_traffic(struct farm_call *call)
{
	int64_t in, out;

	if (!farm_number_read(call->words[1], &in) || !farm_number_read(call->words[2], &out) ||
	    in < 0 || out < 0) {
		farm_say_error(call->out, "bytes must be numbers");
		return;
	}
	say_ok(call, ros_traffic(call->router->ros, call->words[0], (uint64_t)in, (uint64_t)out));
}

static void run_arrive(struct farm_call *call)
{
	say_entry(call, ros_hotspot_arrive(call->router->ros, call->words[0]));
}

static void run_browse(struct farm_call *call)
{
	say_entry(call, ros_hotspot_browse(call->router->ros, call->words[0]));
}

static void run_login(struct farm_call *call)
{
	say_entry(call, ros_hotspot_login(call->router->ros, call->words[0], call->words[1],
					  call->words[2]));
}

static void run_leave(struct farm_call *call)
{
	say_ok(call, ros_hotspot_leave(call->router->ros, call->words[0]));
}

static void run_is_open(struct farm_call *call)
{
	say_ok(call, ros_hotspot_is_open(call->router->ros, call->words[0]));
}

static void run_address(struct farm_call *call)
{
	struct ros_access access;

	ros_address_access(call->router->ros, call->words[0], &access);
	farm_text_print(call->out,
			"{\"ok\":true,\"open\":%s,\"walled\":%s,\"lingers\":%s,\"shaped\":%s,"
			"\"upload\":%llu,\"download\":%llu}",
			access.open ? "true" : "false", access.walled ? "true" : "false",
			access.lingers ? "true" : "false", access.shaped ? "true" : "false",
			(unsigned long long)access.upload, (unsigned long long)access.download);
}

static void run_access(struct farm_call *call)
{
	struct ros_access access;

	ros_access(call->router->ros, call->words[0], &access);
	farm_text_print(call->out,
			"{\"ok\":true,\"open\":%s,\"sessions\":%zu,\"walled\":%s,\"shaped\":%s,"
			"\"upload\":%llu,\"download\":%llu,\"began_at\":%lld,\"address\":\"%s\","
			"\"caller\":",
			access.open ? "true" : "false", access.sessions,
			access.walled ? "true" : "false", access.shaped ? "true" : "false",
			(unsigned long long)access.upload, (unsigned long long)access.download,
			(long long)access.began_at, access.address);
	farm_text_json(call->out, access.caller, strlen(access.caller));
	farm_text_put(call->out, "}");
}

/* ---- power, time, faults --------------------------------------------------------------------- */

static int64_t down_read(const struct farm_call *call)
{
	int64_t ms = 0;

	if (call->count > 0 && !farm_number_read(call->words[0], &ms))
		ms = 0;
	return ms * 1000;
}

static void run_reboot(struct farm_call *call)
{
	ros_reboot(call->router->ros, down_read(call));
	farm_ports_adjust(call->router);
	say_ok(call, true);
}

static void run_factory_reset(struct farm_call *call)
{
	ros_factory_reset(call->router->ros, down_read(call));
	farm_ports_adjust(call->router);
	say_ok(call, true);
}

static void run_latency(struct farm_call *call)
{
	int64_t ms;

	if (!farm_number_read(call->words[0], &ms) || ms < 0) {
		farm_say_error(call->out, "milliseconds must be a number");
		return;
	}
	ros_set_latency(call->router->ros, ms * 1000);
	say_ok(call, true);
}

static void run_gmt_offset(struct farm_call *call)
{
	int64_t seconds;

	if (!farm_number_read(call->words[0], &seconds) || seconds < -86400 || seconds > 86400) {
		farm_say_error(call->out, "seconds must be a number of at most a day");
		return;
	}
	ros_set_gmt_offset(call->router->ros, (int32_t)seconds);
	say_ok(call, true);
}

static void run_clock_error(struct farm_call *call)
{
	int64_t seconds;

	if (!farm_number_read(call->words[0], &seconds)) {
		farm_say_error(call->out, "seconds must be a number");
		return;
	}
	ros_set_clock_error(call->router->ros, seconds * 1000000);
	say_ok(call, true);
}

static bool fault_kind(const char *name, enum ros_fault_kind *out)
{
	for (int i = 0; i < ROS_FAULT_COUNT; i++)
		if (strcmp(name, ros_fault_name((enum ros_fault_kind)i)) == 0) {
			*out = (enum ros_fault_kind)i;
			return true;
		}
	return false;
}

static bool fault_word(struct ros_fault *fault, const char *word)
{
	static const char *const cuts[ROS_CUT_COUNT] = { "reset", "end", "stall" };
	int64_t number;

	if (strncmp(word, "text=", 5) == 0) {
		fault->text = word + 5;
		return true;
	}
	if (strncmp(word, "how=", 4) == 0) {
		for (int i = 0; i < ROS_CUT_COUNT; i++)
			if (strcmp(word + 4, cuts[i]) == 0) {
				fault->how = (enum ros_cut)i;
				return true;
			}
		return false;
	}
	if (strncmp(word, "after=", 6) == 0 && farm_number_read(word + 6, &number) && number >= 0) {
		fault->after = (uint64_t)number;
		return true;
	}
	if (strncmp(word, "times=", 6) == 0 && farm_number_read(word + 6, &number) && number >= 0) {
		fault->times = (uint32_t)number;
		return true;
	}
	if (strncmp(word, "delay=", 6) == 0 && farm_number_read(word + 6, &number) && number >= 0) {
		fault->delay_us = number * 1000;
		return true;
	}
	return false;
}

static void run_fault(struct farm_call *call)
{
	struct ros_fault fault = { .after = 1, .times = 1 };

	if (!fault_kind(call->words[0], &fault.kind)) {
		farm_say_error(call->out, "no such fault");
		return;
	}
	for (size_t i = 1; i < call->count; i++)
		if (!fault_word(&fault, call->words[i])) {
			farm_say_error(call->out, "after= times= how=reset|end|stall delay= text=");
			return;
		}
	ros_fault_arm(call->router->ros, &fault);
	/* Refused for good: the port is closed, as if nobody listened. */
	if (fault.kind == ROS_FAULT_REFUSE)
		call->router->refuses = fault.times == 0;
	farm_ports_adjust(call->router);
	say_ok(call, true);
}

static void run_clear(struct farm_call *call)
{
	enum ros_fault_kind kind;

	if (call->count == 0) {
		ros_fault_clear_all(call->router->ros);
		call->router->refuses = false;
	} else if (fault_kind(call->words[0], &kind)) {
		ros_fault_clear(call->router->ros, kind);
		if (kind == ROS_FAULT_REFUSE)
			call->router->refuses = false;
	} else {
		farm_say_error(call->out, "no such fault");
		return;
	}
	farm_ports_adjust(call->router);
	say_ok(call, true);
}

static void run_faults(struct farm_call *call)
{
	farm_text_put(call->out, "{\"ok\":true");
	for (int i = 0; i < ROS_FAULT_COUNT; i++) {
		enum ros_fault_kind kind = (enum ros_fault_kind)i;

		farm_text_print(call->out, ",\"%s\":{\"armed\":%s,\"fired\":%llu}",
				ros_fault_name(kind),
				ros_fault_is_armed(call->router->ros, kind) ? "true" : "false",
				(unsigned long long)ros_fault_fired(call->router->ros, kind));
	}
	farm_text_put(call->out, "}");
}

/* ---- counters -------------------------------------------------------------------------------- */

static void run_counters(struct farm_call *call)
{
	struct ros_counters counters = ros_counters(call->router->ros);
	const struct {
		const char *name;
		uint64_t value;
	} all[] = {
		{ "connections", counters.connections },
		{ "refused", counters.refused },
		{ "logins", counters.logins },
		{ "logins_failed", counters.logins_failed },
		{ "bytes_in", counters.bytes_in },
		{ "bytes_out", counters.bytes_out },
		{ "commands", counters.commands },
		{ "prints", counters.prints },
		{ "rows_sent", counters.rows_sent },
		{ "writes", counters.writes },
		{ "writes_done", counters.writes_done },
		{ "writes_idle", counters.writes_idle },
		{ "traps", counters.traps },
		{ "tags_max", counters.tags_max },
		{ "sessions", counters.sessions },
	};

	farm_text_put(call->out, "{\"ok\":true");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		farm_text_print(call->out, ",\"%s\":%llu", all[i].name,
				(unsigned long long)all[i].value);
	farm_text_put(call->out, "}");
}

static void run_counters_reset(struct farm_call *call)
{
	ros_counters_reset(call->router->ros);
	say_ok(call, true);
}

static void run_counter(struct farm_call *call)
{
	const char *menu = strcmp(call->words[0], "any") == 0 ? NULL : call->words[0];
	const char *verb = call->count > 1 ? call->words[1] : NULL;

	farm_text_print(call->out, "{\"ok\":true,\"count\":%llu}",
			(unsigned long long)ros_counter(call->router->ros, menu, verb));
}

static void run_log(struct farm_call *call)
{
	struct ros_log_entry entry;
	int64_t from = 0;

	if (call->count > 0 && (!farm_number_read(call->words[0], &from) || from < 0))
		from = 0;
	farm_text_put(call->out, "{\"ok\":true,\"entries\":[");
	for (size_t i = (size_t)from; ros_log_read(call->router->ros, i, &entry); i++) {
		farm_text_print(call->out, "%s{\"at\":%lld,\"done\":%s,\"command\":",
				i > (size_t)from ? "," : "", (long long)entry.at,
				entry.done ? "true" : "false");
		farm_text_json(call->out, entry.command, strlen(entry.command));
		farm_text_put(call->out, ",\"outcome\":");
		farm_text_json(call->out, entry.outcome, strlen(entry.outcome));
		farm_text_put(call->out, "}");
	}
	farm_text_put(call->out, "]}");
}

/* clang-format off */
const struct farm_verb farm_verbs[] = {
	{ "help", false, 0, 0, "", "all verbs", run_help },
	{ "routers", false, 0, 0, "", "names and ports", run_routers },
	{ "advance", false, 1, 1, "SECONDS", "puts the time of all routers forward", run_advance },
	{ "quit", false, 0, 0, "", "ends the program", run_quit },
	{ "hand", true, 1, FARM_WORDS_MAX, "/menu/verb [=name=value]…",
	  "a command with all rights, as a person in WinBox", run_hand },
	{ "count", true, 1, 1, "MENU", "how many rows", run_count },
	{ "rows", true, 1, 1, "MENU", "all rows with all properties", run_rows },
	{ "read", true, 3, 3, "MENU NAME|*ID PROPERTY", "one property", run_read },
	{ "dump", true, 1, 2, "MENU [static]", "rows as text, without what moves by itself",
	  run_dump },
	{ "fill", true, 1, 3, "COUNT [PREFIX [PROFILE]]", "adds PPP secrets by hand", run_fill },
	{ "dial", true, 2, 3, "NAME PASSWORD [MAC]", "a CPE dials PPPoE once", run_dial },
	{ "dial-all", true, 0, 0, "", "every secret that is not online dials", run_dial_all },
	{ "hangup", true, 1, 1, "NAME", "the CPE hangs up", run_hangup },
	{ "cpe", true, 3, 3, "NAME PASSWORD MAC", "a CPE that dials again each 5 s", run_cpe },
	{ "cpe-forget", true, 1, 1, "NAME", "switches that CPE off", run_cpe_forget },
	{ "traffic", true, 3, 3, "NAME IN OUT", "bytes through the newest session", run_traffic },
	{ "arrive", true, 1, 1, "MAC", "a phone joins; its mac-cookie may log it in", run_arrive },
	{ "browse", true, 1, 1, "MAC", "the phone opens a page; its HTTP cookie is tried",
	  run_browse },
	{ "login", true, 3, 3, "MAC NAME PASSWORD", "its owner fills in the login page",
	  run_login },
	{ "leave", true, 1, 1, "MAC", "the phone walks away", run_leave },
	{ "is-open", true, 1, 1, "MAC", "ok is whether that phone gets through", run_is_open },
	{ "access", true, 1, 1, "NAME", "what that subscriber really has", run_access },
	{ "address", true, 1, 1, "ADDRESS", "what a customer with that fixed address has",
	  run_address },
	{ "reboot", true, 0, 1, "[DOWN-MS]", "power off and on", run_reboot },
	{ "factory-reset", true, 0, 1, "[DOWN-MS]", "configuration is gone", run_factory_reset },
	{ "latency", true, 1, 1, "MS", "each reply is released so much later", run_latency },
	{ "gmt-offset", true, 1, 1, "SECONDS", "the zone that the router's clock shows",
	  run_gmt_offset },
	{ "clock-error", true, 1, 1, "SECONDS", "the router's own clock is wrong",
	  run_clock_error },
	{ "fault", true, 1, 6,
	  "KIND [after=N] [times=N] [how=reset|end|stall] [delay=MS] [text=TEXT]",
	  "arms a fault: refuse silent mute cut-received cut-sent trap lie truncate reorder delay",
	  run_fault },
	{ "clear", true, 0, 1, "[KIND]", "disarms one fault, or all", run_clear },
	{ "faults", true, 0, 0, "", "which are armed, how often each has fired", run_faults },
	{ "counters", true, 0, 0, "", "connections, commands, writes, bytes …", run_counters },
	{ "counters-reset", true, 0, 0, "", "all to zero, the log empty", run_counters_reset },
	{ "counter", true, 1, 2, "MENU|any [VERB]", "how often that was asked", run_counter },
	{ "log", true, 0, 1, "[FROM]", "writes that were asked, oldest first", run_log },
	{ NULL, false, 0, 0, NULL, NULL, NULL },
};
/* clang-format on */
