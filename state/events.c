#include "state/events.h"

#include "state/inside.h"

/* Columns in the order of take_event(). */
#define EVENT                                                                                    \
	"SELECT e.id, e.at, e.router, e.in_commit, e.cause, e.because, e.writes, e.duration_ms," \
	" e.outcome, e.repeats, e.changes, e.error FROM event e "

static void take_event(struct event *out, struct statement *statement, struct arena *arena)
{
	*out = (struct event){
		.id = db_column(statement, 0),
		.at = db_column(statement, 1),
		.router = db_column_text(statement, 2, arena),
		.commit = db_column_text(statement, 3, arena),
		.cause = (enum cause)db_column(statement, 4),
		.because = db_column_text(statement, 5, arena),
		.writes = (uint32_t)db_column(statement, 6),
		.duration_ms = (uint32_t)db_column(statement, 7),
		.outcome = (enum outcome)db_column(statement, 8),
		.repeats = (uint32_t)db_column(statement, 9),
		.changes = db_column_text(statement, 10, arena),
		.error = db_column_text(statement, 11, arena),
	};
}

static void bind_event(struct statement *statement, const struct event *event)
{
	db_bind(statement, 1, event->at);
	db_bind_text(statement, 2, event->router);
	db_bind_text(statement, 3, event->commit);
	db_bind(statement, 4, event->cause);
	db_bind_text(statement, 5, event->because);
	db_bind(statement, 6, event->writes);
	db_bind(statement, 7, event->outcome);
	db_bind_text(statement, 8, event->changes);
	db_bind_text(statement, 9, event->error);
}

/* Counts up the router's newest event when this one says the same; *id 0: it does not. */
static bool repeat(int64_t *id, struct db *db, const struct event *event, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "UPDATE event SET repeats = repeats + 1, repeated_at = ?1"
		" WHERE id = (SELECT max(id) FROM event WHERE router = ?2) AND in_commit = ?3"
		" AND cause = ?4 AND because = ?5 AND writes = ?6 AND outcome = ?7 AND changes ="
		" ?8 AND error = ?9 RETURNING id");

	bind_event(statement, event);
	*id = db_step(statement) ? db_column(statement, 0) : 0;
	/* Stepped to its end: a statement that returns rows is only done then. */
	while (db_step(statement))
		;
	return db_finish(statement, error);
}

bool events_add(struct store *store, struct event *event, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement;

	invariant(event->cause < CAUSE_COUNT && event->outcome < OUTCOME_COUNT);
	if (!repeat(&event->id, db, event, error))
		return false;
	store_saw(store, event->at);
	if (event->id != 0)
		return true;
	statement = db_prepare(
	    db, "INSERT INTO event (at, router, in_commit, cause, because, writes, outcome,"
		" changes, error, duration_ms, repeats, repeated_at) VALUES (?, ?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, 0, 0)");
	bind_event(statement, event);
	db_bind(statement, 10, event->duration_ms);
	if (!db_done(statement, error))
		return false;
	event->id = db_newest_id(db);
	return true;
}

static bool take_events(struct event **out, uint32_t *count, struct statement *statement,
			struct arena *arena, struct error *error)
{
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_event(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

bool events_read(struct event **out, uint32_t *count, struct store *store, struct text router,
		 uint32_t max, struct arena *arena, struct error *error)
{
	const char *sql = EVENT "ORDER BY e.id DESC LIMIT ?1";
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (router.size > 0)
		sql = EVENT "WHERE e.router = ?2 ORDER BY e.id DESC LIMIT ?1";
	if (!store_select(&statement, store, STORE_TENANT, sql, error))
		return false;
	db_bind(statement, 1, max);
	if (router.size > 0)
		db_bind_text(statement, 2, router);
	return take_events(out, count, statement, arena, error);
}

bool events_of(struct event **out, uint32_t *count, struct store *store, struct text reference,
	       uint32_t max, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(
		&statement, store, STORE_TENANT,
		EVENT
		"JOIN event_touch t ON t.event = e.id WHERE t.subscriber = ? ORDER BY t.event DESC"
		" LIMIT ?",
		error))
		return false;
	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, max);
	return take_events(out, count, statement, arena, error);
}

bool events_touch(struct store *store, int64_t event_id, struct text reference, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO event_touch (subscriber, event) VALUES (?, ?) ON CONFLICT DO NOTHING");

	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, event_id);
	return db_done(statement, error);
}

/* Nothing of a router that left git while the job was looking: nobody would ever take it away. */
static bool put_drift(struct db *db, struct text router, const struct drift_row *row, int64_t now,
		      struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO drift (router, menu, row_key, fields, since_at, subscriber, policy,"
		" fresh) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1 WHERE EXISTS (SELECT 1 FROM router"
		" WHERE name = ?1) ON CONFLICT (router, menu, row_key) DO UPDATE SET fields ="
		" excluded.fields, subscriber = excluded.subscriber, policy = excluded.policy,"
		" fresh = 1");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, row->menu);
	db_bind_text(statement, 3, row->key);
	db_bind_text(statement, 4, row->fields);
	db_bind(statement, 5, now);
	db_bind_text(statement, 6, row->subscriber);
	db_bind_text(statement, 7, row->policy);
	return db_done(statement, error);
}

bool drift_replace(struct store *store, struct text router, const struct drift_row *rows,
		   uint32_t count, int64_t now, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement;

	statement = db_prepare(db, "UPDATE drift SET fresh = 0 WHERE router = ?");
	db_bind_text(statement, 1, router);
	if (!db_done(statement, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!put_drift(db, router, &rows[i], now, error))
			return false;
	statement = db_prepare(db, "DELETE FROM drift WHERE router = ? AND fresh = 0");
	db_bind_text(statement, 1, router);
	return db_done(statement, error);
}

bool drift_read(struct drift_row **out, uint32_t *count, struct store *store, struct arena *arena,
		struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(
		&statement, store, STORE_TENANT,
		"SELECT router, menu, row_key, fields, since_at, subscriber, policy FROM drift"
		" ORDER BY router, menu, row_key",
		error))
		return false;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct drift_row){
			.router = db_column_text(statement, 0, arena),
			.menu = db_column_text(statement, 1, arena),
			.key = db_column_text(statement, 2, arena),
			.fields = db_column_text(statement, 3, arena),
			.since_at = db_column(statement, 4),
			.subscriber = db_column_text(statement, 5, arena),
			.policy = db_column_text(statement, 6, arena),
		};
	}
	return db_finish(statement, error);
}
