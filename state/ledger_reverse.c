#include "state/ledger.h"

#include <inttypes.h>

#include "state/ledger_inner.h"

/*
 * Money that is taken back, and held money that is judged. A movement stays as it was written: what
 * undoes it is a compensation, the same two accounts the other way round.
 */

/* ---- held money is judged -------------------------------------------------------------------- */

static bool judge(struct store *store, const struct ledger_status *status, struct arena *arena,
		  struct error *error)
{
	struct db *db = store_writer(store);
	struct ledger_waiting waiting;
	int64_t id;

	if (!ledger_waiting_read(&waiting, db, status->payment_id, arena, error))
		return false;
	invariant(waiting.found);
	if (waiting.status != PAYMENT_HELD)
		return error_set(error, ERROR_CONFLICT, "%.*s is not held any more",
				 TEXT_ARG(waiting.receipt));
	/* Settled, it waits for nothing: why it was held is history. */
	if (status->status == PAYMENT_HELD &&
	    (waiting.settled || text_equal(waiting.reason, status->reason)))
		return true;
	if (!ledger_status_insert(db, status, error))
		return false;
	store_booked(store, status->at);
	if (status->status == PAYMENT_HELD)
		return true;
	invariant(waiting.has_cents && waiting.cents >= 0);
	return ledger_move(&id, db,
			   &(struct movement){ .kind = "parked",
					       .source = { "in:", waiting.channel },
					       .target = { "unmatched", TEXT_NONE },
					       .cents = waiting.cents,
					       .payment_id = status->payment_id,
					       .at = status->at },
			   error);
}

static bool judge_held(struct store *store, int64_t payment_id, enum payment_status status,
		       struct text reason, int64_t now, struct error *error)
{
	struct ledger_status row = {
		.payment_id = payment_id, .status = status, .reason = reason, .at = now
	};
	struct arena arena;

	arena_open(&arena, LEDGER_SMALL_ARENA_SIZE);
	bool ok = judge(store, &row, &arena, error);
	arena_close(&arena);
	return ok;
}

bool ledger_park(struct store *store, int64_t payment_id, struct text reason, int64_t now,
		 struct error *error)
{
	return judge_held(store, payment_id, PAYMENT_UNMATCHED, reason, now, error);
}

bool ledger_hold(struct store *store, int64_t payment_id, struct text reason, int64_t now,
		 struct error *error)
{
	return judge_held(store, payment_id, PAYMENT_HELD, reason, now, error);
}

/* ---- what was bought ------------------------------------------------------------------------- */

bool ledger_purchases(struct purchase_left **out, uint32_t *count, struct store *store,
		      struct text reference, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(
		&statement, store, STORE_TENANT,
		"SELECT id, periods, cents, paid_from_at, paid_until_at, anchor_day, package,"
		" payment, at FROM purchase_now WHERE subscriber = ? AND periods > 0"
		" ORDER BY id DESC",
		error))
		return false;
	db_bind_text(statement, 1, reference);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct purchase_left){
			.id = db_column(statement, 0),
			.periods = (uint32_t)db_column(statement, 1),
			.cents = db_column(statement, 2),
			.paid_from_at = db_column(statement, 3),
			.paid_until_at = db_column(statement, 4),
			.anchor_day = (int32_t)db_column(statement, 5),
			.package = db_column_text(statement, 6, arena),
			.payment_id = db_column(statement, 7),
			.at = db_column(statement, 8),
		};
	}
	return db_finish(statement, error);
}

bool ledger_debt(int64_t *cents, struct store *store, struct text reference, struct error *error)
{
	struct db *db;

	if (!store_read(&db, store, STORE_TENANT, error))
		return false;
	bool ok = ledger_number(cents, db,
				"SELECT m.cents FROM opening o JOIN movement m ON m.id = o.movement"
				" WHERE o.subscriber = ? AND m.target = 'opening'",
				reference, error);
	store_read_done(store, STORE_TENANT, db);
	return ok;
}

/* ---- reversal -------------------------------------------------------------------------------- */

