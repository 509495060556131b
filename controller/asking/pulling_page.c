#include "asking/pulling_page.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "money/booking.h"
#include "asking/pull_window.h"
#include "state/ledger.h"
#include "state/pulls.h"

/* A callback's time and the list's of one payment differ by less (both are the provider's). */
#define SAME_MOMENT_US (10 * MINUTE_US)

/* One page in hand. */
struct reading {
	const struct lane *lane;
	const struct channel *channel;
	struct pull *pull;
	const struct listed_page *page;
	struct listed *rows;   /* one a line; pull_id 0: from before the list begins */
	struct booked *booked; /* one a line */
	int64_t now;
};

/* ---- in which zone its clock is -------------------------------------------------------------- */

static bool is_near(int64_t a, int64_t b)
{
	return a - b < SAME_MOMENT_US && b - a < SAME_MOMENT_US;
}

/*
 * A line says by itself that its clock is in EAT where UTC would be later than now; a payment that
 * a callback told of says which it is; and a line that was not there before, long before the last
 * look by the one clock and after it by the other, is of the other.
 */
static bool vote(int *eat, int *written, const struct reading *reading,
		 const struct statement_line *line, const struct listed *row, struct error *error)
{
	const struct pull *pull = reading->pull;
	struct listed former;
	struct payment payment;
	bool known, found;

	if (line->also_at == 0) {
		*eat += line->at != 0 && line->at + PULL_DOUBT_US > reading->now;
		return true;
	}
	if (!pulls_row(&known, &former, reading->lane->seat->store, row, reading->lane->arena,
		       error) ||
	    !ledger_payment(&found, &payment, reading->lane->seat->store, line->receipt,
			    reading->lane->arena, error))
		return false;
	if (found && payment.inbox_id > 0) {
		*eat += is_near(payment.at, line->at);
		*written += is_near(payment.at, line->also_at);
	} else if (!found && !known && pull->zone == PULL_ZONE_UNKNOWN && pull->until_at != 0) {
		*written += line->at < pull->until_at - PULL_OVERLAP_US &&
			    line->also_at >= pull->until_at - PULL_AGAIN_US;
	}
	return true;
}

static bool settle_zone(struct reading *reading, struct error *error)
{
	int eat = 0, written = 0;

	for (uint32_t i = 0; i < reading->page->count; i++)
		if (!vote(&eat, &written, reading, &reading->page->lines[i], &reading->rows[i],
			  error))
			return false;
	if (eat != written)
		reading->pull->zone = eat > written ? PULL_ZONE_EAT : PULL_ZONE_WRITTEN;
	return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static enum listed_kind kind_of(const struct statement_line *line)
{
	if (line->flaw.size > 0)
		return LISTED_FLAW;
	if (line->in_cents > 0)
		return LISTED_IN;
	return line->linked.size > 0 ? LISTED_BACK : LISTED_OUT;
}

/* What cannot be read may have no receipt; the same row is the same again. */
static struct text name_of(const struct statement_line *line, struct arena *arena)
{
	struct digester digester;
	struct digest digest;
	char digits[13];

	if (line->receipt.size > 0)
		return line->receipt;
	digester_begin(&digester);
	digester_text(&digester, line->flaw);
	digester_text(&digester, line->reference);
	digester_text(&digester, line->phone);
	digester_i64(&digester, line->at);
	digest = digester_end(&digester);
	digest_short(&digest, digits);
	return text_format(arena, "?%s", digits);
}

static struct listed row_of(const struct reading *reading, const struct statement_line *line)
{
	return (struct listed){ .pull_id = reading->pull->id,
				.kind = kind_of(line),
				.receipt = name_of(line, reading->lane->arena),
				.linked = kind_of(line) == LISTED_BACK ? line->linked : TEXT_NONE,
				.cents = line->in_cents + line->out_cents,
				.why = text_head(line->flaw, HEARD_SIZE_MAX),
				.first_at = reading->now,
				.seen_at = reading->pull->began_at };
}

/* When it was, now that the zone is known as well as it will be. */
static void date_row(const struct reading *reading, uint32_t i)
{
	const struct statement_line *line = &reading->page->lines[i];
	struct listed *row = &reading->rows[i];

	row->at = line->also_at != 0 && reading->pull->zone == PULL_ZONE_WRITTEN ? line->also_at
										 : line->at;
	if (row->at == 0)
		row->at = reading->pull->began_at;
	/* Its times are whole seconds. */
	if (row->at + SECOND_US <= reading->pull->since_at)
		row->pull_id = 0;
}

/* Does the page say another amount for that receipt? */
static bool says_two(const struct reading *reading, uint32_t i)
{
	const struct listed *row = &reading->rows[i];

	for (uint32_t k = 0; k < reading->page->count; k++)
		if (reading->rows[k].kind == LISTED_IN &&
		    reading->rows[k].cents != row->cents &&
		    text_equal(reading->rows[k].receipt, row->receipt))
			return true;
	return false;
}

static bool book_row(const struct reading *reading, uint32_t i, struct error *error)
{
	const struct statement_line *line = &reading->page->lines[i];
	const struct lane *lane = reading->lane;
	struct listed *row = &reading->rows[i];
	struct notice notice = { .kind = NOTICE_PAID,
				 .receipt = row->receipt,
				 .has_amount = true,
				 .amount_cents = row->cents,
				 .reference = line->reference,
				 .phone = line->phone,
				 .phone_hash = line->phone_hash,
				 .at = row->at };
	bool taken_back;

	if (!pulls_took_back(&taken_back, lane->seat->store, row->pull_id, row->receipt, error))
		return false;
	row->why = taken_back ? TEXT("the list says that it was taken back")
		   : says_two(reading, i) ? TEXT("the list says two amounts for this receipt")
					  : TEXT_NONE;
	if (row->why.size > 0)
		return true;
	if (!booking_listed(&reading->booked[i], &row->why, &row->by_hand, lane->seat,
			    lane->intent, reading->channel, &notice, reading->now, lane->arena,
			    error))
		return false;
	row->found = reading->booked[i].changed;
	return true;
}

/* *fresh: this window did not show it before. */
static bool keep_row(bool *fresh, const struct reading *reading, uint32_t i, struct error *error)
{
	struct store *store = reading->lane->seat->store;
	struct listed *row = &reading->rows[i];
	struct listed former;
	bool known;

	*fresh = true;
	if (row->pull_id == 0)
		return true;
	if (!pulls_row(&known, &former, store, row, reading->lane->arena, error))
		return false;
	*fresh = !known || former.seen_at < reading->pull->began_at;
	if (row->kind == LISTED_IN) {
		/* Whatever was booked or known once needs no second look. */
		if (known && former.why.size == 0)
			row->by_hand = former.by_hand;
		else if (!book_row(reading, i, error))
			return false;
	}
	return pulls_row_write(store, row, error);
}

/* ---- the page -------------------------------------------------------------------------------- */

/* What was taken back is kept first: then its money is not credited by the same page. */
static bool keep_all(bool *fresh, struct reading *reading, struct error *error)
{
	bool is_fresh;

	*fresh = reading->page->count == 0;
	for (uint32_t i = 0; i < reading->page->count; i++)
		date_row(reading, i);
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < reading->page->count; i++) {
			if ((reading->rows[i].kind == LISTED_IN) != (pass == 1))
				continue;
			if (!keep_row(&is_fresh, reading, i, error))
				return false;
			*fresh = *fresh || is_fresh;
		}
	return true;
}

