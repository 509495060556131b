#include "menu/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone.h"
#include "menu/menu.h"

#define RANGES_MAX 256u /* ranges of one pool; a longer list is compared as bytes */
#define PARTS_MAX 6u    /* parts of a rate-limit string */
#define PRIORITY_DEFAULT 8u
#define ADDRESS_TEXT_SIZE 16u
#define RANGE_TEXT_SIZE (2u * ADDRESS_TEXT_SIZE + 1u)

struct text normalise_bool(struct arena *arena, struct text value)
{
	(void)arena;
	/* The API answers true/false, old manuals show yes/no (§3 "boolean"). "yes" -> "true". */
	if (text_is(value, "yes"))
		return TEXT("true");
	if (text_is(value, "no"))
		return TEXT("false");
	return value;
}

/* ---- durations ---- */

struct unit {
	const char *word;
	int64_t us;
};

/* In the order RouterOS writes them; "ms" and "us" before "m" and "s" would be read wrongly
 * otherwise. */
static const struct unit units[] = {
	{ "w", INT64_C(7) * 86400 * 1000000 },
	{ "d", INT64_C(86400) * 1000000 },
	{ "h", INT64_C(3600) * 1000000 },
	{ "m", INT64_C(60) * 1000000 },
	{ "s", INT64_C(1000000) },
	{ "ms", INT64_C(1000) },
	{ "us", INT64_C(1) },
};
#define UNIT_SECOND 4u

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes digits from the front; false when there are none or they do not fit. */
static bool take_number(struct text *rest, int64_t *out)
{
	uint32_t size = 0;
	while (size < rest->size && is_digit(rest->at[size]))
		size++;
	if (size == 0 || !text_i64((struct text){ rest->at, size }, out))
		return false;
	*rest = text_from(*rest, size);
	return true;
}

static bool add_scaled(int64_t *sum, int64_t number, int64_t unit_us)
{
	int64_t us;
	return !__builtin_mul_overflow(number, unit_us, &us) &&
	       !__builtin_add_overflow(*sum, us, sum);
}

/* "26:00:00" and "02:03", hours first: the clock form, which may follow days ("1d02:03:04"). */
static bool clock_part(struct text rest, int64_t first, int64_t *sum)
{
	int64_t unit_us = units[2].us;
	if (!add_scaled(sum, first, unit_us))
		return false;
	for (int colons = 0; rest.size > 0; colons++) {
		int64_t number;
		if (colons == 2 || rest.at[0] != ':')
			return false;
		rest = text_from(rest, 1);
		unit_us /= 60;
		if (rest.size < 2 || !take_number(&rest, &number) || number > 59 ||
		    !add_scaled(sum, number, unit_us))
			return false;
	}
	return true;
}

/* The unit at the front, from `first` on; ARRAY_COUNT(units) when there is none. */
static uint32_t take_unit(struct text *rest, uint32_t first)
{
	uint32_t size = 0;
	while (size < rest->size && rest->at[size] >= 'a' && rest->at[size] <= 'z')
		size++;
	for (uint32_t i = first; i < ARRAY_COUNT(units); i++)
		if (text_is((struct text){ rest->at, size }, units[i].word)) {
			*rest = text_from(*rest, size);
			return i;
		}
	return (uint32_t)ARRAY_COUNT(units);
}

/* "1w2d3h4m5s", "26:00:00", "93784" (seconds): §3 "duration". Units fall, each at most once. */
bool value_duration(struct text value, int64_t *us)
{
	struct text rest = value;
	int64_t sum = 0;
	uint32_t next = 0;
	while (rest.size > 0) {
		int64_t number;
		if (!take_number(&rest, &number))
			return false;
		if (rest.size == 0) {
			/* Bare seconds, but only alone: "1h30" is no spelling of the router's. */
			if (next > 0 || !add_scaled(&sum, number, units[UNIT_SECOND].us))
				return false;
			break;
		}
		if (rest.at[0] == ':') {
			if (next > 2 || !clock_part(rest, number, &sum))
				return false;
			break;
		}
		uint32_t unit = take_unit(&rest, next);
		if (unit == ARRAY_COUNT(units) || !add_scaled(&sum, number, units[unit].us))
			return false;
		next = unit + 1;
	}
	if (value.size == 0)
		return false;
	*us = sum;
	return true;
}

