#include "state/proof.h"

#include <stdlib.h>

#include "state/inside.h"

#define MEASURED_MAX 1000 /* newest latencies that p50 and p99 are taken of */

const char *ending_word(enum ending_state state)
{
	static const char *const words[] = {
		[ENDING_WAITING] = "waiting", [ENDING_ONLINE] = "online", [ENDING_NONE] = "none"
	};

	invariant(state < ENDING_COUNT);
	return words[state];
}

static enum ending_state state_of(struct text word)
{
	for (int i = 0; i < ENDING_COUNT; i++)
		if (text_is(word, ending_word((enum ending_state)i)))
			return (enum ending_state)i;
	fatal("'%.*s' is no state of a credit", TEXT_ARG(word));
}

/* ---- writing --------------------------------------------------------------------------------- */

/*
 * The latency is taken only where nothing but wavu and the router was in the way: money that a
 * callback brought, credited when it was booked, and never without a right to be online.
 */
static const char add_sql[] =
    "INSERT INTO access (payment, subscriber, state, router, why, live, tries, since_at,"
    " after_purchase, latency_us, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
    " iif(?9, coalesce((SELECT max(id) FROM purchase WHERE subscriber = ?2), 0), NULL),"
    " iif(?3 = 'online', (SELECT max(0, ?10 - p.received_at) FROM payment p"
    "  WHERE p.id = ?1 AND p.inbox_id > 0"
    "  AND p.booked_at = (SELECT at FROM access WHERE payment = ?1 ORDER BY id LIMIT 1)"
    "  AND NOT EXISTS (SELECT 1 FROM access WHERE payment = ?1 AND state = 'none')), NULL), ?10)";

bool proof_add(struct store *store, const struct ending *proof, struct error *error)
{
	struct statement *statement = db_prepare(store_writer(store), add_sql);

	db_bind(statement, 1, proof->payment_id);
	db_bind_text(statement, 2, proof->reference);
	db_bind_text(statement, 3, text_of(ending_word(proof->state)));
	db_bind_text(statement, 4, proof->router);
	db_bind_text(statement, 5, proof->why);
	db_bind(statement, 6, proof->live);
	db_bind(statement, 7, proof->tries);
	db_bind(statement, 8, proof->since_at);
	db_bind(statement, 9, proof->bought_nothing);
	db_bind(statement, 10, proof->at);
	return db_done(statement, error);
}

