#include "state/ledger.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "state/ledger_inner.h"

/* Trimmed and in upper case: what makes two receipts the same one. */
static struct text receipt_key(struct arena *arena, struct text receipt)
{
	struct text trimmed = text_trim(receipt);
	char *at = arena_take(arena, (size_t)trimmed.size + 1);

	for (uint32_t i = 0; i < trimmed.size; i++) {
		char c = trimmed.at[i];
		at[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	at[trimmed.size] = '\0';
	return (struct text){ at, trimmed.size };
}

bool ledger_number(int64_t *out, struct db *db, const char *sql, struct text key,
		   struct error *error)
{
	struct statement *statement = db_prepare(db, sql);

	db_bind_text(statement, 1, key);
	return db_finish_number(out, statement, error);
}

static bool is_known(bool *known, struct db *db, struct text key, struct error *error)
{
	int64_t id;

	if (!ledger_number(&id, db,
			   "SELECT id FROM payment WHERE receipt_key = ?1 UNION ALL"
			   " SELECT payment FROM merged WHERE receipt_key = ?1",
			   key, error))
		return false;
	*known = id != 0;
	return true;
}

/* A number of our own where no receipt could be read; probed, for a payer's text may look the same.
 */
static bool make_receipt(struct text *receipt, struct text *key, struct db *db, const char *word,
			 struct arena *arena, struct error *error)
{
	bool taken = true;
	struct statement *statement = db_prepare(db, "SELECT max(id) FROM payment");
	int64_t number = db_step(statement) ? db_column(statement, 0) : 0;

	if (!db_finish(statement, error))
		return false;
	while (taken) {
		*receipt = text_format(arena, "%s-%" PRId64, word, ++number);
		*key = receipt_key(arena, *receipt);
		if (!is_known(&taken, db, *key, error))
			return false;
	}
	return true;
}

static bool insert_payment(struct db *db, struct payment *payment, struct text key, bool made,
			   struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO payment (receipt, receipt_key, receipt_made, provider, channel, cents,"
		" reference, phone, phone_hash, at, received_at, booked_at, inbox_id) VALUES (?,"
		" ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	db_bind_text(statement, 1, payment->receipt);
	db_bind_text(statement, 2, key);
	db_bind(statement, 3, made);
	db_bind_text(statement, 4, payment->provider);
	db_bind_text(statement, 5, payment->channel);
	if (payment->has_amount)
		db_bind(statement, 6, payment->amount_cents);
	else
		db_bind_null(statement, 6);
	db_bind_text(statement, 7, payment->reference);
	db_bind_text(statement, 8, payment->phone);
	db_bind_text(statement, 9, payment->phone_hash);
	db_bind(statement, 10, payment->at);
	db_bind(statement, 11, payment->received_at);
	db_bind(statement, 12, payment->booked_at);
	db_bind(statement, 13, payment->inbox_id);
	if (!db_done(statement, error))
		return false;
	payment->id = db_newest_id(db);
	return true;
}

bool ledger_status_insert(struct db *db, const struct ledger_status *status, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO payment_status (payment, status, subscriber, account, reason, actor,"
		" at) VALUES (?, ?, ?, ?, ?, ?, ?)");

	db_bind(statement, 1, status->payment_id);
	db_bind_text(statement, 2, text_of(payment_status_word(status->status)));
	db_bind_text(statement, 3, status->reference);
	db_bind_text(statement, 4, status->account);
	db_bind_text(statement, 5, status->reason);
	db_bind_text(statement, 6, status->actor);
	db_bind(statement, 7, status->at);
	return db_done(statement, error);
}

/* Nothing moves nothing: a payment of 0 has no movement. */
bool ledger_move(int64_t *id, struct db *db, const struct movement *movement, struct error *error)
{
	struct statement *statement;

	*id = 0;
	if (movement->cents == 0)
		return true;
	invariant(movement->cents > 0 && movement->cents <= CENTS_MAX);
	statement = db_prepare(db, "INSERT INTO movement (kind, source, target, cents, payment, at)"
				   " VALUES (?1, ?2 || ?3, ?4 || ?5, ?6, ?7, ?8)");
	db_bind_text(statement, 1, text_of(movement->kind));
	db_bind_text(statement, 2, text_of(movement->source.account));
	db_bind_text(statement, 3, movement->source.of);
	db_bind_text(statement, 4, text_of(movement->target.account));
	db_bind_text(statement, 5, movement->target.of);
	db_bind(statement, 6, movement->cents);
	if (movement->payment_id != 0)
		db_bind(statement, 7, movement->payment_id);
	else
		db_bind_null(statement, 7);
	db_bind(statement, 8, movement->at);
	if (!db_done(statement, error))
		return false;
	*id = db_newest_id(db);
	return true;
}

/* The projection of a subscriber who was just credited. */
static bool stand_credited(struct db *db, struct text reference, int64_t payment_id, int64_t now,
			   struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO standing VALUES (?1, 1, 0, 0, 0, 0, 0, ?2, ?3) ON CONFLICT"
		" (subscriber) DO UPDATE SET known = 1, last_payment = ?2, changed_at ="
		" max(changed_at, ?3)");

	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, payment_id);
	db_bind(statement, 3, now);
	return db_done(statement, error);
}

static bool book_money(struct db *db, const struct payment *payment, struct text reference,
		       struct error *error)
{
	bool credited = payment->status == PAYMENT_CREDITED;
	struct movement movement = {
		.kind = credited ? "credited" : "parked",
		.source = { "in:", payment->channel },
		.target = { credited ? "credit:" : "unmatched", reference },
		.cents = payment->amount_cents,
		.payment_id = payment->id,
		.at = payment->booked_at,
	};
	int64_t id;

