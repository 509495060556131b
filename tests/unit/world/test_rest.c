/*
 * REST as the manual shows it: statuses, bodies, methods, rights, versions, one request at a time.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOGIN "d2F2dTpzZWNyZXQ=" /* wavu:secret */

struct web {
	struct ros *ros;
	struct ros_session *session;
	char answer[65536];
};

static struct web web_new(const char *version, const char *policy, bool has_tls)
{
	struct web web = { .ros = ros_new(&(struct ros_options){ .version = version,
								 .password = "secret",
								 .policy = policy,
								 .now_at = CLIENT_START }) };

	web.session = ros_session_open_rest(web.ros, has_tls);
	return web;
}

static void web_free(struct web *web)
{
	if (web->session != NULL)
		ros_session_close(web->session);
	ros_free(web->ros);
}

/* What the router has said by now. */
static const char *web_read(struct web *web)
{
	const char *bytes;
	size_t size = ros_session_output(web->session, &bytes);

	assert_true(size < sizeof(web->answer));
	memcpy(web->answer, bytes, size);
	web->answer[size] = '\0';
	ros_session_consume(web->session, size);
	return web->answer;
}

static const char *web_send(struct web *web, const char *login, const char *what, const char *kind,
			    const char *body)
{
	char request[8192];
	int size = snprintf(request, sizeof(request),
			    "%s HTTP/1.1\r\nHost: r\r\nauthorization: Basic %s\r\n%s%s%s"
			    "Content-Length: %zu\r\n\r\n%s",
			    what, login, kind == NULL ? "" : "Content-Type: ",
			    kind == NULL ? "" : kind, kind == NULL ? "" : "\r\n", strlen(body),
			    body);

	assert_true(size > 0 && (size_t)size < sizeof(request));
	ros_session_input(web->session, request, (size_t)size);
	return web_read(web);
}

/* "200 {body}" */
static const char *ask(struct web *web, const char *what, const char *body)
{
	static char shown[65536];
	const char *answer = web_send(web, LOGIN, what, body[0] == '\0' ? NULL : "application/json",
				      body);
	const char *end = strstr(answer, "\r\n\r\n");

	assert_memory_equal(answer, "HTTP/1.1 ", 9);
	assert_non_null(end);
	snprintf(shown, sizeof(shown), "%.3s %s", answer + 9, end + 4);
	return shown;
}

#define assert_answer(web, what, body, expected) assert_string_equal(ask(web, what, body), expected)

#define GONE "404 {\"error\":404,\"message\":\"Not Found\"}"
#define HIDDEN                                                         \
	"400 {\"detail\":\"missing or invalid resource identifier\",\"error\":400," \
	"\"message\":\"Bad Request\"}"

static void test_post_is_any_command(void **state)
{
	struct web web = web_new("7.20.8", NULL, true);

	(void)state;
	assert_answer(&web, "POST /rest/ppp/secret/add",
		      "{\"name\":\"a\\\"b\",\"password\":\"p\\u00e9\",\"comment\":\"x=y\"}",
		      "200 {\"ret\":\"*1\"}");
	assert_answer(&web, "POST /rest/ppp/secret/add", "{\"name\": \"c\", \"disabled\": true}",
		      "200 {\"ret\":\"*2\"}");
	assert_answer(&web, "POST /rest/ppp/secret/print",
		      "{\".proplist\":\".id,name,password,disabled\"}",
		      "200 [{\".id\":\"*1\",\"name\":\"a\\\"b\",\"password\":\"p\xc3\xa9\","
		      "\"disabled\":\"false\"},{\".id\":\"*2\",\"name\":\"c\",\"password\":\"\","
		      "\"disabled\":\"true\"}]");
	assert_answer(&web, "POST /rest/ppp/secret/print",
		      "{\".proplist\":[\"name\"],\".query\":[\"name=c\",\"name=d\",\"#|\"]}",
		      "200 [{\"name\":\"c\"}]");
	assert_answer(&web, "POST /rest/ppp/secret/print", "{\"count-only\":\"\"}",
		      "200 {\"ret\":\"2\"}");
	assert_answer(&web, "POST /rest/ppp/secret/set", "{\".id\":\"*1,*2\",\"comment\":\"i\"}",
		      "200 []");
	assert_answer(&web, "POST /rest/ppp/secret/set", "{\".id\":\"*2\",\"!comment\":\"\"}",
		      "200 []");
	assert_false(ros_row_read(web.ros, "/ppp/secret", "c", "comment", &(struct ros_text){ 0 }));
	assert_answer(&web, "POST /rest/ppp/secret/remove", "{\".id\":\"*1\"}", "200 []");
	assert_answer(&web, "POST /rest/system/identity/set", "{\"name\":\"b-1\"}", "200 []");
	assert_int_equal(ros_row_count(web.ros, "/ppp/secret"), 1);
	web_free(&web);
}

