#include "base/clock.h"

#include <errno.h>
#include <time.h>

#include "base/error.h"

static int64_t clock_read(clockid_t id)
{
	struct timespec now;
	invariant(clock_gettime(id, &now) == 0);
	return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	return clock_read(CLOCK_REALTIME);
}

/*
 * Boot time, which also counts while the machine sleeps: a laptop that was closed has no clock
 * jump.
 */
int64_t clock_monotonic(void)
{
	return clock_read(CLOCK_BOOTTIME);
}

void clock_sleep_ms(uint32_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
	while (nanosleep(&left, &left) && errno == EINTR)
		continue;
}
