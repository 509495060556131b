#include "yaml/shape.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "yaml/encoding.h"
#include "yaml/scalar.h"

#define SHOWN(text) TEXT_ARG(encoding_shown(shape->arena, (text)))

static struct text path_of(struct shape *shape, const struct crumb *at)
{
	if (!at)
		return TEXT_NONE;
	struct text up = path_of(shape, at->up);
	if (at->index >= 0)
		return text_format(shape->arena, "%.*s[%lld]", TEXT_ARG(up), (long long)at->index);
	return text_format(shape->arena, "%.*s%s%.*s", TEXT_ARG(up), up.size ? "." : "",
			   SHOWN(at->key));
}

void shape_tell(struct shape *shape, problem_sink *sink, uint32_t line, uint32_t column,
		const struct crumb *at, const char *format, va_list arguments)
{
	struct problem problem = { .line = line, .column = column };
	if (shape->problems_left > 0) {
		va_list again;
		va_copy(again, arguments);
		int size = vsnprintf(NULL, 0, format, again);
		va_end(again);
		invariant(size >= 0);
		char *message = arena_take(shape->arena, (size_t)size + 1);
		(void)vsnprintf(message, (size_t)size + 1, format, arguments);
		problem.path = path_of(shape, at);
		problem.message = (struct text){ message, (uint32_t)size };
		shape->problems_left--;
	}
	sink(shape->context, &problem);
}

static void PRINTF_LIKE(5, 6) tell_error(struct shape *shape, uint32_t line, uint32_t column,
					 const struct crumb *at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	shape_tell(shape, shape->error, line, column, at, format, arguments);
	va_end(arguments);
}

void shape_error(struct shape *shape, const struct node *node, const struct crumb *at,
		 const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	shape_tell(shape, shape->error, node->line, node->column, at, format, arguments);
	va_end(arguments);
}

void shape_warning(struct shape *shape, const struct node *node, const struct crumb *at,
		   const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	shape_tell(shape, shape->warning, node->line, node->column, at, format, arguments);
	va_end(arguments);
}

struct text shape_nearest(struct shape *shape, struct text wrong, const struct text *candidates,
			  uint32_t count)
{
	if (wrong.size > 64)
		return TEXT_NONE;
	struct text nearest = text_nearest(wrong, candidates, count);
	if (nearest.size == 0)
		return TEXT_NONE;
	return text_format(shape->arena, ": did you mean `%.*s`?", SHOWN(nearest));
}

static const struct key *find_key(const struct key *keys, struct text name)
{
	for (const struct key *key = keys; key->name; key++)
		if (text_is(name, key->name))
			return key;
	return NULL;
}

static bool in_header(const char *const *header, struct text name)
{
	for (; header && *header; header++)
		if (text_is(name, *header))
			return true;
	return false;
}

static void refuse_unknown(struct shape *shape, const struct key *keys, const char *const *header,
			   const struct pair *pair, const struct crumb *up)
{
	struct crumb at = { .up = up, .key = pair->key, .index = -1 };
	struct text candidates[64], known = TEXT_NONE;
	uint32_t count = 0;
	for (; header && *header && count < 64; header++)
		candidates[count++] = text_of(*header);
	for (const struct key *key = keys; key->name && count < 64; key++)
		candidates[count++] = text_of(key->name);

	struct text nearest = TEXT_NONE;
	if (shape->problems_left > 0)
		nearest = shape_nearest(shape, pair->key, candidates, count);
	if (nearest.size == 0 && shape->problems_left > 0) {
		for (uint32_t i = 0; i < count; i++)
			known = text_format(shape->arena, "%.*s%s%.*s", TEXT_ARG(known),
					    i ? ", " : ": known here are ",
					    TEXT_ARG(candidates[i]));
	}
	tell_error(shape, pair->key_line, pair->key_column, &at, "unknown key `%.*s`%.*s%.*s",
		   SHOWN(pair->key), TEXT_ARG(nearest), TEXT_ARG(known));
}

void shape_check(struct shape *shape, const struct key *keys, const char *const *header,
		 const struct node *map, const struct crumb *up, const char *owner)
{
	invariant(map->kind == NODE_MAP);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct pair *pair = &map->pairs[i];
		if (in_header(header, pair->key))
			continue;
		const struct key *key = find_key(keys, pair->key);
		if (!key) {
			refuse_unknown(shape, keys, header, pair, up);
			continue;
		}
		struct crumb at = { .up = up, .key = pair->key, .index = -1 };
		if (key->flags & KEY_INERT)
			shape_warning(
			    shape,
			    &(struct node){ .line = pair->key_line, .column = pair->key_column },
			    &at, "`%s` is accepted, but this version does not act on it",
			    key->name);
		shape_check_value(shape, key, pair->value, &at);
	}
	/* What a refused key would have brought cannot be called missing. */
	if (map->broken)
		return;
	for (const struct key *key = keys; key->name; key++) {
		if (!(key->flags & KEY_REQUIRED) || node_get(map, key->name))
			continue;
		struct crumb at = { .up = up, .key = text_of(key->name), .index = -1 };
		tell_error(shape, map->line, map->column, &at, "`%s` is missing: %s needs it",
			   key->name, owner);
	}
}

