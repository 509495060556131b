/* The queue alone: what is taken first, what waits, what one router's trouble does to the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <pthread.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/macros.h"
#include "loop/queue.h"

static const struct text names[] = { { "a", 1 }, { "b", 1 }, { "c", 1 }, { "d", 1 }, { "e", 1 } };
/* Only its address counts. */
static char seat_stand_in[64];
static struct seat *const seat = (struct seat *)(void *)seat_stand_in;

static struct queue *make(uint32_t workers, uint32_t reserve, uint32_t probation)
{
	struct queue *queue = queue_new(&(struct queue_limits){ .workers = workers,
								.urgent_reserve = reserve,
								.probation_max = probation,
								.connects_per_s = 10000000,
								.sessions_held_max = 10,
								.ageing_us = 1000 });

	queue_sync(queue, seat, names, ARRAY_COUNT(names), 0);
	return queue;
}

static void ring(struct queue *queue, uint32_t index, enum urgency urgency, int64_t due_at,
		 int64_t now)
{
	queue_ring(queue, seat, names[index], urgency, due_at, now);
}

/* The name of what is taken at that time, or "". */
static const char *take(struct queue *queue, struct work *work, int64_t now)
{
	static char name[8];
	int64_t next_at;

	memset(name, 0, sizeof(name));
	if (queue_take(queue, work, now, &next_at))
		memcpy(name, work->router.at, work->router.size);
	return name;
}

static void done(struct queue *queue, struct work *work, struct verdict verdict, int64_t now)
{
	queue_done(queue, work, NULL, &verdict, now);
}

static void nothing_is_due_until_it_is_rung(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct work work;
	int64_t next_at;

	(void)state;
	assert_string_equal(take(queue, &work, 100), "");
	ring(queue, 0, URGENCY_LOW, 500, 100);
	assert_false(queue_take(queue, &work, 100, &next_at));
	assert_int_equal(next_at, 500);
	assert_string_equal(take(queue, &work, 500), "a");
	assert_true(work.complete && work.first);
	queue_ring(queue, seat, TEXT("unknown"), URGENCY_URGENT, 0, 0);
	queue_free(queue);
}

static void urgent_goes_before_normal_before_low(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct work work;

	(void)state;
	ring(queue, 0, URGENCY_LOW, 10, 10);
	ring(queue, 1, URGENCY_NORMAL, 20, 20);
	ring(queue, 2, URGENCY_URGENT, 30, 30);
	assert_string_equal(take(queue, &work, 40), "c");
	assert_false(work.complete);
	assert_string_equal(take(queue, &work, 40), "b");
	assert_string_equal(take(queue, &work, 40), "a");
	queue_free(queue);
}

static void what_waited_too_long_is_no_longer_low(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct work work;

	(void)state;
	ring(queue, 0, URGENCY_LOW, 10, 10);
	ring(queue, 1, URGENCY_NORMAL, 2000, 2000);
	assert_string_equal(take(queue, &work, 2001), "a");
	queue_free(queue);
}

static void one_router_has_one_job_and_rings_are_remembered(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct work work, other;

	(void)state;
	ring(queue, 0, URGENCY_NORMAL, 10, 10);
	assert_string_equal(take(queue, &work, 10), "a");
	ring(queue, 0, URGENCY_URGENT, 11, 11);
	ring(queue, 0, URGENCY_URGENT, 12, 12);
	assert_string_equal(take(queue, &other, 12), "");
	done(queue, &work, (struct verdict){ .complete = true, .next_at = 90000 }, 20);
	assert_string_equal(take(queue, &work, 20), "a");
	assert_false(work.complete || work.first);
	done(queue, &work, (struct verdict){ .next_at = 90000 }, 30);
	assert_string_equal(take(queue, &work, 89999), "");
	assert_string_equal(take(queue, &work, 90000), "a");
	assert_true(work.complete);
	queue_free(queue);
}

