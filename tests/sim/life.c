/*
 * The controller's life: its threads' steps in one thread, in the order that the seed gives. Killed
 * at a named point it leaves behind what `kill -9` leaves: files as they are, sockets closed,
 * memory gone. The next life opens a copy of the files, for the handles of the dead one still hold
 * the old.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "loop/commit.h"
#include "loop/publish.h"
#include "loop/rollout.h"
#include "loop/timekeeper.h"
#include "money/teller.h"
#include "seat/keeping.h"
#include "sim/sim.h"
#include "state/fleet.h"
#include "state/inbox.h"
#include "state/ledger.h"
#include "state/rollouts.h"

#define SMALL_ARENA (256u << 20)
#define KEEPER_TICK_US MINUTE_US

void life_standing(struct standing *out, int sub)
{
	static struct arena arena;
	struct error error = { 0 };
	struct text reference;

	if (arena.base == NULL)
		arena_open(&arena, SMALL_ARENA);
	arena_reset(&arena);
	reference = text_reference(&arena, text_of(sim.versions[0].declared->subs[sub].account));
	check(ledger_standing(out, sim.reader, reference, &arena, &error), "%s", error.text);
}

/* ---- what became of a step, for the reference model ------------------------------------------ */

static void settle_commit(void)
{
	struct arena arena = { 0 };
	struct source_state source;
	struct error error = { 0 };

	arena_open(&arena, SMALL_ARENA);
	check(source_read(&source, sim.reader, &arena, &error), "%s", error.text);
	if (source.commit.size > 0 && declare_version_of(source.commit) != sim.in_force) {
		sim.in_force = declare_version_of(source.commit);
		check(sim.in_force == sim.following, "another commit is in force than was taken");
		money_commit(sim.follow_now);
	}
	arena_close(&arena);
}

