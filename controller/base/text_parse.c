#include "base/text.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define FRACTION_DIGITS_MAX 6 /* keeps digits × unit inside 64 bits for every unit up to 2^40 */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

bool text_u64(struct text a, uint64_t *out)
{
	uint64_t value = 0;
	if (a.size == 0)
		return false;
	for (uint32_t i = 0; i < a.size; i++) {
		if (!is_digit(a.at[i]) || __builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(a.at[i] - '0'), &value))
			return false;
	}
	*out = value;
	return true;
}

bool text_i64(struct text a, int64_t *out)
{
	bool negative = a.size > 0 && a.at[0] == '-';
	uint64_t size;
	if (!text_u64(negative ? text_from(a, 1) : a, &size))
		return false;
	uint64_t size_max = (uint64_t)INT64_MAX + negative;
	if (size > size_max)
		return false;
	/* Via size - 1, for the smallest number has no positive counterpart. */
	if (negative && size)
		*out = -(int64_t)(size - 1) - 1;
	else
		*out = (int64_t)size;
	return true;
}

bool text_bool(struct text a, bool *out)
{
	if (text_is(a, "true") || text_is(a, "yes"))
		*out = true;
	else if (text_is(a, "false") || text_is(a, "no"))
		*out = false;
	else
		return false;
	return true;
}

/*
 * Digits with an optional fraction, times a unit, exactly: "1.5" × 1000 = 1500; "1.2345" × 1000 is
 * no whole number and is refused, as are "1." and ".5".
 */
static bool decimal_times(struct text a, uint64_t unit, uint64_t *out)
{
	struct text whole_text, fraction_text;
	uint64_t whole, fraction = 0, scale = 1;
	bool has_point = text_cut(a, '.', &whole_text, &fraction_text);
	if (!text_u64(whole_text, &whole))
		return false;
	if (has_point) {
		if (fraction_text.size > FRACTION_DIGITS_MAX || !text_u64(fraction_text, &fraction))
			return false;
		for (uint32_t i = 0; i < fraction_text.size; i++)
			scale *= 10;
	}
	invariant(unit <= UINT64_C(1) << 40);
	if (fraction * unit % scale || __builtin_mul_overflow(whole, unit, &whole))
		return false;
	return !__builtin_add_overflow(whole, fraction * unit / scale, out);
}

bool text_cents(struct text a, int64_t *cents)
{
	struct text whole, fraction;
	uint64_t value;
	if (text_cut(a, '.', &whole, &fraction) && fraction.size > 2)
		return false;
	if (!decimal_times(a, 100, &value) || value > (uint64_t)CENTS_MAX)
		return false;
	*cents = (int64_t)value;
	return true;
}

struct text text_of_cents(struct arena *arena, int64_t cents)
{
	uint64_t size = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;
	return text_format(arena, "%s%llu.%02u", cents < 0 ? "-" : "",
			   (unsigned long long)(size / 100), (unsigned)(size % 100));
}

struct unit {
	const char *suffix;
	uint64_t size;
};

static const struct unit rate_units[] = {
	{ "k", 1000 },
	{ "M", 1000000 },
	{ "G", 1000000000 },
};

/* "B" alone is no unit: an allowance in bytes is a mistake for one in MB. */
static const struct unit data_units[] = {
	{ "KiB", UINT64_C(1) << 10 },  { "MiB", UINT64_C(1) << 20 }, { "GiB", UINT64_C(1) << 30 },
	{ "TiB", UINT64_C(1) << 40 },  { "kB", 1000 },		     { "MB", 1000000 },
	{ "GB", UINT64_C(1000000000) }, { "TB", UINT64_C(1000000000000) },
};

static bool with_unit(struct text a, const struct unit *units, size_t count, uint64_t *out)
{
	for (size_t i = 0; i < count; i++) {
		struct text suffix = text_of(units[i].suffix);
		if (!text_ends(a, suffix))
			continue;
		uint64_t value;
		struct text number = { a.at, a.size - suffix.size };
		if (!decimal_times(number, units[i].size, &value) || value == 0)
			return false;
		*out = value;
		return true;
	}
	return false;
}

