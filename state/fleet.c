#include "state/fleet.h"

#include "state/inside.h"

/* Columns in the order of take_router(). */
#define ROUTER                                                                                   \
	"SELECT name, generation, applied_generation, wanted_commit, applied_commit, reachable," \
	" in_sync, drift_rows, contested, failures, unreachable_since_at, last_look_at,"         \
	" last_reconcile_at, error, guarded_digest, guarded_losses, guarded_why,"                \
	" pause_until_at, pause_reason, version, walls, held_commit, wave, wave_end, wave_strict" \
	" FROM router "

static void take_router(struct router_state *out, struct statement *statement, struct arena *arena)
{
	*out = (struct router_state){
		.name = db_column_text(statement, 0, arena),
		.generation = db_column(statement, 1),
		.applied_generation = db_column(statement, 2),
		.wanted_commit = db_column_text(statement, 3, arena),
		.applied_commit = db_column_text(statement, 4, arena),
		.reachable = (enum ternary)db_column(statement, 5),
		.in_sync = (enum ternary)db_column(statement, 6),
		.drift_rows = (uint32_t)db_column(statement, 7),
		.contested = db_column(statement, 8) != 0,
		.failures = (uint32_t)db_column(statement, 9),
		.unreachable_since_at = db_column(statement, 10),
		.last_look_at = db_column(statement, 11),
		.last_reconcile_at = db_column(statement, 12),
		.error = db_column_text(statement, 13, arena),
		.guarded_digest = db_column_text(statement, 14, arena),
		.guarded_losses = (uint32_t)db_column(statement, 15),
		.guarded_why = db_column_text(statement, 16, arena),
		.pause_until_at = db_column(statement, 17),
		.pause_reason = db_column_text(statement, 18, arena),
		.version = db_column_text(statement, 19, arena),
		.walls = db_column_text(statement, 20, arena),
		.held_commit = db_column_text(statement, 21, arena),
		.wave = (uint32_t)db_column(statement, 22),
		.wave_end = (enum wave_end)db_column(statement, 23),
		.wave_strict = db_column(statement, 24) != 0,
	};
}

static bool do_with(struct db *db, const char *sql, struct text value, struct error *error)
{
	struct statement *statement = db_prepare(db, sql);

	db_bind_text(statement, 1, value);
	return db_done(statement, error);
}

/* What is owed to routers that are no longer ours is owed no more; what we put on them stays in the
 * inventory. */
static bool forget_unnamed(struct db *db, struct error *error)
{
	static const char *const steps[] = {
		"DELETE FROM mark WHERE router IN (SELECT name FROM router WHERE named = 0)",
		"DELETE FROM loss WHERE router IN (SELECT name FROM router WHERE named = 0)",
		"DELETE FROM leave WHERE router IN (SELECT name FROM router WHERE named = 0)",
		"DELETE FROM drift WHERE router IN (SELECT name FROM router WHERE named = 0)",
		("UPDATE approval SET spent = 1"
		 " WHERE router IN (SELECT name FROM router WHERE named = 0)"),
		"DELETE FROM router WHERE named = 0",
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!db_done(db_prepare(db, steps[i]), error))
			return false;
	return true;
}

bool fleet_sync(struct store *store, const struct text *routers, uint32_t count,
		struct error *error)
{
	struct db *db = store_writer(store);

	if (!db_done(db_prepare(db, "UPDATE router SET named = 0"), error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!do_with(db,
			     "INSERT INTO router (name) VALUES (?) ON CONFLICT (name) DO UPDATE"
			     " SET named = 1",
			     routers[i], error))
			return false;
	return forget_unnamed(db, error);
}

bool fleet_routers(struct router_state **out, uint32_t *count, struct store *store,
		   struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, ROUTER "ORDER BY name", error))
		return false;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_router(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

bool fleet_router(bool *found, struct router_state *out, struct store *store, struct text router,
		  struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT, ROUTER "WHERE name = ?", error))
		return false;
	db_bind_text(statement, 1, router);
	*found = db_step(statement);
	if (*found)
		take_router(out, statement, arena);
	return db_finish(statement, error);
}

static bool must_exist(struct db *db, struct text router, struct error *error)
{
	return db_changes(db) == 1 ||
	       error_set(error, ERROR_CONFLICT, "router %.*s is not in the commit in force",
			 TEXT_ARG(router));
}

