/*
 * Replays the yaml-test-suite, which is not part of the project: corpora/yaml.tar.gz beside the
 * checkout (WAVU_SHARED). Nothing crashes, every refusal has a place, and what is refused as YAML
 * is counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/wait.h>

#include "yaml/document.h"

static struct arena arena;
static char folder[] = "/tmp/wavu-corpus-XXXXXX";
static uint32_t file_count, refused_count, document_total;

static void hear(void *context, const struct problem *problem)
{
	++*(uint32_t *)context;
	assert_true(problem->line >= 1 && problem->column >= 1);
	assert_true(problem->message.size > 0);
	assert_true(text_is_utf8(problem->message));
	assert_true(text_is_utf8(problem->path));
}

static void replay(struct text bytes)
{
	struct node **documents;
	uint32_t count, problems = 0;
	arena_reset(&arena);
	bool whole = document_read(&documents, &count, bytes, &arena, hear, &problems);
	/* Reading never ends early without saying why. */
	assert_true(whole || problems > 0);
	document_total += count;
	if (!whole)
		refused_count++;
}

static int visit(const char *path, const struct stat *info, int type, struct FTW *where)
{
	static char bytes[1 << 20];
	(void)info;
	if (type != FTW_F || strcmp(path + where->base, "in.yaml") != 0)
		return 0;
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t size = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	file_count++;
	replay((struct text){ bytes, (uint32_t)size });
	/* Cut anywhere, it is still no reason to crash. */
	for (size_t part = 1; part < 8; part++)
		replay((struct text){ bytes, (uint32_t)(size * part / 8) });
	return 0;
}

static int forget(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

static bool unpack(const char *archive)
{
	pid_t child = fork();
	if (child == 0) {
		(void)execlp("tar", "tar", "-xzf", archive, "-C", folder, (char *)NULL);
		_exit(127);
	}
	int status;
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static void test_corpus(void **state)
{
	(void)state;
	arena_open(&arena, 16u << 20);
	assert_int_equal(nftw(folder, visit, 16, FTW_PHYS), 0);
	arena_close(&arena);
	print_message("%u files, %u documents, %u readings refused\n", file_count, document_total,
		      refused_count);
	assert_true(file_count > 300);
	assert_true(document_total > file_count);
	assert_true(refused_count > 78);
}

int main(void)
{
	const char *shared = getenv("WAVU_SHARED");
	char archive[4096];
	(void)snprintf(archive, sizeof(archive), "%s/corpora/yaml.tar.gz", shared ? shared : "");
	if (access(archive, R_OK)) {
		(void)printf("skipped: there is no corpora/yaml.tar.gz below WAVU_SHARED\n");
		return 77;
	}
	if (!mkdtemp(folder) || !unpack(archive)) {
		(void)printf("skipped: the corpus cannot be unpacked (tar, gzip)\n");
		return 77;
	}
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_corpus) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)nftw(folder, forget, 16, FTW_PHYS | FTW_DEPTH);
	return failed;
}
