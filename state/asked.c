#include "state/asked.h"

#include "base/clock.h"
#include "state/inside.h"

#define UNSENT_ROW 3 /* prompts in a row */

static bool count(struct asked_totals *out, struct db *db, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "SELECT (SELECT coalesce(sum(asks), 0) FROM attempt) + (SELECT coalesce(sum(asks),"
		" 0) FROM question WHERE kind = 'verify'), (SELECT count(*) FROM question WHERE"
		" kind = 'verify' AND status IN ('yes', 'no')), (SELECT count(*) FROM attempt),"
		" (SELECT count(*) FROM attempt WHERE status = 'failed' AND provider_ref = '')");

	if (db_step(statement))
		*out = (struct asked_totals){ .ask_count = db_column(statement, 0),
					      .answer_count = db_column(statement, 1),
					      .prompt_count = db_column(statement, 2),
					      .unsent_count = db_column(statement, 3) };
	return db_finish(statement, error);
}

static bool failing(struct asked_totals *out, struct db *db, struct arena *arena,
		    struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "SELECT since_at, why FROM (SELECT created_at AS since_at, why FROM question"
		" WHERE kind = 'verify' AND status = 'open' AND asks >= 3 UNION ALL"
		" SELECT since_at, '' FROM hint WHERE tries >= 3) ORDER BY since_at");

	while (db_step(statement)) {
		if (out->failing_count++ > 0)
			continue;
		out->failing_since_at = db_column(statement, 0);
		out->failing_why = db_column_text(statement, 1, arena);
	}
	return db_finish(statement, error);
}

static bool unsent(struct asked_totals *out, struct db *db, int64_t now, struct arena *arena,
		   struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "SELECT status = 'failed' AND provider_ref = '', reason FROM attempt"
		" WHERE created_at > ? ORDER BY id DESC LIMIT ?");
	int row = 0, unsent = 0;

	db_bind(statement, 1, now - HOUR_US);
	db_bind(statement, 2, UNSENT_ROW);
	while (db_step(statement)) {
		unsent += db_column(statement, 0) != 0;
		if (row++ == 0)
			out->unsent_why = db_column_text(statement, 1, arena);
	}
	if (unsent < UNSENT_ROW)
		out->unsent_why = TEXT_NONE;
	return db_finish(statement, error);
}

bool asked_totals(struct asked_totals *out, struct store *store, int64_t now, struct arena *arena,
		  struct error *error)
{
	struct db *db;
	bool ok;

	*out = (struct asked_totals){ 0 };
	if (!store_read(&db, store, STORE_TENANT, error))
		return false;
	ok = count(out, db, error) && failing(out, db, arena, error) &&
	     unsent(out, db, now, arena, error);
	store_read_done(store, STORE_TENANT, db);
	return ok;
}
