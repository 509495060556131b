/* The mark: a copied row's mark does not fit, and what a person wrote stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "menu/mark.h"

static struct arena arena;

static struct text mark_of(enum menu_id menu, const char *key)
{
	return mark_make(&arena, TEXT("kasinet"), menu_of(menu), text_of(key));
}

static void a_mark_names_the_tenant_and_one_row(void **state)
{
	(void)state;
	struct text juma = mark_of(MENU_PPP_SECRET, "juma");
	assert_true(text_starts(juma, TEXT("wavu:kasinet/")));
	assert_int_equal(juma.size, sizeof("wavu:kasinet/") - 1 + 8);
	assert_int_equal(mark_length(juma), juma.size);
	assert_true(text_equal(juma, mark_of(MENU_PPP_SECRET, "juma")));
	assert_false(text_equal(juma, mark_of(MENU_PPP_SECRET, "juma2")));
	assert_false(text_equal(juma, mark_of(MENU_HOTSPOT_USER, "juma")));
}

static void a_mark_fits_only_at_the_start_and_whole(void **state)
{
	(void)state;
	struct text mark = mark_of(MENU_PPP_SECRET, "juma");
	assert_true(mark_fits(mark, mark));
	assert_true(mark_fits(mark_put(&arena, TEXT("roof antenna"), mark, TEXT_NONE), mark));
	assert_false(mark_fits(TEXT("roof antenna"), mark));
	assert_false(mark_fits(TEXT_NONE, mark));
	assert_false(mark_fits(text_format(&arena, " %.*s", TEXT_ARG(mark)), mark));
	assert_false(mark_fits(text_format(&arena, "%.*s7", TEXT_ARG(mark)), mark));
	assert_false(mark_fits(mark, mark_of(MENU_PPP_SECRET, "asha")));
	assert_false(mark_fits(mark, TEXT_NONE));
}

static void any_mark_is_recognised_and_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(mark_length(TEXT("wavu:k/0123abcd")), 15);
	assert_int_equal(mark_length(TEXT("wavu:k/0123abcd text")), 15);
	assert_int_equal(mark_length(TEXT("wavu:k/0123abcde")), 0);
	assert_int_equal(mark_length(TEXT("wavu:k/0123ABCD")), 0);
	assert_int_equal(mark_length(TEXT("wavu:k/0123abc")), 0);
	assert_int_equal(mark_length(TEXT("wavu:/0123abcd")), 0);
	assert_int_equal(mark_length(TEXT("wavu:k")), 0);
	assert_int_equal(mark_length(TEXT("wavu:")), 0);
	assert_int_equal(mark_length(TEXT("")), 0);
	assert_int_equal(mark_length(TEXT("wavu:a12345678901234567890123456789012/0123abcd")), 0);
}

static void a_persons_words_stay_behind_the_mark(void **state)
{
	(void)state;
	struct text mark = mark_of(MENU_PPP_SECRET, "juma"),
		    other = mark_of(MENU_PPP_SECRET, "asha");
	assert_true(text_equal(mark_put(&arena, TEXT_NONE, mark, TEXT_NONE), mark));
	struct text put = mark_put(&arena, TEXT("  roof, 2nd floor "), mark, TEXT_NONE);
	assert_true(text_ends(put, TEXT(" roof, 2nd floor")));
	assert_true(text_equal(mark_put(&arena, put, mark, TEXT_NONE), put));
	/* A former mark is replaced. */
	struct text moved = mark_put(&arena, put, other, TEXT_NONE);
	assert_true(mark_fits(moved, other));
	assert_true(text_ends(moved, TEXT(" roof, 2nd floor")));
	assert_int_equal(moved.size, put.size);
}

static void raw_bytes_survive_and_length_is_bounded(void **state)
{
	(void)state;
	struct text mark = mark_of(MENU_PPP_SECRET, "juma");
	struct text raw = { "caf\xe9\0x", 6 };
	struct text put = mark_put(&arena, raw, mark, TEXT_NONE);
	assert_int_equal(put.size, mark.size + 1 + raw.size);
	assert_memory_equal(put.at + mark.size + 1, raw.at, raw.size);
	char wide[400];
	memset(wide, 'x', sizeof(wide));
	put = mark_put(&arena, (struct text){ wide, sizeof(wide) }, mark, TEXT_NONE);
	assert_int_equal(put.size, COMMENT_SIZE_MAX);
	assert_true(mark_fits(put, mark));
	assert_true(text_equal(mark_put(&arena, put, mark, TEXT_NONE), put));
}

