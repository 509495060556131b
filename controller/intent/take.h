/*
 * Takes a checked value out of a document. What is missing or was refused gives the fallback or
 * nothing: the problem has been told already, and an intent with problems is never handed out.
 * Pure; one thread.
 */
#pragma once

#include "intent/reader.h"

const struct node *take_node(const struct node *map, const char *key); /* a scalar, else NULL */
struct text take_raw(const struct node *map, const char *key);         /* not copied */
struct text take_text(struct reader *reader, const struct node *map, const char *key);
bool take_bool(const struct node *map, const char *key, bool fallback);
uint32_t take_count(const struct node *map, const char *key, uint32_t fallback);
int64_t take_cents(const struct node *map, const char *key);
uint64_t take_rate(const struct node *map, const char *key);
struct speed take_speed(const struct node *map);
struct period take_period(const struct node *map, const char *key);
struct period take_offset(const struct node *map, const char *key);
int64_t take_time(const struct reader *reader, const struct node *map, const char *key,
		  bool day_included);
/* Which of the words: its place in the list, else `fallback`. */
uint32_t take_word(const struct node *map, const char *key, const char *const *words,
		   uint32_t fallback);
struct secret_ref take_secret(struct reader *reader, const struct source *source,
			      const struct node *map, const char *key);
struct guard take_guard(const struct node *map);
/* A window whose ends are one moment is an error, told here. */
struct maintenance take_maintenance(struct reader *reader, const struct source *source);
enum drift_mode take_drift(const struct node *map);
struct menu_drifts take_menu_drifts(struct reader *reader, const struct node *map);
/* The gardens of a `hotspot` map; hosts that no host can be are told here. */
struct garden take_garden(struct reader *reader, const struct source *source);
/* What a Router says of its wall and its DHCP server. */
void build_wall(struct reader *reader, const struct source *source, struct router *out);
enum lease_mode take_lease(const struct node *map);
