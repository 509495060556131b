/*
 * The inside of a time zone, shared by zone.c (offsets, calendar), zone_file.c (the file's bytes)
 * and zone_rule.c (the rule for the years after the file's table). Nothing outside base/ includes
 * it. The zone owns its array; all but zone_parse is pure and never blocks; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define DAY_S INT64_C(86400)

/* From `at` (UTC seconds) on, clocks are `offset_s` east of Greenwich. */
struct zone_change {
	int64_t at;
	int32_t offset_s;
};

enum rule_form { RULE_JULIAN, RULE_DAY, RULE_WEEKDAY };

/* One yearly moment of a POSIX TZ rule: "M3.5.0/2", "J60", "59". */
struct rule_moment {
	enum rule_form form;
	/* RULE_WEEKDAY: 1-12, 1-5 (5 is the last), 0-6 (0 is Sunday) */
	int32_t month, week, weekday;
	/* RULE_JULIAN: 1-365 without 29 February; RULE_DAY: 0-365 with it */
	int32_t day;
	int32_t time_s;               /* local time of the day, -167 to 167 hours */
};

struct zone_rule {
	bool present;
	bool has_summer;
	int32_t standard_s, summer_s; /* east of Greenwich */
	struct rule_moment begin, end; /* of summer time */
};

#define ZONE_CHANGES_MAX 4096 /* the system's longest table has about 240 */

struct zone {
	int32_t first_offset_s; /* before the first change */
	uint32_t count;
	struct zone_rule rule; /* after the last change */
	struct zone_change changes[];
};

/* Days since 1970-01-01 of a date in the Gregorian calendar; day may lie outside the month. */
int64_t days_from_date(int32_t year, int32_t month, int32_t day);
int32_t days_in_month(int32_t year, int32_t month);
/* The calendar year that holds this day. */
int32_t year_of_days(int64_t days);

/* "EAT-3", "CET-1CEST,M3.5.0,M10.5.0/3"; false when it is anything else. */
bool zone_rule_parse(struct text a, struct zone_rule *out) MUST_CHECK;
int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t at_s);
