/* One run: days of trouble with quiet hours in between, as the seed says. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "loop/timekeeper.h"
#include "sim/sim.h"
#include "state/fleet.h"

struct sim sim;

/* ---- what happens ---------------------------------------------------------------------------- */

static void move_clock(void)
{
	int64_t jump = luck_between(6 * MINUTE_US, 40 * DAY_US);

	if (sim.wall_offset_us != 0) { /* somebody has seen it */
		sim.wall_offset_us = 0;
	} else if (luck_one_in(3)) {
		sim.wall_offset_us = luck_between(-4 * MINUTE_US, 4 * MINUTE_US);
		fault_count(FAULT_CLOCK_NUDGED);
	} else if (luck_one_in(2)) {
		sim.wall_offset_us = jump;
		fault_count(FAULT_CLOCK_FORWARD);
	} else {
		sim.wall_offset_us = -jump;
		fault_count(FAULT_CLOCK_BACK);
	}
	if (sim.keeper_tick_at > sim.now + SECOND_US)
		sim.keeper_tick_at = sim.now + luck_between(0, SECOND_US);
}

static void arm_kill(void)
{
	sim.crash_point = luck_one_in(2) ? -1 : (int)luck_below((uint32_t)point_count);
	sim.crash_hits = 1 + luck_below(sim.crash_point < 0 ? 40 : 3);
}

static void stop_for_hours(void)
{
	if (!sim.running)
		return;
	life_stop();
	sim.start_at = sim.now + luck_between(MINUTE_US, 6 * HOUR_US);
	fault_count(FAULT_STOPPED);
}

/*
 * Trouble, one piece at a time. While the clock is wrong nobody edits and nobody commits: what
 * changes somebody's speed then is dated by a wrong clock, and wavu promises no more than that
 * nobody is shut out by it.
 */
static void trouble(void)
{
	uint32_t what = luck_below(20);

	if (llabs(sim.wall_offset_us) > 5 * MINUTE_US && (what < 2 || (what > 5 && what < 9)))
		what = 2;
	switch (what) {
	case 0:
	case 1:
		declare_commit();
		break;
	case 2:
		if (sim.wall_offset_us != 0 || luck_one_in(4))
			move_clock();
		break;
	case 3:
	case 4:
		arm_kill();
		break;
	case 5:
		if (luck_one_in(6))
			stop_for_hours();
		break;
	case 6:
	case 7:
	case 8:
		hand_edit(&sim.stations[luck_below(ROUTERS)]);
		break;
	case 9:
	case 10:
	case 11:
	case 12:
		fleet_fault();
		break;
	case 13:
		street_desk();
		break;
	default:
		street_pay();
	}
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Until then, with something happening every so often. */
static void run_until(int64_t end_at, int64_t pace_us, void (*happens)(void))
{
	int64_t happens_at = sim.now + luck_between(1, 2 * pace_us), people_at = sim.now;

	while (sim.now < end_at) {
		int64_t next_at;

		sim.step++;
		next_at = life_pump();
		if (sim.now >= people_at) {
			fleet_people();
			if (sim.quiet)
				check_people(false);
			people_at = sim.now + (sim.quiet ? 20 * SECOND_US : MINUTE_US);
		}
		if (sim.now >= happens_at) {
			happens();
			happens_at = sim.now + luck_between(1, 2 * pace_us);
			continue;
		}
		if (happens_at < next_at)
			next_at = happens_at;
		if (people_at < next_at)
			next_at = people_at;
		if (next_at > sim.now)
			sim.now = next_at < end_at ? next_at : end_at;
	}
}

/* A person sees that wavu does not believe the clock, and says that it is right. */
static void believe_clock(void)
{
	struct arena arena = { 0 };
	struct error error = { 0 };
	struct text why;

	arena_open(&arena, 1u << 20);
	check(clock_held_read(&why, sim.reader, &arena, &error), "%s", error.text);
	if (why.size > 0 && sim.running) {
		trace("the operator: the clock is right");
		check(timekeeper_believe(sim.seat, &error), "%s", error.text);
		sim.keeper_tick_at = sim.now;
	}
	arena_close(&arena);
}

static void calm(void)
{
	believe_clock();
	if (luck_one_in(3))
		street_pay();
	if (luck_one_in(12))
		street_desk();
}

static void be_quiet(void)
{
	trace("quiet");
	sim.quiet = true;
	sim.crash_hits = 0;
	sim.wall_offset_us = 0;
	sim.start_at = sim.now;
	sim.keeper_tick_at = sim.now;
	fleet_mend();
	sim.quiet_at = sim.now;
	memset(sim.wrong_since_at, 0, sizeof(sim.wrong_since_at));
	memset(sim.held, 0, sizeof(sim.held));
	run_until(sim.now + 45 * MINUTE_US, 3 * MINUTE_US, calm);
	if (luck_one_in(2) && sim.versions[sim.newest].massive)
		declare_revert();
	else if (sim.versions[sim.newest].bad != NULL)
		declare_revert();
	run_until(sim.now + luck_between(10, 90) * MINUTE_US, 3 * MINUTE_US, calm);
	check_quiet();
	sim.quiet = false;
	trace("quiet is over");
}

void play_run(void)
{
	sim.versions = calloc(VERSIONS_MAX, sizeof(*sim.versions));
	sim.bills = calloc(BILLS_MAX, sizeof(*sim.bills));
	sim.lines = calloc(LINES_MAX, sizeof(*sim.lines));
	sim.engine = calloc(1, sizeof(*sim.engine));
	invariant(sim.versions && sim.bills && sim.lines && sim.engine);
	sim.engine->settings = &sim.settings;
	sim.engine->seat_count = 1;
	sim.settings.sweep_us = (luck_one_in(3) ? 30 : 15) * MINUTE_US;
	arena_open(&sim.job_arena, JOB_ARENA_SIZE);
	declare_first();
	fleet_begin();
	sim.start_at = sim.now;
	if (luck_one_in(3))
		arm_kill();
	while (sim.now < sim.ends_at) {
		run_until(sim.now + luck_between(2, 10) * HOUR_US, 4 * MINUTE_US, trouble);
		be_quiet();
	}
	life_stop();
}
