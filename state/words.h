/*
 * Words: held payments that were said by nobody who proves anything. A word names a receipt and
 * claims none: the payment that is proven takes it. Changing functions need an open store
 * transaction (store_begin). Blocks on disk; what is read lies in the arena. It never judges.
 */
#pragma once

#include "state/store.h"

/* This held payment is a mere word about that receipt. Twice is once. */
bool word_add(struct store *store, int64_t payment_id, struct text receipt,
	       struct error *error) MUST_CHECK;

/* What the words about one receipt are. */
struct words {
	int64_t *open; /* payments that are held and wait; oldest first */
	uint32_t count;
	bool is_closed; /* a person dealt with one of them: settled by hand, or given back */
};
bool word_about(struct words *out, struct store *store, struct text receipt, struct arena *arena,
		 struct error *error) MUST_CHECK;
/* The same of the receipt that this word is about; of no word: none. */
bool word_beside(struct words *out, struct store *store, int64_t payment_id, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* Is this payment an open one? */
bool word_is_open(bool *open, struct store *store, int64_t payment_id,
		   struct error *error) MUST_CHECK;

/* The word goes by "held-RECEIPT" from now on, and its receipt is free. INVALID when it is no word
 * that has its receipt. */
bool word_give_way(struct store *store, int64_t payment_id, int64_t now,
		    struct error *error) MUST_CHECK;
