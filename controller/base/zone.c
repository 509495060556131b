#include "base/zone.h"

#include "base/clock.h"
#include "base/zone_inner.h"

/*
 * Instants are kept inside these years, so that no sum here can overflow: int64_t microseconds
 * reach 292,000.
 */
#define YEAR_MAX 200000

static const struct zone utc = { .rule = { .present = true } };

const struct zone *zone_utc(void)
{
	return &utc;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * Both directions of the calendar work on years that begin in March, so that the leap day is the
 * last of its year, and on eras of 400 years, which all have 146,097 days.
 */
int64_t days_from_date(int32_t year, int32_t month, int32_t day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t month_from_march = (month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468; /* the days from 0000-03-01 to 1970-01-01 */
}

static void date_from_days(int64_t days, struct civil *out)
{
	days += 719468;
	int64_t era = floor_div(days, 146097);
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t days_before = 365 * year_of_era + year_of_era / 4 - year_of_era / 100;
	int64_t day_of_year = day_of_era - days_before;
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	out->day = (int8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	out->month = (int8_t)month;
	out->year = (int32_t)(year_of_era + era * 400 + (month <= 2));
}

int32_t days_in_month(int32_t year, int32_t month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	invariant(month >= 1 && month <= 12);
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

int32_t year_of_days(int64_t days)
{
	struct civil civil;
	date_from_days(days, &civil);
	return civil.year;
}

/* The newest change at or before that second, by halving. */
static int32_t offset_at_s(const struct zone *zone, int64_t at_s)
{
	uint32_t low = 0, high = zone->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (zone->changes[middle].at <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->rule.present)
		return zone_rule_offset_s(&zone->rule, at_s);
	return low ? zone->changes[low - 1].offset_s : zone->first_offset_s;
}

int32_t zone_offset_s(const struct zone *zone, int64_t at)
{
	return offset_at_s(zone, floor_div(at, SECOND_US));
}

struct civil zone_civil(const struct zone *zone, int64_t at)
{
	int64_t at_s = floor_div(at, SECOND_US);
	int64_t local_s = at_s + offset_at_s(zone, at_s);
	int64_t days = floor_div(local_s, DAY_S);
	int32_t second = (int32_t)(local_s - days * DAY_S);
	struct civil civil = {
		.hour = (int8_t)(second / 3600),
		.minute = (int8_t)(second / 60 % 60),
		.second = (int8_t)(second % 60),
	};
	date_from_days(days, &civil);
	return civil;
}

/*
 * Clocks change at most once within two days, and no offset reaches a day: so the offsets a day
 * before and a day after are the only candidates. Where neither fits, the local time was skipped,
 * and the change is searched.
 */
static int64_t instant_s(const struct zone *zone, int64_t local_s)
{
	int32_t before_s = offset_at_s(zone, local_s - DAY_S);
	int32_t after_s = offset_at_s(zone, local_s + DAY_S);
	/* The earlier instant is tried first: a doubled time means its first occurrence. */
	if (offset_at_s(zone, local_s - before_s) == before_s)
		return local_s - before_s;
	if (offset_at_s(zone, local_s - after_s) == after_s)
		return local_s - after_s;
	int64_t low = local_s - DAY_S, high = local_s + DAY_S;
	while (low + 1 < high) {
		int64_t middle = low + (high - low) / 2;
		if (offset_at_s(zone, middle) == before_s)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static int64_t instant_of_days(const struct zone *zone, int64_t days, int32_t second_of_day)
{
	return instant_s(zone, days * DAY_S + second_of_day) * SECOND_US;
}

int64_t zone_instant(const struct zone *zone, struct civil civil)
{
	invariant(civil.year >= -YEAR_MAX && civil.year <= YEAR_MAX);
	invariant(civil.month >= 1 && civil.month <= 12);
	int64_t days = days_from_date(civil.year, civil.month, civil.day);
	return instant_of_days(zone, days, civil.hour * 3600 + civil.minute * 60 + civil.second);
}

int64_t zone_day_start(const struct zone *zone, int64_t at, int32_t days)
{
	struct civil civil = zone_civil(zone, at);
	int64_t today = days_from_date(civil.year, civil.month, civil.day);
	return instant_of_days(zone, today + days, 0);
}

int64_t period_add(const struct zone *zone, int64_t from, struct period period, int32_t anchor_day)
{
	if (period.months == 0) {
		int64_t sum;
		invariant(!__builtin_add_overflow(from, period.exact_us, &sum));
		return sum;
	}
	invariant(anchor_day >= 0 && anchor_day <= 31);
	struct civil civil = zone_civil(zone, from);
	int64_t below_second_us = from - floor_div(from, SECOND_US) * SECOND_US;
	int64_t months = (int64_t)civil.year * 12 + (civil.month - 1) + period.months;
	int64_t year = floor_div(months, 12);
	invariant(year >= -YEAR_MAX && year <= YEAR_MAX);
	int32_t month = (int32_t)(months - year * 12) + 1;
	int32_t day = anchor_day ? anchor_day : civil.day;
	int32_t last_day = days_in_month((int32_t)year, month);
	civil.year = (int32_t)year;
	civil.month = (int8_t)month;
	civil.day = (int8_t)(day < last_day ? day : last_day);
	return zone_instant(zone, civil) + below_second_us;
}
