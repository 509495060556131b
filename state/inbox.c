#include "state/inbox.h"

#include "state/inside.h"

/* Columns in the order of take_line(). */
#define LINE                                                                            \
	"SELECT id, channel, provider, kind, received_at, source, headers, body, attempt" \
	" FROM line "

static void take_line(struct inbox_line *line, struct statement *statement, struct arena *arena)
{
	*line = (struct inbox_line){
		.id = db_column(statement, 0),
		.channel = db_column_text(statement, 1, arena),
		.provider = db_column_text(statement, 2, arena),
		.kind = db_column_text(statement, 3, arena),
		.received_at = db_column(statement, 4),
		.source = db_column_text(statement, 5, arena),
		.headers = db_column_text(statement, 6, arena),
		.body = db_column_text(statement, 7, arena),
		.attempt = db_column(statement, 8),
	};
}

static bool append(struct db *db, struct inbox_line *line, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO line (channel, provider, kind, received_at, source, headers, body,"
		" attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");

	db_bind_text(statement, 1, line->channel);
	db_bind_text(statement, 2, line->provider);
	db_bind_text(statement, 3, line->kind);
	db_bind(statement, 4, line->received_at);
	db_bind_text(statement, 5, line->source);
	db_bind_bytes(statement, 6, line->headers.at, line->headers.size);
	db_bind_bytes(statement, 7, line->body.at, line->body.size);
	db_bind(statement, 8, line->attempt);
	if (!db_done(statement, error))
		return false;
	line->id = db_newest_id(db);
	return true;
}

bool inbox_append(struct store *store, struct inbox_line *lines, uint32_t count,
		  struct error *error)
{
	struct db *db;
	bool ok = true;

	if (count == 0)
		return true;
	if (!store_part_begin(&db, store, STORE_INBOX, error))
		return false;
	for (uint32_t i = 0; i < count && ok; i++)
		ok = append(db, &lines[i], error);
	if (ok)
		ok = store_part_commit(store, STORE_INBOX, error);
	store_part_abort(store, STORE_INBOX);
	/* A number that was never committed will be given to another line: it must not be believed.
	 */
	for (uint32_t i = 0; i < count && !ok; i++)
		lines[i].id = 0;
	return ok;
}

bool inbox_read(struct inbox_line **out, uint32_t *count, struct store *store, int64_t after_id,
		uint32_t max, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_INBOX, LINE "WHERE id > ? ORDER BY id LIMIT ?",
			  error))
		return false;
	db_bind(statement, 1, after_id);
	db_bind(statement, 2, max);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_line(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

bool inbox_line(struct inbox_line *out, struct store *store, int64_t id, struct arena *arena,
		struct error *error)
{
	struct statement *statement;
	bool found;

	if (!store_select(&statement, store, STORE_INBOX, LINE "WHERE id = ?", error))
		return false;
	db_bind(statement, 1, id);
	found = db_step(statement);
	if (found)
		take_line(out, statement, arena);
	bool ok = db_finish(statement, error);
	if (ok && !found)
		return error_set(error, ERROR_INVALID, "the inbox has no line %lld", (long long)id);
	return ok;
}

bool inbox_cursor(int64_t *id, struct store *store, struct error *error)
{
	struct statement *statement;

	*id = 0;
	if (!store_select(&statement, store, STORE_TENANT, "SELECT inbox_id FROM cursor", error))
		return false;
	return db_finish_number(id, statement, error);
}

bool inbox_cursor_move(struct store *store, int64_t id, struct error *error)
{
	struct statement *statement = db_prepare(store_writer(store),
						 "UPDATE cursor SET inbox_id = ? WHERE id = 1");

	db_bind(statement, 1, id);
	return db_done(statement, error);
}
