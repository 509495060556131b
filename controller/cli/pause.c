#include "cli/call.h"

int run_pause(struct call *call)
{
	struct text arguments[3] = { call->arguments[0], call_option(call, "--until"),
				     call_option(call, "--reason") };

	if (arguments[1].size == 0 || text_trim(arguments[2]).size == 0)
		return call_usage(call->command,
				  "a pause needs an end and a reason: --until 2h --reason TEXT");
	return call_control(call, "pause", arguments, 3);
}

int run_resume(struct call *call)
{
	return call_control(call, "resume", call->arguments, 1);
}

int run_subscriber_pause(struct call *call)
{
	struct text arguments[2] = { call->arguments[0], call_option(call, "--reason") };

	return call_control(call, "subscriber-pause", arguments, 2);
}

int run_subscriber_resume(struct call *call)
{
	return call_control(call, "subscriber-resume", call->arguments, 1);
}
