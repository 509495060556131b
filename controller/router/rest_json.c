/* JSON as the router writes it: objects of texts, alone or in a list (routeros facts §2). */
#include <jansson.h>
#include <string.h>

#include "router/looking.h"
#include "router/rest.h"

/* ---- writing ---- */

static void json_bytes(struct json *json, const char *bytes, uint32_t size)
{
	if (json->size + size > json->room) {
		uint32_t room = json->room ? json->room : 512;
		while (room < json->size + size)
			room *= 2;
		json->at = arena_grow(json->arena, json->at, json->room, room);
		json->room = room;
	}
	memcpy(json->at + json->size, bytes, size);
	json->size += size;
}

void json_raw(struct json *json, const char *bytes)
{
	json_bytes(json, bytes, (uint32_t)strlen(bytes));
}

bool json_text(struct json *json, struct text value)
{
	static const char digits[] = "0123456789abcdef";
	if (!text_is_utf8(value))
		return false;
	json_raw(json, "\"");
	for (uint32_t i = 0; i < value.size; i++) {
		unsigned char byte = (unsigned char)value.at[i];
		char code[7] = { '\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15], '\0' };
		if (byte == '"' || byte == '\\')
			json_raw(json, "\\");
		if (byte < 0x20)
			json_raw(json, code);
		else
			json_bytes(json, value.at + i, 1);
	}
	json_raw(json, "\"");
	return true;
}

struct text json_done(const struct json *json)
{
	return (struct text){ json->at, json->size };
}

/* ---- reading ---- */

/* A row takes this much of the router's text beside its values. */
#define PAIR_EXTRA 6u

static json_t *load(struct text body, json_error_t *why)
{
	return json_loadb(body.at ? body.at : "", body.size, JSON_REJECT_DUPLICATES, why);
}

static bool refuse_shape(const struct looking *looking, const char *what, struct error *error)
{
	return error_set(error, ERROR_REFUSED, "%s: the router's answer %s: none of it is believed",
			 looking->look->menu->path, what);
}

/* Control characters and other charsets break the JSON that it writes (routeros facts §2). */
static bool refuse_broken(const struct looking *looking, const json_error_t *why,
			  struct error *error)
{
	return error_set(error, ERROR_REFUSED,
			 "%s: the router's answer is broken JSON at byte %d: a value there holds "
			 "bytes that REST cannot carry (often a comment in another charset): mend "
			 "it on the router, or use transport api",
			 looking->look->menu->path, why->position);
}

static bool read_row(struct looking *looking, json_t *row, struct pair *pairs, struct arena *arena,
		     struct error *error)
{
	uint32_t count = 0, size = 2;
	const char *name;
	json_t *value;
	if (!json_is_object(row))
		return refuse_shape(looking, "is no list of rows", error);
	if (json_object_size(row) > SENTENCE_WORDS_MAX)
		return error_set(error, ERROR_LIMIT, "%s: a row has more than %d properties",
				 looking->look->menu->path, SENTENCE_WORDS_MAX);
	json_object_foreach(row, name, value) {
		/* All values are strings, numbers too (§2): another kind is another dialect. */
		if (!json_is_string(value))
			return refuse_shape(looking, "holds a value that is no text", error);
		pairs[count].name = text_of(name);
		pairs[count].value = (struct text){ json_string_value(value),
						    (uint32_t)json_string_length(value) };
		size += pairs[count].name.size + pairs[count].value.size + PAIR_EXTRA;
		count++;
	}
	return looking_take_row(looking, pairs, count, size, arena, error);
}

bool rest_read_rows(struct looking *looking, struct text body, struct arena *arena,
		    struct error *error)
{
	json_error_t why;
	struct pair *pairs = ARENA_ARRAY(arena, struct pair, SENTENCE_WORDS_MAX);
	json_t *root = load(body, &why);
	bool done;
	if (!root)
		return refuse_broken(looking, &why, error);
	if (json_is_array(root)) {
		done = true;
		for (size_t i = 0; done && i < json_array_size(root); i++)
			done = read_row(looking, json_array_get(root, i), pairs, arena, error);
	} else {
		/* A settings menu is one object. */
		done = read_row(looking, root, pairs, arena, error);
	}
	json_decref(root);
	return done;
}

bool rest_read_key(struct text body, const char *key, struct text *out, struct arena *arena)
{
	json_error_t why;
	json_t *root = load(body, &why);
	json_t *object = json_is_array(root) ? json_array_get(root, 0) : root;
	json_t *value = json_object_get(object, key);
	bool found = json_is_string(value);
	if (found)
		*out = text_copy(arena, (struct text){ json_string_value(value),
						       (uint32_t)json_string_length(value) });
	json_decref(root);
	return found;
}
