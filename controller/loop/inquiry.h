/*
 * Questions to payment providers over checked TLS: one access token, line and budget per
 * credential. Blocks for one call at a time per credential, at most about half a minute, and no
 * longer than a second once the process is to end (base/halt.h); any thread. What an answer means
 * is the provider's (provider/provider.h); what may have been carried out is never said twice.
 */
#pragma once

#include "http/request.h"
#include "loop/seat.h"
#include "provider/provider.h"

struct inquiry;

/* `http` NULL: a client of its own; else a test's, which it closes in the end. */
struct inquiry *inquiry_new(struct http *http);
void inquiry_free(struct inquiry *inquiry); /* NULL is fine */

/* Whom to ask, and with what right; its texts lie in the arena and in the intent. */
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

/* LATER: nothing was done, neither now nor by a token that was refused. */
struct said inquiry_start(struct inquiry *inquiry, struct counterpart *to,
			  const struct prompt *prompt, int64_t now, struct arena *arena);
/* Only when inquiry_ask_at has come; these count against the budget. */
struct said inquiry_ask(struct inquiry *inquiry, struct counterpart *to, struct text provider_ref,
			int64_t now, struct arena *arena);
struct said inquiry_verify(struct inquiry *inquiry, struct counterpart *to,
			   const struct order *order, struct arena *arena);
/* The payer gets it back. Like a prompt it is said once: LATER, nothing was done; NONE, nobody
 * knows. */
struct said inquiry_reverse(struct inquiry *inquiry, struct counterpart *to,
			    const struct order *order, struct arena *arena);
struct said inquiry_enrol(struct inquiry *inquiry, struct counterpart *to,
			  struct text validation_url, struct text confirmation_url,
			  struct arena *arena);

/*
 * What a provider's `check` asks; outside the budget, for no provider of one publishes a rate. False
 * with a sentence: the key is none. True: *response is what came, if anything; *why is why nothing
 * did.
 */
bool inquiry_check(struct response *response, struct inquiry *inquiry, struct counterpart *to,
		   const struct request *request, struct arena *arena,
		   struct text *why) MUST_CHECK;

/*
 * Whose token, line and budget a channel's questions use; one of its own where it cannot be asked.
 * *provider NULL: it is not declared, or of none. Reads its secrets.
 */
void inquiry_credential(const struct provider **provider, struct digest *out,
			const struct seat *seat, const struct intent *intent, struct text channel,
			struct arena *arena);

/* The monotonic moment from which the next question is within the budget; 0: at once. */
int64_t inquiry_ask_at(struct inquiry *inquiry, const struct counterpart *to);

/* Where providers reach us: public_url, else the listener itself. */
struct text inquiry_base_url(const struct settings *settings, struct arena *arena);
/* False with the remedy: a production provider calls https only, and nobody in between may read the
 * token in the URL. */
bool inquiry_reaches_us(const struct settings *settings, const struct channel *channel,
			struct text *why) MUST_CHECK;
