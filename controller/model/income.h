/*
 * What came in, hour by hour: the history that silence is measured by. A value; any thread.
 */
#pragma once

#include <stdint.h>

/* Verified payments from outside (cash is not) in one hour since 1970, UTC. */
struct income_hour {
	int64_t hour, count;
	int64_t newest_at; /* the last of them */
};
