#include "state/words.h"

#include <inttypes.h>

#include "state/inside.h"

/* As in state/ledger: what makes two receipts the same one. SQLite's upper() knows ASCII alone. */
#define KEY "upper(?1)"

/* Those who settle held money without anybody's doing. */
#define NOBODY "('provider', 'callback')"

bool word_add(struct store *store, int64_t payment_id, struct text receipt, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "INSERT INTO word (receipt_key, payment) VALUES (" KEY ", ?2)"
				 " ON CONFLICT (payment) DO NOTHING");

	db_bind_text(statement, 1, text_trim(receipt));
	db_bind(statement, 2, payment_id);
	return db_done(statement, error);
}

/* Columns in the order of take_words(). */
#define WORDS                                                                               \
	"SELECT w.payment, n.status = 'held' AND s.payment IS NULL,"                        \
	" n.status = 'reversed' OR (s.payment IS NOT NULL AND s.actor NOT IN " NOBODY ")"   \
	" FROM word w JOIN payment_now n ON n.payment = w.payment"                          \
	" LEFT JOIN settled s ON s.payment = w.payment WHERE w.receipt_key = "

static bool take_words(struct words *out, struct statement *statement, struct arena *arena,
		       struct error *error)
{
	while (db_step(statement)) {
		if (db_column(statement, 2) != 0)
			out->is_closed = true;
		if (db_column(statement, 1) == 0)
			continue;
		out->open = db_more(arena, out->open, out->count, sizeof(*out->open));
		out->open[out->count++] = db_column(statement, 0);
	}
	return db_finish(statement, error);
}

bool word_about(struct words *out, struct store *store, struct text receipt, struct arena *arena,
		 struct error *error)
{
	struct statement *statement;

	*out = (struct words){ 0 };
	if (!store_select(&statement, store, STORE_TENANT, WORDS KEY " ORDER BY w.payment", error))
		return false;
	db_bind_text(statement, 1, text_trim(receipt));
	return take_words(out, statement, arena, error);
}

bool word_beside(struct words *out, struct store *store, int64_t payment_id, struct arena *arena,
		  struct error *error)
{
	struct statement *statement;

	*out = (struct words){ 0 };
	if (!store_select(&statement, store, STORE_TENANT,
			  WORDS "(SELECT receipt_key FROM word WHERE payment = ?)"
				" ORDER BY w.payment",
			  error))
		return false;
	db_bind(statement, 1, payment_id);
	return take_words(out, statement, arena, error);
}

bool word_is_open(bool *open, struct store *store, int64_t payment_id, struct error *error)
{
	struct statement *statement;

	*open = false;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT 1 FROM word w JOIN payment_now n ON n.payment = w.payment"
			  " AND n.status = 'held' WHERE w.payment = ?"
			  " AND NOT EXISTS (SELECT 1 FROM settled s WHERE s.payment = w.payment)",
			  error))
		return false;
	db_bind(statement, 1, payment_id);
	*open = db_step(statement);
	return db_finish(statement, error);
}

/* "held-RECEIPT", and with its number where that is taken. */
static bool call_held(struct db *db, int64_t payment_id, bool numbered, int64_t now,
		      struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO merged (payment, receipt, receipt_key, at)"
		" SELECT id, 'held-' || receipt || iif(?2, '-' || id, ''),"
		" 'HELD-' || upper(receipt) || iif(?2, '-' || id, ''), ?3 FROM payment"
		" WHERE id = ?1 AND (?2 OR (NOT EXISTS (SELECT 1 FROM payment p WHERE"
		" p.receipt_key = 'HELD-' || upper(payment.receipt)) AND NOT EXISTS (SELECT 1 FROM"
		" merged m WHERE m.receipt_key = 'HELD-' || upper(payment.receipt))))");

	db_bind(statement, 1, payment_id);
	db_bind(statement, 2, numbered);
	db_bind(statement, 3, now);
	return db_done(statement, error);
}

bool word_give_way(struct store *store, int64_t payment_id, int64_t now, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "UPDATE payment SET receipt_key = receipt_key || ' (SAID ' || id || ')'"
		" WHERE id = ?1 AND receipt_key ="
		" (SELECT receipt_key FROM word WHERE payment = ?1)");

	db_bind(statement, 1, payment_id);
	if (!db_done(statement, error))
		return false;
	if (db_changes(db) != 1)
		return error_set(error, ERROR_INVALID, "payment %" PRId64 " has no receipt to give",
				 payment_id);
	if (!call_held(db, payment_id, false, now, error))
		return false;
	return db_changes(db) == 1 || call_held(db, payment_id, true, now, error);
}