struct text normalise_duration(struct arena *arena, struct text value)
{
	/* "26:00:00" -> "1d2h"; "none" and other words pass, for they are values of their own (§3).
	 */
	int64_t us;
	if (!value_duration(value, &us))
		return value;
	if (us == 0)
		return TEXT("0s");
	struct text out = TEXT_NONE;
	for (uint32_t i = 0; i < ARRAY_COUNT(units); i++) {
		int64_t number = us / units[i].us;
		us %= units[i].us;
		if (number > 0)
			out = text_format(arena, "%.*s%lld%s", TEXT_ARG(out), (long long)number,
					  units[i].word);
	}
	return out;
}

/* ---- rates ---- */

/* "512k" -> 512000: k and M are decimal (§3.1); G as RouterOS's other rates have it. */
static bool rate_number(struct text text, uint64_t *out)
{
	uint64_t scale = 1;
	if (text.size > 1) {
		char last = text.at[text.size - 1];
		if (last == 'k' || last == 'K')
			scale = 1000;
		else if (last == 'M' || last == 'm')
			scale = 1000000;
		else if (last == 'G' || last == 'g')
			scale = 1000000000;
		if (scale > 1)
			text.size--;
	}
	return text_u64(text, out) && !__builtin_mul_overflow(*out, scale, out);
}

/* Burst times are whole seconds, with or without a unit. */
static bool time_number(struct text text, uint64_t *out)
{
	int64_t us;
	if (!value_duration(text, &us) || us % 1000000 != 0)
		return false;
	*out = (uint64_t)(us / 1000000);
	return true;
}

struct pair {
	uint64_t rx, tx;
};

typedef bool number_reader(struct text text, uint64_t *out);

/* "a/b", or "a" for both: tx omitted means the same as rx (§3.1). */
static bool pair_read(struct text text, number_reader *read, struct pair *out)
{
	struct text rx, tx;
	if (!text_cut(text, '/', &rx, &tx))
		tx = rx;
	return read(rx, &out->rx) && read(tx, &out->tx);
}

static bool pair_is(struct pair a, struct pair b)
{
	return a.rx == b.rx && a.tx == b.tx;
}

struct rate_limit {
	struct pair rate, burst, threshold, seconds, least;
	uint64_t priority;
};

/* Cuts at runs of blanks; false when there are more than PARTS_MAX words or none. */
static bool split_words(struct text value, struct text parts[PARTS_MAX], uint32_t *count)
{
	struct text rest = text_trim(value), head;
	*count = 0;
	while (rest.size > 0) {
		if (*count == PARTS_MAX)
			return false;
		(void)text_cut(rest, ' ', &head, &rest);
		parts[(*count)++] = head;
		rest = text_trim(rest);
	}
	return *count > 0;
}

/* What is omitted has the meaning that §3.1 gives it. */
static bool rate_limit_read(struct text value, struct rate_limit *out)
{
	struct text parts[PARTS_MAX];
	uint32_t count;
	if (!split_words(value, parts, &count) || !pair_read(parts[0], rate_number, &out->rate))
		return false;
	out->burst = out->threshold = out->seconds = (struct pair){ 0, 0 };
	out->priority = PRIORITY_DEFAULT;
	out->least = out->rate;
	if (count > 1 && !pair_read(parts[1], rate_number, &out->burst))
		return false;
	out->threshold = out->rate;
	out->seconds = (struct pair){ 1, 1 };
	if (count > 2 && !pair_read(parts[2], rate_number, &out->threshold))
		return false;
	if (count > 3 && !pair_read(parts[3], time_number, &out->seconds))
		return false;
	if (count > 4 && (!text_u64(parts[4], &out->priority) || out->priority < 1 ||
			  out->priority > PRIORITY_DEFAULT))
		return false;
	if (count > 5 && !pair_read(parts[5], rate_number, &out->least))
		return false;
	/* Without a burst its threshold and time mean nothing. */
	if (pair_is(out->burst, (struct pair){ 0, 0 }))
		out->threshold = out->seconds = (struct pair){ 0, 0 };
	return true;
}

static struct text pair_text(struct arena *arena, struct text before, struct pair pair)
{
	return text_format(arena, "%.*s%s%llu/%llu", TEXT_ARG(before), before.size ? " " : "",
			   (unsigned long long)pair.rx, (unsigned long long)pair.tx);
}

/*
 * "5M/10M" -> "5000000/10000000"; "5M/10M 8M/15M" -> "5000000/10000000 8000000/15000000
 * 5000000/10000000 1/1". What follows is written only when it differs from what the router assumes,
 * so two spellings of one limit become one; and the router takes back what this writes.
 */
