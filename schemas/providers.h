/*
 * What operators write for each payment provider: one row each, which keys its channel needs and
 * which mean something to it. Static data and pure functions; any thread. It knows nothing of how a
 * provider works: that is webhook/provider, and a test holds both tables side by side.
 */
#pragma once

#include <stdbool.h>

#include "base/text.h"

/* Lists of keys are NULL-terminated, and never NULL. */
struct provider_keys {
	const char *name;                /* sorted in the table */
	const char *const *needs;        /* its channel cannot do without these */
	const char *const *prompts;      /* a channel with one of these prompts … */
	const char *const *prompts_need; /* … and then needs all of these */
	const char *const *own;          /* keys that mean nothing to some others */
	bool validates;                  /* it asks before a payment whether it is welcome */
	bool answers;                    /* it can be asked whether a payment is true */
};

extern const char *const provider_names[]; /* of the table, NULL-terminated */

/* NULL when there is no such provider. */
const struct provider_keys *provider_keys(struct text provider);
/* Is the key in that list? */
bool keys_have(const char *const *keys, const char *key);
