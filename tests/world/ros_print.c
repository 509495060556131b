/* print, getall, listen: rows as sentences (§1.2, §1.4). */
#include "world/ros_inside.h"

#include <stdlib.h>
#include <string.h>

void ros_selection_fill(struct ros_selection *selection, const struct ros_call *call)
{
	const struct ros_argument *list = ros_call_argument(call, ".proplist");
	struct ros_text rest, part;

	memset(selection, 0, sizeof(*selection));
	selection->sensitive = (call->policy & ROS_POLICY_SENSITIVE) != 0;
	if (list == NULL)
		list = ros_call_argument(call, "proplist");
	if (list == NULL || list->value.size == 0) {
		selection->has_id = true;
		memset(selection->fields, true, sizeof(selection->fields));
		return;
	}
	rest = list->value;
	while (ros_text_cut(&rest, ',', &part)) {
		int index = ros_field_index(call->table, part);

		if (ros_text_is(part, ".id"))
			selection->has_id = true;
		if (index >= 0)
			selection->fields[index] = true;
	}
}

void ros_print_row(struct ros_buffer *out, const struct ros *ros, const struct ros_table *table,
		   const struct ros_row *row, const struct ros_selection *selection,
		   const struct ros_text *tag)
{
	struct ros_buffer value = { NULL, 0, 0 };
	char id[16];

	ros_reply_begin(out, "!re", tag);
	if (selection->has_id && table->menu->shape == ROS_SHAPE_LIST) {
		ros_buffer_print(&value, "*%X", row->id);
		memcpy(id, value.bytes, value.size + 1);
		ros_reply_attribute(out, ".id", ros_text_of(id));
	}
	for (size_t i = 0; i < table->field_count; i++) {
		const struct ros_field *field = &table->menu->fields[i];

		if (!selection->fields[i])
			continue;
		ros_buffer_cut(&value, 0);
		if (!ros_field_show(ros, table, row, i, &value))
			continue;
		if ((field->flags & ROS_SECRET) != 0 && !selection->sensitive) {
			/* Without `sensitive` it reads as five stars (§3). */
			ros_reply_attribute(out, field->name, ros_text_of("*****"));
			continue;
		}
		ros_reply_attribute(out, field->name, ros_buffer_view(&value));
	}
	ros_reply_end(out);
	ros_buffer_done(&value);
}

/* The schema's arguments of print. What would change the answer and is not simulated is refused,
 * for a silent shrug would be a lie; the rest only shapes a console's page. */
static bool arguments_check(struct ros_call *call)
{
	static const char harmless[] = "as-value|brief|count-only|detail|proplist|.proplist|"
				       "show-ids|terse|without-paging|stats|oid";
	static const char others[] =
	    "append|file|follow|follow-only|from|interval|value-list|where";

	for (size_t i = 0; i < call->argument_count; i++) {
		struct ros_text name = call->arguments[i].name, found;
		int shown = (int)(name.size > 100 ? 100 : name.size);

		if (ros_word_find(harmless, name, &found) >= 0 && ros_text_same(found, name))
			continue;
		if (ros_text_is(name, "show-sensitive") && call->ros->version >= 72100)
			continue;
		if (ros_word_find(others, name, &found) >= 0 && ros_text_same(found, name))
			return ros_refuse(&call->refusal, -1, "failure: %.*s is not simulated",
					  shown, name.bytes);
		return ros_refuse(&call->refusal, -1, "unknown parameter %.*s", shown, name.bytes);
	}
	return true;
}

struct found {
	const struct ros_row **rows;
	size_t count;
	size_t room;
};

static void found_add(struct found *found, const struct ros_row *row)
{
	if (found->count == found->room) {
		size_t room = found->room == 0 ? 64 : found->room * 2;
		const struct ros_row **rows = ros_allocate(room * sizeof(*rows));

		if (found->count > 0)
			memcpy(rows, found->rows, found->count * sizeof(*rows));
		free(found->rows);
		found->rows = rows;
		found->room = room;
	}
	found->rows[found->count++] = row;
}

static void rows_find(const struct ros_call *call, struct found *found)
{
	struct ros_buffer scratch = { NULL, 0, 0 };
	const struct ros_table *table = call->table;
	const struct ros_row *row;
	struct ros_text key;

	if (ros_query_key(table, call->queries, call->query_count, &key)) {
		uint32_t hash = ros_text_hash(key);

		row = table->by_key[hash & (table->slots - 1)];
		for (; row != NULL; row = row->next_by_key)
			if (row->hash == hash &&
			    ros_query_pass(call->ros, table, row, call->queries, 1, &scratch))
				found_add(found, row);
		/* The newest is first in its chain; print shows the oldest first. */
		for (size_t i = 0; i < found->count / 2; i++) {
			const struct ros_row *other = found->rows[found->count - 1 - i];

			found->rows[found->count - 1 - i] = found->rows[i];
			found->rows[i] = other;
		}
	} else {
		for (row = table->first; row != NULL; row = row->next)
			if (ros_query_pass(call->ros, table, row, call->queries, call->query_count,
					   &scratch))
				found_add(found, row);
	}
	ros_buffer_done(&scratch);
}

bool ros_print(struct ros_call *call)
{
	struct found found = { NULL, 0, 0 };
	struct ros_selection selection;
	size_t shown;

	if (!arguments_check(call))
		return false;
	rows_find(call, &found);
	if (ros_call_argument(call, "count-only") != NULL) {
		struct ros_buffer count = { NULL, 0, 0 };

		ros_buffer_print(&count, "%zu", found.count);
		memcpy(call->ret, count.bytes, count.size + 1);
		ros_buffer_done(&count);
		call->counted = true;
		free(found.rows);
		return true;
	}
	shown = found.count;
	if (call->session != NULL && shown > 0 && ros_fault_step(call->ros, ROS_FAULT_TRUNCATE))
		shown /= 2;
	ros_selection_fill(&selection, call);
	for (size_t i = 0; i < shown && call->out != NULL; i++)
		ros_print_row(call->out, call->ros, call->table, found.rows[i], &selection,
			      call->has_tag ? &call->tag : NULL);
	call->rows = shown;
	free(found.rows);
	return true;
}

bool ros_listen(struct ros_call *call)
{
	if (call->session == NULL)
		return ros_refuse(&call->refusal, 0, "no such command");
	if (!arguments_check(call))
		return false;
	/* It "may not work everywhere" (§1.2). */
	if (ros_fault_step(call->ros, ROS_FAULT_DEAF))
		return ros_refuse(&call->refusal, 0, "%s",
				  call->ros->faults[ROS_FAULT_DEAF].text);
	call->keeps_running = true;
	return ros_session_listen(call->session, call);
}
