#include "loop/supervisor.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

#define RESTART_FIRST_US SECOND_US
#define RESTART_MAX_US (30 * SECOND_US)
#define SETTLED_US MINUTE_US /* who ran so long begins anew with the shortest wait */
#define PATIENCE_US (10 * SECOND_US)
#define ARGUMENTS_MAX 5

struct part {
	const char *program; /* beside this one */
	const char *command; /* or NULL */
	const char *name;    /* for people */
	pid_t pid;           /* 0: not running */
	int64_t started_at;
	int64_t due_at; /* when it is started again */
	int64_t wait_us;
	bool told_to_end; /* by us: its end is no news */
};

static bool find_folder(struct text *out, struct arena *arena, struct error *error)
{
	char path[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path));

	if (size <= 0 || (size_t)size >= sizeof(path))
		return error_set(error, ERROR_FAILED, "/proc/self/exe: %s", strerror(errno));
	while (size > 0 && path[size - 1] != '/')
		size--;
	*out = text_copy(arena, (struct text){ path, (uint32_t)size });
	return true;
}

/* In the child: it ends with its parent, hears signals as usual, and becomes the part. */
static _Noreturn void become(const char *path, const char *command, const char *settings,
			     pid_t parent, const sigset_t *signals)
{
	const char *arguments[ARGUMENTS_MAX] = { path };
	uint32_t count = 1;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	(void)sigprocmask(SIG_SETMASK, signals, NULL);
	arguments[count++] = "-c";
	arguments[count++] = settings;
	if (command != NULL)
		arguments[count++] = command;
	arguments[count] = NULL;
	/* execv takes non-const pointers for historical reasons, and changes nothing. */
	{
		union {
			const char **given;
			char *const *taken;
		} vector = { .given = arguments };

		(void)execv(path, vector.taken);
	}
	_exit(127);
}

static void start(struct part *part, struct text folder, const char *settings,
		  const sigset_t *signals, struct arena *arena)
{
	struct text path = text_format(arena, "%.*s%s", TEXT_ARG(folder), part->program);
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		become(path.at, part->command, settings, parent, signals);
	part->started_at = clock_monotonic();
	if (pid < 0) {
		part->due_at = part->started_at + RESTART_MAX_US;
		log_line(LOG_ERROR, "part", "name=%s why=\"%s\"", part->name, strerror(errno));
		return;
	}
	part->pid = pid;
	log_line(LOG_INFO, "part-started", "name=%s pid=%d", part->name, (int)pid);
}

/* Slower each time, unless it ran well for a while. */
static void ended(struct part *part, int status)
{
	int64_t now = clock_monotonic();

	if (now - part->started_at > SETTLED_US || part->wait_us == 0)
		part->wait_us = RESTART_FIRST_US;
	part->due_at = now + part->wait_us;
	part->pid = 0;
	if (part->told_to_end) {
		log_line(LOG_INFO, "part-stopped", "name=%s", part->name);
		return;
	}
	log_line(LOG_WARNING, "part-ended", "name=%s %s=%d again_in_s=%lld", part->name,
		 WIFSIGNALED(status) ? "signal" : "exit",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		 (long long)(part->wait_us / SECOND_US));
	part->wait_us = part->wait_us * 2 < RESTART_MAX_US ? part->wait_us * 2 : RESTART_MAX_US;
}

static void reap(struct part *parts, uint32_t count)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (uint32_t i = 0; i < count; i++)
			if (parts[i].pid == pid)
				ended(&parts[i], status);
}

static uint32_t running(const struct part *parts, uint32_t count)
{
	uint32_t live = 0;

	for (uint32_t i = 0; i < count; i++)
		live += parts[i].pid != 0;
	return live;
}

static void tell_all(const struct part *parts, uint32_t count, int signal_number)
{
	for (uint32_t i = 0; i < count; i++)
		if (parts[i].pid != 0)
			(void)kill(parts[i].pid, signal_number);
}

static void stop_all(struct part *parts, uint32_t count)
{
	int64_t until = clock_monotonic() + PATIENCE_US;

	for (uint32_t i = 0; i < count; i++)
		parts[i].told_to_end = true;
	tell_all(parts, count, SIGTERM);
	while (running(parts, count) > 0 && clock_monotonic() < until) {
		clock_sleep_ms(20);
		reap(parts, count);
	}
	/* What still holds on may be killed: nothing important lives only in memory. */
	tell_all(parts, count, SIGKILL);
	while (running(parts, count) > 0) {
		clock_sleep_ms(5);
		reap(parts, count);
	}
}

/* True: told to stop. */
static bool heard_stop(int signal_fd)
{
	struct signalfd_siginfo heard;
	bool stop = false;

	while (read(signal_fd, &heard, sizeof(heard)) == (ssize_t)sizeof(heard))
		stop |= heard.ssi_signo != SIGCHLD;
	return stop;
}

static void watch(struct part *parts, uint32_t count, struct text folder, const char *settings,
		  int signal_fd, const sigset_t *signals)
{
	struct pollfd polled = { .fd = signal_fd, .events = POLLIN };
	struct arena arena = { 0 };
	bool stop = false;

	arena_open(&arena, 1u << 20);
	while (!stop) {
		for (uint32_t i = 0; i < count; i++)
			if (parts[i].pid == 0 && parts[i].due_at <= clock_monotonic())
				start(&parts[i], folder, settings, signals, &arena);
		arena_reset(&arena);
		if (poll(&polled, 1, 200) > 0)
			stop = heard_stop(signal_fd);
		reap(parts, count);
	}
	arena_close(&arena);
}

static bool all_there(const struct part *parts, uint32_t count, struct text folder,
		      struct arena *arena, struct error *error)
{
	for (uint32_t i = 0; i < count; i++) {
		struct text path = text_format(arena, "%.*s%s", TEXT_ARG(folder), parts[i].program);

		if (access(path.at, X_OK) != 0)
			return error_set(error, ERROR_FAILED, "%.*s: %s", TEXT_ARG(path),
					 strerror(errno));
	}
	return true;
}

bool supervisor_run(struct text settings_file, struct error *error)
{
	struct part parts[] = {
		{ .program = "wavu", .command = "controller", .name = "controller" },
		{ .program = "wavu-webhook", .name = "webhook" },
		{ .program = "wavu", .command = "page", .name = "page" },
	};
	struct arena arena = { 0 };
	struct text folder, settings;
	sigset_t signals, former;
	int signal_fd;

	arena_open(&arena, 1u << 20);
	settings = text_copy(&arena, settings_file);
	if (!find_folder(&folder, &arena, error) ||
	    !all_there(parts, ARRAY_COUNT(parts), folder, &arena, error)) {
		arena_close(&arena);
		return false;
	}
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &signals, &former);
	signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	watch(parts, ARRAY_COUNT(parts), folder, settings.at, signal_fd, &former);
	stop_all(parts, ARRAY_COUNT(parts));
	(void)close(signal_fd);
	(void)sigprocmask(SIG_SETMASK, &former, NULL);
	arena_close(&arena);
	return true;
}
