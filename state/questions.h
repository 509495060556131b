/*
 * Questions about payments, and orders to take one back: what wavu asked a provider, and what
 * became of it. Changing functions need an open store transaction (store_begin). Blocks on disk;
 * texts read lie in the arena. It never judges and never sends; that an order leaves once is
 * refused otherwise by the database itself.
 */
#pragma once

#include "model/question.h"
#include "state/store.h"

/*
 * Makes one of what is pinned in *question, due at once; or reads the open one about the same
 * payment into it: *fresh false.
 */
bool questions_start(bool *fresh, struct question *question, struct store *store, int64_t now,
		     struct arena *arena, struct error *error) MUST_CHECK;
bool questions_find(bool *found, struct question *out, struct store *store, int64_t id,
		    struct arena *arena, struct error *error) MUST_CHECK;
/* The newest of that kind about a payment. */
bool questions_of_payment(bool *found, struct question *out, struct store *store,
			  int64_t payment_id, enum question_kind kind, struct arena *arena,
			  struct error *error) MUST_CHECK;
/* Writes all that may change: everything from `status` on. Read it in the same transaction. */
bool questions_write(struct store *store, const struct question *question, int64_t now,
		     struct error *error) MUST_CHECK;

/* VERIFY, or orders, of a channel with something to do at `now`, the longest due first. */
bool questions_due(struct question **out, uint32_t *count, struct store *store, struct text channel,
		   int64_t now, uint32_t max, struct arena *arena, struct error *error) MUST_CHECK;
bool questions_orders_due(struct question **out, uint32_t *count, struct store *store,
			  struct text channel, int64_t now, uint32_t max, struct arena *arena,
			  struct error *error) MUST_CHECK;
/* Every order to take that payment back, oldest first. */
bool questions_orders_of(struct question **out, uint32_t *count, struct store *store,
			 int64_t payment_id, struct arena *arena, struct error *error) MUST_CHECK;
/* Orders that a person should know of, oldest first: open ones, and those of which nobody knows
 * what became, until the payment is reversed or ordered back again. */
bool questions_orders_waiting(struct question **out, uint32_t *count, struct store *store,
			      uint32_t max, struct arena *arena, struct error *error) MUST_CHECK;
/* Those sent since, whose URLs the street must know. */
bool questions_sent_since(struct question **out, uint32_t *count, struct store *store,
			  int64_t since, struct arena *arena, struct error *error) MUST_CHECK;
