/* Transcripts: logins, tags, !empty, listen and cancel, fatal ends, by version. */
#include "check.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static void test_plain_login(void **state)
{
	struct client client = client_new("6.49.19");

	(void)state;
	assert_said(&client, "!trap =message=invalid user name or password (6)\n!done\n", "/login",
		    "=name=wavu", "=password=wrong");
	assert_said(&client, "!trap =message=invalid user name or password (6)\n!done\n", "/login",
		    "=name=nobody", "=password=secret");
	assert_said(&client, "!done .tag=1\n", "/login", "=name=wavu", "=password=secret",
		    ".tag=1");
	assert_int_equal(ros_counters(client.ros).logins_failed, 2);
	assert_int_equal(ros_counters(client.ros).logins, 1);
	assert_true(ros_row_is(client.ros, "/user/active", "wavu", "via", "api"));
	client_free(&client);
}

static void answer_make(const char *challenge, const char *password, char *out, size_t size)
{
	unsigned char bytes[64] = { 0 }, digest[EVP_MAX_MD_SIZE];
	size_t count = 1;
	unsigned digest_size;

	memcpy(bytes + count, password, strlen(password));
	count += strlen(password);
	for (size_t i = 0; i < strlen(challenge) / 2; i++) {
		unsigned byte;

		assert_int_equal(sscanf(challenge + i * 2, "%2x", &byte), 1);
		bytes[count++] = (unsigned char)byte;
	}
	EVP_Digest(bytes, count, digest, &digest_size, EVP_md5(), NULL);
	snprintf(out, size, "=response=00");
	for (unsigned i = 0; i < digest_size; i++)
		snprintf(out + strlen(out), size - strlen(out), "%02x", digest[i]);
}

static void test_challenge_login_before_643(void **state)
{
	struct client client = client_new("6.42.12");
	char challenge[64], response[80];

	(void)state;
	/* The plain form is answered by a challenge too. */
	client_ask(&client, "/login", "=name=wavu", "=password=secret", NULL);
	assert_int_equal(sscanf(client.text, "!done =ret=%32[0-9a-f]", challenge), 1);
	assert_int_equal(strlen(challenge), 32);
	assert_said(&client, "!trap =message=cannot log in\n!done\n", "/login", "=name=wavu",
		    "=response=0000");
	client_ask(&client, "/login", NULL);
	assert_int_equal(sscanf(client.text, "!done =ret=%32[0-9a-f]", challenge), 1);
	answer_make(challenge, "secret", response, sizeof(response));
	assert_said(&client, "!done\n", "/login", "=name=wavu", response);
	client_free(&client);
}

static void test_a_disabled_user_cannot_log_in(void **state)
{
	struct client client = client_new("7.16.2");

	(void)state;
	assert_true(ros_hand(client.ros, NULL, "/user/disable", "=.id=wavu", NULL));
	assert_said(&client, "!trap =message=invalid user name or password (6)\n!done\n", "/login",
		    "=name=wavu", "=password=secret");
	assert_true(ros_hand(client.ros, NULL, "/user/enable", "=.id=wavu", NULL));
	assert_true(
	    ros_hand(client.ros, NULL, "/user/group/set", "=.id=controller", "=policy=!api", NULL));
	assert_said(&client, "!trap =message=std failure: not allowed (9)\n!done\n", "/login",
		    "=name=wavu", "=password=secret");
	client_free(&client);
}

static void test_not_logged_in_is_fatal(void **state)
{
	struct client client = client_new("7.16.2");

	(void)state;
	assert_said(&client, "!fatal not logged in\n", "/system/identity/print");
	assert_true(ros_session_is_closed(client.session));
	client_free(&client);
}

static void test_quit(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "!fatal session terminated on request\n", "/quit");
	assert_true(ros_session_is_closed(client.session));
	client_free(&client);
}

static void test_empty_only_from_718(void **state)
{
	struct client old = client_logged_in("7.17.2");
	struct client new = client_logged_in("7.18");

	(void)state;
	assert_said(&old, "!done .tag=5\n", "/ppp/secret/print", ".tag=5");
	assert_said(&new, "!empty .tag=5\n!done .tag=5\n", "/ppp/secret/print", ".tag=5");
	assert_said(&new, "!empty\n!done\n", "/ppp/secret/getall");
	assert_said(&new, "!done =ret=0\n", "/ppp/secret/print", "=count-only=");
	assert_said(&new, "!done\n", "/ip/pool/set", "=.id=hotspot-pool", "=comment=x");
	client_free(&old);
	client_free(&new);
}

