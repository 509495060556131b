/*
 * A disk that is full (a small tmpfs, so only root can run this): an error that can be answered
 * 503, nothing half, and recovery without a restart when space returns.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "state/inbox.h"
#include "state/street.h"

static bool mounted;

static int setup(void **state)
{
	void *made = NULL;
	struct world *world;

	assert_int_equal(world_setup(&made), 0);
	world = made;
	*state = made;
	store_close(world->store);
	world->store = NULL;
	mounted = mount("tmpfs", world->folder, "tmpfs", 0, "size=3m,mode=0700") == 0;
	if (!mounted)
		print_message("skipped: no small file system can be mounted here (%s)\n",
			      strerror(errno));
	else
		world->store = world_open(world, STORE_CONTROLLER);
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	store_close(world->store);
	world->store = NULL;
	if (mounted)
		(void)umount2(world->folder, MNT_DETACH);
	return world_teardown(state);
}

/* Takes all the space there is. */
static void fill(struct world *world)
{
	static const char block[4096];
	char path[200];
	int file;

	(void)snprintf(path, sizeof(path), "%s/ballast", world->folder);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(file >= 0);
	while (write(file, block, sizeof(block)) > 0)
		;
	assert_int_equal(errno, ENOSPC);
	(void)close(file);
}

static void make_room(struct world *world)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/ballast", world->folder);
	assert_int_equal(unlink(path), 0);
}

static uint32_t lines_in(struct world *world)
{
	struct inbox_line *lines;
	uint32_t count;

	OK(world,
	   inbox_read(&lines, &count, world->store, 0, 100000, &world->arena, &world->error));
	return count;
}

static void the_inbox_says_so_and_recovers(void **state)
{
	static char body[3000];
	struct world *world = *state;
	struct inbox_line lines[8];
	uint32_t kept = 0;

	if (!mounted)
		skip();
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	memset(body, 'b', sizeof(body));
	for (int i = 0; i < 8; i++)
		lines[i] = (struct inbox_line){ .channel = TEXT("main"),
						.received_at = NOW,
						.body = { body, sizeof(body) } };
	for (int round = 0; round < 3; round++) {
		OK(world, inbox_append(webhook, lines, 8, &world->error));
		kept += 8;
		fill(world);
		int refused = 0;
		while (refused < 20) {
			uint32_t count = refused % 2 ? 8 : 1;
			if (inbox_append(webhook, lines, count, &world->error)) {
				kept += count;
				continue;
			}
			assert_int_equal(world->error.code, ERROR_LIMIT);
			assert_non_null(strstr(world->error.text, "full"));
			for (uint32_t i = 0; i < count; i++)
				assert_int_equal(lines[i].id, 0);
			refused++;
		}
		assert_int_equal(lines_in(world), kept);
		make_room(world);
		/* Room again: the same connection goes on. */
		OK(world, inbox_append(webhook, lines, 8, &world->error));
		kept += 8;
		assert_int_equal(lines[7].id, kept);
		store_checkpoint(webhook);
	}
	assert_int_equal(lines_in(world), kept);
	assert_string_equal(world_verify(world, webhook), "");
	store_close(webhook);
}

/* Books until the disk refuses; the number of payments that were acknowledged. */
static int book_until_full(struct world *world, int number)
{
	for (;; number++) {
		char receipt[30];
		bool known;
		(void)snprintf(receipt, sizeof(receipt), "F%d", number);
		struct payment payment = world_payment(receipt, 100);
		payment.status = PAYMENT_CREDITED;
		if (!store_begin(world->store, &world->error))
			break;
		if (!ledger_book(&known, world->store, &payment, text_of(receipt), &world->arena,
				 &world->error)) {
			store_abort(world->store);
			break;
		}
		assert_false(known);
		if (!store_commit(world->store, &world->error))
			break;
	}
	assert_int_equal(world->error.code, ERROR_LIMIT);
	return number;
}

static void the_ledger_says_so_and_recovers(void **state)
{
	struct world *world = *state;
	struct ledger_totals totals;
	int booked = 0;

	if (!mounted)
		skip();
	for (int round = 0; round < 3; round++) {
		fill(world);
		booked = book_until_full(world, booked);
		OK(world, ledger_totals(&totals, world->store, 0, &world->error));
		assert_int_equal(totals.today_count, booked);
		/* Idle housekeeping on a full disk does no harm either. */
		store_checkpoint(world->store);
		booked = book_until_full(world, booked);
		make_room(world);
		struct payment payment = world_payment(NULL, 100);
		char receipt[30];
		(void)snprintf(receipt, sizeof(receipt), "F%d", booked++);
		payment.receipt = text_of(receipt);
		assert_true(world_book(world, &payment, "a"));
		store_checkpoint(world->store);
		assert_string_equal(world_verify(world, world->store), "");
	}
	store_close(world->store);
	world->store = world_open(world, STORE_CONTROLLER);
	OK(world, ledger_totals(&totals, world->store, 0, &world->error));
	assert_int_equal(totals.today_count, booked);
}

static void a_full_disk_at_the_first_start(void **state)
{
	struct world *world = *state;
	struct store *store;

	if (!mounted)
		skip();
	fill(world);
	assert_false(store_open(&store, text_of(world->folder), TEXT("other"), STORE_CONTROLLER,
				&world->error));
	assert_int_equal(world->error.code, ERROR_LIMIT);
	make_room(world);
	OK(world, store_open(&store, text_of(world->folder), TEXT("other"), STORE_CONTROLLER,
			     &world->error));
	assert_string_equal(world_verify(world, store), "");
	store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_inbox_says_so_and_recovers),
		TEST(the_ledger_says_so_and_recovers),
		TEST(a_full_disk_at_the_first_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
