/* Tenant: who the ISP is, and where its money arrives. */
#include <stdio.h>

#include "intent/take.h"
#include "schemas/countries.h"
#include "schemas/providers.h"
#include "yaml/encoding.h"
#include "yaml/scalar.h"

static void refuse_forbidden(struct reader *reader, const struct source *source,
			     const struct node *node, const char *path)
{
	const char *word = forbidden_word(node->scalar);
	if (word)
		source_error(reader, source, node, path,
			     "`%.*s` contains `%s`, and Safaricom refuses callback URLs with that "
			     "word: choose another name",
			     TEXT_ARG(encoding_shown(reader->scratch, node->scalar)), word);
}

/* "http" is for a test provider on this very machine. */
static bool is_loopback(struct text url)
{
	struct text rest = text_from(url, 7), host, ignored;
	if (text_cut(rest, '/', &host, &ignored))
		rest = host;
	if (text_starts(rest, TEXT("[::1]")))
		return true;
	if (text_cut(rest, ':', &host, &ignored))
		rest = host;
	uint32_t address;
	return text_is(rest, "localhost") || (text_ipv4(rest, &address) && address >> 24 == 127);
}

static bool is_email(struct text text)
{
	struct text name, host, more;

	for (uint32_t i = 0; i < text.size; i++)
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f || text.at[i] == '"')
			return false;
	return text_cut(text, '@', &name, &host) && name.size > 0 && host.size > 0 &&
	       !text_cut(host, '@', &name, &more);
}

/* "K514459": the letter of an online payments account, or none, and digits. */
static bool is_till(struct text text)
{
	uint64_t number;

	if (text_starts(text, TEXT("K")))
		text = text_from(text, 1);
	return text.size >= 5 && text.size <= 10 && text_u64(text, &number);
}

static void check_endpoint(struct reader *reader, const struct source *source,
			   const struct node *map, const struct channel *channel, const char *path)
{
	const struct node *node = take_node(map, "endpoint");
	if (!node)
		return;
	if (channel->environment == CHANNEL_PRODUCTION)
		source_error(reader, source, node, path,
			     "is for `environment: sandbox` only: remove it, for production goes "
			     "to the provider itself");
	else if (text_starts(node->scalar, TEXT("http://")) && !is_loopback(node->scalar))
		source_error(reader, source, node, path,
			     "http is allowed on loopback only: write https://…");
}

static bool has_any(const struct node *map, const char *const *keys)
{
	for (; *keys; keys++)
		if (node_get(map, *keys))
			return true;
	return false;
}

/* Half of what a prompt needs is none of it: said here, not when the payer waits. */
static void check_prompts(struct reader *reader, const struct source *source,
			  const struct node *map, const struct channel *channel, uint32_t index)
{
	static const char *const own[] = { "email", "prompt_till" };
	const struct provider_keys *keys = provider_keys(channel->provider);
	char path[64];

	for (uint32_t i = 0; i < ARRAY_COUNT(own); i++) {
		const struct node *node = take_node(map, own[i]);

		(void)snprintf(path, sizeof(path), "payments[%u].%s", index, own[i]);
		if (node && !keys_have(keys->own, own[i]))
			source_error(reader, source, node, path,
				     "%.*s has no use for it: remove it",
				     TEXT_ARG(channel->provider));
	}
	(void)snprintf(path, sizeof(path), "payments[%u].email", index);
	if (channel->email.size > 0 && !is_email(channel->email))
		source_error(reader, source, take_node(map, "email"), path,
			     "is no e-mail address: write it as billing@example.co.ke");
	(void)snprintf(path, sizeof(path), "payments[%u].prompt_till", index);
	if (channel->prompt_till.size > 0 && !is_till(channel->prompt_till))
		source_error(reader, source, take_node(map, "prompt_till"), path,
			     "is no till number: write it as K514459");
	if (!has_any(map, keys->prompts))
		return;
	for (const char *const *needs = keys->prompts_need; *needs; needs++) {
		if (node_get(map, *needs))
			continue;
		(void)snprintf(path, sizeof(path), "payments[%u].%s", index, *needs);
		source_error(reader, source, map, path,
			     "prompts through %.*s need `%s`: add `%s: { file: NAME }`, with the "
			     "file below the host's secrets folder",
			     TEXT_ARG(channel->provider), *needs, *needs);
	}
}

