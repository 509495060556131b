/* The control port: one command a line, one line of JSON back. */
#include "world/farm_verbs.h"

#include <stdlib.h>
#include <string.h>

void farm_help(FILE *out)
{
	fputs("Control verbs (one a line; \"…\" with \\ inside quotes; R is a router's name, its\n"
	      "number, or all):\n",
	      out);
	for (size_t i = 0; farm_verbs[i].name != NULL; i++)
		fprintf(out, "  %s%s %s\n        %s\n", farm_verbs[i].name,
			farm_verbs[i].has_router ? " R" : "", farm_verbs[i].arguments,
			farm_verbs[i].help);
}

/* ---- one line -------------------------------------------------------------------------------- */

/* Cuts a line into words in place; false: an open quote or too many. */
static bool line_cut(char *line, size_t size, struct farm_call *call)
{
	size_t at = 0;

	while (at < size) {
		bool quoted = false;
		size_t to = at;

		if (line[at] == ' ' || line[at] == '\t' || line[at] == '\r') {
			at++;
			continue;
		}
		if (call->count == FARM_WORDS_MAX)
			return false;
		call->words[call->count] = line + at;
		for (; at < size &&
		       (quoted || (line[at] != ' ' && line[at] != '\t' && line[at] != '\r'));
		     at++) {
			if (line[at] == '"') {
				quoted = !quoted;
				continue;
			}
			if (quoted && line[at] == '\\' && at + 1 < size)
				at++;
			line[to++] = line[at];
		}
		if (quoted)
			return false;
		call->sizes[call->count] = (size_t)(line + to - call->words[call->count]);
		call->count++;
		line[to] = '\0';
		at++;
	}
	return true;
}

static void words_shift(struct farm_call *call)
{
	call->count--;
	memmove(call->words, call->words + 1, call->count * sizeof(call->words[0]));
	memmove(call->sizes, call->sizes + 1, call->count * sizeof(call->sizes[0]));
}

static struct farm_router *router_find(struct farm *farm, const char *name)
{
	int64_t number;

	for (size_t i = 0; i < farm->router_count; i++)
		if (strcmp(farm->routers[i].name, name) == 0)
			return &farm->routers[i];
	if (farm_number_read(name, &number) && number >= 1 && (size_t)number <= farm->router_count)
		return &farm->routers[number - 1];
	return NULL;
}

static void run_on_all(struct farm_call *call, const struct farm_verb *verb)
{
	farm_text_put(call->out, "{\"ok\":true,\"routers\":{");
	for (size_t i = 0; i < call->farm->router_count; i++) {
		call->router = &call->farm->routers[i];
		farm_text_print(call->out, "%s\"%s\":", i > 0 ? "," : "", call->router->name);
		verb->run(call);
	}
	farm_text_put(call->out, "}}");
}

static void run_on(struct farm_call *call, const struct farm_verb *verb)
{
	const char *name = call->count > 0 ? call->words[0] : "";
	bool all = strcmp(name, "all") == 0;

	if (verb->has_router) {
		call->router = router_find(call->farm, name);
		if (call->router == NULL && !all) {
			farm_say_error(call->out, "no such router");
			return;
		}
		words_shift(call);
	}
	if (call->count < verb->least || call->count > verb->most) {
		farm_say_error(call->out, verb->arguments);
		return;
	}
	if (all && verb->has_router)
		run_on_all(call, verb);
	else
		verb->run(call);
}

void farm_command(struct farm *farm, const char *line, size_t size, struct farm_text *out)
{
	struct farm_call call = { .farm = farm, .out = out };
	char *copy = calloc(1, size + 1);
	const char *name;
	const struct farm_verb *verb = farm_verbs;

	if (copy == NULL)
		abort();
	memcpy(copy, line, size);
	if (!line_cut(copy, size, &call)) {
		farm_say_error(out, "an open quote, or too many words");
	} else if (call.count == 0) {
		farm_say_error(out, "no verb");
	} else {
		name = call.words[0];
		words_shift(&call);
		while (verb->name != NULL && strcmp(verb->name, name) != 0)
			verb++;
		if (verb->name == NULL)
			farm_say_error(out, "no such verb");
		else
			run_on(&call, verb);
	}
	farm_text_put(out, "\n");
	free(copy);
}
