/* Menu commands of scripts: find, get, set, remove and their kin, on the router's own tables. */
#include "world/ros_script.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* ---- find ------------------------------------------------------------------------------------ */

struct condition {
	size_t field;
	char sign; /* = ! ~ */
	struct ros_text value;
	regex_t regex;
};

#define CONDITIONS_MAX 8

static bool regex_make(struct script *script, struct condition *condition)
{
	char *words = script_take(script, condition->value.size + 1);

	if (condition->value.size > 0)
		memcpy(words, condition->value.bytes, condition->value.size);
	return regcomp(&condition->regex, words, REG_EXTENDED | REG_NOSUB) == 0 ||
	       script_fail(script, "invalid regular expression");
}

/* yes and no are how people write it. */
static struct ros_text word_plain(struct ros_text text)
{
	if (ros_text_is(text, "yes"))
		return ros_text_of("true");
	return ros_text_is(text, "no") ? ros_text_of("false") : text;
}

static bool condition_read(struct script *script, struct script_at *at, struct ros_table *table,
			   struct condition *out)
{
	struct script_value value;
	struct ros_text name;
	int field;

	script_skip(at);
	name = script_word(at);
	field = ros_field_index(table, name);
	if (field < 0 || !ros_field_is_known(script->ros, &table->menu->fields[field]))
		return script_fail(script, "bad property %.*s", (int)name.size, name.bytes);
	out->field = (size_t)field;
	out->sign = script_takes(at, "!=") ? '!' : script_takes(at, "=") ? '=' : '~';
	if (out->sign == '~' && !script_takes(at, "~"))
		return script_fail(script, "expected comparison");
	if (!script_operand(script, at, &value))
		return false;
	/* What a dry run has as its pattern is no pattern yet. */
	if (script->is_dry)
		out->sign = '=';
	out->value = word_plain(script_print(script, &value));
	return out->sign != '~' || regex_make(script, out);
}

static bool condition_holds(struct script *script, struct ros_table *table,
			    const struct ros_row *row, const struct condition *condition)
{
	struct ros_buffer text = { NULL, 0, 0 };
	bool holds;

	if (!ros_field_show(script->ros, table, row, condition->field, &text))
		holds = condition->sign == '!';
	else if (condition->sign == '~')
		holds = (ros_buffer_text(&text, ""), true) && text.bytes != NULL &&
			regexec(&condition->regex, text.bytes, 0, NULL, 0) == 0;
	else
		holds = ros_text_same(ros_buffer_view(&text), condition->value) ==
			(condition->sign == '=');
	ros_buffer_done(&text);
	return holds;
}

static void find_rows(struct script *script, struct ros_table *table,
		      const struct condition *conditions, size_t count, struct script_value *out)
{
	uint32_t *ids = script_take(script, (table->count + 1) * sizeof(*ids));

	*out = (struct script_value){ .type = SCRIPT_ROWS, .ids = ids };
	for (const struct ros_row *row = table->first; row != NULL; row = row->next) {
		bool holds = true;

		for (size_t i = 0; holds && i < count; i++)
			holds = condition_holds(script, table, row, &conditions[i]);
		if (holds)
			ids[out->count++] = row->id;
	}
}

static bool menu_find(struct script *script, struct script_at *at, struct ros_table *table,
		      struct script_value *out)
{
	struct condition conditions[CONDITIONS_MAX];
	struct script_at before = *at;
	size_t count = 0;
	bool is_good = true;

	script_skip(at);
	if (!ros_text_is(script_word(at), "where"))
		*at = before;
	while (is_good && !script_is_end(at)) {
		if (count > 0 && !script_takes(at, "&&"))
			(void)script_takes(at, "and ");
		if (count == CONDITIONS_MAX) {
			is_good = script_fail(script, "too many conditions");
			break;
		}
		conditions[count].sign = '=';
		is_good = condition_read(script, at, table, &conditions[count]);
		count += is_good;
	}
	if (is_good)
		find_rows(script, table, conditions, script->is_dry ? 0 : count, out);
	for (size_t i = 0; i < count; i++)
		if (conditions[i].sign == '~')
			regfree(&conditions[i].regex);
	return is_good;
}

/* ---- get ------------------------------------------------------------------------------------- */

static const struct ros_row *row_of(struct script *script, struct ros_table *table,
				    const struct script_value *which)
{
	if (which->type == SCRIPT_ROWS)
		return which->count == 1 ? ros_row_by_id(table, which->ids[0]) : NULL;
	return ros_row_which(script->ros, table, which->text);
}

/*
 * In a script the offset is a number, and one below zero reads as an unsigned one of 32 bits
 * (public scripts subtract 2^32 from it).
 */
static bool get_offset(struct script *script, struct script_value *out)
{
	*out = (struct script_value){ .type = SCRIPT_NUM,
				      .number = (uint32_t)script->ros->gmt_offset_s };
	return true;
}

static bool menu_get(struct script *script, struct script_at *at, struct ros_table *table,
		     struct script_value *out)
{
	const struct ros_row *row = table->first;
	struct script_value which;
	struct ros_buffer text = { NULL, 0, 0 };
	struct ros_text name;
	char *copy;
	int field;

