#include "view/shape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GROWTH_MIN 4096u

static void make_room(struct output *output, size_t more)
{
	size_t room = output->room;

	if (output->size + more + 1 <= room)
		return;
	room = room * 2 > output->size + more + 1 ? room * 2 : output->size + more + 1;
	if (room < GROWTH_MIN)
		room = GROWTH_MIN;
	output->at = arena_grow(output->arena, output->at, output->room, room);
	output->room = room;
}

/*
 * What a router or a payer wrote may hold anything, and a terminal must never obey it: control
 * characters, the two-byte ones of UTF-8 too, become "?". Lines stay lines where `lines` says so.
 * Works in place; gives the new size.
 */
static size_t tame(char *at, size_t size, bool lines)
{
	size_t kept = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)at[i];
		unsigned char next = i + 1 < size ? (unsigned char)at[i + 1] : 0;
		bool line = byte == '\n' || byte == '\t' || byte == '\r';
		bool wide = byte == 0xC2 && next >= 0x80 && next < 0xA0;

		if (wide || byte == 0x7F || (byte < 0x20 && !(line && lines)))
			at[kept++] = '?';
		else
			at[kept++] = at[i];
		i += wide;
	}
	return kept;
}

void put_raw(struct output *output, struct text text)
{
	if (text.size == 0)
		return;
	make_room(output, text.size);
	memcpy(output->at + output->size, text.at, text.size);
	output->size += text.size;
	output->at[output->size] = '\0';
}

static void put_tame(struct output *output, struct text text, bool lines)
{
	size_t before = output->size;

	if (text.size == 0)
		return;
	put_raw(output, text);
	output->size = before + tame(output->at + before, text.size, lines);
	output->at[output->size] = '\0';
}

void put_text(struct output *output, struct text text)
{
	put_tame(output, text, true);
}

void put_printable(struct output *output, struct text text)
{
	put_tame(output, text, false);
}

void put(struct output *output, const char *format, ...)
{
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	invariant(size >= 0);
	make_room(output, (size_t)size);
	va_start(arguments, format);
	vsnprintf(output->at + output->size, (size_t)size + 1, format, arguments);
	va_end(arguments);
	output->size += tame(output->at + output->size, (size_t)size, true);
	output->at[output->size] = '\0';
}

void put_tone(struct output *output, enum tone tone)
{
	static const char *const codes[] = {
		[TONE_PLAIN] = "\033[0m", [TONE_GOOD] = "\033[32m", [TONE_WARN] = "\033[33m",
		[TONE_BAD] = "\033[31m",  [TONE_DIM] = "\033[2m",   [TONE_STRONG] = "\033[1m",
	};

	/* The only control characters that are ours. */
	if (output->colour)
		put_raw(output, text_of(codes[tone]));
}

void put_html(struct output *output, struct text text)
{
	uint32_t start = 0;

	for (uint32_t i = 0; i < text.size; i++) {
		const char *word = NULL;

		switch (text.at[i]) {
		case '&':
			word = "&amp;";
			break;
		case '<':
			word = "&lt;";
			break;
		case '>':
			word = "&gt;";
			break;
		case '"':
			word = "&quot;";
			break;
		case '\'':
			word = "&#39;";
			break;
		default:
			continue;
		}
		put_text(output, (struct text){ text.at + start, i - start });
		put(output, "%s", word);
		start = i + 1;
	}
	put_text(output, text_from(text, start));
}

void put_url(struct output *output, struct text text)
{
	for (uint32_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
			     (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
			     byte == '.';

		if (plain)
			put_text(output, (struct text){ text.at + i, 1 });
		else
			put(output, "%%%02X", byte);
	}
}

void put_html_string(struct output *output, const json_t *string)
{
	if (json_is_string(string))
		put_html(output, text_of(json_string_value(string)));
}

/* Characters, not bytes: names are UTF-8. */
static uint32_t width_of(struct text text)
{
	uint32_t width = 0;

	for (uint32_t i = 0; i < text.size; i++)
		width += ((unsigned char)text.at[i] & 0xC0u) != 0x80u;
	return width;
}

static void put_cell(struct output *output, struct cell cell, uint32_t width, bool last)
{
	uint32_t own = width_of(cell.text);

	if (cell.tone != TONE_PLAIN)
		put_tone(output, cell.tone);
	put_printable(output, cell.text);
	if (cell.tone != TONE_PLAIN)
		put_tone(output, TONE_PLAIN);
	if (!last)
		put(output, "%*s", (int)(width - own + 2), "");
}

void put_columns(struct output *output, const struct columns *columns, const struct cell *cells,
		 uint32_t row_count)
{
	uint32_t widths[COLUMNS_MAX] = { 0 };

	invariant(columns->count <= COLUMNS_MAX);
	for (uint32_t column = 0; column < columns->count; column++) {
		widths[column] = width_of(text_of(columns->heads[column]));
		for (uint32_t row = 0; row < row_count; row++) {
			uint32_t own = width_of(cells[row * columns->count + column].text);

			widths[column] = own > widths[column] ? own : widths[column];
		}
	}
	for (uint32_t column = 0; column < columns->count; column++)
		put_cell(output, (struct cell){ text_of(columns->heads[column]), TONE_DIM },
			 widths[column], column + 1 == columns->count);
	put(output, "\n");
	for (uint32_t row = 0; row < row_count; row++) {
		for (uint32_t column = 0; column < columns->count; column++)
			put_cell(output, cells[row * columns->count + column], widths[column],
				 column + 1 == columns->count);
		put(output, "\n");
	}
}

void put_table(struct output *output, const struct columns *columns, const struct cell *cells,
	       uint32_t row_count)
{
	static const char *const classes[] = {
		[TONE_PLAIN] = "",  [TONE_GOOD] = "good", [TONE_WARN] = "warn",
		[TONE_BAD] = "bad", [TONE_DIM] = "dim",   [TONE_STRONG] = "strong",
	};

	put(output, "<table><thead><tr>");
	for (uint32_t column = 0; column < columns->count; column++)
		put(output, "<th scope=\"col\">%s</th>", columns->heads[column]);
	put(output, "</tr></thead><tbody>\n");
	for (uint32_t row = 0; row < row_count; row++) {
		put(output, "<tr>");
		for (uint32_t column = 0; column < columns->count; column++) {
			struct cell cell = cells[row * columns->count + column];

			put(output, "<td data-label=\"%s\" class=\"%s\">", columns->heads[column],
			    classes[cell.tone]);
			put_html(output, cell.text);
			put(output, "</td>");
		}
		put(output, "</tr>\n");
	}
	put(output, "</tbody></table>\n");
}
