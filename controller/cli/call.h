/*
 * One call of a command: what was asked, and what commands share: the settings, a reader's look at
 * the tenants, printing a document, saying what failed. Belongs to the one thread of the program;
 * its texts live as long as the call.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "cli/command.h"
#include "settings/settings.h"
#include "view/document.h"
#include "view/outlook.h"

#define ARGUMENTS_MAX 8
#define OPTIONS_MAX 64

struct given_option {
	const struct option *option;
	struct text value;
};

struct call {
	const struct command *command;
	struct text config; /* -c, $WAVU_CONFIG, /etc/wavu/wavu.yaml */
	struct text tenant; /* empty: all */
	enum format format;
	bool colour; /* of standard output */
	struct text arguments[ARGUMENTS_MAX];
	uint32_t argument_count;
	struct given_option options[OPTIONS_MAX];
	uint32_t option_count;
	struct arena arena;
	struct settings settings;
	bool has_settings;
	bool ambiguous; /* two tenants could be meant: call_fail ends with EXIT_USAGE */
	struct outlook *outlooks;
	uint32_t outlook_count;
};

/* The value of an option; the empty text when it was not given. */
struct text call_option(const struct call *call, const char *name);
bool call_has(const struct call *call, const char *name);
/* -n: 1 to 100,000. */
bool call_number(uint32_t *out, const struct call *call, const char *name, uint32_t otherwise,
		 struct error *error) MUST_CHECK;

/* Reads the settings once; false when they cannot be read, or --tenant names none of theirs. */
bool call_settings(struct call *call, struct error *error) MUST_CHECK;
/* Looks at the tenant asked for, or at all. */
bool call_outlooks(struct call *call, struct error *error) MUST_CHECK;
/* The one subscriber with this account, alias, phone or username; INVALID when there is none or
 * more than one tenant has him. */
struct subscriber;
bool call_subscriber(const struct outlook **outlook, const struct subscriber **subscriber,
		     struct call *call, struct text account, struct error *error) MUST_CHECK;
void call_end(struct call *call);

/* Prints on standard output in the format asked for, frees the document, returns `exit_code`. */
int call_print(struct call *call, struct document *document, int exit_code);
/* Says it on standard error (and as JSON on standard output when that was asked for); returns the
 * error's exit code. */
int call_fail(struct call *call, const struct error *error);
int call_usage(const struct command *command, const char *format, ...) PRINTF_LIKE(2, 3);
/* A changing command: through the running controller, or by this process when none runs. Prints the
 * answer. */
int call_control(struct call *call, const char *command, const struct text *arguments,
		 uint32_t count);
/* The same without printing what was answered: *out is NULL when there is nothing (more) to print.
 */
int call_answer(struct document **out, struct call *call, const char *command,
		const struct text *arguments, uint32_t count);
