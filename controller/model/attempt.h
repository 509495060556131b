/*
 * A prompt for money that wavu sends to a payer's phone, as a state machine: created, prompted,
 * then paid, failed or expired. Values; the texts are in the reader's arena. Amount and account are
 * pinned when it is made; a missing answer is never a failure.
 */
#pragma once

#include "base/digest.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum attempt_status {
	ATTEMPT_CREATED,  /* the prompt has not left, or nobody knows whether it did */
	ATTEMPT_PROMPTED, /* the provider took it: nothing is paid yet */
	ATTEMPT_PAID,     /* final */
	ATTEMPT_FAILED,   /* the provider said no; a late success still counts */
	ATTEMPT_EXPIRED,  /* nobody ever said; a late success still counts */
	ATTEMPT_STATUS_COUNT
};

struct attempt {
	int64_t id; /* shown as "a-17" */
	struct text channel, provider, shortcode;
	struct text subscriber; /* text_reference of the account */
	struct text account;    /* as written */
	struct text phone;      /* E.164 digits */
	int64_t cents;          /* pinned: what is credited, whatever a callback says */
	struct text actor;
	int64_t created_at;

	enum attempt_status status;
	struct text reason;
	struct digest token; /* SHA-256 of its URL token; zeros before the first push */
	int64_t sent_at;     /* 0: the push has not left */
	struct text provider_ref;
	struct text hint;    /* a receipt that was said, by nobody who proves it */
	uint32_t asks;
	int64_t next_at;     /* 0: nothing is to be done */
	int64_t payment_id;  /* 0: none */
	bool proven;         /* its receipt was said on its own URL */

	struct text receipt; /* read only: of its payment; empty when none is known */
	/* read only: the payment has the provider's receipt, not one of ours */
	bool receipt_known;
};

const char *attempt_status_word(enum attempt_status status);
