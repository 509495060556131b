/* The wire: words with a length before them, sentences that end with an empty word (§1.1). */
#include "world/ros_inside.h"

#include <assert.h>

void ros_wire_word(struct ros_buffer *out, const char *bytes, size_t size)
{
	unsigned char head[5];
	size_t count;
	uint32_t length = (uint32_t)size;

	assert(size <= UINT32_MAX);
	if (length < 0x80) {
		head[0] = (unsigned char)length;
		count = 1;
	} else if (length < 0x4000) {
		head[0] = (unsigned char)(length >> 8 | 0x80);
		head[1] = (unsigned char)(length & 0xff);
		count = 2;
	} else if (length < 0x200000) {
		head[0] = (unsigned char)(length >> 16 | 0xc0);
		head[1] = (unsigned char)(length >> 8 & 0xff);
		head[2] = (unsigned char)(length & 0xff);
		count = 3;
	} else if (length < 0x10000000) {
		head[0] = (unsigned char)(length >> 24 | 0xe0);
		head[1] = (unsigned char)(length >> 16 & 0xff);
		head[2] = (unsigned char)(length >> 8 & 0xff);
		head[3] = (unsigned char)(length & 0xff);
		count = 4;
	} else {
		head[0] = 0xf0;
		head[1] = (unsigned char)(length >> 24);
		head[2] = (unsigned char)(length >> 16 & 0xff);
		head[3] = (unsigned char)(length >> 8 & 0xff);
		head[4] = (unsigned char)(length & 0xff);
		count = 5;
	}
	ros_buffer_add(out, (const char *)head, count);
	ros_buffer_add(out, bytes, size);
}

int ros_wire_length(const char *bytes, size_t size, uint64_t *length, size_t *used)
{
	unsigned char first;
	size_t count;

	if (size == 0)
		return 0;
	first = (unsigned char)bytes[0];
	if (first < 0x80) {
		count = 1;
		*length = first;
	} else if (first < 0xc0) {
		count = 2;
		*length = first & 0x3fu;
	} else if (first < 0xe0) {
		count = 3;
		*length = first & 0x1fu;
	} else if (first < 0xf0) {
		count = 4;
		*length = first & 0x0fu;
	} else if (first == 0xf0) {
		count = 5;
		*length = 0;
	} else {
		/* 0xF8 and up are control bytes; 0xF1 … 0xF7 would be beyond 32 bits (§1.1). */
		return -1;
	}
	if (size < count)
		return 0;
	for (size_t i = 1; i < count; i++)
		*length = *length << 8 | (unsigned char)bytes[i];
	*used = count;
	return 1;
}

enum ros_wire ros_wire_sentence(struct ros_sentence *out, const char *bytes, size_t size,
				size_t limit, size_t *used)
{
	size_t at = 0;

	out->count = 0;
	for (;;) {
		uint64_t length;
		size_t head;
		int found = ros_wire_length(bytes + at, size - at, &length, &head);

		if (found < 0)
			return ROS_WIRE_BROKEN;
		if (found == 0)
			return at > limit ? ROS_WIRE_BROKEN : ROS_WIRE_MORE;
		if (at + length > limit)
			return ROS_WIRE_BROKEN;
		if (length > size - at - head)
			return ROS_WIRE_MORE;
		at += head;
		if (length == 0) {
			*used = at;
			return ROS_WIRE_WHOLE;
		}
		if (out->count == ROS_WORDS_MAX)
			return ROS_WIRE_BROKEN;
		out->words[out->count].bytes = bytes + at;
		out->words[out->count].size = (size_t)length;
		out->count++;
		at += (size_t)length;
	}
}
