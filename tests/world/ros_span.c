/* Durations, addresses, MACs and rates, as RouterOS reads and writes them (§3). */
#include "world/ros_inside.h"

#include <ctype.h>
#include <string.h>

static bool digits_take(struct ros_text *rest, int64_t *out)
{
	size_t size = 0;
	uint64_t number;

	while (size < rest->size && isdigit((unsigned char)rest->bytes[size]))
		size++;
	if (size == 0 || size > 12)
		return false;
	if (!ros_text_number((struct ros_text){ rest->bytes, size }, &number))
		return false;
	*out = (int64_t)number;
	rest->bytes += size;
	rest->size -= size;
	return true;
}

/* The tail `26:00:00` or `26:00`; the hours are read already. */
static bool clock_take(struct ros_text *rest, int64_t hours, int64_t *out_ms)
{
	int64_t part, seconds = hours * 3600;
	int64_t weight = 60;

	while (rest->size > 0 && rest->bytes[0] == ':') {
		rest->bytes++;
		rest->size--;
		if (!digits_take(rest, &part) || weight == 0)
			return false;
		seconds += part * weight;
		weight /= 60;
	}
	*out_ms = seconds * 1000;
	return rest->size == 0;
}

static bool unit_take(struct ros_text *rest, int64_t *weight_ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "ms", 1 },      { "w", 604800000 }, { "d", 86400000 },
		{ "h", 3600000 }, { "m", 60000 },     { "s", 1000 },
	};

	for (size_t i = 0; i < ROS_COUNT(units); i++) {
		size_t size = strlen(units[i].name);

		if (rest->size >= size && memcmp(rest->bytes, units[i].name, size) == 0) {
			rest->bytes += size;
			rest->size -= size;
			*weight_ms = units[i].ms;
			return true;
		}
	}
	return false;
}

bool ros_span_parse(struct ros_text text, int64_t *out_ms)
{
	int64_t total = 0;

	if (text.size == 0)
		return false;
	while (text.size > 0) {
		int64_t number, weight;

		if (text.bytes[0] == ' ') {
			text.bytes++;
			text.size--;
			continue;
		}
		if (!digits_take(&text, &number))
			return false;
		if (text.size > 0 && text.bytes[0] == ':') {
			if (!clock_take(&text, number, &weight))
				return false;
			total += weight;
		} else if (text.size == 0) {
			total += number * 1000; /* bare: seconds */
		} else if (unit_take(&text, &weight)) {
			total += number * weight;
		} else {
			return false;
		}
	}
	*out_ms = total;
	return true;
}

/* `1w2d3h4m5s`, without parts that are zero; nothing at all is `0s` (§3). */
void ros_span_print(struct ros_buffer *out, int64_t ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "w", 604800000 }, { "d", 86400000 }, { "h", 3600000 },
		{ "m", 60000 },     { "s", 1000 },     { "ms", 1 },
	};

	if (ms <= 0) {
		ros_buffer_text(out, "0s");
		return;
	}
	for (size_t i = 0; i < ROS_COUNT(units); i++) {
		if (ms >= units[i].ms)
			ros_buffer_print(out, "%lld%s", (long long)(ms / units[i].ms),
					 units[i].name);
		ms %= units[i].ms;
	}
}

bool ros_address_parse(struct ros_text text, uint32_t *out)
{
	struct ros_text part;
	uint64_t number;
	uint32_t address = 0;
	size_t count = 0;

	while (ros_text_cut(&text, '.', &part)) {
		if (part.size > 3 || !ros_text_number(part, &number) || number > 255)
			return false;
		address = address << 8 | (uint32_t)number;
		count++;
	}
	*out = address;
	return count == 4;
}

void ros_address_print(struct ros_buffer *out, uint32_t address)
{
	ros_buffer_print(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
			 address & 255);
}

bool ros_range_parse(struct ros_text text, uint32_t *first, uint32_t *last)
{
	struct ros_text head = text, tail;
	uint64_t bits;

	if (ros_text_holds(text, '/')) {
		uint32_t mask;

		ros_text_cut(&text, '/', &head);
		if (!ros_address_parse(head, first) || !ros_text_number(text, &bits) || bits > 32)
			return false;
		mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
		*first &= mask;
		*last = *first | ~mask;
		return true;
	}
	if (ros_text_holds(text, '-')) {
		ros_text_cut(&text, '-', &head);
		tail = text;
		return ros_address_parse(head, first) && ros_address_parse(tail, last) &&
		       *first <= *last;
	}
	if (!ros_address_parse(head, first))
		return false;
	*last = *first;
	return true;
}

/* Upper case with colons (§3); `AB-CD-…` and `AB.CD.…` are read too, by the schema's own help. */
bool ros_mac_print(struct ros_buffer *out, struct ros_text text)
{
	if (text.size != 17)
		return false;
	for (size_t i = 0; i < 17; i++) {
		char byte = text.bytes[i];

		if (i % 3 == 2 ? strchr(":-.", byte) == NULL : !isxdigit((unsigned char)byte))
			return false;
	}
	for (size_t i = 0; i < 17; i++) {
		char byte = i % 3 == 2 ? ':' : (char)toupper((unsigned char)text.bytes[i]);

		ros_buffer_add(out, &byte, 1);
	}
	return true;
}

/* k is 1000, M is 1000000 (§3.1). */
bool ros_rate_parse(struct ros_text text, uint64_t *out)
{
	uint64_t weight = 1;

	if (text.size == 0)
		return false;
	switch (text.bytes[text.size - 1]) {
	case 'k':
	case 'K':
		weight = 1000;
		break;
	case 'M':
		weight = 1000000;
		break;
	case 'G':
		weight = 1000000000;
		break;
	default:
		break;
	}
	if (weight > 1)
		text.size--;
	if (!ros_text_number(text, out))
		return false;
	*out *= weight;
	return true;
}
