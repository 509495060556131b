/* Commands by chance: nothing breaks, and two routers that heard the same say the same. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 6000

static uint64_t state_of_chance;

static size_t chance(size_t below)
{
	state_of_chance ^= state_of_chance << 13;
	state_of_chance ^= state_of_chance >> 7;
	state_of_chance ^= state_of_chance << 17;
	return (size_t)(state_of_chance % below);
}

static const char *pick(const char *const *list, size_t count)
{
	return list[chance(count)];
}

#define PICK(list) pick(list, sizeof(list) / sizeof((list)[0]))

static void value_make(char *out, size_t size)
{
	static const char *const values[] = {
		"",
		"a",
		"b",
		"*1",
		"*2,*3",
		"10.0.0.1",
		"10.0.0.0/24",
		"yes",
		"no",
		"1h",
		"0s",
		"none",
		"default",
		"hotspot1",
		"hotspot-pool",
		"5M/10M",
		"8/8",
		"forward",
		"drop",
		"bypassed",
		"02:00:00:00:00:01",
		"all",
		"ether2",
		"read,write",
		"*FFFFFFFE",
		"!x",
		"=",
		"*",
		"1",
	};

	snprintf(out, size, "%s", PICK(values));
}

static bool menu_has(const char *menu, const char *field)
{
	const char *name;

	for (size_t i = 0; (name = ros_menu_field(menu, i)) != NULL; i++)
		if (strcmp(name, field) == 0)
			return true;
	return false;
}

struct words {
	char text[12][200];
	size_t count;
};

static void word_add(struct words *words, const char *name, const char *value)
{
	snprintf(words->text[words->count++], sizeof(words->text[0]), "%s=%s", name, value);
}

/* What an add needs, so that many of them succeed. */
static void needed_add(struct words *words, const char *menu)
{
	static const char *const needed[][4] = {
		{ "name", "a", "b", "c" },
		{ "list", "l", "l", "m" },
		{ "address", "10.0.0.1", "10.0.0.2", "" },
		{ "target", "10.0.0.1", "ether2", "" },
		{ "ranges", "10.0.0.0/24", "10.0.1.2-10.0.1.9", "10.0.0.1" },
		{ "chain", "forward", "dstnat", "x" },
		{ "interface", "ether2", "bridge1", "none" },
		{ "group", "full", "read", "a" },
	};
	char name[32];

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!menu_has(menu, needed[i][0]) || chance(20) == 0)
			continue;
		snprintf(name, sizeof(name), "=%s", needed[i][0]);
		word_add(words, name, needed[i][1 + chance(3)]);
	}
}

static void which_add(struct words *words)
{
	static const char *const ids[] = { "*1", "*2", "*3", "a", "b", "*1,*2", "c", "*0" };

	word_add(words, chance(2) == 0 ? "=.id" : "=numbers", PICK(ids));
}

static void field_add(struct words *words, const char *menu, const char *form)
{
	size_t fields = 0;
	char name[80], value[64];

	while (ros_menu_field(menu, fields) != NULL)
		fields++;
	if (fields == 0)
		return;
	snprintf(name, sizeof(name), "%s%s", form, ros_menu_field(menu, chance(fields)));
	value_make(value, sizeof(value));
	word_add(words, name, value);
}

static void rest_add(struct words *words, const char *menu, const char *verb)
{
	static const char *const forms[] = { "?", "?>", "?<", "?-", "?=" };
	static const char *const operations[] = { "?#|", "?#!", "?#&", "?#0", "?#1.", "?#0!" };

	if (strcmp(verb, "print") == 0 || strcmp(verb, "getall") == 0) {
		for (size_t i = chance(4); i > 0; i--)
			field_add(words, menu, PICK(forms));
		if (chance(2) == 0)
			snprintf(words->text[words->count++], sizeof(words->text[0]), "%s",
				 PICK(operations));
		if (chance(4) == 0)
			word_add(words, "=.proplist", ".id,name,user,address");
		return;
	}
	if (strcmp(verb, "add") == 0)
		needed_add(words, menu);
	else if (strcmp(verb, "listen") != 0)
		which_add(words);
	if (strcmp(verb, "set") == 0 || chance(6) == 0)
		field_add(words, menu, chance(8) == 0 ? "=!" : "=");
	if (strcmp(verb, "unset") == 0)
		word_add(words, "=value-name", "comment");
	if (strcmp(verb, "move") == 0)
		word_add(words, "=destination", "*1");
	if (chance(20) == 0)
		word_add(words, "=copy-from", "*1");
}

