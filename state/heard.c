#include "state/heard.h"

#include "state/inside.h"
#include "state/proof.h"

bool heard_again(bool *known, struct store *store, const struct digest *key, int64_t now,
		 struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "UPDATE heard SET times = times + 1, newest_at = ? WHERE key = ?");

	db_bind(statement, 1, now);
	db_bind_bytes(statement, 2, key->bytes, sizeof(key->bytes));
	if (!db_done(statement, error))
		return false;
	*known = db_changes(db) == 1;
	return true;
}

bool heard_first(struct store *store, const struct digest *key, int64_t payment_id, int64_t now,
		 struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO heard (key, payment, times, newest_at) VALUES (?, ?, 1, ?)");

	db_bind_bytes(statement, 1, key->bytes, sizeof(key->bytes));
	db_bind(statement, 2, payment_id);
	db_bind(statement, 3, now);
	return db_done(statement, error);
}

bool heard_renew(struct store *store, const struct digest *key, struct error *error)
{
	struct statement *statement =
	    db_prepare(store_writer(store), "DELETE FROM heard WHERE key = ? AND EXISTS (SELECT 1"
					    " FROM settled WHERE settled.payment = heard.payment)");

	db_bind_bytes(statement, 1, key->bytes, sizeof(key->bytes));
	return db_done(statement, error);
}

/* The one number that a statement with one parameter reads; 0: no row, or NULL. */
static bool number(int64_t *out, struct db *db, const char *sql, int64_t given, struct error *error)
{
	struct statement *statement = db_prepare(db, sql);

	db_bind(statement, 1, given);
	return db_finish_number(out, statement, error);
}

bool heard_payment(int64_t *payment_id, struct store *store, const struct digest *key,
		   struct error *error)
{
	struct statement *statement =
	    db_prepare(store_writer(store), "SELECT payment FROM heard WHERE key = ?");

	db_bind_bytes(statement, 1, key->bytes, sizeof(key->bytes));
	return db_finish_number(payment_id, statement, error);
}

/* The newest line of the channel that is beyond its bound; 0: none is. */
static bool beyond(int64_t *inbox_id, struct db *db, struct text channel, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "SELECT inbox_id FROM refused WHERE channel = ? ORDER BY inbox_id DESC LIMIT 1"
		" OFFSET ?");

	db_bind_text(statement, 1, channel);
	db_bind(statement, 2, REFUSED_MAX);
	return db_finish_number(inbox_id, statement, error);
}

/* What is forgotten is never tried again, so the line that stands for it stays with a person. */
static bool forget(struct db *db, struct text channel, int64_t up_to, struct error *error)
{
	static const char *const both[] = {
		"UPDATE refused SET payment = NULL WHERE payment IN (SELECT payment FROM refused"
		" WHERE channel = ?1 AND inbox_id <= ?2)",
		"DELETE FROM refused WHERE channel = ?1 AND inbox_id <= ?2",
	};

	for (uint32_t i = 0; i < ARRAY_COUNT(both); i++) {
		struct statement *statement = db_prepare(db, both[i]);

		db_bind_text(statement, 1, channel);
		db_bind(statement, 2, up_to);
		if (!db_done(statement, error))
			return false;
	}
	return true;
}

bool refused_add(struct store *store, int64_t inbox_id, struct text channel, int64_t payment_id,
		 struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "INSERT OR IGNORE INTO refused (inbox_id, channel, payment) VALUES (?, ?, ?)");
	int64_t up_to;

	db_bind(statement, 1, inbox_id);
	db_bind_text(statement, 2, channel);
	db_bind(statement, 3, payment_id);
	return db_done(statement, error) && beyond(&up_to, db, channel, error) &&
	       (up_to == 0 || forget(db, channel, up_to, error));
}

/* A statement whose one parameter is a line of the inbox. */
static bool of_line(struct store *store, const char *sql, int64_t inbox_id, struct error *error)
{
	struct statement *statement = db_prepare(store_writer(store), sql);

	db_bind(statement, 1, inbox_id);
	return db_done(statement, error);
}

bool refused_drop(struct store *store, int64_t inbox_id, int64_t now, struct error *error)
{
	struct db *db = store_writer(store);
	int64_t held_id, left = 1, by_id = 0;

	if (!number(&held_id, db, "SELECT payment FROM refused WHERE inbox_id = ?", inbox_id,
		    error) ||
	    !of_line(store, "DELETE FROM refused WHERE inbox_id = ?", inbox_id, error))
		return false;
	if (held_id == 0)
		return true;
	if (!number(&left, db,
		    "SELECT (SELECT count(*) FROM refused WHERE payment = ?1)"
		    " + (SELECT count(*) FROM settled WHERE payment = ?1)",
		    held_id, error) ||
	    !number(&by_id, db,
		    "SELECT max(p.id) FROM payment p JOIN payment h ON h.id = ?"
		    " AND h.channel = p.channel WHERE p.receipt_made = 0",
		    held_id, error))
		return false;
	return left > 0 || by_id == 0 ||
	       settled_add(store, held_id, by_id, TEXT("callback"), now, error);
}

bool refused_list(int64_t *inbox_ids, uint32_t *count, struct store *store, int64_t after_id,
		  uint32_t max, struct error *error)
{
	struct statement *statement;

	*count = 0;
	if (!store_select(
		&statement, store, STORE_TENANT,
		"SELECT inbox_id FROM refused WHERE inbox_id > ? ORDER BY inbox_id LIMIT ?", error))
		return false;
	db_bind(statement, 1, after_id);
	db_bind(statement, 2, max);
	while (*count < max && db_step(statement))
		inbox_ids[(*count)++] = db_column(statement, 0);
	return db_finish(statement, error);
}

bool hint_add(struct store *store, int64_t inbox_id, struct text channel, int64_t now,
	      struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT OR IGNORE INTO hint (inbox_id, since_at, tries, next_at, channel)"
	    " VALUES (?1, ?2, 0, ?2, ?3)");

	db_bind(statement, 1, inbox_id);
	db_bind(statement, 2, now);
	db_bind_text(statement, 3, channel);
	return db_done(statement, error);
}

bool hint_later(struct store *store, const struct hint *hint, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE hint SET tries = ?, next_at = ? WHERE inbox_id = ?");

	db_bind(statement, 1, hint->tries);
	db_bind(statement, 2, hint->next_at);
	db_bind(statement, 3, hint->inbox_id);
	return db_done(statement, error);
}

bool hint_drop(struct store *store, int64_t inbox_id, struct error *error)
{
	return of_line(store, "DELETE FROM hint WHERE inbox_id = ?", inbox_id, error);
}

bool hint_due(struct hint *out, uint32_t *count, struct store *store, struct text channel,
	      int64_t now, uint32_t max, struct error *error)
{
	struct statement *statement;

	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT inbox_id, since_at, tries, next_at FROM hint WHERE"
			  " channel = ?1 AND next_at <= ?2 ORDER BY next_at, inbox_id"
			  " LIMIT ?3",
			  error))
		return false;
	db_bind_text(statement, 1, channel);
	db_bind(statement, 2, now);
	db_bind(statement, 3, max);
	while (*count < max && db_step(statement))
		out[(*count)++] = (struct hint){ .inbox_id = db_column(statement, 0),
						 .since_at = db_column(statement, 1),
						 .tries = (uint32_t)db_column(statement, 2),
						 .next_at = db_column(statement, 3) };
	return db_finish(statement, error);
}
