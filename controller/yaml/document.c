#include "yaml/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/limits.h"
#include "yaml/encoding.h"
#include "yaml/syntax.h"

/* What must stay free in the arena for problems and for whoever reads the tree. */
#define ARENA_RESERVE (64u << 10)

struct frame {
	struct node *node;
	uint32_t capacity;
	struct pair pending; /* map: the key that waits for its value */
	bool has_key;
	bool dropped; /* map: the pending pair is not kept: its key was refused */
	bool is_key;  /* this list or map stands where a key should be */
};

struct builder {
	struct arena *arena;
	problem_sink *sink;
	void *context;
	struct text bytes;
	struct frame frames[YAML_DEPTH_MAX];
	uint32_t depth;
	struct node **documents;
	uint32_t count, capacity;
	uint32_t problem_count;
	bool ended; /* reading cannot go on */
};

/* "payments[1].token", of the value that is being read. */
static struct text path_of(const struct builder *builder)
{
	char path[512];
	size_t used = 0, whole = 0;
	path[0] = '\0';
	for (uint32_t i = 0; i < builder->depth && used < sizeof(path) - 1; i++) {
		whole = used;
		const struct frame *frame = &builder->frames[i];
		int wrote = 0;
		if (frame->node->kind == NODE_LIST)
			wrote = snprintf(path + used, sizeof(path) - used, "[%u]",
					 frame->node->count);
		else if (frame->has_key)
			wrote = snprintf(
			    path + used, sizeof(path) - used, "%s%.*s", used ? "." : "",
			    TEXT_ARG(encoding_shown(builder->arena, frame->pending.key)));
		if (wrote > 0)
			used += (size_t)wrote;
	}
	/* A deep path is cut between two keys, never inside a character. */
	if (used > sizeof(path) - 1)
		used = whole;
	return text_copy(builder->arena, (struct text){ path, (uint32_t)used });
}