static void marks_come_first_and_the_complete_job_after_them(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct work work;

	(void)state;
	ring(queue, 0, URGENCY_NORMAL, 10, 10);
	ring(queue, 0, URGENCY_URGENT, 10, 10);
	assert_string_equal(take(queue, &work, 10), "a");
	assert_false(work.complete);
	done(queue, &work, (struct verdict){ .next_at = 90000 }, 20);
	assert_string_equal(take(queue, &work, 20), "a");
	assert_true(work.complete);
	/* Rung without a pause, the complete job still comes, after a minute. */
	done(queue, &work, (struct verdict){ .complete = true, .next_at = 1000 }, 30);
	ring(queue, 0, URGENCY_URGENT, 2000 + MINUTE_US, 2000 + MINUTE_US);
	assert_string_equal(take(queue, &work, 2000 + MINUTE_US), "a");
	assert_true(work.complete);
	queue_free(queue);
}

static void a_failed_router_waits_and_takes_a_quarter_at_most(void **state)
{
	struct queue *queue = make(4, 0, 1);
	struct work work;

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		ring(queue, i, URGENCY_NORMAL, 0, 0);
		assert_string_not_equal(take(queue, &work, 0), "");
		done(queue, &work, (struct verdict){ .failed = true, .retry_at = 100 }, 0);
	}
	assert_string_equal(take(queue, &work, 99), "");
	assert_string_not_equal(take(queue, &work, 100), "");
	assert_true(work.probation);
	/* One of three may be tried at a time; a healthy one is not held up by them. */
	{
		struct work second;

		assert_string_equal(take(queue, &second, 100), "");
		ring(queue, 4, URGENCY_LOW, 100, 100);
		assert_string_equal(take(queue, &second, 100), "e");
	}
	done(queue, &work, (struct verdict){ .complete = true, .next_at = INT64_MAX }, 100);
	assert_string_not_equal(take(queue, &work, 100), "");
	queue_free(queue);
}

static void a_paid_one_waits_half_a_minute_at_most(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct work work;
	int64_t next_at, hour = HOUR_US;

	(void)state;
	ring(queue, 0, URGENCY_NORMAL, 0, 0);
	assert_string_equal(take(queue, &work, 0), "a");
	done(queue, &work, (struct verdict){ .failed = true, .retry_at = hour }, 0);
	ring(queue, 0, URGENCY_URGENT, 5, 5);
	assert_false(queue_take(queue, &work, 6, &next_at));
	assert_int_equal(next_at, 30 * SECOND_US);
	queue_free(queue);
}

/* The router answers and only refused something: that is no reason for others to wait. */
static void a_paid_one_does_not_wait_where_the_router_answers(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct verdict refused = { .failed = true, .answers = true, .retry_at = HOUR_US };
	struct work work;
	int64_t next_at;

	(void)state;
	ring(queue, 0, URGENCY_NORMAL, 0, 0);
	assert_string_equal(take(queue, &work, 0), "a");
	done(queue, &work, refused, 0);
	assert_int_equal(queue_count(queue, 0).probation, 0);
	assert_false(queue_take(queue, &work, 5, &next_at));
	assert_int_equal(next_at, HOUR_US);
	ring(queue, 0, URGENCY_URGENT, 5, 5);
	assert_string_equal(take(queue, &work, 5), "a");
	assert_false(work.complete);
	/* One more pays while his own row is refused. */
	ring(queue, 0, URGENCY_URGENT, 6, 6);
	done(queue, &work, refused, 7);
	assert_string_equal(take(queue, &work, 7), "a");
	assert_false(work.complete);
	done(queue, &work, refused, 8);
	assert_false(queue_take(queue, &work, 9, &next_at));
	assert_int_equal(next_at, HOUR_US);
	/* A silent one is another matter. */
	ring(queue, 0, URGENCY_URGENT, 10, 10);
	assert_string_equal(take(queue, &work, 10), "a");
	done(queue, &work, (struct verdict){ .failed = true, .retry_at = HOUR_US }, 10);
	ring(queue, 0, URGENCY_URGENT, 11, 11);
	assert_false(queue_take(queue, &work, 11, &next_at));
	assert_int_equal(next_at, 10 + 30 * SECOND_US);
	queue_free(queue);
}

