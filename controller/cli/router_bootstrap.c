#include "cli/call.h"

#include "loop/newest.h"
#include "menu/value.h"
#include "state/fleet.h"
#include "view/bootstrap.h"

/* As given, else as the router last said it was. */
static bool find_version(uint32_t *out, struct call *call, const struct newest_tenant *tenant,
			 const struct router *router, struct error *error)
{
	struct text given = call_option(call, "--version");
	struct router_state state = { 0 };
	bool found;

	if (given.size == 0) {
		if (!fleet_router(&found, &state, tenant->seat->store, router->name, &call->arena,
				  error))
			return false;
		given = found ? state.version : TEXT_NONE;
	}
	*out = value_version(given);
	if (*out == 0)
		return error_set(error, ERROR_INVALID,
				 "router %.*s was never seen: say --version, as 7.16 or 6.49",
				 TEXT_ARG(router->name));
	if (*out < VERSION(6, 43))
		return error_set(error, ERROR_INVALID,
				 "wavu needs RouterOS 6.43 or newer: its login is another one");
	return true;
}

static bool check_addresses(const struct bootstrap_input *in, struct error *error)
{
	uint32_t first, last;

	if (in->controller.size > 0 && !text_ipv4_range(in->controller, &first, &last))
		return error_set(error, ERROR_INVALID,
				 "--controller takes an address or a network, as 10.66.0.1");
	for (uint32_t i = 0; i < in->tunnel.size; i++) {
		char c = in->tunnel.at[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '-' || c > ':'))
			return error_set(error, ERROR_INVALID,
					 "--tunnel takes the host that routers dial, as "
					 "vpn.kasi.net or 203.0.113.7:51820");
	}
	return true;
}

int run_router_bootstrap(struct call *call)
{
	const struct newest_tenant *tenant;
	struct bootstrap_input in = { .controller = call_option(call, "--controller"),
				      .tunnel = call_option(call, "--tunnel"),
				      .tunnel_key = call_option(call, "--tunnel-key"),
				      .interface = call_option(call, "--interface") };
	struct document *document = NULL;
	struct newest newest = { 0 };
	struct error error = { 0 };
	struct bootstrap bootstrap;
	bool done;

	if (!check_addresses(&in, &error))
		return call_usage(call->command, "%s", error.text);
	done = call_settings(call, &error) &&
	       newest_open(&newest, &call->settings, call->tenant, &error);
	if (done) {
		done = newest_router(&tenant, &in.router, &newest, call->arguments[0], &error);
		call->ambiguous = !done && in.router != NULL;
	}
	if (done && find_version(&in.version, call, tenant, in.router, &error)) {
		in.tenant = tenant->intent->tenant.name;
		in.zone_name = tenant->intent->tenant.timezone;
		in.leased = intent_lease(tenant->intent, in.router);
		bootstrap_make(&bootstrap, &in, &call->arena);
		document = view_bootstrap(&bootstrap, call->arguments[0]);
	}
	newest_close(&newest);
	return document != NULL ? call_print(call, document, EXIT_DONE) : call_fail(call, &error);
}
