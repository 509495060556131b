/*
 * The key of a channel: what its provider proves callbacks with, or is asked with. Reads the
 * secrets folder, so it blocks on disk; the bytes lie in the arena; any thread. It never says what
 * it read.
 */
#pragma once

#include "base/secret.h"
#include "provider/provider.h"

/*
 * False with a sentence in *why: it cannot be read, holds no key of its kind, or is one of the test
 * system on a production channel; *out is then unreadable. True with an unreadable *out: the
 * provider signs nothing.
 */
bool channel_key_read(struct secret *out, struct text secrets_folder, const struct channel *channel,
		      struct arena *arena, struct text *why) MUST_CHECK;
/* Any secret of a channel, by reference and by the name of its key; false as above, or empty. */
bool channel_secret_read(struct secret *out, struct text secrets_folder,
			 const struct channel *channel, struct secret_ref reference,
			 const char *key, struct arena *arena, struct text *why) MUST_CHECK;
/* What the provider of a `check` is asked with: the channel's `consumer_secret`. */
bool channel_api_key_read(struct secret *out, struct text secrets_folder,
			  const struct channel *channel, struct arena *arena,
			  struct text *why) MUST_CHECK;
