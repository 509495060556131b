#include "loop/chores.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/ticker.h"
#include "loop/engine_inside.h"
#include "money/expect.h"
#include "money/retrying.h"

#define TICK_MS 1000
#define RETRY_EVERY_US MINUTE_US

struct chores {
	struct seat *seats;
	uint32_t seat_count;
	struct expecter *expecters; /* one a seat */
	int64_t retried_at;         /* monotonic; 0: never */
	struct ticker ticker;
};

static void tick(void *context)
{
	struct chores *chores = context;
	int64_t now = clock_monotonic();
	bool retries = chores->retried_at == 0 || now - chores->retried_at >= RETRY_EVERY_US;

	for (uint32_t i = 0; i < chores->seat_count; i++) {
		struct seat *seat = &chores->seats[i];
		struct error error = { 0 };
		uint32_t booked;

		if ((retries && !retrying_step(seat, clock_now(), &booked, &error)) ||
		    !expect_step(&chores->expecters[i], seat, clock_now(), clock_monotonic(),
				 &error))
			seat_store_failed(&error);
	}
	if (retries)
		chores->retried_at = now;
}

struct chores *chores_start(struct seat *seats, uint32_t seat_count)
{
	struct chores *chores = calloc(1, sizeof(*chores));

	if (chores == NULL)
		fatal("out of memory");
	chores->seats = seats;
	chores->seat_count = seat_count;
	chores->expecters = calloc(seat_count + 1, sizeof(*chores->expecters));
	if (chores->expecters == NULL)
		fatal("out of memory");
	ticker_open(&chores->ticker, TICK_MS, tick, chores);
	ticker_start(&chores->ticker);
	return chores;
}

void chores_free(struct chores *chores)
{
	if (chores == NULL)
		return;
	ticker_stop(&chores->ticker);
	ticker_close(&chores->ticker);
	for (uint32_t i = 0; i < chores->seat_count; i++)
		expect_done(&chores->expecters[i]);
	free(chores->expecters);
	free(chores);
}
