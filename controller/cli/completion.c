#include "cli/call.h"

#include <stdio.h>
#include <string.h>

static void words_of(const struct option *options)
{
	for (; options != NULL && options->name != NULL; options++)
		printf(" %s", options->name);
}

static void bash(void)
{
	fputs(
	    "_wavu() {\n\tlocal word=${COMP_WORDS[COMP_CWORD]} line=\" ${COMP_WORDS[*]:1} \" "
	    "words\n"
	    "\tcase \"$line\" in\n",
	    stdout);
	for (uint32_t i = 0; i < command_count; i++) {
		printf("\t*\" %s \"*) words=\"", commands[i].name);
		words_of(common_options);
		words_of(commands[i].options);
		fputs(" --help\" ;;\n", stdout);
	}
	fputs("\t*) words=\"", stdout);
	for (uint32_t i = 0; i < command_count; i++)
		printf("%s ", commands[i].name);
	words_of(common_options);
	fputs("\" ;;\n\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
	      "complete -o default -F _wavu wavu\n",
	      stdout);
}

static void fish(void)
{
	for (uint32_t i = 0; i < command_count; i++) {
		struct text head, rest;

		text_cut(text_of(commands[i].name), ' ', &head, &rest);
		printf("complete -c wavu -n '%s%.*s' -a '%.*s' -d '%s'\n",
		       rest.size > 0 ? "__fish_seen_subcommand_from " : "__fish_use_subcommand",
		       rest.size > 0 ? (int)head.size : 0, head.at,
		       TEXT_ARG(rest.size > 0 ? rest : head), commands[i].help);
	}
}

int run_completion(struct call *call)
{
	if (text_is(call->arguments[0], "bash")) {
		bash();
	} else if (text_is(call->arguments[0], "zsh")) {
		fputs("autoload -U +X bashcompinit && bashcompinit\n", stdout);
		bash();
	} else if (text_is(call->arguments[0], "fish")) {
		fish();
	} else {
		return call_usage(call->command, "the shells are bash, zsh and fish");
	}
	return EXIT_DONE;
}
