/*
 * Money: double entry, integer cents, append only. Changing functions need an open store
 * transaction (store_begin). Blocks on disk; texts read lie in the arena. It never judges: who is
 * matched, how many periods are bought is decided by policies/ and passed in.
 */
#pragma once

#include "model/payment.h"
#include "model/standing.h"
#include "state/store.h"

/*
 * Books a payment that was heard of: a new row with its status and, when credited or unmatched, two
 * entries (credited: money in at the channel / the account's credit; unmatched: money in / the
 * unmatched bucket; held: none). `reference` is the subscriber's key for CREDITED. Fills
 * payment->id and, for held ones without a receipt, payment->receipt ("held-N"). A receipt that is
 * already known is not booked: *known is true, `payment` is left alone. A known receipt with
 * another amount is kept by booking it again as HELD, with an empty receipt and the reason.
 * Receipts are one in all channels, compared trimmed and without case. CREDITED cash without one
 * gets "cash-N".
 */
bool ledger_book(bool *known, struct store *store, struct payment *payment, struct text reference,
		 struct arena *arena, struct error *error) MUST_CHECK;

/*
 * The receipt of a payment that was credited before its receipt was known. *merged false: the
 * receipt is known already, or the payment has one. From then on it is found and shown by it.
 */
bool ledger_merge(bool *merged, struct store *store, int64_t payment_id, struct text receipt,
		  int64_t now, struct arena *arena, struct error *error) MUST_CHECK;

/* By receipt (any case) or "held-N". *found false when there is none. */
bool ledger_payment(bool *found, struct payment *out, struct store *store, struct text receipt,
		    struct arena *arena, struct error *error) MUST_CHECK;
bool ledger_payment_of_id(bool *found, struct payment *out, struct store *store, int64_t id,
			  struct arena *arena, struct error *error) MUST_CHECK;
/* Newest first; status < 0: all. */
bool ledger_payments(struct payment **out, uint32_t *count, struct store *store, int status,
		     uint32_t max, struct arena *arena, struct error *error) MUST_CHECK;
/* Those of one provider whose own time lies between, both ends included; oldest first. */
bool ledger_payments_between(struct payment **out, uint32_t *count, struct store *store,
			     struct text provider, int64_t from_at, int64_t to_at,
			     struct arena *arena, struct error *error) MUST_CHECK;
/* Those credited to one subscriber, newest first. */
bool ledger_payments_of(struct payment **out, uint32_t *count, struct store *store,
			struct text reference, uint32_t max, struct arena *arena,
			struct error *error) MUST_CHECK;

/* Moves an unmatched payment to a subscriber, or releases a held one to him (then the money comes
 * in now). INVALID for a payment without a receipt or an amount of its own (settled by `record`),
 * CONFLICT when it is credited already. Whether short code and amount are right is the caller's to
 * judge. */
bool ledger_assign(struct store *store, int64_t payment_id, struct text reference,
		   struct text account, struct text actor, int64_t now,
		   struct error *error) MUST_CHECK;

/* A held payment was proven, but fits nobody: its money comes in, and waits unmatched. */
bool ledger_park(struct store *store, int64_t payment_id, struct text reason, int64_t now,
		 struct error *error) MUST_CHECK;
/* A held payment is held for another reason from now on; the same reason is not written twice. */
bool ledger_hold(struct store *store, int64_t payment_id, struct text reason, int64_t now,
		 struct error *error) MUST_CHECK;

/*
 * ---- taken back: compensating entries, for nothing is ever changed -----------------------------
 */

/* What is left of one purchase; newest first, those with something left. */
struct purchase_left {
	int64_t id;
	int64_t payment_id; /* what made it possible; 0: none */
	int64_t at;
	uint32_t periods;
	int64_t cents;
	int64_t paid_from_at, paid_until_at;
	int32_t anchor_day;
	struct text package;
};
bool ledger_purchases(struct purchase_left **out, uint32_t *count, struct store *store,
		      struct text reference, struct arena *arena, struct error *error) MUST_CHECK;
/* What he owed when he was taken over; 0: nothing. */
bool ledger_debt(int64_t *cents, struct store *store, struct text reference,
		 struct error *error) MUST_CHECK;
/* What a reversal takes from one purchase. */
struct shortening {
	int64_t purchase_id;
	uint32_t periods;
	int64_t cents;
	int64_t paid_until_at; /* where periods are left: until when */
};
/*
 * The payment is reversed: its money goes back where it came from, after that of the purchases
 * given. *reference: whose credit it was, or empty. CONFLICT when it was reversed before. Which
 * purchases give way is the caller's to judge.
 */
bool ledger_reverse(struct text *reference, struct store *store, int64_t payment_id,
		    const struct shortening *shortenings, uint32_t count, struct text reason,
		    struct text actor, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;

/* What one purchase decided (policies/prepaid.h). Cents go from the account's credit to revenue;
 * CONFLICT when the credit is less. */
struct purchase {
	int64_t payment_id; /* what made it possible; 0: an opening, or credit left from before */
	uint32_t periods;
	int64_t cents;
	int64_t service_from_at;
	int64_t paid_from_at, paid_until_at;
	int32_t anchor_day;
	struct text package;
};
bool ledger_buy(struct store *store, struct text reference, const struct purchase *purchase,
		int64_t now, struct error *error) MUST_CHECK;

/* What a taken-over customer had. */
struct opened {
	int64_t start_at;      /* his declared first day of service; 0: none */
	int64_t paid_until_at; /* 0: nothing is paid */
	int64_t balance_cents; /* below zero: a debt */
};
/* Once per subscriber: *booked false when it was before. */
bool ledger_open(bool *booked, struct store *store, struct text reference, struct text account,
		 const struct opened *opened, int64_t now, struct error *error) MUST_CHECK;

/* Facts about one subscriber; an unknown one is a zeroed standing with `known` false. */
bool ledger_standing(struct standing *out, struct store *store, struct text reference,
		     struct arena *arena, struct error *error) MUST_CHECK;
/* All, sorted by reference: one query. */
bool ledger_standings(struct standing **out, uint32_t *count, struct store *store,
		      struct arena *arena, struct error *error) MUST_CHECK;

/* Service stopped, or going on again, by a person. */
bool ledger_pause(struct store *store, struct text reference, bool paused, struct text actor,
		  int64_t now, struct error *error) MUST_CHECK;

/* The password wavu made for a subscriber: stored before it is ever sent; the first one stays. */
bool ledger_password(struct text *out, struct store *store, struct text reference,
		     struct text fresh, struct arena *arena, struct error *error) MUST_CHECK;

/* What happened to one subscriber's money, newest first, for explain: his payments, assignments,
 * purchases, opening. */
struct ledger_line {
	int64_t at;
	struct text what; /* "payment" "purchase" "opening" "assignment" "refund" "taken back" */
	struct text receipt;
	int64_t cents;
	int64_t paid_until_at;
	struct text detail;
};
bool ledger_history(struct ledger_line **out, uint32_t *count, struct store *store,
		    struct text reference, uint32_t max, struct arena *arena,
		    struct error *error) MUST_CHECK;

struct ledger_totals {
	int64_t today_count, today_cents; /* credited, by booking time since `day_start` */
	int64_t unmatched_count, held_count;
	int64_t newest_fact_at; /* the newest moment anything was booked */
};
bool ledger_totals(struct ledger_totals *out, struct store *store, int64_t day_start,
		   struct error *error) MUST_CHECK;
