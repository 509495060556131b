/*
 * The verbs of the control port: what the table, its functions and the line parser share.
 * Words belong to the line that is being run. Never blocks. One thread.
 */
#pragma once

#include "world/farm.h"

#define FARM_WORDS_MAX 64

struct farm_call {
	struct farm *farm;
	struct farm_router *router;        /* NULL for verbs without one */
	const char *words[FARM_WORDS_MAX]; /* behind verb and router */
	size_t sizes[FARM_WORDS_MAX];
	size_t count;
	struct farm_text *out;
};

struct farm_verb {
	const char *name;
	bool has_router;
	size_t least;
	size_t most;
	const char *arguments;
	const char *help;
	void (*run)(struct farm_call *);
};

/* Ends with a name of NULL. */
extern const struct farm_verb farm_verbs[];

void farm_say_error(struct farm_text *out, const char *text);
bool farm_number_read(const char *text, int64_t *out);
