#include "page/page.h"

#include <civetweb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "page/pages.h"

#define PAGE_ARENA_SIZE (1024ull << 20) /* address space of one request */
#define PAGE_STACK_SIZE \
	(8u << 20) /* CivetWeb's own threads have 100 KiB: a commit is not parsed on that */
#define PATH_SIZE_MAX 512u

struct work {
	struct request request;
	struct response response;
	struct page_cache *cache;
	struct arena arena;
};

static void *render(void *context)
{
	struct work *work = context;

	pages_render(&work->response, &work->request, work->cache, &work->arena);
	return NULL;
}

/* In a thread of its own, because of the stack. */
static bool render_aside(struct work *work)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool started;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	started = pthread_attr_setstacksize(&attributes, PAGE_STACK_SIZE) == 0 &&
		  pthread_create(&thread, &attributes, render, work) == 0;
	pthread_attr_destroy(&attributes);
	if (started)
		pthread_join(thread, NULL);
	return started;
}

static void send_response(struct mg_connection *connection, const struct response *response,
			  bool body)
{
	mg_printf(
	    connection,
	    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %u\r\nCache-Control: "
	    "no-store\r\n"
	    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
	    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\r\n",
	    response->status, mg_get_response_code_text(connection, response->status),
	    response->content_type, response->body.size);
	if (body)
		mg_write(connection, response->body.at, response->body.size);
}

static int answer(struct mg_connection *connection, void *context)
{
	const struct mg_request_info *info = mg_get_request_info(connection);
	bool head = strcmp(info->request_method, "HEAD") == 0;
	struct work work = { .cache = context };

	if (!head && strcmp(info->request_method, "GET") != 0) {
		mg_printf(
		    connection,
		    "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n"
		    "Connection: close\r\n\r\n");
		return 405;
	}
	if (strlen(info->local_uri) > PATH_SIZE_MAX) {
		mg_send_http_error(connection, 414, "the address is too long");
		return 414;
	}
	work.request = (struct request){ text_of(info->local_uri), text_of(info->query_string) };
	arena_open(&work.arena, PAGE_ARENA_SIZE);
	if (render_aside(&work))
		send_response(connection, &work.response, !head);
	else
		mg_send_http_error(connection, 503, "the machine has no room for another thread");
	arena_close(&work.arena);
	return work.response.status;
}

static struct mg_context *listen_on(const struct settings *settings, struct page_cache *cache,
				    struct error *error)
{
	char address[256];
	const char *options[] = { "listening_ports",
				  address,
				  "num_threads",
				  "8",
				  "request_timeout_ms",
				  "5000",
				  "enable_keep_alive",
				  "yes",
				  "keep_alive_timeout_ms",
				  "2000",
				  "enable_directory_listing",
				  "no",
				  NULL };
	struct mg_callbacks callbacks = { 0 };
	struct mg_context *server;
	struct mg_server_port port;

	snprintf(address, sizeof address, "%.*s:%u", TEXT_ARG(settings->status_host),
		 settings->status_port);
	server = mg_start(&callbacks, NULL, options);
	if (server == NULL) {
		error_set(
		    error, ERROR_FAILED,
		    "the status page cannot listen on %s: choose another address under `listen: "
		    "{ status: "
		    "… }` in %.*s",
		    address, TEXT_ARG(settings->file));
		return NULL;
	}
	mg_set_request_handler(server, "**", answer, cache);
	if (mg_get_server_ports(server, 1, &port) == 1)
		log_line(LOG_INFO, "listening", "status=%.*s:%d", TEXT_ARG(settings->status_host),
			 port.port);
	return server;
}

bool page_run(const struct settings *settings, struct error *error)
{
	struct page_cache *cache;
	struct mg_context *server;
	sigset_t ends;
	int signal_number;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	/* Before any thread exists, so that all of them leave these signals to us. */
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	mg_init_library(0);
	cache = page_cache_new(settings);
	server = listen_on(settings, cache, error);
	if (server != NULL) {
		sigwait(&ends, &signal_number);
		mg_stop(server);
	}
	page_cache_free(cache);
	mg_exit_library();
	return server != NULL;
}
