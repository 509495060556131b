#include "state/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "state/ledger_inner.h"

static enum payment_status status_of(struct statement *statement, int column, struct arena *arena)
{
	struct text word = db_column_text(statement, column, arena);

	for (int i = 0; i < PAYMENT_STATUS_COUNT; i++)
		if (text_is(word, payment_status_word((enum payment_status)i)))
			return (enum payment_status)i;
	fatal("'%.*s' is no payment status", TEXT_ARG(word));
}

static void take_payment(struct payment *out, struct statement *statement, struct arena *arena)
{
	*out = (struct payment){
		.id = db_column(statement, 0),
		.receipt = db_column_text(statement, 1, arena),
		.provider = db_column_text(statement, 2, arena),
		.channel = db_column_text(statement, 3, arena),
		.has_amount = !db_column_is_null(statement, 4),
		.amount_cents = db_column(statement, 4),
		.account = db_column_text(statement, 5, arena),
		.reference = db_column_text(statement, 6, arena),
		.phone = db_column_text(statement, 7, arena),
		.phone_hash = db_column_text(statement, 8, arena),
		.at = db_column(statement, 9),
		.received_at = db_column(statement, 10),
		.booked_at = db_column(statement, 11),
		.status = status_of(statement, 12, arena),
		.reason = db_column_text(statement, 13, arena),
		.actor = db_column_text(statement, 14, arena),
		.inbox_id = db_column(statement, 15),
	};
}

/* Upper case for comparison: SQLite's upper() knows ASCII alone, as the writer does. */
bool ledger_payment(bool *found, struct payment *out, struct store *store, struct text receipt,
		    struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT,
			  LEDGER_PAYMENT "WHERE p.id = coalesce((SELECT id FROM payment WHERE"
				  " receipt_key = upper(?1)), (SELECT payment FROM merged WHERE"
				  " receipt_key = upper(?1)))",
			  error))
		return false;
	db_bind_text(statement, 1, text_trim(receipt));
	*found = db_step(statement);
	if (*found)
		take_payment(out, statement, arena);
	return db_finish(statement, error);
}

bool ledger_payment_of_id(bool *found, struct payment *out, struct store *store, int64_t id,
			  struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT, LEDGER_PAYMENT "WHERE p.id = ?", error))
		return false;
	db_bind(statement, 1, id);
	*found = db_step(statement);
	if (*found)
		take_payment(out, statement, arena);
	return db_finish(statement, error);
}

bool ledger_take_payments(struct payment **out, uint32_t *count, struct statement *statement,
			  struct arena *arena, struct error *error)
{
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_payment(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

bool ledger_payments(struct payment **out, uint32_t *count, struct store *store, int status,
		     uint32_t max, struct arena *arena, struct error *error)
{
	const char *sql = LEDGER_PAYMENT "ORDER BY n.payment DESC LIMIT ?1";
	struct statement *statement;

	invariant(status < PAYMENT_STATUS_COUNT);
	*out = NULL;
	*count = 0;
	if (status >= 0)
		sql = LEDGER_PAYMENT "WHERE n.status = ?2 ORDER BY n.payment DESC LIMIT ?1";
	if (!store_select(&statement, store, STORE_TENANT, sql, error))
		return false;
	db_bind(statement, 1, max);
	if (status >= 0)
		db_bind_text(statement, 2,
			     text_of(payment_status_word((enum payment_status)status)));
	return ledger_take_payments(out, count, statement, arena, error);
}

bool ledger_payments_between(struct payment **out, uint32_t *count, struct store *store,
			     struct text provider, int64_t from_at, int64_t to_at,
			     struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  LEDGER_PAYMENT "WHERE p.provider = ?1 AND p.at BETWEEN ?2 AND ?3"
				  " ORDER BY p.at, p.id",
			  error))
		return false;
	db_bind_text(statement, 1, provider);
	db_bind(statement, 2, from_at);
	db_bind(statement, 3, to_at);
	return ledger_take_payments(out, count, statement, arena, error);
}

