/*
 * What is REST's own: statuses, broken JSON, the cut at 60 s, one request at a time, lines that
 * break at every byte, answers that no router should give, TLS.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peer.h"
#include "ros_http.h"
#include "script_http.h"

#include "router/device.h"

#define NOW INT64_C(1700000000000000)
#define SECOND INT64_C(1000000)

static struct arena arena;
static struct ros *ros;
static struct device *device;
static struct error error;

static void router_begin(const char *version, const char *policy)
{
	arena_open(&arena, 256u << 20);
	ros = ros_new(&(struct ros_options){ .version = version,
					     .password = "secret",
					     .policy = policy,
					     .now_at = NOW });
	error = (struct error){ 0 };
}

static bool login(const char *password)
{
	static const struct ros_http_options options = { .now_at = NOW };
	return device_open_http(&device, ros_http_open(ros, &options, NULL), TEXT("https://r:443"),
				TEXT("wavu"), secret_of(text_of(password)), &error);
}

static void router_open(const char *version)
{
	router_begin(version, NULL);
	if (!login("secret"))
		fail_msg("%s", error.text);
}

static void router_end(void)
{
	device_close(device);
	device = NULL;
	ros_free(ros);
	ros = NULL;
	arena_close(&arena);
}

static bool look_at(enum menu_id menu, struct look *look)
{
	*look = (struct look){ .menu = menu_of(menu), .count = true };
	error = (struct error){ 0 };
	return device->verbs->look(device, look, 1, &arena, &error);
}

static const struct attribute juma[] = { { .name = "name", .value = { "juma", 4 } },
					 { .name = "password", .value = { "p", 1 } } };

static struct write add_juma(void)
{
	return (struct write){ .verb = VERB_ADD,
			       .menu = menu_of(MENU_PPP_SECRET),
			       .attributes = juma,
			       .attribute_count = 2 };
}

static bool write_it(struct write *write)
{
	error = (struct error){ 0 };
	return device->verbs->write(device, write, 1, &arena, &error);
}

/* ---- login ---- */

