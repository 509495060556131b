/*
 * What the questions to all providers share: addresses, JSON written, answers opened and read
 * safely. Pure; texts lie in the arena; any thread. It never decides what an answer means.
 */
#pragma once

#include <jansson.h>

#include "provider/json.h"
#include "provider/providers.h"

/* The channel's `endpoint`, else that of its environment, and the path behind it. */
struct text talk_address(const struct channel *channel, const char *production, const char *sandbox,
			 const char *path, struct arena *arena);
json_t *talk_string(struct text text); /* never NULL */
/* The text of a tree, which it frees. */
struct text talk_written(json_t *tree, struct arena *arena);
/* "a b&c" -> "a%20b%26c", for a form and for a part of an address. */
struct text talk_escaped(struct text text, struct arena *arena);

/* False: *said holds what became of it. Ended by json_close. */
bool talk_open(struct json *json, struct value *root, struct said *said,
	       const struct response *response, struct arena *arena) MUST_CHECK;
struct said talk_unknown(struct text why);
/* It says paid, but not so that it may be counted. */
struct said talk_doubtful(struct said said, struct text why);
/* An OAuth token that a header can carry, and its life. False: this is none. */
bool talk_token(struct text *token, int64_t *lives_us, const struct response *response,
		struct value root, struct arena *arena) MUST_CHECK;
/* The text or number under a key, else empty. */
struct text talk_member(struct value object, const char *key, struct arena *arena);
/* A provider's own words, safe to print: plain ASCII, cut. */
struct text talk_words(struct arena *arena, struct text words);
/* An id of theirs: opaque, printable, at most 64 bytes; else empty. */
struct text talk_id(struct value object, const char *key, struct arena *arena);