bool ledger_payments_of(struct payment **out, uint32_t *count, struct store *store,
			struct text reference, uint32_t max, struct arena *arena,
			struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT,
			  LEDGER_PAYMENT
			  "WHERE n.subscriber = ?1 AND n.subscriber <> '' AND n.status = 'credited'"
			  " ORDER BY n.status_id DESC LIMIT ?2",
			  error))
		return false;
	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, max);
	return ledger_take_payments(out, count, statement, arena, error);
}

/* Columns in the order of take_standing(). As a rule the newest payment is what bought: only where
 * it is not are all purchases looked through. */
#define STANDING                                                                                   \
	"SELECT s.subscriber, s.known, b.cents, s.service_from_at, s.paid_until_at, s.anchor_day," \
	" s.paused, s.opening_booked, w.password,"                                                 \
	" coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt),"           \
	" p.cents, p.at, s.changed_at,"                                                            \
	" CASE WHEN s.last_payment = (SELECT payment FROM purchase WHERE subscriber ="             \
	" s.subscriber AND paid_until_at = s.paid_until_at ORDER BY id DESC LIMIT 1) THEN"         \
	" coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt)"            \
	" ELSE (SELECT coalesce((SELECT g.receipt FROM merged g WHERE g.payment = q.id),"          \
	" q.receipt) FROM purchase_now u JOIN payment q ON q.id = u.payment WHERE u.subscriber"    \
	" = s.subscriber AND u.periods > 0 AND u.paid_until_at = s.paid_until_at"                  \
	" ORDER BY u.id DESC LIMIT 1) END"                                                         \
	" FROM standing s LEFT JOIN balance b ON b.account = 'credit:' || s.subscriber"            \
	" LEFT JOIN password w ON w.subscriber = s.subscriber"                                     \
	" LEFT JOIN payment p ON p.id = s.last_payment "

static void take_standing(struct standing *out, struct statement *statement, struct arena *arena)
{
	*out = (struct standing){
		.reference = db_column_text(statement, 0, arena),
		.known = db_column(statement, 1) != 0,
		.balance_cents = db_column(statement, 2),
		.service_from_at = db_column(statement, 3),
		.paid_until_at = db_column(statement, 4),
		.anchor_day = (int32_t)db_column(statement, 5),
		.paused = db_column(statement, 6) != 0,
		.opening_booked = db_column(statement, 7) != 0,
		.password = db_column_text(statement, 8, arena),
		.last_receipt = db_column_text(statement, 9, arena),
		.last_amount_cents = db_column(statement, 10),
		.last_paid_at = db_column(statement, 11),
		.changed_at = db_column(statement, 12),
		.bought_by = db_column_text(statement, 13, arena),
	};
}

bool ledger_standing(struct standing *out, struct store *store, struct text reference,
		     struct arena *arena, struct error *error)
{
	struct statement *statement;

	memset(out, 0, sizeof(*out));
	if (!store_select(&statement, store, STORE_TENANT, STANDING "WHERE s.subscriber = ?",
			  error))
		return false;
	db_bind_text(statement, 1, reference);
	if (db_step(statement))
		take_standing(out, statement, arena);
	else
		out->reference = text_copy(arena, reference);
	return db_finish(statement, error);
}

