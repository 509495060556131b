/*
 * What booking and buying share: a movement of the double entry. Only the .c files of the ledger
 * include this. Needs the store's transaction; blocks on disk. Texts are borrowed for the call.
 */
#pragma once

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