	if (table->menu->shape != ROS_SHAPE_SINGLE) {
		if (!script_operand(script, at, &which))
			return false;
		row = script->is_dry ? NULL : row_of(script, table, &which);
	}
	script_skip(at);
	name = script_word(at);
	field = ros_field_index(table, name);
	if (field < 0)
		return script_fail(script, "bad property %.*s", (int)name.size, name.bytes);
	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (script->is_dry)
		return true;
	if (row == NULL)
		return script_fail(script, "no such item");
	if (table->menu == &ros_menu_clock && ros_text_is(name, "gmt-offset"))
		return get_offset(script, out);
	(void)ros_field_show(script->ros, table, row, (size_t)field, &text);
	copy = script_take(script, text.size + 1);
	if (text.size > 0)
		memcpy(copy, text.bytes, text.size);
	*out = (struct script_value){ .type = SCRIPT_STR, .text = { copy, text.size } };
	ros_buffer_done(&text);
	return true;
}

/* ---- what changes something ------------------------------------------------------------------ */

#define WORDS_MAX 16

static struct ros_text join(struct script *script, const char *first, struct ros_text second,
			    const char *third, struct ros_text fourth)
{
	struct ros_buffer text = { NULL, 0, 0 };
	char *copy;

	ros_buffer_text(&text, first);
	ros_buffer_add(&text, second.bytes, second.size);
	ros_buffer_text(&text, third);
	ros_buffer_add(&text, fourth.bytes, fourth.size);
	copy = script_take(script, text.size + 1);
	memcpy(copy, text.bytes, text.size);
	struct ros_text out = { copy, text.size };
	ros_buffer_done(&text);
	return out;
}

static bool call_run(struct script *script, const struct ros_text *words, size_t count)
{
	struct ros_call *call = ros_allocate(sizeof(*call));
	bool is_good;

	call->ros = script->ros;
	call->policy = script->policy;
	call->depth = script->depth;
	is_good = ros_call_parse(call, words, count) && ros_call_run(call);
	if (!is_good)
		*script->refusal = call->refusal;
	ros_call_done(call);
	return is_good;
}

static bool menu_change(struct script *script, struct script_at *at, struct ros_table *table,
			struct ros_text verb)
{
	struct ros_text words[WORDS_MAX], name, none = { "", 0 };
	struct script_value value;
	bool is_empty = false;
	size_t count = 1;

	words[0] = join(script, table->menu->path, none, "/", verb);
	if (table->menu->shape != ROS_SHAPE_SINGLE && !ros_text_is(verb, "add")) {
		if (!script_operand(script, at, &value))
			return false;
		/* Nothing found is nothing to do (§1.4). */
		is_empty = value.type == SCRIPT_ROWS && value.count == 0;
		words[count++] = join(script, "=.id=", script_print(script, &value), "", none);
	}
	while (!script_is_end(at)) {
		if (count == WORDS_MAX || !script_named(at, &name) ||
		    !script_operand(script, at, &value))
			return script_fail(script, "expected name=value");
		words[count++] = join(script, "=", name, "=", script_print(script, &value));
	}
	return script->is_dry || is_empty || call_run(script, words, count);
}

/* ---- paths ----------------------------------------------------------------------------------- */

static bool is_verb(struct ros_text word)
{
	static const char *const verbs[] = { "find", "get",    "set",	  "remove",
					     "add",  "enable", "disable", "run" };

	for (size_t i = 0; i < ROS_COUNT(verbs); i++)
		if (ros_text_is(word, verbs[i]))
			return true;
	return false;
}

/* `/ppp secret find`, `/ppp/secret/find`, or `find` of the menu that the command around is in. */
static bool path_read(struct script *script, struct script_at *at, struct ros_text *verb)
{
	struct ros_buffer path = { NULL, 0, 0 };
	bool is_good = true;

	script_skip(at);
	if (at->at < at->end && *at->at == '/')
		script->here = NULL;
	for (;;) {
		(void)script_takes(at, "/");
		script_skip(at);
		*verb = script_word(at);
		if (verb->size == 0) {
			is_good = script_fail(script, "bad command name");
			break;
		}
		if (script->here != NULL && is_verb(*verb))
			break;
		ros_buffer_text(&path, "/");
		ros_buffer_add(&path, verb->bytes, verb->size);
		script->here = ros_menu_find(ros_buffer_view(&path));
		if (script->here != NULL && script->here->since > script->ros->version)
			script->here = NULL;
		if (path.size > 60) {
			is_good = script_fail(script, "bad command name %.*s", (int)verb->size,
					      verb->bytes);
			break;
		}
	}
	ros_buffer_done(&path);
	return is_good;
}

bool script_menu(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_table *table;
	struct ros_text verb;

	if (!path_read(script, at, &verb))
		return false;
	table = ros_table_of(script->ros, script->here);
	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (!script->is_dry && (script->policy & ROS_POLICY_READ) == 0)
		return script_fail(script, "not enough permissions (9)");
	if (ros_text_is(verb, "find"))
		return menu_find(script, at, table, out);
	if (ros_text_is(verb, "get"))
		return menu_get(script, at, table, out);
	return menu_change(script, at, table, verb);
}
