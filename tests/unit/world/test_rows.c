/* Rows: what is printed, canonical forms, ids and names, order, references. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_a_new_secret_reads_as_recorded(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "!done =ret=*1\n", "/ppp/secret/add", "=name=user1", "=password=1");
	assert_said(&client,
		    "!re =.id=*1 =name=user1 =service=any =caller-id= =password=1 "
		    "=profile=default =routes= =ipv6-routes= =limit-bytes-in=0 "
		    "=limit-bytes-out=0 =disabled=false\n!done\n",
		    "/ppp/secret/print");
	client_free(&client);
}

static void test_a_new_queue_reads_as_recorded(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "!done =ret=*1\n", "/queue/simple/add", "=target=1.1.1.12",
		    "=max-limit=10M/512k");
	assert_said(&client,
		    "!re =.id=*1 =name=queue1 =target=1.1.1.12/32 =parent=none =packet-marks= "
		    "=priority=8/8 =queue=default-small/default-small =limit-at=0/0 "
		    "=max-limit=10000000/512000 =burst-limit=0/0 =burst-threshold=0/0 "
		    "=burst-time=0s/0s =bucket-size=0.1/0.1 =bytes=0/0 =total-bytes=0 "
		    "=packets=0/0 =total-packets=0 =dropped=0/0 =total-dropped=0 =rate=0/0 "
		    "=total-rate=0 =packet-rate=0/0 =total-packet-rate=0 =queued-packets=0/0 "
		    "=total-queued-packets=0 =queued-bytes=0/0 =total-queued-bytes=0 "
		    "=invalid=false =dynamic=false =disabled=false\n!done\n",
		    "/queue/simple/print");
	client_free(&client);
}

static void test_a_new_profile_reads_as_recorded(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "!done =ret=*1\n", "/ppp/profile/add", "=name=p");
	assert_said(&client,
		    "!re =.id=*1 =name=p =bridge-learning=default =use-ipv6=yes "
		    "=use-mpls=default =use-compression=default =use-encryption=default "
		    "=only-one=default =change-tcp-mss=default =use-upnp=default =address-list= "
		    "=on-up= =on-down= =default=false\n!done\n",
		    "/ppp/profile/print", "?name=p");
	assert_said(&client, "!re =.id=*0 =default=true\n!re =.id=*FFFFFFFE =default=true\n!done\n",
		    "/ppp/profile/print", "=.proplist=.id,default", "?default=true");
	client_free(&client);
}

static void test_a_new_hotspot_user_reads_as_recorded(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "!done =ret=*1\n", "/ip/hotspot/user/add", "=name=u", "=password=1",
		    "=limit-uptime=26:00:00", "=mac-address=aa-bb-cc-dd-ee-0f");
	assert_said(&client,
		    "!re =.id=*1 =name=u =password=1 =mac-address=AA:BB:CC:DD:EE:0F "
		    "=profile=default =limit-uptime=1d2h =uptime=0s =bytes-in=0 =bytes-out=0 "
		    "=packets-in=0 =packets-out=0 =dynamic=false =disabled=false\n!done\n",
		    "/ip/hotspot/user/print", "?name=u");
	/* No unset here: zeroes clear. */
	assert_said(&client, "!trap =category=0 =message=no such command\n!done\n",
		    "/ip/hotspot/user/unset", "=.id=u", "=value-name=mac-address");
	assert_said(&client, "!done\n", "/ip/hotspot/user/set", "=.id=u",
		    "=mac-address=00:00:00:00:00:00", "=limit-uptime=0s", "=password=");
	assert_said(&client, "!re =name=u\n!done\n", "/ip/hotspot/user/print", "?name=u",
		    "=.proplist=name,mac-address,limit-uptime,password");
	client_free(&client);
}

static void assert_reads(struct client *client, const char *menu, const char *field,
			 const char *written, const char *read)
{
	char command[80], word[160];
	struct ros_text text;

	snprintf(command, sizeof(command), "%s/set", menu);
	snprintf(word, sizeof(word), "=%s=%s", field, written);
	assert_said(client, "!done\n", command, "=.id=x", word);
	assert_true(ros_row_read(client->ros, menu, "x", field, &text));
	assert_string_equal(text.bytes, read);
	/* What is read back can be written again, and stays. */
	snprintf(word, sizeof(word), "=%s=%s", field, read);
	assert_said(client, "!done\n", command, "=.id=x", word);
	assert_true(ros_row_is(client->ros, menu, "x", field, read));
}

