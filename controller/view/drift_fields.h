/*
 * The fields of a stored drift row, read back from the JSON that view/ made of them. Pure; texts in
 * the arena; any thread.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

struct drift_field {
	struct text name;
	bool has_have, has_want; /* false: null, there is no row on that side */
	struct text have, want;
};

/* At most `max`; what is no such JSON gives none. */
uint32_t view_drift_fields(struct drift_field *out, uint32_t max, struct text json,
			   struct arena *arena);
