/* PPPoE: who may dial in, what a session brings, and that it outlives its secret. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#define MAC "aa:bb:cc:dd:ee:0f"

static struct client online_client(void)
{
	struct client client = client_logged_in("7.16.2");

	client_ask(&client, "/ip/pool/add", "=name=p", "=ranges=10.1.0.1-10.1.0.3", NULL);
	client_ask(&client, "/ppp/profile/add", "=name=home", "=remote-address=p",
		   "=rate-limit=5M/10M", NULL);
	client_ask(&client, "/ppp/secret/add", "=name=juma", "=password=1", "=profile=home", NULL);
	return client;
}

static void test_what_a_session_brings(void **state)
{
	struct client client = online_client();
	struct ros_access access;

	(void)state;
	assert_false(ros_access(client.ros, "juma", &access));
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DONE);
	ros_set_now(client.ros, CLIENT_START + 61 * CLIENT_SECOND);
	assert_said(&client,
		    "!re =.id=*80000001 =name=juma =service=pppoe =caller-id=AA:BB:CC:DD:EE:0F "
		    "=address=10.1.0.1 =uptime=1m1s =encoding= =session-id=0x81000001 "
		    "=limit-bytes-in=0 =limit-bytes-out=0 =radius=false\n!done\n",
		    "/ppp/active/print");
	assert_said(&client,
		    "!re =name=<pppoe-juma> =target=<pppoe-juma> =max-limit=5000000/10000000 "
		    "=dynamic=true\n!done\n",
		    "/queue/simple/print", "=.proplist=name,target,max-limit,dynamic");
	assert_true(ros_access(client.ros, "juma", &access));
	assert_true(access.shaped);
	assert_int_equal(access.upload, 5000000);
	assert_int_equal(access.download, 10000000);
	assert_int_equal(access.began_at, CLIENT_START);
	assert_string_equal(access.address, "10.1.0.1");
	assert_string_equal(access.caller, "AA:BB:CC:DD:EE:0F");
	assert_true(ros_traffic(client.ros, "juma", 1000, 2000));
	assert_true(ros_row_is(client.ros, "/queue/simple", "<pppoe-juma>", "bytes", "1000/2000"));
	assert_false(ros_traffic(client.ros, "nobody", 1, 1));
	/* limit-bytes of a secret are per session. */
	client_ask(&client, "/ppp/secret/set", "=.id=juma", "=limit-bytes-out=500", NULL);
	assert_true(ros_traffic(client.ros, "juma", 0, 2000));
	assert_true(ros_access(client.ros, "juma", &access));
	ros_ppp_hang_up(client.ros, "juma");
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	ros_traffic(client.ros, "juma", 0, 499);
	assert_true(ros_access(client.ros, "juma", &access));
	ros_traffic(client.ros, "juma", 0, 1);
	assert_false(ros_access(client.ros, "juma", &access));
	client_free(&client);
}

static void test_who_is_refused(void **state)
{
	struct client client = online_client();

	(void)state;
	assert_int_equal(ros_ppp_dial(client.ros, "nobody", "1", MAC), ROS_ENTRY_NO_USER);
	assert_int_equal(ros_ppp_dial(client.ros, "Juma", "1", MAC), ROS_ENTRY_NO_USER);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "2", MAC), ROS_ENTRY_PASSWORD);
	client_ask(&client, "/ppp/secret/disable", "=.id=juma", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DISABLED);
	client_ask(&client, "/ppp/secret/set", "=.id=juma", "=disabled=no", "=service=l2tp", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_SERVICE);
	client_ask(&client, "/ppp/secret/set", "=.id=juma", "=service=pppoe",
		   "=caller-id=AA:BB:CC:DD:EE:00", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DEVICE);
	/* The caller comes in capitals: a lock in small letters lets nobody in. */
	client_ask(&client, "/ppp/secret/set", "=.id=juma", "=caller-id=" MAC, NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DEVICE);
	client_ask(&client, "/ppp/secret/set", "=.id=juma", "=caller-id=AA:BB:CC:DD:EE:0F", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DONE);
	client_ask(&client, "/ppp/profile/set", "=.id=home", "=only-one=yes", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_TOO_MANY);
	assert_int_equal(ros_ppp_hang_up(client.ros, "juma"), 1);
	ros_hand(client.ros, NULL, "/interface/pppoe-server/server/disable", "=.id=*1", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_SERVICE);
	ros_reboot(client.ros, CLIENT_SECOND);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DOWN);
	client_free(&client);
}

