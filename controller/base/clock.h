/*
 * The only file that asks what time it is; replaced whole in tests/sim. Never blocks but for
 * clock_sleep_ms; any thread. Everything below loop/ gets its time as a parameter.
 */
#pragma once

#include <stdint.h>

int64_t clock_now(void);       /* UTC microseconds since 1970 */
int64_t clock_monotonic(void); /* microseconds, never jumps */
void clock_sleep_ms(uint32_t ms);

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)
