#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider/json.h"

/*
 * JSONTestSuite, where it lies beside the checkout: a tar inside gzip, read through the gzip
 * program, for tests may use what the product may not. y_ files are JSON, n_ files are not, i_
 * files are free.
 */

static char archive[4096];

/* y_ files that are refused on purpose: equal keys, and texts with NUL (jansson's choices, which
 * are ours). */
static const char *const refused_on_purpose[] = {
	"y_object_duplicated_key.json",
	"y_object_duplicated_key_and_value.json",
	"y_string_null_escape.json",
	"y_object_escaped_null_in_key.json",
	/* Roots that are neither an object nor a list. */
	"y_string_space.json",
	"y_structure_lonely_false.json",
	"y_structure_lonely_int.json",
	"y_structure_lonely_negative_real.json",
	"y_structure_lonely_null.json",
	"y_structure_lonely_string.json",
	"y_structure_lonely_true.json",
	"y_structure_string_empty.json",
};

static bool is_refused_on_purpose(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(refused_on_purpose); i++)
		if (strcmp(refused_on_purpose[i], name) == 0)
			return true;
	return false;
}

static void file_check(const char *name, struct text bytes, struct arena *arena)
{
	struct json json;
	struct text why;
	bool opened = json_open(&json, bytes, arena, &why);
	if (opened)
		json_close(&json);
	if (name[0] == 'n' && opened)
		fail_msg("%s is not JSON and was taken for it", name);
	if (name[0] == 'y' && opened == is_refused_on_purpose(name))
		fail_msg("%s: %s (%.*s)", name, opened ? "was read" : "was refused", TEXT_ARG(why));
	if (!opened)
		assert_int_not_equal(why.size, 0);
	struct notice notice = help_parse(bytes, arena);
	if (notice.kind == NOTICE_PAID)
		fail_msg("%s became money", name);
}

/* What gzip writes, and its process. */
static FILE *unpacked(pid_t *child)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	static char gzip[] = "gzip", options[] = "-dc";
	char *const words[] = { gzip, options, archive, NULL };
	char *const environment[] = { NULL };
	assert_int_equal(posix_spawnp(child, "gzip", &actions, NULL, words, environment), 0);
	posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	FILE *tar = fdopen(ends[0], "rb");
	assert_non_null(tar);
	return tar;
}

/* ustar: 512-byte headers, name at 0, size in octal at 124, type at 156. */
static void every_file(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 8u << 20);
	pid_t child;
	FILE *tar = unpacked(&child);
	static char header[512], body[1 << 20];
	uint32_t count[128] = { 0 };
	while (fread(header, 1, 512, tar) == 512 && header[0]) {
		size_t size = strtoul(header + 124, NULL, 8), padded = (size + 511) / 512 * 512;
		assert_true(padded <= sizeof(body));
		assert_int_equal(fread(body, 1, padded, tar), padded);
		const char *slash = strrchr(header, '/');
		const char *name = slash ? slash + 1 : header;
		if (header[156] != '0' || !strchr("yni", name[0]) || name[1] != '_')
			continue;
		file_check(name, (struct text){ body, (uint32_t)size }, &arena);
		count[(unsigned char)name[0]]++;
		arena_reset(&arena);
	}
	(void)fclose(tar);
	assert_int_equal(waitpid(child, NULL, 0), child);
	arena_close(&arena);
	assert_true(count['y'] >= 90 && count['n'] >= 180 && count['i'] >= 30);
}

int main(void)
{
	(void)help_folder("WAVU_SHARED", "corpora/json.tar.gz", archive, sizeof(archive));
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
