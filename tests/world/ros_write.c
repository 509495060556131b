/* add, set, remove and their kin. Everything is checked before anything is changed. */
#include "world/ros_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool refuse_unknown(struct ros_call *call, struct ros_text name)
{
	/* An argument this version does not know (§1.5). */
	return ros_refuse(&call->refusal, -1, "unknown parameter %.*s",
			  (int)(name.size > 100 ? 100 : name.size), name.bytes);
}

static bool field_is_writable(const struct ros *ros, const struct ros_field *field)
{
	return field->kind != ROS_KIND_SHOWN && (field->flags & ROS_FIXED) == 0 &&
	       ros_field_is_known(ros, field);
}

/* One `=name=value` or `=!name=` into the values of a row to be. */
static bool argument_apply(struct ros_call *call, const struct ros_argument *argument,
			   struct ros_value *values, const struct ros_row *row)
{
	struct ros_text name = argument->name;
	bool clears = name.size > 1 && name.bytes[0] == '!';
	const struct ros_field *field;
	int index;

	if (clears) {
		name.bytes++;
		name.size--;
	}
	index = ros_field_index(call->table, name);
	if (index < 0)
		return refuse_unknown(call, argument->name);
	field = &call->table->menu->fields[index];
	if (!field_is_writable(call->ros, field))
		return refuse_unknown(call, argument->name);
	if (clears) {
		if ((field->flags & ROS_UNSET) == 0)
			return refuse_unknown(call, argument->name);
		ros_value_clear(&values[index]);
		return true;
	}
	return ros_check_value(call->ros, call->table, (size_t)index, argument->value,
			       &values[index], row, &call->refusal);
}

static bool twin_check(struct ros_call *call, const struct ros_row *row,
		       const struct ros_value *values)
{
	const struct ros_menu *menu = call->table->menu;

	if (menu->clashes != NULL && menu->clashes(call->ros, row, values, &call->refusal))
		return false;
	if (menu->duplicate == NULL ||
	    ros_row_twin(call->ros, call->table, row, values) == NULL)
		return true;
	return ros_refuse(&call->refusal, -1, "%s", menu->duplicate);
}

/* A timeout makes an address-list entry dynamic: it lives in memory and ends by itself (§3). */
static void timeout_apply(struct ros *ros, struct ros_table *table, struct ros_row *row)
{
	struct ros_text text;
	int64_t ms;

	if (table->menu != &ros_menu_address_list)
		return;
	text = ros_row_text(ros, table, row, "timeout");
	if (text.size > 0 && ros_span_parse(text, &ms) && ms > 0) {
		row->is_dynamic = true;
		row->ends_at = ros->now_at + ms * 1000;
		ros_due(ros, row->ends_at);
	}
	if (ros_row_flag(ros, table, row, "dynamic"))
		row->is_dynamic = true;
}

static bool copy_from(struct ros_call *call, struct ros_text which, struct ros_row *row)
{
	const struct ros_row *other = ros_row_which(call->ros, call->table, which);

	if (other == NULL)
		return ros_refuse_gone(call->ros, &call->refusal);
	/* Whoever copies a row copies its comment too. */
	for (size_t i = 0; i < call->table->field_count; i++)
		if (field_is_writable(call->ros, &call->table->menu->fields[i]))
			ros_value_copy(&row->values[i], &other->values[i]);
	return true;
}

static void queue_name(const struct ros_call *call, struct ros_row *row)
{
	char name[32];
	unsigned number = 1;

	if (call->table->menu != &ros_menu_queue_simple ||
	    row->values[call->table->name_index].state != ROS_STATE_ABSENT)
		return;
	do
		snprintf(name, sizeof(name), "queue%u", number++);
	while (ros_row_by_name(call->ros, call->table, ros_text_of(name)) != NULL);
	ros_row_put(call->table, row, "name", name);
}

static bool add_fill(struct ros_call *call, struct ros_row *row, struct ros_row **before)
{
	const struct ros_argument *other = ros_call_argument(call, "copy-from");

	if (other != NULL && !copy_from(call, other->value, row))
		return false;
	for (size_t i = 0; i < call->argument_count; i++) {
		const struct ros_argument *argument = &call->arguments[i];

		if (argument == other)
			continue;
		if (ros_text_is(argument->name, "place-before") &&
		    (call->table->menu->verbs & ROS_VERB_BIT(ROS_VERB_MOVE)) != 0) {
			*before = ros_row_which(call->ros, call->table, argument->value);
			if (*before == NULL)
				return ros_refuse_gone(call->ros, &call->refusal);
			continue;
		}
		if (!argument_apply(call, argument, row->values, NULL))
			return false;
	}
	return true;
}

