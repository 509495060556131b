#include "state/inventory.h"

#include "base/bug.h"
#include "state/inside.h"

/* Columns in the order of take_entry(). */
#define ENTRY                                                                     \
	"SELECT menu, row_key, subscriber, state, written, secret_written, open," \
	" rights_pending, rights_at, macs, heals, healed_at FROM inventory "

static void take_entry(struct inventory_entry *out, struct statement *statement,
		       struct arena *arena)
{
	*out = (struct inventory_entry){
		.menu = db_column_text(statement, 0, arena),
		.key = db_column_text(statement, 1, arena),
		.reference = db_column_text(statement, 2, arena),
		.state = (enum inventory_state)db_column(statement, 3),
		.written = db_column_text(statement, 4, arena),
		.secret_written = db_column_text(statement, 5, arena),
		.open = db_column(statement, 6) != 0,
		.rights_pending = db_column(statement, 7) != 0,
		.rights_at = db_column(statement, 8),
		.macs = db_column_text(statement, 9, arena),
		.heals = (uint32_t)db_column(statement, 10),
		.healed_at = db_column(statement, 11),
	};
}

static bool read(struct inventory_entry **out, uint32_t *count, struct store *store,
		 const char *sql, struct text router, const struct text *reference,
		 struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, sql, error))
		return false;
	db_bind_text(statement, 1, router);
	if (reference != NULL)
		db_bind_text(statement, 2, *reference);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_entry(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

bool inventory_read(struct inventory_entry **out, uint32_t *count, struct store *store,
		    struct text router, struct arena *arena, struct error *error)
{
	return read(out, count, store, ENTRY "WHERE router = ? ORDER BY menu, row_key", router,
		    NULL, arena, error);
}

bool inventory_read_of(struct inventory_entry **out, uint32_t *count, struct store *store,
		       struct text router, struct text reference, struct arena *arena,
		       struct error *error)
{
	/* Named, for without statistics SQLite walks all rows of the router by the primary key. */
	return read(out, count, store,
		    ENTRY "INDEXED BY inventory_by_subscriber WHERE router = ?1 AND"
			  " subscriber IN (?2, '') ORDER BY menu, row_key",
		    router, &reference, arena, error);
}

bool inventory_put(struct store *store, struct text router, const struct inventory_entry *entry,
		   struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO inventory (router, menu, row_key, subscriber, state, written,"
	    " secret_written, open, rights_pending, rights_at, macs, heals, healed_at) VALUES"
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (router, menu, row_key) DO"
	    " UPDATE SET subscriber = excluded.subscriber, state = excluded.state, written ="
	    " excluded.written, secret_written = excluded.secret_written, open = excluded.open,"
	    " rights_pending = excluded.rights_pending, rights_at = excluded.rights_at, macs ="
	    " excluded.macs, heals = excluded.heals, healed_at = excluded.healed_at");

	/* Bug 4: what is about to be added is not written down first. */
	if (bug(4) && entry->state == INVENTORY_PENDING)
		return db_finish(statement, error);

	invariant(router.size != 0 && entry->menu.size != 0);
	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, entry->menu);
	db_bind_text(statement, 3, entry->key);
	db_bind_text(statement, 4, entry->reference);
	db_bind(statement, 5, entry->state);
	db_bind_text(statement, 6, entry->written);
	db_bind_text(statement, 7, entry->secret_written);
	db_bind(statement, 8, entry->open);
	db_bind(statement, 9, entry->rights_pending);
	db_bind(statement, 10, entry->rights_at);
	db_bind_text(statement, 11, entry->macs);
	db_bind(statement, 12, entry->heals);
	db_bind(statement, 13, entry->healed_at);
	return db_done(statement, error);
}

bool inventory_drop(struct store *store, struct text router, struct text menu, struct text key,
		    struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "DELETE FROM inventory WHERE router = ? AND menu = ? AND row_key = ?");

	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, menu);
	db_bind_text(statement, 3, key);
	return db_done(statement, error);
}
