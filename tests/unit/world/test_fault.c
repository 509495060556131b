/* Faults: what the line may suffer, and what the router may do wrong. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void arm(struct client *client, enum ros_fault_kind kind, uint64_t after, uint32_t times)
{
	struct ros_fault fault = { .kind = kind, .after = after, .times = times };

	ros_fault_arm(client->ros, &fault);
}

static void test_refused_and_silent(void **state)
{
	struct client client = client_new("7.16.2");
	struct ros_session *session;

	(void)state;
	arm(&client, ROS_FAULT_REFUSE, 1, 2);
	assert_null(ros_session_open(client.ros));
	assert_null(ros_session_open(client.ros));
	session = ros_session_open(client.ros);
	assert_non_null(session);
	ros_session_close(session);
	assert_int_equal(ros_fault_fired(client.ros, ROS_FAULT_REFUSE), 2);
	arm(&client, ROS_FAULT_SILENT, 1, 1);
	ros_session_close(client.session);
	client.session = ros_session_open(client.ros);
	assert_said(&client, "", "/login", "=name=wavu", "=password=secret");
	assert_int_equal(ros_session_line(client.session), ROS_LINE_OPEN);
	client_free(&client);
}

static void test_mute_after_login(void **state)
{
	struct client client = client_new("7.16.2");

	(void)state;
	arm(&client, ROS_FAULT_MUTE, 1, 1);
	assert_said(&client, "!done\n", "/login", "=name=wavu", "=password=secret");
	assert_said(&client, "", "/ppp/secret/add", "=name=a");
	assert_int_equal(ros_row_count(client.ros, "/ppp/secret"), 0);
	client_free(&client);
}

/* The bytes of login and one add, and those of their answers. */
static size_t login_and_add(char *out, size_t room)
{
	static const char *const login[] = { "/login", "=name=wavu", "=password=secret" };
	static const char *const add[] = { "/ppp/secret/add", "=name=a", ".tag=7" };
	size_t size = client_encode(out, room, login, 3);

	return size + client_encode(out + size, room - size, add, 3);
}

static void test_a_cut_at_every_received_byte(void **state)
{
	static const enum ros_line lines[] = { ROS_LINE_RESET, ROS_LINE_ENDED, ROS_LINE_STALLED };
	char bytes[256];
	size_t size = login_and_add(bytes, sizeof(bytes));

	(void)state;
	for (size_t cut = 1; cut <= size; cut++) {
		for (int how = 0; how < ROS_CUT_COUNT; how++) {
			struct client client = client_new("7.16.2");
			struct ros_fault fault = { .kind = ROS_FAULT_CUT_RECEIVED,
						   .after = cut,
						   .times = 1,
						   .how = (enum ros_cut)how };

			ros_fault_arm(client.ros, &fault);
			ros_session_input(client.session, bytes, size);
			assert_int_equal(ros_session_line(client.session), lines[how]);
			/* Done only when the whole sentence came; told only if by an end. */
			assert_int_equal(ros_row_count(client.ros, "/ppp/secret"), cut == size);
			client_read(&client);
			assert_int_equal(strstr(client.text, "=ret=*1") != NULL,
					 cut == size && how == ROS_CUT_END);
			assert_int_equal(ros_session_is_closed(client.session),
					 how != ROS_CUT_STALL);
			assert_int_equal(ros_fault_fired(client.ros, ROS_FAULT_CUT_RECEIVED), 1);
			assert_int_equal(ros_counters(client.ros).bytes_in, cut);
			client_free(&client);
		}
	}
}

static void test_a_cut_at_every_sent_byte(void **state)
{
	char bytes[256];
	size_t size = login_and_add(bytes, sizeof(bytes));
	size_t whole = 0;

	(void)state;
	for (size_t cut = 1; whole == 0; cut++) {
		struct client client = client_new("7.16.2");
		struct ros_fault fault = { .kind = ROS_FAULT_CUT_SENT, .after = cut, .times = 1 };
		const char *out;

		ros_fault_arm(client.ros, &fault);
		ros_session_input(client.session, bytes, size);
		assert_int_equal(ros_row_count(client.ros, "/ppp/secret"), 1);
		if (ros_session_line(client.session) == ROS_LINE_OPEN) {
			whole = cut - 1;
			assert_int_equal(ros_session_output(client.session, &out), whole);
		} else {
			assert_int_equal(ros_session_output(client.session, &out), cut);
			assert_false(ros_session_is_closed(client.session));
			ros_session_consume(client.session, cut);
			assert_true(ros_session_is_closed(client.session));
			assert_int_equal(ros_counters(client.ros).bytes_out, cut);
		}
		client_free(&client);
	}
	/* "!done" and an end; "!done", the tag, the id and an end. */
	assert_int_equal(whole, 7 + 6 + 7 + 8 + 1);
}

