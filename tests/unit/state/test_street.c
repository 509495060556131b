#include "world.h"

#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state/inbox.h"
#include "state/street.h"

#define OTHER_USER 54321 /* nobody has it: only numbers matter to the kernel */

static struct street_channel channel(const char *name, const char *token)
{
	return (struct street_channel){ .channel = text_of(name),
					 .provider = TEXT("daraja"),
					 .token = digest_of(text_of(token)) };
}

static int64_t version_of(struct world *world, struct store *store)
{
	int64_t version;

	OK(world, street_version(&version, store, &world->error));
	return version;
}

static void a_set_is_published_whole(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct street_channel set[2] = { channel("main", "t1"), channel("till", "t2") }, *read;
	uint32_t count;
	bool ready;

	OK(world, street_channels(&read, &count, &ready, webhook, &world->arena, &world->error));
	assert_false(ready);
	assert_int_equal(version_of(world, webhook), 0);
	OK(world, street_publish(world->store, set, 2, &world->error));
	int64_t first = version_of(world, webhook);
	assert_true(first > 0);
	OK(world, street_channels(&read, &count, &ready, webhook, &world->arena, &world->error));
	assert_true(ready);
	assert_int_equal(count, 2);
	assert_true(text_is(read[1].channel, "till"));
	assert_true(text_is(read[1].provider, "daraja"));
	assert_true(digest_equal(&read[1].token, &set[1].token));
	/* The same again writes nothing; each difference does. */
	OK(world, street_publish(world->store, set, 2, &world->error));
	assert_int_equal(version_of(world, webhook), first);
	set[1] = channel("till", "t3");
	OK(world, street_publish(world->store, set, 2, &world->error));
	assert_true(version_of(world, webhook) > first);
	OK(world, street_publish(world->store, set, 1, &world->error));
	OK(world, street_channels(&read, &count, &ready, webhook, &world->arena, &world->error));
	assert_int_equal(count, 1);
	assert_true(text_is(read[0].channel, "main"));
	OK(world, street_publish(world->store, NULL, 0, &world->error));
	OK(world, street_channels(&read, &count, &ready, webhook, &world->arena, &world->error));
	assert_true(ready); /* published, and empty: all is closed, not unknown */
	assert_int_equal(count, 0);
	store_close(webhook);
}

static void an_empty_first_set_is_ready_too(void **state)
{
	struct world *world = *state;
	struct street_channel *read;
	uint32_t count;
	bool ready;

	OK(world, street_publish(world->store, NULL, 0, &world->error));
	OK(world,
	   street_channels(&read, &count, &ready, world->store, &world->arena, &world->error));
	assert_true(ready);
	assert_int_equal(count, 0);
}

/* The webhook's work as another user: reads the street, keeps a callback. 0: all well. */
static int serve(struct world *world, uint32_t channels)
{
	struct inbox_line line = { .channel = TEXT("main"), .received_at = NOW };
	struct street_channel *read;
	struct store *webhook;
	uint32_t count;
	bool ready, ok;

	if (setgroups(0, NULL) != 0 || setgid(OTHER_USER) != 0 || setuid(OTHER_USER) != 0)
		return 2;
	ok = store_open(&webhook, text_of(world->folder), TEXT("kasi"), STORE_WEBHOOK,
			&world->error) &&
	     street_channels(&read, &count, &ready, webhook, &world->arena, &world->error) &&
	     ready && count == channels && inbox_append(webhook, &line, 1, &world->error);
	if (!ok) {
		(void)fprintf(stderr, "other user: %s\n", world->error.text);
		return 1;
	}
	store_close(webhook);
	return 0;
}

static void serve_as_other(struct world *world, uint32_t channels)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(serve(world, channels));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void refused_as_other(struct world *world)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct store *webhook;
		if (setgroups(0, NULL) != 0 || setgid(OTHER_USER) != 0 || setuid(OTHER_USER) != 0)
			_exit(2);
		if (store_open(&webhook, text_of(world->folder), TEXT("kasi"), STORE_WEBHOOK,
			       &world->error))
			_exit(1);
		_exit(world->error.code == ERROR_FAILED &&
			      strstr(world->error.text, "may not be written") != NULL
			  ? 0
			  : 3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void publish(struct world *world, uint32_t count)
{
	struct street_channel set[3] = { channel("a", "1"), channel("b", "2"), channel("c", "3") };

	OK(world, street_publish(world->store, set, count, &world->error));
}

/* A child that is killed with the street open, as after kill -9. */
static void publish_and_be_killed(struct world *world, uint32_t count)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		world->store = world_open(world, STORE_CONTROLLER);
		publish(world, count);
		_exit(0); /* nothing is closed */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void another_user_serves(void **state)
{
	struct world *world = *state;
	struct inbox_line *lines;
	struct stat status;
	char path[200];
	uint32_t count;

	if (geteuid() != 0) {
		print_message("skipped: only root can become another user\n");
		skip();
	}
	/* The state folder as packages make it: of a common group, whose members may write. */
	store_close(world->store);
	assert_int_equal(chown(world->folder, 0, OTHER_USER), 0);
	assert_int_equal(chmod(world->folder, 0770), 0);
	for (size_t i = 0; i < 2; i++) {
		static const char *const old[] = { "kasi.street.db", "kasi.street.db-wal" };
		(void)snprintf(path, sizeof(path), "%s/%s", world->folder, old[i]);
		assert_int_equal(unlink(path), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/kasi.street.db-shm", world->folder);
	assert_int_equal(unlink(path), 0);
	world->store = world_open(world, STORE_CONTROLLER);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_gid, OTHER_USER);
	publish(world, 1);
	serve_as_other(world, 1); /* the controller runs */
	store_close(world->store);
	world->store = NULL;
	serve_as_other(world, 1); /* it was stopped cleanly */
	publish_and_be_killed(world, 3);
	serve_as_other(world, 3); /* it was killed: its log is read, not repaired */
	world->store = world_open(world, STORE_CONTROLLER);
	publish(world, 2);
	store_checkpoint(world->store);
	serve_as_other(world, 2);
	/* What root made and closed to others is named, not taken for a full or a broken disk. */
	(void)snprintf(path, sizeof(path), "%s/kasi.inbox.db", world->folder);
	assert_int_equal(chown(path, 0, OTHER_USER), 0);
	refused_as_other(world);
	assert_int_equal(chown(path, OTHER_USER, OTHER_USER), 0);
	/* And the controller reads what the other user wrote. */
	OK(world, inbox_read(&lines, &count, world->store, 0, 10, &world->arena, &world->error));
	assert_int_equal(count, 4);
	assert_string_equal(world_verify(world, world->store), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_set_is_published_whole),
		TEST(an_empty_first_set_is_ready_too),
		TEST(another_user_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
