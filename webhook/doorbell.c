#include "webhook/doorbell.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool doorbell_open(struct doorbell *bell, struct text folder, struct error *error)
{
	char path[PATH_MAX];
	int size = snprintf(path, sizeof(path), "%.*s", TEXT_ARG(folder));
	bell->socket = -1;
	bell->folder = -1;
	if (size < 0 || (size_t)size >= sizeof(path))
		return error_set(error, ERROR_INVALID, "the state folder's path is too long");
	bell->folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (bell->folder < 0)
		return error_set(error, ERROR_FAILED, "the state folder %s: %s", path,
				 strerror(errno));
	bell->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (bell->socket < 0) {
		(void)error_set(error, ERROR_FAILED, "no socket for the bell: %s", strerror(errno));
		doorbell_close(bell);
		return false;
	}
	return true;
}

void doorbell_close(struct doorbell *bell)
{
	if (bell->folder >= 0)
		(void)close(bell->folder);
	if (bell->socket >= 0)
		(void)close(bell->socket);
	bell->folder = -1;
	bell->socket = -1;
}

void doorbell_ring(const struct doorbell *bell, const char *word)
{
	/* Through the descriptor, for a socket's own path has room for 107 bytes only. */
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/bell",
		       bell->folder);
	(void)sendto(bell->socket, word, strlen(word), MSG_DONTWAIT | MSG_NOSIGNAL,
		     (const struct sockaddr *)&address, sizeof(address));
}
