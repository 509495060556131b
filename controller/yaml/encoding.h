/*
 * What must be true of a file's bytes before a YAML parser sees them: UTF-8, no NUL, no control or
 * foreign line-break characters, not too large. Pure; nothing is owned; any thread. It never
 * repairs.
 */
#pragma once

#include "base/text.h"

struct flaw {
	uint32_t line, column; /* 1-based, in characters */
	const char *message;   /* static, with the remedy */
};

/* False with the first flaw. On true *bytes has lost a UTF-8 byte order mark, if there was one. */
bool encoding_check(struct text *bytes, struct flaw *flaw) MUST_CHECK;

/* The size of the UTF-8 character at the start of `rest`, and the character; 0: there is none. */
uint32_t utf8_next(struct text rest, uint32_t *character);

/* A text for a message: at most 60 characters (then "…"), control characters as `?`. */
struct text encoding_shown(struct arena *arena, struct text a);
