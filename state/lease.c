#include "state/store.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "state/file.h"

struct lease {
	int lock;
};

bool lease_take(struct lease **out, struct text folder, struct text holder, struct error *error)
{
	char path[PATH_MAX], what[200], host[65] = "", words[300];
	struct lease *lease;
	int size;

	*out = NULL;
	size = snprintf(path, sizeof(path), "%.*s/controller.lock", TEXT_ARG(folder));
	if (size < 0 || (size_t)size >= sizeof(path))
		return error_set(error, ERROR_INVALID, "the path of the state folder is too long");
	(void)gethostname(host, sizeof(host) - 1);
	size = snprintf(words, sizeof(words), "process %ld on %s, %.*s", (long)getpid(), host,
			(int)(holder.size < 160 ? holder.size : 160),
			holder.at != NULL ? holder.at : "");
	(void)snprintf(what, sizeof(what), "the state folder %.*s",
		       (int)(folder.size < 160 ? folder.size : 160), folder.at);
	lease = calloc(1, sizeof(*lease));
	if (lease == NULL)
		fatal("out of memory for a lease");
	if (!file_lock(&lease->lock, path, (struct text){ words, (uint32_t)size }, what, error)) {
		free(lease);
		return false;
	}
	*out = lease;
	return true;
}

void lease_release(struct lease *lease)
{
	if (lease == NULL)
		return;
	file_unlock(lease->lock);
	free(lease);
}
