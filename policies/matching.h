/*
 * Whose payment is this? (product.md "Matching"). Pure over an intent's indices; any thread.
 */
#pragma once

#include "intent/intent.h"
#include "model/payment.h"

struct match {
	const struct subscriber *subscriber; /* NULL: unmatched */
	struct text by;  /* "account" "alias" "phone in the reference" "payer" */
	struct text why; /* unmatched: a sentence for the operator */
};

/* Account, alias, reference read as a phone, then the payer (unless match_payer is false): the
 * first step with any hit decides; two hits there are unmatched. `is_terminated` may be NULL:
 * subscribers for whom it is true are not hit. */
struct match match_notice(const struct intent *intent, const struct notice *notice,
			  struct arena *arena,
			  bool (*is_terminated)(void *context, const struct subscriber *subscriber),
			  void *context);
