#include "world.h"

#include <string.h>

#include "state/inbox.h"

static struct inbox_line a_line(const char *body)
{
	return (struct inbox_line){
		.channel = TEXT("main"),
		.provider = TEXT("daraja"),
		.kind = TEXT("confirmation"),
		.received_at = NOW,
		.source = TEXT("196.201.214.200"),
		.headers = TEXT("content-type: application/json\n"),
		.body = text_of(body),
	};
}

static void lines_are_kept_as_they_came(void **state)
{
	static const char raw[] = "{\"a\":\"\0\xff\"}\r\n";
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct inbox_line lines[2] = { a_line("one"), a_line(NULL) }, *read, one;
	uint32_t count;

	lines[1].body = (struct text){ raw, sizeof(raw) - 1 };
	lines[1].kind = TEXT("validation");
	OK(world, inbox_append(webhook, lines, 2, &world->error));
	OK(world, inbox_append(webhook, lines, 0, &world->error));
	assert_int_equal(lines[0].id, 1);
	assert_int_equal(lines[1].id, 2);
	OK(world, inbox_read(&read, &count, world->store, 0, 10, &world->arena, &world->error));
	assert_int_equal(count, 2);
	assert_true(text_is(read[0].body, "one"));
	assert_true(text_equal(read[1].body, lines[1].body));
	assert_true(text_is(read[1].kind, "validation"));
	assert_true(text_is(read[1].channel, "main"));
	assert_true(text_is(read[1].provider, "daraja"));
	assert_true(text_is(read[1].source, "196.201.214.200"));
	assert_true(text_equal(read[1].headers, lines[1].headers));
	assert_int_equal(read[1].received_at, NOW);
	OK(world, inbox_line(&one, world->store, 2, &world->arena, &world->error));
	assert_true(text_equal(one.body, lines[1].body));
	assert_false(inbox_line(&one, world->store, 3, &world->arena, &world->error));
	assert_int_equal(world->error.code, ERROR_INVALID);
	store_close(webhook);
}

static void reading_goes_on_from_the_cursor(void **state)
{
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct inbox_line lines[5], *read;
	int64_t cursor;
	uint32_t count;

	for (int i = 0; i < 5; i++)
		lines[i] = a_line("x");
	OK(world, inbox_append(webhook, lines, 5, &world->error));
	OK(world, inbox_read(&read, &count, world->store, 1, 3, &world->arena, &world->error));
	assert_int_equal(count, 3);
	assert_int_equal(read[0].id, 2);
	OK(world, store_begin(world->store, &world->error));
	OK(world, inbox_cursor_move(world->store, 4, &world->error));
	OK(world, store_commit(world->store, &world->error));
	OK(world, inbox_cursor(&cursor, world->store, &world->error));
	assert_int_equal(cursor, 4);
	OK(world, inbox_read(&read, &count, world->store, 4, 3, &world->arena, &world->error));
	assert_int_equal(count, 1);
	store_close(webhook);
	/* The webhook is gone; what it wrote is still there to be read. */
	OK(world, inbox_read(&read, &count, world->store, 0, 30, &world->arena, &world->error));
	assert_int_equal(count, 5);
	/* And it goes on where it stopped. */
	webhook = world_open(world, STORE_WEBHOOK);
	OK(world, inbox_append(webhook, lines, 1, &world->error));
	assert_int_equal(lines[0].id, 6);
	store_close(webhook);
}

static void the_largest_callback_fits(void **state)
{
	static char body[64 << 10];
	struct world *world = *state;
	struct store *webhook = world_open(world, STORE_WEBHOOK);
	struct inbox_line line = a_line(NULL), read;

	memset(body, 'y', sizeof(body));
	line.body = (struct text){ body, sizeof(body) };
	OK(world, inbox_append(webhook, &line, 1, &world->error));
	OK(world, inbox_line(&read, world->store, line.id, &world->arena, &world->error));
	assert_true(text_equal(read.body, line.body));
	store_close(webhook);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_kept_as_they_came),
		TEST(reading_goes_on_from_the_cursor),
		TEST(the_largest_callback_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
