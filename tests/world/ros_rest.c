/*
 * REST: a JSON wrapper around the API, with statuses (§2). What it answers is a command's answer.
 */
#include "world/ros_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUT_US (60 * ROS_SECOND) /* every request is cut then */

/* One request on its way to its answer. */
struct rest {
	struct ros_session *session;
	const struct ros_http_request *request;
	struct ros_row *user;
	struct ros_buffer words;  /* of the sentence that is run, as on the wire */
	struct ros_buffer rows;   /* the !re sentences it gave */
	struct ros_buffer answer; /* the body */
	unsigned status;
	char location[160];
	char ret[24];
	bool is_html;
	struct ros_refusal refusal;
};

/* ---- answers --------------------------------------------------------------------------------- */

static void say_error(struct rest *rest, unsigned status, const char *detail)
{
	ros_buffer_cut(&rest->answer, 0);
	ros_buffer_text(&rest->answer, "{");
	if (detail != NULL) {
		ros_buffer_text(&rest->answer, "\"detail\":");
		ros_json_text(&rest->answer, ros_text_of(detail));
		ros_buffer_text(&rest->answer, ",");
	}
	ros_buffer_print(&rest->answer, "\"error\":%u,\"message\":\"%s\"}", status,
			 ros_http_reason(status));
	rest->status = status;
	rest->location[0] = '\0';
	rest->is_html = false;
}

/* What is not REST is the web pages' business. */
static void say_page(struct rest *rest, unsigned status)
{
	ros_buffer_cut(&rest->answer, 0);
	ros_buffer_print(&rest->answer, "<html><body><h1>%s</h1></body></html>",
			 ros_http_reason(status));
	rest->status = status;
	rest->is_html = true;
}

/* A refusal of the console: rights are an inner error, all else a bad request (§2). */
static void say_refusal(struct rest *rest, const struct ros_call *call)
{
	const char *text = call->refusal.text;
	bool is_unknown = strncmp(text, "no such command", 15) == 0 && !call->is_lost;
	char detail[300];

	if (strstr(text, "not enough permissions") != NULL || strstr(text, "not allowed") != NULL) {
		say_error(rest, 500, text);
		return;
	}
	if (is_unknown) {
		/*
		 * The fixture's wording; older manuals show it with 406, from when on is not known.
		 */
		struct ros_text path = rest->request->path;
		size_t cut = path.size;

		while (cut > 0 && path.bytes[cut - 1] != '/')
			cut--;
		snprintf(detail, sizeof(detail), "no such command or directory (%.*s)",
			 (int)(path.size - cut), path.bytes + cut);
		say_error(rest, call->ros->version < 71600 ? 406 : 400, detail);
		return;
	}
	say_error(rest, 400, text);
}

/* ---- running --------------------------------------------------------------------------------- */

static void words_begin(struct rest *rest, struct ros_text path, const char *command)
{
	struct ros_buffer word = { NULL, 0, 0 };

	ros_buffer_cut(&rest->words, 0);
	ros_buffer_add(&word, path.bytes, path.size);
	ros_buffer_text(&word, command);
	ros_wire_word(&rest->words, word.bytes, word.size);
	ros_buffer_done(&word);
}

static void words_add(struct rest *rest, const char *prefix, struct ros_text value)
{
	struct ros_buffer word = { NULL, 0, 0 };

	ros_buffer_text(&word, prefix);
	ros_buffer_add(&word, value.bytes, value.size);
	ros_wire_word(&rest->words, word.bytes, word.size);
	ros_buffer_done(&word);
}

/* Runs the words; the caller ends the call. */
static struct ros_call *run(struct rest *rest, bool *is_good)
{
	struct ros_sentence *sentence = ros_allocate(sizeof(*sentence));
	struct ros_call *call;
	size_t used;

	ros_wire_word(&rest->words, "", 0);
	ros_buffer_cut(&rest->rows, 0);
	if (ros_wire_sentence(sentence, rest->words.bytes, rest->words.size, SIZE_MAX / 2,
			      &used) != ROS_WIRE_WHOLE)
		abort();
	call = ros_sentence_call(rest->session, sentence, &rest->rows, is_good);
	memcpy(rest->ret, call->ret, sizeof(rest->ret));
	rest->refusal = call->refusal;
	free(sentence);
	return call;
}