bool text_rate(struct text a, uint64_t *bits_per_s)
{
	return with_unit(a, rate_units, ARRAY_COUNT(rate_units), bits_per_s);
}

bool text_data(struct text a, uint64_t *bytes)
{
	return with_unit(a, data_units, ARRAY_COUNT(data_units), bytes);
}

static bool hex_upper(char byte, char *out)
{
	if (is_digit(byte) || (byte >= 'A' && byte <= 'F'))
		*out = byte;
	else if (byte >= 'a' && byte <= 'f')
		*out = (char)(byte - 'a' + 'A');
	else
		return false;
	return true;
}

bool text_mac(struct text a, char out[18])
{
	char separator = a.size == 17 ? a.at[2] : '\0';
	if (a.size != 12 && separator != ':' && separator != '-')
		return false;
	char mac[18];
	uint32_t used = 0, i = 0;
	for (uint32_t pair = 0; pair < 6; pair++) {
		if (pair) {
			if (separator && a.at[i++] != separator)
				return false;
			mac[used++] = ':';
		}
		if (!hex_upper(a.at[i++], &mac[used++]) || !hex_upper(a.at[i++], &mac[used++]))
			return false;
	}
	mac[used] = '\0';
	memcpy(out, mac, sizeof(mac));
	return true;
}

bool text_ipv4(struct text a, uint32_t *address)
{
	uint32_t value = 0;
	for (int i = 0; i < 4; i++) {
		struct text part;
		uint64_t number;
		bool more = text_cut(a, '.', &part, &a);
		if (more != (i < 3) || part.size > 3 || !text_u64(part, &number) || number > 255)
			return false;
		/* Leading zeros: octal to some, decimal to others. */
		if (part.size > 1 && part.at[0] == '0')
			return false;
		value = value << 8 | (uint32_t)number;
	}
	*address = value;
	return true;
}

bool text_ipv4_range(struct text a, uint32_t *first, uint32_t *last)
{
	struct text head, rest;
	uint32_t from, to;
	if (text_cut(a, '/', &head, &rest)) {
		uint64_t bits;
		if (!text_ipv4(head, &from) || rest.size > 2 || !text_u64(rest, &bits) ||
		    bits > 32 || (rest.size > 1 && rest.at[0] == '0'))
			return false;
		uint32_t hosts = (uint32_t)((UINT64_C(1) << (32 - bits)) - 1);
		/* 10.0.1.5/24 may mean the host or its network: refused. */
		if (from & hosts)
			return false;
		to = from | hosts;
	} else {
		bool has_end = text_cut(a, '-', &head, &rest);
		if (!text_ipv4(head, &from))
			return false;
		to = from;
		if (has_end && (!text_ipv4(rest, &to) || to < from))
			return false;
	}
	*first = from;
	*last = to;
	return true;
}

/* E.164 has at most 15 digits; with its country in front a number has at least 8. */
static bool phone_whole(struct text a, char out[16])
{
	uint64_t digits;
	if (a.size < 8 || a.size > 15 || a.at[0] == '0' || !text_u64(a, &digits))
		return false;
	memcpy(out, a.at, a.size);
	out[a.size] = '\0';
	return true;
}

bool text_phone(struct text a, struct text country, char out[16])
{
	struct text plus = TEXT("+"), national;
	bool international = text_starts(a, plus);
	if (international)
		a = text_from(a, 1);
	if (country.size == 0)
		return phone_whole(a, out);
	if (text_starts(a, country))
		national = text_from(a, country.size);
	else if (!international && text_starts(a, TEXT("0")))
		national = text_from(a, 1);
	else
		return false;
	/*
	 * E.164 has at most 15 digits; fewer than 7 behind the country is a short code, not a
	 * subscriber.
	 */
	if (national.size < 7 || country.size + national.size > 15 || national.at[0] == '0')
		return false;
	uint64_t digits;
	if (!text_u64(country, &digits) || !text_u64(national, &digits))
		return false;
	memcpy(out, country.at, country.size);
	memcpy(out + country.size, national.at, national.size);
	out[country.size + national.size] = '\0';
	return true;
}
