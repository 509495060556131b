/*
 * The sentences of the RouterOS API as bytes and back (routeros facts §1.1, §1.2): no sockets, no
 * clock, no recursion. What a reader returns points into the reader and lives until it is fed
 * again; a writer's bytes lie in its arena. Nothing blocks; one thread at a time.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/* ---- writing ---- */

struct wire_writer {
	struct arena *arena;
	char *at;
	uint32_t size, room;
};

void wire_writer_init(struct wire_writer *writer, struct arena *arena);
void wire_word(struct wire_writer *writer, struct text word);
/* "=name=value", its parts copied once. */
void wire_attribute(struct wire_writer *writer, struct text name, struct text value);
/* `before` and `after` as one word: wire_pair(w, TEXT(".tag="), tag). */
void wire_pair(struct wire_writer *writer, struct text before, struct text after);
void wire_end(struct wire_writer *writer); /* the zero word: the router acts when it arrives */
struct text wire_bytes(const struct wire_writer *writer);

/* ---- reading ---- */

enum wire_kind {
	WIRE_RE,    /* one row */
	WIRE_DONE,  /* always the last of a command */
	WIRE_TRAP,  /* a refusal; WIRE_DONE follows */
	WIRE_FATAL, /* the router hangs up after it */
	WIRE_EMPTY, /* no rows, 7.18 and later; WIRE_DONE follows */
	WIRE_OTHER  /* a word of a version to come: skipped */
};

struct wire_sentence {
	enum wire_kind kind;
	struct text tag;          /* empty: none */
	const struct text *words; /* without the first */
	uint32_t count;
	uint32_t size; /* bytes it took on the wire */
};

/* "=name=value" cut at the first '=' after the leading one; false when the word is no attribute. */
bool wire_split(struct text word, struct text *name, struct text *value);
/* The value of an attribute; false when it is not there. */
bool wire_find(const struct wire_sentence *sentence, const char *name, struct text *value);

enum wire_step {
	WIRE_MORE,     /* all input is taken, no sentence is complete */
	WIRE_SENTENCE, /* one is; feed the rest of the input again */
	WIRE_BROKEN    /* no way to go on: `error`, for ever */
};

struct wire_reader {
	struct arena *arena; /* grows to at most three times SENTENCE_SIZE_MAX */
	char *bytes;         /* the words of the sentence so far, one behind the other */
	uint32_t size, room;
	uint32_t ends[SENTENCE_WORDS_MAX]; /* where each word ends in `bytes` */
	struct text words[SENTENCE_WORDS_MAX];
	uint32_t word_count;
	uint32_t wire_size;     /* bytes of this sentence so far, prefixes too */
	uint32_t prefix;        /* the length being read */
	uint32_t prefix_left;   /* its bytes still to come */
	uint32_t word_left;     /* bytes of the word still to come */
	enum error_code broken; /* not ERROR_NONE: WIRE_BROKEN for ever */
	const char *broken_why;
};

#define WIRE_READER_ARENA_SIZE \
	(3ull * SENTENCE_SIZE_MAX + (64u << 10)) /* reserved, touched as needed */

void wire_reader_init(struct wire_reader *reader, struct arena *arena);
/*
 * Takes bytes off `input`. An empty sentence is skipped, as the manual says. BROKEN: a reserved
 * control byte (UNREACHABLE: this is not the API, or a later one), or one of our maxima (LIMIT).
 */
enum wire_step wire_feed(struct wire_reader *reader, struct text *input, struct wire_sentence *out,
			 struct error *error);
