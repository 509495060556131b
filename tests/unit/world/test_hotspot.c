/* Hotspot: hosts, logins, and the cookies that bring a phone back. */
#include "check.h"

#include <string.h>

#define PHONE "02:00:00:00:00:0a"
#define OTHER "02:00:00:00:00:0b"

static struct client hotspot_client(void)
{
	struct client client = client_logged_in("7.16.2");

	client_ask(&client, "/ip/hotspot/user/profile/add", "=name=day", "=rate-limit=1M/2M", NULL);
	client_ask(&client, "/ip/hotspot/user/add", "=name=amina", "=password=1", "=profile=day",
		   NULL);
	return client;
}

static void test_what_a_login_brings(void **state)
{
	struct client client = hotspot_client();
	struct ros_access access;

	(void)state;
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_NO_USER);
	assert_said(&client,
		    "!re =mac-address=02:00:00:00:00:0A =address=10.5.0.2 =server=hotspot1 "
		    "=authorized=false =bypassed=false\n!done\n",
		    "/ip/hotspot/host/print",
		    "=.proplist=mac-address,address,server,authorized,bypassed");
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_DONE);
	/* The id is the address in hex. */
	assert_said(&client,
		    "!re =.id=*A050002 =server=hotspot1 =user=amina =address=10.5.0.2 "
		    "=mac-address=02:00:00:00:00:0A =login-by=http-chap\n!done\n",
		    "/ip/hotspot/active/print",
		    "=.proplist=.id,server,user,address,mac-address,login-by");
	assert_true(ros_access(client.ros, "amina", &access));
	assert_int_equal(access.download, 2000000);
	assert_true(ros_row_exists(client.ros, "/queue/simple", "<hotspot-amina>"));
	assert_said(&client,
		    "!re =user=amina =mac-address=02:00:00:00:00:0A =expires-in=3d "
		    "=mac-cookie=true\n!done\n",
		    "/ip/hotspot/cookie/print", "?mac-cookie=true",
		    "=.proplist=user,mac-address,expires-in,mac-cookie");
	assert_said(&client, "!done =ret=2\n", "/ip/hotspot/cookie/print", "=count-only=");
	client_free(&client);
}

static void test_who_is_refused(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "nobody", "1"), ROS_ENTRY_NO_USER);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "2"), ROS_ENTRY_PASSWORD);
	client_ask(&client, "/ip/hotspot/user/disable", "=.id=amina", NULL);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_DISABLED);
	client_ask(&client, "/ip/hotspot/user/set", "=.id=amina", "=disabled=no",
		   "=mac-address=" OTHER, NULL);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_DEVICE);
	assert_int_equal(ros_hotspot_login(client.ros, OTHER, "amina", "1"), ROS_ENTRY_DONE);
	client_ask(&client, "/ip/hotspot/user/set", "=.id=amina", "=mac-address=00:00:00:00:00:00",
		   NULL);
	/* shared-users is 1. */
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_TOO_MANY);
	client_ask(&client, "/ip/hotspot/user/profile/set", "=.id=day", "=shared-users=unlimited",
		   NULL);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_DONE);
	ros_hand(client.ros, NULL, "/ip/hotspot/disable", "=.id=hotspot1", NULL);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_SERVICE);
	client_free(&client);
}

static void test_a_cookie_brings_the_phone_back(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	ros_hotspot_login(client.ros, PHONE, "amina", "1");
	assert_true(ros_hotspot_leave(client.ros, PHONE));
	assert_false(ros_hotspot_is_open(client.ros, PHONE));
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_DONE);
	assert_true(
	    ros_row_is(client.ros, "/ip/hotspot/active", "amina", "login-by", "mac-cookie"));
	/* A cookie survives a reboot, the login does not. */
	ros_reboot(client.ros, 0);
	assert_false(ros_hotspot_is_open(client.ros, PHONE));
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_DONE);
	client_free(&client);
}

