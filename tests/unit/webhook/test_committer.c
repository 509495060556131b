#include "webhook/committer.h"

#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "state/store.h"

#define THREADS_COUNT 32
#define LINES_EACH 40

struct world {
	char folder[64];
	struct store *store;
	struct doorbell bell;
	struct committer *committer;
	struct arena arena;
};

static struct world world;

static int setup(void **state)
{
	struct error error;
	(void)state;
	memset(&world, 0, sizeof(world));
	(void)snprintf(world.folder, sizeof(world.folder), "/tmp/committer-XXXXXX");
	assert_non_null(mkdtemp(world.folder));
	arena_open(&world.arena, 64u << 20);
	if (!store_open(&world.store, text_of(world.folder), TEXT("kasinet"), STORE_WEBHOOK,
			&error) ||
	    !doorbell_open(&world.bell, text_of(world.folder), &error))
		fail_msg("%s", error.text);
	world.committer = committer_new(world.store, &world.bell);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	committer_free(world.committer);
	store_close(world.store);
	doorbell_close(&world.bell);
	arena_close(&world.arena);
	int folder = open(world.folder, O_PATH | O_DIRECTORY);
	static const char *const names[] = { "kasinet.inbox.db",      "kasinet.inbox.db-wal",
					     "kasinet.inbox.db-shm",  "kasinet.inbox.db.lock",
					     "kasinet.street.db",     "kasinet.street.db-wal",
					     "kasinet.street.db-shm", "bell" };
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		(void)unlinkat(folder, names[i], 0);
	(void)close(folder);
	(void)rmdir(world.folder);
	return 0;
}

static struct inbox_line line_of(const char *body)
{
	return (struct inbox_line){ .channel = TEXT("main"),
				    .provider = TEXT("daraja"),
				    .kind = TEXT("confirmation"),
				    .received_at = clock_now(),
				    .source = TEXT("203.0.113.5"),
				    .headers = TEXT_NONE,
				    .body = text_of(body) };
}

static uint32_t lines_read(struct inbox_line **lines)
{
	struct store *reader;
	struct error error;
	uint32_t count;
	if (!store_open(&reader, text_of(world.folder), TEXT("kasinet"), STORE_READER, &error) ||
	    !inbox_read(lines, &count, reader, 0, 100000, &world.arena, &error))
		fail_msg("%s", error.text);
	store_close(reader);
	return count;
}

static void property_20_a_kept_line_is_on_the_disk(void **state)
{
	(void)state;
	struct error error;
	struct inbox_line line = line_of("{\"TransID\":\"A1\"}");
	assert_true(committer_keep(world.committer, &line, &error));
	assert_int_equal(line.id, 1);
	struct inbox_line *lines;
	assert_int_equal(lines_read(&lines), 1);
	assert_true(text_is(lines[0].body, "{\"TransID\":\"A1\"}"));
	assert_true(text_is(lines[0].channel, "main"));
	assert_true(text_is(lines[0].source, "203.0.113.5"));
}

/* ids[thread][line] as committer_keep filled them in. */
static int64_t ids[THREADS_COUNT][LINES_EACH];

static void *keep_many(void *argument)
{
	size_t thread = (size_t)(uintptr_t)argument;
	for (size_t i = 0; i < LINES_EACH; i++) {
		struct error error;
		char body[40];
		(void)snprintf(body, sizeof(body), "%zu/%zu", thread, i);
		struct inbox_line line = line_of(body);
		if (committer_keep(world.committer, &line, &error))
			ids[thread][i] = line.id;
	}
	return NULL;
}

static void property_20_many_threads_lose_and_double_nothing(void **state)
{
	(void)state;
	pthread_t threads[THREADS_COUNT];
	for (uintptr_t i = 0; i < THREADS_COUNT; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, keep_many, (void *)i), 0);
	for (size_t i = 0; i < THREADS_COUNT; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	struct inbox_line *lines;
	uint32_t count = lines_read(&lines);
	assert_int_equal(count, THREADS_COUNT * LINES_EACH);
	/* Each id leads to the very line that was told it. */
	for (size_t thread = 0; thread < THREADS_COUNT; thread++) {
		for (size_t i = 0; i < LINES_EACH; i++) {
			int64_t id = ids[thread][i];
			assert_in_range((uintmax_t)id, 1, count);
			char body[40];
			(void)snprintf(body, sizeof(body), "%zu/%zu", thread, i);
			assert_int_equal(lines[id - 1].id, id);
			assert_true(text_is(lines[id - 1].body, body));
		}
	}
}

static void what_waits_is_written_before_it_ends(void **state)
{
	(void)state;
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, keep_many, (void *)0), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	committer_free(world.committer);
	world.committer = NULL;
	struct inbox_line *lines;
	assert_int_equal(lines_read(&lines), LINES_EACH);
}

static void the_bell_is_rung_after_the_commit(void **state)
{
	(void)state;
	int bell = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/bell", world.folder);
	assert_int_equal(bind(bell, (const struct sockaddr *)&address, sizeof(address)), 0);
	struct error error;
	struct inbox_line line = line_of("x"), *lines;
	assert_true(committer_keep(world.committer, &line, &error));
	char word[16] = "";
	assert_int_equal(recv(bell, word, sizeof(word) - 1, 0), 5);
	assert_string_equal(word, DOORBELL_INBOX);
	assert_int_equal(lines_read(&lines), 1);
	(void)close(bell);
}

static void nobody_has_to_listen_to_the_bell(void **state)
{
	(void)state;
	doorbell_ring(&world.bell, DOORBELL_GIT);
	struct error error;
	struct inbox_line line = line_of("x");
	assert_true(committer_keep(world.committer, &line, &error));
	assert_false(committer_is_broken(world.committer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(property_20_a_kept_line_is_on_the_disk, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			property_20_many_threads_lose_and_double_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(what_waits_is_written_before_it_ends, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_bell_is_rung_after_the_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_has_to_listen_to_the_bell, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
