/* What the router refuses, with its own words. */
#include "check.h"
#include "shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every text that a test here has seen, to be looked up in the facts. */
static char seen[64][160];
static size_t seen_count;

static void refused(struct client *client, const char *text)
{
	const char *at = strstr(client->text, "=message=");

	if (at == NULL)
		fail_msg("no refusal but: %s", client->text);
	assert_int_equal(strncmp(at + 9, text, strlen(text)), 0);
	assert_string_equal(at + 9 + strlen(text), "\n!done\n");
	assert_int_equal(strncmp(client->text, "!trap", 5), 0);
}

static void remember(const char *text)
{
	assert_true(seen_count < sizeof(seen) / sizeof(seen[0]));
	snprintf(seen[seen_count++], sizeof(seen[0]), "%s", text);
}

/* With words that the recorded traps do not have. */
#define assert_refused_so(client, text, ...)           \
	do {                                           \
		client_ask(client, __VA_ARGS__, NULL); \
		refused(client, text);                 \
	} while (0)
#define assert_refused(client, text, ...)                     \
	do {                                                  \
		assert_refused_so(client, text, __VA_ARGS__); \
		remember(text);                               \
	} while (0)

static void test_duplicates(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	client_ask(&client, "/ppp/secret/add", "=name=x", NULL);
	client_ask(&client, "/ppp/secret/add", "=name=y", NULL);
	client_ask(&client, "/ppp/profile/add", "=name=x", NULL);
	client_ask(&client, "/ip/hotspot/user/add", "=name=x", NULL);
	client_ask(&client, "/queue/simple/add", "=name=x", "=target=10.0.0.1", NULL);
	client_ask(&client, "/ip/pool/add", "=name=x", "=ranges=10.0.0.1", NULL);
	client_ask(&client, "/ip/hotspot/ip-binding/add", "=mac-address=02:00:00:00:00:01", NULL);
	assert_refused(&client, "failure: secret with the same name already exists",
		       "/ppp/secret/add", "=name=x");
	assert_refused(&client, "failure: secret with the same name already exists",
		       "/ppp/secret/set", "=.id=y", "=name=x");
	assert_refused(&client, "failure: profile with the same name already exists",
		       "/ppp/profile/add", "=name=x");
	assert_refused(&client, "failure: already have user with this name for this server",
		       "/ip/hotspot/user/add", "=name=x");
	assert_refused(&client, "failure: already have such name", "/queue/simple/add", "=name=x",
		       "=target=10.0.0.2");
	assert_refused(&client, "failure: pool with such name exists", "/ip/pool/add", "=name=x",
		       "=ranges=10.0.0.2");
	client_ask(&client, "/ip/hotspot/ip-binding/add", "=mac-address=02:00:00:00:00:01", NULL);
	assert_non_null(strstr(client.text, "such client already exists"));
	/* The same name for one server is another user; upper case is another name. */
	assert_said(&client, "!done =ret=*2\n", "/ip/hotspot/user/add", "=name=x",
		    "=server=hotspot1");
	assert_said(&client, "!done =ret=*3\n", "/ppp/secret/add", "=name=X");
	/* Setting what it has already is no duplicate of itself. */
	assert_said(&client, "!done\n", "/ppp/secret/set", "=.id=x", "=name=x");
	client_free(&client);
}

/* Of static leases the address is unique on the router, the device on a server; of the dynamic ones
 * nothing is. */