static void test_get_put_patch_delete(void **state)
{
	struct web web = web_new("7.20.8", NULL, true);

	(void)state;
	assert_answer(&web, "GET /rest/system/identity", "", "200 {\"name\":\"MikroTik\"}");
	assert_answer(&web, "GET /rest/ppp/secret", "", "200 []");
	assert_non_null(strstr(ask(&web, "PUT /rest/ppp/secret", "{\"name\":\"a\"}"),
			       "201 {\".id\":\"*1\",\"name\":\"a\""));
	assert_non_null(strstr(web.answer, "Location: /rest/ppp/secret/*1\r\n"));
	assert_answer(&web, "GET /rest/ppp/secret?name=a&.proplist=name", "",
		      "200 [{\".id\":\"*1\",\"name\":\"a\"}]");
	assert_answer(&web, "GET /rest/ppp/secret/*1?.proplist=name", "", "200 {\"name\":\"a\"}");
	assert_answer(&web, "GET /rest/ppp/secret?name=nope", "", "200 []");
	assert_answer(&web, "GET /rest/ppp/secret/*9", "", GONE);
	assert_answer(&web, "GET /rest/ppp/secret/%2A1", "",
		      "400 {\"detail\":\"no such command prefix\",\"error\":400,"
		      "\"message\":\"Bad Request\"}");
	assert_non_null(strstr(ask(&web, "PATCH /rest/ppp/secret/*1", "{\"comment\":\"g\"}"),
			       "\"comment\":\"g\""));
	assert_answer(&web, "PATCH /rest/ppp/secret/*1", "{\"profile\":\"nowhere\"}", HIDDEN);
	assert_answer(&web, "DELETE /rest/ppp/secret/*1", "", "204 ");
	assert_answer(&web, "DELETE /rest/ppp/secret/*1", "", GONE);
	assert_answer(&web, "DELETE /rest/ppp/profile/default", "", HIDDEN);
	web_free(&web);
}

static void test_refusals(void **state)
{
	struct web web = web_new("7.20.8", NULL, true);

	(void)state;
	ask(&web, "POST /rest/ppp/secret/add", "{\"name\":\"a\"}");
	assert_non_null(strstr(ask(&web, "POST /rest/ppp/secret/add", "{\"name\":\"a\"}"),
			       "400 {\"detail\":\"failure: secret with the same name already "
			       "exists\",\"error\":400,\"message\":\"Bad Request\"}"));
	assert_answer(&web, "POST /rest/interface/remove", "{\".id\":\"ether1\"}",
		      "400 {\"detail\":\"no such command or directory (remove)\",\"error\":400,"
		      "\"message\":\"Bad Request\"}");
	assert_non_null(strstr(ask(&web, "POST /rest/ip/nowhere/print", "{}"),
			       "400 {\"detail\":\"no such command prefix\""));
	assert_non_null(strstr(web_send(&web, LOGIN, "POST /rest/ppp/secret/add", "text/plain",
					"{\"name\":\"b\"}"),
			       "HTTP/1.1 415 Unsupported Media Type\r\n"));
	assert_non_null(strstr(ask(&web, "HEAD /rest/ppp/secret", ""), "405 "));
	assert_memory_equal(ask(&web, "GET /webfig/", ""), "404 <html>", 10);
	/* Numbers: octal, hex, no exponent; lists, nulls and garbage are not for this. */
	assert_memory_equal(ask(&web, "POST /rest/ip/hotspot/user/add",
				"{\"name\":\"h\",\"limit-bytes-total\":0x10}"), "200", 3);
	assert_true(ros_row_is(web.ros, "/ip/hotspot/user", "h", "limit-bytes-total", "16"));
	assert_memory_equal(ask(&web, "POST /rest/ppp/secret/add", "{\"name\":1e3}"), "400", 3);
	assert_memory_equal(ask(&web, "POST /rest/ppp/secret/add", "{\"name\":null}"), "400", 3);
	assert_memory_equal(ask(&web, "POST /rest/ppp/secret/add", "[1]"), "400", 3);
	assert_memory_equal(ask(&web, "POST /rest/ppp/secret/add", "{\"name\":\"x\"} x"), "400", 3);
	assert_int_equal(ros_row_count(web.ros, "/ppp/secret"), 1);
	web_free(&web);
}