static void PRINTF_LIKE(4, 5)
    complain(struct builder *builder, uint32_t line, uint32_t column, const char *format, ...)
{
	char message[ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	invariant(size >= 0);

	struct problem problem = {
		.line = line,
		.column = column,
		.path = path_of(builder),
		.message = text_copy(builder->arena, text_of(message)),
	};
	builder->sink(builder->context, &problem);
	/* What follows a thousand problems helps nobody, and costs memory. */
	if (++builder->problem_count >= PROBLEMS_MAX)
		builder->ended = true;
}

static uint32_t line_of(yaml_mark_t mark)
{
	return (uint32_t)mark.line + 1;
}

static uint32_t column_of(yaml_mark_t mark)
{
	return (uint32_t)mark.column + 1;
}

/* Memory for the tree, or NULL after a problem when there would not be enough left. */
static void *take(struct builder *builder, size_t size, yaml_mark_t mark)
{
	if (arena_left(builder->arena) < size + ARENA_RESERVE) {
		if (!builder->ended)
			complain(builder, line_of(mark), column_of(mark),
				 "there are too many values up to here for one commit: remove what "
				 "is not needed");
		builder->ended = true;
		return NULL;
	}
	return arena_take(builder->arena, size);
}

/* Room for one more of `size` bytes each behind `count`; false when there is no memory. */
static bool grow(struct builder *builder, void **array, uint32_t count, uint32_t *capacity,
		 size_t size, yaml_mark_t mark)
{
	if (count < *capacity)
		return true;
	uint32_t wider = *capacity ? *capacity * 2 : 8;
	void *bigger = take(builder, wider * size, mark);
	if (!bigger)
		return false;
	if (count)
		memcpy(bigger, *array, count * size);
	*array = bigger;
	*capacity = wider;
	return true;
}

static struct node *node_make(struct builder *builder, enum node_kind kind, yaml_mark_t mark)
{
	struct node *node = take(builder, sizeof(*node), mark);
	if (node)
		*node = (struct node){
			.kind = kind,
			.line = line_of(mark),
			.column = column_of(mark),
		};
	return node;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *const *left = a, *const *right = b;
	int order = text_compare((*left)->key, (*right)->key);
	if (order)
		return order;
	return *left < *right ? -1 : *left > *right;
}

static void complain_duplicate(struct builder *builder, const struct pair *first,
			       const struct pair *second)
{
	/* The mapping is read to its end, so its frame is free: it names the key for the path. */
	struct frame *frame = &builder->frames[builder->depth];
	frame->pending.key = second->key;
	frame->has_key = true;
	builder->depth++;
	complain(builder, second->key_line, second->key_column,
		 "duplicate key `%.*s`: it stands in line %u already; keep one of them",
		 TEXT_ARG(encoding_shown(builder->arena, second->key)), first->key_line);
	builder->depth--;
}

/* Sorted above a handful of keys, so that a file made of keys costs no quadratic time. */
static void refuse_duplicates(struct builder *builder, const struct node *map, yaml_mark_t mark)
{
	if (map->count <= 16) {
		for (uint32_t i = 1; i < map->count && !builder->ended; i++)
			for (uint32_t j = 0; j < i; j++)
				if (text_equal(map->pairs[i].key, map->pairs[j].key)) {
					complain_duplicate(builder, &map->pairs[j], &map->pairs[i]);
					break;
				}
		return;
	}
	const struct pair **sorted = take(builder, map->count * sizeof(const struct pair *), mark);
	if (!sorted)
		return;
	for (uint32_t i = 0; i < map->count; i++)
		sorted[i] = &map->pairs[i];
	qsort(sorted, map->count, sizeof(*sorted), compare_pairs);
	uint32_t first = 0;
	for (uint32_t i = 1; i < map->count && !builder->ended; i++) {
		if (text_equal(sorted[first]->key, sorted[i]->key))
			complain_duplicate(builder, sorted[first], sorted[i]);
		else
			first = i;
	}
}

/* A scalar where a map expects a key. */
static void take_key(struct builder *builder, struct frame *frame, const struct node *node)
{
	frame->pending = (struct pair){
		.key = node->scalar,
		.key_line = node->line,
		.key_column = node->column,
	};
	frame->has_key = true;
	frame->dropped = node->broken;
	if (!node->broken && !node->quoted && text_is(node->scalar, "<<")) {
		complain(builder, node->line, node->column,
			 "merge keys `<<` are not used here: write the keys out");
		frame->dropped = true;
	}
	if (frame->dropped)
		frame->node->broken = true;
}

/* A finished value goes where it belongs. */
static void attach(struct builder *builder, struct node *node, bool is_key, yaml_mark_t mark)
{
	if (builder->depth == 0) {
		bool empty = node->kind == NODE_SCALAR && node->scalar.size == 0 && !node->quoted &&
			     !node->broken;
		void *array = builder->documents;
		if (!empty && grow(builder, &array, builder->count, &builder->capacity,
				   sizeof(struct node *), mark)) {
			builder->documents = array;
			builder->documents[builder->count++] = node;
		}
		return;
	}
	struct frame *frame = &builder->frames[builder->depth - 1];
	struct node *parent = frame->node;
	if (parent->kind == NODE_LIST) {
		void *array = parent->items;
		if (!grow(builder, &array, parent->count, &frame->capacity, sizeof(struct node *),
			  mark))
			return;
		parent->items = array;
		parent->items[parent->count++] = node;
	} else if (is_key) {
		frame->pending = (struct pair){ .key = TEXT_NONE };
		frame->has_key = frame->dropped = true;
		parent->broken = true;
	} else if (!frame->has_key) {
		take_key(builder, frame, node);
	} else {
		frame->has_key = false;
		if (frame->dropped)
			return;
		void *array = parent->pairs;
		if (!grow(builder, &array, parent->count, &frame->capacity, sizeof(struct pair),
			  mark))
			return;
		parent->pairs = array;
		frame->pending.value = node;
		parent->pairs[parent->count++] = frame->pending;
	}
}

/* Anchors and tags; true when there was one. */
static bool refuse_marks(struct builder *builder, const yaml_char_t *anchor, const yaml_char_t *tag,
			 yaml_mark_t mark)
{
	if (anchor)
		complain(builder, line_of(mark), column_of(mark),
			 "anchors are not used here: remove `&%.*s`, and write the value out "
			 "where it is needed again",
			 TEXT_ARG(encoding_shown(builder->arena, text_of((const char *)anchor))));
	if (tag)
		complain(builder, line_of(mark), column_of(mark),
			 "tags are not used here: remove the `!…`; put the value in quotes if it "
			 "begins with `!`");
	return anchor || tag;
}

/* Does a map wait for a key? */
static bool expects_key(const struct builder *builder)
{
	if (builder->depth == 0)
		return false;
	const struct frame *frame = &builder->frames[builder->depth - 1];
	return frame->node->kind == NODE_MAP && !frame->has_key;
}

static void read_scalar(struct builder *builder, const yaml_event_t *event)
{
	/* Half of all scalars are keys, of which only the text is kept. */
	struct node key = {
		.kind = NODE_SCALAR,
		.line = line_of(event->start_mark),
		.column = column_of(event->start_mark),
	};
	struct node *node = &key;
	if (!expects_key(builder))
		node = node_make(builder, NODE_SCALAR, event->start_mark);
	if (!node)
		return;
	node->broken = refuse_marks(builder, event->data.scalar.anchor, event->data.scalar.tag,
				    event->start_mark);
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	size_t size = event->data.scalar.length;
	char *copy = take(builder, size + 1, event->start_mark);
	if (!copy)
		return;
	if (size)
		memcpy(copy, event->data.scalar.value, size);
	node->scalar = (struct text){ copy, (uint32_t)size };
	if (node == &key)
		take_key(builder, &builder->frames[builder->depth - 1], node);
	else
		attach(builder, node, false, event->start_mark);
}

static void read_alias(struct builder *builder, const yaml_event_t *event)
{
	complain(builder, line_of(event->start_mark), column_of(event->start_mark),
		 "aliases are not used here: write the value of `*%.*s` out again; put it in "
		 "quotes if it begins with `*`",
		 TEXT_ARG(encoding_shown(builder->arena,
					 text_of((const char *)event->data.alias.anchor))));
	struct node *node = node_make(builder, NODE_SCALAR, event->start_mark);
	if (!node)
		return;
	node->broken = true;
	attach(builder, node, false, event->start_mark);
}

static void read_start(struct builder *builder, const yaml_event_t *event, enum node_kind kind,
		       const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (builder->depth == YAML_DEPTH_MAX) {
		complain(builder, line_of(event->start_mark), column_of(event->start_mark),
			 "values are nested more than %d deep: flatten them", YAML_DEPTH_MAX);
		builder->ended = true;
		return;
	}
	struct node *node = node_make(builder, kind, event->start_mark);
	if (!node)
		return;
	node->broken = refuse_marks(builder, anchor, tag, event->start_mark);

	bool is_key = expects_key(builder);
	if (is_key)
		complain(builder, node->line, node->column,
			 "a %s stands where a key should be: a key is plain text; put text with "
			 "braces or brackets in quotes",
			 kind == NODE_MAP ? "mapping" : "list");
	builder->frames[builder->depth++] = (struct frame){ .node = node, .is_key = is_key };
}

static void read_end(struct builder *builder, const yaml_event_t *event)
{
	invariant(builder->depth > 0);
	struct frame frame = builder->frames[--builder->depth];
	if (frame.node->kind == NODE_MAP)
		refuse_duplicates(builder, frame.node, event->start_mark);
	if (!builder->ended)
		attach(builder, frame.node, frame.is_key, event->start_mark);
}

/* False at the end of the stream. */
static bool read_event(struct builder *builder, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		read_scalar(builder, event);
		return true;
	case YAML_ALIAS_EVENT:
		read_alias(builder, event);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		read_start(builder, event, NODE_LIST, event->data.sequence_start.anchor,
			   event->data.sequence_start.tag);
		return true;
	case YAML_MAPPING_START_EVENT:
		read_start(builder, event, NODE_MAP, event->data.mapping_start.anchor,
			   event->data.mapping_start.tag);
		return true;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		read_end(builder, event);
		return true;
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return true;
	}
	return true;
}

