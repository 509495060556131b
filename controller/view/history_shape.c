#include "view/fleet_shape.h"

#include "view/plan_shape.h"

static const char *const drift_heads[] = { "router",     "menu",  "key",   "differs",
					   "subscriber", "since", "policy" };

static struct cell *drift_cells(const json_t *rows, struct arena *arena)
{
	uint32_t width = ARRAY_COUNT(drift_heads);
	struct cell *cells = ARENA_ARRAY(arena, struct cell, json_array_size(rows) * width + 1);
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		struct cell *line = &cells[i * width];

		line[0].text = member_text(row, "router");
		line[0].tone = TONE_STRONG;
		line[1].text = member_text(row, "menu");
		line[2].text = member_text(row, "key");
		line[3].text = change_fields_text(json_object_get(row, "fields"), arena);
		line[4].text = shown(json_object_get(row, "subscriber"), arena);
		line[5].text = shown_time(json_object_get(row, "since"), arena);
		line[6].text = member_text(row, "policy");
	}
	return cells;
}

void drift_text(const json_t *data, struct output *output)
{
	struct columns columns = { drift_heads, ARRAY_COUNT(drift_heads) };

	if (json_array_size(data) == 0)
		put(output, "No drift: at the last look every row of ours was as it should be.\n");
	else
		put_columns(output, &columns, drift_cells(data, output->arena),
			    (uint32_t)json_array_size(data));
}

void drift_html(const json_t *data, struct output *output)
{
	struct columns columns = { drift_heads, ARRAY_COUNT(drift_heads) };

	if (json_array_size(data) == 0)
		put(output,
		    "<p>No drift: at the last look every row of ours was as it should be.</p>\n");
	else
		put_table(output, &columns, drift_cells(data, output->arena),
			  (uint32_t)json_array_size(data));
}

static enum tone outcome_tone(struct text outcome)
{
	if (text_is(outcome, "done") || text_is(outcome, "nothing"))
		return TONE_GOOD;
	return text_is(outcome, "guarded") ? TONE_WARN : TONE_BAD;
}

void history_text(const json_t *data, struct output *output)
{
	const json_t *event, *change;
	size_t i, k;

	json_array_foreach (data, i, event) {
		struct text outcome = member_text(event, "outcome");
		int64_t repeats = member_int(event, "repeats");

		put(output, "%.*s  ",
		    TEXT_ARG(shown_time(json_object_get(event, "at"), output->arena)));
		put_tone(output, TONE_STRONG);
		put(output, "%.*s/%.*s", TEXT_ARG(member_text(event, "tenant")),
		    TEXT_ARG(member_text(event, "router")));
		put_tone(output, TONE_PLAIN);
		put(output, "  %.*s  ", TEXT_ARG(member_text(event, "cause")));
		put_tone(output, outcome_tone(outcome));
		put(output, "%.*s", TEXT_ARG(outcome));
		put_tone(output, TONE_PLAIN);
		put(output, "  %lld %s, %lld ms", (long long)member_int(event, "writes"),
		    member_int(event, "writes") == 1 ? "write" : "writes",
		    (long long)member_int(event, "duration_ms"));
		if (repeats > 1)
			put(output, "  (%lld times)", (long long)repeats);
		if (member_text(event, "because").size > 0)
			put(output, "  ");
		put_printable(output, member_text(event, "because"));
		if (member_text(event, "error").size > 0)
			put(output, "  ");
		put_printable(output, member_text(event, "error"));
		put(output, "\n");
		json_array_foreach (json_object_get(event, "changes"), k, change)
			change_line(change, output);
	}
	if (json_array_size(data) == 0)
		put(output, "Nothing has been done yet.\n");
}

void change_html(const json_t *change, struct output *output)
{
	struct output line = { .arena = output->arena };

	change_line(change, &line);
	put(output, "<li>");
	put_html(output, (struct text){ line.at, (uint32_t)line.size });
	put(output, "</li>");
}

void history_html(const json_t *data, struct output *output)
{
	static const char *const classes[] = {
		[TONE_PLAIN] = "",  [TONE_GOOD] = "good", [TONE_WARN] = "warn",
		[TONE_BAD] = "bad", [TONE_DIM] = "",      [TONE_STRONG] = ""
	};
	const json_t *event, *change;
	size_t i, k;

	put(output, "<ol class=\"history\">\n");
	json_array_foreach (data, i, event) {
		struct text outcome = member_text(event, "outcome");

		put(output, "<li class=\"%s\"><time>", classes[outcome_tone(outcome)]);
		put_html(output, shown_time(json_object_get(event, "at"), output->arena));
		put(output, "</time> <b>");
		put_html(output, member_text(event, "router"));
		put(output, "</b> ");
		put_html(output, member_text(event, "cause"));
		put(output, " · <span class=\"word\">");
		put_html(output, outcome);
		put(output, "</span> · %lld %s", (long long)member_int(event, "writes"),
		    member_int(event, "writes") == 1 ? "write" : "writes");
		if (member_int(event, "repeats") > 1)
			put(output, " · %lld times", (long long)member_int(event, "repeats"));
		put(output, "<p class=\"note\">");
		put_html(output, member_text(event, "because"));
		put(output, " ");
		put_html(output, member_text(event, "error"));
		put(output, "</p><ul class=\"changes\">");
		json_array_foreach (json_object_get(event, "changes"), k, change)
			change_html(change, output);
		put(output, "</ul></li>\n");
	}
	put(output, "</ol>\n");
	if (json_array_size(data) == 0)
		put(output, "<p>Nothing has been done yet.</p>\n");
}