static bool add_check(struct ros_call *call, struct ros_row *row)
{
	for (size_t i = 0; i < call->table->field_count; i++) {
		const struct ros_field *field = &call->table->menu->fields[i];

		if ((field->flags & ROS_REQUIRED) != 0 && row->values[i].state == ROS_STATE_ABSENT)
			return ros_refuse(&call->refusal, -1, "missing =%s=", field->name);
	}
	ros_row_default(call->ros, call->table, row);
	queue_name(call, row);
	/* No source tells what a full router says; the limit is a test's own wish. */
	if (call->ros->rows_max != 0 && call->ros->row_count >= call->ros->rows_max)
		return ros_refuse(&call->refusal, -1, "failure: out of memory");
	return twin_check(call, NULL, row->values);
}

bool ros_add(struct ros_call *call)
{
	struct ros_row *row = ros_row_new(call->table);
	struct ros_row *before = NULL;

	if (!add_fill(call, row, &before) || !add_check(call, row) ||
	    !ros_script_may(call, row->values) ||
	    (call->table->menu == &ros_menu_scheduler &&
	     !ros_scheduler_may_write(call->ros, NULL, &call->refusal))) {
		ros_row_free(call->table, row);
		return false;
	}
	if (call->no_apply) {
		snprintf(call->ret, sizeof(call->ret), "*%X", call->table->next_id);
		ros_row_free(call->table, row);
		return true;
	}
	timeout_apply(call->ros, call->table, row);
	ros_row_insert(call->ros, call->table, row, before);
	snprintf(call->ret, sizeof(call->ret), "*%X", row->id);
	return true;
}

static bool rows_have(struct ros_row **rows, size_t count, const struct ros_row *row)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i] == row)
			return true;
	return false;
}

bool ros_call_rows(struct ros_call *call, struct ros_row ***rows, size_t *count)
{
	const struct ros_argument *which = ros_call_argument(call, ".id");
	struct ros_text rest, part;

	if (which == NULL)
		which = ros_call_argument(call, "numbers");
	*rows = NULL;
	*count = 0;
	if (which == NULL)
		return ros_refuse(&call->refusal, -1, "missing =.id=");
	*rows = ros_allocate((which->value.size / 2 + 1) * sizeof(**rows));
	rest = which->value;
	while (ros_text_cut(&rest, ',', &part)) {
		struct ros_row *row = ros_row_which(call->ros, call->table, part);

		/* A name may hold a comma itself. */
		if (row == NULL)
			row = ros_row_which(call->ros, call->table, which->value);
		if (row == NULL) {
			free(*rows);
			*rows = NULL;
			return ros_refuse_gone(call->ros, &call->refusal);
		}
		if (!rows_have(*rows, *count, row))
			(*rows)[(*count)++] = row;
	}
	return true;
}

static bool is_selector(struct ros_text name)
{
	return ros_text_is(name, ".id") || ros_text_is(name, "numbers");
}

static void values_done(struct ros_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ros_value_clear(&values[i]);
	free(values);
}

/* Makes `values` the row's own; counts what is different. */
static void row_change(struct ros_call *call, struct ros_row *row, struct ros_value *values)
{
	struct ros_table *table = call->table;
	size_t changed = 0;

	for (size_t i = 0; i < table->field_count; i++) {
		if (ros_value_same(&row->values[i], &values[i]))
			continue;
		ros_value_copy(&row->values[i], &values[i]);
		changed++;
	}
	call->changed += changed;
	/* The same timeout again counts from now again; another change leaves it running. */
	if (ros_call_argument(call, "timeout") != NULL ||
	    ros_call_argument(call, "dynamic") != NULL)
		timeout_apply(call->ros, table, row);
	if (changed == 0)
		return;
	ros_row_rehash(table, row);
	ros_sessions_changed(call->ros, table, row, false);
}

static bool set_one(struct ros_call *call, struct ros_row *row, bool applies)
{
	struct ros_table *table = call->table;
	struct ros_value *values = ros_allocate(table->field_count * sizeof(*values));
	bool is_good = table->menu->may_write == NULL ||
		       table->menu->may_write(call->ros, row, &call->refusal);

	for (size_t i = 0; i < table->field_count; i++)
		ros_value_copy(&values[i], &row->values[i]);
	for (size_t i = 0; is_good && i < call->argument_count; i++)
		if (!is_selector(call->arguments[i].name))
			is_good = argument_apply(call, &call->arguments[i], values, row);
	is_good = is_good && twin_check(call, row, values) && ros_script_may(call, values);
	if (is_good && applies)
		row_change(call, row, values);
	values_done(values, table->field_count);
	return is_good;
}

