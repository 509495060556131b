#include "webhook/overdue.h"

#include <dirent.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"

#define ADDRESS_SIZE 48

struct slot {
	int64_t until; /* monotonic microseconds; 0: nothing is being read */
	char address[ADDRESS_SIZE];
	char port[8];
};

static pthread_mutex_t mutex =
    PTHREAD_MUTEX_INITIALIZER; /* guards the slots; never held across a call */
static struct slot slots[OVERDUE_SLOTS];

void overdue_begin(uint32_t index, const char *address, int port, int64_t until_monotonic)
{
	invariant(index < OVERDUE_SLOTS && until_monotonic > 0);
	struct slot slot = { .until = until_monotonic };
	(void)snprintf(slot.address, sizeof(slot.address), "%s", address);
	(void)snprintf(slot.port, sizeof(slot.port), "%d", port);
	(void)pthread_mutex_lock(&mutex);
	slots[index] = slot;
	(void)pthread_mutex_unlock(&mutex);
}

void overdue_end(uint32_t index)
{
	invariant(index < OVERDUE_SLOTS);
	(void)pthread_mutex_lock(&mutex);
	slots[index].until = 0;
	(void)pthread_mutex_unlock(&mutex);
}

static bool is_peer(int descriptor, const char *address, const char *port)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);
	char host[NI_MAXHOST], service[NI_MAXSERV];
	if (getpeername(descriptor, (struct sockaddr *)&peer, &size) ||
	    (peer.ss_family != AF_INET && peer.ss_family != AF_INET6))
		return false;
	return getnameinfo((const struct sockaddr *)&peer, size, host, sizeof(host), service,
			   sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV) == 0 &&
	       strcmp(host, address) == 0 && strcmp(service, port) == 0;
}

/* CivetWeb does not tell a connection's descriptor, so it is looked for by its peer: rare, and a
 * hundred at most. */
static void shut(const char *address, const char *port)
{
	DIR *list = opendir("/proc/self/fd");
	if (!list)
		return;
	const struct dirent *entry;
	while ((entry = readdir(list))) {
		uint64_t descriptor;
		if (!text_u64(text_of(entry->d_name), &descriptor) || descriptor > INT32_MAX ||
		    !is_peer((int)descriptor, address, port))
			continue;
		(void)shutdown((int)descriptor, SHUT_RD);
		log_line(LOG_DEBUG, "callback-too-slow", "peer=%s", address);
	}
	(void)closedir(list);
}

void overdue_check(int64_t now_monotonic)
{
	for (uint32_t i = 0; i < OVERDUE_SLOTS; i++) {
		(void)pthread_mutex_lock(&mutex);
		struct slot slot = slots[i];
		(void)pthread_mutex_unlock(&mutex);
		if (slot.until && slot.until <= now_monotonic)
			shut(slot.address, slot.port);
	}
}
