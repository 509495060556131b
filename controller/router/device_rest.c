/* A session with the REST service: calls, version, verbs, end. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "http/tls.h"
#include "menu/value.h"
#include "router/line.h"
#include "router/rest.h"
#include "router/traps.h"

#define REST_ARENA_SIZE (256u << 10) /* the session's own things; a job's lie in the job's */
#define MS_US INT64_C(1000)
#define ORIGIN_SIZE 288
/* The router cuts every request at 60 s (routeros facts §2): nothing comes after it. */
#define CUT_MS 65000u
/* One print as JSON and its tree lie in memory at once. */
#define REST_SIZE_MAX (REPLY_SIZE_MAX / 4)

static struct rest *rest_of(struct device *device)
{
	return (struct rest *)device;
}

bool rest_fail(const struct rest *rest, struct error *error)
{
	struct text scheme, rest_of_it;
	if (text_cut(rest->origin, '/', &scheme, &rest_of_it))
		(void)error_at(error, "%.*s", TEXT_ARG(text_from(rest_of_it, 1)));
	return false;
}

/* ---- one call ---- */

/* How long the next call may take; 0: time is up. */
static uint32_t time_left_ms(const struct rest_time *time)
{
	int64_t allowed_ms = (int64_t)time->budget_ms + (int64_t)time->steps * time->each_ms;
	int64_t left_ms = allowed_ms - (clock_monotonic() - time->begin_at) / MS_US;
	if (left_ms <= 0)
		return 0;
	return left_ms < CUT_MS ? (uint32_t)left_ms : CUT_MS;
}

/* What a status without words means. */
static const char *status_words(uint32_t status)
{
	switch (status) {
	case 401:
		return "invalid user name or password, or the user's group lacks rest-api, or its "
		       "address is not allowed";
	case 403:
		return "not allowed: /ip/service/webserver has REST switched off";
	case 404:
		return "there is no REST here: it needs RouterOS 7.1 (7.9 without TLS)";
	default:
		return "";
	}
}

/* The console's words are in `detail`; `message` only names the status (§2). */
static void read_refusal(struct rest_answer *answer, struct arena *arena)
{
	struct text words = TEXT_NONE;
	if (rest_read_key(answer->body, "detail", &words, arena) && words.size > 0)
		answer->words = words;
	else if (status_words(answer->status)[0])
		answer->words = text_of(status_words(answer->status));
	else if (rest_read_key(answer->body, "message", &words, arena) && words.size > 0)
		answer->words = words;
	else
		answer->words = text_format(arena, "status %u", answer->status);
}

bool rest_call(struct rest *rest, struct text path, struct text body, const struct rest_time *time,
	       struct rest_answer *answer, struct arena *arena, struct error *error)
{
	static const struct http_header json = { "Content-Type", { "application/json", 16 } };
	struct http_reply reply = { 0 };
	struct http_call call = {
		.method = body.size ? "POST" : "GET",
		.url = text_format(arena, "%.*s/rest%.*s", TEXT_ARG(rest->origin), TEXT_ARG(path)),
		.headers = &json,
		.header_count = body.size ? 1 : 0,
		.body = body,
		.user = rest->user,
		.password = rest->password,
		.timeout_ms = time_left_ms(time),
		.silence_ms = REPLY_MS_MAX,
		.body_size_max = REST_SIZE_MAX,
		.yields = true,
	};
	*answer = (struct rest_answer){ 0 };
	if (rest->is_dead || call.timeout_ms == 0) {
		(void)error_set(error, ERROR_UNREACHABLE,
				rest->is_dead ? "the session is over"
					      : "the router answers too slowly: the session was "
						"given up");
		rest->is_dead = true;
		return rest_fail(rest, error);
	}
	bool done = rest->http->verbs->call(rest->http, &call, &reply, arena, error);
	rest->device.counts.commands++;
	rest->device.counts.bytes_out += reply.bytes_out;
	rest->device.counts.bytes_in += reply.bytes_in;
	if (!done) {
		/* Whatever it was, what was asked may have been done. */
		if (reply.was_sent)
			error->code = ERROR_UNKNOWN;
		rest->is_dead = true;
		return rest_fail(rest, error);
	}
	answer->status = reply.status;
	answer->body = reply.body;
	if (reply.status < 200 || reply.status > 299)
		read_refusal(answer, arena);
	return true;
}

/* ---- the verbs ---- */

static bool verb_look(struct device *device, struct look *looks, uint32_t count,
		      struct arena *arena, struct error *error)
{
	return rest_look(rest_of(device), looks, count, arena, error);
}

