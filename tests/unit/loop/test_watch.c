/* The watch over real sockets into simulated routers, its time in the test's hand: what is told
 * becomes one look, what is silent is asked, what is dead is closed, and a quiet world stays quiet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/macros.h"
#include "loop/pace.h"
#include "loop/watch.h"
#include "router/line.h"
#include "world/ros.h"

#define ROUTERS 4
#define BIT(menu) (1u << (menu))
#define SECRETS BIT(MENU_PPP_SECRET)
#define ACTIVES BIT(MENU_PPP_ACTIVE)
#define MS_US INT64_C(1000)

/* ---- a cable from a socket into a simulated router ------------------------------------------- */

struct cable {
	struct line line;
	struct ros_session *session;
	int ours, theirs;
	uint32_t index;
};

static struct ros *routers[ROUTERS];
static struct cable *cables[ROUTERS];
static uint32_t closes[ROUTERS];
static bool frozen[ROUTERS]; /* nothing passes any more, and nobody is told */
/* The routers are no program of their own here: whoever touches them does so under this. */
static pthread_mutex_t world_lock = PTHREAD_MUTEX_INITIALIZER;

/* Both ways, as far as it goes. The world's lock is held. */
static void pump(struct cable *cable)
{
	char bytes[4096];
	const char *out;
	ssize_t got;
	size_t there;

	if (cable == NULL || frozen[cable->index])
		return;
	while ((got = recv(cable->theirs, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		ros_session_input(cable->session, bytes, (size_t)got);
	while ((there = ros_session_output(cable->session, &out)) > 0) {
		ssize_t sent = send(cable->theirs, out, there, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent <= 0)
			break;
		ros_session_consume(cable->session, (size_t)sent);
	}
	if (ros_session_is_closed(cable->session))
		(void)shutdown(cable->theirs, SHUT_RDWR);
}

static void pump_all(void)
{
	(void)pthread_mutex_lock(&world_lock);
	for (uint32_t i = 0; i < ROUTERS; i++)
		pump(cables[i]);
	(void)pthread_mutex_unlock(&world_lock);
}

static bool cable_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		       struct error *error)
{
	struct cable *cable = (struct cable *)line;
	bool sent;

	(void)timeout_ms;
	(void)pthread_mutex_lock(&world_lock);
	sent = send(cable->ours, bytes.at, bytes.size, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	       (ssize_t)bytes.size;
	pump(cable);
	(void)pthread_mutex_unlock(&world_lock);
	return sent || error_set(error, ERROR_UNREACHABLE, "the cable is cut");
}

static bool cable_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			  uint32_t timeout_ms, struct error *error)
{
	struct cable *cable = (struct cable *)line;
	ssize_t there;

	(void)pthread_mutex_lock(&world_lock);
	pump(cable);
	there = recv(cable->ours, out, size, MSG_DONTWAIT);
	(void)pthread_mutex_unlock(&world_lock);
	*got = there > 0 ? (uint32_t)there : 0;
	if (there > 0 || (there < 0 && errno == EAGAIN && timeout_ms == 0))
		return true;
	return error_set(error, ERROR_UNREACHABLE, there == 0 ? "closed" : "silent");
}

static bool cable_alive(struct line *line)
{
	(void)line;
	return true;
}

static int cable_descriptor(const struct line *line)
{
	return ((const struct cable *)line)->ours;
}

static void cable_close(struct line *line)
{
	struct cable *cable = (struct cable *)line;

	(void)pthread_mutex_lock(&world_lock);
	closes[cable->index]++;
	cables[cable->index] = NULL;
	ros_session_close(cable->session);
	(void)close(cable->ours);
	(void)close(cable->theirs);
	(void)pthread_mutex_unlock(&world_lock);
	free(cable);
}

static struct device *dial(uint32_t index)
{
	struct cable *cable = calloc(1, sizeof(*cable));
	struct device *device;
	struct error error = { 0 };
	int pair[2];

	assert_non_null(cable);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	cable->line = (struct line){ cable_send, cable_receive, cable_alive, cable_close,
				     cable_descriptor };
	cable->ours = pair[0];
	cable->theirs = pair[1];
	cable->index = index;
	(void)pthread_mutex_lock(&world_lock);
	cable->session = ros_session_open(routers[index]);
	cables[index] = cable;
	(void)pthread_mutex_unlock(&world_lock);
	assert_non_null(cable->session);
	if (!device_open_line(&device, &cable->line, TEXT("wavu"), secret_of(TEXT("pw")), &error))
		fail_msg("%s", error.text);
	return device;
}

/* ---- a watch and its bell -------------------------------------------------------------------- */

static const struct text names[ROUTERS] = { { "r1", 2 }, { "r2", 2 }, { "r3", 2 }, { "r4", 2 } };
static struct watch *watch;
static struct held *places[ROUTERS];
static int64_t now;
static _Atomic uint32_t rings[ROUTERS];
static int64_t rung_at[ROUTERS], rung_for[ROUTERS];

static void rung(void *context, struct seat *seat, struct text router, int64_t due_at, int64_t at)
{
	uint32_t index = (uint32_t)(router.at[1] - '1');

	(void)context;
	(void)seat;
	rings[index]++;
	rung_at[index] = at;
	rung_for[index] = due_at;
}

static void open_watch(uint32_t sessions_max)
{
	memset(closes, 0, sizeof(closes));
	memset(frozen, 0, sizeof(frozen));
	for (uint32_t i = 0; i < ROUTERS; i++)
		rings[i] = 0;
	now = clock_monotonic();
	watch = watch_new(sessions_max, (struct watch_bell){ rung, NULL });
	for (uint32_t i = 0; i < ROUTERS; i++) {
		routers[i] = ros_new(&(struct ros_options){ .password = "pw" });
		places[i] = watch_add(watch, NULL, names[i]);
	}
}

static void close_watch(void)
{
	for (uint32_t i = 0; i < ROUTERS; i++) {
		watch_remove(watch, places[i]);
		assert_null(cables[i]);
		ros_free(routers[i]);
	}
	watch_free(watch);
}

/* As the job that ended: it looked to the end, and the session shall listen. */
static bool give(uint32_t index, struct device *device, uint32_t menus, bool found)
{
	return watch_give(watch, places[index], device,
			  &(struct watched){ .complete = true,
					     .found = found,
					     .decides = true,
					     .menus = menus },
			  now);
}

/* What the queue would do: the job of a router that is due, which finds something or not. */
static void look(uint32_t index, uint32_t menus, bool found)
{
	struct device *device = watch_take(watch, places[index]);

	assert_non_null(device);
	assert_true(give(index, device, menus, found));
}

/* Time passes in steps, as it would for the thread. */
static void pass(int64_t us)
{
	int64_t until = now + us;

	while (now < until) {
		pump_all();
		(void)watch_step(watch, now);
		now += SECOND_US / 4;
	}
}

static void hand_adds(uint32_t index)
{
	static uint32_t serial;
	char word[32];

	(void)snprintf(word, sizeof(word), "=name=x%u", serial++);
	(void)pthread_mutex_lock(&world_lock);
	assert_true(ros_hand(routers[index], NULL, "/ppp/secret/add", word, NULL));
	(void)pthread_mutex_unlock(&world_lock);
}

static void dials_in(uint32_t index)
{
	static uint32_t serial;
	char word[32], name[16];

	(void)snprintf(name, sizeof(name), "s%u", serial++);
	(void)snprintf(word, sizeof(word), "=name=%s", name);
	(void)pthread_mutex_lock(&world_lock);
	assert_true(ros_hand(routers[index], NULL, "/ppp/secret/add", word, "=password=p",
			     "=local-address=10.0.0.1", "=remote-address=10.0.0.9", NULL));
	assert_int_equal(ros_ppp_dial(routers[index], name, "p", "AA:BB:CC:00:00:01"),
			 ROS_ENTRY_DONE);
	(void)pthread_mutex_unlock(&world_lock);
}

/* ---- hints ----------------------------------------------------------------------------------- */

static void a_burst_is_one_look_after_a_short_quiet(void **state)
{
	int64_t last_at;

	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS, false);
	give(1, dial(1), SECRETS, false);
	for (int i = 0; i < 8; i++) {
		hand_adds(0);
		pass(SECOND_US / 2);
	}
	last_at = now;
	assert_int_equal(rings[0], 0);
	pass(5 * SECOND_US);
	assert_int_equal(rings[0], 1);
	assert_true(rung_at[0] >= last_at + HINT_QUIET_MS * MS_US - SECOND_US);
	assert_true(rung_at[0] <= last_at + HINT_QUIET_MS * MS_US + SECOND_US);
	assert_int_equal(rung_for[0], rung_at[0]);
	/* Asked for once, however long the look lets wait for itself. */
	pass(20 * MINUTE_US);
	assert_int_equal(rings[0], 1);
	assert_int_equal(rings[1], 0);
	assert_int_equal(watch_count(watch).hints, 8);
	close_watch();
}

static void who_never_stops_is_looked_at_all_the_same(void **state)
{
	int64_t begin_at;

	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS, false);
	begin_at = now;
	while (rings[0] == 0) {
		hand_adds(0);
		pass(SECOND_US);
		assert_true(now < begin_at + 2 * HINT_PATIENCE_MS * MS_US);
	}
	assert_true(now >= begin_at + HINT_PATIENCE_MS * MS_US);
	close_watch();
}

