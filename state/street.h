/*
 * What the street may know: which channel URLs are open and how to answer them. Written by the
 * controller, read by the webhook program. Tokens are kept as SHA-256 only. Blocks on disk.
 */
#pragma once

#include "base/digest.h"
#include "state/store.h"

struct street_channel {
	struct text channel;
	struct text provider;
	struct digest token; /* of the URL token's bytes */
	struct text shortcode; /* what a validation must name; empty: nothing is said of it */
	bool refuses;          /* validations: who is not expected is refused (state/expected.h) */
};

/* Replaces the whole set in a transaction of its own on TENANT.street.db; nothing is written when
 * it is equal. CONTROLLER. */
bool street_publish(struct store *store, const struct street_channel *channels, uint32_t count,
		    struct error *error) MUST_CHECK;
/* The set, and a version that changes with every publish (cheap to ask: street_version). `ready` is
 * false before the controller has ever published: callbacks are then 503. */
bool street_channels(struct street_channel **out, uint32_t *count, bool *ready, struct store *store,
		     struct arena *arena, struct error *error) MUST_CHECK;
bool street_version(int64_t *version, struct store *store, struct error *error) MUST_CHECK;

/*
 * The URL of one attempt: open before the push is sent, for the result may come before its answer.
 */
struct street_attempt {
	struct digest token;
	struct text channel;
	struct text provider;
	int64_t attempt;
	int64_t until_at;
};
/* Opens them in one transaction, and drops those that were closed before `now`. CONTROLLER. */
bool street_attempts_open(struct store *store, const struct street_attempt *attempts,
			  uint32_t count, int64_t now, struct error *error) MUST_CHECK;
/* By the token's digest, on that channel, still open at `now`. Reads the disk: any thread. */
bool street_attempt_find(bool *found, struct street_attempt *out, struct store *store,
			 const struct digest *token, struct text channel, int64_t now,
			 struct arena *arena, struct error *error) MUST_CHECK;
