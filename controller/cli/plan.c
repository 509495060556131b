#include "cli/call.h"

#include <stdio.h>

#include "loop/pass.h"
#include "view/message_view.h"

int run_plan(struct call *call)
{
	struct pass_wish wish = { .tenant = call->tenant,
				  .router = call_option(call, "--router"),
				  .rev = call_option(call, "--rev"),
				  .look_only = true };
	struct engine *engine = NULL;
	struct pass pass = { 0 };
	struct error error = { 0 };
	int code;

	if (!call_settings(call, &error) ||
	    !engine_open(&engine, &call->settings, ENGINE_READ, call->tenant, &error))
		return call_fail(call, &error);
	if (!pass_run(&pass, engine, &wish, &error)) {
		engine_close(engine);
		return call_fail(call, &error);
	}
	code = pass.exit_code;
	if (pass.message.size > 0)
		fprintf(stderr, "wavu: %.*s\n", TEXT_ARG(pass.message));
	/* A commit that cannot be found has no findings: what is wrong has been said. */
	if (pass.document == NULL && pass.findings.error_total > 0)
		call_print(call, view_findings(&pass.findings), code);
	else if (pass.document != NULL)
		call_print(call, pass.document, code);
	else if (call->format == FORMAT_JSON)
		call_print(call, view_message(false, pass.message, NULL, TEXT_NONE), code);
	pass.document = NULL;
	pass_free(&pass);
	engine_close(engine);
	return code;
}

int run_apply(struct call *call)
{
	struct text arguments[OPTIONS_MAX + 1];
	uint32_t count = 0;

	arguments[count++] = call_option(call, "--router");
	for (uint32_t i = 0; i < call->option_count; i++)
		if (text_is(text_of(call->options[i].option->name), "--allow"))
			arguments[count++] = call->options[i].value;
	return call_control(call, "apply", arguments, count);
}
