/*
 * What comes over the street about money, said to a town of one router with three channels: "main"
 * (`trust: verified`), "strict" (with `sources`) and "quick" (the URL alone counts). The caller
 * owns the town; one thread; every failure of a store fails the test.
 */
#pragma once

#include "prompts.h"

#define PAYER "254712345678"
#define X "UKL51ZDR4F"
#define Y "UKL51ZDR5F"

/* KN-0042 has PAYER's phone, KN-0099 has none. */
void claims_begin(struct town *town);

/* A confirmation arrives on a channel's URL. */
void claim_on(struct town *town, const char *channel, const char *source, const char *receipt,
	      const char *amount, const char *account, const char *phone);
void claim(struct town *town, const char *receipt, const char *amount, const char *account);
/* The provider says what it knows, in answer to the question about that held payment. */
void answer_on(struct town *town, const char *channel, const char *held, const char *receipt,
	       const char *amount, const char *payer);
void answer(struct town *town, const char *held, const char *receipt, const char *amount,
	    const char *payer);
/* A prompt of 2500.00 left on "main", to PAYER for KN-0042; it is called ws_CO_1. */
struct attempt prompt_sent(struct town *town);
/* The query says that it was paid, and names no receipt. */
void prompt_is_paid(struct town *town, int64_t id);
/* Both. */
struct attempt prompt_paid_by_query(struct town *town);

uint32_t credits(struct town *town, int64_t *cents);

#define CREDITED(town, wanted_count, wanted_cents)                          \
	do {                                                                \
		int64_t cents_;                                             \
		assert_int_equal(credits((town), &cents_), (wanted_count)); \
		assert_int_equal(cents_, (wanted_cents));                   \
	} while (0)
