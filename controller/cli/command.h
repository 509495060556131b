/*
 * The command line as a table: one row per command, from which parsing, help, the manual page and
 * the completions come. Static data; a run function may block as long as its work takes and returns
 * product.md's exit code.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define EXIT_DONE 0
#define EXIT_FAILED 1
#define EXIT_CHANGES 2
#define EXIT_GUARDED 3
#define EXIT_INVALID 4
#define EXIT_USAGE 64

struct call; /* cli/call.h */

struct option {
	const char *name;  /* "--rev"; a NULL name ends the list */
	const char *value; /* "REV"; NULL: a flag */
	bool repeats;
	const char *help;
};

struct command {
	const char *name;      /* "plan", "payment list"; sorted in the table */
	const char *arguments; /* "ACCOUNT AMOUNT", "[DIR]"; "" for none */
	uint32_t arguments_min, arguments_max;
	const struct option *options;
	const char *help;    /* one sentence */
	const char *more;    /* a paragraph for the manual */
	const char *example; /* one line that works */
	int (*run)(struct call *call);
};

extern const struct command commands[];
extern const uint32_t command_count;
/* -c, --tenant, --output: understood before and after every command. */
extern const struct option common_options[];

int run_apply(struct call *call);
int run_completion(struct call *call);
int run_controller(struct call *call);
int run_drift(struct call *call);
int run_explain(struct call *call);
int run_history(struct call *call);
int run_import_router(struct call *call);
int run_init(struct call *call);
int run_manual(struct call *call);
int run_page(struct call *call);
int run_pause(struct call *call);
int run_payment_assign(struct call *call);
int run_payment_attempts(struct call *call);
int run_payment_list(struct call *call);
int run_payment_reconcile(struct call *call);
int run_payment_record(struct call *call);
int run_payment_refund(struct call *call);
int run_payment_register(struct call *call);
int run_payment_request(struct call *call);
int run_payment_totals(struct call *call);
int run_payment_urls(struct call *call);
int run_plan(struct call *call);
int run_resume(struct call *call);
int run_router_bootstrap(struct call *call);
int run_router_check(struct call *call);
int run_run(struct call *call);
int run_schema(struct call *call);
int run_status(struct call *call);
int run_subscriber_list(struct call *call);
int run_subscriber_pause(struct call *call);
int run_subscriber_resume(struct call *call);
int run_subscriber_show(struct call *call);
int run_validate(struct call *call);
int run_verify(struct call *call);

/* Parses, runs, prints; the whole program. */
int cli_main(int argc, char **argv);
/* The words of help. Without a command: of those that begin with `word`, where any do, else of
 * all. */
void help_print(const struct command *command, struct text word);
