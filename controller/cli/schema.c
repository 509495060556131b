#include "cli/call.h"

#include <stdio.h>

#include "schemas/schema_print.h"

int run_schema(struct call *call)
{
	struct text name = call->arguments[0], names[64], nearest, schema;
	const struct kind *kind = kind_find(name.at, name.size);
	uint32_t count = 0;

	if (kind == NULL) {
		for (; kinds[count] != NULL && count < ARRAY_COUNT(names); count++)
			names[count] = text_of(kinds[count]->name);
		nearest = text_nearest(name, names, count);
		return call_usage(call->command, "there is no kind %.*s%s%.*s%s", TEXT_ARG(name),
				  nearest.size > 0 ? ": did you mean " : "", TEXT_ARG(nearest),
				  nearest.size > 0 ? "?" : "");
	}
	schema = schema_print(&call->arena, kind);
	fwrite(schema.at, 1, schema.size, stdout);
	return EXIT_DONE;
}
