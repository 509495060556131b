/* A fixed address behind the router: which rules and queues its packets meet, in their order. */
#include "world/ros_inside.h"

#include <stdio.h>
#include <string.h>

#define JUMPS_MAX 8

/* One packet from that address to somewhere in the internet. */
struct packet {
	uint32_t from;
	bool established; /* of a connection that was there before */
};

enum fate {
	FATE_ON, /* the chain ended without a word */
	FATE_ACCEPT,
	FATE_STOPPED,
	FATE_FASTTRACK,
};

static bool list_has(const struct ros *ros, struct ros_text list, uint32_t address)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_address_list);

	for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
		uint32_t first, last;

		if (!ros_row_flag(ros, table, row, "disabled") &&
		    ros_text_same(ros_row_text(ros, table, row, "list"), list) &&
		    ros_range_parse(ros_row_text(ros, table, row, "address"), &first, &last) &&
		    first <= address && address <= last)
			return true;
	}
	return false;
}

/* "!x" turns a matcher round; what is not set matches all. */
static bool is_turned(struct ros_text *value)
{
	if (value->size == 0 || value->bytes[0] != '!')
		return false;
	value->bytes++;
	value->size--;
	return true;
}

static bool from_matches(const struct ros *ros, const struct ros_table *table,
			 const struct ros_row *rule, const struct packet *packet)
{
	struct ros_text list = ros_row_text(ros, table, rule, "src-address-list");
	struct ros_text range = ros_row_text(ros, table, rule, "src-address");
	bool turned = is_turned(&list), turned_range = is_turned(&range);
	uint32_t first, last;

	if (list.size > 0 && list_has(ros, list, packet->from) == turned)
		return false;
	return range.size == 0 || (ros_range_parse(range, &first, &last) &&
				   (first <= packet->from && packet->from <= last) != turned_range);
}

/* The internet at large is in nobody's list, so only "not in that list" matches it. */
static bool towards_matches(const struct ros *ros, const struct ros_table *table,
			    const struct ros_row *rule)
{
	static const char *const narrow[] = { "dst-address",  "protocol",	"src-port",
					      "dst-port",     "in-interface",	"out-interface",
					      "hotspot",      "in-interface-list",
					      "out-interface-list" };
	struct ros_text list = ros_row_text(ros, table, rule, "dst-address-list");

	/* A rule about some of the traffic is no answer about all of it. */
	for (size_t i = 0; i < ROS_COUNT(narrow); i++)
		if (ros_row_text(ros, table, rule, narrow[i]).size > 0)
			return false;
	return list.size == 0 || list.bytes[0] == '!';
}

static bool state_matches(struct ros_text states, const struct packet *packet)
{
	struct ros_text one;

	if (states.size == 0)
		return true;
	while (ros_text_cut(&states, ',', &one))
		if (ros_text_is(one, packet->established ? "established" : "new"))
			return true;
	return false;
}

static enum fate chain_walk(const struct ros *ros, const struct ros_menu *menu,
			    struct ros_text chain, const struct packet *packet, int depth)
{
	const struct ros_table *table = ros_table_of(ros, menu);

	for (const struct ros_row *rule = table->first; rule != NULL; rule = rule->next) {
		struct ros_text action = ros_row_text(ros, table, rule, "action");
		enum fate fate = FATE_ON;

		if (ros_row_flag(ros, table, rule, "disabled") ||
		    !ros_text_same(ros_row_text(ros, table, rule, "chain"), chain) ||
		    !from_matches(ros, table, rule, packet) ||
		    !towards_matches(ros, table, rule) ||
		    !state_matches(ros_row_text(ros, table, rule, "connection-state"), packet))
			continue;
		if (ros_text_is(action, "accept"))
			return FATE_ACCEPT;
		/* The rest of such a connection meets neither rules nor simple queues (§5.1). */
		if (ros_text_is(action, "fasttrack-connection"))
			return FATE_FASTTRACK;
		if (ros_text_is(action, "drop") || ros_text_is(action, "reject") ||
		    ros_text_is(action, "tarpit") || ros_text_is(action, "dst-nat") ||
		    ros_text_is(action, "redirect"))
			return FATE_STOPPED;
		if (ros_text_is(action, "return"))
			return FATE_ON;
		if (ros_text_is(action, "jump") && depth < JUMPS_MAX)
			fate = chain_walk(ros, menu, ros_row_text(ros, table, rule, "jump-target"),
					  packet, depth + 1);
		if (fate != FATE_ON)
			return fate;
	}
	return FATE_ON;
}

/* Strictly ordered: the first queue whose target it is has it (§5.3). */
static void queue_find(struct ros *ros, uint32_t address, struct ros_access *out)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_queue_simple);

	for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
		struct ros_text targets = ros_row_text(ros, table, row, "target"), one, rates;
		uint32_t first, last;
		bool is_it = false;

		while (ros_text_cut(&targets, ',', &one))
			is_it |= ros_range_parse(one, &first, &last) && first <= address &&
				 address <= last;
		if (!is_it || ros_row_flag(ros, table, row, "disabled"))
			continue;
		rates = ros_row_text(ros, table, row, "max-limit");
		ros_text_cut(&rates, '/', &one);
		out->shaped = ros_rate_parse(one, &out->upload) &&
			      ros_rate_parse(rates, &out->download) &&
			      (out->upload != 0 || out->download != 0);
		return;
	}
}

bool ros_address_access(struct ros *ros, const char *address, struct ros_access *out)
{
	struct packet fresh = { 0 }, old;
	enum fate fate;
	uint32_t last;

	memset(out, 0, sizeof(*out));
	if (!ros_range_parse(ros_text_of(address), &fresh.from, &last))
		return false;
	snprintf(out->address, sizeof(out->address), "%s", address);
	old = fresh;
	old.established = true;
	fate = chain_walk(ros, &ros_menu_filter, ros_text_of("forward"), &fresh, 0);
	out->open = fate != FATE_STOPPED;
	/* Only the first packet of a connection meets NAT. */
	if (chain_walk(ros, &ros_menu_nat, ros_text_of("dstnat"), &fresh, 0) == FATE_STOPPED)
		out->open = false;
	queue_find(ros, fresh.from, out);
	fate = chain_walk(ros, &ros_menu_filter, ros_text_of("forward"), &old, 0);
	out->lingers = fate != FATE_STOPPED;
	if (fate == FATE_FASTTRACK)
		out->shaped = false;
	out->walled = !out->open;
	return out->open;
}
