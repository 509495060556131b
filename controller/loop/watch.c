#include "loop/watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "loop/pace.h"

#define MS_US INT64_C(1000)
#define EVENTS_MAX 64
#define IDLE_STEP_US (10 * SECOND_US)
#define LIVED_US (10 * MINUTE_US) /* a session that ends sooner makes the next look wait */

struct held {
	struct held *next, *previous; /* of those with a session */
	struct held *next_gone;       /* removed, not freed yet */
	struct seat *seat;
	char router[NAME_SIZE_MAX + 1];

	struct device *device; /* idle, or NULL */
	_Atomic bool has;      /* the same for whoever only wonders */
	bool busy;             /* the watch attends to it without the lock */
	bool readable;         /* more is known to be there than epoll shows */
	uint64_t round;        /* when it was last attended to */
	int fd;                /* in the epoll; -1: the line has none, it is only kept */

	uint32_t menus;     /* what it is to listen to */
	struct paces *paces; /* NULL: it never listened */
	uint32_t short_lived; /* sessions in a row that ended too soon */
	int64_t looked_at;
	int64_t useful_at;

	uint64_t bytes_in; /* when it was last heard */
	int64_t heard_at;
	int64_t asked_at; /* the unanswered proof; 0: none */
	uint32_t misses;
};

struct watch {
	uint32_t sessions_max;
	struct watch_bell bell;
	int epoll_fd, wake_fd;
	pthread_mutex_t lock; /* all of it, and all that is held; never kept across I/O */
	pthread_cond_t attended;
	struct held *first; /* those with a session */
	struct held *gone;  /* an event of this round may still point there */
	struct watch_counts counts;
	int64_t timer_at; /* nothing is due by time before */
	uint64_t round;   /* of watch_step */
	bool stopping;
};

/* What attending to one session came to. */
struct attention {
	bool lost;
	bool proved; /* asked to prove that it lives */
	bool rings;
	uint32_t hints;
	struct error error;
};

static void wake(const struct watch *watch)
{
	uint64_t one = 1;

	if (write(watch->wake_fd, &one, sizeof(one)) < 0)
		return; /* it is awake already */
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ---- those with a session; the lock is held -------------------------------------------------- */

static void link_in(struct watch *watch, struct held *held, struct device *device)
{
	held->device = device;
	held->previous = NULL;
	held->next = watch->first;
	if (watch->first != NULL)
		watch->first->previous = held;
	watch->first = held;
	watch->counts.held++;
	atomic_store(&held->has, true);
}

static struct device *link_out(struct watch *watch, struct held *held)
{
	struct device *device = held->device;

	if (device == NULL)
		return NULL;
	if (held->fd >= 0)
		(void)epoll_ctl(watch->epoll_fd, EPOLL_CTL_DEL, held->fd, NULL);
	if (held->previous != NULL)
		held->previous->next = held->next;
	else
		watch->first = held->next;
	if (held->next != NULL)
		held->next->previous = held->previous;
	held->device = NULL;
	held->fd = -1;
	watch->counts.held--;
	atomic_store(&held->has, false);
	return device;
}

/* One event, then silence until it is armed again: whoever takes the session meets no other. */
static void arm(const struct watch *watch, struct held *held, int operation)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT,
				     .data.ptr = held };

	if (held->fd >= 0)
		invariant(epoll_ctl(watch->epoll_fd, operation, held->fd, &event) == 0);
}

static void wait_until_attended(struct watch *watch, const struct held *held)
{
	while (held->busy)
		(void)pthread_cond_wait(&watch->attended, &watch->lock);
}

/* The one that was of use longest ago, if longer than since `useful_at`. */
static struct held *least_useful(const struct watch *watch, int64_t useful_at)
{
	struct held *found = NULL;

	for (struct held *one = watch->first; one != NULL; one = one->next) {
		if (one->busy || one->useful_at >= useful_at)
			continue;
		found = one;
		useful_at = one->useful_at;
	}
	return found;
}

/* ---- hints; the held is the caller's, or the lock is ----------------------------------------- */

/* What the device has been told since; how many sentences it was. */
static uint32_t take_hints(struct held *held, struct device *device, int64_t now)
{
	uint32_t times = device->told.times;

	if (device->told.menus != 0 && held->paces == NULL)
		held->paces = paces_new();
	if (device->told.menus != 0)
		paces_hint(held->paces, device->told.menus, now);
	device->told = (struct device_told){ 0 };
	return times;
}

