#include "cli/router_check.h"

void check_must(struct checking *checking, struct text what, bool ok, struct text remedy)
{
	invariant(checking->count < CHECKS_MAX);
	checking->checks[checking->count++] =
	    (struct check){ .what = what, .ok = ok, .remedy = ok ? TEXT_NONE : remedy };
}

void check_should(struct checking *checking, struct text what, bool ok, struct text remedy)
{
	check_must(checking, what, ok, remedy);
	checking->checks[checking->count - 1].advice = true;
}

static bool find_router(const struct outlook **outlook, const struct router **router,
			struct call *call, struct error *error)
{
	*router = NULL;
	if (!call_outlooks(call, error))
		return false;
	for (uint32_t i = 0; i < call->outlook_count && *router == NULL; i++) {
		*outlook = &call->outlooks[i];
		if ((*outlook)->intent != NULL)
			*router = intent_router((*outlook)->intent, call->arguments[0]);
	}
	if (*router == NULL)
		return error_set(
		    error, ERROR_FAILED,
		    "there is no router %.*s in the commit in force; `wavu status` shows all",
		    TEXT_ARG(call->arguments[0]));
	return true;
}

static void check_menu(struct checking *checking, const struct menu *menu)
{
	struct arena *arena = &checking->call->arena;
	struct look look = { .menu = menu };
	struct error error = { 0 };
	bool ok = checking->device->verbs->look(checking->device, &look, 1, arena, &error);

	check_must(checking, text_format(arena, "reads %s", menu->path), ok,
		  ok ? TEXT_NONE
		     : text_format(arena,
				   "%s: give the user's group the policies read, api and sensitive",
				   error.text));
}

/*
 * The right to write, without writing: a row that cannot exist is set. A router that lets us write
 * answers that there is no such item; one that does not says so first (routeros facts 1.5).
 */
static void check_write(struct checking *checking, enum menu_id menu, struct text what)
{
	struct arena *arena = &checking->call->arena;
	struct attribute attribute = { .name = "comment", .value = TEXT("wavu") };
	struct write write = { .verb = VERB_SET,
			       .menu = menu_of(menu),
			       .id = TEXT("*FFFFFFFE"),
			       .attributes = &attribute,
			       .attribute_count = 1 };
	struct error error = { 0 };
	bool lives = checking->device->verbs->write(checking->device, &write, 1, arena, &error);
	bool ok = lives && (write.end == WRITE_DONE || write.error.code == ERROR_CONFLICT);

	check_must(checking, what, ok,
		  ok ? TEXT_NONE
		     : text_format(arena, "%s: give the user's group the policy write",
				   lives ? write.error.text : error.text));
}

static void check_service(struct checking *checking, const struct router *router)
{
	const struct subscriber *const *all;
	bool has_ipoe = false;
	uint32_t count;

	intent_subscribers_of(checking->outlook->intent, router, &all, &count);
	for (uint32_t i = 0; i < count; i++)
		has_ipoe |= all[i]->package->service == SERVICE_IPOE;
	for (int id = 0; id < MENU_COUNT; id++) {
		const struct menu *menu = menu_of((enum menu_id)id);
		bool hotspot = text_starts(text_of(menu->path), TEXT("/ip/hotspot"));
		bool ppp = text_starts(text_of(menu->path), TEXT("/ppp"));

		/*
		 * What only the advice below looks at may be missing: version 6 has no device-mode.
		 */
		if (!menu->writable && menu->shape != SHAPE_SET &&
		    menu->id != MENU_FIREWALL_FILTER && menu->id != MENU_FIREWALL_NAT &&
		    menu->id != MENU_RESOURCE)
			continue;
		if ((menu->id == MENU_SCRIPT || menu->id == MENU_SCHEDULER) &&
		    !intent_lease(checking->outlook->intent, router))
			continue;
		if (text_starts(text_of(menu->path), TEXT("/ip/dhcp-server")) && !has_ipoe)
			continue;
		if ((hotspot && !router->has_hotspot && router->has_pppoe) ||
		    (ppp && !router->has_pppoe && router->has_hotspot))
			continue;
		check_menu(checking, menu);
	}
}

int run_router_check(struct call *call)
{
	struct checking checking = { .call = call };
	const struct outlook *outlook = NULL;
	const struct router *router;
	struct error error = { 0 };
	struct seat seat;
	bool ok;

	if (!find_router(&outlook, &router, call, &error))
		return call_fail(call, &error);
	checking.outlook = outlook;
	checking.router = router;
	seat = (struct seat){ .settings = &call->settings, .tenant = outlook->tenant };
	ok = seat_open_device(NULL, &checking.device, &seat, router, &error);
	check_must(&checking,
		  text_format(&call->arena, "answers at %.*s:%u and takes the login of %.*s",
			      TEXT_ARG(router->host), router->port, TEXT_ARG(router->user)),
		  ok, text_copy(&call->arena, text_of(error.text)));
	if (ok) {
		check_must(&checking,
			  text_format(&call->arena, "runs RouterOS %.*s (6.43 or newer)",
				      TEXT_ARG(checking.device->version)),
			  checking.device->version_number >= VERSION(6, 43),
			  TEXT("update RouterOS: older ones have another login"));
		check_service(&checking, router);
		check_write(&checking, MENU_PPP_SECRET, TEXT("may write"));
		if (intent_lease(outlook->intent, router))
			check_write(&checking, MENU_SCRIPT, TEXT("may keep the lease's script"));
		router_advice(&checking);
	}
	device_close(checking.device);
	for (uint32_t i = 0; i < checking.count; i++)
		ok = ok && (checking.checks[i].ok || checking.checks[i].advice);
	return call_print(call, view_checks(router->name, checking.checks, checking.count),
			  ok ? EXIT_DONE : EXIT_FAILED);
}
