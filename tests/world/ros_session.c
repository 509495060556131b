/* One API connection: bytes in, bytes out later, and what the line may suffer. */
#include "world/ros_session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The limit before login is not published (§1.1); these are guesses on the safe side. */
#define SIZE_BEFORE_LOGIN 8192
#define SENTENCES_BEFORE_LOGIN 16
#define SIZE_AFTER_LOGIN ((size_t)16 << 20)

/* ---- output ---------------------------------------------------------------------------------- */

static uint64_t out_end(const struct ros_session *session)
{
	return session->taken_total + (session->out.size - session->taken);
}

static void mark_push(struct ros_session *session, int64_t at)
{
	struct ros_mark *mark;

	if (session->mark_count == session->mark_room) {
		size_t room = session->mark_room == 0 ? 16 : session->mark_room * 2;
		struct ros_mark *marks = ros_allocate(room * sizeof(*marks));

		for (size_t i = 0; i < session->mark_count; i++)
			marks[i] = session->marks[(session->mark_first + i) % session->mark_room];
		free(session->marks);
		session->marks = marks;
		session->mark_first = 0;
		session->mark_room = room;
	}
	mark = &session->marks[(session->mark_first + session->mark_count) % session->mark_room];
	if (session->mark_count > 0) {
		size_t last = (session->mark_first + session->mark_count - 1) % session->mark_room;

		/* Bytes cannot overtake each other. */
		if (session->marks[last].at > at)
			at = session->marks[last].at;
	}
	mark->end = out_end(session);
	mark->at = at;
	mark->commands = session->commands;
	session->commands = 0;
	session->mark_count++;
	session->committed = mark->end;
}

static void line_end(struct ros_session *session, enum ros_cut how)
{
	static const enum ros_line lines[ROS_CUT_COUNT] = {
		[ROS_CUT_RESET] = ROS_LINE_RESET,
		[ROS_CUT_END] = ROS_LINE_ENDED,
		[ROS_CUT_STALL] = ROS_LINE_STALLED,
	};

	session->line = lines[how];
}

/* Throws away what has no mark yet, or everything. */
static void out_drop(struct ros_session *session, uint64_t end)
{
	assert(end >= session->taken_total);
	ros_buffer_cut(&session->out, session->taken + (size_t)(end - session->taken_total));
}

static void cut_sent(struct ros_session *session)
{
	struct ros_armed *armed = &session->ros->faults[ROS_FAULT_CUT_SENT];
	uint64_t more = out_end(session) - session->committed;
	uint64_t left;

	if (!armed->is_armed || more == 0)
		return;
	left = armed->after > armed->seen ? armed->after - armed->seen : 0;
	if (more < left) {
		armed->seen += more;
		return;
	}
	out_drop(session, session->committed + left);
	line_end(session, armed->how);
	ros_fault_fire(armed);
}

uint64_t ros_random(struct ros *ros)
{
	ros->random ^= ros->random << 13;
	ros->random ^= ros->random >> 7;
	ros->random ^= ros->random << 17;
	return ros->random;
}

/* Mixes the replies of commands that came in one go, each in its own order. */
static void batch_mix(struct ros_session *session)
{
	size_t start = session->span_count == 0 ? 0 : session->spans[0].start;
	size_t left = 0;
	struct ros_buffer mixed = { NULL, 0, 0 };

	for (size_t i = 0; i < session->span_count; i++) {
		if (!session->spans[i].has_tag)
			return;
		/* A listen says nothing yet. */
		left += session->spans[i].start != session->spans[i].end;
	}
	if (left < 2 || !ros_fault_step(session->ros, ROS_FAULT_REORDER))
		return;
	while (left > 0) {
		struct ros_span *span =
		    &session->spans[ros_random(session->ros) % session->span_count];
		struct ros_sentence sentence;
		size_t used;

		if (span->start == span->end)
			continue;
		if (ros_wire_sentence(&sentence, session->out.bytes + span->start,
				      span->end - span->start, SIZE_MAX / 2,
				      &used) != ROS_WIRE_WHOLE)
			used = span->end - span->start;
		ros_buffer_add(&mixed, session->out.bytes + span->start, used);
		span->start += used;
		if (span->start == span->end)
			left--;
	}
	memcpy(session->out.bytes + start, mixed.bytes, mixed.size);
	ros_buffer_done(&mixed);
}

