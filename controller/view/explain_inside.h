/*
 * Inside of view/ only: the parts of `wavu explain`. A chain grows link by link, oldest cause
 * first, and ends in one sentence that answers whoever asks: the verdict. Reads the store (and
 * blocks on disk); texts lie in the chain's arena; nothing is changed.
 */
#pragma once

#include "model/entitlement.h"
#include "model/fleet.h"
#include "model/payment.h"
#include "view/outlook.h"
#include "view/shape.h"

struct chain {
	const struct outlook *outlook;
	json_t *links;
	int64_t now;
	const struct payment *receipt; /* what was asked about; NULL: no payment */
	struct text verdict;           /* a sentence that can be read to a caller; never empty */
	int64_t read_at; /* when his rows were read back last, by what was told so far */
	struct arena *arena;
	struct error *error;
};

void chain_add(struct chain *chain, int64_t at, struct text what, struct text because);
/* "2026-12-05 14:02", the tenant's time. */
struct text chain_moment(const struct chain *chain, int64_t at);
/* "2500.00 KES" */
struct text chain_money(const struct chain *chain, int64_t cents);

/* ---- explain_view.c ---- */
bool explain_subscriber(struct chain *chain, const struct subscriber *subscriber) MUST_CHECK;

/* ---- explain_payment.c ---- */
bool explain_payment(struct chain *chain, const struct payment *payment) MUST_CHECK;
/* Every step of one credit towards the router, and where it stands now. */
bool explain_end(struct chain *chain, const struct payment *payment) MUST_CHECK;
/* What became of the newest money of a subscriber, oldest first. */
bool explain_ends(struct chain *chain, struct text reference) MUST_CHECK;

/* ---- explain_search.c: what is nobody's yet, and what was only asked for ---- */
/* "a-17". *found false: it is no such name, or there is none. */
bool explain_attempt(struct chain *chain, bool *found, struct text thing) MUST_CHECK;
/* Prompts of a subscriber that brought no money; *newest: the newest of all, id 0: none. */
struct attempt;
bool explain_prompts(struct chain *chain, struct attempt *newest,
		     const struct subscriber *subscriber) MUST_CHECK;
/*
 * Money without an owner that came from this phone (E.164 digits; may be empty), or for which this
 * was typed (may be empty). *count: how many; the verdict is about the newest.
 */
bool explain_strays(struct chain *chain, uint32_t *count, struct text phone,
		    struct text typed) MUST_CHECK;
/* What a person does about unmatched or held money. */
struct text explain_remedy(const struct payment *payment, struct arena *arena);

/* ---- explain_verdict.c ---- */
struct standing_now {
	const struct subscriber *subscriber;
	struct entitlement entitlement;
	int64_t balance_cents;
	const struct router_state *router; /* NULL: it was never looked at */
	bool has_row, row_open, waits;     /* waits: its next job is due for him */
	const struct attempt *prompt;      /* his newest, when it is newer than his newest money */
};
/* " The prompt of … brought nothing: …", with the space in front. */
struct text explain_prompted(const struct chain *chain, const struct attempt *prompt);
/* What to tell somebody who asks about this subscriber. */
struct text explain_verdict(const struct chain *chain, const struct standing_now *given);
