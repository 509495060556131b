#include "http/request.h"

#include <curl/curl.h>
#include <poll.h>
#include <string.h>

#include "base/halt.h"
#include "http/tls.h"

#define CLIENT_ARENA_SIZE (128u << 10) /* the client's struct and its CA; touched as needed */
#define BODY_FIRST_SIZE (1u << 10)
#define RETRY_AFTER_MAX_S 86400
#define LOCATION_SIZE_MAX 2048u

struct client {
	struct http http; /* first: verbs cast back */
	struct arena arena;
	struct http_tls tls;
	CURL *curl;
	char words[CURL_ERROR_SIZE]; /* libcurl's own account of a failure */

	/* One call. */
	const struct http_call *call;
	struct arena *body_arena;
	char *body;
	uint32_t body_size, body_room;
	struct text location;
	uint32_t sent; /* bytes of the call's body that libcurl has taken */
	bool has_head; /* the empty line behind the headers came */
	bool is_too_large;
	bool is_refused;     /* by us: it is not the pinned certificate */
	struct error refusal;
};

static struct client *client_of(struct http *http)
{
	return (struct client *)http;
}

/* ---- what libcurl asks of us ---- */

static size_t take_body(char *bytes, size_t one, size_t count, void *subject)
{
	struct client *client = subject;
	size_t size = one * count, needed = client->body_size + size + 1;
	client->is_too_large = needed > (size_t)client->call->body_size_max + 1;
	if (!client->is_too_large && needed > client->body_room) {
		size_t room = client->body_room ? client->body_room : BODY_FIRST_SIZE;
		while (room < needed)
			room *= 2;
		client->is_too_large = arena_left(client->body_arena) < room + BODY_FIRST_SIZE;
		if (!client->is_too_large) {
			client->body = arena_grow(client->body_arena, client->body,
						  client->body_room, room);
			client->body_room = (uint32_t)room;
		}
	}
	if (client->is_too_large)
		return 0; /* ends the call */
	memcpy(client->body + client->body_size, bytes, size);
	client->body_size += (uint32_t)size;
	client->body[client->body_size] = '\0';
	return size;
}

/* libcurl takes a connection that ends within the headers for an answer without a body. */
static size_t take_header(char *bytes, size_t one, size_t count, void *subject)
{
	struct client *client = subject;
	struct text line = { bytes, (uint32_t)(one * count) }, name, value;
	client->has_head = text_trim(line).size == 0;
	if (client->location.size == 0 && text_cut(line, ':', &name, &value) &&
	    text_equal_nocase(name, TEXT("Location")) && value.size <= LOCATION_SIZE_MAX &&
	    arena_left(client->body_arena) > BODY_FIRST_SIZE + LOCATION_SIZE_MAX)
		client->location = text_copy(client->body_arena, text_trim(value));
	return one * count;
}

static size_t give_body(char *out, size_t one, size_t count, void *subject)
{
	struct client *client = subject;
	struct text rest = text_from(client->call->body, client->sent);
	size_t size = one * count < rest.size ? one * count : rest.size;
	if (size > 0)
		memcpy(out, rest.at, size);
	client->sent += (uint32_t)size;
	return size;
}

/*
 * libcurl wants to say it all once more: a kept connection died when the call was out. It may have
 * been carried out, so only what is harmless twice is repeated.
 */
