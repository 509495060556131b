/*
 * A peer that says what a script tells it: after each send of ours the next reply is released,
 * whatever was asked. What was sent is kept. Its line needs no closing of its own; one test owns
 * it.
 */
#pragma once

#include "router/line.h"
#include "router/wire.h"

struct script {
	struct line line;
	const struct text *replies; /* one per send; an empty one releases nothing */
	uint32_t reply_count;
	uint32_t sends;
	uint32_t closes;
	struct text pending;
	struct text sent; /* all bytes of ours, in order */
	uint32_t piece_max;
	struct arena *arena;
	void (*tick)(void); /* called at each receive, may be NULL */
};

/* The script's line: give it to device_open_line. */
struct line *script_line(struct script *script, struct arena *arena);
/* A sentence of these words, until NULL. */
struct text sentence_of(struct arena *arena, const char *word, ...) __attribute__((sentinel));
struct text joined(struct arena *arena, struct text a, struct text b);
/* What a router says until it may be looked at: login, then its version under tag 1. */
struct text login_reply(struct arena *arena);
struct text version_reply(struct arena *arena, const char *version);