static void say_ret(struct rest *rest)
{
	ros_buffer_text(&rest->answer, "{\"ret\":");
	ros_json_text(&rest->answer, ros_text_of(rest->ret));
	ros_buffer_text(&rest->answer, "}");
}

/* ---- methods --------------------------------------------------------------------------------- */

static void method_post(struct rest *rest, struct ros_text path)
{
	struct ros_call *call;
	bool is_good;

	words_begin(rest, path, "");
	if (rest->request->body.size > 0 && !ros_json_words(rest->request->body, &rest->words)) {
		say_error(rest, 400, NULL);
		return;
	}
	call = run(rest, &is_good);
	if (!is_good || call->keeps_running)
		say_refusal(rest, call); /* there is no listen here */
	else if (call->ret[0] != '\0')
		say_ret(rest);
	else
		ros_json_rows(&rest->answer, ros_buffer_view(&rest->rows), false);
	ros_call_done(call);
}

/* A menu's path, and the name or id behind its last slash; false: there is no such row. */
static bool row_find(struct rest *rest, struct ros_text path, struct ros_text *menu,
		     struct ros_text *which)
{
	size_t cut = path.size;
	const struct ros_menu *found;

	while (cut > 0 && path.bytes[cut - 1] != '/')
		cut--;
	if (cut < 2)
		return false;
	*menu = (struct ros_text){ path.bytes, cut - 1 };
	*which = (struct ros_text){ path.bytes + cut, path.size - cut };
	found = ros_menu_find(*menu);
	return found != NULL && ros_row_which(rest->session->ros,
					      ros_table_of(rest->session->ros, found),
					      *which) != NULL;
}

/* The whole row, as PUT and PATCH answer. */
static void say_row(struct rest *rest, struct ros_text menu, struct ros_text id)
{
	struct ros_call *call;
	bool is_good;

	words_begin(rest, menu, "/print");
	words_add(rest, "?.id=", id);
	call = run(rest, &is_good);
	if (!is_good)
		say_refusal(rest, call);
	else
		ros_json_rows(&rest->answer, ros_buffer_view(&rest->rows), true);
	ros_call_done(call);
}

static bool query_take(struct rest *rest, bool is_list)
{
	struct ros_text query = rest->request->query, part;
	bool is_good = true;

	while (is_good && query.size > 0 && ros_text_cut(&query, '&', &part)) {
		struct ros_buffer word = { NULL, 0, 0 };
		bool is_proplist = part.size > 10 && memcmp(part.bytes, ".proplist=", 10) == 0;

		is_good = ros_http_decode(part, &word);
		/* A list always shows its ids (§2). */
		if (is_good && is_proplist && is_list)
			ros_buffer_text(&word, ",.id");
		if (is_good)
			words_add(rest, is_proplist ? "=" : "?", ros_buffer_view(&word));
		ros_buffer_done(&word);
	}
	return is_good;
}

static void method_get(struct rest *rest, struct ros_text path)
{
	const struct ros_menu *menu = ros_menu_find(path);
	struct ros_text parent, which;
	bool is_single = menu != NULL && menu->shape == ROS_SHAPE_SINGLE, is_good;
	struct ros_call *call;

	if (menu == NULL && row_find(rest, path, &parent, &which)) {
		const struct ros_table *table =
		    ros_table_of(rest->session->ros, ros_menu_find(parent));
		char id[16];

		snprintf(id, sizeof(id), "*%X",
			 ros_row_which(rest->session->ros, table, which)->id);
		words_begin(rest, parent, "/print");
		words_add(rest, "?.id=", ros_text_of(id));
		is_single = true;
	} else if (menu == NULL) {
		say_error(rest, 404, NULL);
		return;
	} else {
		words_begin(rest, path, "/print");
	}
	if (!query_take(rest, !is_single)) {
		say_error(rest, 400, NULL);
		return;
	}
	call = run(rest, &is_good);
	if (!is_good)
		say_refusal(rest, call);
	else
		ros_json_rows(&rest->answer, ros_buffer_view(&rest->rows), is_single);
	ros_call_done(call);
}

