/*
 * One tenant's open URLs as the controller last published them: a copy in memory, so that a
 * callback is judged without touching the disk. channels_refresh blocks on disk and belongs to one
 * thread; channels_find never blocks on disk; any thread. It knows tokens only by their SHA-256.
 */
#pragma once

#include "base/error.h"
#include "provider/provider.h"
#include "state/street.h"

struct channels;

enum channels_answer {
	CHANNELS_CLOSED, /* no such channel, or another token: 404 */
	CHANNELS_OPEN,
	CHANNELS_NOT_READY, /* nothing was ever published: nobody can tell, 503 */
};

/* The store stays the caller's and must outlive it. Nothing is known before the first refresh. */
struct channels *channels_new(struct store *store);
void channels_free(struct channels *channels); /* NULL is fine */

/* Reads the set again if its version moved. On failure the old copy stays in force. */
bool channels_refresh(struct channels *channels, struct error *error) MUST_CHECK;
bool channels_ready(struct channels *channels);

/* Takes the same time for any token of that length, known or not. OPEN fills in *provider. */
enum channels_answer channels_find(const struct provider **provider, struct channels *channels,
				   struct text channel, struct text token);
/* How validations on an open channel are answered. */
struct channel_rules {
	bool refuses;
	char shortcode[16];
};
struct channel_rules channels_rules(struct channels *channels, struct text channel);
/* The tenant's store, for what is read from the disk at each question. */
struct store *channels_store(const struct channels *channels);
/* The token of /git/TENANT/TOKEN, published as a channel whose provider is "git" (its name does not
 * matter). */
enum channels_answer channels_find_git(struct channels *channels, struct text token);

/*
 * The token of one attempt's URL on that channel, open at `now`. Reads the disk, for a result may
 * come before the next refresh; a street that cannot be read is NOT_READY. OPEN fills in *provider
 * and *attempt.
 */
enum channels_answer channels_find_attempt(const struct provider **provider, int64_t *attempt,
					   struct channels *channels, struct text channel,
					   struct text token, int64_t now, struct arena *arena);