static void test_leases(void **state)
{
	static const char lease[] = "/ip/dhcp-server/lease/add";
	static const char twin[] = "failure: already have static lease for this client";
	struct client client = client_logged_in("7.16.2");
	char address[64];

	(void)state;
	client_ask(&client, lease, "=address=10.30.0.5", "=mac-address=02:00:00:00:00:05", NULL);
	assert_refused_so(&client, "failure: already have static lease with this IP address", lease,
			  "=address=10.30.0.5", "=mac-address=02:00:00:00:00:06", "=server=dhcp1");
	/* `all` meets every server; a disabled one meets nobody. */
	assert_refused_so(&client, twin, lease, "=address=10.30.0.6",
			  "=mac-address=02:00:00:00:00:05", "=server=dhcp1");
	client_ask(&client, lease, "=address=10.30.0.6", "=mac-address=02:00:00:00:00:05",
		   "=disabled=yes", NULL);
	assert_refused_so(&client, twin, "/ip/dhcp-server/lease/set", "=.id=*2", "=disabled=no");
	assert_refused_so(&client, "input does not match any value of server", lease,
			  "=address=10.30.0.7", "=server=nowhere");
	/* What it is for is absent when it is for all, and a device gets what is kept for it. */
	assert_false(ros_row_is(client.ros, "/ip/dhcp-server/lease", "*1", "server", "all"));
	assert_int_equal(
	    ros_dhcp_ask(client.ros, "dhcp1", "02:00:00:00:00:05", address, sizeof(address)),
	    ROS_ENTRY_DONE);
	assert_string_equal(address, "10.30.0.5");
	assert_int_equal(
	    ros_dhcp_ask(client.ros, "dhcp1", "02:00:00:00:00:09", address, sizeof(address)),
	    ROS_ENTRY_NO_ADDRESS);
	client_ask(&client, "/ip/dhcp-server/lease/set", "=.id=*1", "=block-access=yes", NULL);
	assert_int_equal(
	    ros_dhcp_ask(client.ros, "dhcp1", "02:00:00:00:00:05", address, sizeof(address)),
	    ROS_ENTRY_BLOCKED);
	client_free(&client);
}

static void test_missing_references(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_refused(&client, "input does not match any value of profile", "/ppp/secret/add",
		       "=name=x", "=profile=nowhere");
	assert_said(&client,
		    "!trap =category=1 =message=input does not match any value of "
		    "profile\n!done\n",
		    "/ip/hotspot/user/add", "=name=x", "=profile=nowhere");
	client_ask(&client, "/ip/hotspot/user/add", "=name=x", "=server=nowhere", NULL);
	assert_non_null(strstr(client.text, "input does not match any value of server"));
	assert_refused(&client, "invalid value for argument remote-address", "/ppp/profile/add",
		       "=name=x", "=remote-address=nopool");
	assert_refused(&client, "input does not match any value of parent", "/queue/simple/add",
		       "=name=x", "=target=10.0.0.1", "=parent=nowhere");
	assert_refused(&client, "input does not match any value of interface", "/ip/hotspot/add",
		       "=name=h2", "=interface=asdf");
	client_ask(&client, "/queue/simple/add", "=name=x", "=target=asdf", NULL);
	assert_non_null(strstr(client.text, "input does not match any value of target"));
	assert_int_equal(ros_row_count(client.ros, "/ppp/secret"), 0);
	assert_int_equal(ros_row_count(client.ros, "/ppp/profile"), 2);
	client_free(&client);
}

