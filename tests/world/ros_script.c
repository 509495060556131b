/* Does what a script says: statements and the commands that begin with a colon. */
#include "world/ros_script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool script_fail(struct script *script, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(script->refusal->text, sizeof(script->refusal->text), format, list);
	va_end(list);
	script->refusal->category = 3; /* scripting (§1.5) */
	return false;
}

void *script_take(struct script *script, size_t size)
{
	struct script_chunk *chunk = ros_allocate(sizeof(*chunk) + size);

	chunk->next = script->chunks;
	script->chunks = chunk;
	return chunk + 1;
}

struct ros_text script_print(struct script *script, const struct script_value *value)
{
	struct ros_buffer text = { NULL, 0, 0 };
	char *copy;

	if (value->type == SCRIPT_STR)
		return value->text;
	if (value->type == SCRIPT_NUM)
		ros_buffer_print(&text, "%lld", (long long)value->number);
	else if (value->type == SCRIPT_BOOL)
		ros_buffer_text(&text, value->number ? "true" : "false");
	for (size_t i = 0; value->type == SCRIPT_ROWS && i < value->count; i++)
		ros_buffer_print(&text, "%s*%X", i > 0 ? "," : "", value->ids[i]);
	copy = script_take(script, text.size + 1);
	if (text.size > 0)
		memcpy(copy, text.bytes, text.size);
	struct ros_text out = { copy, text.size };
	ros_buffer_done(&text);
	return out;
}

struct script_variable *script_variable(struct script *script, struct ros_text name)
{
	for (size_t i = script->variable_count; i > 0; i--)
		if (ros_text_same(script->variables[i - 1].name, name))
			return &script->variables[i - 1];
	return NULL;
}

static bool declare(struct script *script, struct ros_text name, const struct script_value *value)
{
	if (script->variable_count == SCRIPT_VARIABLES_MAX)
		return script_fail(script, "too many variables");
	script->variables[script->variable_count++] = (struct script_variable){ name, *value };
	return true;
}

/* ---- :local, :set ---------------------------------------------------------------------------- */

static bool do_local(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_text name;

	script_skip(at);
	name = script_word(at);
	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (name.size == 0)
		return script_fail(script, "expected variable name");
	return (script_is_end(at) || script_operand(script, at, out)) &&
	       declare(script, name, out);
}

static bool do_set(struct script *script, struct script_at *at, struct script_value *out)
{
	struct script_variable *variable;
	struct ros_text name;

	script_skip(at);
	name = script_word(at);
	variable = script_variable(script, name);
	if (variable == NULL)
		return script_fail(script, "no such variable %.*s", (int)name.size, name.bytes);
	if (!script_operand(script, at, out))
		return false;
	variable->value = *out;
	return true;
}

/* ---- :if, :for, :foreach, :do ---------------------------------------------------------------- */

static bool takes_block(struct script *script, struct script_at *at, const char *wanted,
			struct ros_text *body, bool *is_there)
{
	struct script_at before = *at;
	struct ros_text name;

	*is_there = script_named(at, &name) && ros_text_is(name, wanted);
	if (*is_there)
		return script_block(script, at, body);
	*at = before;
	return true;
}

static bool do_if(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_text body, other;
	bool has_body, has_other;

	if (!script_operand(script, at, out) || !takes_block(script, at, "do", &body, &has_body) ||
	    !takes_block(script, at, "else", &other, &has_other))
		return false;
	if (!has_body)
		return script_fail(script, "missing do=");
	if (script->is_dry)
		return script_statements(script, body) &&
		       (!has_other || script_statements(script, other));
	if (out->type != SCRIPT_BOOL)
		return script_fail(script, "conditional not boolean");
	if (out->number)
		return script_statements(script, body);
	return !has_other || script_statements(script, other);
}

static bool takes_value(struct script *script, struct script_at *at, const char *wanted,
			struct script_value *out)
{
	struct ros_text name;

