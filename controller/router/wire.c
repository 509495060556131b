#include "router/wire.h"

#include <string.h>

#define WRITER_ROOM 512u  /* bytes of a writer's first buffer: most commands fit */
#define READER_ROOM 4096u /* bytes of a reader's first buffer: most rows fit */
#define PREFIX_SIZE_MAX 5u

/* ---- writing ---- */

void wire_writer_init(struct wire_writer *writer, struct arena *arena)
{
	*writer = (struct wire_writer){ .arena = arena };
}

static void writer_need(struct wire_writer *writer, uint32_t more)
{
	uint64_t wanted = (uint64_t)writer->size + more;
	invariant(wanted <= UINT32_MAX / 2);
	if (wanted <= writer->room)
		return;
	uint32_t room = writer->room ? writer->room : WRITER_ROOM;
	while (room < wanted)
		room *= 2;
	writer->at = arena_grow(writer->arena, writer->at, writer->room, room);
	writer->room = room;
}

static void writer_byte(struct wire_writer *writer, uint32_t byte)
{
	writer->at[writer->size++] = (char)(unsigned char)byte;
}

/* §1.1: the count of leading one bits says how many bytes follow, most significant first. */
static void writer_length(struct wire_writer *writer, uint32_t length)
{
	writer_need(writer, PREFIX_SIZE_MAX);
	if (length < 0x80) {
		writer_byte(writer, length);
		return;
	}
	uint32_t follow = 1, mark = 0x80;
	if (length >= 0x10000000) {
		follow = 4;
		mark = 0xf0;
	} else if (length >= 0x200000) {
		follow = 3;
		mark = 0xe0;
	} else if (length >= 0x4000) {
		follow = 2;
		mark = 0xc0;
	}
	/* The five-byte form has no room for bits of the length in its first byte. */
	writer_byte(writer, follow == 4 ? mark : mark | (length >> (8 * follow)));
	while (follow-- > 0)
		writer_byte(writer, (length >> (8 * follow)) & 0xff);
}

static void writer_text(struct wire_writer *writer, struct text text)
{
	writer_need(writer, text.size);
	if (text.size)
		memcpy(writer->at + writer->size, text.at, text.size);
	writer->size += text.size;
}

void wire_word(struct wire_writer *writer, struct text word)
{
	/* An empty word would end the sentence early: the rest would be read as a command. */
	invariant(word.size > 0);
	writer_length(writer, word.size);
	writer_text(writer, word);
}

void wire_pair(struct wire_writer *writer, struct text before, struct text after)
{
	invariant(before.size > 0 && after.size <= WORD_SIZE_MAX);
	writer_length(writer, before.size + after.size);
	writer_text(writer, before);
	writer_text(writer, after);
}

void wire_attribute(struct wire_writer *writer, struct text name, struct text value)
{
	invariant(name.size > 0 && name.size <= WORD_SIZE_MAX && value.size <= WORD_SIZE_MAX);
	writer_length(writer, name.size + value.size + 2);
	writer_text(writer, TEXT("="));
	writer_text(writer, name);
	writer_text(writer, TEXT("="));
	writer_text(writer, value);
}

void wire_end(struct wire_writer *writer)
{
	writer_need(writer, 1);
	writer_byte(writer, 0);
}

struct text wire_bytes(const struct wire_writer *writer)
{
	return (struct text){ writer->at, writer->size };
}

/* ---- reading ---- */

bool wire_split(struct text word, struct text *name, struct text *value)
{
	return text_starts(word, TEXT("=")) && text_cut(text_from(word, 1), '=', name, value);
}

bool wire_find(const struct wire_sentence *sentence, const char *name, struct text *value)
{
	struct text found;
	for (uint32_t i = 0; i < sentence->count; i++)
		if (wire_split(sentence->words[i], &found, value) && text_is(found, name))
			return true;
	return false;
}

void wire_reader_init(struct wire_reader *reader, struct arena *arena)
{
	memset(reader, 0, sizeof(*reader));
	reader->arena = arena;
}

static enum wire_step reader_break(struct wire_reader *reader, enum error_code code,
				   const char *why, struct error *error)
{
	reader->broken = code;
	reader->broken_why = why;
	(void)error_set(error, code, "%s", why);
	return WIRE_BROKEN;
}