static void test_arguments(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	client_ask(&client, "/ppp/secret/add", "=name=x", NULL);
	assert_refused(&client, "unknown parameter foo", "/ppp/secret/add", "=name=z", "=foo=1");
	client_ask(&client, "/ppp/secret/set", "=.id=x", "=last-caller-id=1", NULL);
	assert_non_null(strstr(client.text, "unknown parameter last-caller-id"));
	assert_refused(&client, "missing =name=", "/ppp/secret/add", "=password=1");
	client_ask(&client, "/ip/firewall/address-list/add", "=list=a", NULL);
	assert_non_null(strstr(client.text, "missing =address="));
	client_ask(&client, "/ppp/secret/set", "=comment=everybody", NULL);
	assert_non_null(strstr(client.text, "missing =.id="));
	client_ask(&client, "/ppp/secret/set", "=.id=", "=comment=everybody", NULL);
	assert_non_null(strstr(client.text, "no such item"));
	client_ask(&client, "/ppp/secret/remove", "=.id=", NULL);
	assert_non_null(strstr(client.text, "no such item"));
	client_ask(&client, "/ppp/secret/print", "=detail=", "=nonsense=1", NULL);
	assert_non_null(strstr(client.text, "unknown parameter nonsense"));
	assert_refused(&client, "no such item", "/ppp/secret/set", "=.id=*77", "=comment=c");
	client_ask(&client, "/ppp/secret/set", "=.id=x", "=disabled=maybe", NULL);
	assert_non_null(strstr(client.text, "invalid value for argument disabled"));
	client_ask(&client, "/ppp/secret/set", "=.id=x", "=service=pp", NULL);
	assert_non_null(strstr(client.text, "ambiguous value of service, more than one possible "
					    "value matches input"));
	client_ask(&client, "/ppp/secret/set", "=.id=x", "=name=", NULL);
	assert_non_null(strstr(client.text, "invalid value for argument name"));
	client_ask(&client, "/queue/simple/add", "=target=10.0.0.1", "=priority=8", NULL);
	assert_non_null(strstr(client.text, "expected value of download-priority"));
	client_ask(&client, "/ip/hotspot/user/add", "=name=y", "=mac-address=junk", NULL);
	assert_non_null(strstr(client.text, "invalid value for argument mac-address"));
	/* Nothing of all that has touched the row. */
	assert_true(ros_row_is(client.ros, "/ppp/secret", "x", "disabled", "false"));
	assert_int_equal(ros_counters(client.ros).writes_done, 1);
	client_free(&client);
}

