#include "intent/take.h"

const struct node *take_node(const struct node *map, const char *key)
{
	const struct node *node = map ? node_get(map, key) : NULL;
	return node && node->kind == NODE_SCALAR ? node : NULL;
}

struct text take_raw(const struct node *map, const char *key)
{
	const struct node *node = take_node(map, key);
	return node ? node->scalar : TEXT_NONE;
}

struct text take_text(struct reader *reader, const struct node *map, const char *key)
{
	struct text raw = take_raw(map, key);
	return raw.size ? text_copy(&reader->intent->arena, raw) : TEXT_NONE;
}

bool take_bool(const struct node *map, const char *key, bool fallback)
{
	bool value;
	return text_bool(take_raw(map, key), &value) ? value : fallback;
}

uint32_t take_count(const struct node *map, const char *key, uint32_t fallback)
{
	uint64_t value;
	bool fits = text_u64(take_raw(map, key), &value) && value <= INT32_MAX;
	return fits ? (uint32_t)value : fallback;
}

int64_t take_cents(const struct node *map, const char *key)
{
	int64_t cents;
	return text_cents(take_raw(map, key), &cents) ? cents : 0;
}

uint64_t take_rate(const struct node *map, const char *key)
{
	uint64_t rate;
	return text_rate(take_raw(map, key), &rate) ? rate : 0;
}

struct speed take_speed(const struct node *map)
{
	return (struct speed){
		.down_bits_per_s = take_rate(map, "down"),
		.up_bits_per_s = take_rate(map, "up"),
	};
}

struct period take_period(const struct node *map, const char *key)
{
	struct period period;
	return period_parse(take_raw(map, key), &period) ? period : (struct period){ 0 };
}

struct period take_offset(const struct node *map, const char *key)
{
	struct period period;
	return period_parse_offset(take_raw(map, key), &period) ? period : (struct period){ 0 };
}

int64_t take_time(const struct reader *reader, const struct node *map, const char *key,
		  bool day_included)
{
	const struct zone *zone = reader->intent->tenant.zone;
	int64_t at;
	return time_parse(take_raw(map, key), zone ? zone : zone_utc(), day_included, &at) ? at : 0;
}

uint32_t take_word(const struct node *map, const char *key, const char *const *words,
		   uint32_t fallback)
{
	struct text raw = take_raw(map, key);
	for (uint32_t i = 0; words[i]; i++)
		if (text_is(raw, words[i]))
			return i;
	return fallback;
}

struct secret_ref take_secret(struct reader *reader, const struct source *source,
			      const struct node *map, const char *key)
{
	const struct node *node = map ? node_get(map, key) : NULL;
	struct secret_ref reference = { .kind = SECRET_NONE };
	if (!node || node->kind != NODE_MAP)
		return reference;
	reference.where = where_of(source, node);
	reference.name = take_text(reader, node, "file");
	if (reference.name.size) {
		reference.kind = SECRET_FILE;
		return reference;
	}
	reference.name = take_text(reader, node, "env");
	if (reference.name.size)
		reference.kind = SECRET_ENV;
	return reference;
}

struct guard take_guard(const struct node *map)
{
	const struct node *node = node_get(map, "guard");
	if (!node || node->kind != NODE_MAP)
		return (struct guard){ .declared = false };
	return (struct guard){
		.declared = true,
		.losses_max_percent = (int32_t)take_count(node, "losses_max_percent", 20),
		.losses_min = (int32_t)take_count(node, "losses_min", 10),
	};
}

struct maintenance take_maintenance(struct reader *reader, const struct source *source)
{
	const struct node *node = node_get(source->map, "maintenance");
	struct maintenance out = { .declared = true };
	if (!node || !clock_parse(take_raw(node, "from"), &out.from_minute) ||
	    !clock_parse(take_raw(node, "to"), &out.to_minute))
		return (struct maintenance){ .declared = false };
	if (out.from_minute == out.to_minute)
		source_error(reader, source, take_node(node, "to"), "maintenance.to",
			     "is the moment `from`: a window of no length would never open");
	return out;
}

enum drift_mode take_drift(const struct node *map)
{
	static const char *const words[] = { "heal", "report", NULL };
	switch (take_word(map, "drift", words, 2)) {
	case 0:
		return DRIFT_HEAL;
	case 1:
		return DRIFT_REPORT;
	default:
		return DRIFT_INHERIT;
	}
}

enum lease_mode take_lease(const struct node *map)
{
	static const char *const words[] = { "off", "on", NULL };
	switch (take_word(map, "lease", words, 2)) {
	case 0:
		return LEASE_OFF;
	case 1:
		return LEASE_ON;
	default:
		return LEASE_INHERIT;
	}
}
