/* Any bytes as a value of any field: one spelling, found at once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "menu/mark.h"
#include "menu/menu.h"
#include "menu/value.h"
#include "router/traps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void check_fields(struct text value)
{
	for (int m = 0; m < MENU_COUNT; m++) {
		const struct menu *menu = menu_of((enum menu_id)m);
		for (uint32_t f = 0; f < menu->field_count; f++) {
			normaliser *normalise = menu->fields[f].normalise;
			if (!normalise)
				continue;
			struct text once = normalise(&arena, value);
			if (!text_equal(normalise(&arena, once), once))
				abort();
		}
	}
}

static void check_marks(struct text value)
{
	struct text mark = mark_make(&arena, TEXT("k"), menu_of(MENU_PPP_SECRET), value);
	struct text stamp = mark_stamp(value);
	struct text put = mark_put(&arena, value, mark, stamp);
	uint32_t length = mark.size + (stamp.size ? 1 + stamp.size : 0);
	if (!mark_fits(put, mark) || put.size > COMMENT_SIZE_MAX || mark_length(put) != length ||
	    !text_equal(mark_put(&arena, put, mark, mark_stamp(put)), put))
		abort();
	if (mark_length(value) > value.size)
		abort();
}

/* What two readers of one value must agree on. */
static void check_numbers(struct text value)
{
	int64_t us, again_us;
	uint64_t rx, tx, again_rx, again_tx;
	if (value_duration(value, &us)) {
		if (us < 0 || !value_duration(normalise_duration(&arena, value), &again_us) ||
		    us != again_us)
			abort();
	}
	if (value_rates(value, &rx, &tx)) {
		struct text canonical = normalise_rate_limit(&arena, value);
		if (!value_rates(canonical, &again_rx, &again_tx) || rx != again_rx ||
		    tx != again_tx)
			abort();
	}
	(void)value_version(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!arena.base)
		arena_open(&arena, 64u << 20);
	if (size > 4096)
		return 0;
	arena_reset(&arena);
	struct text value = { (const char *)data, (uint32_t)size };
	check_fields(value);
	check_marks(value);
	check_numbers(value);
	struct error error = { 0 };
	if (trap_error(&error, value) || !text_is_utf8(text_of(error.text)))
		abort();
	return 0;
}
