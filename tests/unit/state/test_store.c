#include "world.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "state/fleet.h"
#include "state/inbox.h"
#include "state/street.h"

static unsigned mode_of(struct world *world, const char *name)
{
	char path[200];
	struct stat status;

	(void)snprintf(path, sizeof(path), "%s/%s", world->folder, name);
	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void files_have_their_names_and_modes(void **state)
{
	struct world *world = *state;
	struct store *webhook;

	assert_int_equal(mode_of(world, "kasi.db"), 0600);
	assert_int_equal(mode_of(world, "kasi.db-wal"), 0600);
	assert_int_equal(mode_of(world, "kasi.street.db"), 0640);
	assert_int_equal(mode_of(world, "kasi.street.db-wal"), 0640);
	assert_int_equal(mode_of(world, "kasi.street.db-shm"), 0640);
	webhook = world_open(world, STORE_WEBHOOK);
	assert_int_equal(mode_of(world, "kasi.inbox.db"), 0640);
	assert_true(text_is(store_tenant(webhook), "kasi"));
	store_close(webhook);
	/* What a reader of another user needs stays after a clean stop. */
	assert_int_equal(mode_of(world, "kasi.inbox.db-wal"), 0640);
	assert_int_equal(mode_of(world, "kasi.inbox.db-shm"), 0640);
}

static void names_are_names(void **state)
{
	static const char *const bad[] = { "", "../x", ".", "a/b",
					   "abcdefghijklmnopqrstuvwxyz0123456" };
	struct world *world = *state;
	struct store *store;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(store_open(&store, text_of(world->folder), text_of(bad[i]),
					STORE_CONTROLLER, &world->error));
		assert_int_equal(world->error.code, ERROR_INVALID);
		assert_null(store);
	}
	assert_false(store_open(&store, TEXT("/nonexistent/folder"), TEXT("kasi"), STORE_CONTROLLER,
				&world->error));
	assert_null(store);
	store_close(NULL);
}

static void a_reader_of_nothing_finds_nothing(void **state)
{
	struct world *world = *state;
	struct ledger_totals totals;
	struct inbox_line *lines;
	struct payment payment, *payments;
	struct store *reader;
	int64_t cursor;
	uint32_t count;
	bool found;

	OK(world, store_open(&reader, text_of(world->folder), TEXT("nobody"), STORE_READER,
			     &world->error));
	OK(world, store_read_begin(reader, &world->error));
	OK(world, ledger_totals(&totals, reader, NOW, &world->error));
	assert_int_equal(totals.today_count + totals.held_count + totals.newest_fact_at, 0);
	OK(world,
	   ledger_payment(&found, &payment, reader, TEXT("x"), &world->arena, &world->error));
	assert_false(found);
	OK(world, ledger_payments(&payments, &count, reader, -1, 5, &world->arena, &world->error));
	assert_int_equal(count, 0);
	OK(world, inbox_read(&lines, &count, reader, 0, 5, &world->arena, &world->error));
	assert_int_equal(count, 0);
	OK(world, inbox_cursor(&cursor, reader, &world->error));
	assert_int_equal(cursor, 0);
	store_read_end(reader);
	assert_string_equal(world_verify(world, reader), "");
	/* It made no file either. */
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/nobody.db", world->folder);
	assert_int_equal(access(path, F_OK), -1);
	store_close(reader);
}

static void a_reader_sees_what_appears_later(void **state)
{
	struct world *world = *state;
	struct store *reader, *controller;
	struct ledger_totals totals;
	struct payment payment = world_payment("L1", 100);

	OK(world,
	   store_open(&reader, text_of(world->folder), TEXT("later"), STORE_READER, &world->error));
	OK(world, ledger_totals(&totals, reader, NOW, &world->error));
	OK(world, store_open(&controller, text_of(world->folder), TEXT("later"), STORE_CONTROLLER,
			     &world->error));
	store_close(world->store);
	world->store = controller;
	assert_true(world_book(world, &payment, "a"));
	OK(world, ledger_totals(&totals, reader, NOW, &world->error));
	assert_int_equal(totals.today_cents, 100);
	store_close(reader);
}

/* One that is being made at this very moment is not there yet, or whole. */
static void *make_files(void *context)
{
	struct world *world = context;
	struct store *store;
	struct error error;

	if (!store_open(&store, text_of(world->folder), TEXT("new"), STORE_CONTROLLER, &error))
		return context;
	store_close(store);
	return NULL;
}