static void test_unknown_menus_and_commands(void **state)
{
	struct client old = client_logged_in("6.49.19");
	struct client new = client_logged_in("7.16.2");

	(void)state;
	assert_said(&old,
		    "!trap =category=0 =message=no such command or directory (adress)\n"
		    "!trap =category=0 =message=no such command prefix\n!done\n",
		    "/ip/adress/print");
	assert_said(&new,
		    "!trap .tag=3 =category=0 =message=no such command prefix\n!done .tag=3\n",
		    "/ip/adress/print", ".tag=3");
	assert_said(&new, "!trap =category=0 =message=no such command\n!done\n",
		    "/ppp/secret/frobnicate");
	assert_said(&new, "!trap =category=0 =message=no such command\n!done\n", "/ppp/active/add",
		    "=name=x");
	assert_said(&new, "!trap =category=0 =message=no such command\n!done\n", "/ip/print");
	client_free(&old);
	client_free(&new);
}

static void test_commands_by_version(void **state)
{
	struct client old = client_logged_in("7.19.6");
	struct client new = client_logged_in("7.20.8");

	(void)state;
	/* It needs `policy`, but only where it exists. */
	assert_said(&old, "!trap =category=0 =message=no such command\n!done\n",
		    "/user/active/remove", "=.id=*1");
	assert_said(&old, "!trap =message=not enough permissions (9)\n!done\n",
		    "/user/active/request-logout", "=.id=*1");
	assert_said(&new, "!trap =message=not enough permissions (9)\n!done\n",
		    "/user/active/remove", "=.id=*1");
	assert_true(ros_hand(new.ros, NULL, "/user/active/remove", "=.id=*1", NULL));
	assert_int_equal(ros_session_line(new.session), ROS_LINE_ENDED);
	client_free(&old);
	client_free(&new);
}

static void test_properties_that_nobody_has(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "!re\n!re\n!re\n!re\n!re\n!re\n!re\n!re\n!done\n", "/ip/service/print",
		    "=.proplist=comment");
	client_free(&client);
}

static void test_listen_tells_changes_until_cancelled(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "", "/ip/pool/listen", "=.proplist=.id,name", ".tag=10");
	assert_true(
	    ros_hand(client.ros, NULL, "/ip/pool/add", "=name=p", "=ranges=10.0.0.0/24", NULL));
	assert_string_equal(client_read(&client), "!re .tag=10 =.id=*2 =name=p\n");
	assert_said(&client, "!re .tag=10 =.id=*2 =name=q\n!done\n", "/ip/pool/set", "=.id=p",
		    "=name=q");
	/* What changes nothing is not told. */
	assert_said(&client, "!done\n", "/ip/pool/set", "=.id=q", "=name=q");
	assert_said(&client, "!re .tag=10 =.id=*2 =.dead=true\n!done\n", "/ip/pool/remove",
		    "=.id=*2");
	assert_said(&client,
		    "!trap .tag=10 =category=2 =message=interrupted\n!done .tag=20\n"
		    "!done .tag=10\n",
		    "/cancel", "=tag=10", ".tag=20");
	assert_true(
	    ros_hand(client.ros, NULL, "/ip/pool/add", "=name=r", "=ranges=10.0.0.0/24", NULL));
	assert_string_equal(client_read(&client), "");
	client_free(&client);
}

static void test_cancel_without_a_tag_ends_all(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "", "/ppp/active/listen", ".tag=1");
	assert_said(&client, "", "/ppp/secret/listen", ".tag=2");
	client_ask(&client, "/cancel", NULL);
	assert_non_null(strstr(client.text, "!trap .tag=1 =category=2 =message=interrupted\n"));
	assert_non_null(strstr(client.text, "!trap .tag=2 =category=2 =message=interrupted\n"));
	assert_non_null(strstr(client.text, "!done\n"));
	assert_non_null(strstr(client.text, "!done .tag=1\n"));
	assert_non_null(strstr(client.text, "!done .tag=2\n"));
	client_free(&client);
}

static void test_most_sessions(void **state)
{
	struct client old = client_new("7.15.3");
	struct client new = client_new("7.16.2");
	struct ros_session *sessions[64];

	(void)state;
	/* Twenty is the default, from 7.16 on; one is open already. */
	for (int i = 0; i < 19; i++)
		assert_non_null(sessions[i] = ros_session_open(new.ros));
	assert_null(ros_session_open(new.ros));
	assert_int_equal(ros_counters(new.ros).refused, 1);
	ros_session_close(sessions[3]);
	assert_non_null(ros_session_open(new.ros));
	for (int i = 0; i < 64; i++)
		assert_non_null(sessions[i] = ros_session_open(old.ros));
	client_free(&old);
	client_free(&new);
}

static void test_live_connections_are_rows_from_718(void **state)
{
	struct client client = client_logged_in("7.18.2");

	(void)state;
	assert_int_equal(ros_row_count(client.ros, "/ip/service"), 9);
	assert_said(&client, "!re =name=api\n!done\n", "/ip/service/print", "=.proplist=name",
		    "?dynamic=true");
	ros_session_close(client.session);
	client.session = NULL;
	assert_int_equal(ros_row_count(client.ros, "/ip/service"), 8);
	assert_int_equal(ros_row_count(client.ros, "/user/active"), 0);
	client_free(&client);
}

