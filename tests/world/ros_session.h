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
	uint32_t service;
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
	struct ros_span *spans;
	size_t span_count, span_room;
	struct ros_listening *listenings;
};

/* Does what one sentence asks; the answer is at the end of `out`. */
void ros_sentence_run(struct ros_session *session, const struct ros_sentence *sentence);
bool ros_sentence_has_tag(const struct ros_sentence *sentence);
uint64_t ros_random(struct ros *ros);