static void a_file_in_the_making_is_empty_or_whole(void **state)
{
	static const char *const files[] = { "db", "db-wal", "db-shm", "street.db",
					     "street.db-wal", "street.db-shm" };
	struct world *world = *state;
	struct ledger_totals totals;
	char path[200];

	for (int round = 0; round < 20; round++) {
		struct store *reader;
		pthread_t maker;
		void *failed;

		assert_int_equal(pthread_create(&maker, NULL, make_files, world), 0);
		while (pthread_tryjoin_np(maker, &failed) != 0) {
			OK(world, store_open(&reader, text_of(world->folder), TEXT("new"),
					     STORE_READER, &world->error));
			OK(world, ledger_totals(&totals, reader, NOW, &world->error));
			store_close(reader);
		}
		assert_null(failed);
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
			(void)snprintf(path, sizeof(path), "%s/new.%s", world->folder, files[i]);
			(void)unlink(path);
		}
	}
}

static int64_t cents_of(struct world *world, struct store *store, const char *reference)
{
	struct standing standing;

	OK(world,
	   ledger_standing(&standing, store, text_of(reference), &world->arena, &world->error));
	return standing.balance_cents;
}

static void a_snapshot_does_not_move(void **state)
{
	struct world *world = *state;
	struct store *reader = world_open(world, STORE_READER);
	struct payment first = world_payment("S1", 100), second = world_payment("S2", 10);

	assert_true(world_book(world, &first, "a"));
	OK(world, store_read_begin(reader, &world->error));
	OK(world, store_read_begin(reader, &world->error)); /* nests */
	assert_int_equal(cents_of(world, reader, "a"), 100);
	assert_true(world_book(world, &second, "a"));
	assert_int_equal(cents_of(world, reader, "a"), 100);
	store_read_end(reader);
	assert_int_equal(cents_of(world, reader, "a"), 100);
	store_read_end(reader);
	assert_int_equal(cents_of(world, reader, "a"), 110);
	store_close(reader);
}

/* A transaction is a snapshot already: asking for one inside it changes nothing. */
static void a_snapshot_inside_a_transaction(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("S1", 100);
	bool known;

	payment.status = PAYMENT_CREDITED;
	OK(world, store_begin(world->store, &world->error));
	OK(world,
	   ledger_book(&known, world->store, &payment, TEXT("a"), &world->arena, &world->error));
	OK(world, store_read_begin(world->store, &world->error));
	assert_int_equal(cents_of(world, world->store, "a"), 100);
	store_read_end(world->store);
	store_abort(world->store);
	assert_int_equal(cents_of(world, world->store, "a"), 0);
}

static void a_snapshot_survives_a_checkpoint(void **state)
{
	struct world *world = *state;
	struct payment first = world_payment("S1", 100), second = world_payment("S2", 10),
		       third = world_payment("S3", 1);
	struct store *reader = world_open(world, STORE_READER);

	assert_true(world_book(world, &first, "a"));
	OK(world, store_read_begin(reader, &world->error));
	assert_true(world_book(world, &second, "a"));
	store_checkpoint(world->store);
	assert_true(world_book(world, &third, "a"));
	assert_int_equal(cents_of(world, reader, "a"), 100);
	store_read_end(reader);
	assert_int_equal(cents_of(world, reader, "a"), 111);
	store_checkpoint(world->store);
	assert_int_equal(cents_of(world, reader, "a"), 111);
	store_close(reader);
}

static void the_log_is_copied_when_idle(void **state)
{
	struct world *world = *state;
	char path[200];
	struct stat before, after;

	(void)snprintf(path, sizeof(path), "%s/kasi.db", world->folder);
	for (int i = 0; i < 50; i++) {
		char receipt[20];
		(void)snprintf(receipt, sizeof(receipt), "C%d", i);
		struct payment payment = world_payment(receipt, 100);
		assert_true(world_book(world, &payment, receipt));
	}
	assert_int_equal(stat(path, &before), 0);
	store_checkpoint(world->store);
	assert_int_equal(stat(path, &after), 0);
	assert_true(after.st_size > before.st_size);
	/* Inside a transaction it does nothing, rather than wait for itself. */
	OK(world, store_begin(world->store, &world->error));
	store_checkpoint(world->store);
	store_abort(world->store);
}

/* The log begins anew instead of growing for ever, though nobody is ever idle. */
static void the_log_is_bounded(void **state)
{
	struct world *world = *state;
	static char body[60000];
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	char path[200];
	struct stat status;

	memset(body, 'x', sizeof(body));
	for (int i = 0; i < 700; i++) {
		struct inbox_line line = { .channel = TEXT("main"),
					   .provider = TEXT("daraja"),
					   .kind = TEXT("confirmation"),
					   .received_at = NOW,
					   .body = { body, sizeof(body) } };
		OK(world, inbox_append(webhook, &line, 1, &world->error));
		assert_int_equal(line.id, i + 1);
	}
	(void)snprintf(path, sizeof(path), "%s/kasi.inbox.db-wal", world->folder);
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_size < 24 << 20); /* 700 × 60,000 bytes are 42 MB */
	store_close(webhook);
}

