#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "git/repository.h"
#include "intent/intent.h"

static struct arena arena;
static struct findings findings;

static const char tenant[] = "kind: Tenant\nname: kasinet\ntitle: Kasi Net\ncurrency: KES\n"
			     "timezone: Africa/Nairobi\n";
static const char network[] =
    "kind: Site\nname: s1\nguard: { losses_min: 3 }\n---\n"
    "kind: Site\nname: s2\ndrift: report\n---\n"
    "kind: Router\nname: r2\nsite: s2\naddress: 10.0.0.2\ntransport: api-ssl\nuser: w\n"
    "password: { env: R2 }\nguard: { losses_max_percent: 50 }\ndrift: heal\n"
    "tls: { fingerprint: \"sha256:00112233445566778899AABBCCDDEEFF"
    "00112233445566778899aabbccddeeff\" }\n---\n"
    "kind: Router\nname: r1\nsite: s1\naddress: router.kasi.net:99\nuser: w\n"
    "password: { file: r1.pw }\nmode: manage\n"
    "pause: { until: 2026-12-01T06:00, reason: tower works }\n"
    "pppoe: { local_address: 10.10.0.1, ranges: [10.10.1.0/24] }\nhotspot: {}\n---\n"
    "kind: Router\nname: r3\nsite: s2\naddress: \"[fd00::3]\"\nuser: w\npassword: { file: a }\n"
    "pppoe: { pool: theirs }\n";
static const char packages[] =
    "kind: Package\nname: home-10\nservice: pppoe\nprice: 2500.5\nperiod: 1 month\n"
    "speed: { down: 10M, up: 1.5M }\ndunning: standard\n"
    "burst: { down: 15M, up: 8M, threshold_down: 8M, threshold_up: 4M, time: 1m }\n---\n"
    "kind: Package\nname: day\nservice: hotspot\nprice: 20\nperiod: 24h\n"
    "speed: { down: 3M, up: 1M }\ndevices: unlimited\n---\n"
    "kind: DunningPolicy\nname: standard\nsteps:\n"
    "  - { at: 1 month, do: terminate }\n"
    "  - { at: 5d, do: suspend }\n  - { at: -3d, notify: sms }\n"
    "  - { at: 2d, do: throttle, speed: { down: 512k, up: 256k } }\n"
    "suspend: { how: walled }\n";
static const char people[] =
    "kind: Subscriber\nname: KN-0042\ntitle: Jane\nphone: 0712345678\naliases: [\"00 42\", JANE]\n"
    "package: home-10\nrouter: r1\nusername: jane\npassword: { keep: true }\n"
    "mac: aabbccddeeff\naddress: 10.10.0.42\nstart: 2026-11-01\n"
    "opening: { paid_until: 2026-12-05, balance: 12.5 }\n---\n"
    "kind: Subscriber\nname: b\nphone: \"+254 712\"\npackage: day\nrouter: r1\n---\n"
    "kind: Subscriber\nname: A.1\nphone: 254712345678\npackage: day\nrouter: r2\n"
    "username: jane\npassword: { file: people/a }\n---\n"
    "kind: Subscriber\nname: C\npackage: home-10\nrouter: r1\n"
    "opening: { paid_until: 2026-12-05T00:00Z }\n";

static struct intent *read_four(const char *one, const char *two, const char *three,
				const char *four)
{
	const char *const texts[] = { one, two, three, four };
	static const char *const names[] = { "a.yaml", "b.yaml", "c.yaml", "d.yaml" };
	struct intent_file files[4];
	struct intent *intent;
	arena_reset(&arena);
	for (uint32_t i = 0; i < 4; i++)
		files[i] = (struct intent_file){ text_of(names[i]), text_of(texts[i]) };
	intent_read_files(&intent, &findings, files, 4, &arena);
	return intent;
}

static struct intent *read_good(void)
{
	char fixed[sizeof(people)];
	memcpy(fixed, people, sizeof(people));
	/* The one mistake in `people` is for another test. */
	char *phone = strstr(fixed, "\"+254 712\"");
	assert_non_null(phone);
	memcpy(phone, "0722000000", 10);
	struct intent *intent = read_four(tenant, network, packages, fixed);
	for (uint32_t i = 0; i < findings.error_count; i++)
		print_error("%.*s:%u: %.*s\n", TEXT_ARG(findings.errors[i].file),
			    findings.errors[i].line, TEXT_ARG(findings.errors[i].message));
	assert_non_null(intent);
	return intent;
}

