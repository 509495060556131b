/*
 * What the tables, views and triggers of a file are to be: its migrations, run in memory, against
 * what the file has. A trigger that is gone or was rewritten guards nothing any more, and looks
 * like no change of a row. Only state/verify.c includes this. Blocks on disk; any thread.
 */
#pragma once

#include "state/inside.h"

/* One sentence a difference, in the arena. `migrations`: the folder of the file's. A file that is
 * not there, or of an older form, has none. */
bool blueprint_check(struct text **out, uint32_t *count, struct db *db, const char *migrations,
		     struct arena *arena, struct error *error) MUST_CHECK;
