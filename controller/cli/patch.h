/*
 * Changes to the operator's YAML as a unified diff: a file is lines, an edit changes one line,
 * takes it out, or puts one after it. Everything lies in the arena given; pure; one thread. It
 * never writes a file.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "yaml/document.h"

#define PATCH_EDITS_MAX 8u

/* One value of a line, by where it stood in the file. */
struct patch_edit {
	uint32_t at, size;
	struct text value;
};

struct patch_line {
	struct text was;
	struct patch_edit *edits; /* by place; room for PATCH_EDITS_MAX, or NULL */
	uint32_t edit_count;
	struct text now; /* the same unless `changed` */
	bool changed, removed;
	struct text after; /* lines that come behind it, each with its line end; or empty */
};

struct patch_file {
	struct text path;
	struct patch_line *lines;
	uint32_t line_count;
	bool ends_open; /* the last line has no line end */
	bool edited;
	struct node **documents;
	uint32_t document_count;
};

/* `path` is shown after a/ and b/. */
void patch_open(struct patch_file *out, struct text path, struct text bytes, struct arena *arena);
/* The document of that kind and name; NULL when there is none. */
const struct node *patch_document(const struct patch_file *file, const char *kind,
				  struct text name);

/*
 * Sets a scalar of a mapping, where `value` is as YAML writes it. A key that is not there comes in
 * a line of its own behind the key `behind`. False: it stands in a way that cannot be edited line
 * by line (a flow mapping, a block scalar), and nothing was changed.
 */
bool patch_set(struct patch_file *file, const struct node *map, const char *key, struct text value,
	       const char *behind, struct arena *arena) MUST_CHECK;
/*
 * Appends an item, as YAML writes it, to a list of scalars, which comes behind the key `behind`
 * when it is not there. False: as above.
 */
bool patch_append(struct patch_file *file, const struct node *map, const char *key,
		  struct text item, const char *behind, struct arena *arena) MUST_CHECK;
/* Takes a key with a line of its own out; false: it shares its line. */
bool patch_remove(struct patch_file *file, const struct node *map, const char *key) MUST_CHECK;

/* Appends the diff of one file to what is there; nothing when it was not edited. */
struct text patch_diff(const struct patch_file *file, struct text before, struct arena *arena);
