#include "cli/call.h"

#include "base/log.h"
#include "loop/engine.h"
#include "loop/supervisor.h"
#include "page/page.h"

int run_run(struct call *call)
{
	struct error error = { 0 };

	log_threshold(LOG_INFO);
	/* The settings are read here too, so that a mistake is said once and at once. */
	if (!call_settings(call, &error) || !supervisor_run(call->settings.file, &error))
		return call_fail(call, &error);
	return EXIT_DONE;
}

int run_controller(struct call *call)
{
	struct engine *engine = NULL;
	struct error error = { 0 };
	bool done;

	log_threshold(LOG_INFO);
	if (!call_settings(call, &error))
		return call_fail(call, &error);
	done = engine_open(&engine, &call->settings, ENGINE_RUN, call->tenant, &error) &&
	       engine_run(engine, &error);
	engine_close(engine);
	return done ? EXIT_DONE : call_fail(call, &error);
}

int run_page(struct call *call)
{
	struct error error = { 0 };

	log_threshold(LOG_INFO);
	if (!call_settings(call, &error) || !page_run(&call->settings, &error))
		return call_fail(call, &error);
	return EXIT_DONE;
}
