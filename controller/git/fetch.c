/* Fetching a branch into the mirror, in a child process that can be killed: libgit2 1.5 has no
 * timeout. */
#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "git/inner.h"

struct login {
	struct text credential;
	bool asked; /* libgit2 asks again after a refusal: once is enough */
};

/* The child's answer through the pipe, smaller than PIPE_BUF, so that it arrives whole. */
struct answer {
	enum error_code code; /* ERROR_NONE: done */
	char text[ERROR_TEXT_SIZE];
};

/*
 * A credential is a token ("ghp_…"), "user:password", or a private ssh key. A token goes as the
 * password of a user that every forge takes for one.
 */
static int log_in(git_credential **out, const char *url, const char *user, unsigned allowed,
		  void *context)
{
	struct login *login = context;
	char name[256], password[SECRET_SIZE_MAX + 1];
	(void)url;
	if (login->asked || login->credential.size == 0)
		return GIT_EAUTH;
	struct text head, rest, credential = login->credential;
	if (text_starts(credential, TEXT("-----BEGIN"))) {
		if (allowed & GIT_CREDENTIAL_USERNAME)
			return git_credential_username_new(out, user ? user : "git");
		login->asked = true;
		(void)snprintf(password, sizeof(password), "%.*s\n", TEXT_ARG(credential));
		return git_credential_ssh_key_memory_new(out, user ? user : "git", NULL, password,
							 NULL);
	}
	login->asked = true;
	if (!(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT))
		return GIT_EAUTH;
	if (!text_cut(credential, ':', &head, &rest)) {
		head = user ? text_of(user) : TEXT("x-access-token");
		rest = credential;
	}
	if (head.size >= sizeof(name) || rest.size >= sizeof(password))
		return GIT_EAUTH;
	(void)snprintf(name, sizeof(name), "%.*s", TEXT_ARG(head));
	(void)snprintf(password, sizeof(password), "%.*s", TEXT_ARG(rest));
	return git_credential_userpass_plaintext_new(out, name, password);
}

/* An address for messages: "https://user:password@host/…" loses what stands before the @. */
static void redact(char out[4096], const char *from)
{
	const char *scheme = strstr(from, "://");
	const char *host = scheme ? scheme + 3 : from;
	size_t authority = strcspn(host, "/");
	const char *sign = scheme ? memrchr(host, '@', authority) : NULL;
	(void)snprintf(out, 4096, "%.*s%s", (int)(host - from), from, sign ? sign + 1 : host);
}

bool branch_missing(const char *from, const char *branch, const struct text *branches,
		    uint32_t count, struct error *error)
{
	if (count == 0)
		return error_set(error, ERROR_INVALID, "%s has no commit yet: push one to `%s`",
				 from, branch);
	struct text nearest = text_nearest(text_of(branch), branches, count);
	if (nearest.size == 0)
		nearest = branches[0];
	return error_set(error, ERROR_INVALID, "%s has no branch `%s`; it has `%.*s`", from, branch,
			 TEXT_ARG(nearest));
}

/* After a fetch: is the branch there at all? libgit2 is silent about one that is not. */
static bool check_branch(git_remote *remote, const char *from, const char *branch,
			 struct error *error)
{
	const git_remote_head **heads;
	size_t count;
	char wanted[300];
	struct text branches[64];
	uint32_t branch_count = 0;
	if (git_remote_ls(&heads, &count, remote))
		return git_failed(error, ERROR_UNREACHABLE, from);
	(void)snprintf(wanted, sizeof(wanted), "refs/heads/%s", branch);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(heads[i]->name, wanted) == 0)
			return true;
		if (strncmp(heads[i]->name, "refs/heads/", 11) == 0 && branch_count < 64)
			branches[branch_count++] = text_of(heads[i]->name + 11);
	}
	return branch_missing(from, branch, branches, branch_count, error);
}

/* libgit2 says little when a login fails: often the words of an older trouble. */
static bool tell_failure(int result, const char *from, struct text credential, struct error *error)
{
	const git_error *last = git_error_last();
	const char *said = last && last->message ? last->message : "";
	bool denied = result == GIT_EAUTH || strstr(said, "status code: 401") ||
		      strstr(said, "status code: 403") || strstr(said, "authentication");
	if (!denied)
		return git_failed(error, ERROR_UNREACHABLE, from);
	if (credential.size)
		return error_set(
		    error, ERROR_DENIED,
		    "%s refused the credentials: are they right, and may they read it?", from);
	return error_set(error, ERROR_DENIED,
			 "%s asks for a login: give this tenant `credentials` in wavu.yaml", from);
}

