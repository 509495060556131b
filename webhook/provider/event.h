/*
 * What the providers with signed callbacks share: headers as they were kept, fields, receipts of
 * their own, times, and what a reason says. Pure; texts lie in the arena; any thread. It never
 * decides whether something counts.
 */
#pragma once

#include "provider/json.h"
#include "provider/providers.h"

/* The value of a kept header (name in any case), or the empty text. */
struct text event_header(const struct callback *callback, const char *name);

/* A text or a number literal, trimmed; everything else, null and absent are the empty text. */
struct text event_field(struct value parent, const char *key, struct arena *arena);
/* Part of what somebody said, safe to print in a reason: plain ASCII, cut. */
struct text event_shown(struct arena *arena, struct text text);

struct notice event_unreadable(struct text why);
struct notice event_nothing(struct text why);

/* What one provider makes of the JSON of its callback. */
typedef struct notice event_reader(const struct channel *channel, struct value root,
				   struct text country, struct arena *arena);
/* Opens the body, has it read, closes it; what is no JSON is unreadable. */
struct notice event_parse(const struct channel *channel, struct text country,
			  const struct callback *callback, struct arena *arena,
			  event_reader *read);

/*
 * "PAYSTACK-T123": an event's own name made unique among all providers. One that no receipt can
 * hold (long, mixed case, other characters) goes in as a part of its SHA-256. False: it is empty.
 */
bool event_receipt(struct text *out, const char *prefix, struct text id,
		   struct arena *arena) MUST_CHECK;
/* As an M-PESA receipt is written: ten capitals and digits (payments facts 1.12). */
bool event_is_mpesa(struct text text);

/* Money in whole units, "50" "50.5" "100.00". False with a sentence. */
bool event_amount(struct notice *notice, struct text amount, struct arena *arena);
/* Minor units: a whole number of cents and nothing else. */
bool event_minor_amount(struct notice *notice, struct text amount, struct arena *arena);

/* A phone in clear, if it is one. */
void event_payer(struct notice *notice, struct text phone, struct text country,
		 struct arena *arena);
/* "2020-10-22T10:43:19+03:00", with or without a fraction of a second; 0: no such time. */
int64_t event_time(struct text text, struct arena *arena);

/*
 * "KN-0042=7f3a" -> "KN-0042": who makes one reference for every payment puts the account first,
 * and then a character that no account has.
 */
struct text event_account(struct text reference);
