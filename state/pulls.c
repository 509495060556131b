#include "state/pulls.h"

#include "state/inside.h"

bool takeover_at(int64_t *at, struct store *store, struct error *error)
{
	struct statement *statement;

	*at = 0;
	return store_select(&statement, store, STORE_TENANT, "SELECT at FROM takeover", error) &&
	       db_finish_number(at, statement, error);
}

bool opening_at(int64_t *at, struct store *store, struct text reference, struct error *error)
{
	struct statement *statement;

	*at = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT at FROM opening WHERE subscriber = ?", error))
		return false;
	db_bind_text(statement, 1, reference);
	return db_finish_number(at, statement, error);
}

/* ---- how far --------------------------------------------------------------------------------- */

/* Columns in the order of take_pull(). */
#define PULL                                                                                     \
	"SELECT id, channel, shortcode, since_at, until_at, day_at, zone, whole, from_at, to_at," \
	" page_offset, began_at, again_at, failures, failing_since_at, why, tried_at, hurried_at," \
	" next_at FROM pull "

static void take_pull(struct pull *out, struct statement *statement, struct arena *arena)
{
	*out = (struct pull){
		.id = db_column(statement, 0),
		.channel = db_column_text(statement, 1, arena),
		.shortcode = db_column_text(statement, 2, arena),
		.since_at = db_column(statement, 3),
		.until_at = db_column(statement, 4),
		.day_at = db_column(statement, 5),
		.zone = (enum pull_zone)db_column(statement, 6),
		.whole = db_column(statement, 7) != 0,
		.from_at = db_column(statement, 8),
		.to_at = db_column(statement, 9),
		.offset = (uint32_t)db_column(statement, 10),
		.began_at = db_column(statement, 11),
		.again_at = db_column(statement, 12),
		.failures = (uint32_t)db_column(statement, 13),
		.failing_since_at = db_column(statement, 14),
		.why = db_column_text(statement, 15, arena),
		.tried_at = db_column(statement, 16),
		.hurried_at = db_column(statement, 17),
		.next_at = db_column(statement, 18),
	};
}

/* Since when payments on a channel count that was not seen before. */
static const char since_sql[] =
    "SELECT coalesce((SELECT t.at FROM takeover t JOIN source s ON s.in_force_at = t.at),"
    " (SELECT min(received_at) FROM payment WHERE channel = ?1 AND booked_at <= ?2), ?2)";

bool pulls_find(bool *found, struct pull *out, struct store *store, struct text channel,
		struct text shortcode, int64_t now, struct arena *arena, struct error *error)
{
	struct statement *statement;
	struct db *db;
	bool ok;

	*found = false;
	*out = (struct pull){ .channel = channel, .shortcode = shortcode };
	if (!store_read(&db, store, STORE_TENANT, error))
		return false;
	statement = db_prepare(db, PULL "WHERE channel = ?1 AND shortcode = ?2");
	db_bind_text(statement, 1, channel);
	db_bind_text(statement, 2, shortcode);
	*found = db_step(statement);
	if (*found)
		take_pull(out, statement, arena);
	ok = db_finish(statement, error);
	if (ok && !*found) {
		statement = db_prepare(db, since_sql);
		db_bind_text(statement, 1, channel);
		db_bind(statement, 2, now);
		ok = db_finish_number(&out->since_at, statement, error);
		if (out->since_at <= 0 || out->since_at > now)
			out->since_at = now;
	}
	store_read_done(store, STORE_TENANT, db);
	return ok;
}

static void bind_pull(struct statement *statement, const struct pull *pull)
{
	db_bind_text(statement, 1, pull->channel);
	db_bind_text(statement, 2, pull->shortcode);
	db_bind(statement, 3, pull->since_at);
	db_bind(statement, 4, pull->until_at);
	db_bind(statement, 5, pull->day_at);
	db_bind(statement, 6, pull->zone);
	db_bind(statement, 7, pull->whole);
	db_bind(statement, 8, pull->from_at);
	db_bind(statement, 9, pull->to_at);
	db_bind(statement, 10, pull->offset);
	db_bind(statement, 11, pull->began_at);
	db_bind(statement, 12, pull->again_at);
	db_bind(statement, 13, pull->failures);
	db_bind(statement, 14, pull->failing_since_at);
	db_bind_text(statement, 15, pull->why);
	db_bind(statement, 16, pull->tried_at);
	db_bind(statement, 17, pull->next_at);
}