/* What the channel's provider cannot do without, and what only another one does. */
static void check_provider(struct reader *reader, const struct source *source,
			   const struct node *map, const struct channel *channel, uint32_t index)
{
	const struct provider_keys *keys = provider_keys(channel->provider);
	char path[64];

	if (keys == NULL)
		return; /* said already: there is no such provider */
	for (const char *const *needs = keys->needs; *needs; needs++) {
		if (node_get(map, *needs))
			continue;
		(void)snprintf(path, sizeof(path), "payments[%u].%s", index, *needs);
		source_error(reader, source, map, path,
			     "%.*s needs `%s`: add `%s: { file: NAME }`, with the file below the "
			     "host's secrets folder",
			     TEXT_ARG(channel->provider), *needs, *needs);
	}
	check_prompts(reader, source, map, channel, index);
	const struct node *validation = take_node(map, "validation");
	(void)snprintf(path, sizeof(path), "payments[%u].validation", index);
	if (validation && !keys->validates)
		source_error(reader, source, validation, path,
			     "%.*s asks nobody before a payment: remove it",
			     TEXT_ARG(channel->provider));
	const struct node *trust = take_node(map, "trust");
	(void)snprintf(path, sizeof(path), "payments[%u].trust", index);
	if (trust && channel->trust == TRUST_VERIFIED && !keys->answers)
		source_error(reader, source, trust, path,
			     "%.*s signs its callbacks and answers no questions: remove it",
			     TEXT_ARG(channel->provider));
}

static void build_channel(struct reader *reader, const struct source *source,
			  const struct node *map, uint32_t index, struct channel *out)
{
	static const char *const environments[] = { "production", "sandbox", NULL };
	static const char *const types[] = { "paybill", "till", NULL };
	static const char *const trusts[] = { "token", "verified", NULL };
	static const char *const validations[] = { "accept", "refuse", NULL };
	char path[64];

	*out = (struct channel){
		.name = take_text(reader, map, "name"),
		.provider = take_text(reader, map, "provider"),
		.environment = (enum channel_environment)take_word(map, "environment", environments,
								   0),
		.endpoint = take_text(reader, map, "endpoint"),
		.shortcode = take_text(reader, map, "shortcode"),
		.type = (enum channel_type)take_word(map, "type", types, 0),
		.store = take_text(reader, map, "store"),
		.prompt_till = take_text(reader, map, "prompt_till"),
		.email = take_text(reader, map, "email"),
		.token = take_secret(reader, source, map, "token"),
		.consumer_key = take_secret(reader, source, map, "consumer_key"),
		.consumer_secret = take_secret(reader, source, map, "consumer_secret"),
		.passkey = take_secret(reader, source, map, "passkey"),
		.secret = take_secret(reader, source, map, "secret"),
		.public_key = take_secret(reader, source, map, "public_key"),
		.refuses = take_word(map, "validation", validations, 0) == 1,
		.initiator = take_text(reader, map, "initiator"),
		.security_credential = take_secret(reader, source, map, "security_credential"),
		.pull = take_bool(map, "pull", false),
		.nominated = take_text(reader, map, "nominated"),
		.trust = (enum channel_trust)take_word(map, "trust", trusts, 0),
		.where = where_of(source, map),
	};
	const struct node *sources = node_get(map, "sources");
	if (sources && sources->kind == NODE_LIST && sources->count) {
		out->sources = ARENA_ARRAY(&reader->intent->arena, struct text, sources->count);
		for (uint32_t i = 0; i < sources->count; i++)
			if (sources->items[i]->kind == NODE_SCALAR)
				out->sources[out->source_count++] = text_copy(
				    &reader->intent->arena, sources->items[i]->scalar);
	}
	const struct node *name = take_node(map, "name");
	(void)snprintf(path, sizeof(path), "payments[%u].name", index);
	if (name)
		refuse_forbidden(reader, source, name, path);
	(void)snprintf(path, sizeof(path), "payments[%u].endpoint", index);
	check_endpoint(reader, source, map, out, path);
	check_provider(reader, source, map, out, index);
}

static void build_channels(struct reader *reader, const struct source *source)
{
	struct tenant *tenant = &reader->intent->tenant;
	const struct node *list = node_get(source->map, "payments");
	if (!list || list->kind != NODE_LIST || list->count == 0 || list->count > CHANNELS_MAX)
		return;
	tenant->channels = ARENA_ARRAY(&reader->intent->arena, struct channel, list->count);
	for (uint32_t i = 0; i < list->count; i++) {
		const struct node *map = list->items[i];
		if (map->kind != NODE_MAP)
			continue;
		struct channel *channel = &tenant->channels[tenant->channel_count++];
		build_channel(reader, source, map, i, channel);
		for (uint32_t j = 0; j + 1 < tenant->channel_count; j++) {
			const struct channel *other = &tenant->channels[j];
			if (!channel->name.size || !text_equal(other->name, channel->name))
				continue;
			char path[64];
			(void)snprintf(path, sizeof(path), "payments[%u].name", i);
			source_error(reader, source, take_node(map, "name"), path,
				     "duplicate channel `%.*s`: %.*s has it already",
				     TEXT_ARG(encoding_shown(reader->scratch, channel->name)),
				     TEXT_ARG(place_text(reader, &other->where)));
			break;
		}
	}
}

