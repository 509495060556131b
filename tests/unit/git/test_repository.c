#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "git/folder.h"
#include "git/repository.h"
#include "shell.h"

static struct arena arena;
static struct error error;

static struct text at(const char *name)
{
	return text_format(&arena, "%s/%s", work, name);
}

static struct repository *open_it(const char *name)
{
	struct repository *repository = NULL;
	bool opened = repository_open(&repository, at(name), &error);
	if (!opened)
		print_error("%s\n", error.text);
	assert_true(opened);
	return repository;
}

static void expect_error(enum error_code code, const char *part)
{
	if (error.code != code || !strstr(error.text, part))
		print_error("code %d: %s\n", (int)error.code, error.text);
	assert_int_equal(error.code, code);
	assert_non_null(strstr(error.text, part));
}

static void expect_refusal(const struct blob *blob, const char *path, const char *part)
{
	assert_non_null(blob->refusal);
	assert_true(text_is(blob->path, path));
	assert_non_null(strstr(blob->refusal, part));
	assert_int_equal(blob->bytes.size, 0);
}

static void commit_all(const char *folder)
{
	assert_true(GIT(folder, "add", "-A", "-f"));
	assert_true(GIT(folder, "commit", "-q", "-m", "change"));
}

static void make(const char *folder)
{
	assert_true(GIT(".", "init", "-q", "-b", "main", folder));
}

static void test_blobs_of_a_commit(void **state)
{
	(void)state;
	make("blobs");
	put("blobs/z.yaml", "kind: Z\n");
	put("blobs/a.yml", "kind: A\n");
	put("blobs/a/b.yaml", "kind: B\n");
	put("blobs/README.md", "no\n");
	put("blobs/.hidden.yaml", "no\n");
	put("blobs/.ci/x.yaml", "no\n");
	put("blobs/deep/er/c.yaml", "");
	commit_all("blobs");
	put("blobs/later.yaml", "not committed\n");
	struct repository *repository = open_it("blobs");
	char commit[65];
	struct blob *blobs;
	uint32_t count;
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_int_equal(strlen(commit), 40);
	assert_true(
	    repository_blobs(&blobs, &count, repository, commit, TEXT("."), &arena, &error));
	static const char *const paths[] = { "a.yml", "a/b.yaml", "deep/er/c.yaml", "z.yaml" };
	assert_int_equal(count, 4);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(text_is(blobs[i].path, paths[i]));
		assert_int_equal(strlen(blobs[i].id), 40);
	}
	assert_true(text_is(blobs[0].bytes, "kind: A\n"));
	assert_int_equal(blobs[2].bytes.size, 0);
	/* A part of the repository: paths are relative to it. */
	assert_true(
	    repository_blobs(&blobs, &count, repository, commit, TEXT("./deep/"), &arena, &error));
	assert_int_equal(count, 1);
	assert_true(text_is(blobs[0].path, "er/c.yaml"));
	repository_close(repository);
}

static void test_missing_is_never_empty(void **state)
{
	(void)state;
	make("missing");
	put("missing/docs/readme.md", "text\n");
	put("missing/net/a.yaml", "a: 1\n");
	commit_all("missing");
	struct repository *repository = open_it("missing");
	char commit[65];
	struct blob *blobs;
	uint32_t count;
	assert_true(repository_resolve(commit, repository, TEXT("HEAD"), &error));
	assert_false(
	    repository_blobs(&blobs, &count, repository, commit, TEXT("nett"), &arena, &error));
	expect_error(ERROR_INVALID, "no folder `nett`");
	assert_false(
	    repository_blobs(&blobs, &count, repository, commit, TEXT("docs"), &arena, &error));
	expect_error(ERROR_INVALID, "no *.yaml");
	assert_false(repository_blobs(&blobs, &count, repository, commit, TEXT("net/a.yaml"),
				      &arena, &error));
	expect_error(ERROR_INVALID, "is no folder");
	repository_close(repository);
}

