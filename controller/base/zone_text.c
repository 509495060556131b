#include "base/zone.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/zone_inner.h"

/* ten years hold at most three leap days */
#define EXACT_US_MAX ((YEARS_AHEAD_MAX * 365 + 3) * DAY_US)
#define MONTHS_MAX (YEARS_AHEAD_MAX * 12)

/* A unit is exact or calendar, never both: a month has no length in seconds. */
struct unit {
	const char *letter; /* directly behind the number, or NULL */
	const char *word;   /* after one space, with or without its plural s */
	int64_t exact_us;
	int32_t months;
};

static const struct unit units[] = {
	{ "s", "second", SECOND_US, 0 },
	{ "m", "minute", MINUTE_US, 0 },
	{ "h", "hour", HOUR_US, 0 },
	{ "d", "day", DAY_US, 0 },
	{ "w", "week", 7 * DAY_US, 0 },
	{ NULL, "month", 0, 1 },
	{ NULL, "year", 0, 12 },
};

static const struct unit *unit_find(struct text a)
{
	struct text word = text_from(a, 1);
	bool spaced = text_starts(a, TEXT(" "));
	for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
		struct text singular = text_of(units[i].word);
		if (!spaced && units[i].letter && text_is(a, units[i].letter))
			return &units[i];
		if (spaced && text_starts(word, singular)) {
			struct text ending = text_from(word, singular.size);
			if (ending.size == 0 || text_is(ending, "s"))
				return &units[i];
		}
	}
	return NULL;
}

static bool period_parse_size(struct text a, struct period *out)
{
	uint32_t digits = 0;
	while (digits < a.size && a.at[digits] >= '0' && a.at[digits] <= '9')
		digits++;
	int64_t number;
	const struct unit *unit = unit_find(text_from(a, digits));
	if (!unit || !text_i64((struct text){ a.at, digits }, &number))
		return false;
	int64_t number_max =
		unit->months ? MONTHS_MAX / unit->months : EXACT_US_MAX / unit->exact_us;
	if (number > number_max)
		return false;
	*out = (struct period){ number * unit->exact_us, (int32_t)number * unit->months };
	return true;
}

bool period_parse(struct text a, struct period *out)
{
	struct period period;
	if (!period_parse_size(a, &period) || (period.exact_us == 0 && period.months == 0))
		return false;
	*out = period;
	return true;
}

bool period_parse_offset(struct text a, struct period *out)
{
	bool negative = text_starts(a, TEXT("-"));
	if (!period_parse_size(negative ? text_from(a, 1) : a, out))
		return false;
	if (negative)
		*out = (struct period){ -out->exact_us, -out->months };
	return true;
}

struct text period_text(struct arena *arena, struct period period)
{
	if (period.months) {
		bool years = period.months % 12 == 0;
		int32_t number = years ? period.months / 12 : period.months;
		return text_format(arena, "%d %s%s", number, years ? "year" : "month",
				   abs(number) == 1 ? "" : "s");
	}
	/*
	 * The largest unit up to days that divides it: people count "7d" and "30d", rarely weeks.
	 */
	static const struct {
		int64_t us;
		char letter;
	} letters[] = { { DAY_US, 'd' }, { HOUR_US, 'h' }, { MINUTE_US, 'm' }, { SECOND_US, 's' } };
	for (size_t i = 0; i < ARRAY_COUNT(letters); i++)
		if (period.exact_us % letters[i].us == 0)
			return text_format(arena, "%lld%c",
					   (long long)(period.exact_us / letters[i].us),
					   letters[i].letter);
	fatal("a period of %lld microseconds has no spelling", (long long)period.exact_us);
}

/* Exactly `count` digits at the front of `a`, between `least` and `most`. */
static bool take_digits(struct text *a, uint32_t count, int32_t least, int32_t most, int32_t *out)
{
	uint64_t value;
	if (a->size < count || !text_u64((struct text){ a->at, count }, &value))
		return false;
	*a = text_from(*a, count);
	*out = (int32_t)value;
	return *out >= least && *out <= most;
}

static bool take(struct text *a, const char *word)
{
	struct text expected = text_of(word);
	if (!text_starts(*a, expected))
		return false;
	*a = text_from(*a, expected.size);
	return true;
}

static bool take_date(struct text *a, struct civil *out)
{
	int32_t year, month, day;
	if (!take_digits(a, 4, 1970, 9999, &year) || !take(a, "-") ||
	    !take_digits(a, 2, 1, 12, &month) || !take(a, "-") ||
	    !take_digits(a, 2, 1, days_in_month(year, month), &day))
		return false;
	*out = (struct civil){ .year = year, .month = (int8_t)month, .day = (int8_t)day };
	return true;
}

static bool take_time_of_day(struct text *a, struct civil *out)
{
	int32_t hour, minute, second = 0;
	if (!take_digits(a, 2, 0, 23, &hour) || !take(a, ":") || !take_digits(a, 2, 0, 59, &minute))
		return false;
	if (take(a, ":") && !take_digits(a, 2, 0, 59, &second))
		return false;
	out->hour = (int8_t)hour;
	out->minute = (int8_t)minute;
	out->second = (int8_t)second;
	return true;
}

/* "Z", "+03:00" or nothing; nothing else may follow. */
static bool take_offset(struct text *a, bool *given, int32_t *offset_s)
{
	*given = a->size > 0;
	*offset_s = 0;
	if (!*given || take(a, "Z"))
		return a->size == 0;
	int32_t hours, minutes;
	bool west = take(a, "-");
	if ((!west && !take(a, "+")) || !take_digits(a, 2, 0, 23, &hours) || !take(a, ":") ||
	    !take_digits(a, 2, 0, 59, &minutes))
		return false;
	*offset_s = (hours * 60 + minutes) * (west ? -60 : 60);
	return a->size == 0;
}

bool time_parse(struct text a, const struct zone *zone, bool day_included, int64_t *at)
{
	struct civil civil;
	bool offset_given;
	int32_t offset_s;
	if (!take_date(&a, &civil))
		return false;
	bool has_time = take(&a, "T");
	if (has_time && !take_time_of_day(&a, &civil))
		return false;
	if (!take_offset(&a, &offset_given, &offset_s))
		return false;
	/* The 32nd of a month is understood as the 1st of the next. */
	if (!has_time && day_included)
		civil.day++;
	if (offset_given)
		*at = zone_instant(zone_utc(), civil) - offset_s * SECOND_US;
	else
		*at = zone_instant(zone, civil);
	return true;
}

struct text time_text(struct arena *arena, const struct zone *zone, int64_t at)
{
	/*
	 * RFC 3339 has no seconds in an offset; local mean times of the past do, and lose theirs
	 * here.
	 */
	int32_t offset_min = zone_offset_s(zone, at) / 60;
	struct civil civil = zone_civil(zone_utc(), at + offset_min * MINUTE_US);
	return text_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", civil.year,
			   civil.month, civil.day, civil.hour, civil.minute, civil.second,
			   offset_min < 0 ? '-' : '+', abs(offset_min) / 60, abs(offset_min) % 60);
}

struct text time_shown(struct arena *arena, const struct zone *zone, int64_t at)
{
	struct text full = time_text(arena, zone, at);

	return text_format(arena, "%.10s %.5s", full.at, full.at + 11);
}
