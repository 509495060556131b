#include "state/protection.h"

#include "state/inside.h"

bool protection_write(struct store *store, const struct protection *protection, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement;

	if (!db_done(db_prepare(db, "DELETE FROM protection WHERE router NOT IN"
				    " (SELECT name FROM router)"),
		     error))
		return false;
	/* A job that began before the router was dropped from git has nobody to tell. */
	statement = db_prepare(db, "INSERT OR REPLACE INTO protection (router, protects, why)"
				   " SELECT name, ?2, ?3 FROM router WHERE name = ?1");
	db_bind_text(statement, 1, protection->router);
	db_bind(statement, 2, protection->protects);
	db_bind_text(statement, 3, protection->why);
	return db_done(statement, error);
}

bool protection_read(struct protection **out, uint32_t *count, struct store *store,
		     struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT router, protects, why FROM protection ORDER BY router", error))
		return false;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct protection){
			.router = db_column_text(statement, 0, arena),
			.protects = db_column(statement, 1) != 0,
			.why = db_column_text(statement, 2, arena),
		};
	}
	return db_finish(statement, error);
}

const struct protection *protection_find(const struct protection *all, uint32_t count,
					 struct text router)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(all[middle].router, router);

		if (order == 0)
			return &all[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
