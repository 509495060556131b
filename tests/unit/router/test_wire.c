/* Sentences to bytes and back: all word lengths, any cut, and what no parser may swallow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "router/wire.h"

static struct arena arena;
static struct wire_reader reader;
static struct error error;

static int begin(void **state)
{
	(void)state;
	arena_open(&arena, WIRE_READER_ARENA_SIZE * 3);
	wire_reader_init(&reader, &arena);
	error = (struct error){ 0 };
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static struct text repeated(char byte, uint32_t size)
{
	char *bytes = arena_take(&arena, size ? size : 1);
	memset(bytes, byte, size);
	return (struct text){ bytes, size };
}

static enum wire_step feed(struct text bytes, struct wire_sentence *out)
{
	return wire_feed(&reader, &bytes, out, &error);
}

/* The table of the manual (routeros facts §1.1), and values published with other clients' tests. */
static void lengths_are_encoded_as_the_manual_says(void **state)
{
	(void)state;
	static const struct {
		uint32_t length;
		uint8_t bytes[5];
		uint32_t size;
	} vectors[] = {
		{ 1, { 0x01 }, 1 },
		{ 0x7f, { 0x7f }, 1 },
		{ 0x80, { 0x80, 0x80 }, 2 },
		{ 135, { 0x80, 0x87 }, 2 },
		{ 256, { 0x81, 0x00 }, 2 }, /* its zero is no end of sentence */
		{ 0x3fff, { 0xbf, 0xff }, 2 },
		{ 0x4000, { 0xc0, 0x40, 0x00 }, 3 },
		{ 17185, { 0xc0, 0x43, 0x21 }, 3 },
		{ 0x1fffff, { 0xdf, 0xff, 0xff }, 3 },
		{ 0x200000, { 0xe0, 0x20, 0x00, 0x00 }, 4 },
		{ 2805231, { 0xe0, 0x2a, 0xcd, 0xef }, 4 },
	};
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct wire_writer writer;
		struct wire_sentence sentence;
		struct text word = repeated('x', vectors[i].length);
		wire_writer_init(&writer, &arena);
		wire_word(&writer, word);
		wire_word(&writer, word);
		wire_end(&writer);
		struct text bytes = wire_bytes(&writer);
		assert_memory_equal(bytes.at, vectors[i].bytes, vectors[i].size);
		assert_int_equal(bytes.size, 2 * (vectors[i].size + vectors[i].length) + 1);
		assert_int_equal(feed(bytes, &sentence), WIRE_SENTENCE);
		assert_int_equal(sentence.kind, WIRE_OTHER);
		assert_int_equal(sentence.count, 1);
		assert_true(text_equal(sentence.words[0], word));
		assert_int_equal(sentence.size, bytes.size);
	}
}

/* The five-byte form of a short word: nobody sends it, but its meaning is plain. */
static void all_five_forms_are_read(void **state)
{
	(void)state;
	static const char *const forms[] = { "\x05!done", "\x80\x05!done", "\xc0\0\x05!done",
					     "\xe0\0\0\x05!done", "\xf0\0\0\0\x05!done" };
	for (uint32_t i = 0; i < ARRAY_COUNT(forms); i++) {
		struct wire_sentence sentence;
		/* The literal's own NUL is the zero word. */
		struct text bytes = { forms[i], i + 1 + 5 + 1 };
		assert_int_equal(feed(bytes, &sentence), WIRE_SENTENCE);
		assert_int_equal(sentence.kind, WIRE_DONE);
		assert_int_equal(sentence.count, 0);
	}
}

