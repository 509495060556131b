#include "cli/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "intent/intent.h"
#include "loop/control.h"
#include "view/message_view.h"

#define NUMBER_MAX 100000
/* A controller that is starting, or a command that is ending, has the lease for moments in which
 * nobody answers the control socket: both ways are tried until this has passed. */
#define LEASE_PATIENCE_MS 10000
#define LEASE_PAUSE_MS 100

struct text call_option(const struct call *call, const char *name)
{
	for (uint32_t i = call->option_count; i-- > 0;)
		if (strcmp(call->options[i].option->name, name) == 0)
			return call->options[i].value;
	return TEXT_NONE;
}

bool call_has(const struct call *call, const char *name)
{
	for (uint32_t i = 0; i < call->option_count; i++)
		if (strcmp(call->options[i].option->name, name) == 0)
			return true;
	return false;
}

bool call_number(uint32_t *out, const struct call *call, const char *name, uint32_t otherwise,
		 struct error *error)
{
	uint64_t number;

	*out = otherwise;
	if (!call_has(call, name))
		return true;
	if (!text_u64(call_option(call, name), &number) || number == 0 || number > NUMBER_MAX)
		return error_set(error, ERROR_INVALID, "%s takes a whole number from 1 to %d", name,
				 NUMBER_MAX);
	*out = (uint32_t)number;
	return true;
}

bool call_settings(struct call *call, struct error *error)
{
	if (call->has_settings)
		return true;
	if (!settings_read(&call->settings, call->config, error))
		return false;
	call->has_settings = true;
	if (call->tenant.size > 0 && settings_tenant(&call->settings, call->tenant) == NULL)
		return error_set(error, ERROR_INVALID, "%.*s has no tenant named %.*s",
				 TEXT_ARG(call->config), TEXT_ARG(call->tenant));
	return true;
}

bool call_outlooks(struct call *call, struct error *error)
{
	if (call->outlooks != NULL)
		return true;
	if (!call_settings(call, error))
		return false;
	call->outlooks = ARENA_ARRAY(&call->arena, struct outlook, call->settings.tenant_count);
	for (uint32_t i = 0; i < call->settings.tenant_count; i++) {
		const struct settings_tenant *tenant = &call->settings.tenants[i];

		if (call->tenant.size > 0 && !text_equal(call->tenant, tenant->name))
			continue;
		if (!outlook_open(&call->outlooks[call->outlook_count], &call->settings, tenant,
				  NULL, &call->arena, error))
			return false;
		call->outlook_count++;
	}
	return true;
}

bool call_subscriber(const struct outlook **outlook, const struct subscriber **subscriber,
		     struct call *call, struct text account, struct error *error)
{
	*subscriber = NULL;
	if (!call_outlooks(call, error))
		return false;
	for (uint32_t i = 0; i < call->outlook_count; i++) {
		const struct outlook *one = &call->outlooks[i];
		const struct subscriber *found[2] = { NULL, NULL };
		uint32_t count = one->intent == NULL ? 0
						     : intent_named(one->intent, account, found, 2,
								    &call->arena);

		if (count == 0)
			continue;
		call->ambiguous = *subscriber != NULL || count > 1;
		if (count > 1)
			return error_set(error, ERROR_FAILED,
					 "%.*s could be %.*s or %.*s: name the account",
					 TEXT_ARG(account), TEXT_ARG(found[0]->account),
					 TEXT_ARG(found[1]->account));
		if (call->ambiguous)
			return error_set(
			    error, ERROR_FAILED,
			    "%.*s is known to tenants %.*s and %.*s: add --tenant NAME",
			    TEXT_ARG(account), TEXT_ARG((*outlook)->tenant->name),
			    TEXT_ARG(one->tenant->name));
		*outlook = one;
		*subscriber = found[0];
	}
	if (*subscriber == NULL)
		return error_set(
		    error, ERROR_FAILED,
		    "there is no subscriber %.*s in the commit in force; `wavu subscriber list` "
		    "shows all",
		    TEXT_ARG(account));
	return true;
}

void call_end(struct call *call)
{
	for (uint32_t i = 0; i < call->outlook_count; i++)
		outlook_close(&call->outlooks[i]);
	if (call->has_settings)
		settings_free(&call->settings);
	arena_close(&call->arena);
}

