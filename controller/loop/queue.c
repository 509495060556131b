#include "loop/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "loop/heap.h"

#define BUCKETS 4096u
/* A router that is paid for without a pause still gets its complete job. */
#define COMPLETE_PATIENCE_US MINUTE_US
#define PAID_RETRY_US (30 * SECOND_US) /* house section 6, UNREACHABLE */

enum lane { LANE_NORMAL, LANE_PROBATION, LANE_COUNT };

struct queue_slot {
	struct heap_item item;   /* first, so that it leads back to its slot */
	struct queue_slot *next; /* of the same bucket */
	struct seat *seat;
	char router[NAME_SIZE_MAX + 1];
	bool running;
	bool gone;            /* freed when nobody works on it */
	bool started;         /* a complete job has ended well since the process began */
	bool failed;          /* last time, and not only refused something */
	bool answers;         /* it only refused something */
	uint32_t claims;      /* people who wait for it: no worker may take it */
	int64_t marks_due_at; /* INT64_MAX: nobody is marked */
	int64_t complete_due_at;
	enum urgency complete_urgency;
	int64_t not_before_at;
	int64_t tried_at;
	struct held *held; /* its place in the watch */
};

struct queue {
	struct queue_limits limits;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* for idle workers: something may be due */
	pthread_cond_t ended;   /* for claims: a job has ended */
	struct queue_slot *buckets[BUCKETS];
	struct heap waiting;
	struct heap ready[URGENCY_COUNT][LANE_COUNT];
	uint32_t slot_count, running, probation, idle, busy;
	struct watch *watch;
	int64_t connect_at;  /* when the next session may be opened */
	int64_t timed_until; /* the due time that some idle worker waits for; INT64_MAX: none */
	bool closed;
};

/* ---- slots; the lock is held ----------------------------------------------------------------- */

static uint32_t bucket_of(const struct seat *seat, struct text router)
{
	return (text_hash(router) ^ (uint32_t)((uintptr_t)seat >> 6)) % BUCKETS;
}

static struct queue_slot *slot_find(const struct queue *queue, const struct seat *seat,
				    struct text router)
{
	struct queue_slot *slot = queue->buckets[bucket_of(seat, router)];

	while (slot != NULL && (slot->seat != seat || !text_is(router, slot->router)))
		slot = slot->next;
	return slot;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static struct queue_slot *slot_of(struct heap_item *item)
{
	return (struct queue_slot *)item;
}

/* Puts the slot where it belongs by what is due. */
static void slot_place(struct queue *queue, struct queue_slot *slot, int64_t now)
{
	bool marks = slot->marks_due_at <= slot->complete_due_at || slot->marks_due_at <= now;
	int64_t due_at;

	heap_remove(&slot->item);
	if (slot->running || slot->gone || slot->claims > 0)
		return;
	due_at = least(slot->marks_due_at, slot->complete_due_at);
	if (due_at == INT64_MAX)
		return;
	slot->item.due_at = due_at < slot->not_before_at ? slot->not_before_at : due_at;
	if (slot->item.due_at > now)
		heap_add(&queue->waiting, &slot->item);
	else
		heap_add(&queue->ready[marks ? URGENCY_URGENT : slot->complete_urgency]
				      [slot->failed ? LANE_PROBATION : LANE_NORMAL],
			 &slot->item);
}

/* Takes it out of the table; it is freed by slot_free, without the lock. */
static void slot_take_out(struct queue *queue, struct queue_slot *slot)
{
	struct queue_slot **link = &queue->buckets[bucket_of(slot->seat, text_of(slot->router))];

	while (*link != slot)
		link = &(*link)->next;
	*link = slot->next;
	heap_remove(&slot->item);
	queue->slot_count--;
}

/* Closing its session talks to the network, and the watch may be attending to it: never under the
 * lock. */
static void slot_free(struct queue *queue, struct queue_slot *slot)
{
	watch_remove(queue->watch, slot->held);
	free(slot);
}

static void slot_new(struct queue *queue, struct seat *seat, struct text router)
{
	struct queue_slot *slot = calloc(1, sizeof(*slot));
	uint32_t bucket = bucket_of(seat, router);

	if (slot == NULL)
		fatal("out of memory");
	invariant(router.size <= NAME_SIZE_MAX);
	slot->seat = seat;
	memcpy(slot->router, router.at, router.size);
	slot->marks_due_at = INT64_MAX;
	slot->complete_due_at = INT64_MAX;
	slot->held = watch_add(queue->watch, seat, router);
	slot->next = queue->buckets[bucket];
	queue->buckets[bucket] = slot;
	queue->slot_count++;
}

/* ---- public ---------------------------------------------------------------------------------- */

static void hinted(void *context, struct seat *seat, struct text router, int64_t due_at,
		   int64_t now)
{
	queue_ring(context, seat, router, URGENCY_LOW, due_at, now);
}

struct queue *queue_new(const struct queue_limits *limits)
{
	struct queue *queue = calloc(1, sizeof(*queue));
	pthread_condattr_t attributes;