static void method_put(struct rest *rest, struct ros_text path)
{
	struct ros_call *call;
	bool is_good;

	words_begin(rest, path, "/add");
	if (!ros_json_words(rest->request->body, &rest->words)) {
		say_error(rest, 400, NULL);
		return;
	}
	call = run(rest, &is_good);
	if (!is_good) {
		say_refusal(rest, call);
	} else {
		rest->status = 201;
		snprintf(rest->location, sizeof(rest->location), "/rest%.*s/%s",
			 (int)(path.size > 100 ? 100 : path.size), path.bytes, rest->ret);
		say_row(rest, path, ros_text_of(rest->ret));
	}
	ros_call_done(call);
}

/* PATCH and DELETE hide the cause of a refusal (§2). */
static void say_hidden(struct rest *rest)
{
	say_error(rest, 400, "missing or invalid resource identifier");
}

static void method_patch(struct rest *rest, struct ros_text path)
{
	struct ros_text menu, which;
	struct ros_call *call;
	bool is_good;

	if (!row_find(rest, path, &menu, &which)) {
		say_error(rest, 404, NULL);
		return;
	}
	words_begin(rest, menu, "/set");
	words_add(rest, "=.id=", which);
	if (!ros_json_words(rest->request->body, &rest->words)) {
		say_error(rest, 400, NULL);
		return;
	}
	call = run(rest, &is_good);
	if (!is_good)
		say_hidden(rest);
	else
		say_row(rest, menu, which);
	ros_call_done(call);
}

static void method_delete(struct rest *rest, struct ros_text path)
{
	struct ros_text menu, which;
	struct ros_call *call;
	bool is_good;

	if (!row_find(rest, path, &menu, &which)) {
		say_error(rest, 404, NULL);
		return;
	}
	words_begin(rest, menu, "/remove");
	words_add(rest, "=.id=", which);
	call = run(rest, &is_good);
	if (!is_good)
		say_hidden(rest);
	else
		rest->status = 204;
	ros_call_done(call);
}

/* ---- who asks -------------------------------------------------------------------------------- */

static bool has_rest(const struct rest *rest)
{
	const struct ros *ros = rest->session->ros;
	bool has_tls = strcmp(rest->session->service_name, "www-ssl") == 0;

	return ros->version >= (has_tls ? 70100 : 70900);
}

/* /ip/service/webserver, from 7.21 on (§2). */
static bool is_switched_off(const struct rest *rest)
{
	const struct ros *ros = rest->session->ros;
	const struct ros_table *table = ros_table_of(ros, &ros_menu_webserver);
	bool has_tls = strcmp(rest->session->service_name, "www-ssl") == 0;

	return ros->version >= 72100 && !ros_row_flag(ros, table, table->first,
						      has_tls ? "rest-secure" : "rest-plain");
}