static void who_talks_in_vain_is_looked_at_seldom(void **state)
{
	uint32_t looks = 0;

	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS, false);
	/* A whole day in which something happens every few seconds, and never anything to do. */
	for (int64_t end_at = now + 24 * HOUR_US; now < end_at; pass(3 * SECOND_US)) {
		hand_adds(0);
		if (rings[0] > looks) {
			looks = rings[0];
			look(0, SECRETS, false);
		}
	}
	assert_true(looks >= 24 * HOUR_US / (HINT_GAP_MS_MAX * MS_US) - 10);
	assert_true(looks <= 24 * HOUR_US / (HINT_GAP_MS_MAX * MS_US) + 10);
	/* What was worth it makes it believed again; so does a long quiet. */
	while (rings[0] == looks) {
		hand_adds(0);
		pass(SECOND_US);
	}
	look(0, SECRETS, true);
	looks = rings[0];
	hand_adds(0);
	pass(4 * SECOND_US);
	assert_int_equal(rings[0], ++looks);
	look(0, SECRETS, false);
	pass((HINT_CALM_MS + 1000) * MS_US);
	hand_adds(0);
	pass(4 * SECOND_US);
	assert_int_equal(rings[0], ++looks);
	close_watch();
}

static void a_menu_that_talks_in_vain_drowns_no_other(void **state)
{
	uint32_t looks = 0;
	int64_t edited_at;

	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS | BIT(MENU_POOL), false);
	for (int i = 0; i < 40; i++) {
		hand_adds(0);
		pass(10 * SECOND_US);
		if (rings[0] > looks) {
			looks = rings[0];
			look(0, SECRETS | BIT(MENU_POOL), false);
		}
	}
	pass(20 * SECOND_US);
	edited_at = now;
	looks = rings[0];
	assert_true(ros_hand(routers[0], NULL, "/ip/pool/add", "=name=p", "=ranges=10.0.0.0/24",
			     NULL));
	while (rings[0] == looks)
		pass(SECOND_US / 4);
	assert_true(now - edited_at <= HINT_QUIET_MS * MS_US + SECOND_US);
	close_watch();
}