static void settle_lines(void)
{
	struct error error = { 0 };
	int64_t cursor;

	check(inbox_cursor(&cursor, sim.reader, &error), "%s", error.text);
	check(cursor >= sim.booked_count && cursor <= sim.line_count, "the cursor is at %lld of %d",
	      (long long)cursor, sim.line_count);
	while (sim.booked_count < cursor)
		money_line(&sim.lines[sim.booked_count++], sim.teller_now);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void hurry_keeper(void)
{
	int64_t at = sim.now + luck_between(0, SECOND_US);

	if (at < sim.keeper_tick_at)
		sim.keeper_tick_at = at;
}

static void refuse_commit(struct text why, struct arena *arena)
{
	struct source_state source;
	struct error error = { 0 };

	sim.refused = sim.newest;
	check(source_read(&source, sim.seat->store, arena, &error), "%s", error.text);
	source.error = why;
	source.newest = text_of(sim.versions[sim.newest].commit);
	source.looked_at = wall();
	check(store_begin(sim.seat->store, &error) &&
		  source_write(sim.seat->store, &source, &error) &&
		  store_commit(sim.seat->store, &error),
	      "%s", error.text);
	trace("follow: refused, %.*s", TEXT_ARG(why));
}

static void follow_work(void *context)
{
	struct arena *arena = context;
	struct error error = { 0 };
	struct text why;
	struct intent *next;

	sim.following = sim.newest;
	sim.follow_now = wall();
	next = declare_intent(sim.newest, &why, arena);
	check((next != NULL) == (sim.versions[sim.newest].bad == NULL), "a commit was misjudged");
	if (next == NULL) {
		refuse_commit(why, arena);
		return;
	}
	check(commit_take(sim.seat, next, sim.follow_now, &error), "follow: %s", error.text);
	settle_commit();
	hurry_keeper();
}

static void follow(void)
{
	struct arena arena = { 0 };

	arena_open(&arena, SMALL_ARENA);
	(void)life_call(follow_work, &arena);
	arena_close(&arena);
}

static void teller_work(void *context)
{
	struct error error = { 0 };
	bool more = true;

	(void)context;
	sim.teller_now = wall();
	while (more)
		check(teller_step(sim.seat, sim.teller_now, &more, &error), "%s", error.text);
	settle_lines();
	hurry_keeper();
}

/* A person who reads that a roll-out has stopped says `wavu apply`; in the quiet hours he does. */
static void release_stopped(void)
{
	struct arena arena = { 0 };
	struct rollout_state state;
	struct error error = { 0 };

	arena_open(&arena, 1u << 20);
	check(rollout_read(&state, sim.seat->store, &arena, &error), "%s", error.text);
	if (state.stopped.size > 0) {
		trace("the roll-out stopped: %.*s", TEXT_ARG(state.stopped));
		sim.stops++;
		if (sim.quiet || luck_one_in(60))
			check(rollout_release(sim.seat, TEXT_NONE, wall(), &error), "%s",
			      error.text);
	}
	arena_close(&arena);
}

static void keeper_work(void *context)
{
	struct error error = { 0 };
	int64_t next_at;

	(void)context;
	sim.keeper_now = wall();
	sim.in_keeper = true;
	check(timekeeper_step(sim.seat, sim.keeper_now, clock_monotonic(), &next_at, &error), "%s",
	      error.text);
	sim.in_keeper = false;
	release_stopped();
	money_renew(sim.keeper_now, false);
	sim.keeper_tick_at = sim.now + KEEPER_TICK_US;
	if (next_at != INT64_MAX && next_at - wall() < KEEPER_TICK_US)
		sim.keeper_tick_at = sim.now + (next_at > wall() ? next_at - wall() : 1);
}

struct job_call {
	struct job *job;
	const struct task *task;
};

static void job_work(void *context)
{
	struct job_call *call = context;
	struct error error = { 0 };

	check(reconcile_router(call->job, sim.seat, call->task, &sim.busy, &sim.job_arena, &error),
	      "%.*s: %s", TEXT_ARG(call->task->router), error.text);
}

/* What the router heard, as it tells it. */
static void show_writes(const struct station *station, size_t from)
{
	struct ros_log_entry entry;

	for (size_t i = from; sim.tracing && ros_log_read(station->ros, i, &entry); i++)
		trace("    %s: %s -> %s", station->name, entry.command, entry.outcome);
}

bool life_job(struct job *job, const struct task *task, bool check_size)
{
	struct job_call call = { job, task };
	struct station *station = NULL;
	size_t heard;
	bool lived;

	for (int i = 0; i < ROUTERS; i++)
		if (text_is(task->router, sim.stations[i].name))
			station = &sim.stations[i];
	invariant(station != NULL);
	if (check_size)
		check_size_before(station);
	heard = ros_log_size(station->ros);
	lived = life_call(job_work, &call);
	show_writes(station, heard);
	sim.jobs++;
	if (!lived)
		return false;
	sim.writes += job->writes;
	if (check_size && !job->skipped)
		check_size_after(station, job);
	return true;
}

static bool work_once(int64_t *next_at)
{
	struct task task = { 0 };
	struct verdict verdict;
	struct work work;
	struct job job;

	if (!queue_take(sim.engine->queue, &work, clock_monotonic(), next_at))
		return false;
	task.router = work.router;
	task.scope = work.complete ? SCOPE_COMPLETE : SCOPE_MARKS;
	task.cause = work.first ? CAUSE_START : CAUSE_SWEEP;
	sim.busy = work.device;
	if (!life_job(&job, &task, sim.quiet))
		return true;
	engine_verdict(sim.engine, &job, &verdict, clock_monotonic());
	queue_done(sim.engine->queue, &work, sim.busy, &verdict, clock_monotonic());
	sim.busy = NULL;
	arena_reset(&sim.job_arena);
	return true;
}

/* ---- turns ----------------------------------------------------------------------------------- */

static bool follow_is_due(void)
{
	return sim.newest != sim.in_force && sim.newest != sim.refused && sim.now >= sim.seen_at;
}

/* One thing that is due now, besides jobs. */
static bool turn(void)
{
	if (street_next_at() <= sim.now) {
		street_deliver();
		return true;
	}
	if (!sim.running)
		return false;
	if (follow_is_due()) {
		follow();
		return true;
	}
	if (sim.in_force >= 0 && sim.booked_count < sim.line_count && sim.now >= sim.tick_at) {
		(void)life_call(teller_work, NULL);
		return true;
	}
	if (sim.now < sim.keeper_tick_at)
		return false;
	(void)life_call(keeper_work, NULL);
	return true;
}

void life_interleave(void)
{
	if (sim.depth == 0 || sim.quiet || !luck_one_in(10))
		return;
	if (turn())
		fault_count(FAULT_INTERLEAVED);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t life_pump(void)
{
	int64_t next_at = INT64_MAX, watch_at = INT64_MAX, at;

	for (;;) {
		fleet_time();
		if (!sim.running && sim.now >= sim.start_at)
			life_start();
		if (turn())
			continue;
		if (!sim.running)
			return sooner(sim.start_at, street_next_at());
		if (sim.watches) {
			wire_wake();
			watch_at = watch_step(queue_watch(sim.engine->queue), clock_monotonic());
		}
		if (!work_once(&next_at))
			break;
	}
	at = sooner(sim.keeper_tick_at, street_next_at());
	if (next_at != INT64_MAX)
		at = sooner(at, sim.now + (next_at - clock_monotonic()));
	if (sim.watches)
		at = sooner(at, sim.now + (watch_at - clock_monotonic()));
	if (sim.newest != sim.in_force && sim.newest != sim.refused)
		at = sooner(at, sim.seen_at);
	if (sim.booked_count < sim.line_count)
		at = sooner(at, sim.tick_at);
	return at > sim.now ? at : sim.now + 1;
}

/* ---- birth and death ------------------------------------------------------------------------- */

static void ring(void *context, struct seat *seat, struct text router, enum urgency urgency)
{
	struct queue *queue = sim.engine->queue;
	int64_t now = clock_monotonic();
	struct intent *intent = seat_intent(seat);
	struct text names[ROUTERS + 1];

	(void)context;
	for (uint32_t i = 0; intent != NULL && i < intent->router_count; i++)
		names[i] = intent->routers[i].name;
	if (router.size > 0)
		queue_ring(queue, seat, router, urgency, now, now);
	else if (intent != NULL)
		queue_sync(queue, seat, names, intent->router_count, now);
	intent_release(intent);
}

static struct intent *read_former(void *context, struct text commit)
{
	struct text why;

	return declare_intent(declare_version_of(commit), &why, context);
}

/* As follow_start does it, with a git of our own. */
static void load(struct arena *arena)
{
	struct source_state source;
	struct error error = { 0 };
	struct intent *intent;
	struct text why;

	check(source_read(&source, sim.seat->store, arena, &error), "%s", error.text);
	if (source.commit.size == 0)
		return;
	intent = declare_intent(declare_version_of(source.commit), &why, arena);
	invariant(intent != NULL);
	seat_swap(sim.seat, intent);
	check(keeping_load(sim.seat, read_former, arena, &error), "%s", error.text);
	check(publish_channels(sim.seat, intent, &why, arena, &error), "%s", error.text);
	ring(NULL, sim.seat, TEXT_NONE, URGENCY_LOW);
	for (uint32_t i = 0; i < intent->router_count; i++)
		ring(NULL, sim.seat, intent->routers[i].name, URGENCY_NORMAL);
}

static void start_work(void *context)
{
	static const struct queue_limits limits = { .workers = 8,
						    .urgent_reserve = 1,
						    .probation_max = 2,
						    .connects_per_s = 50,
						    .sessions_held_max = 100,
						    .ageing_us = 15 * MINUTE_US };
	struct seat *seat = calloc(1, sizeof(*seat));
	struct error error = { 0 };

	invariant(seat != NULL && pthread_mutex_init(&seat->lock, NULL) == 0 &&
		  pthread_cond_init(&seat->turned, NULL) == 0 &&
		  pthread_mutex_init(&seat->moving, NULL) == 0);
	seat->settings = &sim.settings;
	seat->tenant = &sim.tenant;
	seat->writes = true;
	seat->open_device = wire_open;
	seat->bell = (struct bell){ ring, NULL };
	sim.seat = seat;
	sim.engine->seats = seat;
	sim.engine->queue = queue_new(&limits);
	check(
	    store_open(&seat->store, sim.settings.state, sim.tenant.name, STORE_CONTROLLER, &error),
	    "%s", error.text);
	load(context);
}

void life_start(void)
{
	struct arena arena = { 0 };

	trace("the controller starts");
	arena_open(&arena, SMALL_ARENA);
	sim.running = life_call(start_work, &arena);
	arena_close(&arena);
	sim.tick_at = sim.now;
	sim.keeper_tick_at = sim.now;
}

void life_stop(void)
{
	if (!sim.running)
		return;
	trace("the controller stops");
	sim.running = false;
	queue_free(sim.engine->queue);
	sim.engine->queue = NULL;
	keeper_forget(&sim.seat->keeper);
	intent_release(sim.seat->intent);
	keeping_free(sim.seat->kept);
	store_close(sim.seat->store);
	free(sim.seat);
	sim.seat = NULL;
}

static void die(void)
{
	wire_drop_all();
	device_close(sim.busy);
	sim.busy = NULL;
	queue_free(sim.engine->queue);
	sim.engine->queue = NULL;
	arena_reset(&sim.job_arena);
	sim.seat = NULL; /* with its store: nobody closes what is dead */
	sim.running = false;
	files_inherit();
	street_reread();
	settle_commit();
	settle_lines();
	if (sim.in_keeper)
		money_renew(sim.keeper_now, true);
	sim.in_keeper = false;
	sim.start_at = sim.now + luck_between(SECOND_US / 10, 10 * SECOND_US);
	if (!sim.quiet && luck_one_in(8)) {
		sim.start_at += luck_between(HOUR_US, 5 * HOUR_US);
		fault_count(FAULT_STOPPED);
	}
}

bool life_call(void (*work)(void *context), void *context)
{
	if (sim.depth > 0) {
		work(context);
		return true;
	}
	sim.depth = 1;
	if (sigsetjmp(sim.crash, 0) == 0) {
		work(context);
		sim.depth = 0;
		return true;
	}
	sim.depth = 0;
	die();
	return false;
}
