/* The line over libcurl on loopback: plain, a CA, a pinned certificate, anonymous; and who is
 * turned away before the login. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "peer.h"

#include "base/clock.h"
#include "router/device.h"
#include "router/line.h"

static struct arena arena;
static struct authority ours, theirs;
static struct peer peer;
static struct error error;
static struct device *device;

static int begin(void **state)
{
	(void)state;
	arena_open(&arena, 64u << 20);
	error = (struct error){ 0 };
	device = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static struct router router_to(uint16_t port, enum router_transport transport)
{
	return (struct router){ .name = TEXT("kasarani-1"),
				.host = TEXT("127.0.0.1"),
				.port = port,
				.transport = transport,
				.user = TEXT("wavu") };
}

static bool open_it(const struct router *router, struct text ca_pem)
{
	error = (struct error){ 0 };
	return device_open_api(&device, router, secret_of(TEXT("secret")), ca_pem, &error);
}

static void use_it(void)
{
	struct look look = { .menu = menu_of(MENU_PPP_SECRET), .count = true };
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s", error.text);
	assert_true(look.table.looked && !look.suspicious);
	assert_true(device->verbs->alive(device));
}

static void close_all(void)
{
	device_close(device);
	device = NULL;
	peer_stop(&peer);
	peer_free(&peer);
}

static void must_open(const struct router *router, struct text ca_pem)
{
	if (!open_it(router, ca_pem))
		fail_msg("%s", error.text);
	use_it();
	close_all();
}

/* Turned away, for that reason, and without a byte of the login having left. */
static void must_not_open(const struct router *router, struct text ca_pem, enum error_code code,
			  const char *said)
{
	char address[32];
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", (unsigned)router->port);
	assert_false(open_it(router, ca_pem));
	if (error.code != code || !strstr(error.text, said) || !strstr(error.text, address))
		fail_msg("%s: %s", error_disposition(error.code)->name, error.text);
	assert_null(device);
	peer_stop(&peer);
	assert_int_equal(ros_counters(peer.ros).bytes_in, 0);
	peer_free(&peer);
}

/* ---- plain ---- */

static void plain_lines_carry_looks(void **state)
{
	(void)state;
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	must_open(&router, TEXT_NONE);
}

static void proxies_of_the_environment_are_not_used(void **state)
{
	(void)state;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0);
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	must_open(&router, TEXT_NONE);
	(void)unsetenv("http_proxy");
	(void)unsetenv("all_proxy");
}

static void nobody_listening_is_unreachable(void **state)
{
	(void)state;
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	peer_stop(&peer);
	peer_free(&peer);
	assert_false(open_it(&router, TEXT_NONE));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(error.text, "127.0.0.1:"));
	assert_non_null(strstr(error.text, "/ip/service"));
}

static void an_impossible_host_is_invalid(void **state)
{
	(void)state;
	static const char *const hosts[] = {
		"", "a b", "user@host", "host/path", "host?x", "[::1"
	};
	for (size_t i = 0; i < ARRAY_COUNT(hosts); i++) {
		struct router router = router_to(8728, TRANSPORT_API);
		router.host = text_of(hosts[i]);
		assert_false(open_it(&router, TEXT_NONE));
		if (error.code != ERROR_INVALID)
			fail_msg("\"%s\": %s", hosts[i], error.text);
	}
}

static void silence_is_told_by_the_line(void **state)
{
	(void)state;
	char bytes[16];
	uint32_t got = 0;
	struct line *line;
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	assert_true(line_connect(&line, &router, TEXT_NONE, &error));
	assert_true(line->alive(line));
	assert_false(line->receive(line, bytes, sizeof(bytes), &got, 20, &error));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(error.text, "silent"));
	line->close(line);
	peer_stop(&peer);
	peer_free(&peer);
}

/* A listener whose thread never starts: the connection stands, nobody reads or speaks. */
static void nobody_reading_ends_a_send(void **state)
{
	(void)state;
	enum { SIZE = 32 << 20 };
	struct line *line;
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	struct router router = router_to(peer.port, TRANSPORT_API);
	assert_true(line_connect(&line, &router, TEXT_NONE, &error));
	struct text much = { arena_take(&arena, SIZE), SIZE };
	assert_false(line->send(line, much, 50, &error));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(error.text, "took no bytes"));
	line->close(line);
	(void)close(peer.listener);
	peer_free(&peer);
}

static void silence_ends_the_tls_handshake(void **state)
{
	(void)state;
	struct line *line;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	/* Takes CONNECT_MS_MAX: the one wait of these tests. */
	assert_false(line_connect(&line, &router, authority_pem(&ours, &arena), &error));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	(void)close(peer.listener);
	peer_free(&peer);
}