int call_print(struct call *call, struct document *document, int exit_code)
{
	struct text bytes = document_render(document, call->format, call->colour, &call->arena);

	document_free(document);
	/* An empty document (a patch of nothing) has no bytes to point at. */
	if ((bytes.size > 0 && fwrite(bytes.at, 1, bytes.size, stdout) != bytes.size) ||
	    fflush(stdout) != 0) {
		fprintf(stderr, "wavu: standard output cannot be written\n");
		return EXIT_FAILED;
	}
	return exit_code;
}

int call_fail(struct call *call, const struct error *error)
{
	if (error->place.line > 0)
		fprintf(stderr, "wavu: %s:%u:%u: %s\n", error->place.file, error->place.line,
			error->place.column, error->text);
	else
		fprintf(stderr, "wavu: %s\n", error->text);
	if (call->format == FORMAT_JSON)
		call_print(call, view_message(false, text_of(error->text), NULL, TEXT_NONE), 0);
	return call->ambiguous ? EXIT_USAGE : error_disposition(error->code)->exit_code;
}

int call_usage(const struct command *command, const char *format, ...)
{
	va_list arguments;

	fputs("wavu: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	if (command != NULL)
		fprintf(stderr, "\nusage: wavu %s%s%s\n       `wavu %s --help` says more\n",
			command->name, command->arguments[0] == '\0' ? "" : " ", command->arguments,
			command->name);
	else
		fputs("\n       `wavu --help` lists the commands\n", stderr);
	return EXIT_USAGE;
}

/* No controller runs: this process takes its lease and does the same. `*taken` is false while
 * another process has the lease. */
static bool control_here(struct control_answer *answer, bool *taken, struct call *call,
			 struct control_request *request, struct error *error)
{
	struct engine *engine = NULL;
	bool done = engine_open(&engine, &call->settings, ENGINE_ONCE, call->tenant, error);

	*taken = done || error->code != ERROR_CONFLICT;
	request->actor = control_actor((uint32_t)getuid(), &call->arena);
	done = done && engine_catch_up(engine, error) &&
	       control_do(answer, engine, request, &call->arena, error);
	engine_close(engine);
	return done;
}

/* By the controller that runs, or here when none does. */
static bool control_anywhere(struct control_answer *answer, struct call *call,
			     struct control_request *request, struct error *error)
{
	for (uint32_t waited_ms = 0;; waited_ms += LEASE_PAUSE_MS) {
		bool absent = false;
		bool taken = false;

		if (control_call(answer, &absent, call->settings.state, request, &call->arena,
				 error))
			return true;
		if (!absent)
			return false;
		if (control_here(answer, &taken, call, request, error))
			return true;
		if (taken || waited_ms >= LEASE_PATIENCE_MS)
			return false;
		clock_sleep_ms(LEASE_PAUSE_MS);
	}
}

int call_control(struct call *call, const char *command, const struct text *arguments,
		 uint32_t count)
{
	struct document *document;
	int exit_code = call_answer(&document, call, command, arguments, count);

	return document == NULL ? exit_code : call_print(call, document, exit_code);
}

int call_answer(struct document **out, struct call *call, const char *command,
		const struct text *arguments, uint32_t count)
{
	struct control_request request = { .command = text_of(command),
					   .tenant = call->tenant,
					   .arguments = arguments,
					   .argument_count = count };
	struct control_answer answer = { 0 };
	struct error error = { 0 };

	*out = NULL;
	if (!call_settings(call, &error) || !control_anywhere(&answer, call, &request, &error))
		return call_fail(call, &error);
	if (answer.message.size > 0 && (answer.exit_code != 0 || answer.json.size == 0))
		fprintf(stderr, "wavu: %.*s\n", TEXT_ARG(answer.message));
	/* A failure has been said on standard error; as text, once is enough. */
	if (answer.json.size == 0 || (answer.exit_code != 0 && call->format == FORMAT_TEXT &&
				      answer.message.size > 0 && text_is(answer.shape, "message")))
		return answer.exit_code;
	if (!document_parse(out, text_copy(&call->arena, answer.shape).at, answer.json,
			    &error))
		return call_fail(call, &error);
	return answer.exit_code;
}