bool pulls_write(struct store *store, struct pull *pull, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "INSERT INTO pull (channel, shortcode, since_at, until_at, day_at, zone, whole,"
		" from_at, to_at, page_offset, began_at, again_at, failures, failing_since_at, why,"
		" tried_at, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
		" ?13, ?14, ?15, ?16, ?17) ON CONFLICT (channel, shortcode) DO UPDATE SET"
		" until_at = ?4, day_at = ?5, zone = ?6, whole = ?7, from_at = ?8, to_at = ?9,"
		" page_offset = ?10, began_at = ?11, again_at = ?12, failures = ?13,"
		" failing_since_at = ?14, why = ?15, tried_at = ?16, next_at = ?17");

	bind_pull(statement, pull);
	if (!db_done(statement, error))
		return false;
	if (pull->id != 0)
		return true;
	statement = db_prepare(db, "SELECT id FROM pull WHERE channel = ?1 AND shortcode = ?2");
	db_bind_text(statement, 1, pull->channel);
	db_bind_text(statement, 2, pull->shortcode);
	return db_finish_number(&pull->id, statement, error);
}

bool pulls_retire(struct store *store, struct text channel, struct text shortcode,
		  struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE pull SET next_at = 0, to_at = 0"
				 " WHERE channel = ?1 AND shortcode <> ?2 AND next_at <> 0");

	db_bind_text(statement, 1, channel);
	db_bind_text(statement, 2, shortcode);
	return db_done(statement, error);
}

bool pulls_hurry(struct store *store, struct text channel, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE pull SET hurried_at = ?2, next_at = ?2"
				 " WHERE next_at <> 0 AND (?1 = '' OR channel = ?1)");

	db_bind_text(statement, 1, channel);
	db_bind(statement, 2, now);
	return db_done(statement, error);
}

bool pulls_hurried(int64_t *at, struct store *store, int64_t pull_id, struct error *error)
{
	struct statement *statement =
	    db_prepare(store_writer(store), "SELECT hurried_at FROM pull WHERE id = ?");

	db_bind(statement, 1, pull_id);
	return db_finish_number(at, statement, error);
}

bool pulls_all(struct pull **out, uint32_t *count, struct store *store, struct arena *arena,
	       struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, PULL "ORDER BY channel, shortcode",
			  error))
		return false;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_pull(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

/* ---- what could not be read ------------------------------------------------------------------ */

bool pulls_gap_add(struct store *store, int64_t pull_id, int64_t from_at, int64_t to_at,
		   struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "UPDATE pull_gap SET to_at = ?3 WHERE pull = ?1 AND to_at = ?2 AND covered_at = 0");

	db_bind(statement, 1, pull_id);
	db_bind(statement, 2, from_at);
	db_bind(statement, 3, to_at);
	if (!db_done(statement, error))
		return false;
	if (db_changes(db) > 0)
		return true;
	statement = db_prepare(db, "INSERT INTO pull_gap (pull, from_at, to_at) VALUES (?, ?, ?)");
	db_bind(statement, 1, pull_id);
	db_bind(statement, 2, from_at);
	db_bind(statement, 3, to_at);
	return db_done(statement, error);
}

bool pulls_gaps(struct pull_gap **out, uint32_t *count, struct store *store, int64_t pull_id,
		struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT from_at, to_at FROM pull_gap WHERE pull = ? AND"
			  " covered_at = 0 ORDER BY from_at",
			  error))
		return false;
	db_bind(statement, 1, pull_id);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct pull_gap){ .from_at = db_column(statement, 0),
							.to_at = db_column(statement, 1) };
	}
	return db_finish(statement, error);
}

bool pulls_gaps_cover(struct store *store, struct text shortcode, int64_t from_at, int64_t to_at,
		      struct text actor, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE pull_gap SET covered_by = ?1, covered_at = ?2"
				 " WHERE covered_at = 0 AND from_at >= ?3 AND to_at <= ?4 AND pull"
				 " IN (SELECT id FROM pull WHERE shortcode = ?5)");

	db_bind_text(statement, 1, actor);
	db_bind(statement, 2, now);
	db_bind(statement, 3, from_at);
	db_bind(statement, 4, to_at);
	db_bind_text(statement, 5, shortcode);
	return db_done(statement, error);
}

/* ---- its rows -------------------------------------------------------------------------------- */

