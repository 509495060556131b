#include "webhook/server.h"

#include <civetweb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/log.h"
#include "webhook/health.h"
#include "webhook/overdue.h"
#include "webhook/request.h"
#include "webhook/rights.h"
#include "webhook/validation.h"

/*
 * CivetWeb 1.15 ties a thread to a connection and fixes its stack at 100 KiB (limits facts c): many
 * threads, short times, bodies in an arena. Head and body together get five seconds; CivetWeb's own
 * timeout covers the head alone.
 */
#define THREADS OVERDUE_SLOTS
#define HEAD_MS "3000"
#define IDLE_MS "500"
#define BODY_US (2 * SECOND_US)
#define DRAIN_US (1 * SECOND_US)
#define HEAD_SIZE "16384"
#define HEADERS_KEPT_SIZE 2048
/* Bytes reserved a thread, touched as needed: one body, its headers, one answer, and the reading of
 * a validation. */
#define DESK_SIZE ((256u << 10) + VALIDATION_ARENA_SIZE)

/* What a server thread works with. */
struct desk {
	uint32_t index;
	struct arena arena;
	struct header headers[MG_MAX_HEADERS];
	uint32_t header_count;
};

struct webhook {
	struct mg_context *context;
	const struct settings *settings;
	const struct gate *gates;
	uint32_t gate_count;
	const struct doorbell *bell;
	int port;
	atomic_bool draining;
	atomic_int inside; /* requests between their head and their answer */
	atomic_uint desks_taken;
	struct desk desks[THREADS];
};

/* One request while it is being answered. */
struct exchange {
	struct webhook *server;
	struct desk *desk;
	struct mg_connection *connection;
	const struct mg_request_info *info;
	const struct gate *gate;
	const struct provider *provider;
	int64_t attempt; /* whose own URL it is; 0: the channel's */
	struct route route;
	struct framing framing;
	bool body_left;  /* the client may still be sending */
	bool asks_first; /* Expect: 100-continue: it sends nothing before it is told to */
	bool closing;
};

/* Headers that the controller may need to judge a callback, besides its provider's own. */
static const char *const headers_that_matter[] = {
	"Content-Type",
	"User-Agent",
	"Businessshortcode", /* payments facts 1.3, "Wire" */
	"X-Forwarded-For",
};

static const char *status_words(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 411:
		return "Length Required";
	case 413:
		return "Content Too Large";
	case 503:
		return "Service Unavailable";
	default:
		return "Error";
	}
}

/* Reads and forgets what the client is still sending: closing over unread bytes would reset the
 * connection, and the client would lose the answer. Bounded by DRAIN_US. */
static void body_drain(struct exchange *exchange)
{
	char bytes[2048];
	overdue_begin(exchange->desk->index, exchange->info->remote_addr,
		      exchange->info->remote_port, clock_monotonic() + DRAIN_US);
	int64_t until = clock_monotonic() + DRAIN_US;
	while (clock_monotonic() < until && mg_read(exchange->connection, bytes, sizeof(bytes)) > 0)
		;
	overdue_end(exchange->desk->index);
}

static int answer(struct exchange *exchange, int status, struct text type, struct text body)
{
	struct text version = text_of(exchange->info->http_version);
	bool keep = !exchange->closing && !exchange->body_left &&
		    !atomic_load(&exchange->server->draining) &&
		    keeps_alive(exchange->desk->headers, exchange->desk->header_count, version);
	const char *method = exchange->info->request_method;
	if (method && strcmp(method, "HEAD") == 0)
		body.size = 0;
	struct text bytes = text_format(
	    &exchange->desk->arena,
	    "HTTP/1.1 %d %s\r\nContent-Type: %.*s\r\nContent-Length: %u\r\n"
	    "Cache-Control: no-store\r\n%sConnection: %s\r\n\r\n%.*s",
	    status, status_words(status), TEXT_ARG(type), body.size,
	    status == 405
		? exchange->route.kind == ROUTE_HEALTH ? "Allow: GET, HEAD\r\n" : "Allow: POST\r\n"
		: "",
	    keep ? "keep-alive" : "close", TEXT_ARG(body));
	if (!keep)
		mg_disable_keep_alive(exchange->connection);
	(void)mg_write(exchange->connection, bytes.at, bytes.size);
	if (exchange->body_left && !exchange->asks_first)
		body_drain(exchange);
	return status;
}