static void test_a_user_who_is_off_is_not_brought_back(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	ros_hotspot_login(client.ros, PHONE, "amina", "1");
	client_ask(&client, "/ip/hotspot/user/disable", "=.id=amina", NULL);
	/* The login of now goes on. */
	assert_true(ros_hotspot_is_open(client.ros, PHONE));
	ros_hotspot_leave(client.ros, PHONE);
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_DISABLED);
	/* A failed cookie login takes the cookie with it. */
	assert_said(&client, "!done =ret=0\n", "/ip/hotspot/cookie/print",
		    "=count-only=", "?mac-cookie=true");
	client_ask(&client, "/ip/hotspot/user/enable", "=.id=amina", NULL);
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_NO_USER);
	/* The HTTP cookie is still there: one page, and the phone is in again. */
	assert_int_equal(ros_hotspot_browse(client.ros, PHONE), ROS_ENTRY_DONE);
	client_free(&client);
}

static void test_removed_from_active(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	ros_hotspot_login(client.ros, PHONE, "amina", "1");
	ros_set_now(client.ros, CLIENT_START + 90 * CLIENT_SECOND);
	ros_traffic(client.ros, "amina", 10, 20);
	assert_said(&client, "!done\n", "/ip/hotspot/active/remove", "=.id=*A050002");
	assert_false(ros_hotspot_is_open(client.ros, PHONE));
	/* Written when the login ends. */
	assert_said(&client, "!re =uptime=1m30s =bytes-in=10 =bytes-out=20\n!done\n",
		    "/ip/hotspot/user/print", "?name=amina",
		    "=.proplist=uptime,bytes-in,bytes-out");
	/* Its mac-cookie went with it; the HTTP cookie did not. */
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_NO_USER);
	assert_int_equal(ros_row_count(client.ros, "/ip/hotspot/cookie"), 1);
	assert_said(&client, "!done\n", "/ip/hotspot/user/reset-counters", "=.id=amina");
	assert_true(ros_row_is(client.ros, "/ip/hotspot/user", "amina", "uptime", "0s"));
	client_free(&client);
}

static void test_removing_only_the_host_is_not_enough(void **state)
{
	struct client client = hotspot_client();
	struct ros_text id;

	(void)state;
	ros_hotspot_login(client.ros, PHONE, "amina", "1");
	assert_true(ros_row_read(client.ros, "/ip/hotspot/host", "02:00:00:00:00:0A", ".id", &id));
	assert_said(&client, "!done\n", "/ip/hotspot/host/remove", "=.id=*1");
	assert_int_equal(ros_row_count(client.ros, "/ip/hotspot/active"), 0);
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_DONE);
	client_free(&client);
}

static void test_cookies_end(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	client_ask(&client, "/ip/hotspot/user/profile/set", "=.id=day", "=mac-cookie-timeout=1d",
		   NULL);
	ros_hotspot_login(client.ros, PHONE, "amina", "1");
	/* Its day counts from the logout. */
	ros_set_now(client.ros, CLIENT_START + 43200 * CLIENT_SECOND);
	ros_hotspot_leave(client.ros, PHONE);
	ros_set_now(client.ros, CLIENT_START + 86401 * CLIENT_SECOND);
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_DONE);
	ros_hotspot_leave(client.ros, PHONE);
	ros_set_now(client.ros, CLIENT_START + 2 * 86402 * CLIENT_SECOND);
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_NO_USER);
	client_ask(&client, "/ip/hotspot/user/profile/set", "=.id=day", "=add-mac-cookie=no", NULL);
	ros_set_now(client.ros, CLIENT_START + 4 * 86400 * CLIENT_SECOND);
	assert_int_equal(ros_row_count(client.ros, "/ip/hotspot/cookie"), 0);
	ros_hotspot_login(client.ros, PHONE, "amina", "1");
	assert_said(&client, "!re =mac-cookie=false\n!done\n", "/ip/hotspot/cookie/print",
		    "=.proplist=mac-cookie");
	client_free(&client);
}

