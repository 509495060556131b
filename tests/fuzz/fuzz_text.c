/*
 * Everything that reads a value from a text: whatever comes in, no read beyond it; and what is
 * taken can be written and read again with the same meaning.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/zone.h"
#include "base/zone_inner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void numbers(struct arena *arena, struct text input)
{
	int64_t cents, cents_again;
	uint64_t number;
	if (text_cents(input, &cents)) {
		invariant(cents >= 0 && cents <= CENTS_MAX);
		invariant(text_cents(text_of_cents(arena, cents), &cents_again));
		invariant(cents == cents_again);
	}
	if (text_rate(input, &number) || text_data(input, &number))
		invariant(number > 0);
	if (text_i64(input, &cents)) {
		struct text again = text_format(arena, "%lld", (long long)cents);
		invariant(text_i64(again, &cents_again) && cents == cents_again);
	}
}

static void addresses(struct arena *arena, struct text input)
{
	char mac[18], mac_again[18], phone[16], phone_again[16];
	uint32_t first, last, address;
	if (text_mac(input, mac)) {
		invariant(text_mac(text_of(mac), mac_again));
		invariant(strcmp(mac, mac_again) == 0);
	}
	if (text_phone(input, TEXT("254"), phone)) {
		invariant(text_phone(text_of(phone), TEXT("254"), phone_again));
		invariant(strcmp(phone, phone_again) == 0);
	}
	if (text_ipv4_range(input, &first, &last))
		invariant(first <= last);
	if (text_ipv4(input, &address)) {
		struct text again = text_format(arena, "%u.%u.%u.%u", address >> 24,
						address >> 16 & 255, address >> 8 & 255,
						address & 255);
		invariant(text_equal(again, input));
	}
}

static void times(struct arena *arena, struct text input)
{
	struct period period, period_again;
	int64_t at, at_again;
	struct zone_rule rule;
	if (period_parse_offset(input, &period)) {
		invariant(period_parse_offset(period_text(arena, period), &period_again));
		invariant(period.months == period_again.months &&
			  period.exact_us == period_again.exact_us);
	}
	if (time_parse(input, zone_utc(), true, &at)) {
		struct text text = time_text(arena, zone_utc(), at);
		bool readable = time_parse(text, zone_utc(), false, &at_again);
		/*
		 * The edges of what is read: an offset carries 1970-01-01 before it, 9999 over it.
		 */
		invariant(readable || text_starts(input, TEXT("1970-01-01")) ||
			  text_starts(input, TEXT("9999-12-31")));
		invariant(!readable || at == at_again);
	}
	if (zone_rule_parse(input, &rule)) {
		int32_t offset_s = zone_rule_offset_s(&rule, (int64_t)text_hash(input));
		invariant(offset_s >= -26 * 3600 && offset_s <= 26 * 3600);
	}
}

static void shapes(struct arena *arena, struct text input)
{
	static const struct text words[] = { { "price", 5 }, { "period", 6 }, { "speed", 5 } };
	struct text reference = text_reference(arena, input);
	invariant(text_equal(text_reference(arena, reference), reference));
	(void)text_nearest(input, words, ARRAY_COUNT(words));
	invariant(text_trim(input).size <= input.size);
	for (uint32_t cut = 0; cut < input.size && cut < 64; cut++) {
		struct text head = text_head(input, cut);
		invariant(head.size <= cut);
		/* Cutting what was whole leaves it whole. */
		if (text_is_utf8(input))
			invariant(text_is_utf8(head));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct text input = { (const char *)data, (uint32_t)size };
	if (size > 4096)
		return 0;
	arena_open(&arena, 1 << 20);
	numbers(&arena, input);
	addresses(&arena, input);
	times(&arena, input);
	shapes(&arena, input);
	arena_close(&arena);
	return 0;
}
