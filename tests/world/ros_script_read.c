/* Reads the script language: words, strings, expressions. */
#include "world/ros_script.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_skip(struct script_at *at)
{
	while (at->at < at->end && (isspace((unsigned char)*at->at) != 0))
		at->at++;
}

/* At the end of a command: a mark, a closing bracket, or the end of all. */
bool script_is_end(const struct script_at *at)
{
	const char *p = at->at;

	while (p < at->end && (*p == ' ' || *p == '\t'))
		p++;
	return p == at->end || strchr(";\n\r])}", *p) != NULL;
}

static bool is_word(char byte)
{
	return isalnum((unsigned char)byte) != 0 || (byte != '\0' && strchr("-_.*:", byte) != NULL);
}

struct ros_text script_word(struct script_at *at)
{
	struct ros_text word = { at->at, 0 };

	while (at->at < at->end && is_word(*at->at))
		at->at++;
	word.size = (size_t)(at->at - word.bytes);
	return word;
}

bool script_takes(struct script_at *at, const char *mark)
{
	size_t size = strlen(mark);

	script_skip(at);
	if ((size_t)(at->end - at->at) < size || memcmp(at->at, mark, size) != 0)
		return false;
	at->at += size;
	return true;
}

bool script_named(struct script_at *at, struct ros_text *name)
{
	struct script_at before = *at;

	script_skip(at);
	*name = script_word(at);
	if (name->size > 0 && at->at < at->end && *at->at == '=') {
		at->at++;
		return true;
	}
	*at = before;
	return false;
}

/* A string's end, from its first quote on; NULL: it has none. */
static const char *string_end(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '"')
			return p + 1;
	}
	return NULL;
}

bool script_block(struct script *script, struct script_at *at, struct ros_text *body)
{
	int depth = 0;

	script_skip(at);
	if (at->at == at->end || *at->at != '{')
		return script_fail(script, "expected block");
	body->bytes = at->at + 1;
	for (; at->at < at->end; at->at++) {
		if (*at->at == '"') {
			const char *end = string_end(at->at, at->end);

			if (end == NULL)
				break;
			at->at = end - 1;
		} else if (*at->at == '{') {
			depth++;
		} else if (*at->at == '}' && --depth == 0) {
			body->size = (size_t)(at->at - body->bytes);
			at->at++;
			return true;
		}
	}
	return script_fail(script, "expected closing brace");
}

/* ---- strings --------------------------------------------------------------------------------- */

/* `$name` inside a string stands for its value; `\$` for itself. */
static bool string_operand(struct script *script, struct script_at *at, struct script_value *out)
{
	const char *end = string_end(at->at, at->end);
	struct ros_buffer text = { NULL, 0, 0 };
	char *copy;

	if (end == NULL)
		return script_fail(script, "expected closing quote");
	for (const char *p = at->at + 1; p < end - 1; p++) {
		struct script_at name = { p + 1, end - 1 };
		struct script_variable *variable;

		if (*p == '\\' && p + 1 < end - 1) {
			p++;
			ros_buffer_add(&text, *p == 'n' ? "\n" : *p == 'r' ? "\r" : p, 1);
			continue;
		}
		if (*p != '$') {
			ros_buffer_add(&text, p, 1);
			continue;
		}
		while (name.at < name.end && isalnum((unsigned char)*name.at) != 0)
			name.at++;
		variable = script_variable(script,
					   (struct ros_text){ p + 1, (size_t)(name.at - p - 1) });
		if (variable != NULL) {
			struct ros_text value = script_print(script, &variable->value);
			ros_buffer_add(&text, value.bytes, value.size);
		}
		p = name.at - 1;
	}
	copy = script_take(script, text.size + 1);
	if (text.size > 0)
		memcpy(copy, text.bytes, text.size);
	*out = (struct script_value){ .type = SCRIPT_STR, .text = { copy, text.size } };
	ros_buffer_done(&text);
	at->at = end;
	return true;
}

/* ---- expressions ----------------------------------------------------------------------------- */

static bool expression(struct script *script, struct script_at *at, unsigned level,
		       struct script_value *out);

/* From loosest to tightest; of one level from left to right. */
static const char *const operators[][7] = {
	{ "||", "or ", NULL },
	{ "&&", "and ", NULL },
	{ "!=", "<=", ">=", "=", "<", ">", NULL },
	{ "~", NULL },
	{ ".", NULL },
	{ "+", "-", NULL },
	{ "*", "/", NULL },
};

static bool both(struct script *script, const struct script_value *a, const struct script_value *b,
		 enum script_type type, const char *name)
{
	return (a->type == type && b->type == type) ||
	       script_fail(script, "cannot do %s with these types", name);
}

static bool matches(struct script *script, struct ros_text text, struct ros_text pattern,
		    bool *found)
{
	char *subject = script_take(script, text.size + 1);
	char *words = script_take(script, pattern.size + 1);
	regex_t regex;

	if (text.size > 0)
		memcpy(subject, text.bytes, text.size);
	if (pattern.size > 0)
		memcpy(words, pattern.bytes, pattern.size);
	if (regcomp(&regex, words, REG_EXTENDED | REG_NOSUB) != 0)
		return script_fail(script, "invalid regular expression");
	*found = regexec(&regex, subject, 0, NULL, 0) == 0;
	regfree(&regex);
	return true;
}

