#include "view/list_view.h"

#include <stdlib.h>

#include "base/zone.h"
#include "state/pulls.h"

static const char *const words[DIFFERS_COUNT] = {
	[DIFFERS_NOT_BOOKED] = "not in the ledger",
	[DIFFERS_HELD] = "in the list, and held here",
	[DIFFERS_AMOUNT] = "another amount",
	[DIFFERS_TAKEN_BACK] = "taken back at the provider, credited here",
	[DIFFERS_GONE] = "no longer in the list, credited here",
	[DIFFERS_NOT_LISTED] = "not in the list",
	[DIFFERS_FLAW] = "a row of the list that cannot be read",
};

/* Sums of one day of one short code. */
struct day {
	int64_t at; /* its first moment */
	int64_t listed_cents, ledger_cents;
	uint32_t listed_count, ledger_count;
};

/* What is made for one tenant. */
struct listing_view {
	const struct outlook *outlook;
	json_t *differences, *days, *unread, *lists;
	int64_t listed_cents, ledger_cents, until_at;
	uint32_t payments;
	struct arena *arena;
};

static json_t *cents_or_null(int64_t cents, bool there)
{
	return there ? json_of_cents(cents) : json_null();
}

static void add_difference(struct listing_view *view, const struct pull *pull,
			   const struct pull_difference *one)
{
	bool is_listed = one->what != DIFFERS_NOT_LISTED && one->what != DIFFERS_FLAW;

	json_array_append_new(
	    view->differences,
	    json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "receipt",
		      json_of_text(one->receipt), "at",
		      json_of_time(view->outlook->zone, one->at), "what", words[one->what], "list",
		      cents_or_null(one->listed_cents, is_listed), "ledger",
		      cents_or_null(one->ledger_cents, one->ledger_cents >= 0), "channel",
		      json_of_text(pull->channel), "why", json_text_or_null(one->why)));
}

static int compare_amounts(const void *a, const void *b)
{
	const struct pull_amount *one = a, *other = b;

	return (one->at > other->at) - (one->at < other->at);
}

static void add_day(struct listing_view *view, const struct pull *pull, const struct day *day)
{
	json_array_append_new(
	    view->days,
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "day",
		      json_of_text(text_head(time_text(view->arena, view->outlook->zone, day->at),
					     10)),
		      "channel", json_of_text(pull->channel), "shortcode",
		      json_of_text(pull->shortcode), "list", json_of_cents(day->listed_cents),
		      "ledger", json_of_cents(day->ledger_cents), "list_count",
		      (json_int_t)day->listed_count, "ledger_count",
		      (json_int_t)day->ledger_count));
	view->listed_cents += day->listed_cents;
	view->ledger_cents += day->ledger_cents;
	view->payments += day->listed_count;
}

static void add_days(struct listing_view *view, const struct pull *pull,
		     struct pull_amount *amounts, uint32_t count)
{
	struct day day = { 0 };

	if (count > 0)
		qsort(amounts, count, sizeof(*amounts), compare_amounts);
	for (uint32_t i = 0; i < count; i++) {
		int64_t start_at = zone_day_start(view->outlook->zone, amounts[i].at, 0);

		if (day.at != 0 && day.at != start_at) {
			add_day(view, pull, &day);
			day = (struct day){ 0 };
		}
		day.at = start_at;
		day.listed_cents += amounts[i].is_listed ? amounts[i].listed_cents : 0;
		day.ledger_cents += amounts[i].is_booked ? amounts[i].ledger_cents : 0;
		day.listed_count += amounts[i].is_listed;
		day.ledger_count += amounts[i].is_booked;
	}
	if (day.at != 0)
		add_day(view, pull, &day);
}

static bool add_list(struct listing_view *view, const struct pull *pull, int64_t since_at,
		     struct error *error)
{
	const struct outlook *outlook = view->outlook;
	int64_t from_at, to_at;
	struct pull_difference *differences;
	struct pull_amount *amounts;
	struct pull_gap *gaps;
	uint32_t count;