	if (!script_named(at, &name) || !ros_text_is(name, wanted))
		return script_fail(script, "missing %s=", wanted);
	return script_operand(script, at, out);
}

/* One turn of a loop, with the variable in its own scope. */
static bool turn(struct script *script, struct ros_text name, const struct script_value *value,
		 struct ros_text body)
{
	size_t count = script->variable_count;
	bool is_good = declare(script, name, value) && script_statements(script, body);

	script->variable_count = count;
	return is_good;
}

static bool do_for(struct script *script, struct script_at *at, struct script_value *out)
{
	struct script_value from, to;
	struct ros_text name, body;
	bool has_body;

	script_skip(at);
	name = script_word(at);
	if (!takes_value(script, at, "from", &from) || !takes_value(script, at, "to", &to) ||
	    !takes_block(script, at, "do", &body, &has_body))
		return false;
	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (!has_body)
		return script_fail(script, "missing do=");
	if (script->is_dry)
		return turn(script, name, out, body);
	if (from.type != SCRIPT_NUM || to.type != SCRIPT_NUM)
		return script_fail(script, "from and to must be numbers");
	for (; from.number <= to.number; from.number++)
		if (!turn(script, name, &from, body))
			return false;
	return true;
}

static bool do_foreach(struct script *script, struct script_at *at, struct script_value *out)
{
	struct script_value in;
	struct ros_text name, body;
	bool has_body;

	script_skip(at);
	name = script_word(at);
	if (!takes_value(script, at, "in", &in) || !takes_block(script, at, "do", &body, &has_body))
		return false;
	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (!has_body)
		return script_fail(script, "missing do=");
	if (script->is_dry)
		return turn(script, name, out, body);
	for (size_t i = 0; in.type == SCRIPT_ROWS && i < in.count; i++) {
		struct script_value one = { .type = SCRIPT_ROWS, .ids = &in.ids[i], .count = 1 };

		if (!turn(script, name, &one, body))
			return false;
	}
	return true;
}

static bool do_do(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_text body, rescue;
	bool has_rescue;

	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (!script_block(script, at, &body) ||
	    !takes_block(script, at, "on-error", &rescue, &has_rescue))
		return false;
	if (script->is_dry)
		return script_statements(script, body) &&
		       (!has_rescue || script_statements(script, rescue));
	if (script_statements(script, body))
		return true;
	if (!has_rescue)
		return false;
	script->refusal->text[0] = '\0';
	return script_statements(script, rescue);
}

/* ---- functions ------------------------------------------------------------------------------- */

static bool do_log(struct script *script, struct script_at *at, struct script_value *out)
{
	script_skip(at);
	(void)script_word(at); /* info, warning, error */
	return script_operand(script, at, out);
}

static bool do_error(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_text text;

	if (!script_operand(script, at, out) || script->is_dry)
		return script->is_dry;
	text = script_print(script, out);
	return script_fail(script, "%.*s", (int)(text.size > 200 ? 200 : text.size), text.bytes);
}

static bool do_tostr(struct script *script, struct script_at *at, struct script_value *out)
{
	if (!script_operand(script, at, out))
		return false;
	*out = (struct script_value){ .type = SCRIPT_STR, .text = script_print(script, out) };
	return true;
}

static bool do_tonum(struct script *script, struct script_at *at, struct script_value *out)
{
	uint64_t number;

	if (!script_operand(script, at, out))
		return false;
	if (out->type == SCRIPT_STR && ros_text_number(out->text, &number))
		*out = (struct script_value){ .type = SCRIPT_NUM, .number = (int64_t)number };
	else if (out->type != SCRIPT_NUM)
		*out = (struct script_value){ .type = SCRIPT_NIL };
	return true;
}

