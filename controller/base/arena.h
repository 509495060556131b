/*
 * One bounded bump allocator per job: address space is reserved at once and touched as needed;
 * nothing is freed one by one. The opener owns it and is the only thread that uses it. Running over
 * the bound ends the process (doors check arena_left() against what they are about to read, and
 * answer LIMIT).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct arena {
	unsigned char *base;
	size_t size; /* bytes reserved */
	size_t used;
	size_t peak; /* most ever used, for tests and metrics */
};

/*
 * Reserves `size` bytes of address space (no memory yet). Failure of the kernel to reserve is
 * fatal.
 */
void arena_open(struct arena *arena, size_t size);
/* Zeroed memory aligned for any type. Lives until arena_reset or arena_close. */
void *arena_take(struct arena *arena, size_t size);
/* count × size with an overflow check. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/*
 * A bigger copy of an array; the old one stays behind unless it was the last thing taken (then it
 * grows in place).
 */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);
size_t arena_left(const struct arena *arena);
/* Forgets everything; pages beyond the first MiB go back to the kernel. */
void arena_reset(struct arena *arena);
/* Legal on a zeroed arena. */
void arena_close(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_take((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))