static void test_rights(void **state)
{
	static const struct {
		const char *policy, *login, *expected;
	} cases[] = {
		{ NULL, LOGIN, "HTTP/1.1 200 OK\r\n" },
		{ NULL, "d2F2dTp4", "HTTP/1.1 401 Unauthorized\r\n" },
		{ NULL, "!", "HTTP/1.1 401 Unauthorized\r\n" },
		{ "read,write,api", LOGIN, "HTTP/1.1 401 Unauthorized\r\n" },
		{ "read,write,rest-api", LOGIN, "std failure: not allowed (9)" },
		{ "write,api,rest-api", LOGIN, "not enough permissions (9)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct web web = web_new("7.16.2", cases[i].policy, true);

		if (strstr(web_send(&web, cases[i].login, "GET /rest/ppp/secret", NULL, ""),
			   cases[i].expected) == NULL)
			fail_msg("%zu: %s", i, web.answer);
		web_free(&web);
	}
}

static void test_versions(void **state)
{
	static const struct {
		const char *version;
		bool has_tls;
		const char *expected;
	} cases[] = {
		{ "6.49.19", true, "404 <html>" }, { "6.49.19", false, "404 <html>" },
		{ "7.1", true, "200 {" },	   { "7.8", false, "404 <html>" },
		{ "7.9", false, "200 {" },	   { "7.24", true, "200 {" },
	};
	struct web web;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		web = web_new(cases[i].version, NULL, cases[i].has_tls);
		if (strncmp(ask(&web, "GET /rest/system/resource", ""), cases[i].expected,
			    strlen(cases[i].expected)) != 0)
			fail_msg("%s: %s", cases[i].version, web.answer);
		web_free(&web);
	}
	/* From 7.21 on it can be switched off, each way by itself. */
	web = web_new("7.24", NULL, false);
	assert_true(ros_hand(web.ros, NULL, "/ip/service/webserver/set", "=rest-plain=no", NULL));
	assert_memory_equal(ask(&web, "GET /rest/system/resource", ""), "403 <html>", 10);
	assert_true(ros_hand(web.ros, NULL, "/ip/service/webserver/set", "=rest-plain=yes", NULL));
	assert_memory_equal(ask(&web, "GET /rest/system/resource", ""), "200 {", 5);
	web_free(&web);
	web = web_new("7.20.8", NULL, false);
	assert_false(ros_hand(web.ros, NULL, "/ip/service/webserver/set", "=rest-plain=no", NULL));
	web_free(&web);
}

static void test_services_are_their_own(void **state)
{
	struct web web = web_new("7.20.8", NULL, true);
	struct ros_session *more;

	(void)state;
	ask(&web, "GET /rest/system/resource", "");
	/* The login is shown twice, the connection once. */
	assert_int_equal(ros_row_count(web.ros, "/user/active"), 2);
	assert_true(ros_row_is(web.ros, "/user/active", "wavu", "via", "rest-api"));
	assert_int_equal(ros_counters(web.ros).logins, 1);
	assert_true(ros_hand(web.ros, NULL, "/ip/service/set", "=.id=api", "=disabled=yes", NULL));
	assert_memory_equal(ask(&web, "GET /rest/system/resource", ""), "200", 3);
	assert_null(ros_session_open(web.ros));
	assert_true(ros_hand(web.ros, NULL, "/ip/service/set", "=.id=www-ssl", "=max-sessions=1",
			     NULL));
	assert_null(ros_session_open_rest(web.ros, true));
	more = ros_session_open_rest(web.ros, false);
	assert_non_null(more);
	ros_session_close(more);
	ros_session_close(web.session);
	web.session = NULL;
	assert_int_equal(ros_row_count(web.ros, "/user/active"), 0);
	web_free(&web);
}

