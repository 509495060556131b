#include "money/channel_key.h"

#include "base/signature.h"
#include "settings/secrets.h"

static bool fails(struct secret *out, struct text *why, const struct channel *channel,
		  const char *key, const char *flaw, struct arena *arena)
{
	*out = (struct secret){ .readable = false };
	*why = text_format(arena, "channel %.*s: its `%s`: %s", TEXT_ARG(channel->name), key, flaw);
	return false;
}

bool channel_secret_read(struct secret *out, struct text folder, const struct channel *channel,
			 struct secret_ref reference, const char *key, struct arena *arena,
			 struct text *why)
{
	const struct provider *provider = provider_find(channel->provider);
	struct error error = { 0 };

	if (!secret_read(out, folder, reference, arena, &error))
		return fails(out, why, channel, key, error.text, arena);
	if (secret_reveal(*out).size == 0)
		return fails(out, why, channel, key, "it is empty", arena);
	if (channel->environment == CHANNEL_PRODUCTION && provider->test_key != NULL &&
	    text_contains_nocase(text_head(secret_reveal(*out), 16), text_of(provider->test_key)))
		return fails(out, why, channel, key,
			     "a key of the test system, on a production channel", arena);
	return true;
}

bool channel_key_read(struct secret *out, struct text secrets_folder, const struct channel *channel,
		      struct arena *arena, struct text *why)
{
	const struct provider *provider = provider_find(channel->provider);

	*out = (struct secret){ .readable = false };
	if (provider == NULL || provider->key == KEY_NONE)
		return true;
	if (provider->key == KEY_SECRET)
		return channel_secret_read(out, secrets_folder, channel, channel->secret, "secret",
					   arena, why);
	if (!channel_secret_read(out, secrets_folder, channel, channel->public_key, "public_key",
				 arena, why))
		return false;
	if (signature_rsa_keys(secret_reveal(*out)) == 0)
		return fails(out, why, channel, "public_key",
			     "no RSA public key of 2048 bits or more in PEM", arena);
	return true;
}

bool channel_api_key_read(struct secret *out, struct text secrets_folder,
			  const struct channel *channel, struct arena *arena, struct text *why)
{
	return channel_secret_read(out, secrets_folder, channel, channel->consumer_secret,
				   "consumer_secret", arena, why);
}
