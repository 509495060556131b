/*
 * The inside of reading one commit: documents on their way to becoming objects. Used by this room
 * only. Trees lie in `scratch` and are gone when reading ends; whatever an object keeps is copied
 * into the intent's arena. Pure but for loading the tenant's zone; one thread.
 */
#pragma once

#include "intent/intent.h"
#include "intent/report.h"
#include "schemas/kind_rows.h"
#include "yaml/shape.h"

/*
 * Address space for trees and checks of one commit; INTENT_SIZE_MAX of the tersest YAML make trees
 * of 2 GiB, which is where reading stops, and what is checked about them needs as much again.
 */
#define SCRATCH_SIZE (4 * INTENT_ARENA_SIZE)
#define TREES_SIZE_MAX INTENT_ARENA_SIZE

/* A nearest spelling is searched among all names: only for so many references of one commit. */
#define NEAREST_MAX 100
#define POLICIES_MAX 1000

/* One document that says what it is. */
struct source {
	struct text file; /* in the intent's arena */
	const struct node *map;
	const struct node *name_node;
	const struct kind *kind;
	struct text name;      /* as written, in the scratch arena */
	struct text sorted_by; /* the name; of a subscriber its reference */
	uint32_t order;        /* among all documents */
};

struct reader {
	struct arena *scratch;
	struct intent *intent;
	struct report report;
	struct shape shape;
	struct source *sources; /* sorted by kind, then name */
	uint32_t source_count, source_capacity;
	/* Names in files that could not be read to their end, or in documents of no known kind:
	 * what refers to them is not called missing. */
	struct text *maybe;
	uint32_t maybe_count, maybe_capacity;
	bool maybe_tenant;
	bool blind; /* a whole file could not be looked into: nothing is called missing */
	bool too_many;
	uint32_t nearest_left; /* references that may still be searched for a nearest spelling */
};

/* The sources of one kind, in order of name; duplicates are gone. */
struct sources {
	const struct source *at;
	uint32_t count;
};
struct sources sources_of(const struct reader *reader, const struct kind *kind);

struct where where_of(const struct source *source, const struct node *node);
/* "subscribers.yaml:12:7" in the findings' arena, for messages that name another place. */
struct text place_text(struct reader *reader, const struct where *where);

/* Problems at a value of a source; `path` may be NULL. */
void source_error(struct reader *reader, const struct source *source, const struct node *node,
		  const char *path, const char *format, ...) PRINTF_LIKE(5, 6);
void source_warning(struct reader *reader, const struct source *source, const struct node *node,
		    const char *path, const char *format, ...) PRINTF_LIKE(5, 6);

/*
 * The index of the named object in an array sorted by name whose members begin with `struct text
 * name`; -1 after telling the problem, or when `map` has no such key.
 */
int64_t resolve(struct reader *reader, const struct source *source, const char *key,
		const char *kind, const void *array, uint32_t count, size_t size);

/* All of it, from files to objects and findings; index_build remains to be called. */
void reader_run(struct reader *reader, const struct intent_file *files, uint32_t count);

/* One function per kind: fills the intent from the sources, telling what the tables cannot say. */
void build_tenant(struct reader *reader);
void build_sites(struct reader *reader);
void build_routers(struct reader *reader);
void build_policies(struct reader *reader);
void build_packages(struct reader *reader);
void build_subscribers(struct reader *reader);

/* What crosses subscribers and routers; call when all objects are there. */
void check_all(struct reader *reader);
/* Fills intent->index; call when there are no errors. */
void index_build(struct intent *intent);
