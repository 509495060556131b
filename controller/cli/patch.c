#include "cli/patch.h"

#include <string.h>

#include "base/error.h"

#define CONTEXT_LINES 3u

static void ignore(void *context, const struct problem *problem)
{
	(void)context;
	(void)problem;
}

void patch_open(struct patch_file *out, struct text path, struct text bytes, struct arena *arena)
{
	uint32_t count = 1;
	struct text rest = bytes;
	bool more = bytes.size > 0;

	*out = (struct patch_file){ .path = path };
	for (uint32_t i = 0; i < bytes.size; i++)
		count += bytes.at[i] == '\n';
	out->lines = ARENA_ARRAY(arena, struct patch_line, count);
	while (more) {
		struct text line;

		more = text_cut(rest, '\n', &line, &rest);
		if (!more && line.size == 0)
			break;
		out->ends_open = !more;
		out->lines[out->line_count++] = (struct patch_line){ .was = line, .now = line };
	}
	/* A commit in force was read before: what cannot be read here is simply not found. */
	(void)document_read(&out->documents, &out->document_count, bytes, arena, ignore, NULL);
}

const struct node *patch_document(const struct patch_file *file, const char *kind, struct text name)
{
	for (uint32_t i = 0; i < file->document_count; i++) {
		const struct node *map = file->documents[i];
		const struct node *is = map->kind == NODE_MAP ? node_get(map, "kind") : NULL;
		const struct node *named = is != NULL ? node_get(map, "name") : NULL;

		if (named != NULL && text_is(is->scalar, kind) && text_equal(named->scalar, name))
			return map;
	}
	return NULL;
}

/* Bytes before the column, which counts characters from 1. */
static uint32_t offset_of(struct text line, uint32_t column)
{
	uint32_t at = 0;

	while (at < line.size && column > 1) {
		at++;
		while (at < line.size && ((unsigned char)line.at[at] & 0xc0) == 0x80)
			at++;
		column--;
	}
	return at;
}

static const struct pair *pair_of(const struct node *map, const char *key)
{
	for (uint32_t i = 0; map != NULL && map->kind == NODE_MAP && i < map->count; i++)
		if (text_is(map->pairs[i].key, key))
			return &map->pairs[i];
	return NULL;
}

/* The bytes that a scalar takes on its line; 0: not to be found there. */
static uint32_t token_size(struct text from, const struct node *value)
{
	if (!value->quoted)
		return text_starts(from, value->scalar) ? value->scalar.size : 0;
	if (from.size == 0 || (from.at[0] != '"' && from.at[0] != '\''))
		return 0;
	for (uint32_t i = 1; i < from.size; i++) {
		if (from.at[0] == '"' && from.at[i] == '\\') {
			i++;
			continue;
		}
		if (from.at[i] != from.at[0])
			continue;
		/* '' inside of single quotes is one quote. */
		if (from.at[0] == '\'' && i + 1 < from.size && from.at[i + 1] == '\'') {
			i++;
			continue;
		}
		return i + 1;
	}
	return 0;
}

/* The line with all its edits: they may have come in any order. */
static void rewrite(struct patch_line *line, struct arena *arena)
{
	struct text out = TEXT_NONE;
	uint32_t from = 0;

	for (uint32_t i = 0; i < line->edit_count; i++) {
		const struct patch_edit *edit = &line->edits[i];

		out = text_format(arena, "%.*s%.*s%.*s", TEXT_ARG(out), (int)(edit->at - from),
				  line->was.at + from, TEXT_ARG(edit->value));
		from = edit->at + edit->size;
	}
	line->now = text_format(arena, "%.*s%.*s", TEXT_ARG(out),
				TEXT_ARG(text_from(line->was, from)));
	line->changed = true;
}

static bool replace(struct patch_file *file, const struct node *node, struct text value,
		    struct arena *arena)
{
	struct patch_line *line;
	uint32_t at, size, place;

	if (node->kind != NODE_SCALAR || node->line == 0 || node->line > file->line_count)
		return false;
	line = &file->lines[node->line - 1];
	at = offset_of(line->was, node->column);
	size = token_size(text_from(line->was, at), node);
	if (line->removed || size == 0 || line->edit_count == PATCH_EDITS_MAX)
		return false;
	if (line->edits == NULL)
		line->edits = ARENA_ARRAY(arena, struct patch_edit, PATCH_EDITS_MAX);
	for (place = line->edit_count; place > 0 && line->edits[place - 1].at > at; place--)
		line->edits[place] = line->edits[place - 1];
	line->edits[place] = (struct patch_edit){ at, size, value };
	line->edit_count++;
	rewrite(line, arena);
	file->edited = true;
	return true;
}

/* Is the key the first word of its line? Then its mapping is written one key a line. */
static bool starts_line(const struct patch_file *file, const struct pair *pair)
{
	struct text line;

	if (pair->key_line == 0 || pair->key_line > file->line_count)
		return false;
	line = file->lines[pair->key_line - 1].was;
	for (uint32_t i = 0; i + 1 < pair->key_column; i++)
		if (i >= line.size || line.at[i] != ' ')
			return false;
	return true;
}

bool patch_set(struct patch_file *file, const struct node *map, const char *key, struct text value,
	       const char *behind, struct arena *arena)
{
	const struct pair *pair = pair_of(map, key), *before = pair_of(map, behind);
	struct patch_line *line;

	if (pair != NULL)
		return replace(file, pair->value, value, arena);
	if (before == NULL || !starts_line(file, before) ||
	    before->value->kind != NODE_SCALAR || before->value->line != before->key_line)
		return false;
	line = &file->lines[before->key_line - 1];
	line->after = text_format(arena, "%.*s%*s%s: %.*s\n", TEXT_ARG(line->after),
				  (int)before->key_column - 1, "", key, TEXT_ARG(value));
	file->edited = true;
	return true;
}