static void reserved_first_bytes_end_it_for_ever(void **state)
{
	for (int byte = 0xf1; byte <= 0xff; byte++) {
		char bytes[2] = { (char)byte, 0 };
		struct wire_sentence sentence;
		(void)begin(state);
		assert_int_equal(feed((struct text){ bytes, 2 }, &sentence), WIRE_BROKEN);
		assert_int_equal(error.code, ERROR_UNREACHABLE);
		error = (struct error){ 0 };
		assert_int_equal(feed(TEXT("\x05!done\0"), &sentence), WIRE_BROKEN);
		assert_int_equal(error.code, ERROR_UNREACHABLE);
		(void)end(state);
	}
	(void)begin(state);
}

static void maxima_are_checked_before_a_byte_is_kept(void **state)
{
	(void)state;
	struct wire_sentence sentence;
	/* 4 MiB and one: refused by its length alone. */
	assert_int_equal(feed(TEXT("\xe0\x40\x00\x01"), &sentence), WIRE_BROKEN);
	assert_int_equal(error.code, ERROR_LIMIT);
	wire_reader_init(&reader, &arena);
	assert_int_equal(feed(TEXT("\xf0\xff\xff\xff\xff"), &sentence), WIRE_BROKEN);
	assert_int_equal(error.code, ERROR_LIMIT);

	wire_reader_init(&reader, &arena);
	for (uint32_t i = 0; i < SENTENCE_WORDS_MAX; i++)
		assert_int_equal(feed(TEXT("\x01x"), &sentence), WIRE_MORE);
	assert_int_equal(feed(TEXT("\x01"), &sentence), WIRE_BROKEN);
	assert_int_equal(error.code, ERROR_LIMIT);

	wire_reader_init(&reader, &arena);
	struct text four = repeated('x', WORD_SIZE_MAX);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(feed(TEXT("\xe0\x40\x00\x00"), &sentence), WIRE_MORE);
		assert_int_equal(feed(four, &sentence), WIRE_MORE);
	}
	assert_int_equal(feed(TEXT("\x01"), &sentence), WIRE_BROKEN);
	assert_int_equal(error.code, ERROR_LIMIT);
}

static void the_largest_sentence_passes(void **state)
{
	(void)state;
	struct wire_sentence sentence;
	struct text four = repeated('x', WORD_SIZE_MAX);
	struct text rest = four;
	rest.size -= 3;
	assert_int_equal(feed(TEXT("\x03!re"), &sentence), WIRE_MORE);
	assert_int_equal(feed(TEXT("\xe0\x40\x00\x00"), &sentence), WIRE_MORE);
	assert_int_equal(feed(four, &sentence), WIRE_MORE);
	assert_int_equal(feed(TEXT("\xe0\x3f\xff\xfd"), &sentence), WIRE_MORE);
	assert_int_equal(feed(rest, &sentence), WIRE_MORE);
	assert_int_equal(feed(TEXT("\0"), &sentence), WIRE_SENTENCE);
	assert_int_equal(sentence.kind, WIRE_RE);
	assert_int_equal(sentence.words[1].size, WORD_SIZE_MAX - 3);
}

static void words_and_tags_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		enum wire_kind kind;
	} kinds[] = { { "!re", WIRE_RE },       { "!done", WIRE_DONE },   { "!trap", WIRE_TRAP },
		      { "!fatal", WIRE_FATAL }, { "!empty", WIRE_EMPTY }, { "!later", WIRE_OTHER },
		      { "!r", WIRE_OTHER },     { "!done2", WIRE_OTHER } };
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		struct wire_writer writer;
		struct wire_sentence sentence;
		struct text value;
		wire_writer_init(&writer, &arena);
		wire_word(&writer, text_of(kinds[i].word));
		wire_attribute(&writer, TEXT("a"), TEXT("b=c="));
		wire_attribute(&writer, TEXT("comment"), TEXT_NONE);
		wire_attribute(&writer, TEXT("raw"), ((struct text){ "\xff\r\n\0x", 5 }));
		wire_word(&writer, TEXT(".tag=42"));
		wire_end(&writer);
		assert_int_equal(feed(wire_bytes(&writer), &sentence), WIRE_SENTENCE);
		assert_int_equal(sentence.kind, kinds[i].kind);
		assert_true(text_is(sentence.tag, "42"));
		assert_true(wire_find(&sentence, "a", &value) && text_is(value, "b=c="));
		assert_true(wire_find(&sentence, "comment", &value) && value.size == 0);
		assert_true(wire_find(&sentence, "raw", &value) && value.size == 5);
		assert_memory_equal(value.at, "\xff\r\n\0x", 5);
		assert_false(wire_find(&sentence, "b", &value));
		assert_false(wire_find(&sentence, "", &value));
	}
}

