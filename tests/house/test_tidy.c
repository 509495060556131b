#include "tidy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const floors = "base controller/base \n"
				  "model controller/model base\n"
				  "yaml controller/yaml base\n"
				  "settings controller/settings base model yaml\n"
				  "router controller/router base model\n"
				  "state state base model\n"
				  "plan controller/plan base model\n"
				  "webhook webhook base model state/inbox.h\n";

/* Runs every rule of single files on one made-up file; the answer is what tidy would print. */
static char *judge(const char *path, const char *text, unsigned *count)
{
	char *words = NULL;
	size_t size = 0;
	struct report report = { .out = open_memstream(&words, &size) };
	struct source source;
	assert_non_null(report.out);
	assert_true(floors_read(floors, &report));
	source_make(&source, path, text);
	check_lines(&source, &report);
	check_code(&source, &report);
	check_includes(&source, &report);
	source_drop(&source);
	(void)fclose(report.out);
	*count = report.count;
	return words;
}

static void assert_clean(const char *path, const char *text)
{
	unsigned count;
	char *words = judge(path, text, &count);
	if (count)
		fail_msg("%s", words);
	free(words);
}

static void assert_offends(const char *path, const char *text, const char *expected)
{
	unsigned count;
	char *words = judge(path, text, &count);
	if (count != 1 || !strstr(words, expected))
		fail_msg("expected \"%s\" alone, got %u: %s", expected, count, words);
	free(words);
}

static char *repeated(const char *before, const char *part, unsigned times, const char *after)
{
	char *words = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&words, &size);
	assert_non_null(out);
	(void)fputs(before, out);
	for (unsigned i = 0; i < times; i++)
		(void)fputs(part, out);
	(void)fputs(after, out);
	(void)fclose(out);
	return words;
}

static void lines_have_columns_and_ends(void **state)
{
	(void)state;
	char *fits = repeated("/* ", "\xc3\xa9", 94, " */\n");
	char *wide = repeated("/* ", "\xc3\xa9", 95, " */\n");
	char *tabs = repeated("", "\t", 12, "int a;\n");
	assert_clean("controller/base/a.c", fits);
	assert_offends("controller/base/a.c", wide, ":1: 101 columns");
	assert_offends("controller/base/a.c", tabs, ":1: 102 columns");
	assert_offends("controller/base/a.c", "int a; \n", "white space");
	assert_offends("docs/a.md", "a\t\n", "white space");
	assert_offends("controller/base/a.c", "int a;", "no end");
	free(fits);
	free(wide);
	free(tabs);
}

static void files_have_a_length(void **state)
{
	(void)state;
	char *fits = repeated("", "int a;\n", 800, ""), *longer = repeated("", "int a;\n", 801, "");
	assert_clean("controller/base/a.c", fits);
	assert_offends("controller/base/a.c", longer, "801 lines");
	assert_clean("docs/a.md", longer);
	free(fits);
	free(longer);
}

static void nothing_is_left_over(void **state)
{
	(void)state;
	assert_offends("controller/base/a.c", "/* TO" "DO later */\n", "left over");
	assert_offends("docs/a.md", "FIX" "ME\n", "left over");
	assert_offends("test", "# XX" "X\n", "left over");
	assert_clean("controller/base/a.c", "int mastodon, XX" "XX;\n");
	assert_offends("docs/a.md", "see /ho" "me/jane/notes\n", "one machine");
	assert_offends("tests/end/test_a.py", "p = '/wo" "rk/x'\n", "one machine");
	assert_clean("tests/golden/daraja/a.txt", "TO" "DO\n");
}

static void headers_open_with_a_comment(void **state)
{
	(void)state;
	assert_clean("controller/base/a.h", "/* What. */\n#pragma once\n");
	assert_offends("controller/base/a.h", "#pragma once\n/* What. */\n",
	"opens with a comment");
	assert_offends("controller/base/a.h", "/* What. #pragma once */\n", "says #pragma once");
}

