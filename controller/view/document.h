/*
 * A document for people and machines: made once as data, shown as JSON, as text for a terminal, or
 * as HTML. The maker owns it and frees it; one thread at a time; nothing here blocks. Every
 * document of product.md section 4 is one of these.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct document;

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML };

/* The bytes, ending in a line end; they lie in the arena. Colour only in text. HTML is a fragment,
 * all data escaped. */
struct text document_render(const struct document *document, enum format format, bool colour,
			    struct arena *arena);
void document_free(struct document *document); /* NULL is fine */

/* A document of the named shape ("plan", "history" …) from the JSON another process made of it. */
bool document_parse(struct document **out, const char *shape, struct text json,
		    struct error *error) MUST_CHECK;
const char *document_shape(const struct document *document);
