#include "view/list_view.h"

#include <stdlib.h>

#include "base/zone.h"
#include "state/pulls.h"
#include "view/proof_view.h"

#define COUNTED_MAX 1000 /* differences that status counts; more is more */
#define FOUND_US DAY_US
#define FOUND_ALARM 3

/* ---- what status knows of one list ----------------------------------------------------------- */

struct known_list {
	const struct outlook *outlook;
	struct pull pull;
	struct pull_gap *gaps;
	uint32_t gap_count, difference_count;
	int64_t unread_us, found;
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void list_span(int64_t *from_at, int64_t *to_at, const struct pull *pull, int64_t since_at)
{
	*from_at = later(since_at, pull->since_at - SECOND_US);
	*to_at = later(*from_at, pull->until_at - LIST_LATE_US);
}

static bool know(struct known_list *out, const struct outlook *outlook, const struct pull *pull,
		 int64_t now, struct arena *arena, struct error *error)
{
	struct pull_difference *differences;
	int64_t from_at, to_at;

	*out = (struct known_list){ .outlook = outlook, .pull = *pull };
	list_span(&from_at, &to_at, pull, now - LIST_LOOK_US);
	if (!pulls_gaps(&out->gaps, &out->gap_count, outlook->store, pull->id, arena, error) ||
	    !pulls_differences(&differences, &out->difference_count, outlook->store, pull, from_at,
			       to_at, COUNTED_MAX, arena, error) ||
	    !pulls_found(&out->found, outlook->store, pull->id, now - FOUND_US, error))
		return false;
	for (uint32_t i = 0; i < out->gap_count; i++)
		out->unread_us += out->gaps[i].to_at - out->gaps[i].from_at;
	return true;
}

/* Those that are read, or of which something could not be. */
static bool know_all(struct known_list **out, uint32_t *count, const struct outlook *outlook,
		     int64_t now, struct arena *arena, struct error *error)
{
	struct pull *all;
	uint32_t all_count;

	*count = 0;
	if (!pulls_all(&all, &all_count, outlook->store, arena, error))
		return false;
	*out = ARENA_ARRAY(arena, struct known_list, all_count + 1);
	for (uint32_t i = 0; i < all_count; i++) {
		if (all[i].next_at == 0 && all[i].until_at == 0)
			continue;
		if (!know(&(*out)[*count], outlook, &all[i], now, arena, error))
			return false;
		if (all[i].next_at != 0 || (*out)[*count].gap_count > 0)
			(*count)++;
	}
	return true;
}

static json_t *gaps_json(const struct known_list *list)
{
	json_t *gaps = json_array();

	for (uint32_t i = 0; i < list->gap_count; i++)
		json_array_append_new(
		    gaps, json_pack("{s:o, s:o}", "from",
				    json_of_time(list->outlook->zone, list->gaps[i].from_at), "to",
				    json_of_time(list->outlook->zone, list->gaps[i].to_at)));
	return gaps;
}

bool list_status(json_t *tenant, const struct outlook *outlook, int64_t now, struct arena *arena,
		 struct error *error)
{
	struct known_list *lists;
	json_t *told;
	uint32_t count;

	if (!know_all(&lists, &count, outlook, now, arena, error))
		return false;
	told = json_array();
	for (uint32_t i = 0; i < count; i++) {
		const struct pull *pull = &lists[i].pull;

		json_array_append_new(
		    told,
		    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}", "channel",
			      json_of_text(pull->channel), "shortcode",
			      json_of_text(pull->shortcode), "read_until",
			      json_of_time(outlook->zone, pull->until_at), "error",
			      json_text_or_null(pull->why), "failing_since",
			      json_of_time(outlook->zone,
					   pull->failures > 0 ? pull->failing_since_at : 0),
			      "next_try",
			      json_of_time(outlook->zone, pull->failures > 0 ? pull->next_at : 0),
			      "differences", (json_int_t)lists[i].difference_count,
			      "found_last_day", (json_int_t)lists[i].found, "unread",
			      gaps_json(&lists[i])));
	}
	json_object_set_new(tenant, "lists", told);
	return true;
}

static void alarm_gaps(struct text *alarms, uint32_t *count, const json_t *list,
		       struct arena *arena)
{
	const json_t *gaps = json_object_get(list, "unread"), *gap = json_array_get(gaps, 0);

