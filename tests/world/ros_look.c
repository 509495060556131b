/* For tests: looking at a router, and changing it by hand. */
#include "world/ros_inside.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ros_table *table_named(const struct ros *ros, const char *menu)
{
	const struct ros_menu *found = ros_menu_find(ros_text_of(menu));

	assert(found != NULL);
	return ros_table_of(ros, found);
}

bool ros_menu_exists(const char *menu)
{
	return ros_menu_find(ros_text_of(menu)) != NULL;
}

const char *ros_menu_field(const char *menu, size_t index)
{
	const struct ros_menu *found = ros_menu_find(ros_text_of(menu));
	size_t count = 0;

	assert(found != NULL);
	while (found->fields[count].name != NULL)
		count++;
	return index < count ? found->fields[index].name : NULL;
}

/* Here live rows are also found by their user's name. */
static struct ros_row *row_named(const struct ros *ros, const struct ros_table *table,
				 const char *which)
{
	struct ros_row *row;

	if (table->menu->shape == ROS_SHAPE_SINGLE)
		return table->first;
	row = ros_row_which(ros, table, ros_text_of(which));
	if (row == NULL && table->hash_index >= 0)
		row = ros_row_by_name(ros, table, ros_text_of(which));
	return row;
}

size_t ros_row_count(const struct ros *ros, const char *menu)
{
	return table_named(ros, menu)->count;
}

bool ros_row_exists(const struct ros *ros, const char *menu, const char *which)
{
	return row_named(ros, table_named(ros, menu), which) != NULL;
}

bool ros_row_read(struct ros *ros, const char *menu, const char *which, const char *field,
		  struct ros_text *out)
{
	const struct ros_table *table = table_named(ros, menu);
	const struct ros_row *row = row_named(ros, table, which);
	bool is_there;

	*out = (struct ros_text){ "", 0 };
	if (row == NULL)
		return false;
	ros_buffer_cut(&ros->scratch, 0);
	if (strcmp(field, ".id") == 0) {
		ros_buffer_print(&ros->scratch, "*%X", row->id);
		is_there = true;
	} else {
		is_there = ros_field_show(ros, table, row, ros_field_at(table, field),
					  &ros->scratch);
	}
	if (is_there)
		*out = ros_buffer_view(&ros->scratch);
	return is_there;
}

bool ros_row_is(struct ros *ros, const char *menu, const char *which, const char *field,
		const char *value)
{
	struct ros_text text;

	return ros_row_read(ros, menu, which, field, &text) && ros_text_is(text, value);
}

size_t ros_row_ids(const struct ros *ros, const char *menu, uint32_t *ids, size_t max)
{
	const struct ros_table *table = table_named(ros, menu);
	size_t count = 0;

	for (const struct ros_row *row = table->first; row != NULL; row = row->next, count++)
		if (count < max)
			ids[count] = row->id;
	return count;
}

char *ros_menu_dump(struct ros *ros, const char *menu, bool static_only)
{
	const struct ros_table *table = table_named(ros, menu);
	struct ros_buffer out = { NULL, 0, 0 }, value = { NULL, 0, 0 };

	ros_buffer_text(&out, "");
	for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
		if (static_only && row->is_dynamic)
			continue;
		ros_buffer_print(&out, "*%X", row->id);
		for (size_t i = 0; i < table->field_count; i++) {
			if ((table->menu->fields[i].flags & ROS_COUNTED) != 0)
				continue;
			ros_buffer_cut(&value, 0);
			if (!ros_field_show(ros, table, row, i, &value))
				continue;
			ros_buffer_text(&out, " ");
			ros_buffer_text(&out, table->menu->fields[i].name);
			ros_buffer_text(&out, "=");
			ros_buffer_add(&out, value.bytes, value.size);
		}
		ros_buffer_text(&out, "\n");
	}
	ros_buffer_done(&value);
	return out.bytes;
}

/* ---- by hand --------------------------------------------------------------------------------- */

