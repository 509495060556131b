/*
 * The part of RouterOS's script language that small scripts of an ISP need: variables, :if, :for,
 * :foreach, :do, a few functions, and find, get, set, remove of the menus there are. What it does
 * not know it refuses, before anything has run, as the console does with what it cannot read.
 * Values live until the run ends; one thread at a time per router. Inside of ros_script*.c only.
 */
#pragma once

#include "world/ros_inside.h"

#define SCRIPT_VARIABLES_MAX 64

enum script_type {
	SCRIPT_NIL,
	SCRIPT_NUM,
	SCRIPT_STR,
	SCRIPT_BOOL,
	SCRIPT_ROWS, /* what find gives, or one of them */
};

struct script_value {
	enum script_type type;
	int64_t number; /* NUM; BOOL: 0 or 1 */
	struct ros_text text;
	const uint32_t *ids;
	size_t count;
};

struct script_variable {
	struct ros_text name;
	struct script_value value;
};

struct script_chunk {
	struct script_chunk *next;
};

struct script {
	struct ros *ros;
	unsigned policy;
	unsigned depth; /* scripts that run scripts */
	bool is_dry;    /* only read, to find what cannot be read */
	struct script_variable variables[SCRIPT_VARIABLES_MAX];
	size_t variable_count;
	struct script_chunk *chunks;
	const struct ros_menu *here; /* what `find` alone means */
	struct ros_refusal *refusal;
};

/* Where in the text the reading is. */
struct script_at {
	const char *at, *end;
};

bool script_fail(struct script *script, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void *script_take(struct script *script, size_t size);
struct ros_text script_print(struct script *script, const struct script_value *value);

/* Reading. (ros_script_read.c) */
void script_skip(struct script_at *at);
bool script_is_end(const struct script_at *at);
struct ros_text script_word(struct script_at *at);
bool script_takes(struct script_at *at, const char *mark);
/* `name=` before a value; the value follows. */
bool script_named(struct script_at *at, struct ros_text *name);
bool script_block(struct script *script, struct script_at *at, struct ros_text *body);
/* A value: "text", 7, $name, (a + b), [command], or a bare word. */
bool script_operand(struct script *script, struct script_at *at, struct script_value *out);

/* Doing. (ros_script.c, ros_script_menu.c) */
bool script_statements(struct script *script, struct ros_text text);
bool script_command(struct script *script, struct script_at *at, struct script_value *out);
bool script_menu(struct script *script, struct script_at *at, struct script_value *out);
struct script_variable *script_variable(struct script *script, struct ros_text name);