static void test_latency_is_a_pipe(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	ros_set_latency(client.ros, 60000);
	assert_said(&client, "", "/ppp/secret/add", "=name=a", ".tag=1");
	ros_set_now(client.ros, CLIENT_START + 40000);
	/* The second is done while the first is on its way: each is late by 60 ms, not by 120. */
	assert_said(&client, "", "/ppp/secret/add", "=name=b", ".tag=2");
	assert_int_equal(ros_row_count(client.ros, "/ppp/secret"), 2);
	assert_int_equal(ros_session_release_at(client.session), CLIENT_START + 60000);
	ros_set_now(client.ros, CLIENT_START + 60000);
	assert_string_equal(client_read(&client), "!done .tag=1 =ret=*1\n");
	ros_set_now(client.ros, CLIENT_START + 99999);
	assert_string_equal(client_read(&client), "");
	ros_set_now(client.ros, CLIENT_START + 100000);
	assert_string_equal(client_read(&client), "!done .tag=2 =ret=*2\n");
	assert_int_equal(ros_counters(client.ros).tags_max, 2);
	assert_int_equal(ros_session_release_at(client.session), INT64_MAX);
	client_free(&client);
}

static void test_dates_by_version(void **state)
{
	struct client old = client_logged_in("7.9.2");
	struct client new = client_logged_in("7.10");

	(void)state;
	assert_said(&old, "!re =time=22:13:20 =date=nov/14/2023\n!done\n", "/system/clock/print",
		    "=.proplist=date,time");
	assert_said(&new, "!re =time=22:13:20 =date=2023-11-14\n!done\n", "/system/clock/print",
		    "=.proplist=date,time");
	ros_set_clock_error(new.ros, -(CLIENT_START - 86400 * CLIENT_SECOND));
	assert_said(&new, "!re =date=1970-01-02\n!done\n", "/system/clock/print",
		    "=.proplist=date");
	client_free(&old);
	client_free(&new);
}

static void test_reboot_and_factory_reset(void **state)
{
	struct client client = client_logged_in("7.16.2");
	int64_t now = CLIENT_START + 100 * CLIENT_SECOND;

	(void)state;
	assert_said(&client, "!done =ret=*1\n", "/ppp/secret/add", "=name=juma");
	ros_set_now(client.ros, now);
	assert_said(&client, "!re =uptime=1m40s =version=7.16.2 (stable)\n!done\n",
		    "/system/resource/print", "=.proplist=uptime,version");
	ros_reboot(client.ros, 10 * CLIENT_SECOND);
	assert_int_equal(ros_session_line(client.session), ROS_LINE_RESET);
	assert_null(ros_session_open(client.ros));
	ros_session_close(client.session);
	ros_set_now(client.ros, now + 12 * CLIENT_SECOND);
	client.session = ros_session_open(client.ros);
	assert_non_null(client.session);
	assert_said(&client, "!done\n", "/login", "=name=wavu", "=password=secret");
	assert_said(&client, "!re =name=juma\n!done\n", "/ppp/secret/print", "=.proplist=name");
	assert_said(&client, "!re =uptime=2s\n!done\n", "/system/resource/print",
		    "=.proplist=uptime");
	ros_factory_reset(client.ros, 0);
	ros_session_close(client.session);
	client.session = ros_session_open(client.ros);
	assert_said(&client, "!trap =message=invalid user name or password (6)\n!done\n", "/login",
		    "=name=wavu", "=password=secret");
	assert_said(&client, "!done\n", "/login", "=name=admin", "=password=");
	assert_said(&client, "!done =ret=0\n", "/ppp/secret/print", "=count-only=");
	assert_said(&client, "!re =name=MikroTik\n!done\n", "/system/identity/print");
	client_free(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_login),
		cmocka_unit_test(test_challenge_login_before_643),
		cmocka_unit_test(test_a_disabled_user_cannot_log_in),
		cmocka_unit_test(test_not_logged_in_is_fatal),
		cmocka_unit_test(test_quit),
		cmocka_unit_test(test_empty_only_from_718),
		cmocka_unit_test(test_unknown_menus_and_commands),
		cmocka_unit_test(test_commands_by_version),
		cmocka_unit_test(test_properties_that_nobody_has),
		cmocka_unit_test(test_listen_tells_changes_until_cancelled),
		cmocka_unit_test(test_cancel_without_a_tag_ends_all),
		cmocka_unit_test(test_most_sessions),
		cmocka_unit_test(test_live_connections_are_rows_from_718),
		cmocka_unit_test(test_latency_is_a_pipe),
		cmocka_unit_test(test_dates_by_version),
		cmocka_unit_test(test_reboot_and_factory_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
