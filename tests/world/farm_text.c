/* Text that grows, and JSON strings. */
#include "world/farm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void farm_text_add(struct farm_text *text, const char *bytes, size_t size)
{
	if (text->size + size + 1 > text->room) {
		size_t room = text->room < 256 ? 256 : text->room;
		char *grown;

		while (room < text->size + size + 1)
			room *= 2;
		grown = realloc(text->bytes, room);
		if (grown == NULL)
			abort();
		text->bytes = grown;
		text->room = room;
	}
	if (size > 0)
		memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	text->bytes[text->size] = '\0';
}

void farm_text_put(struct farm_text *text, const char *string)
{
	farm_text_add(text, string, strlen(string));
}

void farm_text_print(struct farm_text *text, const char *format, ...)
{
	char small[512];
	va_list list;
	int size;

	va_start(list, format);
	size = vsnprintf(small, sizeof(small), format, list);
	va_end(list);
	if (size > 0)
		farm_text_add(text, small,
			      (size_t)size < sizeof(small) ? (size_t)size : sizeof(small) - 1);
}

void farm_text_done(struct farm_text *text)
{
	free(text->bytes);
	memset(text, 0, sizeof(*text));
}

/* How long the UTF-8 sequence at the front is; 0: it is none. */
static size_t sequence_size(const unsigned char *bytes, size_t size)
{
	size_t want = bytes[0] < 0x80   ? 1
		      : bytes[0] < 0xc2 ? 0
		      : bytes[0] < 0xe0 ? 2
		      : bytes[0] < 0xf0 ? 3
		      : bytes[0] < 0xf5 ? 4
					: 0;

	if (want > size)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	if (want == 3 &&
	    ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f)))
		return 0;
	if (want == 4 &&
	    ((bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f)))
		return 0;
	return want;
}

static bool is_utf8(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size;) {
		size_t one = sequence_size((const unsigned char *)bytes + i, size - i);

		if (one == 0)
			return false;
		i += one;
	}
	return true;
}

void farm_text_json(struct farm_text *text, const char *bytes, size_t size)
{
	bool good = is_utf8(bytes, size);

	farm_text_put(text, "\"");
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '"' || byte == '\\') {
			farm_text_put(text, "\\");
			farm_text_add(text, bytes + i, 1);
		} else if (byte < 0x20 || (byte >= 0x80 && !good)) {
			farm_text_print(text, "\\u%04x", byte);
		} else {
			farm_text_add(text, bytes + i, 1);
		}
	}
	farm_text_put(text, "\"");
}
