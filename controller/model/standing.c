#include "model/standing.h"

#include <stddef.h>

const struct standing *standing_find(const struct standing *standings, uint32_t count,
				     struct text reference)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(standings[middle].reference, reference);

		if (order == 0)
			return &standings[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
