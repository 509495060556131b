#include "schemas/schema_print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct printer {
	struct arena *arena;
	char *at;
	uint32_t used, capacity;
	uint32_t depth;
	bool first; /* nothing stands in the object yet */
};

static void put(struct printer *printer, const char *bytes, size_t size)
{
	while (printer->used + size > printer->capacity) {
		uint32_t wider = printer->capacity ? printer->capacity * 2 : 8192;
		printer->at = arena_grow(printer->arena, printer->at, printer->capacity, wider);
		printer->capacity = wider;
	}
	memcpy(printer->at + printer->used, bytes, size);
	printer->used += (uint32_t)size;
}

static void put_text(struct printer *printer, const char *text)
{
	put(printer, text, strlen(text));
}

/* A string in quotes; the tables hold printable UTF-8 only. */
static void put_string(struct printer *printer, const char *text)
{
	put(printer, "\"", 1);
	for (const char *at = text; *at; at++) {
		if (*at == '"' || *at == '\\')
			put(printer, "\\", 1);
		put(printer, at, 1);
	}
	put(printer, "\"", 1);
}

static void put_line(struct printer *printer)
{
	put(printer, "\n", 1);
	for (uint32_t i = 0; i < printer->depth; i++)
		put(printer, "\t", 1);
}

/* The next member of an object; its value follows. */
static void put_key(struct printer *printer, const char *key)
{
	if (!printer->first)
		put(printer, ",", 1);
	printer->first = false;
	put_line(printer);
	put_string(printer, key);
	put(printer, ": ", 2);
}

static void open_object(struct printer *printer)
{
	put(printer, "{", 1);
	printer->depth++;
	printer->first = true;
}

static void close_object(struct printer *printer)
{
	printer->depth--;
	put_line(printer);
	put(printer, "}", 1);
	printer->first = false;
}

static void put_member(struct printer *printer, const char *key, const char *value)
{
	put_key(printer, key);
	put_string(printer, value);
}

static void put_number(struct printer *printer, const char *key, int64_t value)
{
	char digits[32];
	(void)snprintf(digits, sizeof(digits), "%lld", (long long)value);
	put_key(printer, key);
	put_text(printer, digits);
}

static void put_words(struct printer *printer, const char *key, const char *const *words)
{
	put_key(printer, key);
	put(printer, "[", 1);
	for (uint32_t i = 0; words[i]; i++) {
		if (i)
			put(printer, ", ", 2);
		put_string(printer, words[i]);
	}
	put(printer, "]", 1);
}

#define ADDRESS                                                                          \
	"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|" \
	"[1-9]?[0-9])){3}"
#define TIME "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
#define CALENDAR " ?(months?|years?)"
#define EXACT " ?(s|m|h|d|w|seconds?|minutes?|hours?|days?|weeks?)"

/* Forms of values that YAML readers may take for numbers or booleans are allowed as such too. */
static const struct {
	const char *pattern;
	bool other_types; /* an editor's YAML reader may see a number or a boolean here */
} forms[VALUE_TYPE_COUNT] = {
	[VALUE_TEXT] = { NULL, true },
	[VALUE_NAME] = { "^[a-z0-9][a-z0-9-]{0,31}$", true },
	[VALUE_ACCOUNT] = { "^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$", true },
	[VALUE_REFERENCE] = { "^[a-z0-9][a-z0-9-]{0,31}$", true },
	[VALUE_RATE] = { "^[0-9]+(\\.[0-9]+)?[kMG]$", false },
	[VALUE_DATA] = { "^[0-9]+(\\.[0-9]+)?[kKMGT]i?B$", false },
	[VALUE_PERIOD] = { "^[0-9]+(" EXACT "|" CALENDAR ")$", false },
	[VALUE_DURATION] = { "^[0-9]+" EXACT "$", false },
	[VALUE_OFFSET] = { "^-?[0-9]+(" EXACT "|" CALENDAR ")$", false },
	[VALUE_TIME] = { "^" TIME "$", false },
	[VALUE_CLOCK] = { "^([01][0-9]|2[0-3]):[0-5][0-9]$", true },
	[VALUE_PAID_UNTIL] = { "^" TIME "$", false },
	[VALUE_PHONE] = { "^\\+?[0-9]{7,15}$", true },
	[VALUE_MAC] = { "^([0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{12})$", true },
	[VALUE_ADDRESS] = { "^" ADDRESS "$", false },
	[VALUE_RANGE] = { "^" ADDRESS "(/[0-9]{1,2}|-" ADDRESS ")?$", false },
	[VALUE_ENDPOINT] = { "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9_][A-Za-z0-9._-]*)(:[0-9]{1,5})?$",
			     false },
	[VALUE_CURRENCY] = { "^[A-Z]{3}$", false },
	[VALUE_ZONE] = { "^[A-Za-z][A-Za-z0-9/_+-]*$", false },
	[VALUE_FINGERPRINT] = { "^sha256:[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$", false },
	[VALUE_SHORTCODE] = { "^[0-9]{5,7}$", true },
};