static void wrong_logins_are_denied_in_words(void **state)
{
	static const struct {
		const char *version, *policy, *password, *words;
	} cases[] = {
		{ "7.16.2", NULL, "guess", "invalid user name or password" },
		{ "7.16.2", "read,write,api,sensitive", "secret", "rest-api" },
		{ "7.16.2", "read,write,rest-api", "secret", "not allowed (9)" },
		{ "7.16.2", "write,api,rest-api", "secret", "not enough permissions (9)" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		router_begin(cases[i].version, cases[i].policy);
		assert_false(login(cases[i].password));
		assert_int_equal(error.code, ERROR_DENIED);
		if (!strstr(error.text, cases[i].words) || !strstr(error.text, "r:443: "))
			fail_msg("%s", error.text);
		assert_null(strstr(error.text, "guess"));
		device = NULL;
		router_end();
	}
}

static void what_is_switched_off_says_so(void **state)
{
	(void)state;
	router_begin("7.24", NULL);
	assert_true(ros_hand(ros, NULL, "/ip/service/webserver/set", "=rest-secure=no", NULL));
	assert_false(login("secret"));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_non_null(strstr(error.text, "webserver"));
	device = NULL;
	router_end();
}

static void users_that_basic_cannot_name_are_refused_unsent(void **state)
{
	(void)state;
	router_begin(NULL, NULL);
	assert_false(device_open_http(&device, ros_http_open(ros, NULL, NULL),
				      TEXT("https://r:443"), TEXT("a:b"),
				      secret_of(TEXT("secret")), &error));
	assert_int_equal(error.code, ERROR_INVALID);
	assert_false(device_open_http(&device, ros_http_open(ros, NULL, NULL),
				      TEXT("https://r:443"), TEXT("wavu"),
				      (struct secret){ .readable = false }, &error));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_int_equal(ros_counters(ros).connections, 0);
	router_end();
}

static void a_router_that_is_away_is_unreachable(void **state)
{
	struct ros_fault refuse = { .kind = ROS_FAULT_REFUSE, .after = 1 };
	struct ros_fault silent = { .kind = ROS_FAULT_SILENT, .after = 1 };
	(void)state;
	router_begin(NULL, NULL);
	ros_fault_arm(ros, &refuse);
	assert_false(login("secret"));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	ros_fault_clear_all(ros);
	ros_fault_arm(ros, &silent);
	assert_false(login("secret"));
	/* A question changes nothing, so there is nothing to be unsure of. */
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	device = NULL;
	router_end();
}

/* ---- one connection ---- */

static void one_connection_carries_all(void **state)
{
	struct look look;
	(void)state;
	router_open(NULL);
	for (int i = 0; i < 5; i++) {
		assert_true(look_at(MENU_PPP_SECRET, &look));
		assert_true(look_at(MENU_PPP_ACTIVE, &look));
	}
	assert_int_equal(ros_counters(ros).connections, 1);
	assert_int_equal(ros_counters(ros).logins, 1);
	assert_int_equal(ros_counters(ros).tags_max, 1); /* never two at once */
	assert_int_equal(device->counts.commands, 21);
	router_end();
}

static void a_reader_may_not_write(void **state)
{
	struct look look;
	(void)state;
	router_begin(NULL, "read,api,rest-api");
	assert_true(login("secret"));
	struct write write = add_juma();
	assert_true(write_it(&write));
	assert_int_equal(write.end, WRITE_REFUSED);
	assert_int_equal(write.error.code, ERROR_DENIED);
	assert_non_null(strstr(write.error.text, "not enough permissions"));
	assert_true(look_at(MENU_PPP_SECRET, &look));
	router_end();
}

/* ---- bytes that JSON cannot carry ---- */

static void broken_json_is_said_with_its_menu(void **state)
{
	static const char *const comments[] = { "=comment=caf\xe9", "=comment=a\tb",
						"=comment=two\r\nlines" };
	struct look look;
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(comments); i++) {
		router_open(NULL);
		assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=a", NULL));
		assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=b", comments[i], NULL));
		assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=c", NULL));
		assert_false(look_at(MENU_PPP_SECRET, &look));
		assert_int_equal(error.code, ERROR_REFUSED);
		assert_non_null(strstr(error.text, "/ppp/secret"));
		assert_non_null(strstr(error.text, "use transport api"));
		assert_true(look.suspicious);
		assert_false(look.table.looked);
		assert_int_equal(look.table.count, 0); /* never a part of it */
		/* It is not fatal: the session and the other menus live. */
		assert_true(device->verbs->alive(device));
		assert_true(look_at(MENU_POOL, &look));
		assert_true(ros_hand(ros, NULL, "/ppp/secret/set", "=.id=b", "=comment=tea",
				     NULL));
		assert_true(look_at(MENU_PPP_SECRET, &look));
		assert_int_equal(look.table.count, 3);
		router_end();
	}
}

static void a_value_that_is_no_utf8_is_not_sent(void **state)
{
	static const struct attribute list[] = { { .name = "name", .value = { "juma", 4 } },
						 { .name = "comment",
						   .value = { "caf\xe9", 4 } } };
	(void)state;
	router_open(NULL);
	struct write write = add_juma();
	write.attributes = list;
	assert_true(write_it(&write));
	assert_int_equal(write.end, WRITE_REFUSED);
	assert_non_null(strstr(write.error.text, "comment"));
	assert_int_equal(ros_counters(ros).writes, 0);
	router_end();
}

/* ---- time ---- */

static void what_is_cut_at_sixty_seconds_is_unknown(void **state)
{
	struct ros_fault slow = { .kind = ROS_FAULT_DELAY,
				  .after = 1,
				  .times = 1,
				  .delay_us = 70 * SECOND };
	struct look look;
	(void)state;
	router_open(NULL);
	ros_fault_arm(ros, &slow);
	struct write write = add_juma();
	assert_true(write_it(&write)); /* the line lives */
	assert_int_equal(write.end, WRITE_UNKNOWN);
	assert_int_equal(write.error.code, ERROR_UNKNOWN);
	assert_non_null(strstr(write.error.text, "Session closed"));
	/* It went on running: only a look tells. */
	assert_true(look_at(MENU_PPP_SECRET, &look));
	assert_int_equal(look.table.count, 1);
	/* A question that is cut is asked again by whoever needs it. */
	slow.delay_us = 200 * SECOND;
	ros_fault_arm(ros, &slow);
	assert_false(look_at(MENU_PPP_SECRET, &look));
	assert_int_equal(error.code, ERROR_UNKNOWN);
	router_end();
}

