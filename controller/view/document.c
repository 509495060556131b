#include "view/shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct document {
	const struct shape *shape;
	json_t *data;
};

struct document *document_make(const char *shape, json_t *data)
{
	struct document *document = calloc(1, sizeof *document);

	if (document == NULL || data == NULL)
		fatal("out of memory while making the document '%s'", shape);
	document->shape = shape_find(shape);
	invariant(document->shape != NULL);
	document->data = data;
	return document;
}

const json_t *document_data(const struct document *document)
{
	return document->data;
}

const char *document_shape(const struct document *document)
{
	return document->shape->name;
}

bool document_parse(struct document **out, const char *shape, struct text json, struct error *error)
{
	json_error_t trouble;
	json_t *data;

	invariant(shape_find(shape) != NULL);
	data = json_loadb(json.at, json.size, JSON_REJECT_DUPLICATES, &trouble);
	if (data == NULL)
		return error_set(error, ERROR_FAILED, "the controller's answer cannot be read: %s",
				 trouble.text);
	*out = document_make(shape, data);
	return true;
}

void document_free(struct document *document)
{
	if (document == NULL)
		return;
	json_decref(document->data);
	free(document);
}

static int take_json(const char *bytes, size_t size, void *context)
{
	put_raw(context, (struct text){ bytes, (uint32_t)size });
	return 0;
}

struct text document_render(const struct document *document, enum format format, bool colour,
			    struct arena *arena)
{
	struct output output = { .arena = arena, .colour = colour && format == FORMAT_TEXT };

	switch (format) {
	case FORMAT_JSON:
		if (json_dump_callback(document->data, take_json, &output,
				       JSON_INDENT(2) | JSON_ENCODE_ANY) != 0)
			fatal("a document of shape '%s' cannot be written", document->shape->name);
		put(&output, "\n");
		break;
	case FORMAT_TEXT:
		document->shape->text(document->data, &output);
		break;
	case FORMAT_HTML:
		invariant(document->shape->html != NULL);
		document->shape->html(document->data, &output);
		break;
	}
	return (struct text){ output.at, (uint32_t)output.size };
}