struct text normalise_rate_limit(struct arena *arena, struct text value)
{
	struct rate_limit limit;
	if (!rate_limit_read(value, &limit))
		return value;
	bool least = !pair_is(limit.least, limit.rate);
	bool priority = least || limit.priority != PRIORITY_DEFAULT;
	bool burst = priority || !pair_is(limit.burst, (struct pair){ 0, 0 });
	struct text out = pair_text(arena, TEXT_NONE, limit.rate);
	if (burst) {
		out = pair_text(arena, out, limit.burst);
		out = pair_text(arena, out, limit.threshold);
		out = pair_text(arena, out, limit.seconds);
	}
	if (priority)
		out = text_format(arena, "%.*s %llu", TEXT_ARG(out),
				  (unsigned long long)limit.priority);
	if (least)
		out = pair_text(arena, out, limit.least);
	return out;
}

bool value_rates(struct text value, uint64_t *rx, uint64_t *tx)
{
	struct rate_limit limit;
	if (!rate_limit_read(value, &limit))
		return false;
	*rx = limit.rate.rx;
	*tx = limit.rate.tx;
	return true;
}

/* ---- addresses ---- */

struct text normalise_mac(struct arena *arena, struct text value)
{
	/* "aa-bb-cc-dd-ee-ff" -> "AA:BB:CC:DD:EE:FF" (§3 "MAC"). */
	char mac[18];
	if (!text_mac(value, mac) || text_is(value, mac))
		return value;
	return text_copy(arena, text_of(mac));
}

/* At most ADDRESS_TEXT_SIZE with the NUL behind it; returns the size without. */
static uint32_t address_write(char *out, uint32_t address)
{
	return (uint32_t)snprintf(out, ADDRESS_TEXT_SIZE, "%u.%u.%u.%u", address >> 24,
				  (address >> 16) & 255u, (address >> 8) & 255u, address & 255u);
}

static struct text address_text(struct arena *arena, uint32_t address)
{
	char *out = arena_take(arena, ADDRESS_TEXT_SIZE);
	return (struct text){ out, address_write(out, address) };
}

struct range {
	uint32_t first, last;
};

/* The prefix length of a range that is exactly a network, else 33. */
static uint32_t prefix_of(struct range range)
{
	for (uint32_t bits = 0; bits <= 32; bits++) {
		uint32_t hosts = (uint32_t)((UINT64_C(1) << (32 - bits)) - 1);
		if ((range.first & hosts) == 0 && range.last == (range.first | hosts))
			return bits;
	}
	return 33;
}

struct text normalise_address(struct arena *arena, struct text value)
{
	/* "10.0.0.1/32" -> "10.0.0.1"; "192.168.0.0-192.168.1.255" -> "192.168.0.0/23" (§3). */
	struct range range;
	if (!text_ipv4_range(value, &range.first, &range.last))
		return value;
	struct text first = address_text(arena, range.first);
	if (range.first == range.last)
		return first;
	uint32_t bits = prefix_of(range);
	if (bits <= 32)
		return text_format(arena, "%.*s/%u", TEXT_ARG(first), bits);
	return text_format(arena, "%.*s-%.*s", TEXT_ARG(first),
			   TEXT_ARG(address_text(arena, range.last)));
}

struct text normalise_target(struct arena *arena, struct text value)
{
	struct text rest = value, head, out = TEXT_NONE;
	bool more = value.size > 0;
	while (more) {
		struct range range;
		more = text_cut(rest, ',', &head, &rest);
		if (!text_ipv4_range(head, &range.first, &range.last) || prefix_of(range) > 32)
			return value;
		struct text first = address_text(arena, range.first);
		out = text_format(arena, "%.*s%s%.*s/%u", TEXT_ARG(out), out.size ? "," : "",
				  TEXT_ARG(first), prefix_of(range));
	}
	return out;
}

struct text normalise_span_pair(struct arena *arena, struct text value)
{
	struct text rx, tx;
	int64_t us;
	if (!text_cut(value, '/', &rx, &tx))
		tx = rx;
	if (!value_duration(rx, &us) || !value_duration(tx, &us))
		return value;
	rx = normalise_duration(arena, rx);
	tx = normalise_duration(arena, tx);
	return text_format(arena, "%.*s/%.*s", TEXT_ARG(rx), TEXT_ARG(tx));
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->last > y->last) - (x->last < y->last);
}

static bool ranges_read(struct text value, struct range *ranges, uint32_t *count)
{
	struct text rest = value, head;
	bool more = value.size > 0;
	*count = 0;
	while (more) {
		more = text_cut(rest, ',', &head, &rest);
		if (*count == RANGES_MAX)
			return false;
		struct range *range = &ranges[(*count)++];
		if (!text_ipv4_range(text_trim(head), &range->first, &range->last))
			return false;
	}
	return *count > 0;
}