static size_t sentence_make(char *out, size_t room)
{
	static const char *const verbs[] = { "add",          "add",     "add",     "set",
					     "set",          "set",     "remove",  "print",
					     "print",        "enable",  "disable", "unset",
					     "move",         "comment", "listen",  "reset-counters",
					     "make-binding", "login",   "getall" };
	struct words words = { .count = 1 };
	const char *list[12];
	const char *menu, *verb = PICK(verbs);
	size_t menus = 0;

	while (ros_menu_path(menus) != NULL)
		menus++;
	menu = ros_menu_path(chance(menus));
	snprintf(words.text[0], sizeof(words.text[0]), "%s/%s", menu, verb);
	rest_add(&words, menu, verb);
	if (chance(3) == 0)
		word_add(&words, ".tag", "x");
	for (size_t i = 0; i < words.count; i++)
		list[i] = words.text[i];
	return client_encode(out, room, list, words.count);
}

/* What happens besides commands. */
static void event(struct client *client, size_t what, int64_t now)
{
	switch (what) {
	case 0:
		ros_ppp_dial(client->ros, "a", "", "02:00:00:00:00:01");
		return;
	case 1:
		ros_hotspot_login(client->ros, "02:00:00:00:00:02", "a", "");
		return;
	case 2:
		ros_hotspot_arrive(client->ros, "02:00:00:00:00:01");
		return;
	case 3:
		ros_hotspot_leave(client->ros, "02:00:00:00:00:02");
		return;
	case 4:
		ros_ppp_hang_up(client->ros, "a");
		return;
	default:
		ros_set_now(client->ros, now);
		return;
	}
}

static void login(struct client *client)
{
	/* With all rights, so that users and groups are shaken too. */
	assert_said(client, "!done\n", "/login", "=name=admin", "=password=");
}

static void reopen(struct client *client, bool only_if_closed)
{
	if (only_if_closed && ros_session_line(client->session) == ROS_LINE_OPEN)
		return;
	ros_session_close(client->session);
	client->session = ros_session_open(client->ros);
	if (client->session == NULL) {
		/* It has switched its own API off. */
		ros_factory_reset(client->ros, 0);
		client->session = ros_session_open(client->ros);
	}
	client_ask(client, "/login", "=name=admin", "=password=", NULL);
	if (strcmp(client->text, "!done\n") == 0)
		return;
	ros_factory_reset(client->ros, 0);
	ros_session_close(client->session);
	client->session = ros_session_open(client->ros);
	login(client);
}

static void run(const char *version, uint64_t seed)
{
	struct client one = client_new(version), two = client_new(version);
	char bytes[4096];

	state_of_chance = seed;
	login(&one);
	login(&two);
	for (int i = 0; i < ROUNDS; i++) {
		size_t size = sentence_make(bytes, sizeof(bytes));
		size_t what = chance(24);
		int64_t now = CLIENT_START + i * 600 * CLIENT_SECOND;

		bool is_wrong = chance(50) == 0;

		/* Now and then a byte is wrong; the line is of no use after that. */
		if (is_wrong)
			bytes[chance(size)] = (char)chance(256);
		ros_session_input(one.session, bytes, size);
		ros_session_input(two.session, bytes, size);
		assert_string_equal(client_read(&one), client_read(&two));
		if (what < 6) {
			event(&one, what, now);
			event(&two, what, now);
		}
		reopen(&one, !is_wrong);
		reopen(&two, !is_wrong);
	}
	for (size_t i = 0; ros_menu_path(i) != NULL; i++) {
		char *left = ros_menu_dump(one.ros, ros_menu_path(i), false);
		char *right = ros_menu_dump(two.ros, ros_menu_path(i), false);
		size_t lines = 0;

		assert_string_equal(left, right);
		assert_int_equal(ros_row_ids(one.ros, ros_menu_path(i), NULL, 0),
				 ros_row_count(one.ros, ros_menu_path(i)));
		for (const char *at = left; *at != '\0'; at++)
			lines += *at == '\n';
		assert_int_equal(lines, ros_row_count(one.ros, ros_menu_path(i)));
		free(left);
		free(right);
	}
	assert_true(ros_counters(one.ros).writes_done > ROUNDS / 20);
	client_free(&one);
	client_free(&two);
}

static void test_nothing_breaks(void **state)
{
	static const char *const versions[] = { "6.49.19", "7.9", "7.16.2", "7.18.2", "7.24" };

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		run(versions[i], 0x9e3779b97f4a7c15u + i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