static bool shorten(struct db *db, int64_t payment_id, const struct shortening *shortening,
		    int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO compensation (movement, cents, payment, at) SELECT movement, ?2, ?3,"
		" ?4 FROM purchase WHERE id = ?1");

	invariant(shortening->periods > 0 && shortening->cents > 0);
	db_bind(statement, 1, shortening->purchase_id);
	db_bind(statement, 2, shortening->cents);
	db_bind(statement, 3, payment_id);
	db_bind(statement, 4, now);
	if (!db_done(statement, error))
		return false;
	statement = db_prepare(db, "INSERT INTO shortened (compensation, purchase, periods,"
				   " paid_until_at, at) VALUES (?, ?, ?, ?, ?)");
	db_bind(statement, 1, db_newest_id(db));
	db_bind(statement, 2, shortening->purchase_id);
	db_bind(statement, 3, shortening->periods);
	db_bind(statement, 4, shortening->paid_until_at);
	db_bind(statement, 5, now);
	return db_done(statement, error);
}

/* The newest movement first, so that the bucket between two of them is filled before it gives. */
static bool give_back(struct db *db, int64_t payment_id, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO compensation (movement, cents, payment, at) SELECT id, cents,"
		" payment, ?2 FROM movement WHERE payment = ?1 ORDER BY id DESC");

	db_bind(statement, 1, payment_id);
	db_bind(statement, 2, now);
	return db_done(statement, error);
}

/* His standing, made again from what is left: as `verify` does it for everybody. */
static bool stand_again(struct db *db, struct text reference, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "UPDATE standing SET (service_from_at, paid_until_at, anchor_day) ="
		" (SELECT iif(f.by_purchase, f.service_from_at, f.opened_from_at),"
		"  iif(f.by_purchase, f.paid_until_at, f.opened_until_at),"
		"  iif(f.by_purchase, f.anchor_day, 0)"
		"  FROM (SELECT iif(o.subscriber IS NULL OR b.id > o.after_purchase, 1,"
		"    coalesce(b.paid_until_at, 0) >= o.paid_until_at) AS by_purchase,"
		"   coalesce(b.service_from_at, 0) AS service_from_at,"
		"   coalesce(b.paid_until_at, 0) AS paid_until_at,"
		"   coalesce(b.anchor_day, 0) AS anchor_day,"
		"   coalesce(nullif(o.service_from_at, 0), o.at) AS opened_from_at,"
		"   o.paid_until_at AS opened_until_at"
		"   FROM (SELECT 1) LEFT JOIN (SELECT * FROM purchase_now WHERE subscriber = ?1"
		"    AND periods > 0 ORDER BY id DESC LIMIT 1) b"
		"   LEFT JOIN opening o ON o.subscriber = ?1) f),"
		" last_payment = (SELECT payment FROM payment_now WHERE subscriber = ?1 AND"
		"  subscriber <> '' AND status = 'credited' ORDER BY status_id DESC LIMIT 1),"
		" changed_at = max(changed_at, ?2) WHERE subscriber = ?1");

	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, now);
	return db_done(statement, error);
}

bool ledger_reverse(struct text *reference, struct store *store, int64_t payment_id,
		    const struct shortening *shortenings, uint32_t count, struct text reason,
		    struct text actor, int64_t now, struct arena *arena, struct error *error)
{
	struct db *db = store_writer(store);
	struct ledger_waiting waiting;
	struct ledger_status status = { .payment_id = payment_id,
					.status = PAYMENT_REVERSED,
					.reason = reason,
					.actor = actor,
					.at = now };

	*reference = TEXT_NONE;
	if (!ledger_waiting_read(&waiting, db, payment_id, arena, error))
		return false;
	if (!waiting.found)
		return error_set(error, ERROR_INVALID, "there is no payment %" PRId64, payment_id);
	if (waiting.status == PAYMENT_REVERSED)
		return error_set(error, ERROR_CONFLICT, "%.*s was reversed before",
				 TEXT_ARG(waiting.receipt));
	status.account = waiting.account;
	if (!ledger_status_insert(db, &status, error))
		return false;
	store_booked(store, now);
	for (uint32_t i = 0; i < count; i++)
		if (!shorten(db, payment_id, &shortenings[i], now, error))
			return false;
	if (!give_back(db, payment_id, now, error))
		return false;
	*reference = waiting.reference;
	return waiting.reference.size == 0 || stand_again(db, waiting.reference, now, error);
}