/* The first byte of a length; false when it is none. */
static bool prefix_begin(struct wire_reader *reader, uint32_t byte)
{
	if (byte < 0x80) {
		reader->prefix = byte;
		reader->prefix_left = 0;
	} else if (byte < 0xc0) {
		reader->prefix = byte & 0x3f;
		reader->prefix_left = 1;
	} else if (byte < 0xe0) {
		reader->prefix = byte & 0x1f;
		reader->prefix_left = 2;
	} else if (byte < 0xf0) {
		reader->prefix = byte & 0x0f;
		reader->prefix_left = 3;
	} else if (byte == 0xf0) {
		reader->prefix = 0;
		reader->prefix_left = 4;
	} else {
		/* 0xF8 and above are reserved; 0xF1 to 0xF7 are in no manual. */
		return false;
	}
	return true;
}

static void reader_room(struct wire_reader *reader, uint32_t more)
{
	uint32_t wanted = reader->size + more;
	if (wanted <= reader->room)
		return;
	uint32_t room = reader->room ? reader->room : READER_ROOM;
	while (room < wanted)
		room *= 2;
	reader->bytes = arena_grow(reader->arena, reader->bytes, reader->room, room);
	reader->room = room;
}

/* Makes slices of the bytes, which move while they grow, and forgets the sentence for the next one.
 */
static void sentence_finish(struct wire_reader *reader, struct wire_sentence *out)
{
	static const struct {
		const char *word;
		enum wire_kind kind;
	} kinds[] = {
		{ "!re", WIRE_RE },       { "!done", WIRE_DONE },   { "!trap", WIRE_TRAP },
		{ "!fatal", WIRE_FATAL }, { "!empty", WIRE_EMPTY },
	};
	uint32_t begin = 0;
	*out = (struct wire_sentence){ .kind = WIRE_OTHER, .words = reader->words + 1 };
	out->count = reader->word_count - 1;
	out->size = reader->wire_size;
	for (uint32_t i = 0; i < reader->word_count; i++) {
		struct text *word = &reader->words[i];
		*word = (struct text){ reader->bytes + begin, reader->ends[i] - begin };
		begin = reader->ends[i];
		if (i > 0 && text_starts(*word, TEXT(".tag=")))
			out->tag = text_from(*word, 5);
	}
	for (uint32_t i = 0; i < ARRAY_COUNT(kinds); i++)
		if (text_is(reader->words[0], kinds[i].word))
			out->kind = kinds[i].kind;
	reader->size = 0;
	reader->word_count = 0;
	reader->wire_size = 0;
}

/* A length is complete: a word begins. Its size is checked before a byte of it is kept. */
static const char *word_begin(struct wire_reader *reader)
{
	if (reader->prefix > WORD_SIZE_MAX)
		return "the router sent a word longer than 4 MiB";
	if (reader->word_count == SENTENCE_WORDS_MAX)
		return "the router sent a sentence of more than 512 words";
	if (reader->size + reader->prefix > SENTENCE_SIZE_MAX)
		return "the router sent a sentence longer than 8 MiB";
	reader_room(reader, reader->prefix);
	reader->word_left = reader->prefix;
	reader->ends[reader->word_count++] = reader->size + reader->prefix;
	return NULL;
}

static void take_word_bytes(struct wire_reader *reader, struct text *input)
{
	uint32_t size = input->size < reader->word_left ? input->size : reader->word_left;
	memcpy(reader->bytes + reader->size, input->at, size);
	reader->size += size;
	reader->wire_size += size;
	reader->word_left -= size;
	*input = text_from(*input, size);
}

enum wire_step wire_feed(struct wire_reader *reader, struct text *input, struct wire_sentence *out,
			 struct error *error)
{
	if (reader->broken != ERROR_NONE)
		return reader_break(reader, reader->broken, reader->broken_why, error);
	while (input->size > 0) {
		if (reader->word_left > 0) {
			take_word_bytes(reader, input);
			continue;
		}
		uint32_t byte = (unsigned char)input->at[0];
		*input = text_from(*input, 1);
		reader->wire_size++;
		if (reader->prefix_left > 0) {
			reader->prefix = reader->prefix << 8 | byte;
			reader->prefix_left--;
		} else if (!prefix_begin(reader, byte)) {
			return reader_break(reader, ERROR_UNREACHABLE,
					    "the bytes are not those of the RouterOS API: is "
					    "another service on that port?",
					    error);
		}
		if (reader->prefix_left > 0)
			continue;
		if (reader->prefix > 0) {
			const char *why = word_begin(reader);
			if (why)
				return reader_break(reader, ERROR_LIMIT, why, error);
		} else if (reader->word_count > 0) {
			sentence_finish(reader, out);
			return WIRE_SENTENCE;
		} else {
			reader->wire_size = 0;
		}
	}
	return WIRE_MORE;
}
