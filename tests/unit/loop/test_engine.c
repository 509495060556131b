/* The whole engine with its threads: a commit, payments, a person's pass, a pause, a stop; through
 * the control socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "town.h"

#include "base/clock.h"
#include "loop/control.h"
#include "loop/pass.h"
#include "state/fleet.h"

#define ROUTER(name)                                                                     \
	"kind: Router\nname: " name "\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"
#define TWO ROUTER("r1") "---\n" ROUTER("r2")
#define PEOPLE                                                         \
	"kind: Subscriber\nname: KN-1\npackage: home-10\nrouter: r1\n" \
	"---\nkind: Subscriber\nname: KN-2\npackage: home-10\nrouter: r2\n"
#define PATIENCE_MS 20000

/* A town whose seat the engine opens itself; routers behind a lock, for workers are many. */
struct city {
	struct town town;
	struct engine *engine;
	pthread_t thread;
	bool ran;
	struct error error;
};

static void city_repository(struct city *city, const char *name, const char *yaml)
{
	struct repository_file file = { TEXT("all.yaml"), text_of(yaml) };
	struct error error = { 0 };

	repository_library_start();
	city->town.tenant.repository = text_format(&city->town.arena, "%s/%s", city->town.folder,
						   name);
	if (!repository_create(city->town.tenant.repository, &file, 1, TEXT("first"), &error))
		fail_msg("%s", error.text);
}

static void city_open(struct city *city, enum engine_role role)
{
	device_opener *opener;
	void *context;

	memset(city, 0, sizeof(*city));
	town_open(&city->town, 2);
	opener = city->town.seat.open_device;
	context = city->town.seat.open_context;
	seat_close(&city->town.seat);
	city_repository(city, "git", town_join(&city->town, town_basics, TWO, PEOPLE));
	if (!engine_open(&city->engine, &city->town.settings, role, TEXT_NONE, &city->error))
		fail_msg("%s", city->error.text);
	engine_set_opener(city->engine, opener, context);
}

static void city_close(struct city *city)
{
	engine_close(city->engine);
	town_close(&city->town);
}

static void *city_run(void *context)
{
	struct city *city = context;

	city->ran = engine_run(city->engine, &city->error);
	return NULL;
}

static void city_start(struct city *city)
{
	assert_int_equal(pthread_create(&city->thread, NULL, city_run, city), 0);
}

static void city_stop(struct city *city)
{
	engine_stop(city->engine);
	(void)pthread_join(city->thread, NULL);
	if (!city->ran)
		fail_msg("%s", city->error.text);
}

static struct control_answer call(struct city *city, const char *command, const char *a,
				  const char *b, const char *c)
{
	struct text arguments[] = { text_of(a), text_of(b), text_of(c) };
	struct control_request request = { .command = text_of(command), .arguments = arguments };
	struct control_answer answer = { 0 };
	struct error error = { 0 };
	bool absent;

	while (request.argument_count < 3 && arguments[request.argument_count].at != NULL)
		request.argument_count++;
	for (int tried_ms = 0;; tried_ms += 20) {
		if (control_call(&answer, &absent, city->town.settings.state, &request,
				 &city->town.arena, &error))
			return answer;
		if (!absent || tried_ms > PATIENCE_MS)
			fail_msg("%s", error.text);
		clock_sleep_ms(20);
	}
}

/* Until the newest event of a router is of that cause and nothing is marked there. */
static struct router_state wait_for(struct city *city, uint32_t router, int64_t applied)
{
	struct town *town = &city->town;
	struct seat *seat = engine_seat(city->engine, 0);
	struct text name = text_format(&town->arena, "r%u", router + 1);

