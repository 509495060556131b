#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "yaml/document.h"

static struct arena arena;

struct heard {
	struct problem first;
	uint32_t count;
};

static void hear(void *context, const struct problem *problem)
{
	struct heard *heard = context;
	assert_true(problem->line >= 1 && problem->column >= 1);
	assert_true(problem->message.size > 0);
	if (heard->count++ == 0)
		heard->first = *problem;
}

static struct node **documents;
static uint32_t document_count;

static struct heard read_text(struct text bytes, bool whole)
{
	struct heard heard = { .count = 0 };
	arena_reset(&arena);
	assert_int_equal(document_read(&documents, &document_count, bytes, &arena, hear, &heard),
			 whole);
	return heard;
}

static void expect_problem(struct text bytes, bool whole, uint32_t line, uint32_t column,
			   const char *path, const char *part)
{
	struct heard heard = read_text(bytes, whole);
	if (heard.count != 1 || heard.first.line != line || heard.first.column != column ||
	    !text_is(heard.first.path, path) ||
	    !text_contains_nocase(heard.first.message, text_of(part))) {
		print_error("%u problems; %u:%u %.*s: %.*s\n", heard.count, heard.first.line,
			    heard.first.column, TEXT_ARG(heard.first.path),
			    TEXT_ARG(heard.first.message));
		fail();
	}
}

static void test_scalars_stay_text(void **state)
{
	(void)state;
	struct heard heard = read_text(
	    TEXT("phone: 0712345678\nanswer: no\nbig: 1e3\ntime: 12:30\n"
		 "null: ~\nempty:\nquoted: ''\nblock: |\n  two\n  lines\n"),
	    true);
	assert_int_equal(heard.count, 0);
	assert_int_equal(document_count, 1);
	const struct node *map = documents[0];
	assert_int_equal(map->kind, NODE_MAP);
	assert_int_equal(map->count, 8);
	assert_true(text_is(node_get(map, "phone")->scalar, "0712345678"));
	assert_true(text_is(node_get(map, "answer")->scalar, "no"));
	assert_true(text_is(node_get(map, "big")->scalar, "1e3"));
	assert_true(text_is(node_get(map, "time")->scalar, "12:30"));
	assert_true(text_is(node_get(map, "null")->scalar, "~"));
	assert_false(node_get(map, "empty")->quoted);
	assert_int_equal(node_get(map, "empty")->scalar.size, 0);
	assert_true(node_get(map, "quoted")->quoted);
	assert_true(text_is(node_get(map, "block")->scalar, "two\nlines\n"));
	assert_null(node_get(map, "absent"));
	assert_null(node_get(NULL, "absent"));
}

static void test_places_count_characters(void **state)
{
	(void)state;
	struct heard heard = read_text(TEXT("# ñandú\r\ntitle: {é: \"ü\", b: [1, zwei]}\r\n---\r\n"
					    "  x: 1\r\n"),
				       true);
	assert_int_equal(heard.count, 0);
	assert_int_equal(document_count, 2);
	const struct node *title = node_get(documents[0], "title");
	assert_int_equal(title->line, 2);
	assert_int_equal(title->column, 8);
	assert_int_equal(title->pairs[0].key_column, 9);
	assert_int_equal(title->pairs[0].value->column, 12);
	assert_int_equal(title->pairs[1].key_column, 17);
	assert_int_equal(title->pairs[1].value->items[1]->column, 24);
	assert_int_equal(documents[1]->line, 4);
	assert_int_equal(documents[1]->column, 3);
}

static void test_empty_documents_are_skipped(void **state)
{
	(void)state;
	static const char *const empty[] = { "", "\n\n", "# only\n", "---\n---\n---\n",
					     "---\n...\n" };
	for (size_t i = 0; i < ARRAY_COUNT(empty); i++) {
		assert_int_equal(read_text(text_of(empty[i]), true).count, 0);
		assert_int_equal(document_count, 0);
	}
	assert_int_equal(read_text(TEXT("\xef\xbb\xbf"
					"a: 1\n"),
				   true)
			     .count,
			 0);
	assert_int_equal(document_count, 1);
	assert_int_equal(documents[0]->column, 1);
}

static void test_refuses_what_is_no_plain_yaml(void **state)
{
	(void)state;
	expect_problem(TEXT("a: &x 1\n"), true, 1, 4, "a", "anchors are not used");
	expect_problem(TEXT("b: 1\na:\n  c: *x\n"), true, 3, 6, "a.c", "aliases are not used");
	expect_problem(TEXT("a: !!str 1\n"), true, 1, 4, "a", "tags are not used");
	expect_problem(TEXT("a: [1, ! x]\n"), true, 1, 8, "a[1]", "tags are not used");
	expect_problem(TEXT("a: !!map {b: 1}\n"), true, 1, 4, "a", "tags are not used");
	expect_problem(TEXT("<<: {b: 1}\n"), true, 1, 1, "<<", "merge keys");
	expect_problem(TEXT("a: 1\nb: 2\na: 3\n"), true, 3, 1, "a", "duplicate key `a`");
	expect_problem(TEXT("x: {b: 1, b: 2}\n"), true, 1, 11, "x.b", "in line 1 already");
	expect_problem(TEXT("? [a]\n: 1\n"), true, 1, 3, "", "a key is plain text");
	expect_problem(TEXT("%TAG ! tag:x,2000:\n---\na: 1\n"), false, 1, 1, "", "tags");
}

