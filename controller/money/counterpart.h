/*
 * A payment provider as a tenant's channel knows it: whom to ask, with what right, and whether its
 * answers reach us. Reads the secrets that the commit names, so it blocks on disk; any thread. What
 * it fills lies in the arena and in the intent. It talks to nobody (asking/inquiry.h).
 */
#pragma once

#include "seat/seat.h"
#include "provider/provider.h"

/* Its texts lie in the arena and in the intent. */
struct counterpart {
	const struct channel *channel;
	const struct provider *provider;
	const struct provider_api *api; /* of that provider; NULL only for NEEDS_CHECK */
	struct credentials credentials;
	struct digest key; /* of address and credentials: whose token and budget it is */
	bool was_silent;   /* of the newest call: no whole answer came */
};

/* What a counterpart is opened for, beside reaching it. */
enum needs {
	NEEDS_LOGIN,  /* api.login_needs */
	NEEDS_PROMPT, /* and api.prompt_needs */
	NEEDS_ORDER,  /* and initiator, security_credential */
	NEEDS_CHECK   /* none of these: the key that its provider's `check` is asked with */
};

/*
 * False with a sentence in *why: no such channel, its provider cannot be asked that, or a secret
 * cannot be read.
 */
bool counterpart_open(struct counterpart *out, const struct seat *seat, const struct intent *intent,
		      struct text channel, enum needs needs, struct arena *arena,
		      struct text *why) MUST_CHECK;

/*
 * Whose token, line and budget a channel's questions use; one of its own where it cannot be asked.
 * *provider NULL: it is not declared, or of none. Reads its secrets.
 */
void counterpart_credential(const struct provider **provider, struct digest *out,
			const struct seat *seat, const struct intent *intent, struct text channel,
			struct arena *arena);

/* Where providers reach us: public_url, else the listener itself. */
struct text counterpart_base_url(const struct settings *settings, struct arena *arena);
/* False with the remedy: a production provider calls https only, and nobody in between may read the
 * token in the URL. */
bool counterpart_reaches_us(const struct settings *settings, const struct channel *channel,
			struct text *why) MUST_CHECK;