	for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += 10) {
		struct router_state state = { 0 };
		struct mark *marks;
		struct error error;
		uint32_t count;
		bool found;

		assert_true(fleet_router(&found, &state, seat->store, name, &town->arena, &error));
		assert_true(fleet_marks(&marks, &count, seat->store, name, &town->arena, &error));
		if (found && count == 0 && state.applied_generation >= applied)
			return state;
		clock_sleep_ms(10);
	}
	fail_msg("r%u never came to generation %lld", router + 1, (long long)applied);
	return (struct router_state){ 0 };
}

static void the_whole_runs_and_stops(void **state)
{
	struct city city;
	struct control_answer answer;
	bool held = false;

	(void)state;
	city_open(&city, ENGINE_RUN);
	city_start(&city);
	(void)wait_for(&city, 0, 1);
	(void)wait_for(&city, 1, 1);
	answer = call(&city, "record", "KN-1", "2500", "paid at the shop");
	assert_int_equal(answer.exit_code, 0);
	assert_true(text_contains_nocase(answer.json, TEXT("\"ok\": true")) ||
		    text_contains_nocase(answer.json, TEXT("\"ok\":true")));
	(void)wait_for(&city, 0, 1);

	answer = call(&city, "record", "nobody", "2500", "paid at the shop");
	assert_int_equal(answer.exit_code, 1);
	answer = call(&city, "record", "KN-1", "1e3", "paid at the shop");
	assert_int_equal(answer.exit_code, 4);
	answer = call(&city, "dance", "a", NULL, NULL);
	assert_int_equal(answer.exit_code, 64);

	answer = call(&city, "apply", "", NULL, NULL);
	assert_int_equal(answer.exit_code, 0);
	assert_true(text_is(answer.shape, "apply"));
	answer = call(&city, "apply", "r9", NULL, NULL);
	assert_int_equal(answer.exit_code, 1);

	answer = call(&city, "pause", "r2", "6h", "tower works");
	assert_int_equal(answer.exit_code, 0);
	assert_true(wait_for(&city, 1, 1).pause_until_at > clock_now());
	answer = call(&city, "pause", "r2", "yesterday", "tower works");
	assert_int_equal(answer.exit_code, 64);
	answer = call(&city, "record", "KN-2", "2500", "paid at the shop");
	assert_int_equal(answer.exit_code, 0);
	answer = call(&city, "resume", "r2", NULL, NULL);
	assert_int_equal(answer.exit_code, 0);
	(void)wait_for(&city, 1, 1);
	{
		struct engine *second;
		struct error error = { 0 };

		/* The state belongs to one controller, and the second is told who it is. */
		held = !engine_open(&second, &city.town.settings, ENGINE_RUN, TEXT_NONE, &error);
		assert_int_equal(error.code, ERROR_CONFLICT);
	}
	city_stop(&city);
	assert_true(held);
	assert_true(ros_row_exists(city.town.routers[0], "/ppp/secret", "kn-1"));
	assert_true(ros_row_exists(city.town.routers[1], "/ppp/secret", "kn-2"));
	city_close(&city);
}

static void nobody_there_is_told_apart(void **state)
{
	struct control_request request = { .command = TEXT("apply") };
	struct control_answer answer;
	struct error error = { 0 };
	struct town town;
	bool absent = false;

	(void)state;
	town_open(&town, 1);
	assert_false(
	    control_call(&answer, &absent, town.settings.state, &request, &town.arena, &error));
	assert_true(absent);
	town_close(&town);
}

static void one_pass_without_a_controller(void **state)
{
	struct pass_wish wish = { 0 };
	struct error error = { 0 };
	struct city city;
	struct pass pass;

	(void)state;
	city_open(&city, ENGINE_ONCE);
	assert_true(pass_run(&pass, city.engine, &wish, &error));
	assert_int_equal(pass.exit_code, 0);
	assert_non_null(pass.document);
	pass_free(&pass);
	assert_true(ros_row_exists(city.town.routers[0], "/ppp/profile", "wavu-home-10") ||
		    ros_counters(city.town.routers[0]).prints > 0);
	/* Again: nothing is written. */
	ros_counters_reset(city.town.routers[0]);
	assert_true(pass_run(&pass, city.engine, &wish, &error));
	pass_free(&pass);
	assert_int_equal(ros_counters(city.town.routers[0]).writes, 0);
	city_close(&city);
}

