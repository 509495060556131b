#include "state/rollouts.h"

#include <string.h>

#include "state/inside.h"

bool rollout_read(struct rollout_state *out, struct store *store, struct arena *arena,
		  struct error *error)
{
	struct statement *statement;

	memset(out, 0, sizeof(*out));
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT to_commit, wave, waves, began_at, stopped FROM rollout", error))
		return false;
	if (db_step(statement))
		*out = (struct rollout_state){
			.commit = db_column_text(statement, 0, arena),
			.wave = (uint32_t)db_column(statement, 1),
			.waves = (uint32_t)db_column(statement, 2),
			.began_at = db_column(statement, 3),
			.stopped = db_column_text(statement, 4, arena),
		};
	return db_finish(statement, error);
}

bool rollout_write(struct store *store, const struct rollout_state *state, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "UPDATE rollout SET to_commit = ?, wave = ?, waves = ?, began_at = ?, stopped = ?");

	db_bind_text(statement, 1, state->commit);
	db_bind(statement, 2, state->wave);
	db_bind(statement, 3, state->waves);
	db_bind(statement, 4, state->began_at);
	db_bind_text(statement, 5, state->stopped);
	return db_done(statement, error);
}

bool rollout_place(struct store *store, struct text router, struct text held_commit, uint32_t wave,
		   bool strict, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE router SET held_commit = ?2, wave = ?3, wave_end = 0,"
				 " wave_strict = ?4 WHERE name = ?1");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, held_commit);
	db_bind(statement, 3, wave);
	db_bind(statement, 4, strict);
	return db_done(statement, error);
}

bool rollout_move(struct store *store, struct text router, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "UPDATE router SET held_commit = '' WHERE name = ?");

	db_bind_text(statement, 1, router);
	return db_done(statement, error);
}

bool rollout_tell(struct store *store, struct text router, enum wave_end end, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "UPDATE router SET wave_end = ?2 WHERE name = ?1 AND wave > 0 AND held_commit = ''"
	    " AND wave_end IN (0, 2)"); /* pending, or set aside: it may come back */

	db_bind_text(statement, 1, router);
	db_bind(statement, 2, end);
	return db_done(statement, error);
}

bool rollout_count(struct rollout_counts *out, struct store *store, struct error *error)
{
	struct statement *statement;

	memset(out, 0, sizeof(*out));
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT wave_end, held_commit <> '', count(*) FROM router"
			  " WHERE wave > 0 GROUP BY 1, 2",
			  error))
		return false;
	while (db_step(statement)) {
		int64_t end = db_column(statement, 0);
		uint32_t count = (uint32_t)db_column(statement, 2);

		if (db_column(statement, 1) != 0) {
			out->waiting += count;
			continue;
		}
		if (end == WAVE_PENDING)
			out->pending += count;
		else
			out->done += count;
		if (end == WAVE_REFUSED)
			out->refused += count;
	}
	return db_finish(statement, error);
}