/* ---- attending ------------------------------------------------------------------------------- */

/* False: it has missed too often. */
static bool keep_alive(struct held *held, struct device *device, int64_t now,
		       struct attention *attention)
{
	if (device->counts.bytes_in != held->bytes_in) {
		held->bytes_in = device->counts.bytes_in;
		held->heard_at = now;
		held->asked_at = 0;
		held->misses = 0;
	}
	if (held->asked_at == 0) {
		if (now < held->heard_at + KEEPALIVE_MS * MS_US)
			return true;
	} else if (now < held->asked_at + KEEPALIVE_WAIT_MS * MS_US) {
		return true;
	} else if (++held->misses >= KEEPALIVE_MISSES_MAX) {
		return error_set(&attention->error, ERROR_UNREACHABLE,
				 "it has not answered for %d s",
				 (int)((now - held->heard_at) / SECOND_US));
	}
	held->asked_at = now;
	attention->proved = true;
	return device->verbs->prove(device, &attention->error);
}

/* The session is the watch's own meanwhile: nothing in here waits for the router. */
static void attend_to(struct held *held, struct device *device, int64_t now,
		      struct attention *attention)
{
	attention->lost = !device->verbs->drain(device, &attention->error) ||
			  !keep_alive(held, device, now, attention);
	held->readable = device->has_more;
	attention->hints = take_hints(held, device, now);
	if (held->paces != NULL && !attention->lost)
		attention->rings = paces_due_at(held->paces, held->looked_at) <= now;
	if (attention->rings)
		paces_rung(held->paces);
}

/* When it should be looked after although nothing comes. The lock is held. */
static int64_t timer_of(const struct held *held)
{
	int64_t due_at = INT64_MAX;

	if (held->fd < 0)
		return INT64_MAX;
	if (held->readable)
		return INT64_MIN;
	due_at = held->asked_at != 0 ? held->asked_at + KEEPALIVE_WAIT_MS * MS_US
				     : held->heard_at + KEEPALIVE_MS * MS_US;
	if (held->paces != NULL)
		due_at = least(due_at, paces_due_at(held->paces, held->looked_at));
	return due_at;
}

/* A line that ends again and again is not run after: the pause grows. The lock is held. */
static int64_t lost_due_at(struct held *held, const struct device *device, int64_t now)
{
	bool lived = now - device->opened_at >= LIVED_US;
	int64_t gap_us = pace_gap_us(held->short_lived);

	held->short_lived = lived ? 0 : held->short_lived + 1;
	return lived ? now : now + gap_us;
}

static void count(struct watch *watch, const struct attention *attention)
{
	watch->counts.hints += attention->hints;
	watch->counts.looks += attention->rings;
	watch->counts.proofs += attention->proved;
	watch->counts.lost += attention->lost;
}

/* Says what came of it; the place may be gone by now. */
static void tell(struct watch *watch, struct seat *seat, const char *router,
		 const struct attention *attention, int64_t due_at, int64_t now)
{
	if (attention->lost)
		log_line(LOG_INFO, "session-lost", "router=%s why=\"%s\"", router,
			 attention->error.text);
	if (attention->lost || attention->rings)
		watch->bell.due(watch->bell.context, seat, text_of(router), due_at, now);
}

static void attend(struct watch *watch, struct held *held, int64_t now)
{
	struct attention attention = { 0 };
	struct device *device = held->device, *dead = NULL;
	char router[NAME_SIZE_MAX + 1];
	struct seat *seat = held->seat;
	int64_t due_at = now;

	memcpy(router, held->router, sizeof(router));
	held->busy = true;
	held->round = watch->round;
	(void)pthread_mutex_unlock(&watch->lock);
	attend_to(held, device, now, &attention);
	(void)pthread_mutex_lock(&watch->lock);
	held->busy = false;
	count(watch, &attention);
	if (attention.lost) {
		due_at = lost_due_at(held, device, now);
		dead = link_out(watch, held);
	} else {
		arm(watch, held, EPOLL_CTL_MOD);
		watch->timer_at = least(watch->timer_at, timer_of(held));
	}
	(void)pthread_cond_broadcast(&watch->attended);
	(void)pthread_mutex_unlock(&watch->lock);
	device_close(dead);
	tell(watch, seat, router, &attention, due_at, now);
	(void)pthread_mutex_lock(&watch->lock);
}

