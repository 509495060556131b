/*
 * One router to talk to: look, write, close. A device belongs to one thread at a time and blocks, never longer than its
 * deadlines. What it reads lies in the arena given. It never decides anything and never writes what it was not told to.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "menu/menu.h"
#include "model/router.h"

/* One bulk print, or with `values` only the rows whose `field` is one of them. */
struct look {
	const struct menu *menu;
	const char *field;         /* NULL: all rows */
	const struct text *values;
	uint32_t value_count;      /* at most LOOK_VALUES_MAX */
	bool count;                /* also ask count-only, and compare */
	struct table table;        /* out: rows with canonical values; SET menus without dynamic and builtin rows unless MENU_QUEUE_SIMPLE */
	bool suspicious;           /* out: the count asked for did not fit twice in a row */
};
#define LOOK_VALUES_MAX 32

enum verb { VERB_ADD, VERB_SET, VERB_REMOVE, VERB_DISCONNECT, VERB_ADOPT, VERB_CONFLICT, VERB_COUNT };

enum write_end {
	WRITE_UNSENT,  /* never left us */
	WRITE_DONE,    /* the router said done */
	WRITE_REFUSED, /* it said no: `error` */
	WRITE_UNKNOWN  /* sent, and the line died before an answer */
};

struct attribute {
	const char *name;
	struct text value;
	bool unset; /* send `=!name=` */
};

struct write {
	enum verb verb;            /* ADD, SET, REMOVE, DISCONNECT */
	const struct menu *menu;
	struct text id;            /* asserted not empty for all but ADD */
	const struct attribute *attributes;
	uint32_t attribute_count;
	enum write_end end;        /* out */
	struct text new_id;        /* out: ADD, when the router told it; in the arena */
	struct error error;        /* out: REFUSED */
};

struct device;
struct device_verbs {
	/* All prints pipelined; true when every one ended with !done. UNREACHABLE/UNKNOWN when the line died (nothing read
	 * counts), REFUSED when a menu does not exist, DENIED without the right to read it. */
	bool (*look)(struct device *device, struct look *looks, uint32_t count, struct arena *arena,
		     struct error *error);
	/* Sends all, at most TAGS_IN_FLIGHT_MAX unanswered; each write's end is filled. True when the line lived to the end
	 * (some may still be REFUSED); false: the line died, the rest are UNSENT or UNKNOWN. */
	bool (*write)(struct device *device, struct write *writes, uint32_t count, struct arena *arena,
		      struct error *error);
	bool (*alive)(struct device *device); /* a look at the socket, no traffic: false when the peer has closed it */
	void (*close)(struct device *device);
};

struct device_counts { /* since it was opened: for benchmarks and metrics */
	uint64_t commands, writes, bytes_out, bytes_in;
};

struct device {
	const struct device_verbs *verbs;
	struct text version;      /* "7.16.2 (stable)", read after login; lives as long as the device */
	uint32_t version_number;  /* VERSION() */
	struct device_counts counts;
};

struct line; /* router/line.h: bytes with deadlines */

/*
 * Connects, checks the certificate where there is one, logs in, reads the version. UNREACHABLE: nobody answered;
 * DENIED: the login or certificate was refused. Blocks at most CONNECT_MS_MAX + 2 × REPLY_MS_MAX.
 */
bool device_open_api(struct device **out, const struct router *router, struct secret password,
		     struct text ca_pem, struct error *error) MUST_CHECK;
/* The same over a line that is already there (tests, the simulation): takes over the line, closes it with the device. */
bool device_open_line(struct device **out, struct line *line, struct text user, struct secret password,
		      struct error *error) MUST_CHECK;
void device_close(struct device *device); /* NULL is fine */