static void test_a_session_outlives_its_secret(void **state)
{
	struct client client = online_client();
	struct ros_access access;

	(void)state;
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	client_ask(&client, "/ppp/profile/set", "=.id=home", "=rate-limit=1M/1M", NULL);
	client_ask(&client, "/ppp/secret/disable", "=.id=juma", NULL);
	assert_true(ros_access(client.ros, "juma", &access));
	assert_int_equal(access.download, 10000000);
	client_ask(&client, "/ppp/secret/remove", "=.id=juma", NULL);
	assert_true(ros_access(client.ros, "juma", &access));
	assert_said(&client, "!done\n", "/ppp/active/remove", "=.id=*80000001");
	assert_false(ros_access(client.ros, "juma", &access));
	assert_int_equal(ros_row_count(client.ros, "/queue/simple"), 0);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_NO_USER);
	client_free(&client);
}

static void test_the_next_dial_brings_the_new_rate(void **state)
{
	struct client client = online_client();
	struct ros_access access;

	(void)state;
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	client_ask(&client, "/ppp/profile/set", "=.id=home", "=rate-limit=512k/1M 2M/2M 1M/1M 8/8",
		   NULL);
	assert_int_equal(ros_ppp_hang_up(client.ros, "juma"), 1);
	assert_true(
	    ros_row_is(client.ros, "/ppp/secret", "juma", "last-disconnect-reason", "hung-up"));
	assert_true(
	    ros_row_is(client.ros, "/ppp/secret", "juma", "last-caller-id", "AA:BB:CC:DD:EE:0F"));
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	assert_true(ros_access(client.ros, "juma", &access));
	assert_int_equal(access.upload, 512000);
	assert_int_equal(access.download, 1000000);
	assert_said(&client,
		    "!re =max-limit=512000/1000000 =burst-limit=2000000/2000000 "
		    "=burst-threshold=1000000/1000000 =burst-time=8s/8s\n!done\n",
		    "/queue/simple/print",
		    "=.proplist=max-limit,burst-limit,burst-threshold,burst-time");
	/* What cannot be read as a rate shapes nobody. */
	client_ask(&client, "/ppp/profile/set", "=.id=home", "=rate-limit=1.5M/fast", NULL);
	ros_ppp_hang_up(client.ros, "juma");
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	assert_true(ros_access(client.ros, "juma", &access));
	assert_false(access.shaped);
	client_free(&client);
}

static void test_addresses(void **state)
{
	struct client client = online_client();
	struct ros_access access;

	(void)state;
	for (int i = 0; i < 4; i++) {
		char name[24];

		snprintf(name, sizeof(name), "=name=u%d", i);
		client_ask(&client, "/ppp/secret/add", name, "=profile=home", NULL);
		assert_int_equal(ros_ppp_dial(client.ros, name + 6, "", MAC),
				 i < 3 ? ROS_ENTRY_DONE : ROS_ENTRY_NO_ADDRESS);
	}
	/* An address of its own beats the pool; one that hung up gives its own back. */
	client_ask(&client, "/ppp/secret/set", "=.id=u3", "=remote-address=10.7.7.7", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "u3", "", MAC), ROS_ENTRY_DONE);
	ros_access(client.ros, "u3", &access);
	assert_string_equal(access.address, "10.7.7.7");
	ros_ppp_hang_up(client.ros, "u1");
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DONE);
	ros_access(client.ros, "juma", &access);
	assert_string_equal(access.address, "10.1.0.2");
	/* The pool behind the profile is gone. */
	ros_ppp_hang_up(client.ros, "juma");
	client_ask(&client, "/ip/pool/remove", "=.id=p", NULL);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_NO_ADDRESS);
	client_free(&client);
}

static void test_the_wall(void **state)
{
	struct client client = online_client();
	struct ros_access access;

	(void)state;
	client_ask(&client, "/ppp/profile/set", "=.id=home", "=address-list=broke", NULL);
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	assert_said(&client, "!re =list=broke =address=10.1.0.1 =dynamic=true\n!done\n",
		    "/ip/firewall/address-list/print", "=.proplist=list,address,dynamic");
	/* A list alone stops nobody: it takes an enabled rule. */
	assert_true(ros_access(client.ros, "juma", &access));
	ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
		 "=src-address-list=broke", "=action=accept", NULL);
	assert_true(ros_access(client.ros, "juma", &access));
	ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
		 "=src-address-list=broke", "=action=drop", NULL);
	assert_false(ros_access(client.ros, "juma", &access));
	assert_true(access.walled);
	ros_hand(client.ros, NULL, "/ip/firewall/filter/disable", "=.id=*2", NULL);
	assert_true(ros_access(client.ros, "juma", &access));
	ros_hand(client.ros, NULL, "/ip/firewall/nat/add", "=chain=dstnat",
		 "=src-address-list=broke", "=action=redirect", "=protocol=tcp", "=dst-port=80",
		 NULL);
	assert_false(ros_access(client.ros, "juma", &access));
	ros_ppp_hang_up(client.ros, "juma");
	assert_int_equal(ros_row_count(client.ros, "/ip/firewall/address-list"), 0);
	client_free(&client);
}