bool pulls_row(bool *known, struct listed *former, struct store *store, const struct listed *row,
	       struct arena *arena, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "SELECT at, why, by_hand, found, first_at, seen_at FROM listed"
				 " WHERE pull = ?1 AND receipt = ?2 AND what = ?3 AND cents = ?4");

	*former = *row;
	db_bind(statement, 1, row->pull_id);
	db_bind_text(statement, 2, row->receipt);
	db_bind(statement, 3, row->kind);
	db_bind(statement, 4, row->cents);
	*known = db_step(statement);
	if (*known) {
		former->at = db_column(statement, 0);
		former->why = db_column_text(statement, 1, arena);
		former->by_hand = db_column(statement, 2) != 0;
		former->found = db_column(statement, 3) != 0;
		former->first_at = db_column(statement, 4);
		former->seen_at = db_column(statement, 5);
	}
	return db_finish(statement, error);
}

bool pulls_row_write(struct store *store, const struct listed *row, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO listed (pull, what, receipt, linked, cents, at, why, by_hand, found,"
	    " first_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
	    " ON CONFLICT (pull, receipt, what, cents) DO UPDATE SET at = ?6, why = ?7,"
	    " by_hand = ?8, found = max(found, ?9), seen_at = ?11, gone_at = 0");

	db_bind(statement, 1, row->pull_id);
	db_bind(statement, 2, row->kind);
	db_bind_text(statement, 3, row->receipt);
	db_bind_text(statement, 4, row->linked);
	db_bind(statement, 5, row->cents);
	db_bind(statement, 6, row->at);
	db_bind_text(statement, 7, row->why);
	db_bind(statement, 8, row->by_hand);
	db_bind(statement, 9, row->found);
	db_bind(statement, 10, row->first_at);
	db_bind(statement, 11, row->seen_at);
	return db_done(statement, error);
}

bool pulls_took_back(bool *yes, struct store *store, int64_t pull_id, struct text receipt,
		     struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "SELECT EXISTS (SELECT 1 FROM listed WHERE pull = ?1 AND receipt = ?2 AND what = 1)"
	    " OR EXISTS (SELECT 1 FROM listed WHERE linked = ?2 AND linked <> '' AND pull = ?1)");
	int64_t is_so;

	db_bind(statement, 1, pull_id);
	db_bind_text(statement, 2, receipt);
	if (!db_finish_number(&is_so, statement, error))
		return false;
	*yes = is_so != 0;
	return true;
}

bool pulls_miss(struct store *store, int64_t pull_id, int64_t from_at, int64_t to_at,
		int64_t began_at, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE listed SET gone_at = ?5 WHERE pull = ?1 AND at >= ?2 AND"
				 " at < ?3 AND seen_at < ?4 AND gone_at = 0 AND what = 0");

	db_bind(statement, 1, pull_id);
	db_bind(statement, 2, from_at);
	db_bind(statement, 3, to_at);
	db_bind(statement, 4, began_at);
	db_bind(statement, 5, now);
	return db_done(statement, error);
}

bool pulls_found(int64_t *count, struct store *store, int64_t pull_id, int64_t since_at,
		 struct error *error)
{
	struct statement *statement;

	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT count(*) FROM listed WHERE pull = ?1 AND found = 1 AND"
			  " first_at >= ?2",
			  error))
		return false;
	db_bind(statement, 1, pull_id);
	db_bind(statement, 2, since_at);
	return db_finish_number(count, statement, error);
}

/* ---- beside the ledger ----------------------------------------------------------------------- */

/* The payment of a receipt, also one that it was merged into. */
#define PAYMENT_OF(receipt)                                                  \
	"coalesce((SELECT id FROM payment WHERE receipt_key = " receipt "),"  \
	" (SELECT payment FROM merged WHERE receipt_key = " receipt "))"
#define SHOWN_RECEIPT \
	"coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt)"
/* Payments of the ledger that the list must show; ?1 pull, ?2 since, ?3 until, ?4 channel. A day
 * before: what is booked can be paid later than that by the provider's clock. */
#define UNLISTED                                                                                 \
	" FROM payment p JOIN payment_now n ON n.payment = p.id"                                  \
	" WHERE p.booked_at >= ?2 - 86400000000 AND p.channel = ?4 AND p.provider <> 'cash'"      \
	" AND n.status IN ('credited', 'unmatched') AND p.at >= ?2 AND p.at < ?3"                 \
	" AND NOT EXISTS (SELECT 1 FROM listed l WHERE l.pull = ?1 AND l.what = 0 AND"            \
	"  l.receipt IN (p.receipt_key, (SELECT g.receipt_key FROM merged g WHERE g.payment ="    \
	"  p.id)))"                                                                               \
	" AND NOT EXISTS (SELECT 1 FROM pull_gap g WHERE g.pull = ?1 AND p.at >= g.from_at"       \
	"  AND p.at < g.to_at)"

