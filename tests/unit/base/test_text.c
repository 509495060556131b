#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static struct arena arena;

static int arena_begin(void **state)
{
	(void)state;
	arena_open(&arena, 1 << 20);
	return 0;
}

static int arena_end(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static void assert_text(struct text a, const char *expected)
{
	assert_int_equal(a.size, strlen(expected));
	if (a.size)
		assert_memory_equal(a.at, expected, a.size);
}

static void compares(void **state)
{
	(void)state;
	assert_true(text_equal(TEXT_NONE, TEXT("")));
	assert_true(text_equal(text_of(NULL), TEXT_NONE));
	assert_true(text_equal(TEXT("a\0b"), TEXT("a\0b")));
	assert_false(text_equal(TEXT("a\0b"), TEXT("a\0c")));
	assert_false(text_equal(TEXT("a"), TEXT("ab")));
	assert_true(text_is(TEXT("jane"), "jane"));
	assert_false(text_is(TEXT("jane"), "jan"));
	assert_true(text_equal_nocase(TEXT("KN-0042"), TEXT("kn-0042")));
	/* '@' and '`' differ by the same bit as letters do, but are none. */
	assert_false(text_equal_nocase(TEXT("@"), TEXT("`")));
	assert_false(text_equal_nocase(TEXT("\xc3\x89"), TEXT("\xc3\xa9")));
}

static void order_is_total(void **state)
{
	(void)state;
	static const char *const sorted[] = { "", "A", "a", "a\x01", "ab", "b", "b ", "\xc3\xa9" };
	for (size_t i = 0; i < ARRAY_COUNT(sorted); i++)
		for (size_t j = 0; j < ARRAY_COUNT(sorted); j++) {
			int order = text_compare(text_of(sorted[i]), text_of(sorted[j]));
			assert_int_equal(order, (i > j) - (i < j));
		}
}

static void finds_parts(void **state)
{
	(void)state;
	assert_true(text_starts(TEXT("wavu-home"), TEXT("wavu-")));
	assert_true(text_starts(TEXT("a"), TEXT_NONE));
	assert_false(text_starts(TEXT("wa"), TEXT("wavu")));
	assert_true(text_ends(TEXT("tenant.yaml"), TEXT(".yaml")));
	assert_true(text_ends(TEXT("a"), TEXT_NONE));
	assert_true(text_ends(TEXT("a"), TEXT("a")));
	assert_false(text_ends(TEXT("yaml"), TEXT(".yaml")));
	assert_true(text_contains_nocase(TEXT("x-MPesa-y"), TEXT("mpesa")));
	assert_true(text_contains_nocase(TEXT("mpesa"), TEXT("MPESA")));
	assert_true(text_contains_nocase(TEXT_NONE, TEXT_NONE));
	assert_false(text_contains_nocase(TEXT("mpes"), TEXT("mpesa")));
	assert_false(text_contains_nocase(TEXT_NONE, TEXT("a")));
}

static void cuts(void **state)
{
	(void)state;
	struct text head, rest;
	assert_true(text_cut(TEXT("a=b=c"), '=', &head, &rest));
	assert_text(head, "a");
	assert_text(rest, "b=c");
	assert_true(text_cut(TEXT("=c"), '=', &head, &rest));
	assert_text(head, "");
	assert_text(rest, "c");
	assert_true(text_cut(TEXT("a="), '=', &head, &rest));
	assert_text(head, "a");
	assert_text(rest, "");
	assert_false(text_cut(TEXT("abc"), '=', &head, &rest));
	assert_text(head, "abc");
	assert_text(rest, "");
	assert_false(text_cut(TEXT_NONE, '=', &head, &rest));
	assert_text(text_from(TEXT("abc"), 1), "bc");
	assert_text(text_from(TEXT("abc"), 3), "");
	assert_text(text_from(TEXT("abc"), UINT32_MAX), "");
	assert_text(text_from(TEXT_NONE, 0), "");
	assert_text(text_trim(TEXT(" \t a b\r\n\v\f ")), "a b");
	assert_text(text_trim(TEXT(" \n ")), "");
	assert_text(text_trim(TEXT_NONE), "");
}

static void heads_end_at_a_character(void **state)
{
	(void)state;
	/* a, e with acute (2 bytes), euro sign (3), a smile (4) */
	struct text a = TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	static const uint32_t sizes[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };
	for (uint32_t max = 0; max < ARRAY_COUNT(sizes); max++)
		assert_int_equal(text_head(a, max).size, sizes[max]);
	/* Not UTF-8: nothing to protect, cut where asked. */
	assert_int_equal(text_head(TEXT("\x80\x80\x80\x80\x80\x80\x80\x80"), 6).size, 6);
	assert_int_equal(text_head(TEXT_NONE, 0).size, 0);
}

static void utf8_is_judged_strictly(void **state)
{
	(void)state;
	static const char *const good[] = {
		"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
	};
	static const char *const bad[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82",
		"\xe2\x82(", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xff", "\xfe", "ok\xf0\x9f\x98",
	};
	for (size_t i = 0; i < ARRAY_COUNT(good); i++)
		assert_true(text_is_utf8(text_of(good[i])));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(text_is_utf8(text_of(bad[i])));
	assert_true(text_is_utf8(TEXT("a\0b")));
}

/* The published FNV-1a test values. */
static void hash_is_fnv(void **state)
{
	(void)state;
	assert_int_equal(text_hash(TEXT_NONE), 0x811c9dc5u);
	assert_int_equal(text_hash(TEXT("a")), 0xe40c292cu);
	assert_int_equal(text_hash(TEXT("foobar")), 0xbf9cf968u);
}

static void copies_are_terminated(void **state)
{
	(void)state;
	char bytes[] = "jane";
	struct text copy = text_copy(&arena, (struct text){ bytes, 4 });
	bytes[0] = 'X';
	assert_text(copy, "jane");
	assert_int_equal(copy.at[4], '\0');
	assert_string_equal(text_copy(&arena, TEXT_NONE).at, "");
	assert_string_equal(text_lower(&arena, TEXT("KN-0042 \xc3\x89")).at, "kn-0042 \xc3\x89");
	assert_string_equal(text_lower(&arena, TEXT_NONE).at, "");
	struct text formatted = text_format(&arena, "%s-%d", "home", 10);
	assert_text(formatted, "home-10");
	assert_string_equal(formatted.at, "home-10");
	assert_text(text_format(&arena, "%s", ""), "");
	char big[5000];
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_text(text_format(&arena, "%s", big), big);
}

static void references_lose_space_case_and_dashes(void **state)
{
	(void)state;
	assert_string_equal(text_reference(&arena, TEXT(" kn 00-42\t")).at, "kn0042");
	assert_string_equal(text_reference(&arena, TEXT("KN--00 42")).at, "kn0042");
	assert_string_equal(text_reference(&arena, TEXT("k.n_1#")).at, "k.n_1#");
	assert_string_equal(text_reference(&arena, TEXT(" - ")).at, "");
	assert_string_equal(text_reference(&arena, TEXT_NONE).at, "");
}

static void the_nearest_spelling_is_found(void **state)
{
	(void)state;
	const struct text words[] = { TEXT("price"), TEXT("period"), TEXT("speed"), TEXT("service"),
				      TEXT("mac"),   TEXT("at"),     TEXT("address") };
	static const struct {
		const char *written, *meant;
	} rows[] = {
		{ "prise", "price" },	 { "prixx", "" },	 { "Price", "price" },
		{ "pirce", "price" },
		{ "perod", "period" },	 { "sped", "speed" },	{ "adress", "address" },
		{ "addresses", "address" }, { "mca", "mac" },	{ "MAC", "mac" },
		{ "AT", "at" },		 { "to", "" },		{ "colour", "" },
		{ "", "" },		 { "xyzzy", "" },	{ "p", "" },
		{ "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp", "" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_text(text_nearest(text_of(rows[i].written), words, ARRAY_COUNT(words)),
			    rows[i].meant);
	assert_text(text_nearest(TEXT("a"), NULL, 0), "");
	const struct text odd[] = { TEXT_NONE };
	assert_text(text_nearest(TEXT("a"), odd, 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares),
		cmocka_unit_test(order_is_total),
		cmocka_unit_test(finds_parts),
		cmocka_unit_test(cuts),
		cmocka_unit_test(heads_end_at_a_character),
		cmocka_unit_test(utf8_is_judged_strictly),
		cmocka_unit_test(hash_is_fnv),
		cmocka_unit_test(copies_are_terminated),
		cmocka_unit_test(references_lose_space_case_and_dashes),
		cmocka_unit_test(the_nearest_spelling_is_found),
	};
	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
