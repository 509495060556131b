#include "router/looking.h"

#include <string.h>

#include "router/traps.h"

#define ARENA_SPARE (256u << 10) /* bytes that normalisers and indexes of one row may need */

bool version_has_field(uint32_t version, const struct field *field)
{
	if (version == 0)
		return true;
	return version >= field->since && (field->until == 0 || version < field->until);
}

/* ---- asking ---- */

/* The properties to ask for: without a list the router reads all, slow ones too (routeros facts
 * §1.4). */
static struct text proplist(uint32_t version, const struct menu *menu, struct arena *arena)
{
	static const char *const flags[] = {
		[SHAPE_SET] = ".id,dynamic,default,builtin,invalid",
		[SHAPE_LIST] = ".id,dynamic,default,builtin,invalid",
		[SHAPE_SINGLE] = "",
		[SHAPE_SESSIONS] = ".id",
	};
	struct text out = text_of(flags[menu->shape]);
	for (uint32_t i = 0; i < menu->field_count; i++)
		if (version_has_field(version, &menu->fields[i]))
			out = text_format(arena, "%.*s%s%s", TEXT_ARG(out), out.size ? "," : "",
					  menu->fields[i].name);
	return out;
}

struct looking *lookings_make(struct look *looks, uint32_t count, uint32_t version,
			      struct arena *arena)
{
	struct looking *lookings = ARENA_ARRAY(arena, struct looking, count ? count : 1);
	for (uint32_t i = 0; i < count; i++) {
		invariant(looks[i].value_count <= LOOK_VALUES_MAX);
		invariant(!looks[i].field || menu_field(looks[i].menu, looks[i].field) >= 0);
		lookings[i].look = &looks[i];
		lookings[i].ask = proplist(version, looks[i].menu, arena);
	}
	return lookings;
}

void looking_begin(struct looking *looking)
{
	looking->bytes = 0;
	looking->rows_count = 0;
	looking->was_told = false;
	looking->is_odd = false;
	table_init(&looking->look->table, looking->look->menu);
	looking->look->suspicious = false;
	looking->refusal = (struct error){ 0 };
}

bool looking_asks_nothing(const struct looking *looking)
{
	return looking->look->field && looking->look->value_count == 0;
}

/* ---- rows ---- */

/* Index of the menu's field, or its field_count. */
static uint32_t field_named(const struct menu *menu, struct text name)
{
	for (uint32_t i = 0; i < menu->field_count; i++)
		if (text_is(name, menu->fields[i].name))
			return i;
	return menu->field_count;
}

static bool says_yes(struct text value)
{
	return text_is(value, "true") || text_is(value, "yes");
}

/* What of a row is no field. */
struct row_head {
	struct text id;
	bool dynamic, builtin, invalid;
	uint32_t keys; /* key fields that have a value, or may be absent */
	uint32_t size; /* bytes of all values */
};

static struct row_head head_of(const struct menu *menu, const struct pair *pairs, uint32_t count)
{
	struct row_head head = { 0 };
	/* A binding may name an address instead of a device: its key has a fallback. */
	for (uint32_t i = 0; i < menu->key_count; i++)
		head.keys += menu->fields[i].fallback != NULL;
	for (uint32_t i = 0; i < count; i++) {
		struct text name = pairs[i].name, value = pairs[i].value;
		head.size += value.size + 1;
		if (text_is(name, ".id"))
			head.id = value;
		else if (text_is(name, "dynamic"))
			head.dynamic = says_yes(value);
		else if (text_is(name, "builtin") || text_is(name, "default"))
			head.builtin |= says_yes(value);
		else if (text_is(name, "invalid"))
			head.invalid = says_yes(value);
		if (value.size > 0 && field_named(menu, name) < menu->key_count)
			head.keys++;
	}
	return head;
}

/* Copies a value behind the former one. */
static struct text keep(char **at, struct text value)
{
	char *copy = *at;
	if (value.size)
		memcpy(copy, value.at, value.size);
	copy[value.size] = '\0';
	*at += value.size + 1;
	return (struct text){ copy, value.size };
}

static void add_row(struct table *table, const struct row_head *head, const struct pair *pairs,
		    uint32_t count, struct arena *arena)
{
	const struct menu *menu = table->menu;
	struct row *row = table_add(table, arena);
	char *at = arena_take(arena, (size_t)head->size + 1);
	row->id = keep(&at, head->id);
	/* A live row's flags mean other things: a host is "dynamic" when nobody configured it. */
	if (menu->shape != SHAPE_SESSIONS) {
		row->dynamic = head->dynamic;
		row->builtin = head->builtin;
		row->invalid = head->invalid;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t field = field_named(menu, pairs[i].name);
		if (field < menu->field_count)
			row_set(row, menu, field, keep(&at, pairs[i].value), arena);
	}
}

