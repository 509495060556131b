/* The router's own users: groups, policies, logins (§1.3, §6). */
#include "world/ros_inside.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

struct policy {
	const char *name;
	unsigned bit;
	uint32_t since;
	uint32_t until;
};

/* In the order in which a group reads back (recorded row). */
static const struct policy policies[] = {
	{ "local", 0, 0, 0 },
	{ "telnet", 0, 0, 0 },
	{ "ssh", 0, 0, 0 },
	{ "ftp", 0, 0, 0 },
	{ "reboot", ROS_POLICY_REBOOT, 0, 0 },
	{ "read", ROS_POLICY_READ, 0, 0 },
	{ "write", ROS_POLICY_WRITE, 0, 0 },
	{ "policy", ROS_POLICY_POLICY, 0, 0 },
	{ "test", 0, 0, 0 },
	{ "winbox", 0, 0, 0 },
	{ "password", 0, 0, 0 },
	{ "web", 0, 0, 0 },
	{ "sniff", 0, 0, 0 },
	{ "sensitive", ROS_POLICY_SENSITIVE, 0, 0 },
	{ "api", ROS_POLICY_API, 0, 0 },
	{ "romon", 0, 0, 0 },
	{ "dude", 0, 0, 70000 },
	{ "tikapp", 0, 0, 70000 },
	{ "rest-api", ROS_POLICY_REST, 70100, 0 },
};

static bool policy_is_known(const struct ros *ros, const struct policy *policy)
{
	return policy->since <= ros->version &&
	       (policy->until == 0 || ros->version < policy->until);
}

/* 1 granted, -1 denied, 0 not named. */
static int policy_named(struct ros_text list, const char *name)
{
	struct ros_text part;
	int found = 0;

	while (list.size > 0 && ros_text_cut(&list, ',', &part)) {
		bool denied = part.size > 0 && part.bytes[0] == '!';

		if (denied) {
			part.bytes++;
			part.size--;
		}
		if (ros_text_is(part, name))
			found = denied ? -1 : 1;
	}
	return found;
}

bool ros_policy_check(const struct ros *ros, struct ros_text in)
{
	struct ros_text part;

	while (in.size > 0 && ros_text_cut(&in, ',', &part)) {
		bool is_known = false;

		if (part.size > 0 && part.bytes[0] == '!') {
			part.bytes++;
			part.size--;
		}
		for (size_t i = 0; i < ROS_COUNT(policies); i++)
			if (ros_text_is(part, policies[i].name) &&
			    policy_is_known(ros, &policies[i]))
				is_known = true;
		if (!is_known)
			return false;
	}
	return true;
}

void ros_policy_read_back(const struct ros *ros, struct ros_text in, struct ros_text before,
			  struct ros_buffer *out)
{
	/* All policies are read back, the denied ones behind, as `!name` (§3). */
	for (int pass = 1; pass >= -1; pass -= 2) {
		for (size_t i = 0; i < ROS_COUNT(policies); i++) {
			int named = policy_named(in, policies[i].name);

			if (!policy_is_known(ros, &policies[i]))
				continue;
			if (named == 0)
				named = policy_named(before, policies[i].name);
			if ((named == 1) != (pass == 1))
				continue;
			if (out->size > 0)
				ros_buffer_text(out, ",");
			if (pass != 1)
				ros_buffer_text(out, "!");
			ros_buffer_text(out, policies[i].name);
		}
	}
}

static unsigned group_policy(const struct ros *ros, const struct ros_row *group)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_group);
	struct ros_text list = ros_row_text(ros, table, group, "policy");
	unsigned policy = 0;

	for (size_t i = 0; i < ROS_COUNT(policies); i++)
		if (policies[i].bit != 0 && policy_named(list, policies[i].name) == 1)
			policy |= policies[i].bit;
	return policy;
}

static struct ros_row *user_find(struct ros *ros, struct ros_text name, unsigned *policy)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_user);
	struct ros_row *user = ros_row_by_name(ros, table, name);
	const struct ros_row *group;

	if (user == NULL || ros_row_flag(ros, table, user, "disabled"))
		return NULL;
	group = ros_row_target(ros, table, user, "group");
	if (group == NULL)
		return NULL;
	*policy = group_policy(ros, group);
	return user;
}

static void user_seen(struct ros *ros, struct ros_row *user)
{
	struct ros_buffer date = { NULL, 0, 0 };

	ros_date_print(&date, ros, ros->now_at);
	ros_row_put(ros_table_of(ros, &ros_menu_user), user, "last-logged-in", date.bytes);
	ros_buffer_done(&date);
}