static void complain_syntax(struct builder *builder, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR)
		fatal("out of memory while reading YAML");
	const char *problem = parser->problem ? parser->problem : "it cannot be read";
	yaml_mark_t mark = parser->problem_mark;
	/* A quote that is never closed is found at the end of the file, but wrong where it opens.
	 */
	if (parser->context && strstr(problem, "found unexpected"))
		mark = parser->context_mark;
	uint32_t line = line_of(mark), column = column_of(mark);
	uint32_t conflict = syntax_conflict_line(builder->bytes);
	builder->ended = true;
	if (conflict) {
		complain(builder, conflict, 1,
			 "an unsettled merge conflict: choose one side, and remove the lines of "
			 "`<<<<<<<`, `=======` and `>>>>>>>`");
		return;
	}
	const char *hint = syntax_hint(problem, builder->bytes, line, column);
	if (hint)
		complain(builder, line, column, "%s", hint);
	else
		complain(builder, line, column, "this is not valid YAML: %s%s%s",
			 parser->context ? parser->context : "", parser->context ? ", " : "",
			 problem);
}

/* libyaml searches a list of tag handles for each new one: thousands would be slow. */
static bool refuse_directives(struct builder *builder)
{
	struct text rest = builder->bytes, line;
	uint32_t number = 0;
	bool more = true;
	while (more) {
		more = text_cut(rest, '\n', &line, &rest);
		number++;
		if (text_starts(line, TEXT("%TAG"))) {
			complain(builder, number, 1, "tags are not used here: remove this line");
			return true;
		}
	}
	return false;
}

static void parse(struct builder *builder)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		fatal("out of memory while reading YAML");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)builder->bytes.at,
				     builder->bytes.size);
	bool more = true;
	while (more && !builder->ended) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			complain_syntax(builder, &parser);
			break;
		}
		more = read_event(builder, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

bool document_read(struct node ***documents, uint32_t *count, struct text bytes,
		   struct arena *arena, problem_sink *sink, void *context)
{
	struct builder *builder = ARENA_NEW(arena, struct builder);
	*builder = (struct builder){
		.arena = arena,
		.sink = sink,
		.context = context,
		.bytes = bytes,
	};
	struct flaw flaw;
	if (!encoding_check(&builder->bytes, &flaw)) {
		complain(builder, flaw.line, flaw.column, "%s", flaw.message);
		builder->ended = true;
	}
	if (!builder->ended && builder->bytes.size > 0) {
		if (refuse_directives(builder))
			builder->ended = true;
		else
			parse(builder);
	}
	*documents = builder->documents;
	*count = builder->count;
	return !builder->ended;
}

struct node *node_get(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->count; i++)
		if (text_is(map->pairs[i].key, key))
			return map->pairs[i].value;
	return NULL;
}
