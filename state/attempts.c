#include "state/attempts.h"

#include <inttypes.h>

#include "base/limits.h"
#include "state/inside.h"

/*
 * Where a prompt's payment lies in the provider's time, seen from our clock: both may be off by
 * some, and a late success took three minutes (payments facts, sample of 2022).
 */
#define BEFORE_US (INT64_C(2) * 60 * 1000000)
#define AFTER_US (INT64_C(10) * 60 * 1000000)
#define REFERENCE_SENT_MAX 12 /* characters of an account that a prompt carries (facts 1.2) */

/* Columns in the order of take_attempt(). */
#define ATTEMPT                                                                                    \
	"SELECT a.id, a.channel, a.provider, a.shortcode, a.subscriber, a.account, a.phone,"       \
	" a.cents, a.actor, a.created_at, a.status, a.reason, a.token, a.sent_at, a.provider_ref," \
	" a.hint, a.asks, a.next_at, a.payment, a.proven,"                                         \
	" coalesce(g.receipt, p.receipt, ''),"                                                     \
	" p.id IS NOT NULL AND (g.payment IS NOT NULL OR p.receipt <> 'STK-' || a.id)"             \
	" FROM attempt a LEFT JOIN payment p ON p.id = a.payment"                                  \
	" LEFT JOIN merged g ON g.payment = a.payment "

static enum attempt_status status_of(struct text word)
{
	for (int i = 0; i < ATTEMPT_STATUS_COUNT; i++)
		if (text_is(word, attempt_status_word((enum attempt_status)i)))
			return (enum attempt_status)i;
	fatal("'%.*s' is no status of an attempt", TEXT_ARG(word));
}

static void take_attempt(struct attempt *out, struct statement *statement, struct arena *arena)
{
	*out = (struct attempt){
		.id = db_column(statement, 0),
		.channel = db_column_text(statement, 1, arena),
		.provider = db_column_text(statement, 2, arena),
		.shortcode = db_column_text(statement, 3, arena),
		.subscriber = db_column_text(statement, 4, arena),
		.account = db_column_text(statement, 5, arena),
		.phone = db_column_text(statement, 6, arena),
		.cents = db_column(statement, 7),
		.actor = db_column_text(statement, 8, arena),
		.created_at = db_column(statement, 9),
		.status = status_of(db_column_text(statement, 10, arena)),
		.reason = db_column_text(statement, 11, arena),
		.sent_at = db_column(statement, 13),
		.provider_ref = db_column_text(statement, 14, arena),
		.hint = db_column_text(statement, 15, arena),
		.asks = (uint32_t)db_column(statement, 16),
		.next_at = db_column(statement, 17),
		.payment_id = db_column(statement, 18),
		.proven = db_column(statement, 19) != 0,
		.receipt = db_column_text(statement, 20, arena),
		.receipt_known = db_column(statement, 21) != 0,
	};
	db_column_bytes(statement, 12, out->token.bytes, sizeof(out->token.bytes));
}

static bool take_one(bool *found, struct attempt *out, struct statement *statement,
		     struct arena *arena, struct error *error)
{
	*found = db_step(statement);
	if (*found)
		take_attempt(out, statement, arena);
	return db_finish(statement, error);
}

