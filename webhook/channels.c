#include "webhook/channels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define REFRESH_ARENA_SIZE (1u << 20)
#define GIT_PROVIDER "git"

struct entry {
	char name[NAME_SIZE_MAX + 1];
	const struct provider *provider; /* NULL: the git hook */
	struct digest token;
	struct channel_rules rules;
};

struct channels {
	struct store *store;
	struct arena arena; /* the refreshing thread's */
	int64_t version;
	bool known; /* `version` was read at least once */

	pthread_rwlock_t lock; /* guards what follows; held for a copy or a comparison only */
	bool ready;
	uint32_t count;
	struct entry entries[CHANNELS_MAX + 1];
};

struct channels *channels_new(struct store *store)
{
	struct channels *channels = calloc(1, sizeof(*channels));
	if (!channels || pthread_rwlock_init(&channels->lock, NULL))
		fatal("no memory for the channels");
	channels->store = store;
	arena_open(&channels->arena, REFRESH_ARENA_SIZE);
	return channels;
}

void channels_free(struct channels *channels)
{
	if (!channels)
		return;
	arena_close(&channels->arena);
	(void)pthread_rwlock_destroy(&channels->lock);
	free(channels);
}

/* False: a provider of a newer controller, which this program cannot answer; its URLs stay closed.
 */
static bool entry_of(struct entry *entry, const struct street_channel *row)
{
	if (row->channel.size > NAME_SIZE_MAX)
		return false;
	memset(entry, 0, sizeof(*entry));
	if (row->channel.size)
		memcpy(entry->name, row->channel.at, row->channel.size);
	entry->provider = provider_find(row->provider);
	entry->token = row->token;
	entry->rules.refuses = row->refuses;
	if (row->shortcode.size > 0 && row->shortcode.size < sizeof(entry->rules.shortcode))
		memcpy(entry->rules.shortcode, row->shortcode.at, row->shortcode.size);
	return entry->provider || text_is(row->provider, GIT_PROVIDER);
}

static void set_replace(struct channels *channels, const struct street_channel *rows,
			uint32_t count, bool ready)
{
	(void)pthread_rwlock_wrlock(&channels->lock);
	channels->count = 0;
	for (uint32_t i = 0; i < count && channels->count < ARRAY_COUNT(channels->entries); i++)
		if (entry_of(&channels->entries[channels->count], &rows[i]))
			channels->count++;
	channels->ready = ready;
	(void)pthread_rwlock_unlock(&channels->lock);
}

bool channels_refresh(struct channels *channels, struct error *error)
{
	int64_t version;
	if (!street_version(&version, channels->store, error))
		return false;
	if (channels->known && version == channels->version)
		return true;
	struct street_channel *rows;
	uint32_t count;
	bool ready;
	arena_reset(&channels->arena);
	if (!street_channels(&rows, &count, &ready, channels->store, &channels->arena, error))
		return false;
	/* The version was read before the set: at worst the set is newer, and is read once more
	 * next time. */
	set_replace(channels, rows, count, ready);
	channels->version = version;
	channels->known = true;
	return true;
}

bool channels_ready(struct channels *channels)
{
	(void)pthread_rwlock_rdlock(&channels->lock);
	bool ready = channels->ready;
	(void)pthread_rwlock_unlock(&channels->lock);
	return ready;
}

static bool entry_matches(const struct entry *entry, struct text channel, bool git,
			  const struct digest *token)
{
	/* The digest is compared for every row, so that a wrong name takes as long as a wrong
	 * token. */
	bool same = digest_equal(&entry->token, token);
	bool named = git ? !entry->provider : entry->provider && text_is(channel, entry->name);
	return same && named;
}

static enum channels_answer find(const struct provider **provider, struct channels *channels,
				 struct text channel, bool git, struct text token)
{
	struct digest digest = digest_of(token);
	enum channels_answer answer = CHANNELS_CLOSED;
	(void)pthread_rwlock_rdlock(&channels->lock);
	for (uint32_t i = 0; i < channels->count; i++) {
		if (!entry_matches(&channels->entries[i], channel, git, &digest))
			continue;
		*provider = channels->entries[i].provider;
		answer = CHANNELS_OPEN;
	}
	if (!channels->ready)
		answer = CHANNELS_NOT_READY;
	(void)pthread_rwlock_unlock(&channels->lock);
	return answer;
}

enum channels_answer channels_find(const struct provider **provider, struct channels *channels,
				   struct text channel, struct text token)
{
	return find(provider, channels, channel, false, token);
}

struct channel_rules channels_rules(struct channels *channels, struct text channel)
{
	struct channel_rules rules = { 0 };
	(void)pthread_rwlock_rdlock(&channels->lock);
	for (uint32_t i = 0; i < channels->count; i++)
		if (channels->entries[i].provider && text_is(channel, channels->entries[i].name))
			rules = channels->entries[i].rules;
	(void)pthread_rwlock_unlock(&channels->lock);
	return rules;
}

struct store *channels_store(const struct channels *channels)
{
	return channels->store;
}

enum channels_answer channels_find_git(struct channels *channels, struct text token)
{
	const struct provider *none = NULL;
	return find(&none, channels, TEXT_NONE, true, token);
}

enum channels_answer channels_find_attempt(const struct provider **provider, int64_t *attempt,
					   struct channels *channels, struct text channel,
					   struct text token, int64_t now, struct arena *arena)
{
	struct digest digest = digest_of(token);
	struct street_attempt row;
	struct error error;
	bool found;
	if (!channels_ready(channels) ||
	    !street_attempt_find(&found, &row, channels->store, &digest, channel, now, arena,
				 &error))
		return CHANNELS_NOT_READY;
	if (!found)
		return CHANNELS_CLOSED;
	*provider = provider_find(row.provider);
	*attempt = row.attempt;
	return *provider && (*provider)->api ? CHANNELS_OPEN : CHANNELS_CLOSED;
}