	if (!ledger_move(&id, db, &movement, error))
		return false;
	return !credited || stand_credited(db, reference, payment->id, payment->booked_at, error);
}

bool ledger_book(bool *known, struct store *store, struct payment *payment, struct text reference,
		 struct arena *arena, struct error *error)
{
	struct db *db = store_writer(store);
	struct text key = receipt_key(arena, payment->receipt);
	bool made = key.size == 0, held = payment->status == PAYMENT_HELD;
	bool credited = payment->status == PAYMENT_CREDITED;

	invariant(payment->status != PAYMENT_REVERSED && payment->status < PAYMENT_STATUS_COUNT);
	invariant(credited == (reference.size != 0));
	invariant(held || (payment->has_amount && payment->amount_cents >= 0));
	invariant(!made || held || text_is(payment->channel, "cash"));
	*known = false;
	if (!made && !is_known(known, db, key, error))
		return false;
	if (*known)
		return true;
	if (made &&
	    !make_receipt(&payment->receipt, &key, db, held ? "held" : "cash", arena, error))
		return false;
	if (!made)
		payment->receipt = text_trim(payment->receipt);
	struct ledger_status status = { 0,
				 payment->status,
				 reference,
				 payment->account,
				 payment->reason,
				 payment->actor,
				 payment->booked_at };
	if (!insert_payment(db, payment, key, made, error))
		return false;
	status.payment_id = payment->id;
	if (!ledger_status_insert(db, &status, error))
		return false;
	store_booked(store, payment->booked_at);
	return held || book_money(db, payment, reference, error);
}

static enum payment_status status_of(struct text word)
{
	for (int i = 0; i < PAYMENT_STATUS_COUNT; i++)
		if (text_is(word, payment_status_word((enum payment_status)i)))
			return (enum payment_status)i;
	fatal("'%.*s' is no payment status", TEXT_ARG(word));
}

bool ledger_waiting_read(struct ledger_waiting *out, struct db *db, int64_t id,
			 struct arena *arena, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "SELECT p.cents, p.receipt_made, p.receipt, p.channel, n.status, s.account,"
		" EXISTS (SELECT 1 FROM settled WHERE payment = p.id), n.subscriber, s.reason"
		" FROM payment p JOIN payment_now n ON n.payment = p.id JOIN payment_status s"
		" ON s.id = n.status_id WHERE p.id = ?");