static void put_value(struct printer *printer, const struct key *key);
static void put_map(struct printer *printer, const struct key *keys, const struct kind *kind);

static void put_plain(struct printer *printer, const struct key *key)
{
	static const char *const types[] = { "string", "number", "boolean", NULL };
	if (forms[key->type].other_types)
		put_words(printer, "type", types);
	else
		put_member(printer, "type", "string");
	if (forms[key->type].pattern)
		put_member(printer, "pattern", forms[key->type].pattern);
	if (key->type == VALUE_TEXT) {
		put_number(printer, "minLength", 1);
		if (key->max)
			put_number(printer, "maxLength", key->max);
	}
}

static void put_url(struct printer *printer, const struct key *key)
{
	static const char *const web[] = { "http", "https", NULL };
	const char *const *schemes = key->words ? key->words : web;
	struct text pattern = TEXT("^(");
	for (uint32_t i = 0; schemes[i]; i++)
		pattern = text_format(printer->arena, "%.*s%s%s", TEXT_ARG(pattern), i ? "|" : "",
				      schemes[i]);
	pattern = text_format(printer->arena, "%.*s)://[^/ ][^ ]*$", TEXT_ARG(pattern));
	put_member(printer, "type", "string");
	put_member(printer, "pattern", pattern.at);
}

static void put_count(struct printer *printer, const struct key *key)
{
	put_key(printer, "anyOf");
	put(printer, "[", 1);
	open_object(printer);
	put_member(printer, "type", "integer");
	put_number(printer, "minimum", key->min);
	if (key->max)
		put_number(printer, "maximum", key->max);
	close_object(printer);
	put(printer, ", ", 2);
	open_object(printer);
	put_member(printer, "type", "string");
	put_member(printer, "pattern", "^[0-9]+$");
	close_object(printer);
	if (key->words) {
		put(printer, ", ", 2);
		open_object(printer);
		put_words(printer, "enum", key->words);
		close_object(printer);
	}
	put(printer, "]", 1);
	printer->first = false;
}

static void put_money(struct printer *printer, const struct key *key)
{
	static const char *const types[] = { "number", "string", NULL };
	put_words(printer, "type", types);
	put_number(printer, key->min > 0 ? "exclusiveMinimum" : "minimum", 0);
	put_member(printer, "pattern", "^[0-9]+(\\.[0-9]{1,2})?$");
}

static void put_secret(struct printer *printer, bool is_password)
{
	put_member(printer, "type", "object");
	put_number(printer, "minProperties", 1);
	put_number(printer, "maxProperties", 1);
	put_key(printer, "properties");
	open_object(printer);
	put_key(printer, "file");
	put_text(printer, "{ \"type\": \"string\", \"pattern\": \"^[^/]\" }");
	put_key(printer, "env");
	put_text(printer, "{ \"type\": \"string\", \"pattern\": \"^[^= ]+$\" }");
	if (is_password) {
		put_key(printer, "generate");
		put_text(printer, "{ \"const\": true }");
		put_key(printer, "keep");
		put_text(printer, "{ \"const\": true }");
	}
	close_object(printer);
	put_key(printer, "additionalProperties");
	put_text(printer, "false");
}

static void put_list(struct printer *printer, const struct key *key)
{
	put_member(printer, "type", "array");
	if (key->min)
		put_number(printer, "minItems", key->min);
	if (key->max)
		put_number(printer, "maxItems", key->max);
	put_key(printer, "items");
	put_value(printer, key->item);
}

static void put_templates(struct printer *printer)
{
	put_member(printer, "type", "object");
	put_key(printer, "propertyNames");
	put_text(printer, "{ \"pattern\": \"^[a-z0-9][a-z0-9-]{0,31}$\" }");
	put_key(printer, "additionalProperties");
	put_text(printer, "{ \"type\": \"string\", \"minLength\": 1 }");
}

