/*
 * Normalisers: one spelling per meaning, so that a second look finds nothing to do. Idempotent;
 * what is not understood passes through. Results lie in the arena or are the argument; pure; any
 * thread. Sources: routeros facts §3.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

struct text normalise_bool(struct arena *arena, struct text value); /* yes -> true */
struct text normalise_duration(
    struct arena *arena, struct text value); /* 93784 -> 1d2h3m4s, none -> 0s is NOT assumed */
struct text normalise_rate_limit(
    struct arena *arena,
    struct text value); /* "10M/5M" -> "10000000/5000000 …" all parts, plain bits */
struct text normalise_mac(struct arena *arena, struct text value);
struct text normalise_address(struct arena *arena,
			      struct text value); /* "10.0.0.1/32" -> "10.0.0.1" */
/* Queue targets: "10.0.0.1" -> "10.0.0.1/32", each of a comma list; an interface's name passes. */
struct text normalise_target(struct arena *arena, struct text value);
/* Queue times: "16" -> "16s/16s", "16s/8s" stays. */
struct text normalise_span_pair(struct arena *arena, struct text value);
struct text normalise_ranges(
    struct arena *arena, struct text value); /* pool ranges: each "a-b", sorted, joined by ',' */
/* Rights: "write,read,!ftp" -> "read,write": sorted, and only those that are granted. */
struct text normalise_words(struct arena *arena, struct text value);
struct text normalise_count(struct arena *arena, struct text value); /* "01" -> "1"; words pass */

/* "1w2d3h4m5s" -> microseconds; false when it is none. */
bool value_duration(struct text value, int64_t *us) MUST_CHECK;
/* rx/tx of a canonical or raw rate-limit or queue pair, from the router's side: rx is the
 * subscriber's upload. */
bool value_rates(struct text value, uint64_t *rx, uint64_t *tx) MUST_CHECK;
/*
 * What /system/clock says, in UTC microseconds: "jul/14/2023" or "2023-07-14", "06:12:44",
 * "+03:00". False when it is no moment.
 */
bool value_moment(struct arena *arena, struct text date, struct text time, struct text offset,
		  int64_t *at) MUST_CHECK;
/* "7.16.2 (stable)" -> VERSION(7, 16); 0 when it is none. */
uint32_t value_version(struct text value);
