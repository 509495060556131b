#include "menu/menu.h"

#include <string.h>

#include "base/error.h"

#define ROWS_FIRST 8u /* room of a table's first array; it doubles from there */

int menu_field(const struct menu *menu, const char *name)
{
	for (uint32_t i = 0; i < menu->field_count; i++)
		if (strcmp(menu->fields[i].name, name) == 0)
			return (int)i;
	return -1;
}

void table_init(struct table *table, const struct menu *menu)
{
	*table = (struct table){ .menu = menu };
}

/* The room follows from the count alone: the first array, then each power of two. */
static bool table_is_full(uint32_t count)
{
	return count == 0 || (count >= ROWS_FIRST && (count & (count - 1)) == 0);
}

struct row *table_add(struct table *table, struct arena *arena)
{
	uint32_t count = table->count;
	if (table_is_full(count)) {
		size_t room = count ? (size_t)count * 2 : ROWS_FIRST;
		table->rows = arena_grow(arena, count ? table->rows : NULL,
					 count * sizeof(struct row), room * sizeof(struct row));
	}
	struct row *row = &table->rows[table->count++];
	*row = (struct row){ .value = ARENA_ARRAY(arena, struct text, table->menu->field_count) };
	return row;
}

void row_set(struct row *row, const struct menu *menu, uint32_t field, struct text value,
	     struct arena *arena)
{
	invariant(field < menu->field_count);
	normaliser *normalise = menu->fields[field].normalise;
	row->value[field] = normalise ? normalise(arena, value) : value;
	row->present |= 1u << field;
}

void row_put(struct row *row, const struct menu *menu, const char *field, struct text value,
	     struct arena *arena)
{
	int index = menu_field(menu, field);
	invariant(index >= 0);
	row_set(row, menu, (uint32_t)index, value, arena);
}

static struct text value_at(const struct row *row, const struct menu *menu, uint32_t field)
{
	if (row_has(row, field))
		return row->value[field];
	return text_of(menu->fields[field].fallback);
}

struct text row_get(const struct row *row, const struct menu *menu, const char *field)
{
	int index = menu_field(menu, field);
	invariant(index >= 0);
	return value_at(row, menu, (uint32_t)index);
}

struct text row_key(const struct row *row, const struct menu *menu, struct arena *arena)
{
	uint32_t count = menu->key_count ? menu->key_count : menu->name_count;
	if (count == 0)
		return TEXT_NONE;
	if (count == 1)
		return value_at(row, menu, 0);
	uint32_t size = count - 1;
	for (uint32_t i = 0; i < count; i++)
		size += value_at(row, menu, i).size;
	/* What names a row without keys may be empty: a garden's row has a host or an address. */
	bool skips = menu->key_count == 0;
	/* Copied, not printed: a value from a router may hold any byte. */
	char *key = arena_take(arena, (size_t)size + 1);
	uint32_t used = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct text part = value_at(row, menu, i);
		if (skips && part.size == 0)
			continue;
		if (used || (i && !skips))
			key[used++] = ' ';
		if (part.size)
			memcpy(key + used, part.at, part.size);
		used += part.size;
	}
	return (struct text){ key, used };
}

int row_compare_keys(const struct row *a, const struct row *b, const struct menu *menu)
{
	for (uint32_t i = 0; i < menu->key_count; i++) {
		int order = text_compare(value_at(a, menu, i), value_at(b, menu, i));
		if (order)
			return order;
	}
	return 0;
}