/* ---- the step -------------------------------------------------------------------------------- */

/* No event that points to them is left: this is the thread that reads events. */
static void free_gone(struct watch *watch)
{
	while (watch->gone != NULL) {
		struct held *held = watch->gone;

		watch->gone = held->next_gone;
		free(held->paces);
		free(held);
	}
}

static void take_events(struct watch *watch, int64_t now)
{
	struct epoll_event events[EVENTS_MAX];
	int found = epoll_wait(watch->epoll_fd, events, EVENTS_MAX, 0);

	for (int i = 0; i < found; i++) {
		struct held *held = events[i].data.ptr;
		uint64_t rings;

		if (held == NULL) {
			if (read(watch->wake_fd, &rings, sizeof(rings)) < 0)
				continue;
		} else if (held->device != NULL && held->fd >= 0) {
			/* Taken and given back meanwhile, it is looked after once too often. */
			attend(watch, held, now);
		}
	}
	/* More than fit wait in the epoll. */
	if (found == EVENTS_MAX)
		watch->timer_at = now;
}

/* One whose time has come; NULL: none, and timer_at is when the next one's does. */
static struct held *next_due(struct watch *watch, int64_t now)
{
	int64_t timer_at = now + IDLE_STEP_US;

	for (struct held *one = watch->first; one != NULL; one = one->next) {
		int64_t due_at = timer_of(one);

		/* Once in a round: one that never ends to talk leaves the others their turn. */
		if (due_at <= now && one->round != watch->round)
			return one;
		timer_at = least(timer_at, due_at);
	}
	watch->timer_at = timer_at;
	return NULL;
}

int64_t watch_step(struct watch *watch, int64_t now)
{
	struct held *held;
	int64_t next_at;

	(void)pthread_mutex_lock(&watch->lock);
	watch->round++;
	free_gone(watch);
	take_events(watch, now);
	if (watch->timer_at <= now)
		while ((held = next_due(watch, now)) != NULL)
			attend(watch, held, now);
	next_at = watch->timer_at;
	(void)pthread_mutex_unlock(&watch->lock);
	return next_at;
}

void watch_run(struct watch *watch)
{
	for (;;) {
		int64_t next_at = watch_step(watch, clock_monotonic());
		int64_t left_us = next_at - clock_monotonic();
		/* An epoll can be polled itself: its events are left to the step. */
		struct pollfd polled = { .fd = watch->epoll_fd, .events = POLLIN };
		bool stopping;

		(void)pthread_mutex_lock(&watch->lock);
		stopping = watch->stopping;
		(void)pthread_mutex_unlock(&watch->lock);
		if (stopping)
			return;
		if (left_us > 0)
			(void)poll(&polled, 1, (int)((left_us + MS_US - 1) / MS_US));
	}
}

void watch_stop(struct watch *watch)
{
	(void)pthread_mutex_lock(&watch->lock);
	watch->stopping = true;
	(void)pthread_mutex_unlock(&watch->lock);
	wake(watch);
}

/* ---- taking and giving ----------------------------------------------------------------------- */

bool watch_has(const struct held *held)
{
	return atomic_load(&held->has);
}

struct device *watch_take(struct watch *watch, struct held *held)
{
	struct device *device;

	(void)pthread_mutex_lock(&watch->lock);
	wait_until_attended(watch, held);
	device = link_out(watch, held);
	if (held->paces != NULL)
		paces_taken(held->paces);
	(void)pthread_mutex_unlock(&watch->lock);
	return device;
}

/* What the job has told of it. The place is the caller's alone: it holds no session. */
static void learn(struct held *held, struct device *device, const struct watched *watched,
		  int64_t now)
{
	if (watched->decides)
		held->menus = watched->menus;
	if (watched->useful)
		held->useful_at = now;
	if (watched->complete) {
		held->looked_at = now;
		if (held->paces != NULL)
			paces_looked(held->paces, watched->found);
	} else if (device != NULL) {
		/* Only a complete job judges all that a whole look has seen. */
		device->told.menus |= device->told.looked_at;
	}
	if (device == NULL && held->paces != NULL)
		paces_forget(held->paces);
}