/* It ends right after its version was told: that is seen before anything is sent. */
static void check_hung_up(const struct router *router, struct text ca_pem)
{
	static const struct attribute name = { .name = "name", .value = { "juma", 4 } };
	struct look look = { .menu = menu_of(MENU_PPP_SECRET) };
	struct write write = { .verb = VERB_ADD,
			       .menu = menu_of(MENU_PPP_SECRET),
			       .attributes = &name,
			       .attribute_count = 1 };
	if (!open_it(router, ca_pem))
		fail_msg("%s", error.text);
	for (int i = 0; i < 5000 && device->verbs->alive(device); i++)
		clock_sleep_ms(1);
	assert_false(device->verbs->alive(device));
	assert_false(device->verbs->write(device, &write, 1, &arena, &error));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_int_equal(write.end, WRITE_UNSENT);
	assert_false(device->verbs->look(device, &look, 1, &arena, &error));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	close_all();
}

static void a_peer_that_hung_up_is_not_alive(void **state)
{
	(void)state;
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	peer.hang_up_after_login = true;
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	check_hung_up(&router, TEXT_NONE);

	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer.hang_up_after_login = true;
	peer_start(&peer);
	router = router_to(peer.port, TRANSPORT_API_SSL);
	check_hung_up(&router, authority_pem(&ours, &arena));
}

/* Workers connect at the same time: libcurl's own beginnings must bear that. */
static void *connect_once(void *argument)
{
	const struct router *router = argument;
	struct error own = { 0 };
	struct device *mine;
	if (!device_open_api(&mine, router, secret_of(TEXT("secret")), TEXT_NONE, &own))
		return NULL;
	device_close(mine);
	return argument;
}

static void many_threads_connect_at_once(void **state)
{
	(void)state;
	enum { THREADS = 12 };
	pthread_t threads[THREADS];
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, connect_once, &router), 0);
	for (int i = 0; i < THREADS; i++) {
		void *done;
		assert_int_equal(pthread_join(threads[i], &done), 0);
		assert_non_null(done);
	}
	peer_stop(&peer);
	peer_free(&peer);
}

static void a_wrong_password_names_the_router(void **state)
{
	(void)state;
	peer_make(&peer, PEER_PLAIN, NULL, NULL);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	assert_false(
	    device_open_api(&device, &router, secret_of(TEXT("guess")), TEXT_NONE, &error));
	assert_int_equal(error.code, ERROR_DENIED);
	assert_non_null(strstr(error.text, "127.0.0.1:"));
	assert_null(strstr(error.text, "guess"));
	peer_stop(&peer);
	peer_free(&peer);
}

/* ---- TLS ---- */

static void the_right_authority_is_trusted(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	must_open(&router, authority_pem(&ours, &arena));
}

static void many_rows_come_over_tls(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	assert_true(open_it(&router, authority_pem(&ours, &arena)));
	enum { COUNT = 2000 };
	struct write *writes = ARENA_ARRAY(&arena, struct write, COUNT);
	for (uint32_t i = 0; i < COUNT; i++) {
		struct attribute *name = ARENA_NEW(&arena, struct attribute);
		*name = (struct attribute){ .name = "name",
					    .value = text_format(&arena, "u%u", i) };
		writes[i] = (struct write){ .verb = VERB_ADD,
					    .menu = menu_of(MENU_PPP_SECRET),
					    .attributes = name,
					    .attribute_count = 1 };
	}
	if (!device->verbs->write(device, writes, COUNT, &arena, &error))
		fail_msg("%s", error.text);
	struct look look = { .menu = menu_of(MENU_PPP_SECRET), .count = true };
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s", error.text);
	assert_int_equal(look.table.count, COUNT);
	assert_false(look.suspicious);
	close_all();
}

static void another_authority_is_denied(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &theirs, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	must_not_open(&router, authority_pem(&ours, &arena), ERROR_DENIED, "tls.ca");
}

static void another_host_is_denied(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.2");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	must_not_open(&router, authority_pem(&ours, &arena), ERROR_DENIED, "not trusted");
}

static void no_authority_at_all_is_denied(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	must_not_open(&router, TEXT_NONE, ERROR_DENIED, "not trusted");
}

static void a_file_without_a_certificate_is_denied(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	must_not_open(&router, TEXT("this is no PEM\n"), ERROR_DENIED, "tls.ca");
}

