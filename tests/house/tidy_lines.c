#include "tidy.h"

#include <ctype.h>
#include <string.h>

#define COLUMNS_MAX 100
#define LINES_MAX 800

/* Written in halves, so that this file does not find itself. */
static const char *const leftovers[] = { "TO" "DO", "FIX" "ME", "XX" "X" };
static const char *const machine_paths[] = { "/wo" "rk/", "/tmp/wa" "vu-notes", "/ho" "me/",
					     "/ro" "ot/" };

/* Test data and lists say what they say. */
static bool is_prose_or_code(const char *path)
{
	static const char *const endings[] = { ".c",  ".h",  ".cmake", ".txt", ".py",
					       ".sh", ".md", ".sql",   ".js",  ".css" };
	if (strstr(path, "/corpus/") || path_starts(path, "tests/golden/"))
		return false;
	for (size_t i = 0; i < COUNT(endings); i++)
		if (path_ends(path, endings[i]))
			return true;
	return !strchr(path, '.');
}

/* Columns as an editor shows them: tabs reach the next multiple of 8, a UTF-8 character is one. */
static unsigned columns(const char *line, size_t size)
{
	unsigned column = 0;
	for (size_t i = 0; i < size; i++) {
		if (line[i] == '\t')
			column = (column / 8 + 1) * 8;
		else if (((unsigned char)line[i] & 0xc0) != 0x80)
			column++;
	}
	return column;
}

static bool holds_word(const char *line, size_t size, const char *word)
{
	size_t word_size = strlen(word);
	for (size_t i = 0; i + word_size <= size; i++) {
		if (strncmp(line + i, word, word_size) != 0)
			continue;
		bool begins = i == 0 || !isalnum((unsigned char)line[i - 1]);
		bool ends = i + word_size == size || !isalnum((unsigned char)line[i + word_size]);
		if (begins && ends)
			return true;
	}
	return false;
}

static bool holds(const char *line, size_t size, const char *part)
{
	size_t part_size = strlen(part);
	for (size_t i = 0; i + part_size <= size; i++)
		if (strncmp(line + i, part, part_size) == 0)
			return true;
	return false;
}

static void check_line(const struct source *source, unsigned number, const char *line, size_t size,
		       struct report *report)
{
	bool is_c = source_is_c(source);
	if (is_c && columns(line, size) > COLUMNS_MAX)
		finding(report, source->path, number, "%u columns, %u are the most",
			columns(line, size), COLUMNS_MAX);
	if (size && (line[size - 1] == ' ' || line[size - 1] == '\t' || line[size - 1] == '\r'))
		finding(report, source->path, number, "white space at the end of the line");
	for (size_t i = 0; i < COUNT(leftovers); i++)
		if (holds_word(line, size, leftovers[i]))
			finding(report, source->path, number, "%s is left over: do it, or file it",
				leftovers[i]);
	for (size_t i = 0; i < COUNT(machine_paths); i++)
		if (holds(line, size, machine_paths[i]))
			finding(report, source->path, number, "%s is a path of one machine",
				machine_paths[i]);
}

/* A generated or vendored file would be no header of ours; ours explain themselves first. */
static void check_header(const struct source *source, struct report *report)
{
	if (strncmp(source->text, "/*", 2) != 0)
		finding(report, source->path, 1, "a header opens with a comment: what, who, when");
	if (!strstr(source->code, "#pragma once"))
		finding(report, source->path, 1, "a header says #pragma once");
}

void check_lines(const struct source *source, struct report *report)
{
	if (!is_prose_or_code(source->path))
		return;
	unsigned number = 0;
	const char *line = source->text;
	while (*line) {
		size_t size = strcspn(line, "\n");
		check_line(source, ++number, line, size, report);
		line += size + (line[size] == '\n');
	}
	if (source_is_c(source) && number > LINES_MAX)
		finding(report, source->path, number, "%u lines, %u are the most: split by job",
			number, LINES_MAX);
	if (source->size && source->text[source->size - 1] != '\n')
		finding(report, source->path, number, "the last line has no end");
	if (path_ends(source->path, ".h"))
		check_header(source, report);
}