/* "Requests of one user run one at a time; those queued behind a long one fail with it" (§2). */
static void test_one_at_a_time_and_the_cut(void **state)
{
	struct web web = web_new("7.16.2", NULL, true), other;
	struct ros_fault slow = { .kind = ROS_FAULT_DELAY,
				  .after = 1,
				  .times = 1,
				  .delay_us = 5 * CLIENT_SECOND };

	(void)state;
	other.ros = web.ros;
	other.session = ros_session_open_rest(web.ros, true);
	ros_fault_arm(web.ros, &slow);
	assert_string_equal(web_send(&web, LOGIN, "POST /rest/ppp/secret/add", "application/json",
				     "{\"name\":\"a\"}"), "");
	assert_string_equal(web_send(&other, LOGIN, "GET /rest/ppp/secret", NULL, ""), "");
	assert_int_equal(ros_session_release_at(other.session), CLIENT_START + 5 * CLIENT_SECOND);
	ros_set_now(web.ros, CLIENT_START + 5 * CLIENT_SECOND);
	assert_memory_equal(web_read(&web), "HTTP/1.1 200", 12);
	assert_memory_equal(web_read(&other), "HTTP/1.1 200", 12);

	slow.delay_us = 100 * CLIENT_SECOND;
	ros_fault_arm(web.ros, &slow);
	web_send(&web, LOGIN, "POST /rest/ppp/secret/add", "application/json", "{\"name\":\"b\"}");
	web_send(&other, LOGIN, "GET /rest/ppp/secret", NULL, "");
	ros_set_now(web.ros, CLIENT_START + 64 * CLIENT_SECOND);
	assert_string_equal(web_read(&web), "");
	ros_set_now(web.ros, CLIENT_START + 65 * CLIENT_SECOND);
	assert_non_null(strstr(web_read(&web), "{\"detail\":\"Session closed\",\"error\":400,"));
	assert_non_null(strstr(web_read(&other), "Session closed"));
	/* It goes on running. */
	assert_true(ros_row_exists(web.ros, "/ppp/secret", "b"));
	ros_session_close(other.session);
	web_free(&web);
}

static void test_odd_bytes_break_the_json(void **state)
{
	struct web web = web_new("7.24", NULL, true);

	(void)state;
	assert_true(
	    ros_hand(web.ros, NULL, "/ppp/secret/add", "=name=a", "=comment=\xe9\t\"", NULL));
	assert_answer(&web, "GET /rest/ppp/secret/a?.proplist=comment", "",
		      "200 {\"comment\":\"\xe9\t\\\"\"}");
	web_free(&web);
}

static void test_any_cut_and_no_http(void **state)
{
	static const char request[] = "GET /rest/system/identity HTTP/1.1\r\n"
				      "Authorization: Basic " LOGIN "\r\n\r\n";
	static const char *const wrong[] = {
		"hello\r\n\r\n", "GET rest HTTP/1.1\r\n\r\n", "GET / HTTP/2\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"GET / HTTP/1.1\r\nx\r\n\r\n",
	};
	struct web web = web_new("7.16.2", NULL, true);

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(request); i++) {
		assert_string_equal(web_read(&web), "");
		ros_session_input(web.session, request + i, 1);
	}
	assert_memory_equal(web_read(&web), "HTTP/1.1 200", 12);
	assert_int_equal(ros_session_line(web.session), ROS_LINE_OPEN);
	web_free(&web);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		web = web_new("7.16.2", NULL, true);
		ros_session_input(web.session, wrong[i], strlen(wrong[i]));
		assert_memory_equal(web_read(&web), "HTTP/1.1 400", 12);
		assert_int_equal(ros_session_line(web.session), ROS_LINE_ENDED);
		web_free(&web);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_post_is_any_command),
		cmocka_unit_test(test_get_put_patch_delete),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_services_are_their_own),
		cmocka_unit_test(test_one_at_a_time_and_the_cut),
		cmocka_unit_test(test_odd_bytes_break_the_json),
		cmocka_unit_test(test_any_cut_and_no_http),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
