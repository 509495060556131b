/* Replaces controller/base/clock.c whole: time is a number that the simulation moves. */
#include "base/clock.h"

#include "sim/sim.h"

/* The machine was booted a day before the world began. */
int64_t clock_monotonic(void)
{
	return sim.now - sim.began_at + DAY_US;
}

int64_t clock_now(void)
{
	return sim.now + sim.wall_offset_us;
}

void clock_sleep_ms(uint32_t ms)
{
	elapse((int64_t)ms * 1000);
}

int64_t wall(void)
{
	return clock_now();
}

void elapse(int64_t us)
{
	sim.now += us;
}