bool ledger_standings(struct standing **out, uint32_t *count, struct store *store,
		      struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, STANDING "ORDER BY s.subscriber", error))
		return false;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_standing(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

/* `rank` orders what one transaction wrote at the same moment: first the money, then what it
 * bought. */
static const char history_sql[] =
    "SELECT s.at AS at, 1 AS rank, s.id AS row,"
    " iif(s.actor <> '' AND s.id > (SELECT min(f.id) FROM payment_status f WHERE f.payment ="
    " s.payment),"
    "  'assignment', 'payment') AS what,"
    " coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt), p.cents, 0,"
    " iif(s.actor <> '', 'by ' || s.actor || ', ', '') || 'channel ' || p.channel"
    "  || iif(s.reason <> '', ', ' || s.reason, '')"
    " FROM payment_now n JOIN payment_status s ON s.id = n.status_id JOIN payment p ON p.id ="
    " n.payment"
    " WHERE n.subscriber = ?1 AND n.subscriber <> ''"
    " UNION ALL"
    " SELECT u.at, 2, u.id, 'purchase',"
    " coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt, ''), m.cents,"
    " u.paid_until_at,"
    " u.package || ', ' || u.periods || iif(u.periods = 1, ' period', ' periods')"
    " FROM purchase u JOIN movement m ON m.id = u.movement LEFT JOIN payment p ON p.id = u.payment"
    " WHERE u.subscriber = ?1"
    " UNION ALL" /* Reversed money is nobody's any more: whose it was, its compensation knows. */
    " SELECT s.at, iif(s.status = 'reversed', 5, 1), s.id,"
    " iif(s.status = 'reversed', 'refund', iif(m.kind = 'assigned', 'assignment', 'payment')),"
    " coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt), p.cents, 0,"
    " iif(s.actor <> '', 'by ' || s.actor || ', ', '') || 'channel ' || p.channel"
    "  || iif(s.reason <> '', ', ' || s.reason, '')"
    " FROM compensation c JOIN movement m ON m.id = c.movement JOIN payment p ON p.id = c.payment"
    " JOIN payment_status s ON s.payment = p.id AND s.status IN ('credited', 'reversed')"
    " WHERE m.target = 'credit:' || ?1"
    " UNION ALL"
    " SELECT h.at, 4, h.compensation, 'taken back', p.receipt, c.cents, h.paid_until_at,"
    " u.package || ', ' || h.periods || iif(h.periods = 1, ' period', ' periods')"
    " FROM purchase u JOIN shortened h ON h.purchase = u.id JOIN compensation c ON c.id ="
    " h.compensation JOIN payment p ON p.id = c.payment WHERE u.subscriber = ?1"
    " UNION ALL"
    " SELECT o.at, 0, 0, 'opening', '',"
    " coalesce((SELECT iif(m.source = 'opening', m.cents, -m.cents) FROM movement m WHERE m.id"
    " = o.movement), 0),"
    " o.paid_until_at, 'taken over as ' || o.account FROM opening o WHERE o.subscriber = ?1"
    " ORDER BY at DESC, rank DESC, row DESC LIMIT ?2";

bool ledger_history(struct ledger_line **out, uint32_t *count, struct store *store,
		    struct text reference, uint32_t max, struct arena *arena, struct error *error)
{
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, history_sql, error))
		return false;
	db_bind_text(statement, 1, reference);
	db_bind(statement, 2, max);
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct ledger_line){
			.at = db_column(statement, 0),
			.what = db_column_text(statement, 3, arena),
			.receipt = db_column_text(statement, 4, arena),
			.cents = db_column(statement, 5),
			.paid_until_at = db_column(statement, 6),
			.detail = db_column_text(statement, 7, arena),
		};
	}
	return db_finish(statement, error);
}

bool ledger_totals(struct ledger_totals *out, struct store *store, int64_t day_start,
		   struct error *error)
{
	struct statement *statement;

	memset(out, 0, sizeof(*out));
	if (!store_select(
		&statement, store, STORE_TENANT,
		"SELECT count(*), coalesce(sum(p.cents), 0),"
		" (SELECT count(*) FROM payment_now WHERE status = 'unmatched'),"
		" (SELECT count(*) FROM payment_now WHERE status = 'held' AND NOT EXISTS"
		"  (SELECT 1 FROM settled WHERE settled.payment = payment_now.payment)),"
		" (SELECT booked_at FROM clock)"
		" FROM payment p JOIN payment_now n ON n.payment = p.id AND n.status = 'credited'"
		" WHERE p.booked_at >= ?",
		error))
		return false;
	db_bind(statement, 1, day_start);
	if (db_step(statement)) {
		out->today_count = db_column(statement, 0);
		out->today_cents = db_column(statement, 1);
		out->unmatched_count = db_column(statement, 2);
		out->held_count = db_column(statement, 3);
		out->newest_fact_at = db_column(statement, 4);
	}
	return db_finish(statement, error);
}
