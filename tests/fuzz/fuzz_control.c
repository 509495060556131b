/* Any bytes on the control socket: a list of texts or an error, never more than was sent. */
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/control_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	struct text *texts;
	struct error error = { 0 };
	uint32_t count = 0;
	size_t taken = 0;
	int ends[2];

	if (!arena.base)
		arena_open(&arena, 128u << 20);
	/* It must fit into the socket's own buffer, for nobody reads beside us. */
	if (size > 32768 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return 0;
	if (send(ends[0], data, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size &&
	    shutdown(ends[0], SHUT_WR) == 0) {
		if (wire_receive(ends[1], &texts, &count, &arena, &error)) {
			for (uint32_t i = 0; i < count; i++)
				taken += texts[i].size;
			invariant(count <= CONTROL_TEXTS_MAX && taken <= size);
		} else {
			invariant(error.text[0] != '\0');
		}
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
	arena_reset(&arena);
	return 0;
}