static void empty_sentences_are_skipped(void **state)
{
	(void)state;
	struct wire_sentence sentence;
	struct text bytes = TEXT("\0\0\0\x05!done\0\0");
	assert_int_equal(wire_feed(&reader, &bytes, &sentence, &error), WIRE_SENTENCE);
	assert_int_equal(sentence.kind, WIRE_DONE);
	assert_int_equal(wire_feed(&reader, &bytes, &sentence, &error), WIRE_MORE);
	assert_int_equal(bytes.size, 0);
}

/* One stream, cut in two at every place, and byte by byte: the same sentences. */
static void any_cut_reads_the_same(void **state)
{
	(void)state;
	struct wire_writer writer;
	struct wire_sentence sentence;
	wire_writer_init(&writer, &arena);
	for (int i = 0; i < 3; i++) {
		wire_word(&writer, TEXT("!re"));
		wire_attribute(&writer, TEXT("long"), repeated('y', 300));
		wire_end(&writer);
	}
	struct text all = wire_bytes(&writer);
	for (uint32_t cut = 0; cut <= all.size; cut++) {
		struct text parts[2] = { { all.at, cut }, text_from(all, cut) };
		uint32_t found = 0;
		for (int i = 0; i < 2; i++)
			while (wire_feed(&reader, &parts[i], &sentence, &error) == WIRE_SENTENCE) {
				assert_int_equal(sentence.kind, WIRE_RE);
				assert_int_equal(sentence.words[0].size, 306);
				found++;
			}
		assert_int_equal(found, 3);
	}
	uint32_t found = 0;
	for (uint32_t i = 0; i < all.size; i++)
		found += feed((struct text){ all.at + i, 1 }, &sentence) == WIRE_SENTENCE;
	assert_int_equal(found, 3);
}

static void attributes_are_cut_at_their_first_equals_sign(void **state)
{
	(void)state;
	struct text name, value;
	assert_true(wire_split(TEXT("=a=b=c"), &name, &value));
	assert_true(text_is(name, "a") && text_is(value, "b=c"));
	assert_true(wire_split(TEXT("=a="), &name, &value));
	assert_int_equal(value.size, 0);
	assert_true(wire_split(TEXT("==x"), &name, &value));
	assert_int_equal(name.size, 0);
	assert_false(wire_split(TEXT("=a"), &name, &value));
	assert_false(wire_split(TEXT("a=b"), &name, &value));
	assert_false(wire_split(TEXT(""), &name, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lengths_are_encoded_as_the_manual_says, begin, end),
		cmocka_unit_test_setup_teardown(all_five_forms_are_read, begin, end),
		cmocka_unit_test_teardown(reserved_first_bytes_end_it_for_ever, end),
		cmocka_unit_test_setup_teardown(maxima_are_checked_before_a_byte_is_kept, begin,
						end),
		cmocka_unit_test_setup_teardown(the_largest_sentence_passes, begin, end),
		cmocka_unit_test_setup_teardown(words_and_tags_are_told_apart, begin, end),
		cmocka_unit_test_setup_teardown(empty_sentences_are_skipped, begin, end),
		cmocka_unit_test_setup_teardown(any_cut_reads_the_same, begin, end),
		cmocka_unit_test(attributes_are_cut_at_their_first_equals_sign),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
