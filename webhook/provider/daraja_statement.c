#include "provider/daraja_inside.h"

#include <string.h>

#include "base/limits.h"

/*
 * The statement that an M-PESA organisation downloads from its portal, as CSV: some lines about the
 * organisation, then one line of column names, then one line a transaction. Columns are found by
 * name, for their order and number differ between exports. Money is written "2,500.00".
 */

#define COLUMNS_MAX 64
#define HEAD_LINES_MAX 64 /* lines before the column names */

enum column {
	COLUMN_RECEIPT,
	COLUMN_TIME,
	COLUMN_STATUS,
	COLUMN_IN,
	COLUMN_OUT,
	COLUMN_LINKED,
	COLUMN_ACCOUNT,
	COLUMN_COUNT
};

/* Letters and digits only, in lower case: "Receipt No." and "Receipt No" are one. */
static const char *const names[COLUMN_COUNT] = {
	[COLUMN_RECEIPT] = "receiptno",
	[COLUMN_TIME] = "completiontime",
	[COLUMN_STATUS] = "transactionstatus",
	[COLUMN_IN] = "paidin",
	[COLUMN_OUT] = "withdrawn",
	[COLUMN_LINKED] = "linkedtransactionid",
	[COLUMN_ACCOUNT] = "acno",
};

struct sheet {
	struct text bytes;
	uint32_t at;
	uint32_t line; /* 1-based, of the row just read */
	struct text cells[COLUMNS_MAX];
	uint32_t count;
	struct arena *arena;
};

static char peek(const struct sheet *sheet)
{
	return sheet->at < sheet->bytes.size ? sheet->bytes.at[sheet->at] : '\n';
}

/* One cell, quoted or not (RFC 4180). */
static struct text cell_read(struct sheet *sheet)
{
	uint32_t start = sheet->at, size = 0;
	if (peek(sheet) != '"') {
		while (peek(sheet) != ',' && peek(sheet) != '\n')
			sheet->at++;
		return text_trim((struct text){ sheet->bytes.at + start, sheet->at - start });
	}
	start = ++sheet->at;
	while (sheet->at < sheet->bytes.size) {
		if (sheet->bytes.at[sheet->at] == '"') {
			if (sheet->at + 1 >= sheet->bytes.size ||
			    sheet->bytes.at[sheet->at + 1] != '"')
				break;
			sheet->at++;
		}
		size++;
		sheet->at++;
	}
	char *out = ARENA_ARRAY(sheet->arena, char, size + 1u);
	for (uint32_t from = start, to = 0; to < size; to++) {
		out[to] = sheet->bytes.at[from];
		from += sheet->bytes.at[from] == '"' ? 2 : 1;
	}
	while (peek(sheet) != ',' && peek(sheet) != '\n')
		sheet->at++;
	return text_trim((struct text){ out, size });
}

/* False at the end. */
static bool row_read(struct sheet *sheet)
{
	if (sheet->at >= sheet->bytes.size)
		return false;
	sheet->count = 0;
	sheet->line++;
	for (;;) {
		struct text cell = cell_read(sheet);
		if (sheet->count < COLUMNS_MAX)
			sheet->cells[sheet->count++] = cell;
		bool more = peek(sheet) == ',';
		sheet->at++;
		if (!more)
			return true;
	}
}

static bool is_named(struct text cell, const char *name)
{
	uint32_t at = 0;
	for (uint32_t i = 0; i < cell.size; i++) {
		char byte = cell.at[i];
		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte - 'A' + 'a');
		if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')))
			continue;
		if (name[at] != byte)
			return false;
		at++;
	}
	return name[at] == '\0';
}

/* The line of the column names, and where each is; COLUMNS_MAX: nowhere. */
static bool head_find(struct sheet *sheet, uint32_t columns[COLUMN_COUNT])
{
	while (sheet->line < HEAD_LINES_MAX && row_read(sheet)) {
		for (int column = 0; column < COLUMN_COUNT; column++) {
			columns[column] = COLUMNS_MAX;
			for (uint32_t i = 0; i < sheet->count; i++)
				if (is_named(sheet->cells[i], names[column]))
					columns[column] = i;
		}
		if (columns[COLUMN_RECEIPT] < COLUMNS_MAX && columns[COLUMN_IN] < COLUMNS_MAX)
			return true;
	}
	return false;
}