static void test_time_and_power(void **state)
{
	struct client client = online_client();
	struct ros_access access;

	(void)state;
	client_ask(&client, "/ppp/profile/set", "=.id=home", "=session-timeout=1h",
		   "=address-list=l", NULL);
	client_ask(&client, "/ip/firewall/address-list/add", "=list=kept", "=address=10.2.0.1",
		   NULL);
	client_ask(&client, "/ip/firewall/address-list/add", "=list=timed", "=address=10.2.0.2",
		   "=timeout=9w", NULL);
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	ros_set_now(client.ros, CLIENT_START + 3599 * CLIENT_SECOND);
	assert_true(ros_access(client.ros, "juma", &access));
	ros_set_now(client.ros, CLIENT_START + 3600 * CLIENT_SECOND);
	assert_false(ros_access(client.ros, "juma", &access));
	assert_true(ros_row_is(client.ros, "/ppp/secret", "juma", "last-disconnect-reason",
			       "session-timeout"));
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	ros_reboot(client.ros, 0);
	assert_false(ros_access(client.ros, "juma", &access));
	assert_int_equal(ros_row_count(client.ros, "/queue/simple"), 0);
	/* Configuration stays; what is dynamic, also by a timeout, does not. */
	assert_int_equal(ros_row_count(client.ros, "/ip/firewall/address-list"), 1);
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DONE);
	client_free(&client);
}

static void test_a_cpe_dials_again(void **state)
{
	struct client client = online_client();
	struct ros_access access;

	(void)state;
	client_ask(&client, "/ppp/secret/disable", "=.id=juma", NULL);
	ros_cpe_keep(client.ros, "juma", "1", MAC);
	assert_false(ros_access(client.ros, "juma", &access));
	client_ask(&client, "/ppp/secret/enable", "=.id=juma", NULL);
	ros_set_now(client.ros, CLIENT_START + 6 * CLIENT_SECOND);
	assert_true(ros_access(client.ros, "juma", &access));
	client_ask(&client, "/ppp/active/remove", "=.id=*80000001", NULL);
	assert_false(ros_access(client.ros, "juma", &access));
	ros_set_now(client.ros, CLIENT_START + 12 * CLIENT_SECOND);
	assert_true(ros_access(client.ros, "juma", &access));
	ros_cpe_forget(client.ros, "juma");
	ros_ppp_hang_up(client.ros, "juma");
	ros_set_now(client.ros, CLIENT_START + 60 * CLIENT_SECOND);
	assert_false(ros_access(client.ros, "juma", &access));
	client_free(&client);
}

static void test_dynamic_queues_are_the_routers_own(void **state)
{
	struct client client = online_client();

	(void)state;
	ros_ppp_dial(client.ros, "juma", "1", MAC);
	client_ask(&client, "/queue/simple/remove", "=.id=<pppoe-juma>", NULL);
	assert_non_null(strstr(client.text, "!trap"));
	client_ask(&client, "/queue/simple/set", "=.id=<pppoe-juma>", "=max-limit=1M/1M", NULL);
	assert_non_null(strstr(client.text, "!trap"));
	/* A second session of one name has a queue of its own. */
	assert_int_equal(ros_ppp_dial(client.ros, "juma", "1", MAC), ROS_ENTRY_DONE);
	assert_true(ros_row_exists(client.ros, "/queue/simple", "<pppoe-juma-1>"));
	client_free(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_session_brings),
		cmocka_unit_test(test_who_is_refused),
		cmocka_unit_test(test_a_session_outlives_its_secret),
		cmocka_unit_test(test_the_next_dial_brings_the_new_rate),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_the_wall),
		cmocka_unit_test(test_time_and_power),
		cmocka_unit_test(test_a_cpe_dials_again),
		cmocka_unit_test(test_dynamic_queues_are_the_routers_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
