/*
 * The country of a currency, by its dialling code: what phone numbers of a tenant without one are
 * read with. Static data, pure; any thread.
 */
#pragma once

#include "base/text.h"

/* "KES" -> "254"; empty when the currency belongs to no one country, or to one not listed. */
struct text country_of_currency(struct text currency);