bool fleet_want(struct store *store, struct text router, struct text commit, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "UPDATE router SET generation = generation + 1,"
		" wanted_commit = iif(?2 = '', wanted_commit, ?2) WHERE name = ?1");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, commit);
	return db_done(statement, error) && must_exist(db, router, error);
}

/* A job that began before the router was dropped from git has nobody to tell: no error. */
bool fleet_learnt(struct store *store, const struct router_state *state, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "UPDATE router SET applied_commit = iif(?2 >= applied_generation, ?3,"
	    " applied_commit), applied_generation = min(generation, max(applied_generation,"
	    " ?2)), reachable = ?4, in_sync = ?5, drift_rows = ?6, contested = ?7, failures ="
	    " ?8, unreachable_since_at = ?9, last_look_at = ?10, last_reconcile_at = ?11, error"
	    " = ?12, guarded_digest = ?13, guarded_losses = ?14, guarded_why = ?15, version ="
	    " ?16, walls = ?17 WHERE name = ?1");

	db_bind_text(statement, 1, state->name);
	db_bind(statement, 2, state->applied_generation);
	db_bind_text(statement, 3, state->applied_commit);
	db_bind(statement, 4, state->reachable);
	db_bind(statement, 5, state->in_sync);
	db_bind(statement, 6, state->drift_rows);
	db_bind(statement, 7, state->contested);
	db_bind(statement, 8, state->failures);
	db_bind(statement, 9, state->unreachable_since_at);
	db_bind(statement, 10, state->last_look_at);
	db_bind(statement, 11, state->last_reconcile_at);
	db_bind_text(statement, 12, state->error);
	db_bind_text(statement, 13, state->guarded_digest);
	db_bind(statement, 14, state->guarded_losses);
	db_bind_text(statement, 15, state->guarded_why);
	db_bind_text(statement, 16, state->version);
	db_bind_text(statement, 17, state->walls);
	store_saw(store, state->last_look_at);
	store_saw(store, state->last_reconcile_at);
	return db_done(statement, error);
}

bool fleet_pause(struct store *store, struct text router, int64_t until_at, struct text reason,
		 struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "UPDATE router SET pause_until_at = ?2, pause_reason = iif(?2 = 0, '', ?3) WHERE"
		" name = ?1");

	db_bind_text(statement, 1, router);
	db_bind(statement, 2, until_at);
	db_bind_text(statement, 3, reason);
	return db_done(statement, error) && must_exist(db, router, error);
}

bool fleet_mark(struct store *store, struct text router, struct text reference, enum cause cause,
		struct text because, int64_t at, struct error *error)
{
	/* The same mark again takes a new number: a job that saw only the old one leaves it. */
	static const char *const steps[] = {
		"DELETE FROM mark WHERE router = ?1 AND subscriber = ?2 AND cause = ?3 AND"
		" because = ?4 AND ?5 = ?5",
		"INSERT INTO mark (router, subscriber, cause, because, at) VALUES (?1, ?2, ?3,"
		" ?4, ?5)",
	};

	invariant(cause < CAUSE_COUNT);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct statement *statement = db_prepare(store_writer(store), steps[i]);
		db_bind_text(statement, 1, router);
		db_bind_text(statement, 2, reference);
		db_bind(statement, 3, cause);
		db_bind_text(statement, 4, because);
		db_bind(statement, 5, at);
		if (!db_done(statement, error))
			return false;
	}
	store_saw(store, at);
	return true;
}

#define MARK "SELECT id, router, subscriber, cause, because, at FROM mark "

bool fleet_marks(struct mark **out, uint32_t *count, struct store *store, struct text router,
		 struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(
		&statement, store, STORE_TENANT,
		router.size == 0 ? MARK "ORDER BY id" : MARK "WHERE router = ? ORDER BY id", error))
		return false;
	if (router.size != 0)
		db_bind_text(statement, 1, router);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct mark){
			.id = db_column(statement, 0),
			.router = db_column_text(statement, 1, arena),
			.reference = db_column_text(statement, 2, arena),
			.cause = (enum cause)db_column(statement, 3),
			.because = db_column_text(statement, 4, arena),
			.at = db_column(statement, 5),
		};
	}
	return db_finish(statement, error);
}

bool fleet_marks_clear(struct store *store, struct text router, int64_t up_to_id,
		       struct error *error)
{
	struct statement *statement = db_prepare(store_writer(store),
						 "DELETE FROM mark WHERE router = ? AND id <= ?");

	db_bind_text(statement, 1, router);
	db_bind(statement, 2, up_to_id);
	return db_done(statement, error);
}