static void test_routers(void **state)
{
	(void)state;
	struct intent *intent = read_good();
	assert_int_equal(intent->router_count, 3);
	const struct router *r1 = intent_router(intent, TEXT("r1"));
	const struct router *r2 = intent_router(intent, TEXT("r2"));
	const struct router *r3 = intent_router(intent, TEXT("r3"));
	assert_ptr_equal(r1, &intent->routers[0]);
	assert_null(intent_router(intent, TEXT("r4")));
	assert_true(text_is(r1->site->name, "s1"));
	assert_true(text_is(r1->host, "router.kasi.net"));
	assert_int_equal(r1->port, 99);
	assert_int_equal(r1->mode, MODE_MANAGE);
	/* 06:00 in Nairobi is 03:00 UTC. */
	assert_int_equal(r1->pause_until_at, INT64_C(1796094000000000));
	assert_true(text_is(r1->pause_reason, "tower works"));
	assert_true(text_is(r1->pppoe_pool, "wavu-pppoe"));
	assert_int_equal(r1->pppoe_range_count, 1);
	assert_true(r1->has_hotspot && text_is(r1->hotspot_server, "all"));
	assert_int_equal(r1->where.line, 20);
	assert_true(text_is(r1->where.file, "b.yaml"));
	assert_int_equal(r2->port, 8729);
	assert_int_equal(r2->mode, MODE_OBSERVE);
	assert_int_equal(r2->password.kind, SECRET_ENV);
	assert_true(text_is(r2->tls.fingerprint, "sha256:00112233445566778899aabbccddeeff"
						 "00112233445566778899aabbccddeeff"));
	assert_false(r2->has_pppoe || r2->has_hotspot);
	assert_true(text_is(r3->host, "[fd00::3]"));
	assert_int_equal(r3->port, 8728);
	/* A pool without ranges is somebody else's. */
	assert_true(text_is(r3->pppoe_pool, "theirs"));
	assert_int_equal(r3->pppoe_range_count, 0);
	intent_release(intent);
}

static void test_guard_and_drift_come_from_the_nearest(void **state)
{
	(void)state;
	struct intent *intent = read_good();
	struct guard one = intent_guard(intent, intent_router(intent, TEXT("r1")));
	struct guard two = intent_guard(intent, intent_router(intent, TEXT("r2")));
	struct guard three = intent_guard(intent, intent_router(intent, TEXT("r3")));
	assert_int_equal(one.losses_min, 3);
	assert_int_equal(one.losses_max_percent, 20);
	assert_int_equal(two.losses_max_percent, 50);
	assert_int_equal(two.losses_min, 10);
	assert_int_equal(three.losses_max_percent, 20);
	assert_int_equal(three.losses_min, 10);
	assert_int_equal(intent_drift(intent, intent_router(intent, TEXT("r1"))), DRIFT_HEAL);
	assert_int_equal(intent_drift(intent, intent_router(intent, TEXT("r2"))), DRIFT_HEAL);
	assert_int_equal(intent_drift(intent, intent_router(intent, TEXT("r3"))), DRIFT_REPORT);
	intent_release(intent);
}

