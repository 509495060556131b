/* Rows of a menu: in order, and found by id and by key without a walk. */
#include "world/ros_inside.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64

struct ros_table *ros_table_of(const struct ros *ros, const struct ros_menu *menu)
{
	for (size_t i = 0; i < ros_menus_count(); i++)
		if (ros->tables[i].menu == menu) {
			/* A cast that says so: whoever only reads gets the table to read. */
			union {
				const struct ros_table *in;
				struct ros_table *out;
			} both = { .in = &ros->tables[i] };

			return both.out;
		}
	abort();
}

int ros_field_index(const struct ros_table *table, struct ros_text name)
{
	for (size_t i = 0; i < table->field_count; i++)
		if (ros_text_is(name, table->menu->fields[i].name))
			return (int)i;
	return -1;
}

size_t ros_field_at(const struct ros_table *table, const char *name)
{
	int index = ros_field_index(table, ros_text_of(name));

	assert(index >= 0);
	return (size_t)index;
}

bool ros_field_is_known(const struct ros *ros, const struct ros_field *field)
{
	return field->since <= ros->version && (field->until == 0 || ros->version < field->until);
}

static int field_find(const struct ros_table *table, const char *name)
{
	return name == NULL ? -1 : ros_field_index(table, ros_text_of(name));
}

void ros_table_init(struct ros_table *table, const struct ros_menu *menu)
{
	memset(table, 0, sizeof(*table));
	table->menu = menu;
	while (menu->fields[table->field_count].name != NULL)
		table->field_count++;
	assert(table->field_count <= ROS_FIELDS_MAX);
	table->next_id = menu->first_id;
	table->slots = SLOTS_FIRST;
	table->by_id = ros_allocate(table->slots * sizeof(*table->by_id));
	table->by_key = ros_allocate(table->slots * sizeof(*table->by_key));
	table->name_index = field_find(table, menu->name_field);
	table->also_index = field_find(table, menu->also_field);
	table->hash_index = menu->hash_field == NULL ? table->name_index
						     : field_find(table, menu->hash_field);
	table->disabled_index = field_find(table, "disabled");
}

void ros_table_done(struct ros_table *table)
{
	while (table->first != NULL) {
		struct ros_row *row = table->first;

		table->first = row->next;
		ros_row_free(table, row);
	}
	free(table->by_id);
	free(table->by_key);
	memset(table, 0, sizeof(*table));
}

struct ros_row *ros_row_new(const struct ros_table *table)
{
	struct ros_row *row = ros_allocate(sizeof(*row) +
					   table->field_count * sizeof(struct ros_value));

	row->ends_at = ROS_NEVER;
	return row;
}

void ros_row_free(const struct ros_table *table, struct ros_row *row)
{
	for (size_t i = 0; i < table->field_count; i++)
		free(row->values[i].bytes);
	ros_live_free(row->live);
	free(row);
}

static struct ros_text key_text(const struct ros_table *table, const struct ros_value *values)
{
	const struct ros_value *value;

	if (table->hash_index < 0)
		return (struct ros_text){ "", 0 };
	value = &values[table->hash_index];
	if (value->state != ROS_STATE_TEXT)
		return (struct ros_text){ "", 0 };
	return (struct ros_text){ value->bytes, value->size };
}

static void row_hash(struct ros_table *table, struct ros_row *row)
{
	size_t slot = row->id & (table->slots - 1);
	size_t key = row->hash & (table->slots - 1);

	row->next_by_id = table->by_id[slot];
	table->by_id[slot] = row;
	row->next_by_key = table->by_key[key];
	table->by_key[key] = row;
}

static void table_grow(struct ros_table *table)
{
	free(table->by_id);
	free(table->by_key);
	table->slots *= 2;
	table->by_id = ros_allocate(table->slots * sizeof(*table->by_id));
	table->by_key = ros_allocate(table->slots * sizeof(*table->by_key));
	for (struct ros_row *row = table->first; row != NULL; row = row->next)
		row_hash(table, row);
}

static void row_unhash(struct ros_table *table, struct ros_row *row)
{
	struct ros_row **at = &table->by_id[row->id & (table->slots - 1)];

	while (*at != row)
		at = &(*at)->next_by_id;
	*at = row->next_by_id;
	at = &table->by_key[row->hash & (table->slots - 1)];
	while (*at != row)
		at = &(*at)->next_by_key;
	*at = row->next_by_key;
}