/* Equal bytes for equal statuses: a stranger learns nothing from them. */
static int refuse(struct exchange *exchange, int status)
{
	char words[40];
	(void)snprintf(words, sizeof(words), "%s\n", status_words(status));
	return answer(exchange, status, TEXT("text/plain; charset=utf-8"), text_of(words));
}

static const struct gate *gate_find(const struct webhook *server, struct text tenant)
{
	for (uint32_t i = 0; i < server->gate_count; i++)
		if (text_equal(server->gates[i].tenant, tenant))
			return &server->gates[i];
	return NULL;
}

static bool listens_on(const struct provider *provider, struct text kind)
{
	for (uint32_t i = 0; provider->kinds[i]; i++)
		if (text_is(kind, provider->kinds[i]))
			return true;
	return false;
}

/* 0: somebody lives at this address; else 404 or 503. Touches neither method nor body. */
static int address_check(struct exchange *exchange)
{
	const struct route *route = &exchange->route;
	enum channels_answer found;
	if (route->kind == ROUTE_HEALTH)
		return 0;
	if (route->kind == ROUTE_NONE || route->token.size > TOKEN_SIZE_MAX)
		return 404;
	exchange->gate = gate_find(exchange->server, route->tenant);
	if (!exchange->gate)
		return 404;
	if (route->kind == ROUTE_GIT)
		found = channels_find_git(exchange->gate->channels, route->token);
	else if (route->kind == ROUTE_ATTEMPT)
		found = channels_find_attempt(&exchange->provider, &exchange->attempt,
					      exchange->gate->channels, route->channel,
					      route->token, clock_now(), &exchange->desk->arena);
	else
		found = channels_find(&exchange->provider, exchange->gate->channels, route->channel,
				      route->token);
	switch (found) {
	case CHANNELS_NOT_READY:
		return 503;
	case CHANNELS_CLOSED:
		return 404;
	case CHANNELS_OPEN:
		break;
	}
	if (route->kind == ROUTE_PAY && !listens_on(exchange->provider, route->callback))
		return 404;
	return atomic_load(&exchange->server->draining) ? 503 : 0;
}

static bool method_ok(const struct exchange *exchange)
{
	struct text method = text_of(exchange->info->request_method);
	if (exchange->route.kind == ROUTE_HEALTH)
		return text_is(method, "GET") || text_is(method, "HEAD");
	return text_is(method, "POST");
}