static void a_failed_step_spoils_the_transaction(void **state)
{
	struct world *world = *state;
	struct payment payment = world_payment("F1", 100);
	bool known;

	payment.status = PAYMENT_UNMATCHED;
	OK(world, store_begin(world->store, &world->error));
	OK(world,
	   ledger_book(&known, world->store, &payment, TEXT_NONE, &world->arena, &world->error));
	OK(world, inbox_cursor_move(world->store, 7, &world->error));
	assert_false(inbox_cursor_move(world->store, 6, &world->error));
	assert_non_null(strstr(world->error.text, "never goes back"));
	assert_false(store_commit(world->store, &world->error));
	store_abort(world->store); /* legal after a failed commit */
	OK(world, ledger_payment(&known, &payment, world->store, TEXT("F1"), &world->arena,
				 &world->error));
	assert_false(known);
	/* And the next one is clean. */
	payment = world_payment("F2", 100);
	assert_true(world_book(world, &payment, NULL));
}

static void the_clock_is_remembered(void **state)
{
	struct world *world = *state;
	int64_t newest;
	struct text why;

	OK(world, clock_newest_fact(&newest, world->store, &world->error));
	assert_int_equal(newest, 0);
	for (int i = 0; i < 2; i++) {
		struct source_state source = { .commit = TEXT("abc"), .looked_at = NOW - i };
		OK(world, store_begin(world->store, &world->error));
		OK(world, source_write(world->store, &source, &world->error));
		OK(world, store_commit(world->store, &world->error));
		OK(world, clock_newest_fact(&newest, world->store, &world->error));
		assert_int_equal(newest, NOW); /* never back */
	}
	OK(world, store_begin(world->store, &world->error));
	OK(world, clock_held_write(world->store, TEXT("wall time jumped 3 h"), &world->error));
	OK(world, store_commit(world->store, &world->error));
	OK(world, clock_held_read(&why, world->store, &world->arena, &world->error));
	assert_true(text_is(why, "wall time jumped 3 h"));
}

static void one_controller_per_folder(void **state)
{
	struct world *world = *state;
	struct lease *lease, *second;

	OK(world, lease_take(&lease, text_of(world->folder),
			     TEXT("wavu controller since 2026-11-20T10:00:00Z"), &world->error));
	assert_false(lease_take(&second, text_of(world->folder), TEXT("another"), &world->error));
	assert_int_equal(world->error.code, ERROR_CONFLICT);
	assert_non_null(strstr(world->error.text, "since 2026-11-20T10:00:00Z"));
	char pid[40];
	(void)snprintf(pid, sizeof(pid), "process %ld on ", (long)getpid());
	assert_non_null(strstr(world->error.text, pid));
	assert_null(second);
	lease_release(lease);
	OK(world, lease_take(&lease, text_of(world->folder), TEXT("another"), &world->error));
	lease_release(lease);
	lease_release(NULL);
}

