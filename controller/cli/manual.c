#include "cli/call.h"

#include <stdio.h>
#include <string.h>

/* roff reads a leading dot or quote as a request, and a hyphen as a soft one. */
static void roff(const char *text)
{
	if (text[0] == '.' || text[0] == '\'')
		fputs("\\&", stdout);
	for (; *text != '\0'; text++) {
		if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	}
}

static void options_roff(const struct option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		fputs(".TP\n.B ", stdout);
		roff(options->name);
		if (options->value != NULL)
			printf(" \\fI%s\\fR", options->value);
		fputs("\n", stdout);
		roff(options->help);
		fputs("\n", stdout);
	}
}

static void command_roff(const struct command *command)
{
	fputs(".SS ", stdout);
	roff(command->name);
	printf(" %s\n", command->arguments);
	roff(command->help);
	fputs(".\n", stdout);
	roff(command->more);
	fputs("\n", stdout);
	options_roff(command->options);
	fputs(".PP\nExample:\n.B ", stdout);
	roff(command->example);
	fputs("\n", stdout);
}

int run_manual(struct call *call)
{
	(void)call;
	fputs(".TH WAVU 1 \"\" \"wavu " WAVU_VERSION "\" \"User Commands\"\n.SH NAME\n"
	      "wavu \\- runs a MikroTik ISP from a git repository\n.SH SYNOPSIS\n.B wavu\n"
	      "[\\-c FILE] [\\-\\-tenant NAME] [\\-\\-output text|json] COMMAND\n.SH OPTIONS\n",
	      stdout);
	options_roff(common_options);
	fputs(".SH COMMANDS\n", stdout);
	for (uint32_t i = 0; i < command_count; i++)
		command_roff(&commands[i]);
	fputs(".SH EXIT STATUS\n"
	      ".TP\n.B 0\ndone, nothing more to do\n"
	      ".TP\n.B 1\nfailed; also: a router could not be reached, no such account\n"
	      ".TP\n.B 2\nthere are changes (plan) or differences (drift)\n"
	      ".TP\n.B 3\nguarded: a person must approve\n"
	      ".TP\n.B 4\nthe input is invalid\n"
	      ".TP\n.B 64\nwrong usage\n"
	      ".SH ENVIRONMENT\n.TP\n.B WAVU_CONFIG\nthe settings file when \\-c is not given\n"
	      ".TP\n.B NO_COLOR\nany value: no colour\n",
	      stdout);
	return EXIT_DONE;
}