/* ---- lines that break ---- */

static bool is_there(void)
{
	return ros_row_exists(ros, "/ppp/secret", "juma");
}

/* What must hold when the line broke at some byte of the write; returns its end. */
static enum write_end check_cut_write(enum ros_fault_kind kind, enum ros_cut how, uint64_t after)
{
	struct ros_fault cut = { .kind = kind, .how = how, .after = after, .times = 1 };
	router_open(NULL);
	ros_fault_arm(ros, &cut);
	struct write write = add_juma();
	bool lived = write_it(&write);
	assert_int_equal(lived, write.end == WRITE_DONE);
	assert_true(write.end != WRITE_REFUSED);
	if (write.end == WRITE_DONE)
		assert_true(is_there());
	if (write.end == WRITE_UNSENT)
		assert_false(is_there());
	if (!lived) {
		assert_false(device->verbs->alive(device));
		assert_int_equal(error.code,
				 write.end == WRITE_UNKNOWN ? ERROR_UNKNOWN : ERROR_UNREACHABLE);
		/* It never tries by itself what it does not know. */
		struct write again = add_juma();
		assert_false(write_it(&again));
		assert_int_equal(again.end, WRITE_UNSENT);
	}
	assert_true(ros_counters(ros).writes <= 1);
	enum write_end end = write.end;
	router_end();
	return end;
}

static void a_line_cut_at_any_byte_is_never_guessed_at(void **state)
{
	static const enum ros_fault_kind kinds[] = { ROS_FAULT_CUT_RECEIVED, ROS_FAULT_CUT_SENT };
	(void)state;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++)
		for (int how = 0; how < ROS_CUT_COUNT; how++) {
			uint64_t after = 1;
			while (check_cut_write(kinds[k], (enum ros_cut)how, after) != WRITE_DONE)
				after++;
			assert_true(after > 50);
		}
}

static void a_look_cut_at_any_byte_counts_nothing(void **state)
{
	(void)state;
	for (uint64_t after = 1;; after++) {
		struct ros_fault cut = { .kind = ROS_FAULT_CUT_SENT, .after = after, .times = 1 };
		struct look look;
		router_open(NULL);
		assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=a", NULL));
		assert_true(ros_hand(ros, NULL, "/ppp/secret/add", "=name=b", NULL));
		ros_fault_arm(ros, &cut);
		bool done = look_at(MENU_PPP_SECRET, &look);
		assert_int_equal(look.table.looked, done);
		assert_int_equal(look.table.count, done ? 2 : 0);
		router_end();
		if (done) {
			assert_true(after > 200);
			return;
		}
	}
}

/* ---- answers that no router should give ---- */

static const struct script_answer version_answer = { 200, "{\"version\":\"7.16.2 (stable)\"}" };

static void script_open(const struct script_answer *answers, uint32_t count)
{
	error = (struct error){ 0 };
	arena_open(&arena, 256u << 20);
	if (!device_open_http(&device, script_http_open(answers, count), TEXT("https://r:443"),
			      TEXT("wavu"), secret_of(TEXT("secret")), &error))
		fail_msg("%s", error.text);
}

static void odd_answers_are_no_rows(void **state)
{
	static const char *const bodies[] = {
		"", "{", "null", "7", "\"text\"", "[7]", "[null]", "[[]]", "[{\".id\":7}]",
		"[{\".id\":\"*1\",\"name\":\"a\",\"disabled\":false}]",
		"[{\".id\":\"*1\",\"name\":1.5}]", "[{\".id\":\"*1\",\"name\":{}}]",
		"[{\".id\":\"*1\",\"name\":\"a\"}", "[{\".id\":\"*1\",\"name\":\"a\"}] x",
		"[{\".id\":\"*1\",\"name\":\"a\",\"name\":\"b\"}]",
		"[{\".id\":\"*1\",\"name\":\"a\\u0000b\"}]", "[{\".id\":\"*1\",\"name\":\"\xff\"}]",
		"<html><body>Hello</body></html>",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		struct script_answer answers[] = { version_answer, { 200, bodies[i] } };
		struct look look;
		script_open(answers, 2);
		if (look_at(MENU_PPP_SECRET, &look))
			fail_msg("taken: %s", bodies[i]);
		assert_int_equal(error.code, ERROR_REFUSED);
		assert_non_null(strstr(error.text, "/ppp/secret"));
		assert_int_equal(look.table.count, 0);
		assert_false(look.table.looked);
		router_end();
	}
}

