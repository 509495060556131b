#include "cli/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define CALL_ARENA_SIZE \
	(4096ull << 20) /* address space; a status of 20,000 routers touches little of it */
#define CONFIG_DEFAULT "/etc/wavu/wavu.yaml"

struct words {
	char **at;
	int count;
	int next;
	bool only_arguments; /* after "--" */
};

static const struct option *option_in(const struct option *options, struct text name)
{
	for (; options != NULL && options->name != NULL; options++)
		if (text_is(name, options->name))
			return options;
	return NULL;
}

/* "payment list" is two words: the longest name that fits wins. */
static const struct command *command_of(struct text first, struct text second, bool *two)
{
	const struct command *found = NULL;

	*two = false;
	for (uint32_t i = 0; i < command_count; i++) {
		struct text name = text_of(commands[i].name), head, rest;

		if (text_cut(name, ' ', &head, &rest)) {
			if (text_equal(head, first) && text_equal(rest, second)) {
				*two = true;
				return &commands[i];
			}
		} else if (text_equal(name, first)) {
			found = &commands[i];
		}
	}
	return found;
}

static bool is_option(struct text word)
{
	return word.size > 1 && word.at[0] == '-';
}

static bool takes_value(struct text word)
{
	const struct option *option = option_in(common_options, word);

	return option != NULL && option->value != NULL;
}

/* The first two words that are no options: they name the command wherever it stands. */
static void find_names(char **words, int count, struct text names[2])
{
	int found = 0;

	for (int i = 0; i < count && found < 2; i++) {
		struct text word = text_of(words[i]);

		if (takes_value(word))
			i++;
		else if (!is_option(word))
			names[found++] = word;
		else if (found > 0)
			break; /* the command's own options have begun */
	}
}

static bool take_common(struct call *call, const struct option *option, struct text value)
{
	if (strcmp(option->name, "-c") == 0)
		call->config = value;
	else if (strcmp(option->name, "--tenant") == 0)
		call->tenant = value;
	else if (text_is(value, "json"))
		call->format = FORMAT_JSON;
	else if (text_is(value, "text"))
		call->format = FORMAT_TEXT;
	else
		return false;
	return true;
}

/* "--rev=X" and "--rev X" alike. */
static int take_option(struct call *call, struct words *words, struct text word)
{
	struct text name = word, value = TEXT_NONE;
	bool joined = text_starts(word, TEXT("--")) && text_cut(word, '=', &name, &value);
	const struct option *option = option_in(common_options, name);
	bool common = option != NULL;

	if (!common)
		option = option_in(call->command->options, name);
	if (option == NULL)
		return call_usage(call->command, "unknown option %.*s", TEXT_ARG(name));
	if (option->value == NULL && joined)
		return call_usage(call->command, "%s takes no value", option->name);
	if (option->value != NULL && !joined) {
		if (words->next == words->count)
			return call_usage(call->command, "%s needs a value: %s", option->name,
					  option->value);
		value = text_of(words->at[words->next++]);
	}
	if (common)
		return take_common(call, option, value)
			   ? EXIT_DONE
			   : call_usage(call->command, "%s takes %s", option->name, option->value);
	if (!option->repeats && call_has(call, option->name))
		return call_usage(call->command, "%s is given twice", option->name);
	if (call->option_count == OPTIONS_MAX)
		return call_usage(call->command, "more than %d options", OPTIONS_MAX);
	call->options[call->option_count++] = (struct given_option){ option, value };
	return EXIT_DONE;
}

static int take_words(struct call *call, struct words *words, int name_words)
{
	while (words->next < words->count) {
		struct text word = text_of(words->at[words->next++]);
		int code;

		if (!words->only_arguments && text_is(word, "--")) {
			words->only_arguments = true;
		} else if (!words->only_arguments && is_option(word)) {
			code = take_option(call, words, word);
			if (code != EXIT_DONE)
				return code;
		} else if (name_words > 0) {
			name_words--;
		} else if (call->argument_count == call->command->arguments_max) {
			return call_usage(call->command, "too many words: %.*s", TEXT_ARG(word));
		} else {
			call->arguments[call->argument_count++] = word;
		}
	}
	if (call->argument_count < call->command->arguments_min)
		return call_usage(call->command, "it needs %s", call->command->arguments);
	return EXIT_DONE;
}

/* no-color.org: any non-empty NO_COLOR; and never into a pipe. */
static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (no != NULL && no[0] != '\0')
		return false;
	return isatty(STDOUT_FILENO) && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

/* "payment list, payment record …" of "payment"; empty: no command begins with that word. */
static struct text commands_of(struct text group, struct arena *arena)
{
	struct text all = TEXT_NONE, head = text_format(arena, "%.*s ", TEXT_ARG(group));

	for (uint32_t i = 0; i < command_count; i++)
		if (text_starts(text_of(commands[i].name), head))
			all = text_format(arena, "%.*s%s%s", TEXT_ARG(all),
					  all.size > 0 ? ", " : "", commands[i].name);
	return all;
}

static int unknown_command(struct text name, struct text second)
{
	struct arena arena;
	struct text names[64], nearest, asked, group;
	uint32_t count = 0;

	arena_open(&arena, 1u << 20);
	asked = text_format(&arena, "%.*s%s%.*s", TEXT_ARG(name), second.size > 0 ? " " : "",
			    TEXT_ARG(second));
	for (uint32_t i = 0; i < command_count && count < ARRAY_COUNT(names); i++)
		names[count++] = text_of(commands[i].name);
	nearest = text_nearest(asked, names, count);
	if (nearest.size == 0)
		nearest = text_nearest(name, names, count);
	group = commands_of(name, &arena);
	if (group.size > 0)
		call_usage(NULL, "unknown command %.*s: known here: %.*s", TEXT_ARG(asked),
			   TEXT_ARG(group));
	else if (nearest.size > 0)
		call_usage(NULL, "unknown command %.*s: did you mean %.*s?", TEXT_ARG(asked),
			   TEXT_ARG(nearest));
	else
		call_usage(NULL, "unknown command %.*s", TEXT_ARG(asked));
	arena_close(&arena);
	return EXIT_USAGE;
}

int cli_main(int argc, char **argv)
{
	struct text names[2] = { TEXT_NONE, TEXT_NONE };
	struct words words = { .at = argv, .count = argc, .next = 1 };
	const char *config = getenv("WAVU_CONFIG");
	struct call call = { .config = text_of(config != NULL ? config : CONFIG_DEFAULT) };
	bool two = false;
	int code;

	find_names(argv + 1, argc - 1, names);
	call.command = command_of(names[0], names[1], &two);
	if (asks_for_help(argc, argv)) {
		help_print(call.command, names[0]);
		return EXIT_DONE;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("wavu %s\n", WAVU_VERSION);
		return EXIT_DONE;
	}
	if (names[0].size == 0)
		return call_usage(NULL, "which command?");
	if (call.command == NULL)
		return unknown_command(names[0], names[1]);
	call.colour = wants_colour();
	log_threshold(LOG_WARNING);
	arena_open(&call.arena, CALL_ARENA_SIZE);
	code = take_words(&call, &words, two ? 2 : 1);
	if (code == EXIT_DONE)
		code = call.command->run(&call);
	call_end(&call);
	return code;
}
