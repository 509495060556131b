#include "base/arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"

#define ALIGNMENT 16u
#define PAGE_SIZE 4096u
#define KEPT_SIZE (1u << 20) /* stays with us on a reset: most jobs need less */

/*
 * Under AddressSanitizer each piece is followed by a forbidden strip, so that a slice read past its
 * end is reported although its neighbour lies in the same mapping.
 */
#if defined(__SANITIZE_ADDRESS__)
#define STRIP_SIZE 16u
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STRIP_SIZE 16u
#endif
#endif
#ifdef STRIP_SIZE
#include <sanitizer/asan_interface.h>
#else
#define STRIP_SIZE 0u
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

static size_t round_up(size_t size, size_t unit)
{
	return (size + unit - 1) / unit * unit;
}

void arena_open(struct arena *arena, size_t size)
{
	invariant(arena && size && size < SIZE_MAX - PAGE_SIZE);
	size = round_up(size, PAGE_SIZE);
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		fatal("cannot reserve %zu bytes of address space: %s", size, strerror(errno));
	*arena = (struct arena){ .base = base, .size = size };
}

size_t arena_left(const struct arena *arena)
{
	size_t left = arena->size - arena->used;
	return left > STRIP_SIZE ? left - STRIP_SIZE : 0;
}

void *arena_take(struct arena *arena, size_t size)
{
	if (size > arena_left(arena))
		fatal("an arena of %zu bytes is full: %zu used, %zu wanted", arena->size,
		      arena->used, size);
	unsigned char *at = arena->base + arena->used;
	size_t rounded = round_up(size, ALIGNMENT);
	arena->used += rounded + STRIP_SIZE;
	if (arena->used > arena->peak)
		arena->peak = arena->used;
	ASAN_POISON_MEMORY_REGION(at + size, rounded - size + STRIP_SIZE);
	return at;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		fatal("an array of %zu times %zu bytes cannot exist", count, size);
	return arena_take(arena, total);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	invariant(new_size >= old_size);
	if (!old)
		return arena_take(arena, new_size);
	unsigned char *at = old;
	size_t taken = round_up(old_size, ALIGNMENT) + STRIP_SIZE;
	/*
	 * The last piece: given back and taken again at the same place; what follows was never
	 * written.
	 */
	if (at + taken == arena->base + arena->used) {
		ASAN_UNPOISON_MEMORY_REGION(at, taken);
		arena->used -= taken;
		return arena_take(arena, new_size);
	}
	void *grown = arena_take(arena, new_size);
	memcpy(grown, old, old_size);
	return grown;
}

void arena_reset(struct arena *arena)
{
	if (!arena->base)
		return;
	ASAN_UNPOISON_MEMORY_REGION(arena->base, arena->used);
	/*
	 * Memory is handed out zeroed: the kernel zeroes what it takes back, the kept part is wiped
	 * here.
	 */
	size_t kept = arena->used < KEPT_SIZE ? arena->used : KEPT_SIZE;
	memset(arena->base, 0, kept);
	if (arena->used > KEPT_SIZE) {
		size_t size = round_up(arena->used, PAGE_SIZE) - KEPT_SIZE;
		invariant(madvise(arena->base + KEPT_SIZE, size, MADV_DONTNEED) == 0);
	}
	arena->used = 0;
}

void arena_close(struct arena *arena)
{
	if (arena->base) {
		ASAN_UNPOISON_MEMORY_REGION(arena->base, arena->used);
		invariant(munmap(arena->base, arena->size) == 0);
	}
	*arena = (struct arena){ 0 };
}