static bool arithmetic(struct script *script, char sign, int64_t a, int64_t b, int64_t *out)
{
	if (sign == '/' && b == 0)
		return script_fail(script, "division by zero");
	*out = sign == '+' ? a + b : sign == '-' ? a - b : sign == '*' ? a * b : a / b;
	return true;
}

static bool is_same(const struct script_value *a, const struct script_value *b)
{
	if (a->type != b->type)
		return false;
	return a->type == SCRIPT_STR ? ros_text_same(a->text, b->text) : a->number == b->number;
}

static bool combine(struct script *script, const char *sign, struct script_value *a,
		    const struct script_value *b)
{
	struct script_value out = { .type = SCRIPT_BOOL };
	bool found = false;

	if (strcmp(sign, ".") == 0) {
		struct ros_text left = script_print(script, a), right = script_print(script, b);
		char *copy = script_take(script, left.size + right.size + 1);

		memcpy(copy, left.bytes, left.size);
		memcpy(copy + left.size, right.bytes, right.size);
		out = (struct script_value){ .type = SCRIPT_STR,
					     .text = { copy, left.size + right.size } };
	} else if (strchr("+-*/", sign[0]) != NULL) {
		out.type = SCRIPT_NUM;
		if (!both(script, a, b, SCRIPT_NUM, sign) ||
		    !arithmetic(script, sign[0], a->number, b->number, &out.number))
			return false;
	} else if (strcmp(sign, "~") == 0) {
		if (!both(script, a, b, SCRIPT_STR, sign) ||
		    !matches(script, a->text, b->text, &found))
			return false;
		out.number = found;
	} else if (strcmp(sign, "=") == 0 || strcmp(sign, "!=") == 0) {
		out.number = is_same(a, b) == (sign[0] == '=');
	} else if (sign[0] == '<' || sign[0] == '>') {
		if (!both(script, a, b, SCRIPT_NUM, sign))
			return false;
		out.number = sign[1] == '=' && a->number == b->number
				 ? 1
				 : (sign[0] == '<' ? a->number < b->number
						   : a->number > b->number);
	} else {
		if (!both(script, a, b, SCRIPT_BOOL, sign))
			return false;
		out.number = sign[0] == '|' || sign[0] == 'o' ? a->number || b->number
							      : a->number && b->number;
	}
	*a = out;
	return true;
}

static bool unary(struct script *script, struct script_at *at, struct script_value *out)
{
	if (!script_takes(at, "!"))
		return script_operand(script, at, out);
	if (!script_operand(script, at, out))
		return false;
	if (script->is_dry)
		return true;
	if (out->type != SCRIPT_BOOL)
		return script_fail(script, "cannot do ! with this type");
	out->number = !out->number;
	return true;
}

static bool expression(struct script *script, struct script_at *at, unsigned level,
		       struct script_value *out)
{
	if (level == ROS_COUNT(operators))
		return unary(script, at, out);
	if (!expression(script, at, level + 1, out))
		return false;
	for (;;) {
		struct script_value right;
		const char *sign = NULL;

		for (size_t i = 0; sign == NULL && operators[level][i] != NULL; i++)
			if (script_takes(at, operators[level][i]))
				sign = operators[level][i];
		if (sign == NULL)
			return true;
		if (!expression(script, at, level + 1, &right) ||
		    (!script->is_dry && !combine(script, sign, out, &right)))
			return false;
	}
}

/* ---- operands -------------------------------------------------------------------------------- */

static bool variable_operand(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_text name = { at->at + 1, 0 };
	const struct script_variable *variable;

	while (name.bytes + name.size < at->end &&
	       isalnum((unsigned char)name.bytes[name.size]) != 0)
		name.size++;
	at->at = name.bytes + name.size;
	variable = script_variable(script, name);
	*out = (struct script_value){ .type = SCRIPT_NIL };
	if (variable == NULL)
		return script_fail(script, "no such variable %.*s", (int)name.size, name.bytes);
	*out = variable->value;
	return true;
}

static bool inner_operand(struct script *script, struct script_at *at, char opens,
			  struct script_value *out)
{
	const struct ros_menu *here = script->here;
	bool is_good;

	at->at++;
	is_good = opens == '(' ? expression(script, at, 0, out) : script_command(script, at, out);
	script->here = here;
	if (is_good && !script_takes(at, opens == '(' ? ")" : "]"))
		return script_fail(script, "expected closing %s",
				   opens == '(' ? "parenthesis" : "bracket");
	return is_good;
}

bool script_operand(struct script *script, struct script_at *at, struct script_value *out)
{
	struct ros_text word;
	uint64_t number;

	script_skip(at);
	if (at->at == at->end)
		return script_fail(script, "expected value");
	if (*at->at == '"')
		return string_operand(script, at, out);
	if (*at->at == '$')
		return variable_operand(script, at, out);
	if (*at->at == '(' || *at->at == '[')
		return inner_operand(script, at, *at->at, out);
	word = script_word(at);
	if (word.size == 0)
		return script_fail(script, "expected value");
	*out = (struct script_value){ .type = SCRIPT_STR, .text = word };
	if (ros_text_number(word, &number))
		*out = (struct script_value){ .type = SCRIPT_NUM, .number = (int64_t)number };
	return true;
}
