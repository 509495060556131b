/* Site and Router: where routers stand, and how wavu reaches and treats each. */
#include <stdio.h>
#include <stdlib.h>

#include "intent/take.h"
#include "yaml/encoding.h"

void build_sites(struct reader *reader)
{
	struct sources sources = sources_of(reader, &kind_site);
	struct intent *intent = reader->intent;
	intent->sites = ARENA_ARRAY(&intent->arena, struct site, sources.count);
	intent->site_count = sources.count;
	for (uint32_t i = 0; i < sources.count; i++) {
		const struct source *source = &sources.at[i];
		intent->sites[i] = (struct site){
			.name = text_copy(&intent->arena, source->name),
			.title = take_text(reader, source->map, "title"),
			.guard = take_guard(source->map),
			.maintenance = take_maintenance(reader, source),
			.drift = take_drift(source->map),
			.menu_drifts = take_menu_drifts(reader, source->map),
			.garden = take_garden(reader, source),
			.lease = take_lease(source->map),
			.where = where_of(source, source->map),
		};
	}
}

static void build_address(struct reader *reader, const struct source *source, struct router *out)
{
	struct text host;
	uint16_t port;
	if (!endpoint_parse(take_raw(source->map, "address"), &host, &port))
		return;
	out->host = text_copy(&reader->intent->arena, host);
	if (port == 0) {
		static const uint16_t ports[] = {
			[TRANSPORT_API] = 8728,
			[TRANSPORT_API_SSL] = 8729,
			[TRANSPORT_REST] = 443,
		};
		port = out->rest_plain ? 80 : ports[out->transport];
	}
	out->port = port;
}

static void build_transport(struct reader *reader, const struct source *source, struct router *out)
{
	static const char *const transports[] = { "api", "api-ssl", "rest", NULL };
	const struct node *rest = node_get(source->map, "rest");
	out->transport = (enum router_transport)take_word(source->map, "transport", transports, 0);
	if (out->transport == TRANSPORT_REST) {
		out->rest_plain = take_bool(rest, "plain", false);
	} else if (rest) {
		source_warning(reader, source, rest, "rest",
			       "is not used without `transport: rest`");
	}
}

static void build_tls(struct reader *reader, const struct source *source, struct router *out)
{
	const struct node *tls = node_get(source->map, "tls");
	if (!tls || tls->kind != NODE_MAP)
		return;
	char fingerprint[72];
	out->tls.ca = take_secret(reader, source, tls, "ca");
	if (fingerprint_parse(take_raw(tls, "fingerprint"), fingerprint))
		out->tls.fingerprint = text_copy(&reader->intent->arena, text_of(fingerprint));
	out->tls.anonymous = take_bool(tls, "anonymous", false);

	/* libcurl ignores a pin when no certificate is asked for: the two together would lie. */
	int chosen = (node_get(tls, "ca") != NULL) + (node_get(tls, "fingerprint") != NULL) +
		     out->tls.anonymous;
	if (chosen > 1)
		source_error(reader, source, tls, "tls",
			     "write only one of `ca`, `fingerprint` and `anonymous`");
	else if (chosen == 0 && !tls->broken)
		source_error(reader, source, tls, "tls",
			     "write one of `ca`, `fingerprint` and `anonymous: true`");
	if (out->transport == TRANSPORT_API)
		source_warning(reader, source, tls, "tls",
			       "is not used with `transport: api`: write `transport: api-ssl`");
	else if (out->rest_plain)
		source_warning(reader, source, tls, "tls",
			       "is not used with `rest: { plain: true }`");
}

struct span {
	uint32_t first, last, index;
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *left = a, *right = b;
	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

/* Two ranges that share an address would hand it to two people. */
static void refuse_overlaps(struct reader *reader, const struct source *source,
			    const struct node *list, struct span *spans, uint32_t count)
{
	if (count < 2)
		return;
	qsort(spans, count, sizeof(*spans), compare_spans);
	struct span widest = spans[0];
	for (uint32_t i = 1; i < count; i++) {
		if (spans[i].first <= widest.last) {
			uint32_t later = spans[i].index, earlier = widest.index;
			if (later < earlier) {
				later = widest.index;
				earlier = spans[i].index;
			}
			char path[64];
			(void)snprintf(path, sizeof(path), "pppoe.ranges[%u]", later);
			source_error(reader, source, list->items[later], path,
				     "overlaps `%.*s` in line %u: every address may be in one "
				     "range only",
				     TEXT_ARG(list->items[earlier]->scalar),
				     list->items[earlier]->line);
		}
		if (spans[i].last > widest.last)
			widest = spans[i];
	}
}

static void build_ranges(struct reader *reader, const struct source *source,
			 const struct node *list, struct router *out)
{
	struct arena *arena = &reader->intent->arena;
	struct span *spans = ARENA_ARRAY(reader->scratch, struct span, list->count);
	out->pppoe_ranges = ARENA_ARRAY(arena, struct text, list->count);
	uint32_t local = 0;
	if (!text_ipv4(out->pppoe_local_address, &local))
		local = 0;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct node *item = list->items[i];
		uint32_t first, last;
		bool usable = item->kind == NODE_SCALAR &&
			      text_ipv4_range(item->scalar, &first, &last) && first >> 24 &&
			      last >> 28 < 14;
		if (!usable)
			continue;
		spans[out->pppoe_range_count] = (struct span){ first, last, i };
		out->pppoe_ranges[out->pppoe_range_count++] = text_copy(arena, item->scalar);
		if (local && first <= local && local <= last)
			source_warning(reader, source, item, "pppoe.ranges",
				       "contains the router's own `local_address`, which may then "
				       "be handed to a subscriber: leave it out");
	}
	refuse_overlaps(reader, source, list, spans, out->pppoe_range_count);
}