/* Never says what was written: it may be the secret. */
static void check_secret(struct shape *shape, const struct key *key, const struct node *node,
			 const struct crumb *at)
{
	bool is_password = key->type == VALUE_PASSWORD;
	if (node->kind != NODE_MAP) {
		shape_error(shape, node, at,
			    "a secret is never written into the repository: write "
			    "{ file: NAME } or { env: NAME }%s",
			    is_password ? ", or { generate: true } or { keep: true }" : "");
		return;
	}
	static const struct key secret_keys[] = {
		{ .name = "file", .type = VALUE_TEXT, .max = 200 },
		{ .name = "env", .type = VALUE_TEXT, .max = 200 },
		{ .name = NULL },
	};
	static const struct key password_keys[] = {
		{ .name = "file", .type = VALUE_TEXT, .max = 200 },
		{ .name = "env", .type = VALUE_TEXT, .max = 200 },
		{ .name = "generate", .type = VALUE_BOOL },
		{ .name = "keep", .type = VALUE_BOOL },
		{ .name = NULL },
	};
	shape_check(shape, is_password ? password_keys : secret_keys, NULL, node, at, "it");
	if (node->broken)
		return;
	if (node->count != 1) {
		shape_error(shape, node, at, "write exactly one of %s",
			    is_password ? "`file`, `env`, `generate` and `keep`"
					: "`file` and `env`");
		return;
	}
	const struct node *value = node->pairs[0].value;
	struct crumb inner = { .up = at, .key = node->pairs[0].key, .index = -1 };
	if (value->kind != NODE_SCALAR || value->scalar.size == 0 || value->broken)
		return;
	bool flag;
	if ((text_is(inner.key, "generate") || text_is(inner.key, "keep")) &&
	    text_bool(value->scalar, &flag) && !flag)
		shape_error(shape, value, &inner,
			    "only `true` makes sense here: to have neither, name a secret");
	struct text name = value->scalar;
	if (text_is(inner.key, "file") &&
	    (name.at[0] == '/' || text_contains_nocase(name, TEXT(".."))))
		shape_error(shape, value, &inner,
			    "must be the name of a file below the secrets folder, without `..` "
			    "and without a leading `/`");
	if (text_is(inner.key, "env"))
		for (uint32_t i = 0; i < name.size; i++)
			if (name.at[i] == '=' || name.at[i] == ' ') {
				shape_error(shape, value, &inner,
					    "is not the name of an environment variable");
				return;
			}
}

static void check_list(struct shape *shape, const struct key *key, const struct node *node,
		       const struct crumb *at)
{
	if (node->kind != NODE_LIST) {
		shape_error(shape, node, at, "must be a list: write [a, b], or lines with `- `");
		return;
	}
	if (key->max && node->count > key->max)
		shape_error(shape, node, at, "has %u items: at most %lld are allowed", node->count,
			    (long long)key->max);
	if (key->min && node->count < key->min && !node->broken)
		shape_error(shape, node, at, "is an empty list: write an item, or remove the key");
	for (uint32_t i = 0; i < node->count; i++) {
		struct crumb item = { .up = at, .index = i };
		shape_check_value(shape, key->item, node->items[i], &item);
	}
}

static void check_templates(struct shape *shape, const struct key *key, const struct node *node,
			    const struct crumb *at)
{
	static const struct key name = { .name = "name", .type = VALUE_NAME };
	if (node->kind != NODE_MAP) {
		shape_error(shape, node, at, "must be a mapping of names to texts");
		return;
	}
	for (uint32_t i = 0; i < node->count; i++) {
		const struct pair *pair = &node->pairs[i];
		struct crumb inner = { .up = at, .key = pair->key, .index = -1 };
		struct text flaw = scalar_flaw(shape, &name, pair->key);
		if (flaw.size)
			tell_error(shape, pair->key_line, pair->key_column, &inner, "%.*s",
				   TEXT_ARG(flaw));
		if (pair->value->broken)
			continue;
		if (pair->value->kind != NODE_SCALAR) {
			shape_error(shape, pair->value, &inner, "must be text");
			continue;
		}
		flaw = scalar_flaw(shape, key, pair->value->scalar);
		if (flaw.size)
			shape_error(shape, pair->value, &inner, "%.*s", TEXT_ARG(flaw));
	}
}