bool proof_block(struct store *store, struct text router, struct text why, uint32_t tries,
		 int64_t since_at, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO access (payment, subscriber, state, router, why, live, tries, since_at,"
	    " at) SELECT payment, subscriber, 'waiting', router, ?2, -1, ?3, ?4, ?5 FROM access_now"
	    " WHERE router = ?1 AND state = 'waiting' AND blocked = 0 ORDER BY payment");

	invariant(why.size != 0);
	db_bind_text(statement, 1, router);
	db_bind_text(statement, 2, why);
	db_bind(statement, 3, tries);
	db_bind(statement, 4, since_at);
	db_bind(statement, 5, now);
	return db_done(statement, error);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Columns in the order of take_proof(). */
#define PROOF                                                                                    \
	"SELECT a.payment, a.subscriber, a.state, a.router, a.why, a.live, a.tries, a.since_at," \
	" a.after_purchase IS NOT NULL, coalesce(a.latency_us, -1), a.at FROM "

#define OPEN                                                                            \
	PROOF "access_now n JOIN access a ON a.id = n.access"                           \
	      " JOIN payment_now p ON p.payment = n.payment AND p.status = 'credited'"  \
	      " WHERE n.state <> 'online' AND (a.after_purchase IS NULL OR EXISTS"      \
	      " (SELECT 1 FROM purchase u WHERE u.subscriber = a.subscriber AND u.id >" \
	      " a.after_purchase)) "

static void take_proof(struct ending *out, struct statement *statement, struct arena *arena)
{
	*out = (struct ending){
		.payment_id = db_column(statement, 0),
		.reference = db_column_text(statement, 1, arena),
		.state = state_of(db_column_text(statement, 2, arena)),
		.router = db_column_text(statement, 3, arena),
		.why = db_column_text(statement, 4, arena),
		.live = (enum ternary)db_column(statement, 5),
		.tries = (uint32_t)db_column(statement, 6),
		.since_at = db_column(statement, 7),
		.bought_nothing = db_column(statement, 8) != 0,
		.latency_us = db_column(statement, 9),
		.at = db_column(statement, 10),
	};
}

/* What one query by at most one text and one number gives. */
struct asking {
	const char *sql;
	const struct text *text;
	const int64_t *number;
};

static bool read_proofs(struct ending **out, uint32_t *count, struct store *store,
			const struct asking *asking, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, asking->sql, error))
		return false;
	if (asking->text != NULL)
		db_bind_text(statement, 1, *asking->text);
	if (asking->number != NULL)
		db_bind(statement, 1, *asking->number);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_proof(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

bool proof_open_of(struct ending **out, uint32_t *count, struct store *store, struct text reference,
		   struct arena *arena, struct error *error)
{
	const struct asking asking = { OPEN "AND n.subscriber = ?1 ORDER BY n.payment", &reference,
				       NULL };

	return read_proofs(out, count, store, &asking, arena, error);
}

bool proof_open(struct ending **out, uint32_t *count, struct store *store, struct arena *arena,
		struct error *error)
{
	const struct asking asking = { OPEN "ORDER BY n.subscriber, n.payment", NULL, NULL };

	return read_proofs(out, count, store, &asking, arena, error);
}

bool proof_steps(struct ending **out, uint32_t *count, struct store *store, int64_t payment_id,
		 struct arena *arena, struct error *error)
{
	const struct asking asking = { PROOF "access a WHERE a.payment = ?1 ORDER BY a.id", NULL,
				       &payment_id };

	return read_proofs(out, count, store, &asking, arena, error);
}

bool proof_of(bool *found, struct ending *out, struct store *store, int64_t payment_id,
	      struct arena *arena, struct error *error)
{
	const struct asking asking = { PROOF "access_now n JOIN access a ON a.id = n.access"
					     " WHERE n.payment = ?1",
				       NULL, &payment_id };
	struct ending *one;
	uint32_t count;

	if (!read_proofs(&one, &count, store, &asking, arena, error))
		return false;
	*found = count == 1;
	if (*found)
		*out = *one;
	return true;
}

bool proof_waiting(struct ending **out, uint32_t *count, struct store *store, uint32_t max,
		   struct arena *arena, struct error *error)
{
	const int64_t limit = max;
	const struct asking asking = {
		PROOF "access_now n JOIN access a ON a.id = n.access"
		      " JOIN payment_now p ON p.payment = n.payment AND p.status = 'credited'"
		      " WHERE n.state = 'waiting' ORDER BY n.payment LIMIT ?1",
		NULL, &limit
	};

	return read_proofs(out, count, store, &asking, arena, error);
}

/* ---- figures --------------------------------------------------------------------------------- */

static int compare_us(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool read_sums(struct proof_totals *out, struct db *db, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "SELECT count(*), coalesce(min(p.received_at), 0),"
		" coalesce((SELECT cents FROM balance WHERE account = 'unmatched'), 0),"
		" (SELECT coalesce(sum(max(h.cents, 0)), 0) FROM payment_now w JOIN payment h"
		"  ON h.id = w.payment WHERE w.status = 'held'"
		"  AND NOT EXISTS (SELECT 1 FROM settled WHERE payment = h.id))"
		" FROM access_now n JOIN payment p ON p.id = n.payment"
		" JOIN payment_now c ON c.payment = p.id AND c.status = 'credited'"
		" WHERE n.state = 'waiting'");

	if (db_step(statement)) {
		out->waiting_count = db_column(statement, 0);
		out->waiting_since_at = db_column(statement, 1);
		out->unmatched_cents = db_column(statement, 2);
		out->held_cents = db_column(statement, 3);
	}
	return db_finish(statement, error);
}

static bool read_bounds(struct proof_totals *out, struct db *db, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "SELECT bound_us, count, total_us FROM access_latency ORDER BY bound_us");

	while (out->bound_count < PROOF_BOUNDS_MAX && db_step(statement)) {
		out->bounds[out->bound_count].bound_us = db_column(statement, 0);
		out->bounds[out->bound_count].count = db_column(statement, 1);
		out->bounds[out->bound_count++].total_us = db_column(statement, 2);
	}
	return db_finish(statement, error);
}

