#include "view/attempt_shape.h"

#include <string.h>

void attempt_text(const json_t *data, struct output *output)
{
	put(output, "attempt %.*s: %.*s\n", TEXT_ARG(member_text(data, "attempt")),
	    TEXT_ARG(member_text(data, "status")));
}

void attempts_text(const json_t *data, struct output *output)
{
	static const char *const members[] = { "created_at", "attempt", "account", "amount",
					       "phone",      "status",  "receipt", "reason" };
	static const char *const heads[] = { "time",  "attempt", "account", "amount",
					     "phone", "status",  "receipt", "reason" };
	const struct columns columns = { heads, ARRAY_COUNT(heads) };
	struct cell *cells;
	const json_t *row;
	size_t i;

	if (json_array_size(data) == 0) {
		put(output, "No prompts were sent.\n");
		return;
	}
	cells = ARENA_ARRAY(output->arena, struct cell, json_array_size(data) * columns.count);
	json_array_foreach (data, i, row) {
		for (uint32_t column = 0; column < columns.count; column++) {
			const json_t *value = json_object_get(row, members[column]);

			cells[i * columns.count + column].text =
			    column == 0 ? shown_time(value, output->arena)
					: shown(value, output->arena);
		}
	}
	put_columns(output, &columns, cells, (uint32_t)json_array_size(data));
}
