/* What a customer with a fixed address has: rules in their order, fasttrack, queues in theirs. */
#include "check.h"

static bool asked(struct ros *ros, struct ros_access *access)
{
	return ros_address_access(ros, "10.20.0.60", access);
}

static void test_a_rule_stops_who_is_on_its_list(void **state)
{
	struct client client = client_new("7.16.2");
	struct ros_access access;

	(void)state;
	assert_true(asked(client.ros, &access));
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/address-list/add", "=list=unpaid",
			     "=address=10.20.0.60", NULL));
	assert_true(asked(client.ros, &access));
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
			     "=action=drop", "=src-address-list=unpaid",
			     "=dst-address-list=!garden", NULL));
	assert_false(asked(client.ros, &access));
	assert_true(access.walled);
	assert_false(access.lingers);
	assert_true(ros_address_access(client.ros, "10.20.0.61", &access));
	/* A rule about the garden alone says nothing about the internet. */
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/set", "=.id=*1",
			     "=dst-address-list=garden", NULL));
	assert_true(asked(client.ros, &access));
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/set", "=.id=*1",
			     "=dst-address-list=", "=disabled=yes", NULL));
	assert_true(asked(client.ros, &access));
	client_free(&client);
}

static void test_rules_are_met_in_their_order(void **state)
{
	struct client client = client_new("7.16.2");
	struct ros_access access;

	(void)state;
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/address-list/add", "=list=unpaid",
			     "=address=10.20.0.60", NULL));
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
			     "=action=fasttrack-connection",
			     "=connection-state=established,related", NULL));
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
			     "=action=drop", "=src-address-list=unpaid", NULL));
	/* Behind the fasttrack: nothing new begins, and what runs runs on. */
	assert_false(asked(client.ros, &access));
	assert_true(access.lingers);
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/remove", "=.id=*2", NULL));
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
			     "=action=drop", "=src-address-list=unpaid", "=place-before=*1", NULL));
	assert_false(asked(client.ros, &access));
	assert_false(access.lingers);
	/* An accept of all before it lets all through. */
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
			     "=action=accept", "=place-before=*3", NULL));
	assert_true(asked(client.ros, &access));
	client_free(&client);
}

static void test_the_first_queue_has_the_address(void **state)
{
	struct client client = client_new("7.16.2");
	struct ros_access access;

	(void)state;
	assert_true(asked(client.ros, &access));
	assert_false(access.shaped);
	assert_true(ros_hand(client.ros, NULL, "/queue/simple/add", "=name=shop",
			     "=target=10.20.0.60/32", "=max-limit=4M/8M", NULL));
	assert_true(asked(client.ros, &access));
	assert_true(access.shaped);
	assert_int_equal(access.upload, 4000000);
	assert_int_equal(access.download, 8000000);
	assert_true(ros_hand(client.ros, NULL, "/queue/simple/add", "=name=all",
			     "=target=10.20.0.0/24", "=max-limit=100M/100M", "=place-before=shop",
			     NULL));
	assert_true(asked(client.ros, &access));
	assert_int_equal(access.download, 100000000);
	assert_true(ros_hand(client.ros, NULL, "/queue/simple/set", "=.id=all", "=disabled=yes",
			     NULL));
	assert_true(asked(client.ros, &access));
	assert_int_equal(access.download, 8000000);
	/* Fasttracked connections meet no queue (facts §5.1). */
	assert_true(ros_hand(client.ros, NULL, "/ip/firewall/filter/add", "=chain=forward",
			     "=action=fasttrack-connection",
			     "=connection-state=established,related", NULL));
	assert_true(asked(client.ros, &access));
	assert_false(access.shaped);
	client_free(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_rule_stops_who_is_on_its_list),
		cmocka_unit_test(test_rules_are_met_in_their_order),
		cmocka_unit_test(test_the_first_queue_has_the_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
