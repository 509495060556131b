/* Locks that a killed process left in our own mirror: libgit2 would wait for a person for ever. */
#include <ftw.h>
#include <git2.h>
#include <stdio.h>
#include <unistd.h>

#include "git/inner.h"

#define FOLDERS_OPEN_MAX 16

static int drop_lock(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)info;
	(void)where;
	if (kind == FTW_F && text_ends(text_of(path), TEXT(".lock")))
		(void)unlink(path);
	return 0;
}

void locks_drop(git_repository *mirror)
{
	static const char *const files[] = { "HEAD.lock", "config.lock", "packed-refs.lock" };
	char path[4096 + 32];
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", git_repository_path(mirror), files[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%srefs", git_repository_path(mirror));
	(void)nftw(path, drop_lock, FOLDERS_OPEN_MAX, FTW_PHYS);
}
