/* What RouterOS refuses of a value: its form, and references to rows that are not there (§1.5). */
#include "world/ros_inside.h"

#include <string.h>

bool ros_refuse_gone(const struct ros *ros, struct ros_refusal *refusal)
{
	/* "No such item", with the number in brackets on older builds (trap texts). */
	if (ros->version < 70000)
		return ros_refuse(refusal, -1, "no such item (4)");
	return ros_refuse(refusal, 0, "no such item");
}

static bool target_find(struct ros *ros, const struct ros_field *field, struct ros_text in,
			struct ros_value *out)
{
	const struct ros_table *other = ros_table_of(ros,
						     ros_menu_find(ros_text_of(field->refers)));
	const struct ros_row *row = ros_row_which(ros, other, in);

	if (row == NULL)
		return false;
	ros_value_clear(out);
	out->state = ROS_STATE_TARGET;
	out->target = row->id;
	return true;
}

static bool word_is(const char *words, struct ros_text in)
{
	struct ros_text word;

	return words != NULL && ros_word_find(words, in, &word) >= 0 && ros_text_same(word, in);
}

static bool reference_check(struct ros *ros, const struct ros_field *field, struct ros_text in,
			    struct ros_value *out, struct ros_refusal *refusal)
{
	if (word_is(field->words, in)) {
		ros_value_set(out, in);
		return true;
	}
	if (target_find(ros, field, in, out))
		return true;
	return ros_refuse(refusal, 1, "input does not match any value of %s", field->name);
}

/* An address, or the name of a pool. */
static bool lease_check(struct ros *ros, const struct ros_field *field, struct ros_text in,
			struct ros_value *out, struct ros_refusal *refusal)
{
	uint32_t address;

	if (ros_address_parse(in, &address)) {
		ros_value_set(out, in);
		return true;
	}
	if (in.size > 0 && target_find(ros, field, in, out))
		return true;
	return ros_refuse(refusal, -1, "invalid value for argument %s", field->name);
}

/* Networks get their length, interfaces must exist (§3, schema). */
static bool targets_check(struct ros *ros, const struct ros_field *field, struct ros_text in,
			  struct ros_value *out, struct ros_refusal *refusal)
{
	const struct ros_table *interfaces = ros_table_of(ros, &ros_menu_interface);
	const struct ros_field prefix = { .name = field->name, .kind = ROS_KIND_PREFIXES };
	struct ros_buffer buffer = { NULL, 0, 0 };
	struct ros_text rest = in, part;
	bool is_good = true;

	while (is_good && in.size > 0 && ros_text_cut(&rest, ',', &part)) {
		if (buffer.size > 0)
			ros_buffer_text(&buffer, ",");
		if (ros_value_read_back(&prefix, part, &buffer, refusal))
			continue;
		is_good = ros_text_holds(part, ':') || (part.size > 0 && part.bytes[0] == '<') ||
			  ros_row_by_name(ros, interfaces, part) != NULL;
		ros_buffer_add(&buffer, part.bytes, part.size);
	}
	if (is_good)
		ros_value_set(out, ros_buffer_view(&buffer));
	else
		ros_refuse(refusal, 1, "input does not match any value of %s", field->name);
	ros_buffer_done(&buffer);
	return is_good;
}

static bool policy_check(struct ros *ros, const struct ros_field *field, struct ros_text in,
			 struct ros_value *out, const struct ros_row *row, size_t index,
			 struct ros_refusal *refusal)
{
	struct ros_buffer buffer = { NULL, 0, 0 };
	struct ros_text before = { "", 0 };

	if (!ros_policy_check(ros, in))
		return ros_refuse(refusal, 1, "input does not match any value of %s", field->name);
	/* `set` changes only what is listed, `add` denies all unnamed (§4). */
	if (row != NULL)
		before = (struct ros_text){ row->values[index].bytes, row->values[index].size };
	ros_policy_read_back(ros, in, before, &buffer);
	ros_value_set(out, ros_buffer_view(&buffer));
	ros_buffer_done(&buffer);
	return true;
}

static bool plain_check(const struct ros_field *field, struct ros_text in, struct ros_value *out,
			struct ros_refusal *refusal)
{
	struct ros_buffer buffer = { NULL, 0, 0 };

	if (!ros_value_read_back(field, in, &buffer, refusal)) {
		ros_buffer_done(&buffer);
		return false;
	}
	ros_value_set(out, ros_buffer_view(&buffer));
	ros_buffer_done(&buffer);
	return true;
}

bool ros_check_value(struct ros *ros, struct ros_table *table, size_t field, struct ros_text in,
		     struct ros_value *out, const struct ros_row *row, struct ros_refusal *refusal)
{
	const struct ros_field *description = &table->menu->fields[field];
	bool is_good;

	if (in.size == 0 && (description->flags & ROS_EMPTY_ABSENT) != 0) {
		ros_value_clear(out);
		return true;
	}
	if (description->kind == ROS_KIND_REFERENCE)
		is_good = reference_check(ros, description, in, out, refusal);
	else if (description->kind == ROS_KIND_LEASE)
		is_good = lease_check(ros, description, in, out, refusal);
	else if (description->kind == ROS_KIND_TARGETS)
		is_good = targets_check(ros, description, in, out, refusal);
	else if (description->kind == ROS_KIND_POLICY)
		is_good = policy_check(ros, description, in, out, row, field, refusal);
	else
		is_good = plain_check(description, in, out, refusal);
	if (is_good && description->clear != NULL && out->state == ROS_STATE_TEXT &&
	    ros_text_is((struct ros_text){ out->bytes, out->size }, description->clear))
		ros_value_clear(out);
	return is_good;
}
