/* Canonical forms: what is written, and how it reads back (§3). */
#include "world/ros_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool ros_refuse(struct ros_refusal *refusal, int category, const char *format, ...)
{
	va_list list;

	refusal->category = category;
	va_start(list, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, list);
	va_end(list);
	return false;
}

static bool refuse_value(const struct ros_field *field, struct ros_refusal *refusal)
{
	return ros_refuse(refusal, 1, "invalid value for argument %s", field->name);
}

int ros_word_find(const char *words, struct ros_text text, struct ros_text *found)
{
	struct ros_text rest = ros_text_of(words), word;
	int index = 0, hit = -1;

	while (ros_text_cut(&rest, '|', &word)) {
		if (ros_text_same(word, text)) {
			*found = word;
			return index;
		}
		/* A unique beginning is enough: `require` reads back as `required` (§3). */
		if (text.size > 0 && word.size > text.size &&
		    memcmp(word.bytes, text.bytes, text.size) == 0) {
			hit = hit == -1 ? index : -2;
			*found = word;
		}
		index++;
	}
	return hit;
}

static bool word_read_back(const struct ros_field *field, struct ros_text in,
			   struct ros_buffer *out, struct ros_refusal *refusal)
{
	struct ros_text word;
	int hit = ros_word_find(field->words, in, &word);

	if (hit == -2)
		return ros_refuse(
		    refusal, 1, "ambiguous value of %s, more than one possible value matches input",
		    field->name);
	if (hit == -1)
		return ros_refuse(refusal, 1, "input does not match any value of %s", field->name);
	ros_buffer_add(out, word.bytes, word.size);
	return true;
}

static bool bool_read_back(const struct ros_field *field, struct ros_text in,
			   struct ros_buffer *out, struct ros_refusal *refusal)
{
	/* Written as any of four words, read back as true or false (§3). */
	if (ros_text_is(in, "yes") || ros_text_is(in, "true"))
		ros_buffer_text(out, "true");
	else if (ros_text_is(in, "no") || ros_text_is(in, "false"))
		ros_buffer_text(out, "false");
	else
		return refuse_value(field, refusal);
	return true;
}

static bool bits_read_back(const struct ros_field *field, struct ros_text in,
			   struct ros_buffer *out, struct ros_refusal *refusal)
{
	struct ros_text part, word;
	size_t start = out->size;

	if (in.size == 0)
		return true;
	while (ros_text_cut(&in, ',', &part)) {
		if (ros_word_find(field->words, part, &word) < 0)
			return ros_refuse(refusal, 1, "input does not match any value of %s",
					  field->name);
		if (out->size > start)
			ros_buffer_text(out, ",");
		ros_buffer_add(out, word.bytes, word.size);
	}
	return true;
}

static bool span_read_back(const struct ros_field *field, struct ros_text in,
			   struct ros_buffer *out, struct ros_refusal *refusal)
{
	struct ros_text word;
	int64_t ms;

	if (field->words != NULL && ros_word_find(field->words, in, &word) >= 0) {
		ros_buffer_add(out, word.bytes, word.size);
		return true;
	}
	if (!ros_span_parse(in, &ms))
		return refuse_value(field, refusal);
	/* `none` is the same as zero where it exists (CLI reference: none:0). */
	if (ms == 0 && field->words != NULL &&
	    ros_word_find(field->words, ros_text_of("none"), &word) >= 0)
		ros_buffer_text(out, "none");
	else
		ros_span_print(out, ms);
	return true;
}

static bool number_read_back(const struct ros_field *field, struct ros_text in,
			     struct ros_buffer *out, struct ros_refusal *refusal)
{
	struct ros_text word;
	uint64_t number;

	if (field->words != NULL && ros_word_find(field->words, in, &word) >= 0) {
		ros_buffer_add(out, word.bytes, word.size);
		return true;
	}
	if (!ros_text_number(in, &number))
		return refuse_value(field, refusal);
	ros_buffer_print(out, "%llu", (unsigned long long)number);
	return true;
}

/* A range that is exactly one network is written as that network, a single address bare: the
 * router reads back 192.168.0.0/23 for 192.168.0.0-192.168.1.255, and drops a /32 (§3). */
static void range_print(struct ros_buffer *out, uint32_t first, uint32_t last)
{
	unsigned bits = 0;

	ros_address_print(out, first);
	if (first == last)
		return;
	while (bits < 32) {
		uint32_t rest = UINT32_MAX >> bits;

		if ((first & rest) == 0 && (first | rest) == last) {
			ros_buffer_print(out, "/%u", bits);
			return;
		}
		bits++;
	}
	ros_buffer_text(out, "-");
	ros_address_print(out, last);
}

static bool ranges_read_back(const struct ros_field *field, struct ros_text in,
			     struct ros_buffer *out, struct ros_refusal *refusal)
{
	struct ros_text part;
	uint32_t first, last;
	size_t start = out->size;

	while (ros_text_cut(&in, ',', &part)) {
		if (!ros_range_parse(part, &first, &last))
			return refuse_value(field, refusal);
		if (out->size > start)
			ros_buffer_text(out, ",");
		range_print(out, first, last);
	}
	return true;
}