static void a_quiet_world_stays_quiet(void **state)
{
	(void)state;
	open_watch(10);
	for (uint32_t i = 0; i < ROUTERS; i++)
		give(i, dial(i), SECRETS | ACTIVES, true);
	for (int hour = 0; hour < 3; hour++)
		pass(HOUR_US);
	for (uint32_t i = 0; i < ROUTERS; i++) {
		assert_int_equal(rings[i], 0);
		/* One login, two listens, a sign of life now and then: nothing else was said. */
		assert_int_equal(ros_counters(routers[i]).logins, 1);
		assert_int_equal(ros_counter(routers[i], NULL, "listen"), 2);
		assert_in_range(ros_counter(routers[i], "/system/identity", "print"), 300, 360);
		assert_int_equal(closes[i], 0);
	}
	assert_int_equal(watch_count(watch).lost, 0);
	assert_int_equal(watch_count(watch).held, ROUTERS);
	close_watch();
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static void writes_secret(struct device *device, const char *name)
{
	struct arena arena = { 0 };
	struct attribute attribute = { "name", text_of(name), false };
	struct write write = { .verb = VERB_ADD,
			       .menu = menu_of(MENU_PPP_SECRET),
			       .attributes = &attribute,
			       .attribute_count = 1 };
	struct error error = { 0 };

	arena_open(&arena, 8u << 20);
	assert_true(device->verbs->write(device, &write, 1, &arena, &error));
	assert_int_equal(write.end, WRITE_DONE);
	arena_close(&arena);
}

static uint32_t counts_secrets(struct device *device)
{
	struct arena arena = { 0 };
	struct look question = { .menu = menu_of(MENU_PPP_SECRET) };
	struct error error = { 0 };
	uint32_t count;

	arena_open(&arena, 64u << 20);
	if (!device->verbs->look(device, &question, 1, &arena, &error))
		fail_msg("%s", error.text);
	count = question.table.count;
	arena_close(&arena);
	return count;
}

static void our_own_jobs_wake_nobody(void **state)
{
	static const struct watched partial = { .useful = true };

	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS, false);
	for (int i = 0; i < 20; i++) {
		struct device *device = watch_take(watch, places[0]);
		char name[16];

		(void)snprintf(name, sizeof(name), "p%d", i);
		writes_secret(device, name);
		assert_true(watch_give(watch, places[0], device, &partial, now));
		pass(30 * SECOND_US);
	}
	assert_int_equal(rings[0], 0);
	/* Somebody else's hand in the same seconds is seen. */
	{
		struct device *device = watch_take(watch, places[0]);

		hand_adds(0);
		writes_secret(device, "last");
		assert_true(watch_give(watch, places[0], device, &partial, now));
	}
	pass(5 * SECOND_US);
	assert_int_equal(rings[0], 1);
	close_watch();
}