bool ros_user_login(struct ros *ros, struct ros_text name, struct ros_text password,
		    unsigned *policy, struct ros_row **user)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_user);

	*user = user_find(ros, name, policy);
	if (*user == NULL || !ros_text_same(ros_row_text(ros, table, *user, "password"), password))
		return false;
	user_seen(ros, *user);
	return true;
}

/* 00 and the MD5 of a zero byte, the password and the challenge, in hex (§1.3). */
static void answer_print(struct ros_buffer *out, struct ros_text password,
			 const unsigned char *challenge, size_t size)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct ros_buffer bytes = { NULL, 0, 0 };
	unsigned digest_size = 0;

	ros_buffer_add(&bytes, "", 1);
	ros_buffer_add(&bytes, password.bytes, password.size);
	ros_buffer_add(&bytes, (const char *)challenge, size);
	EVP_Digest(bytes.bytes, bytes.size, digest, &digest_size, EVP_md5(), NULL);
	ros_buffer_done(&bytes);
	ros_buffer_text(out, "00");
	for (unsigned i = 0; i < digest_size; i++)
		ros_buffer_print(out, "%02x", digest[i]);
}

bool ros_user_answer(struct ros *ros, struct ros_text name, struct ros_text response,
		     const unsigned char *challenge, size_t size, unsigned *policy,
		     struct ros_row **user)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_user);
	struct ros_buffer expected = { NULL, 0, 0 };
	bool is_right;

	*user = user_find(ros, name, policy);
	if (*user == NULL)
		return false;
	answer_print(&expected, ros_row_text(ros, table, *user, "password"), challenge, size);
	is_right = ros_text_same(response, ros_buffer_view(&expected));
	ros_buffer_done(&expected);
	if (is_right)
		user_seen(ros, *user);
	return is_right;
}

bool ros_group_may_remove(struct ros *ros, const struct ros_row *row, struct ros_refusal *refusal)
{
	const struct ros_table *users = ros_table_of(ros, &ros_menu_user);

	for (const struct ros_row *user = users->first; user != NULL; user = user->next)
		if (ros_row_target(ros, users, user, "group") == row)
			return ros_refuse(refusal, -1, "failure: group is in use");
	return true;
}

bool ros_user_may_remove(struct ros *ros, const struct ros_row *row, struct ros_refusal *refusal)
{
	const struct ros_table *users = ros_table_of(ros, &ros_menu_user);

	/* The last user of `full` stays (§4); the text has no source. */
	for (const struct ros_row *user = users->first; user != NULL; user = user->next)
		if (user != row && ros_text_is(ros_row_text(ros, users, user, "group"), "full"))
			return true;
	return ros_refuse(refusal, -1, "failure: can not remove the last full user");
}

void ros_user_active_removed(struct ros *ros, struct ros_row *row)
{
	ros_session_logout(ros, row->id);
}

static void group_make(struct ros *ros, const char *name, const char *policy, bool is_builtin)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_group);
	struct ros_buffer list = { NULL, 0, 0 };
	struct ros_row *row;

	ros_policy_read_back(ros, ros_text_of(policy), ros_text_of(""), &list);
	row = ros_row_make(ros, &ros_menu_group, "name", name, "policy", list.bytes, NULL);
	row->is_builtin = is_builtin;
	ros_row_insert(ros, table, row, NULL);
	ros_buffer_done(&list);
}

/* The three built-in groups all hold sensitive, reboot, api and the logins (§6). */
void ros_user_setup(struct ros *ros, const struct ros_options *options)
{
	struct ros_table *users = ros_table_of(ros, &ros_menu_user);
	const char *common = "local,telnet,ssh,reboot,read,test,winbox,password,web,sniff,"
			     "sensitive,api,romon,dude,tikapp,rest-api";
	char text[256];

	group_make(ros, "read", common, true);
	snprintf(text, sizeof(text), "%s,write", common);
	group_make(ros, "write", text, true);
	snprintf(text, sizeof(text), "%s,write,ftp,policy", common);
	group_make(ros, "full", text, true);
	ros_row_insert(ros, users,
		       ros_row_make(ros, &ros_menu_user, "name", "admin", "group", "full",
				    "comment", "system default user", NULL),
		       NULL);
	if (options == NULL)
		return;
	group_make(ros, "controller",
		   options->policy == NULL ? "read,write,api,rest-api,sensitive" : options->policy,
		   false);
	ros_row_insert(ros, users,
		       ros_row_make(ros, &ros_menu_user, "name",
				    options->user == NULL ? "wavu" : options->user, "group",
				    "controller", "password",
				    options->password == NULL ? "" : options->password, NULL),
		       NULL);
}
