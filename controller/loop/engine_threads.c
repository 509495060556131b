#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/halt.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/thread.h"
#include "loop/engine_inside.h"
#include "loop/follow.h"
#include "loop/timekeeper.h"
#include "money/teller.h"

#define URGENT_RESERVE_SHARE 8 /* house section 8: 8 of 64 only for URGENT */
#define PROBATION_SHARE 4      /* a quarter, for routers that failed last time */
#define CONNECTS_PER_S 50
#define STOP_PATIENCE_US (2 * SECOND_US) /* for the jobs that run */
#define STORE_RETRY_US (5 * SECOND_US)
#define TICK_MS 1000 /* a lost bell costs a second */
#define CHECKPOINT_US (30 * SECOND_US)
#define QUIET_MS 20     /* a push writes several files: one look at the end */
#define QUIET_ROUNDS 25 /* but seen in under a second, however long it writes */
#define WATCHES_MAX 256

struct follower {
	struct engine *engine;
	struct seat *seat;
	pthread_t thread;
	int wake_fd;
	bool runs;
};

static void wake(int fd)
{
	uint64_t one = 1;

	if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
		return; /* it is awake already */
}

/* ---- workers --------------------------------------------------------------------------------- */

/* Sweeps are spread by a fifth, so that a fleet is not asked all at once. */
static int64_t sweep_after(const struct engine *engine)
{
	int64_t sweep_us = engine->settings->sweep_us;
	uint8_t luck;

	random_bytes(&luck, 1);
	return sweep_us - sweep_us / 5 + sweep_us / 5 * 2 * luck / 255;
}

/* What the job means for the session that it gives back. */
static struct watched watched_of(const struct job *job)
{
	return (struct watched){
		.complete = job->complete && !job->skipped,
		.found = job->writes > 0 && !job->plan.contested,
		.useful = job->writes > 0 || (!job->complete && !job->skipped),
		.decides = job->paused || (job->complete && !job->skipped),
		.menus = job->listens,
	};
}

void engine_verdict(const struct engine *engine, const struct job *job, struct verdict *out,
		    int64_t now)
{
	int64_t retry_us = reconcile_retry_us(job), resume_us;

	*out = (struct verdict){ .next_at = now + sweep_after(engine) };
	if (retry_us > 0) {
		out->failed = true;
		out->answers = job->outcome == OUTCOME_REFUSED;
		out->retry_at = now + retry_us;
		return;
	}
	out->complete = job->complete || job->skipped;
	out->again = job->owes;
	out->watched = watched_of(job);
	if (job->resume_at != 0) {
		resume_us = job->resume_at - clock_now();
		if (now + resume_us < out->next_at)
			out->next_at = now + (resume_us > 0 ? resume_us : 0);
	}
}

static void work_on(struct engine *engine, struct work *work, struct arena *arena)
{
	struct task task = { .router = work->router,
			     .scope = work->complete ? SCOPE_COMPLETE : SCOPE_MARKS,
			     .cause = work->first ? CAUSE_START : CAUSE_SWEEP };
	struct device *device = work->device;
	struct verdict verdict;
	struct error error = { 0 };
	struct job job;

	if (reconcile_router(&job, work->seat, &task, &device, arena, &error)) {
		engine_verdict(engine, &job, &verdict, clock_monotonic());
	} else {
		seat_store_failed(&error);
		verdict = (struct verdict){ .failed = true,
					    .retry_at = clock_monotonic() + STORE_RETRY_US };
	}
	queue_done(engine->queue, work, device, &verdict, clock_monotonic());
}

static void *worker_run(void *context)
{
	struct engine *engine = context;
	struct arena arena = { 0 };
	struct work work;

	arena_open(&arena, JOB_ARENA_SIZE);
	while (queue_wait(engine->queue, &work)) {
		engine_more_workers(engine);
		work_on(engine, &work, &arena);
		arena_reset(&arena);
	}
	arena_close(&arena);
	return NULL;
}