static void what_a_complete_look_has_seen_needs_no_other(void **state)
{
	struct device *device;

	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS, false);
	hand_adds(0);
	pass(SECOND_US);
	/* A sweep came before the quiet was over; it saw what was told until then. */
	device = watch_take(watch, places[0]);
	hand_adds(0);
	assert_int_equal(counts_secrets(device), 2);
	give(0, device, SECRETS, false);
	pass(MINUTE_US);
	/* The second had not been read when the look was asked: one more. */
	assert_int_equal(rings[0], 1);
	/* Marks judge only some people: what their looks see in passing is still to be looked at.
	 */
	device = watch_take(watch, places[0]);
	hand_adds(0);
	assert_int_equal(counts_secrets(device), 3);
	assert_int_equal(counts_secrets(device), 3);
	assert_true(watch_give(watch, places[0], device, &(struct watched){ .useful = true }, now));
	pass(30 * SECOND_US);
	assert_int_equal(rings[0], 1); /* still the one that was asked for, and not run yet */
	look(0, SECRETS, true);
	assert_int_equal(rings[0], 1);
	close_watch();
}

static void no_byte_is_lost_when_it_changes_hands(void **state)
{
	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS, false);
	for (uint32_t i = 1; i <= 200; i++) {
		struct device *device;

		hand_adds(0);
		/* Now the watch reads what is told, now the worker finds it in his way. */
		if (i % 2 == 0)
			pass(SECOND_US / 4);
		device = watch_take(watch, places[0]);
		assert_int_equal(counts_secrets(device), i);
		give(0, device, SECRETS, false);
	}
	assert_int_equal(ros_counters(routers[0]).logins, 1);
	assert_int_equal(closes[0], 0);
	close_watch();
}

static void sessions_that_come_and_go_are_a_hint(void **state)
{
	(void)state;
	open_watch(10);
	give(0, dial(0), ACTIVES, false);
	dials_in(0);
	pass(5 * SECOND_US);
	assert_int_equal(rings[0], 1);
	look(0, ACTIVES, true);
	assert_int_equal(ros_ppp_hang_up(routers[0], "s0"), 1);
	pass(5 * SECOND_US);
	assert_int_equal(rings[0], 2);
	/* Only watched from now on: the router is told to be still. */
	look(0, 0, true);
	dials_in(0);
	pass(MINUTE_US);
	assert_int_equal(rings[0], 2);
	close_watch();
}

