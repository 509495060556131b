/*
 * The frame around every page: head, style, navigation. No scripts, nothing from elsewhere. Pure;
 * lies in the arena.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/* `title` is escaped, `inside` is HTML already. The page loads itself anew every 30 s. */
struct text frame_page(const char *title, struct text inside, struct arena *arena);
/* The same, but it stays as it is: somebody types into it. */
struct text frame_still_page(const char *title, struct text inside, struct arena *arena);
