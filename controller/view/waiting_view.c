#include "view/waiting_view.h"

#include "base/clock.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "view/proof_view.h"
#include "view/subscriber_shape.h"

static bool waiting_of(json_t *list, const struct outlook *outlook, uint32_t max, int64_t now,
		       struct arena *arena, struct error *error)
{
	struct ending *proofs;
	uint32_t count;

	if (!proof_waiting(&proofs, &count, outlook->store, max, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct payment payment;
		json_t *access;
		bool found;

		if (!ledger_payment_of_id(&found, &payment, outlook->store, proofs[i].payment_id,
					  arena, error) ||
		    !proof_json(&access, outlook, &payment, now, arena, error))
			return false;
		json_array_append_new(
		    list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "tenant",
				    json_of_text(outlook->tenant->name), "receipt",
				    json_of_text(payment.receipt), "account",
				    json_of_text(payment.account), "amount",
				    json_of_cents(payment.amount_cents), "router",
				    json_of_text(proofs[i].router), "at",
				    json_of_time(outlook->zone, payment.received_at), "age_s",
				    (json_int_t)((now - payment.received_at) / SECOND_US), "access",
				    access));
	}
	return true;
}

bool view_waiting(struct document **out, const struct outlook *outlooks, uint32_t count,
		  uint32_t max, int64_t now, struct arena *arena, struct error *error)
{
	json_t *list = json_array();

	*out = NULL;
	for (uint32_t i = 0; i < count; i++)
		if (!waiting_of(list, &outlooks[i], max, now, arena, error)) {
			json_decref(list);
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
		}
	*out = document_make("waiting", list);
	return true;
}

static const char *const heads[] = { "paid",   "age",    "receipt",          "account",
				     "amount", "router", "what it waits for" };

static struct cell *waiting_cells(const json_t *rows, struct arena *arena)
{
	uint32_t width = ARRAY_COUNT(heads);
	struct cell *cells = ARENA_ARRAY(arena, struct cell, json_array_size(rows) * width + 1);
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		struct cell *line = &cells[i * width];

		line[0].text = shown_time(json_object_get(row, "at"), arena);
		line[1] = (struct cell){ age_text(arena, member_int(row, "age_s") * SECOND_US),
					 TONE_WARN };
		line[2].text = member_text(row, "receipt");
		line[3] = (struct cell){ member_text(row, "account"), TONE_STRONG };
		line[4].text = member_text(row, "amount");
		line[5].text = member_text(row, "router");
		line[6].text = member_text(json_object_get(row, "access"), "text");
	}
	return cells;
}

void waiting_text(const json_t *data, struct output *output)
{
	if (json_array_size(data) == 0)
		put(output, "Nobody who paid waits for a router.\n");
	else
		put_columns(output, &(struct columns){ heads, ARRAY_COUNT(heads) },
			    waiting_cells(data, output->arena), (uint32_t)json_array_size(data));
}

/* Those of one router, whose reason is theirs together. */
static void router_html(const json_t *rows, size_t from, struct output *output)
{
	const json_t *first = json_array_get(rows, from), *row;
	struct text router = member_text(first, "router");
	struct text why = member_text(json_object_get(first, "access"), "text");
	size_t i;

	put(output, "<h3>");
	put_html(output, router);
	put(output, "</h3><p class=\"note\">");
	put_html(output, why);
	put(output, "</p>\n<ul class=\"rows\">\n");
	json_array_foreach (rows, i, row) {
		struct text own = member_text(json_object_get(row, "access"), "text");

		if (!text_equal(member_text(row, "router"), router))
			continue;
		put(output, "<li class=\"warn\">");
		put_explained(output, member_text(row, "account"));
		put(output, " <span class=\"word\">waits for ");
		put_html(output, age_text(output->arena, member_int(row, "age_s") * SECOND_US));
		put(output, "</span><br><small>");
		put_html(output, member_text(row, "amount"));
		put(output, " · ");
		put_html(output, member_text(row, "receipt"));
		put(output, " · ");
		put_html(output, shown_time(json_object_get(row, "at"), output->arena));
		put(output, "</small>");
		if (!text_equal(own, why)) {
			put(output, "<p class=\"note\">");
			put_html(output, own);
			put(output, "</p>");
		}
		put(output, "</li>\n");
	}
	put(output, "</ul>\n");
}

static bool is_first(const json_t *rows, size_t index)
{
	struct text router = member_text(json_array_get(rows, index), "router");

	for (size_t i = 0; i < index; i++)
		if (text_equal(member_text(json_array_get(rows, i), "router"), router))
			return false;
	return true;
}

void waiting_html(const json_t *data, struct output *output)
{
	if (json_array_size(data) == 0)
		put(output, "<p>Nobody who paid waits for a router.</p>\n");
	for (size_t i = 0; i < json_array_size(data); i++)
		if (is_first(data, i))
			router_html(data, i, output);
}
