/*
 * What wavu asks a provider about one payment, and what it orders about one: is it true, take it
 * back. Values; the texts are in the reader's arena. An order leaves once: what nobody answered is
 * asked about, never said again.
 */
#pragma once

#include "base/digest.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Attempts and questions have URLs of one kind, so their numbers never meet. */
#define QUESTION_ID_MIN (INT64_C(1) << 40)

enum question_kind {
	QUESTION_VERIFY,  /* is this payment true? */
	QUESTION_REVERSE, /* the payer gets it back */
	QUESTION_KIND_COUNT
};

enum question_status {
	QUESTION_OPEN, /* to be said, or said and not answered */
	QUESTION_YES,  /* it is true; it is taken back */
	QUESTION_NO,   /* it certainly is not */
	QUESTION_UNKNOWN /* given up: nobody ever said */,
	QUESTION_STATUS_COUNT
};

struct question {
	int64_t id;
	enum question_kind kind;
	struct text channel, provider;
	int64_t payment_id;
	struct text receipt; /* the provider's, of that payment */
	int64_t cents;
	struct text reason, actor; /* REVERSE: why, and who ordered it */
	int64_t created_at;

	enum question_status status;
	struct text why;     /* what is known of it, as a sentence */
	struct digest token; /* SHA-256 of the newest URL's token; zeros: it was not said yet */
	int64_t sent_at;     /* 0: it did not leave. REVERSE: never sent again from then on */
	struct text provider_ref; /* the provider's name for what was said last */
	struct text ordered_ref;  /* REVERSE: its name for the order itself */
	bool follows;             /* REVERSE: what was said last asks what became of the order */
	uint32_t asks;
	int64_t next_at; /* 0: nothing is to be done */
};
