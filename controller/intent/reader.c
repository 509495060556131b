#include "intent/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "intent/take.h"
#include "yaml/encoding.h"
#include "yaml/scalar.h"

struct where where_of(const struct source *source, const struct node *node)
{
	return (struct where){ .file = source->file, .line = node->line, .column = node->column };
}

struct text place_text(struct reader *reader, const struct where *where)
{
	return text_format(reader->shape.arena, "%.*s:%u:%u", TEXT_ARG(where->file), where->line,
			   where->column);
}

static void PRINTF_LIKE(6, 0)
    tell(struct reader *reader, const struct source *source, const struct node *node,
	 const char *path, bool is_error, const char *format, va_list arguments)
{
	reader->report.file = source->file;
	struct crumb at = { .key = text_of(path), .index = -1 };
	shape_tell(&reader->shape, is_error ? reader->shape.error : reader->shape.warning,
		   node->line, node->column, path ? &at : NULL, format, arguments);
}

void source_error(struct reader *reader, const struct source *source, const struct node *node,
		  const char *path, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	tell(reader, source, node, path, true, format, arguments);
	va_end(arguments);
}

void source_warning(struct reader *reader, const struct source *source, const struct node *node,
		    const char *path, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	tell(reader, source, node, path, false, format, arguments);
	va_end(arguments);
}

struct sources sources_of(const struct reader *reader, const struct kind *kind)
{
	struct sources sources = { NULL, 0 };
	for (uint32_t i = 0; i < reader->source_count; i++) {
		if (reader->sources[i].kind != kind)
			continue;
		if (!sources.at)
			sources.at = &reader->sources[i];
		sources.count++;
	}
	return sources;
}

static struct text name_at(const void *array, uint32_t index, size_t size)
{
	const char *member = (const char *)array + index * size;
	const struct text *name = (const void *)member;
	return *name;
}

static int compare_texts(const void *a, const void *b)
{
	const struct text *left = a, *right = b;
	return text_compare(*left, *right);
}

static void tell_unresolved(struct reader *reader, const struct source *source,
			    const struct node *node, const char *key, const char *kind,
			    const void *array, uint32_t count, size_t size)
{
	struct text name = node->scalar, nearest = TEXT_NONE;
	if (reader->blind)
		return;
	if (reader->maybe_count &&
	    bsearch(&name, reader->maybe, reader->maybe_count, sizeof(struct text), compare_texts))
		return;
	if (reader->nearest_left > 0 && count > 0) {
		reader->nearest_left--;
		struct text *candidates = ARENA_ARRAY(reader->scratch, struct text, count);
		for (uint32_t i = 0; i < count; i++)
			candidates[i] = name_at(array, i, size);
		nearest = shape_nearest(&reader->shape, name, candidates, count);
	}
	source_error(reader, source, node, key, "there is no %s named `%.*s`%.*s", kind,
		     TEXT_ARG(encoding_shown(reader->scratch, name)), TEXT_ARG(nearest));
}

int64_t resolve(struct reader *reader, const struct source *source, const char *key,
		const char *kind, const void *array, uint32_t count, size_t size)
{
	const struct node *node = take_node(source->map, key);
	if (!node || node->broken || node->scalar.size == 0)
		return -1;
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(name_at(array, middle, size), node->scalar);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* What is no name at all has been said by the tables. */
	static const struct key name = { .name = "name", .type = VALUE_REFERENCE };
	struct shape silent = { .arena = reader->scratch };
	if (scalar_flaw(&silent, &name, node->scalar).size == 0)
		tell_unresolved(reader, source, node, key, kind, array, count, size);
	return -1;
}

static void add_maybe(struct reader *reader, struct text name)
{
	if (reader->maybe_count == reader->maybe_capacity) {
		uint32_t wider = reader->maybe_capacity ? reader->maybe_capacity * 2 : 64;
		reader->maybe = arena_grow(reader->scratch, reader->maybe,
					   reader->maybe_capacity * sizeof(struct text),
					   wider * sizeof(struct text));
		reader->maybe_capacity = wider;
	}
	reader->maybe[reader->maybe_count++] = name;
}