	if (queue == NULL)
		fatal("out of memory");
	queue->limits = *limits;
	invariant(limits->workers > limits->urgent_reserve && limits->connects_per_s > 0);
	invariant(pthread_mutex_init(&queue->lock, NULL) == 0);
	invariant(pthread_condattr_init(&attributes) == 0);
	invariant(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	invariant(pthread_cond_init(&queue->changed, &attributes) == 0);
	invariant(pthread_cond_init(&queue->ended, &attributes) == 0);
	queue->timed_until = INT64_MAX;
	(void)pthread_condattr_destroy(&attributes);
	queue->watch = watch_new(limits->sessions_held_max, (struct watch_bell){ hinted, queue });
	return queue;
}

struct watch *queue_watch(struct queue *queue)
{
	return queue->watch;
}

void queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	for (uint32_t i = 0; i < BUCKETS; i++)
		while (queue->buckets[i] != NULL) {
			struct queue_slot *slot = queue->buckets[i];

			slot_take_out(queue, slot);
			slot_free(queue, slot);
		}
	watch_free(queue->watch);
	heap_free(&queue->waiting);
	for (int urgency = 0; urgency < URGENCY_COUNT; urgency++)
		for (int lane = 0; lane < LANE_COUNT; lane++)
			heap_free(&queue->ready[urgency][lane]);
	(void)pthread_cond_destroy(&queue->changed);
	(void)pthread_cond_destroy(&queue->ended);
	(void)pthread_mutex_destroy(&queue->lock);
	free(queue);
}

/* Who is not named is to go. Names are found by their hash: workers wait for the lock meanwhile. */
static void slots_name(struct queue *queue, const struct seat *seat, const struct text *routers,
		       uint32_t count)
{
	for (uint32_t i = 0; i < BUCKETS; i++)
		for (struct queue_slot *slot = queue->buckets[i]; slot != NULL; slot = slot->next)
			slot->gone |= slot->seat == seat;
	for (uint32_t i = 0; i < count; i++) {
		struct queue_slot *slot = slot_find(queue, seat, routers[i]);

		if (slot != NULL)
			slot->gone = false;
	}
}

/* One slot from that bucket on that is to go and may go now; NULL: no more. */
static struct queue_slot *slot_to_free(struct queue *queue, const struct seat *seat,
				       uint32_t *bucket)
{
	for (; *bucket < BUCKETS; (*bucket)++)
		for (struct queue_slot *slot = queue->buckets[*bucket]; slot != NULL;
		     slot = slot->next)
			if (slot->seat == seat && slot->gone && !slot->running && slot->claims == 0)
				return slot;
	return NULL;
}

void queue_sync(struct queue *queue, struct seat *seat, const struct text *routers, uint32_t count,
		int64_t now)
{
	uint32_t bucket = 0;

	(void)pthread_mutex_lock(&queue->lock);
	slots_name(queue, seat, routers, count);
	for (;;) {
		struct queue_slot *slot = slot_to_free(queue, seat, &bucket);

		if (slot == NULL)
			break;
		slot_take_out(queue, slot);
		(void)pthread_mutex_unlock(&queue->lock);
		slot_free(queue, slot);
		(void)pthread_mutex_lock(&queue->lock);
	}
	for (uint32_t i = 0; i < count; i++) {
		struct queue_slot *slot = slot_find(queue, seat, routers[i]);

		if (slot == NULL)
			slot_new(queue, seat, routers[i]);
		else
			slot_place(queue, slot, now);
	}
	(void)pthread_mutex_unlock(&queue->lock);
}

void queue_ring(struct queue *queue, struct seat *seat, struct text router, enum urgency urgency,
		int64_t due_at, int64_t now)
{
	struct queue_slot *slot;

	(void)pthread_mutex_lock(&queue->lock);
	slot = slot_find(queue, seat, router);
	if (slot != NULL) {
		if (urgency == URGENCY_URGENT) {
			slot->marks_due_at = least(slot->marks_due_at, due_at);
			slot->not_before_at = least(slot->not_before_at,
						    slot->answers ? now
								  : slot->tried_at + PAID_RETRY_US);
		} else {
			bool was_due = slot->complete_due_at <= now;

			slot->complete_due_at = least(slot->complete_due_at, due_at);
			if (due_at > now && !was_due)
				slot->complete_urgency = urgency;
			else if (!was_due || urgency > slot->complete_urgency)
				slot->complete_urgency = urgency;
			/* What it refused was of before: a commit may have mended it. */
			if (urgency == URGENCY_NORMAL && slot->answers)
				slot->not_before_at = least(slot->not_before_at, now);
		}
		slot_place(queue, slot, now);
		(void)pthread_cond_signal(&queue->changed);
	}
	(void)pthread_mutex_unlock(&queue->lock);
}

/* May a job of this kind start now? What forbids it for a while moves *next_at. */
static bool may_start(const struct queue *queue, const struct queue_slot *slot,
		      enum urgency urgency, enum lane lane, int64_t now, int64_t *next_at)
{
	const struct queue_limits *limits = &queue->limits;
	bool first_class = urgency == URGENCY_URGENT && lane == LANE_NORMAL;
	uint32_t workers = limits->workers - (first_class ? 0 : limits->urgent_reserve);

