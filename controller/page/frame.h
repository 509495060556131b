/*
 * The frame around every page: head, style, navigation. No scripts, nothing from elsewhere. Pure;
 * lies in the arena.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/* `title` is escaped, `inside` is HTML already. */
struct text frame_page(const char *title, struct text inside, struct arena *arena);
