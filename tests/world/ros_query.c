/* Query words: a stack machine (§1.4). */
#include "world/ros_inside.h"

#include <ctype.h>

#define STACK_MAX ROS_WORDS_MAX

struct stack {
	bool values[STACK_MAX];
	size_t count;
};

static void stack_push(struct stack *stack, bool value)
{
	if (stack->count < STACK_MAX)
		stack->values[stack->count++] = value;
}

static bool stack_pop(struct stack *stack)
{
	/* An unused stack is true. */
	return stack->count == 0 ? true : stack->values[--stack->count];
}

/* A digit string is an index, the top is 0: at the end of the word it replaces everything by that
 * value, else it pushes a copy of it. */
static void stack_index(struct stack *stack, size_t index, bool is_last)
{
	bool value;

	if (index >= stack->count)
		return;
	value = stack->values[stack->count - 1 - index];
	if (is_last)
		stack->count = 0;
	stack_push(stack, value);
}

static void stack_operate(struct stack *stack, struct ros_text operations)
{
	bool after_index = false;

	for (size_t i = 0; i < operations.size; i++) {
		char byte = operations.bytes[i];
		bool one, other;

		if (isdigit((unsigned char)byte)) {
			size_t index = 0;

			while (i < operations.size && isdigit((unsigned char)operations.bytes[i]))
				index = index * 10 + (size_t)(operations.bytes[i++] - '0');
			stack_index(stack, index, i >= operations.size);
			after_index = true;
			i--;
			continue;
		}
		if (byte == '!') {
			stack_push(stack, !stack_pop(stack));
		} else if (byte == '&' || byte == '|') {
			one = stack_pop(stack);
			other = stack_pop(stack);
			stack_push(stack, byte == '&' ? one && other : one || other);
		} else if (byte == '.' && !after_index) {
			one = stack_pop(stack);
			stack_push(stack, one);
			stack_push(stack, one);
		}
		after_index = false;
	}
}

/* True and yes are one, whichever was written. */
static struct ros_text truth(struct ros_text text)
{
	if (ros_text_is(text, "yes"))
		return ros_text_of("true");
	if (ros_text_is(text, "no"))
		return ros_text_of("false");
	return text;
}

static bool property_read(const struct ros *ros, const struct ros_table *table,
			  const struct ros_row *row, struct ros_text name,
			  struct ros_buffer *scratch, enum ros_kind *kind)
{
	int index;

	ros_buffer_cut(scratch, 0);
	*kind = ROS_KIND_TEXT;
	if (ros_text_is(name, ".id")) {
		ros_buffer_print(scratch, "*%X", row->id);
		return true;
	}
	index = ros_field_index(table, name);
	if (index < 0)
		return false;
	*kind = table->menu->fields[index].kind;
	return ros_field_show(ros, table, row, (size_t)index, scratch);
}

static int value_compare(struct ros_text have, struct ros_text want)
{
	uint64_t one, other;

	if (ros_text_number(have, &one) && ros_text_number(want, &other))
		return one < other ? -1 : one > other;
	return ros_text_compare(have, want);
}

static bool word_holds(const struct ros *ros, const struct ros_table *table,
		       const struct ros_row *row, struct ros_text word, struct ros_buffer *scratch)
{
	struct ros_text name;
	enum ros_kind kind;
	char first = word.size == 0 ? '\0' : word.bytes[0];
	bool has, has_value;
	int order;

	if (first == '-' || first == '<' || first == '>' || first == '=') {
		word.bytes++;
		word.size--;
	}
	has_value = ros_text_holds(word, '=');
	ros_text_cut(&word, '=', &name);
	has = property_read(ros, table, row, name, scratch, &kind);
	if (first == '-')
		return !has;
	if (!has_value && first != '<' && first != '>')
		return has;
	if (!has)
		return false;
	if (word.bytes == NULL)
		word = ros_text_of("");
	if (kind == ROS_KIND_BOOL || kind == ROS_KIND_SHOWN)
		word = truth(word);
	order = value_compare(ros_buffer_view(scratch), word);
	if (first == '<')
		return order < 0;
	if (first == '>')
		return order > 0;
	return ros_text_same(ros_buffer_view(scratch), word);
}

bool ros_query_pass(const struct ros *ros, const struct ros_table *table, const struct ros_row *row,
		    const struct ros_text *words, size_t count, struct ros_buffer *scratch)
{
	struct stack stack;

	stack.count = 0;
	for (size_t i = 0; i < count; i++) {
		struct ros_text word = { words[i].bytes + 1, words[i].size - 1 };

		if (word.size > 0 && word.bytes[0] == '#') {
			word.bytes++;
			word.size--;
			stack_operate(&stack, word);
		} else {
			stack_push(&stack, word_holds(ros, table, row, word, scratch));
		}
	}
	/* The item passes when no false is left. */
	for (size_t i = 0; i < stack.count; i++)
		if (!stack.values[i])
			return false;
	return true;
}

bool ros_query_key(const struct ros_table *table, const struct ros_text *words, size_t count,
		   struct ros_text *key)
{
	struct ros_text rest, name;

	if (count != 1 || table->hash_index < 0 || words[0].size < 3)
		return false;
	rest = (struct ros_text){ words[0].bytes + 1, words[0].size - 1 };
	if (rest.bytes[0] == '=') {
		rest.bytes++;
		rest.size--;
	}
	if (!ros_text_holds(rest, '='))
		return false;
	ros_text_cut(&rest, '=', &name);
	if (!ros_text_is(name, table->menu->fields[table->hash_index].name))
		return false;
	*key = rest;
	return true;
}
