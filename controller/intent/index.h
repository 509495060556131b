/*
 * How an intent's finders find: arrays of subscribers sorted by what is asked for. Lies in the
 * intent's arena, immutable; any thread. Used by this room only.
 */
#pragma once

#include "intent/intent.h"

struct entry {
	struct text by;
	const struct subscriber *subscriber;
};

struct entries {
	struct entry *at;
	uint32_t count;
};

struct intent_index {
	struct entries aliases, phones, phone_hashes, usernames;
	const struct subscriber **by_router; /* grouped in the order of intent->routers */
	uint32_t *router_start;              /* router_count + 1 of them */
};