/* What was said since the last mark goes on its way. */
static void session_commit(struct ros_session *session)
{
	uint64_t said = out_end(session) - session->committed;

	if (said == 0 || session->is_busy)
		return;
	cut_sent(session);
	session->ros->counters.bytes_out += out_end(session) - session->committed;
	mark_push(session, session->ros->now_at + session->ros->latency_us + session->delay_us);
	session->delay_us = 0;
}

static void marks_release(struct ros_session *session)
{
	while (session->mark_count > 0) {
		const struct ros_mark *mark = &session->marks[session->mark_first];

		if (mark->at > session->ros->now_at)
			return;
		session->released = mark->end;
		if (session->taken_total < mark->end)
			return; /* its commands are in flight until its bytes are taken */
		session->in_flight -= mark->commands;
		session->mark_first = (session->mark_first + 1) % session->mark_room;
		session->mark_count--;
	}
}

static uint64_t released_end(struct ros_session *session)
{
	marks_release(session);
	for (size_t i = 0; i < session->mark_count; i++) {
		const struct ros_mark *mark =
		    &session->marks[(session->mark_first + i) % session->mark_room];

		if (mark->at > session->ros->now_at)
			break;
		session->released = mark->end;
	}
	return session->released;
}

size_t ros_session_output(struct ros_session *session, const char **bytes)
{
	uint64_t end = released_end(session);

	*bytes = session->out.bytes == NULL ? "" : session->out.bytes + session->taken;
	return end > session->taken_total ? (size_t)(end - session->taken_total) : 0;
}

void ros_session_consume(struct ros_session *session, size_t size)
{
	assert(session->taken_total + size <= session->released);
	session->taken += size;
	session->taken_total += size;
	if (session->taken == session->out.size) {
		ros_buffer_cut(&session->out, 0);
		session->taken = 0;
	} else if (session->taken > 65536 && session->taken > session->out.size / 2) {
		size_t rest = session->out.size - session->taken;

		memmove(session->out.bytes, session->out.bytes + session->taken, rest);
		ros_buffer_cut(&session->out, rest);
		session->taken = 0;
	}
	marks_release(session);
}

int64_t ros_session_release_at(const struct ros_session *session)
{
	for (size_t i = 0; i < session->mark_count; i++) {
		const struct ros_mark *mark =
		    &session->marks[(session->mark_first + i) % session->mark_room];

		if (mark->end > session->released)
			return mark->at;
	}
	return ROS_NEVER;
}

enum ros_line ros_session_line(const struct ros_session *session)
{
	return session->line;
}

bool ros_session_is_closed(const struct ros_session *session)
{
	return (session->line == ROS_LINE_ENDED || session->line == ROS_LINE_RESET) &&
	       session->taken == session->out.size;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static uint64_t service_sessions(const struct ros *ros, const char *name)
{
	uint64_t count = 0;

	for (const struct ros_session *one = ros->sessions; one != NULL; one = one->next)
		count += strcmp(one->service_name, name) == 0;
	return count;
}

static bool service_is_open(const struct ros *ros, const char *name)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_service);
	const struct ros_row *row = ros_row_by_name(ros, table, ros_text_of(name));
	uint64_t most;

	if (ros_row_flag(ros, table, row, "disabled"))
		return false;
	/* max-sessions exists from 7.16, default 20 (§1.6). */
	if (ros->version < 71600 ||
	    !ros_text_number(ros_row_text(ros, table, row, "max-sessions"), &most))
		return true;
	return service_sessions(ros, name) < most;
}

/* Since 7.18 /ip/service lists live connections too (§1.6). */
static void service_row(struct ros_session *session)
{
	struct ros *ros = session->ros;
	struct ros_table *table = ros_table_of(ros, &ros_menu_service);
	struct ros_row *row;

	if (ros->version < 71800)
		return;
	row = ros_row_make(ros, &ros_menu_service, "name", session->service_name, "local",
			   "127.0.0.1", "remote", "127.0.0.1/50000", "connection", "true", NULL);
	ros_row_write(ros, table, row, "port",
		      ros_row_text(ros, table,
				   ros_row_by_name(ros, table, ros_text_of(session->service_name)),
				   "port"));
	row->is_dynamic = true;
	ros_row_insert(ros, ros_table_of(ros, &ros_menu_service), row, NULL);
	session->service = row->id;
}

static struct ros_session *session_open(struct ros *ros, const char *service, bool is_rest)
{
	struct ros_session *session;