static void a_refused_listen_makes_no_noise(void **state)
{
	struct ros_fault deaf = { .kind = ROS_FAULT_DEAF, .after = 1, .times = 0 };

	(void)state;
	open_watch(10);
	ros_fault_arm(routers[0], &deaf);
	give(0, dial(0), SECRETS | ACTIVES, false);
	for (int i = 0; i < 50; i++) {
		hand_adds(0);
		pass(MINUTE_US);
		look(0, SECRETS | ACTIVES, false);
	}
	assert_int_equal(ros_counter(routers[0], NULL, "listen"), 2);
	assert_int_equal(rings[0], 0);
	assert_int_equal(closes[0], 0);
	close_watch();
}

/* ---- keeping alive --------------------------------------------------------------------------- */

static void two_misses_close_a_silent_session(void **state)
{
	int64_t silent_at;

	(void)state;
	open_watch(10);
	give(0, dial(0), SECRETS, false);
	pass(5 * MINUTE_US);
	assert_int_equal(closes[0], 0);
	frozen[0] = true;
	silent_at = now;
	while (closes[0] == 0)
		pass(SECOND_US);
	assert_true(now - silent_at <=
		    (KEEPALIVE_MS + KEEPALIVE_MISSES_MAX * KEEPALIVE_WAIT_MS + 3000) * MS_US);
	assert_true(now - silent_at >= KEEPALIVE_MISSES_MAX * KEEPALIVE_WAIT_MS * MS_US);
	assert_int_equal(rings[0], 1);
	assert_int_equal(watch_count(watch).lost, 1);
	assert_false(watch_has(places[0]));
	assert_null(watch_take(watch, places[0]));
	close_watch();
}

static void one_miss_is_forgiven(void **state)
{
	(void)state;
	open_watch(10);
	give(0, dial(0), 0, false);
	for (int i = 0; i < 5; i++) {
		frozen[0] = true;
		pass((KEEPALIVE_MS + KEEPALIVE_WAIT_MS + 1000) * MS_US);
		frozen[0] = false;
		pass(5 * SECOND_US);
	}
	assert_int_equal(closes[0], 0);
	assert_int_equal(rings[0], 0);
	close_watch();
}

static void a_reboot_is_noticed_at_once(void **state)
{
	(void)state;
	open_watch(10);
	give(0, dial(0), 0, false);
	ros_reboot(routers[0], SECOND_US);
	pass(SECOND_US);
	assert_int_equal(closes[0], 1);
	assert_int_equal(rings[0], 1);
	assert_int_equal(rung_for[0], rung_at[0]);
	close_watch();
}

static void a_line_that_ends_again_and_again_is_not_run_after(void **state)
{
	int64_t total_us = 0;

	(void)state;
	open_watch(10);
	for (uint32_t i = 0; i < 10; i++) {
		int64_t pause_us;

		give(0, dial(0), 0, false);
		(void)shutdown(cables[0]->theirs, SHUT_RDWR);
		pass(SECOND_US / 2);
		assert_int_equal(closes[0], i + 1);
		pause_us = rung_for[0] - rung_at[0];
		assert_int_equal(pause_us, pace_gap_us(i));
		total_us += pause_us;
	}
	assert_true(total_us > 15 * MINUTE_US);
	close_watch();
}

/* ---- how many -------------------------------------------------------------------------------- */

static bool give_useful(uint32_t index, struct device *device)
{
	return watch_give(watch, places[index], device, &(struct watched){ .useful = true }, now);
}

