#include "intent/index.h"

#include <stdlib.h>

#include "base/digest.h"
#include "intent/reader.h"

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = text_compare(left->by, right->by);
	return order ? order
		     : text_compare(left->subscriber->reference, right->subscriber->reference);
}

static void sort(struct entries *entries)
{
	if (entries->count)
		qsort(entries->at, entries->count, sizeof(*entries->at), compare_entries);
}

static void add(struct entries *entries, struct text by, const struct subscriber *subscriber)
{
	entries->at[entries->count++] = (struct entry){ by, subscriber };
}

static void group_by_router(struct intent *intent, struct intent_index *index)
{
	struct arena *arena = &intent->arena;
	uint32_t routers = intent->router_count, count = intent->subscriber_count;
	index->router_start = ARENA_ARRAY(arena, uint32_t, (size_t)routers + 1);
	index->by_router = ARENA_ARRAY(arena, const struct subscriber *, count);
	uint32_t *next = ARENA_ARRAY(arena, uint32_t, (size_t)routers + 1);
	for (uint32_t i = 0; i < count; i++)
		next[intent->subscribers[i].router - intent->routers]++;
	for (uint32_t i = 0, start = 0; i <= routers; i++) {
		index->router_start[i] = start;
		start += next[i];
		next[i] = index->router_start[i];
	}
	for (uint32_t i = 0; i < count; i++)
		index->by_router[next[intent->subscribers[i].router - intent->routers]++] =
		    &intent->subscribers[i];
}

void index_build(struct intent *intent)
{
	struct arena *arena = &intent->arena;
	struct intent_index *index = ARENA_NEW(arena, struct intent_index);
	uint32_t count = intent->subscriber_count, aliases = 0;
	for (uint32_t i = 0; i < count; i++)
		aliases += intent->subscribers[i].alias_count;
	index->aliases.at = ARENA_ARRAY(arena, struct entry, aliases);
	index->phones.at = ARENA_ARRAY(arena, struct entry, count);
	index->phone_hashes.at = ARENA_ARRAY(arena, struct entry, count);
	index->usernames.at = ARENA_ARRAY(arena, struct entry, count);
	for (uint32_t i = 0; i < count; i++) {
		const struct subscriber *subscriber = &intent->subscribers[i];
		for (uint32_t j = 0; j < subscriber->alias_count; j++)
			add(&index->aliases, subscriber->alias_references[j], subscriber);
		add(&index->usernames, subscriber->username, subscriber);
		if (subscriber->phone.size == 0)
			continue;
		struct digest digest = digest_of(subscriber->phone);
		char hex[65];
		digest_hex(&digest, hex);
		add(&index->phones, subscriber->phone, subscriber);
		add(&index->phone_hashes, text_copy(arena, text_of(hex)), subscriber);
	}
	sort(&index->aliases);
	sort(&index->phones);
	sort(&index->phone_hashes);
	sort(&index->usernames);
	group_by_router(intent, index);
	intent->index = index;
}

/* Where the entries of one text begin, or would. */
static uint32_t begin_of(const struct entries *entries, struct text by)
{
	uint32_t low = 0, high = entries->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (text_compare(entries->at[middle].by, by) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct entries *entries, uint32_t at, struct text by)
{
	return at < entries->count && text_equal(entries->at[at].by, by);
}

/* The hits of one text, at most two told apart. */
static uint32_t find(const struct entries *entries, struct text by, const struct subscriber **first)
{
	uint32_t at = begin_of(entries, by);
	*first = NULL;
	if (!is_at(entries, at, by))
		return 0;
	*first = entries->at[at].subscriber;
	return is_at(entries, at + 1, by) ? 2 : 1;
}

/* All hits of one text; the first `max` of them are given. */
static uint32_t find_all(const struct entries *entries, struct text by,
			 const struct subscriber **found, uint32_t max)
{
	uint32_t count = 0;
	for (uint32_t at = begin_of(entries, by); is_at(entries, at, by); at++, count++)
		if (count < max)
			found[count] = entries->at[at].subscriber;
	return count;
}

uint32_t intent_by_alias(const struct intent *intent, struct text reference,
			 const struct subscriber **first)
{
	return find(&intent->index->aliases, reference, first);
}

uint32_t intent_by_phone(const struct intent *intent, struct text e164,
			 const struct subscriber **first)
{
	return find(&intent->index->phones, e164, first);
}

uint32_t intent_by_phone_hash(const struct intent *intent, struct text sha256_hex,
			      const struct subscriber **first)
{
	return find(&intent->index->phone_hashes, sha256_hex, first);
}

uint32_t intent_by_username(const struct intent *intent, struct text username,
			    const struct subscriber **first)
{
	return find(&intent->index->usernames, username, first);
}

uint32_t intent_named(const struct intent *intent, struct text thing,
		      const struct subscriber **found, uint32_t max, struct arena *arena)
{
	struct text reference = text_reference(arena, thing);
	const struct subscriber *one = intent_subscriber(intent, reference);
	char phone[16];
	invariant(max > 0);
	if (one == NULL && intent_by_alias(intent, reference, &one) != 1)
		one = NULL;
	if (one != NULL) {
		found[0] = one;
		return 1;
	}
	uint32_t count = find_all(&intent->index->usernames, thing, found, max);
	if (count == 0 && text_phone(thing, intent->tenant.country, phone))
		count = find_all(&intent->index->phones, text_of(phone), found, max);
	return count;
}

void intent_subscribers_of(const struct intent *intent, const struct router *router,
			   const struct subscriber *const **out, uint32_t *count)
{
	const struct intent_index *index = intent->index;
	uint32_t at = (uint32_t)(router - intent->routers);
	invariant(at < intent->router_count);
	*out = index->by_router + index->router_start[at];
	*count = index->router_start[at + 1] - index->router_start[at];
}

const struct router *intent_router(const struct intent *intent, struct text name)
{
	uint32_t low = 0, high = intent->router_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(intent->routers[middle].name, name);
		if (order == 0)
			return &intent->routers[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct package *intent_package(const struct intent *intent, struct text name)
{
	uint32_t low = 0, high = intent->package_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(intent->packages[middle].name, name);
		if (order == 0)
			return &intent->packages[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* There are a handful: no order is worth keeping. */
const struct channel *intent_channel(const struct intent *intent, struct text name)
{
	for (uint32_t i = 0; i < intent->tenant.channel_count; i++)
		if (text_equal(intent->tenant.channels[i].name, name))
			return &intent->tenant.channels[i];
	return NULL;
}

const struct subscriber *intent_subscriber(const struct intent *intent, struct text reference)
{
	uint32_t low = 0, high = intent->subscriber_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(intent->subscribers[middle].reference, reference);
		if (order == 0)
			return &intent->subscribers[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
