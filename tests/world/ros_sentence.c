/* What a sentence of an API connection means: login, cancel, commands (§1.2, §1.3). */
#include "world/ros_session.h"

#include <stdlib.h>
#include <string.h>

static void say_done(struct ros_session *session, const struct ros_text *tag, const char *ret)
{
	ros_reply_begin(&session->out, "!done", tag);
	if (ret != NULL && ret[0] != '\0')
		ros_reply_attribute(&session->out, "ret", ros_text_of(ret));
	ros_reply_end(&session->out);
}

/* `!fatal` carries a bare word (§1.2); then the router closes. */
static void say_fatal(struct ros_session *session, const char *text)
{
	ros_reply_begin(&session->out, "!fatal", NULL);
	ros_wire_word(&session->out, text, strlen(text));
	ros_reply_end(&session->out);
	session->line = ROS_LINE_ENDED;
}

static struct ros_text word_value(const struct ros_sentence *sentence, const char *prefix,
				  bool *found)
{
	size_t size = strlen(prefix);

	for (size_t i = 1; i < sentence->count; i++) {
		struct ros_text word = sentence->words[i];

		if (word.size >= size && memcmp(word.bytes, prefix, size) == 0) {
			*found = true;
			return (struct ros_text){ word.bytes + size, word.size - size };
		}
	}
	*found = false;
	return (struct ros_text){ "", 0 };
}

static void challenge_say(struct ros_session *session, const struct ros_text *tag)
{
	struct ros_buffer hex = { NULL, 0, 0 };

	for (size_t i = 0; i < sizeof(session->challenge); i++) {
		session->challenge[i] = (unsigned char)ros_random(session->ros);
		ros_buffer_print(&hex, "%02x", session->challenge[i]);
	}
	session->has_challenge = true;
	say_done(session, tag, hex.bytes);
	ros_buffer_done(&hex);
}

uint32_t ros_session_show(struct ros *ros, struct ros_row *user, const char *via)
{
	struct ros_table *users = ros_table_of(ros, &ros_menu_user);
	struct ros_row *row = ros_row_make(ros, &ros_menu_user_active, "address", "127.0.0.1",
					   "via", via, NULL);

	ros_row_write(ros, ros_table_of(ros, &ros_menu_user_active), row, "name",
		      ros_row_text(ros, users, user, "name"));
	ros_row_write(ros, ros_table_of(ros, &ros_menu_user_active), row, "group",
		      ros_row_text(ros, users, user, "group"));
	row->is_dynamic = true;
	ros_row_insert(ros, ros_table_of(ros, &ros_menu_user_active), row, NULL);
	return row->id;
}

static void login_succeed(struct ros_session *session, struct ros_row *user, unsigned policy,
			  const struct ros_text *tag)
{
	struct ros *ros = session->ros;

	session->logged_in = true;
	session->policy = policy;
	session->user_active = ros_session_show(ros, user, "api");
	ros->counters.logins++;
	say_done(session, tag, NULL);
	session->is_silent = ros_fault_step(ros, ROS_FAULT_MUTE);
}

static void login(struct ros_session *session, const struct ros_sentence *sentence,
		  const struct ros_text *tag)
{
	struct ros *ros = session->ros;
	struct ros_refusal refusal = { -1, "" };
	struct ros_row *user = NULL;
	bool has_name, has_password, has_response, is_right;
	struct ros_text name = word_value(sentence, "=name=", &has_name);
	struct ros_text password = word_value(sentence, "=password=", &has_password);
	struct ros_text response = word_value(sentence, "=response=", &has_response);
	unsigned policy = 0;

	if (ros->version < 64300) {
		/* The plain form is not known yet: a challenge answers whatever comes (§1.3). */
		if (!has_response || !session->has_challenge) {
			challenge_say(session, tag);
			return;
		}
		is_right = ros_user_answer(ros, name, response, session->challenge,
					   sizeof(session->challenge), &policy, &user);
	} else {
		is_right = ros_user_login(ros, name, password, &policy, &user);
	}
	if (is_right && (policy & ROS_POLICY_API) != 0) {
		login_succeed(session, user, policy, tag);
		return;
	}
	ros->counters.logins_failed++;
	if (is_right)
		ros_refuse(&refusal, -1, "std failure: not allowed (9)");
	else if (ros->version < 64300)
		ros_refuse(&refusal, -1, "cannot log in");
	else
		ros_refuse(&refusal, -1, "invalid user name or password (6)");
	ros_reply_trap(&session->out, tag, &refusal);
	say_done(session, tag, NULL);
}

