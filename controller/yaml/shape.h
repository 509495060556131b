/*
 * Holds a YAML tree against the keys of schemas/kind.h and says everything that does not fit:
 * unknown keys with the nearest spelling, missing ones, values that are not what the key wants. The
 * caller owns the shape and its arena; pure; one thread per shape. It never resolves references:
 * that is intent.
 */
#pragma once

#include <stdarg.h>

#include "base/zone.h"
#include "schemas/kind.h"
#include "yaml/document.h"

/* The way to a value, on the stack of whoever walks down. */
struct crumb {
	const struct crumb *up;
	struct text key;
	int64_t index; /* >= 0: an item of a list, and `key` is not used */
};

struct shape {
	struct arena *arena; /* messages and paths lie here */
	struct text country; /* for phones, digits; empty: not known */
	bool no_country;     /* and that is no mistake: phones are whole numbers then */
	problem_sink *error, *warning;
	void *context;
	uint32_t problems_left; /* beyond it problems are told without words, to be counted */
};

/*
 * Checks `map` against `keys`. `header` names keys that the caller looks at itself
 * (NULL-terminated; may be NULL); `owner` is what a missing key belongs to: "a Package".
 */
void shape_check(struct shape *shape, const struct key *keys, const char *const *header,
		 const struct node *map, const struct crumb *up, const char *owner);

/* One value on its own; `at` is its crumb. */
void shape_check_value(struct shape *shape, const struct key *key, const struct node *node,
		       const struct crumb *at);

/* Problems of whoever checks more than the tables can say: at a value, at its crumb. */
void shape_error(struct shape *shape, const struct node *node, const struct crumb *at,
		 const char *format, ...) PRINTF_LIKE(4, 5);
void shape_warning(struct shape *shape, const struct node *node, const struct crumb *at,
		   const char *format, ...) PRINTF_LIKE(4, 5);

/* What the two above are made of. */
void shape_tell(struct shape *shape, problem_sink *sink, uint32_t line, uint32_t column,
		const struct crumb *at, const char *format, va_list arguments) PRINTF_LIKE(6, 0);

/* ": did you mean `x`?" in the arena, or an empty text. */
struct text shape_nearest(struct shape *shape, struct text wrong, const struct text *candidates,
			  uint32_t count);

/* "sha256:AB:CD…" in any case, with or without colons -> "sha256:<64 hex>", lower case. */
bool fingerprint_parse(struct text a, char out[72]) MUST_CHECK;
/* "02:00" to minutes of the day. */
bool clock_parse(struct text a, int32_t *minute);
/* "host", "host:port", "[v6]:port": port stays 0 when none is written; 0 itself is refused. */
bool endpoint_parse(struct text a, struct text *host, uint16_t *port) MUST_CHECK;