/* Reads the whole body into the arena. 0, or the status to refuse with. */
static int body_read(struct exchange *exchange, struct text *body)
{
	bool is_chunked = exchange->framing.is_chunked;
	/* With chunks the size shows at the end: room for one byte more than allowed. */
	uint32_t size = is_chunked ? CALLBACK_SIZE_MAX + 1 : exchange->framing.size, have = 0;
	char *bytes = arena_take(&exchange->desk->arena, size + 1u);
	if (exchange->asks_first)
		(void)mg_write(exchange->connection, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	exchange->asks_first = false;
	int64_t until = clock_monotonic() + BODY_US;
	overdue_begin(exchange->desk->index, exchange->info->remote_addr,
		      exchange->info->remote_port, until);
	int got = 1;
	while (have < size && got > 0 && clock_monotonic() < until) {
		got = mg_read(exchange->connection, bytes + have, size - have);
		have += got > 0 ? (uint32_t)got : 0;
	}
	overdue_end(exchange->desk->index);
	*body = (struct text){ bytes, have };
	if (is_chunked && have > CALLBACK_SIZE_MAX)
		return 413;
	/* The end of chunks is read as 0; a broken chunk, a cut or silence as less than was
	 * announced. */
	if (is_chunked ? got != 0 : have < size) {
		exchange->closing = true;
		exchange->body_left = false;
		return 400;
	}
	exchange->body_left = false;
	return 0;
}

struct kept {
	char *at;
	uint32_t used;
};

/* One "Name: value\n" line, unless it does not fit; what is no printable ASCII becomes '?'. */
static void header_keep(struct kept *kept, const char *name, struct text value)
{
	uint32_t room = HEADERS_KEPT_SIZE - kept->used;
	int size =
	    snprintf(kept->at + kept->used, room, "%s: %.*s\n", name, TEXT_ARG(value));
	if (value.size == 0 || size < 0 || (uint32_t)size >= room)
		return;
	for (uint32_t at = kept->used; at + 1 < kept->used + (uint32_t)size; at++)
		if (kept->at[at] < ' ' || kept->at[at] > '~')
			kept->at[at] = '?';
	kept->used += (uint32_t)size;
}

/* Those that matter, the provider's first, for a long one must not crowd out a signature. */
static struct text headers_kept(struct exchange *exchange)
{
	const struct provider *provider = exchange->provider;
	const struct header *all = exchange->desk->headers;
	uint32_t count = exchange->desk->header_count;
	struct kept kept = { .at = arena_take(&exchange->desk->arena, HEADERS_KEPT_SIZE) };
	for (uint32_t i = 0; provider->headers && provider->headers[i]; i++)
		header_keep(&kept, provider->headers[i],
			    header_find(all, count, provider->headers[i]));
	if (provider->digested_header) {
		struct text value = header_find(all, count, provider->digested_header);
		struct digest digest = digest_of(value);
		char hex[65];
		digest_hex(&digest, hex);
		header_keep(&kept, provider->digested_header,
			    value.size ? text_of(hex) : TEXT_NONE);
	}
	for (uint32_t i = 0; i < ARRAY_COUNT(headers_that_matter); i++)
		header_keep(&kept, headers_that_matter[i],
			    header_find(all, count, headers_that_matter[i]));
	return (struct text){ kept.at, kept.used };
}

static int callback_keep(struct exchange *exchange, struct text body)
{
	const struct settings *settings = exchange->server->settings;
	struct error error;
	struct text kind = exchange->route.kind == ROUTE_ATTEMPT ? TEXT(CALLBACK_ATTEMPT)
								  : exchange->route.callback;
	struct inbox_line line = {
		.channel = exchange->route.channel,
		.provider = text_of(exchange->provider->name),
		.kind = kind,
		.attempt = exchange->attempt,
		.received_at = clock_now(),
		.source = source_of(text_of(exchange->info->remote_addr), exchange->desk->headers,
				    exchange->desk->header_count, settings->proxies,
				    settings->proxy_count),
		.headers = headers_kept(exchange),
		.body = body,
	};
	if (!committer_keep(exchange->gate->committer, &line, &error))
		return refuse(exchange, 503);
	struct reply reply = exchange->provider->reply(kind);
	return answer(exchange, reply.status, reply.content_type, reply.body);
}

static int health_answer(struct exchange *exchange)
{
	const struct webhook *server = exchange->server;
	const char *problem = NULL;
	for (uint32_t i = 0; i < server->gate_count; i++) {
		if (!channels_ready(server->gates[i].channels))
			problem = "no commit has been read yet";
		if (committer_is_broken(server->gates[i].committer))
			problem = "an inbox cannot be trusted";
	}
	if (!problem && !health_disk(server->bell->folder))
		problem = "nothing can be written to the disk";
	if (!problem && atomic_load(&server->draining))
		problem = "it is being stopped";
	struct text body = problem ? text_format(&exchange->desk->arena,
						 "{\"ok\":false,\"message\":\"%s\"}\n", problem)
				   : TEXT("{\"ok\":true,\"message\":\"payments can be stored\"}\n");
	return answer(exchange, problem ? 503 : 200, TEXT("application/json"), body);
}

static int exchange_serve(struct exchange *exchange)
{
	int status = address_check(exchange);
	if (status)
		return refuse(exchange, status);
	if (!method_ok(exchange))
		return refuse(exchange, 405);
	if (exchange->route.kind == ROUTE_HEALTH)
		return health_answer(exchange);
	if (exchange->framing.refused)
		return refuse(exchange, exchange->framing.refused);
	struct text body;
	status = body_read(exchange, &body);
	if (status)
		return refuse(exchange, status);
	if (exchange->route.kind == ROUTE_GIT) {
		doorbell_ring(exchange->server->bell, DOORBELL_GIT);
		return answer(exchange, 200, TEXT("application/json"),
			      TEXT("{\"ok\":true,\"message\":\"the branch will be looked at\"}\n"));
	}
	/* A validation stores nothing and grants nothing. */
	if (text_is(exchange->route.callback, "validation")) {
		struct reply reply = validation_answer(exchange->provider, exchange->gate->channels,
						       exchange->route.channel, body, clock_now(),
						       &exchange->desk->arena);
		return answer(exchange, reply.status, reply.content_type, reply.body);
	}
	return callback_keep(exchange, body);
}

static struct exchange exchange_of(struct mg_connection *connection)
{
	struct exchange exchange = {
		.server = mg_get_user_data(mg_get_context(connection)),
		.desk = mg_get_thread_pointer(connection),
		.connection = connection,
		.info = mg_get_request_info(connection),
	};
	invariant(exchange.server && exchange.desk);
	struct desk *desk = exchange.desk;
	arena_reset(&desk->arena);
	desk->header_count = (uint32_t)exchange.info->num_headers;
	for (uint32_t i = 0; i < desk->header_count; i++)
		desk->headers[i] = (struct header){ text_of(exchange.info->http_headers[i].name),
						    text_of(exchange.info->http_headers[i].value) };
	return exchange;
}

static int on_request(struct mg_connection *connection)
{
	struct exchange exchange = exchange_of(connection);
	struct desk *desk = exchange.desk;
	atomic_fetch_add(&exchange.server->inside, 1);
	/* CivetWeb moves local_uri through its own cleaning; the raw one is what was sent. */
	exchange.route = route_of(text_of(exchange.info->local_uri_raw));
	exchange.framing = framing_of(desk->headers, desk->header_count);
	/* More headers than CivetWeb holds are dropped unseen, and one of them could be a length.
	 */
	if (desk->header_count >= MG_MAX_HEADERS)
		exchange.framing = (struct framing){ .refused = 400 };
	bool bodiless = exchange.framing.refused == 411;
	exchange.body_left = !bodiless && (exchange.framing.is_chunked ||
					   exchange.framing.refused || exchange.framing.size > 0);
	exchange.asks_first = text_equal_nocase(
	    header_find(desk->headers, desk->header_count, "Expect"), TEXT("100-continue"));
	/* Without a length the next bytes may be a body or a request: nobody can tell. */
	exchange.closing = exchange.framing.refused &&
			   !(bodiless && exchange.route.kind == ROUTE_HEALTH);
	int status = exchange_serve(&exchange);
	atomic_fetch_sub(&exchange.server->inside, 1);
	return status;
}

/* What CivetWeb itself could not read; it closes the connection afterwards. */
static int on_unreadable(struct mg_connection *connection, int status, const char *message)
{
	(void)message;
	struct exchange exchange = exchange_of(connection);
	exchange.closing = true;
	/* A length that is no number is 411 to CivetWeb, an unknown method 400: our own order comes
	 * first. */
	status = status >= 500 && status != 505 ? status : 400;
	if (exchange.info->request_uri && exchange.info->http_version) {
		exchange.route = route_of(text_of(exchange.info->request_uri));
		int refused = address_check(&exchange);
		if (refused)
			status = refused;
		else if (!method_ok(&exchange))
			status = 405;
	}
	(void)refuse(&exchange, status);
	return 0;
}

static void *on_thread(const struct mg_context *context, int type)
{
	rights_forget();
	struct webhook *server = mg_get_user_data(context);
	if (type != 1) /* the thread that accepts */
		return NULL;
	uint32_t index = atomic_fetch_add(&server->desks_taken, 1);
	invariant(index < THREADS);
	server->desks[index].index = index;
	arena_open(&server->desks[index].arena, DESK_SIZE);
	return &server->desks[index];
}

static void on_thread_end(const struct mg_context *context, int type, void *pointer)
{
	(void)context;
	struct desk *desk = pointer;
	if (type == 1 && desk)
		arena_close(&desk->arena);
}

static int on_log(const struct mg_connection *connection, const char *message)
{
	/* Lines about a connection may hold its path, and with it a token. */
	if (!connection)
		log_line(LOG_WARNING, "listener", "why=\"%s\"", message);
	return 1;
}

static bool server_listen(struct webhook *server, struct error *error)
{
	char ports[128];
	struct text host = server->settings->public_host;
	bool is_v6 = memchr(host.at, ':', host.size) && host.at[0] != '[';
	(void)snprintf(ports, sizeof(ports), "%s%.*s%s:%u", is_v6 ? "[" : "", TEXT_ARG(host),
		       is_v6 ? "]" : "", server->settings->public_port);
	char threads[16];
	(void)snprintf(threads, sizeof(threads), "%u", THREADS);
	/* No document_root, ever: half of CivetWeb's faults are behind it (limits facts c, trap 2).
	 */
	const char *options[] = { "listening_ports",
				  ports,
				  "num_threads",
				  threads,
				  "request_timeout_ms",
				  HEAD_MS,
				  "enable_keep_alive",
				  "yes",
				  "keep_alive_timeout_ms",
				  IDLE_MS,
				  "max_request_size",
				  HEAD_SIZE,
				  "tcp_nodelay",
				  "1",
				  "decode_url",
				  "no",
				  "enable_auth_domain_check",
				  "no",
				  "enable_directory_listing",
				  "no",
				  "connection_queue",
				  "256",
				  "listen_backlog",
				  "512",
				  NULL };
	struct mg_callbacks callbacks = {
		.begin_request = on_request,
		.http_error = on_unreadable,
		.log_message = on_log,
		.init_thread = on_thread,
		.exit_thread = on_thread_end,
	};
	char why[200] = "";
	unsigned code = 0;
	struct mg_init_data start = { &callbacks, server, options };
	struct mg_error_data problem = { &code, why, sizeof(why) };
	server->context = mg_start2(&start, &problem);
	if (!server->context)
		return error_set(error, ERROR_FAILED, "%s cannot be listened on: %s", ports, why);
	struct mg_server_port port[4];
	int count = mg_get_server_ports(server->context, ARRAY_COUNT(port), port);
	server->port = count > 0 ? port[0].port : 0;
	return true;
}

bool webhook_open(struct webhook **out, const struct settings *settings, const struct gate *gates,
		  uint32_t gate_count, const struct doorbell *bell, struct error *error)
{
	*out = NULL;
	struct webhook *server = calloc(1, sizeof(*server));
	if (!server)
		fatal("no memory for the server");
	server->settings = settings;
	server->gates = gates;
	server->gate_count = gate_count;
	server->bell = bell;
	(void)mg_init_library(0);
	if (!server_listen(server, error)) {
		(void)mg_exit_library();
		free(server);
		return false;
	}
	*out = server;
	return true;
}

int webhook_port(const struct webhook *server)
{
	return server->port;
}

void webhook_drain(struct webhook *server, uint32_t timeout_ms)
{
	atomic_store(&server->draining, true);
	/* What is on its way is answered before CivetWeb stops, for stopping it also cuts the
	 * answers. */
	for (uint32_t waited_ms = 0; atomic_load(&server->inside) && waited_ms < timeout_ms;
	     waited_ms += 10)
		clock_sleep_ms(10);
}

void webhook_close(struct webhook *server)
{
	if (!server)
		return;
	mg_stop(server->context);
	(void)mg_exit_library();
	free(server);
}
