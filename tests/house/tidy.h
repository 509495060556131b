/*
 * What the house's rules look at and how they answer: sources in, findings out, one line each. The
 * caller owns everything; blocks on reading files only; one thread. It never changes a file, and it
 * uses no room of the house, so that a broken room cannot hide its own fault.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct source {
	char *path; /* from the top of the tree, "controller/base/text.h" */
	char *text; /* terminated */
	char *code; /* the same size; comments and the insides of literals are blanks */
	size_t size;
};

struct tree {
	struct source *sources;
	size_t count;
};

struct report {
	FILE *out;
	unsigned count;
};

void finding(struct report *report, const char *path, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Takes copies of both; `code` is made here. */
void source_make(struct source *source, const char *path, const char *text);
void source_drop(struct source *source);
bool source_is_c(const struct source *source); /* .c or .h */
bool path_ends(const char *path, const char *ending);
bool path_starts(const char *path, const char *start);
unsigned line_of(const struct source *source, size_t at); /* 1-based */

/* Calls `each` for every #include "x" or <x>; `name` is without its marks. */
struct include {
	const struct source *source;
	unsigned line;
	bool system; /* <x> */
	char name[256];
};
void includes_each(const struct source *source, void (*each)(const struct include *, void *),
		   void *context);

/*
 * tidy_lines.c: columns, white space, lengths of files, leftovers, machine paths, headers' first
 * lines.
 */
void check_lines(const struct source *source, struct report *report);
/* tidy_code.c: lengths of functions, places of braces, banned calls and words. */
void check_code(const struct source *source, struct report *report);
/* tidy_floors.c: `floors` is what CMake wrote: "ROOM FOLDER SEEN…" a line. */
bool floors_read(const char *floors, struct report *report);
void check_includes(const struct source *source, struct report *report);
/* The folder of the room that a path lies in, or NULL. */
const char *floors_room(const char *path);
/* tidy_rooms.c: each room has a README.md that names each of its files. */
void check_rooms(const struct tree *tree, struct report *report);
/* tidy_dead.c: `commands` is compile_commands.json. */
void check_dead(const struct tree *tree, const char *commands, struct report *report);
