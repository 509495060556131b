#include "provider/json.h"

#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"

/*
 * Numbers reach jansson as strings that begin with this character, so that they stay distinct from
 * texts and from their own values: jansson would read 1e3 and 1000.00 as the same double. A text of
 * the street that holds it is refused.
 */
#define NUMBER_MARK '\001'
#define NUMBER_MARK_ESCAPED "\\u0001"
#define NUMBER_GROWTH 8 /* two quotes and the escaped mark */

/* The first pass: in → out, with what it has counted. */
struct pass {
	struct text in;
	uint32_t at;
	char *out;
	uint32_t out_size;
	size_t out_max;
	uint32_t depth;
	uint32_t items;
	const char *why;
};

static bool pass_fails(struct pass *pass, const char *why)
{
	pass->why = why;
	return false;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static char peek(const struct pass *pass)
{
	/* A NUL was refused before, so it can stand for the end. */
	return pass->at < pass->in.size ? pass->in.at[pass->at] : '\0';
}

static void copy(struct pass *pass, uint32_t from)
{
	invariant(pass->out_size + (pass->at - from) <= pass->out_max);
	memcpy(pass->out + pass->out_size, pass->in.at + from, pass->at - from);
	pass->out_size += pass->at - from;
}

static uint32_t digits_skip(struct pass *pass)
{
	uint32_t start = pass->at;
	while (is_digit(peek(pass)))
		pass->at++;
	return pass->at - start;
}

/* A string with its quotes; only what the mark needs is checked here, the rest is jansson's. */
static bool string_pass(struct pass *pass)
{
	uint32_t start = pass->at++;
	for (;;) {
		char byte = peek(pass);
		if (byte == '\0')
			return pass_fails(pass, "a text does not end");
		pass->at++;
		if (byte == '"')
			break;
		if (byte != '\\')
			continue;
		struct text rest = text_from(pass->in, pass->at - 1);
		if (text_starts(rest, TEXT(NUMBER_MARK_ESCAPED)))
			return pass_fails(pass, "a text holds the control character \\u0001");
		if (peek(pass) != '\0')
			pass->at++;
	}
	copy(pass, start);
	return true;
}

/* RFC 8259's grammar: once it is a string, jansson can no longer refuse 01, 1. or +1. */
static bool number_pass(struct pass *pass)
{
	uint32_t start = pass->at;
	if (peek(pass) == '-')
		pass->at++;
	if (peek(pass) == '0')
		pass->at++;
	else if (!digits_skip(pass))
		return pass_fails(pass, "a number is not written as JSON");
	if (peek(pass) == '.') {
		pass->at++;
		if (!digits_skip(pass))
			return pass_fails(pass, "a number is not written as JSON");
	}
	if (peek(pass) == 'e' || peek(pass) == 'E') {
		pass->at++;
		if (peek(pass) == '+' || peek(pass) == '-')
			pass->at++;
		if (!digits_skip(pass))
			return pass_fails(pass, "a number is not written as JSON");
	}
	char next = peek(pass);
	if (next != '\0' && !strchr(",]} \t\r\n", next))
		return pass_fails(pass, "a number is not written as JSON");
	static const char head[] = "\"" NUMBER_MARK_ESCAPED;
	memcpy(pass->out + pass->out_size, head, sizeof(head) - 1);
	pass->out_size += (uint32_t)sizeof(head) - 1;
	copy(pass, start);
	pass->out[pass->out_size++] = '"';
	return true;
}

static bool bracket_pass(struct pass *pass, char byte)
{
	if (byte == '{' || byte == '[') {
		if (++pass->depth > JSON_DEPTH_MAX)
			return pass_fails(pass, "it is nested too deep");
	} else if (byte == '}' || byte == ']') {
		if (pass->depth-- == 0)
			return pass_fails(pass, "a bracket closes nothing");
	}
	pass->out[pass->out_size++] = byte;
	pass->at++;
	return true;
}

static bool bytes_pass(struct pass *pass)
{
	while (pass->at < pass->in.size) {
		char byte = peek(pass);
		if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == ',' ||
		    byte == ':') {
			pass->out[pass->out_size++] = byte;
			pass->at++;
			continue;
		}
		/* Closing brackets are counted too: the bound is on the work, not on the meaning.
		 */
		if (++pass->items > JSON_ITEMS_MAX)
			return pass_fails(pass, "it has too many values");
		bool fits;
		if (byte == '"') {
			fits = string_pass(pass);
		} else if (is_digit(byte) || byte == '-') {
			fits = number_pass(pass);
		} else if (strchr("{}[]", byte)) {
			fits = bracket_pass(pass, byte);
		} else {
			/* true, false, null, or nonsense: jansson knows. */
			uint32_t start = pass->at;
			while (peek(pass) >= 'a' && peek(pass) <= 'z')
				pass->at++;
			if (pass->at == start)
				return pass_fails(pass, "it is not JSON");
			copy(pass, start);
			fits = true;
		}
		if (!fits)
			return false;
	}
	return true;
}

