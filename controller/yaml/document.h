/*
 * YAML text to a tree that remembers lines and columns, through libyaml's events (the only file
 * that sees yaml.h). The tree lies in the arena given; pure but for it; any thread. Scalars stay
 * the text that was written: what it means is the schema's business. Anchors, aliases, tags, merge
 * keys, duplicate keys are problems, not values.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node;

struct pair {
	struct text key;
	uint32_t key_line, key_column; /* 1-based, column in characters */
	struct node *value;
};

struct node {
	enum node_kind kind;
	uint32_t line, column; /* 1-based, where the value starts */
	bool quoted; /* scalar: written in quotes or as a block (then an empty text is meant) */
	bool broken; /* a problem here was told already: do not judge what is missing or empty */
	struct text scalar;
	struct node **items; /* list */
	struct pair *pairs;  /* map, in the order written */
	uint32_t count;      /* of items or pairs */
};

/* Called once per problem found; the text says what to write instead. */
struct problem {
	uint32_t line, column;
	struct text path; /* "speed.down" or empty */
	struct text message;
};
typedef void problem_sink(void *context, const struct problem *problem);

/*
 * Reads all documents of one file. A syntax error ends the reading of that file (one problem);
 * forbidden features and duplicate keys are reported all. Returns the documents that could be read
 * (empty documents are skipped); false when there may be more that could not.
 */
bool document_read(struct node ***documents, uint32_t *count, struct text bytes,
		   struct arena *arena, problem_sink *sink, void *context);
/* The value of a key, or NULL. */
struct node *node_get(const struct node *map, const char *key);
