/* What crosses subscribers: two who would answer to one reference, one username or one address. */
#include <stdio.h>
#include <stdlib.h>

#include "intent/take.h"
#include "yaml/encoding.h"

/* Something that must be unique, and where it was written. */
struct claim {
	struct text by;              /* what is compared first */
	const struct router *router; /* and then these two, where they matter */
	enum service service;
	const struct source *source;
	const struct node *node;
	int32_t alias; /* its index, or -1 */
};

static int compare_values(const struct claim *left, const struct claim *right)
{
	if (left->router != right->router)
		return (uintptr_t)left->router < (uintptr_t)right->router ? -1 : 1;
	if (left->service != right->service)
		return left->service < right->service ? -1 : 1;
	return text_compare(left->by, right->by);
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *left = a, *right = b;
	int order = compare_values(left, right);
	if (order)
		return order;
	if (left->source->order != right->source->order)
		return left->source->order < right->source->order ? -1 : 1;
	return left->alias < right->alias ? -1 : left->alias > right->alias;
}

typedef void tell_clash(struct reader *reader, const struct claim *first,
			const struct claim *second);

/* Each claim that an earlier one of the files has made already is told once, against the first. */
static void find_clashes(struct reader *reader, struct claim *claims, uint32_t count,
			 tell_clash *tell)
{
	if (count < 2)
		return;
	qsort(claims, count, sizeof(*claims), compare_claims);
	uint32_t first = 0;
	for (uint32_t i = 1; i < count; i++) {
		if (compare_values(&claims[first], &claims[i]) == 0)
			tell(reader, &claims[first], &claims[i]);
		else
			first = i;
	}
}

static struct text place_of(struct reader *reader, const struct claim *claim)
{
	struct where where = where_of(claim->source, claim->node);
	return place_text(reader, &where);
}

static void tell_reference(struct reader *reader, const struct claim *first,
			   const struct claim *second)
{
	char path[32] = "name";
	if (second->alias >= 0)
		(void)snprintf(path, sizeof(path), "aliases[%d]", second->alias);
	source_error(reader, second->source, second->node, path,
		     "`%.*s` means account `%.*s` already, by %s at %.*s: case, spaces and dashes "
		     "do not count",
		     TEXT_ARG(encoding_shown(reader->scratch, second->node->scalar)),
		     TEXT_ARG(encoding_shown(reader->scratch, first->source->name)),
		     first->alias >= 0 ? "an alias" : "its name",
		     TEXT_ARG(place_of(reader, first)));
}

static void check_references(struct reader *reader, const struct sources *sources)
{
	const struct intent *intent = reader->intent;
	uint32_t count = 0, capacity = sources->count;
	for (uint32_t i = 0; i < sources->count; i++)
		capacity += intent->subscribers[i].alias_count;
	struct claim *claims = ARENA_ARRAY(reader->scratch, struct claim, capacity);
	for (uint32_t i = 0; i < sources->count; i++) {
		const struct subscriber *subscriber = &intent->subscribers[i];
		const struct source *source = &sources->at[i];
		const struct node *list = node_get(source->map, "aliases");
		if (subscriber->reference.size == 0)
			continue;
		claims[count++] = (struct claim){ .by = subscriber->reference,
						  .source = source,
						  .node = source->name_node,
						  .alias = -1 };
		/* An alias that was refused or repeats has no place among the subscriber's. */
		for (uint32_t j = 0, item = 0; j < subscriber->alias_count; j++, item++) {
			while (list->items[item]->kind != NODE_SCALAR ||
			       !text_equal(list->items[item]->scalar, subscriber->aliases[j]))
				item++;
			claims[count++] = (struct claim){
				.by = subscriber->alias_references[j],
				.source = source,
				.node = list->items[item],
				.alias = (int32_t)item,
			};
		}
	}
	find_clashes(reader, claims, count, tell_reference);
}

static void tell_username(struct reader *reader, const struct claim *first,
			  const struct claim *second)
{
	bool written = take_node(second->source->map, "username") != NULL;
	source_error(reader, second->source, second->node, "username",
		     "username `%.*s`%s is taken on Router `%.*s` by `%.*s` at %.*s: give one of "
		     "them another `username`",
		     TEXT_ARG(encoding_shown(reader->scratch, second->by)),
		     written ? "" : " (the account in lower case)", TEXT_ARG(second->router->name),
		     TEXT_ARG(encoding_shown(reader->scratch, first->source->name)),
		     TEXT_ARG(place_of(reader, first)));
}

static void tell_address(struct reader *reader, const struct claim *first,
			 const struct claim *second)
{
	source_error(reader, second->source, second->node, "address",
		     "is the address of `%.*s` on Router `%.*s` already, at %.*s: every fixed "
		     "address may be used once",
		     TEXT_ARG(encoding_shown(reader->scratch, first->source->name)),
		     TEXT_ARG(second->router->name), TEXT_ARG(place_of(reader, first)));
}

/* Static and ipoe customers both have a queue of their name. */
static enum service names_of(enum service service)
{
	return service == SERVICE_IPOE ? SERVICE_STATIC : service;
}

