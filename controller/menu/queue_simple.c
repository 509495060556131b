/*
 * Simple queues, read only: the dynamic queue `<pppoe-USER>` shows the rate a live session really
 * has (§5.1). It is never adopted, changed or deleted.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY },
	{ .name = "target", .role = FIELD_SEEN }, /* an interface's name, or prefixes (§3) */
	/* Plain bits, upload/download, as the router sees it (§3). */
	{ .name = "max-limit", .role = FIELD_SEEN, .fallback = "0/0",
	  .normalise = normalise_rate_limit },
	{ .name = "disabled", .role = FIELD_SEEN, .fallback = "false",
	  .normalise = normalise_bool },
};
/* clang-format on */

const struct menu menu_queue_simple = {
	.path = "/queue/simple",
	.id = MENU_QUEUE_SIMPLE,
	.shape = SHAPE_LIST,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
