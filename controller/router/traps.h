/*
 * The router's refusals, in its words, to codes that say what must happen next (house, section 6):
 * THE table of loose patterns, for wording differs per menu and version. Static data; nothing
 * blocks; any thread.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

struct trap {
	const char *pattern; /* anywhere in the text, without case */
	enum error_code code;
	const char *remedy;  /* said after the router's words; NULL: they say enough */
	const char *example; /* a real text with this pattern, for the tests of the table */
};

extern const struct trap traps[];
extern const uint32_t trap_count;

/* The first row that fits, or NULL: then it is REFUSED. */
const struct trap *trap_find(struct text message);
/* Fills the error with code, the router's words (made printable) and the remedy; returns false. */
bool trap_error(struct error *error, struct text message) COLD;
