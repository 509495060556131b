#include "loop/control_statement.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "money/booking.h"
#include "state/ledger.h"
#include "view/reconcile_view.h"

/* What one request works with. */
struct statement_work {
	struct seat *seat;
	const struct intent *intent;
	const struct channel *channel; /* NULL: `why` none of its lines can be taken */
	struct text why;
	struct text actor;
	int64_t now;
	struct arena *arena;
};

/* A statement is of one short code; a till's may be of its store. Two channels of one short code
 * leave open whose money it is. */
static void find_channel(struct statement_work *work, struct text provider, struct text shortcode)
{
	const struct tenant *tenant = &work->intent->tenant;
	uint32_t hits = 0;

	for (uint32_t i = 0; i < tenant->channel_count; i++) {
		const struct channel *channel = &tenant->channels[i];

		if (!text_equal(channel->provider, provider) || shortcode.size == 0 ||
		    (!text_equal(channel->shortcode, shortcode) &&
		     !text_equal(channel->store, shortcode)))
			continue;
		work->channel = channel;
		hits++;
	}
	if (hits == 1)
		return;
	work->channel = NULL;
	work->why = text_format(work->arena, "short code %.*s is of %s declared channel",
				TEXT_ARG(shortcode), hits == 0 ? "no" : "more than one");
}

static bool line_parse(struct stated_line *line, struct notice *notice, const struct text *texts)
{
	uint64_t number;

	*line = (struct stated_line){ .receipt = texts[1] };
	*notice = (struct notice){ .kind = NOTICE_PAID,
				   .receipt = texts[1],
				   .has_amount = true,
				   .reference = texts[4],
				   .phone = texts[5] };
	if (!text_u64(texts[0], &number) || number > UINT32_MAX ||
	    !text_i64(texts[2], &notice->amount_cents) || !text_i64(texts[3], &notice->at))
		return false;
	line->line = (uint32_t)number;
	line->cents = notice->amount_cents;
	return texts[1].size > 0 && line->cents > 0 && line->cents <= CENTS_MAX && notice->at > 0;
}

/* What the ledger says of the receipt after it was booked. */
static bool line_tell(struct stated_line *line, const struct statement_work *work,
		      struct error *error)
{
	struct payment payment;
	bool found;

	if (!ledger_payment(&found, &payment, work->seat->store, line->receipt, work->arena,
			    error))
		return false;
	line->matched = found && payment.status == PAYMENT_CREDITED;
	line->account = line->matched ? payment.account : TEXT_NONE;
	line->why = found && !line->matched ? payment.reason : TEXT_NONE;
	return true;
}

static bool line_book(struct stated_line *line, struct booked *booked,
		      const struct statement_work *work, const struct notice *notice,
		      struct error *error)
{
	*booked = (struct booked){ 0 };
	line->why = work->why;
	if (work->channel == NULL)
		return true;
	if (!booking_stated(booked, &line->why, work->seat, work->intent, work->channel, notice,
			    work->actor, work->now, work->arena, error))
		return false;
	if (line->why.size > 0)
		return true;
	line->done = booked->changed;
	return !line->done || line_tell(line, work, error);
}

static bool book_all(struct stated_line *lines, struct booked *booked,
		     const struct statement_work *work, const struct notice *notices,
		     uint32_t count, struct error *error)
{
	if (!store_begin(work->seat->store, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (line_book(&lines[i], &booked[i], work, &notices[i], error))
			continue;
		store_abort(work->seat->store);
		return false;
	}
	failpoint("statement-before-commit");
	if (!store_commit(work->seat->store, error))
		return false;
	failpoint("statement-after-commit");
	return true;
}

static void tell_all(const struct stated_line *lines, const struct booked *booked,
		     const struct statement_work *work, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!lines[i].done)
			continue;
		booking_tell(work->seat, &booked[i]);
		log_line(LOG_INFO, "payment",
			 "tenant=%.*s receipt=%.*s status=%s account=%.*s source=statement "
			 "by=%.*s",
			 TEXT_ARG(work->seat->tenant->name), TEXT_ARG(lines[i].receipt),
			 lines[i].matched ? "credited" : "unmatched", TEXT_ARG(lines[i].account),
			 TEXT_ARG(work->actor));
	}
}

bool control_statement(struct document **out, struct text *why, struct seat *seat,
		       const struct intent *intent, const struct control_request *request,
		       struct arena *arena, struct error *error)
{
	struct statement_work work = { .seat = seat,
				       .intent = intent,
				       .actor = request->actor,
				       .now = clock_now(),
				       .arena = arena };
	const struct text *texts = request->arguments + STATEMENT_HEAD;
	uint32_t size = request->argument_count - STATEMENT_HEAD, count = size / STATEMENT_TEXTS;
	struct stated_line *lines = ARENA_ARRAY(arena, struct stated_line, count + 1);
	struct notice *notices = ARENA_ARRAY(arena, struct notice, count + 1);
	struct booked *booked = ARENA_ARRAY(arena, struct booked, count + 1);

	*out = NULL;
	*why = TEXT("the lines of the statement make no sense");
	if (size % STATEMENT_TEXTS != 0 || count > STATEMENT_LINES_MAX)
		return true;
	for (uint32_t i = 0; i < count; i++)
		if (!line_parse(&lines[i], &notices[i], texts + (size_t)i * STATEMENT_TEXTS))
			return true;
	find_channel(&work, request->arguments[0], request->arguments[1]);
	if (!book_all(lines, booked, &work, notices, count, error))
		return false;
	tell_all(lines, booked, &work, count);
	*out = view_stated(lines, count);
	return true;
}
