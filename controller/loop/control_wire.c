#include "loop/control_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"

#define SOCKET_NAME "control.sock"

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool send_bytes(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size > 0) {
		ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		at += sent;
		size -= (size_t)sent;
	}
	return true;
}

static bool receive_bytes(int fd, void *bytes, size_t size)
{
	char *at = bytes;

	while (size > 0) {
		ssize_t got = recv(fd, at, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}

bool wire_send(int fd, const struct text *texts, uint32_t count, struct error *error)
{
	bool sent = send_bytes(fd, &count, sizeof(count));

	for (uint32_t i = 0; sent && i < count; i++)
		sent = send_bytes(fd, &texts[i].size, sizeof(texts[i].size)) &&
		       send_bytes(fd, texts[i].at, texts[i].size);
	return sent || error_set(error, ERROR_FAILED, "the control socket: the peer is gone");
}

bool wire_receive(int fd, struct text **texts, uint32_t *count, struct arena *arena,
		  struct error *error)
{
	uint64_t total = 0;

	if (!receive_bytes(fd, count, sizeof(*count)))
		return error_set(error, ERROR_FAILED, "the control socket: no answer came");
	if (*count > CONTROL_TEXTS_MAX)
		return error_set(error, ERROR_LIMIT, "the control socket: too many texts");
	*texts = ARENA_ARRAY(arena, struct text, *count + 1);
	for (uint32_t i = 0; i < *count; i++) {
		uint32_t size;
		char *bytes;

		if (!receive_bytes(fd, &size, sizeof(size)))
			return error_set(error, ERROR_FAILED, "the control socket: cut off");
		total += size;
		if (total > CONTROL_SIZE_MAX)
			return error_set(error, ERROR_LIMIT, "the control socket: too long");
		bytes = arena_take(arena, (size_t)size + 1);
		if (!receive_bytes(fd, bytes, size))
			return error_set(error, ERROR_FAILED, "the control socket: cut off");
		(*texts)[i] = (struct text){ bytes, size };
	}
	return true;
}

/* ---- the socket ------------------------------------------------------------------------------ */

/* Through the folder's descriptor, for a socket's path holds 107 bytes and a folder's may be
 * longer. */
static int folder_open(struct text folder, struct sockaddr_un *address)
{
	char path[4096];
	int fd;

	if (folder.size >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(path, folder.at, folder.size);
	path[folder.size] = '\0';
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s", fd,
		       SOCKET_NAME);
	return fd;
}

/* The socket's descriptor when it is as it should be; else `error`, of errno, and -1. */
static int socket_end(int fd, bool is_open, int folder_fd, struct text folder, struct error *error)
{
	if (!is_open) {
		error_set(error, ERROR_FAILED, "the control socket %.*s/" SOCKET_NAME ": %s",
			  TEXT_ARG(folder), strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		fd = -1;
	}
	if (folder_fd >= 0)
		(void)close(folder_fd);
	return fd;
}

int wire_listen(struct text folder, struct error *error)
{
	struct sockaddr_un address;
	int folder_fd = folder_open(folder, &address), fd = -1;
	bool listens = false;

	if (folder_fd >= 0) {
		(void)unlinkat(folder_fd, SOCKET_NAME, 0);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		/* Before it can be reached: the mode of the descriptor becomes that of the name. */
		listens = fd >= 0 && fchmod(fd, 0600) == 0 &&
			  bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
			  fchmodat(folder_fd, SOCKET_NAME, 0600, 0) == 0 && listen(fd, 16) == 0;
	}
	return socket_end(fd, listens, folder_fd, folder, error);
}

int wire_connect(struct text folder, bool *absent, struct error *error)
{
	struct sockaddr_un address;
	int folder_fd = folder_open(folder, &address), fd = -1;
	bool connected = false;

	if (folder_fd >= 0) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		connected = fd >= 0 &&
			    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	}
	*absent = !connected && (errno == ENOENT || errno == ECONNREFUSED);
	return socket_end(fd, connected, folder_fd, folder, error);
}

bool wire_peer(int fd, uint32_t *uid)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
		return false;
	*uid = peer.uid;
	return peer.uid == 0 || peer.uid == geteuid();
}
