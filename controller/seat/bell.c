#include "seat/bell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define BELL_NAME "bell"

/* Through the folder's descriptor, for a socket's path holds 107 bytes and a folder's may be
 * longer. */
static void bell_address(struct sockaddr_un *address, int folder_fd)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s",
		       folder_fd, BELL_NAME);
}

static int folder_open(struct text folder)
{
	char path[4096];

	if (folder.size >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(path, folder.at, folder.size);
	path[folder.size] = '\0';
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool bell_open(struct bell_socket *bell, struct text folder, struct error *error)
{
	struct sockaddr_un address;
	int folder_fd = folder_open(folder);

	bell->fd = -1;
	bell->path = folder;
	if (folder_fd < 0)
		return error_set(error, ERROR_FAILED, "the state folder %.*s: %s", TEXT_ARG(folder),
				 strerror(errno));
	(void)unlinkat(folder_fd, BELL_NAME, 0);
	bell->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bell_address(&address, folder_fd);
	if (bell->fd < 0 ||
	    bind(bell->fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		error_set(error, ERROR_FAILED, "the bell %.*s/" BELL_NAME ": %s", TEXT_ARG(folder),
			  strerror(errno));
		(void)close(folder_fd);
		bell_close(bell);
		return false;
	}
	/* The webhook program may be another user of the same group; a bell carries no secret. */
	if (fchmodat(folder_fd, BELL_NAME, 0660, 0) != 0)
		log_line(LOG_WARNING, "bell", "problem=\"%s\"", strerror(errno));
	(void)close(folder_fd);
	return true;
}

void bell_close(struct bell_socket *bell)
{
	if (bell->fd >= 0)
		(void)close(bell->fd);
	bell->fd = -1;
}

uint32_t bell_wait(struct bell_socket *bell, uint32_t timeout_ms)
{
	struct pollfd polled = { .fd = bell->fd, .events = POLLIN };
	char word[16];
	ssize_t size;
	uint32_t words = 0;

	if (poll(&polled, 1, (int)timeout_ms) <= 0)
		return 0;
	while ((size = recv(bell->fd, word, sizeof(word), MSG_DONTWAIT)) >= 0) {
		if (size == 3 && memcmp(word, "git", 3) == 0)
			words |= 1u << BELL_GIT;
		else
			words |= 1u << BELL_INBOX;
	}
	return words;
}

void bell_ring_at(struct text folder, const char *word)
{
	struct sockaddr_un address;
	int folder_fd = folder_open(folder);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (folder_fd >= 0 && fd >= 0) {
		bell_address(&address, folder_fd);
		(void)sendto(fd, word, strlen(word), MSG_DONTWAIT | MSG_NOSIGNAL,
			     (const struct sockaddr *)&address, sizeof(address));
	}
	if (fd >= 0)
		(void)close(fd);
	if (folder_fd >= 0)
		(void)close(folder_fd);
}
