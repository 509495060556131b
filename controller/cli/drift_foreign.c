#include "cli/call.h"

#include "base/clock.h"
#include "cli/drift.h"
#include "cli/sight.h"
#include "state/fleet.h"
#include "state/inventory.h"
#include "state/ledger.h"
#include "view/foreign.h"

struct watch {
	struct call *call;
	struct foreigners found;
	struct foreign_router *routers;
	uint32_t count;
	bool missed; /* a router that should answer did not */
};

static bool look_at(struct watch *watch, const struct newest_tenant *tenant,
		    const struct router *router, const struct standing *standings,
		    uint32_t standing_count, struct error *error)
{
	static const enum menu_id ids[] = { MENU_PPP_SECRET, MENU_PPP_ACTIVE, MENU_HOTSPOT_USER,
					    MENU_HOTSPOT_ACTIVE, MENU_HOTSPOT_BINDING,
					    MENU_QUEUE_SIMPLE, MENU_DHCP_LEASE,
					    MENU_ADDRESS_LIST };
	struct arena *arena = &watch->call->arena;
	struct foreign_router *line = &watch->routers[watch->count++];
	struct sight *sight = ARENA_NEW(arena, struct sight);
	struct inventory_entry *inventory;
	struct router_state state = { 0 };
	struct foreign_input in = { .tenant = tenant->intent->tenant.name,
				    .intent = tenant->intent,
				    .router = router,
				    .tables = sight->tables,
				    .standings = standings,
				    .standing_count = standing_count,
				    .now = clock_now() };
	struct error why = { 0 };
	bool found;

	*line = (struct foreign_router){ .tenant = in.tenant, .name = router->name };
	if (!fleet_router(&found, &state, tenant->seat->store, router->name, arena, error) ||
	    !inventory_read(&inventory, &in.inventory_count, tenant->seat->store, router->name,
			    arena, error))
		return false;
	in.inventory = inventory;
	if (!sight_take(sight, tenant->seat, router, ids, ARRAY_COUNT(ids), arena, &why)) {
		line->error = text_copy(arena, text_of(why.text));
		watch->missed |= router->mode != MODE_OBSERVE && router->pause_until_at <= in.now &&
				 state.pause_until_at <= in.now;
		return true;
	}
	line->reachable = true;
	foreign_find(&watch->found, &in, arena);
	return true;
}

static bool look_at_all(struct watch *watch, const struct newest *newest, struct error *error)
{
	struct arena *arena = &watch->call->arena;
	uint32_t room = 0;

	for (uint32_t i = 0; i < newest->count; i++)
		room += newest->tenants[i].intent->router_count;
	watch->routers = ARENA_ARRAY(arena, struct foreign_router, room + 1);
	for (uint32_t i = 0; i < newest->count; i++) {
		const struct newest_tenant *tenant = &newest->tenants[i];
		struct standing *standings;
		uint32_t count;

		if (!ledger_standings(&standings, &count, tenant->seat->store, arena, error))
			return false;
		for (uint32_t k = 0; k < tenant->intent->router_count; k++)
			if (!look_at(watch, tenant, &tenant->intent->routers[k], standings, count,
				     error))
				return false;
	}
	return true;
}

int run_drift_foreign(struct call *call)
{
	struct watch watch = { .call = call };
	struct newest newest = { 0 };
	struct document *document = NULL;
	struct error error = { 0 };
	bool done = call_settings(call, &error) &&
		    newest_open(&newest, &call->settings, call->tenant, &error) &&
		    look_at_all(&watch, &newest, &error);

	if (done)
		document = view_foreign(&watch.found, watch.routers, watch.count);
	newest_close(&newest);
	if (!done)
		return call_fail(call, &error);
	if (watch.missed)
		return call_print(call, document, EXIT_FAILED);
	return call_print(call, document, watch.found.count > 0 ? EXIT_CHANGES : EXIT_DONE);
}