void engine_more_workers(struct engine *engine)
{
	if (!queue_needs_worker(engine->queue))
		return;
	(void)pthread_mutex_lock(&engine->workers_lock);
	if (!engine->stopping && engine->worker_count < engine->settings->workers) {
		thread_start(&engine->workers[engine->worker_count], worker_run, engine);
		engine->worker_count++;
	}
	(void)pthread_mutex_unlock(&engine->workers_lock);
}

/* ---- bells ----------------------------------------------------------------------------------- */

static void sync_routers(struct engine *engine, struct seat *seat)
{
	struct intent *intent = seat_intent(seat);
	struct text *names;
	int64_t now = clock_monotonic();

	if (intent == NULL)
		return;
	names = calloc(intent->router_count + 1, sizeof(*names));
	if (names == NULL)
		fatal("out of memory");
	for (uint32_t i = 0; i < intent->router_count; i++)
		names[i] = intent->routers[i].name;
	queue_sync(engine->queue, seat, names, intent->router_count, now);
	free(names);
	intent_release(intent);
}

static void ring(void *context, struct seat *seat, struct text router, enum urgency urgency)
{
	struct engine *engine = context;
	int64_t now = clock_monotonic();

	if (router.size == 0)
		sync_routers(engine, seat);
	else
		queue_ring(engine->queue, seat, router, urgency, now, now);
}

/* Everything owed is due at the start; and so is a first look at every router. */
static void ring_all(struct engine *engine, struct seat *seat)
{
	struct intent *intent = seat_intent(seat);

	sync_routers(engine, seat);
	for (uint32_t i = 0; intent != NULL && i < intent->router_count; i++)
		ring(engine, seat, intent->routers[i].name, URGENCY_NORMAL);
	intent_release(intent);
}

/* ---- follow ---------------------------------------------------------------------------------- */

/* Watches what a push changes; nested folders come and go, so it is armed anew after each look. */
static int watch_source(const struct seat *seat)
{
	struct arena arena = { 0 };
	struct text *paths;
	struct error error = { 0 };
	uint32_t count = 0;
	int fd;

	if (!seat->tenant->is_local)
		return -1;
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	arena_open(&arena, 64u << 20);
	if (fd >= 0 &&
	    repository_watch_paths(&paths, &count, seat->tenant->repository, &arena, &error))
		for (uint32_t i = 0; i < count && i < WATCHES_MAX; i++)
			(void)inotify_add_watch(fd, paths[i].at,
						IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO |
						    IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF);
	arena_close(&arena);
	return fd;
}

static void follow_once(struct follower *follower)
{
	struct arena arena = { 0 };
	struct followed followed;
	struct error error = { 0 };

	arena_open(&arena, INTENT_ARENA_SIZE);
	if (!follow_step(follower->seat, clock_now(), &followed, &arena, &error))
		seat_store_failed(&error);
	arena_close(&arena);
}

static void drain(int fd)
{
	char bytes[4096];

	while (fd >= 0 && read(fd, bytes, sizeof(bytes)) > 0)
		continue;
}

static void *follower_run(void *context)
{
	struct follower *follower = context;
	int64_t poll_ms = follower->seat->tenant->poll_us / 1000;

	while (!follower->engine->stopping) {
		/* Armed before the look: what changes in between is seen by the next one. */
		int watch_fd = watch_source(follower->seat);
		struct pollfd polled[] = { { .fd = follower->wake_fd, .events = POLLIN },
					   { .fd = watch_fd, .events = POLLIN } };

		follow_once(follower);
		if (poll(polled, 2, poll_ms > INT32_MAX ? INT32_MAX : (int)poll_ms) > 0 &&
		    polled[1].revents != 0) {
			drain(watch_fd);
			for (int i = 0; i < QUIET_ROUNDS && poll(&polled[1], 1, QUIET_MS) > 0; i++)
				drain(watch_fd);
		}
		drain(follower->wake_fd);
		if (watch_fd >= 0)
			(void)close(watch_fd);
	}
	return NULL;
}

