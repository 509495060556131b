#include "state/lanes.h"

#include "state/inside.h"

/* All that has a moment, with its channel. */
#define DUE                                                                  \
	"(SELECT channel, next_at FROM attempt WHERE next_at > 0 UNION ALL"  \
	" SELECT channel, next_at FROM question WHERE next_at > 0 UNION ALL" \
	" SELECT channel, next_at FROM hint WHERE next_at > 0 UNION ALL"     \
	" SELECT channel, next_at FROM pull WHERE next_at > 0) "

static bool first_after(int64_t *next_at, struct db *db, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(db, "SELECT min(next_at) FROM " DUE
						     "WHERE next_at > ?");

	db_bind(statement, 1, now);
	return db_finish_number(next_at, statement, error);
}

bool lanes_due(struct text **out, uint32_t *count, int64_t *next_at, struct store *store,
	       int64_t now, struct arena *arena, struct error *error)
{
	struct statement *statement;
	struct db *db;

	*out = NULL;
	*count = 0;
	*next_at = 0;
	if (!store_read(&db, store, STORE_TENANT, error))
		return false;
	statement = db_prepare(db, "SELECT channel FROM " DUE "WHERE next_at <= ? GROUP BY channel"
				   " ORDER BY min(next_at), channel");
	db_bind(statement, 1, now);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = db_column_text(statement, 0, arena);
	}
	bool ok = db_finish(statement, error) && first_after(next_at, db, now, error);
	store_read_done(store, STORE_TENANT, db);
	return ok;
}
