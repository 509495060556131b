/* JSON as RouterOS reads and writes it: strings everywhere (§2). */
#include "world/ros_session.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	const char *at, *end;
};

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) != NULL)
		reader->at++;
}

static bool take(struct reader *reader, char byte)
{
	skip_space(reader);
	if (reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

static void put_character(struct ros_buffer *out, uint32_t code)
{
	char bytes[4];
	size_t count = 0;

	if (code < 0x80) {
		bytes[count++] = (char)code;
	} else if (code < 0x800) {
		bytes[count++] = (char)(0xc0 | code >> 6);
		bytes[count++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		bytes[count++] = (char)(0xe0 | code >> 12);
		bytes[count++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[count++] = (char)(0x80 | (code & 0x3f));
	} else {
		bytes[count++] = (char)(0xf0 | code >> 18);
		bytes[count++] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[count++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[count++] = (char)(0x80 | (code & 0x3f));
	}
	ros_buffer_add(out, bytes, count);
}

static bool take_code(struct reader *reader, uint32_t *code)
{
	*code = 0;
	if (reader->end - reader->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		char byte = *reader->at++;
		const char *found = byte == '\0' ? NULL : strchr(digits, byte);

		if (found == NULL)
			return false;
		*code = *code << 4 | (uint32_t)((found - digits) & 15);
	}
	return true;
}

static bool take_escape(struct reader *reader, struct ros_buffer *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char byte = reader->at < reader->end ? *reader->at++ : '\0';
	const char *found = byte == '\0' ? NULL : strchr(from, byte);
	uint32_t code, low;

	if (found != NULL) {
		ros_buffer_add(out, &to[found - from], 1);
		return true;
	}
	if (byte != 'u' || !take_code(reader, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00) {
		if (reader->end - reader->at < 6 || *reader->at++ != '\\' ||
		    *reader->at++ != 'u' || !take_code(reader, &low) || low < 0xdc00)
			return false;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	put_character(out, code);
	return true;
}

static bool take_string(struct reader *reader, struct ros_buffer *out)
{
	if (!take(reader, '"'))
		return false;
	while (reader->at < reader->end && *reader->at != '"') {
		char byte = *reader->at++;

		if (byte != '\\')
			ros_buffer_add(out, &byte, 1);
		else if (!take_escape(reader, out))
			return false;
	}
	return take(reader, '"');
}

/* true, false, and numbers: a leading 0 is octal, 0x hex, an exponent is refused (§2). */
static bool take_bare(struct reader *reader, struct ros_buffer *out)
{
	char token[40] = "";
	size_t size = 0;
	char *end;
	unsigned long long number;

	skip_space(reader);
	while (reader->at < reader->end && strchr(",]} \t\r\n", *reader->at) == NULL &&
	       size + 1 < sizeof(token))
		token[size++] = *reader->at++;
	if (strcmp(token, "true") == 0 || strcmp(token, "false") == 0) {
		ros_buffer_text(out, token);
		return true;
	}
	number = strtoull(token, &end, 0);
	if (size == 0 || *end != '\0' || token[0] == '-' || token[0] == '+')
		return false;
	ros_buffer_print(out, "%llu", number);
	return true;
}

static bool take_scalar(struct reader *reader, struct ros_buffer *out)
{
	skip_space(reader);
	if (reader->at < reader->end && *reader->at == '"')
		return take_string(reader, out);
	return take_bare(reader, out);
}

/* A list: of .query one word each, of anything else (.proplist) joined by commas. */
static bool take_list(struct reader *reader, struct ros_text name, struct ros_buffer *words)
{
	bool is_query = ros_text_is(name, ".query"), is_good = true, is_first = true;
	struct ros_buffer word = { NULL, 0, 0 };

	ros_buffer_print(&word, "=%.*s=", (int)name.size, name.bytes);
	while (is_good && !take(reader, ']')) {
		if (!is_first)
			is_good = take(reader, ',');
		if (is_query) {
			ros_buffer_cut(&word, 0);
			ros_buffer_text(&word, "?");
		} else if (!is_first) {
			ros_buffer_text(&word, ",");
		}
		is_good = is_good && take_scalar(reader, &word);
		if (is_good && is_query)
			ros_wire_word(words, word.bytes, word.size);
		is_first = false;
	}
	if (is_good && !is_query)
		ros_wire_word(words, word.bytes, word.size);
	ros_buffer_done(&word);
	return is_good;
}

static bool take_member(struct reader *reader, struct ros_buffer *words)
{
	struct ros_buffer name = { NULL, 0, 0 }, word = { NULL, 0, 0 };
	bool is_good = take_string(reader, &name) && take(reader, ':');

	skip_space(reader);
	if (is_good && reader->at < reader->end && *reader->at == '[') {
		reader->at++;
		is_good = take_list(reader, ros_buffer_view(&name), words);
	} else if (is_good) {
		ros_buffer_text(&word, "=");
		ros_buffer_add(&word, name.bytes, name.size);
		ros_buffer_text(&word, "=");
		is_good = take_scalar(reader, &word);
		if (is_good)
			ros_wire_word(words, word.bytes, word.size);
	}
	ros_buffer_done(&name);
	ros_buffer_done(&word);
	return is_good;
}

bool ros_json_words(struct ros_text body, struct ros_buffer *words)
{
	struct reader reader = { body.bytes, body.bytes + body.size };

	if (!take(&reader, '{'))
		return false;
	if (!take(&reader, '}')) {
		do {
			if (!take_member(&reader, words))
				return false;
		} while (take(&reader, ','));
		if (!take(&reader, '}'))
			return false;
	}
	skip_space(&reader);
	return reader.at == reader.end;
}

/* ---- writing --------------------------------------------------------------------------------- */

void ros_json_text(struct ros_buffer *out, struct ros_text text)
{
	ros_buffer_text(out, "\"");
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] == '"' || text.bytes[i] == '\\')
			ros_buffer_text(out, "\\");
		ros_buffer_add(out, text.bytes + i, 1);
	}
	ros_buffer_text(out, "\"");
}

static void put_row(struct ros_buffer *out, const struct ros_sentence *sentence)
{
	bool is_first = true;

	ros_buffer_text(out, "{");
	for (size_t i = 1; i < sentence->count; i++) {
		struct ros_text name, value = sentence->words[i];

		if (value.bytes[0] != '=')
			continue;
		value.bytes++;
		value.size--;
		ros_text_cut(&value, '=', &name);
		ros_buffer_text(out, is_first ? "" : ",");
		ros_json_text(out, name);
		ros_buffer_text(out, ":");
		ros_json_text(out, value.bytes == NULL ? ros_text_of("") : value);
		is_first = false;
	}
	ros_buffer_text(out, "}");
}

void ros_json_rows(struct ros_buffer *out, struct ros_text rows, bool is_single)
{
	struct ros_sentence *sentence = ros_allocate(sizeof(*sentence));
	size_t at = 0, used;
	bool is_first = true;

	if (!is_single)
		ros_buffer_text(out, "[");
	while (at < rows.size && ros_wire_sentence(sentence, rows.bytes + at, rows.size - at,
						   SIZE_MAX / 2, &used) == ROS_WIRE_WHOLE) {
		at += used;
		if (is_single && !is_first)
			break;
		ros_buffer_text(out, is_first ? "" : ",");
		put_row(out, sentence);
		is_first = false;
	}
	if (!is_single)
		ros_buffer_text(out, "]");
	free(sentence);
}
