/*
 * What daraja.c (callbacks), daraja_api.c (questions), daraja_order.c (questions whose answer comes
 * later) and daraja_list.c (the list of payments) share: how Daraja writes receipts, money, times
 * and success, and how one writes to it. Nobody else includes it. Pure; texts lie in the arena; any
 * thread.
 */
#pragma once

#include "base/clock.h"
#include "provider/providers.h"
#include "provider/talk.h"

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
/* Why a receipt does not look like one of that moment, or empty. */
struct text daraja_odd(struct text receipt, int64_t at, struct arena *arena);

/* Success is the number 0 or the text "0", nothing else: "SFC_IC0003" and "R000002" occur (payments
 * facts 1.3). */
bool daraja_is_success(struct value code);

/* provider_api.statement */
bool daraja_statement(struct statement_line **out, uint32_t *count, struct text bytes,
		      struct arena *arena, struct text *why) MUST_CHECK;

/* ---- questions and answers (daraja_api.c) ---------------------------------------------------- */

/* An address of its API: the channel's `endpoint`, else production's or the sandbox's. */
struct text daraja_address(const struct channel *channel, const char *path, struct arena *arena);
/* What one of the two error envelopes means (payments facts 1.6). */
struct said daraja_error(const struct response *response, struct value root, struct arena *arena);

/* ---- provider_api: daraja_order.c ------------------------------------------------------------ */

struct request daraja_verify(const struct channel *channel, const struct credentials *credentials,
			     const struct order *order, struct arena *arena);
struct said daraja_verify_read(const struct channel *channel, const struct response *response,
			       const struct order *order, struct arena *arena);
struct said daraja_order_result(const struct channel *channel, struct text body,
				struct arena *arena);
struct request daraja_reverse(const struct channel *channel, const struct credentials *credentials,
			      const struct order *order, struct arena *arena);
struct said daraja_reverse_read(const struct response *response, struct arena *arena);
struct said daraja_reverse_result(struct text body, struct arena *arena);

/* ---- provider_api: daraja_list.c ------------------------------------------------------------- */

struct request daraja_list(const struct channel *channel, const struct listing *listing,
			   struct arena *arena);
struct said daraja_list_read(struct statement_line **out, uint32_t *count, bool *more,
			     const struct response *response, const struct listing *listing,
			     struct text country, struct arena *arena);
struct request daraja_list_enrol(const struct channel *channel, struct text phone,
				 struct text callback_url, struct arena *arena);
struct said daraja_list_enrol_read(const struct response *response, struct arena *arena);