static void test_packages_and_policies(void **state)
{
	(void)state;
	struct intent *intent = read_good();
	const struct package *home = intent_package(intent, TEXT("home-10"));
	const struct package *day = intent_package(intent, TEXT("day"));
	assert_int_equal(home->price_cents, 250050);
	assert_int_equal(home->period.months, 1);
	assert_int_equal(home->speed.down_bits_per_s, 10000000);
	assert_int_equal(home->speed.up_bits_per_s, 1500000);
	assert_int_equal(home->devices, 1);
	assert_true(home->burst.declared);
	assert_int_equal(home->burst.time_s, 60);
	assert_int_equal(home->burst.threshold.up_bits_per_s, 4000000);
	assert_int_equal(day->devices, 0);
	assert_int_equal(day->service, SERVICE_HOTSPOT);
	assert_int_equal(day->period.exact_us, INT64_C(86400000000));
	assert_null(day->dunning);
	assert_null(intent_package(intent, TEXT("week")));

	const struct dunning_policy *policy = home->dunning;
	assert_true(text_is(policy->name, "standard"));
	assert_int_equal(policy->how, SUSPEND_WALLED);
	assert_true(text_is(policy->address_list, "wavu-suspended"));
	static const enum dunning_action actions[] = { DUNNING_NOTHING, DUNNING_THROTTLE,
						       DUNNING_SUSPEND, DUNNING_TERMINATE };
	assert_int_equal(policy->step_count, 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(policy->steps[i].action, actions[i]);
	assert_int_equal(policy->steps[0].at.exact_us, INT64_C(-259200000000));
	assert_true(policy->steps[0].notifies);
	assert_int_equal(policy->steps[1].speed.up_bits_per_s, 256000);
	assert_int_equal(policy->steps[3].at.months, 1);
	intent_release(intent);
}

static void test_subscribers(void **state)
{
	(void)state;
	struct intent *intent = read_good();
	assert_int_equal(intent->subscriber_count, 4);
	for (uint32_t i = 1; i < 4; i++)
		assert_true(text_compare(intent->subscribers[i - 1].reference,
					 intent->subscribers[i].reference) < 0);
	const struct subscriber *jane = intent_subscriber(intent, TEXT("kn0042"));
	assert_true(text_is(jane->account, "KN-0042"));
	assert_true(text_is(jane->phone, "254712345678"));
	assert_true(text_is(jane->username, "jane"));
	assert_true(text_is(jane->mac, "AA:BB:CC:DD:EE:FF"));
	assert_true(text_is(jane->address, "10.10.0.42"));
	assert_int_equal(jane->password_kind, PASSWORD_KEEP);
	assert_int_equal(jane->alias_count, 2);
	assert_true(text_is(jane->aliases[0], "00 42"));
	assert_true(text_is(jane->alias_references[0], "0042"));
	/* The start is the first moment of its day in Nairobi, 21:00 UTC of the day before. */
	assert_int_equal(jane->start_at, INT64_C(1793480400000000));
	/* Paid until the 5th includes the 5th; a time says its moment. */
	assert_true(jane->has_opening);
	assert_int_equal(jane->opening_paid_until_at, INT64_C(1796504400000000));
	assert_int_equal(jane->opening_balance_cents, 1250);
	const struct subscriber *c = intent_subscriber(intent, TEXT("c"));
	assert_int_equal(c->opening_paid_until_at, INT64_C(1796428800000000));
	assert_true(text_is(c->username, "c"));
	const struct subscriber *a = intent_subscriber(intent, TEXT("a.1"));
	assert_int_equal(a->password_kind, PASSWORD_SECRET);
	assert_true(text_is(a->password.name, "people/a"));
	assert_int_equal(intent_subscriber(intent, TEXT("b"))->password_kind, PASSWORD_GENERATE);
	assert_null(intent_subscriber(intent, TEXT("KN-0042")));
	intent_release(intent);
}

static void test_finders(void **state)
{
	(void)state;
	struct intent *intent = read_good();
	const struct subscriber *first;
	assert_int_equal(intent_by_alias(intent, TEXT("jane"), &first), 1);
	assert_true(text_is(first->account, "KN-0042"));
	assert_int_equal(intent_by_alias(intent, TEXT("0042"), &first), 1);
	assert_int_equal(intent_by_alias(intent, TEXT("00 42"), &first), 0);
	assert_null(first);
	/* Two share a phone: nobody is guessed. */
	assert_int_equal(intent_by_phone(intent, TEXT("254712345678"), &first), 2);
	assert_int_equal(intent_by_phone(intent, TEXT("254722000000"), &first), 1);
	assert_true(text_is(first->account, "b"));
	assert_int_equal(intent_by_phone(intent, TEXT(""), &first), 0);
	struct digest digest = digest_of(TEXT("254722000000"));
	char hex[65];
	digest_hex(&digest, hex);
	assert_int_equal(intent_by_phone_hash(intent, text_of(hex), &first), 1);
	assert_true(text_is(first->account, "b"));
	assert_int_equal(intent_by_username(intent, TEXT("jane"), &first), 2);
	assert_int_equal(intent_by_username(intent, TEXT("c"), &first), 1);
	assert_int_equal(intent_by_username(intent, TEXT("zzz"), &first), 0);

	/* Whom a person means: an account or alias is one; a username or phone may be several. */
	const struct subscriber *named[1] = { NULL };
	assert_int_equal(intent_named(intent, TEXT("00-42"), named, 1, &arena), 1);
	assert_true(text_is(named[0]->account, "KN-0042"));
	assert_int_equal(intent_named(intent, TEXT("kn 0042"), named, 1, &arena), 1);
	assert_true(text_is(named[0]->account, "KN-0042"));
	assert_int_equal(intent_named(intent, TEXT("0712345678"), named, 1, &arena), 2);
	assert_int_equal(intent_named(intent, TEXT("+254722000000"), named, 1, &arena), 1);
	assert_true(text_is(named[0]->account, "b"));
	assert_int_equal(intent_named(intent, TEXT("zzz"), named, 1, &arena), 0);

	const struct subscriber *const *list;
	uint32_t count;
	intent_subscribers_of(intent, intent_router(intent, TEXT("r1")), &list, &count);
	assert_int_equal(count, 3);
	assert_true(text_is(list[0]->account, "b"));
	assert_true(text_is(list[2]->account, "KN-0042"));
	intent_subscribers_of(intent, intent_router(intent, TEXT("r2")), &list, &count);
	assert_int_equal(count, 1);
	intent_subscribers_of(intent, intent_router(intent, TEXT("r3")), &list, &count);
	assert_int_equal(count, 0);
	intent_release(intent);
}

/* Errors of all files come at once, in order of file and line; nothing is handed out. */
static void test_all_errors_at_once(void **state)
{
	(void)state;
	struct intent *intent = read_four("kind: Tenant\nname: X\ncurrency: KES\ntimezone: Mars\n",
					  network, "kind: Package\nname: p\nprice: 0\n", people);
	assert_null(intent);
	assert_true(findings.error_count > 8);
	assert_int_equal(findings.error_count, findings.error_total);
	for (uint32_t i = 1; i < findings.error_count; i++) {
		const struct finding *one = &findings.errors[i - 1], *two = &findings.errors[i];
		int order = text_compare(one->file, two->file);
		assert_true(order < 0 || (order == 0 && one->line <= two->line));
	}
	bool phone = false;
	for (uint32_t i = 0; i < findings.error_count; i++)
		phone = phone || (text_is(findings.errors[i].path, "phone") &&
				  findings.errors[i].line == 17 && findings.errors[i].column == 8);
	assert_true(phone);
}

/* What a broken file may have defined is not called missing elsewhere; what it cannot have, is. */
static void test_no_false_alarms(void **state)
{
	(void)state;
	struct intent *intent = read_four(
	    tenant, network, "kind: Package\nname: home-10\ntitle: a: b\n",
	    "kind: Subscriber\nname: A\npackage: home-10\nrouter: r1\n"
	    "---\nkind: Subscriber\nname: B\npackage: day\nrouter: r1\n");
	assert_null(intent);
	assert_int_equal(findings.error_total, 2);
	assert_true(text_is(findings.errors[0].file, "c.yaml"));
	assert_true(text_is(findings.errors[1].file, "d.yaml"));
	assert_int_equal(findings.errors[1].line, 8);
}

static void test_references_are_counted(void **state)
{
	(void)state;
	struct intent *intent = read_good();
	struct intent *again = intent_hold(intent);
	assert_ptr_equal(intent, again);
	intent_release(intent);
	assert_true(text_is(again->tenant.name, "kasinet"));
	intent_release(again);
	intent_release(NULL);
}

static void test_nothing_at_all(void **state)
{
	(void)state;
	struct intent *intent;
	intent_read_files(&intent, &findings, NULL, 0, &arena);
	assert_null(intent);
	assert_int_equal(findings.error_total, 1);
	assert_true(text_is(findings.errors[0].file, "."));
	assert_true(text_contains_nocase(findings.errors[0].message, TEXT("no Tenant")));
}

static int forget(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

static void test_commits_and_folders(void **state)
{
	(void)state;
	char folder[] = "/tmp/wavu-intent-XXXXXX";
	struct error error;
	struct intent *intent;
	assert_non_null(mkdtemp(folder));
	struct text path = text_format(&arena, "%s/isp", folder);
	struct repository_file files[] = {
		{ TEXT("net/a.yaml"), text_of(tenant) },
		{ TEXT("net/b.yaml"), text_of(network) },
		{ TEXT("empty/readme.txt"), TEXT("nothing\n") },
	};
	struct repository *repository;
	assert_true(repository_create(path, files, 3, TEXT("Begin"), &error));
	assert_true(repository_open(&repository, path, &error));
	assert_true(intent_read_commit(&intent, &findings, repository, TEXT(""), TEXT("net"),
				       &arena, &error));
	assert_non_null(intent);
	assert_int_equal(strlen(intent->commit), 40);
	assert_int_equal(intent->router_count, 3);
	intent_release(intent);
	/* Neither a missing nor an empty path is an empty fleet. */
	static const char *const paths[] = { "nett", "empty" };
	for (int i = 0; i < 2; i++) {
		assert_true(intent_read_commit(&intent, &findings, repository, TEXT("main"),
					       text_of(paths[i]), &arena, &error));
		assert_null(intent);
		assert_int_equal(findings.error_total, 1);
		assert_true(findings.errors[0].line == 1 && findings.errors[0].file.size > 0);
	}
	assert_false(intent_read_commit(&intent, &findings, repository, TEXT("other"), TEXT("."),
					&arena, &error));
	assert_int_equal(error.code, ERROR_INVALID);
	repository_close(repository);

	assert_true(intent_read_folder(&intent, &findings, path, &arena, &error));
	assert_non_null(intent);
	assert_int_equal(intent->commit[0], '\0');
	intent_release(intent);
	struct text link = text_format(&arena, "%s/net/link.yaml", path.at);
	assert_int_equal(symlink("a.yaml", link.at), 0);
	assert_true(intent_read_folder(&intent, &findings, path, &arena, &error));
	assert_null(intent);
	assert_true(text_is(findings.errors[0].file, "net/link.yaml"));
	assert_int_equal(findings.error_total, 1);
	assert_true(text_starts(findings.errors[0].message, TEXT("this is a symbolic link")));
	/* The other files are looked at all the same, but nothing is called missing. */
	struct text bad = text_format(&arena, "%s/net/z.yaml", path.at);
	FILE *file = fopen(bad.at, "wb");
	assert_non_null(file);
	assert_true(fputs("kind: Subscriber\nname: A\npackage: x\nrouter: r1\nmac: 1\n", file) >=
		    0);
	assert_int_equal(fclose(file), 0);
	assert_true(intent_read_folder(&intent, &findings, path, &arena, &error));
	assert_int_equal(findings.error_total, 2);
	assert_true(text_is(findings.errors[1].path, "mac"));
	struct text absent = text_format(&arena, "%s/absent", folder);
	assert_true(intent_read_folder(&intent, &findings, absent, &arena, &error));
	assert_null(intent);
	assert_int_equal(findings.error_total, 1);
	assert_int_equal(nftw(folder, forget, 16, FTW_PHYS | FTW_DEPTH), 0);
}

/* Ten thousand of everything that could be compared with everything else. */
static void test_ten_thousand(void **state)
{
	(void)state;
	enum { COUNT = 10000 };
	struct arena big;
	arena_open(&big, 64u << 20);
	char *bytes = arena_take(&big, COUNT * 300);
	size_t used = 0;
	for (int i = 0; i < COUNT; i++)
		used += (size_t)snprintf(bytes + used, 300,
					 "---\nkind: Subscriber\nname: KN-%05d\ntitle: Number %d\n"
					 "phone: 0700%06d\naliases: [\"A %d\"]\npackage: home-10\n"
					 "router: r%d\nusername: u%d\naddress: 10.%d.%d.%d\n",
					 i, i, i, i, i % 3 + 1, i, 20 + i % 3, i / 250,
					 i % 250 + 1);
	struct intent *intent = read_four(tenant, network, packages, bytes);
	assert_non_null(intent);
	assert_int_equal(intent->subscriber_count, COUNT);
	print_message("%u subscribers valid, %zu KiB in the snapshot\n", intent->subscriber_count,
		      intent->arena.used >> 10);
	intent_release(intent);
	/* One that claims another's alias, username and address, at the very end. */
	(void)snprintf(bytes + used, 300,
		       "---\nkind: Subscriber\nname: a-77\npackage: home-10\nrouter: r1\n"
		       "username: u0\naddress: 10.20.0.1\n");
	assert_null(read_four(tenant, network, packages, bytes));
	assert_int_equal(findings.error_total, 3);
	/* All of them wrong: a thousand are shown, all are counted. */
	for (char *at = bytes; (at = strstr(at, "title:")) != NULL; at += 6)
		memcpy(at, "titel:", 6);
	assert_null(read_four(tenant, network, packages, bytes));
	assert_int_equal(findings.error_total, COUNT + 3);
	assert_int_equal(findings.error_count, PROBLEMS_MAX);
	arena_close(&big);
}

static const char *const come[] = {
	"name: new\npackage: home-10\nrouter: r1\n",
	"name: named\nusername: jane\npackage: home-10\nrouter: r1\n",
	"name: elsewhere\nusername: jane\npackage: home-10\nrouter: r3\n",
	"name: placed\npackage: home-10\nrouter: r1\naddress: 10.10.0.42\n",
	"name: device\npackage: home-10\nrouter: r1\nmac: aabbccddeeff\n",
	"name: unheard\npackage: newest\nrouter: r1\n",
	"name: switched\npackage: day\nrouter: r3\n",
};

/* Everybody but those whom the former commit has, has no place for, or would mistake. */
static void test_newcomers_come_to_a_former_commit(void **state)
{
	static char late[sizeof(people) + 4096];
	const char *later_packages =
	    "kind: Package\nname: home-10\nservice: pppoe\nprice: 1\nperiod: 1d\n"
	    "speed: { down: 99M, up: 99M }\n---\n"
	    "kind: Package\nname: newest\nservice: pppoe\nprice: 1\nperiod: 1d\n"
	    "speed: { down: 1M, up: 1M }\n---\n"
	    "kind: Package\nname: day\nservice: pppoe\nprice: 1\nperiod: 1d\n"
	    "speed: { down: 1M, up: 1M }\n";
	struct intent *former = read_good();
	size_t size = 0;
	(void)state;
	for (uint32_t i = 0; i < sizeof(come) / sizeof(come[0]); i++)
		size += (size_t)snprintf(late + size, sizeof(late) - size,
					 "---\nkind: Subscriber\n%s", come[i]);
	struct intent *next = read_four(tenant, network, later_packages, late);
	assert_non_null(next);
	struct intent *both = intent_with_newcomers(former, next);
	assert_non_null(both);
	assert_null(intent_with_newcomers(both, next));
	assert_null(intent_with_newcomers(former, former));
	/* It holds what it points to. */
	intent_release(next);
	intent_release(former);
	assert_int_equal(both->subscriber_count, 4 + 2);
	for (uint32_t i = 1; i < both->subscriber_count; i++)
		assert_true(text_compare(both->subscribers[i - 1].reference,
					 both->subscribers[i].reference) < 0);
	const struct subscriber *one = intent_subscriber(both, TEXT("new"));
	assert_non_null(one);
	assert_ptr_equal(one->router, intent_router(both, TEXT("r1")));
	assert_int_equal(one->package->speed.down_bits_per_s, 10000000);
	assert_non_null(intent_subscriber(both, TEXT("elsewhere")));
	const struct subscriber *const *there;
	uint32_t count;
	intent_subscribers_of(both, one->router, &there, &count);
	assert_int_equal(count, 4);
	intent_release(both);
}

static int start(void **state)
{
	(void)state;
	arena_open(&arena, 256u << 20);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routers),
		cmocka_unit_test(test_guard_and_drift_come_from_the_nearest),
		cmocka_unit_test(test_packages_and_policies),
		cmocka_unit_test(test_subscribers),
		cmocka_unit_test(test_finders),
		cmocka_unit_test(test_all_errors_at_once),
		cmocka_unit_test(test_no_false_alarms),
		cmocka_unit_test(test_references_are_counted),
		cmocka_unit_test(test_nothing_at_all),
		cmocka_unit_test(test_commits_and_folders),
		cmocka_unit_test(test_ten_thousand),
		cmocka_unit_test(test_newcomers_come_to_a_former_commit),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
