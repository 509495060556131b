#include "provider/providers.h"

#include "base/limits.h"

/* THE table of payment providers: one row each, sorted by name. */
static const struct provider *const providers[] = {
	&provider_daraja, &provider_flutterwave, &provider_kcb, &provider_kopokopo,
	&provider_paystack,
};

const struct provider *provider_find(struct text name)
{
	for (uint32_t i = 0; i < ARRAY_COUNT(providers); i++)
		if (text_is(name, providers[i]->name))
			return providers[i];
	return NULL;
}

const struct provider *provider_at(uint32_t index)
{
	return index < ARRAY_COUNT(providers) ? providers[index] : NULL;
}

const char *provider_lacks(const struct channel *channel, uint32_t needs)
{
	const struct {
		uint32_t need;
		bool is_there;
		const char *name;
	} keys[] = {
		{ NEED_CONSUMER_KEY, channel->consumer_key.kind != SECRET_NONE, "consumer_key" },
		{ NEED_CONSUMER_SECRET, channel->consumer_secret.kind != SECRET_NONE,
		  "consumer_secret" },
		{ NEED_SECRET, channel->secret.kind != SECRET_NONE, "secret" },
		{ NEED_PASSKEY, channel->passkey.kind != SECRET_NONE, "passkey" },
		{ NEED_EMAIL, channel->email.size > 0, "email" },
	};
	for (uint32_t i = 0; i < ARRAY_COUNT(keys); i++)
		if ((needs & keys[i].need) != 0 && !keys[i].is_there)
			return keys[i].name;
	return NULL;
}

static bool token_byte_ok(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

bool provider_token_ok(struct text token, struct error *error)
{
	/* The sentences never repeat the token: they are shown in status. */
	if (token.size < TOKEN_SIZE_MIN || token.size > TOKEN_SIZE_MAX)
		return error_set(error, ERROR_INVALID,
				 "the token has %u characters: it needs %d to %d", token.size,
				 TOKEN_SIZE_MIN, TOKEN_SIZE_MAX);
	for (uint32_t i = 0; i < token.size; i++)
		if (!token_byte_ok(token.at[i]))
			return error_set(error, ERROR_INVALID,
					 "the token's character %u is none of A-Z a-z 0-9 _ -",
					 i + 1);
	const char *word = forbidden_word(token);
	if (word)
		return error_set(
		    error, ERROR_INVALID,
		    "the token holds \"%s\", which Safaricom refuses in URLs: make another", word);
	return true;
}

/* "::ffff:196.201.214.200", as a socket of both families shows an IPv4 peer, is that IPv4 peer. */
static struct text source_plain(struct text source)
{
	struct text mapped = TEXT("::ffff:");
	if (source.size > mapped.size &&
	    text_equal_nocase((struct text){ source.at, mapped.size }, mapped))
		return text_from(source, mapped.size);
	return source;
}

bool provider_source_allowed(const struct channel *channel, struct text source)
{
	if (channel->source_count == 0)
		return true;
	uint32_t peer;
	if (!text_ipv4(source_plain(source), &peer))
		return false;
	for (uint32_t i = 0; i < channel->source_count; i++) {
		uint32_t allowed;
		if (text_ipv4(channel->sources[i], &allowed) && allowed == peer)
			return true;
	}
	return false;
}
