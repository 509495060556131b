#include "yaml/scalar.h"

#include <string.h>

#include "base/limits.h"
#include "yaml/encoding.h"

#define SHOWN(text) TEXT_ARG(encoding_shown(shape->arena, (text)))
#define FITS TEXT_NONE

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_large(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_name(struct text a)
{
	if (a.size == 0 || a.size > NAME_SIZE_MAX || a.at[0] == '-')
		return false;
	for (uint32_t i = 0; i < a.size; i++)
		if (!is_small(a.at[i]) && !is_digit(a.at[i]) && a.at[i] != '-')
			return false;
	return true;
}

static bool is_account(struct text a)
{
	if (a.size == 0 || a.size > NAME_SIZE_MAX || strchr("._-", a.at[0]))
		return false;
	for (uint32_t i = 0; i < a.size; i++)
		if (!is_small(a.at[i]) && !is_large(a.at[i]) && !is_digit(a.at[i]) &&
		    (a.at[i] == '\0' || !strchr("._-", a.at[i])))
			return false;
	return true;
}

static struct text flaw_name(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	if (is_name(a))
		return FITS;
	return text_format(
	    shape->arena,
	    "`%.*s` is not a name: use small letters, digits and dashes, at most %d, "
	    "beginning with a letter or digit",
	    SHOWN(a), NAME_SIZE_MAX);
}

static struct text flaw_account(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	if (is_account(a))
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not an account: use letters, digits, dots, dashes and "
			   "underscores, at most %d, beginning with a letter or digit",
			   SHOWN(a), NAME_SIZE_MAX);
}

static struct text flaw_text(struct shape *shape, const struct key *key, struct text a)
{
	bool lines = key->type == VALUE_TEMPLATES;
	uint32_t character, count = 0;
	struct text rest = a;
	while (rest.size > 0) {
		uint32_t size = utf8_next(rest, &character);
		bool control = character < 0x20 || (character >= 0x7f && character < 0xa0) ||
			       character == 0x2028 || character == 0x2029;
		if (size == 0 || (control && !(lines && character == '\n')))
			return text_format(shape->arena,
					   "`%.*s` contains a control character: remove it",
					   SHOWN(a));
		rest = text_from(rest, size);
		count++;
	}
	if (count == 0)
		return TEXT("is empty: write it, or remove the key");
	if (key->max && count > key->max)
		return text_format(shape->arena, "is %u characters long: at most %lld are allowed",
				   count, (long long)key->max);
	return FITS;
}

static uint32_t words_count(const char *const *words)
{
	uint32_t count = 0;
	while (words[count])
		count++;
	return count;
}

/* "`a`, `b` or `c`" */
static struct text words_listed(struct shape *shape, const char *const *words)
{
	uint32_t count = words_count(words);
	struct text list = TEXT_NONE;
	for (uint32_t i = 0; i < count; i++) {
		const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
		list = text_format(shape->arena, "%.*s%s`%s`", TEXT_ARG(list), between, words[i]);
	}
	return list;
}

static struct text flaw_word(struct shape *shape, const struct key *key, struct text a)
{
	uint32_t count = words_count(key->words);
	struct text *candidates = ARENA_ARRAY(shape->arena, struct text, count);
	for (uint32_t i = 0; i < count; i++) {
		if (text_is(a, key->words[i]))
			return FITS;
		candidates[i] = text_of(key->words[i]);
	}
	struct text nearest = shape_nearest(shape, a, candidates, count);
	if (nearest.size)
		return text_format(shape->arena, "unknown value `%.*s`%.*s", SHOWN(a),
				   TEXT_ARG(nearest));
	return text_format(shape->arena, "unknown value `%.*s`: write %.*s", SHOWN(a),
			   TEXT_ARG(words_listed(shape, key->words)));
}

static struct text flaw_bool(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	bool value;
	if (text_bool(a, &value))
		return FITS;
	return text_format(shape->arena, "`%.*s` is neither `true` nor `false`", SHOWN(a));
}

static struct text flaw_count(struct shape *shape, const struct key *key, struct text a)
{
	uint64_t value;
	for (const char *const *word = key->words; word && *word; word++)
		if (text_is(a, *word))
			return FITS;
	bool fits = text_u64(a, &value) && value <= INT64_MAX;
	bool bound = key->min != 0 || key->max != 0;
	if (fits && (!bound || ((int64_t)value >= key->min && (int64_t)value <= key->max)))
		return FITS;
	struct text word = TEXT_NONE, range = TEXT_NONE;
	if (key->words)
		word = text_format(shape->arena, ", or %.*s",
				   TEXT_ARG(words_listed(shape, key->words)));
	if (bound)
		range = text_format(shape->arena, " from %lld to %lld", (long long)key->min,
				    (long long)key->max);
	return text_format(shape->arena, "`%.*s` does not fit: write a whole number%.*s%.*s",
			   SHOWN(a), TEXT_ARG(range), TEXT_ARG(word));
}