/* The window goes on, or is at its end. */
static bool move_on(struct reading *reading, bool fresh, struct error *error)
{
	const struct zone *zone = reading->lane->intent->tenant.zone;
	struct store *store = reading->lane->seat->store;
	struct pull *pull = reading->pull;
	int64_t began_at = pull->began_at;
	struct pull_gap whole;

	pull->tried_at = reading->now;
	if (pull->offset > 0 && !fresh) {
		/* It does not heed the offset: what lies behind cannot be read this way. */
		pull->why = TEXT("its pages repeat themselves: reconcile a statement");
		pull->failing_since_at = pull->failures == 0 ? reading->now
							     : pull->failing_since_at;
		pull->failures++;
		pull->offset = 0;
		pull->next_at = reading->now + PULL_AGAIN_US;
		return pulls_write(store, pull, error);
	}
	if (!pulls_hurried(&pull->hurried_at, store, pull->id, error))
		return false;
	pull->failures = 0;
	pull->why = TEXT_NONE;
	pull->next_at = reading->now;
	if (reading->page->more) {
		pull->offset += reading->page->count;
		return pulls_write(store, pull, error);
	}
	pull_window_close(pull, &whole, zone, reading->now);
	pull->next_at = pull_window_due(pull, zone);
	return pulls_write(store, pull, error) &&
	       (whole.to_at == 0 ||
		pulls_miss(store, pull->id, whole.from_at, whole.to_at, began_at, reading->now,
			   error));
}

static void tell_all(const struct reading *reading)
{
	const struct lane *lane = reading->lane;

	for (uint32_t i = 0; i < reading->page->count; i++) {
		const struct booked *booked = &reading->booked[i];

		if (!booked->changed)
			continue;
		booking_tell(lane->seat, booked);
		log_line(LOG_INFO, "payment",
			 "tenant=%.*s receipt=%.*s status=%s account=%.*s source=list",
			 TEXT_ARG(lane->seat->tenant->name), TEXT_ARG(booked->payment.receipt),
			 payment_status_word(booked->status),
			 TEXT_ARG(booked->subscriber != NULL ? booked->subscriber->account
							     : TEXT_NONE));
	}
}

bool pulling_page(const struct lane *lane, const struct channel *channel, struct pull *pull,
		  const struct listed_page *page, int64_t now, struct error *error)
{
	struct reading reading = { .lane = lane,
				   .channel = channel,
				   .pull = pull,
				   .page = page,
				   .rows = ARENA_ARRAY(lane->arena, struct listed, page->count + 1),
				   .booked = ARENA_ARRAY(lane->arena, struct booked,
							 page->count + 1),
				   .now = now };
	bool fresh;

	for (uint32_t i = 0; i < page->count; i++)
		reading.rows[i] = row_of(&reading, &page->lines[i]);
	if (!store_begin(lane->seat->store, error))
		return false;
	if (!settle_zone(&reading, error) || !keep_all(&fresh, &reading, error) ||
	    !move_on(&reading, fresh, error)) {
		store_abort(lane->seat->store);
		return false;
	}
	failpoint("pull-before-commit");
	if (!store_commit(lane->seat->store, error))
		return false;
	failpoint("pull-after-commit");
	tell_all(&reading);
	return true;
}