static void functions_have_a_length(void **state)
{
	(void)state;
	const char *begin = "static int f(int a,\n\t     int b)\n{\n";
	char *fits = repeated(begin, "\ta++;\n", 66, "}\n");
	char *longer = repeated(begin, "\ta++;\n", 67, "}\n");
	char *table = repeated("static void f(void)\n{\n\tstatic const int a[] = {\n", "\t\t1,\n",
	200,
			       "\t};\n\tg();\n}\n");
	char *outside = repeated("static const int a[] = {\n", "\t1,\n", 200, "};\n");
	char *two = repeated(begin, "\ta++;\n", 40, "}\n\n");
	char *twice = repeated("", two, 2, "");
	assert_clean("controller/base/a.c", fits);
	assert_offends("controller/base/a.c", longer, ":1: a function of 71 lines");
	assert_clean("controller/base/a.c", table);
	assert_clean("controller/base/a.c", outside);
	assert_clean("controller/base/a.c", twice);
	assert_offends("controller/base/a.c", "int f(void) {\n\treturn 1;\n}\n", "line of its own");
	assert_offends("controller/base/a.c", "int f(void)\n{\n\treturn 1;\n", "no end");
	free(fits);
	free(longer);
	free(table);
	free(outside);
	free(two);
	free(twice);
}

static void banned_calls_are_named_with_their_replacement(void **state)
{
	(void)state;
	assert_offends("controller/base/a.c", "void f(void)\n{\n\tstrcpy(a, b);\n}\n",
		       ":3: strcpy is banned here: use text_copy");
	assert_offends("tests/unit/base/a.c", "int a = atoi (b);\n", "atoi is banned");
	assert_offends("controller/base/a.c", "long a = time(NULL);\n", "clock_now");
	assert_clean("controller/base/clock.c", "int a = clock_gettime(b, c);\n");
	assert_offends("state/a.c", "double price;\n", "double is banned");
	assert_clean("tests/bench/a.c", "double ratio;\n");
	/* Members, longer names, comments and texts are something else. */
	assert_clean("controller/base/a.c", "int a = b.time(c) + d->system(e) + uptime(f);\n");
	assert_clean("controller/base/a.c", "/* strcpy(a) */\nconst char *a = \"strcpy(\\\"a\";\n");
	assert_clean("controller/base/a.c",
	"// gets(a)\nint a = '\"'; /* gets(\" */ int b = 'x';\n");
	assert_offends("controller/base/a.c", "int a = '\"', b = gets(c);\n", "gets is banned");
}

static void pure_rooms_stay_pure(void **state)
{
	(void)state;
	assert_offends("controller/plan/a.c", "long a = clock_now();\n", "a parameter `now`");
	assert_offends("controller/plan/a.c", "void *a = malloc(1);\n", "arena_take");
	assert_offends("controller/plan/a.c", "#include <sys/socket.h>\n", "plan is pure");
	assert_clean("state/a.c", "long a = clock_now();\n");
	assert_clean("controller/base/a.c", "#include <sys/socket.h>\nvoid *a = malloc(1);\n");
}

static void includes_keep_to_the_floors(void **state)
{
	(void)state;
	assert_clean("controller/plan/a.c", "#include \"plan/a.h\"\n\n#include \"model/b.h\"\n");
	assert_offends("controller/plan/a.c", "#include \"router/device.h\"\n",
	"plan -> router/device.h");
	assert_offends("controller/base/a.c", "  #  include \"model/b.h\"\n", "base -> model/b.h");
	assert_offends("controller/plan/a.c", "#include \"../router/device.h\"\n", "climbs");
	assert_offends("tests/unit/plan/a.c", "#include \"../b.h\"\n", "climbs");
	assert_offends("controller/plan/a.c", "#include \"b.h\"\n", "names no room");
	assert_offends("controller/plan/a.c", "#include \"wavu/b.h\"\n", "names no room");
	assert_clean("webhook/a.c", "#include \"state/inbox.h\"\n");
	assert_offends("webhook/a.c", "#include \"state/store.h\"\n", "does not see");
	assert_offends("webhook/a.c", "#include \"state/ledger.h\"\n", "knows no ledger");
	assert_offends("tests/world/a.c", "#include \"menu/menu.h\"\n", "shares no table");
	assert_clean("tests/unit/plan/a.c", "#include \"router/device.h\"\n#include \"b.h\"\n");
	assert_clean("controller/plan/a.c", "/*\n#include \"router/device.h\"\n*/\n");
}

static void libraries_have_one_home(void **state)
{
	(void)state;
	assert_clean("state/store.c", "#include <sqlite3.h>\n");
	assert_offends("controller/settings/a.c", "#include <sqlite3.h>\n", "home in state/");
	assert_offends("controller/settings/a.c", "#include <curl/curl.h>\n",
	"home in controller/http/");
	assert_clean("controller/router/line.c", "#include <curl/curl.h>\n");
	assert_clean("tests/end/a.c", "#include <sqlite3.h>\n");
	assert_offends("controller/base/a.c", "#include <cmocka.h>\n", "home in tests/");
}

