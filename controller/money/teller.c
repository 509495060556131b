#include "money/teller.h"

#include "base/bug.h"
#include "base/failpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "state/inbox.h"

/* A full batch of the largest callbacks, with what parsing and matching make of them. */
#define TELLER_ARENA_SIZE ((size_t)TELLER_BATCH_MAX * (CALLBACK_SIZE_MAX * 32))

static bool book_all(struct booked *booked, struct seat *seat, const struct intent *intent,
		     const struct inbox_line *lines, uint32_t count, int64_t now,
		     struct arena *arena, struct error *error)
{
	/* Bug 1: the cursor moves first, in a transaction of its own. */
	if (bug(1) &&
	    (!store_begin(seat->store, error) ||
	     !inbox_cursor_move(seat->store, lines[count - 1].id, error) ||
	     !store_commit(seat->store, error)))
		return false;
	if (!store_begin(seat->store, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!booking_line(&booked[i], seat, intent, &lines[i], now, arena, error)) {
			store_abort(seat->store);
			return error_at(error, "inbox line %lld", (long long)lines[i].id);
		}
	}
	if (!inbox_cursor_move(seat->store, lines[count - 1].id, error)) {
		store_abort(seat->store);
		return false;
	}
	failpoint("teller-before-commit");
	if (!store_commit(seat->store, error))
		return false;
	failpoint("teller-after-commit");
	return true;
}

void teller_tell(struct seat *seat, const struct booked *booked)
{
	booking_tell(seat, booked);
	if (!booked->changed)
		return;
	log_line(booked->status == PAYMENT_CREDITED ? LOG_INFO : LOG_WARNING, "payment",
		 "tenant=%.*s receipt=%.*s status=%s account=%.*s periods=%u reason=\"%.*s\"",
		 TEXT_ARG(seat->tenant->name), TEXT_ARG(booked->payment.receipt),
		 payment_status_word(booked->status),
		 TEXT_ARG(booked->subscriber != NULL ? booked->subscriber->account : TEXT_NONE),
		 booked->periods, TEXT_ARG(booked->payment.reason));
}

static bool step(struct seat *seat, const struct intent *intent, int64_t now, bool *more,
		 struct arena *arena, struct error *error)
{
	struct inbox_line *lines;
	struct booked *booked;
	uint32_t count;
	int64_t cursor;

	if (!inbox_cursor(&cursor, seat->store, error) ||
	    !inbox_read(&lines, &count, seat->store, cursor, TELLER_BATCH_MAX, arena, error))
		return false;
	if (count == 0)
		return true;
	booked = ARENA_ARRAY(arena, struct booked, count);
	if (!book_all(booked, seat, intent, lines, count, now, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		teller_tell(seat, &booked[i]);
	*more = count == TELLER_BATCH_MAX;
	return true;
}

bool teller_step(struct seat *seat, int64_t now, bool *more, struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	bool done;

	*more = false;
	if (intent == NULL)
		return true;
	arena_open(&arena, TELLER_ARENA_SIZE);
	done = step(seat, intent, now, more, &arena, error);
	arena_close(&arena);
	intent_release(intent);
	return done || error_at(error, "tenant %.*s: the inbox", TEXT_ARG(seat->tenant->name));
}
