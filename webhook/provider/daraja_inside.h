/*
 * What daraja.c (callbacks) and daraja_api.c (questions) share: how Daraja writes receipts, money,
 * times and success. Nobody else includes it. Pure; texts lie in the arena; any thread.
 */
#pragma once

#include "base/clock.h"
#include "provider/json.h"
#include "provider/providers.h"

/* Daraja's times are EAT without a mark, no daylight saving (payments facts 1). */
#define DARAJA_EAT_US (3 * HOUR_US)

extern const struct provider_api daraja_api;

/* Part of what somebody said, safe to print in a reason: plain ASCII, cut. */
struct text daraja_shown(struct arena *arena, struct text text);

/* A receipt in upper case; `name` is the field's, for the sentence in *why. */
bool daraja_receipt(struct text *out, struct value value, const char *name, struct arena *arena,
		    struct text *why) MUST_CHECK;

/*
 * "10" "10.00" 1.00 -> cents. Never through a float; what is not exactly money is refused, with
 * what is wrong with it.
 */
bool daraja_amount(int64_t *cents, struct text text, struct arena *arena,
		   struct text *why) MUST_CHECK;

/* "20231121121325" in EAT -> UTC microseconds; 0 when it is no such time. */
int64_t daraja_time(struct text text);

/* Success is the number 0 or the text "0", nothing else: "SFC_IC0003" and "R000002" occur (payments
 * facts 1.3). */
bool daraja_is_success(struct value code);

/* provider_api.statement */
bool daraja_statement(struct statement_line **out, uint32_t *count, struct text bytes,
		      struct arena *arena, struct text *why) MUST_CHECK;