static int seek_body(void *subject, curl_off_t offset, int origin)
{
	struct client *client = subject;
	if (!client->call->again || origin != SEEK_SET || offset < 0 ||
	    offset > (curl_off_t)client->call->body.size)
		return CURL_SEEKFUNC_FAIL;
	client->sent = (uint32_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* libcurl asks at least once a second while it waits. */
static int is_halted(void *subject, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		     curl_off_t up)
{
	const struct client *client = subject;
	(void)down_total, (void)down, (void)up_total, (void)up;
	return client->call && client->call->yields && halt_called();
}

/* Connected, TLS agreed on, nothing said: the last moment to compare the certificate. */
static int before_request(void *subject, char *peer, char *own, int peer_port, int own_port)
{
	struct client *client = subject;
	long fresh = 0;
	(void)peer;
	(void)own;
	(void)peer_port;
	(void)own_port;
	/* A kept connection was compared when it was new, and libcurl shows its certificate no
	 * more. */
	if (client->tls.fingerprint.size == 0 ||
	    (curl_easy_getinfo(client->curl, CURLINFO_NUM_CONNECTS, &fresh) == CURLE_OK &&
	     fresh == 0))
		return CURL_PREREQFUNC_OK;
	client->is_refused =
		!tls_check_pin(client->curl, client->tls.fingerprint, &client->refusal);
	return client->is_refused ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* ---- one call ---- */

/* An option that libcurl was built without must not be left out in silence. */
#define SET(option, value) (code = code != CURLE_OK ? code : curl_easy_setopt(curl, option, value))

/* What every call needs, said in full: nothing is left to defaults or to the environment. */
static CURLcode set_common(struct client *client)
{
	CURL *curl = client->curl;
	CURLcode code = CURLE_OK;
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_PROXY, ""); /* also keeps http_proxy and all_proxy of the environment out */
	SET(CURLOPT_NOPROXY, "*");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(CURLOPT_ACCEPT_ENCODING, NULL); /* a body that grows while unpacked has no bound */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_TCP_KEEPIDLE, 30L);
	SET(CURLOPT_TCP_KEEPINTVL, 10L);
	SET(CURLOPT_MAXCONNECTS, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L); /* a name server that hangs must not hold us past our time */
	SET(CURLOPT_USERAGENT, "wavu");
	SET(CURLOPT_ERRORBUFFER, client->words);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, client);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, client);
	SET(CURLOPT_READFUNCTION, give_body);
	SET(CURLOPT_READDATA, client);
	SET(CURLOPT_SEEKFUNCTION, seek_body);
	SET(CURLOPT_SEEKDATA, client);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, is_halted);
	SET(CURLOPT_XFERINFODATA, client);
	SET(CURLOPT_PREREQFUNCTION, before_request);
	SET(CURLOPT_PREREQDATA, client);
	return code;
}

static CURLcode set_method(CURL *curl, const struct http_call *call)
{
	CURLcode code = CURLE_OK;
	bool is_get = strcmp(call->method, "GET") == 0;
	SET(CURLOPT_CUSTOMREQUEST, NULL);
	if (is_get) {
		SET(CURLOPT_HTTPGET, 1L);
		return code;
	}
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, NULL); /* asked for piece by piece: see seek_body */
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.size);
	if (strcmp(call->method, "POST") != 0)
		SET(CURLOPT_CUSTOMREQUEST, call->method);
	return code;
}

static CURLcode set_call(struct client *client, const struct http_call *call,
			 struct curl_slist *list, struct arena *arena)
{
	CURL *curl = client->curl;
	CURLcode code = set_method(curl, call);
	bool has_user = call->user.size > 0;
	long silence_s = (long)(call->silence_ms + 999) / 1000;
	SET(CURLOPT_URL, text_copy(arena, call->url).at);
	SET(CURLOPT_HTTPHEADER, list);
	SET(CURLOPT_USERNAME, has_user ? text_copy(arena, call->user).at : NULL);
	if (has_user) {
		struct text copy = text_copy(arena, secret_reveal(call->password));
		SET(CURLOPT_PASSWORD, copy.at);
		/* libcurl has its own: ours need not lie about. */
		char *bytes;
		memcpy(&bytes, &copy.at, sizeof(bytes));
		explicit_bzero(bytes, copy.size);
	} else {
		SET(CURLOPT_PASSWORD, NULL);
	}
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(call->timeout_ms < CONNECT_MS_MAX ? call->timeout_ms
										: CONNECT_MS_MAX));
	SET(CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
	SET(CURLOPT_LOW_SPEED_LIMIT, call->silence_ms ? 1L : 0L);
	SET(CURLOPT_LOW_SPEED_TIME, silence_s);
	return code;
}

/*
 * A copy that libcurl frees; "Expect:" without a value keeps a large POST from waiting for leave.
 */
static struct curl_slist *make_headers(const struct http_call *call, struct arena *arena)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	invariant(list);
	for (uint32_t i = 0; i < call->header_count; i++) {
		struct text line = text_format(arena, "%s: %.*s", call->headers[i].name,
					       TEXT_ARG(call->headers[i].value));
		list = curl_slist_append(list, line.at);
		invariant(list);
	}
	return list;
}

