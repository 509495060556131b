#include "plan/services.h"

#include "base/error.h"

/*
 * A fixed address shaped by a simple queue. There is no session: a change of speed acts at once, in
 * place; and a queue cannot cut anybody off, so who is suspended is put on an address list
 * (walls.h).
 */

static struct text pair_text(struct arena *arena, struct speed speed)
{
	return text_format(arena, "%llu/%llu", (unsigned long long)speed.up_bits_per_s,
			   (unsigned long long)speed.down_bits_per_s);
}

static uint32_t speed_fields(const struct menu *menu)
{
	static const char *const names[] = { "max-limit", "burst-limit", "burst-threshold",
					     "burst-time" };
	uint32_t bits = 0, i;

	for (i = 0; i < ARRAY_COUNT(names); i++)
		bits |= 1u << (uint32_t)menu_field(menu, names[i]);
	return bits;
}

void service_static_row(struct row *row, const struct row_wish *wish, struct arena *arena)
{
	const struct menu *menu = menu_of(MENU_QUEUE_SIMPLE);
	const struct burst *burst = &wish->subscriber->package->burst;
	bool bursts = wish->bursts && burst->declared;
	const struct speed none = { 0 };

	/* An empty target would shape everybody: no commit without an address comes this far. */
	invariant(wish->subscriber->address.size != 0);
	row_put(row, menu, "name", wish->subscriber->username, arena);
	row_put(row, menu, "target",
		text_format(arena, "%.*s/32", TEXT_ARG(wish->subscriber->address)), arena);
	/* Upload/download, as the router sees the target (routeros facts §3). */
	row_put(row, menu, "max-limit", pair_text(arena, wish->speed), arena);
	row_put(row, menu, "burst-limit", pair_text(arena, bursts ? burst->rate : none), arena);
	row_put(row, menu, "burst-threshold", pair_text(arena, bursts ? burst->threshold : none),
		arena);
	row_put(row, menu, "burst-time",
		bursts ? text_format(arena, "%us/%us", burst->time_s, burst->time_s)
		       : TEXT("0s/0s"),
		arena);
	/* Should no wall stand, who was throttled is not rewarded with the full speed. */
	if (wish->is_disabled)
		row->initial |= row->present & speed_fields(menu);
	/* What the operator did not declare is left as it is on the router. */
	if (wish->router->static_parent.size != 0)
		row_put(row, menu, "parent", wish->router->static_parent, arena);
	/* A disabled queue lets its address go unshaped: also who is shut off keeps his. */
	row_put(row, menu, "disabled", TEXT("false"), arena);
}

const struct service_row service_static = {
	.name = "static",
	.help = "A simple queue per subscriber's fixed address; suspension by an address list.",
	.service = SERVICE_STATIC,
	.profile_menu = MENU_COUNT,
	.row_menu = MENU_QUEUE_SIMPLE,
	.session_menu = MENU_COUNT,
	.is_listed = true,
	.row = service_static_row,
};