static struct text cell_of(const struct sheet *sheet, const uint32_t columns[COLUMN_COUNT],
			   enum column column)
{
	return columns[column] < sheet->count ? sheet->cells[columns[column]] : TEXT_NONE;
}

/* "2,500.00" -> 250000; "-1,000.00" (money out) -> 100000; empty -> 0. */
static bool money_read(int64_t *cents, struct text cell, struct arena *arena)
{
	char *out = ARENA_ARRAY(arena, char, cell.size + 1u);
	uint32_t size = 0;
	*cents = 0;
	for (uint32_t i = 0; i < cell.size; i++)
		if (cell.at[i] != ',' && !(i == 0 && cell.at[i] == '-'))
			out[size++] = cell.at[i];
	return size == 0 || text_cents((struct text){ out, size }, cents);
}

/* "2026-11-20 12:13:25", "20-11-2026 12:13:25" or "20/11/2026 12:13", in EAT; 0: none of these. */
static int64_t moment_read(struct text cell, struct arena *arena)
{
	char digits[15] = "00000000000000";
	uint32_t count = 0;
	for (uint32_t i = 0; i < cell.size && count < 14; i++)
		if (cell.at[i] >= '0' && cell.at[i] <= '9')
			digits[count++] = cell.at[i];
	if (count != 12 && count != 14)
		return 0;
	if (cell.size > 4 && cell.at[2] >= '-' && cell.at[2] <= '/') {
		char day[4] = { digits[0], digits[1], digits[2], digits[3] };
		memmove(digits, digits + 4, 4);
		memcpy(digits + 4, day + 2, 2);
		memcpy(digits + 6, day, 2);
	}
	return daraja_time(text_copy(arena, (struct text){ digits, 14 }));
}

static bool line_read(struct statement_line *line, const struct sheet *sheet,
		      const uint32_t columns[COLUMN_COUNT], struct text *why)
{
	struct text status = cell_of(sheet, columns, COLUMN_STATUS);
	struct arena *arena = sheet->arena;
	struct value receipt = { .kind = VALUE_TEXT,
				 .text = cell_of(sheet, columns, COLUMN_RECEIPT) };
	struct text flaw;
	*line = (struct statement_line){
		.at = moment_read(cell_of(sheet, columns, COLUMN_TIME), arena),
		.linked = cell_of(sheet, columns, COLUMN_LINKED),
		.reference = cell_of(sheet, columns, COLUMN_ACCOUNT),
		.is_done = status.size == 0 || text_equal_nocase(status, TEXT("completed")),
	};
	if (!daraja_receipt(&line->receipt, receipt, "Receipt No.", arena, &flaw)) {
		*why = text_format(arena, "line %u: %.*s", sheet->line, TEXT_ARG(flaw));
		return false;
	}
	if (!money_read(&line->in_cents, cell_of(sheet, columns, COLUMN_IN), arena) ||
	    !money_read(&line->out_cents, cell_of(sheet, columns, COLUMN_OUT), arena)) {
		*why = text_format(arena, "line %u: an amount cannot be read", sheet->line);
		return false;
	}
	if (line->in_cents != 0 && line->out_cents != 0) {
		*why = text_format(arena, "line %u: money went in and out at once", sheet->line);
		return false;
	}
	return true;
}

bool daraja_statement(struct statement_line **out, uint32_t *count, struct text bytes,
		      struct arena *arena, struct text *why)
{
	struct sheet sheet = { .bytes = bytes, .arena = arena };
	uint32_t columns[COLUMN_COUNT], lines_max = 1;
	*count = 0;
	if (text_starts(bytes, TEXT("\xef\xbb\xbf")))
		sheet.at = 3;
	if (!head_find(&sheet, columns)) {
		*why = TEXT("it has no line with the columns \"Receipt No.\" and \"Paid In\"");
		return false;
	}
	for (uint32_t i = sheet.at; i < bytes.size; i++)
		lines_max += bytes.at[i] == '\n';
	*out = ARENA_ARRAY(arena, struct statement_line, lines_max);
	while (row_read(&sheet)) {
		if (sheet.count == 1 && sheet.cells[0].size == 0)
			continue;
		/* A line of totals names no receipt. */
		if (cell_of(&sheet, columns, COLUMN_RECEIPT).size == 0)
			continue;
		invariant(*count < lines_max);
		if (!line_read(&(*out)[(*count)++], &sheet, columns, why))
			return false;
	}
	return true;
}
