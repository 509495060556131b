/* Any bytes as a router's REST answer: rows or a refusal, each row's values within its menu. */
#include <stddef.h>
#include <stdint.h>

#include "menu/menu.h"
#include "router/looking.h"
#include "router/rest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	static const enum menu_id menus[] = { MENU_PPP_SECRET, MENU_HOTSPOT_ACTIVE,
					      MENU_QUEUE_SIMPLE };
	struct text body = { (const char *)data, (uint32_t)size }, value;
	struct error error = { 0 };

	if (!arena.base)
		arena_open(&arena, 64u << 20);
	if (size > (256u << 10))
		return 0;
	for (size_t i = 0; i < ARRAY_COUNT(menus); i++) {
		struct look look = { .menu = menu_of(menus[i]) };
		struct looking *looking = lookings_make(&look, 1, 0, &arena);

		looking_begin(looking);
		if (!rest_read_rows(looking, body, &arena, &error))
			invariant(error.text[0] != '\0');
		(void)looking_is_suspicious(looking, &arena);
		arena_reset(&arena);
	}
	(void)rest_read_key(body, "detail", &value, &arena);
	(void)rest_read_key(body, "error", &value, &arena);
	arena_reset(&arena);
	return 0;
}