/* A file that could not be read to its end: which names might it define? Line by line. */
static void glean(struct reader *reader, struct text bytes)
{
	struct text rest = bytes, line;
	bool more = bytes.size > 0 && bytes.size <= YAML_FILE_SIZE_MAX;
	while (more) {
		more = text_cut(rest, '\n', &line, &rest);
		struct text key, value;
		if (!text_cut(line, ':', &key, &value))
			continue;
		key = text_trim(key);
		value = text_trim(value);
		if (value.size > 2 && (value.at[0] == '"' || value.at[0] == '\''))
			value = (struct text){ value.at + 1, value.size - 2 };
		if (text_ends(key, TEXT("name")))
			add_maybe(reader, value);
		else if (text_is(key, "kind") && text_is(value, "Tenant"))
			reader->maybe_tenant = true;
	}
}

static void add_source(struct reader *reader, struct source source)
{
	if (reader->source_count == reader->source_capacity) {
		uint32_t wider = reader->source_capacity ? reader->source_capacity * 2 : 64;
		reader->sources = arena_grow(reader->scratch, reader->sources,
					     reader->source_capacity * sizeof(struct source),
					     wider * sizeof(struct source));
		reader->source_capacity = wider;
	}
	source.order = reader->source_count;
	reader->sources[reader->source_count++] = source;
}

/* What kind a document is; NULL after telling why it has none. */
static const struct kind *kind_of(struct reader *reader, const struct source *source)
{
	const struct node *node = node_get(source->map, "kind");
	if (!node) {
		if (!source->map->broken)
			source_error(reader, source, source->map, "kind",
				     "`kind` is missing: every document needs `kind` and `name`");
		return NULL;
	}
	if (node->broken)
		return NULL;
	const struct kind *kind = NULL;
	if (node->kind == NODE_SCALAR)
		kind = kind_find(node->scalar.at, node->scalar.size);
	if (kind)
		return kind;
	struct text candidates[16], known = TEXT_NONE, nearest = TEXT_NONE;
	uint32_t count = 0;
	for (; kinds[count] && count < 16; count++) {
		candidates[count] = text_of(kinds[count]->name);
		known = text_format(reader->scratch, "%.*s%s%s", TEXT_ARG(known), count ? ", " : "",
				    kinds[count]->name);
	}
	if (node->kind == NODE_SCALAR)
		nearest = shape_nearest(&reader->shape, node->scalar, candidates, count);
	struct text shown = node->kind == NODE_SCALAR ? node->scalar : TEXT("…");
	if (nearest.size)
		source_error(reader, source, node, "kind", "unknown kind `%.*s`%.*s",
			     TEXT_ARG(encoding_shown(reader->scratch, shown)), TEXT_ARG(nearest));
	else
		source_error(reader, source, node, "kind", "unknown kind `%.*s`: there are %.*s",
			     TEXT_ARG(encoding_shown(reader->scratch, shown)), TEXT_ARG(known));
	return NULL;
}

static void read_document(struct reader *reader, struct text file, const struct node *map)
{
	struct source source = { .file = file, .map = map, .name_node = map };
	if (map->kind != NODE_MAP) {
		if (!map->broken)
			source_error(reader, &source, map, NULL,
				     "this is no mapping: every document is lines of `key: value` "
				     "with `kind` and `name`");
		return;
	}
	source.kind = kind_of(reader, &source);
	const struct node *name = node_get(map, "name");
	if (name && name->kind == NODE_SCALAR) {
		source.name = source.sorted_by = name->scalar;
		source.name_node = name;
	}
	if (!source.kind) {
		if (source.name.size)
			add_maybe(reader, source.name);
		return;
	}
	if (source.kind == &kind_subscriber)
		source.sorted_by = text_reference(reader->scratch, source.name);
	if (!name && !map->broken)
		source_error(reader, &source, map, "name", "`name` is missing: a %s needs it",
			     source.kind->name);
	if (name) {
		struct key key = { .name = "name", .type = source.kind->name_type };
		struct crumb at = { .key = TEXT("name"), .index = -1 };
		reader->report.file = file;
		shape_check_value(&reader->shape, &key, name, &at);
	}
	add_source(reader, source);
}

