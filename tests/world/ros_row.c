/* One row: its values, what they read back as, and rows the router makes itself. */
#include "world/ros_inside.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void ros_value_set(struct ros_value *value, struct ros_text text)
{
	char *copy = ros_copy(text.bytes, text.size);

	free(value->bytes);
	value->bytes = copy;
	value->size = (uint32_t)text.size;
	value->state = ROS_STATE_TEXT;
}

void ros_value_clear(struct ros_value *value)
{
	free(value->bytes);
	memset(value, 0, sizeof(*value));
}

void ros_value_copy(struct ros_value *to, const struct ros_value *from)
{
	char *copy = from->state == ROS_STATE_TEXT ? ros_copy(from->bytes, from->size) : NULL;

	free(to->bytes);
	*to = *from;
	to->bytes = copy;
}

bool ros_value_same(const struct ros_value *one, const struct ros_value *other)
{
	if (one->state != other->state)
		return false;
	if (one->state == ROS_STATE_TARGET)
		return one->target == other->target;
	if (one->state == ROS_STATE_ABSENT)
		return true;
	return one->size == other->size && memcmp(one->bytes, other->bytes, one->size) == 0;
}

static const struct ros_table *field_table(const struct ros *ros, const struct ros_field *field)
{
	const struct ros_menu *menu = ros_menu_find(ros_text_of(field->refers));

	assert(menu != NULL);
	return ros_table_of(ros, menu);
}

static struct ros_text target_name(const struct ros *ros, const struct ros_field *field,
				   uint32_t target)
{
	const struct ros_table *table = field_table(ros, field);
	const struct ros_row *row = ros_row_by_id(table, target);

	if (row == NULL)
		return (struct ros_text){ NULL, 0 };
	return (struct ros_text){ row->values[table->name_index].bytes,
				  row->values[table->name_index].size };
}

bool ros_field_show(const struct ros *ros, const struct ros_table *table, const struct ros_row *row,
		    size_t field, struct ros_buffer *out)
{
	const struct ros_field *description = &table->menu->fields[field];
	const struct ros_value *value = &row->values[field];
	struct ros_text name;

	if (!ros_field_is_known(ros, description) || (description->flags & ROS_HIDDEN) != 0)
		return false;
	if (description->show != NULL)
		return description->show(ros, row, out);
	switch (value->state) {
	case ROS_STATE_ABSENT:
		return false;
	case ROS_STATE_TARGET:
		name = target_name(ros, description, value->target);
		/* A reference whose target is gone reads back as the raw id (§1.4). */
		if (name.bytes == NULL)
			ros_buffer_print(out, "*%X", value->target);
		else
			ros_buffer_add(out, name.bytes, name.size);
		return true;
	case ROS_STATE_TEXT:
		break;
	}
	ros_buffer_add(out, value->bytes, value->size);
	return true;
}

struct ros_text ros_row_text(const struct ros *ros, const struct ros_table *table,
			     const struct ros_row *row, const char *field)
{
	size_t index = ros_field_at(table, field);
	const struct ros_value *value = &row->values[index];
	struct ros_text name = { NULL, 0 };

	if (value->state == ROS_STATE_TEXT)
		return (struct ros_text){ value->bytes, value->size };
	if (value->state == ROS_STATE_TARGET)
		name = target_name(ros, &table->menu->fields[index], value->target);
	return name.bytes == NULL ? (struct ros_text){ "", 0 } : name;
}

struct ros_row *ros_row_target(const struct ros *ros, const struct ros_table *table,
			       const struct ros_row *row, const char *field)
{
	size_t index = ros_field_at(table, field);

	if (row->values[index].state != ROS_STATE_TARGET)
		return NULL;
	return ros_row_by_id(field_table(ros, &table->menu->fields[index]),
			     row->values[index].target);
}

bool ros_row_flag(const struct ros *ros, const struct ros_table *table, const struct ros_row *row,
		  const char *field)
{
	return ros_text_is(ros_row_text(ros, table, row, field), "true");
}

void ros_row_write(struct ros *ros, struct ros_table *table, struct ros_row *row, const char *field,
		   struct ros_text text)
{
	size_t index = ros_field_at(table, field);
	const struct ros_field *description = &table->menu->fields[index];

	if (description->refers != NULL) {
		const struct ros_table *other = field_table(ros, description);
		const struct ros_row *target = ros_row_by_name(ros, other, text);

		if (target != NULL) {
			ros_value_clear(&row->values[index]);
			row->values[index].state = ROS_STATE_TARGET;
			row->values[index].target = target->id;
			return;
		}
	}
	ros_value_set(&row->values[index], text);
}

void ros_row_put(struct ros_table *table, struct ros_row *row, const char *field, const char *text)
{
	ros_value_set(&row->values[ros_field_at(table, field)], ros_text_of(text));
}

void ros_row_default(const struct ros *ros, struct ros_table *table, struct ros_row *row)
{
	for (size_t i = 0; i < table->field_count; i++) {
		const struct ros_field *field = &table->menu->fields[i];
		const struct ros_row *target = NULL;

		if (field->initial == NULL || row->values[i].state != ROS_STATE_ABSENT)
			continue;
		if (field->refers != NULL)
			target = ros_row_by_name(ros, field_table(ros, field),
						 ros_text_of(field->initial));
		if (target == NULL) {
			ros_value_set(&row->values[i], ros_text_of(field->initial));
			continue;
		}
		row->values[i].state = ROS_STATE_TARGET;
		row->values[i].target = target->id;
	}
}

struct ros_row *ros_row_make(struct ros *ros, const struct ros_menu *menu, ...)
{
	struct ros_table *table = ros_table_of(ros, menu);
	struct ros_row *row = ros_row_new(table);
	const char *name;
	va_list list;

	va_start(list, menu);
	while ((name = va_arg(list, const char *)) != NULL) {
		const char *text = va_arg(list, const char *);

		ros_row_write(ros, table, row, name, ros_text_of(text));
	}
	va_end(list);
	ros_row_default(ros, table, row);
	return row;
}
