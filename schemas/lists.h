/*
 * Short lists that names and defaults are checked against: payment providers this version knows,
 * words Safaricom refuses in URLs, the dialling code of a currency's country. Static data and pure
 * functions; any thread. It knows nothing of how a provider works: that is webhook/provider.
 */
#pragma once

#include <stdbool.h>

#include "base/text.h"

extern const char *const provider_names[]; /* NULL-terminated, sorted */

/* Keys of a channel that this provider cannot do without, NULL-terminated; NULL: none. */
const char *const *provider_needs(struct text provider);
/* Its channel prompts with one of *marks, and then needs all of *needs. False: it has none. */
bool provider_prompt_needs(const char *const **marks, const char *const **needs,
			   struct text provider);
/* Does `email` or `prompt_till` mean anything to it? */
bool provider_uses(struct text provider, const char *key);
/* Does it ask before a payment whether it is welcome? */
bool provider_validates(struct text provider);
/* Can it be asked whether a payment is true? */
bool provider_answers(struct text provider);

/* The word in `name`, in any case, that Safaricom refuses in URLs (payments facts 1.7); or NULL. */
const char *forbidden_word(struct text name);

/* "KES" -> "254"; empty when the currency belongs to no one country, or to one not listed. */
struct text country_of_currency(struct text currency);