static bool is_currency(struct reader *reader, struct text currency)
{
	static const struct key key = { .name = "currency", .type = VALUE_CURRENCY };
	struct shape silent = { .arena = reader->scratch };

	return scalar_flaw(&silent, &key, currency).size == 0;
}

/* By the currency where nobody says: its country's dialling code. Dollars and euros have none. */
static void build_country(struct reader *reader, const struct source *source)
{
	struct tenant *tenant = &reader->intent->tenant;
	uint32_t code = take_count(source->map, "country", 0);
	if (code > 0 && code <= 999) {
		tenant->country = text_format(&reader->intent->arena, "%u", code);
	} else if (!node_get(source->map, "country")) {
		const struct node *currency = take_node(source->map, "currency");
		if (!currency)
			return;
		tenant->country = country_of_currency(currency->scalar);
		if (tenant->country.size > 0 || !is_currency(reader, currency->scalar))
			return;
		reader->shape.no_country = true;
		source_warning(reader, source, currency, "currency",
			       "the country of `%.*s` is not known here, so phones need their "
			       "country in front: add `country:` with its dialling code, as "
			       "\"254\"",
			       TEXT_ARG(encoding_shown(reader->scratch, currency->scalar)));
	}
}

static void load_zone(struct reader *reader, const struct source *source)
{
	struct tenant *tenant = &reader->intent->tenant;
	const struct node *node = take_node(source->map, "timezone");
	if (!node || node->scalar.size == 0 || node->broken)
		return;
	static const struct key key = { .name = "timezone", .type = VALUE_ZONE };
	struct shape silent = { .arena = reader->scratch };
	if (scalar_flaw(&silent, &key, node->scalar).size)
		return;
	struct error error;
	if (!zone_load(&tenant->zone, node->scalar, &error)) {
		tenant->zone = NULL;
		source_error(reader, source, node, "timezone",
			     "there is no time zone `%.*s` on this machine: write it as "
			     "Africa/Nairobi",
			     TEXT_ARG(encoding_shown(reader->scratch, node->scalar)));
	}
}

static void tell_missing(struct reader *reader)
{
	if (reader->maybe_tenant)
		return;
	struct problem problem = {
		.line = 1,
		.column = 1,
		.message = TEXT("there is no Tenant: exactly one document of `kind: Tenant` is "
				"needed, with currency and timezone"),
	};
	reader->report.file = TEXT(".");
	report_error(&reader->report, &problem);
}

void build_tenant(struct reader *reader)
{
	struct sources sources = sources_of(reader, &kind_tenant);
	if (sources.count == 0) {
		tell_missing(reader);
		return;
	}
	/* The first in the order of files is the tenant; the others are too many. */
	const struct source *source = &sources.at[0];
	for (uint32_t i = 1; i < sources.count; i++)
		if (sources.at[i].order < source->order)
			source = &sources.at[i];
	struct where where = where_of(source, source->map);
	for (uint32_t i = 0; i < sources.count; i++)
		if (&sources.at[i] != source)
			source_error(reader, &sources.at[i], sources.at[i].name_node, "name",
				     "a second Tenant: exactly one is allowed, and %.*s is one "
				     "already",
				     TEXT_ARG(place_text(reader, &where)));

	struct tenant *tenant = &reader->intent->tenant;
	const struct node *map = source->map;
	*tenant = (struct tenant){
		.name = text_copy(&reader->intent->arena, source->name),
		.title = take_text(reader, map, "title"),
		.currency = take_text(reader, map, "currency"),
		.timezone = take_text(reader, map, "timezone"),
		.match_payer = take_bool(map, "match_payer", true),
		.guard = take_guard(map),
		.maintenance = take_maintenance(reader, source),
		.drift = take_drift(map),
		.menu_drifts = take_menu_drifts(reader, map),
		.lease = take_lease(map),
		.where = where_of(source, source->name_node),
	};
	if (take_node(map, "currency"))
		tenant->currency_where = where_of(source, take_node(map, "currency"));
	if (source->name.size)
		refuse_forbidden(reader, source, source->name_node, "name");
	load_zone(reader, source);
	build_country(reader, source);
	reader->shape.country = tenant->country;
	build_channels(reader, source);
}
