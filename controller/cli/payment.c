#include "cli/payment_alias.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "loop/control_reversal.h"
#include "model/payment.h"
#include "view/attempt_view.h"
#include "view/subscriber_view.h"

#define PAYMENT_LINES 50

static bool status_of(int *status, struct text word)
{
	*status = -1;
	if (word.size == 0)
		return true;
	for (int i = 0; i < PAYMENT_STATUS_COUNT; i++)
		if (text_is(word, payment_status_word((enum payment_status)i)))
			*status = i;
	return *status >= 0;
}

int run_payment_list(struct call *call)
{
	struct document *document;
	struct error error = { 0 };
	uint32_t lines;
	int status;

	if (!call_number(&lines, call, "-n", PAYMENT_LINES, &error))
		return call_usage(call->command, "%s", error.text);
	if (!status_of(&status, call_option(call, "--status")))
		return call_usage(call->command,
				  "--status takes credited, unmatched, held or reversed");
	if (!call_outlooks(call, &error) ||
	    !view_payments(&document, call->outlooks, call->outlook_count, status, lines,
			   clock_now(), &call->arena, &error))
		return call_fail(call, &error);
	return call_print(call, document, EXIT_DONE);
}

int run_payment_urls(struct call *call)
{
	struct document *document;
	struct error error = { 0 };
	bool all_open;

	if (!call_outlooks(call, &error))
		return call_fail(call, &error);
	document = view_payment_urls(&all_open, &call->settings, call->outlooks,
				     call->outlook_count, &call->arena);
	return call_print(call, document, all_open ? EXIT_DONE : EXIT_FAILED);
}

int run_payment_record(struct call *call)
{
	struct text arguments[4] = { call->arguments[0], call->arguments[1],
				     call_option(call, "--reason"), call_option(call, "--held") };

	if (text_trim(arguments[2]).size == 0)
		return call_usage(call->command,
				  "cash needs a --reason: who took it, and for what");
	return call_control(call, "record", arguments, 4);
}

int run_payment_assign(struct call *call)
{
	return call_has(call, "--alias") ? run_payment_alias(call)
					 : call_control(call, "assign", call->arguments, 2);
}

int run_payment_refund(struct call *call)
{
	struct text arguments[3] = { call->arguments[0], call_option(call, "--reason") };

	if (!call_has(call, "--reason") && call_has(call, "--send"))
		return call_usage(call->command, "money leaves with --send: it needs a --reason");
	if (!call_has(call, "--reason"))
		arguments[1] = TEXT("given back, and nobody said why");
	else if (text_trim(arguments[1]).size == 0)
		return call_usage(call->command, "--reason says how it was given back, and why");
	if (call_has(call, "--again") && !call_has(call, "--send"))
		return call_usage(call->command, "--again orders once more: it needs --send");
	if (call_has(call, "--send"))
		arguments[2] = call_has(call, "--again") ? TEXT(REFUND_AGAIN) : TEXT(REFUND_SEND);
	return call_control(call, "refund", arguments, 3);
}

int run_payment_attempts(struct call *call)
{
	struct document *document;
	struct error error = { 0 };
	uint32_t lines;

	if (!call_number(&lines, call, "-n", PAYMENT_LINES, &error))
		return call_usage(call->command, "%s", error.text);
	if (!call_outlooks(call, &error) ||
	    !view_attempts(&document, call->outlooks, call->outlook_count, lines, &call->arena,
			   &error))
		return call_fail(call, &error);
	return call_print(call, document, EXIT_DONE);
}

int run_payment_request(struct call *call)
{
	struct text arguments[4] = { call->arguments[0],
				     call->argument_count > 1 ? call->arguments[1] : TEXT_NONE,
				     call_option(call, "--phone"), call_option(call, "--channel") };

	return call_control(call, "request", arguments, 4);
}

int run_payment_register(struct call *call)
{
	return call_control(call, "register", call->arguments, call->argument_count);
}