bool json_open(struct json *out, struct text bytes, struct arena *arena, struct text *why)
{
	out->root = NULL;
	*why = TEXT_NONE;
	if (bytes.size > CALLBACK_SIZE_MAX) {
		*why = TEXT("it is larger than 64 KiB");
		return false;
	}
	if (bytes.size == 0) {
		*why = TEXT("it is empty");
		return false;
	}
	if (memchr(bytes.at, '\0', bytes.size)) {
		*why = TEXT("it holds a NUL byte");
		return false;
	}
	if (!text_is_utf8(bytes)) {
		*why = TEXT("it is not UTF-8");
		return false;
	}
	struct pass pass = { .in = bytes };
	/* Numbers stand at least two bytes apart; beyond JSON_ITEMS_MAX of them the pass ends. */
	size_t numbers_max = bytes.size / 2 + 1;
	if (numbers_max > JSON_ITEMS_MAX)
		numbers_max = JSON_ITEMS_MAX;
	pass.out_max = bytes.size + numbers_max * NUMBER_GROWTH;
	pass.out = ARENA_ARRAY(arena, char, pass.out_max);
	if (!bytes_pass(&pass)) {
		*why = text_of(pass.why);
		return false;
	}
	json_error_t problem;
	out->root = json_loadb(pass.out, pass.out_size, JSON_REJECT_DUPLICATES, &problem);
	if (out->root)
		return true;
	enum json_error_code code = json_error_code(&problem);
	if (code == json_error_out_of_memory)
		fatal("no memory for a tree of %u bytes", bytes.size);
	*why = code == json_error_duplicate_key ? TEXT("a key stands there twice")
						: TEXT("it is not JSON");
	return false;
}

void json_close(struct json *json)
{
	json_decref((json_t *)json->root);
	json->root = NULL;
}

static struct value value_of(const json_t *node, struct arena *arena)
{
	struct value value = { .kind = VALUE_ABSENT, .node = node };
	if (!node)
		return value;
	switch (json_typeof(node)) {
	case JSON_OBJECT:
		value.kind = VALUE_OBJECT;
		break;
	case JSON_ARRAY:
		value.kind = VALUE_LIST;
		break;
	case JSON_STRING: {
		struct text text = { json_string_value(node), (uint32_t)json_string_length(node) };
		bool is_number = text.size && text.at[0] == NUMBER_MARK;
		value.kind = is_number ? VALUE_NUMBER : VALUE_TEXT;
		value.text = text_copy(arena, is_number ? text_from(text, 1) : text);
		break;
	}
	case JSON_INTEGER:
	case JSON_REAL:
		fatal("%s:%d: a number went past the first pass", __FILE__, __LINE__);
	case JSON_TRUE:
	case JSON_FALSE:
		value.kind = VALUE_BOOL;
		break;
	case JSON_NULL:
		value.kind = VALUE_NULL;
		break;
	}
	return value;
}

struct value json_root(const struct json *json)
{
	invariant(json->root);
	/* The root is an object or a list (jansson's default), so no arena is needed. */
	return value_of((const json_t *)json->root, NULL);
}

struct value value_at(struct value parent, const char *key, struct arena *arena)
{
	if (parent.kind != VALUE_OBJECT)
		return (struct value){ .kind = VALUE_ABSENT };
	return value_of(json_object_get((const json_t *)parent.node, key), arena);
}

struct value value_item(struct value parent, uint32_t index, struct arena *arena)
{
	if (parent.kind != VALUE_LIST)
		return (struct value){ .kind = VALUE_ABSENT };
	return value_of(json_array_get((const json_t *)parent.node, index), arena);
}

bool value_is_true(struct value value)
{
	return value.kind == VALUE_BOOL && json_is_true((const json_t *)value.node);
}
