/*
 * A provider's own list of payments, as far as it was read: up to when, what it said, what could
 * not be read any more, and where the ledger says otherwise. Changing functions need an open store
 * transaction (store_begin). Blocks on disk; texts read lie in the arena. It never judges, books or
 * asks.
 */
#pragma once

#include "model/pull.h"
#include "state/store.h"

/* When the first commit came into force; 0: none did. */
bool takeover_at(int64_t *at, struct store *store, struct error *error) MUST_CHECK;
/* When a subscriber's opening was booked; 0: he has none. */
bool opening_at(int64_t *at, struct store *store, struct text reference,
		struct error *error) MUST_CHECK;

/*
 * The one of a channel and its short code. *found false: it was not seen before, and *out says
 * since when payments on it count: the takeover as long as the first commit is in force, else the
 * first payment on that channel, else now.
 */
bool pulls_find(bool *found, struct pull *out, struct store *store, struct text channel,
		struct text shortcode, int64_t now, struct arena *arena,
		struct error *error) MUST_CHECK;
/* Writes all that may change but hurried_at; makes a new one (id 0) and fills in its id. */
bool pulls_write(struct store *store, struct pull *pull, struct error *error) MUST_CHECK;
/* Those of a channel whose short code is another one are not read any more. */
bool pulls_retire(struct store *store, struct text channel, struct text shortcode,
		  struct error *error) MUST_CHECK;
/* Those that are read, of one channel or (empty) of all, are due at once. */
bool pulls_hurry(struct store *store, struct text channel, int64_t now,
		 struct error *error) MUST_CHECK;
/* When that was asked for last, as it is now. */
bool pulls_hurried(int64_t *at, struct store *store, int64_t pull_id,
		   struct error *error) MUST_CHECK;
bool pulls_all(struct pull **out, uint32_t *count, struct store *store, struct arena *arena,
	       struct error *error) MUST_CHECK;

/* Follows on one that is open: then it is one. */
bool pulls_gap_add(struct store *store, int64_t pull_id, int64_t from_at, int64_t to_at,
		   struct error *error) MUST_CHECK;
/* Those that no statement covers, oldest first. */
bool pulls_gaps(struct pull_gap **out, uint32_t *count, struct store *store, int64_t pull_id,
		struct arena *arena, struct error *error) MUST_CHECK;
/* A statement of that short code from `from_at` to `to_at` was taken: gaps within are covered. */
bool pulls_gaps_cover(struct store *store, struct text shortcode, int64_t from_at, int64_t to_at,
		      struct text actor, int64_t now, struct error *error) MUST_CHECK;

/*
 * A row of the list. *known: it was read before, and *former is what was kept of it. Writing one
 * keeps the moment it was read first.
 */
bool pulls_row(bool *known, struct listed *former, struct store *store, const struct listed *row,
	       struct arena *arena, struct error *error) MUST_CHECK;
bool pulls_row_write(struct store *store, const struct listed *row, struct error *error) MUST_CHECK;
/* Does the list say that the money of that receipt was taken back? */
bool pulls_took_back(bool *yes, struct store *store, int64_t pull_id, struct text receipt,
		     struct error *error) MUST_CHECK;
/* What was said between the two moments before and not since `began_at` is not there any more. */
bool pulls_miss(struct store *store, int64_t pull_id, int64_t from_at, int64_t to_at,
		int64_t began_at, int64_t now, struct error *error) MUST_CHECK;

/* How many payments since then nobody but the list told of. */
bool pulls_found(int64_t *count, struct store *store, int64_t pull_id, int64_t since_at,
		 struct error *error) MUST_CHECK;

/*
 * Where list and ledger differ, oldest first; payments of the ledger between since_at and until_at
 * must be in the list. At most `max`, 0: all.
 */
bool pulls_differences(struct pull_difference **out, uint32_t *count, struct store *store,
		       const struct pull *pull, int64_t since_at, int64_t until_at, uint32_t max,
		       struct arena *arena, struct error *error) MUST_CHECK;

/* One sum of one side, as it is added up by the day. */
struct pull_amount {
	int64_t at; /* the ledger's word where both have it */
	int64_t listed_cents, ledger_cents;
	bool is_listed, is_booked;
};
bool pulls_amounts(struct pull_amount **out, uint32_t *count, struct store *store,
		   const struct pull *pull, int64_t since_at, int64_t until_at, struct arena *arena,
		   struct error *error) MUST_CHECK;
