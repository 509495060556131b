/*
 * What booking and buying share: a movement of the double entry. Only the .c files of the ledger
 * include this. Needs the store's transaction; blocks on disk. Texts are borrowed for the call.
 */
#pragma once

#include "model/payment.h"
#include "state/inside.h"

/* One side of a movement: "credit:" of "kn0042", "in:" of "main", or "revenue" of nobody. */
struct leg {
	const char *account;
	struct text of;
};

struct movement {
	const char *kind;
	struct leg source, target;
	int64_t cents;
	int64_t payment_id; /* 0: none */
	int64_t at;
};

/* Writes it down; *id is 0 when there was nothing to move. */
bool ledger_move(int64_t *id, struct db *db, const struct movement *movement,
		 struct error *error) MUST_CHECK;
/* The one number a query by one text gives; 0 when it gives none. */
bool ledger_number(int64_t *out, struct db *db, const char *sql, struct text key,
		   struct error *error) MUST_CHECK;

/* A status that a payment takes; the newest is in force. */
struct ledger_status {
	int64_t payment_id;
	enum payment_status status;
	struct text reference, account, reason, actor;
	int64_t at;
};
bool ledger_status_insert(struct db *db, const struct ledger_status *status,
			  struct error *error) MUST_CHECK;

/* What has to be known of a payment before its status changes. */
struct ledger_waiting {
	bool found, has_cents, made, settled; /* made: its receipt is one of ours */
	int64_t cents;
	enum payment_status status;
	struct text receipt, channel, account, reference, reason;
};
bool ledger_waiting_read(struct ledger_waiting *out, struct db *db, int64_t id,
			 struct arena *arena, struct error *error) MUST_CHECK;

/* Columns in the order of ledger_take_payments(). */
#define LEDGER_PAYMENT                                                                     \
	"SELECT p.id,"                                                                             \
	" coalesce((SELECT g.receipt FROM merged g WHERE g.payment = p.id), p.receipt),"           \
	" p.provider, p.channel, p.cents, s.account, p.reference, p.phone,"                        \
	" p.phone_hash, p.at, p.received_at, p.booked_at, s.status, s.reason ||"                   \
	" coalesce((SELECT ' (came ' || h.times || ' times)' FROM heard h"                         \
	" WHERE h.payment = p.id AND h.times > 1),"                                                \
	" ''), s.actor, p.inbox_id"                                                                \
	" FROM payment_now n JOIN payment p ON p.id = n.payment JOIN payment_status s"             \
	" ON s.id = n.status_id "
/* All that the statement gives; ends it. */
bool ledger_take_payments(struct payment **out, uint32_t *count, struct statement *statement,
			  struct arena *arena, struct error *error) MUST_CHECK;

/* A receipt, a channel, an account: where the caller brings no arena. */
#define LEDGER_SMALL_ARENA_SIZE (64u << 10)
