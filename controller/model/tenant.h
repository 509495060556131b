/*
 * One ISP: its currency, zone, payment channels. Owned by an intent's arena, immutable, any thread.
 */
#pragma once

#include "model/common.h"

struct zone;

enum channel_type { CHANNEL_PAYBILL, CHANNEL_TILL };
enum channel_environment { CHANNEL_PRODUCTION, CHANNEL_SANDBOX };
enum channel_trust { TRUST_TOKEN, TRUST_VERIFIED };

struct channel {
	struct text name;
	struct text provider; /* a row of provider/providers.c: "daraja" */
	enum channel_environment environment;
	struct text endpoint; /* empty: the provider's own */
	struct text shortcode;
	enum channel_type type;
	struct text store; /* TILL: the store (head office) number that prompts name, or empty */
	struct text prompt_till; /* Kopo Kopo's till that prompts name, or empty: the short code */
	struct text email; /* what a provider that demands one is told as the payer's, or empty */
	struct secret_ref token; /* the unguessable part of the callback URL */
	struct secret_ref consumer_key, consumer_secret, passkey;
	struct secret_ref secret;     /* what the provider signs callbacks with */
	struct secret_ref public_key; /* RSA, in PEM: what its signatures are checked with */
	bool refuses; /* validation: who and how much nobody expects is refused */
	struct text initiator;                 /* the API's operator, or empty */
	struct secret_ref security_credential; /* proves him */
	bool pull;                             /* the provider's own list is read */
	struct text nominated; /* a phone as written: needed once, to register for that list */
	struct text *sources; /* IPv4 addresses; none: not used */
	uint32_t source_count;
	enum channel_trust trust;
	struct where where;
};

struct tenant {
	struct text name;
	struct text title;
	struct text currency; /* ISO 4217, "KES" */
	struct text timezone;
	struct zone *zone;   /* loaded when the intent was read; freed with the intent */
	struct text country; /* digits, "254" */
	bool match_payer;
	struct channel *channels;
	uint32_t channel_count;
	struct guard guard;
	enum drift_mode drift;
	struct menu_drifts menu_drifts;
	enum lease_mode lease;
	struct maintenance maintenance;
	struct where where;          /* of its name */
	struct where currency_where;
};
