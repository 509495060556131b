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
/* Paid, as a reader of callbacks understood it: the same money has the same receipt wherever it is
 * heard of. What that reader would hold is doubtful. */
struct said talk_paid(struct said said, const struct notice *notice);
/* What the status of an answer says that is no answer to the question: 4xx did nothing, a token
 * that is no longer good or too much at once neither; of all else nobody knows. */
struct said talk_refused(const char *provider, const struct response *response, struct text words,
			 struct arena *arena);
/* Can M-PESA be asked for that much, in shillings? A sentence when it cannot. */
struct text talk_cents_ok(int64_t cents, struct text currency);
/* An OAuth token that a header can carry, and its life. False: this is none. */
bool talk_token(struct text *token, int64_t *lives_us, const struct response *response,
		struct value root, struct arena *arena) MUST_CHECK;
/* The whole answer to a login. False with a sentence; `flaw` finds a refusal's words. */
bool talk_login_read(struct text *token, int64_t *lives_us, const struct response *response,
		     const char *provider,
		     struct text (*flaw)(struct value root, struct arena *arena),
		     struct arena *arena, struct text *why) MUST_CHECK;
/* The text or number under a key, else empty. */
struct text talk_member(struct value object, const char *key, struct arena *arena);
/* The text under a key, exactly as it was written: a word that decides. Else empty. */
struct text talk_verdict(struct value object, const char *key, struct arena *arena);
/* A provider's own words, safe to print: plain ASCII, cut. */
struct text talk_words(struct arena *arena, struct text words);
/* An id of theirs: opaque, printable, at most 64 bytes; else empty. */
struct text talk_id(struct value object, const char *key, struct arena *arena);