static bool take_all(struct attempt **out, uint32_t *count, struct statement *statement,
		     struct arena *arena, struct error *error)
{
	*out = NULL;
	*count = 0;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_attempt(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

/* ---- making one ------------------------------------------------------------------------------ */

static bool in_the_way(bool *found, struct attempt *out, struct db *db,
		       const struct attempt *wanted, int64_t now, struct arena *arena,
		       struct error *error)
{
	struct statement *statement = db_prepare(
	    db, ATTEMPT "WHERE a.phone = ?1 AND ((a.status IN ('created', 'prompted')"
			" AND a.created_at > ?2) OR (a.cents = ?3 AND a.created_at > ?4))"
			" ORDER BY a.id DESC LIMIT 1");

	db_bind_text(statement, 1, wanted->phone);
	db_bind(statement, 2, now - ATTEMPT_OPEN_US);
	db_bind(statement, 3, wanted->cents);
	db_bind(statement, 4, now - ATTEMPT_SAME_US);
	return take_one(found, out, statement, arena, error);
}

bool attempts_start(bool *fresh, struct attempt *attempt, struct store *store, int64_t now,
		    struct arena *arena, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement;
	struct attempt former;
	bool found;

	invariant(attempt->cents > 0 && attempt->phone.size > 0 && attempt->subscriber.size > 0);
	*fresh = false;
	if (!in_the_way(&found, &former, db, attempt, now, arena, error))
		return false;
	if (found) {
		*attempt = former;
		return true;
	}
	statement = db_prepare(
	    db, "INSERT INTO attempt (channel, provider, shortcode, subscriber, account, phone,"
		" cents, actor, created_at, status, reason, token, sent_at, provider_ref, hint,"
		" asks, next_at, payment, proven, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
		" ?8, ?9, 'created', '', zeroblob(32), 0, '', '', 0, ?9, NULL, 0, ?9)");
	db_bind_text(statement, 1, attempt->channel);
	db_bind_text(statement, 2, attempt->provider);
	db_bind_text(statement, 3, attempt->shortcode);
	db_bind_text(statement, 4, attempt->subscriber);
	db_bind_text(statement, 5, attempt->account);
	db_bind_text(statement, 6, attempt->phone);
	db_bind(statement, 7, attempt->cents);
	db_bind_text(statement, 8, attempt->actor);
	db_bind(statement, 9, now);
	if (!db_done(statement, error))
		return false;
	attempt->id = db_newest_id(db);
	attempt->created_at = attempt->next_at = now;
	attempt->status = ATTEMPT_CREATED;
	*fresh = true;
	store_saw(store, now);
	return true;
}

bool attempts_write(struct store *store, const struct attempt *attempt, int64_t now,
		    struct error *error)
{
	struct statement *statement = db_prepare(
	    store_writer(store),
	    "UPDATE attempt SET status = ?2, reason = ?3, token = ?4, sent_at = ?5, provider_ref ="
	    " ?6, hint = ?7, asks = ?8, next_at = ?9, payment = ?10, proven = ?11, changed_at = ?12"
	    " WHERE id = ?1");

	db_bind(statement, 1, attempt->id);
	db_bind_text(statement, 2, text_of(attempt_status_word(attempt->status)));
	db_bind_text(statement, 3, attempt->reason);
	db_bind_bytes(statement, 4, attempt->token.bytes, sizeof(attempt->token.bytes));
	db_bind(statement, 5, attempt->sent_at);
	db_bind_text(statement, 6, attempt->provider_ref);
	db_bind_text(statement, 7, attempt->hint);
	db_bind(statement, 8, attempt->asks);
	db_bind(statement, 9, attempt->next_at);
	if (attempt->payment_id != 0)
		db_bind(statement, 10, attempt->payment_id);
	else
		db_bind_null(statement, 10);
	db_bind(statement, 11, attempt->proven);
	db_bind(statement, 12, now);
	store_saw(store, now);
	return db_done(statement, error);
}

/* ---- reading --------------------------------------------------------------------------------- */

bool attempts_find(bool *found, struct attempt *out, struct store *store, int64_t id,
		   struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT, ATTEMPT "WHERE a.id = ?", error))
		return false;
	db_bind(statement, 1, id);
	return take_one(found, out, statement, arena, error);
}

bool attempts_of_payment(bool *found, struct attempt *out, struct store *store, int64_t payment_id,
			 struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT,
			  ATTEMPT "WHERE a.payment = ? ORDER BY a.id LIMIT 1", error))
		return false;
	db_bind(statement, 1, payment_id);
	return take_one(found, out, statement, arena, error);
}

bool attempts_named(bool *found, struct attempt *out, struct store *store, struct text channel,
		    struct text provider_ref, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (provider_ref.size == 0)
		return true;
	if (!store_select(&statement, store, STORE_TENANT,
			  ATTEMPT "WHERE a.provider_ref = ?1 AND a.provider_ref <> ''"
				  " AND a.channel = ?2 ORDER BY a.id DESC LIMIT 1",
			  error))
		return false;
	db_bind_text(statement, 1, provider_ref);
	db_bind_text(statement, 2, channel);
	return take_one(found, out, statement, arena, error);
}

bool attempts_list(struct attempt **out, uint32_t *count, struct store *store, uint32_t max,
		   struct arena *arena, struct error *error)
{
	struct statement *statement;

	if (!store_select(&statement, store, STORE_TENANT, ATTEMPT "ORDER BY a.id DESC LIMIT ?",
			  error))
		return false;
	db_bind(statement, 1, max);
	return take_all(out, count, statement, arena, error);
}

bool attempts_open_count(int64_t *count, struct store *store, struct error *error)
{
	struct statement *statement;

	*count = 0;
	/* An open one always has something due: the index of those is short. */
	if (!store_select(&statement, store, STORE_TENANT,
			  "SELECT COUNT(*) FROM attempt WHERE next_at > 0"
			  " AND status IN ('created', 'prompted')",
			  error))
		return false;
	return db_finish_number(count, statement, error);
}

