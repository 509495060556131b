#include "view/fleet_view.h"

#include <stdlib.h>

#include "state/events.h"
#include "view/shape.h"

/* What state/ keeps as text was made by us as JSON; broken text is shown as an empty list rather
 * than not at all. */
static json_t *json_kept(struct text text)
{
	json_t *value = text.size == 0 ? NULL : json_loadb(text.at, text.size, 0, NULL);

	return value != NULL ? value : json_array();
}

bool view_drift(struct document **out, uint32_t *differences, const struct outlook *outlooks,
		uint32_t count, struct arena *arena, struct error *error)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++) {
		struct drift_row *rows;
		uint32_t row_count;

		if (!drift_read(&rows, &row_count, outlooks[i].store, arena, error)) {
			json_decref(list);
			return false;
		}
		for (uint32_t k = 0; k < row_count; k++)
			json_array_append_new(
			    list,
			    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "tenant",
				      json_of_text(outlooks[i].tenant->name), "router",
				      json_of_text(rows[k].router), "menu",
				      json_of_text(rows[k].menu), "key", json_of_text(rows[k].key),
				      "fields", json_kept(rows[k].fields), "since",
				      json_of_time(outlooks[i].zone, rows[k].since_at),
				      "subscriber", json_text_or_null(rows[k].subscriber), "policy",
				      json_of_text(rows[k].policy)));
	}
	*differences = (uint32_t)json_array_size(list);
	*out = document_make("drift", list);
	return true;
}

struct past {
	const struct outlook *outlook;
	struct event *event;
};

static int compare_past(const void *a, const void *b)
{
	const struct past *left = a, *right = b;

	if (left->event->at != right->event->at)
		return left->event->at > right->event->at ? -1 : 1;
	return left->event->id > right->event->id ? -1 : 1;
}

static json_t *event_of(const struct past *past)
{
	const struct event *event = past->event;

	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:s, s:o, s:I, s:I, s:s, s:I, s:o, s:o}", "at",
	    json_of_time(past->outlook->zone, event->at), "tenant",
	    json_of_text(past->outlook->tenant->name), "router", json_of_text(event->router),
	    "commit", json_text_or_null(event->commit), "cause", cause_word(event->cause),
	    "because", json_text_or_null(event->because), "writes", (json_int_t)event->writes,
	    "duration_ms", (json_int_t)event->duration_ms, "outcome", outcome_word(event->outcome),
	    "repeats", (json_int_t)event->repeats, "error", json_text_or_null(event->error),
	    "changes", json_kept(event->changes));
}

bool view_history(struct document **out, const struct outlook *outlooks, uint32_t count,
		  struct text router, uint32_t max, struct arena *arena, struct error *error)
{
	struct past *pasts = ARENA_ARRAY(arena, struct past, (size_t)max * count + 1);
	uint32_t past_count = 0;
	json_t *list;

	for (uint32_t i = 0; i < count; i++) {
		struct event *events;
		uint32_t event_count;

		if (!events_read(&events, &event_count, outlooks[i].store, router, max, arena,
				 error))
			return false;
		for (uint32_t k = 0; k < event_count && k < max; k++)
			pasts[past_count++] = (struct past){ &outlooks[i], &events[k] };
	}
	qsort(pasts, past_count, sizeof *pasts, compare_past);
	list = json_array();
	for (uint32_t i = 0; i < past_count && i < max; i++)
		json_array_append_new(list, event_of(&pasts[i]));
	*out = document_make("history", list);
	return true;
}