static bool login(struct rest *rest)
{
	struct ros_session *session = rest->session;
	struct ros *ros = session->ros;
	struct ros_buffer scratch = { NULL, 0, 0 };
	struct ros_text name, password;
	unsigned policy = 0;
	bool is_right = ros_http_login(rest->request->authorization, &scratch, &name, &password) &&
			ros_user_login(ros, name, password, &policy, &rest->user) &&
			(policy & ROS_POLICY_REST) != 0;

	ros_buffer_done(&scratch);
	if (!is_right) {
		ros->counters.logins_failed++;
		say_error(rest, 401, NULL);
		return false;
	}
	if ((policy & ROS_POLICY_API) == 0) {
		say_error(rest, 500, "std failure: not allowed (9)");
		return false;
	}
	session->policy = policy;
	if (!session->logged_in) {
		session->logged_in = true;
		ros->counters.logins++;
		/* Each login is there twice (§2). */
		session->user_active = ros_session_show(ros, rest->user, "rest-api");
		session->user_active_twin = ros_session_show(ros, rest->user, "rest-api");
	}
	return true;
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Requests of one user run one at a time; one that is not through 60 s after it came is answered
 * "Session closed", and goes on running (§2). */
static void queue_up(struct rest *rest)
{
	struct ros_session *session = rest->session;
	struct ros *ros = session->ros;
	struct ros_rest_queue *queue = NULL;
	int64_t begin_at = ros->now_at, end_at;

	for (size_t i = 0; queue == NULL && i < ROS_REST_USERS_MAX; i++)
		if (ros->rest_queues[i].user == rest->user->id || ros->rest_queues[i].user == 0)
			queue = &ros->rest_queues[i];
	if (queue != NULL && queue->user != 0 && queue->busy_at > begin_at)
		begin_at = queue->busy_at;
	end_at = begin_at;
	if (ros_fault_step(ros, ROS_FAULT_DELAY))
		end_at += ros->faults[ROS_FAULT_DELAY].delay_us;
	if (queue != NULL)
		*queue = (struct ros_rest_queue){ rest->user->id, end_at };
	session->delay_us = end_at - ros->now_at;
	if (session->delay_us < CUT_US)
		return;
	session->delay_us = CUT_US;
	say_error(rest, 400, "Session closed");
}

/* ---- one request ----------------------------------------------------------------------------- */

static void dispatch(struct rest *rest, struct ros_text path)
{
	static const struct {
		const char *name;
		void (*run)(struct rest *, struct ros_text);
	} methods[] = {
		{ "POST", method_post },   { "GET", method_get },	{ "PUT", method_put },
		{ "PATCH", method_patch }, { "DELETE", method_delete },
	};
	const struct ros_http_request *request = rest->request;

	if (request->body.size > 0 &&
	    (request->content_type.size < 16 ||
	     memcmp(request->content_type.bytes, "application/json", 16) != 0)) {
		say_error(rest, 415, NULL);
		return;
	}
	for (size_t i = 0; i < ROS_COUNT(methods); i++)
		if (ros_text_is(request->method, methods[i].name)) {
			methods[i].run(rest, path);
			return;
		}
	say_error(rest, 405, NULL);
}

static void serve(struct rest *rest)
{
	struct ros_text path = rest->request->path;

	if (path.size < 7 || memcmp(path.bytes, "/rest/", 6) != 0 || !has_rest(rest)) {
		say_page(rest, 404);
		return;
	}
	if (is_switched_off(rest)) {
		say_page(rest, 403);
		return;
	}
	if (!login(rest))
		return;
	path.bytes += 5;
	path.size -= 5;
	/* A star must come as it is (§2). */
	if (memmem(path.bytes, path.size, "%2A", 3) != NULL)
		say_error(rest, 400, "no such command prefix");
	else
		dispatch(rest, path);
	queue_up(rest);
}

size_t ros_rest_input(struct ros_session *session, const char *bytes, size_t size)
{
	size_t at = 0;

	while (session->line == ROS_LINE_OPEN && !session->is_silent) {
		struct ros_http_request request;
		struct rest rest = { .session = session, .request = &request, .status = 200 };
		size_t used = 0;
		int found = ros_http_read(&request, bytes + at, size - at, &used);
		bool was_in = session->logged_in;

		if (found == 0)
			break;
		if (found < 0) {
			ros_http_answer(&session->out, 400, "", "text/html", ros_text_of(""), true);
			session->line = ROS_LINE_ENDED;
			break;
		}
		at += used;
		serve(&rest);
		ros_http_answer(&session->out, rest.status, rest.location,
				rest.is_html ? "text/html" : "application/json",
				ros_buffer_view(&rest.answer), request.closes);
		if (request.closes)
			session->line = ROS_LINE_ENDED;
		if (!was_in && session->logged_in)
			session->is_silent = ros_fault_step(session->ros, ROS_FAULT_MUTE);
		ros_buffer_done(&rest.words);
		ros_buffer_done(&rest.rows);
		ros_buffer_done(&rest.answer);
	}
	return at;
}
