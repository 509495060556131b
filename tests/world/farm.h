/*
 * Many simulated routers on real TCP in one process, driven over a control port.
 * The farm owns its routers, sockets and connections.
 * One thread; farm_run() blocks in epoll and nowhere else.
 * It never touches a router's inside: only world/ros.h.
 */
#pragma once

#include "world/ros.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <sys/epoll.h>

struct farm_text {
	char *bytes;
	size_t size;
	size_t room;
};

void farm_text_add(struct farm_text *text, const char *bytes, size_t size);
void farm_text_put(struct farm_text *text, const char *string);
void farm_text_print(struct farm_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A JSON string, quotes included. Bytes that are no UTF-8 are read as Latin-1. */
void farm_text_json(struct farm_text *text, const char *bytes, size_t size);
void farm_text_done(struct farm_text *text);

enum farm_what {
	FARM_LISTENER,
	FARM_TLS_LISTENER,
	FARM_REST_LISTENER,
	FARM_REST_TLS_LISTENER,
	FARM_CONTROL_LISTENER,
	FARM_LINE,    /* a client of a router */
	FARM_CONTROL, /* a client of the control port */
};

/* What epoll gives back. */
struct farm_source {
	enum farm_what what;
	int fd;
};

/* What a router listens for; the order is that of the listeners above. */
enum farm_door {
	FARM_DOOR_API,
	FARM_DOOR_API_TLS,
	FARM_DOOR_REST,
	FARM_DOOR_REST_TLS,
	FARM_DOOR_COUNT,
};

struct farm_router {
	struct ros *ros;
	char name[64];
	char *version;
	struct farm_source doors[FARM_DOOR_COUNT];
	int ports[FARM_DOOR_COUNT];
	bool refuses; /* by the fault: the port is closed */
	struct farm *farm;
};

struct farm_line {
	struct farm_source source; /* first: epoll's pointer is a line's too */
	struct farm_line *next;
	struct farm_router *router;
	struct ros_session *session;
	SSL *tls;
	bool tls_is_ready;
	bool wants_out;
	bool is_ending; /* our end is closed, the peer's is awaited */
	bool is_dead;
	int64_t ends_at;
};

struct farm_control {
	struct farm_source source;
	struct farm_control *next;
	struct farm_text in;
	struct farm_text out;
	bool is_dead;
};

struct farm_options {
	size_t routers;
	const char *name;
	const char *version; /* one or more, separated by commas; they go round */
	const char *host;
	int ports[FARM_DOOR_COUNT]; /* of the first router; 0: any; -1: none */
	int control; /* port; -1: none */
	const char *ports_file;
	const char *run_file;
	const char *tls_cert;
	const char *tls_key;
	bool tls_anonymous;
	struct ros_options router;
};

struct farm {
	struct farm_options options;
	struct farm_router *routers;
	size_t router_count;
	int epoll;
	SSL_CTX *tls;
	struct farm_source control_listener;
	int control_port;
	struct farm_line *lines;
	struct farm_control *controls;
	int64_t shift_us; /* how far time was put forward */
	bool stops;
};

/* False: a message is on stderr. */
bool farm_open(struct farm *farm, const struct farm_options *options);
void farm_close(struct farm *farm);
/* Until `*stops` or the verb `quit`. */
void farm_run(struct farm *farm, volatile int *stops);
/* Now, for all routers: UTC microseconds, with the shift. */
int64_t farm_now(const struct farm *farm);
void farm_advance(struct farm *farm);
/* Opens or closes the ports of a router as its state asks. */
void farm_ports_adjust(struct farm_router *router);

/* One control line; the answer, one line of JSON, is added. (farm_control.c) */
void farm_command(struct farm *farm, const char *line, size_t size, struct farm_text *out);
void farm_help(FILE *out);
/* The JSON that --ports-file gets. */
void farm_ports_print(const struct farm *farm, struct farm_text *out);
