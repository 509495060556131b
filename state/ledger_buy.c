#include "state/ledger.h"

#include <inttypes.h>

#include "state/ledger_inner.h"

static bool insert_purchase(struct db *db, struct text reference, const struct purchase *purchase,
			    int64_t movement, int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO purchase (movement, subscriber, payment, periods, service_from_at,"
		" paid_from_at, paid_until_at, anchor_day, package, at) VALUES (?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, ?)");

	db_bind(statement, 1, movement);
	db_bind_text(statement, 2, reference);
	if (purchase->payment_id != 0)
		db_bind(statement, 3, purchase->payment_id);
	else
		db_bind_null(statement, 3);
	db_bind(statement, 4, purchase->periods);
	db_bind(statement, 5, purchase->service_from_at);
	db_bind(statement, 6, purchase->paid_from_at);
	db_bind(statement, 7, purchase->paid_until_at);
	db_bind(statement, 8, purchase->anchor_day);
	db_bind_text(statement, 9, purchase->package);
	db_bind(statement, 10, now);
	return db_done(statement, error);
}

static bool stand_bought(struct db *db, struct text reference, const struct purchase *purchase,
			 int64_t now, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "UPDATE standing SET service_from_at = ?2, paid_until_at = ?3, anchor_day = ?4,"
		" changed_at = max(changed_at, ?5) WHERE subscriber = ?1");

	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, purchase->service_from_at);
	db_bind(statement, 3, purchase->paid_until_at);
	db_bind(statement, 4, purchase->anchor_day);
	db_bind(statement, 5, now);
	return db_done(statement, error);
}

bool ledger_buy(struct store *store, struct text reference, const struct purchase *purchase,
		int64_t now, struct error *error)
{
	struct db *db = store_writer(store);
	struct movement movement = {
		.kind = "bought",
		.source = { "credit:", reference },
		.target = { "revenue", TEXT_NONE },
		.cents = purchase->cents,
		.at = now,
	};
	int64_t credit, id;

	invariant(reference.size != 0 && purchase->periods > 0 && purchase->cents > 0);
	invariant(purchase->service_from_at > 0 &&
		  purchase->paid_until_at > purchase->paid_from_at);
	if (!ledger_number(&credit, db, "SELECT cents FROM balance WHERE account = 'credit:' || ?",
			   reference, error))
		return false;
	if (credit < purchase->cents)
		return error_set(error, ERROR_CONFLICT,
				 "%.*s cannot buy for %" PRId64 " cents with a credit of %" PRId64,
				 TEXT_ARG(reference), purchase->cents, credit);
	if (!ledger_move(&id, db, &movement, error))
		return false;
	store_booked(store, now);
	return insert_purchase(db, reference, purchase, id, now, error) &&
	       stand_bought(db, reference, purchase, now, error);
}

/* Service that runs goes on; else it begins now, and never before the declared first day. */
static bool insert_opening(struct db *db, struct text reference, struct text account,
			   const struct opened *opened, int64_t movement, int64_t now,
			   struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO opening (subscriber, account, paid_until_at, movement, after_purchase,"
		" at, service_from_at) VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(id), 0) FROM"
		" purchase WHERE subscriber = ?1), ?5, coalesce((SELECT max(service_from_at, ?5)"
		" FROM standing WHERE subscriber = ?1 AND paid_until_at > ?5), max(?5, ?6)))");

	db_bind_text(statement, 1, reference);
	db_bind_text(statement, 2, account);
	db_bind(statement, 3, opened->paid_until_at);
	if (movement != 0)
		db_bind(statement, 4, movement);
	else
		db_bind_null(statement, 4);
	db_bind(statement, 5, now);
	db_bind(statement, 6, opened->start_at);
	return db_done(statement, error);
}

/* An opening never shortens what was bought before it was declared. */
static bool stand_opened(struct db *db, struct text reference, int64_t paid_until_at, int64_t now,
			 struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO standing SELECT ?1, 1, iif(?2 > 0, o.service_from_at, 0), ?2, 0, 1, 0,"
		" NULL, ?3 FROM opening o WHERE o.subscriber = ?1"
		" ON CONFLICT (subscriber) DO UPDATE SET known = 1, opening_booked = 1,"
		" service_from_at = iif(?2 > paid_until_at, (SELECT o.service_from_at FROM opening"
		" o WHERE o.subscriber = ?1), service_from_at), anchor_day ="
		" iif(?2 > paid_until_at, 0, anchor_day), paid_until_at = max(paid_until_at,"
		" ?2), changed_at = max(changed_at, ?3)");

	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, paid_until_at);
	db_bind(statement, 3, now);
	return db_done(statement, error);
}

bool ledger_open(bool *booked, struct store *store, struct text reference, struct text account,
		 const struct opened *opened, int64_t now, struct error *error)
{
	struct db *db = store_writer(store);
	const struct leg credit = { "credit:", reference }, opening = { "opening", TEXT_NONE };
	bool owes = opened->balance_cents < 0;
	struct movement movement = {
		.kind = "opened",
		.source = owes ? credit : opening,
		.target = owes ? opening : credit,
		.cents = owes ? -opened->balance_cents : opened->balance_cents,
		.at = now,
	};
	int64_t there, id;

	invariant(reference.size != 0 && opened->paid_until_at >= 0);
	*booked = false;
	if (!ledger_number(&there, db, "SELECT count(*) FROM opening WHERE subscriber = ?",
			   reference, error))
		return false;
	if (there != 0)
		return true;
	store_booked(store, now);
	*booked = ledger_move(&id, db, &movement, error) &&
		  insert_opening(db, reference, account, opened, id, now, error) &&
		  stand_opened(db, reference, opened->paid_until_at, now, error);
	return *booked;
}

bool ledger_pause(struct store *store, struct text reference, bool paused, struct text actor,
		  int64_t now, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "INSERT INTO pause (subscriber, paused, actor, at) VALUES (?, ?, ?, ?)");

	invariant(reference.size != 0);
	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, paused);
	db_bind_text(statement, 3, actor);
	db_bind(statement, 4, now);
	if (!db_done(statement, error))
		return false;
	store_saw(store, now);
	statement = db_prepare(
	    db, "INSERT INTO standing VALUES (?1, 0, 0, 0, 0, 0, ?2, NULL, ?3) ON CONFLICT"
		" (subscriber) DO UPDATE SET paused = ?2, changed_at = max(changed_at, ?3)");
	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, paused);
	db_bind(statement, 3, now);
	return db_done(statement, error);
}

bool ledger_password(struct text *out, struct store *store, struct text reference,
		     struct text fresh, struct arena *arena, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "INSERT INTO password (subscriber, password) VALUES (?, ?) ON CONFLICT (subscriber)"
		" DO NOTHING");

	invariant(reference.size != 0 && fresh.size != 0);
	db_bind_text(statement, 1, reference);
	db_bind_text(statement, 2, fresh);
	if (!db_done(statement, error))
		return false;
	statement = db_prepare(db, "SELECT password FROM password WHERE subscriber = ?");
	db_bind_text(statement, 1, reference);
	*out = db_step(statement) ? db_column_text(statement, 0, arena) : TEXT_NONE;
	if (!db_finish(statement, error))
		return false;
	/* Known to be somebody, though no money was ever seen of him: the standings show his
	 * password. */
	statement = db_prepare(
	    db, "INSERT INTO standing VALUES (?1, 0, 0, 0, 0, 0, 0, NULL, 0) ON CONFLICT"
		" (subscriber) DO NOTHING");
	db_bind_text(statement, 1, reference);
	return db_done(statement, error);
}
