/*
 * The one error type. An error is named after what must happen next, not after what went wrong.
 * The caller owns it (on its stack); nothing here blocks or allocates; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/macros.h"

/* What must happen next; the disposition table in error.c gives everything else. */
enum error_code {
	ERROR_NONE,
	ERROR_INVALID,     /* the author must change the input */
	ERROR_REFUSED,     /* the router understood and said no */
	ERROR_DENIED,      /* credentials or rights */
	ERROR_UNREACHABLE, /* nobody answered, nothing changed */
	ERROR_UNKNOWN,     /* the line died after a write was sent: look, never assume */
	ERROR_CONFLICT,    /* somebody else's row, or the world moved */
	ERROR_GUARDED,     /* too large to do unasked */
	ERROR_LIMIT,       /* one of our own maxima */
	ERROR_STORE,       /* the state file cannot be trusted: the process stops */
	ERROR_FAILED,      /* a plain failure of the machine or of a library, with its words */
	ERROR_COUNT
};

/*
 * Where in an operator's file: line and column are 1-based, column in characters; 0 is "no place".
 */
struct place {
	char file[PLACE_FILE_SIZE];
	uint32_t line;
	uint32_t column;
};

struct error {
	enum error_code code;
	struct place place;
	/* one sentence a person can act on; UTF-8, cut at a character */
	char text[ERROR_TEXT_SIZE];
};

/* One row per code. */
struct disposition {
	const char *name;      /* "unreachable": the word in events, history and metrics */
	const char *condition; /* the condition it turns false, or NULL */
	int http_status;       /* 0: never reaches HTTP */
	int exit_code;         /* product.md section 4 */
	bool again;            /* retried by itself */
	uint32_t retry_s_max;  /* longest wait between tries; 0: only when the input changes */
};

/* Fills the error and returns false, so that `return error_set(...)` reads as the failure it is. */
bool error_set(struct error *error, enum error_code code, const char *format, ...)
	PRINTF_LIKE(3, 4) COLD;

/*
 * Puts "context: " before the text, keeping the code; returns false. Once per floor on the way up.
 */
bool error_at(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3) COLD;

/* Never fails; the row of the code. */
const struct disposition *error_disposition(enum error_code code);

/*
 * Ends the process after one log line: only for broken invariants and exhausted memory, never for
 * input.
 */
_Noreturn void fatal(const char *format, ...) PRINTF_LIKE(1, 2) COLD;

/* An assertion that stays on in release builds and says its place. */
#define invariant(condition)                                                                  \
	((condition) ? (void)0                                                                \
		     : fatal("%s:%d: broken invariant: %s", __FILE__, __LINE__, #condition))
