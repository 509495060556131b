/* Subscriber: who should have access, to what, where. */
#include <stdio.h>

#include "intent/take.h"

static void build_aliases(struct reader *reader, const struct source *source,
			  struct subscriber *out)
{
	struct arena *arena = &reader->intent->arena;
	const struct node *list = node_get(source->map, "aliases");
	if (!list || list->kind != NODE_LIST || list->count > ALIASES_MAX)
		return;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct node *item = list->items[i];
		char path[32];
		if (item->kind != NODE_SCALAR || item->scalar.size == 0 || item->broken)
			continue;
		(void)snprintf(path, sizeof(path), "aliases[%u]", i);
		struct text reference = text_reference(arena, item->scalar);
		if (reference.size == 0) {
			source_error(reader, source, item, path,
				     "has nothing but spaces and dashes, which do not count: a "
				     "payer who types nothing would be this account");
			continue;
		}
		bool known = text_equal(reference, out->reference);
		for (uint32_t j = 0; j < out->alias_count; j++)
			known = known || text_equal(reference, out->alias_references[j]);
		if (known) {
			source_warning(reader, source, item, path,
				       "means the account already, for case, spaces and dashes do "
				       "not count: remove it");
			continue;
		}
		out->aliases[out->alias_count] = text_copy(arena, item->scalar);
		out->alias_references[out->alias_count++] = reference;
	}
}

static void build_password(struct reader *reader, const struct source *source,
			   struct subscriber *out)
{
	const struct node *node = node_get(source->map, "password");
	out->password_kind = PASSWORD_GENERATE;
	if (!node || node->kind != NODE_MAP)
		return;
	if (node_get(node, "keep")) {
		out->password_kind = PASSWORD_KEEP;
	} else if (!node_get(node, "generate")) {
		out->password_kind = PASSWORD_SECRET;
		out->password = take_secret(reader, source, source->map, "password");
	}
}

static void build_address(struct reader *reader, const struct source *source,
			  struct subscriber *out)
{
	const struct node *node = take_node(source->map, "address");
	uint32_t address, local;
	/* An empty or zero address would make an entry for everybody: the tables refuse both. */
	if (!node || !text_ipv4(node->scalar, &address) || address >> 24 == 0 ||
	    address >> 28 >= 14)
		return;
	out->address = text_copy(&reader->intent->arena, node->scalar);
	if (address >> 24 == 127) {
		source_error(reader, source, node, "address",
			     "is a loopback address: write one that a device can have");
		return;
	}
	const struct router *router = out->router;
	if (!router)
		return;
	if (text_ipv4(router->pppoe_local_address, &local) && local == address)
		source_error(reader, source, node, "address",
			     "is the `local_address` of Router `%.*s`: two ends of a line cannot "
			     "share it",
			     TEXT_ARG(router->name));
	for (uint32_t i = 0; i < router->pppoe_range_count; i++) {
		uint32_t first, last;
		if (text_ipv4_range(router->pppoe_ranges[i], &first, &last) && first <= address &&
		    address <= last)
			source_warning(reader, source, node, "address",
				       "lies in the range `%.*s` of Router `%.*s`, which may hand "
				       "it to somebody else: choose one outside",
				       TEXT_ARG(router->pppoe_ranges[i]), TEXT_ARG(router->name));
	}
}

/*
 * A static customer is nothing but an address: without one the queue would shape, and the list
 * shut off, everybody or nobody (the table of keys refuses 0.0.0.0 and prefixes).
 */
