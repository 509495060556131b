/* One call through libcurl against peers on loopback that answer, lie, stall and hang up. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/halt.h"
#include "http/request.h"
#include "http/tls.h"

/* What the peer does with one request after the other. */
struct step {
	const char *answer; /* NULL: nothing is said */
	bool closes;        /* after the answer */
	bool resets;        /* … by a reset */
	bool halts;         /* the process is to end while it is thought about */
};

static struct {
	int listener;
	uint16_t port;
	pthread_t thread;
	const struct step *steps;
	uint32_t step_count;
	uint32_t at;          /* steps taken */
	uint32_t connections;
	char heard[1u << 18]; /* every byte that came */
	uint32_t heard_size;
} peer;

static struct arena arena;
static struct http *http;
static struct http_reply reply;
static struct error error;

/* ---- the peer ---- */

/* One whole request by its Content-Length, or as far as it came. */
static bool hear_request(int socket)
{
	uint32_t begin = peer.heard_size;
	for (;;) {
		char *start = peer.heard + begin;
		char *end = strstr(start, "\r\n\r\n");
		char *length = strstr(start, "Content-Length: ");
		size_t body = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
		if (end && (size_t)(peer.heard + peer.heard_size - end) >= 4 + body)
			return true;
		ssize_t got = recv(socket, peer.heard + peer.heard_size,
				   sizeof(peer.heard) - 1 - peer.heard_size, 0);
		if (got <= 0)
			return false;
		peer.heard_size += (uint32_t)got;
		peer.heard[peer.heard_size] = '\0';
	}
}

static void end_socket(int socket, bool resets)
{
	struct linger linger = { .l_onoff = resets, .l_linger = 0 };
	(void)setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	(void)close(socket);
}

static void serve(int socket)
{
	while (hear_request(socket)) {
		const struct step *step =
			&peer.steps[peer.at < peer.step_count ? peer.at : peer.step_count - 1];
		peer.at++;
		if (step->halts)
			halt_call();
		if (step->answer)
			(void)send(socket, step->answer, strlen(step->answer), MSG_NOSIGNAL);
		if (step->closes || step->resets) {
			end_socket(socket, step->resets);
			return;
		}
	}
	(void)close(socket);
}

static void *peer_run(void *argument)
{
	int socket;
	(void)argument;
	while ((socket = accept(peer.listener, NULL, NULL)) >= 0) {
		peer.connections++;
		serve(socket);
	}
	return NULL;
}

static void begin(const struct step *steps, uint32_t count)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	memset(&peer, 0, sizeof(peer));
	peer.steps = steps;
	peer.step_count = count;
	peer.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(peer.listener >= 0);
	assert_int_equal(bind(peer.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(peer.listener, 8), 0);
	assert_int_equal(getsockname(peer.listener, (struct sockaddr *)&address, &size), 0);
	peer.port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&peer.thread, NULL, peer_run, NULL), 0);
	arena_open(&arena, 8u << 20);
	http = http_open(&(struct http_tls){ 0 });
}

/* The client hangs up and the peer's thread is gone: what was heard may be looked at. */
static void settle(void)
{
	if (http)
		http->verbs->close(http);
	http = NULL;
	(void)shutdown(peer.listener, SHUT_RDWR);
	assert_int_equal(pthread_join(peer.thread, NULL), 0);
	(void)close(peer.listener);
}

static void finish(void)
{
	arena_close(&arena);
}

static struct http_call post(const char *body)
{
	static const struct http_header json = { "Content-Type", { "application/json", 16 } };
	return (struct http_call){ .method = "POST",
				   .url = text_format(&arena, "http://127.0.0.1:%u/rest/x",
						      (unsigned)peer.port),
				   .headers = &json,
				   .header_count = 1,
				   .body = text_of(body),
				   .user = TEXT("wavu"),
				   .password = secret_of(TEXT("s3=c:ret")),
				   .timeout_ms = 20000,
				   .silence_ms = 15000,
				   .body_size_max = 1u << 20 };
}

static bool call_it(const struct http_call *call)
{
	error = (struct error){ 0 };
	return http->verbs->call(http, call, &reply, &arena, &error);
}

#define OK_TWO "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"

/* ---- what works ---- */

