/*
 * Runs the git command line as a stranger would, for tests: wavu itself never does. Blocks; one
 * thread.
 */
#pragma once

#include <stdbool.h>

#include "base/macros.h"

extern char work[]; /* a temporary folder of this test, also its HOME */

bool work_begin(void); /* false: there is no git on this machine */
void work_end(void);   /* removes the folder */

/* "git -C work/FOLDER words…", quiet; false when it fails. */
bool git(const char *folder, const char *const *words) MUST_CHECK;
#define GIT(folder, ...) git((folder), (const char *const[]){ __VA_ARGS__, NULL })

/* Writes a text into work/PATH, making folders. */
void put(const char *path, const char *text);