static bool do_typeof(struct script *script, struct script_at *at, struct script_value *out)
{
	static const char *const names[] = { "nil", "num", "str", "bool", "array" };

	if (!script_operand(script, at, out))
		return false;
	*out = (struct script_value){ .type = SCRIPT_STR,
				      .text = ros_text_of(names[out->type]) };
	return true;
}

static bool do_len(struct script *script, struct script_at *at, struct script_value *out)
{
	size_t size;

	if (!script_operand(script, at, out))
		return false;
	size = out->type == SCRIPT_ROWS ? out->count : script_print(script, out).size;
	*out = (struct script_value){ .type = SCRIPT_NUM, .number = (int64_t)size };
	return true;
}

/* Nothing when it begins behind the end; without an end, one byte. */
static bool do_pick(struct script *script, struct script_at *at, struct script_value *out)
{
	struct script_value from, to = { .type = SCRIPT_NIL };
	struct ros_text text;

	if (!script_operand(script, at, out) || !script_operand(script, at, &from) ||
	    (!script_is_end(at) && !script_operand(script, at, &to)) || script->is_dry)
		return script->is_dry && script->refusal->text[0] == '\0';
	text = script_print(script, out);
	if (from.type != SCRIPT_NUM || from.number < 0)
		return script_fail(script, "invalid value for argument begin");
	if (to.type != SCRIPT_NUM)
		to.number = from.number + 1;
	if (to.number > (int64_t)text.size)
		to.number = (int64_t)text.size;
	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (from.number >= to.number)
		return true;
	*out = (struct script_value){ .type = SCRIPT_STR,
				      .text = { text.bytes + from.number,
						(size_t)(to.number - from.number) } };
	return true;
}

static bool do_find(struct script *script, struct script_at *at, struct script_value *out)
{
	struct script_value what;
	struct ros_text text, part;

	if (!script_operand(script, at, out) || !script_operand(script, at, &what))
		return false;
	text = script_print(script, out);
	part = script_print(script, &what);
	*out = (struct script_value){ .type = SCRIPT_NIL };
	for (size_t i = 0; part.size > 0 && i + part.size <= text.size; i++)
		if (memcmp(text.bytes + i, part.bytes, part.size) == 0) {
			*out = (struct script_value){ .type = SCRIPT_NUM, .number = (int64_t)i };
			return true;
		}
	return true;
}

/* ---- commands -------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool (*run)(struct script *script, struct script_at *at, struct script_value *out);
} commands[] = {
	{ "local", do_local },	 { "set", do_set },	  { "if", do_if },
	{ "for", do_for },	 { "foreach", do_foreach }, { "do", do_do },
	{ "log", do_log },	 { "error", do_error },	  { "tostr", do_tostr },
	{ "tonum", do_tonum },	 { "typeof", do_typeof }, { "len", do_len },
	{ "pick", do_pick },	 { "find", do_find },
};

bool script_command(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_text name;

	script_skip(at);
	if (at->at == at->end || *at->at != ':')
		return script_menu(script, at, out);
	at->at++;
	name = script_word(at);
	for (size_t i = 0; i < ROS_COUNT(commands); i++)
		if (ros_text_is(name, commands[i].name))
			return commands[i].run(script, at, out);
	return script_fail(script, "bad command name %.*s", (int)name.size, name.bytes);
}

bool script_statements(struct script *script, struct ros_text text)
{
	struct script_at at = { text.bytes, text.bytes + text.size };
	size_t count = script->variable_count;
	bool is_good = true;

	for (;;) {
		struct script_value value;

		while (at.at < at.end && strchr("; \t\r\n", *at.at) != NULL)
			at.at++;
		if (at.at == at.end || !is_good)
			break;
		if (*at.at == '#') {
			while (at.at < at.end && *at.at != '\n')
				at.at++;
			continue;
		}
		script->here = NULL;
		is_good = script_command(script, &at, &value);
		if (is_good && !script_is_end(&at))
			is_good = script_fail(script, "expected end of command");
	}
	script->variable_count = count;
	return is_good;
}
