/*
 * A provider's statement beside the ledger: what is in one and not in the other, to the cent. Reads
 * the store (blocks on disk); the caller frees the document; nothing is changed.
 */
#pragma once

#include "provider/provider.h"
#include "view/document.h"
#include "view/outlook.h"

/*
 * *same: no differences. Only channels that the statement is about count: those that hold one of
 * its receipts, or all when none does.
 */
bool view_reconcile(struct document **out, bool *same, const struct outlook *outlook,
		    struct text provider, const struct statement_line *lines, uint32_t count,
		    struct arena *arena, struct error *error) MUST_CHECK;
