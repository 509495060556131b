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
	COLUMN_PARTY,
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
	[COLUMN_PARTY] = "otherpartyinfo",
};

struct sheet {
	struct text bytes;
	uint32_t at;
	uint32_t line; /* 1-based, of the row just read */
	struct text cells[COLUMNS_MAX];
	uint32_t count;
	uint32_t head_count; /* cells of the line of names */
	bool is_cut;         /* the file ends within the row just read */
	struct text shortcode;
	bool many_shortcodes;
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
		sheet->is_cut = sheet->at >= sheet->bytes.size;
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

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* The first run of digits. */
static struct text digits_of(struct text text)
{
	uint32_t from = 0, to;
	while (from < text.size && !is_digit(text.at[from]))
		from++;
	for (to = from; to < text.size && is_digit(text.at[to]);)
		to++;
	return (struct text){ text.at + from, to - from };
}

/* Where the words are in a cell; UINT32_MAX: nowhere. */
static uint32_t shortcode_named(struct text cell)
{
	const struct text words[] = { TEXT("short code"), TEXT("shortcode") };
	for (size_t word = 0; word < ARRAY_COUNT(words); word++)
		for (uint32_t i = 0; i + words[word].size <= cell.size; i++)
			if (text_equal_nocase((struct text){ cell.at + i, words[word].size },
					      words[word]))
				return i;
	return UINT32_MAX;
}

/* "Organization Short Code:" and a cell of digits, or both in one cell. */
static void shortcode_read(struct sheet *sheet)
{
	for (uint32_t i = 0; i < sheet->count; i++) {
		struct text cell = sheet->cells[i], code;
		uint32_t name = shortcode_named(cell);
		if (name == UINT32_MAX)
			continue;
		code = digits_of((struct text){ cell.at + name, cell.size - name });
		for (uint32_t next = i + 1; code.size == 0 && next < sheet->count; next++)
			code = digits_of(sheet->cells[next]);
		if (sheet->shortcode.size > 0 && !text_equal(sheet->shortcode, code))
			sheet->many_shortcodes = true;
		sheet->shortcode = code;
		return;
	}
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
		sheet->head_count = sheet->count;
		if (columns[COLUMN_RECEIPT] < COLUMNS_MAX && columns[COLUMN_IN] < COLUMNS_MAX)
			return true;
		shortcode_read(sheet);
	}
	return false;
}

static struct text cell_of(const struct sheet *sheet, const uint32_t columns[COLUMN_COUNT],
			   enum column column)
{
	return columns[column] < sheet->count ? sheet->cells[columns[column]] : TEXT_NONE;
}

/* "2,500.00" -> 250000; where money goes out, "-1,000.00" -> 100000; empty -> 0. */
static bool money_read(int64_t *cents, struct text cell, bool goes_out, struct arena *arena)
{
	char *out = ARENA_ARRAY(arena, char, cell.size + 1u);
	uint32_t size = 0;
	*cents = 0;
	for (uint32_t i = 0; i < cell.size; i++)
		if (cell.at[i] != ',' && !(goes_out && i == 0 && cell.at[i] == '-'))
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

/* "254712345678 - A. PAYER": the number, unless it is masked or of another form. */
static struct text phone_read(struct text party)
{
	struct text digits = digits_of(party);
	bool whole = digits.size == 12 && digits.at == party.at &&
		     text_starts(digits, TEXT("254")) &&
		     (party.size == 12 || party.at[12] == ' ');
	return whole ? digits : TEXT_NONE;
}

static void line_read(struct statement_line *line, const struct sheet *sheet,
		      const uint32_t columns[COLUMN_COUNT])
{
	struct text status = cell_of(sheet, columns, COLUMN_STATUS), flaw = TEXT_NONE;
	struct arena *arena = sheet->arena;
	struct value receipt = { .kind = VALUE_TEXT,
				 .text = cell_of(sheet, columns, COLUMN_RECEIPT) };
	*line = (struct statement_line){
		.at = moment_read(cell_of(sheet, columns, COLUMN_TIME), arena),
		.linked = cell_of(sheet, columns, COLUMN_LINKED),
		.reference = cell_of(sheet, columns, COLUMN_ACCOUNT),
		.phone = phone_read(cell_of(sheet, columns, COLUMN_PARTY)),
		.is_done = status.size == 0 || text_equal_nocase(status, TEXT("completed")),
		.line = sheet->line,
		.shortcode = sheet->many_shortcodes ? TEXT_NONE : sheet->shortcode,
		.is_cut = sheet->is_cut || sheet->count < sheet->head_count,
	};
	if (!daraja_receipt(&line->receipt, receipt, "Receipt No.", arena, &flaw))
		line->flaw = flaw;
	else if (!money_read(&line->in_cents, cell_of(sheet, columns, COLUMN_IN), false, arena) ||
		 !money_read(&line->out_cents, cell_of(sheet, columns, COLUMN_OUT), true, arena))
		line->flaw = TEXT("an amount cannot be read");
	else if (line->in_cents != 0 && line->out_cents != 0)
		line->flaw = TEXT("money went in and out at once");
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
		line_read(&(*out)[(*count)++], &sheet, columns);
	}
	return true;
}
