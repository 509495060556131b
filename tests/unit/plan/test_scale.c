/* Ten thousand subscribers on one router: counts are checked, times are printed and never judged.
 */
#include "lab.h"

#include <stdio.h>

#include "base/clock.h"

#define PEOPLE 10000
#define YAML_SIZE (4 << 20)

static void yaml_make(char *text, size_t size)
{
	size_t used;
	uint32_t i;

	used = (size_t)snprintf(text, size,
				"kind: Tenant\nname: kasinet\ncurrency: KES\n"
				"timezone: Africa/Nairobi\n---\nkind: Site\nname: kasarani\n---\n"
				"kind: Router\nname: kasarani-1\nsite: kasarani\n"
				"address: 10.66.0.11\nuser: wavu\npassword: { file: r.pw }\n"
				"mode: manage\n---\nkind: Package\nname: home-10\n"
				"service: pppoe\nprice: 2500\nperiod: 1 month\n"
				"speed: { down: 10M, up: 5M }\n---\n");
	for (i = 0; i < PEOPLE; i++)
		used += (size_t)snprintf(text + used, size - used,
					 "kind: Subscriber\nname: KN-%u\npackage: home-10\n"
					 "router: kasarani-1\n---\n",
					 i);
	assert_true(used < size);
}

static void planned(struct lab *lab, const char *only, const char *what)
{
	int64_t before = clock_monotonic(), took;

	lab_plan(lab, only);
	took = clock_monotonic() - before;
	print_message("%s: %lld ms, %u questions, arena %zu KiB\n", what, (long long)(took / 1000),
		      lab->look_count, lab->job.used >> 10);
}

static void ten_thousand_on_one_router(void **state)
{
	static struct lab lab;
	static char yaml[YAML_SIZE];
	char account[16];
	uint32_t i;

	(void)state;
	yaml_make(yaml, sizeof(yaml));
	lab_open(&lab,
		 "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n---\n"
		 "kind: Site\nname: a\n---\nkind: Router\nname: r\nsite: a\naddress: 10.0.0.1\n"
		 "user: w\npassword: { file: r }\n");
	for (i = 0; i < PEOPLE; i++) {
		lab.facts[i].reference = text_format(&lab.arena, "kn%u", i);
		lab.facts[i].password = secret_of(TEXT("secret"));
		lab.facts[i].standing.known = true;
		lab.facts[i].standing.paid_until_at = lab.now + 10 * DAY_US;
	}
	lab.facts_count = PEOPLE;
	lab_sort_facts(&lab);
	lab_commit(&lab, yaml);
	planned(&lab, NULL, "an empty router");
	assert_int_equal(lab.plan.verbs[VERB_ADD], PEOPLE + 1);
	assert_int_equal(lab.plan.guarded.waits, false);
	lab_carry_out_adds(&lab);
	lab.now += HOUR_US;
	for (i = 0; i < PEOPLE; i++) {
		(void)snprintf(account, sizeof(account), "kn-%u", i);
		lab_dial(&lab, account, 0);
	}
	planned(&lab, NULL, "nothing to do, all online");
	assert_int_equal(lab.plan.count, 0);
	assert_int_equal(lab.plan.fix_count, 0);
	planned(&lab, "kn77", "one person of them");
	assert_int_equal(lab.plan.count, 0);
	assert_int_equal(lab.look_count, 3);
	lab.now += 11 * DAY_US;
	planned(&lab, NULL, "all expired at once");
	assert_int_equal(lab.plan.verbs[VERB_SET], PEOPLE);
	assert_int_equal(lab.plan.verbs[VERB_DISCONNECT], PEOPLE);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_on_one_router),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
