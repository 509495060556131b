#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

/* A zone file built here, byte by byte, so that each rule of RFC 8536 can be broken alone. */
struct file {
	unsigned char bytes[4096];
	uint32_t size;
};

static void put(struct file *file, const void *bytes, uint32_t size)
{
	assert_true(file->size + size <= sizeof(file->bytes));
	memcpy(file->bytes + file->size, bytes, size);
	file->size += size;
}

static void put_number(struct file *file, int64_t value, uint32_t size)
{
	for (uint32_t i = size; i-- > 0;) {
		unsigned char byte = (unsigned char)((uint64_t)value >> (8 * i));
		put(file, &byte, 1);
	}
}

static void put_header(struct file *file, char version, uint32_t leap, uint32_t time, uint32_t type)
{
	const char head[20] = { 'T', 'Z', 'i', 'f', version };
	put(file, head, sizeof(head));
	const uint32_t counts[] = { 0, 0, leap, time, type, 4 };
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
		put_number(file, counts[i], 4);
}

static void put_table(struct file *file, uint32_t width, const int64_t *changes, uint32_t count,
		      int32_t second_offset_s)
{
	for (uint32_t i = 0; i < count; i++)
		put_number(file, changes[i], width);
	for (uint32_t i = 0; i < count; i++)
		put_number(file, (i + 1) % 2, 1);
	put_number(file, 3600, 4);
	put_number(file, 0, 2);
	put_number(file, second_offset_s, 4);
	put_number(file, 0, 2);
	put(file, "ABC", 4);
}

/* Changes at 1000 and 2000: 3600, then 7200, then 3600 again; then the rule. */
static void build(struct file *file, const char *footer)
{
	static const int64_t changes[] = { 1000, 2000 };
	file->size = 0;
	put_header(file, '2', 0, 0, 2);
	put_table(file, 4, NULL, 0, 0);
	put_header(file, '2', 0, 2, 2);
	put_table(file, 8, changes, 2, 7200);
	put(file, "\n", 1);
	put(file, footer, (uint32_t)strlen(footer));
	put(file, "\n", 1);
}

static bool parse(struct zone **out, const struct file *file)
{
	/* On the heap at its exact size: AddressSanitizer sees the first byte read beyond it. */
	char *copy = malloc(file->size + 1u);
	assert_non_null(copy);
	memcpy(copy, file->bytes, file->size);
	char *exact = realloc(copy, file->size ? file->size : 1);
	struct error error;
	bool ok = zone_parse(out, TEXT("test"), (struct text){ exact, file->size }, &error);
	if (!ok)
		assert_int_equal(error.code, ERROR_INVALID);
	free(exact);
	return ok;
}

static void table_and_rule_are_used(void **state)
{
	(void)state;
	struct file file;
	struct zone *zone;
	build(&file, "<+05>-5");
	assert_true(parse(&zone, &file));
	assert_int_equal(zone_offset_s(zone, 999 * SECOND_US), 3600);
	assert_int_equal(zone_offset_s(zone, 1000 * SECOND_US), 7200);
	assert_int_equal(zone_offset_s(zone, 2000 * SECOND_US - 1), 7200);
	/* The last change begins what the rule says. */
	assert_int_equal(zone_offset_s(zone, 2000 * SECOND_US), 18000);
	zone_free(zone);
	build(&file, "");
	assert_true(parse(&zone, &file));
	assert_int_equal(zone_offset_s(zone, 2000 * SECOND_US), 3600);
	zone_free(zone);
}

static void the_first_version_is_read(void **state)
{
	(void)state;
	static const int64_t changes[] = { -1000, 1000 };
	struct file file = { .size = 0 };
	struct zone *zone;
	put_header(&file, '\0', 0, 2, 2);
	put_table(&file, 4, changes, 2, -7200);
	assert_true(parse(&zone, &file));
	assert_int_equal(zone_offset_s(zone, -1001 * SECOND_US), 3600);
	assert_int_equal(zone_offset_s(zone, -1000 * SECOND_US), -7200);
	assert_int_equal(zone_offset_s(zone, 1000 * SECOND_US), 3600);
	zone_free(zone);
}

static void every_cut_is_refused(void **state)
{
	(void)state;
	struct file file;
	build(&file, "CET-1CEST,M3.5.0,M10.5.0/3");
	uint32_t whole = file.size;
	for (file.size = 0; file.size < whole; file.size++) {
		struct zone *zone;
		if (parse(&zone, &file))
			fail_msg("a file cut after %u of %u bytes was taken", file.size, whole);
	}
}