static bool verb_write(struct device *device, struct write *writes, uint32_t count,
		       struct arena *arena, struct error *error)
{
	return rest_write(rest_of(device), writes, count, arena, error);
}

static bool verb_alive(struct device *device)
{
	struct rest *rest = rest_of(device);
	return !rest->is_dead && rest->http->verbs->alive(rest->http);
}

static void verb_close(struct device *device)
{
	struct rest *rest = rest_of(device);
	rest->http->verbs->close(rest->http);
	/* It lies in its own arena: the handle must outlive it. */
	struct arena arena = rest->arena;
	explicit_bzero(arena.base, arena.used); /* the password */
	arena_close(&arena);
}

/* No listen, no tags (routeros facts §2): whoever keeps it only keeps it. */
static const struct device_verbs rest_verbs = {
	.look = verb_look,
	.write = verb_write,
	.alive = verb_alive,
	.close = verb_close,
};

/* ---- opening ---- */

/* The first call is login and version in one. */
static bool read_version(struct rest *rest, struct error *error)
{
	struct rest_time time = { clock_monotonic(), CONNECT_MS_MAX + REPLY_MS_MAX, 0, 0 };
	struct rest_answer answer;
	struct text version;
	struct arena scratch;
	arena_open(&scratch, 2ull * REST_SIZE_MAX);
	bool done = rest_call(rest, TEXT("/system/resource?.proplist=version"), TEXT_NONE, &time,
			      &answer, &scratch, error);
	if (!done) {
		/* A question changes nothing: there is nothing to doubt. */
		if (error->code == ERROR_UNKNOWN)
			error->code = ERROR_UNREACHABLE;
	} else if (answer.words.size > 0) {
		done = trap_error(error, answer.words);
		/* A no is final until a person changes something; "Session closed" and an inner
		 * failure without a known reason pass by themselves. */
		bool passes = error->code == ERROR_UNKNOWN ||
			      (error->code == ERROR_REFUSED && answer.status >= 500);
		error->code = passes ? ERROR_UNREACHABLE : ERROR_DENIED;
	} else if (!rest_read_key(answer.body, "version", &version, &rest->arena)) {
		/* Shortly after boot it answers with incomplete data (§2). */
		done = error_set(error, ERROR_UNREACHABLE,
				 "the router does not tell its version: it may still be starting");
	} else {
		rest->device.version = version;
		rest->device.version_number = value_version(version);
	}
	arena_close(&scratch);
	return done || rest->is_dead ? done : rest_fail(rest, error);
}

static bool check_user(struct text user, struct secret password, struct error *error)
{
	if (!password.readable)
		return error_set(error, ERROR_DENIED, "its password cannot be read");
	/* Basic authentication ends the name at the first colon. */
	for (uint32_t i = 0; i < user.size; i++)
		if (user.at[i] == ':')
			return error_set(error, ERROR_INVALID,
					 "REST cannot log in a user whose name has a colon");
	if (user.size > SECRET_SIZE_MAX || secret_reveal(password).size > SECRET_SIZE_MAX)
		return error_set(error, ERROR_LIMIT, "its user or password is too long");
	return true;
}

bool device_open_http(struct device **out, struct http *http, struct text origin, struct text user,
		      struct secret password, struct error *error)
{
	struct arena arena;
	arena_open(&arena, REST_ARENA_SIZE);
	struct rest *rest = ARENA_NEW(&arena, struct rest);
	rest->device.verbs = &rest_verbs;
	rest->http = http;
	rest->origin = text_copy(&arena, origin);
	bool done = check_user(user, password, error);
	if (done) {
		rest->user = text_copy(&arena, user);
		rest->password = secret_of(text_copy(&arena, secret_reveal(password)));
	}
	rest->arena = arena;
	done = done ? read_version(rest, error) : rest_fail(rest, error);
	if (!done) {
		device_close(&rest->device);
		return false;
	}
	*out = &rest->device;
	return true;
}

bool device_open_rest(struct device **out, const struct router *router, struct secret password,
		      struct text ca_pem, struct error *error)
{
	char origin[ORIGIN_SIZE];
	struct http_tls tls = { ca_pem, router->tls.fingerprint, router->tls.anonymous };
	bool done = router->rest_plain || line_check_tls(router, ca_pem, error);
	if (done && !tls_origin(origin, sizeof(origin), !router->rest_plain, router->host,
				router->port))
		done = error_set(error, ERROR_INVALID, "is not an address one can connect to");
	if (!done)
		return error_at(error, "%.*s:%u", TEXT_ARG(text_head(router->host, 70)),
				(unsigned)router->port);
	return device_open_http(out, http_open(&tls), text_of(origin), router->user, password,
				error);
}
