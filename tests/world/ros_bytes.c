/* Bytes: growing buffers and borrowed slices. */
#include "world/ros_inside.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *ros_allocate(size_t size)
{
	void *memory = calloc(1, size == 0 ? 1 : size);

	if (memory == NULL) {
		fputs("the simulated router is out of memory\n", stderr);
		abort();
	}
	return memory;
}

char *ros_copy(const char *bytes, size_t size)
{
	char *copy = ros_allocate(size + 1);

	if (size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

void ros_buffer_add(struct ros_buffer *buffer, const char *bytes, size_t size)
{
	if (buffer->size + size + 1 > buffer->room) {
		size_t room = buffer->room < 64 ? 64 : buffer->room;
		char *grown;

		while (room < buffer->size + size + 1)
			room *= 2;
		grown = realloc(buffer->bytes, room);
		if (grown == NULL)
			abort();
		buffer->bytes = grown;
		buffer->room = room;
	}
	if (size > 0)
		memcpy(buffer->bytes + buffer->size, bytes, size);
	buffer->size += size;
	buffer->bytes[buffer->size] = '\0';
}

void ros_buffer_text(struct ros_buffer *buffer, const char *text)
{
	ros_buffer_add(buffer, text, strlen(text));
}

void ros_buffer_print(struct ros_buffer *buffer, const char *format, ...)
{
	char small[512];
	va_list list;
	int size;

	va_start(list, format);
	size = vsnprintf(small, sizeof(small), format, list);
	va_end(list);
	assert(size >= 0 && (size_t)size < sizeof(small));
	ros_buffer_add(buffer, small, (size_t)size);
}

void ros_buffer_cut(struct ros_buffer *buffer, size_t size)
{
	assert(size <= buffer->size);
	buffer->size = size;
	if (buffer->bytes != NULL)
		buffer->bytes[size] = '\0';
}

void ros_buffer_done(struct ros_buffer *buffer)
{
	free(buffer->bytes);
	memset(buffer, 0, sizeof(*buffer));
}

struct ros_text ros_buffer_view(const struct ros_buffer *buffer)
{
	return (struct ros_text){ buffer->bytes == NULL ? "" : buffer->bytes, buffer->size };
}

struct ros_text ros_text_of(const char *text)
{
	return (struct ros_text){ text, strlen(text) };
}

bool ros_text_same(struct ros_text one, struct ros_text other)
{
	return one.size == other.size && memcmp(one.bytes, other.bytes, one.size) == 0;
}

bool ros_text_is(struct ros_text text, const char *other)
{
	return ros_text_same(text, ros_text_of(other));
}

int ros_text_compare(struct ros_text one, struct ros_text other)
{
	size_t size = one.size < other.size ? one.size : other.size;
	int order = memcmp(one.bytes, other.bytes, size);

	if (order != 0)
		return order;
	return one.size < other.size ? -1 : one.size > other.size;
}

bool ros_text_cut(struct ros_text *rest, char mark, struct ros_text *part)
{
	const char *at;

	if (rest->bytes == NULL)
		return false;
	at = rest->size == 0 ? NULL : memchr(rest->bytes, mark, rest->size);
	if (at == NULL) {
		*part = *rest;
		*rest = (struct ros_text){ NULL, 0 };
		return true;
	}
	part->bytes = rest->bytes;
	part->size = (size_t)(at - rest->bytes);
	rest->bytes = at + 1;
	rest->size -= part->size + 1;
	return true;
}

bool ros_text_number(struct ros_text text, uint64_t *out)
{
	uint64_t number = 0;

	if (text.size == 0 || text.size > 19)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text.bytes[i] - '0');
	}
	*out = number;
	return true;
}

bool ros_text_holds(struct ros_text text, char byte)
{
	return text.size > 0 && memchr(text.bytes, byte, text.size) != NULL;
}

/* FNV-1a: good enough for names, and nothing to share with anybody. */
uint32_t ros_text_hash(struct ros_text text)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.bytes[i]) * 16777619u;
	return hash;
}
