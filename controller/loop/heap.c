#include "loop/heap.h"

#include <stdlib.h>

#include "base/error.h"

#define ROOM_FIRST 64

struct heap_item *heap_first(const struct heap *heap)
{
	return heap->count > 0 ? heap->items[0] : NULL;
}

static void put(struct heap *heap, uint32_t index, struct heap_item *item)
{
	heap->items[index] = item;
	item->heap = heap;
	item->index = index;
}

static void rise(struct heap *heap, uint32_t index)
{
	struct heap_item *item = heap->items[index];

	while (index > 0 && heap->items[(index - 1) / 2]->due_at > item->due_at) {
		put(heap, index, heap->items[(index - 1) / 2]);
		index = (index - 1) / 2;
	}
	put(heap, index, item);
}

static void sink(struct heap *heap, uint32_t index)
{
	struct heap_item *item = heap->items[index];

	for (;;) {
		uint32_t child = 2 * index + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    heap->items[child + 1]->due_at < heap->items[child]->due_at)
			child++;
		if (heap->items[child]->due_at >= item->due_at)
			break;
		put(heap, index, heap->items[child]);
		index = child;
	}
	put(heap, index, item);
}

void heap_add(struct heap *heap, struct heap_item *item)
{
	invariant(item->heap == NULL);
	if (heap->count == heap->room) {
		heap->room = heap->room == 0 ? ROOM_FIRST : heap->room * 2;
		heap->items = realloc(heap->items, heap->room * sizeof(struct heap_item *));
		if (heap->items == NULL)
			fatal("out of memory");
	}
	heap->items[heap->count] = item;
	rise(heap, heap->count++);
}

void heap_remove(struct heap_item *item)
{
	struct heap *heap = item->heap;
	uint32_t index = item->index;
	struct heap_item *last;

	if (heap == NULL)
		return;
	item->heap = NULL;
	last = heap->items[--heap->count];
	if (last == item)
		return;
	put(heap, index, last);
	rise(heap, index);
	sink(heap, last->index);
}

void heap_free(struct heap *heap)
{
	free(heap->items);
	*heap = (struct heap){ 0 };
}
