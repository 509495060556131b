/* The line over libcurl: it connects and does TLS, then carries bytes (CURLOPT_CONNECT_ONLY). The
 * room's only curl.h. */
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/halt.h"
#include "http/tls.h"
#include "router/line.h"

#define LINE_ARENA_SIZE \
	(16u << 10) /* the line's own struct lies in it: address space, one page touched */
#define ORIGIN_SIZE 288      /* "https://", a host, a port */
#define MS_US INT64_C(1000)

struct line_curl {
	struct line line; /* first: verbs cast back */
	struct arena arena;
	CURL *curl;
	curl_socket_t socket;
	char words[CURL_ERROR_SIZE]; /* libcurl's own account of a failure */
};

static struct line_curl *curl_of(struct line *line)
{
	return (struct line_curl *)line;
}

/* ---- bytes ---- */

/* False when time is up, or when nobody is to wait any more; POLLERR and POLLHUP count as ready:
 * the next call tells what it is. */
static bool wait_for(const struct line_curl *own, short events, int64_t until_at)
{
	for (;;) {
		int64_t left_us = until_at - clock_monotonic();
		if (left_us <= 0)
			return false;
		struct pollfd pollers[] = { { .fd = own->socket, .events = events },
					    { .fd = halt_descriptor(), .events = POLLIN } };
		/* Rounded up: a wait of 0 ms would spin for the last part of a millisecond. */
		int ready = poll(pollers, 2, (int)((left_us + MS_US - 1) / MS_US));
		if (ready > 0)
			return pollers[0].revents != 0;
		if (ready < 0 && errno != EINTR)
			return true;
	}
}

static bool line_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		      struct error *error)
{
	struct line_curl *own = curl_of(line);
	int64_t until_at = clock_monotonic() + (int64_t)timeout_ms * MS_US;
	while (bytes.size > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(own->curl, bytes.at, bytes.size, &sent);
		if (code == CURLE_OK) {
			bytes = text_from(bytes, (uint32_t)sent);
		} else if (code != CURLE_AGAIN) {
			return error_set(error, ERROR_UNREACHABLE,
					 "the line broke while sending (%s)",
					 curl_easy_strerror(code));
		} else if (!wait_for(own, POLLOUT, until_at)) {
			return error_set(error, ERROR_UNREACHABLE,
					 "the router took no bytes for %u ms", timeout_ms);
		}
	}
	return true;
}

static bool line_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			 uint32_t timeout_ms, struct error *error)
{
	struct line_curl *own = curl_of(line);
	int64_t until_at = clock_monotonic() + (int64_t)timeout_ms * MS_US;
	for (;;) {
		size_t received = 0;
		/* Asked before waiting: TLS may hold bytes that the socket no longer shows. */
		CURLcode code = curl_easy_recv(own->curl, out, size, &received);
		if (code == CURLE_OK && received > 0) {
			*got = (uint32_t)received;
			return true;
		}
		if (code == CURLE_OK)
			return error_set(error, ERROR_UNREACHABLE, "the router closed the line");
		if (code != CURLE_AGAIN)
			return error_set(error, ERROR_UNREACHABLE, "the line broke (%s)",
					 curl_easy_strerror(code));
		*got = 0;
		if (timeout_ms == 0)
			return true;
		if (!wait_for(own, POLLIN, until_at))
			return error_set(error, ERROR_UNREACHABLE,
					 "the router was silent for %u ms", timeout_ms);
	}
}

static bool line_alive(struct line *line)
{
	/* The peer's end counts even behind bytes not yet read: under TLS a close is announced in
	 * some. */
	struct pollfd poller = { .fd = curl_of(line)->socket, .events = POLLIN | POLLRDHUP };
	return poll(&poller, 1, 0) <= 0 ||
	       (poller.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static int line_descriptor(const struct line *line)
{
	return ((const struct line_curl *)line)->socket;
}

static void line_close(struct line *line)
{
	struct line_curl *own = curl_of(line);
	curl_easy_cleanup(own->curl);
	/* The line lies in its own arena: the handle must outlive it. */
	struct arena arena = own->arena;
	arena_close(&arena);
}

/* ---- connecting ---- */

/* An option that libcurl was built without must not be left out in silence. */
#define SET(option, value) (code = code != CURLE_OK ? code : curl_easy_setopt(curl, option, value))

/* libcurl asks at least once a second while it connects. */
static int is_halted(void *subject, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		     curl_off_t up)
{
	(void)subject, (void)down_total, (void)down, (void)up_total, (void)up;
	return halt_called();
}

/* What every line needs, said in full: nothing is left to defaults or to the environment. */
static CURLcode set_common(struct line_curl *own, CURLU *url)
{
	CURL *curl = own->curl;
	CURLcode code = CURLE_OK;
	SET(CURLOPT_CURLU, url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_PROXY, ""); /* also keeps http_proxy and all_proxy of the environment out */
	SET(CURLOPT_NOPROXY, "*");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_TCP_KEEPIDLE, 30L);
	SET(CURLOPT_TCP_KEEPINTVL, 10L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS_MAX);
	SET(CURLOPT_TIMEOUT_MS, 0L); /* would count the whole life of the line */
	SET(CURLOPT_QUICK_EXIT, 1L); /* a name server that hangs must not hold us past our time */
	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_ERRORBUFFER, own->words);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, is_halted);
	return code;
}

