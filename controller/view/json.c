#include "view/shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/zone.h"
#include "model/fleet.h"

#define SMALL_ARENA_SIZE (1u << 20)

/* Length of the UTF-8 character at the start, 0 when there is none. */
static uint32_t character_size(struct text text)
{
	for (uint32_t size = 1; size <= 4 && size <= text.size; size++)
		if (text_is_utf8((struct text){ text.at, size }))
			return size;
	return 0;
}

/* Routers send raw bytes in the code page of whoever typed them; JSON cannot. */
static json_t *json_of_bytes(struct text text)
{
	static const char replacement[] = "\xEF\xBF\xBD";
	char *clean = malloc((size_t)text.size * 3 + 1);
	size_t size = 0;
	json_t *value;

	if (clean == NULL)
		fatal("out of memory");
	while (text.size > 0) {
		uint32_t step = character_size(text);

		if (step == 0) {
			memcpy(clean + size, replacement, 3);
			size += 3;
			step = 1;
		} else {
			memcpy(clean + size, text.at, step);
			size += step;
		}
		text = text_from(text, step);
	}
	value = json_stringn(clean, size);
	free(clean);
	return value;
}

json_t *json_of_text(struct text text)
{
	json_t *value = json_stringn(text.at != NULL ? text.at : "", text.size);

	return value != NULL ? value : json_of_bytes(text);
}

json_t *json_text_or_null(struct text text)
{
	return text.size == 0 ? json_null() : json_of_text(text);
}

json_t *json_of_cents(int64_t cents)
{
	struct arena arena;
	json_t *value;

	arena_open(&arena, SMALL_ARENA_SIZE);
	value = json_of_text(text_of_cents(&arena, cents));
	arena_close(&arena);
	return value;
}

json_t *json_of_time(const struct zone *zone, int64_t at)
{
	struct arena arena;
	json_t *value;

	if (at == 0 || at == INT64_MAX)
		return json_null();
	arena_open(&arena, SMALL_ARENA_SIZE);
	value = json_of_text(time_text(&arena, zone, at));
	arena_close(&arena);
	return value;
}

json_t *json_of_ternary(int ternary)
{
	return ternary == TERNARY_UNKNOWN ? json_null() : json_boolean(ternary == TERNARY_YES);
}

struct text member_text(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return TEXT_NONE;
	return (struct text){ json_string_value(value), (uint32_t)json_string_length(value) };
}

bool member_true(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

int64_t member_int(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

struct text shown(const json_t *value, struct arena *arena)
{
	if (json_is_string(value) && json_string_length(value) > 0)
		return text_of(json_string_value(value));
	if (json_is_integer(value))
		return text_format(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? TEXT("yes") : TEXT("no");
	return TEXT("–");
}

struct text shown_time(const json_t *value, struct arena *arena)
{
	struct text text = shown(value, arena);

	if (text.size < 16 || text.at[10] != 'T')
		return text;
	return text_format(arena, "%.10s %.5s", text.at, text.at + 11);
}
