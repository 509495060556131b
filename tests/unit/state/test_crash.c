/*
 * A child is killed with SIGKILL at the named points before and after each commit, again and again,
 * and goes on where the files say. What it acknowledged is there, once; what it did not is whole or
 * absent.
 */
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "state/inbox.h"
#include "state/street.h"

#define LIFE_LINES 12 /* callbacks a webhook takes in one life, unless it is killed before */

struct ack {
	int64_t number; /* the callback's own, as its receipt says */
	int64_t id;     /* the inbox line it became */
};

/* The webhook: takes callbacks by threes, acknowledges each after its commit. */
static void be_webhook(struct world *world, int64_t first, int acknowledge)
{
	struct store *store;

	if (!store_open(&store, text_of(world->folder), TEXT("kasi"), STORE_WEBHOOK, &world->error))
		_exit(3);
	for (int64_t number = first; number < first + LIFE_LINES; number += 3) {
		struct inbox_line lines[3];
		for (int64_t i = 0; i < 3; i++)
			lines[i] = (struct inbox_line){
				.channel = TEXT("main"),
				.received_at = NOW,
				.body = text_format(&world->arena, "R%lld",
						    (long long)(number + i)),
			};
		if (!inbox_append(store, lines, 3, &world->error))
			_exit(4);
		for (int64_t i = 0; i < 3; i++) {
			struct ack ack = { number + i, lines[i].id };
			if (write(acknowledge, &ack, sizeof(ack)) != sizeof(ack))
				_exit(5);
		}
	}
	store_close(store);
	_exit(0);
}

/* One batch of the teller: book what is new, move the cursor, in one transaction. */
static bool book_batch(struct world *world, struct store *store, bool *more)
{
	struct inbox_line *lines;
	int64_t cursor;
	uint32_t count;
	bool known;

	if (!inbox_cursor(&cursor, store, &world->error) ||
	    !inbox_read(&lines, &count, store, cursor, 2, &world->arena, &world->error) ||
	    !store_begin(store, &world->error))
		return false;
	*more = count > 0;
	for (uint32_t i = 0; i < count; i++) {
		struct payment payment = world_payment(lines[i].body.at, 100);
		payment.status = PAYMENT_CREDITED;
		payment.inbox_id = cursor = lines[i].id;
		if (!ledger_book(&known, store, &payment, TEXT("a"), &world->arena, &world->error))
			return false;
	}
	return inbox_cursor_move(store, cursor, &world->error) &&
	       store_commit(store, &world->error);
}

static void be_controller(struct world *world)
{
	struct street_channel channel = { .channel = TEXT("main"),
					  .provider = TEXT("daraja"),
					  .token = { { 1 } } };
	struct store *store;
	bool more = true;

	if (!store_open(&store, text_of(world->folder), TEXT("kasi"), STORE_CONTROLLER,
			&world->error))
		_exit(3);
	while (more)
		if (!book_batch(world, store, &more))
			_exit(4);
	store_checkpoint(store);
	/* Each life publishes another set. */
	channel.token = digest_of(text_format(&world->arena, "%ld", (long)getpid()));
	if (!street_publish(store, &channel, 1, &world->error))
		_exit(5);
	store_close(store);
	_exit(0);
}

/* True: it was killed, rather than that it came to its end. */
static bool ended_by_kill(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return true;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return false;
}

struct tally {
	int64_t numbers; /* callbacks ever tried */
	int64_t acked[4096];
	int64_t acked_count;
	int kills;
};

static void one_life_of_webhook(struct world *world, struct tally *tally, const char *failpoint)
{
	int pipes[2];
	struct ack ack;

	assert_int_equal(pipe(pipes), 0);
	pid_t child = fork();
	if (child == 0) {
		(void)close(pipes[0]);
		(void)setenv("WAVU_FAILPOINT", failpoint, 1);
		be_webhook(world, tally->numbers, pipes[1]);
	}
	(void)close(pipes[1]);
	while (read(pipes[0], &ack, sizeof(ack)) == sizeof(ack)) {
		assert_true(tally->acked_count < 4096);
		tally->acked[tally->acked_count++] = ack.number;
	}
	(void)close(pipes[0]);
	tally->numbers += LIFE_LINES;
	tally->kills += ended_by_kill(child);
}

