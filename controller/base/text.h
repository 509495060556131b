/*
 * Borrowed slices of bytes and what one asks of them: compare, cut, parse numbers, rates,
 * durations, money. A slice never owns; whoever made the bytes does. Pure: nothing blocks or
 * allocates but the functions that say "into arena"; any thread. It never guesses: what does not
 * parse whole is refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct arena;

struct text {
	const char *at; /* may be NULL when size is 0; not terminated */
	uint32_t size;  /* bytes */
};

#define TEXT(literal) ((struct text){ (literal), (uint32_t)(sizeof(literal) - 1) })
#define TEXT_NONE ((struct text){ NULL, 0 })
/* For printf: "%.*s", TEXT_ARG(t). */
#define TEXT_ARG(t) (int)(t).size, (t).at ? (t).at : ""

struct text text_of(const char *terminated);          /* borrowed; NULL gives the empty text */
bool text_equal(struct text a, struct text b);        /* byte for byte */
bool text_is(struct text a, const char *terminated);
bool text_equal_nocase(struct text a, struct text b); /* ASCII letters only */
/* memcmp order, shorter first: a total order */
int text_compare(struct text a, struct text b);
bool text_starts(struct text a, struct text prefix);
bool text_ends(struct text a, struct text suffix);
bool text_contains_nocase(struct text a, struct text part);
struct text text_trim(struct text a);                 /* ASCII white space at both ends */
/* the rest; empty when start is past the end */
struct text text_from(struct text a, uint32_t start);
/* The start, at most `size_max` bytes, never ending inside a UTF-8 character. */
struct text text_head(struct text a, uint32_t size_max);
/*
 * Cuts at the first `by`: head gets what is before, rest what is after; false when there is none
 * (head = all).
 */
bool text_cut(struct text a, char by, struct text *head, struct text *rest);
bool text_is_utf8(struct text a);
/* FNV-1a; for tables in memory, never stored */
uint32_t text_hash(struct text a);

/* Into the arena; the copy is terminated by a NUL beyond its size, so `.at` is a C string. */
struct text text_copy(struct arena *arena, struct text a);
struct text text_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lower-case ASCII copy. */
struct text text_lower(struct arena *arena, struct text a);
/*
 * A reference as payers write it, for matching: without white space and dashes, ASCII lower case.
 * "kn 00-42" -> "kn0042".
 */
struct text text_reference(struct arena *arena, struct text a);
/* The candidate nearest in spelling (edit distance at most a third of its length), or TEXT_NONE. */
struct text text_nearest(struct text a, const struct text *candidates, uint32_t count);

/* Decimal digits only, whole text, no sign: false on overflow, empty or anything else. */
bool text_u64(struct text a, uint64_t *out) MUST_CHECK;
bool text_i64(struct text a, int64_t *out) MUST_CHECK; /* an optional leading '-' */
bool text_bool(struct text a, bool *out) MUST_CHECK;   /* true false yes no, exactly */

/*
 * "2500", "2500.5", "0.05" -> cents. At most two decimals, no sign, no exponent, at most CENTS_MAX.
 */
bool text_cents(struct text a, int64_t *cents) MUST_CHECK;
/* 250000 -> "2500.00"; negative amounts get a '-'. */
struct text text_of_cents(struct arena *arena, int64_t cents);

/* "512k" "1.5M" "1G" -> bits per second, decimal, exact; 0 is refused. */
bool text_rate(struct text a, uint64_t *bits_per_s) MUST_CHECK;
/* "500MB" "5GB" (decimal) "5GiB" (binary) -> bytes; 0 is refused. */
bool text_data(struct text a, uint64_t *bytes) MUST_CHECK;

/* "aa-bb-cc-dd-ee-ff", "AABBCCDDEEFF", "AA:BB:…" -> "AA:BB:CC:DD:EE:FF" into out[18]. */
bool text_mac(struct text a, char out[18]) MUST_CHECK;
/* Dotted IPv4 -> host-order value; no leading zeros, no shorthand. */
bool text_ipv4(struct text a, uint32_t *address) MUST_CHECK;
/* "10.0.1.0/24" "10.0.1.5" "10.0.1.5-10.0.1.90" -> first and last address. */
bool text_ipv4_range(struct text a, uint32_t *first, uint32_t *last) MUST_CHECK;
/*
 * "0712345678", "+254…", "254…" -> "254712345678" into out[16], by the country's digits ("254").
 * Without a country only the whole number will do, with its country in front: "+15550100200".
 */
bool text_phone(struct text a, struct text country, char out[16]) MUST_CHECK;
