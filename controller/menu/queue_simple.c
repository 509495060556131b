/*
 * Simple queues. The dynamic queue `<pppoe-USER>` shows the rate a live session really has (§5.1);
 * it is never adopted, changed or deleted. Static ones shape customers with a fixed address. They
 * are strictly ordered (§5.3): wavu adds at the end and moves nothing.
 */
#include "menu/menus.h"

/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .role = FIELD_KEY }, /* the router keeps it unique (§4) */
	/* An interface's name, or prefixes: "1.1.1.12" reads back as "1.1.1.12/32" (§3). */
	{ .name = "target", .role = FIELD_OWNED, .normalise = normalise_target },
	/* Plain bits, upload/download, as the router sees it; always a pair (§3). */
	{ .name = "max-limit", .role = FIELD_OWNED, .fallback = "0/0", .clear = "0/0",
	  .normalise = normalise_rate_limit },
	{ .name = "burst-limit", .role = FIELD_OWNED, .fallback = "0/0", .clear = "0/0",
	  .normalise = normalise_rate_limit },
	{ .name = "burst-threshold", .role = FIELD_OWNED, .fallback = "0/0", .clear = "0/0",
	  .normalise = normalise_rate_limit },
	{ .name = "burst-time", .role = FIELD_OWNED, .fallback = "0s/0s", .clear = "0s/0s",
	  .normalise = normalise_span_pair },
	{ .name = "parent", .role = FIELD_OWNED, .fallback = "none", .clear = "none" },
	{ .name = "disabled", .role = FIELD_OWNED, .fallback = "false", .clear = "false",
	  .normalise = normalise_bool },
	{ .name = "comment", .role = FIELD_MARK, .fallback = "", .clear = "" },
};
/* clang-format on */

const struct menu menu_queue_simple = {
	.path = "/queue/simple",
	.id = MENU_QUEUE_SIMPLE,
	.shape = SHAPE_LIST,
	.writable = true,
	.has_comment = true,
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.key_count = 1,
	.owner_menu = -1,
};
