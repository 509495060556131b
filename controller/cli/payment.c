#include "cli/payment_alias.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "loop/control_reversal.h"
#include "model/payment.h"
#include "view/attempt_view.h"
#include "view/subscriber_view.h"

#define PAYMENT_LINES 50
#define CSV_LINES 100000
#define TOTALS_DAYS 7

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

/* --since and --until, in the zone of the first tenant; 0: not given. */
static bool times_of(int64_t *since_at, int64_t *until_at, struct call *call, struct error *error)
{
	const struct zone *zone = call->outlook_count > 0 ? call->outlooks[0].zone : zone_utc();

	*since_at = *until_at = 0;
	if (call_has(call, "--since") &&
	    !time_parse(call_option(call, "--since"), zone, false, since_at))
		return error_set(error, ERROR_INVALID,
				 "--since takes a time, as 2026-12-01 or 2026-12-01T06:00");
	if (call_has(call, "--until") &&
	    !time_parse(call_option(call, "--until"), zone, true, until_at))
		return error_set(error, ERROR_INVALID,
				 "--until takes a time, as 2026-12-31 or 2026-12-01T06:00");
	return true;
}

int run_payment_list(struct call *call)
{
	struct payments_asked asked = { .channel = call_option(call, "--channel"),
					.find = call_option(call, "--find"),
					.csv = call_has(call, "--csv") };
	struct document *document;
	struct error error = { 0 };

	if (!call_number(&asked.max, call, "-n", asked.csv ? CSV_LINES : PAYMENT_LINES, &error))
		return call_usage(call->command, "%s", error.text);
	if (!status_of(&asked.status, call_option(call, "--status")))
		return call_usage(call->command,
				  "--status takes credited, unmatched, held or reversed");
	if (asked.csv && call->format == FORMAT_JSON)
		return call_usage(call->command, "--csv is text: without --output json");
	if (!call_outlooks(call, &error) ||
	    !times_of(&asked.since_at, &asked.until_at, call, &error) ||
	    !view_payments(&document, call->outlooks, call->outlook_count, &asked, clock_now(),
			   &call->arena, &error))
		return call_fail(call, &error);
	return call_print(call, document, EXIT_DONE);
}

int run_payment_totals(struct call *call)
{
	struct takings_asked asked = { .csv = call_has(call, "--csv") };
	struct document *document;
	struct error error = { 0 };

	if (asked.csv && call->format == FORMAT_JSON)
		return call_usage(call->command, "--csv is text: without --output json");
	if (!call_outlooks(call, &error) ||
	    !times_of(&asked.since_at, &asked.until_at, call, &error))
		return call_fail(call, &error);
	if (!call_has(call, "--since") && !call_has(call, "--until"))
		asked.days = TOTALS_DAYS;
	if (!view_takings(&document, call->outlooks, call->outlook_count, &asked, clock_now(),
			  &call->arena, &error))
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
