/*
 * A time zone as a value (loaded once at the rim from the system's zone files) and pure calendar
 * arithmetic. The opener owns the zone; every other function is pure; any thread. It never asks
 * what time it is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct zone; /* immutable after loading */

/*
 * Reads the zone file ("Africa/Nairobi"); names with ".." or a leading "/" are refused. Blocks on
 * disk.
 */
bool zone_load(struct zone **out, struct text name, struct error *error) MUST_CHECK;
/* The same from the bytes of a zone file (TZif, RFC 8536); `name` is for messages. Pure. */
bool zone_parse(struct zone **out, struct text name, struct text file, struct error *error)
	MUST_CHECK;
void zone_free(struct zone *zone); /* NULL is fine */
/* UTC with no rules: for tests and for what has no tenant. Static, never freed. */
const struct zone *zone_utc(void);

/* Seconds east of Greenwich at that instant. */
int32_t zone_offset_s(const struct zone *zone, int64_t at);

struct civil {
	int32_t year;
	int8_t month, day;           /* 1-based */
	int8_t hour, minute, second; /* 0-based */
};
struct civil zone_civil(const struct zone *zone, int64_t at);
/*
 * The instant of a local time. In a gap: the first instant after it; doubled: the first. Seconds
 * exact.
 */
int64_t zone_instant(const struct zone *zone, struct civil civil);
/* 00:00 of the local day that holds `at`, moved by `days`. */
int64_t zone_day_start(const struct zone *zone, int64_t at, int32_t days);

/* One number and one unit, product.md "Duration": exact microseconds, or calendar months. */
struct period {
	int64_t exact_us; /* used when months is 0; negative only for offsets */
	int32_t months;   /* 1 year = 12 */
};
/*
 * "30s" "15m" "6h" "7d" "2w" "7 days" "1 month" "3 months" "1 year"; zero and more than ten years
 * are refused.
 */
bool period_parse(struct text a, struct period *out) MUST_CHECK;
/* The same, but negative and zero are allowed ("-3d", "0d"): an offset from a due moment. */
bool period_parse_offset(struct text a, struct period *out) MUST_CHECK;
/*
 * `from` + period. Calendar months keep the anchor day: anchor_day 31 from 28 Feb + 1 month is 31
 * Mar, clamped to the month's end; anchor_day 0 takes the local day of `from`. The local time of
 * day is kept.
 */
int64_t period_add(const struct zone *zone, int64_t from, struct period period, int32_t anchor_day);
/* canonical spelling, "1 month", "6h" */
struct text period_text(struct arena *arena, struct period period);

/*
 * "2026-12-05", "2026-12-05T06:00", "…:SS", with an optional "Z" or "+03:00"; else in the zone. A
 * bare date is its first moment, or with `day_included` the first moment of the next day.
 */
bool time_parse(struct text a, const struct zone *zone, bool day_included, int64_t *at) MUST_CHECK;
/* RFC 3339 with the zone's offset, whole seconds: "2026-12-05T06:00:00+03:00". */
struct text time_text(struct arena *arena, const struct zone *zone, int64_t at);
/* The same for people: "2026-12-05 06:00". */
struct text time_shown(struct arena *arena, const struct zone *zone, int64_t at);