/* The list's items on lines of their own, each behind a dash? */
static bool is_dashed(const struct patch_file *file, const struct node *item, uint32_t *indent)
{
	struct text line;

	if (item->line == 0 || item->line > file->line_count)
		return false;
	line = file->lines[item->line - 1].was;
	for (*indent = 0; *indent < line.size && line.at[*indent] == ' '; (*indent)++)
		continue;
	return *indent + 1 < line.size && line.at[*indent] == '-' && line.at[*indent + 1] == ' ' &&
	       offset_of(line, item->column) > *indent;
}

bool patch_append(struct patch_file *file, const struct node *map, const char *key,
		  struct text item, const char *behind, struct arena *arena)
{
	const struct pair *pair = pair_of(map, key);
	const struct node *last;
	struct patch_line *line;
	struct text from, token;
	uint32_t indent;

	if (pair == NULL)
		return patch_set(file, map, key,
				 text_format(arena, "[%.*s]", TEXT_ARG(item)), behind, arena);
	if (pair->value->kind != NODE_LIST || pair->value->count == 0)
		return false;
	last = pair->value->items[pair->value->count - 1];
	if (last->kind != NODE_SCALAR || last->line == 0 || last->line > file->line_count)
		return false;
	line = &file->lines[last->line - 1];
	if (is_dashed(file, last, &indent)) {
		line->after = text_format(arena, "%.*s%*s- %.*s\n", TEXT_ARG(line->after),
					  (int)indent, "", TEXT_ARG(item));
		file->edited = true;
		return true;
	}
	from = text_from(line->was, offset_of(line->was, last->column));
	token = text_head(from, token_size(from, last));
	return replace(file, last,
		       text_format(arena, "%.*s, %.*s", TEXT_ARG(token), TEXT_ARG(item)), arena);
}

bool patch_remove(struct patch_file *file, const struct node *map, const char *key)
{
	const struct pair *pair = pair_of(map, key);

	if (pair == NULL || !starts_line(file, pair) || pair->value->kind != NODE_SCALAR ||
	    pair->value->line != pair->key_line)
		return false;
	file->lines[pair->key_line - 1].removed = true;
	file->edited = true;
	return true;
}

/* ---- the diff ---- */

static uint32_t lines_in(struct text text)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < text.size; i++)
		count += text.at[i] == '\n';
	return count;
}

static bool is_touched(const struct patch_line *line)
{
	return line->changed || line->removed || line->after.size > 0;
}

/* From `first`: the end of the hunk that begins there, so that two whose context meets are one. */
static uint32_t hunk_end(const struct patch_file *file, uint32_t first)
{
	uint32_t last = first;

	for (uint32_t i = first; i < file->line_count && i <= last + 2 * CONTEXT_LINES + 1; i++)
		if (is_touched(&file->lines[i]))
			last = i;
	last += CONTEXT_LINES + 1;
	return last < file->line_count ? last : file->line_count;
}

static void add(struct text *out, const char *sign, struct text line, bool open,
		struct arena *arena)
{
	*out = text_format(arena, "%.*s%s%.*s\n%s", TEXT_ARG(*out), sign, TEXT_ARG(line),
			   open ? "\\ No newline at end of file\n" : "");
}

static void add_lines(struct text *out, struct text lines, bool open, struct arena *arena)
{
	struct text line;

	while (text_cut(lines, '\n', &line, &lines))
		add(out, "+", line, open && lines.size == 0, arena);
}

static struct text hunk(const struct patch_file *file, uint32_t begin, uint32_t end,
			int64_t *shift, struct arena *arena)
{
	struct text out = TEXT_NONE;
	uint32_t was = end - begin, now = 0;

	for (uint32_t i = begin; i < end; i++) {
		const struct patch_line *line = &file->lines[i];
		bool last = file->ends_open && i + 1 == file->line_count;

		now += !line->removed + lines_in(line->after);
		if (!line->changed && !line->removed && !(last && line->after.size > 0)) {
			add(&out, " ", line->was, last, arena);
		} else {
			add(&out, "-", line->was, last, arena);
			if (!line->removed)
				add(&out, "+", line->now, last && line->after.size == 0, arena);
		}
		add_lines(&out, line->after, last, arena);
	}
	out = text_format(arena, "@@ -%u,%u +%lld,%u @@\n%.*s", begin + 1, was,
			  (long long)begin + 1 + *shift, now, TEXT_ARG(out));
	*shift += (int64_t)now - (int64_t)was;
	return out;
}

struct text patch_diff(const struct patch_file *file, struct text before, struct arena *arena)
{
	struct text out = before, part;
	uint32_t begin, end = 0;
	int64_t shift = 0;

	if (!file->edited)
		return out;
	out = text_format(arena, "%.*s--- a/%.*s\n+++ b/%.*s\n", TEXT_ARG(out),
			  TEXT_ARG(file->path), TEXT_ARG(file->path));
	for (uint32_t i = 0; i < file->line_count; i++) {
		if (i < end || !is_touched(&file->lines[i]))
			continue;
		begin = i > CONTEXT_LINES ? i - CONTEXT_LINES : 0;
		begin = begin < end ? end : begin;
		end = hunk_end(file, i);
		/* Not inside of TEXT_ARG, which names its argument more than once. */
		part = hunk(file, begin, end, &shift, arena);
		out = text_format(arena, "%.*s%.*s", TEXT_ARG(out), TEXT_ARG(part));
	}
	return out;
}