static void test_links_and_submodules(void **state)
{
	(void)state;
	make("links");
	put("links/a.yaml", "a: 1\n");
	put("links/.ok", "");
	assert_int_equal(symlink("a.yaml", at("links/b.yaml").at), 0);
	commit_all("links");
	struct repository *repository = open_it("links");
	char commit[65];
	struct blob *blobs;
	uint32_t count;
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_true(
	    repository_blobs(&blobs, &count, repository, commit, TEXT("."), &arena, &error));
	assert_int_equal(count, 2);
	assert_null(blobs[0].refusal);
	expect_refusal(&blobs[1], "b.yaml", "this is a symbolic link");
	assert_true(folder_blobs(&blobs, &count, at("links"), &arena, &error));
	assert_int_equal(count, 2);
	expect_refusal(&blobs[1], "b.yaml", "this is a symbolic link");

	assert_int_equal(unlink(at("links/b.yaml").at), 0);
	assert_true(GIT("links", "add", "-A"));
	assert_true(GIT("links", "update-index", "--add", "--cacheinfo",
			"160000,0123456789012345678901234567890123456789,sub"));
	assert_true(GIT("links", "commit", "-q", "-m", "submodule"));
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_true(
	    repository_blobs(&blobs, &count, repository, commit, TEXT("."), &arena, &error));
	assert_int_equal(count, 2);
	expect_refusal(&blobs[1], "sub", "this is a submodule");
	repository_close(repository);
}

static void test_large_files(void **state)
{
	(void)state;
	make("large");
	char *bytes = arena_take(&arena, YAML_FILE_SIZE_MAX + 2);
	memset(bytes, '#', YAML_FILE_SIZE_MAX + 1);
	put("large/big.yaml", bytes);
	commit_all("large");
	struct repository *repository = open_it("large");
	char commit[65];
	struct blob *blobs;
	uint32_t count;
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_true(repository_blobs(&blobs, &count, repository, commit, TEXT(""), &arena, &error));
	expect_refusal(&blobs[0], "big.yaml", "larger than 16 MiB");
	assert_true(folder_blobs(&blobs, &count, at("large"), &arena, &error));
	expect_refusal(&blobs[0], "big.yaml", "larger than 16 MiB");
	repository_close(repository);
}

static void test_revisions(void **state)
{
	(void)state;
	make("revisions");
	struct repository *repository = open_it("revisions");
	char first[65], second[65], found[65];
	assert_false(repository_resolve(found, repository, TEXT("HEAD"), &error));
	expect_error(ERROR_INVALID, "commit something first");
	put("revisions/a.yaml", "a: 1\n");
	commit_all("revisions");
	assert_true(repository_resolve(first, repository, TEXT("main"), &error));
	put("revisions/a.yaml", "a: 2\n");
	commit_all("revisions");
	assert_true(repository_resolve(second, repository, TEXT("refs/heads/main"), &error));
	assert_string_not_equal(first, second);
	assert_true(repository_resolve(found, repository, text_of(first), &error));
	assert_string_equal(found, first);
	assert_true(repository_resolve(found, repository, TEXT("HEAD"), &error));
	assert_string_equal(found, second);
	assert_true(repository_resolve(found, repository, TEXT("main~1"), &error));
	assert_string_equal(found, first);
	static const char *const absent[] = {
		"",  "nowhere", "main:a.yaml",
		"^", "--all",   "0123456789012345678901234567890123456789"
	};
	for (size_t i = 0; i < ARRAY_COUNT(absent); i++) {
		assert_false(repository_resolve(found, repository, text_of(absent[i]), &error));
		expect_error(ERROR_INVALID, "there is no branch or commit");
	}
	repository_close(repository);
}