static void test_canonical_forms(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	client_ask(&client, "/ppp/profile/add", "=name=x", NULL);
	client_ask(&client, "/ppp/secret/add", "=name=x", NULL);
	client_ask(&client, "/queue/simple/add", "=name=x", "=target=1.1.1.1", NULL);
	client_ask(&client, "/ip/hotspot/user/profile/add", "=name=x", NULL);
	client_ask(&client, "/ip/pool/add", "=name=x", "=ranges=1.1.1.1", NULL);
	assert_reads(&client, "/ppp/profile", "session-timeout", "93784", "1d2h3m4s");
	assert_reads(&client, "/ppp/profile", "session-timeout", "9d 01:00:01", "1w2d1h1s");
	assert_reads(&client, "/ppp/profile", "idle-timeout", "0", "0s");
	assert_reads(&client, "/ppp/profile", "use-encryption", "require", "required");
	assert_reads(&client, "/ppp/profile", "rate-limit", "5M/10M 0/0", "5M/10M 0/0");
	assert_reads(&client, "/ppp/secret", "disabled", "yes", "true");
	assert_reads(&client, "/ppp/secret", "disabled", "no", "false");
	assert_reads(&client, "/queue/simple", "target", "10.0.0.5/24,10.1.0.1",
		     "10.0.0.0/24,10.1.0.1/32");
	assert_reads(&client, "/queue/simple", "target", "0.0.0.0/0", "0.0.0.0/0");
	assert_reads(&client, "/queue/simple", "target", "ether2", "ether2");
	assert_reads(&client, "/queue/simple", "burst-time", "16/1m", "16s/1m");
	assert_reads(&client, "/ip/hotspot/user/profile", "keepalive-timeout", "0", "none");
	assert_reads(&client, "/ip/hotspot/user/profile", "shared-users", "unlimited", "unlimited");
	assert_reads(&client, "/ip/hotspot/user/profile", "mac-cookie-timeout", "72:00:00", "3d");
	assert_reads(&client, "/ip/pool", "ranges", "10.0.0.0-10.0.1.255", "10.0.0.0/23");
	assert_reads(&client, "/ip/pool", "ranges", "10.0.0.2-10.0.0.9,10.0.2.7/32",
		     "10.0.0.2-10.0.0.9,10.0.2.7");
	client_free(&client);
}

static void test_address_list_forms(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	assert_said(&client, "!done =ret=*1\n", "/ip/firewall/address-list/add", "=list=a",
		    "=address=10.0.0.1/32");
	assert_said(&client, "!trap =message=failure: already have such entry\n!done\n",
		    "/ip/firewall/address-list/add", "=list=a", "=address=10.0.0.1");
	assert_said(&client, "!done =ret=*2\n", "/ip/firewall/address-list/add", "=list=b",
		    "=address=10.0.0.1", "=timeout=1d");
	ros_set_now(client.ros, CLIENT_START + 3600 * CLIENT_SECOND);
	assert_said(&client,
		    "!re =.id=*1 =list=a =address=10.0.0.1 =creation-time=2023-11-14 22:13:20 "
		    "=dynamic=false =disabled=false\n"
		    "!re =.id=*2 =list=b =address=10.0.0.1 =creation-time=2023-11-14 22:13:20 "
		    "=timeout=23h =dynamic=true =disabled=false\n!done\n",
		    "/ip/firewall/address-list/print");
	/* A comment does not wind it up again; the same timeout does. */
	assert_said(&client, "!done\n", "/ip/firewall/address-list/set", "=.id=*2", "=comment=c");
	assert_true(ros_row_is(client.ros, "/ip/firewall/address-list", "*2", "timeout", "23h"));
	assert_said(&client, "!done\n", "/ip/firewall/address-list/set", "=.id=*2", "=timeout=1d");
	assert_true(ros_row_is(client.ros, "/ip/firewall/address-list", "*2", "timeout", "1d"));
	ros_set_now(client.ros, CLIENT_START + 25 * 3600 * CLIENT_SECOND);
	assert_int_equal(ros_row_count(client.ros, "/ip/firewall/address-list"), 1);
	assert_said(&client, "!done =ret=*3\n", "/ip/firewall/address-list/add", "=list=c",
		    "=address=example.com");
	client_free(&client);
}