static void a_lease_ends_with_its_process(void **state)
{
	struct world *world = *state;
	struct lease *lease;
	int ready[2], status;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		bool ok = lease_take(&lease, text_of(world->folder), TEXT("child"), &world->error);
		if (write(ready[1], ok ? "y" : "n", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_false(lease_take(&lease, text_of(world->folder), TEXT("parent"), &world->error));
	assert_non_null(strstr(world->error.text, "child"));
	(void)kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	OK(world, lease_take(&lease, text_of(world->folder), TEXT("parent"), &world->error));
	lease_release(lease);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void each_file_has_one_writer(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK), *second;

	assert_false(store_open(&second, text_of(world->folder), TEXT("kasi"), STORE_CONTROLLER,
				&world->error));
	assert_int_equal(world->error.code, ERROR_CONFLICT);
	assert_false(store_open(&second, text_of(world->folder), TEXT("kasi"), STORE_WEBHOOK,
				&world->error));
	assert_int_equal(world->error.code, ERROR_CONFLICT);
	assert_non_null(strstr(world->error.text, "kasi.inbox.db"));
	store_close(webhook);
	webhook = world_open(world, STORE_WEBHOOK);
	store_close(webhook);
}

struct race {
	struct world *world;
	_Atomic int booked;
	int thread;
	_Atomic bool stop;
};

static void *write_some(void *argument)
{
	struct race *race = argument;
	struct error error;
	struct arena arena;

	arena_open(&arena, 16u << 20);
	for (int i = 0; i < 50; i++) {
		char receipt[30];
		bool known = true;
		(void)snprintf(receipt, sizeof(receipt), "R%d-%d", race->thread, i);
		struct payment payment = world_payment(receipt, 1);
		payment.status = PAYMENT_CREDITED;
		if (store_begin(race->world->store, &error) &&
		    ledger_book(&known, race->world->store, &payment, TEXT("a"), &arena, &error) &&
		    store_commit(race->world->store, &error) && !known)
			atomic_fetch_add(&race->booked, 1);
		arena_reset(&arena);
	}
	arena_close(&arena);
	return NULL;
}

/* Within a snapshot the credit is the sum of the payments, whatever the writers do meanwhile. */
static void *read_some(void *argument)
{
	struct race *race = argument;
	struct arena arena;
	struct error error;

	arena_open(&arena, 16u << 20);
	while (!atomic_load(&race->stop)) {
		struct ledger_totals totals;
		struct standing standing;
		if (!store_read_begin(race->world->store, &error))
			break;
		if (ledger_totals(&totals, race->world->store, 0, &error) &&
		    ledger_standing(&standing, race->world->store, TEXT("a"), &arena, &error) &&
		    totals.today_cents == standing.balance_cents)
			atomic_fetch_add(&race->booked, 1);
		else
			atomic_fetch_add(&race->booked, -1000000);
		store_read_end(race->world->store);
		arena_reset(&arena);
	}
	arena_close(&arena);
	return NULL;
}

static void threads_take_turns(void **state)
{
	struct world *world = *state;
	enum { WRITERS = 4, READERS = 12 };
	struct race races[WRITERS + READERS];
	pthread_t threads[WRITERS + READERS];

	for (int i = 0; i < WRITERS + READERS; i++) {
		races[i] = (struct race){ .world = world, .thread = i };
		assert_int_equal(pthread_create(&threads[i], NULL,
						i < WRITERS ? write_some : read_some, &races[i]),
				 0);
	}
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (int i = WRITERS; i < WRITERS + READERS; i++) {
		atomic_store(&races[i].stop, true);
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(atomic_load(&races[i].booked) > 0);
	}
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(atomic_load(&races[i].booked), 50);
	assert_int_equal(cents_of(world, world->store, "a"), 50 * WRITERS);
	assert_string_equal(world_verify(world, world->store), "");
}

/* A broken rule of ours ends the process and says where the transaction began. */
static void dies(struct world *world, void (*what)(struct world *), const char *words)
{
	char text[600] = "";
	int out[2], status;

	assert_int_equal(pipe(out), 0);
	pid_t child = fork();
	if (child == 0) {
		(void)dup2(out[1], STDERR_FILENO);
		what(world);
		_exit(0);
	}
	(void)close(out[1]);
	size_t size = 0;
	ssize_t got;
	while ((got = read(out[0], text + size, sizeof(text) - 1 - size)) > 0)
		size += (size_t)got;
	(void)close(out[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	if (strstr(text, words) == NULL)
		fail_msg("'%s' does not say '%s'", text, words);
}

static void write_outside(struct world *world)
{
	(void)!inbox_cursor_move(world->store, 1, &world->error);
}

static void begin_twice(struct world *world)
{
	(void)!store_begin(world->store, &world->error);
	(void)!store_begin(world->store, &world->error);
}

static void begin_in_snapshot(struct world *world)
{
	(void)!store_read_begin(world->store, &world->error);
	(void)!store_begin(world->store, &world->error);
}

static void end_nothing(struct world *world)
{
	store_read_end(world->store);
}

static void rules_are_enforced(void **state)
{
	struct world *world = *state;

	dies(world, write_outside, "outside a transaction");
	dies(world, begin_twice, "test_store.c");
	dies(world, begin_in_snapshot, "inside a snapshot");
	dies(world, end_nothing, "invariant");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_have_their_names_and_modes),
		TEST(names_are_names),
		TEST(a_reader_of_nothing_finds_nothing),
		TEST(a_reader_sees_what_appears_later),
		TEST(a_file_in_the_making_is_empty_or_whole),
		TEST(a_snapshot_does_not_move),
		TEST(a_snapshot_inside_a_transaction),
		TEST(a_snapshot_survives_a_checkpoint),
		TEST(the_log_is_copied_when_idle),
		TEST(the_log_is_bounded),
		TEST(a_failed_step_spoils_the_transaction),
		TEST(the_clock_is_remembered),
		TEST(one_controller_per_folder),
		TEST(a_lease_ends_with_its_process),
		TEST(each_file_has_one_writer),
		TEST(threads_take_turns),
		TEST(rules_are_enforced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
