#include "state/street.h"

#include <string.h>

#include "base/limits.h"
#include "state/inside.h"

/* Is what is published the same set? Both are small: CHANNELS_MAX. */
static bool is_equal(bool *equal, struct db *db, const struct street_channel *channels,
		     uint32_t count, struct error *error)
{
	struct statement *statement;
	int64_t published = -1;

	statement = db_prepare(
	    db, "SELECT (SELECT count(*) FROM channel) FROM publication WHERE id = 1");
	if (db_step(statement))
		published = db_column(statement, 0);
	*equal = published == (int64_t)count;
	if (!db_finish(statement, error))
		return false;
	for (uint32_t i = 0; i < count && *equal; i++) {
		statement = db_prepare(
		    db, "SELECT 1 FROM channel WHERE channel = ? AND provider = ? AND token = ?"
			" AND shortcode = ? AND refuses = ?");
		db_bind_text(statement, 1, channels[i].channel);
		db_bind_text(statement, 2, channels[i].provider);
		db_bind_bytes(statement, 3, channels[i].token.bytes,
			      sizeof(channels[i].token.bytes));
		db_bind_text(statement, 4, channels[i].shortcode);
		db_bind(statement, 5, channels[i].refuses);
		*equal = db_step(statement);
		if (!db_finish(statement, error))
			return false;
	}
	return true;
}

static bool replace(struct db *db, const struct street_channel *channels, uint32_t count,
		    struct error *error)
{
	if (!db_done(db_prepare(db, "DELETE FROM channel"), error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct statement *statement = db_prepare(
		    db, "INSERT INTO channel (channel, provider, token, shortcode, refuses) VALUES"
			" (?, ?, ?, ?, ?)");
		db_bind_text(statement, 1, channels[i].channel);
		db_bind_text(statement, 2, channels[i].provider);
		db_bind_bytes(statement, 3, channels[i].token.bytes,
			      sizeof(channels[i].token.bytes));
		db_bind_text(statement, 4, channels[i].shortcode);
		db_bind(statement, 5, channels[i].refuses);
		if (!db_done(statement, error))
			return error_at(error, "channel %.*s", TEXT_ARG(channels[i].channel));
	}
	return db_done(db_prepare(db, "INSERT INTO publication (id, version) VALUES (1, 1)"
				      " ON CONFLICT (id) DO UPDATE SET version = version + 1"),
		       error);
}

bool street_publish(struct store *store, const struct street_channel *channels, uint32_t count,
		    struct error *error)
{
	struct db *db;
	bool ok, equal = false;

	invariant(count <= CHANNELS_MAX + 1); /* and the git hook */
	if (!store_part_begin(&db, store, STORE_STREET, error))
		return false;
	ok = is_equal(&equal, db, channels, count, error);
	if (ok && !equal)
		ok = replace(db, channels, count, error) &&
		     store_part_commit(store, STORE_STREET, error);
	store_part_abort(store, STORE_STREET);
	return ok;
}

bool street_version(int64_t *version, struct store *store, struct error *error)
{
	struct statement *statement;

	*version = 0;
	if (!store_select(&statement, store, STORE_STREET, "SELECT version FROM publication",
			  error))
		return false;
	return db_finish_number(version, statement, error);
}

bool street_channels(struct street_channel **out, uint32_t *count, bool *ready, struct store *store,
		     struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	*ready = false;
	/* One query, so that set and readiness are of one moment. */
	if (!store_select(&statement, store, STORE_STREET,
			  "SELECT channel, provider, token, shortcode, refuses FROM publication"
			  " LEFT JOIN channel ORDER BY channel",
			  error))
		return false;
	while (db_step(statement)) {
		*ready = true;
		if (db_column_is_null(statement, 0))
			continue;
		*out = db_more(arena, *out, *count, sizeof(**out));
		struct street_channel *channel = &(*out)[(*count)++];
		channel->channel = db_column_text(statement, 0, arena);
		channel->provider = db_column_text(statement, 1, arena);
		db_column_bytes(statement, 2, channel->token.bytes, sizeof(channel->token.bytes));
		channel->shortcode = db_column_text(statement, 3, arena);
		channel->refuses = db_column(statement, 4) != 0;
	}
	return db_finish(statement, error);
}

static bool open_one(struct db *db, const struct street_attempt *attempt, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO attempt (token, channel, provider, attempt, until_at) VALUES (?, ?, ?,"
		" ?, ?) ON CONFLICT (token) DO UPDATE SET until_at = excluded.until_at");

	invariant(attempt->attempt > 0 && attempt->channel.size > 0);
	db_bind_bytes(statement, 1, attempt->token.bytes, sizeof(attempt->token.bytes));
	db_bind_text(statement, 2, attempt->channel);
	db_bind_text(statement, 3, attempt->provider);
	db_bind(statement, 4, attempt->attempt);
	db_bind(statement, 5, attempt->until_at);
	return db_done(statement, error);
}

bool street_attempts_open(struct store *store, const struct street_attempt *attempts,
			  uint32_t count, int64_t now, struct error *error)
{
	struct statement *statement;
	struct db *db;
	bool ok;

	if (!store_part_begin(&db, store, STORE_STREET, error))
		return false;
	statement = db_prepare(db, "DELETE FROM attempt WHERE until_at < ?");
	db_bind(statement, 1, now);
	ok = db_done(statement, error);
	for (uint32_t i = 0; ok && i < count; i++)
		ok = open_one(db, &attempts[i], error);
	ok = ok && store_part_commit(store, STORE_STREET, error);
	store_part_abort(store, STORE_STREET);
	return ok;
}

bool street_attempt_find(bool *found, struct street_attempt *out, struct store *store,
			 const struct digest *token, struct text channel, int64_t now,
			 struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_STREET,
			  "SELECT channel, provider, attempt, until_at FROM attempt"
			  " WHERE token = ?1 AND channel = ?2 AND until_at >= ?3",
			  error))
		return false;
	db_bind_bytes(statement, 1, token->bytes, sizeof(token->bytes));
	db_bind_text(statement, 2, channel);
	db_bind(statement, 3, now);
	*found = db_step(statement);
	if (*found)
		*out = (struct street_attempt){ .token = *token,
						.channel = db_column_text(statement, 0, arena),
						.provider = db_column_text(statement, 1, arena),
						.attempt = db_column(statement, 2),
						.until_at = db_column(statement, 3) };
	return db_finish(statement, error);
}
