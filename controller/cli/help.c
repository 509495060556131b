#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static void options_print(const struct option *options)
{
	char left[64];

	for (; options != NULL && options->name != NULL; options++) {
		snprintf(left, sizeof left, "%s%s%s", options->name,
			 options->value != NULL ? " " : "",
			 options->value != NULL ? options->value : "");
		printf("  %-22s %s%s\n", left, options->help,
		       options->repeats ? " (may be given several times)" : "");
	}
}

/* group: "payment" for the commands that begin with that word alone; empty for all. */
static void names_print(struct text group)
{
	for (uint32_t i = 0; i < command_count; i++) {
		struct text name = text_of(commands[i].name), head, rest;

		if (group.size == 0 ||
		    (text_cut(name, ' ', &head, &rest) && text_equal(head, group)))
			printf("  %-17s %s\n", commands[i].name, commands[i].help);
	}
	printf("\n");
}

static void all_print(void)
{
	printf("wavu runs a MikroTik ISP from a git repository.\n\n"
	       "usage: wavu [-c FILE] [--tenant NAME] [--output text|json] COMMAND\n\n");
	names_print(TEXT_NONE);
	options_print(common_options);
	printf("  %-22s %s\n", "--help", "of all, or after a command of that command");
	printf(
	    "\nexit codes: 0 done  1 failed  2 there are changes or differences  3 a person must "
	    "approve\n"
	    "            4 the input is invalid  64 wrong usage\n");
}

static bool is_group(struct text word)
{
	struct text head, rest;

	for (uint32_t i = 0; i < command_count; i++)
		if (text_cut(text_of(commands[i].name), ' ', &head, &rest) &&
		    text_equal(head, word))
			return true;
	return false;
}

void help_print(const struct command *command, struct text word)
{
	if (command == NULL && is_group(word)) {
		names_print(word);
		printf("`wavu COMMAND --help` says more of each.\n");
		return;
	}
	if (command == NULL) {
		all_print();
		return;
	}
	printf("wavu %s: %s.\n\nusage: wavu %s%s%s%s\n\n%s\n\n", command->name, command->help,
	       command->name, command->arguments[0] != '\0' ? " " : "", command->arguments,
	       command->options != NULL ? " [options]" : "", command->more);
	options_print(command->options);
	options_print(common_options);
	printf("\nexample: %s\n", command->example);
}
