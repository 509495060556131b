/*
 * Inside of view/ only: how documents are made and shown. A shape is one row of shapes.c: a name
 * and its renderers over the data. jansson's references: a maker gives its reference away, a
 * renderer borrows.
 */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "view/document.h"

/* Text that grows in an arena. */
struct output {
	struct arena *arena;
	char *at;
	size_t size, room;
	bool colour;
};
void put(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
void put_raw(struct output *output, struct text text);  /* as it is */
void put_text(struct output *output, struct text text); /* control characters become "?" */
/* The same for what others wrote: it stays on its line, too. */
void put_printable(struct output *output, struct text text);

enum tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_DIM, TONE_STRONG };
/* Starts and ends a colour; nothing when the output has none. */
void put_tone(struct output *output, enum tone tone);
/* Escapes & < > " ' for HTML, in text and in attribute values. */
void put_html(struct output *output, struct text text);
/* Escapes for a query in a URL, inside of an attribute, too. */
void put_url(struct output *output, struct text text);
void put_html_string(struct output *output, const json_t *string);

/* Aligned columns: rows of cells, a header, the widest cell decides; characters, not bytes, are
 * counted. */
#define COLUMNS_MAX 16
struct columns {
	const char *const *heads;
	uint32_t count;
};
struct cell {
	struct text text;
	enum tone tone;
};
void put_columns(struct output *output, const struct columns *columns, const struct cell *cells,
		 uint32_t row_count);
/* The same as an HTML table; data-label attributes let a narrow screen show rows as cards. */
void put_table(struct output *output, const struct columns *columns, const struct cell *cells,
	       uint32_t row_count);

struct shape {
	const char *name; /* sorted in the table */
	void (*text)(const json_t *data, struct output *output);
	void (*html)(const json_t *data, struct output *output); /* NULL: this shape has no page */
};
const struct shape *shape_find(const char *name);

struct document *document_make(const char *shape, json_t *data);
const json_t *document_data(const struct document *document);

/* JSON values from ours. Bytes that are no UTF-8 become U+FFFD; empty texts are null in
 * json_text_or_null. */
json_t *json_of_text(struct text text);
json_t *json_text_or_null(struct text text);
json_t *json_of_cents(int64_t cents);
struct zone;
json_t *json_of_time(const struct zone *zone, int64_t at); /* 0 and INT64_MAX: null */
json_t *json_of_ternary(int ternary);
/* Borrowed text of a string member; "" when it is absent or null. */
struct text member_text(const json_t *object, const char *name);
bool member_true(const json_t *object, const char *name);
int64_t member_int(const json_t *object, const char *name);
/* "–" for null. */
struct text shown(const json_t *value, struct arena *arena);
/* "2026-12-05T06:00:00+03:00" -> "2026-12-05 06:00" for people; anything else as it is. */
struct text shown_time(const json_t *value, struct arena *arena);
