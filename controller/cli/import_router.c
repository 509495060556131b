#include "cli/call.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/zone.h"
#include "cli/sight.h"
#include "state/inventory.h"
#include "view/import.h"

/* What the rows of all services hang on; only looked at, never written. */
static bool look_around(struct import_input *in, const struct newest_tenant *tenant,
			struct call *call, struct error *error)
{
	static const enum menu_id ids[] = { MENU_PPP_PROFILE, MENU_PPP_SECRET, MENU_PPP_ACTIVE,
					    MENU_HOTSPOT_USER_PROFILE, MENU_HOTSPOT_USER,
					    MENU_QUEUE_SIMPLE, MENU_DHCP_LEASE };
	struct sight *sight = ARENA_NEW(&call->arena, struct sight);
	const struct table *tables = sight->tables;

	/* A menu that the router does not have is an empty table. */
	if (!sight_take(sight, tenant->seat, in->router, ids, ARRAY_COUNT(ids), &call->arena,
			error))
		return false;
	in->profiles[SERVICE_PPPOE] = &tables[MENU_PPP_PROFILE];
	in->rows[SERVICE_PPPOE] = &tables[MENU_PPP_SECRET];
	in->sessions[SERVICE_PPPOE] = &tables[MENU_PPP_ACTIVE];
	in->profiles[SERVICE_HOTSPOT] = &tables[MENU_HOTSPOT_USER_PROFILE];
	in->rows[SERVICE_HOTSPOT] = &tables[MENU_HOTSPOT_USER];
	in->queues = &tables[MENU_QUEUE_SIMPLE];
	in->leases = &tables[MENU_DHCP_LEASE];
	return true;
}

static bool take_options(struct import_input *in, struct call *call, struct error *error)
{
	int64_t cents, at;

	in->price = call_option(call, "--price");
	in->paid_until = call_option(call, "--paid-until");
	if (in->price.size > 0 && (!text_cents(in->price, &cents) || cents == 0))
		return error_set(error, ERROR_INVALID,
				 "--price takes an amount above 0, as 2500 or 2500.50");
	if (in->paid_until.size > 0 && !time_parse(in->paid_until, zone_utc(), true, &at))
		return error_set(error, ERROR_INVALID,
				 "--paid-until takes a time, as 2026-12-05 or 2026-12-05T18:00");
	return true;
}

static void say_left(const struct import *import, const struct import_input *in)
{
	for (uint32_t i = 0; i < import->left_count; i++)
		fprintf(stderr, "wavu: not taken: %s %.*s: %.*s\n", import->left[i].menu,
			TEXT_ARG(import->left[i].key), TEXT_ARG(import->left[i].reason));
	fprintf(stderr,
		"wavu: %u packages and %u subscribers taken, %u rows known already, %u not taken\n",
		import->package_count, import->person_count, import->known_count,
		import->left_count);
	if (import->package_count > 0 && in->price.size == 0)
		fprintf(stderr, "wavu: every price is a stand-in that no payment reaches: write "
				"the real ones, or use --price\n");
}

static bool import_from(struct import *out, struct import_input *in,
			const struct newest_tenant *tenant, struct call *call, struct error *error)
{
	struct inventory_entry *entries;

	if (!inventory_read(&entries, &in->inventory_count, tenant->seat->store, in->router->name,
			    &call->arena, error) ||
	    !look_around(in, tenant, call, error))
		return false;
	in->inventory = entries;
	in->now = clock_now();
	import_make(out, in, &call->arena);
	return true;
}

int run_import_router(struct call *call)
{
	const struct newest_tenant *tenant;
	struct import_input in = { 0 };
	struct newest newest = { 0 };
	struct error error = { 0 };
	struct import import;
	bool done;

	if (!take_options(&in, call, &error))
		return call_usage(call->command, "%s", error.text);
	done = call_settings(call, &error) &&
	       newest_open(&newest, &call->settings, call->tenant, &error);
	if (done) {
		done = newest_router(&tenant, &in.router, &newest, call->arguments[0], &error);
		call->ambiguous = !done && in.router != NULL;
		in.intent = done ? tenant->intent : NULL;
		done = done && import_from(&import, &in, tenant, call, &error);
	}
	if (done)
		say_left(&import, &in);
	newest_close(&newest);
	if (!done)
		return call_fail(call, &error);
	return call_print(call, view_import(&import, call->arguments[0]), EXIT_DONE);
}