static void test_clearing_in_three_ways(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	client_ask(&client, "/ppp/secret/add", "=name=x", "=comment=c", "=remote-address=10.0.0.9",
		   "=local-address=10.0.0.1", NULL);
	assert_said(&client,
		    "!trap =category=1 =message=invalid value for argument "
		    "remote-address\n!done\n",
		    "/ppp/secret/set", "=.id=x", "=remote-address=");
	assert_said(&client, "!done\n", "/ppp/secret/unset", "=.id=x",
		    "=value-name=remote-address");
	assert_said(&client, "!done\n", "/ppp/secret/set", "=.id=x",
		    "=!local-address=", "=comment=");
	assert_said(&client, "!re =name=x\n!done\n", "/ppp/secret/print",
		    "=.proplist=name,comment,remote-address,local-address");
	assert_said(&client,
		    "!trap =category=1 =message=input does not match any value of "
		    "value-name\n!done\n",
		    "/ppp/secret/unset", "=.id=x", "=value-name=name");
	assert_said(&client, "!trap =message=unknown parameter !name\n!done\n", "/ppp/secret/set",
		    "=.id=x", "=!name=");
	client_free(&client);
}

static void test_references_follow_and_dangle(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	client_ask(&client, "/ip/pool/add", "=name=p", "=ranges=10.0.0.0/24", NULL);
	client_ask(&client, "/ppp/profile/add", "=name=home", "=remote-address=p", NULL);
	client_ask(&client, "/ppp/secret/add", "=name=juma", "=profile=home", NULL);
	assert_said(&client, "!done\n", "/ppp/profile/set", "=.id=home", "=name=casa");
	assert_said(&client, "!re =profile=casa\n!done\n", "/ppp/secret/print",
		    "=.proplist=profile", "?profile=casa");
	assert_said(&client, "!done\n", "/ip/pool/remove", "=.id=p");
	assert_said(&client, "!re =remote-address=*2\n!done\n", "/ppp/profile/print", "?name=casa",
		    "=.proplist=remote-address");
	assert_said(&client, "!done\n", "/ppp/profile/remove", "=numbers=casa");
	assert_said(&client, "!re =profile=*1\n!done\n", "/ppp/secret/print", "=.proplist=profile");
	client_free(&client);
}

static void test_ids_names_and_lists(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	for (int i = 0; i < 12; i++) {
		char name[32];

		snprintf(name, sizeof(name), "=name=n%d", i);
		client_ask(&client, "/ppp/secret/add", name, NULL);
	}
	assert_said(&client, "!re =name=n9\n!done\n", "/ppp/secret/print", "=.proplist=name",
		    "?.id=*A");
	assert_said(&client, "!done\n", "/ppp/secret/disable", "=.id=*1,*2,n5");
	assert_said(&client, "!re =name=n0\n!re =name=n1\n!re =name=n5\n!done\n",
		    "/ppp/secret/print", "=.proplist=name", "?disabled=yes");
	assert_said(&client, "!done\n", "/ppp/secret/enable", "=numbers=*1,*2,n5");
	/* One that is gone: nothing is done to the others. */
	assert_said(&client, "!trap =category=0 =message=no such item\n!done\n",
		    "/ppp/secret/remove", "=.id=*1,*99");
	assert_said(&client, "!done\n", "/ppp/secret/remove", "=.id=*1,*1");
	assert_said(&client, "!done =ret=11\n", "/ppp/secret/print", "=count-only=");
	/* An id is never used again. */
	assert_said(&client, "!done\n", "/ppp/secret/remove", "=.id=*C");
	assert_said(&client, "!done =ret=*D\n", "/ppp/secret/add", "=name=late");
	client_free(&client);
}

static void test_order_and_place(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	client_ask(&client, "/queue/simple/add", "=name=a", "=target=10.0.0.1", NULL);
	client_ask(&client, "/queue/simple/add", "=name=b", "=target=10.0.0.2", NULL);
	client_ask(&client, "/queue/simple/add", "=name=c", "=target=10.0.0.3", "=place-before=a",
		   NULL);
	assert_said(&client, "!re =name=c\n!re =name=a\n!re =name=b\n!done\n",
		    "/queue/simple/print", "=.proplist=name");
	assert_said(&client, "!done\n", "/queue/simple/move", "=numbers=b", "=destination=c");
	assert_said(&client, "!done\n", "/queue/simple/move", "=numbers=c");
	assert_said(&client, "!re =name=b\n!re =name=a\n!re =name=c\n!done\n",
		    "/queue/simple/print", "=.proplist=name");
	client_free(&client);
}