static void test_folder_ids(void **state)
{
	(void)state;
	make("ids");
	put("ids/net/a.yaml", "a: 1\n");
	put("ids/other/b.txt", "1\n");
	commit_all("ids");
	struct repository *repository = open_it("ids");
	char commit[65], before[65], after[65];
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_true(repository_folder_id(before, repository, commit, TEXT("net"), &error));
	put("ids/other/b.txt", "2\n");
	commit_all("ids");
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_true(repository_folder_id(after, repository, commit, TEXT("net"), &error));
	assert_string_equal(before, after);
	put("ids/net/a.yaml", "a: 2\n");
	commit_all("ids");
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_true(repository_folder_id(after, repository, commit, TEXT("net"), &error));
	assert_string_not_equal(before, after);
	repository_close(repository);
}

static void test_what_cannot_be_read(void **state)
{
	(void)state;
	struct repository *repository;
	assert_false(repository_open(&repository, at("absent"), &error));
	expect_error(ERROR_INVALID, "is not a git repository");
	assert_false(repository_open(&repository, TEXT(""), &error));
	expect_error(ERROR_INVALID, "empty");

	make("sha256");
	assert_true(GIT("sha256", "config", "core.repositoryformatversion", "1"));
	assert_true(GIT("sha256", "config", "extensions.objectformat", "sha256"));
	assert_false(repository_open(&repository, at("sha256"), &error));
	expect_error(ERROR_INVALID, "git init --object-format=sha1");

	assert_true(GIT(".", "init", "-q", "--bare", "partial.git"));
	assert_true(GIT("partial.git", "config", "core.repositoryformatversion", "1"));
	assert_true(GIT("partial.git", "config", "extensions.partialclone", "origin"));
	assert_false(repository_open(&repository, at("partial.git"), &error));
	expect_error(ERROR_INVALID, "clone again without --filter");
}

static void test_other_owners(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("not root: nothing can be given to another user\n");
		skip();
	}
	make("owned");
	put("owned/a.yaml", "a: 1\n");
	commit_all("owned");
	struct repository *repository;
	assert_int_equal(chown(at("owned/.git").at, 12345, 12345), 0);
	assert_false(repository_open(&repository, at("owned"), &error));
	expect_error(ERROR_DENIED, "belongs to another user");
	assert_non_null(strstr(error.text, "safe.directory"));
	/* The remedy that is named is one. */
	struct text folder = text_format(&arena, "%s/owned/", work);
	assert_true(GIT(".", "config", "--global", "--add", "safe.directory", folder.at));
	assert_true(repository_open(&repository, at("owned"), &error));
	repository_close(repository);
}

static void test_create(void **state)
{
	(void)state;
	static const struct repository_file files[] = {
		{ { "isp.yaml", 8 }, { "a: 1\n", 5 } },
		{ { "net/x/b.yaml", 12 }, { "b: 2\n", 5 } },
	};
	assert_true(repository_create(at("made/here"), files, 2, TEXT("Begin"), &error));
	struct repository *repository = open_it("made/here");
	char commit[65];
	struct blob *blobs;
	uint32_t count;
	assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
	assert_true(
	    repository_blobs(&blobs, &count, repository, commit, TEXT("."), &arena, &error));
	assert_int_equal(count, 2);
	assert_true(text_is(blobs[1].bytes, "b: 2\n"));
	repository_close(repository);
	/* As git sees it: one commit, and nothing left to do. */
	assert_true(GIT("made/here", "diff", "--quiet", "HEAD"));
	assert_false(GIT("made/here", "rev-parse", "-q", "--verify", "HEAD~1"));
	assert_false(repository_create(at("made/here"), files, 2, TEXT("Again"), &error));
	expect_error(ERROR_INVALID, "is not empty");
}

static bool watches(const struct text *paths, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (text_equal(paths[i], at(name)))
			return true;
	return false;
}

static void test_watch_paths(void **state)
{
	(void)state;
	make("watched");
	put("watched/a.yaml", "a: 1\n");
	commit_all("watched");
	assert_true(GIT("watched", "branch", "team/network"));
	struct text *paths;
	uint32_t count;
	assert_true(repository_watch_paths(&paths, &count, at("watched"), &arena, &error));
	assert_true(watches(paths, count, "watched/.git"));
	assert_true(watches(paths, count, "watched/.git/refs/heads"));
	assert_true(watches(paths, count, "watched/.git/refs/heads/team"));
	assert_int_equal(count, 3);
	assert_false(repository_watch_paths(&paths, &count, at("nowhere"), &arena, &error));
}

