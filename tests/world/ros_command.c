/* From a sentence to what is done: path, verb, rights, arguments; and the words of a reply. */
#include "world/ros_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verb {
	const char *name;
	bool is_write;
	bool (*run)(struct ros_call *);
};

static bool run_reboot(struct ros_call *call);

static const struct verb verbs[] = {
	[ROS_VERB_PRINT] = { "print", false, ros_print },
	[ROS_VERB_GETALL] = { "getall", false, ros_print }, /* an alias (§1.4) */
	[ROS_VERB_LISTEN] = { "listen", false, ros_listen },
	[ROS_VERB_ADD] = { "add", true, ros_add },
	[ROS_VERB_SET] = { "set", true, ros_set },
	[ROS_VERB_REMOVE] = { "remove", true, ros_remove },
	[ROS_VERB_ENABLE] = { "enable", true, ros_enable },
	[ROS_VERB_DISABLE] = { "disable", true, ros_disable },
	[ROS_VERB_COMMENT] = { "comment", true, ros_set },
	[ROS_VERB_UNSET] = { "unset", true, ros_unset },
	[ROS_VERB_MOVE] = { "move", true, ros_move },
	[ROS_VERB_RESET_COUNTERS] = { "reset-counters", true, ros_reset_counters },
	[ROS_VERB_LOGIN] = { "login", true, ros_hotspot_active_login },
	[ROS_VERB_MAKE_BINDING] = { "make-binding", true, ros_make_binding },
	[ROS_VERB_REQUEST_LOGOUT] = { "request-logout", true, ros_remove },
	[ROS_VERB_REBOOT] = { "reboot", true, run_reboot },
	[ROS_VERB_RUN] = { "run", true, ros_script_command },
};

const char *ros_verb_name(enum ros_verb verb)
{
	return verbs[verb].name;
}

bool ros_verb_is_write(enum ros_verb verb)
{
	return verbs[verb].is_write;
}

static bool run_reboot(struct ros_call *call)
{
	/* The answer goes out first: ros_set_now() or the session's end does the rest. */
	if (!call->no_apply)
		call->ros->reboot_asked = true;
	return true;
}

const struct ros_argument *ros_call_argument(const struct ros_call *call, const char *name)
{
	for (size_t i = 0; i < call->argument_count; i++)
		if (ros_text_is(call->arguments[i].name, name))
			return &call->arguments[i];
	return NULL;
}

/* ---- replies --------------------------------------------------------------------------------- */

void ros_reply_begin(struct ros_buffer *out, const char *word, const struct ros_text *tag)
{
	ros_wire_word(out, word, strlen(word));
	if (tag != NULL) {
		struct ros_buffer text = { NULL, 0, 0 };

		/* Every reply of a tagged command repeats its tag (§1.2). */
		ros_buffer_text(&text, ".tag=");
		ros_buffer_add(&text, tag->bytes, tag->size);
		ros_wire_word(out, text.bytes, text.size);
		ros_buffer_done(&text);
	}
}

void ros_reply_attribute(struct ros_buffer *out, const char *name, struct ros_text value)
{
	char small[512];
	size_t name_size = strlen(name);
	size_t size = name_size + value.size + 2;
	char *word = size <= sizeof(small) ? small : ros_allocate(size);
	struct ros_buffer big = { word, size, size };

	word[0] = '=';
	memcpy(word + 1, name, name_size);
	word[name_size + 1] = '=';
	if (value.size > 0)
		memcpy(word + name_size + 2, value.bytes, value.size);
	ros_wire_word(out, word, size);
	if (word != small)
		ros_buffer_done(&big);
}

void ros_reply_end(struct ros_buffer *out)
{
	ros_wire_word(out, "", 0);
}

void ros_reply_trap(struct ros_buffer *out, const struct ros_text *tag,
		    const struct ros_refusal *refusal)
{
	ros_reply_begin(out, "!trap", tag);
	/* The category is often missing (§1.5). */
	if (refusal->category >= 0) {
		char number[16];

		snprintf(number, sizeof(number), "%d", refusal->category);
		ros_reply_attribute(out, "category", ros_text_of(number));
	}
	ros_reply_attribute(out, "message", ros_text_of(refusal->text));
	ros_reply_end(out);
}

/* ---- parsing --------------------------------------------------------------------------------- */

/* Whether any menu lies at or below this path. */
static bool path_is_known(const struct ros *ros, struct ros_text path)
{
	for (size_t i = 0; i < ros_menus_count(); i++) {
		const char *other = ros_menus[i]->path;

		if (ros_menus[i]->since <= ros->version && strlen(other) >= path.size &&
		    memcmp(other, path.bytes, path.size) == 0 &&
		    (other[path.size] == '\0' || other[path.size] == '/'))
			return true;
	}
	return false;
}