static bool connect_failed(const struct line_curl *own, CURLcode code, bool tls,
			   struct error *error)
{
	const char *why = own->words[0] ? own->words : curl_easy_strerror(code);
	switch ((int)code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		return error_set(error, ERROR_DENIED,
				 "the certificate is not trusted (%s): give the CA in "
				 "tls.ca, or pin it with tls.fingerprint",
				 why);
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		return error_set(error, ERROR_DENIED, "the file of tls.ca holds no usable CA (%s)",
				 why);
	case CURLE_SSL_CONNECT_ERROR:
		return error_set(error, ERROR_UNREACHABLE,
				 "TLS was not agreed on (%s): has /ip/service "
				 "api-ssl a certificate, and is this its port?",
				 why);
	case CURLE_COULDNT_RESOLVE_HOST:
		return error_set(error, ERROR_UNREACHABLE, "its name is not known (%s)", why);
	default:
		return error_set(error, ERROR_UNREACHABLE,
				 "cannot be reached (%s): is it on, and is "
				 "/ip/service %s enabled for this address?",
				 why, tls ? "api-ssl" : "api");
	}
}

static bool connect_to(struct line_curl *own, CURLU *url, const struct router *router,
		       struct text ca_pem, struct error *error)
{
	bool tls = router->transport == TRANSPORT_API_SSL;
	struct http_tls demand = { ca_pem, router->tls.fingerprint, router->tls.anonymous };
	char origin[ORIGIN_SIZE];
	if (!tls_origin(origin, sizeof(origin), tls, router->host, router->port) ||
	    curl_url_set(url, CURLUPART_URL, origin, 0) != CURLUE_OK)
		return error_set(error, ERROR_INVALID, "is not an address one can connect to");
	if (tls && !tls_demand(own->curl, &demand, error))
		return false;
	CURLcode code = set_common(own, url);
	if (code != CURLE_OK)
		return error_set(error, ERROR_FAILED, "libcurl lacks something that is needed (%s)",
				 curl_easy_strerror(code));
	code = curl_easy_perform(own->curl);
	if (code != CURLE_OK)
		return connect_failed(own, code, tls, error);
	/* Before a byte of the login is sent. */
	if (tls && demand.fingerprint.size > 0 &&
	    !tls_check_pin(own->curl, demand.fingerprint, error))
		return false;
	if (curl_easy_getinfo(own->curl, CURLINFO_ACTIVESOCKET, &own->socket) != CURLE_OK ||
	    own->socket == CURL_SOCKET_BAD)
		return error_set(error, ERROR_UNREACHABLE,
				 "the line was gone as soon as it was there");
	return true;
}

bool line_check_tls(const struct router *router, struct text ca_pem, struct error *error)
{
	if (router->tls.anonymous &&
	    (router->tls.fingerprint.size > 0 || router->tls.ca.kind != SECRET_NONE))
		return error_set(error, ERROR_INVALID,
				 "anonymous TLS shows no certificate: it goes with "
				 "neither a fingerprint nor a CA");
	if (router->tls.ca.kind != SECRET_NONE && ca_pem.size == 0)
		return error_set(error, ERROR_DENIED,
				 "the file of tls.ca cannot be read or is empty");
	return true;
}

bool line_connect(struct line **out, const struct router *router, struct text ca_pem,
		  struct error *error)
{
	struct arena arena;
	invariant(router->transport != TRANSPORT_REST);
	bool done = router->transport != TRANSPORT_API_SSL || line_check_tls(router, ca_pem, error);
	if (done) {
		arena_open(&arena, LINE_ARENA_SIZE);
		struct line_curl *own = ARENA_NEW(&arena, struct line_curl);
		own->arena = arena;
		own->line = (struct line){ line_send, line_receive, line_alive, line_close,
					    line_descriptor };
		own->curl = curl_easy_init();
		CURLU *url = curl_url();
		invariant(own->curl && url);
		done = connect_to(own, url, router, ca_pem, error);
		/* Kept until here: libcurl reads it while it connects. */
		curl_url_cleanup(url);
		if (done)
			*out = &own->line;
		else
			line_close(&own->line);
	}
	if (!done)
		(void)error_at(error, "%.*s:%u", TEXT_ARG(text_head(router->host, 70)),
			       (unsigned)router->port);
	return done;
}