/* The numbers are those of enum pull_differs; what was taken back and never booked is none. */
static const char differences_sql[] =
    "SELECT * FROM ("
    "SELECT CASE WHEN l.what = 3 THEN 6 WHEN p.id IS NULL THEN 0 WHEN n.status = 'held' THEN 1"
    "  WHEN l.gone_at > 0 AND n.status <> 'reversed' THEN 4 ELSE 2 END,"
    " l.receipt, l.at AS at, l.cents, coalesce(p.cents, -1), l.why"
    " FROM listed l LEFT JOIN payment p ON p.id = " PAYMENT_OF("l.receipt")
    " LEFT JOIN payment_now n ON n.payment = p.id"
    " WHERE l.pull = ?1 AND l.at >= ?2 AND l.what IN (0, 3) AND l.by_hand = 0"
    " AND (l.what = 3 OR (p.id IS NULL AND l.gone_at = 0) OR (n.status = 'held' AND l.gone_at = 0)"
    "  OR p.cents IS NOT l.cents AND p.id IS NOT NULL"
    "  OR (l.gone_at > 0 AND n.status IN ('credited', 'unmatched')))"
    " AND NOT (p.id IS NULL AND l.what = 0 AND EXISTS (SELECT 1 FROM listed b WHERE b.pull = ?1"
    "  AND ((b.what = 1 AND b.receipt = l.receipt) OR b.linked = l.receipt)))"
    " UNION ALL"
    " SELECT 3, " SHOWN_RECEIPT ", l.at, -l.cents, coalesce(p.cents, -1), ''"
    " FROM listed l JOIN payment p ON p.id = coalesce(" PAYMENT_OF("l.receipt") ", " PAYMENT_OF(
	"l.linked") ")"
    " JOIN payment_now n ON n.payment = p.id AND n.status IN ('credited', 'unmatched')"
    " WHERE l.pull = ?1 AND l.at >= ?2 AND l.what = 1"
    " UNION ALL"
    " SELECT 5, " SHOWN_RECEIPT ", p.at, -1, p.cents, ''" UNLISTED
    ") ORDER BY at LIMIT ?5";

static void bind_span(struct statement *statement, const struct pull *pull, int64_t since_at,
		      int64_t until_at)
{
	db_bind(statement, 1, pull->id);
	db_bind(statement, 2, since_at);
	db_bind(statement, 3, until_at);
	db_bind_text(statement, 4, pull->channel);
}

bool pulls_differences(struct pull_difference **out, uint32_t *count, struct store *store,
		       const struct pull *pull, int64_t since_at, int64_t until_at, uint32_t max,
		       struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, differences_sql, error))
		return false;
	bind_span(statement, pull, since_at, until_at);
	db_bind(statement, 5, max == 0 ? -1 : (int64_t)max);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct pull_difference){
			.what = (enum pull_differs)db_column(statement, 0),
			.receipt = db_column_text(statement, 1, arena),
			.at = db_column(statement, 2),
			.listed_cents = db_column(statement, 3),
			.ledger_cents = db_column(statement, 4),
			.why = db_column_text(statement, 5, arena),
		};
	}
	return db_finish(statement, error);
}

/*
 * What was given back since came in once, too; what a person recorded another way is in the books.
 */
static const char amounts_sql[] =
    "SELECT coalesce(p.at, l.at), iif(l.gone_at = 0, l.cents, NULL),"
    " CASE WHEN l.by_hand = 1 THEN l.cents WHEN p.id IS NULL OR n.status = 'held' THEN NULL"
    "  ELSE p.cents END"
    " FROM listed l LEFT JOIN payment p ON p.id = " PAYMENT_OF("l.receipt")
    " LEFT JOIN payment_now n ON n.payment = p.id"
    " WHERE l.pull = ?1 AND l.at >= ?2 AND l.what = 0"
    " AND (l.gone_at = 0 OR n.status IN ('credited', 'unmatched'))"
    " UNION ALL SELECT p.at, NULL, p.cents" UNLISTED;

bool pulls_amounts(struct pull_amount **out, uint32_t *count, struct store *store,
		   const struct pull *pull, int64_t since_at, int64_t until_at, struct arena *arena,
		   struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, amounts_sql, error))
		return false;
	bind_span(statement, pull, since_at, until_at);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct pull_amount){
			.at = db_column(statement, 0),
			.is_listed = !db_column_is_null(statement, 1),
			.listed_cents = db_column(statement, 1),
			.is_booked = !db_column_is_null(statement, 2),
			.ledger_cents = db_column(statement, 2),
		};
	}
	return db_finish(statement, error);
}
