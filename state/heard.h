/*
 * What callbacks left behind besides payments: how often the same unreadable one came, whose
 * signature did not fit, about whom the provider is to be asked. Changing functions need an open
 * store transaction (store_begin). Blocks on disk. It never judges.
 */
#pragma once

#include "base/digest.h"
#include "state/store.h"

/* Refused lines kept for another try, the newest of each channel. */
#define REFUSED_MAX 1000

/* Was something with this key held before? Then it is counted on. */
bool heard_again(bool *known, struct store *store, const struct digest *key, int64_t now,
		 struct error *error) MUST_CHECK;
/* The held payment that stands for everything with this key. */
bool heard_first(struct store *store, const struct digest *key, int64_t payment_id, int64_t now,
		 struct error *error) MUST_CHECK;

/* What was settled stands for nothing that comes later: the next with this key is held anew. */
bool heard_renew(struct store *store, const struct digest *key, struct error *error) MUST_CHECK;
/* The payment that stands for it; 0: there is none. */
bool heard_payment(int64_t *payment_id, struct store *store, const struct digest *key,
		   struct error *error) MUST_CHECK;

/* Kept, with the held payment that stands for it, and the channel's oldest beyond REFUSED_MAX
 * forgotten. Twice is once. */
bool refused_add(struct store *store, int64_t inbox_id, struct text channel, int64_t payment_id,
		 struct error *error) MUST_CHECK;
/* It was booked: when it was the last one that its held payment stood for, and none of them was
 * forgotten, that one is settled by the newest payment of the channel. */
bool refused_drop(struct store *store, int64_t inbox_id, int64_t now,
		  struct error *error) MUST_CHECK;
/* Up to `max` after `after_id`, oldest first. */
bool refused_list(int64_t *inbox_ids, uint32_t *count, struct store *store, int64_t after_id,
		  uint32_t max, struct error *error) MUST_CHECK;

struct hint {
	int64_t inbox_id;
	int64_t since_at;
	uint32_t tries;
	int64_t next_at;
};
/* Due at once. Twice is once. */
bool hint_add(struct store *store, int64_t inbox_id, struct text channel, int64_t now,
	      struct error *error) MUST_CHECK;
bool hint_later(struct store *store, const struct hint *hint, struct error *error) MUST_CHECK;
bool hint_drop(struct store *store, int64_t inbox_id, struct error *error) MUST_CHECK;
/* Up to `max` of a channel that are due at `now`, the longest due first. */
bool hint_due(struct hint *out, uint32_t *count, struct store *store, struct text channel,
	      int64_t now, uint32_t max, struct error *error) MUST_CHECK;
