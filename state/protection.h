/*
 * Which routers would end access alone while wavu cannot reach them, as the last complete look
 * found it (plan/lease.h). Writing needs an open store transaction. Blocks on disk; texts read lie
 * in the arena; any thread.
 */
#pragma once

#include "state/store.h"

struct protection {
	struct text router;
	bool protects;
	struct text why; /* why not; or who is not covered all the same; or empty */
};

/* What is kept of routers that are gone from git is forgotten by it. */
bool protection_write(struct store *store, const struct protection *protection,
		      struct error *error) MUST_CHECK;
/* All, sorted by router. */
bool protection_read(struct protection **out, uint32_t *count, struct store *store,
		     struct arena *arena, struct error *error) MUST_CHECK;
/* By router's name, of those; NULL: not looked at yet. */
const struct protection *protection_find(const struct protection *all, uint32_t count,
					 struct text router);
