#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "git/repository.h"
#include "shell.h"

static struct arena arena;
static struct error error;
static struct repository *mirror;

static struct text at(const char *name)
{
	return text_format(&arena, "%s/%s", work, name);
}

static bool fetch(const char *from, const char *branch)
{
	return repository_fetch(mirror, at(from), text_of(branch), TEXT_NONE, 20000, &error);
}

static void expect_error(enum error_code code, const char *part)
{
	if (error.code != code || !strstr(error.text, part))
		print_error("code %d: %s\n", (int)error.code, error.text);
	assert_int_equal(error.code, code);
	assert_non_null(strstr(error.text, part));
}

static void change(const char *folder, const char *text, const char *how)
{
	put(text_format(&arena, "%s/a.yaml", folder).at, text);
	assert_true(GIT(folder, "add", "-A"));
	if (how)
		assert_true(GIT(folder, "commit", "-q", "-m", "change", how));
	else
		assert_true(GIT(folder, "commit", "-q", "-m", "change"));
}

static struct text newest(char commit[65])
{
	struct blob *blobs;
	uint32_t count;
	assert_true(repository_resolve(commit, mirror, TEXT("HEAD"), &error));
	assert_true(repository_blobs(&blobs, &count, mirror, commit, TEXT("."), &arena, &error));
	assert_int_equal(count, 1);
	return blobs[0].bytes;
}

/* Every child has been waited for. */
static void expect_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_locks_of_the_dead_hold_nobody(void **state)
{
	(void)state;
	char commit[65];
	assert_true(GIT(".", "init", "-q", "-b", "main", "killed"));
	change("killed", "k: 1\n", NULL);
	assert_true(fetch("killed", "main"));
	assert_true(repository_resolve(commit, mirror, TEXT("HEAD"), &error));
	assert_true(repository_keep(mirror, commit, &error));
	put("mirror.git/refs/heads/main.lock", "");
	put("mirror.git/refs/wavu/good.lock", "");
	put("mirror.git/HEAD.lock", "");
	put("mirror.git/packed-refs.lock", "");
	put("mirror.git/config.lock", "");
	change("killed", "k: 2\n", NULL);
	assert_true(fetch("killed", "main"));
	assert_true(text_is(newest(commit), "k: 2\n"));
	assert_true(repository_keep(mirror, commit, &error));
}

static void test_follows_a_branch(void **state)
{
	(void)state;
	char first[65], second[65], third[65], kept[65];
	assert_true(GIT(".", "init", "-q", "-b", "main", "isp"));
	change("isp", "a: 1\n", NULL);
	assert_true(fetch("isp", "main"));
	assert_true(text_is(newest(first), "a: 1\n"));
	assert_true(repository_keep(mirror, first, &error));
	change("isp", "a: 2\n", NULL);
	assert_true(fetch("isp", "main"));
	assert_true(text_is(newest(second), "a: 2\n"));
	/* A pack a commit would slow every lookup down: small ones are gone, and nothing is lost.
	 */
	struct text packs = at("mirror.git/objects/pack");
	assert_int_equal(rmdir(packs.at), 0);
	assert_int_equal(mkdir(packs.at, 0755), 0);
	assert_true(GIT("mirror.git", "fsck", "--full", "--strict"));
	assert_true(GIT("mirror.git", "rev-parse", "-q", "--verify", "HEAD~1"));
	/* Nothing new is fine as well. */
	assert_true(fetch("isp", "main"));
	/* A commit is taken back, and another takes its place. */
	assert_true(GIT("isp", "reset", "-q", "--hard", "HEAD~1"));
	assert_true(fetch("isp", "main"));
	assert_true(text_is(newest(third), "a: 1\n"));
	assert_string_equal(third, first);
	change("isp", "a: 2b\n", NULL);
	assert_true(fetch("isp", "main"));
	assert_true(text_is(newest(second), "a: 2b\n"));
	/* The branch is rewritten: the newest moves, and the commit in force can still be read. */
	assert_true(GIT("isp", "checkout", "-q", "--orphan", "fresh"));
	change("isp", "a: 3\n", NULL);
	assert_true(GIT("isp", "branch", "-q", "-M", "fresh", "main"));
	assert_true(GIT("isp", "reflog", "expire", "--expire=now", "--all"));
	assert_true(GIT("isp", "gc", "-q", "--prune=now"));
	assert_true(fetch("isp", "main"));
	assert_true(text_is(newest(third), "a: 3\n"));
	assert_string_not_equal(second, third);
	assert_true(repository_resolve(kept, mirror, TEXT("refs/wavu/good"), &error));
	assert_string_equal(kept, first);
	assert_true(GIT("mirror.git", "gc", "-q", "--prune=now"));
	struct blob *blobs;
	uint32_t count;
	assert_true(repository_blobs(&blobs, &count, mirror, kept, TEXT("."), &arena, &error));
	assert_true(text_is(blobs[0].bytes, "a: 1\n"));
	expect_no_children();
}