/* Sorted; what overlaps or touches becomes one: the same addresses, one spelling. Returns the new
 * count. */
static uint32_t ranges_merge(struct range *ranges, uint32_t count)
{
	qsort(ranges, count, sizeof(ranges[0]), compare_ranges);
	uint32_t kept = 0;
	for (uint32_t i = 1; i < count; i++) {
		if ((uint64_t)ranges[i].first <= (uint64_t)ranges[kept].last + 1) {
			if (ranges[i].last > ranges[kept].last)
				ranges[kept].last = ranges[i].last;
		} else {
			ranges[++kept] = ranges[i];
		}
	}
	return kept + 1;
}

struct text normalise_ranges(struct arena *arena, struct text value)
{
	/* "10.10.1.0/24" -> "10.10.1.0-10.10.1.255"; one address stays one: "10.10.1.5". */
	struct range ranges[RANGES_MAX];
	uint32_t count;
	if (!ranges_read(value, ranges, &count))
		return value;
	count = ranges_merge(ranges, count);
	/* "255.255.255.255-255.255.255.255," is the longest. */
	char *out = arena_array(arena, count, RANGE_TEXT_SIZE);
	uint32_t used = 0;
	for (uint32_t i = 0; i < count; i++) {
		char *at = out + used;
		if (i)
			*at++ = ',';
		at += address_write(at, ranges[i].first);
		if (ranges[i].last != ranges[i].first) {
			*at++ = '-';
			at += address_write(at, ranges[i].last);
		}
		used = (uint32_t)(at - out);
	}
	return (struct text){ out, used };
}

#define WORDS_MAX 32u

static int compare_words(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

struct text normalise_words(struct arena *arena, struct text value)
{
	/* "write,read,!ftp" -> "read,write". */
	struct text words[WORDS_MAX], rest = value, out = TEXT_NONE, head;
	uint32_t count = 0;
	bool more = value.size > 0;

	/* No list of words holds a NUL, and a format would end at it. */
	if (more && memchr(value.at, '\0', value.size))
		return value;
	while (more) {
		more = text_cut(rest, ',', &head, &rest);
		if (count == WORDS_MAX)
			return value;
		head = text_trim(head);
		if (head.size > 0 && head.at[0] != '!')
			words[count++] = head;
	}
	if (count == 0)
		return TEXT_NONE;
	qsort(words, count, sizeof(words[0]), compare_words);
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || !text_equal(words[i], words[i - 1]))
			out = text_format(arena, "%.*s%s%.*s", TEXT_ARG(out), i ? "," : "",
					  TEXT_ARG(words[i]));
	return out;
}

struct text normalise_count(struct arena *arena, struct text value)
{
	/* "01" -> "1"; "unlimited" passes. */
	uint64_t number;
	if (!text_u64(value, &number))
		return value;
	return text_format(arena, "%llu", (unsigned long long)number);
}

/* ---- the clock ---- */

/* "jul/14/2023" before 7.10, "2023-07-14" from then on (facts §3). */
static struct text iso_date(struct arena *arena, struct text date)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct text month, day, year, rest;

	if (!text_cut(date, '/', &month, &rest) || !text_cut(rest, '/', &day, &year) ||
	    month.size != 3)
		return date;
	month = text_lower(arena, month);
	for (int i = 0; i < 12; i++)
		if (memcmp(months + i * 3, month.at, 3) == 0)
			return text_format(arena, "%.*s-%02d-%.*s", TEXT_ARG(year), i + 1,
					   TEXT_ARG(day));
	return date;
}

bool value_moment(struct arena *arena, struct text date, struct text time, struct text offset,
		  int64_t *at)
{
	struct text whole = text_format(arena, "%.*sT%.*s%.*s", TEXT_ARG(iso_date(arena, date)),
					TEXT_ARG(time), TEXT_ARG(offset));

	return time_parse(whole, zone_utc(), false, at);
}

/* ---- versions ---- */

uint32_t value_version(struct text value)
{
	/* "7.16.2 (stable)", "6.49.19 (long-term)", "7.20rc1": the first two numbers count. */
	struct text rest = value;
	int64_t major, minor;
	if (!take_number(&rest, &major) || rest.size == 0 || rest.at[0] != '.')
		return 0;
	rest = text_from(rest, 1);
	if (!take_number(&rest, &minor) || major < 1 || major > 1000 || minor > 999)
		return 0;
	return VERSION((uint32_t)major, (uint32_t)minor);
}