static bool due_of(const char *which, struct attempt **out, uint32_t *count, int64_t *next_at,
		   struct store *store, struct text channel, int64_t now, uint32_t max,
		   struct arena *arena, struct error *error)
{
	struct statement *statement;

	*next_at = 0;
	if (!store_select(&statement, store, STORE_TENANT, which, error))
		return false;
	db_bind(statement, 1, now);
	db_bind(statement, 2, max);
	db_bind_text(statement, 3, channel);
	if (!take_all(out, count, statement, arena, error) ||
	    !store_select(&statement, store, STORE_TENANT,
			  "SELECT min(next_at) FROM attempt WHERE channel = ?2 AND next_at > ?1",
			  error))
		return false;
	db_bind(statement, 1, now > 0 ? now : 0);
	db_bind_text(statement, 2, channel);
	if (db_step(statement))
		*next_at = db_column(statement, 0);
	return db_finish(statement, error);
}

#define DUE "WHERE a.channel = ?3 AND a.next_at > 0 AND a.next_at <= ?1"

bool attempts_unsent(struct attempt **out, uint32_t *count, int64_t *next_at, struct store *store,
		     struct text channel, int64_t now, uint32_t max, struct arena *arena,
		     struct error *error)
{
	return due_of(ATTEMPT DUE " AND a.sent_at = 0 ORDER BY a.next_at, a.id LIMIT ?2", out,
		      count, next_at, store, channel, now, max, arena, error);
}

bool attempts_unknown(struct attempt **out, uint32_t *count, int64_t *next_at, struct store *store,
		      struct text channel, int64_t now, uint32_t max, struct arena *arena,
		      struct error *error)
{
	return due_of(ATTEMPT DUE " AND a.sent_at > 0 ORDER BY a.sent_at > ?1 - 7200000000,"
				  " a.next_at, a.id LIMIT ?2",
		      out, count, next_at, store, channel, now, max, arena, error);
}

bool attempts_sent_since(struct attempt **out, uint32_t *count, struct store *store, int64_t since,
			 struct arena *arena, struct error *error)
{
	struct statement *statement;

	if (!store_select(&statement, store, STORE_TENANT,
			  ATTEMPT "WHERE a.sent_at > 0 AND a.sent_at >= ? ORDER BY a.id", error))
		return false;
	db_bind(statement, 1, since);
	return take_all(out, count, statement, arena, error);
}

/* ---- the same money, heard of twice ---------------------------------------------------------- */

static struct text reference_sent(const struct attempt *attempt, struct arena *arena)
{
	return text_reference(arena, text_head(attempt->account, REFERENCE_SENT_MAX));
}

static bool is_same_payer(const struct attempt *attempt, struct text phone, struct text phone_hash,
			  struct text reference, struct arena *arena)
{
	if (phone.size > 0)
		return text_equal(phone, attempt->phone);
	if (phone_hash.size > 0) {
		struct digest digest = digest_of(attempt->phone);
		char hex[65];

		digest_hex(&digest, hex);
		return text_is(phone_hash, hex);
	}
	return text_equal(text_reference(arena, reference), reference_sent(attempt, arena));
}

bool attempts_without_receipt(bool *found, struct attempt *out, struct store *store,
			      struct text channel, const struct notice *notice, int64_t at,
			      struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT,
			  ATTEMPT
			  "WHERE a.channel = ?1 AND a.cents = ?2 AND a.sent_at BETWEEN ?3 AND"
			  " ?4 AND p.receipt = 'STK-' || a.id AND g.payment IS NULL"
			  " ORDER BY a.id",
			  error))
		return false;
	db_bind_text(statement, 1, channel);
	db_bind(statement, 2, notice->amount_cents);
	db_bind(statement, 3, at - AFTER_US);
	db_bind(statement, 4, at + BEFORE_US);
	while (!*found && db_step(statement)) {
		take_attempt(out, statement, arena);
		*found = is_same_payer(out, notice->phone, notice->phone_hash, notice->reference,
				       arena);
	}
	return db_finish(statement, error);
}

bool attempts_asked(bool *found, struct attempt *out, struct store *store,
		    const struct payment *payment, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (payment->phone.size == 0 && payment->phone_hash.size == 0)
		return true;
	if (!store_select(&statement, store, STORE_TENANT,
			  ATTEMPT "WHERE a.channel = ?1 AND a.cents = ?2 AND a.sent_at"
				  " BETWEEN ?3 AND ?4 AND a.status IN ('created',"
				  " 'prompted') ORDER BY a.id",
			  error))
		return false;
	db_bind_text(statement, 1, payment->channel);
	db_bind(statement, 2, payment->amount_cents);
	db_bind(statement, 3, payment->at - AFTER_US);
	db_bind(statement, 4, payment->at + BEFORE_US);
	while (!*found && db_step(statement)) {
		take_attempt(out, statement, arena);
		*found = is_same_payer(out, payment->phone, payment->phone_hash, TEXT_NONE, arena);
	}
	return db_finish(statement, error);
}

