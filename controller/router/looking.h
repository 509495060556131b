/*
 * What a look becomes, whatever the transport: rows made canonical, odd answers found out. Shared
 * by the looks of both devices; nothing outside router/ includes it. Its rows lie in the job's
 * arena; nothing here blocks; one thread.
 */
#pragma once

#include "router/device.h"

/* One look while its answers come. */
struct looking {
	struct look *look;
	struct text ask; /* ".id,name,…" */
	uint64_t bytes;
	uint32_t rows_count; /* all that were sent, those we drop too */
	uint64_t told_count;
	bool was_told;
	bool is_odd;          /* rows without id or key, two of one id */
	struct error refusal; /* code NONE: none */
};

/* One property of a row as the router sent it. */
struct pair {
	struct text name, value;
};

/* Does that version have this field? True when the version is not known (0). */
bool version_has_field(uint32_t version, const struct field *field);

/* One for each look, with the properties to ask for; the looks are checked. */
struct looking *lookings_make(struct look *looks, uint32_t count, uint32_t version,
			      struct arena *arena);
/* Before each asking. */
void looking_begin(struct looking *looking);
/* To ask for none of the rows is to know the answer. */
bool looking_asks_nothing(const struct looking *looking);
/* One row that took `size` bytes. False: LIMIT. */
bool looking_take_row(struct looking *looking, const struct pair *pairs, uint32_t count,
		      uint32_t size, struct arena *arena, struct error *error) MUST_CHECK;
/* What count-only told. */
void looking_take_count(struct looking *looking, struct text count);
/* The router's words; the first refusal of a look stays. */
void looking_refuse(struct looking *looking, struct text words);
bool looking_is_suspicious(const struct looking *looking, struct arena *arena);

/* Asks all of them once; false: the session died, or a look was refused. */
typedef bool lookings_ask(void *subject, struct looking *lookings, uint32_t count,
			  struct error *error);
/*
 * A row may come or go between a print and its count, so what does not fit is asked once more
 * before it is doubted. Tells each look whether it was looked at.
 */
bool lookings_ask_twice(struct looking *lookings, uint32_t count, lookings_ask *ask, void *subject,
			struct arena *arena, struct error *error) MUST_CHECK;
