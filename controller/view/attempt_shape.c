#include "view/attempt_shape.h"

#include <string.h>

#include "view/subscriber_shape.h"

void attempt_text(const json_t *data, struct output *output)
{
	put_printable(output, member_text(data, "message"));
	put(output, "\n`wavu payment attempts` and `wavu explain %.*s` say what becomes of it\n",
	    TEXT_ARG(member_text(data, "attempt")));
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

void attempts_html(const json_t *data, struct output *output)
{
	const json_t *row;
	size_t i;

	if (json_array_size(data) == 0) {
		put(output, "<p>No prompts were sent.</p>\n");
		return;
	}
	put(output, "<ul class=\"rows\">\n");
	json_array_foreach (data, i, row) {
		struct text status = member_text(row, "status");

		put(output, "<li class=\"%s\"><b>",
		    text_is(status, "paid")						? "good"
		    : text_is(status, "failed") || text_is(status, "expired") ? "bad"
										: "warn");
		put_html(output, member_text(row, "amount"));
		put(output, "</b> ");
		put_explained(output, member_text(row, "attempt"));
		put(output, " <span class=\"word\">");
		put_html(output, status);
		put(output, "</span> ");
		put_explained(output, member_text(row, "account"));
		put(output, "<br><small>");
		put_html(output, shown_time(json_object_get(row, "created_at"), output->arena));
		put(output, " · ");
		put_html(output, member_text(row, "phone"));
		if (member_text(row, "receipt").size > 0) {
			put(output, " · ");
			put_html(output, member_text(row, "receipt"));
		}
		put(output, "</small>");
		if (member_text(row, "reason").size > 0) {
			put(output, "<p class=\"note\">");
			put_html(output, member_text(row, "reason"));
			put(output, "</p>");
		}
		put(output, "</li>\n");
	}
	put(output, "</ul>\n");
}
