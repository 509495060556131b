#include "money/counterpart.h"

#include "money/channel_key.h"

static bool read_one(struct secret *out, const struct seat *seat, const struct channel *channel,
		     struct secret_ref reference, const char *name, struct arena *arena,
		     struct text *why)
{
	return channel_secret_read(out, seat->settings->secrets, channel, reference, name, arena,
				   why);
}

/* What its provider's row of the table says it needs, and for an order its operator. */
static bool credentials_read(struct counterpart *out, const struct seat *seat, enum needs needs,
			     struct arena *arena, struct text *why)
{
	const struct channel *channel = out->channel;
	struct credentials *credentials = &out->credentials;
	const struct {
		uint32_t need;
		struct secret_ref from;
		const char *name;
		struct secret *to;
	} rows[] = {
		{ NEED_CONSUMER_KEY, channel->consumer_key, "consumer_key", &credentials->key },
		{ NEED_CONSUMER_SECRET, channel->consumer_secret, "consumer_secret",
		  &credentials->secret },
		{ NEED_SECRET, channel->secret, "secret", &credentials->secret },
		{ NEED_PASSKEY, channel->passkey, "passkey", &credentials->passkey },
	};
	uint32_t wanted = out->api->login_needs;
	const char *lack;

	if (needs == NEEDS_PROMPT)
		wanted |= out->api->prompt_needs;
	lack = provider_lacks(channel, wanted);
	if (lack == NULL && needs == NEEDS_ORDER && channel->initiator.size == 0)
		lack = "initiator";
	if (lack == NULL && needs == NEEDS_ORDER &&
	    channel->security_credential.kind == SECRET_NONE)
		lack = "security_credential";
	if (lack != NULL) {
		*why = text_format(arena, "channel %.*s has no `%s`", TEXT_ARG(channel->name),
				   lack);
		return false;
	}
	for (uint32_t i = 0; i < ARRAY_COUNT(rows); i++)
		if ((wanted & rows[i].need) != 0 &&
		    !read_one(rows[i].to, seat, channel, rows[i].from, rows[i].name, arena, why))
			return false;
	credentials->initiator = channel->initiator;
	return needs != NEEDS_ORDER ||
	       read_one(&credentials->security_credential, seat, channel,
			channel->security_credential, "security_credential", arena, why);
}

static struct digest key_of(const struct counterpart *to)
{
	struct digester digester;

	digester_begin(&digester);
	digester_text(&digester, to->channel->environment == CHANNEL_PRODUCTION
				     ? TEXT("production")
				     : TEXT("sandbox"));
	digester_text(&digester, to->channel->endpoint);
	digester_text(&digester, to->channel->provider);
	digester_text(&digester, secret_reveal(to->credentials.key));
	digester_text(&digester, secret_reveal(to->credentials.secret));
	return digester_end(&digester);
}

bool counterpart_open(struct counterpart *out, const struct seat *seat, const struct intent *intent,
		      struct text channel, enum needs needs, struct arena *arena, struct text *why)
{
	*out = (struct counterpart){ .channel = intent_channel(intent, channel) };
	if (out->channel != NULL)
		out->provider = provider_find(out->channel->provider);
	if (out->provider != NULL)
		out->api = out->provider->api;
	if (needs == NEEDS_CHECK && out->provider != NULL && out->provider->check != NULL) {
		if (!channel_api_key_read(&out->credentials.secret, seat->settings->secrets,
					  out->channel, arena, why))
			return false;
		out->key = key_of(out);
		return true;
	}
	if (out->api == NULL || needs == NEEDS_CHECK ||
	    (needs == NEEDS_PROMPT && out->api->start == NULL)) {
		*why = text_format(arena,
				   out->channel == NULL ? "channel %.*s is not declared"
							: "the provider of channel %.*s takes no"
							  " questions",
				   TEXT_ARG(channel));
		return false;
	}
	if (!credentials_read(out, seat, needs, arena, why))
		return false;
	if (needs == NEEDS_PROMPT && out->channel->environment == CHANNEL_PRODUCTION &&
	    out->api->is_sandbox_passkey != NULL &&
	    out->api->is_sandbox_passkey(secret_reveal(out->credentials.passkey))) {
		*why = text_format(arena, "channel %.*s: production with the sandbox's passkey",
				   TEXT_ARG(channel));
		return false;
	}
	out->key = key_of(out);
	return true;
}

void counterpart_credential(const struct provider **provider, struct digest *out,
			const struct seat *seat, const struct intent *intent, struct text channel,
			struct arena *arena)
{
	struct digester digester;
	struct counterpart to;
	struct text why;
	bool is_open =
	    counterpart_open(&to, seat, intent, channel, NEEDS_LOGIN, arena, &why) ||
	    counterpart_open(&to, seat, intent, channel, NEEDS_CHECK, arena, &why);

	*provider = to.provider;
	*out = to.key;
	if (is_open)
		return;
	/* Nobody will be asked: it is in nobody's way. */
	digester_begin(&digester);
	digester_text(&digester, seat->tenant->name);
	digester_text(&digester, channel);
	*out = digester_end(&digester);
}

struct text counterpart_base_url(const struct settings *settings, struct arena *arena)
{
	if (settings->public_url.size > 0)
		return settings->public_url;
	return text_format(arena, "http://%.*s:%u", TEXT_ARG(settings->public_host),
			   settings->public_port);
}

bool counterpart_reaches_us(const struct settings *settings, const struct channel *channel,
			struct text *why)
{
	const struct provider *provider = provider_find(channel->provider);

	if (channel->environment != CHANNEL_PRODUCTION)
		return true;
	if (!text_starts(settings->public_url, TEXT("https://"))) {
		*why = TEXT("production needs `public_url: https://...` in the settings");
		return false;
	}
	if (forbidden_word(settings->public_url) == NULL || provider == NULL ||
	    !provider->refuses_words)
		return true;
	*why = TEXT("`public_url` in the settings has a word that Safaricom refuses in addresses "
		    "(mpesa, safaricom, exe, cmd, sql, query): give this machine another name");
	return false;
}