bool attempts_hinted(bool *found, struct attempt *out, struct store *store, struct text receipt,
		     struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (receipt.size == 0)
		return true;
	if (!store_select(&statement, store, STORE_TENANT,
			  ATTEMPT "WHERE a.hint <> '' AND a.hint = upper(?1)"
				  " AND p.receipt = 'STK-' || a.id AND g.payment IS NULL"
				  " ORDER BY a.id LIMIT 1",
			  error))
		return false;
	db_bind_text(statement, 1, text_trim(receipt));
	return take_one(found, out, statement, arena, error);
}

bool attempts_wait(bool *wait, struct store *store, struct text channel, int64_t cents, int64_t at,
		   struct error *error)
{
	struct statement *statement;

	*wait = false;
	if (!store_select(
		&statement, store, STORE_TENANT,
		"SELECT 1 FROM attempt a JOIN payment p ON p.id = a.payment WHERE a.channel = ?1"
		" AND a.cents = ?2 AND a.sent_at BETWEEN ?3 AND ?4 AND p.receipt = 'STK-' || a.id"
		" AND NOT EXISTS (SELECT 1 FROM merged g WHERE g.payment = p.id) LIMIT 1",
		error))
		return false;
	db_bind_text(statement, 1, channel);
	db_bind(statement, 2, cents);
	db_bind(statement, 3, at - AFTER_US);
	db_bind(statement, 4, at + BEFORE_US);
	*wait = db_step(statement);
	return db_finish(statement, error);
}

bool attempts_payment(int64_t *payment_id, struct store *store, const struct attempt *attempt,
		      struct arena *arena, struct error *error)
{
	struct statement *statement;

	*payment_id = 0;
	if (!store_select(
		&statement, store, STORE_TENANT,
		"SELECT p.id, p.phone, p.phone_hash, p.reference FROM payment p"
		" WHERE p.channel = ?1 AND p.cents = ?2 AND p.at BETWEEN ?3 AND"
		" ?4 AND p.booked_at >= ?3 AND p.receipt_made = 0"
		" AND NOT EXISTS (SELECT 1 FROM attempt WHERE payment = p.id)"
		/* What is held is not the money: a word is merged when it is proven, and what was
		 * paid to somebody else never is. */
		" AND NOT EXISTS (SELECT 1 FROM payment_now n WHERE n.payment = p.id"
		"  AND n.status = 'held' AND NOT EXISTS"
		"  (SELECT 1 FROM settled s WHERE s.payment = p.id)) ORDER BY p.id",
		error))
		return false;
	db_bind_text(statement, 1, attempt->channel);
	db_bind(statement, 2, attempt->cents);
	db_bind(statement, 3, attempt->sent_at - BEFORE_US);
	db_bind(statement, 4, attempt->sent_at + AFTER_US);
	while (*payment_id == 0 && db_step(statement))
		if (is_same_payer(attempt, db_column_text(statement, 1, arena),
				  db_column_text(statement, 2, arena),
				  db_column_text(statement, 3, arena), arena))
			*payment_id = db_column(statement, 0);
	return db_finish(statement, error);
}

bool attempts_unnamed(int64_t *payment_id, struct store *store, const struct attempt *attempt,
		      struct error *error)
{
	struct statement *statement;

	*payment_id = 0;
	if (!store_select(
		&statement, store, STORE_TENANT,
		"SELECT p.id FROM payment p WHERE p.channel = ?1 AND p.cents = ?2"
		" AND p.at BETWEEN ?3 AND ?4 AND p.booked_at >= ?3"
		" AND EXISTS (SELECT 1 FROM doubt WHERE payment = p.id AND verdict = 'unnamed')"
		" AND NOT EXISTS (SELECT 1 FROM attempt WHERE payment = p.id) LIMIT 1",
		error))
		return false;
	db_bind_text(statement, 1, attempt->channel);
	db_bind(statement, 2, attempt->cents);
	db_bind(statement, 3, attempt->sent_at - BEFORE_US);
	db_bind(statement, 4, attempt->sent_at + AFTER_US);
	return db_finish_number(payment_id, statement, error);
}

struct text attempts_made_receipt(int64_t id, struct arena *arena)
{
	return text_format(arena, "STK-%" PRId64, id);
}