static void a_router_that_does_not_answer_is_exit_1_and_delays_nobody(void **state)
{
	struct ros_fault refuse = { .kind = ROS_FAULT_REFUSE };
	struct pass_wish wish = { 0 };
	struct error error = { 0 };
	struct city city;
	struct pass pass;

	(void)state;
	city_open(&city, ENGINE_ONCE);
	ros_fault_arm(city.town.routers[0], &refuse);
	assert_true(pass_run(&pass, city.engine, &wish, &error));
	assert_int_equal(pass.exit_code, 1);
	pass_free(&pass);
	wish.router = TEXT("r2");
	assert_true(pass_run(&pass, city.engine, &wish, &error));
	assert_int_equal(pass.exit_code, 0);
	pass_free(&pass);
	city_close(&city);
}

static void a_plan_promises_what_an_apply_then_does(void **state)
{
	static const char opened[] = "kind: Subscriber\nname: KN-1\npackage: home-10\nrouter: r1\n"
				     "opening: {paid_until: 2099-01-01}\n";
	struct pass_wish look = { .look_only = true }, wish = { 0 };
	struct error error = { 0 };
	struct text planned, applied;
	struct city city;
	struct pass pass;

	(void)state;
	city_open(&city, ENGINE_READ);
	city_repository(&city, "other", town_join(&city.town, town_basics, TWO, opened));
	/* Nothing has ever been taken, and a plan takes nothing. */
	assert_true(pass_run(&pass, city.engine, &look, &error));
	assert_int_equal(pass.exit_code, 2);
	planned = document_render(pass.document, FORMAT_TEXT, false, &city.town.arena);
	pass_free(&pass);
	assert_true(text_contains_nocase(planned, TEXT("kn-1")));
	assert_int_equal(ros_counters(city.town.routers[0]).writes, 0);
	{
		device_opener *opener = engine_seat(city.engine, 0)->open_device;
		void *context = engine_seat(city.engine, 0)->open_context;

		engine_close(city.engine);
		assert_true(
		    engine_open(&city.engine, &city.town.settings, ENGINE_ONCE, TEXT_NONE, &error));
		engine_set_opener(city.engine, opener, context);
	}
	assert_true(pass_run(&pass, city.engine, &wish, &error));
	assert_int_equal(pass.exit_code, 0);
	applied = document_render(pass.document, FORMAT_JSON, false, &city.town.arena);
	assert_true(text_contains_nocase(applied, TEXT("kn-1")));
	pass_free(&pass);
	assert_true(ros_row_exists(city.town.routers[0], "/ppp/secret", "kn-1"));
	city_close(&city);
}

static void an_invalid_commit_is_exit_4(void **state)
{
	struct pass_wish look = { .look_only = true };
	struct error error = { 0 };
	struct city city;
	struct pass pass;

	(void)state;
	city_open(&city, ENGINE_READ);
	city_repository(&city, "bad", town_join(&city.town, town_basics, TWO, "kind: Nothing\n"));
	assert_true(pass_run(&pass, city.engine, &look, &error));
	assert_int_equal(pass.exit_code, 4);
	assert_true(pass.findings.error_total >= 1);
	assert_null(pass.document);
	pass_free(&pass);
	city_close(&city);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_runs_and_stops),
		cmocka_unit_test(nobody_there_is_told_apart),
		cmocka_unit_test(one_pass_without_a_controller),
		cmocka_unit_test(a_router_that_does_not_answer_is_exit_1_and_delays_nobody),
		cmocka_unit_test(a_plan_promises_what_an_apply_then_does),
		cmocka_unit_test(an_invalid_commit_is_exit_4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