static void test_limits(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	client_ask(&client, "/ip/hotspot/user/set", "=.id=amina", "=limit-uptime=1h",
		   "=limit-bytes-total=1000", NULL);
	ros_hotspot_login(client.ros, PHONE, "amina", "1");
	assert_said(&client, "!re =session-time-left=1h\n!done\n", "/ip/hotspot/active/print",
		    "=.proplist=session-time-left");
	ros_set_now(client.ros, CLIENT_START + 1800 * CLIENT_SECOND);
	ros_hotspot_leave(client.ros, PHONE);
	/* Half is used; time away does not count. */
	ros_set_now(client.ros, CLIENT_START + 9000 * CLIENT_SECOND);
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_DONE);
	ros_set_now(client.ros, CLIENT_START + 10800 * CLIENT_SECOND);
	assert_false(ros_hotspot_is_open(client.ros, PHONE));
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_LIMIT);
	client_ask(&client, "/ip/hotspot/user/reset-counters", "=.id=amina", NULL);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_DONE);
	ros_traffic(client.ros, "amina", 600, 300);
	assert_true(ros_hotspot_is_open(client.ros, PHONE));
	/* The limit of bytes ends the login, and takes the mac-cookie with it. */
	ros_traffic(client.ros, "amina", 0, 100);
	assert_false(ros_hotspot_is_open(client.ros, PHONE));
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_NO_USER);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_LIMIT);
	client_free(&client);
}

static void test_bindings(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	ros_hotspot_arrive(client.ros, PHONE);
	client_ask(&client, "/ip/hotspot/ip-binding/add", "=mac-address=" PHONE, "=type=bypassed",
		   NULL);
	/* A present phone is what it was until its host is removed. */
	assert_false(ros_hotspot_is_open(client.ros, PHONE));
	client_ask(&client, "/ip/hotspot/host/remove", "=.id=*1", NULL);
	assert_int_equal(ros_hotspot_arrive(client.ros, PHONE), ROS_ENTRY_DONE);
	assert_true(ros_hotspot_is_open(client.ros, PHONE));
	assert_int_equal(ros_row_count(client.ros, "/ip/hotspot/active"), 0);
	client_ask(&client, "/ip/hotspot/ip-binding/set", "=.id=*1", "=type=blocked", NULL);
	ros_hotspot_leave(client.ros, PHONE);
	assert_int_equal(ros_hotspot_login(client.ros, PHONE, "amina", "1"), ROS_ENTRY_BLOCKED);
	assert_said(&client, "!done\n", "/ip/hotspot/ip-binding/set", "=.id=*1", "=type=regular");
	assert_said(&client, "!re =.id=*1 =mac-address=02:00:00:00:00:0A =disabled=false\n!done\n",
		    "/ip/hotspot/ip-binding/print");
	client_free(&client);
}

static void test_login_from_the_routers_side(void **state)
{
	struct client client = hotspot_client();

	(void)state;
	client_ask(&client, "/ip/hotspot/active/login", "=user=amina", "=password=1",
		   "=ip=10.5.0.2", NULL);
	assert_non_null(strstr(client.text, "!trap"));
	ros_hotspot_arrive(client.ros, PHONE);
	assert_said(&client, "!done\n", "/ip/hotspot/active/login", "=user=amina", "=password=1",
		    "=ip=10.5.0.2");
	assert_true(ros_hotspot_is_open(client.ros, PHONE));
	assert_said(&client, "!done\n", "/ip/hotspot/host/make-binding", "=numbers=*1",
		    "=type=bypassed");
	assert_said(&client, "!re =mac-address=02:00:00:00:00:0A =type=bypassed\n!done\n",
		    "/ip/hotspot/ip-binding/print", "=.proplist=mac-address,type");
	client_free(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_login_brings),
		cmocka_unit_test(test_who_is_refused),
		cmocka_unit_test(test_a_cookie_brings_the_phone_back),
		cmocka_unit_test(test_a_user_who_is_off_is_not_brought_back),
		cmocka_unit_test(test_removed_from_active),
		cmocka_unit_test(test_removing_only_the_host_is_not_enough),
		cmocka_unit_test(test_cookies_end),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_login_from_the_routers_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
