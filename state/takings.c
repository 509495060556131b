#include "state/takings.h"

#include "state/ledger.h"
#include "state/ledger_inner.h"

#define WHEN "coalesce(nullif(p.at, 0), p.received_at)"
#define UNSETTLED "NOT EXISTS (SELECT 1 FROM settled x WHERE x.payment = p.id)"

/* A part of a receipt finds it from four letters on: "50" is an amount, and in many of them. */
#define FITS                                                                                \
	"(?3 = 0 OR " UNSETTLED ")"                                                         \
	" AND " WHEN " >= ?4 AND (?5 = 0 OR " WHEN " < ?5) AND (?6 = '' OR p.channel = ?6)" \
	" AND (?7 = '' OR p.receipt_key = upper(?7)"                                        \
	"  OR (length(?7) >= 4 AND instr(p.receipt_key, upper(?7)) > 0)"                    \
	"  OR EXISTS (SELECT 1 FROM merged g WHERE g.payment = p.id"                        \
	"   AND (g.receipt_key = upper(?7)"                                                 \
	"    OR (length(?7) >= 4 AND instr(g.receipt_key, upper(?7)) > 0)))"                \
	"  OR (?8 <> '' AND n.subscriber = ?8)"                                             \
	"  OR lower(replace(replace(p.reference, ' ', ''), '-', '')) = ?9"                  \
	"  OR (?10 <> '' AND (p.phone = ?10 OR p.phone_hash = ?11))"                        \
	"  OR p.cents = ?12)"                                                               \
	" ORDER BY n.payment DESC LIMIT ?1"

static const char any_sql[] = LEDGER_PAYMENT "WHERE ?2 = '' AND " FITS;
/* By the index of the status: what waits is few among many. */
static const char status_sql[] = LEDGER_PAYMENT "WHERE n.status = ?2 AND " FITS;

bool takings_find(struct payment **out, uint32_t *count, struct store *store,
		  const struct payments_wanted *wanted, uint32_t max, struct arena *arena,
		  struct error *error)
{
	struct text status = TEXT_NONE, find = text_trim(wanted->find);
	struct statement *statement;

	*out = NULL;
	*count = 0;
	if (wanted->status >= 0)
		status = text_of(payment_status_word((enum payment_status)wanted->status));
	if (!store_select(&statement, store, STORE_TENANT,
			  wanted->status >= 0 ? status_sql : any_sql, error))
		return false;
	db_bind(statement, 1, max);
	db_bind_text(statement, 2, status);
	db_bind(statement, 3, wanted->waiting);
	db_bind(statement, 4, wanted->since_at);
	db_bind(statement, 5, wanted->until_at);
	db_bind_text(statement, 6, wanted->channel);
	db_bind_text(statement, 7, find);
	db_bind_text(statement, 8, wanted->subscriber);
	db_bind_text(statement, 9, text_reference(arena, find));
	db_bind_text(statement, 10, wanted->phone);
	db_bind_text(statement, 11, wanted->phone_hash);
	if (wanted->cents >= 0)
		db_bind(statement, 12, wanted->cents);
	else
		db_bind_null(statement, 12);
	return ledger_take_payments(out, count, statement, arena, error);
}

/* ---- sums ------------------------------------------------------------------------------------ */

/* Who took cash is who wrote it down first, whoever refunded it later. */
static const char sums_sql[] =
    "SELECT " WHEN ", p.channel, p.provider, iif(p.provider = 'cash', (SELECT f.actor FROM"
    " payment_status f WHERE f.payment = p.id ORDER BY f.id LIMIT 1), ''), n.status, p.cents"
    " FROM payment p JOIN payment_now n ON n.payment = p.id"
    " WHERE " WHEN " >= ?1 AND (?2 = 0 OR " WHEN " < ?2) AND (n.status <> 'held' OR " UNSETTLED ")"
    " ORDER BY " WHEN " DESC";

struct piece {
	int64_t at;
	struct text channel, provider, by, status;
	bool has_amount;
	int64_t cents;
};

static struct piece take_piece(struct statement *statement, struct arena *arena)
{
	return (struct piece){ .at = db_column(statement, 0),
			       .channel = db_column_text(statement, 1, arena),
			       .provider = db_column_text(statement, 2, arena),
			       .by = db_column_text(statement, 3, arena),
			       .status = db_column_text(statement, 4, arena),
			       .has_amount = !db_column_is_null(statement, 5),
			       .cents = db_column(statement, 5) };
}

/* Of one day; -1, 0 or 1 by channel, then by hand. */
static int taking_compare(const struct taking *a, const struct taking *b)
{
	int by_channel = text_compare(a->channel, b->channel);

	return by_channel != 0 ? by_channel : text_compare(a->by, b->by);
}

/* The line of the newest day that this piece belongs to, made where it is missing. */
static struct taking *line_of(struct taking **out, uint32_t *count, uint32_t day_from,
			      const struct taking *like, struct arena *arena)
{
	uint32_t at = day_from;

	while (at < *count && taking_compare(&(*out)[at], like) < 0)
		at++;
	if (at < *count && taking_compare(&(*out)[at], like) == 0)
		return &(*out)[at];
	*out = db_more(arena, *out, *count, sizeof(**out));
	for (uint32_t i = (*count)++; i > at; i--)
		(*out)[i] = (*out)[i - 1];
	(*out)[at] = *like;
	return &(*out)[at];
}

static void add_piece(struct taking *line, const struct piece *piece)
{
	struct sum *const sums[PAYMENT_STATUS_COUNT] = {
		[PAYMENT_CREDITED] = &line->credited,
		[PAYMENT_UNMATCHED] = &line->unmatched,
		[PAYMENT_HELD] = &line->held,
		[PAYMENT_REVERSED] = &line->reversed,
	};

	for (int i = 0; i < PAYMENT_STATUS_COUNT; i++) {
		if (!text_is(piece->status, payment_status_word((enum payment_status)i)))
			continue;
		sums[i]->count++;
		sums[i]->cents += piece->has_amount ? piece->cents : 0;
	}
}

bool takings_read(struct taking **out, uint32_t *count, struct store *store,
		  const struct zone *zone, int64_t since_at, int64_t until_at, struct arena *arena,
		  struct error *error)
{
	struct statement *statement;
	uint32_t day_from = 0;

	*out = NULL;
	*count = 0;
	if (!store_select(&statement, store, STORE_TENANT, sums_sql, error))
		return false;
	db_bind(statement, 1, since_at);
	db_bind(statement, 2, until_at);
	while (db_step(statement)) {
		struct piece piece = take_piece(statement, arena);
		struct taking like = { .day_at = zone_day_start(zone, piece.at, 0),
				       .channel = piece.channel,
				       .provider = piece.provider,
				       .by = piece.by };

		if (*count > 0 && (*out)[*count - 1].day_at != like.day_at)
			day_from = *count;
		add_piece(line_of(out, count, day_from, &like, arena), &piece);
	}
	return db_finish(statement, error);
}