static void read_file(struct reader *reader, const struct intent_file *file)
{
	struct text kept = text_copy(&reader->intent->arena, file->path);
	reader->report.file = kept;
	struct node **documents;
	uint32_t count;
	if (reader->too_many)
		return;
	if (reader->scratch->used > TREES_SIZE_MAX) {
		struct problem problem = {
			.line = 1,
			.column = 1,
			.message = TEXT("with this file there are too many values in one commit: "
					"use several tenants"),
		};
		report_error(&reader->report, &problem);
		reader->too_many = true;
		return;
	}
	if (!document_read(&documents, &count, file->bytes, reader->scratch, report_error,
			   &reader->report))
		glean(reader, file->bytes);
	for (uint32_t i = 0; i < count; i++)
		read_document(reader, kept, documents[i]);
}

static int compare_sources(const void *a, const void *b)
{
	const struct source *left = a, *right = b;
	if (left->kind != right->kind)
		return (uintptr_t)left->kind < (uintptr_t)right->kind ? -1 : 1;
	int order = text_compare(left->sorted_by, right->sorted_by);
	if (order)
		return order;
	return left->order < right->order ? -1 : left->order > right->order;
}

static void tell_duplicate(struct reader *reader, const struct source *first,
			   const struct source *second)
{
	struct where where = where_of(first, first->name_node);
	if (text_equal(first->name, second->name))
		source_error(reader, second, second->name_node, "name",
			     "duplicate %s `%.*s`: %.*s has it already", second->kind->name,
			     TEXT_ARG(encoding_shown(reader->scratch, second->name)),
			     TEXT_ARG(place_text(reader, &where)));
	else
		source_error(reader, second, second->name_node, "name",
			     "`%.*s` and `%.*s` at %.*s are one account: case, spaces and dashes "
			     "do not count",
			     TEXT_ARG(encoding_shown(reader->scratch, second->name)),
			     TEXT_ARG(encoding_shown(reader->scratch, first->name)),
			     TEXT_ARG(place_text(reader, &where)));
}

/* Sorts the sources, and drops all but the first of a name after telling. */
static void sort_sources(struct reader *reader)
{
	if (reader->source_count == 0)
		return;
	qsort(reader->sources, reader->source_count, sizeof(*reader->sources), compare_sources);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < reader->source_count; i++) {
		const struct source *source = &reader->sources[i];
		if (kept > 0 && source->sorted_by.size > 0 &&
		    reader->sources[kept - 1].kind == source->kind &&
		    text_equal(reader->sources[kept - 1].sorted_by, source->sorted_by)) {
			tell_duplicate(reader, &reader->sources[kept - 1], source);
			continue;
		}
		reader->sources[kept++] = *source;
	}
	reader->source_count = kept;
}

static void check_shapes(struct reader *reader)
{
	static const char *const header[] = { "kind", "name", NULL };
	for (uint32_t i = 0; i < reader->source_count; i++) {
		const struct source *source = &reader->sources[i];
		char owner[40];
		(void)snprintf(owner, sizeof(owner), "a %s", source->kind->name);
		reader->report.file = source->file;
		shape_check(&reader->shape, source->kind->keys, header, source->map, NULL, owner);
	}
}

/* Objects are much larger than the shortest text that declares one: their number is bounded. */
static void check_counts(struct reader *reader)
{
	for (const struct kind *const *kind = kinds; *kind; kind++) {
		struct sources sources = sources_of(reader, *kind);
		uint32_t max = *kind == &kind_subscriber       ? SUBSCRIBERS_MAX
			       : *kind == &kind_dunning_policy ? POLICIES_MAX
							       : ROUTERS_MAX;
		if (sources.count <= max)
			continue;
		const struct source *source = &sources.at[max];
		source_error(reader, source, source->name_node, "name",
			     "there are %u of kind %s: at most %u are allowed", sources.count,
			     (*kind)->name, max);
		reader->too_many = true;
	}
}

void reader_run(struct reader *reader, const struct intent_file *files, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		read_file(reader, &files[i]);
	if (reader->maybe_count)
		qsort(reader->maybe, reader->maybe_count, sizeof(struct text), compare_texts);
	sort_sources(reader);
	check_counts(reader);
	if (reader->too_many)
		return;
	/* The tenant first: its country and zone say what phones and times mean. */
	build_tenant(reader);
	check_shapes(reader);
	build_sites(reader);
	build_routers(reader);
	build_policies(reader);
	build_packages(reader);
	build_subscribers(reader);
	check_all(reader);
}