/* ---- teller ---------------------------------------------------------------------------------- */

static void *teller_run(void *context)
{
	struct engine *engine = context;
	uint32_t wait_ms = 0;

	while (!engine->stopping) {
		uint32_t words = bell_wait(&engine->bell, wait_ms);

		wait_ms = TICK_MS;
		for (uint32_t i = 0; i < engine->seat_count; i++) {
			struct error error = { 0 };
			bool more = true;

			if ((words >> BELL_GIT) & 1u)
				wake(engine->followers[i].wake_fd);
			while (more && !engine->stopping)
				if (!teller_step(&engine->seats[i], clock_now(), &more, &error)) {
					seat_store_failed(&error);
					break;
				}
		}
	}
	return NULL;
}

/* ---- idle sessions --------------------------------------------------------------------------- */

static void *watcher_run(void *context)
{
	struct engine *engine = context;

	watch_run(queue_watch(engine->queue));
	return NULL;
}

/* ---- main: signals and time ------------------------------------------------------------------ */

/* How long until somebody's time comes, at most a tick. */
static int keep_time(struct engine *engine)
{
	int64_t wait_us = (int64_t)TICK_MS * 1000;

	for (uint32_t i = 0; i < engine->seat_count; i++) {
		int64_t now = clock_now(), next_at;
		struct error error = { 0 };

		if (!timekeeper_step(&engine->seats[i], now, clock_monotonic(), &next_at, &error))
			seat_store_failed(&error);
		else if (next_at - now < wait_us)
			wait_us = next_at > now ? next_at - now : 0;
	}
	return (int)(wait_us / 1000) + 1;
}

static void checkpoint(struct engine *engine, int64_t *due_at)
{
	int64_t now = clock_monotonic();

	if (now < *due_at)
		return;
	*due_at = now + CHECKPOINT_US;
	for (uint32_t i = 0; i < engine->seat_count; i++)
		store_checkpoint(engine->seats[i].store);
}

