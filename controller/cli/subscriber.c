#include "cli/call.h"

#include "base/clock.h"
#include "seat/seat.h"
#include "settings/secrets.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "view/subscriber_view.h"

int run_subscriber_list(struct call *call)
{
	struct document *document;
	struct error error = { 0 };

	if (!call_outlooks(call, &error) ||
	    !view_subscribers(&document, call->outlooks, call->outlook_count, clock_now(),
			      &call->arena, &error))
		return call_fail(call, &error);
	return call_print(call, document, EXIT_DONE);
}

/* One short question to his router. Whatever goes wrong means "unknown": this command only shows.
 */
static enum ternary ask_online(struct call *call, const struct outlook *outlook,
			       const struct subscriber *subscriber)
{
	bool hotspot = subscriber->package->service == SERVICE_HOTSPOT;
	struct look look = { .menu = menu_of(hotspot ? MENU_HOTSPOT_ACTIVE : MENU_PPP_ACTIVE),
			     .field = hotspot ? "user" : "name",
			     .values = &subscriber->username,
			     .value_count = 1 };
	struct seat seat = { .settings = &call->settings, .tenant = outlook->tenant };
	struct device *device = NULL;
	struct router_state state;
	struct error error = { 0 };
	enum ternary online = TERNARY_UNKNOWN;
	bool found;

	/* A fixed address, or a device let by, has no session: who is behind it, no menu says. */
	if (subscriber->package->service == SERVICE_STATIC ||
	    subscriber->package->service == SERVICE_IPOE || subscriber->bypass)
		return TERNARY_UNKNOWN;
	if (!fleet_router(&found, &state, outlook->store, subscriber->router->name, &call->arena,
			  &error) ||
	    (found && state.reachable == TERNARY_NO))
		return TERNARY_UNKNOWN;
	if (seat_open_device(NULL, &device, &seat, subscriber->router, &error) &&
	    device->verbs->look(device, &look, 1, &call->arena, &error))
		online = look.table.count > 0 ? TERNARY_YES : TERNARY_NO;
	device_close(device);
	return online;
}

static bool password_of(struct text *out, struct call *call, const struct outlook *outlook,
			const struct subscriber *subscriber, struct error *error)
{
	struct standing standing;
	struct secret secret;

	if (subscriber->password_kind == PASSWORD_SECRET) {
		if (!secret_read(&secret, call->settings.secrets, subscriber->password,
				 &call->arena, error))
			return false;
		*out = secret_reveal(secret);
		return true;
	}
	if (!ledger_standing(&standing, outlook->store, subscriber->reference, &call->arena, error))
		return false;
	*out = standing.password;
	if (out->size == 0)
		return error_set(
		    error, ERROR_FAILED,
		    "wavu does not know the password of %.*s: the router keeps its own",
		    TEXT_ARG(subscriber->account));
	return true;
}

int run_subscriber_show(struct call *call)
{
	const struct outlook *outlook = NULL;
	const struct subscriber *subscriber;
	struct text password = TEXT_NONE;
	struct document *document;
	struct error error = { 0 };

	if (!call_subscriber(&outlook, &subscriber, call, call->arguments[0], &error))
		return call_fail(call, &error);
	if (call_has(call, "--password") &&
	    !password_of(&password, call, outlook, subscriber, &error))
		return call_fail(call, &error);
	if (!view_subscriber(&document, outlook, subscriber, ask_online(call, outlook, subscriber),
			     password, clock_now(), &call->arena, &error))
		return call_fail(call, &error);
	return call_print(call, document, EXIT_DONE);
}
