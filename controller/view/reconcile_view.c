#include "view/reconcile_view.h"

#include <stdlib.h>

#include "model/payment.h"
#include "state/ledger.h"
#include "view/attempt_shape.h"

struct compared {
	const struct outlook *outlook;
	const struct statement_line *lines;
	uint32_t count;
	struct payment *payments;
	uint32_t payment_count;
	struct text *receipts; /* of the lines, sorted */
	json_t *differences;
	int64_t statement_cents, ledger_cents;
	struct arena *arena;
};

static int compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static bool counts(const struct statement_line *line)
{
	return line->is_done && line->in_cents > 0;
}

static bool is_listed(const struct compared *compared, struct text receipt)
{
	return bsearch(&receipt, compared->receipts, compared->count, sizeof(struct text),
		       compare_texts) != NULL;
}

static void differs(struct compared *compared, struct text receipt, int64_t at, const char *what,
		    json_t *statement, json_t *ledger)
{
	json_array_append_new(
	    compared->differences,
	    json_pack("{s:o, s:o, s:s, s:o, s:o}", "receipt", json_of_text(receipt), "at",
		      json_of_time(compared->outlook->zone, at), "what", what, "statement",
		      statement, "ledger", ledger));
}

static json_t *amount_of(const struct payment *payment)
{
	return payment->has_amount ? json_of_cents(payment->amount_cents) : json_null();
}

static bool compare_line(struct compared *compared, const struct statement_line *line,
			 struct error *error)
{
	struct payment payment;
	bool found;

	if (line->is_done && line->out_cents > 0 && line->linked.size > 0) {
		if (!ledger_payment(&found, &payment, compared->outlook->store, line->linked,
				    compared->arena, error))
			return false;
		if (found && payment.status == PAYMENT_CREDITED)
			differs(compared, payment.receipt, line->at,
				"taken back at the provider, credited here",
				json_of_cents(-line->out_cents), amount_of(&payment));
		return true;
	}
	if (!counts(line))
		return true;
	compared->statement_cents += line->in_cents;
	if (!ledger_payment(&found, &payment, compared->outlook->store, line->receipt,
			    compared->arena, error))
		return false;
	if (!found)
		differs(compared, line->receipt, line->at, "not in the ledger",
			json_of_cents(line->in_cents), json_null());
	else if (!payment.has_amount || payment.amount_cents != line->in_cents)
		differs(compared, line->receipt, line->at, "another amount",
			json_of_cents(line->in_cents), amount_of(&payment));
	if (found && payment.has_amount)
		compared->ledger_cents += payment.amount_cents;
	return true;
}

/* Is a payment of that channel one that this statement should show? */
static bool is_about(const struct compared *compared, struct text channel)
{
	bool any = false;

	for (uint32_t i = 0; i < compared->payment_count; i++) {
		if (!is_listed(compared, compared->payments[i].receipt))
			continue;
		if (text_equal(compared->payments[i].channel, channel))
			return true;
		any = true;
	}
	return !any;
}

static void compare_payments(struct compared *compared)
{
	struct text channel = TEXT_NONE;
	bool about = false;

	for (uint32_t i = 0; i < compared->payment_count; i++) {
		const struct payment *payment = &compared->payments[i];

		if (is_listed(compared, payment->receipt) || !payment->has_amount)
			continue;
		if (i == 0 || !text_equal(payment->channel, channel)) {
			channel = payment->channel;
			about = is_about(compared, channel);
		}
		if (!about)
			continue;
		if (payment->status != PAYMENT_HELD)
			compared->ledger_cents += payment->amount_cents;
		differs(compared, payment->receipt, payment->at,
			payment->status == PAYMENT_HELD ? "not in the statement, and held here"
							: "not in the statement",
			json_null(), amount_of(payment));
	}
}

static bool compare(struct compared *compared, struct text provider, struct error *error)
{
	int64_t from_at = INT64_MAX, to_at = 0;

	compared->receipts = ARENA_ARRAY(compared->arena, struct text, compared->count + 1);
	for (uint32_t i = 0; i < compared->count; i++) {
		const struct statement_line *line = &compared->lines[i];

		compared->receipts[i] = line->receipt;
		if (line->at == 0)
			continue;
		from_at = line->at < from_at ? line->at : from_at;
		to_at = line->at > to_at ? line->at : to_at;
	}
	qsort(compared->receipts, compared->count, sizeof(struct text), compare_texts);
	for (uint32_t i = 0; i < compared->count; i++)
		if (!compare_line(compared, &compared->lines[i], error))
			return false;
	if (!ledger_payments_between(&compared->payments, &compared->payment_count,
				     compared->outlook->store, provider, from_at, to_at,
				     compared->arena, error))
		return false;
	compare_payments(compared);
	return true;
}

struct document *view_stated(const struct stated_line *lines, uint32_t count)
{
	json_t *done = json_array(), *not_done = json_array();