static void build_services(struct reader *reader, const struct source *source, struct router *out)
{
	const struct node *pppoe = node_get(source->map, "pppoe");
	if (pppoe && pppoe->kind == NODE_MAP) {
		const struct node *ranges = node_get(pppoe, "ranges");
		out->has_pppoe = true;
		out->pppoe_local_address = take_text(reader, pppoe, "local_address");
		out->pppoe_pool = take_text(reader, pppoe, "pool");
		if (ranges && ranges->kind == NODE_LIST && ranges->count) {
			if (out->pppoe_pool.size == 0)
				out->pppoe_pool = TEXT("wavu-pppoe");
			build_ranges(reader, source, ranges, out);
		}
	}
	const struct node *hotspot = node_get(source->map, "hotspot");
	out->static_parent = take_text(reader, node_get(source->map, "static"), "parent");
	out->hotspot_server = TEXT("all");
	if (hotspot && hotspot->kind == NODE_MAP) {
		out->has_hotspot = true;
		if (take_raw(hotspot, "server").size)
			out->hotspot_server = take_text(reader, hotspot, "server");
	}
}

static void build_router(struct reader *reader, const struct source *source, struct router *out)
{
	static const char *const firewalls[] = { "report", "manage", NULL };
	static const char *const modes[] = { "observe", "adopt", "manage", NULL };
	struct intent *intent = reader->intent;
	const struct node *map = source->map;
	int64_t site = resolve(reader, source, "site", "Site", intent->sites, intent->site_count,
			       sizeof(struct site));
	*out = (struct router){
		.name = text_copy(&intent->arena, source->name),
		.site = site >= 0 ? &intent->sites[site] : NULL,
		.user = take_text(reader, map, "user"),
		.password = take_secret(reader, source, map, "password"),
		.mode = (enum router_mode)take_word(map, "mode", modes, 0),
		.manages_firewall = take_word(map, "firewall", firewalls, 0) == 1,
		.guard = take_guard(map),
		.maintenance = take_maintenance(reader, source),
		.drift = take_drift(map),
		.menu_drifts = take_menu_drifts(reader, map),
		.garden = take_garden(reader, source),
		.lease = take_lease(map),
		.where = where_of(source, map),
	};
	build_transport(reader, source, out);
	build_address(reader, source, out);
	build_tls(reader, source, out);
	const struct node *pause = node_get(map, "pause");
	if (pause && pause->kind == NODE_MAP) {
		out->pause_until_at = take_time(reader, pause, "until", false);
		out->pause_reason = take_text(reader, pause, "reason");
	}
	build_services(reader, source, out);
	build_wall(reader, source, out);
}

static int compare_addresses(const void *a, const void *b)
{
	const struct router *const *left = a, *const *right = b;
	int order = text_compare((*left)->host, (*right)->host);
	if (order)
		return order;
	if ((*left)->port != (*right)->port)
		return (*left)->port < (*right)->port ? -1 : 1;
	return text_compare((*left)->name, (*right)->name);
}

/* Two names for one device: both would write to it, each undoing the other. */
static void warn_shared_addresses(struct reader *reader, const struct sources *sources)
{
	struct intent *intent = reader->intent;
	uint32_t count = intent->router_count;
	if (count < 2)
		return;
	const struct router **sorted = ARENA_ARRAY(reader->scratch, const struct router *, count);
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = &intent->routers[i];
	qsort(sorted, count, sizeof(*sorted), compare_addresses);
	for (uint32_t i = 1; i < count; i++) {
		const struct router *one = sorted[i - 1], *other = sorted[i];
		if (!one->host.size || one->port != other->port ||
		    !text_equal(one->host, other->host))
			continue;
		const struct source *source = &sources->at[other - intent->routers];
		source_warning(reader, source, take_node(source->map, "address"), "address",
			       "Router `%.*s` has the same address: is this one device?",
			       TEXT_ARG(one->name));
	}
}

void build_routers(struct reader *reader)
{
	struct sources sources = sources_of(reader, &kind_router);
	struct intent *intent = reader->intent;
	intent->routers = ARENA_ARRAY(&intent->arena, struct router, sources.count);
	intent->router_count = sources.count;
	for (uint32_t i = 0; i < sources.count; i++)
		build_router(reader, &sources.at[i], &intent->routers[i]);
	warn_shared_addresses(reader, &sources);
}