	if (!ros_is_up(ros) || ros_fault_step(ros, ROS_FAULT_REFUSE) ||
	    !service_is_open(ros, service)) {
		ros->counters.refused++;
		return NULL;
	}
	session = ros_allocate(sizeof(*session));
	session->ros = ros;
	session->service_name = service;
	session->is_rest = is_rest;
	session->next = ros->sessions;
	session->is_silent = ros_fault_step(ros, ROS_FAULT_SILENT);
	ros->sessions = session;
	ros->counters.connections++;
	ros->counters.sessions++;
	service_row(session);
	return session;
}

struct ros_session *ros_session_open(struct ros *ros)
{
	return session_open(ros, "api", false);
}

struct ros_session *ros_session_open_rest(struct ros *ros, bool has_tls)
{
	return session_open(ros, has_tls ? "www-ssl" : "www", true);
}

static void listening_free(struct ros_listening *listening)
{
	free(listening->tag);
	free(listening);
}

static void active_forget(struct ros *ros, uint32_t id)
{
	struct ros_table *actives = ros_table_of(ros, &ros_menu_user_active);
	struct ros_row *row = id == 0 ? NULL : ros_row_by_id(actives, id);

	if (row != NULL)
		ros_row_remove(ros, actives, row);
}

/* Everything that the router keeps for a live connection. */
static void session_forget(struct ros_session *session)
{
	struct ros *ros = session->ros;
	struct ros_table *services = ros_table_of(ros, &ros_menu_service);
	uint32_t id = session->user_active, twin = session->user_active_twin;
	struct ros_row *row;

	session->user_active = 0;
	session->user_active_twin = 0;
	while (session->listenings != NULL) {
		struct ros_listening *listening = session->listenings;

		session->listenings = listening->next;
		listening_free(listening);
	}
	active_forget(ros, id);
	active_forget(ros, twin);
	row = session->service == 0 ? NULL : ros_row_by_id(services, session->service);
	session->service = 0;
	if (row != NULL)
		ros_row_remove(ros, services, row);
}

void ros_session_close(struct ros_session *session)
{
	struct ros_session **at = &session->ros->sessions;

	session_forget(session);
	while (*at != session)
		at = &(*at)->next;
	*at = session->next;
	session->ros->counters.sessions--;
	ros_buffer_done(&session->in);
	ros_buffer_done(&session->out);
	free(session->marks);
	free(session->spans);
	free(session);
}

void ros_sessions_reset(struct ros *ros)
{
	for (struct ros_session *session = ros->sessions; session != NULL;
	     session = session->next) {
		session->line = ROS_LINE_RESET;
		session->user_active = 0;
		session->user_active_twin = 0;
		session->service = 0;
		session_forget(session);
		out_drop(session, session->taken_total);
		session->mark_count = 0;
		session->in_flight = 0;
		session->listening = 0;
		session->released = session->taken_total;
		session->committed = session->taken_total;
	}
}

void ros_session_logout(struct ros *ros, uint32_t user_active_id)
{
	for (struct ros_session *session = ros->sessions; session != NULL; session = session->next)
		if (session->user_active == user_active_id ||
		    session->user_active_twin == user_active_id) {
			session->user_active = 0;
			session->user_active_twin = 0;
			session->line = ROS_LINE_ENDED;
		}
}

/* ---- listen and cancel ----------------------------------------------------------------------- */

bool ros_session_listen(struct ros_session *session, const struct ros_call *call)
{
	struct ros_listening *listening = ros_allocate(sizeof(*listening));

	listening->table = call->table;
	ros_selection_fill(&listening->selection, call);
	listening->has_tag = call->has_tag;
	listening->tag = ros_copy(call->has_tag ? call->tag.bytes : "", call->tag.size);
	listening->tag_size = call->tag.size;
	listening->next = session->listenings;
	session->listenings = listening;
	/* In flight until it is cancelled, whatever else is said meanwhile. */
	session->listening++;
	session->in_flight--;
	session->commands--;
	return true;
}

void ros_sessions_changed(struct ros *ros, const struct ros_table *table, const struct ros_row *row,
			  bool is_dead)
{
	static const struct ros_selection none = { .has_id = true };

	for (struct ros_session *session = ros->sessions; session != NULL;
	     session = session->next) {
		for (struct ros_listening *one = session->listenings; one != NULL;
		     one = one->next) {
			struct ros_text tag = { one->tag, one->tag_size };
			const struct ros_text *with = one->has_tag ? &tag : NULL;
			size_t before = session->out.size;

			if (one->table != table || session->line != ROS_LINE_OPEN)
				continue;
			ros_print_row(&session->out, ros, table, row,
				      is_dead ? &none : &one->selection, with);
			if (is_dead) {
				/* `.dead=true` as recorded (§1.2), in the same sentence. */
				ros_buffer_cut(&session->out, session->out.size - 1);
				ros_reply_attribute(&session->out, ".dead", ros_text_of("true"));
				ros_reply_end(&session->out);
			}
			assert(session->out.size > before);
		}
		session_commit(session);
	}
}

