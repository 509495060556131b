/*
 * Every intent/NAME.yaml is a repository of one file; intent/NAME.txt is what `validate` must say
 * about it. WAVU_UPDATE=1 writes the .txt files instead: read the difference like code before it is
 * committed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>

#include "base/limits.h"
#include "intent/intent.h"

static char folder[4096];

static struct text slurp(struct arena *arena, const char *name, bool *found)
{
	char path[8192];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	*found = file != NULL;
	if (!file)
		return TEXT_NONE;
	char *bytes = arena_take(arena, 1 << 20);
	size_t size = fread(bytes, 1, 1 << 20, file);
	(void)fclose(file);
	return (struct text){ bytes, (uint32_t)size };
}

static struct text say(struct arena *arena, struct text all, const char *word,
		       const struct finding *finding)
{
	return text_format(arena, "%.*s%s %u:%u %.*s%s%.*s\n", TEXT_ARG(all), word, finding->line,
			   finding->column, TEXT_ARG(finding->path), finding->path.size ? ": " : "",
			   TEXT_ARG(finding->message));
}

static struct text judge(struct arena *arena, const char *name, struct text bytes)
{
	struct intent_file file = { text_of(name), bytes };
	struct intent *intent;
	struct findings findings;
	struct text all = TEXT_NONE;
	intent_read_files(&intent, &findings, &file, 1, arena);
	for (uint32_t i = 0; i < findings.error_count; i++)
		all = say(arena, all, "error", &findings.errors[i]);
	for (uint32_t i = 0; i < findings.warning_count; i++)
		all = say(arena, all, "warning", &findings.warnings[i]);
	/* An intent is handed out exactly when nothing is wrong. */
	assert_int_equal(intent != NULL, findings.error_total == 0);
	assert_int_equal(findings.error_total, findings.error_count);
	intent_release(intent);
	return all.size ? all : TEXT("nothing to say\n");
}

static void check_one(struct arena *arena, const char *name)
{
	char expected_name[300], path[8192];
	bool found;
	struct text said = judge(arena, name, slurp(arena, name, &found));
	(void)snprintf(expected_name, sizeof(expected_name), "%.*s.txt", (int)strlen(name) - 5,
		       name);
	struct text expected = slurp(arena, expected_name, &found);
	if (text_equal(said, expected))
		return;
	if (!getenv("WAVU_UPDATE")) {
		print_error("%s%s: expected\n%.*sbut validate says\n%.*s", name,
			    found ? "" : " (no .txt)", TEXT_ARG(expected), TEXT_ARG(said));
		fail();
	}
	(void)snprintf(path, sizeof(path), "%s/%s", folder, expected_name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(said.at, 1, said.size, file), said.size);
	assert_int_equal(fclose(file), 0);
	print_message("updated %s\n", expected_name);
}

static void test_every_file(void **state)
{
	(void)state;
	struct arena arena;
	uint32_t count = 0;
	DIR *stream = opendir(folder);
	assert_non_null(stream);
	const struct dirent *entry;
	while ((entry = readdir(stream))) {
		if (!text_ends(text_of(entry->d_name), TEXT(".yaml")))
			continue;
		arena_open(&arena, 256u << 20);
		check_one(&arena, entry->d_name);
		arena_close(&arena);
		count++;
	}
	(void)closedir(stream);
	print_message("%u files\n", count);
	assert_true(count >= 10);
}

int main(void)
{
	const char *source = getenv("WAVU_SOURCE");
	(void)snprintf(folder, sizeof(folder), "%s/tests/golden/intent", source ? source : ".");
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_file) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
