#include "base/arena.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static bool all_zero(const unsigned char *at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (at[i])
			return false;
	return true;
}

static void pieces_are_aligned_zeroed_and_apart(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 1 << 16);
	unsigned char *last = NULL;
	size_t last_size = 0;
	for (size_t size = 0; size < 200; size++) {
		unsigned char *at = arena_take(&arena, size);
		assert_non_null(at);
		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		assert_true(all_zero(at, size));
		assert_true(!last || at >= last + last_size);
		memset(at, 0xff, size);
		last = at;
		last_size = size;
	}
	arena_close(&arena);
	assert_null(arena.base);
}

static void what_is_left_can_be_taken(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 10000);
	assert_true(arena_left(&arena) >= 10000);
	(void)arena_take(&arena, 77);
	size_t left = arena_left(&arena);
	unsigned char *at = arena_take(&arena, left);
	at[0] = at[left - 1] = 1;
	assert_true(arena_left(&arena) < 16);
	arena_close(&arena);
}

static void reset_gives_zeroed_memory_again(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 64u << 20);
	/* Below and above the part that a reset keeps. */
	static const size_t sizes[] = { 5000, 1u << 20, 20u << 20 };
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		unsigned char *at = arena_take(&arena, sizes[i]);
		memset(at, 0xaa, sizes[i]);
		assert_true(arena.peak >= sizes[i]);
		arena_reset(&arena);
		assert_int_equal(arena.used, 0);
		at = arena_take(&arena, 40u << 20);
		assert_true(all_zero(at, 40u << 20));
		arena_reset(&arena);
	}
	arena_close(&arena);
}

static void growing_the_last_piece_stays_in_place(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 1 << 20);
	unsigned char *first = arena_grow(&arena, NULL, 0, 10);
	memset(first, 1, 10);
	unsigned char *second = arena_grow(&arena, first, 10, 1000);
	assert_ptr_equal(first, second);
	assert_int_equal(second[9], 1);
	assert_true(all_zero(second + 10, 990));
	memset(second, 2, 1000);
	(void)arena_take(&arena, 1);
	unsigned char *third = arena_grow(&arena, second, 1000, 2000);
	assert_true(third > second);
	assert_int_equal(third[999], 2);
	assert_true(all_zero(third + 1000, 1000));
	assert_int_equal(second[999], 2);
	assert_ptr_equal(arena_grow(&arena, third, 2000, 2000), third);
	arena_close(&arena);
}

static void the_macros_give_types(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 1 << 16);
	int64_t *one = ARENA_NEW(&arena, int64_t);
	int64_t *many = ARENA_ARRAY(&arena, int64_t, 100);
	many[99] = *one = 5;
	assert_true(many > one);
	arena_close(&arena);
}

static void a_zeroed_arena_closes(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	arena_reset(&arena);
	arena_close(&arena);
	assert_int_equal(arena_left(&arena), 0);
}

static void take_too_much(struct arena *arena)
{
	(void)arena_take(arena, arena_left(arena) + 1);
}

static void take_overflowing_array(struct arena *arena)
{
	(void)arena_array(arena, SIZE_MAX / 8 + 2, 8);
}

static void take_everything_there_is(struct arena *arena)
{
	(void)arena_take(arena, SIZE_MAX);
}

static void open_beyond_address_space(struct arena *arena)
{
	arena_open(arena, SIZE_MAX / 2);
}

static void running_over_the_bound_is_fatal(void **state)
{
	(void)state;
	void (*const crimes[])(struct arena *) = {
		take_too_much,
		take_overflowing_array,
		take_everything_there_is,
		open_beyond_address_space,
	};
	for (size_t i = 0; i < ARRAY_COUNT(crimes); i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			const struct rlimit no_core = { 0, 0 };
			(void)setrlimit(RLIMIT_CORE, &no_core);
			(void)signal(SIGABRT, SIG_DFL);
			(void)close(STDERR_FILENO);
			struct arena arena;
			arena_open(&arena, 1 << 16);
			crimes[i](&arena);
			_exit(0);
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_zeroed_and_apart),
		cmocka_unit_test(what_is_left_can_be_taken),
		cmocka_unit_test(reset_gives_zeroed_memory_again),
		cmocka_unit_test(growing_the_last_piece_stays_in_place),
		cmocka_unit_test(the_macros_give_types),
		cmocka_unit_test(a_zeroed_arena_closes),
		cmocka_unit_test(running_over_the_bound_is_fatal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