bool ros_hand_words(struct ros *ros, struct ros_answer *answer, const struct ros_text *words,
		    size_t count)
{
	struct ros_call *call = ros_allocate(sizeof(*call));
	struct ros_answer local;
	bool is_good = false;

	if (answer == NULL)
		answer = &local;
	memset(answer, 0, sizeof(*answer));
	call->ros = ros;
	call->policy = ROS_POLICY_ALL;
	if (count > 0 && count <= ROS_WORDS_MAX)
		is_good = ros_call_parse(call, words, count) && ros_call_run(call);
	answer->ok = is_good;
	snprintf(answer->id, sizeof(answer->id), "%.15s", call->ret);
	if (!is_good)
		snprintf(answer->text, sizeof(answer->text), "%s", call->refusal.text);
	ros_call_done(call);
	return is_good;
}

bool ros_hand(struct ros *ros, struct ros_answer *answer, const char *command, ...)
{
	struct ros_text words[64];
	size_t count = 0;
	va_list list;

	words[count++] = ros_text_of(command);
	va_start(list, command);
	for (;;) {
		const char *word = va_arg(list, const char *);

		if (word == NULL)
			break;
		assert(count < ROS_COUNT(words));
		words[count++] = ros_text_of(word);
	}
	va_end(list);
	return ros_hand_words(ros, answer, words, count);
}

/* ---- access ---------------------------------------------------------------------------------- */

/* Whether an enabled rule stops or turns away what comes from this list. */
static bool rule_walls(const struct ros *ros, struct ros_text list)
{
	static const struct {
		const struct ros_menu *menu;
		const char *chain;
		const char *actions;
	} walls[] = {
		{ &ros_menu_filter, "forward", "drop|reject" },
		{ &ros_menu_nat, "dstnat", "dst-nat|redirect" },
	};

	for (size_t i = 0; i < ROS_COUNT(walls); i++) {
		const struct ros_table *table = ros_table_of(ros, walls[i].menu);

		for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
			struct ros_text word, action = ros_row_text(ros, table, row, "action");

			if (!ros_row_flag(ros, table, row, "disabled") &&
			    ros_text_is(ros_row_text(ros, table, row, "chain"), walls[i].chain) &&
			    ros_text_same(ros_row_text(ros, table, row, "src-address-list"),
					  list) &&
			    ros_word_find(walls[i].actions, action, &word) >= 0 &&
			    ros_text_same(word, action))
				return true;
		}
	}
	return false;
}

static bool address_is_walled(const struct ros *ros, uint32_t address)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_address_list);

	for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
		uint32_t first, last;

		if (ros_row_flag(ros, table, row, "disabled") ||
		    !ros_range_parse(ros_row_text(ros, table, row, "address"), &first, &last) ||
		    address < first || address > last)
			continue;
		if (rule_walls(ros, ros_row_text(ros, table, row, "list")))
			return true;
	}
	return false;
}

static void text_keep(char *out, size_t size, struct ros_text text)
{
	snprintf(out, size, "%.*s", (int)(text.size < size ? text.size : size - 1), text.bytes);
}

bool ros_access(struct ros *ros, const char *name, struct ros_access *out)
{
	static const struct {
		const struct ros_menu *menu;
		const char *name;
		const char *caller;
	} kinds[] = {
		{ &ros_menu_ppp_active, "name", "caller-id" },
		{ &ros_menu_hotspot_active, "user", "mac-address" },
	};
	bool all_walled = true;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < ROS_COUNT(kinds); i++) {
		const struct ros_table *table = ros_table_of(ros, kinds[i].menu);
		uint32_t hash = ros_text_hash(ros_text_of(name));
		const struct ros_row *row = table->by_key[hash & (table->slots - 1)];

		for (; row != NULL; row = row->next_by_key) {
			if (!ros_text_is(ros_row_text(ros, table, row, kinds[i].name), name))
				continue;
			out->sessions++;
			all_walled = all_walled && address_is_walled(ros, row->live->address);
			if (out->sessions > 1 && row->live->began_at < out->began_at)
				continue;
			out->began_at = row->live->began_at;
			out->shaped = row->live->shaped;
			out->upload = row->live->upload;
			out->download = row->live->download;
			text_keep(out->address, sizeof(out->address),
				  ros_row_text(ros, table, row, "address"));
			text_keep(out->caller, sizeof(out->caller),
				  ros_row_text(ros, table, row, kinds[i].caller));
		}
	}
	out->walled = out->sessions > 0 && all_walled;
	out->open = out->sessions > 0 && !all_walled;
	return out->open;
}