static void a_stamp_stands_between_mark_and_person(void **state)
{
	(void)state;
	struct text mark = mark_of(MENU_PPP_SECRET, "juma");
	struct text until = mark_stamp_make(&arena, "until", INT64_C(1764547200000000));
	assert_true(text_is(until, "until=1764547200"));
	assert_int_equal(mark_stamp_at(until), INT64_C(1764547200000000));
	/* Never before the time that was paid. */
	assert_true(text_is(mark_stamp_make(&arena, "until", INT64_C(1764547200000001)),
			    "until=1764547201"));
	struct text put = mark_put(&arena, TEXT("roof, 2nd floor"), mark, until);
	assert_true(text_ends(put, TEXT(" until=1764547200 roof, 2nd floor")));
	assert_true(mark_fits(put, mark));
	assert_true(text_equal(mark_stamp(put), until));
	assert_true(text_equal(mark_put(&arena, put, mark, until), put));
	/* Another end, or none any more: what a person wrote stays. */
	struct text named = mark_stamp_name(&arena, until, TEXT("jane (a) b"));
	assert_true(text_is(named, "until=1764547200 10:jane (a) b"));
	assert_int_equal(mark_stamp_at(named), mark_stamp_at(until));
	struct text long_put = mark_put(&arena, put, mark, named);
	assert_true(text_ends(long_put, TEXT(" 10:jane (a) b roof, 2nd floor")));
	assert_true(text_equal(mark_stamp(long_put), named));
	assert_true(text_equal(mark_put(&arena, long_put, mark, named), long_put));
	assert_true(text_equal(mark_put(&arena, long_put, mark, until), put));

	struct text later = mark_put(&arena, put, mark, TEXT("until=1764547300"));
	assert_true(text_ends(later, TEXT(" until=1764547300 roof, 2nd floor")));
	assert_int_equal(later.size, put.size);
	struct text bare = mark_put(&arena, later, mark, TEXT_NONE);
	assert_true(text_equal(bare, mark_put(&arena, TEXT("roof, 2nd floor"), mark, TEXT_NONE)));
	assert_int_equal(mark_stamp(bare).size, 0);
	/* The longest mark with its stamp keeps to 64 bytes. */
	struct text longest = mark_make(&arena, TEXT("a1234567890123456789012345678901"),
					menu_of(MENU_PPP_SECRET), TEXT("juma"));
	assert_true(mark_put(&arena, TEXT_NONE, longest, until).size <= 64);
}

static void what_a_person_wrote_is_no_stamp(void **state)
{
	(void)state;
	static const char *const words[] = { "until=5 pm",       "until=176454720",
					     "until=17645472001", "until=1764547200x",
					     "Until=1764547200",  "wait until=1764547200" };
	struct text mark = mark_of(MENU_PPP_SECRET, "juma");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct text comment = text_format(&arena, "%.*s %s", TEXT_ARG(mark), words[i]);
		assert_int_equal(mark_stamp(comment).size, 0);
		assert_true(text_equal(mark_put(&arena, comment, mark, TEXT_NONE), comment));
	}
	assert_int_equal(mark_stamp(TEXT("until=1764547200")).size, 0);
	/* And does not become one by standing first behind the mark. */
	struct text put = mark_put(&arena, TEXT("until=1764547200"), mark, TEXT_NONE);
	assert_int_equal(mark_stamp(put).size, 0);
	assert_true(text_ends(put, TEXT("until=1764547200")));
	assert_true(text_equal(mark_put(&arena, put, mark, TEXT_NONE), put));
}

int main(void)
{
	arena_open(&arena, 1u << 20);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_names_the_tenant_and_one_row),
		cmocka_unit_test(a_mark_fits_only_at_the_start_and_whole),
		cmocka_unit_test(any_mark_is_recognised_and_nothing_else),
		cmocka_unit_test(a_persons_words_stay_behind_the_mark),
		cmocka_unit_test(raw_bytes_survive_and_length_is_bounded),
		cmocka_unit_test(a_stamp_stands_between_mark_and_person),
		cmocka_unit_test(what_a_person_wrote_is_no_stamp),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_close(&arena);
	return failed;
}
