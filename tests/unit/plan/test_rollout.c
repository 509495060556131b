/* Which routers go first to a new commit, and which wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "plan/rollout.h"

#define YAML_SIZE (1u << 18)
#define FLEET_MAX 64

struct fleet {
	struct arena arena;
	struct intent *former, *next;
	struct wave_router routers[FLEET_MAX];
	uint32_t count, waves;
	char yaml[YAML_SIZE];
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct fleet *fleet, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fleet->used += (size_t)vsnprintf(fleet->yaml + fleet->used, YAML_SIZE - fleet->used, format,
					 list);
	va_end(list);
	assert_true(fleet->used < YAML_SIZE);
}

static void put_basics(struct fleet *fleet)
{
	put(fleet, "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n---\n"
		   "kind: Site\nname: town\n");
}

static void put_package(struct fleet *fleet, const char *name, const char *down)
{
	put(fleet,
	    "---\nkind: Package\nname: %s\nservice: pppoe\nprice: 2500\nperiod: 1 month\n"
	    "speed: { down: %s, up: 5M }\n",
	    name, down);
}

static void put_router(struct fleet *fleet, int number, const char *more)
{
	put(fleet,
	    "---\nkind: Router\nname: r%02d\nsite: town\naddress: 10.66.0.%d\nuser: wavu\n"
	    "password: { file: r.pw }\n%s",
	    number, number, more);
}

static void put_person(struct fleet *fleet, const char *account, const char *package, int router)
{
	put(fleet, "---\nkind: Subscriber\nname: %s\npackage: %s\nrouter: r%02d\n", account,
	    package, router);
}

/* Routers r01 …, each managed, with as many people of home-10 as its number. */
static void put_fleet(struct fleet *fleet, int routers, const char *speed)
{
	char account[24];

	put_basics(fleet);
	put_package(fleet, "home-10", speed);
	for (int i = 1; i <= routers; i++) {
		put_router(fleet, i, "mode: manage\n");
		for (int k = 1; k <= i; k++) {
			(void)snprintf(account, sizeof(account), "kn%02d%02d", i, k);
			put_person(fleet, account, "home-10", i);
		}
	}
}

static struct intent *read(struct fleet *fleet)
{
	struct intent_file file = { TEXT("all.yaml"), text_of(fleet->yaml) };
	struct findings findings = { 0 };
	struct intent *intent;

	intent_read_files(&intent, &findings, &file, 1, &fleet->arena);
	if (intent == NULL)
		fail_msg("%u: %.*s", findings.errors[0].line,
			 TEXT_ARG(findings.errors[0].message));
	fleet->used = 0;
	return intent;
}

static struct fleet *fleet_new(void)
{
	static struct fleet fleet;

	memset(&fleet, 0, sizeof(fleet));
	arena_open(&fleet.arena, (size_t)1 << 28);
	return &fleet;
}

static void fleet_close(struct fleet *fleet)
{
	intent_release(fleet->former);
	intent_release(fleet->next);
	arena_close(&fleet->arena);
}

/* All routers of `next` are others, and healthy. */
static void list_all(struct fleet *fleet)
{
	for (uint32_t i = 0; i < fleet->next->router_count; i++)
		fleet->routers[fleet->count++] = (struct wave_router){
			.router = &fleet->next->routers[i],
			.former = fleet->former,
			.healthy = true,
		};
}

static void plan(struct fleet *fleet)
{
	fleet->waves = rollout_plan(fleet->routers, fleet->count, fleet->next, &fleet->arena);
}

static struct wave_router *router_of(struct fleet *fleet, int number)
{
	char name[8];

	(void)snprintf(name, sizeof(name), "r%02d", number);
	for (uint32_t i = 0; i < fleet->count; i++)
		if (text_is(fleet->routers[i].router->name, name))
			return &fleet->routers[i];
	fail_msg("no router %s", name);
	return NULL;
}

static uint32_t wave_of(struct fleet *fleet, int number)
{
	return router_of(fleet, number)->wave;
}

static uint32_t count_of(const struct fleet *fleet, uint32_t wave)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < fleet->count; i++)
		count += fleet->routers[i].wave == wave;
	return count;
}

