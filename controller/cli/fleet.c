#include "cli/call.h"

#include "base/clock.h"
#include "cli/drift.h"
#include "state/events.h"
#include "state/fleet.h"
#include "view/explain_view.h"
#include "view/fleet_view.h"

#define HISTORY_LINES 50

int run_status(struct call *call)
{
	struct document *document;
	struct error error = { 0 };

	if (!call_outlooks(call, &error) ||
	    !view_status(&document, call->outlooks, call->outlook_count, clock_now(), &call->arena,
			 &error))
		return call_fail(call, &error);
	return call_print(call, document, EXIT_DONE);
}

int run_drift(struct call *call)
{
	struct document *document;
	struct error error = { 0 };
	uint32_t differences;

	if (call_has(call, "--foreign") && call_has(call, "--adopt"))
		return call_usage(call->command, "--foreign and --adopt are two questions");
	if (call_has(call, "--foreign"))
		return run_drift_foreign(call);
	if (call_has(call, "--adopt"))
		return run_drift_adopt(call);
	if (!call_outlooks(call, &error) || !view_drift(&document, &differences, call->outlooks,
							call->outlook_count, &call->arena, &error))
		return call_fail(call, &error);
	return call_print(call, document, differences > 0 ? EXIT_CHANGES : EXIT_DONE);
}

/* One that left git has a history still, and the store may know one that git does not. */
static bool is_known_router(bool *known, struct call *call, struct text name, struct error *error)
{
	struct router_state state;
	struct event *events;
	uint32_t count;

	*known = false;
	for (uint32_t i = 0; !*known && i < call->outlook_count; i++) {
		const struct outlook *outlook = &call->outlooks[i];

		if (outlook->intent != NULL && intent_router(outlook->intent, name) != NULL)
			*known = true;
		else if (!fleet_router(known, &state, outlook->store, name, &call->arena, error) ||
			 !events_read(&events, &count, outlook->store, name, 1, &call->arena,
				      error))
			return false;
		else
			*known |= count > 0;
	}
	return true;
}

int run_history(struct call *call)
{
	struct text router = call_option(call, "--router");
	struct document *document;
	struct error error = { 0 };
	uint32_t lines;
	bool known = true;

	if (!call_number(&lines, call, "-n", HISTORY_LINES, &error))
		return call_usage(call->command, "%s", error.text);
	if (!call_outlooks(call, &error) ||
	    (router.size > 0 && !is_known_router(&known, call, router, &error)))
		return call_fail(call, &error);
	if (!known) {
		error_set(&error, ERROR_FAILED, "no such router: %.*s", TEXT_ARG(router));
		return call_fail(call, &error);
	}
	if (!view_history(&document, call->outlooks, call->outlook_count, router, lines,
			  &call->arena, &error))
		return call_fail(call, &error);
	return call_print(call, document, EXIT_DONE);
}

int run_explain(struct call *call)
{
	struct document *document;
	struct error error = { 0 };
	bool found;

	if (!call_outlooks(call, &error) ||
	    !view_explain(&document, &found, call->outlooks, call->outlook_count,
			  call->arguments[0], clock_now(), &call->arena, &error))
		return call_fail(call, &error);
	if (!found) {
		error_set(
		    &error, ERROR_FAILED,
		    "nothing is known of %.*s: it is no account, alias, phone, username, receipt "
		    "or "
		    "router here",
		    TEXT_ARG(call->arguments[0]));
		return call_fail(call, &error);
	}
	return call_print(call, document, EXIT_DONE);
}