static void cancel(struct ros_session *session, const struct ros_sentence *sentence,
		   const struct ros_text *tag)
{
	struct ros_buffer after = { NULL, 0, 0 };
	bool has_tag;
	struct ros_text which = word_value(sentence, "=tag=", &has_tag);

	ros_session_cancel(session, has_tag ? &which : NULL, &after);
	say_done(session, tag, NULL);
	if (after.size > 0)
		ros_buffer_add(&session->out, after.bytes, after.size);
	ros_buffer_done(&after);
}

static void say_refusal(struct ros_session *session, const struct ros_call *call)
{
	const struct ros_text *tag = call->has_tag ? &call->tag : NULL;
	struct ros_refusal first;

	/* An unknown menu took two traps on old routers (§1.5). */
	if (call->is_lost && session->ros->version < 70000) {
		ros_refuse(&first, 0, "no such command or directory (%.*s)",
			   (int)(call->lost.size > 100 ? 100 : call->lost.size), call->lost.bytes);
		ros_reply_trap(&session->out, tag, &first);
	}
	ros_reply_trap(&session->out, tag, &call->refusal);
}

static bool write_run(struct ros_call *call, const struct ros_sentence *sentence)
{
	struct ros *ros = call->ros;
	bool is_done;

	ros->counters.writes++;
	if (ros_fault_step(ros, ROS_FAULT_TRAP)) {
		ros_refuse(&call->refusal, -1, "%s", ros->faults[ROS_FAULT_TRAP].text);
		ros_log_write(ros, sentence, call->refusal.text, false);
		return false;
	}
	call->no_apply = ros_fault_step(ros, ROS_FAULT_LIE);
	is_done = ros_call_run(call);
	if (is_done && !call->no_apply) {
		ros->counters.writes_done++;
		ros->writes_done_total++;
		if (call->verb == ROS_VERB_SET && call->changed == 0)
			ros->counters.writes_idle++;
	}
	ros_log_write(ros, sentence,
		      !is_done               ? call->refusal.text
		      : call->no_apply       ? "lied"
		      : call->ret[0] != '\0' ? call->ret
					     : "done",
		      is_done && !call->no_apply);
	return is_done;
}

struct ros_call *ros_sentence_call(struct ros_session *session, const struct ros_sentence *sentence,
				   struct ros_buffer *out, bool *is_good)
{
	struct ros *ros = session->ros;
	struct ros_call *call = ros_allocate(sizeof(*call));

	call->ros = ros;
	call->session = session;
	call->out = out;
	call->policy = session->policy;
	ros->counters.commands++;
	session->commands++;
	session->in_flight++;
	if (session->in_flight + session->listening > ros->counters.tags_max)
		ros->counters.tags_max = session->in_flight + session->listening;
	*is_good = ros_call_parse(call, sentence->words, sentence->count);
	if (*is_good) {
		ros->asked[call->table - ros->tables][call->verb]++;
		if (ros_verb_is_write(call->verb)) {
			*is_good = write_run(call, sentence);
		} else {
			ros->counters.prints += call->verb != ROS_VERB_LISTEN;
			*is_good = ros_call_run(call);
		}
	}
	ros->counters.rows_sent += call->rows;
	ros->counters.traps += !*is_good;
	return call;
}

static void command(struct ros_session *session, const struct ros_sentence *sentence)
{
	bool is_good;
	struct ros_call *call = ros_sentence_call(session, sentence, &session->out, &is_good);
	const struct ros_text *tag = call->has_tag ? &call->tag : NULL;

	if (!is_good) {
		say_refusal(session, call);
	} else if (call->verb <= ROS_VERB_GETALL && call->rows == 0 && !call->counted &&
		   session->ros->version >= 71800) {
		/* From 7.18 on: `!empty`, with the tag, before !done (§1.2). */
		ros_reply_begin(&session->out, "!empty", tag);
		ros_reply_end(&session->out);
	}
	if (!is_good || !call->keeps_running)
		say_done(session, tag, is_good ? call->ret : NULL);
	ros_call_done(call);
}

void ros_sentence_run(struct ros_session *session, const struct ros_sentence *sentence)
{
	struct ros_text name = sentence->words[0];
	bool has_tag;
	struct ros_text tag = word_value(sentence, ".tag=", &has_tag);

	if (ros_text_is(name, "/login")) {
		login(session, sentence, has_tag ? &tag : NULL);
	} else if (ros_text_is(name, "/quit")) {
		say_fatal(session, "session terminated on request");
	} else if (!session->logged_in) {
		say_fatal(session, "not logged in");
	} else {
		if (ros_fault_step(session->ros, ROS_FAULT_DELAY))
			session->delay_us = session->ros->faults[ROS_FAULT_DELAY].delay_us;
		if (ros_text_is(name, "/cancel"))
			cancel(session, sentence, has_tag ? &tag : NULL);
		else
			command(session, sentence);
	}
}

bool ros_sentence_has_tag(const struct ros_sentence *sentence)
{
	bool found;

	word_value(sentence, ".tag=", &found);
	return found;
}
