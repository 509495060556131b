/* What stays reachable without having paid: gardens, the wall of the suspended; and the rest of a
 * router's menus. */
#include <stdio.h>
#include <string.h>

#include "intent/take.h"
#include "yaml/encoding.h"

struct menu_drifts take_menu_drifts(struct reader *reader, const struct node *map)
{
	const struct node *node = node_get(map, "drift_menus");
	struct menu_drifts out = { NULL, 0 };
	if (!node || node->kind != NODE_MAP || node->count == 0)
		return out;
	out.at = ARENA_ARRAY(&reader->intent->arena, struct menu_drift, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		const struct pair *pair = &node->pairs[i];
		out.at[out.count++] = (struct menu_drift){
			.menu = text_copy(&reader->intent->arena, pair->key),
			.drift = text_is(pair->value->scalar, "report") ? DRIFT_REPORT : DRIFT_HEAL,
		};
	}
	return out;
}

/* ---- gardens ---- */

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '_';
}

/* NULL, or why it is no host. A wildcard that every host matches would make access free. */
static const char *host_flaw(struct text host)
{
	uint32_t letters = 0, stars = 0;
	for (uint32_t i = 0; i < host.size; i++) {
		if (host.at[i] == '*') {
			stars++;
			continue;
		}
		if (!is_host_byte(host.at[i]))
			return "is no host name: write one without scheme, port or path, as "
			       "pay.example.co.ke or *.example.co.ke";
		letters += host.at[i] != '.';
	}
	if (letters == 0)
		return "is every host, which would let everybody go everywhere: write one, as "
		       "pay.example.co.ke";
	/* "*.ke" or "*ke": whole countries are no garden. */
	if (stars != 0 && !memchr(host.at + 2, '.', host.size > 2 ? host.size - 2 : 0))
		return "is a wildcard over a whole top level domain: name one organisation, as "
		       "*.example.co.ke";
	return NULL;
}

static void take_hosts(struct reader *reader, const struct source *source, const struct node *list,
		       struct garden *out)
{
	out->hosts = ARENA_ARRAY(&reader->intent->arena, struct text, list->count);
	for (uint32_t i = 0; i < list->count; i++) {
		const struct node *item = list->items[i];
		char path[64];
		/* What is empty was told already. */
		if (item->kind != NODE_SCALAR || item->broken || item->scalar.size == 0)
			continue;
		const char *flaw = host_flaw(item->scalar);
		(void)snprintf(path, sizeof(path), "hotspot.walled_garden[%u]", i);
		if (flaw)
			source_error(reader, source, item, path, "`%.*s` %s",
				     TEXT_ARG(encoding_shown(reader->scratch, item->scalar)), flaw);
		else
			out->hosts[out->host_count++] =
			    text_lower(&reader->intent->arena, item->scalar);
	}
}

static uint32_t take_ranges(struct reader *reader, const struct node *list, struct text **out)
{
	uint32_t count = 0;
	*out = ARENA_ARRAY(&reader->intent->arena, struct text, list->count);
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t first, last;
		const struct node *item = list->items[i];
		if (item->kind == NODE_SCALAR && text_ipv4_range(item->scalar, &first, &last) &&
		    last - first < UINT32_MAX)
			(*out)[count++] = text_copy(&reader->intent->arena, item->scalar);
	}
	return count;
}

struct garden take_garden(struct reader *reader, const struct source *source)
{
	const struct node *hotspot = node_get(source->map, "hotspot");
	struct garden out = { 0 };
	if (!hotspot || hotspot->kind != NODE_MAP)
		return out;
	const struct node *hosts = node_get(hotspot, "walled_garden");
	const struct node *ranges = node_get(hotspot, "walled_garden_ip");
	if (hosts && hosts->kind == NODE_LIST)
		take_hosts(reader, source, hosts, &out);
	if (ranges && ranges->kind == NODE_LIST)
		out.address_count = take_ranges(reader, ranges, &out.addresses);
	return out;
}

/* ---- the wall ---- */

void build_wall(struct reader *reader, const struct source *source, struct router *out)
{
	const struct node *wall = node_get(source->map, "wall");
	out->dhcp_server = take_text(reader, node_get(source->map, "dhcp"), "server");
	if (out->dhcp_server.size == 0)
		out->dhcp_server = TEXT("all");
	if (!wall || wall->kind != NODE_MAP)
		return;
	const struct node *page = take_node(wall, "page"), *garden = node_get(wall, "garden");
	uint32_t address;
	struct text host;
	if (page && endpoint_parse(page->scalar, &host, &out->wall_page_port)) {
		/* The rule that sends them there takes an address, no name (manual, NAT). */
		if (!text_ipv4(host, &address) || address >> 24 == 0)
			source_error(reader, source, page, "wall.page",
				     "must begin with an IPv4 address, as 10.66.0.1:8480: the "
				     "router sends people to it by address");
		out->wall_page = text_copy(&reader->intent->arena, host);
		if (out->wall_page_port == 0)
			out->wall_page_port = 80;
	}
	if (garden && garden->kind == NODE_LIST)
		out->wall_garden_count = take_ranges(reader, garden, &out->wall_garden);
	if (!out->manages_firewall)
		source_warning(reader, source, wall, "wall",
			       "is not used without `firewall: manage`: `wavu router check` says "
			       "which rules to make by hand");
}
