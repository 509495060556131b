/*
 * Can payments be stored? Writes and syncs a nameless file beside the inboxes, for a full or
 * read-only disk shows only there. Blocks on disk, at most once a second however many ask; any
 * thread.
 */
#pragma once

#include <stdbool.h>

/* `folder`: a descriptor of the state folder. */
bool health_disk(int folder);
