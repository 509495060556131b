#include "state/fleet.h"

#include "state/fleet_inner.h"
#include "state/inside.h"

bool fleet_leave(struct text **references, uint32_t *count, struct store *store, struct text router,
		 struct arena *arena, struct error *error)
{
	return people_read(references, count, store,
			   "SELECT subscriber FROM leave WHERE router = ? ORDER BY subscriber",
			   router, arena, error);
}

bool fleet_leave_add(struct store *store, struct text router, const struct text *references,
		     uint32_t count, struct error *error)
{
	for (uint32_t i = 0; i < count; i++) {
		struct statement *statement = db_prepare(
		    store_writer(store),
		    "INSERT INTO leave (router, subscriber) VALUES (?, ?) ON CONFLICT"
		    " (router, subscriber) DO NOTHING");

		db_bind_text(statement, 1, router);
		db_bind_text(statement, 2, references[i]);
		if (!db_done(statement, error))
			return false;
	}
	return true;
}

bool fleet_leave_drop(struct store *store, struct text router, struct text reference,
		      struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store), "DELETE FROM leave WHERE router = ? AND subscriber = ?");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, reference);
	return db_done(statement, error);
}