	for (uint32_t i = 0; i < count; i++) {
		const struct stated_line *line = &lines[i];
		json_t *row;

		if (!line->done && line->why.size == 0)
			continue;
		row = json_pack("{s:I, s:o, s:o, s:o}", "line", (json_int_t)line->line, "receipt",
				json_text_or_null(line->receipt), "amount",
				line->cents != 0 ? json_of_cents(line->cents) : json_null(),
				"why", json_text_or_null(line->why));
		if (line->done) {
			json_object_set_new(row, "account", json_text_or_null(line->account));
			json_object_set_new(row, "status",
					    json_string(line->matched ? "credited" : "unmatched"));
		}
		json_array_append_new(line->done ? done : not_done, row);
	}
	return document_make("stated",
			     json_pack("{s:o, s:o}", "credited", done, "not_credited", not_done));
}

/* What was credited, and what could not be. */
static void add_stated(json_t *done, json_t *not_done, struct document *const *stated,
		       uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const json_t *one = document_data(stated[i]);

		(void)json_array_extend(done, json_object_get(one, "credited"));
		(void)json_array_extend(not_done, json_object_get(one, "not_credited"));
	}
}

bool view_reconcile(struct document **out, bool *same, const struct outlook *outlook,
		    struct text provider, const struct statement_line *lines, uint32_t count,
		    struct document *const *stated, uint32_t stated_count, struct arena *arena,
		    struct error *error)
{
	struct compared compared = { .outlook = outlook,
				     .lines = lines,
				     .count = count,
				     .differences = json_array(),
				     .arena = arena };
	json_t *done = json_array(), *not_done = json_array(), *data;

	if (!compare(&compared, provider, error)) {
		json_decref(compared.differences);
		json_decref(done);
		json_decref(not_done);
		return false;
	}
	add_stated(done, not_done, stated, stated_count);
	*same = json_array_size(compared.differences) == 0 && json_array_size(not_done) == 0;
	data = json_pack(
	    "{s:b, s:o, s:o, s:i, s:o, s:o, s:o}", "ok", (int)*same, "message",
	    json_string(!*same	     ? "statement and ledger differ"
			: count == 0 ? "the statement has no payments, so nothing was compared"
				     : "statement and ledger are the same, to the cent"),
	    "tenant", json_of_text(outlook->tenant->name), "lines", (int)count, "statement",
	    json_of_cents(compared.statement_cents), "ledger",
	    json_of_cents(compared.ledger_cents), "differences", compared.differences);
	if (stated_count > 0) {
		json_object_set(data, "credited", done);
		json_object_set(data, "not_credited", not_done);
	}
	json_decref(done);
	json_decref(not_done);
	*out = document_make("reconcile", data);
	return true;
}

static void rows_text(const json_t *rows, const char *title, const char *const *members,
		      uint32_t count, struct output *output)
{
	const struct columns columns = { members, count };
	struct cell *cells = ARENA_ARRAY(output->arena, struct cell,
					 json_array_size(rows) * count + 1);
	const json_t *row;
	size_t i;

	if (json_array_size(rows) == 0)
		return;
	put(output, "%s:\n", title);
	json_array_foreach (rows, i, row)
		for (uint32_t column = 0; column < count; column++)
			cells[i * count + column].text =
			    text_is(text_of(members[column]), "line")
				? text_format(output->arena, "%lld",
					      (long long)member_int(row, "line"))
				: shown(json_object_get(row, members[column]), output->arena);
	put_columns(output, &columns, cells, (uint32_t)json_array_size(rows));
}

void stated_text(const json_t *data, struct output *output)
{
	static const char *const done[] = { "line", "receipt", "amount", "status", "account",
					    "why" };
	static const char *const not_done[] = { "line", "receipt", "amount", "why" };

	rows_text(json_object_get(data, "credited"), "credited from the statement", done,
		  ARRAY_COUNT(done), output);
	rows_text(json_object_get(data, "not_credited"), "not credited", not_done,
		  ARRAY_COUNT(not_done), output);
}

void reconcile_text(const json_t *data, struct output *output)
{
	static const char *const members[] = { "at", "receipt", "what", "statement", "ledger" };
	static const char *const heads[] = { "time", "receipt", "what", "statement", "ledger" };
	const struct columns columns = { heads, ARRAY_COUNT(heads) };
	const json_t *rows = json_object_get(data, "differences"), *row;
	struct cell *cells;
	size_t i;

	put(output, "%.*s: %lld lines, statement %.*s, ledger %.*s\n",
	    TEXT_ARG(member_text(data, "message")), (long long)member_int(data, "lines"),
	    TEXT_ARG(member_text(data, "statement")), TEXT_ARG(member_text(data, "ledger")));
	stated_text(data, output);
	if (json_array_size(rows) == 0)
		return;
	cells = ARENA_ARRAY(output->arena, struct cell, json_array_size(rows) * columns.count);
	json_array_foreach (rows, i, row) {
		for (uint32_t column = 0; column < columns.count; column++) {
			const json_t *value = json_object_get(row, members[column]);

			cells[i * columns.count + column].text =
			    column == 0 ? shown_time(value, output->arena)
					: shown(value, output->arena);
		}
	}
	put_columns(output, &columns, cells, (uint32_t)json_array_size(rows));
}
