#include "view/subscriber_shape.h"

/* ---- on a terminal --------------------------------------------------------------------------- */

/* A few words of where a payment ended; `explain` has the whole sentence. */
static struct text end_text(const json_t *payment, struct arena *arena)
{
	const json_t *end = json_object_get(payment, "access");
	struct text state = member_text(end, "state"), router = member_text(end, "router");

	if (!json_is_object(end) || json_is_null(json_object_get(payment, "account")) ||
	    text_is(member_text(payment, "status"), "reversed"))
		return TEXT("–");
	if (text_is(state, "online"))
		return text_format(arena, "online on %.*s", TEXT_ARG(router));
	if (text_is(state, "waiting") && !json_is_null(json_object_get(end, "since")))
		return text_format(arena, "waiting: %.*s unreachable since %.*s", TEXT_ARG(router),
				   TEXT_ARG(shown_time(json_object_get(end, "since"), arena)));
	return member_text(end, "text");
}

void payments_text(const json_t *data, struct output *output)
{
	static const char *const heads[] = { "time",      "receipt", "amount", "status", "account",
					     "reference", "phone",   "access", "reason" };
	const struct columns columns = { heads, ARRAY_COUNT(heads) };
	struct arena *arena = output->arena;
	struct cell *cells, *line;
	const json_t *row;
	size_t i;

	if (json_array_size(data) == 0) {
		put(output, "No payments.\n");
		return;
	}
	cells = ARENA_ARRAY(arena, struct cell, json_array_size(data) * columns.count);
	json_array_foreach (data, i, row) {
		line = &cells[i * columns.count];
		line[0].text = shown_time(json_object_get(row, "at"), arena);
		line[1].text = member_text(row, "receipt");
		line[2].text = shown(json_object_get(row, "amount"), arena);
		line[3].text = member_text(row, "status");
		line[4].text = shown(json_object_get(row, "account"), arena);
		line[5].text = shown(json_object_get(row, "reference"), arena);
		line[6].text = shown(json_object_get(row, "phone"), arena);
		line[7].text = end_text(row, arena);
		line[8].text = shown(json_object_get(row, "reason"), arena);
	}
	put_columns(output, &columns, cells, (uint32_t)json_array_size(data));
}

/* ---- on a page ------------------------------------------------------------------------------- */

static const char *class_of(const json_t *payment)
{
	struct text status = member_text(payment, "status");
	struct text state = member_text(json_object_get(payment, "access"), "state");

	if (text_is(status, "held"))
		return "bad";
	if (text_is(status, "unmatched") || text_is(state, "waiting"))
		return "warn";
	return text_is(state, "online") ? "good" : "";
}

void put_explained(struct output *output, struct text thing)
{
	put(output, "<a href=\"/explain?thing=");
	put_url(output, thing);
	put(output, "\">");
	put_html(output, thing);
	put(output, "</a>");
}

static void put_note(struct output *output, struct text text)
{
	if (text.size == 0)
		return;
	put(output, "<p class=\"note\">");
	put_html(output, text);
	put(output, "</p>");
}

static void payment_html(const json_t *payment, struct output *output)
{
	struct arena *arena = output->arena;
	struct text account = member_text(payment, "account"),
		    word = member_text(payment, "status");
	const json_t *end = json_object_get(payment, "access");

	bool credited = text_is(word, "credited");

	if (credited && json_is_object(end))
		word = member_text(end, "state");
	if (text_is(word, "none"))
		word = TEXT("no access");
	put(output, "<li class=\"%s\"><b>", class_of(payment));
	put_html(output, shown(json_object_get(payment, "amount"), arena));
	put(output, "</b> ");
	put_explained(output, member_text(payment, "receipt"));
	put(output, " <span class=\"word\">");
	put_html(output, word);
	put(output, "</span> ");
	if (account.size > 0)
		put_explained(output, account);
	put(output, "<br><small>");
	put_html(output, shown_time(json_object_get(payment, "at"), arena));
	put(output, " · ");
	put_html(output, member_text(payment, "channel"));
	if (member_text(payment, "reference").size > 0) {
		put(output, " · typed “");
		put_html(output, member_text(payment, "reference"));
		put(output, "”");
	}
	if (member_text(payment, "phone").size > 0) {
		put(output, " · ");
		put_html(output, member_text(payment, "phone"));
	}
	put(output, "</small>");
	put_note(output, member_text(payment, "reason"));
	if (credited && !text_is(member_text(end, "state"), "online"))
		put_note(output, end_text(payment, arena));
	if (member_text(payment, "remedy").size > 0) {
		put(output, "<p class=\"do\">");
		put_html(output, member_text(payment, "remedy"));
		put(output, "</p>");
	}
	put(output, "</li>\n");
}

void payments_html(const json_t *data, struct output *output)
{
	const json_t *payment;
	size_t i;

	if (json_array_size(data) == 0) {
		put(output, "<p>No payments.</p>\n");
		return;
	}
	put(output, "<ul class=\"rows\">\n");
	json_array_foreach (data, i, payment)
		payment_html(payment, output);
	put(output, "</ul>\n");
}
