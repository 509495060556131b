/*
 * A former commit and those who came since: what a router goes by that waits for a newer commit.
 * Nobody who pays has to wait for what is changed about others. Everything stays the former
 * commit's, the newcomer's package too.
 */
#include "intent/intent.h"

#include <stdatomic.h>
#include <string.h>

#include "intent/reader.h"

/* What no two people of one router may share: each was checked within one commit only. */
static bool clash(const struct subscriber *one, const struct subscriber *other)
{
	return text_equal(one->username, other->username) ||
	       (one->address.size > 0 && text_equal(one->address, other->address)) ||
	       (one->mac.size > 0 && text_equal(one->mac, other->mac)) ||
	       /* Two packages that take over one profile would each write their speed to it. */
	       (one->package != other->package && one->package->profile.size > 0 &&
		text_equal(one->package->profile, other->package->profile));
}

/* Somebody of `next` as he would be by the former commit. False: it has no place for him. */
static bool place(struct subscriber *out, const struct intent *former, const struct intent *next,
		  const struct subscriber *one)
{
	const struct subscriber *const *people;
	uint32_t count;

	*out = *one;
	out->router = intent_router(former, one->router->name);
	out->package = intent_package(former, one->package->name);
	if (intent_subscriber(former, one->reference) || !out->router || !out->package ||
	    out->package->service != one->package->service ||
	    (out->address.size > 0 && text_equal(out->address, out->router->pppoe_local_address)))
		return false;
	intent_subscribers_of(former, out->router, &people, &count);
	for (uint32_t i = 0; i < count; i++)
		if (clash(out, people[i]))
			return false;
	/* Those who came together were checked by their own packages, not by these. */
	intent_subscribers_of(next, one->router, &people, &count);
	for (uint32_t i = 0; out->package->profile.size > 0 && i < count; i++) {
		const struct package *other = intent_package(former, people[i]->package->name);
		if (other && other != out->package &&
		    text_equal(other->profile, out->package->profile))
			return false;
	}
	return true;
}

/* All of the former commit but its people. */
static struct intent *make(const struct intent *former)
{
	struct arena arena;
	struct intent *out;

	arena_open(&arena, INTENT_ARENA_SIZE);
	out = ARENA_NEW(&arena, struct intent);
	memcpy(out->commit, former->commit, sizeof(out->commit));
	out->tenant = former->tenant;
	out->sites = former->sites;
	out->site_count = former->site_count;
	out->routers = former->routers;
	out->router_count = former->router_count;
	out->packages = former->packages;
	out->package_count = former->package_count;
	out->policies = former->policies;
	out->policy_count = former->policy_count;
	out->arena = arena;
	atomic_init(&out->references, 1);
	return out;
}

/* Both are in order of reference, and nobody is in both. */
static void merge(struct intent *into, const struct intent *former,
		  const struct subscriber *newcomers, uint32_t count)
{
	uint32_t i = 0, k = 0;

	into->subscribers = ARENA_ARRAY(&into->arena, struct subscriber,
					(size_t)former->subscriber_count + count);
	while (i < former->subscriber_count || k < count) {
		bool first = k == count || (i < former->subscriber_count &&
					    text_compare(former->subscribers[i].reference,
							 newcomers[k].reference) < 0);
		into->subscribers[into->subscriber_count++] = first ? former->subscribers[i++]
								    : newcomers[k++];
	}
}

struct intent *intent_with_newcomers(const struct intent *former, const struct intent *next)
{
	struct arena scratch;
	struct subscriber *newcomers;
	struct intent *out = NULL;
	uint32_t count = 0;

	arena_open(&scratch, INTENT_ARENA_SIZE);
	newcomers = ARENA_ARRAY(&scratch, struct subscriber, next->subscriber_count + 1u);
	for (uint32_t i = 0; i < next->subscriber_count; i++)
		count += place(&newcomers[count], former, next, &next->subscribers[i]);
	if (count > 0) {
		out = make(former);
		merge(out, former, newcomers, count);
		out->former = intent_hold(former);
		out->next = intent_hold(next);
		index_build(out);
	}
	arena_close(&scratch);
	return out;
}