bool ros_session_cancel(struct ros_session *session, const struct ros_text *tag,
			struct ros_buffer *out)
{
	static const struct ros_refusal interrupted = { 2, "interrupted" };
	struct ros_listening **at = &session->listenings;
	bool any = false;

	/* First the traps of those that end; their !done come after that of the cancel (§1.2). */
	while (*at != NULL) {
		struct ros_listening *one = *at;
		struct ros_text name = { one->tag, one->tag_size };

		if (tag != NULL && (!one->has_tag || !ros_text_same(name, *tag))) {
			at = &one->next;
			continue;
		}
		ros_reply_trap(&session->out, one->has_tag ? &name : NULL, &interrupted);
		ros_reply_begin(out, "!done", one->has_tag ? &name : NULL);
		ros_reply_end(out);
		*at = one->next;
		session->listening--;
		listening_free(one);
		any = true;
	}
	return any;
}

static void span_push(struct ros_session *session, size_t start, bool has_tag)
{
	if (session->span_count == session->span_room) {
		size_t room = session->span_room == 0 ? 32 : session->span_room * 2;
		struct ros_span *spans = realloc(session->spans, room * sizeof(*spans));

		if (spans == NULL)
			abort();
		session->spans = spans;
		session->span_room = room;
	}
	session->spans[session->span_count].start = start;
	session->spans[session->span_count].end = session->out.size;
	session->spans[session->span_count].has_tag = has_tag;
	session->span_count++;
}

static size_t sentences_run(struct ros_session *session)
{
	size_t at = 0;

	while (session->line == ROS_LINE_OPEN && !session->is_silent) {
		struct ros_sentence sentence;
		size_t used = 0;
		enum ros_wire wire = ros_wire_sentence(
		    &sentence, session->in.bytes + at, session->in.size - at,
		    session->logged_in ? SIZE_AFTER_LOGIN : SIZE_BEFORE_LOGIN, &used);

		if (wire == ROS_WIRE_MORE)
			break;
		if (wire == ROS_WIRE_BROKEN ||
		    (!session->logged_in && ++session->sentences > SENTENCES_BEFORE_LOGIN)) {
			session->line = ROS_LINE_ENDED;
			break;
		}
		at += used;
		if (sentence.count > 0) { /* an empty sentence is ignored (§1.1) */
			size_t start = session->out.size;

			ros_sentence_run(session, &sentence);
			span_push(session, start, ros_sentence_has_tag(&sentence));
		}
	}
	return at;
}

static void input_run(struct ros_session *session)
{
	size_t at = session->is_rest
			? ros_rest_input(session, session->in.bytes, session->in.size)
			: sentences_run(session);

	memmove(session->in.bytes, session->in.bytes + at, session->in.size - at);
	ros_buffer_cut(&session->in, session->in.size - at);
}

void ros_session_input(struct ros_session *session, const char *bytes, size_t size)
{
	struct ros_armed *armed = &session->ros->faults[ROS_FAULT_CUT_RECEIVED];
	bool is_cut = false;
	enum ros_cut how = ROS_CUT_RESET;

	if (session->line != ROS_LINE_OPEN || size == 0)
		return;
	if (armed->is_armed) {
		uint64_t left = armed->after > armed->seen ? armed->after - armed->seen : 0;

		if (size >= left) {
			size = (size_t)left;
			is_cut = true;
			how = armed->how;
			ros_fault_fire(armed);
		} else {
			armed->seen += size;
		}
	}
	session->ros->counters.bytes_in += size;
	if (!session->is_silent && size > 0) {
		ros_buffer_add(&session->in, bytes, size);
		session->is_busy = true;
		session->span_count = 0;
		input_run(session);
		batch_mix(session);
		session->is_busy = false;
	}
	if (is_cut && session->line == ROS_LINE_OPEN) {
		/* By reset or stall the answer to what was just read never gets out. */
		if (how != ROS_CUT_END)
			out_drop(session, session->committed);
		line_end(session, how);
	}
	session_commit(session);
}