static void an_unreadable_authority_is_denied(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	router.tls.ca = (struct secret_ref){ .kind = SECRET_FILE, .name = TEXT("isp-ca.pem") };
	must_not_open(&router, TEXT_NONE, ERROR_DENIED, "cannot be read");
}

static void the_pinned_certificate_is_enough(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &theirs, "127.0.0.2");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	router.tls.fingerprint = text_of(peer.fingerprint);
	must_open(&router, TEXT_NONE);
}

static void another_certificate_than_the_pinned_is_denied(void **state)
{
	(void)state;
	struct text wrong = TEXT("sha256:00112233445566778899aabbccddeeff"
				 "00112233445566778899aabbccddeeff");
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	router.tls.fingerprint = wrong;
	/* A trusted authority does not help against a pin that does not fit. */
	must_not_open(&router, authority_pem(&ours, &arena), ERROR_DENIED, peer.fingerprint);
}

static void anonymous_only_when_asked(void **state)
{
	(void)state;
	peer_make(&peer, PEER_ANONYMOUS, NULL, NULL);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	router.tls.anonymous = true;
	must_open(&router, TEXT_NONE);

	peer_make(&peer, PEER_ANONYMOUS, NULL, NULL);
	peer_start(&peer);
	router = router_to(peer.port, TRANSPORT_API_SSL);
	must_not_open(&router, authority_pem(&ours, &arena), ERROR_UNREACHABLE, "api-ssl");

	/* A pin wants a certificate: an anonymous peer has none to show. */
	peer_make(&peer, PEER_ANONYMOUS, NULL, NULL);
	peer_start(&peer);
	router = router_to(peer.port, TRANSPORT_API_SSL);
	router.tls.fingerprint = TEXT("sha256:00112233445566778899aabbccddeeff"
				      "00112233445566778899aabbccddeeff");
	must_not_open(&router, TEXT_NONE, ERROR_UNREACHABLE, "api-ssl");

	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	router = router_to(peer.port, TRANSPORT_API_SSL);
	router.tls.anonymous = true;
	must_not_open(&router, TEXT_NONE, ERROR_UNREACHABLE, "api-ssl");
}

static void anonymous_goes_with_no_pin(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	router.tls.anonymous = true;
	router.tls.fingerprint = text_of(peer.fingerprint);
	must_not_open(&router, TEXT_NONE, ERROR_INVALID, "anonymous");
}

static void old_tls_is_not_spoken(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	(void)SSL_CTX_set_cipher_list(peer.tls, "ALL:@SECLEVEL=0");
	(void)SSL_CTX_set_max_proto_version(peer.tls, TLS1_1_VERSION);
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API_SSL);
	must_not_open(&router, authority_pem(&ours, &arena), ERROR_UNREACHABLE, "api-ssl");
}

static void plain_words_to_a_tls_port_end(void **state)
{
	(void)state;
	peer_make(&peer, PEER_CERTIFICATE, &ours, "127.0.0.1");
	peer_start(&peer);
	struct router router = router_to(peer.port, TRANSPORT_API);
	must_not_open(&router, TEXT_NONE, ERROR_UNREACHABLE, "127.0.0.1");
}

int main(void)
{
	/* As the programs do: a peer that is gone must not end the process. */
	(void)signal(SIGPIPE, SIG_IGN);
	authority_make(&ours, "Kasi Net CA");
	authority_make(&theirs, "Somebody's CA");
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(many_threads_connect_at_once), /* first: nothing of libcurl is set up yet */
		TEST(plain_lines_carry_looks),
		TEST(proxies_of_the_environment_are_not_used),
		TEST(nobody_listening_is_unreachable),
		TEST(an_impossible_host_is_invalid),
		TEST(silence_is_told_by_the_line),
		TEST(nobody_reading_ends_a_send),
		TEST(silence_ends_the_tls_handshake),
		TEST(a_peer_that_hung_up_is_not_alive),
		TEST(a_wrong_password_names_the_router),
		TEST(the_right_authority_is_trusted),
		TEST(many_rows_come_over_tls),
		TEST(another_authority_is_denied),
		TEST(another_host_is_denied),
		TEST(no_authority_at_all_is_denied),
		TEST(a_file_without_a_certificate_is_denied),
		TEST(an_unreadable_authority_is_denied),
		TEST(the_pinned_certificate_is_enough),
		TEST(another_certificate_than_the_pinned_is_denied),
		TEST(anonymous_only_when_asked),
		TEST(anonymous_goes_with_no_pin),
		TEST(old_tls_is_not_spoken),
		TEST(plain_words_to_a_tls_port_end),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	authority_free(&ours);
	authority_free(&theirs);
	return failed;
}
