#include "view/subscriber_shape.h"

#include <string.h>

#include "base/error.h"

/* ---- sums ------------------------------------------------------------------------------------ */

/* "3 of 1200.00", or nothing where there is none: what has to be looked after stands out. */
static struct text sum_text(const json_t *row, const char *count, const char *amount,
			    struct arena *arena)
{
	if (member_int(row, count) == 0)
		return TEXT("–");
	return text_format(arena, "%lld of %.*s", (long long)member_int(row, count),
			   TEXT_ARG(member_text(row, amount)));
}

struct total {
	int64_t count, cents;
	struct text currency;
	bool mixed; /* two tenants, two currencies: no sum of them means anything */
};

static void add_total(struct total *total, const json_t *row)
{
	struct text currency = member_text(row, "currency");
	int64_t cents;

	if (total->count > 0 && !text_equal(total->currency, currency))
		total->mixed = true;
	total->currency = currency;
	total->count += member_int(row, "count");
	if (text_cents(member_text(row, "amount"), &cents))
		total->cents += cents;
}

#define TAKING_COLUMNS 9
static const char *const taking_heads[TAKING_COLUMNS] = {
	"day", "channel", "by", "credited", "amount", "unmatched", "held", "reversed", "tenant",
};

static const struct columns taking_columns = { taking_heads, TAKING_COLUMNS };

static struct cell *taking_cells(const json_t *data, struct total *total, struct arena *arena)
{
	struct cell *cells = ARENA_ARRAY(arena, struct cell,
					 json_array_size(data) * TAKING_COLUMNS);
	const json_t *row;
	size_t i;

	json_array_foreach (data, i, row) {
		struct cell *line = &cells[i * TAKING_COLUMNS];

		line[0].text = member_text(row, "day");
		line[1].text = member_text(row, "channel");
		line[2].text = shown(json_object_get(row, "by"), arena);
		line[3].text = text_format(arena, "%lld", (long long)member_int(row, "count"));
		line[4] = (struct cell){ member_text(row, "amount"), TONE_STRONG };
		line[5].text = sum_text(row, "unmatched_count", "unmatched_amount", arena);
		line[5].tone = member_int(row, "unmatched_count") > 0 ? TONE_WARN : TONE_DIM;
		line[6].text = sum_text(row, "held_count", "held_amount", arena);
		line[6].tone = member_int(row, "held_count") > 0 ? TONE_BAD : TONE_DIM;
		line[7].text = sum_text(row, "reversed_count", "reversed_amount", arena);
		line[8].text = member_text(row, "tenant");
		add_total(total, row);
	}
	return cells;
}

static struct text total_text(const struct total *total, struct arena *arena)
{
	struct text amount = text_of_cents(arena, total->cents);

	if (total->mixed)
		return text_format(arena, "credited in all: %lld payments",
				   (long long)total->count);
	return text_format(arena, "credited in all: %lld payment%s, %.*s %.*s",
			   (long long)total->count, total->count == 1 ? "" : "s", TEXT_ARG(amount),
			   TEXT_ARG(total->currency));
}

void takings_text(const json_t *data, struct output *output)
{
	struct total total = { 0 };
	struct cell *cells;

	if (json_array_size(data) == 0) {
		put(output, "No payments in that time.\n");
		return;
	}
	cells = taking_cells(data, &total, output->arena);
	put_columns(output, &taking_columns, cells, (uint32_t)json_array_size(data));
	put_text(output, total_text(&total, output->arena));
	put(output, "\n");
}

void takings_html(const json_t *data, struct output *output)
{
	struct total total = { 0 };
	struct cell *cells;

	if (json_array_size(data) == 0) {
		put(output, "<p>No payments in that time.</p>\n");
		return;
	}
	cells = taking_cells(data, &total, output->arena);
	put(output, "<p>");
	put_html(output, total_text(&total, output->arena));
	put(output, "</p>\n");
	put_table(output, &taking_columns, cells, (uint32_t)json_array_size(data));
}

/* ---- for a spreadsheet ----------------------------------------------------------------------- */

/*
 * RFC 4180. What a payer typed must not be run by the spreadsheet: a field that begins like a
 * formula gets an apostrophe, as OWASP's "CSV injection" says.
 */
static void put_field(struct output *output, struct text field, bool first)
{
	struct text part, rest = field, none;
	bool quoted = text_cut(field, ',', &part, &none) || text_cut(field, '"', &part, &none);

	if (!first)
		put(output, ",");
	if (quoted)
		put(output, "\"");
	if (field.size > 0 && strchr("=+-@", field.at[0]) != NULL)
		put(output, "'");
	while (text_cut(rest, '"', &part, &rest)) {
		put_printable(output, part);
		put(output, "\"\"");
	}
	put_printable(output, part);
	if (quoted)
		put(output, "\"");
}

static void put_csv(const json_t *data, const char *const *keys, size_t key_count,
		    struct output *output)
{
	const json_t *row;
	size_t i;

	for (size_t k = 0; k < key_count; k++)
		put(output, "%s%s", k > 0 ? "," : "", keys[k]);
	put(output, "\n");
	json_array_foreach (data, i, row) {
		for (size_t k = 0; k < key_count; k++) {
			const json_t *value = json_object_get(row, keys[k]);

			if (json_is_null(value))
				put_field(output, TEXT_NONE, k == 0);
			else if (text_is(text_of(keys[k]), "at"))
				put_field(output, shown_time(value, output->arena), k == 0);
			else
				put_field(output, shown(value, output->arena), k == 0);
		}
		put(output, "\n");
	}
}

void payments_csv(const json_t *data, struct output *output)
{
	static const char *const keys[] = { "at",      "receipt", "amount",    "currency", "status",
					    "account", "channel", "reference", "phone",    "by",
					    "reason",  "tenant" };

	put_csv(data, keys, ARRAY_COUNT(keys), output);
}

void takings_csv(const json_t *data, struct output *output)
{
	static const char *const keys[] = {
		"day",
		"channel",
		"by",
		"count",
		"amount",
		"unmatched_count",
		"unmatched_amount",
		"held_count",
		"held_amount",
		"reversed_count",
		"reversed_amount",
		"currency",
		"tenant",
	};

	put_csv(data, keys, ARRAY_COUNT(keys), output);
}