/* An address-list entry may also be a host name. */
static bool listed_read_back(const struct ros_field *field, struct ros_text in,
			     struct ros_buffer *out, struct ros_refusal *refusal)
{
	uint32_t first, last;
	bool has_letter = false;

	if (ros_range_parse(in, &first, &last)) {
		range_print(out, first, last);
		return true;
	}
	for (size_t i = 0; i < in.size; i++) {
		char lower = (char)(in.bytes[i] | 0x20);

		if (lower >= 'a' && lower <= 'z')
			has_letter = true;
		else if (strchr("0123456789.-_:", in.bytes[i]) == NULL)
			return refuse_value(field, refusal);
	}
	if (!has_letter)
		return refuse_value(field, refusal);
	ros_buffer_add(out, in.bytes, in.size);
	return true;
}

/* Networks keep their length: 1.1.1.12 reads back as 1.1.1.12/32 in a queue (§3). */
static bool prefixes_read_back(const struct ros_field *field, struct ros_text in,
			       struct ros_buffer *out, struct ros_refusal *refusal)
{
	struct ros_text part;
	size_t start = out->size;

	if (in.size == 0)
		return true;
	while (ros_text_cut(&in, ',', &part)) {
		uint32_t first, last;
		unsigned bits = 32;

		if (ros_text_holds(part, '-') || !ros_range_parse(part, &first, &last))
			return refuse_value(field, refusal);
		for (uint32_t span = last - first; span != 0; span >>= 1)
			bits--;
		if (out->size > start)
			ros_buffer_text(out, ",");
		ros_address_print(out, first);
		ros_buffer_print(out, "/%u", bits);
	}
	return true;
}

static bool decimal_is_written(struct ros_text text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] != '.' && (text.bytes[i] < '0' || text.bytes[i] > '9'))
			return false;
	return text.size > 0;
}

static bool half_read_back(const struct ros_field *field, struct ros_text in,
			   struct ros_buffer *out, struct ros_refusal *refusal)
{
	uint64_t number;
	int64_t ms;

	if (field->kind == ROS_KIND_NUMBERS)
		return number_read_back(field, in, out, refusal);
	if (field->kind == ROS_KIND_TYPES)
		return word_read_back(field, in, out, refusal);
	if (field->kind == ROS_KIND_RATES) {
		/* 10M reads back as 10000000 over the API (§3). */
		if (!ros_rate_parse(in, &number))
			return refuse_value(field, refusal);
		ros_buffer_print(out, "%llu", (unsigned long long)number);
	} else if (field->kind == ROS_KIND_SPANS) {
		if (!ros_span_parse(in, &ms))
			return refuse_value(field, refusal);
		ros_span_print(out, ms);
	} else {
		if (!decimal_is_written(in))
			return refuse_value(field, refusal);
		ros_buffer_add(out, in.bytes, in.size);
	}
	return true;
}

static bool pair_read_back(const struct ros_field *field, struct ros_text in,
			   struct ros_buffer *out, struct ros_refusal *refusal)
{
	struct ros_text upload;

	/* A single value is refused with the name of the missing half (§3). */
	if (!ros_text_holds(in, '/'))
		return ros_refuse(refusal, 1, "expected value of download-%s", field->name);
	ros_text_cut(&in, '/', &upload);
	if (!half_read_back(field, upload, out, refusal))
		return false;
	ros_buffer_text(out, "/");
	return half_read_back(field, in, out, refusal);
}

bool ros_value_read_back(const struct ros_field *field, struct ros_text in, struct ros_buffer *out,
			 struct ros_refusal *refusal)
{
	uint32_t address;

	if (in.size == 0 && (field->flags & ROS_EMPTY_REFUSED) != 0)
		return refuse_value(field, refusal);
	switch (field->kind) {
	case ROS_KIND_BOOL:
		return bool_read_back(field, in, out, refusal);
	case ROS_KIND_WORD:
		return word_read_back(field, in, out, refusal);
	case ROS_KIND_BITS:
		return bits_read_back(field, in, out, refusal);
	case ROS_KIND_SPAN:
		return span_read_back(field, in, out, refusal);
	case ROS_KIND_NUMBER:
		return number_read_back(field, in, out, refusal);
	case ROS_KIND_ADDRESS:
		if (!ros_address_parse(in, &address))
			return refuse_value(field, refusal);
		ros_address_print(out, address);
		return true;
	case ROS_KIND_MAC:
		return ros_mac_print(out, in) || refuse_value(field, refusal);
	case ROS_KIND_RANGES:
		return ranges_read_back(field, in, out, refusal);
	case ROS_KIND_LISTED:
		return listed_read_back(field, in, out, refusal);
	case ROS_KIND_PREFIXES:
		return prefixes_read_back(field, in, out, refusal);
	case ROS_KIND_RATES:
	case ROS_KIND_NUMBERS:
	case ROS_KIND_SPANS:
	case ROS_KIND_TYPES:
	case ROS_KIND_DECIMALS:
		return pair_read_back(field, in, out, refusal);
	case ROS_KIND_TEXT:
	case ROS_KIND_TARGETS:
	case ROS_KIND_POLICY:
	case ROS_KIND_REFERENCE:
	case ROS_KIND_LEASE:
	case ROS_KIND_SHOWN:
		break;
	}
	ros_buffer_add(out, in.bytes, in.size);
	return true;
}