	if (gap == NULL)
		return;
	alarms[(*count)++] = text_format(
	    arena,
	    "the list of %.*s could not be read from %.*s to %.*s%s: reconcile a statement of that "
	    "time, wavu payment reconcile FILE --credit",
	    TEXT_ARG(member_text(list, "shortcode")),
	    TEXT_ARG(shown_time(json_object_get(gap, "from"), arena)),
	    TEXT_ARG(shown_time(json_object_get(gap, "to"), arena)),
	    json_array_size(gaps) > 1 ? " (and more)" : "");
}

uint32_t list_alarms(const json_t *tenant, struct text *alarms, struct arena *arena)
{
	const json_t *list;
	uint32_t count = 0;
	size_t i;

	json_array_foreach (json_object_get(tenant, "lists"), i, list) {
		struct text shortcode = member_text(list, "shortcode");
		int64_t differences = member_int(list, "differences"),
			found = member_int(list, "found_last_day");

		if (count + 4 > LIST_ALARMS_MAX)
			break;
		if (!json_is_null(json_object_get(list, "failing_since")))
			alarms[count++] = text_format(
			    arena,
			    "the list of %.*s is not read since %.*s: %.*s. It is tried again at "
			    "%.*s; at once: wavu payment reconcile --pull --now",
			    TEXT_ARG(shortcode),
			    TEXT_ARG(shown_time(json_object_get(list, "failing_since"), arena)),
			    TEXT_ARG(member_text(list, "error")),
			    TEXT_ARG(shown_time(json_object_get(list, "next_try"), arena)));
		alarm_gaps(alarms, &count, list, arena);
		if (differences > 0)
			alarms[count++] = text_format(
			    arena,
			    "list and ledger of %.*s differ in %lld payment%s%s: wavu payment "
			    "reconcile --pull",
			    TEXT_ARG(shortcode), (long long)differences,
			    differences == 1 ? "" : "s",
			    differences >= COUNTED_MAX ? " and more" : "");
		if (found >= FOUND_ALARM)
			alarms[count++] = text_format(
			    arena,
			    "%lld payments to %.*s of the last 24 h came by its list alone: do "
			    "its callbacks reach this machine? wavu payment urls",
			    (long long)found, TEXT_ARG(shortcode));
	}
	return count;
}

/* ---- metrics --------------------------------------------------------------------------------- */

static int64_t read_until_s(const struct known_list *list)
{
	return list->pull.until_at / SECOND_US;
}

static int64_t is_failing(const struct known_list *list)
{
	return list->pull.failures > 0;
}

static int64_t difference_count(const struct known_list *list)
{
	return list->difference_count;
}

static int64_t unread_s(const struct known_list *list)
{
	return list->unread_us / SECOND_US;
}

static int64_t found_count(const struct known_list *list)
{
	return list->found;
}

static const struct {
	const char *name, *help;
	int64_t (*value)(const struct known_list *list);
} gauges[] = {
	{ "wavu_list_read_until_timestamp_seconds",
	  "up to when the provider's own list was read; 0: it was not", read_until_s },
	{ "wavu_list_failing", "1 while the list cannot be read", is_failing },
	{ "wavu_list_differences", "payments in which list and ledger differ, 1000 at most",
	  difference_count },
	{ "wavu_list_unread_seconds",
	  "time of which the list could not be read and no statement was taken", unread_s },
	{ "wavu_list_found_last_day", "payments of the last 24 h that came by the list alone",
	  found_count },
};

bool put_list_metrics(struct output *output, const struct outlook *outlooks, uint32_t count,
		      int64_t now, struct error *error)
{
	struct known_list **lists = ARENA_ARRAY(output->arena, struct known_list *, count + 1);
	uint32_t *counts = ARENA_ARRAY(output->arena, uint32_t, count + 1), all = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (!know_all(&lists[i], &counts[i], &outlooks[i], now, output->arena, error))
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
		all += counts[i];
	}
	for (size_t k = 0; all > 0 && k < ARRAY_COUNT(gauges); k++) {
		put(output, "# HELP %s %s.\n# TYPE %s gauge\n", gauges[k].name, gauges[k].help,
		    gauges[k].name);
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t j = 0; j < counts[i]; j++)
				put(output,
				    "%s{tenant=\"%.*s\",channel=\"%.*s\","
				    "shortcode=\"%.*s\"} %lld\n",
				    gauges[k].name, TEXT_ARG(outlooks[i].tenant->name),
				    TEXT_ARG(lists[i][j].pull.channel),
				    TEXT_ARG(lists[i][j].pull.shortcode),
				    (long long)gauges[k].value(&lists[i][j]));
	}
	return true;
}