static struct text flaw_money(struct shape *shape, const struct key *key, struct text a)
{
	int64_t cents;
	if (!text_cents(a, &cents))
		return text_format(shape->arena,
				   "`%.*s` is not an amount: write digits, and at most two "
				   "decimals after a dot, as 2500 or 2500.50",
				   SHOWN(a));
	if (cents == 0 && key->min > 0)
		return TEXT("must be more than 0: who pays nothing needs no package here");
	if (cents < key->min)
		return text_format(shape->arena, "`%.*s` is too small", SHOWN(a));
	return FITS;
}

static struct text flaw_rate(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	uint64_t rate;
	if (text_rate(a, &rate))
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not a rate: write bits per second as 512k, 1.5M or 1G, more "
			   "than 0",
			   SHOWN(a));
}

static struct text flaw_data(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	uint64_t data;
	if (text_data(a, &data))
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not an amount of data: write 500MB, 5GB or 5GiB, more than 0",
			   SHOWN(a));
}

static struct text flaw_period(struct shape *shape, const struct key *key, struct text a)
{
	struct period period;
	if (key->type == VALUE_OFFSET) {
		if (period_parse_offset(a, &period))
			return FITS;
		return text_format(shape->arena,
				   "`%.*s` is not an offset: write a duration such as -3d, 0d, 12h "
				   "or 1 month, at most ten years",
				   SHOWN(a));
	}
	bool parsed = period_parse(a, &period);
	if (parsed && key->type == VALUE_DURATION && period.months)
		return text_format(shape->arena,
				   "`%.*s` has no exact length: write it in s, m, h, d or w",
				   SHOWN(a));
	if (parsed)
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not a duration: write one number and one unit, as %s, more "
			   "than 0 and at most ten years",
			   SHOWN(a),
			   key->type == VALUE_PERIOD ? "24h, 7d or 1 month" : "30s, 15m or 6h");
}

static struct text flaw_time(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	int64_t at;
	if (time_parse(a, zone_utc(), false, &at))
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not a time: write 2026-12-05 or 2026-12-05T06:00, with an "
			   "offset such as +03:00 if it is not in the tenant's zone",
			   SHOWN(a));
}

static struct text flaw_phone(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	char digits[16];
	/* A country that is missing by mistake is an error of its own: one is enough. */
	if ((shape->country.size == 0 && !shape->no_country) ||
	    text_phone(a, shape->country, digits))
		return FITS;
	if (shape->no_country)
		return text_format(shape->arena,
				   "`%.*s` is not a whole phone number: write it with + and its "
				   "country, or add `country` to the Tenant",
				   SHOWN(a));
	return text_format(shape->arena, "`%.*s` is not a phone number: write 0…, +%.*s… or %.*s…",
			   SHOWN(a), TEXT_ARG(shape->country), TEXT_ARG(shape->country));
}

static struct text flaw_mac(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	char mac[18];
	if (!text_mac(a, mac))
		return text_format(shape->arena,
				   "`%.*s` is not a MAC address: write it as \"AA:BB:CC:DD:EE:FF\"",
				   SHOWN(a));
	/* RouterOS reads the zero address as "any device": a lock that locks nobody out. */
	if (strcmp(mac, "00:00:00:00:00:00") == 0 || strcmp(mac, "FF:FF:FF:FF:FF:FF") == 0)
		return text_format(shape->arena,
				   "`%s` is no device's address: write the device's own, or remove "
				   "the key",
				   mac);
	return FITS;
}

bool clock_parse(struct text a, int32_t *minute)
{
	struct text hours, minutes;
	uint64_t hour, rest;
	if (a.size != 5 || !text_cut(a, ':', &hours, &minutes) || hours.size != 2 ||
	    !text_u64(hours, &hour) || !text_u64(minutes, &rest) || hour > 23 || rest > 59)
		return false;
	*minute = (int32_t)(hour * 60 + rest);
	return true;
}

static struct text flaw_clock(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	int32_t minute;
	if (clock_parse(a, &minute))
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not a time of day: write it as 02:00, from 00:00 to 23:59",
			   SHOWN(a));
}

static struct text flaw_address(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	uint32_t address;
	if (a.size == 0)
		return TEXT("is empty, which would mean everybody: write one IPv4 address, as "
			    "10.10.0.42, or remove the key");
	if (!text_ipv4(a, &address)) {
		/* "10.0.0.0/0" and the like would be an entry for everybody. */
		if (memchr(a.at, '/', a.size))
			return text_format(shape->arena,
					   "`%.*s` is a network: write one IPv4 address, as "
					   "10.10.0.42",
					   SHOWN(a));
		return text_format(shape->arena,
				   "`%.*s` is not an IPv4 address: write it as 10.10.0.42",
				   SHOWN(a));
	}
	if (address >> 24 == 0)
		return text_format(shape->arena,
				   "`%.*s` means everybody, not one device: write one IPv4 "
				   "address, as 10.10.0.42",
				   SHOWN(a));
	if (address >> 28 >= 14)
		return text_format(shape->arena,
				   "`%.*s` is a multicast, reserved or broadcast address: write "
				   "one that a device can have, as 10.10.0.42",
				   SHOWN(a));
	return FITS;
}