static void test_arguments_by_version(void **state)
{
	static const struct {
		const char *version, *command, *word;
		bool known;
	} cases[] = {
		{ "7.16.2", "/ppp/profile/add", "=bridge-port-vid=5", false },
		{ "7.18.2", "/ppp/profile/add", "=bridge-port-vid=5", true },
		{ "7.18.2", "/ppp/profile/add", "=dhcpv6-use-radius=yes", false },
		{ "7.20.8", "/ppp/profile/add", "=dhcpv6-use-radius=yes", true },
		{ "7.20.8", "/ip/hotspot/user/add", "=otp-secret=x", false },
		{ "7.21.5", "/ip/hotspot/user/add", "=otp-secret=x", true },
		{ "6.49.19", "/ppp/secret/add", "=comment=c", true },
		{ "7.9", "/ip/hotspot/user/profile/add", "=comment=c", false },
		{ "7.24", "/ip/hotspot/user/profile/add", "=comment=c", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client client = client_logged_in(cases[i].version);

		client_ask(&client, cases[i].command, "=name=x", cases[i].word, NULL);
		assert_int_equal(strstr(client.text, "unknown parameter") == NULL, cases[i].known);
		assert_int_equal(strcmp(client.text, "!done =ret=*1\n") == 0, cases[i].known);
		client_free(&client);
	}
}

static void test_a_gone_item_by_version(void **state)
{
	struct client old = client_logged_in("6.49.19");

	(void)state;
	assert_refused(&old, "no such item (4)", "/ppp/secret/remove", "=.id=*77");
	client_free(&old);
}

static void test_rights(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	client_ask(&client, "/ppp/secret/add", "=name=x", "=password=p", NULL);
	assert_refused(&client, "not enough permissions (9)", "/user/add", "=name=evil",
		       "=group=full", "=password=x");
	assert_refused(&client, "not enough permissions (9)", "/system/reboot");
	ros_hand(client.ros, NULL, "/user/group/set", "=.id=controller",
		 "=policy=!write,!sensitive", NULL);
	/* New policies act at the next login. */
	assert_said(&client, "!re =password=p\n!done\n", "/ppp/secret/print",
		    "=.proplist=password");
	ros_session_close(client.session);
	client.session = ros_session_open(client.ros);
	assert_said(&client, "!done\n", "/login", "=name=wavu", "=password=secret");
	assert_said(&client, "!re =password=*****\n!done\n", "/ppp/secret/print",
		    "=.proplist=password");
	assert_refused(&client, "not enough permissions (9)", "/ppp/secret/set", "=.id=x",
		       "=comment=c");
	assert_true(strstr(client_ask(&client, "/user/print", NULL), "password") == NULL);
	client_free(&client);
}

static void test_policies_read_back(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	ros_hand(client.ros, NULL, "/user/group/add", "=name=g", "=policy=write,api", NULL);
	assert_true(ros_row_is(client.ros, "/user/group", "g", "policy",
			       "write,api,!local,!telnet,!ssh,!ftp,!reboot,!read,!policy,!test,"
			       "!winbox,!password,!web,!sniff,!sensitive,!romon,!rest-api"));
	/* set is additive. */
	ros_hand(client.ros, NULL, "/user/group/set", "=.id=g", "=policy=read,!api", NULL);
	assert_true(ros_row_is(client.ros, "/user/group", "g", "policy",
			       "read,write,!local,!telnet,!ssh,!ftp,!reboot,!policy,!test,"
			       "!winbox,!password,!web,!sniff,!sensitive,!api,!romon,!rest-api"));
	assert_false(ros_hand(client.ros, NULL, "/user/group/set", "=.id=g", "=policy=fly", NULL));
	client_free(&client);
}

static void test_what_stays(void **state)
{
	struct client client = client_logged_in("7.16.2");
	struct ros_answer answer;

	(void)state;
	client_ask(&client, "/ppp/profile/remove", "=.id=default", NULL);
	assert_non_null(strstr(client.text, "!trap"));
	client_ask(&client, "/ppp/profile/remove", "=.id=*FFFFFFFE", NULL);
	assert_non_null(strstr(client.text, "!trap"));
	assert_said(&client, "!done\n", "/ppp/profile/set", "=.id=default", "=rate-limit=1M");
	assert_false(ros_hand(client.ros, &answer, "/user/remove", "=.id=admin", NULL));
	assert_said(&client, "!trap =category=0 =message=no such command\n!done\n",
		    "/ip/service/remove", "=.id=api");
	assert_int_equal(ros_row_count(client.ros, "/ppp/profile"), 2);
	client_free(&client);
}

static void test_a_full_router(void **state)
{
	struct ros_options options = { .now_at = CLIENT_START, .rows_max = 60 };
	struct ros *ros = ros_new(&options);
	struct ros_answer answer = { .ok = true };
	unsigned count = 0;

	(void)state;
	while (answer.ok && count < 100) {
		char name[24];

		snprintf(name, sizeof(name), "=name=u%u", count++);
		ros_hand(ros, &answer, "/ppp/secret/add", name, NULL);
	}
	assert_true(count < 60);
	assert_int_equal(ros_row_count(ros, "/ppp/secret"), count - 1);
	ros_free(ros);
}

/* The texts above are RouterOS's own: each that the facts have is found there word for word. */
static void test_texts_are_those_of_the_facts(void **state)
{
	char *text = shared_read("trap-messages.json");

	(void)state;
	if (text == NULL)
		skip();
	assert_true(seen_count > 10);
	for (size_t i = 0; i < seen_count; i++) {
		char quoted[200];

		snprintf(quoted, sizeof(quoted), "\"text\": \"%s\"", seen[i]);
		if (strstr(text, quoted) == NULL)
			fail_msg("not in the facts: %s", seen[i]);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_leases),
		cmocka_unit_test(test_missing_references),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_arguments_by_version),
		cmocka_unit_test(test_a_gone_item_by_version),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_policies_read_back),
		cmocka_unit_test(test_what_stays),
		cmocka_unit_test(test_a_full_router),
		cmocka_unit_test(test_texts_are_those_of_the_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