/* From here on the router tells; what it has told by now is taken. False: the session is over. */
static bool begin_watching(struct held *held, struct device *device, int64_t now,
			   struct attention *attention)
{
	held->fd = device->verbs->descriptor != NULL ? device->verbs->descriptor(device) : -1;
	held->bytes_in = device->counts.bytes_in;
	held->heard_at = now;
	held->asked_at = 0;
	held->misses = 0;
	held->readable = false;
	if (held->fd < 0)
		return true;
	attention->lost = !device->verbs->watch(device, held->menus, &attention->error) ||
			  !device->verbs->drain(device, &attention->error);
	held->readable = device->has_more;
	attention->hints = take_hints(held, device, now);
	return !attention->lost;
}

/* Makes room; the one that has to go. The lock is held. */
static struct device *evict(struct watch *watch, struct held *held, struct device *device)
{
	struct held *victim;

	if (watch->counts.held < watch->sessions_max)
		return NULL;
	watch->counts.evicted++;
	victim = least_useful(watch, held->useful_at);
	return victim != NULL ? link_out(watch, victim) : device;
}

bool watch_give(struct watch *watch, struct held *held, struct device *device,
		const struct watched *watched, int64_t now)
{
	struct attention attention = { 0 };
	struct device *surplus = device;
	int64_t due_at = now;
	bool kept = false;

	learn(held, device, watched, now);
	if (device == NULL)
		return false;
	if (begin_watching(held, device, now, &attention)) {
		(void)pthread_mutex_lock(&watch->lock);
		surplus = evict(watch, held, device);
		kept = surplus != device;
		if (kept) {
			link_in(watch, held, device);
			arm(watch, held, EPOLL_CTL_ADD);
			if (timer_of(held) < watch->timer_at) {
				watch->timer_at = timer_of(held);
				wake(watch);
			}
		}
	} else {
		(void)pthread_mutex_lock(&watch->lock);
		due_at = lost_due_at(held, device, now);
	}
	count(watch, &attention);
	(void)pthread_mutex_unlock(&watch->lock);
	device_close(surplus);
	tell(watch, held->seat, held->router, &attention, due_at, now);
	return kept;
}

/* ---- the watch ------------------------------------------------------------------------------- */

struct held *watch_add(struct watch *watch, struct seat *seat, struct text router)
{
	struct held *held = calloc(1, sizeof(*held));

	(void)watch;
	if (held == NULL)
		fatal("out of memory");
	invariant(router.size <= NAME_SIZE_MAX);
	held->seat = seat;
	held->fd = -1;
	memcpy(held->router, router.at, router.size);
	return held;
}

void watch_remove(struct watch *watch, struct held *held)
{
	struct device *device;

	(void)pthread_mutex_lock(&watch->lock);
	wait_until_attended(watch, held);
	device = link_out(watch, held);
	held->next_gone = watch->gone;
	watch->gone = held;
	(void)pthread_mutex_unlock(&watch->lock);
	device_close(device);
}

struct watch *watch_new(uint32_t sessions_max, struct watch_bell bell)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	struct epoll_event event = { .events = EPOLLIN };

	if (watch == NULL)
		fatal("out of memory");
	watch->sessions_max = sessions_max;
	watch->bell = bell;
	watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	watch->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (watch->epoll_fd < 0 || watch->wake_fd < 0 ||
	    epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, watch->wake_fd, &event) != 0)
		fatal("the sessions cannot be watched: %s", strerror(errno));
	invariant(pthread_mutex_init(&watch->lock, NULL) == 0);
	invariant(pthread_cond_init(&watch->attended, NULL) == 0);
	return watch;
}

void watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	invariant(watch->first == NULL);
	free_gone(watch);
	(void)close(watch->epoll_fd);
	(void)close(watch->wake_fd);
	(void)pthread_cond_destroy(&watch->attended);
	(void)pthread_mutex_destroy(&watch->lock);
	free(watch);
}

struct watch_counts watch_count(struct watch *watch)
{
	struct watch_counts counts;

	(void)pthread_mutex_lock(&watch->lock);
	counts = watch->counts;
	(void)pthread_mutex_unlock(&watch->lock);
	return counts;
}