static bool refuse_path(struct ros_call *call, struct ros_text path)
{
	struct ros_text known = { path.bytes, 0 };
	size_t at = 1;

	call->lost = path;
	while (at <= path.size) {
		size_t end = at;

		while (end < path.size && path.bytes[end] != '/')
			end++;
		known.size = end;
		call->lost = (struct ros_text){ path.bytes + at, end - at };
		if (!path_is_known(call->ros, known))
			break;
		at = end + 1;
	}
	call->is_lost = true;
	return ros_refuse(&call->refusal, 0, "no such command prefix");
}

static bool verb_is_here(const struct ros_call *call, enum ros_verb verb)
{
	const struct ros_menu *menu = call->table->menu;

	if (verb <= ROS_VERB_LISTEN)
		return call->table->field_count > 0;
	/* A user's session: request-logout until 7.19, remove from 7.20 (§4). */
	if (menu == &ros_menu_user_active && verb == ROS_VERB_REMOVE)
		return call->ros->version >= 72000;
	if (menu == &ros_menu_user_active && verb == ROS_VERB_REQUEST_LOGOUT)
		return call->ros->version < 72000;
	return (menu->verbs & ROS_VERB_BIT(verb)) != 0;
}

static bool command_parse(struct ros_call *call, struct ros_text word)
{
	const struct ros_menu *menu;
	struct ros_text path = word, name;
	size_t cut = word.size;

	while (cut > 0 && word.bytes[cut - 1] != '/')
		cut--;
	if (cut < 2)
		return refuse_path(call, word);
	path.size = cut - 1;
	name = (struct ros_text){ word.bytes + cut, word.size - cut };
	menu = ros_menu_find(path);
	if (menu == NULL || menu->since > call->ros->version)
		return path_is_known(call->ros, path)
			   ? ros_refuse(&call->refusal, 0, "no such command")
			   : refuse_path(call, path);
	call->table = ros_table_of(call->ros, menu);
	for (int i = 0; i < ROS_VERB_COUNT; i++) {
		if (ros_text_is(name, verbs[i].name) && verb_is_here(call, (enum ros_verb)i)) {
			call->verb = (enum ros_verb)i;
			return true;
		}
	}
	return ros_refuse(&call->refusal, 0, "no such command");
}

static void argument_parse(struct ros_call *call, struct ros_text word)
{
	struct ros_argument *argument = &call->arguments[call->argument_count];

	word.bytes++;
	word.size--;
	/* Split at the first `=` only: a value may hold more of them (§1.1). */
	ros_text_cut(&word, '=', &argument->name);
	argument->value = word.bytes == NULL ? (struct ros_text){ "", 0 } : word;
	call->argument_count++;
}

bool ros_call_parse(struct ros_call *call, const struct ros_text *words, size_t count)
{
	/* One more than there can be: enable and disable add one themselves. */
	call->arguments = ros_allocate((count + 1) * sizeof(*call->arguments));
	call->queries = ros_allocate(count * sizeof(*call->queries));
	for (size_t i = 1; i < count; i++) {
		struct ros_text word = words[i];

		if (word.size > 5 && memcmp(word.bytes, ".tag=", 5) == 0) {
			call->has_tag = true;
			call->tag = (struct ros_text){ word.bytes + 5, word.size - 5 };
		} else if (word.bytes[0] == '=') {
			argument_parse(call, word);
		} else if (word.bytes[0] == '?') {
			call->queries[call->query_count++] = word;
		}
	}
	return command_parse(call, words[0]);
}

void ros_call_done(struct ros_call *call)
{
	free(call->arguments);
	free(call->queries);
	free(call);
}

/* ---- running --------------------------------------------------------------------------------- */

static bool rights_check(struct ros_call *call)
{
	unsigned needed = ROS_POLICY_READ;

	if (call->verb == ROS_VERB_REBOOT)
		needed = ROS_POLICY_REBOOT;
	else if (verbs[call->verb].is_write)
		needed = call->table->menu->needs_policy ? ROS_POLICY_POLICY : ROS_POLICY_WRITE;
	if ((call->policy & needed) != 0)
		return true;
	return ros_refuse(&call->refusal, -1, "not enough permissions (9)"); /* §1.5 */
}

bool ros_call_run(struct ros_call *call)
{
	return rights_check(call) && verbs[call->verb].run(call);
}
