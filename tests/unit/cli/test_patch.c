/* The patch that `wavu drift --adopt` prints: edits by line, and the unified diff of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/patch.h"

static struct arena arena;

static const struct node *person(struct patch_file *file, const char *bytes)
{
	const struct node *map;

	patch_open(file, TEXT("p.yaml"), text_of(bytes), &arena);
	map = patch_document(file, "Subscriber", TEXT("A-1"));
	assert_non_null(map);
	return map;
}

static void assert_diff(const struct patch_file *file, const char *wanted)
{
	assert_string_equal(text_copy(&arena, patch_diff(file, TEXT_NONE, &arena)).at, wanted);
}

static void two_values_of_one_line_may_come_in_any_order(void **state)
{
	struct patch_file file;
	const struct node *map = person(
	    &file, "kind: Subscriber\nname: A-1\nspeed: {down: 10M, up: '5M'} # sold\n");

	(void)state;
	map = node_get(map, "speed");
	assert_true(patch_set(&file, map, "up", TEXT("6M"), "up", &arena));
	assert_true(patch_set(&file, map, "down", TEXT("120M"), "down", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -1,3 +1,3 @@\n kind: Subscriber\n"
			   " name: A-1\n-speed: {down: 10M, up: '5M'} # sold\n"
			   "+speed: {down: 120M, up: 6M} # sold\n");
}

static void keys_come_and_go(void **state)
{
	struct patch_file file;
	const struct node *map = person(&file, "kind: Subscriber\nname: A-1\nrouter: r1\n"
					       "mac: \"AA:BB:CC:00:00:01\"\nx: 1\n");

	(void)state;
	assert_true(patch_remove(&file, map, "mac"));
	assert_true(patch_set(&file, map, "address", TEXT("10.0.0.9"), "router", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -1,5 +1,5 @@\n kind: Subscriber\n"
			   " name: A-1\n router: r1\n+address: 10.0.0.9\n"
			   "-mac: \"AA:BB:CC:00:00:01\"\n x: 1\n");
}

static void a_last_line_without_an_end_gets_one_when_a_line_follows(void **state)
{
	struct patch_file file;
	const struct node *map = person(&file, "kind: Subscriber\nname: A-1\nrouter: r1");

	(void)state;
	assert_true(patch_set(&file, map, "address", TEXT("10.0.0.9"), "router", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -1,3 +1,4 @@\n kind: Subscriber\n"
			   " name: A-1\n-router: r1\n\\ No newline at end of file\n"
			   "+router: r1\n+address: 10.0.0.9\n\\ No newline at end of file\n");
}

static void far_edits_are_two_hunks_and_the_second_has_moved(void **state)
{
	struct patch_file file;
	const struct node *map =
	    person(&file, "kind: Subscriber\nname: A-1\nrouter: r1\n#\n#\n#\n#\n"
			  "#\n#\n#\n#\nmac: x\n");

	(void)state;
	assert_true(patch_set(&file, map, "address", TEXT("1.2.3.4"), "name", &arena));
	assert_true(patch_set(&file, map, "mac", TEXT("y"), "name", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -1,5 +1,6 @@\n kind: Subscriber\n"
			   " name: A-1\n+address: 1.2.3.4\n router: r1\n #\n #\n"
			   "@@ -9,4 +10,4 @@\n #\n #\n #\n-mac: x\n+mac: y\n");
}

static void a_list_grows_where_it_stands(void **state)
{
	struct patch_file file;
	const struct node *map = person(&file, "kind: Subscriber\nname: A-1\nrouter: r1\n");

	(void)state;
	assert_true(patch_append(&file, map, "aliases", TEXT("\"JANE\""), "name", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -1,3 +1,4 @@\n kind: Subscriber\n"
			   " name: A-1\n+aliases: [\"JANE\"]\n router: r1\n");
	map = person(&file, "kind: Subscriber\nname: A-1\naliases: [\"0042\", JO] # two\n");
	assert_true(patch_append(&file, map, "aliases", TEXT("\"JANE\""), "name", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -1,3 +1,3 @@\n kind: Subscriber\n"
			   " name: A-1\n-aliases: [\"0042\", JO] # two\n"
			   "+aliases: [\"0042\", JO, \"JANE\"] # two\n");
	map = person(&file, "kind: Subscriber\nname: A-1\naliases:\n  - \"0042\"\n  - JO\n");
	assert_true(patch_append(&file, map, "aliases", TEXT("\"JANE\""), "name", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -2,4 +2,5 @@\n name: A-1\n aliases:\n"
			   "   - \"0042\"\n   - JO\n+  - \"JANE\"\n");
	map = person(&file, "kind: Subscriber\nname: A-1\naliases: []\n");
	assert_false(patch_append(&file, map, "aliases", TEXT("\"JANE\""), "name", &arena));
}

static void what_cannot_be_edited_by_line_is_left_alone(void **state)
{
	struct patch_file file;
	const struct node *map = person(
	    &file, "{kind: Subscriber, name: A-1, mac: \"é\", title: \"a\\\"b\", x: 1}\n");

	(void)state;
	assert_false(patch_set(&file, map, "address", TEXT("1.2.3.4"), "name", &arena));
	assert_false(patch_remove(&file, map, "mac"));
	assert_false(file.edited);
	assert_diff(&file, "");
	/* Columns are characters, quotes may be escaped. */
	assert_true(patch_set(&file, map, "x", TEXT("2"), "name", &arena));
	assert_true(patch_set(&file, map, "title", TEXT("t"), "name", &arena));
	assert_diff(&file, "--- a/p.yaml\n+++ b/p.yaml\n@@ -1,1 +1,1 @@\n"
			   "-{kind: Subscriber, name: A-1, mac: \"é\", title: \"a\\\"b\", x: 1}\n"
			   "+{kind: Subscriber, name: A-1, mac: \"é\", title: t, x: 2}\n");
	map = person(&file, "kind: Subscriber\nname: A-1\ntitle: |\n  two\n  lines\n");
	assert_false(patch_set(&file, map, "title", TEXT("t"), "name", &arena));
	assert_null(patch_document(&file, "Subscriber", TEXT("A-2")));
	assert_null(patch_document(&file, "Package", TEXT("A-1")));
}

static int open_arena(void **state)
{
	(void)state;
	arena_open(&arena, 64u << 20);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_values_of_one_line_may_come_in_any_order),
		cmocka_unit_test(keys_come_and_go),
		cmocka_unit_test(a_last_line_without_an_end_gets_one_when_a_line_follows),
		cmocka_unit_test(far_edits_are_two_hunks_and_the_second_has_moved),
		cmocka_unit_test(a_list_grows_where_it_stands),
		cmocka_unit_test(what_cannot_be_edited_by_line_is_left_alone),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
