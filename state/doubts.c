#include "state/doubts.h"

#include "state/inside.h"

static const char *const words[DOUBT_VERDICT_COUNT] = {
	[DOUBT_ODD] = "odd",
	[DOUBT_UNNAMED] = "unnamed",
	[DOUBT_UNCONFIRMED] = "unconfirmed",
	[DOUBT_TRUE] = "true",
	[DOUBT_FALSE] = "false",
};

static enum doubt_verdict verdict_of(struct text word)
{
	for (int i = 0; i < DOUBT_VERDICT_COUNT; i++)
		if (text_is(word, words[i]))
			return (enum doubt_verdict)i;
	fatal("'%.*s' is no verdict of a doubt", TEXT_ARG(word));
}

bool doubts_add(struct store *store, const struct doubt *doubt, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO doubt (payment, verdict, why, at) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
	    " (SELECT 1 FROM doubt WHERE id = (SELECT max(id) FROM doubt WHERE payment = ?1)"
	    " AND verdict = ?2 AND why = ?3)");

	db_bind(statement, 1, doubt->payment_id);
	db_bind_text(statement, 2, text_of(words[doubt->verdict]));
	db_bind_text(statement, 3, doubt->why);
	db_bind(statement, 4, doubt->at);
	store_saw(store, doubt->at);
	return db_done(statement, error);
}

bool doubts_of(struct doubt **out, uint32_t *count, struct store *store, int64_t payment_id,
	       struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT verdict, why, at FROM doubt WHERE payment = ? ORDER BY id",
			  error))
		return false;
	db_bind(statement, 1, payment_id);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct doubt){
			.payment_id = payment_id,
			.verdict = verdict_of(db_column_text(statement, 0, arena)),
			.why = db_column_text(statement, 1, arena),
			.at = db_column(statement, 2),
		};
	}
	return db_finish(statement, error);
}

/* Of one verdict, where it is the newest about a payment that stands: how many, and whose. */
static const char total_sql[] =
    "SELECT count(*), coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt),"
    " max(d.id) FROM doubt d JOIN payment p ON p.id = d.payment JOIN payment_now n ON n.payment ="
    " d.payment AND n.status IN ('credited', 'unmatched') WHERE d.verdict = ?"
    " AND d.id = (SELECT max(id) FROM doubt WHERE payment = d.payment)";

bool doubts_totals(struct doubt_totals *out, struct store *store, struct arena *arena,
		   struct error *error)
{
	struct statement *statement;

	*out = (struct doubt_totals){ 0 };
	for (int i = 0; i < DOUBT_VERDICT_COUNT; i++) {
		if (!store_select(&statement, store, STORE_TENANT, total_sql, error))
			return false;
		db_bind_text(statement, 1, text_of(words[i]));
		if (db_step(statement)) {
			out->count[i] = db_column(statement, 0);
			out->newest[i] = db_column_text(statement, 1, arena);
		}
		if (!db_finish(statement, error))
			return false;
	}
	return true;
}
