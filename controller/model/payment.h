/*
 * Money as it was heard of: a notice is what a provider's text says, a payment is what was booked.
 * Values; the texts are in the reader's arena.
 */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum payment_status {
	PAYMENT_CREDITED,
	PAYMENT_UNMATCHED,
	PAYMENT_HELD,
	PAYMENT_REVERSED,
	PAYMENT_STATUS_COUNT
};

/* What a callback says, after parsing; nothing is believed yet. */
enum notice_kind {
	NOTICE_NOTHING,   /* understood, and not money: a failed prompt, a pending state, a debit,
			     somebody else's format */
	NOTICE_PAID,      /* says that money came */
	NOTICE_REVERSED,  /* says that the payment with this receipt was taken back */
	NOTICE_UNREADABLE /* on a valid token, but cannot be read: held raw */
};

struct notice {
	enum notice_kind kind;
	struct text why;     /* NOTHING, UNREADABLE: a sentence; PAID with has_amount false: what is
				wrong with the amount */
	struct text receipt; /* upper case; empty when there is none */
	bool has_amount;
	int64_t amount_cents;
	struct text reference; /* what the payer typed, as is */
	struct text prompt;    /* the provider's name for the prompt that it pays, or empty */
	struct text phone;     /* E.164 digits in clear, or empty */
	struct text
	    phone_hash;        /* 64 lower-case hex digits of SHA-256 over E.164 digits, or empty */
	struct text shortcode; /* empty: not said */
	struct text payer;     /* a display name, or empty */
	struct text currency;  /* empty: not said, it is the tenant's */
	int64_t at;            /* the provider's time; 0: unreadable or absent */
};

/* One line of `wavu payment list`. */
struct payment {
	int64_t id;
	struct text receipt; /* never empty: "held-N" where none could be read */
	struct text provider;
	struct text channel; /* "cash" for `payment record` */
	bool has_amount;
	int64_t amount_cents;
	struct text account; /* the subscriber's account as written, or empty */
	struct text reference;
	struct text phone;
	struct text phone_hash;
	int64_t at; /* the provider's time, else the arrival */
	int64_t received_at;
	int64_t booked_at;
	enum payment_status status;
	struct text reason; /* why unmatched, held or reversed; for cash: the person's reason */
	struct text actor;  /* for cash and assignments: who did it */
	int64_t inbox_id;   /* the raw line it came from; 0: none */
};

const char *payment_status_word(enum payment_status status);