static bool fetch_now(git_repository *mirror, const char *from, const char *branch,
		      struct text credential, struct error *error)
{
	char refspec[700], head[300], shown[4096];
	git_remote *remote;
	struct login login = { .credential = credential };
	git_fetch_options options;
	(void)git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	options.callbacks.credentials = log_in;
	options.callbacks.payload = &login;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	options.update_fetchhead = 0;
	redact(shown, from);
	if (git_remote_create_anonymous(&remote, mirror, from))
		return git_failed(error, ERROR_INVALID, shown);
	(void)snprintf(refspec, sizeof(refspec), "+refs/heads/%s:refs/heads/%s", branch, branch);
	char *const specs[] = { refspec };
	git_strarray list = { (char **)(uintptr_t)specs, 1 };
	int result = git_remote_fetch(remote, &list, &options, "wavu: fetch");
	bool good = result == 0 ? check_branch(remote, shown, branch, error)
				: tell_failure(result, shown, credential, error);
	git_remote_free(remote);
	/* HEAD names the branch that is followed: "the newest commit" of this mirror. */
	(void)snprintf(head, sizeof(head), "refs/heads/%s", branch);
	if (good && git_repository_set_head(mirror, head))
		good = git_failed(error, ERROR_FAILED, "the mirror");
	return good;
}

static _Noreturn void run_child(git_repository *mirror, const char *from, const char *branch,
				struct text credential, int pipe_end, pid_t parent)
{
	struct error error = { .code = ERROR_NONE };
	struct answer answer = { .code = ERROR_NONE };
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* The parent's handlers speak for the parent; a child that is told to end just ends. */
	sigset_t none;
	(void)sigemptyset(&none);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGHUP, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (fetch_now(mirror, from, branch, credential, &error)) {
		unpack_small(mirror);
	} else {
		answer.code = error.code;
		memcpy(answer.text, error.text, sizeof(answer.text));
	}
	ssize_t wrote = write(pipe_end, &answer, sizeof(answer));
	_exit(wrote == (ssize_t)sizeof(answer) ? 0 : 1);
}

/* True when an answer came before the deadline. */
static bool wait_for_answer(int pipe_end, uint32_t timeout_ms, struct answer *answer)
{
	int64_t deadline = clock_monotonic() + (int64_t)timeout_ms * 1000;
	for (;;) {
		int64_t left_ms = (deadline - clock_monotonic()) / 1000;
		if (left_ms < 0)
			return false;
		struct pollfd poll_one = { .fd = pipe_end, .events = POLLIN };
		int ready = poll(&poll_one, 1,
				 (int)(left_ms < INT32_MAX ? left_ms + 1 : INT32_MAX));
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return false;
		return read(pipe_end, answer, sizeof(*answer)) == (ssize_t)sizeof(*answer);
	}
}

static bool check_words(char from[4096], char branch[256], struct text source, struct text name,
			struct text credential, struct error *error)
{
	if (source.size == 0 || source.size >= 4096 || memchr(source.at, '\0', source.size))
		return error_set(error, ERROR_INVALID,
				 "the repository's address is empty or too "
				 "long");
	memcpy(from, source.at, source.size);
	from[source.size] = '\0';
	int valid = 0;
	(void)snprintf(branch, 256, "%.*s", TEXT_ARG(name));
	if (name.size == 0 || name.size > 250 || memchr(name.at, '\0', name.size) ||
	    git_branch_name_is_valid(&valid, branch) || !valid)
		return error_set(error, ERROR_INVALID, "`%.*s` is not the name of a branch",
				 TEXT_ARG(name));
	if (credential.size && text_starts(source, TEXT("http://")) &&
	    !text_starts(source, TEXT("http://127.")) &&
	    !text_starts(source, TEXT("http://localhost")))
		return error_set(error, ERROR_INVALID,
				 "an http:// address would carry the credentials in the clear: "
				 "write https://…");
	return true;
}

bool repository_fetch(struct repository *mirror, struct text from, struct text branch,
		      struct text credential, uint32_t timeout_ms, struct error *error)
{
	char source[4096], name[256];
	int ends[2];
	if (!check_words(source, name, from, branch, credential, error))
		return false;
	locks_drop((git_repository *)mirror);
	if (source[0] == '/' || source[0] == '.')
		return fetch_local((git_repository *)mirror, source, name, error);
	if (pipe2(ends, O_CLOEXEC))
		return error_set(error, ERROR_FAILED, "no pipe for a fetch: %s", strerror(errno));
	pid_t parent = getpid();
	pid_t child = fork();
	if (child < 0) {
		(void)close(ends[0]);
		(void)close(ends[1]);
		return error_set(error, ERROR_FAILED, "no process for a fetch: %s",
				 strerror(errno));
	}
	if (child == 0)
		run_child((git_repository *)mirror, source, name, credential, ends[1], parent);
	(void)close(ends[1]);
	struct answer answer;
	bool answered = wait_for_answer(ends[0], timeout_ms, &answer);
	if (!answered)
		(void)kill(child, SIGKILL);
	(void)close(ends[0]);
	int status;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!answered) {
		char shown[4096];
		redact(shown, source);
		return error_set(error, ERROR_UNREACHABLE,
				 "%s did not answer within %u ms, or the fetch broke off", shown,
				 timeout_ms);
	}
	if (answer.code != ERROR_NONE)
		return error_set(error, answer.code, "%s", answer.text);
	return true;
}
