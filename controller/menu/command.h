/*
 * What one may ask of a router and tell it, as data: looks and writes. Made by plan/ and loop/,
 * carried out by router/. Values; the texts lie in the job's arena; nothing here blocks; any
 * thread.
 */
#pragma once

#include "base/error.h"
#include "menu/menu.h"

/* One bulk print, or with `values` only the rows whose `field` is one of them. */
struct look {
	const struct menu *menu;
	const char *field; /* NULL: all rows */
	const struct text *values;
	uint32_t value_count; /* at most LOOK_VALUES_MAX */
	bool count;           /* also ask count-only, and compare */
	bool may_lack;        /* a router without such a menu is no failure */
	bool lacks;           /* out: it has none */
	struct table table;   /* out: rows with canonical values; SET menus without dynamic and
				 builtin rows */
	bool suspicious;      /* out: twice in a row the count asked for did not fit, a row had no
				 id or no key, or two rows had one id */
};
#define LOOK_VALUES_MAX 32

enum verb {
	VERB_ADD,
	VERB_SET,
	VERB_REMOVE,
	VERB_DISCONNECT,
	VERB_ADOPT,
	VERB_CONFLICT,
	VERB_COUNT
};

enum write_end {
	WRITE_UNSENT,  /* never left us */
	WRITE_DONE,    /* the router said done */
	WRITE_REFUSED, /* it said no: `error` */
	WRITE_UNKNOWN  /* sent, and the line died before an answer */
};

struct attribute {
	const char *name; /* a field of the menu; ADD in a LIST: also "place-before", an id */
	struct text value;
	bool unset; /* send `=!name=` */
};

struct write {
	enum verb verb; /* ADD, SET, REMOVE, DISCONNECT */
	const struct menu *menu;
	struct text id; /* asserted not empty for all but ADD */
	const struct attribute *attributes;
	uint32_t attribute_count;
	enum write_end end; /* out */
	struct text new_id; /* out: ADD, when the router told it; in the arena */
	struct error error; /* out: REFUSED */
};
