#include "yaml/syntax.h"

#include <string.h>

#include "base/macros.h"
#include "yaml/encoding.h"

static const struct {
	const char *problem; /* a part of libyaml's text */
	const char *hint;
} hints[] = {
	{ "mapping values are not allowed",
	  "a `: ` stands inside a value, or the indentation is wrong: put the value in quotes, "
	  "or let all keys of one mapping begin in the same column" },
	{ "could not find expected ':'",
	  "this line is neither `key: value` nor `- item`: a colon, the space after it or a "
	  "closing quote is missing" },
	{ "did not find expected key",
	  "the indentation or the quotes do not fit here: all keys of one mapping begin in the "
	  "same column" },
	{ "did not find expected '-' indicator",
	  "a list item `- ` is expected here: all items of one list begin in the same column" },
	{ "did not find expected ',' or ']'", "a comma or the closing `]` is missing" },
	{ "did not find expected ',' or '}'", "a comma or the closing `}` is missing" },
	{ "found unexpected end of stream", "the quote that opens here is never closed" },
	{ "found unexpected document indicator", "the quote that opens here is never closed" },
	{ "block sequence entries are not allowed",
	  "a list cannot begin here: write its items on lines of their own" },
	{ "did not find expected <document start>",
	  "something stands where only `---` or the end of the file may: is it indented wrongly?" },
	{ "found a tab character", "a tab is used for indentation: use spaces" },
	{ "found unknown escape character",
	  "an unknown escape in double quotes: write `\\\\` for a backslash, or use single "
	  "quotes" },
	{ "found undefined tag handle", "tags are not used here: put the value in quotes" },
	{ "did not find URI escape", "tags are not used here: put the value in quotes" },
};

/* The character at a place, or 0. Slow; only for errors. */
static uint32_t character_at(struct text bytes, uint32_t line, uint32_t column)
{
	struct text rest = bytes;
	for (uint32_t at_line = 1; at_line < line; at_line++) {
		struct text head;
		if (!text_cut(rest, '\n', &head, &rest))
			return 0;
	}
	uint32_t character = 0;
	for (uint32_t at_column = 1; at_column <= column; at_column++) {
		uint32_t size = utf8_next(rest, &character);
		if (size == 0)
			return 0;
		rest = text_from(rest, size);
	}
	return character;
}

const char *syntax_hint(const char *problem, struct text bytes, uint32_t line, uint32_t column)
{
	if (strstr(problem, "cannot start any token")) {
		switch (character_at(bytes, line, column)) {
		case '\t':
			return "a tab is used for indentation: use spaces";
		case '@':
		case '`':
		case '%':
			return "a value cannot begin with this character: put it in quotes";
		default:
			return "a value cannot begin here: put it in quotes";
		}
	}
	for (size_t i = 0; i < ARRAY_COUNT(hints); i++)
		if (strstr(problem, hints[i].problem))
			return hints[i].hint;
	return NULL;
}

uint32_t syntax_conflict_line(struct text bytes)
{
	struct text line, rest = bytes;
	for (uint32_t number = 1; rest.size > 0; number++) {
		if (!text_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest = TEXT_NONE;
		}
		if (text_starts(line, TEXT("<<<<<<< ")))
			return number;
	}
	return 0;
}
