#include "webhook/health.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"

#define PROBE_SIZE                                                                     \
	16384 /* bytes: a callback of a few hundred needs about three pages in the log \
	       */
#define PROBE_EVERY_US SECOND_US

static pthread_mutex_t mutex =
    PTHREAD_MUTEX_INITIALIZER; /* held while probing: the others wait for its answer */
static int64_t probed_at;      /* monotonic; 0: never */
static bool healthy;

static bool probe_write(int probe)
{
	static const char zeros[PROBE_SIZE];
	size_t written = 0;
	while (written < PROBE_SIZE) {
		ssize_t size = write(probe, zeros + written, PROBE_SIZE - written);
		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0)
			return false;
		written += (size_t)size;
	}
	return fdatasync(probe) == 0;
}

static bool has_room(int folder)
{
	struct statvfs info;
	return fstatvfs(folder, &info) == 0 && !(info.f_flag & ST_RDONLY) &&
	       info.f_bavail * info.f_frsize >= PROBE_SIZE;
}

static bool disk_probe(int folder)
{
	if (!has_room(folder))
		return false;
	int probe = openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (probe < 0)
		/* Not every file system knows nameless files, and the inbox may be writable where
		 * its folder is not. */
		return errno != ENOSPC && errno != EDQUOT && errno != EROFS && errno != EIO;
	bool written = probe_write(probe);
	(void)close(probe);
	return written;
}

bool health_disk(int folder)
{
	(void)pthread_mutex_lock(&mutex);
	int64_t now = clock_monotonic();
	if (probed_at == 0 || now - probed_at >= PROBE_EVERY_US) {
		healthy = disk_probe(folder);
		probed_at = now;
	}
	bool result = healthy;
	(void)pthread_mutex_unlock(&mutex);
	return result;
}
