#include "policies/silence.h"

#include "base/clock.h"

/*
 * Worked example, Africa/Nairobi, the last payment on a Tuesday at 20:40: over the 28 days before
 * it 840 came between 20:00 and 21:00, 30 a day, and 560 between 21:00 and 22:00, 20 a day. At
 * 21:00 ten are missing, at 21:06 twelve: that is an alarm. With 14 payments in all the hours from
 * 23:00 to 06:00, half a payment a night, a night without any is none.
 */

static int hour_of_day(const struct zone *zone, int64_t hour)
{
	int64_t local_s = hour * 3600 + zone_offset_s(zone, hour * HOUR_US);

	return (int)(((local_s / 3600) % 24 + 24) % 24);
}

/* Payments by local hour of the day; the days they were counted over. */
static int64_t usual(int64_t by_hour[24], int64_t *total, const struct income_hour *hours,
		     uint32_t count, const struct zone *zone)
{
	int64_t last = hours[count - 1].hour, first = last - SILENCE_DAYS_MAX * 24 + 1,
		began = last;

	*total = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (hours[i].hour < first)
			continue;
		if (hours[i].hour < began)
			began = hours[i].hour;
		by_hour[hour_of_day(zone, hours[i].hour)] += hours[i].count;
		*total += hours[i].count;
	}
	/* Who began 20 days ago and was quiet before is counted over 20 days. */
	return (last - began + 24) / 24;
}

static int64_t missed_milli(const int64_t by_hour[24], int64_t days, const struct zone *zone,
			    int64_t since_at, int64_t now)
{
	int64_t at = since_at, sum = 0; /* payments × seconds */

	while (at < now && at - since_at < SILENCE_DAYS_MAX * DAY_US) {
		int64_t hour = at / HOUR_US, next = (hour + 1) * HOUR_US;

		if (next > now)
			next = now;
		sum += by_hour[hour_of_day(zone, hour)] * ((next - at) / SECOND_US);
		at = next;
	}
	return sum * 1000 / (days * 3600);
}

struct silence silence_judge(const struct income_hour *hours, uint32_t count,
			     const struct zone *zone, int64_t now)
{
	struct silence silence = { 0 };
	int64_t by_hour[24] = { 0 }, total, days;

	if (count == 0)
		return silence;
	silence.since_at = hours[count - 1].newest_at;
	days = usual(by_hour, &total, hours, count, zone);
	silence.is_known = days >= SILENCE_DAYS_MIN && total >= SILENCE_PAYMENTS_MIN;
	if (!silence.is_known)
		return silence;
	silence.missed_milli = missed_milli(by_hour, days, zone, silence.since_at, now);
	silence.is_alarm = now - silence.since_at >= SILENCE_US_MIN &&
			   silence.missed_milli >= SILENCE_MISSED_MIN * 1000;
	return silence;
}