	db_bind(statement, 1, id);
	*out = (struct ledger_waiting){ .found = db_step(statement) };
	if (out->found) {
		out->has_cents = !db_column_is_null(statement, 0);
		out->cents = db_column(statement, 0);
		out->made = db_column(statement, 1) != 0;
		out->receipt = db_column_text(statement, 2, arena);
		out->channel = db_column_text(statement, 3, arena);
		out->status = status_of(db_column_text(statement, 4, arena));
		out->account = db_column_text(statement, 5, arena);
		out->settled = db_column(statement, 6) != 0;
		out->reference = db_column_text(statement, 7, arena);
		out->reason = db_column_text(statement, 8, arena);
	}
	return db_finish(statement, error);
}

static bool may_assign(const struct ledger_waiting *waiting, int64_t id, struct error *error)
{
	if (!waiting->found)
		return error_set(error, ERROR_INVALID, "there is no payment %" PRId64, id);
	if (waiting->status == PAYMENT_CREDITED)
		return error_set(error, ERROR_CONFLICT, "%.*s is credited to %.*s already",
				 TEXT_ARG(waiting->receipt), TEXT_ARG(waiting->account));
	if (waiting->status == PAYMENT_REVERSED)
		return error_set(error, ERROR_CONFLICT, "%.*s was reversed",
				 TEXT_ARG(waiting->receipt));
	if (waiting->settled)
		return error_set(error, ERROR_CONFLICT, "%.*s was settled by another payment",
				 TEXT_ARG(waiting->receipt));
	if (waiting->made || !waiting->has_cents || waiting->cents < 0)
		return error_set(
		    error, ERROR_INVALID,
		    "%.*s has no receipt and amount of its own to be credited by: settle it with"
		    " `wavu payment record`",
		    TEXT_ARG(waiting->receipt));
	return true;
}

static bool assign(struct store *store, const struct ledger_status *status, struct arena *arena,
		   struct error *error)
{
	struct db *db = store_writer(store);
	struct ledger_waiting waiting;
	int64_t id;

	if (!ledger_waiting_read(&waiting, db, status->payment_id, arena, error) ||
	    !may_assign(&waiting, status->payment_id, error))
		return false;
	bool parked = waiting.status == PAYMENT_UNMATCHED;
	struct movement movement = {
		.kind = parked ? "assigned" : "credited",
		.source = { parked ? "unmatched" : "in:", parked ? TEXT_NONE : waiting.channel },
		.target = { "credit:", status->reference },
		.cents = waiting.cents,
		.payment_id = status->payment_id,
		.at = status->at,
	};
	if (!ledger_status_insert(db, status, error) || !ledger_move(&id, db, &movement, error))
		return false;
	store_booked(store, status->at);
	return stand_credited(db, status->reference, status->payment_id, status->at, error);
}

bool ledger_assign(struct store *store, int64_t payment_id, struct text reference,
		   struct text account, struct text actor, int64_t now, struct error *error)
{
	struct ledger_status status = { payment_id,
				 PAYMENT_CREDITED,
				 reference,
				 account,
				 TEXT("assigned by a person"),
				 actor,
				 now };
	struct arena arena;

	invariant(reference.size != 0);
	arena_open(&arena, LEDGER_SMALL_ARENA_SIZE);
	bool ok = assign(store, &status, &arena, error);
	arena_close(&arena);
	return ok;
}

bool ledger_merge(bool *merged, struct store *store, int64_t payment_id, struct text receipt,
		  int64_t now, struct arena *arena, struct error *error)
{
	struct db *db = store_writer(store);
	struct text key = receipt_key(arena, receipt);
	struct statement *statement;
	bool known;

	invariant(key.size != 0);
	*merged = false;
	if (!is_known(&known, db, key, error))
		return false;
	if (known)
		return true;
	statement = db_prepare(db, "INSERT INTO merged (payment, receipt, receipt_key, at)"
				   " VALUES (?, ?, ?, ?) ON CONFLICT (payment) DO NOTHING");
	db_bind(statement, 1, payment_id);
	db_bind_text(statement, 2, text_trim(receipt));
	db_bind_text(statement, 3, key);
	db_bind(statement, 4, now);
	if (!db_done(statement, error))
		return false;
	*merged = db_changes(db) == 1;
	store_saw(store, now);
	return true;
}
