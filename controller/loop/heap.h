/*
 * What waits for a moment, the earliest first: a binary heap of items that lie in what their owner
 * keeps. The owner locks, and outlives its items' stay; the heap owns only its own array. Never
 * blocks.
 */
#pragma once

#include <stdint.h>

struct heap;
struct heap_item {
	int64_t due_at;    /* unchanged while it waits */
	struct heap *heap; /* where it waits, or NULL */
	uint32_t index;
};

struct heap {
	struct heap_item **items;
	uint32_t count, room;
};

/* The one that is due first; NULL: none waits. */
struct heap_item *heap_first(const struct heap *heap);
void heap_add(struct heap *heap, struct heap_item *item);
/* Out of the heap that it waits in, if any. */
void heap_remove(struct heap_item *item);
void heap_free(struct heap *heap); /* the array; items are their owner's */
