#include "yaml/encoding.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"

uint32_t utf8_next(struct text rest, uint32_t *character)
{
	if (rest.size == 0)
		return 0;
	const unsigned char *at = (const unsigned char *)rest.at;
	uint32_t size, value, least;

	if (at[0] < 0x80) {
		*character = at[0];
		return 1;
	}
	if (at[0] >= 0xc2 && at[0] <= 0xdf) {
		size = 2, value = at[0] & 0x1fu, least = 0x80;
	} else if ((at[0] & 0xf0) == 0xe0) {
		size = 3, value = at[0] & 0x0fu, least = 0x800;
	} else if (at[0] >= 0xf0 && at[0] <= 0xf4) {
		size = 4, value = at[0] & 0x07u, least = 0x10000;
	} else {
		return 0;
	}
	if (rest.size < size)
		return 0;
	for (uint32_t i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (at[i] & 0x3fu);
	}
	/* Overlong forms, surrogates and what lies beyond Unicode are no characters. */
	if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*character = value;
	return size;
}

static const char *character_flaw(uint32_t c)
{
	if (c == 0)
		return "the file contains a NUL byte: save it as plain UTF-8 text";
	if (c == 0x85 || c == 0x2028 || c == 0x2029)
		return "an invisible line separator (U+0085, U+2028 or U+2029) stands here: "
		       "replace it by an ordinary line end or a space";
	if (c == 0xfeff)
		return "a byte order mark (U+FEFF) stands in the middle of the file: remove it";
	if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f ||
	    (c > 0x7f && c < 0xa0) || c == 0xfffe || c == 0xffff)
		return "a control character stands here: remove it";
	return NULL;
}

static bool starts_with(struct text bytes, const char *mark, uint32_t size)
{
	return bytes.size >= size && memcmp(bytes.at, mark, size) == 0;
}

bool encoding_check(struct text *bytes, struct flaw *flaw)
{
	*flaw = (struct flaw){ .line = 1, .column = 1 };
	if (bytes->size > YAML_FILE_SIZE_MAX) {
		flaw->message = "the file is larger than 16 MiB: split it into several files";
		return false;
	}
	if (starts_with(*bytes, "\xff\xfe", 2) || starts_with(*bytes, "\xfe\xff", 2) ||
	    starts_with(*bytes, "\0\0\xfe\xff", 4)) {
		flaw->message = "the file is UTF-16 or UTF-32: save it as UTF-8";
		return false;
	}
	if (starts_with(*bytes, "\xef\xbb\xbf", 3))
		*bytes = text_from(*bytes, 3);

	struct text rest = *bytes;
	while (rest.size > 0) {
		uint32_t c;
		uint32_t size = utf8_next(rest, &c);
		flaw->message = size ? character_flaw(c)
				     : "this is not UTF-8: save the file as UTF-8";
		if (flaw->message)
			return false;
		rest = text_from(rest, size);
		bool ends_line = c == '\n' || (c == '\r' && (rest.size == 0 || *rest.at != '\n'));
		if (ends_line) {
			flaw->line++;
			flaw->column = 1;
		} else {
			flaw->column++;
		}
	}
	return true;
}

struct text encoding_shown(struct arena *arena, struct text a)
{
	enum { SHOWN_MAX = 60 };
	char *copy = arena_take(arena, SHOWN_MAX * 4 + 4);
	uint32_t used = 0, character;
	struct text rest = a;
	for (uint32_t i = 0; i < SHOWN_MAX && rest.size > 0; i++) {
		uint32_t size = utf8_next(rest, &character);
		if (size == 0 || character_flaw(character) || character < 0x20) {
			copy[used++] = '?';
			size = size ? size : 1;
		} else {
			memcpy(copy + used, rest.at, size);
			used += size;
		}
		rest = text_from(rest, size);
	}
	if (rest.size > 0) {
		memcpy(copy + used, "\xe2\x80\xa6", 3);
		used += 3;
	}
	return (struct text){ copy, used };
}
