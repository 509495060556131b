#include "base/zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/zone_inner.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define ZONE_FILE_SIZE_MAX (256u << 10) /* bytes; the system's largest has 4 KiB */
#define ZONE_NAME_SIZE_MAX 64u
#define ADVICE "use one like Africa/Nairobi"
#define HEADER_SIZE 44u
#define TYPE_SIZE 6u
#define OFFSET_S_MAX (26 * 3600) /* RFC 8536 3.2 */

/* The counts of one TZif header, RFC 8536 3.1. */
struct header {
	unsigned char version;
	uint32_t isut, isstd, leap, time, type, text;
};

/* The part of the file that holds one table, and the width of its instants. */
struct block {
	struct header header;
	struct text data;
	uint32_t width; /* bytes of an instant: 4 or 8 */
};

static uint64_t read_big_endian(const char *at, uint32_t size)
{
	uint64_t value = 0;
	for (uint32_t i = 0; i < size; i++)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

static int64_t read_instant(const char *at, uint32_t width)
{
	uint64_t value = read_big_endian(at, width);
	return width == 4 ? (int64_t)(int32_t)(uint32_t)value : (int64_t)value;
}

static bool header_read(struct text a, struct header *out)
{
	if (a.size < HEADER_SIZE || memcmp(a.at, "TZif", 4) != 0)
		return false;
	out->version = (unsigned char)a.at[4];
	uint32_t *counts[] = { &out->isut, &out->isstd, &out->leap,
			       &out->time, &out->type,	&out->text };
	for (uint32_t i = 0; i < ARRAY_COUNT(counts); i++) {
		*counts[i] = (uint32_t)read_big_endian(a.at + 20 + 4 * i, 4);
		/* With every count below this no sum of sizes can overflow. */
		if (*counts[i] > ZONE_FILE_SIZE_MAX)
			return false;
	}
	return out->type >= 1 && out->type <= 256 && out->time <= ZONE_CHANGES_MAX;
}

static uint32_t block_size(const struct header *header, uint32_t width)
{
	return header->time * (width + 1) + header->type * TYPE_SIZE + header->text +
	       header->leap * (width + 4) + header->isstd + header->isut;
}

/*
 * Finds the table to use (the second, with 64-bit instants, where there is one) and the rule behind
 * it.
 */
static bool file_split(struct text file, struct block *block, struct text *footer)
{
	struct header *header = &block->header;
	*footer = TEXT_NONE;
	block->width = 4;
	if (!header_read(file, header))
		return false;
	file = text_from(file, HEADER_SIZE);
	if (header->version >= '2') {
		uint32_t first_size = block_size(header, 4);
		if (first_size >= file.size || !header_read(text_from(file, first_size), header))
			return false;
		file = text_from(file, first_size + HEADER_SIZE);
		block->width = 8;
	}
	uint32_t size = block_size(header, block->width);
	if (size > file.size)
		return false;
	block->data = (struct text){ file.at, size };
	struct text rest = text_from(file, size);
	if (block->width == 4)
		return true;
	struct text before;
	return text_cut(rest, '\n', &before, &rest) && before.size == 0 &&
	       text_cut(rest, '\n', footer, &rest);
}

/* `index` counts the local time types of the file; false when it has no such type. */
static bool type_offset(const struct block *block, uint32_t index, int32_t *offset_s)
{
	uint32_t types_at = block->header.time * (block->width + 1);
	if (index >= block->header.type)
		return false;
	const char *at = block->data.at + types_at + index * TYPE_SIZE;
	*offset_s = (int32_t)(uint32_t)read_big_endian(at, 4);
	return *offset_s >= -OFFSET_S_MAX && *offset_s <= OFFSET_S_MAX;
}

static bool zone_fill(struct zone *zone, const struct block *block)
{
	const char *instants = block->data.at;
	const char *types = instants + block->header.time * block->width;
	/* Before the first change the first type holds (RFC 8536 3.2). */
	if (!type_offset(block, 0, &zone->first_offset_s))
		return false;
	zone->count = block->header.time;
	for (uint32_t i = 0; i < zone->count; i++) {
		struct zone_change *change = &zone->changes[i];
		change->at = read_instant(instants + i * block->width, block->width);
		if (!type_offset(block, (unsigned char)types[i], &change->offset_s) ||
		    (i && change->at <= zone->changes[i - 1].at))
			return false;
	}
	return true;
}

bool zone_parse(struct zone **out, struct text name, struct text file, struct error *error)
{
	struct block block;
	struct text footer;
	struct zone_rule rule = { 0 };
	if (!file_split(file, &block, &footer) || (footer.size && !zone_rule_parse(footer, &rule)))
		return error_set(error, ERROR_INVALID, "\"%.*s\" is no usable time zone file",
				 TEXT_ARG(name));
	/* Zones "right/…" count leap seconds, which nothing else on the machine does. */
	if (block.header.leap)
		return error_set(error, ERROR_INVALID,
				 "time zone \"%.*s\" counts leap seconds: use the plain one",
				 TEXT_ARG(name));
	struct zone *zone =
		calloc(1, sizeof(*zone) + block.header.time * sizeof(zone->changes[0]));
	if (!zone)
		fatal("no memory for a time zone");
	if (!zone_fill(zone, &block)) {
		free(zone);
		return error_set(error, ERROR_INVALID, "the time zone file of \"%.*s\" is damaged",
				 TEXT_ARG(name));
	}
	zone->rule = rule;
	*out = zone;
	return true;
}

/* Only what a zone's name is made of may reach the file system. */
static bool name_is_safe(struct text name)
{
	if (name.size == 0 || name.size > ZONE_NAME_SIZE_MAX || name.at[0] == '/')
		return false;
	for (uint32_t i = 0; i < name.size; i++) {
		char byte = name.at[i];
		bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
		bool digit = byte >= '0' && byte <= '9';
		if (!letter && !digit && byte != '/' && byte != '_' && byte != '-' && byte != '+')
			return false;
	}
	return true;
}

bool zone_load(struct zone **out, struct text name, struct error *error)
{
	if (!name_is_safe(name))
		return error_set(error, ERROR_INVALID,
				 "\"%.*s\" is no time zone name: " ADVICE,
				 TEXT_ARG(name));
	char path[sizeof(ZONE_FOLDER) + ZONE_NAME_SIZE_MAX];
	(void)snprintf(path, sizeof(path), ZONE_FOLDER "%.*s", TEXT_ARG(name));
	FILE *file = fopen(path, "rbe");
	if (!file && access(ZONE_FOLDER "UTC", R_OK) != 0)
		return error_set(error, ERROR_FAILED,
				 "this machine has no time zone files: install tzdata");
	if (!file && (errno == ENOENT || errno == ENOTDIR))
		return error_set(error, ERROR_INVALID, "there is no time zone \"%.*s\": " ADVICE,
				 TEXT_ARG(name));
	if (!file)
		return error_set(error, ERROR_FAILED, "%s: %s", path, strerror(errno));
	char *bytes = malloc(ZONE_FILE_SIZE_MAX);
	if (!bytes)
		fatal("no memory for a time zone");
	size_t size = fread(bytes, 1, ZONE_FILE_SIZE_MAX, file);
	(void)fclose(file);
	/* A folder ("Africa") opens, but reads as nothing: zone_parse refuses that. */
	bool ok = zone_parse(out, name, (struct text){ bytes, (uint32_t)size }, error);
	free(bytes);
	return ok;
}

void zone_free(struct zone *zone)
{
	if (zone != zone_utc())
		free(zone);
}