static void rows_without_id_or_twice_are_doubted(void **state)
{
	static const char *const bodies[] = {
		"[{\"name\":\"a\"}]", "[{\".id\":\"*1\"}]",
		"[{\".id\":\"*1\",\"name\":\"a\"},{\".id\":\"*1\",\"name\":\"b\"}]",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		struct script_answer answers[] = { version_answer,
						   { 200, bodies[i] },
						   { 200, "{\"ret\":\"2\"}" },
						   { 200, bodies[i] },
						   { 200, "{\"ret\":\"2\"}" } };
		struct look look;
		script_open(answers, 5);
		assert_true(look_at(MENU_PPP_SECRET, &look));
		assert_true(look.suspicious);
		router_end();
	}
}

static void statuses_become_what_must_happen_next(void **state)
{
	static const struct {
		struct script_answer answer;
		enum write_end end;
		enum error_code code;
		const char *words;
	} cases[] = {
		{ { 400, "{\"detail\":\"failure: secret with the same name already exists\","
			 "\"error\":400,\"message\":\"Bad Request\"}" },
		  WRITE_REFUSED, ERROR_CONFLICT, "already exists" },
		{ { 400, "{\"detail\":\"Session closed\",\"error\":400}" },
		  WRITE_UNKNOWN, ERROR_UNKNOWN, "Session closed" },
		{ { 401, "{\"error\":401,\"message\":\"Unauthorized\"}" },
		  WRITE_REFUSED, ERROR_DENIED, "rest-api" },
		{ { 403, "<html>Forbidden</html>" }, WRITE_REFUSED, ERROR_DENIED, "webserver" },
		{ { 404, "{\"error\":404,\"message\":\"Not Found\"}" },
		  WRITE_REFUSED, ERROR_REFUSED, "no REST here" },
		{ { 406, "{\"detail\":\"no such command or directory (add)\"}" },
		  WRITE_REFUSED, ERROR_REFUSED, "do not have that menu" },
		{ { 415, "{\"error\":415,\"message\":\"Unsupported Media Type\"}" },
		  WRITE_REFUSED, ERROR_REFUSED, "Unsupported Media Type" },
		{ { 500, "{\"detail\":\"not enough permissions (9)\",\"error\":500}" },
		  WRITE_REFUSED, ERROR_DENIED, "policies" },
		{ { 301, "" }, WRITE_REFUSED, ERROR_REFUSED, "status 301" },
		{ { 502, "\xff\xfe" }, WRITE_REFUSED, ERROR_REFUSED, "status 502" },
		{ { 200, "broken" }, WRITE_DONE, ERROR_NONE, NULL },
		{ { 200, "{\"ret\":\"*7\"}" }, WRITE_DONE, ERROR_NONE, NULL },
		{ { 0, NULL }, WRITE_UNKNOWN, ERROR_UNKNOWN, "broke" },
		{ { 1, NULL }, WRITE_UNKNOWN, ERROR_UNKNOWN, "larger" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct script_answer answers[] = { version_answer, cases[i].answer };
		script_open(answers, 2);
		struct write write = add_juma();
		bool lived = write_it(&write);
		assert_int_equal(lived, cases[i].answer.status > 1);
		assert_int_equal(write.end, cases[i].end);
		if (write.error.code != cases[i].code ||
		    (cases[i].words && !strstr(write.error.text, cases[i].words)))
			fail_msg("%zu: %d %s", i, write.error.code, write.error.text);
		assert_int_equal(script_http_calls(), 2);
		assert_string_equal(script_http_asked(),
				    "POST https://r:443/rest/ppp/secret/add "
				    "{\"name\":\"juma\",\"password\":\"p\"}");
		router_end();
	}
}

static void what_is_asked_is_exact(void **state)
{
	struct text names[] = { TEXT("a\"b"), TEXT("c\\d\n") };
	struct attribute set[] = { { .name = "remote-address", .unset = true },
				   { .name = "comment", .value = TEXT("\x01") } };
	struct script_answer answers[] = { version_answer, { 200, "[]" } };
	struct look look = { .menu = menu_of(MENU_PPP_SECRET),
			     .field = "name",
			     .values = names,
			     .value_count = 2 };
	struct write write = { .verb = VERB_SET,
			       .menu = menu_of(MENU_PPP_SECRET),
			       .id = TEXT("*1F"),
			       .attributes = set,
			       .attribute_count = 2 };
	(void)state;
	script_open(answers, 2);
	assert_string_equal(script_http_asked(),
			    "GET https://r:443/rest/system/resource?.proplist=version ");
	assert_true(device->verbs->look(device, &look, 1, &arena, &error));
	assert_non_null(strstr(script_http_asked(),
			       "POST https://r:443/rest/ppp/secret/print {\".proplist\":\".id,"));
	assert_non_null(strstr(script_http_asked(),
			       ",\".query\":[\"name=a\\\"b\",\"name=c\\\\d\\u000a\",\"#|\"]}"));
	assert_true(device->verbs->write(device, &write, 1, &arena, &error));
	assert_string_equal(script_http_asked(),
			    "POST https://r:443/rest/ppp/secret/set {\".id\":\"*1F\","
			    "\"!remote-address\":\"\",\"comment\":\"\\u0001\"}");
	write.verb = VERB_REMOVE;
	assert_true(device->verbs->write(device, &write, 1, &arena, &error));
	assert_string_equal(script_http_asked(),
			    "POST https://r:443/rest/ppp/secret/remove {\".id\":\"*1F\"}");
	router_end();
}

/* ---- real sockets ---- */

static struct peer peer;
static struct authority ours, others;

static struct router router_to(uint16_t port, bool plain)
{
	return (struct router){ .name = TEXT("r"),
				.host = TEXT("127.0.0.1"),
				.port = port,
				.transport = TRANSPORT_REST,
				.rest_plain = plain,
				.user = TEXT("wavu") };
}

static bool open_peer(enum peer_tls kind, const struct router_tls *tls, struct text ca_pem,
		      const char *address)
{
	peer_make(&peer, kind, &ours, address);
	peer.rest = true;
	peer_start(&peer);
	struct router router = router_to(peer.port, kind == PEER_PLAIN);
	router.tls = *tls;
	if (tls->fingerprint.size == 1)
		router.tls.fingerprint = text_of(peer.fingerprint);
	error = (struct error){ 0 };
	return device_open(&device, &router, secret_of(TEXT("secret")), ca_pem, &error);
}

static void close_peer(void)
{
	device_close(device);
	device = NULL;
	peer_stop(&peer);
	peer_free(&peer);
}

static void must_work(void)
{
	struct look look;
	struct write write = add_juma();
	if (!device)
		fail_msg("%s", error.text);
	assert_true(text_starts(device->version, TEXT("7.16.2")));
	assert_true(write_it(&write));
	assert_int_equal(write.end, WRITE_DONE);
	assert_true(look_at(MENU_PPP_SECRET, &look));
	assert_int_equal(look.table.count, 1);
	assert_true(device->verbs->alive(device));
	device_close(device);
	device = NULL;
	peer_stop(&peer);
	assert_int_equal(ros_counters(peer.ros).connections, 1);
	peer_free(&peer);
}

static void property_29_the_peer_is_who_it_must_be(void **state)
{
	static const struct router_tls none = { 0 }, anonymous = { .anonymous = true };
	static const struct router_tls pinned = { .fingerprint = { "!", 1 } };
	const struct router_tls ca = { .ca = { .kind = SECRET_FILE } };
	(void)state;
	arena_open(&arena, 64u << 20);
	struct text pem = authority_pem(&ours, &arena), foreign = authority_pem(&others, &arena);

	(void)open_peer(PEER_PLAIN, &none, TEXT_NONE, "127.0.0.1");
	must_work();
	(void)open_peer(PEER_CERTIFICATE, &ca, pem, "127.0.0.1");
	must_work();
	(void)open_peer(PEER_CERTIFICATE, &pinned, TEXT_NONE, "10.0.0.1");
	must_work();
	(void)open_peer(PEER_ANONYMOUS, &anonymous, TEXT_NONE, "127.0.0.1");
	must_work();

	assert_false(open_peer(PEER_CERTIFICATE, &none, TEXT_NONE, "127.0.0.1"));
	assert_int_equal(error.code, ERROR_DENIED);
	close_peer();
	assert_false(open_peer(PEER_CERTIFICATE, &ca, foreign, "127.0.0.1"));
	assert_int_equal(error.code, ERROR_DENIED);
	close_peer();
	assert_false(open_peer(PEER_CERTIFICATE, &ca, pem, "10.0.0.1"));
	assert_int_equal(error.code, ERROR_DENIED);
	close_peer();
	assert_false(open_peer(PEER_ANONYMOUS, &none, TEXT_NONE, "127.0.0.1"));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	close_peer();
	arena_close(&arena);
}

static void a_stranger_never_hears_the_password(void **state)
{
	static const struct router_tls pinned = {
		.fingerprint = { "sha256:"
				 "00000000000000000000000000000000"
				 "00000000000000000000000000000000",
				 71 }
	};
	(void)state;
	arena_open(&arena, 64u << 20);
	assert_false(open_peer(PEER_CERTIFICATE, &pinned, TEXT_NONE, "127.0.0.1"));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_non_null(strstr(error.text, "not the pinned one"));
	assert_non_null(strstr(error.text, "127.0.0.1:"));
	device = NULL;
	peer_stop(&peer);
	assert_int_equal(ros_counters(peer.ros).bytes_in, 0);
	peer_free(&peer);
	arena_close(&arena);
}

static void unsafe_demands_are_refused_unsent(void **state)
{
	struct router router = router_to(1, false);
	(void)state;
	arena_open(&arena, 1u << 20);
	router.tls = (struct router_tls){ .anonymous = true, .fingerprint = { "sha256:00", 9 } };
	assert_false(device_open(&device, &router, secret_of(TEXT("s")), TEXT_NONE, &error));
	assert_int_equal(error.code, ERROR_INVALID);
	router.tls = (struct router_tls){ .ca = { .kind = SECRET_FILE } };
	assert_false(device_open(&device, &router, secret_of(TEXT("s")), TEXT_NONE, &error));
	assert_int_equal(error.code, ERROR_DENIED);
	router.tls = (struct router_tls){ 0 };
	router.host = TEXT("h/../x@y");
	assert_false(device_open(&device, &router, secret_of(TEXT("s")), TEXT_NONE, &error));
	assert_int_equal(error.code, ERROR_INVALID);
	arena_close(&arena);
}

static int make_authorities(void **state)
{
	(void)state;
	authority_make(&ours, "ours");
	authority_make(&others, "others");
	return 0;
}

static int free_authorities(void **state)
{
	(void)state;
	authority_free(&ours);
	authority_free(&others);
	return 0;
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wrong_logins_are_denied_in_words),
		TEST(what_is_switched_off_says_so),
		TEST(users_that_basic_cannot_name_are_refused_unsent),
		TEST(a_router_that_is_away_is_unreachable),
		TEST(one_connection_carries_all),
		TEST(a_reader_may_not_write),
		TEST(broken_json_is_said_with_its_menu),
		TEST(a_value_that_is_no_utf8_is_not_sent),
		TEST(what_is_cut_at_sixty_seconds_is_unknown),
		TEST(a_line_cut_at_any_byte_is_never_guessed_at),
		TEST(a_look_cut_at_any_byte_counts_nothing),
		TEST(odd_answers_are_no_rows),
		TEST(rows_without_id_or_twice_are_doubted),
		TEST(statuses_become_what_must_happen_next),
		TEST(what_is_asked_is_exact),
		TEST(property_29_the_peer_is_who_it_must_be),
		TEST(a_stranger_never_hears_the_password),
		TEST(unsafe_demands_are_refused_unsent),
	};
	(void)signal(SIGPIPE, SIG_IGN); /* as the program does */
	return cmocka_run_group_tests(tests, make_authorities, free_authorities);
}
