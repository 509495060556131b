#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"

#define NEAREST_SIZE_MAX 64u /* bytes; longer words get no spelling help */

struct text text_of(const char *terminated)
{
	if (!terminated)
		return TEXT_NONE;
	size_t size = strlen(terminated);
	invariant(size <= UINT32_MAX);
	return (struct text){ terminated, (uint32_t)size };
}

bool text_equal(struct text a, struct text b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

bool text_is(struct text a, const char *terminated)
{
	return text_equal(a, text_of(terminated));
}

/* Not tolower(): its answer depends on the locale. */
static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool text_equal_nocase(struct text a, struct text b)
{
	if (a.size != b.size)
		return false;
	for (uint32_t i = 0; i < a.size; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

int text_compare(struct text a, struct text b)
{
	uint32_t common = a.size < b.size ? a.size : b.size;
	int order = common ? memcmp(a.at, b.at, common) : 0;
	if (order)
		return order < 0 ? -1 : 1;
	return (a.size > b.size) - (a.size < b.size);
}

bool text_starts(struct text a, struct text prefix)
{
	return a.size >= prefix.size && text_equal((struct text){ a.at, prefix.size }, prefix);
}

bool text_ends(struct text a, struct text suffix)
{
	return a.size >= suffix.size && text_equal(text_from(a, a.size - suffix.size), suffix);
}

bool text_contains_nocase(struct text a, struct text part)
{
	if (part.size == 0)
		return true;
	for (uint32_t start = 0; start + part.size <= a.size; start++)
		if (text_equal_nocase((struct text){ a.at + start, part.size }, part))
			return true;
	return false;
}

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct text text_trim(struct text a)
{
	while (a.size && is_space(a.at[0]))
		a = text_from(a, 1);
	while (a.size && is_space(a.at[a.size - 1]))
		a.size--;
	return a;
}

struct text text_from(struct text a, uint32_t start)
{
	if (start >= a.size)
		return TEXT_NONE;
	return (struct text){ a.at + start, a.size - start };
}

struct text text_head(struct text a, uint32_t size_max)
{
	if (a.size <= size_max)
		return a;
	uint32_t size = size_max;
	/* Steps back over continuation bytes; text that is not UTF-8 at all is cut where asked. */
	while (size && size_max - size < 4 && ((unsigned char)a.at[size] & 0xc0) == 0x80)
		size--;
	if (((unsigned char)a.at[size] & 0xc0) == 0x80)
		size = size_max;
	return (struct text){ a.at, size };
}

bool text_cut(struct text a, char by, struct text *head, struct text *rest)
{
	const char *found = a.size ? memchr(a.at, by, a.size) : NULL;
	if (!found) {
		*head = a;
		*rest = TEXT_NONE;
		return false;
	}
	uint32_t size = (uint32_t)(found - a.at);
	*head = (struct text){ a.at, size };
	*rest = text_from(a, size + 1);
	return true;
}

/*
 * The size of the character that starts here, or 0: no overlong forms, no surrogates, none past
 * U+10FFFF.
 */
static uint32_t utf8_size(const unsigned char *at, uint32_t left)
{
	if (at[0] < 0x80)
		return 1;
	uint32_t size = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if (at[0] < 0xc2 || at[0] > 0xf4 || size > left)
		return 0;
	for (uint32_t i = 1; i < size; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return size;
}

bool text_is_utf8(struct text a)
{
	uint32_t i = 0;
	while (i < a.size) {
		uint32_t size = utf8_size((const unsigned char *)a.at + i, a.size - i);
		if (!size)
			return false;
		i += size;
	}
	return true;
}

uint32_t text_hash(struct text a)
{
	uint32_t hash = 2166136261u;
	for (uint32_t i = 0; i < a.size; i++) {
		hash ^= (unsigned char)a.at[i];
		hash *= 16777619u;
	}
	return hash;
}

struct text text_copy(struct arena *arena, struct text a)
{
	char *copy = arena_take(arena, (size_t)a.size + 1);
	if (a.size)
		memcpy(copy, a.at, a.size);
	return (struct text){ copy, a.size };
}

struct text text_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	invariant(size >= 0);
	char *copy = arena_take(arena, (size_t)size + 1);
	(void)vsnprintf(copy, (size_t)size + 1, format, again);
	va_end(again);
	return (struct text){ copy, (uint32_t)size };
}

struct text text_lower(struct arena *arena, struct text a)
{
	char *copy = arena_take(arena, (size_t)a.size + 1);
	for (uint32_t i = 0; i < a.size; i++)
		copy[i] = lower(a.at[i]);
	return (struct text){ copy, a.size };
}

struct text text_reference(struct arena *arena, struct text a)
{
	char *copy = arena_take(arena, (size_t)a.size + 1);
	uint32_t size = 0;
	for (uint32_t i = 0; i < a.size; i++)
		if (!is_space(a.at[i]) && a.at[i] != '-')
			copy[size++] = lower(a.at[i]);
	return (struct text){ copy, size };
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/*
 * Edits between two words without case: insert, delete, replace, or swap of two neighbours ("pirce"
 * is one from "price", as people mistype). Three rows of the usual table are enough.
 */
static uint32_t edit_distance(struct text a, struct text b)
{
	uint32_t rows[3][NEAREST_SIZE_MAX + 1];
	for (uint32_t j = 0; j <= b.size; j++)
		rows[0][j] = j;
	for (uint32_t i = 1; i <= a.size; i++) {
		const uint32_t *before = rows[(i + 1) % 3]; /* i - 2 */
		const uint32_t *last = rows[(i + 2) % 3];   /* i - 1 */
		uint32_t *row = rows[i % 3];
		row[0] = i;
		for (uint32_t j = 1; j <= b.size; j++) {
			char x = lower(a.at[i - 1]), y = lower(b.at[j - 1]);
			row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b.at[j - 2]) && y == lower(a.at[i - 2]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return rows[a.size % 3][b.size];
}

struct text text_nearest(struct text a, const struct text *candidates, uint32_t count)
{
	struct text nearest = TEXT_NONE;
	uint32_t nearest_distance = UINT32_MAX;
	if (a.size == 0 || a.size > NEAREST_SIZE_MAX)
		return nearest;
	for (uint32_t i = 0; i < count; i++) {
		struct text candidate = candidates[i];
		if (candidate.size == 0 || candidate.size > NEAREST_SIZE_MAX)
			continue;
		uint32_t distance = edit_distance(a, candidate);
		if (distance <= candidate.size / 3 && distance < nearest_distance) {
			nearest = candidate;
			nearest_distance = distance;
		}
	}
	return nearest;
}
