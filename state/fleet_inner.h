/*
 * Inside of state/ only: what the files of the fleet share. Blocks on disk; texts lie in the arena.
 */
#pragma once

#include "state/store.h"

/* The people that `sql` gives for one router (its only parameter). */
bool people_read(struct text **references, uint32_t *count, struct store *store, const char *sql,
		 struct text router, struct arena *arena, struct error *error) MUST_CHECK;
