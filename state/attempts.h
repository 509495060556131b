/*
 * Prompts that wavu sent or means to send, and what became of them. Changing functions need an open
 * store transaction (store_begin). Blocks on disk; texts read lie in the arena. It never judges and
 * never sends; what may follow what is refused by the database itself (paid is final).
 */
#pragma once

#include "model/attempt.h"
#include "model/payment.h"
#include "state/store.h"

/* A prompt lies on a handset for about a minute and its result takes a few (payments facts 1.2). */
#define ATTEMPT_OPEN_US (INT64_C(5) * 60 * 1000000)
/* The provider refuses the same amount to the same customer within 2 minutes (code 17). */
#define ATTEMPT_SAME_US (INT64_C(2) * 60 * 1000000)

/*
 * Makes one of what is pinned in *attempt, due at once; or, when this payer has an open prompt, or
 * was asked for the same amount less than two minutes ago, reads that one into it: *fresh false.
 */
bool attempts_start(bool *fresh, struct attempt *attempt, struct store *store, int64_t now,
		    struct arena *arena, struct error *error) MUST_CHECK;
bool attempts_find(bool *found, struct attempt *out, struct store *store, int64_t id,
		   struct arena *arena, struct error *error) MUST_CHECK;
/* Writes all that may change: status, reason, token, sent_at, provider_ref, hint, asks, next_at,
 * payment, proven. Read it in the same transaction. */
bool attempts_write(struct store *store, const struct attempt *attempt, int64_t now,
		    struct error *error) MUST_CHECK;

/* Newest first. */
bool attempts_list(struct attempt **out, uint32_t *count, struct store *store, uint32_t max,
		   struct arena *arena, struct error *error) MUST_CHECK;
/* Those that may still be paid, of whom nobody has said how they ended. */
bool attempts_open_count(int64_t *count, struct store *store, struct error *error) MUST_CHECK;
/*
 * Those of a channel with something to do at `now`: which were not sent yet, the longest due first;
 * or of which nobody knows what became, first those of more than two hours ago, then the longest
 * due. *next_at: when the channel's next one of any kind is due, 0: never.
 */
bool attempts_unsent(struct attempt **out, uint32_t *count, int64_t *next_at, struct store *store,
		     struct text channel, int64_t now, uint32_t max, struct arena *arena,
		     struct error *error) MUST_CHECK;
bool attempts_unknown(struct attempt **out, uint32_t *count, int64_t *next_at, struct store *store,
		      struct text channel, int64_t now, uint32_t max, struct arena *arena,
		      struct error *error) MUST_CHECK;
/* Those sent since, whose URLs the street must know. */
bool attempts_sent_since(struct attempt **out, uint32_t *count, struct store *store, int64_t since,
			 struct arena *arena, struct error *error) MUST_CHECK;
/* The newest one that the provider knows by this name. */
bool attempts_named(bool *found, struct attempt *out, struct store *store, struct text channel,
		    struct text provider_ref, struct arena *arena, struct error *error) MUST_CHECK;
/* The oldest open one to the phone of this payment, for its amount, that was sent when it may have
 * caused it. */
bool attempts_asked(bool *found, struct attempt *out, struct store *store,
		    const struct payment *payment, struct arena *arena,
		    struct error *error) MUST_CHECK;
/* The attempt that a payment pays. */
bool attempts_of_payment(bool *found, struct attempt *out, struct store *store, int64_t payment_id,
			 struct arena *arena, struct error *error) MUST_CHECK;

/*
 * Two ways to hear of one payment. An answered question has no receipt, a confirmation names no
 * attempt: they are the same money when channel and amount are equal, the payer (in clear or as a
 * hash, else what he typed) is, and the provider's time lies where the prompt was on the handset.
 */
/* The oldest attempt that was credited without a receipt and that this notice is the receipt of. */
bool attempts_without_receipt(bool *found, struct attempt *out, struct store *store,
			      struct text channel, const struct notice *notice, int64_t at,
			      struct arena *arena, struct error *error) MUST_CHECK;
/* The oldest one that was credited without a receipt, of which it was said, by nobody who proves
 * anything, that this is its receipt. */
bool attempts_hinted(bool *found, struct attempt *out, struct store *store, struct text receipt,
		     struct arena *arena, struct error *error) MUST_CHECK;
/* Was any prompt of that amount credited without a receipt then, whoever paid it? */
bool attempts_wait(bool *wait, struct store *store, struct text channel, int64_t cents, int64_t at,
		   struct error *error) MUST_CHECK;
/* The oldest payment of no attempt that this one may have caused; its id, or 0. */
bool attempts_payment(int64_t *payment_id, struct store *store, const struct attempt *attempt,
		      struct arena *arena, struct error *error) MUST_CHECK;
/* A payment of no attempt in its time and of its amount, of which nobody has proven who paid it
 * (DOUBT_UNNAMED); its id, or 0. */
bool attempts_unnamed(int64_t *payment_id, struct store *store, const struct attempt *attempt,
		      struct error *error) MUST_CHECK;

/* What such a credit is called until its receipt is known: "STK-17". */
struct text attempts_made_receipt(int64_t id, struct arena *arena);
