/*
 * The language operators write, as tables: one row per kind, one row per key. From them come
 * parsing, errors with the nearest spelling, the JSON Schemas and `wavu schema`. Static data only;
 * any thread. It knows no YAML and no JSON.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_type {
	VALUE_TEXT,      /* any UTF-8 without control characters, up to `max` characters */
	VALUE_NAME,      /* [a-z0-9][a-z0-9-]{0,31} */
	VALUE_ACCOUNT,   /* [A-Za-z0-9][A-Za-z0-9._-]{0,31} */
	VALUE_REFERENCE, /* the name of an object of kind `refers` */
	VALUE_ENUM,      /* one of `words` */
	VALUE_BOOL,
	VALUE_COUNT, /* a whole number min..max, or the word in `words` when given ("unlimited") */
	VALUE_MONEY, /* cents; `min` in cents */
	VALUE_RATE,
	VALUE_DATA,
	VALUE_PERIOD,   /* exact or calendar, > 0 */
	VALUE_DURATION, /* exact only */
	VALUE_OFFSET,   /* may be negative or zero */
	VALUE_TIME,
	VALUE_CLOCK,      /* a time of day, "02:00" */
	VALUE_PAID_UNTIL, /* a time; a bare date includes its day */
	VALUE_PHONE,
	VALUE_MAC,
	VALUE_ADDRESS,  /* IPv4, never 0.0.0.0 */
	VALUE_RANGE,    /* "10.10.1.0/24", "a-b"; never 0.0.0.0/0 */
	VALUE_ENDPOINT, /* host or host:port */
	VALUE_URL,      /* scheme://host…; the schemes are `words`, else http and https */
	VALUE_CURRENCY, /* three capitals */
	VALUE_ZONE,
	VALUE_FINGERPRINT,
	VALUE_SHORTCODE, /* 5–7 digits */
	VALUE_PROVIDER,  /* one of `words`: a payment provider this version knows */
	VALUE_SECRET,    /* { file: NAME } or { env: NAME } */
	VALUE_PASSWORD,  /* { generate: true }, { keep: true } or a secret */
	VALUE_MAP,       /* keys in `keys` */
	VALUE_LIST,      /* of `item` */
	VALUE_TEMPLATES, /* a map of free names to texts */
	VALUE_TYPE_COUNT
};

#define KEY_REQUIRED 1u
#define KEY_INERT 2u /* accepted, but this version does not act on it: `validate` warns by name */

struct key {
	const char *name;
	enum value_type type;
	unsigned flags;
	const char *const *words; /* ENUM, PROVIDER, COUNT; URL: schemes. NULL-terminated */
	const char *refers;       /* REFERENCE: the kind */
	const struct key *keys;   /* MAP: terminated by a row whose name is NULL */
	const struct key *item;   /* LIST: one row */
	/* COUNT, MONEY, TEXT (characters), LIST (items); 0,0: no bound of its own. */
	int64_t min, max;
	const char *fallback; /* the default as an operator would write it; NULL: none */
	const char *help; /* one sentence, for the schema and the docs */
};

struct kind {
	const char *name; /* "Package"; sorted in the table */
	const char *help;
	const struct key *keys; /* without `kind` and `name`, which all share; NULL-name ended */
	enum value_type name_type; /* NAME, or ACCOUNT for Subscriber */
};

extern const struct kind *const kinds[];                       /* NULL-terminated, sorted by name */
const struct kind *kind_find(const char *name, uint32_t size); /* or NULL */