static void main_loop(struct engine *engine, int signal_fd)
{
	struct pollfd polled[] = { { .fd = signal_fd, .events = POLLIN },
				   { .fd = engine->stop_fd, .events = POLLIN } };
	int64_t checkpoint_at = clock_monotonic() + CHECKPOINT_US;

	while (!engine->stopping) {
		int wait_ms = keep_time(engine);

		checkpoint(engine, &checkpoint_at);
		if (poll(polled, 2, wait_ms) > 0)
			engine->stopping = true;
	}
	/* What was heard is taken, else it would end the process when signals are let in again. */
	drain(signal_fd);
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static struct queue *make_queue(const struct engine *engine)
{
	uint32_t workers = engine->settings->workers;
	struct queue_limits limits = { .workers = workers,
				       .urgent_reserve = workers / URGENT_RESERVE_SHARE,
				       .probation_max = workers / PROBATION_SHARE,
				       .connects_per_s = CONNECTS_PER_S,
				       .sessions_held_max = SESSIONS_HELD_MAX,
				       .ageing_us = engine->settings->sweep_us };

	if (limits.probation_max == 0)
		limits.probation_max = 1;
	return queue_new(&limits);
}

static void start(struct engine *engine)
{
	for (uint32_t i = 0; i < engine->seat_count; i++) {
		engine->seats[i].bell = (struct bell){ ring, engine };
		ring_all(engine, &engine->seats[i]);
	}
	thread_start(&engine->watcher, watcher_run, engine);
	engine->watcher_runs = true;
	engine_more_workers(engine);
	for (uint32_t i = 0; i < engine->seat_count; i++) {
		struct follower *follower = &engine->followers[i];

		*follower = (struct follower){ .engine = engine, .seat = &engine->seats[i] };
		follower->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		thread_start(&follower->thread, follower_run, follower);
		follower->runs = true;
	}
	thread_start(&engine->teller, teller_run, engine);
	engine->teller_runs = true;
	asker_start(engine->asker);
	engine->chores = chores_start(engine->seats, engine->seat_count);
}

/*
 * What is under way ends well where the router or the provider answers. One that is silent is not
 * waited for: a job that was cut says so to nobody, and the next start looks; a prompt that was cut
 * counts as sent, for it may have been.
 */
static void let_jobs_end(struct engine *engine)
{
	int64_t until_at = clock_monotonic() + STOP_PATIENCE_US;

	queue_close(engine->queue);
	asker_stop(engine->asker);
	while ((queue_count(engine->queue, 0).busy > 0 || asker_is_busy(engine->asker)) &&
	       clock_monotonic() < until_at)
		clock_sleep_ms(10);
	halt_call();
}

static void stop(struct engine *engine)
{
	engine->stopping = true;
	/* First, so that nobody waits for another machine any more. */
	let_jobs_end(engine);
	control_close(engine->control);
	engine->control = NULL;
	asker_free(engine->asker);
	engine->asker = NULL;
	chores_free(engine->chores);
	engine->chores = NULL;
	bell_ring_at(engine->settings->state, "inbox");
	if (engine->teller_runs)
		(void)pthread_join(engine->teller, NULL);
	for (uint32_t i = 0; i < engine->seat_count; i++) {
		struct follower *follower = &engine->followers[i];

		if (!follower->runs)
			continue;
		wake(follower->wake_fd);
		(void)pthread_join(follower->thread, NULL);
		(void)close(follower->wake_fd);
	}
	(void)pthread_mutex_lock(&engine->workers_lock);
	(void)pthread_mutex_unlock(&engine->workers_lock);
	for (uint32_t i = 0; i < engine->worker_count; i++)
		(void)pthread_join(engine->workers[i], NULL);
	watch_stop(queue_watch(engine->queue));
	if (engine->watcher_runs)
		(void)pthread_join(engine->watcher, NULL);
	for (uint32_t i = 0; i < engine->seat_count; i++)
		engine->seats[i].bell = (struct bell){ 0 };
	queue_free(engine->queue);
	engine->queue = NULL;
	bell_close(&engine->bell);
}

static int block_signals(sigset_t *former)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)signal(SIGPIPE, SIG_IGN);
	/* Before any thread is made: they inherit it, and the main loop alone hears. */
	(void)pthread_sigmask(SIG_BLOCK, &signals, former);
	return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

bool engine_run(struct engine *engine, struct error *error)
{
	sigset_t former;
	int signal_fd;
	bool opened;

	invariant(engine->role == ENGINE_RUN && engine->queue == NULL);
	halt_prepare();
	raise_descriptor_limit();
	signal_fd = block_signals(&former);
	engine->workers = calloc(engine->settings->workers, sizeof(pthread_t));
	engine->followers = calloc(engine->seat_count, sizeof(struct follower));
	if (engine->workers == NULL || engine->followers == NULL)
		fatal("out of memory");
	engine->queue = make_queue(engine);
	opened = bell_open(&engine->bell, engine->settings->state, error);
	if (opened) {
		start(engine);
		opened = control_open(&engine->control, engine, error);
	}
	if (opened) {
		log_line(LOG_INFO, "running", "tenants=%u state=\"%.*s\"", engine->seat_count,
			 TEXT_ARG(engine->settings->state));
		main_loop(engine, signal_fd);
	}
	stop(engine);
	(void)close(signal_fd);
	free(engine->workers);
	free(engine->followers);
	(void)pthread_sigmask(SIG_SETMASK, &former, NULL);
	return opened;
}

void engine_stop(struct engine *engine)
{
	wake(engine->stop_fd);
}