	if (queue->running >= workers)
		return false;
	if (lane == LANE_PROBATION && queue->probation >= limits->probation_max)
		return false;
	if (!watch_has(slot->held) && !first_class && queue->connect_at > now) {
		*next_at = least(*next_at, queue->connect_at);
		return false;
	}
	return true;
}

/* The slot to take now, or NULL. */
static struct queue_slot *choose(const struct queue *queue, int64_t now, int64_t *next_at)
{
	for (int urgency = URGENCY_URGENT; urgency >= 0; urgency--) {
		for (int lane = 0; lane < LANE_COUNT; lane++) {
			struct heap_item *first = heap_first(&queue->ready[urgency][lane]);
			struct heap_item *low = heap_first(&queue->ready[URGENCY_LOW][lane]);

			/* Ageing: a LOW job that has waited too long goes with the NORMAL. */
			if (urgency == URGENCY_NORMAL && low != NULL &&
			    low->due_at + queue->limits.ageing_us <= now &&
			    (first == NULL || low->due_at < first->due_at))
				first = low;
			if (first != NULL && may_start(queue, slot_of(first), (enum urgency)urgency,
						       (enum lane)lane, now, next_at))
				return slot_of(first);
		}
	}
	return NULL;
}

/* Hands the slot over; it is in no heap afterwards. */
static void slot_hand_over(struct queue_slot *slot, struct work *out, bool complete)
{
	*out = (struct work){ .slot = slot,
			      .seat = slot->seat,
			      .router = text_of(slot->router),
			      .complete = complete,
			      .first = !slot->started,
			      .urgency = complete ? slot->complete_urgency : URGENCY_URGENT };
	heap_remove(&slot->item);
	slot->running = true;
	/* A ring from now on is about something the job may not have seen. */
	slot->marks_due_at = INT64_MAX;
	if (complete) {
		slot->complete_due_at = INT64_MAX;
		slot->complete_urgency = URGENCY_LOW;
	}
}

static bool take(struct queue *queue, struct work *out, int64_t now, int64_t *next_at)
{
	struct heap_item *first;
	struct queue_slot *slot;

	while ((first = heap_first(&queue->waiting)) != NULL && first->due_at <= now)
		slot_place(queue, slot_of(first), now);
	*next_at = first != NULL ? first->due_at : INT64_MAX;
	slot = choose(queue, now, next_at);
	if (slot == NULL)
		return false;
	if (!watch_has(slot->held)) {
		int64_t pace = SECOND_US / queue->limits.connects_per_s;

		if (queue->connect_at < now)
			queue->connect_at = now;
		queue->connect_at += pace;
	}
	queue->running++;
	queue->busy++;
	queue->probation += slot->failed;
	slot_hand_over(slot, out,
		       slot->marks_due_at > now ||
			   slot->complete_due_at <= now - COMPLETE_PATIENCE_US);
	out->probation = slot->failed;
	return true;
}

/* The slot is the caller's: nobody else asks the watch for its session. Without the lock. */
static void take_session(struct queue *queue, struct work *out)
{
	out->device = watch_take(queue->watch, out->slot->held);
}

bool queue_take(struct queue *queue, struct work *out, int64_t now, int64_t *next_at)
{
	bool taken;

	(void)pthread_mutex_lock(&queue->lock);
	taken = take(queue, out, now, next_at);
	(void)pthread_mutex_unlock(&queue->lock);
	if (taken)
		take_session(queue, out);
	return taken;
}

/* One idle worker waits with a time limit, the others for a signal: a due time wakes one thread. */
static void wait_for_work(struct queue *queue, int64_t next_at)
{
	queue->idle++;
	if (next_at >= queue->timed_until) {
		(void)pthread_cond_wait(&queue->changed, &queue->lock);
	} else {
		struct timespec until = { .tv_sec = (time_t)(next_at / SECOND_US),
					  .tv_nsec = (long)(next_at % SECOND_US) * 1000 };

		queue->timed_until = next_at;
		(void)pthread_cond_timedwait(&queue->changed, &queue->lock, &until);
		queue->timed_until = INT64_MAX;
	}
	queue->idle--;
}

bool queue_wait(struct queue *queue, struct work *out)
{
	bool taken = false;
	int64_t next_at;

	(void)pthread_mutex_lock(&queue->lock);
	while (!queue->closed) {
		taken = take(queue, out, clock_monotonic(), &next_at);
		/* Whoever leaves lets another one watch the time. */
		if (taken)
			break;
		wait_for_work(queue, next_at);
	}
	(void)pthread_cond_signal(&queue->changed);
	(void)pthread_mutex_unlock(&queue->lock);
	if (taken)
		take_session(queue, out);
	return taken;
}

bool queue_claim(struct queue *queue, struct work *out, struct seat *seat, struct text router)
{
	struct queue_slot *slot;
	bool claimed = false;

	(void)pthread_mutex_lock(&queue->lock);
	slot = slot_find(queue, seat, router);
	if (slot != NULL) {
		slot->claims++;
		heap_remove(&slot->item);
		while (slot->running && !queue->closed)
			(void)pthread_cond_wait(&queue->ended, &queue->lock);
		slot->claims--;
		claimed = !queue->closed;
	}
	if (claimed) {
		slot_hand_over(slot, out, true);
		queue->busy++;
		out->claimed = true;
	}
	(void)pthread_mutex_unlock(&queue->lock);
	if (claimed)
		take_session(queue, out);
	return claimed;
}

static void slot_settle(struct queue_slot *slot, const struct work *work,
			const struct verdict *verdict, int64_t now)
{
	/* Who was marked while it ran does not wait for what somebody else was refused, and a
	 * commit not for what a former one was. */
	bool rung = verdict->answers &&
		    (slot->marks_due_at != INT64_MAX || (slot->complete_due_at <= now &&
							 slot->complete_urgency == URGENCY_NORMAL));

	slot->tried_at = now;
	slot->failed = verdict->failed && !verdict->answers;
	slot->answers = verdict->failed && verdict->answers;
	slot->not_before_at = verdict->failed && !rung ? verdict->retry_at : 0;
	if (verdict->failed) {
		if (work->complete)
			slot->complete_due_at = least(slot->complete_due_at, verdict->retry_at);
		else
			slot->marks_due_at = least(slot->marks_due_at, verdict->retry_at);
		if (work->complete && work->urgency > slot->complete_urgency)
			slot->complete_urgency = work->urgency;
		return;
	}
	if (verdict->complete) {
		slot->started = true;
		slot->complete_due_at = least(slot->complete_due_at, verdict->next_at);
	}
	if (verdict->again) {
		slot->complete_due_at = now;
		slot->complete_urgency = URGENCY_NORMAL;
	}
}

void queue_done(struct queue *queue, struct work *work, struct device *device,
		const struct verdict *verdict, int64_t now)
{
	struct queue_slot *slot = work->slot;
	bool is_gone;

	/* Before anybody else may have the router: he would open a second session. */
	(void)watch_give(queue->watch, slot->held, device, &verdict->watched, now);
	(void)pthread_mutex_lock(&queue->lock);
	invariant(slot->running);
	slot->running = false;
	queue->busy--;
	if (!work->claimed) {
		queue->running--;
		queue->probation -= work->probation;
	}
	slot_settle(slot, work, verdict, now);
	is_gone = slot->gone && slot->claims == 0;
	if (is_gone)
		slot_take_out(queue, slot);
	else
		slot_place(queue, slot, now);
	(void)pthread_cond_signal(&queue->changed);
	(void)pthread_cond_broadcast(&queue->ended);
	(void)pthread_mutex_unlock(&queue->lock);
	if (is_gone)
		slot_free(queue, slot);
	*work = (struct work){ 0 };
}

bool queue_needs_worker(struct queue *queue)
{
	bool needed;

	(void)pthread_mutex_lock(&queue->lock);
	needed = queue->idle == 0 && !queue->closed;
	(void)pthread_mutex_unlock(&queue->lock);
	return needed;
}

void queue_close(struct queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	(void)pthread_cond_broadcast(&queue->changed);
	(void)pthread_cond_broadcast(&queue->ended);
	(void)pthread_mutex_unlock(&queue->lock);
}

struct queue_counts queue_count(struct queue *queue, int64_t now)
{
	struct queue_counts counts;

	(void)pthread_mutex_lock(&queue->lock);
	counts = (struct queue_counts){ .slots = queue->slot_count,
					.running = queue->running,
					.probation = queue->probation,
					.busy = queue->busy,
					.held = watch_count(queue->watch).held };
	for (uint32_t i = 0; i < queue->waiting.count; i++)
		counts.due += queue->waiting.items[i]->due_at <= now;
	for (int urgency = 0; urgency < URGENCY_COUNT; urgency++)
		for (int lane = 0; lane < LANE_COUNT; lane++)
			counts.due += queue->ready[urgency][lane].count;
	(void)pthread_mutex_unlock(&queue->lock);
	return counts;
}