/* No byte of a file may make the parser read or write beyond its own memory, whatever it says. */
static void every_flipped_byte_is_survived(void **state)
{
	(void)state;
	struct file file;
	static const unsigned char flips[] = { 0x01, 0x80, 0xff, 0x7f };
	build(&file, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (uint32_t i = 0; i < file.size; i++)
		for (size_t j = 0; j < ARRAY_COUNT(flips); j++) {
			struct zone *zone;
			file.bytes[i] ^= flips[j];
			if (parse(&zone, &file)) {
				int32_t offset_s = zone_offset_s(zone, 1795132800 * SECOND_US);
				assert_in_range(offset_s + 26 * 3600, 0, 52 * 3600);
				zone_free(zone);
			}
			file.bytes[i] ^= flips[j];
		}
}

static void broken_tables_are_refused(void **state)
{
	(void)state;
	static const int64_t backwards[] = { 2000, 1000 }, doubled[] = { 1000, 1000 };
	static const int64_t good[] = { 1000, 2000 };
	struct zone *zone;
	struct file file = { .size = 0 };
	put_header(&file, '\0', 0, 2, 2);
	put_table(&file, 4, backwards, 2, 7200);
	assert_false(parse(&zone, &file));
	file.size = 0;
	put_header(&file, '\0', 0, 2, 2);
	put_table(&file, 4, doubled, 2, 7200);
	assert_false(parse(&zone, &file));
	/* An offset of more than 26 hours. */
	file.size = 0;
	put_header(&file, '\0', 0, 2, 2);
	put_table(&file, 4, good, 2, 26 * 3600 + 1);
	assert_false(parse(&zone, &file));
	/* A type that does not exist: the table names the second of one. */
	file.size = 0;
	put_header(&file, '\0', 0, 2, 1);
	put_table(&file, 4, good, 2, 7200);
	assert_false(parse(&zone, &file));
	/* No type at all. */
	file.size = 0;
	put_header(&file, '\0', 0, 0, 0);
	put_table(&file, 4, NULL, 0, 7200);
	assert_false(parse(&zone, &file));
	/* Leap seconds. */
	file.size = 0;
	put_header(&file, '\0', 1, 0, 2);
	put_table(&file, 4, NULL, 0, 7200);
	put_number(&file, 0, 8);
	assert_false(parse(&zone, &file));
}

static void rules_are_judged(void **state)
{
	(void)state;
	static const char *const good[] = { "EAT-3", "UTC0", "<-03>3", "<+0545>-5:45",
					    "EST5EDT4,0,365/23",
					    "IST-2IDT,M3.4.4/26,M10.5.0",
					    "EST5EDT,J60,J300/2:30:15",
					    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0" };
	static const char *const bad[] = {
		"E-3", "EAT", "EAT-", "EAT-25", "EAT-3:60", "-3", "<>3", "<+03-3", "CET-1CEST",
		"CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0",
		"CET-1CEST,J0,J60", "CET-1CEST,J366,J60", "CET-1CEST,366,60",
		"CET-1CEST,M0.5.0,M10.5.0",
		"CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0x",
		"CET-1CEST,M3.0.0,M10.5.0",
		"EAT-3 ", "EAT-99999",
	};
	struct file file;
	struct zone *zone;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		build(&file, good[i]);
		if (!parse(&zone, &file))
			fail_msg("\"%s\" was refused", good[i]);
		zone_free(zone);
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		build(&file, bad[i]);
		if (parse(&zone, &file))
			fail_msg("\"%s\" was taken", bad[i]);
	}
}

static int64_t utc(const char *text)
{
	int64_t at;
	assert_true(time_parse(text_of(text), zone_utc(), false, &at));
	return at;
}

static void rules_of_every_form_are_kept(void **state)
{
	(void)state;
	struct file file;
	struct zone *zone;
	/* J60 is 1 March in every year; the day numbered 60 is so only in plain years. */
	build(&file, "XXX0YYY-1,J60/0,J300/1");
	assert_true(parse(&zone, &file));
	assert_int_equal(zone_offset_s(zone, utc("2027-03-01") - 1), 0);
	assert_int_equal(zone_offset_s(zone, utc("2027-03-01")), 3600);
	assert_int_equal(zone_offset_s(zone, utc("2028-03-01") - 1), 0);
	assert_int_equal(zone_offset_s(zone, utc("2028-03-01")), 3600);
	assert_int_equal(zone_offset_s(zone, utc("2028-10-27") - 1), 3600);
	assert_int_equal(zone_offset_s(zone, utc("2028-10-27")), 0);
	zone_free(zone);
	build(&file, "XXX0YYY-1,60/0,300/1");
	assert_true(parse(&zone, &file));
	assert_int_equal(zone_offset_s(zone, utc("2027-03-02") - 1), 0);
	assert_int_equal(zone_offset_s(zone, utc("2027-03-02")), 3600);
	assert_int_equal(zone_offset_s(zone, utc("2028-03-01")), 3600);
	assert_int_equal(zone_offset_s(zone, utc("2028-02-29")), 0);
	zone_free(zone);
	/* Summer time all year, as RFC 8536 3.3.1 writes it: four hours west, never five. */
	build(&file, "XXX5EDT4,0/0,J365/25");
	assert_true(parse(&zone, &file));
	for (int64_t at = utc("2026-12-25"); at < utc("2029-01-10"); at += HOUR_US)
		assert_int_equal(zone_offset_s(zone, at), -4 * 3600);
	zone_free(zone);
}

static void the_shipped_zones_load(void **state)
{
	(void)state;
	static const char *const names[] = { "UTC", "Etc/GMT+12", "Africa/Kampala",
					     "Africa/Casablanca",
					     "America/Argentina/Buenos_Aires", "Asia/Gaza",
					     "Europe/Dublin", "Pacific/Apia", "Antarctica/Troll" };
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		struct zone *zone;
		struct error error;
		if (!zone_load(&zone, text_of(names[i]), &error))
			fail_msg("%s", error.text);
		zone_free(zone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_and_rule_are_used),
		cmocka_unit_test(the_first_version_is_read),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_flipped_byte_is_survived),
		cmocka_unit_test(broken_tables_are_refused),
		cmocka_unit_test(rules_are_judged),
		cmocka_unit_test(rules_of_every_form_are_kept),
		cmocka_unit_test(the_shipped_zones_load),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
