/*
 * One API connection from the inside, shared by its two files: bytes (ros_session.c) and sentences
 * (ros_sentence.c). Owned by its router. Never blocks. One thread per router.
 */
#pragma once

#include "world/ros_inside.h"

struct ros_mark {
	uint64_t end; /* of the output it releases, counted from the first byte ever */
	int64_t at;
	uint32_t commands;
};

struct ros_span {
	size_t start, end;
	bool has_tag;
};

struct ros_listening {
	struct ros_listening *next;
	struct ros_table *table;
	struct ros_selection selection;
	bool has_tag;
	char *tag;
	size_t tag_size;
};

struct ros_session {
	struct ros *ros;
	struct ros_session *next;
	enum ros_line line;
	bool is_silent;
	bool is_busy; /* inside ros_session_input() */
	bool logged_in;
	unsigned policy;
	uint32_t user_active;
	uint32_t user_active_twin; /* REST only */
	uint32_t service;
	const char *service_name;  /* its row of /ip/service */
	bool is_rest;
	unsigned sentences;
	unsigned char challenge[16];
	bool has_challenge;
	struct ros_buffer in;
	struct ros_buffer out; /* from `taken` on; before it only waits to be moved away */
	size_t taken;
	uint64_t taken_total;
	uint64_t committed; /* absolute end of what has a mark */
	uint64_t released;
	struct ros_mark *marks;
	size_t mark_first, mark_count, mark_room;
	int64_t delay_us;
	uint32_t commands;  /* in this batch */
	uint64_t in_flight; /* commands whose replies are not taken yet */
	uint64_t listening; /* those that go on for ever */
	struct ros_span *spans;
	size_t span_count, span_room;
	struct ros_listening *listenings;
};

/* Does what one sentence asks; the answer is at the end of `out`. */
void ros_sentence_run(struct ros_session *session, const struct ros_sentence *sentence);
bool ros_sentence_has_tag(const struct ros_sentence *sentence);
uint64_t ros_random(struct ros *ros);
/* One command with its counters, faults and log; rows go to `out`. The caller ends the call. */
struct ros_call *ros_sentence_call(struct ros_session *session, const struct ros_sentence *sentence,
				   struct ros_buffer *out, bool *is_good);
/* A row in /user/active; its id. */
uint32_t ros_session_show(struct ros *ros, struct ros_row *user, const char *via);

/* ros_rest.c: runs the HTTP requests that are whole; returns how many bytes they were. */
size_t ros_rest_input(struct ros_session *session, const char *bytes, size_t size);

/* ---- HTTP/1.1 (ros_http.c) ---- */

struct ros_http_request {
	struct ros_text method, path, query; /* the path as sent, without the query */
	struct ros_text authorization, content_type, body;
	bool closes; /* Connection: close */
};

/* 1: one whole request, `used` bytes long; 0: more is needed; -1: this is no HTTP. */
int ros_http_read(struct ros_http_request *out, const char *bytes, size_t size, size_t *used);
void ros_http_answer(struct ros_buffer *out, unsigned status, const char *location,
		     const char *kind, struct ros_text body, bool closes);
const char *ros_http_reason(unsigned status);
/* "Basic …" to name and password, in `scratch`. */
bool ros_http_login(struct ros_text authorization, struct ros_buffer *scratch,
		    struct ros_text *name, struct ros_text *password);
/* "%2F" and the like. */
bool ros_http_decode(struct ros_text in, struct ros_buffer *out);

/* ---- JSON (ros_json.c) ---- */

/* An object as words of a sentence, each behind the other in `words` with an empty byte between:
 * "=name=value", and "?…" for what is in ".query". False: it is none, or one RouterOS refuses. */
bool ros_json_words(struct ros_text body, struct ros_buffer *words);
/*
 * A value as RouterOS writes it: quotes and backslashes escaped, all else as it is (§2 "Known
 * bugs": control characters and other charsets make it invalid; no version is known to be better).
 */
void ros_json_text(struct ros_buffer *out, struct ros_text text);
/* The !re sentences of `rows`: a list of objects, or the first one alone. */
void ros_json_rows(struct ros_buffer *out, struct ros_text rows, bool is_single);