static bool read_ranks(struct proof_totals *out, struct db *db, struct arena *arena,
		       struct error *error)
{
	int64_t *latencies_us = ARENA_ARRAY(arena, int64_t, MEASURED_MAX);
	uint32_t count = 0;
	struct statement *statement = db_prepare(
	    db, "SELECT latency_us FROM access INDEXED BY access_measured WHERE latency_us IS NOT"
		" NULL ORDER BY id DESC LIMIT ?");

	db_bind(statement, 1, MEASURED_MAX);
	while (db_step(statement))
		latencies_us[count++] = db_column(statement, 0);
	if (!db_finish(statement, error))
		return false;
	out->p50_us = out->p99_us = -1;
	if (count == 0)
		return true;
	qsort(latencies_us, count, sizeof(*latencies_us), compare_us);
	out->p50_us = latencies_us[(count - 1) / 2];
	out->p99_us = latencies_us[(count * 99 + 99) / 100 - 1];
	return true;
}

bool proof_totals(struct proof_totals *out, struct store *store, struct arena *arena,
		  struct error *error)
{
	struct db *db;

	*out = (struct proof_totals){ .p50_us = -1, .p99_us = -1 };
	if (!store_read(&db, store, STORE_TENANT, error))
		return false;
	bool ok = read_sums(out, db, error) && read_bounds(out, db, error) &&
		  read_ranks(out, db, arena, error);
	store_read_done(store, STORE_TENANT, db);
	return ok;
}

bool income_read(struct income_hour **out, uint32_t *count, struct store *store, int64_t from_hour,
		 struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT hour, count, newest_at FROM income WHERE hour >= ? ORDER BY hour",
			  error))
		return false;
	db_bind(statement, 1, from_hour);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct income_hour){ db_column(statement, 0),
							   db_column(statement, 1),
							   db_column(statement, 2) };
	}
	return db_finish(statement, error);
}

/* ---- held money that was settled ------------------------------------------------------------- */

bool settled_add(struct store *store, int64_t held_id, int64_t by_payment_id, struct text actor,
		 int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "INSERT INTO settled (payment, by_payment, actor, at) SELECT ?1, ?2, ?3, ?4 FROM"
	    " payment_now WHERE payment = ?1 AND status = 'held' ON CONFLICT (payment) DO NOTHING");

	db_bind(statement, 1, held_id);
	db_bind(statement, 2, by_payment_id);
	db_bind_text(statement, 3, actor);
	db_bind(statement, 4, now);
	if (!db_done(statement, error))
		return false;
	if (db_changes(store_writer(store)) != 1)
		return error_set(error, ERROR_INVALID, "it is not held, or was settled before");
	return true;
}

bool settled_by(struct text *receipt, struct store *store, int64_t payment_id, struct arena *arena,
		struct error *error)
{
	struct statement *statement;

	*receipt = TEXT_NONE;
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id),"
			  " p.receipt) FROM settled s JOIN payment p ON p.id = s.by_payment"
			  " WHERE s.payment = ?",
			  error))
		return false;
	db_bind(statement, 1, payment_id);
	if (db_step(statement))
		*receipt = db_column_text(statement, 0, arena);
	return db_finish(statement, error);
}