static void put_type(struct printer *printer, const struct key *key)
{
	switch (key->type) {
	case VALUE_ENUM:
	case VALUE_PROVIDER:
		put_words(printer, "enum", key->words);
		return;
	case VALUE_BOOL:
		put_key(printer, "enum");
		put_text(printer, "[true, false, \"true\", \"false\", \"yes\", \"no\"]");
		return;
	case VALUE_COUNT:
		put_count(printer, key);
		return;
	case VALUE_MONEY:
		put_money(printer, key);
		return;
	case VALUE_URL:
		put_url(printer, key);
		return;
	case VALUE_SECRET:
	case VALUE_PASSWORD:
		put_secret(printer, key->type == VALUE_PASSWORD);
		return;
	case VALUE_MAP:
		put_map(printer, key->keys, NULL);
		return;
	case VALUE_LIST:
		put_list(printer, key);
		return;
	case VALUE_TEMPLATES:
		put_templates(printer);
		return;
	case VALUE_TEXT:
	case VALUE_NAME:
	case VALUE_ACCOUNT:
	case VALUE_REFERENCE:
	case VALUE_RATE:
	case VALUE_DATA:
	case VALUE_PERIOD:
	case VALUE_DURATION:
	case VALUE_OFFSET:
	case VALUE_TIME:
	case VALUE_CLOCK:
	case VALUE_PAID_UNTIL:
	case VALUE_PHONE:
	case VALUE_MAC:
	case VALUE_ADDRESS:
	case VALUE_RANGE:
	case VALUE_ENDPOINT:
	case VALUE_CURRENCY:
	case VALUE_ZONE:
	case VALUE_FINGERPRINT:
	case VALUE_SHORTCODE:
	case VALUE_TYPE_COUNT:
		put_plain(printer, key);
		return;
	}
}

static void put_value(struct printer *printer, const struct key *key)
{
	open_object(printer);
	struct text help = text_of(key->help);
	if (key->flags & KEY_INERT)
		help = text_format(printer->arena, "%s (Accepted, but not acted on yet.)",
				   key->help);
	if (key->fallback)
		help = text_format(printer->arena, "%.*s Default: %s.", TEXT_ARG(help),
				   key->fallback);
	put_member(printer, "description", help.at);
	put_type(printer, key);
	close_object(printer);
}

static void put_required(struct printer *printer, const struct key *keys, bool is_document)
{
	const char *required[64];
	uint32_t count = 0;
	if (is_document) {
		required[count++] = "kind";
		required[count++] = "name";
	}
	for (const struct key *key = keys; key->name && count < 63; key++)
		if (key->flags & KEY_REQUIRED)
			required[count++] = key->name;
	required[count] = NULL;
	if (count)
		put_words(printer, "required", required);
}

static void put_map(struct printer *printer, const struct key *keys, const struct kind *kind)
{
	put_member(printer, "type", "object");
	put_required(printer, keys, kind != NULL);
	put_key(printer, "properties");
	open_object(printer);
	if (kind) {
		struct key name = { .name = "name",
				    .type = kind->name_type,
				    .help = "Unique among its kind." };
		if (kind->name_type == VALUE_ACCOUNT)
			name.help = "The account; case, spaces and dashes do not count.";
		put_key(printer, "kind");
		open_object(printer);
		put_member(printer, "const", kind->name);
		close_object(printer);
		put_key(printer, "name");
		put_value(printer, &name);
	}
	for (const struct key *key = keys; key->name; key++) {
		put_key(printer, key->name);
		put_value(printer, key);
	}
	close_object(printer);
	put_key(printer, "additionalProperties");
	put_text(printer, "false");
}

struct text schema_print(struct arena *arena, const struct kind *kind)
{
	struct printer printer = { .arena = arena };
	open_object(&printer);
	put_member(&printer, "$schema", "http://json-schema.org/draft-07/schema#");
	put_member(&printer, "title", kind->name);
	put_member(&printer, "description", kind->help);
	put_map(&printer, kind->keys, kind);
	close_object(&printer);
	put(&printer, "\n", 1);
	return (struct text){ printer.at, printer.used };
}

struct text schema_file_name(struct arena *arena, const struct kind *kind)
{
	char name[64];
	uint32_t used = 0;
	for (const char *at = kind->name; *at && used < sizeof(name) - 2; at++) {
		bool capital = *at >= 'A' && *at <= 'Z';
		if (capital && at != kind->name)
			name[used++] = '-';
		name[used++] = (char)(capital ? *at - 'A' + 'a' : *at);
	}
	return text_format(arena, "%.*s.schema.json", (int)used, name);
}
