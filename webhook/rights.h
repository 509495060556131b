/*
 * Becoming less: when started as root, the webhook program becomes the user `wavu-webhook`, if
 * there is one and it can reach the files. Main thread at start only, except rights_forget;
 * rights_shrink may block on the user database.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* Nothing that is executed from here on gains rights. */
void rights_freeze(void);

/*
 * True when this is root and the user exists: from now on files are opened as that user, root can
 * still come back. Follow with rights_keep_root (and open the files again) or rights_become_user.
 */
bool rights_try_user(void);
void rights_keep_root(const char *why);
/* For good. `low_port` leaves one right, to bind ports below 1024, until rights_forget. Failure is
 * fatal. */
void rights_become_user(bool low_port);

/* Drops that last right of the calling thread. Legal at any time, in any thread. */
void rights_forget(void);
