#include "state/heard.h"

#include "state/inside.h"

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

bool refused_add(struct store *store, int64_t inbox_id, struct text channel, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement =
	    db_prepare(db, "INSERT OR IGNORE INTO refused (inbox_id, channel) VALUES (?, ?)");

	db_bind(statement, 1, inbox_id);
	db_bind_text(statement, 2, channel);
	if (!db_done(statement, error))
		return false;
	statement = db_prepare(
	    db, "DELETE FROM refused WHERE channel = ?1 AND inbox_id <= (SELECT inbox_id FROM"
		" refused WHERE channel = ?1 ORDER BY inbox_id DESC LIMIT 1 OFFSET ?2)");
	db_bind_text(statement, 1, channel);
	db_bind(statement, 2, REFUSED_MAX);
	return db_done(statement, error);
}

/* A statement whose one parameter is a line of the inbox. */
static bool of_line(struct store *store, const char *sql, int64_t inbox_id, struct error *error)
{
	struct statement *statement = db_prepare(store_writer(store), sql);

	db_bind(statement, 1, inbox_id);
	return db_done(statement, error);
}

bool refused_drop(struct store *store, int64_t inbox_id, struct error *error)
{
	return of_line(store, "DELETE FROM refused WHERE inbox_id = ?", inbox_id, error);
}

bool refused_list(int64_t *inbox_ids, uint32_t *count, struct store *store, int64_t after_id,
		  uint32_t max, struct error *error)
{
	struct statement *statement;
	struct db *db;

	*count = 0;
	if (!store_read(&db, store, STORE_TENANT, error))
		return false;
	statement = db_prepare(
	    db, "SELECT inbox_id FROM refused WHERE inbox_id > ? ORDER BY inbox_id LIMIT ?");
	db_bind(statement, 1, after_id);
	db_bind(statement, 2, max);
	while (*count < max && db_step(statement))
		inbox_ids[(*count)++] = db_column(statement, 0);
	bool ok = db_finish(statement, error);
	store_read_done(store, STORE_TENANT, db);
	return ok;
}

bool hint_add(struct store *store, int64_t inbox_id, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT OR IGNORE INTO hint (inbox_id, since_at, tries, next_at) VALUES (?1, ?2, 0,"
	    " ?2)");

	db_bind(statement, 1, inbox_id);
	db_bind(statement, 2, now);
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

bool hint_due(struct hint *out, uint32_t *count, struct store *store, int64_t now, uint32_t max,
	      struct error *error)
{
	struct statement *statement;
	struct db *db;

	*count = 0;
	if (!store_read(&db, store, STORE_TENANT, error))
		return false;
	statement = db_prepare(db, "SELECT inbox_id, since_at, tries, next_at FROM hint WHERE"
				   " next_at <= ? ORDER BY next_at, inbox_id LIMIT ?");
	db_bind(statement, 1, now);
	db_bind(statement, 2, max);
	while (*count < max && db_step(statement))
		out[(*count)++] = (struct hint){ .inbox_id = db_column(statement, 0),
						 .since_at = db_column(statement, 1),
						 .tries = (uint32_t)db_column(statement, 2),
						 .next_at = db_column(statement, 3) };
	bool ok = db_finish(statement, error);
	store_read_done(store, STORE_TENANT, db);
	return ok;
}
