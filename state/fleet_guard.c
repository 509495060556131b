#include "state/fleet.h"

#include <string.h>

#include "state/fleet_inner.h"
#include "state/inside.h"

bool people_read(struct text **references, uint32_t *count, struct store *store, const char *sql,
		 struct text router, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*references = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, sql, error))
		return false;
	db_bind_text(statement, 1, router);
	while (db_step(statement)) {
		*references = db_more(arena, *references, *count, sizeof(**references));
		(*references)[(*count)++] = db_column_text(statement, 0, arena);
	}
	return db_finish(statement, error);
}

bool fleet_losses(struct text **references, uint32_t *count, struct store *store,
		  struct text router, struct arena *arena, struct error *error)
{
	return people_read(references, count, store,
			   "SELECT subscriber FROM loss WHERE router = ? ORDER BY subscriber",
			   router, arena, error);
}

bool fleet_losses_add(struct store *store, struct text router, const struct text *references,
		      uint32_t count, struct text commit, struct error *error)
{
	for (uint32_t i = 0; i < count; i++) {
		struct statement *statement = db_prepare(
		    store_writer(store),
		    "INSERT INTO loss (router, subscriber, in_commit) VALUES (?, ?, ?)"
		    " ON CONFLICT (router, subscriber) DO NOTHING");
		db_bind_text(statement, 1, router);
		db_bind_text(statement, 2, references[i]);
		db_bind_text(statement, 3, commit);
		if (!db_done(statement, error))
			return false;
	}
	return true;
}

bool fleet_losses_drop(struct store *store, struct text router, struct text reference,
		       struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "DELETE FROM loss WHERE router = ? AND subscriber = ?");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, reference);
	return db_done(statement, error);
}

bool fleet_approve(struct store *store, struct text router, struct text digest, struct text actor,
		   int64_t at, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO approval (router, digest, actor, at, spent) VALUES (?, ?, ?, ?, 0) ON"
	    " CONFLICT (router, digest) DO UPDATE SET actor = excluded.actor, at = excluded.at,"
	    " spent = 0");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, digest);
	db_bind_text(statement, 3, actor);
	db_bind(statement, 4, at);
	store_saw(store, at);
	return db_done(statement, error);
}

bool fleet_approved(bool *yes, struct store *store, struct text router, struct text digest,
		    struct error *error)
{
	struct statement *statement;

	*yes = false;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT 1 FROM approval WHERE router = ? AND digest = ? AND spent = 0",
			  error))
		return false;
	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, digest);
	*yes = db_step(statement);
	return db_finish(statement, error);
}

/* The row stays, to say who approved what. */
bool fleet_approval_spend(struct store *store, struct text router, struct text digest,
			  struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE approval SET spent = 1 WHERE router = ? AND digest = ?");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, digest);
	return db_done(statement, error);
}

bool source_read(struct source_state *out, struct store *store, struct arena *arena,
		 struct error *error)
{
	struct statement *statement;

	memset(out, 0, sizeof(*out));
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT in_force, in_force_at, newest, error, looked_at,"
			  " channel_problems, losses_why FROM source",
			  error))
		return false;
	if (db_step(statement))
		*out = (struct source_state){
			.commit = db_column_text(statement, 0, arena),
			.commit_at = db_column(statement, 1),
			.newest = db_column_text(statement, 2, arena),
			.error = db_column_text(statement, 3, arena),
			.looked_at = db_column(statement, 4),
			.channel_problems = db_column_text(statement, 5, arena),
			.losses_why = db_column_text(statement, 6, arena),
		};
	return db_finish(statement, error);
}

bool source_write(struct store *store, const struct source_state *source, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "UPDATE source SET in_force = ?, in_force_at = ?, newest = ?, error = ?,"
	    " looked_at = ?, channel_problems = ?, losses_why = ?");

	db_bind_text(statement, 1, source->commit);
	db_bind(statement, 2, source->commit_at);
	db_bind_text(statement, 3, source->newest);
	db_bind_text(statement, 4, source->error);
	db_bind(statement, 5, source->looked_at);
	db_bind_text(statement, 6, source->channel_problems);
	db_bind_text(statement, 7, source->losses_why);
	store_saw(store, source->looked_at);
	return db_done(statement, error);
}

bool clock_held_read(struct text *why, struct store *store, struct arena *arena,
		     struct error *error)
{
	struct statement *statement;

	*why = TEXT_NONE;
	if (!store_select(&statement, store, STORE_TENANT, "SELECT held FROM clock", error))
		return false;
	if (db_step(statement))
		*why = db_column_text(statement, 0, arena);
	return db_finish(statement, error);
}

bool clock_held_write(struct store *store, struct text why, struct error *error)
{
	struct statement *statement = db_prepare(store_writer(store), "UPDATE clock SET held = ?");

	db_bind_text(statement, 1, why);
	return db_done(statement, error);
}

bool clock_newest_fact(int64_t *at, struct store *store, struct error *error)
{
	struct statement *statement;

	*at = 0;
	if (!store_select(&statement, store, STORE_TENANT, "SELECT newest_at FROM clock", error))
		return false;
	return db_finish_number(at, statement, error);
}
