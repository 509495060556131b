#include "loop/publish.h"

#include "base/digest.h"
#include "base/log.h"
#include "money/channel_key.h"
#include "provider/provider.h"
#include "settings/secrets.h"
#include "state/street.h"

bool publish_source(struct seat *seat, const struct source_state *source, struct error *error)
{
	if (!store_begin(seat->store, error))
		return false;
	if (!source_write(seat->store, source, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

/*
 * The URL by which a forge says that the branch moved: a channel of the provider "git". Its name
 * has a space, so that no payment channel can be called the same.
 */
static void publish_hook(struct street_channel *slot, uint32_t *count, const struct seat *seat,
			 struct text *problems, struct arena *arena)
{
	struct secret token;
	struct error why = { 0 };

	if (seat->tenant->hook.kind == SECRET_NONE)
		return;
	if (secret_read(&token, seat->settings->secrets, seat->tenant->hook, arena, &why) &&
	    provider_token_ok(secret_reveal(token), &why)) {
		*slot = (struct street_channel){ .channel = TEXT("git hook"),
						 .provider = TEXT("git"),
						 .token = digest_of(secret_reveal(token)) };
		(*count)++;
		return;
	}
	*problems = text_format(arena, "%.*s%sthe git hook is closed: %s", TEXT_ARG(*problems),
				problems->size > 0 ? "; " : "", why.text);
}

/* Its callbacks are kept, but none of them can be proven: that is said before one has come. */
static void key_problem(const struct seat *seat, const struct channel *channel,
			struct text *problems, struct arena *arena)
{
	const struct provider *provider = provider_find(channel->provider);
	struct secret key;
	struct text why;

	if (channel_key_read(&key, seat->settings->secrets, channel, arena, &why) &&
	    (provider == NULL || provider->check == NULL ||
	     channel_api_key_read(&key, seat->settings->secrets, channel, arena, &why)))
		return;
	*problems = text_format(arena, "%.*s%s%.*s", TEXT_ARG(*problems),
				problems->size > 0 ? "; " : "", TEXT_ARG(why));
}

bool publish_channels(struct seat *seat, const struct intent *intent, struct text *problems,
		      struct arena *arena, struct error *error)
{
	const struct tenant *tenant = &intent->tenant;
	struct street_channel *open = ARENA_ARRAY(arena, struct street_channel,
						  tenant->channel_count + 1);
	uint32_t count = 0;

	*problems = TEXT_NONE;
	for (uint32_t i = 0; i < tenant->channel_count; i++) {
		const struct channel *channel = &tenant->channels[i];
		struct secret token;
		struct error why = { 0 };

		if (secret_read(&token, seat->settings->secrets, channel->token, arena, &why) &&
		    provider_token_ok(secret_reveal(token), &why)) {
			open[count++] = (struct street_channel){ .channel = channel->name,
								 .provider = channel->provider,
								 .token = digest_of(
								     secret_reveal(token)),
								 .shortcode = channel->shortcode,
								 .refuses = channel->refuses };
			key_problem(seat, channel, problems, arena);
			continue;
		}
		*problems = text_format(arena, "%.*s%schannel %.*s is closed: %s",
					TEXT_ARG(*problems), problems->size > 0 ? "; " : "",
					TEXT_ARG(channel->name), why.text);
	}
	publish_hook(&open[count], &count, seat, problems, arena);
	return street_publish(seat->store, open, count, error);
}

bool publish_and_say(struct seat *seat, const struct intent *intent, struct arena *arena,
		     struct error *error)
{
	struct source_state source;
	struct text problems;

	if (!publish_channels(seat, intent, &problems, arena, error) ||
	    !source_read(&source, seat->store, arena, error))
		return false;
	if (text_equal(problems, source.channel_problems))
		return true;
	if (problems.size > 0)
		log_line(LOG_WARNING, "channel-closed", "tenant=%.*s why=\"%.*s\"",
			 TEXT_ARG(seat->tenant->name), TEXT_ARG(problems));
	source.channel_problems = problems;
	return publish_source(seat, &source, error);
}
