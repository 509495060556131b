/*
 * JSON from the street, read exactly: a pass of our own over the raw bytes bounds depth and size
 * and keeps every number as its literal text, then jansson builds the tree. The caller closes the
 * tree; texts lie in the arena; no I/O; any thread. It never turns a number into a float, and never
 * lets one of two equal keys win.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

enum value_kind {
	VALUE_ABSENT, /* no such key, or not an object */
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_NUMBER, /* `text` is the literal as it was written: "1.00", "1e3" */
	VALUE_TEXT,
	VALUE_LIST,
	VALUE_OBJECT
};

struct value {
	enum value_kind kind;
	struct text text; /* NUMBER and TEXT, in the arena; else empty */
	const void *node; /* jansson's; lives until json_close */
};

struct json {
	void *root; /* jansson's; NULL when nothing is open */
};

/* Bytes of one arena that json_open may take at most, for callers that size theirs. */
#define JSON_ARENA_SIZE_MAX (512u << 10)

/*
 * False with a sentence in *why (static or in the arena) when the bytes are not JSON, too deep, too
 * many, hold a NUL or a key twice; then nothing is open.
 */
bool json_open(struct json *out, struct text bytes, struct arena *arena,
	       struct text *why) MUST_CHECK;
void json_close(struct json *json); /* legal on a zeroed one */

struct value json_root(const struct json *json);
/* The value under `key` of an object; ABSENT for anything else. */
struct value value_at(struct value parent, const char *key, struct arena *arena);
bool value_is_true(struct value value); /* the literal `true`, nothing else */
/* The index-th of a list; ABSENT past its end and for anything else. */
struct value value_item(struct value parent, uint32_t index, struct arena *arena);
