#include "shell.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

char work[] = "/tmp/wavu-git-XXXXXX";

static bool run(const char *const *words)
{
	pid_t child = fork();
	if (child == 0) {
		int nothing = open("/dev/null", O_RDWR);
		(void)dup2(nothing, 1);
		if (!getenv("WAVU_LOUD"))
			(void)dup2(nothing, 2);
		(void)execvp(words[0], (char *const *)(uintptr_t)words);
		_exit(127);
	}
	int status;
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

bool work_begin(void)
{
	const char *const version[] = { "git", "--version", NULL };
	if (!mkdtemp(work))
		fatal("no temporary folder");
	(void)setenv("HOME", work, 1);
	(void)setenv("XDG_CONFIG_HOME", work, 1);
	(void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	(void)setenv("GIT_AUTHOR_NAME", "Test", 1);
	(void)setenv("GIT_AUTHOR_EMAIL", "test@example.org", 1);
	(void)setenv("GIT_COMMITTER_NAME", "Test", 1);
	(void)setenv("GIT_COMMITTER_EMAIL", "test@example.org", 1);
	return run(version);
}

static int forget(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

void work_end(void)
{
	(void)nftw(work, forget, 16, FTW_PHYS | FTW_DEPTH);
}

bool git(const char *folder, const char *const *words)
{
	const char *all[64] = { "git", "-C" };
	char path[4096];
	size_t count = 3;
	(void)snprintf(path, sizeof(path), "%s/%s", work, folder);
	all[2] = path;
	for (; *words && count < 63; words++)
		all[count++] = *words;
	return run(all);
}

void put(const char *path, const char *text)
{
	char full[4096];
	(void)snprintf(full, sizeof(full), "%s/%s", work, path);
	for (char *slash = strchr(full + strlen(work) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(full, 0755);
		*slash = '/';
	}
	FILE *file = fopen(full, "wb");
	if (!file || fputs(text, file) < 0 || fclose(file))
		fatal("%s cannot be written", full);
}