static bool call_failed(const struct client *client, CURLcode code, bool was_sent,
			struct error *error)
{
	const char *why = code == CURLE_OK    ? "it ended within the headers"
			  : client->words[0] ? client->words
					     : curl_easy_strerror(code);
	if (client->is_refused) {
		*error = client->refusal;
		return false;
	}
	if (client->is_too_large)
		return error_set(error, ERROR_LIMIT, "the answer is larger than what is taken");
	if (was_sent)
		return error_set(error, ERROR_UNKNOWN, "the line broke before the answer (%s)",
				 why);
	switch ((int)code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return error_set(error, ERROR_INVALID, "is not an address one can call (%s)", why);
	case CURLE_PEER_FAILED_VERIFICATION:
		return error_set(error, ERROR_DENIED, "the certificate is not trusted (%s)", why);
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		return error_set(error, ERROR_DENIED, "the CA given holds no usable one (%s)", why);
	case CURLE_SSL_CONNECT_ERROR:
		return error_set(error, ERROR_UNREACHABLE, "TLS was not agreed on (%s)", why);
	default:
		return error_set(error, ERROR_UNREACHABLE, "cannot be reached (%s)", why);
	}
}

static void count_bytes(CURL *curl, struct http_reply *reply)
{
	long out = 0, head = 0;
	curl_off_t body = 0;
	(void)curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &out);
	(void)curl_easy_getinfo(curl, CURLINFO_HEADER_SIZE, &head);
	(void)curl_easy_getinfo(curl, CURLINFO_SIZE_DOWNLOAD_T, &body);
	reply->was_sent = out > 0;
	reply->bytes_out = (uint64_t)out;
	reply->bytes_in = (uint64_t)head + (uint64_t)body;
}

static void call_begin(struct client *client, const struct http_call *call, struct arena *arena)
{
	client->call = call;
	client->body_arena = arena;
	client->body = NULL;
	client->location = TEXT_NONE;
	client->body_size = client->body_room = client->sent = 0;
	client->has_head = client->is_too_large = client->is_refused = false;
	client->words[0] = '\0';
}

static bool http_call(struct http *http, const struct http_call *call, struct http_reply *reply,
		      struct arena *arena, struct error *error)
{
	struct client *client = client_of(http);
	*reply = (struct http_reply){ 0 };
	call_begin(client, call, arena);
	struct curl_slist *list = make_headers(call, arena);
	CURLcode code = set_call(client, call, list, arena);
	bool done = code == CURLE_OK;
	if (!done) {
		(void)error_set(error, ERROR_FAILED, "libcurl lacks something that is needed (%s)",
				curl_easy_strerror(code));
	} else {
		long status = 0;
		curl_off_t retry_after_s = 0;
		code = curl_easy_perform(client->curl);
		count_bytes(client->curl, reply);
		done = code == CURLE_OK && client->has_head;
		if (!done)
			(void)call_failed(client, code, reply->was_sent, error);
		(void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
		(void)curl_easy_getinfo(client->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
		reply->status = (uint32_t)status;
		reply->retry_after_s = retry_after_s > RETRY_AFTER_MAX_S
					   ? RETRY_AFTER_MAX_S
					   : (uint32_t)(retry_after_s > 0 ? retry_after_s : 0);
		reply->body = (struct text){ client->body ? client->body : "", client->body_size };
		reply->location = client->location;
	}
	(void)curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
	client->call = NULL;
	return done;
}

static bool http_alive(struct http *http)
{
	curl_socket_t socket = CURL_SOCKET_BAD;
	if (curl_easy_getinfo(client_of(http)->curl, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK ||
	    socket == CURL_SOCKET_BAD)
		return true;
	/* Between calls a peer has nothing to say but its end. */
	struct pollfd poller = { .fd = socket, .events = POLLIN | POLLRDHUP };
	return poll(&poller, 1, 0) <= 0;
}

static void http_close(struct http *http)
{
	struct client *client = client_of(http);
	curl_easy_cleanup(client->curl);
	/* The client lies in its own arena: the handle must outlive it. */
	struct arena arena = client->arena;
	arena_close(&arena);
}

static const struct http_verbs verbs = { http_call, http_alive, http_close };

struct http *http_open(const struct http_tls *tls)
{
	struct arena arena;
	struct error error;
	arena_open(&arena, CLIENT_ARENA_SIZE + tls->ca_pem.size);
	struct client *client = ARENA_NEW(&arena, struct client);
	client->http.verbs = &verbs;
	client->tls = (struct http_tls){ text_copy(&arena, tls->ca_pem),
					 text_copy(&arena, tls->fingerprint), tls->anonymous };
	client->arena = arena;
	client->curl = curl_easy_init();
	invariant(client->curl);
	CURLcode code = set_common(client);
	if (code != CURLE_OK)
		fatal("libcurl lacks something that is needed: %s", curl_easy_strerror(code));
	if (!tls_demand(client->curl, &client->tls, &error))
		fatal("%s", error.text);
	return &client->http;
}
