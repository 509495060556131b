/*
 * How a payment is answered before it is made: accepted, unless the channel says `validation:
 * refuse` and the street knows for certain that nobody expects it. One read of the street's file,
 * no network; any thread. It stores nothing and grants nothing, and every doubt is an acceptance.
 */
#pragma once

#include "provider/json.h"
#include "webhook/channels.h"

/* What the controller has not called right for so long is stale: who would be refused by it may
 * have become a customer. */
#define EXPECTED_STALE_US (INT64_C(15) * 60 * 1000000)
/* Bytes of the arena it may take. */
#define VALIDATION_ARENA_SIZE (JSON_ARENA_SIZE_MAX + (256u << 10))

struct reply validation_answer(const struct provider *provider, struct channels *channels,
			       struct text channel, struct text body, int64_t now,
			       struct arena *arena);
