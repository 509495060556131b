/*
 * A provider's statement beside the ledger: what is in one and not in the other, to the cent. Reads
 * the store (blocks on disk); the caller frees the document; nothing is changed.
 */
#pragma once

#include "provider/provider.h"
#include "view/document.h"
#include "view/outlook.h"

/* What became of one line of a statement that was to be credited. */
struct stated_line {
	uint32_t line;
	struct text receipt;
	int64_t cents;
	bool done;           /* booked now; else `why` not: empty when it was there already */
	bool matched;        /* credited to `account`; else it waits unmatched */
	struct text account; /* or empty */
	struct text why;     /* not done, or not matched: a sentence */
};
/* A document of the shape "stated": the lines taken, and those that could not be. */
struct document *view_stated(const struct stated_line *lines, uint32_t count);

/*
 * *same: no differences, and nothing that could not be taken. `stated`: what was credited before
 * this look; without any of them it only compares.
 Only channels that the statement is about count: those that hold one of
 * its receipts, or all when none does.
 */
bool view_reconcile(struct document **out, bool *same, const struct outlook *outlook,
		    struct text provider, const struct statement_line *lines, uint32_t count,
		    struct document *const *stated, uint32_t stated_count, struct arena *arena,
		    struct error *error) MUST_CHECK;
