#include "base/clock.h"
#include "state/takings.h"
#include "view/shape.h"
#include "view/subscriber_view.h"

/* Money in, by day, channel and hand: what is held against the provider's portal, and against the
 * till of whoever takes cash. */

static void put_sum(json_t *row, const char *count, const char *amount, const struct sum *sum)
{
	json_object_set_new(row, count, json_integer((json_int_t)sum->count));
	json_object_set_new(row, amount, json_of_cents(sum->cents));
}

static json_t *taking_of(const struct outlook *outlook, const struct taking *taking,
			 struct arena *arena)
{
	struct text day = text_head(time_text(arena, outlook->zone, taking->day_at), 10);
	json_t *row = json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o}", "tenant", json_of_text(outlook->tenant->name), "day",
	    json_of_text(day), "channel", json_of_text(taking->channel), "provider",
	    json_text_or_null(taking->provider), "by", json_text_or_null(taking->by), "currency",
	    outlook->intent == NULL ? json_null() : json_of_text(outlook->intent->tenant.currency));

	put_sum(row, "count", "amount", &taking->credited);
	put_sum(row, "unmatched_count", "unmatched_amount", &taking->unmatched);
	put_sum(row, "held_count", "held_amount", &taking->held);
	put_sum(row, "reversed_count", "reversed_amount", &taking->reversed);
	return row;
}

bool view_takings(struct document **out, const struct outlook *outlooks, uint32_t count,
		  const struct takings_asked *asked, int64_t now, struct arena *arena,
		  struct error *error)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++) {
		const struct outlook *outlook = &outlooks[i];
		int64_t since_at = asked->since_at;
		struct taking *takings;
		uint32_t taking_count;

		if (asked->days > 0)
			since_at = zone_day_start(outlook->zone, now, 1 - asked->days);
		if (!takings_read(&takings, &taking_count, outlook->store, outlook->zone, since_at,
				  asked->until_at, arena, error)) {
			json_decref(list);
			return false;
		}
		for (uint32_t k = 0; k < taking_count; k++)
			json_array_append_new(list, taking_of(outlook, &takings[k], arena));
	}
	*out = document_make(asked->csv ? "takings-csv" : "takings", list);
	return true;
}
