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

/*
 * What came to which of its URLs: a failed question must not look like a failed order. The number
 * of an URL is the question's, with this in front; a VERIFY has the first kind alone.
 */
enum question_url {
	QUESTION_URL_RESULT,  /* what came of it */
	QUESTION_URL_TIMEOUT, /* REVERSE: it stood in the provider's queue for too long */
	QUESTION_URL_STATUS,  /* REVERSE: how the payment stands; each time it is asked, another */
};
#define QUESTION_URL_SHIFT 44

/* `ask`: STATUS: which one, from 0; else 0. */
static inline int64_t question_url(int64_t id, enum question_url url, uint32_t ask)
{
	return id | ((int64_t)url + ask) << QUESTION_URL_SHIFT;
}

/* The question of such a number, and which of its URLs it is. */
static inline int64_t question_of_url(int64_t number, enum question_url *url, uint32_t *ask)
{
	int64_t front = number >> QUESTION_URL_SHIFT;

	*url = front < QUESTION_URL_STATUS ? (enum question_url)front : QUESTION_URL_STATUS;
	*ask = (uint32_t)(front - *url);
	return number & ((INT64_C(1) << QUESTION_URL_SHIFT) - 1);
}

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
	/* SHA-256 of the newest URL's token, REVERSE: of the order's own; zeros: it was not said */
	struct digest token;
	int64_t sent_at; /* 0: it did not leave. REVERSE: never sent again from then on */
	struct text provider_ref; /* the provider's name for what was said last */
	struct text ordered_ref;  /* REVERSE: its name for the order itself */
	bool follows;             /* REVERSE: it was asked what became of the order */
	uint32_t asks;
	int64_t next_at; /* 0: nothing is to be done */
	int64_t changed_at;
	/*
	 * REVERSE: when it was asked last after the order how the payment stands, when the last one
	 * was asked that says "as before", and how many said so.
	 */
	int64_t asked_at, stood_at;
	uint32_t stood;
};