	list_span(&from_at, &to_at, pull, since_at);
	if (!pulls_differences(&differences, &count, outlook->store, pull, from_at, to_at, 0,
			       view->arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		add_difference(view, pull, &differences[i]);
	if (!pulls_amounts(&amounts, &count, outlook->store, pull, from_at, to_at, view->arena,
			   error))
		return false;
	add_days(view, pull, amounts, count);
	if (!pulls_gaps(&gaps, &count, outlook->store, pull->id, view->arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (gaps[i].to_at > since_at)
			json_array_append_new(
			    view->unread,
			    json_pack("{s:o, s:o, s:o}", "shortcode",
				      json_of_text(pull->shortcode), "from",
				      json_of_time(outlook->zone, gaps[i].from_at), "to",
				      json_of_time(outlook->zone, gaps[i].to_at)));
	json_array_append_new(
	    view->lists, json_pack("{s:o, s:o, s:o, s:o, s:o}", "channel",
				   json_of_text(pull->channel), "shortcode",
				   json_of_text(pull->shortcode), "since",
				   json_of_time(outlook->zone, since_at > pull->since_at
								   ? since_at
								   : pull->since_at),
				   "read_until",
				   json_of_time(outlook->zone, pull->until_at), "error",
				   json_text_or_null(pull->why)));
	return true;
}

static bool add_lists(struct listing_view *view, int64_t since_at, struct error *error)
{
	struct pull *all;
	uint32_t count;

	if (!pulls_all(&all, &count, view->outlook->store, view->arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if ((all[i].next_at != 0 || all[i].until_at != 0) &&
		    !add_list(view, &all[i], since_at, error))
			return false;
	return true;
}

static const char *verdict(const struct listing_view *view, bool same)
{
	if (json_array_size(view->lists) == 0)
		return "no channel has `pull: true`, so no list is read";
	if (same)
		return "list and ledger are the same, to the cent";
	return json_array_size(view->differences) > 0
		   ? "list and ledger differ"
		   : "list and ledger are the same where the list could be read";
}

bool view_list(struct document **out, bool *same, const struct outlook *outlook, int64_t since_at,
	       int64_t now, struct arena *arena, struct error *error)
{
	struct listing_view view = { .outlook = outlook,
				     .differences = json_array(),
				     .days = json_array(),
				     .unread = json_array(),
				     .lists = json_array(),
				     .arena = arena };
	bool done = add_lists(&view, since_at != 0 ? since_at : now - LIST_LOOK_US, error);
	json_t *data;

	*same = json_array_size(view.differences) == 0 && json_array_size(view.unread) == 0 &&
		json_array_size(view.lists) > 0;
	data = json_pack("{s:b, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "ok", (int)*same,
			 "message", verdict(&view, *same), "tenant",
			 json_of_text(outlook->tenant->name), "payments",
			 (json_int_t)view.payments, "list", json_of_cents(view.listed_cents),
			 "ledger", json_of_cents(view.ledger_cents), "lists", view.lists, "unread",
			 view.unread, "days", view.days, "differences", view.differences);
	if (!done) {
		json_decref(data);
		return false;
	}
	*out = document_make("list", data);
	return true;
}

static void put_members(const json_t *rows, const char *const *members, const char *const *heads,
			uint32_t count, struct output *output)
{
	const struct columns columns = { heads, count };
	struct cell *cells = ARENA_ARRAY(output->arena, struct cell,
					 json_array_size(rows) * count + 1);
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		for (uint32_t column = 0; column < count; column++) {
			const json_t *value = json_object_get(row, members[column]);

			cells[i * count + column].text = text_is(text_of(members[column]), "at")
							     ? shown_time(value, output->arena)
							     : shown(value, output->arena);
		}
	if (json_array_size(rows) > 0)
		put_columns(output, &columns, cells, (uint32_t)json_array_size(rows));
}

/* Days that are the same need no line of their own. */
static json_t *days_that_differ(const json_t *days)
{
	json_t *out = json_array(), *day;
	size_t i;

	json_array_foreach (days, i, day)
		if (!json_equal(json_object_get(day, "list"), json_object_get(day, "ledger")))
			json_array_append(out, day);
	return out;
}

void list_text(const json_t *data, struct output *output)
{
	static const char *const members[] = { "at", "receipt", "what", "list", "ledger", "why" };
	static const char *const heads[] = { "time", "receipt", "what", "list", "ledger", "why" };
	static const char *const day_members[] = { "day", "shortcode", "list", "ledger" };
	json_t *days = days_that_differ(json_object_get(data, "days"));
	const json_t *one;
	size_t i;

	put(output, "%.*s: %lld payments, list %.*s, ledger %.*s\n",
	    TEXT_ARG(member_text(data, "message")), (long long)member_int(data, "payments"),
	    TEXT_ARG(member_text(data, "list")), TEXT_ARG(member_text(data, "ledger")));
	json_array_foreach (json_object_get(data, "lists"), i, one)
		put(output, "%.*s: read up to %.*s%s%.*s\n",
		    TEXT_ARG(member_text(one, "shortcode")),
		    TEXT_ARG(shown_time(json_object_get(one, "read_until"), output->arena)),
		    member_text(one, "error").size > 0 ? "; the last try: " : "",
		    TEXT_ARG(member_text(one, "error")));
	json_array_foreach (json_object_get(data, "unread"), i, one)
		put(output,
		    "! %.*s: not read from %.*s to %.*s: reconcile a statement of that time with "
		    "--credit\n",
		    TEXT_ARG(member_text(one, "shortcode")),
		    TEXT_ARG(shown_time(json_object_get(one, "from"), output->arena)),
		    TEXT_ARG(shown_time(json_object_get(one, "to"), output->arena)));
	put_members(days, day_members, day_members, ARRAY_COUNT(day_members), output);
	put_members(json_object_get(data, "differences"), members, heads, ARRAY_COUNT(heads),
		    output);
	json_decref(days);
}