static struct text flaw_range(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	uint32_t first, last;
	if (!text_ipv4_range(a, &first, &last))
		return text_format(shape->arena,
				   "`%.*s` is not a range of IPv4 addresses: write 10.10.1.0/24 or "
				   "10.10.1.10-10.10.1.90",
				   SHOWN(a));
	if (first >> 24 == 0)
		return text_format(shape->arena,
				   "`%.*s` covers everybody: write the addresses this router may "
				   "hand out, as 10.10.1.0/24",
				   SHOWN(a));
	if (last >> 28 >= 14)
		return text_format(shape->arena,
				   "`%.*s` reaches into multicast, reserved or broadcast "
				   "addresses: write those this router may hand out",
				   SHOWN(a));
	return FITS;
}

static struct text flaw_endpoint(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	struct text host;
	uint16_t port;
	if (endpoint_parse(a, &host, &port))
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not an address: write host or host:port, as 10.66.0.11:8728",
			   SHOWN(a));
}

static struct text flaw_url(struct shape *shape, const struct key *key, struct text a)
{
	static const char *const web[] = { "http", "https", NULL };
	const char *const *schemes = key->words ? key->words : web;
	for (const char *const *scheme = schemes; *scheme; scheme++) {
		struct text start = text_format(shape->arena, "%s://", *scheme);
		if (!text_starts(a, start) || a.size == start.size || a.at[start.size] == '/')
			continue;
		bool plain = true;
		for (uint32_t i = 0; i < a.size; i++)
			plain = plain && a.at[i] > 0x20 && a.at[i] < 0x7f && a.at[i] != '"';
		if (plain)
			return FITS;
	}
	return text_format(shape->arena, "`%.*s` is not a URL: write %s://…", SHOWN(a),
			   schemes[words_count(schemes) - 1]);
}

static struct text flaw_currency(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	bool fits = a.size == 3;
	for (uint32_t i = 0; fits && i < a.size; i++)
		fits = is_large(a.at[i]);
	if (fits)
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not a currency: write its three capitals, as KES", SHOWN(a));
}

static struct text flaw_zone(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	bool fits = a.size > 0 && a.size <= 64 && a.at[0] != '/' && a.at[0] != '.';
	for (uint32_t i = 0; fits && i < a.size; i++)
		fits = is_small(a.at[i]) || is_large(a.at[i]) || is_digit(a.at[i]) ||
		       (a.at[i] && strchr("/_+-", a.at[i]));
	if (fits)
		return FITS;
	return text_format(shape->arena, "`%.*s` is not a time zone: write it as Africa/Nairobi",
			   SHOWN(a));
}

static struct text flaw_fingerprint(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	char fingerprint[72];
	if (fingerprint_parse(a, fingerprint))
		return FITS;
	return text_format(shape->arena,
			   "`%.*s` is not a fingerprint: write \"sha256:\" and 64 hex digits",
			   SHOWN(a));
}

static struct text flaw_shortcode(struct shape *shape, const struct key *key, struct text a)
{
	(void)key;
	bool fits = a.size >= 5 && a.size <= 7;
	for (uint32_t i = 0; fits && i < a.size; i++)
		fits = is_digit(a.at[i]);
	if (fits)
		return FITS;
	return text_format(shape->arena, "`%.*s` is not a short code: write its 5 to 7 digits",
			   SHOWN(a));
}

typedef struct text flaw_function(struct shape *, const struct key *, struct text);

static flaw_function *const flaws[VALUE_TYPE_COUNT] = {
	[VALUE_TEXT] = flaw_text,
	[VALUE_NAME] = flaw_name,
	[VALUE_ACCOUNT] = flaw_account,
	[VALUE_REFERENCE] = flaw_name,
	[VALUE_ENUM] = flaw_word,
	[VALUE_BOOL] = flaw_bool,
	[VALUE_COUNT] = flaw_count,
	[VALUE_MONEY] = flaw_money,
	[VALUE_RATE] = flaw_rate,
	[VALUE_DATA] = flaw_data,
	[VALUE_PERIOD] = flaw_period,
	[VALUE_DURATION] = flaw_period,
	[VALUE_OFFSET] = flaw_period,
	[VALUE_TIME] = flaw_time,
	[VALUE_CLOCK] = flaw_clock,
	[VALUE_PAID_UNTIL] = flaw_time,
	[VALUE_PHONE] = flaw_phone,
	[VALUE_MAC] = flaw_mac,
	[VALUE_ADDRESS] = flaw_address,
	[VALUE_RANGE] = flaw_range,
	[VALUE_ENDPOINT] = flaw_endpoint,
	[VALUE_URL] = flaw_url,
	[VALUE_CURRENCY] = flaw_currency,
	[VALUE_ZONE] = flaw_zone,
	[VALUE_FINGERPRINT] = flaw_fingerprint,
	[VALUE_SHORTCODE] = flaw_shortcode,
	[VALUE_PROVIDER] = flaw_word,
	[VALUE_TEMPLATES] = flaw_text, /* of one template's text */
};

struct text scalar_flaw(struct shape *shape, const struct key *key, struct text scalar)
{
	invariant(flaws[key->type]);
	return flaws[key->type](shape, key, scalar);
}