static void check_scalar(struct shape *shape, const struct key *key, const struct node *node,
			 const struct crumb *at)
{
	if (node->kind != NODE_SCALAR) {
		shape_error(shape, node, at, "must be one value, not a %s",
			    node->kind == NODE_MAP ? "mapping" : "list");
		return;
	}
	if (shape->problems_left == 0)
		return;
	struct text flaw = scalar_flaw(shape, key, node->scalar);
	if (flaw.size)
		shape_error(shape, node, at, "%.*s", TEXT_ARG(flaw));
}

void shape_check_value(struct shape *shape, const struct key *key, const struct node *node,
		       const struct crumb *at)
{
	if (node->kind == NODE_SCALAR && node->scalar.size == 0 && !node->quoted) {
		if (!node->broken)
			shape_error(shape, node, at, "has no value: write one, or remove the key");
		return;
	}
	/* A scalar with a tag may mean anything; lists and maps are looked into all the same. */
	if (node->broken && node->kind == NODE_SCALAR)
		return;
	switch (key->type) {
	case VALUE_SECRET:
	case VALUE_PASSWORD:
		check_secret(shape, key, node, at);
		return;
	case VALUE_LIST:
		check_list(shape, key, node, at);
		return;
	case VALUE_TEMPLATES:
		check_templates(shape, key, node, at);
		return;
	case VALUE_MAP:
		if (node->kind == NODE_MAP) {
			char owner[80];
			(void)snprintf(owner, sizeof(owner), "`%s`", key->name);
			shape_check(shape, key->keys, NULL, node, at, owner);
		} else {
			shape_error(shape, node, at,
				    "must be a mapping: write { key: value }, or indented lines");
		}
		return;
	case VALUE_TEXT:
	case VALUE_NAME:
	case VALUE_ACCOUNT:
	case VALUE_REFERENCE:
	case VALUE_ENUM:
	case VALUE_BOOL:
	case VALUE_COUNT:
	case VALUE_MONEY:
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
	case VALUE_URL:
	case VALUE_CURRENCY:
	case VALUE_ZONE:
	case VALUE_FINGERPRINT:
	case VALUE_SHORTCODE:
	case VALUE_PROVIDER:
	case VALUE_TYPE_COUNT:
		check_scalar(shape, key, node, at);
		return;
	}
}

bool fingerprint_parse(struct text a, char out[72])
{
	if (!text_starts(a, TEXT("sha256:")))
		return false;
	memcpy(out, "sha256:", 7);
	uint32_t used = 7, digits = 0;
	for (uint32_t i = 7; i < a.size; i++) {
		char c = a.at[i];
		/* openssl prints a colon between bytes. */
		if (c == ':' && digits > 0 && digits % 2 == 0 && a.at[i - 1] != ':')
			continue;
		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		if (!hex || digits == 64)
			return false;
		out[used++] = c;
		digits++;
	}
	out[used] = '\0';
	return digits == 64 && a.at[a.size - 1] != ':';
}

static bool is_host(struct text host)
{
	if (host.size == 0 || host.size > 253)
		return false;
	if (host.at[0] == '[') {
		if (host.size < 4 || host.at[host.size - 1] != ']')
			return false;
		for (uint32_t i = 1; i + 1 < host.size; i++)
			if (!strchr("0123456789abcdefABCDEF:.", host.at[i]) || !host.at[i])
				return false;
		return true;
	}
	for (uint32_t i = 0; i < host.size; i++) {
		char c = host.at[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
		if (!plain || (i == 0 && (c == '-' || c == '.')))
			return false;
	}
	return true;
}

bool endpoint_parse(struct text a, struct text *host, uint16_t *port)
{
	*port = 0;
	*host = a;
	struct text head, rest;
	uint32_t after = 0;
	if (a.size && a.at[0] == '[') {
		const char *close = memchr(a.at, ']', a.size);
		if (!close)
			return false;
		after = (uint32_t)(close - a.at) + 1;
	}
	bool has_port = text_cut(text_from(a, after), ':', &head, &rest);
	*host = (struct text){ a.at, after + head.size };
	if (!is_host(*host) || (after && head.size))
		return false;
	/* "0.0.0.0" is nobody's address. */
	uint32_t address;
	if (text_ipv4(*host, &address) && address == 0)
		return false;
	uint64_t value;
	if (!has_port)
		return true;
	if (rest.size > 5 || !text_u64(rest, &value) || value == 0 || value > 65535)
		return false;
	*port = (uint16_t)value;
	return true;
}