static void faster(struct fleet *fleet, int routers)
{
	put_fleet(fleet, routers, "10M");
	fleet->former = read(fleet);
	put_fleet(fleet, routers, "20M");
	fleet->next = read(fleet);
	list_all(fleet);
}

static void test_twenty_go_in_three_waves(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	faster(fleet, 20);
	plan(fleet);
	assert_int_equal(fleet->waves, 3);
	assert_int_equal(count_of(fleet, 1), 1);
	assert_int_equal(count_of(fleet, 2), 2);
	assert_int_equal(count_of(fleet, 3), 17);
	assert_int_equal(wave_of(fleet, 1), 1); /* the fewest people */
	assert_int_equal(wave_of(fleet, 2), 2);
	assert_int_equal(wave_of(fleet, 3), 2);
	fleet_close(fleet);
}

static void test_few_go_at_once(void **state)
{
	for (int routers = 1; routers <= 4; routers++) {
		struct fleet *fleet = fleet_new();

		(void)state;
		faster(fleet, routers);
		plan(fleet);
		if (routers <= ROLLOUT_AT_ONCE_MAX) {
			assert_int_equal(fleet->waves, 0);
			assert_int_equal(count_of(fleet, 0), routers);
		} else {
			assert_int_equal(fleet->waves, 2);
			assert_int_equal(count_of(fleet, 1), 1);
			assert_int_equal(count_of(fleet, 2), routers - 1);
		}
		fleet_close(fleet);
	}
}

static void test_a_canary_answers(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	faster(fleet, 12);
	router_of(fleet, 1)->healthy = false;
	router_of(fleet, 2)->paused = true;
	plan(fleet);
	assert_int_equal(wave_of(fleet, 3), 1);
	assert_int_equal(wave_of(fleet, 1), 3);
	assert_int_equal(wave_of(fleet, 2), 3);
	fleet_close(fleet);
}

static void test_who_refused_goes_first_again(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	faster(fleet, 12);
	router_of(fleet, 9)->refused = true;
	router_of(fleet, 9)->healthy = false;
	plan(fleet);
	assert_int_equal(wave_of(fleet, 9), 1);
	assert_int_equal(count_of(fleet, 1), 1);
	fleet_close(fleet);
}

/* Two packages on different routers: a canary for each; a third one nobody has touched. */
static void test_one_canary_for_each_package(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		put_basics(fleet);
		put_package(fleet, "gold", pass == 0 ? "10M" : "11M");
		put_package(fleet, "lead", "1M");
		put_package(fleet, "tin", pass == 0 ? "20M" : "21M");
		for (int i = 1; i <= 12; i++) {
			char account[16];

			put_router(fleet, i, "mode: manage\n");
			(void)snprintf(account, sizeof(account), "kn%02d", i);
			put_person(fleet, account, i <= 6 ? "gold" : "tin", i);
		}
		if (pass == 0)
			fleet->former = read(fleet);
		else
			fleet->next = read(fleet);
	}
	list_all(fleet);
	plan(fleet);
	assert_int_equal(count_of(fleet, 1), 2);
	assert_int_equal(wave_of(fleet, 1), 1);
	assert_int_equal(wave_of(fleet, 7), 1);
	fleet_close(fleet);
}

static void test_only_people_added_waits_for_nobody(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	put_fleet(fleet, 12, "10M");
	fleet->former = read(fleet);
	put_fleet(fleet, 12, "10M");
	for (int i = 1; i <= 12; i++) {
		char account[16];

		(void)snprintf(account, sizeof(account), "new%02d", i);
		put_person(fleet, account, "home-10", i);
	}
	fleet->next = read(fleet);
	list_all(fleet);
	plan(fleet);
	assert_int_equal(fleet->waves, 0);
	assert_int_equal(count_of(fleet, 0), 12);
	fleet_close(fleet);
}