static void the_least_useful_go_first(void **state)
{
	(void)state;
	open_watch(2);
	assert_true(give_useful(0, dial(0)));
	now += SECOND_US;
	assert_true(give_useful(1, dial(1)));
	now += SECOND_US;
	/* One that was of no use yet takes nobody's place. */
	assert_false(give(2, dial(2), 0, false));
	assert_int_equal(closes[2], 1);
	assert_true(give_useful(3, dial(3)));
	assert_int_equal(closes[0], 1);
	assert_false(watch_has(places[0]));
	assert_true(watch_has(places[1]) && watch_has(places[3]));
	assert_int_equal(watch_count(watch).evicted, 2);
	assert_int_equal(watch_count(watch).held, 2);
	/* It goes without a sound: nothing is wrong with its router. */
	pass(MINUTE_US);
	for (uint32_t i = 0; i < ROUTERS; i++)
		assert_int_equal(rings[i], 0);
	close_watch();
}

static void a_line_without_descriptor_is_only_kept(void **state)
{
	struct device *device;

	(void)state;
	open_watch(10);
	device = dial(0);
	cables[0]->line.descriptor = NULL;
	assert_true(give(0, device, SECRETS, false));
	hand_adds(0);
	pass(HOUR_US);
	assert_int_equal(rings[0], 0);
	assert_int_equal(ros_counter(routers[0], NULL, "listen"), 0);
	assert_int_equal(ros_counter(routers[0], "/system/identity", "print"), 0);
	assert_ptr_equal(watch_take(watch, places[0]), device);
	device_close(device);
	close_watch();
}

/* ---- threads --------------------------------------------------------------------------------- */

static _Atomic bool over;
static _Atomic uint32_t jobs;

static void *watcher(void *context)
{
	(void)context;
	watch_run(watch);
	return NULL;
}

/* One worker a router, as the queue has it: takes, asks, gives back. */
static void *worker(void *context)
{
	uint32_t index = (uint32_t)(uintptr_t)context;

	while (!over) {
		struct device *device = watch_take(watch, places[index]);

		if (device == NULL)
			device = dial(index);
		(void)counts_secrets(device);
		(void)watch_give(watch, places[index], device,
				 &(struct watched){ .complete = true,
						    .decides = true,
						    .menus = SECRETS },
				 clock_monotonic());
		jobs++;
		clock_sleep_ms(1);
	}
	return NULL;
}

static void many_hands_share_the_sessions(void **state)
{
	pthread_t threads[ROUTERS + 1];

	(void)state;
	open_watch(3); /* one of four is always too many */
	over = false;
	jobs = 0;
	assert_int_equal(pthread_create(&threads[ROUTERS], NULL, watcher, NULL), 0);
	for (uint32_t i = 0; i < ROUTERS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, worker, (void *)(uintptr_t)i), 0);
	for (uint32_t i = 0; jobs < 400; i++) {
		if (i < 400)
			hand_adds(i % ROUTERS);
		pump_all();
		clock_sleep_ms(1);
	}
	over = true;
	for (uint32_t i = 0; i < ROUTERS; i++)
		(void)pthread_join(threads[i], NULL);
	watch_stop(watch);
	(void)pthread_join(threads[ROUTERS], NULL);
	assert_true(watch_count(watch).held <= 3);
	assert_true(watch_count(watch).hints > 0);
	assert_int_equal(watch_count(watch).lost, 0);
	close_watch();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_one_look_after_a_short_quiet),
		cmocka_unit_test(who_never_stops_is_looked_at_all_the_same),
		cmocka_unit_test(who_talks_in_vain_is_looked_at_seldom),
		cmocka_unit_test(a_menu_that_talks_in_vain_drowns_no_other),
		cmocka_unit_test(a_quiet_world_stays_quiet),
		cmocka_unit_test(our_own_jobs_wake_nobody),
		cmocka_unit_test(what_a_complete_look_has_seen_needs_no_other),
		cmocka_unit_test(no_byte_is_lost_when_it_changes_hands),
		cmocka_unit_test(sessions_that_come_and_go_are_a_hint),
		cmocka_unit_test(a_refused_listen_makes_no_noise),
		cmocka_unit_test(two_misses_close_a_silent_session),
		cmocka_unit_test(one_miss_is_forgiven),
		cmocka_unit_test(a_reboot_is_noticed_at_once),
		cmocka_unit_test(a_line_that_ends_again_and_again_is_not_run_after),
		cmocka_unit_test(the_least_useful_go_first),
		cmocka_unit_test(a_line_without_descriptor_is_only_kept),
		cmocka_unit_test(many_hands_share_the_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
