/*
 * One router to talk to: look, write, watch, close. A device belongs to one thread at a time and
 * blocks, never longer than its deadlines. What it reads lies in the arena given. It never decides
 * anything and never writes what it was not told to.
 */
#pragma once

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/secret.h"
#include "menu/command.h"
#include "model/router.h"

struct device;
struct device_verbs {
	/* All prints pipelined; true when every one ended with !done. UNREACHABLE/UNKNOWN when the
	 * line died (nothing read counts), REFUSED when a menu does not exist, DENIED without the
	 * right to read it. */
	bool (*look)(struct device *device, struct look *looks, uint32_t count, struct arena *arena,
		     struct error *error);
	/* Sends all, at most TAGS_IN_FLIGHT_MAX unanswered; each write's end is filled. True when
	 * the line lived to the end (some may still be REFUSED); false: the line died, the rest are
	 * UNSENT or UNKNOWN. */
	bool (*write)(struct device *device, struct write *writes, uint32_t count,
		      struct arena *arena, struct error *error);
	bool (*alive)(struct device *device); /* a look at the socket, no traffic: false when the
						 peer has closed it */
	void (*close)(struct device *device);

	/*
	 * The rest is for whoever keeps idle sessions, and never waits; all NULL where a transport
	 * has no such thing (REST). False: the session is over.
	 */
	/* From now on the router tells of changes on these menus (bits), at most LISTENS_MAX of
	 * them, and on no others. What it refuses is left alone for the life of the session. */
	bool (*watch)(struct device *device, uint32_t menus, struct error *error);
	/* Takes what has arrived, at most about DRAIN_SIZE_MAX: `has_more` says that this was not
	 * all. */
	bool (*drain)(struct device *device, struct error *error);
	/* Asks something cheap: counts.bytes_in moves when the router lives. */
	bool (*prove)(struct device *device, struct error *error);
	/* To wait for many at once, when drain has left nothing; -1: there is none. */
	int (*descriptor)(const struct device *device);
};

struct device_counts { /* since it was opened: for benchmarks and metrics */
	uint64_t commands, writes, bytes_out, bytes_in;
};

/* What listens have told; whoever reads it sets it back. */
struct device_told {
	uint32_t menus;     /* bits: changed since a look at the whole menu was last asked for */
	uint32_t looked_at; /* bits: changed before such a look, which has seen it */
	uint32_t times;     /* sentences, our own writes not counted */
};

struct device {
	const struct device_verbs *verbs;
	struct text version; /* "7.16.2 (stable)", read after login; lives as long as the device */
	uint32_t version_number; /* VERSION() */
	struct device_counts counts;
	struct digest made_for; /* of whoever keeps it: the place it was opened to */
	struct device_told told;
	int64_t opened_at; /* monotonic */
	int64_t heard_at;  /* monotonic: the last bytes came; 0: unknown (REST) */
	bool has_more;     /* the last drain left something */
	bool is_small;     /* less than SMALL_ROUTER_BYTES of memory */
};

struct line; /* router/line.h: bytes with deadlines */
struct http; /* http/request.h: one call at a time */

/* By the router's transport: one of the next two. */
bool device_open(struct device **out, const struct router *router, struct secret password,
		 struct text ca_pem, struct error *error) MUST_CHECK;
/*
 * Connects, checks the certificate where there is one, logs in, reads the version. UNREACHABLE:
 * nobody answered; DENIED: the login or certificate was refused. Blocks at most CONNECT_MS_MAX + 2
 * × REPLY_MS_MAX.
 */
bool device_open_api(struct device **out, const struct router *router, struct secret password,
		     struct text ca_pem, struct error *error) MUST_CHECK;
/* The same over a line that is already there (tests, the simulation): takes over the line, closes
 * it with the device. */
bool device_open_line(struct device **out, struct line *line, struct text user,
		      struct secret password, struct error *error) MUST_CHECK;
/* REST, 7.1 and later (7.9 without TLS): the same verbs, one request at a time; times and errors as
 * above. Rows with bytes that JSON cannot carry cannot be looked at. */
bool device_open_rest(struct device **out, const struct router *router, struct secret password,
		      struct text ca_pem, struct error *error) MUST_CHECK;
/* The same through a client that is already there (tests); takes it over. `origin` is
 * "https://host:port". */
bool device_open_http(struct device **out, struct http *http, struct text origin, struct text user,
		      struct secret password, struct error *error) MUST_CHECK;
void device_close(struct device *device); /* NULL is fine */