bool ros_set(struct ros_call *call)
{
	struct ros_row **rows = NULL;
	size_t count = 0;
	bool is_good = true;

	if (call->table->menu->shape == ROS_SHAPE_SINGLE)
		return set_one(call, call->table->first, !call->no_apply);
	if (!ros_call_rows(call, &rows, &count))
		return false;
	for (size_t i = 0; is_good && i < count; i++)
		is_good = set_one(call, rows[i], false);
	for (size_t i = 0; is_good && !call->no_apply && i < count; i++)
		is_good = set_one(call, rows[i], true);
	free(rows);
	return is_good;
}

bool ros_remove(struct ros_call *call)
{
	const struct ros_menu *menu = call->table->menu;
	struct ros_row **rows;
	size_t count;
	bool is_good = true;

	if (!ros_call_rows(call, &rows, &count))
		return false;
	for (size_t i = 0; is_good && i < count; i++) {
		/* *default* and *default-encryption* stay (§4); the text has no source. */
		if (rows[i]->is_builtin)
			is_good = ros_refuse(&call->refusal, -1,
					     "failure: can not remove default item");
		else if (menu->may_remove != NULL)
			is_good = menu->may_remove(call->ros, rows[i], &call->refusal);
	}
	if (is_good && !call->no_apply) {
		uint32_t *ids = ros_allocate(count * sizeof(*ids));

		/* Removing one row may take another with it: look each up again. */
		for (size_t i = 0; i < count; i++)
			ids[i] = rows[i]->id;
		for (size_t i = 0; i < count; i++) {
			struct ros_row *row = ros_row_by_id(call->table, ids[i]);

			if (row != NULL)
				ros_row_remove(call->ros, call->table, row);
		}
		free(ids);
	}
	free(rows);
	return is_good;
}

static bool switch_disabled(struct ros_call *call, const char *value)
{
	struct ros_argument *more = &call->arguments[call->argument_count];

	more->name = ros_text_of("disabled");
	more->value = ros_text_of(value);
	call->argument_count++;
	return ros_set(call);
}

bool ros_enable(struct ros_call *call)
{
	return switch_disabled(call, "false");
}

bool ros_disable(struct ros_call *call)
{
	return switch_disabled(call, "true");
}

bool ros_unset(struct ros_call *call)
{
	const struct ros_argument *name = ros_call_argument(call, "value-name");
	struct ros_row **rows;
	size_t count;
	int index;

	if (name == NULL)
		return ros_refuse(&call->refusal, -1, "missing =value-name=");
	index = ros_field_index(call->table, name->value);
	if (index < 0 || (call->table->menu->fields[index].flags & ROS_UNSET) == 0 ||
	    !ros_field_is_known(call->ros, &call->table->menu->fields[index]))
		return ros_refuse(&call->refusal, 1,
				  "input does not match any value of value-name");
	if (!ros_call_rows(call, &rows, &count))
		return false;
	for (size_t i = 0; !call->no_apply && i < count; i++) {
		if (rows[i]->values[index].state == ROS_STATE_ABSENT)
			continue;
		ros_value_clear(&rows[i]->values[index]);
		call->changed++;
		ros_sessions_changed(call->ros, call->table, rows[i], false);
	}
	free(rows);
	return true;
}

bool ros_move(struct ros_call *call)
{
	const struct ros_argument *where = ros_call_argument(call, "destination");
	struct ros_row *before = NULL;
	struct ros_row **rows;
	size_t count;

	if (where != NULL) {
		before = ros_row_which(call->ros, call->table, where->value);
		if (before == NULL)
			return ros_refuse_gone(call->ros, &call->refusal);
	}
	if (!ros_call_rows(call, &rows, &count))
		return false;
	for (size_t i = 0; !call->no_apply && i < count; i++)
		ros_row_move(call->table, rows[i], before);
	free(rows);
	return true;
}

bool ros_reset_counters(struct ros_call *call)
{
	struct ros_row **rows;
	size_t count;

	if (!ros_call_rows(call, &rows, &count))
		return false;
	for (size_t i = 0; !call->no_apply && i < count; i++) {
		rows[i]->used_us = 0;
		rows[i]->bytes_in = 0;
		rows[i]->bytes_out = 0;
	}
	free(rows);
	return true;
}