static void one_life_of_controller(struct world *world, struct tally *tally, const char *failpoint)
{
	pid_t child = fork();

	if (child == 0) {
		(void)setenv("WAVU_FAILPOINT", failpoint, 1);
		be_controller(world);
	}
	tally->kills += ended_by_kill(child);
}

static void check(struct world *world, const struct tally *tally)
{
	struct inbox_line *lines;
	struct payment payment;
	struct ledger_totals totals;
	uint32_t count;
	bool found;

	OK(world,
	   inbox_read(&lines, &count, world->store, 0, UINT32_MAX, &world->arena, &world->error));
	/* Batches are of three: whole or absent. */
	assert_int_equal(count % 3, 0);
	for (int64_t i = 0; i < tally->acked_count; i++) {
		struct text receipt = text_format(&world->arena, "R%lld",
						  (long long)tally->acked[i]);
		OK(world, ledger_payment(&found, &payment, world->store, receipt, &world->arena,
					 &world->error));
		if (!found)
			fail_msg("acknowledged and lost: %s", receipt.at);
	}
	OK(world, ledger_totals(&totals, world->store, 0, &world->error));
	assert_int_equal(totals.today_count, count); /* every line once, acknowledged or not */
	assert_int_equal(totals.today_cents, 100 * (int64_t)count);
	assert_string_equal(world_verify(world, world->store), "");
}

static void nothing_acknowledged_is_lost(void **state)
{
	static const char *const webhook_points[] = { "inbox.before_commit", "inbox.after_commit",
						      "inbox.before_commit:3",
						      "inbox.after_commit:2", "" };
	static const char *const controller_points[] = { "store.before_commit",
							 "store.after_commit",
							 "store.before_commit:2",
							 "store.after_commit:3",
							 "street.before_commit",
							 "street.after_commit",
							 "" };
	struct world *world = *state;
	struct tally tally = { 0 };

#ifndef WAVU_FAILPOINTS
	print_message("skipped: built without failpoints\n");
	skip();
#endif
	store_close(world->store);
	world->store = NULL;
	for (size_t i = 0; i < 5 * 7; i++) {
		one_life_of_webhook(world, &tally, webhook_points[i % 5]);
		one_life_of_controller(world, &tally, controller_points[i % 7]);
	}
	one_life_of_controller(world, &tally, "");
	world->store = world_open(world, STORE_CONTROLLER);
	check(world, &tally);
	/* Each point but the empty one kills: none was missed, none was in vain. */
	assert_int_equal(tally.kills, 4 * 7 + 6 * 5);
	assert_true(tally.acked_count > 0);
	print_message("%d kills, %lld acknowledged, 0 lost, 0 doubled\n", tally.kills,
		      (long long)tally.acked_count);
}

/* Killed at no named point: wherever it happens to be. */
static void nor_by_a_kill_anywhere(void **state)
{
	struct world *world = *state;
	struct tally tally = { 0 };

	store_close(world->store);
	world->store = NULL;
	for (int i = 0; i < 25; i++) {
		int pipes[2];
		struct ack ack;
		assert_int_equal(pipe(pipes), 0);
		pid_t child = fork();
		if (child == 0) {
			(void)close(pipes[0]);
			be_webhook(world, tally.numbers, pipes[1]);
		}
		(void)close(pipes[1]);
		/* After some acknowledgements, while the next batch is on its way. */
		for (int j = 0; j < i % (LIFE_LINES + 1); j++) {
			if (read(pipes[0], &ack, sizeof(ack)) == sizeof(ack))
				tally.acked[tally.acked_count++] = ack.number;
		}
		(void)kill(child, SIGKILL);
		while (read(pipes[0], &ack, sizeof(ack)) == sizeof(ack))
			tally.acked[tally.acked_count++] = ack.number;
		(void)close(pipes[0]);
		tally.numbers += LIFE_LINES;
		(void)ended_by_kill(child);
		pid_t controller = fork();
		if (controller == 0)
			be_controller(world);
		clock_sleep_ms((uint32_t)i * 3 / 2);
		(void)kill(controller, SIGKILL);
		(void)ended_by_kill(controller);
	}
	one_life_of_controller(world, &tally, "");
	world->store = world_open(world, STORE_CONTROLLER);
	check(world, &tally);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_acknowledged_is_lost),
		TEST(nor_by_a_kill_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