/* What a router refused of a former commit says nothing about the next. */
static void a_commit_does_not_wait_where_the_router_answers(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct verdict refused = { .failed = true, .answers = true, .retry_at = HOUR_US };
	struct work work;
	int64_t next_at;

	(void)state;
	ring(queue, 0, URGENCY_NORMAL, 0, 0);
	assert_string_equal(take(queue, &work, 0), "a");
	done(queue, &work, refused, 0);
	ring(queue, 0, URGENCY_LOW, 5, 5);
	assert_false(queue_take(queue, &work, 5, &next_at));
	assert_int_equal(next_at, HOUR_US);
	ring(queue, 0, URGENCY_NORMAL, 6, 6);
	assert_string_equal(take(queue, &work, 6), "a");
	assert_true(work.complete);
	/* One more comes into force meanwhile. */
	ring(queue, 0, URGENCY_NORMAL, 7, 7);
	done(queue, &work, refused, 8);
	assert_string_equal(take(queue, &work, 8), "a");
	assert_true(work.complete);
	done(queue, &work, refused, 9);
	assert_false(queue_take(queue, &work, 10, &next_at));
	assert_int_equal(next_at, HOUR_US);
	/* A silent one is another matter. */
	ring(queue, 0, URGENCY_NORMAL, 11, 11);
	assert_string_equal(take(queue, &work, 11), "a");
	done(queue, &work, (struct verdict){ .failed = true, .retry_at = HOUR_US }, 11);
	ring(queue, 0, URGENCY_NORMAL, 12, 12);
	assert_false(queue_take(queue, &work, 12, &next_at));
	assert_int_equal(next_at, HOUR_US);
	queue_free(queue);
}

static void some_workers_are_kept_for_the_urgent(void **state)
{
	struct queue *queue = make(2, 1, 2);
	struct work low, urgent, work;

	(void)state;
	ring(queue, 0, URGENCY_NORMAL, 0, 0);
	ring(queue, 1, URGENCY_NORMAL, 0, 0);
	assert_string_not_equal(take(queue, &low, 0), "");
	assert_string_equal(take(queue, &work, 0), "");
	ring(queue, 2, URGENCY_URGENT, 0, 0);
	assert_string_equal(take(queue, &urgent, 0), "c");
	ring(queue, 3, URGENCY_URGENT, 0, 0);
	assert_string_equal(take(queue, &work, 0), "");
	queue_free(queue);
}

static void new_sessions_have_a_pace(void **state)
{
	struct queue *queue = queue_new(&(struct queue_limits){ .workers = 4,
								.probation_max = 4,
								.connects_per_s = 10,
								.sessions_held_max = 10,
								.ageing_us = 1000 });
	struct work work;
	int64_t next_at;

	(void)state;
	queue_sync(queue, seat, names, ARRAY_COUNT(names), 0);
	for (uint32_t i = 0; i < 3; i++)
		ring(queue, i, URGENCY_NORMAL, 0, 0);
	assert_true(queue_take(queue, &work, 0, &next_at));
	assert_false(queue_take(queue, &work, 0, &next_at));
	assert_int_equal(next_at, SECOND_US / 10);
	assert_true(queue_take(queue, &work, SECOND_US / 10, &next_at));
	/* Who paid does not stand in that line. */
	ring(queue, 4, URGENCY_URGENT, SECOND_US / 10, SECOND_US / 10);
	assert_string_equal(take(queue, &work, SECOND_US / 10), "e");
	queue_free(queue);
}

