/*
 * The alarm that is raised by nothing happening: no verified payment for far longer than usual.
 * What is usual is learned from the tenant's own hours of the day, so that a night is quiet. Pure;
 * integers alone; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/zone.h"
#include "model/income.h"

#define SILENCE_DAYS_MAX 28     /* of history, counted back from the newest payment */
#define SILENCE_DAYS_MIN 7      /* fewer: nothing is usual yet */
#define SILENCE_PAYMENTS_MIN 50 /* the same */
#define SILENCE_MISSED_MIN 12   /* so many would have come by now: by chance once in 160,000 */
#define SILENCE_US_MIN (15 * MINUTE_US) /* the provider's own short breaks are no news */

struct silence {
	bool is_known; /* there is history enough to judge by */
	bool is_alarm;
	int64_t since_at; /* the newest payment; 0: none ever */
	/* thousandths of payments that usually come in such a stretch of time */
	int64_t missed_milli;
};

/* `hours` oldest first, none later than `now`; those before SILENCE_DAYS_MAX are left aside. */
struct silence silence_judge(const struct income_hour *hours, uint32_t count,
			     const struct zone *zone, int64_t now);