static void test_another_branch_and_bare(void **state)
{
	(void)state;
	char commit[65];
	assert_true(GIT(".", "init", "-q", "--bare", "-b", "main", "bare.git"));
	assert_false(fetch("bare.git", "main"));
	expect_error(ERROR_INVALID, "no commit yet");
	assert_true(GIT("isp", "push", "-q", "../bare.git", "main:refs/heads/team/network"));
	assert_false(fetch("bare.git", "team/netwrok"));
	expect_error(ERROR_INVALID, "it has `team/network`");
	assert_true(fetch("bare.git", "team/network"));
	assert_true(text_is(newest(commit), "a: 3\n"));
	expect_no_children();
}

/* A clone that ends somewhere: its newest commit is all that is needed. */
static void test_shallow(void **state)
{
	(void)state;
	char commit[65];
	change("isp", "a: 4\n", NULL);
	struct text url = text_format(&arena, "file://%s/isp", work);
	assert_true(GIT(".", "clone", "-q", "--depth", "1", url.at, "shallow"));
	assert_true(fetch("shallow", "main"));
	assert_true(text_is(newest(commit), "a: 4\n"));
	change("shallow", "a: 5\n", NULL);
	assert_true(fetch("shallow", "main"));
	assert_true(text_is(newest(commit), "a: 5\n"));
}

static void test_refusals(void **state)
{
	(void)state;
	assert_false(fetch("absent", "main"));
	expect_error(ERROR_INVALID, "is not a git repository");
	assert_false(fetch("isp", "bad name"));
	expect_error(ERROR_INVALID, "not the name of a branch");
	assert_false(fetch("isp", ""));
	expect_error(ERROR_INVALID, "not the name of a branch");
	assert_false(repository_fetch(mirror, TEXT("http://example.org/a.git"), TEXT("main"),
				      TEXT("user:secret"), 1000, &error));
	expect_error(ERROR_INVALID, "in the clear");
	assert_null(strstr(error.text, "secret"));
	expect_no_children();
}

static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(server >= 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server, 4), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return server;
}

/* A server that takes the connection and then says nothing: the child is killed in time. */
static void test_silence(void **state)
{
	(void)state;
	uint16_t port;
	int server = listen_somewhere(&port);
	struct text url = text_format(&arena, "http://user:hunter2@127.0.0.1:%u/isp.git", port);
	assert_false(repository_fetch(mirror, url, TEXT("main"), TEXT_NONE, 300, &error));
	expect_error(ERROR_UNREACHABLE, "did not answer within 300 ms");
	/* What stands before the @ is nobody's business. */
	assert_null(strstr(error.text, "hunter2"));
	expect_no_children();
	(void)close(server);
	assert_false(repository_fetch(mirror, url, TEXT("main"), TEXT_NONE, 20000, &error));
	assert_int_equal(error.code, ERROR_UNREACHABLE);
	assert_null(strstr(error.text, "hunter2"));
	expect_no_children();
}

static _Noreturn void refuse_all(int server)
{
	static const char answer[] = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic "
				     "realm=\"x\"\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";
	for (;;) {
		char request[4096];
		int peer = accept(server, NULL, NULL);
		if (peer < 0 || read(peer, request, sizeof(request)) < 0 ||
		    write(peer, answer, sizeof(answer) - 1) < 0)
			_exit(1);
		(void)close(peer);
	}
}

static void test_refused_login(void **state)
{
	(void)state;
	uint16_t port;
	int server = listen_somewhere(&port);
	pid_t child = fork();
	if (child == 0)
		refuse_all(server);
	assert_true(child > 0);
	(void)close(server);
	struct text url = text_format(&arena, "http://127.0.0.1:%u/isp.git", port);
	assert_false(repository_fetch(mirror, url, TEXT("main"), TEXT("hunter2"), 20000, &error));
	expect_error(ERROR_DENIED, "refused the credentials");
	assert_null(strstr(error.text, "hunter2"));
	assert_false(repository_fetch(mirror, url, TEXT("main"), TEXT_NONE, 20000, &error));
	expect_error(ERROR_DENIED, "give this tenant `credentials`");
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	expect_no_children();
}

int main(void)
{
	if (!work_begin()) {
		work_end();
		(void)printf("skipped: there is no git command\n");
		return 77;
	}
	arena_open(&arena, 64u << 20);
	repository_library_start();
	if (!repository_open_mirror(&mirror, at("mirror.git"), &error))
		fatal("%s", error.text);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follows_a_branch),
		cmocka_unit_test(test_locks_of_the_dead_hold_nobody),
		cmocka_unit_test(test_another_branch_and_bare),
		cmocka_unit_test(test_shallow),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_refused_login),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	repository_close(mirror);
	arena_close(&arena);
	work_end();
	return failed;
}
