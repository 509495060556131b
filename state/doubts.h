/*
 * Doubts: what is odd about a payment, and what was said of it since, as a journal. They move no
 * money and refuse none; people are told. Changing functions need an open store transaction
 * (store_begin). Blocks on disk; what is read lies in the arena. It never judges.
 */
#pragma once

#include "state/store.h"

enum doubt_verdict {
	DOUBT_ODD,         /* its receipt does not look like one of that day */
	DOUBT_UNNAMED,     /* nobody has proven who paid it */
	DOUBT_UNCONFIRMED, /* the provider was asked again and again, and does not confirm it */
	DOUBT_TRUE,        /* the provider says that it is so */
	DOUBT_FALSE,       /* the provider says something else */
	DOUBT_VERDICT_COUNT
};

struct doubt {
	int64_t payment_id;
	enum doubt_verdict verdict;
	struct text why; /* a sentence */
	int64_t at;
};

/* The same twice in a row is once. */
bool doubts_add(struct store *store, const struct doubt *doubt, struct error *error) MUST_CHECK;
/* Of one payment, oldest first; the last one is in force. */
bool doubts_of(struct doubt **out, uint32_t *count, struct store *store, int64_t payment_id,
	       struct arena *arena, struct error *error) MUST_CHECK;

/* Payments whose money is in the books, by the doubt in force. */
struct doubt_totals {
	int64_t count[DOUBT_VERDICT_COUNT];
	struct text newest[DOUBT_VERDICT_COUNT]; /* a receipt; empty: none */
};
bool doubts_totals(struct doubt_totals *out, struct store *store, struct arena *arena,
		   struct error *error) MUST_CHECK;
