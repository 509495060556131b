/*
 * Who should have access, as declared (in git, or taken from a sign-up: the same type). Owned by an
 * intent's arena, immutable, any thread.
 */
#pragma once

#include "model/package.h"
#include "model/router.h"

enum password_kind { PASSWORD_GENERATE, PASSWORD_KEEP, PASSWORD_SECRET };

struct subscriber {
	struct text account;   /* as written: "KN-0042" */
	struct text reference; /* text_reference(account): "kn0042", the key everywhere in memory
				  and in the store */
	struct text title;
	struct text phone; /* E.164 digits, or empty */
	struct text aliases[ALIASES_MAX];
	struct text alias_references[ALIASES_MAX];
	uint32_t alias_count;
	const struct package *package;
	const struct router *router;
	struct text username; /* default: the account in lower case */
	enum password_kind password_kind;
	struct secret_ref password;
	struct text mac;     /* "AA:BB:…" or empty */
	struct text address; /* fixed IPv4, or empty */
	bool bypass;	     /* hotspot: the device at `mac` needs no login while he has access */
	int64_t start_at;    /* 0: none */
	bool has_opening;
	int64_t opening_paid_until_at; /* the moment access ends (bare dates include their day); 0:
					  none */
	int64_t opening_balance_cents;
	struct where where;
};