static void a_call_is_said_as_it_was_given(void **state)
{
	static const struct step steps[] = { { .answer = OK_TWO } };
	(void)state;
	begin(steps, 1);
	struct http_call call = post("{\"a\":1}");
	assert_true(call_it(&call));
	assert_int_equal(reply.status, 200);
	assert_true(text_is(reply.body, "[]"));
	assert_true(reply.was_sent && reply.bytes_out > 0 && reply.bytes_in > 0);
	settle();
	assert_memory_equal(peer.heard, "POST /rest/x HTTP/1.1\r\n", 23);
	assert_non_null(strstr(peer.heard, "\r\nAuthorization: Basic d2F2dTpzMz1jOnJldA==\r\n"));
	assert_non_null(strstr(peer.heard, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(peer.heard, "\r\nContent-Length: 7\r\n"));
	assert_non_null(strstr(peer.heard, "\r\n\r\n{\"a\":1}"));
	assert_null(strstr(peer.heard, "Expect"));
	assert_null(strstr(peer.heard, "Accept-Encoding"));
	finish();
}

static void methods_and_statuses_are_the_callers(void **state)
{
	static const struct step steps[] = {
		{ .answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" },
		{ .answer = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
			    "Content-Length: 0\r\n\r\n" },
		{ .answer = "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nwhy" },
		{ .answer = "HTTP/1.1 204 No Content\r\n\r\n" },
	};
	static const uint32_t statuses[] = { 404, 302, 500, 204 };
	static const char *const methods[] = { "GET", "POST", "PUT", "DELETE" };
	(void)state;
	begin(steps, 4);
	for (size_t i = 0; i < 4; i++) {
		struct http_call call = post(i == 0 ? "" : "x");
		call.method = methods[i];
		assert_true(call_it(&call));
		assert_int_equal(reply.status, statuses[i]);
		assert_true(http->verbs->alive(http));
	}
	settle();
	assert_int_equal(peer.connections, 1); /* kept alive */
	assert_int_equal(peer.at, 4); /* no redirect was followed */
	for (size_t i = 0; i < 4; i++) {
		char line[64];
		(void)snprintf(line, sizeof(line), "%s /rest/x HTTP/1.1\r\n", methods[i]);
		assert_non_null(strstr(peer.heard, line));
	}
	finish();
}

static void large_bodies_go_both_ways(void **state)
{
	enum { SIZE = 40000 };
	static char answer[SIZE + 128], body[SIZE + 1];
	struct step step = { .answer = answer };
	(void)state;
	int head = snprintf(answer, sizeof(answer), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
			    SIZE);
	memset(answer + head, 'y', SIZE);
	memset(body, 'x', SIZE);
	begin(&step, 1);
	struct http_call call = post(body);
	assert_true(call_it(&call));
	assert_int_equal(reply.body.size, SIZE);
	assert_int_equal(reply.body.at[SIZE - 1], 'y');
	assert_int_equal(reply.body.at[SIZE], '\0');
	call.body_size_max = SIZE - 1;
	assert_false(call_it(&call));
	if (error.code != ERROR_LIMIT)
		fail_msg("%s", error.text);
	assert_true(reply.was_sent);
	settle();
	finish();
}

/* ---- what breaks ---- */

static void nobody_there_is_unreachable(void **state)
{
	static const struct step none[] = { { .answer = NULL } };
	(void)state;
	begin(none, 1);
	struct http_call call = post("{}");
	struct http *kept = http;
	http = NULL;
	settle(); /* the port is closed now */
	http = kept;
	assert_false(call_it(&call));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_false(reply.was_sent);
	call.url = TEXT("ftp://127.0.0.1/");
	assert_false(call_it(&call));
	assert_int_equal(error.code, ERROR_INVALID);
	http->verbs->close(http);
	http = NULL;
	finish();
}

/* The heart of it: a kept connection dies while a command is out. It came once, and never twice. */
static void a_command_is_never_sent_twice(void **state)
{
	static const struct step steps[][2] = {
		{ { .answer = OK_TWO }, { .closes = true } },
		{ { .answer = OK_TWO }, { .resets = true } },
		{ { .answer = OK_TWO }, { .answer = "HTTP/1.1 200 OK\r\n", .closes = true } },
		{ { .answer = OK_TWO }, { .answer = "HTTP/1.1 20", .closes = true } },
		{ { .answer = OK_TWO },
		  { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[", .closes = true } },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		begin(steps[i], 2);
		struct http_call call = post("{\"first\":1}"), second = post("{\"second\":1}");
		assert_true(call_it(&call));
		bool done = call_it(&second);
		if (done || error.code != ERROR_UNKNOWN || !reply.was_sent)
			fail_msg("%zu: %d %u %s", i, done, reply.status, error.text);
		settle();
		char *once = strstr(peer.heard, "{\"second\":1}");
		assert_non_null(once);
		assert_null(strstr(once + 1, "{\"second\":1}"));
		assert_int_equal(peer.at, 2);
		finish();
	}
}

static void what_is_harmless_twice_may_be_repeated(void **state)
{
	static const struct step steps[] = { { .answer = OK_TWO },
					     { .closes = true },
					     { .answer = OK_TWO } };
	(void)state;
	begin(steps, 3);
	struct http_call call = post("{\"question\":1}");
	call.again = true;
	assert_true(call_it(&call));
	assert_true(call_it(&call));
	settle();
	assert_int_equal(peer.at, 3);
	assert_int_equal(peer.connections, 2);
	finish();
}

static void a_connection_that_ended_while_idle_is_replaced(void **state)
{
	static const struct step steps[] = { { .answer = OK_TWO, .closes = true },
					     { .answer = OK_TWO } };
	(void)state;
	begin(steps, 2);
	struct http_call call = post("{}");
	assert_true(call_it(&call));
	for (int i = 0; i < 5000 && http->verbs->alive(http); i++)
		(void)poll(NULL, 0, 1);
	assert_false(http->verbs->alive(http));
	assert_true(call_it(&call));
	assert_true(http->verbs->alive(http));
	settle();
	assert_int_equal(peer.connections, 2);
	assert_int_equal(peer.at, 2);
	finish();
}

static void silence_and_time_have_an_end(void **state)
{
	static const struct step none[] = { { .answer = NULL } };
	(void)state;
	for (int i = 0; i < 2; i++) {
		begin(none, 1);
		struct http_call call = post("{}");
		call.timeout_ms = i ? 300 : 20000;
		call.silence_ms = i ? 15000 : 1000;
		assert_false(call_it(&call));
		assert_int_equal(error.code, ERROR_UNKNOWN);
		assert_true(reply.was_sent);
		settle();
		finish();
	}
}

/* Nobody would answer for ten minutes; it was sent, so nobody knows what became of it. */
static void what_yields_is_given_up_when_the_process_is_to_end(void **state)
{
	static const struct step halts[] = { { .halts = true } };
	(void)state;
	halt_prepare();
	begin(halts, 1);
	struct http_call call = post("{}");
	call.timeout_ms = call.silence_ms = 600000;
	call.yields = true;
	assert_false(call_it(&call));
	assert_int_equal(error.code, ERROR_UNKNOWN);
	assert_true(reply.was_sent);
	settle();
	halt_prepare();
	finish();
}

static void what_is_no_http_is_unknown(void **state)
{
	static const struct step steps[] = { { .answer = "SSH-2.0-ROSSSH\r\n", .closes = true } };
	(void)state;
	begin(steps, 1);
	struct http_call call = post("{}");
	assert_false(call_it(&call));
	assert_int_equal(error.code, ERROR_UNKNOWN);
	settle();
	finish();
}

static void the_environments_proxy_is_not_asked(void **state)
{
	static const struct step steps[] = { { .answer = OK_TWO } };
	(void)state;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1/", 1), 0);
	assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1/", 1), 0);
	begin(steps, 1);
	struct http_call call = post("{}");
	assert_true(call_it(&call));
	settle();
	finish();
	(void)unsetenv("http_proxy");
	(void)unsetenv("ALL_PROXY");
}

/* ---- addresses ---- */

static void origins_are_made_of_hosts_only(void **state)
{
	static const struct {
		const char *host, *origin; /* NULL: refused */
	} cases[] = {
		{ "10.66.0.11", "https://10.66.0.11:443" },
		{ "r1.kasi.net", "https://r1.kasi.net:443" },
		{ "2001:db8::1", "https://[2001:db8::1]:443" },
		{ "[2001:db8::1]", "https://[2001:db8::1]:443" },
		{ "", NULL },
		{ "a/b", NULL },
		{ "user@host", NULL },
		{ "a b", NULL },
		{ "a?b", NULL },
		{ "a\n", NULL },
	};
	char out[288];
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		bool made = tls_origin(out, sizeof(out), true, text_of(cases[i].host), 443);
		assert_int_equal(made, cases[i].origin != NULL);
		if (made)
			assert_string_equal(out, cases[i].origin);
	}
	assert_true(tls_origin(out, sizeof(out), false, TEXT("r"), 80));
	assert_string_equal(out, "http://r:80");
	assert_false(tls_origin(out, 10, false, TEXT("router"), 80));
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_call_is_said_as_it_was_given),
		TEST(methods_and_statuses_are_the_callers),
		TEST(large_bodies_go_both_ways),
		TEST(nobody_there_is_unreachable),
		TEST(a_command_is_never_sent_twice),
		TEST(what_is_harmless_twice_may_be_repeated),
		TEST(a_connection_that_ended_while_idle_is_replaced),
		TEST(silence_and_time_have_an_end),
		TEST(what_yields_is_given_up_when_the_process_is_to_end),
		TEST(what_is_no_http_is_unknown),
		TEST(the_environments_proxy_is_not_asked),
		TEST(origins_are_made_of_hosts_only),
	};
	(void)signal(SIGPIPE, SIG_IGN); /* as the program does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