static void check_static(struct reader *reader, const struct source *source,
			 const struct subscriber *subscriber)
{
	const struct node *address = take_node(source->map, "address");

	if (!subscriber->package || (subscriber->package->service != SERVICE_STATIC &&
				     subscriber->package->service != SERVICE_IPOE))
		return;
	if (!address)
		source_error(reader, source, source->map, "address",
			     "`address` is missing: Package `%.*s` is `service: %s`, which "
			     "shapes and suspends by the fixed address, as 10.10.0.42",
			     TEXT_ARG(subscriber->package->name),
			     subscriber->package->service == SERVICE_IPOE ? "ipoe" : "static");
	if (subscriber->package->service == SERVICE_IPOE && !take_node(source->map, "mac"))
		source_error(reader, source, source->map, "mac",
			     "`mac` is missing: Package `%.*s` is `service: ipoe`, whose DHCP "
			     "lease is for one device, as AA:BB:CC:DD:EE:FF",
			     TEXT_ARG(subscriber->package->name));
	/* The router makes such names itself, for the queues of sessions (facts §5.1). */
	if (text_starts(subscriber->username, TEXT("<")))
		source_error(reader, source, take_node(source->map, "username"), "username",
			     "begins with `<`, as the queues that the router makes itself: choose "
			     "another");
}

/* A binding without a device would let the whole hotspot by. */
static void check_bypass(struct reader *reader, const struct source *source,
			 const struct subscriber *subscriber)
{
	const struct node *bypass = take_node(source->map, "bypass");
	const struct package *package = subscriber->package;

	if (!subscriber->bypass || !package)
		return;
	if (package->service != SERVICE_HOTSPOT)
		source_error(reader, source, bypass, "bypass",
			     "is only used with `service: hotspot`, and Package `%.*s` is not: "
			     "remove it",
			     TEXT_ARG(package->name));
	else if (!take_node(source->map, "mac"))
		source_error(reader, source, bypass, "bypass",
			     "needs `mac`: the device that the hotspot lets by, as "
			     "AA:BB:CC:DD:EE:FF");
	else
		source_warning(reader, source, bypass, "bypass",
			       "a device that a hotspot lets by is not shaped by its profile: the "
			       "speed of Package `%.*s` does not hold for it",
			       TEXT_ARG(package->name));
}

static void build_opening(const struct reader *reader, const struct source *source,
			  struct subscriber *out)
{
	const struct node *map = node_get(source->map, "opening");
	if (!map || map->kind != NODE_MAP)
		return;
	out->has_opening = true;
	out->opening_paid_until_at = take_time(reader, map, "paid_until", true);
	out->opening_balance_cents = take_cents(map, "balance");
}

static void build_subscriber(struct reader *reader, const struct source *source,
			     struct subscriber *out)
{
	struct intent *intent = reader->intent;
	const struct node *map = source->map;
	int64_t package = resolve(reader, source, "package", "Package", intent->packages,
				  intent->package_count, sizeof(struct package));
	int64_t router = resolve(reader, source, "router", "Router", intent->routers,
				 intent->router_count, sizeof(struct router));
	*out = (struct subscriber){
		.account = text_copy(&intent->arena, source->name),
		.reference = text_copy(&intent->arena, source->sorted_by),
		.title = take_text(reader, map, "title"),
		.package = package >= 0 ? &intent->packages[package] : NULL,
		.router = router >= 0 ? &intent->routers[router] : NULL,
		.username = take_text(reader, map, "username"),
		.start_at = take_time(reader, map, "start", false),
		.where = where_of(source, map),
	};
	if (out->username.size == 0)
		out->username = text_lower(&intent->arena, out->account);
	char phone[16], mac[18];
	if (text_phone(take_raw(map, "phone"), intent->tenant.country, phone))
		out->phone = text_copy(&intent->arena, text_of(phone));
	if (text_mac(take_raw(map, "mac"), mac))
		out->mac = text_copy(&intent->arena, text_of(mac));
	build_aliases(reader, source, out);
	build_password(reader, source, out);
	build_address(reader, source, out);
	out->bypass = take_bool(map, "bypass", false);
	check_static(reader, source, out);
	check_bypass(reader, source, out);
	build_opening(reader, source, out);
}

void build_subscribers(struct reader *reader)
{
	struct sources sources = sources_of(reader, &kind_subscriber);
	struct intent *intent = reader->intent;
	intent->subscribers = ARENA_ARRAY(&intent->arena, struct subscriber, sources.count);
	intent->subscriber_count = sources.count;
	for (uint32_t i = 0; i < sources.count; i++)
		build_subscriber(reader, &sources.at[i], &intent->subscribers[i]);
}