static void test_new_and_watched_ones_go_at_once(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	faster(fleet, 12);
	intent_release(fleet->next);
	put_fleet(fleet, 12, "20M");
	put_router(fleet, 30, "mode: manage\n");
	put_router(fleet, 31, "");
	fleet->next = read(fleet);
	fleet->count = 0;
	list_all(fleet);
	router_of(fleet, 30)->former = NULL;
	plan(fleet);
	assert_int_equal(wave_of(fleet, 30), 0);
	assert_int_equal(wave_of(fleet, 31), 0);
	assert_int_equal(count_of(fleet, 1), 1);
	fleet_close(fleet);
}

/* Somebody moves from r01 to r12: r01 would be the canary, and would cut him off before r12 has
 * him. */
static void test_who_moves_is_not_lost_between_waves(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	put_fleet(fleet, 12, "10M");
	put_person(fleet, "mover", "home-10", 1);
	fleet->former = read(fleet);
	put_fleet(fleet, 12, "20M");
	put_person(fleet, "mover", "home-10", 12);
	fleet->next = read(fleet);
	list_all(fleet);
	plan(fleet);
	assert_true(wave_of(fleet, 12) < wave_of(fleet, 1));
	assert_int_equal(wave_of(fleet, 2), 1);
	fleet_close(fleet);
}

/* Only r05 gains somebody, of r01: it could go at once, and is watched until it has him. */
static void test_where_somebody_goes_is_watched(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	put_fleet(fleet, 5, "10M");
	put_person(fleet, "mover", "home-10", 1);
	put_person(fleet, "leaver", "home-10", 2);
	put_person(fleet, "goer", "home-10", 3);
	fleet->former = read(fleet);
	put_fleet(fleet, 5, "10M");
	put_person(fleet, "mover", "home-10", 5);
	fleet->next = read(fleet);
	list_all(fleet);
	fleet->routers[3] = fleet->routers[4]; /* r04 is as it was */
	fleet->count = 4;
	plan(fleet);
	assert_int_equal(wave_of(fleet, 5), 1);
	assert_int_equal(wave_of(fleet, 1), 2);
	fleet_close(fleet);
}

/* All in a ring: whoever is first takes all the others with him, and nobody is lost. */
static void test_a_ring_of_movers_goes_together(void **state)
{
	struct fleet *fleet = fleet_new();
	char account[16];

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		put_fleet(fleet, 5, pass == 0 ? "10M" : "20M");
		for (int i = 0; i < 5; i++) {
			(void)snprintf(account, sizeof(account), "ring%d", i);
			put_person(fleet, account, "home-10", (i + pass) % 5 + 1);
		}
		if (pass == 0)
			fleet->former = read(fleet);
		else
			fleet->next = read(fleet);
	}
	list_all(fleet);
	plan(fleet);
	assert_int_equal(fleet->waves, 1);
	assert_int_equal(count_of(fleet, 1), 5);
	fleet_close(fleet);
}

static void test_another_way_is_strict(void **state)
{
	struct fleet *fleet = fleet_new();

	(void)state;
	put_fleet(fleet, 12, "10M");
	fleet->former = read(fleet);
	put_basics(fleet);
	put_package(fleet, "home-10", "10M");
	for (int i = 1; i <= 12; i++) {
		char account[16];

		put_router(fleet, i, i == 3 ? "mode: manage\ntransport: rest\n" : "mode: manage\n");
		(void)snprintf(account, sizeof(account), "kn%02d01", i);
		put_person(fleet, account, "home-10", i);
	}
	fleet->next = read(fleet);
	list_all(fleet);
	plan(fleet);
	assert_true(router_of(fleet, 3)->strict);
	assert_false(router_of(fleet, 4)->strict);
	fleet_close(fleet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twenty_go_in_three_waves),
		cmocka_unit_test(test_few_go_at_once),
		cmocka_unit_test(test_a_canary_answers),
		cmocka_unit_test(test_who_refused_goes_first_again),
		cmocka_unit_test(test_one_canary_for_each_package),
		cmocka_unit_test(test_only_people_added_waits_for_nobody),
		cmocka_unit_test(test_new_and_watched_ones_go_at_once),
		cmocka_unit_test(test_who_moves_is_not_lost_between_waves),
		cmocka_unit_test(test_where_somebody_goes_is_watched),
		cmocka_unit_test(test_a_ring_of_movers_goes_together),
		cmocka_unit_test(test_another_way_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