static void a_router_that_is_gone_vanishes_after_its_job(void **state)
{
	struct queue *queue = make(4, 0, 4);
	struct work work;

	(void)state;
	ring(queue, 0, URGENCY_NORMAL, 0, 0);
	assert_string_equal(take(queue, &work, 0), "a");
	queue_sync(queue, seat, names + 2, 3, 0);
	assert_int_equal(queue_count(queue, 0).slots, 4);
	done(queue, &work, (struct verdict){ .complete = true, .next_at = 5 }, 0);
	assert_int_equal(queue_count(queue, 0).slots, 3);
	ring(queue, 0, URGENCY_URGENT, 0, 0);
	assert_string_equal(take(queue, &work, 10), "");
	queue_free(queue);
}

/* ---- threads --------------------------------------------------------------------------------- */

struct gang {
	struct queue *queue;
	pthread_mutex_t lock;
	uint32_t at_work[ARRAY_COUNT(names)];
	uint32_t jobs;
	bool twice;
};

static void *gang_work(void *context)
{
	struct gang *gang = context;
	struct work work;

	while (queue_wait(gang->queue, &work)) {
		uint32_t index = (uint32_t)(work.router.at[0] - 'a');

		(void)pthread_mutex_lock(&gang->lock);
		gang->twice |= gang->at_work[index]++ > 0;
		(void)pthread_mutex_unlock(&gang->lock);
		clock_sleep_ms(1);
		(void)pthread_mutex_lock(&gang->lock);
		gang->at_work[index]--;
		gang->jobs++;
		(void)pthread_mutex_unlock(&gang->lock);
		queue_done(
		    gang->queue, &work, NULL,
		    &(struct verdict){ .complete = true, .next_at = clock_monotonic() + 2000 },
		    clock_monotonic());
	}
	return NULL;
}

static void many_workers_never_meet_on_one_router(void **state)
{
	struct gang gang = { .queue = make(6, 1, 2) };
	pthread_t threads[6];
	uint32_t jobs = 0;

	(void)state;
	assert_int_equal(pthread_mutex_init(&gang.lock, NULL), 0);
	for (uint32_t i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, gang_work, &gang), 0);
	for (uint32_t i = 0; i < ARRAY_COUNT(names); i++)
		ring(gang.queue, i, URGENCY_NORMAL, 0, clock_monotonic());
	while (jobs < 300) {
		struct work work;

		ring(gang.queue, jobs % 5, URGENCY_URGENT, clock_monotonic(), clock_monotonic());
		assert_true(queue_claim(gang.queue, &work, seat, names[jobs % 5]));
		queue_done(gang.queue, &work, NULL,
			   &(struct verdict){ .complete = true, .next_at = clock_monotonic() },
			   clock_monotonic());
		(void)pthread_mutex_lock(&gang.lock);
		jobs = gang.jobs;
		(void)pthread_mutex_unlock(&gang.lock);
	}
	queue_close(gang.queue);
	for (uint32_t i = 0; i < 6; i++)
		(void)pthread_join(threads[i], NULL);
	assert_false(gang.twice);
	queue_free(gang.queue);
	(void)pthread_mutex_destroy(&gang.lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_due_until_it_is_rung),
		cmocka_unit_test(urgent_goes_before_normal_before_low),
		cmocka_unit_test(what_waited_too_long_is_no_longer_low),
		cmocka_unit_test(one_router_has_one_job_and_rings_are_remembered),
		cmocka_unit_test(marks_come_first_and_the_complete_job_after_them),
		cmocka_unit_test(a_failed_router_waits_and_takes_a_quarter_at_most),
		cmocka_unit_test(a_paid_one_waits_half_a_minute_at_most),
		cmocka_unit_test(a_paid_one_does_not_wait_where_the_router_answers),
		cmocka_unit_test(a_commit_does_not_wait_where_the_router_answers),
		cmocka_unit_test(some_workers_are_kept_for_the_urgent),
		cmocka_unit_test(new_sessions_have_a_pace),
		cmocka_unit_test(a_router_that_is_gone_vanishes_after_its_job),
		cmocka_unit_test(many_workers_never_meet_on_one_router),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
