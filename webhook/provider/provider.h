/*
 * The one interface to payment providers: pure functions over bytes. A provider is one file and one
 * row of providers.c. Nothing here does I/O, reads a clock or allocates outside the arena; texts
 * returned lie in the arena or in the input; any thread.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/payment.h"
#include "model/tenant.h"

enum proof {
	PROOF_REJECTED, /* must not count: a signature that does not fit */
	PROOF_HINT,     /* says something happened; ask the provider before believing it */
	PROOF_PROVEN    /* counts */
};

/* One callback as it was kept; everything is raw. */
struct callback {
	struct text kind;    /* last part of the path: "confirmation" "validation" or "" */
	struct text headers; /* "Name: value\n" lines, only those that matter */
	struct text source;  /* the peer's address */
	struct text body;
	int64_t received_at;
};

struct reply {
	int status;
	struct text content_type;
	struct text body;
};

struct provider {
	const char *name; /* sorted in the table */
	/* Which of product.md's paths it listens on: kinds, NULL-terminated ("" is the bare one).
	 */
	const char *const *kinds;
	/* Is this callback proof, by the channel's own rules (its URL token has already been
	 * checked)? */
	enum proof (*authenticate)(const struct channel *channel, const struct callback *callback);
	/* What it says. Never fails: what cannot be read is NOTICE_UNREADABLE with a reason. */
	struct notice (*parse)(const struct channel *channel, struct text country,
			       const struct callback *callback, struct arena *arena);
	/* What the street is told after the callback was kept (or, for a validation, without
	 * keeping it). */
	struct reply (*reply)(struct text kind);
};

/* NULL when there is no such provider. */
const struct provider *provider_find(struct text name);
const struct provider *provider_at(uint32_t index); /* NULL past the end: to walk the table */

/*
 * The URL below public_url of each kind: "/pay/TENANT/CHANNEL/TOKEN/confirmation". False when the
 * token is not one: length, alphabet, or a word that Safaricom refuses in URLs (payments
 * facts 1.7).
 */
bool provider_token_ok(struct text token, struct error *error) MUST_CHECK;
/* The forbidden word inside a name or token ("mpesa", "sql", …), or NULL. */
const char *provider_forbidden_word(struct text name);

/* The optional extra layer: true without a list, else only for an address of channel->sources
 * (IPv4, also as ::ffff:a.b.c.d). An unreadable source is not allowed: where the operator asked for
 * a list, nothing passes silently. */
bool provider_source_allowed(const struct channel *channel, struct text source);