static void test_writes_that_are_refused_or_lied_about(void **state)
{
	struct client client = client_logged_in("7.16.2");
	struct ros_fault fault = {
		.kind = ROS_FAULT_TRAP, .after = 2, .times = 2, .text = "action timed out (13)"
	};
	struct ros_log_entry entry;

	(void)state;
	ros_fault_arm(client.ros, &fault);
	assert_said(&client, "!done =ret=*1\n", "/ppp/secret/add", "=name=a");
	assert_said(&client, "!trap =message=action timed out (13)\n!done\n", "/ppp/secret/add",
		    "=name=b");
	assert_said(&client, "!trap =message=action timed out (13)\n!done\n", "/ppp/secret/remove",
		    "=.id=a");
	assert_said(&client, "!done\n", "/ppp/secret/set", "=.id=a", "=comment=c");
	arm(&client, ROS_FAULT_LIE, 1, 3);
	assert_said(&client, "!done =ret=*2\n", "/ppp/secret/add", "=name=b");
	assert_said(&client, "!done\n", "/ppp/secret/set", "=.id=a", "=comment=d");
	assert_said(&client, "!done\n", "/ppp/secret/remove", "=.id=a");
	assert_true(ros_row_is(client.ros, "/ppp/secret", "a", "comment", "c"));
	assert_int_equal(ros_row_count(client.ros, "/ppp/secret"), 1);
	assert_said(&client, "!done =ret=*2\n", "/ppp/secret/add", "=name=b", "=password=p");
	assert_int_equal(ros_counters(client.ros).writes, 8);
	assert_int_equal(ros_counters(client.ros).writes_done, 3);
	assert_int_equal(ros_log_size(client.ros), 8);
	assert_true(ros_log_read(client.ros, 1, &entry));
	assert_string_equal(entry.command, "/ppp/secret/add =name=b");
	assert_string_equal(entry.outcome, "action timed out (13)");
	assert_false(entry.done);
	assert_true(ros_log_read(client.ros, 7, &entry));
	assert_string_equal(entry.outcome, "*2");
	assert_true(entry.done);
	assert_false(ros_log_read(client.ros, 8, &entry));
	client_free(&client);
}

static void test_a_print_that_is_cut_short(void **state)
{
	struct client client = client_logged_in("7.18.2");

	(void)state;
	for (int i = 0; i < 4; i++) {
		char name[24];

		snprintf(name, sizeof(name), "=name=u%d", i);
		client_ask(&client, "/ppp/secret/add", name, NULL);
	}
	arm(&client, ROS_FAULT_TRUNCATE, 1, 1);
	assert_said(&client, "!empty\n!done\n", "/ppp/active/print");
	assert_said(&client, "!re =name=u0\n!re =name=u1\n!done\n", "/ppp/secret/print",
		    "=.proplist=name");
	client_ask(&client, "/ppp/secret/print", "=.proplist=name", NULL);
	assert_non_null(strstr(client.text, "u3"));
	client_free(&client);
}

static size_t two_prints(char *out, size_t room)
{
	static const char *const one[] = { "/ip/service/print", "=.proplist=name", ".tag=1" };
	static const char *const two[] = { "/interface/print", "=.proplist=name", ".tag=2" };
	size_t size = client_encode(out, room, one, 3);

	return size + client_encode(out + size, room - size, two, 3);
}

static void test_replies_of_tags_are_mixed(void **state)
{
	struct client client = client_logged_in("7.16.2");
	char bytes[256], *plain, *at;
	size_t size = two_prints(bytes, sizeof(bytes));
	unsigned mixed = 0;

	(void)state;
	ros_session_input(client.session, bytes, size);
	plain = strdup(client_read(&client));
	arm(&client, ROS_FAULT_REORDER, 1, 20);
	for (int i = 0; i < 20; i++) {
		ros_session_input(client.session, bytes, size);
		client_read(&client);
		assert_int_equal(strlen(client.text), strlen(plain));
		mixed += strcmp(client.text, plain) != 0;
		/* Each tag's own order stays: its !done is its last. */
		at = strstr(client.text, "!done .tag=1\n");
		assert_non_null(at);
		assert_null(strstr(at, "!re .tag=1 "));
		assert_true(strstr(client.text, "telnet") < strstr(client.text, "api-ssl"));
	}
	assert_true(mixed > 10);
	assert_int_equal(ros_fault_fired(client.ros, ROS_FAULT_REORDER), 20);
	assert_false(ros_fault_is_armed(client.ros, ROS_FAULT_REORDER));
	assert_int_equal(ros_counters(client.ros).tags_max, 2);
	free(plain);
	client_free(&client);
}

static void test_a_late_reply(void **state)
{
	struct client client = client_logged_in("7.16.2");
	struct ros_fault fault = {
		.kind = ROS_FAULT_DELAY, .after = 2, .times = 1, .delay_us = 5 * CLIENT_SECOND
	};

	(void)state;
	ros_fault_arm(client.ros, &fault);
	assert_said(&client, "!re =name=MikroTik\n!done\n", "/system/identity/print");
	assert_said(&client, "", "/system/identity/print");
	assert_int_equal(ros_session_release_at(client.session), CLIENT_START + 5 * CLIENT_SECOND);
	ros_set_now(client.ros, CLIENT_START + 5 * CLIENT_SECOND);
	assert_string_equal(client_read(&client), "!re =name=MikroTik\n!done\n");
	client_free(&client);
}

static void test_clearing(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	for (int i = 0; i < ROS_FAULT_COUNT; i++) {
		arm(&client, (enum ros_fault_kind)i, 1, 0);
		assert_true(ros_fault_is_armed(client.ros, (enum ros_fault_kind)i));
		assert_true(strlen(ros_fault_name((enum ros_fault_kind)i)) > 0);
	}
	ros_fault_clear_all(client.ros);
	assert_said(&client, "!done =ret=*1\n", "/ppp/secret/add", "=name=a");
	client_free(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_and_silent),
		cmocka_unit_test(test_mute_after_login),
		cmocka_unit_test(test_a_cut_at_every_received_byte),
		cmocka_unit_test(test_a_cut_at_every_sent_byte),
		cmocka_unit_test(test_writes_that_are_refused_or_lied_about),
		cmocka_unit_test(test_a_print_that_is_cut_short),
		cmocka_unit_test(test_replies_of_tags_are_mixed),
		cmocka_unit_test(test_a_late_reply),
		cmocka_unit_test(test_clearing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