static void test_a_copied_row_brings_its_comment(void **state)
{
	struct client client = client_logged_in("7.16.2");
	struct ros_answer answer;

	(void)state;
	client_ask(&client, "/ppp/secret/add", "=name=a", "=comment=mark", "=password=1", NULL);
	assert_true(
	    ros_hand(client.ros, &answer, "/ppp/secret/add", "=copy-from=a", "=name=b", NULL));
	assert_string_equal(answer.id, "*2");
	assert_true(ros_row_is(client.ros, "/ppp/secret", "b", "comment", "mark"));
	assert_true(ros_row_is(client.ros, "/ppp/secret", "b", "password", "1"));
	assert_false(ros_hand(client.ros, &answer, "/ppp/secret/add", "=copy-from=a", NULL));
	assert_string_equal(answer.text, "failure: secret with the same name already exists");
	client_free(&client);
}

static void test_hand_edits_are_not_counted(void **state)
{
	struct client client = client_logged_in("7.16.2");
	char *before, *after;

	(void)state;
	client_ask(&client, "/ppp/secret/add", "=name=a", NULL);
	before = ros_menu_dump(client.ros, "/ppp/secret", true);
	client_ask(&client, "/ppp/secret/set", "=.id=a", "=service=any", NULL);
	ros_hand(client.ros, NULL, "/ppp/secret/set", "=.id=a", "=comment=z", NULL);
	after = ros_menu_dump(client.ros, "/ppp/secret", true);
	assert_string_not_equal(before, after);
	free(after);
	ros_hand(client.ros, NULL, "/ppp/secret/set", "=.id=a", "=comment=", NULL);
	after = ros_menu_dump(client.ros, "/ppp/secret", true);
	assert_string_equal(before, after);
	assert_int_equal(ros_counters(client.ros).writes, 2);
	assert_int_equal(ros_counters(client.ros).writes_idle, 1);
	assert_int_equal(ros_counter(client.ros, "/ppp/secret", "add"), 1);
	assert_int_equal(ros_counter(client.ros, "/ppp/secret", NULL), 2);
	assert_int_equal(ros_counter(client.ros, NULL, "print"), 0);
	assert_int_equal(ros_log_size(client.ros), 2);
	free(before);
	free(after);
	client_free(&client);
}

static void test_ten_thousand_adds_stay_quick(void **state)
{
	struct client client = client_logged_in("7.16.2");
	struct ros_text text;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		char name[24];

		snprintf(name, sizeof(name), "=name=user%05d", i);
		client_ask(&client, "/ppp/secret/add", name, NULL);
	}
	assert_said(&client, "!re =.id=*2710 =name=user09999\n!done\n", "/ppp/secret/print",
		    "=.proplist=.id,name", "?name=user09999");
	assert_true(ros_row_read(client.ros, "/ppp/secret", "user05000", ".id", &text));
	assert_string_equal(text.bytes, "*1389");
	for (int i = 0; i < 10000; i++) {
		char name[24];

		snprintf(name, sizeof(name), "=.id=user%05d", i);
		client_ask(&client, "/ppp/secret/remove", name, NULL);
	}
	assert_int_equal(ros_row_count(client.ros, "/ppp/secret"), 0);
	client_free(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_secret_reads_as_recorded),
		cmocka_unit_test(test_a_new_queue_reads_as_recorded),
		cmocka_unit_test(test_a_new_profile_reads_as_recorded),
		cmocka_unit_test(test_a_new_hotspot_user_reads_as_recorded),
		cmocka_unit_test(test_canonical_forms),
		cmocka_unit_test(test_address_list_forms),
		cmocka_unit_test(test_clearing_in_three_ways),
		cmocka_unit_test(test_references_follow_and_dangle),
		cmocka_unit_test(test_ids_names_and_lists),
		cmocka_unit_test(test_order_and_place),
		cmocka_unit_test(test_a_copied_row_brings_its_comment),
		cmocka_unit_test(test_hand_edits_are_not_counted),
		cmocka_unit_test(test_ten_thousand_adds_stay_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