static void test_many_keys(void **state)
{
	(void)state;
	char bytes[4000];
	int size = 0;
	for (int i = 0; i < 100; i++)
		size += snprintf(bytes + size, sizeof(bytes) - (size_t)size, "k%d: 1\n", i);
	struct text text = { bytes, (uint32_t)size };
	assert_int_equal(read_text(text, true).count, 0);
	assert_int_equal(documents[0]->count, 100);
	size += snprintf(bytes + size, sizeof(bytes) - (size_t)size, "k7: 1\nk42: 1\nk7: 2\n");
	text.size = (uint32_t)size;
	struct heard heard = read_text(text, true);
	assert_int_equal(heard.count, 3);
}

static void test_syntax_has_a_remedy(void **state)
{
	(void)state;
	expect_problem(TEXT("a: 1\nb:\n\tc: 2\n"), false, 3, 1, "b", "tab");
	expect_problem(TEXT("a: \"open\nb: 2\n"), false, 1, 4, "a", "never closed");
	expect_problem(TEXT("a: b: c\n"), false, 1, 5, "", "put the value in quotes");
	expect_problem(TEXT("a: `x`\n"), false, 1, 4, "a", "put it in quotes");
	expect_problem(TEXT("a: [1, 2\nb: 3\n"), false, 2, 2, "a[2]", "closing `]`");
	expect_problem(TEXT("a: {x: 1\n"), false, 2, 1, "a", "closing `}`");
	expect_problem(TEXT("a: 1\nplain\nb: 2\n"), false, 3, 1, "", "neither `key: value`");
	expect_problem(TEXT("a: 1\n<<<<<<< us\nb: 2\n=======\nb: 3\n>>>>>>> x\n"), false, 2, 1, "",
		       "merge conflict");
	expect_problem(TEXT("<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n"), false, 1, 1, "",
		       "merge conflict");
}

static void test_bytes_that_are_no_text(void **state)
{
	(void)state;
	expect_problem(TEXT("a: 1\nb: x\xffy\n"), false, 2, 5, "", "not UTF-8");
	expect_problem(TEXT("a: é\xc3\n"), false, 1, 5, "", "not UTF-8");
	expect_problem(TEXT("a: \xed\xa0\x80\n"), false, 1, 4, "", "not UTF-8");
	expect_problem(TEXT("a: \xc0\xaf\n"), false, 1, 4, "", "not UTF-8");
	expect_problem(TEXT("a: x\0y\n"), false, 1, 5, "", "NUL");
	expect_problem(TEXT("a: x\x07\n"), false, 1, 5, "", "control character");
	expect_problem(TEXT("a: x\xe2\x80\xa8y\n"), false, 1, 5, "", "line separator");
	expect_problem(TEXT("a: x\xef\xbb\xbfy\n"), false, 1, 5, "", "byte order mark");
	expect_problem(TEXT("\xff\xfe"
			    "a\0:\0"),
		       false, 1, 1, "", "UTF-16");
	expect_problem(TEXT("\xfe\xff\0a\0:"), false, 1, 1, "", "UTF-16");
}

static void test_depth(void **state)
{
	(void)state;
	static char bytes[100000];
	memset(bytes, '[', sizeof(bytes));
	expect_problem((struct text){ bytes, sizeof(bytes) }, false, 1, YAML_DEPTH_MAX + 1,
		       "[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"
		       "[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"
		       "[0][0][0][0][0][0][0][0][0][0][0][0][0][0]",
		       "nested more than 64");
	memset(bytes, ']', 2 * YAML_DEPTH_MAX);
	memset(bytes, '[', YAML_DEPTH_MAX);
	assert_int_equal(read_text((struct text){ bytes, 2 * YAML_DEPTH_MAX }, true).count, 0);
	for (size_t i = 0; i + 4 <= sizeof(bytes); i += 4)
		memcpy(bytes + i, "{a: ", 4);
	assert_int_equal(read_text((struct text){ bytes, sizeof(bytes) }, false).count, 1);
}

/* The largest file there may be, full of values; and one byte more. */
static void test_size(void **state)
{
	(void)state;
	struct arena big;
	arena_open(&big, 64u << 20);
	char *bytes = arena_take(&big, YAML_FILE_SIZE_MAX + 1);
	memset(bytes, ' ', YAML_FILE_SIZE_MAX + 1);
	memcpy(bytes, "a: 1\n#", 6);
	assert_int_equal(read_text((struct text){ bytes, YAML_FILE_SIZE_MAX }, true).count, 0);
	expect_problem((struct text){ bytes, YAML_FILE_SIZE_MAX + 1 }, false, 1, 1, "", "16 MiB");
	/* Sixteen MiB of values need more memory than this arena has: a problem, not the end. */
	bytes[0] = '[';
	for (uint32_t i = 1; i + 1 < YAML_FILE_SIZE_MAX; i += 2)
		memcpy(bytes + i, "a,", 2);
	struct heard heard = read_text((struct text){ bytes, YAML_FILE_SIZE_MAX }, false);
	assert_int_equal(heard.count, 1);
	assert_true(text_contains_nocase(heard.first.message, TEXT("too many values")));
	arena_close(&big);
}

/* A file of nothing but problems ends after a thousand. */
static void test_problems_are_bounded(void **state)
{
	(void)state;
	static char bytes[64000];
	for (size_t i = 0; i + 8 <= sizeof(bytes); i += 8)
		memcpy(bytes + i, "- !a b \n", 8);
	assert_int_equal(read_text((struct text){ bytes, sizeof(bytes) }, false).count,
			 PROBLEMS_MAX);
}

static int start(void **state)
{
	(void)state;
	arena_open(&arena, 128u << 20);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars_stay_text),
		cmocka_unit_test(test_places_count_characters),
		cmocka_unit_test(test_empty_documents_are_skipped),
		cmocka_unit_test(test_refuses_what_is_no_plain_yaml),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_syntax_has_a_remedy),
		cmocka_unit_test(test_bytes_that_are_no_text),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_problems_are_bounded),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