static off_t cut_size;

static int cut_object(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)where;
	if (kind != FTW_F || info->st_size <= cut_size)
		return 0;
	return chmod(path, 0600) || truncate(path, cut_size) ? -1 : 0;
}

/* libgit2 reads such a file for ever: here it has to be an error. */
static void test_objects_cut_short(void **state)
{
	(void)state;
	for (cut_size = 0; cut_size < 48; cut_size += 6) {
		struct text folder = text_format(&arena, "cut%d", (int)cut_size);
		char commit[65], objects[300];
		struct blob *blobs;
		uint32_t count;
		make(folder.at);
		put(text_format(&arena, "%s/a.yaml", folder.at).at,
		    "kind: Site\nname: kasarani\ntitle: a title of some length, as people write\n");
		commit_all(folder.at);
		struct repository *repository = open_it(folder.at);
		assert_true(repository_resolve(commit, repository, TEXT("main"), &error));
		repository_close(repository);
		(void)snprintf(objects, sizeof(objects), "%s/.git/objects", at(folder.at).at);
		assert_int_equal(nftw(objects, cut_object, 16, FTW_PHYS), 0);
		repository = open_it(folder.at);
		(void)alarm(60);
		assert_false(repository_blobs(&blobs, &count, repository, commit, TEXT("."), &arena,
					      &error));
		assert_non_null(strstr(error.text, "half there"));
		(void)alarm(0);
		repository_close(repository);
	}
}

static void test_folder(void **state)
{
	(void)state;
	put("plain/b.yaml", "b: 1\n");
	put("plain/a.yml", "a: 1\n");
	put("plain/sub/c.yaml", "c: 1\n");
	put("plain/.git/config.yaml", "no\n");
	put("plain/notes.txt", "no\n");
	put("nothing/notes.txt", "no\n");
	struct blob *blobs;
	uint32_t count;
	assert_true(folder_blobs(&blobs, &count, at("plain"), &arena, &error));
	assert_int_equal(count, 3);
	assert_true(text_is(blobs[0].path, "a.yml"));
	assert_true(text_is(blobs[2].path, "sub/c.yaml"));
	assert_true(text_is(blobs[2].bytes, "c: 1\n"));
	assert_false(folder_blobs(&blobs, &count, at("nothing"), &arena, &error));
	expect_error(ERROR_INVALID, "no *.yaml");
	assert_false(folder_blobs(&blobs, &count, at("absent"), &arena, &error));
	expect_error(ERROR_INVALID, "no such folder");
	assert_int_equal(mkfifo(at("plain/pipe.yaml").at, 0600), 0);
	assert_true(folder_blobs(&blobs, &count, at("plain"), &arena, &error));
	assert_int_equal(count, 4);
	expect_refusal(&blobs[2], "pipe.yaml", "no plain file");
	put("bytes/\xff.yaml", "a: 1\n");
	assert_true(folder_blobs(&blobs, &count, at("bytes"), &arena, &error));
	expect_refusal(&blobs[0], ".", "not UTF-8");
}

int main(void)
{
	if (!work_begin()) {
		work_end();
		(void)printf("skipped: there is no git command\n");
		return 77;
	}
	arena_open(&arena, 512u << 20);
	repository_library_start();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blobs_of_a_commit),
		cmocka_unit_test(test_missing_is_never_empty),
		cmocka_unit_test(test_links_and_submodules),
		cmocka_unit_test(test_large_files),
		cmocka_unit_test(test_revisions),
		cmocka_unit_test(test_folder_ids),
		cmocka_unit_test(test_what_cannot_be_read),
		cmocka_unit_test(test_other_owners),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_watch_paths),
		cmocka_unit_test(test_objects_cut_short),
		cmocka_unit_test(test_folder),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_close(&arena);
	work_end();
	return failed;
}