static void tell_device(struct reader *reader, const struct claim *first,
			const struct claim *second)
{
	source_error(reader, second->source, second->node, "mac",
		     "is the device of `%.*s` on Router `%.*s` already, at %.*s: a router has one "
		     "row a device there",
		     TEXT_ARG(encoding_shown(reader->scratch, first->source->name)),
		     TEXT_ARG(second->router->name), TEXT_ARG(place_of(reader, first)));
}

/* The router refuses a second lease, or a second binding, of one device (facts §1.5). */
static void check_devices(struct reader *reader, const struct sources *sources)
{
	const struct intent *intent = reader->intent;
	struct claim *claims = ARENA_ARRAY(reader->scratch, struct claim, sources->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < sources->count; i++) {
		const struct subscriber *subscriber = &intent->subscribers[i];
		if (!subscriber->router || !subscriber->package || !subscriber->mac.size ||
		    !(subscriber->bypass || subscriber->package->service == SERVICE_IPOE))
			continue;
		claims[count++] = (struct claim){
			.by = subscriber->mac,
			.router = subscriber->router,
			.service = subscriber->package->service,
			.source = &sources->at[i],
			.node = take_node(sources->at[i].map, "mac"),
			.alias = -1,
		};
	}
	find_clashes(reader, claims, count, tell_device);
}

static void check_usernames(struct reader *reader, const struct sources *sources)
{
	const struct intent *intent = reader->intent;
	struct claim *claims = ARENA_ARRAY(reader->scratch, struct claim, sources->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < sources->count; i++) {
		const struct subscriber *subscriber = &intent->subscribers[i];
		const struct source *source = &sources->at[i];
		const struct node *node = take_node(source->map, "username");
		if (!subscriber->router || !subscriber->package || !subscriber->username.size)
			continue;
		claims[count++] = (struct claim){
			.by = subscriber->username,
			.router = subscriber->router,
			.service = names_of(subscriber->package->service),
			.source = source,
			.node = node ? node : source->name_node,
			.alias = -1,
		};
	}
	find_clashes(reader, claims, count, tell_username);
}

static void check_addresses(struct reader *reader, const struct sources *sources)
{
	const struct intent *intent = reader->intent;
	struct claim *claims = ARENA_ARRAY(reader->scratch, struct claim, sources->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < sources->count; i++) {
		const struct subscriber *subscriber = &intent->subscribers[i];
		if (!subscriber->router || !subscriber->address.size)
			continue;
		claims[count++] = (struct claim){
			.by = subscriber->address,
			.router = subscriber->router,
			.source = &sources->at[i],
			.node = take_node(sources->at[i].map, "address"),
			.alias = -1,
		};
	}
	find_clashes(reader, claims, count, tell_address);
}

/* ---- packages that take over a profile ---- */

struct taker {
	const struct router *router;
	const struct package *package;
	const struct source *source;
};

static int compare_takers(const void *a, const void *b)
{
	const struct taker *left = a, *right = b;
	int order;
	if (left->router != right->router)
		return (uintptr_t)left->router < (uintptr_t)right->router ? -1 : 1;
	if (left->package->service != right->package->service)
		return left->package->service < right->package->service ? -1 : 1;
	order = text_compare(left->package->profile, right->package->profile);
	if (order)
		return order;
	return left->source->order < right->source->order ? -1 : 1;
}

/* One profile of one router cannot be two packages: each would write its own speed to it. */
static void check_profiles(struct reader *reader, const struct sources *sources)
{
	const struct intent *intent = reader->intent;
	struct taker *takers = ARENA_ARRAY(reader->scratch, struct taker, sources->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < sources->count; i++) {
		const struct subscriber *one = &intent->subscribers[i];
		if (one->router && one->package && one->package->profile.size)
			takers[count++] = (struct taker){ one->router, one->package,
							  &sources->at[i] };
	}
	if (count < 2)
		return;
	qsort(takers, count, sizeof(*takers), compare_takers);
	for (uint32_t i = 1; i < count; i++) {
		const struct taker *one = &takers[i - 1], *other = &takers[i];
		if (one->router != other->router || one->package == other->package ||
		    one->package->service != other->package->service ||
		    !text_equal(one->package->profile, other->package->profile))
			continue;
		source_error(reader, other->source, take_node(other->source->map, "package"),
			     "package",
			     "Packages `%.*s` and `%.*s` both take over the profile `%.*s` of "
			     "Router `%.*s`: use one of them there",
			     TEXT_ARG(one->package->name), TEXT_ARG(other->package->name),
			     TEXT_ARG(encoding_shown(reader->scratch, other->package->profile)),
			     TEXT_ARG(other->router->name));
	}
}

void check_all(struct reader *reader)
{
	struct sources sources = sources_of(reader, &kind_subscriber);
	if (sources.count == 0)
		return;
	check_references(reader, &sources);
	check_usernames(reader, &sources);
	check_addresses(reader, &sources);
	check_devices(reader, &sources);
	check_profiles(reader, &sources);
}