static void row_link(struct ros_table *table, struct ros_row *row, struct ros_row *before)
{
	row->next = before;
	row->previous = before == NULL ? table->last : before->previous;
	if (row->previous == NULL)
		table->first = row;
	else
		row->previous->next = row;
	if (before == NULL)
		table->last = row;
	else
		before->previous = row;
}

static void row_unlink(struct ros_table *table, struct ros_row *row)
{
	if (row->previous == NULL)
		table->first = row->next;
	else
		row->previous->next = row->next;
	if (row->next == NULL)
		table->last = row->previous;
	else
		row->next->previous = row->previous;
}

static void row_insert(struct ros *ros, struct ros_table *table, struct ros_row *row,
		       struct ros_row *before)
{
	assert(ros_row_by_id(table, row->id) == NULL);
	if (table->count >= table->slots)
		table_grow(table);
	row->created_at = ros->now_at;
	row->hash = ros_text_hash(key_text(table, row->values));
	row_link(table, row, before);
	row_hash(table, row);
	table->count++;
	ros->row_count++;
	ros_sessions_changed(ros, table, row, false);
	if (table->menu->added != NULL)
		table->menu->added(ros, row);
}

void ros_row_insert(struct ros *ros, struct ros_table *table, struct ros_row *row,
		    struct ros_row *before)
{
	row->id = table->next_id++;
	row_insert(ros, table, row, before);
}

void ros_row_insert_as(struct ros *ros, struct ros_table *table, struct ros_row *row, uint32_t id)
{
	row->id = id;
	row_insert(ros, table, row, NULL);
}

void ros_row_remove(struct ros *ros, struct ros_table *table, struct ros_row *row)
{
	row_unhash(table, row);
	row_unlink(table, row);
	table->count--;
	ros->row_count--;
	ros_sessions_changed(ros, table, row, true);
	if (table->menu->removed != NULL)
		table->menu->removed(ros, row);
	ros_row_free(table, row);
}

void ros_row_move(struct ros_table *table, struct ros_row *row, struct ros_row *before)
{
	if (row == before)
		return;
	row_unlink(table, row);
	row_link(table, row, before);
}

void ros_row_rehash(struct ros_table *table, struct ros_row *row)
{
	row_unhash(table, row);
	row->hash = ros_text_hash(key_text(table, row->values));
	row_hash(table, row);
}

struct ros_row *ros_row_by_id(const struct ros_table *table, uint32_t id)
{
	struct ros_row *row = table->by_id[id & (table->slots - 1)];

	while (row != NULL && row->id != id)
		row = row->next_by_id;
	return row;
}

struct ros_row *ros_row_by_name(const struct ros *ros, const struct ros_table *table,
				struct ros_text name)
{
	uint32_t hash = ros_text_hash(name);
	struct ros_row *row = table->by_key[hash & (table->slots - 1)];
	struct ros_row *found = NULL;

	(void)ros;
	/* The one that was there first is wanted: a service, not its connections. */
	for (; row != NULL; row = row->next_by_key)
		if (row->hash == hash && ros_text_same(key_text(table, row->values), name) &&
		    (found == NULL || row->id < found->id))
			found = row;
	return found;
}

static bool id_parse(struct ros_text which, uint32_t *out)
{
	uint64_t id = 0;

	if (which.size < 2 || which.size > 9 || which.bytes[0] != '*')
		return false;
	for (size_t i = 1; i < which.size; i++) {
		char byte = which.bytes[i];

		if (!isxdigit((unsigned char)byte))
			return false;
		id = id << 4 | (uint64_t)(byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10);
	}
	*out = (uint32_t)id;
	return true;
}

struct ros_row *ros_row_which(const struct ros *ros, const struct ros_table *table,
			      struct ros_text which)
{
	uint32_t id;

	if (id_parse(which, &id))
		return ros_row_by_id(table, id);
	/* A name works where an id is expected, in menus with names (§1.4). */
	if (table->name_index < 0 || which.size == 0)
		return NULL;
	return ros_row_by_name(ros, table, which);
}

struct ros_row *ros_row_twin(const struct ros *ros, const struct ros_table *table,
			     const struct ros_row *self, const struct ros_value *values)
{
	struct ros_text key = key_text(table, values);
	uint32_t hash = ros_text_hash(key);
	struct ros_row *row = table->by_key[hash & (table->slots - 1)];

	(void)ros;
	for (; row != NULL; row = row->next_by_key) {
		if (row == self || row->hash != hash)
			continue;
		if (!ros_text_same(key_text(table, row->values), key))
			continue;
		if (table->also_index < 0 ||
		    ros_value_same(&row->values[table->also_index], &values[table->also_index]))
			return row;
	}
	return NULL;
}