static void a_files_own_header_comes_first(void **state)
{
	(void)state;
	assert_offends("controller/plan/diff.c", "#include <string.h>\n#include \"plan/diff.h\"\n",
		       "own header comes first");
	assert_clean("controller/plan/diff.c", "#include \"plan/diff.h\"\n#include <string.h>\n");
}

static void assert_floors(const char *text, const char *expected)
{
	char *words = NULL;
	size_t size = 0;
	struct report report = { .out = open_memstream(&words, &size) };
	assert_non_null(report.out);
	assert_true(floors_read(text, &report));
	(void)fclose(report.out);
	if (expected ? !strstr(words, expected) : report.count != 0)
		fail_msg("expected \"%s\", got: %s", expected ? expected : "", words);
	free(words);
}

static void arrows_only_go_down(void **state)
{
	(void)state;
	assert_floors(floors, NULL);
	assert_floors("base controller/base model\n", "base (floor 0) may not see model (floor 1)");
	assert_floors("git controller/git yaml\n", "git (floor 2) may not see yaml (floor 2)");
	assert_floors("settings controller/settings base yaml\n", NULL);
	assert_floors("cellar controller/cellar base\n", "room cellar has no floor");
	assert_floors("webhook webhook base state\n", "knows no ledger");
	assert_floors("webhook webhook base state/inbox.h\n", NULL);
	assert_floors("webhook webhook base router\n", "knows no router");
	struct report report = { .out = stdout };
	assert_false(floors_read("", &report));
}

static void dead_files_are_found(void **state)
{
	(void)state;
	struct source sources[4];
	struct tree tree = { sources, 4 };
	char *words = NULL;
	size_t size = 0;
	struct report report = { .out = open_memstream(&words, &size) };
	assert_non_null(report.out);
	source_make(&sources[0], "controller/base/text.c", "#include \"base/text.h\"\n");
	source_make(&sources[1], "controller/base/text.h", "");
	source_make(&sources[2], "controller/base/context.h", "");
	source_make(&sources[3], "controller/base/old.c", "");
	check_dead(&tree, "[{ \"file\": \"/x/controller/base/text.c\" }]", &report);
	(void)fclose(report.out);
	assert_int_equal(report.count, 2);
	assert_string_equal(words, "controller/base/context.h:1: nobody includes this header\n"
				   "controller/base/old.c:1: no target builds this file\n");
	free(words);
	for (size_t i = 0; i < tree.count; i++)
		source_drop(&sources[i]);
}

static void a_room_names_its_files(void **state)
{
	(void)state;
	struct source sources[7];
	struct tree tree = { sources, 7 };
	char *words = NULL;
	size_t size = 0;
	struct report report = { .out = open_memstream(&words, &size) };
	assert_non_null(report.out);
	assert_true(floors_read(floors, &report));
	source_make(&sources[0], "controller/base/README.md",
		    "**base**: `text.h`; `zone_*.c`\n* stars are a list\n");
	source_make(&sources[1], "controller/base/text.c", "");
	source_make(&sources[2], "controller/base/text.h", "");
	source_make(&sources[3], "controller/base/zone_rule.c", "");
	source_make(&sources[4], "controller/base/arena.c", "");
	source_make(&sources[5], "controller/yaml/shape.c", "");
	source_make(&sources[6], "tests/unit/base/test_text.c", "");
	check_rooms(&tree, &report);
	(void)fclose(report.out);
	assert_string_equal(
	    words, "controller/base/arena.c:1: controller/base/README.md does not name `arena`\n"
		   "controller/yaml/shape.c:1: controller/yaml/README.md is missing\n");
	assert_int_equal(report.count, 2);
	free(words);
	for (size_t i = 0; i < tree.count; i++)
		source_drop(&sources[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_columns_and_ends),
		cmocka_unit_test(files_have_a_length),
		cmocka_unit_test(nothing_is_left_over),
		cmocka_unit_test(headers_open_with_a_comment),
		cmocka_unit_test(functions_have_a_length),
		cmocka_unit_test(banned_calls_are_named_with_their_replacement),
		cmocka_unit_test(pure_rooms_stay_pure),
		cmocka_unit_test(includes_keep_to_the_floors),
		cmocka_unit_test(libraries_have_one_home),
		cmocka_unit_test(a_files_own_header_comes_first),
		cmocka_unit_test(arrows_only_go_down),
		cmocka_unit_test(dead_files_are_found),
		cmocka_unit_test(a_room_names_its_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
