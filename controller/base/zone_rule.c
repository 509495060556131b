#include "base/zone_inner.h"

#include "base/error.h"

#define HOURS_MAX 167 /* RFC 8536 3.3.1 */

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool take(struct text *a, char byte)
{
	if (a->size == 0 || a->at[0] != byte)
		return false;
	*a = text_from(*a, 1);
	return true;
}

/* "EAT" or "<+03>": what the zone is called does not matter here. */
static bool take_name(struct text *a)
{
	uint32_t size = 0;
	if (take(a, '<')) {
		struct text name;
		return text_cut(*a, '>', &name, a) && name.size >= 3;
	}
	while (size < a->size && is_letter(a->at[size]))
		size++;
	*a = text_from(*a, size);
	return size >= 3;
}

static bool take_number(struct text *a, int32_t least, int32_t most, int32_t *out)
{
	uint32_t size = 0;
	while (size < a->size && size < 4 && is_digit(a->at[size]))
		size++;
	uint64_t value;
	if (!text_u64((struct text){ a->at, size }, &value))
		return false;
	*a = text_from(*a, size);
	*out = (int32_t)value;
	return *out >= least && *out <= most;
}

/* "3", "-5:30", "+14:00:00" → seconds, sign as written. */
static bool take_time(struct text *a, int32_t hours_max, int32_t *out)
{
	bool negative = take(a, '-');
	if (!negative)
		(void)take(a, '+');
	int32_t hours, minutes = 0, seconds = 0;
	if (!take_number(a, 0, hours_max, &hours))
		return false;
	if (take(a, ':')) {
		if (!take_number(a, 0, 59, &minutes))
			return false;
		if (take(a, ':') && !take_number(a, 0, 59, &seconds))
			return false;
	}
	*out = hours * 3600 + minutes * 60 + seconds;
	if (negative)
		*out = -*out;
	return true;
}

static bool take_moment(struct text *a, struct rule_moment *out)
{
	*out = (struct rule_moment){ .time_s = 2 * 3600 };
	if (!take(a, ','))
		return false;
	if (take(a, 'M')) {
		out->form = RULE_WEEKDAY;
		if (!take_number(a, 1, 12, &out->month) || !take(a, '.') ||
		    !take_number(a, 1, 5, &out->week) || !take(a, '.') ||
		    !take_number(a, 0, 6, &out->weekday))
			return false;
	} else if (take(a, 'J')) {
		out->form = RULE_JULIAN;
		if (!take_number(a, 1, 365, &out->day))
			return false;
	} else {
		out->form = RULE_DAY;
		if (!take_number(a, 0, 365, &out->day))
			return false;
	}
	return !take(a, '/') || take_time(a, HOURS_MAX, &out->time_s);
}

bool zone_rule_parse(struct text a, struct zone_rule *out)
{
	struct zone_rule rule = { .present = true };
	int32_t west_s;
	if (!take_name(&a) || !take_time(&a, 24, &west_s))
		return false;
	/* POSIX counts west of Greenwich; everybody else counts east. */
	rule.standard_s = -west_s;
	if (a.size) {
		rule.has_summer = true;
		rule.summer_s = rule.standard_s + 3600;
		if (!take_name(&a))
			return false;
		if (a.size && a.at[0] != ',') {
			if (!take_time(&a, 24, &west_s))
				return false;
			rule.summer_s = -west_s;
		}
		if (!take_moment(&a, &rule.begin) || !take_moment(&a, &rule.end) || a.size)
			return false;
	}
	*out = rule;
	return true;
}

/* The moment in that year as seconds of a clock that knows no time zone. */
static int64_t moment_local_s(const struct rule_moment *moment, int32_t year)
{
	int64_t days = days_from_date(year, 1, 1);
	switch (moment->form) {
	case RULE_JULIAN:
		/* 29 February has no number: from March on a leap year is one day ahead. */
		days += moment->day - 1 + (moment->day >= 60 && days_in_month(year, 2) == 29);
		break;
	case RULE_DAY:
		days += moment->day;
		break;
	case RULE_WEEKDAY: {
		int64_t first = days_from_date(year, moment->month, 1);
		/* 1970-01-01 was a Thursday. */
		int64_t weekday = ((first + 4) % 7 + 7) % 7;
		int64_t day = (moment->weekday - weekday + 7) % 7 + 7 * (moment->week - 1);
		if (day >= days_in_month(year, moment->month))
			day -= 7;
		days = first + day;
		break;
	}
	}
	return days * DAY_S + moment->time_s;
}

/*
 * Looks for the newest change up to `at_s` in three years, for a rule's time of day may carry a
 * change over the year's end. Where summer time lasts all year, its end and its next begin
 * coincide: the begin counts.
 */
int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t at_s)
{
	invariant(rule->present);
	if (!rule->has_summer)
		return rule->standard_s;
	int64_t day = at_s / DAY_S - (at_s % DAY_S < 0);
	int32_t year = year_of_days(day);
	int64_t newest = INT64_MIN;
	int32_t offset_s = rule->standard_s;
	for (int32_t y = year - 1; y <= year + 1; y++) {
		int64_t end = moment_local_s(&rule->end, y) - rule->summer_s;
		int64_t begin = moment_local_s(&rule->begin, y) - rule->standard_s;
		if (end <= at_s && end > newest) {
			newest = end;
			offset_s = rule->standard_s;
		}
		if (begin <= at_s && begin >= newest) {
			newest = begin;
			offset_s = rule->summer_s;
		}
	}
	return offset_s;
}