/* Before a row is kept: all of it, and the array that may double for it, must fit. */
static bool check_room(struct looking *looking, uint32_t size, struct arena *arena,
		       struct error *error)
{
	const struct menu *menu = looking->look->menu;
	if (looking->rows_count >= ROWS_MAX)
		return error_set(error, ERROR_LIMIT, "%s has more than %u rows", menu->path,
				 ROWS_MAX);
	looking->bytes += size;
	if (looking->bytes > REPLY_SIZE_MAX)
		return error_set(error, ERROR_LIMIT, "%s is larger than %u MiB", menu->path,
				 REPLY_SIZE_MAX >> 20);
	size_t rows = 2 * ((size_t)looking->look->table.count + 8) * (sizeof(struct row) + 8);
	size_t values = (size_t)size * 4 + menu->field_count * sizeof(struct text);
	if (arena_left(arena) < rows + values + ARENA_SPARE)
		return error_set(error, ERROR_LIMIT, "%s does not fit into the memory of one job",
				 menu->path);
	return true;
}

bool looking_take_row(struct looking *looking, const struct pair *pairs, uint32_t count,
		      uint32_t size, struct arena *arena, struct error *error)
{
	const struct menu *menu = looking->look->menu;
	if (!check_room(looking, size, arena, error))
		return false;
	looking->rows_count++;
	struct row_head head = head_of(menu, pairs, count);
	/* A row of the router's own is nobody's to compare; a foreign shape is nobody's to believe.
	 */
	if (menu->shape == SHAPE_SET && (head.dynamic || head.builtin))
		return true;
	if ((menu->shape != SHAPE_SINGLE && head.id.size == 0) || head.keys < menu->key_count) {
		looking->is_odd = true;
		return true;
	}
	add_row(&looking->look->table, &head, pairs, count, arena);
	return true;
}

void looking_take_count(struct looking *looking, struct text count)
{
	looking->was_told = text_u64(count, &looking->told_count);
}

void looking_refuse(struct looking *looking, struct text words)
{
	/* An unknown menu can give two: the first says more (§1.5). */
	if (looking->refusal.code != ERROR_NONE)
		return;
	(void)trap_error(&looking->refusal, words);
	(void)error_at(&looking->refusal, "%s", looking->look->menu->path);
}

/* ---- judging ---- */

/* Two rows of one id: an index of ids, half full at most. */
static bool has_double_ids(const struct table *table, struct arena *arena)
{
	uint32_t room = 16;
	if (table->menu->shape == SHAPE_SINGLE)
		return table->count > 1;
	while (room < table->count * 2)
		room *= 2;
	uint32_t *slots = ARENA_ARRAY(arena, uint32_t, room);
	for (uint32_t i = 0; i < table->count; i++) {
		uint32_t at = text_hash(table->rows[i].id) & (room - 1);
		while (slots[at] != 0) {
			if (text_equal(table->rows[slots[at] - 1].id, table->rows[i].id))
				return true;
			at = (at + 1) & (room - 1);
		}
		slots[at] = i + 1;
	}
	return false;
}

bool looking_is_suspicious(const struct looking *looking, struct arena *arena)
{
	if (looking->is_odd)
		return true;
	if (looking->look->count &&
	    (!looking->was_told || looking->told_count != looking->rows_count))
		return true;
	return has_double_ids(&looking->look->table, arena);
}

/* ---- asking twice ---- */

static bool ask_all(struct looking *lookings, uint32_t count, lookings_ask *ask, void *subject,
		    struct error *error)
{
	for (uint32_t i = 0; i < count; i++)
		looking_begin(&lookings[i]);
	if (!ask(subject, lookings, count, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		lookings[i].look->lacks = lookings[i].look->may_lack &&
					  lookings[i].refusal.code == ERROR_REFUSED;
		if (lookings[i].refusal.code != ERROR_NONE && !lookings[i].look->lacks) {
			*error = lookings[i].refusal;
			return false;
		}
	}
	return true;
}

static bool ask_odd_again(struct looking *lookings, uint32_t count, lookings_ask *ask,
			  void *subject, struct arena *arena, struct error *error)
{
	if (!ask_all(lookings, count, ask, subject, error))
		return false;
	struct looking *again = ARENA_ARRAY(arena, struct looking, count ? count : 1);
	uint32_t again_count = 0;
	for (uint32_t i = 0; i < count; i++)
		if (!lookings[i].look->lacks && looking_is_suspicious(&lookings[i], arena))
			again[again_count++] = lookings[i];
	if (again_count == 0)
		return true;
	if (!ask_all(again, again_count, ask, subject, error))
		return false;
	for (uint32_t i = 0; i < again_count; i++)
		again[i].look->suspicious = looking_is_suspicious(&again[i], arena);
	return true;
}

bool lookings_ask_twice(struct looking *lookings, uint32_t count, lookings_ask *ask, void *subject,
			struct arena *arena, struct error *error)
{
	bool done = ask_odd_again(lookings, count, ask, subject, arena, error);
	for (uint32_t i = 0; i < count; i++) {
		struct look *look = lookings[i].look;
		/* A print that did not end says nothing about what is not in it. */
		if (!done)
			table_init(&look->table, look->menu);
		look->table.looked = done;
	}
	return done;
}
