/*
 * Rows that are not wavu's are byte for byte what they were after random scenarios: random rows of
 * somebody's in every menu, random commits, books and hands, on every version, through the devices
 * as they are (api, rest). After each plan is carried out the next one is empty. The seed of a
 * failure is printed; WAVU_SEED=N plays that one alone, WAVU_SCENARIOS=N so many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ros_http.h"
#include "ros_line.h"

#include "base/clock.h"
#include "plan/plan.h"
#include "router/device.h"

#define SCENARIOS 1000u
#define PEOPLE 6u
#define ROUNDS 2u
#define PASSES_MAX 5u
#define STRANGERS_MAX 64u
#define ENTRIES_MAX 256u
#define LOOKS_MAX 40u

static const char *const versions[] = { "6.49.19", "7.9", "7.16.2", "7.20.8", "7.24" };
static const char *const services[] = { "pppoe", "hotspot", "static", "ipoe" };

struct scenario {
	uint64_t seed, dice;
	struct arena arena, job;
	struct ros *ros;
	struct device *device;
	struct intent *intent;
	struct facts facts[PEOPLE];
	struct inventory_entry entries[ENTRIES_MAX];
	uint32_t entry_count;
	char *strangers[STRANGERS_MAX]; /* "MENU *1 name=… …" */
	uint32_t stranger_count;
	int64_t now;
	char digest[13];
	struct observed seen;
	struct plan plan;
};

static struct scenario one;
static uint64_t writes_total, plans_total;

/* splitmix64: the same on every machine. */
static uint32_t roll(uint32_t sides)
{
	uint64_t z = (one.dice += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) % sides);
}

static void fail_here(const char *what, struct text more)
{
	fail_msg("seed %llu: %s %.*s (WAVU_SEED=%llu plays it alone)",
		 (unsigned long long)one.seed, what, TEXT_ARG(more),
		 (unsigned long long)one.seed);
}

/* ---- somebody's rows ---- */

/* Words of a command; %u are small numbers. Some have a name that wavu wants, some a mark of wavu's
 * that was copied. */
static const char *const made[] = {
	"/ppp/secret/add =name=old%u =password=x =profile=default =comment=since 2019",
	"/ppp/secret/add =name=user%u =password=x",
	"/ppp/profile/add =name=plan%u =rate-limit=3M/9M",
	"/ppp/profile/add =name=wavu-p%u =rate-limit=1M/1M",
	"/ip/pool/add =name=pool%u =ranges=10.77.%u.2-10.77.%u.9",
	"/ip/hotspot/user/add =name=guest%u =password=x",
	"/ip/hotspot/user/add =name=user%u =password=x =comment=wavu:kasinet/01234567",
	"/ip/hotspot/user/profile/add =name=hs%u",
	"/ip/hotspot/ip-binding/add =mac-address=AA:BB:CC:00:01:0%u =type=bypassed",
	"/ip/hotspot/ip-binding/add =mac-address=AA:BB:CC:00:00:0%u =type=blocked",
	"/ip/hotspot/ip-binding/add =address=10.5.1.%u =type=regular",
	"/ip/hotspot/walled-garden/add =dst-host=news%u.example.com",
	"/ip/hotspot/walled-garden/add =dst-host=pay.example.co.ke",
	"/ip/hotspot/walled-garden/add =action=deny =path=/x%u",
	"/ip/hotspot/walled-garden/ip/add =dst-address=10.9.%u.0/24 =action=drop",
	"/ip/hotspot/walled-garden/ip/add =dst-host=pay.example.co.ke",
	"/ip/dhcp-server/lease/add =address=10.30.9.%u =mac-address=AA:BB:CC:00:02:0%u",
	"/ip/dhcp-server/lease/add =address=10.30.0.%u =mac-address=AA:BB:CC:00:03:0%u "
	"=server=dhcp1",
	"/ip/dhcp-server/lease/add =address=10.30.8.%u =mac-address=AA:BB:CC:00:00:0%u",
	"/queue/simple/add =name=office%u =target=10.20.%u.0/24 =max-limit=50M/50M",
	"/queue/simple/add =name=user%u =target=10.30.0.%u =max-limit=1M/1M",
	"/ip/firewall/address-list/add =list=wavu-suspended =address=10.30.0.%u =comment=owes",
	"/ip/firewall/address-list/add =list=wavu-garden =address=41.90.0.%u",
	"/ip/firewall/filter/add =chain=forward =action=accept =comment=rule %u",
	"/ip/firewall/filter/add =chain=forward =action=drop =src-address-list=wavu-suspended",
	"/ip/firewall/nat/add =chain=srcnat =action=masquerade =comment=n%u",
	"/ip/firewall/nat/add =chain=dstnat =action=dst-nat =src-address-list=wavu-suspended "
	"=to-addresses=10.9.9.%u",
};

static void hand(const char *format)
{
	unsigned number = 1 + roll(9);
	struct ros_text words[16];
	char text[400];
	size_t count = 0;
	_Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"")
	    (void)snprintf(text, sizeof(text), format, number, number, number);
	_Pragma("GCC diagnostic pop") for (char *at = text; at && count < 16;)
	{
		/* A word ends where the next one begins: comments hold blanks. */
		char *end = strstr(at, " =");
		words[count++] = (struct ros_text){ at, end ? (size_t)(end - at) : strlen(at) };
		at = end ? end + 1 : NULL;
	}
	/* What the router refuses (a second row of a name) is not there. */
	(void)ros_hand_words(one.ros, NULL, words, count);
}

static const char *const watched[] = {
	"/ppp/secret", "/ppp/profile", "/ip/pool", "/ip/hotspot/user", "/ip/hotspot/user/profile",
	"/ip/hotspot/ip-binding", "/ip/hotspot/walled-garden", "/ip/hotspot/walled-garden/ip",
	"/ip/dhcp-server/lease", "/ip/dhcp-server", "/queue/simple", "/ip/firewall/address-list",
	"/ip/firewall/filter", "/ip/firewall/nat", "/ip/hotspot", "/ppp/active",
	"/ip/hotspot/active", "/ip/hotspot/host", "/ip/hotspot/cookie", "/ip/service",
};

/* Calls with each line of each menu: "MENU *1 name=…". */
static void each_row(void (*see)(const char *menu, const char *line))
{
	for (size_t i = 0; i < ARRAY_COUNT(watched); i++) {
		char *dump = ros_menu_dump(one.ros, watched[i], false), *at = dump, *end;
		for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
			*end = '\0';
			see(watched[i], at);
		}
		free(dump);
	}
}

static void remember(const char *menu, const char *line)
{
	size_t size = strlen(menu) + strlen(line) + 2;
	assert_true(one.stranger_count < STRANGERS_MAX);
	char *kept = malloc(size);
	assert_non_null(kept);
	(void)snprintf(kept, size, "%s %s", menu, line);
	one.strangers[one.stranger_count++] = kept;
}

static bool found_again[STRANGERS_MAX];

static void find_again(const char *menu, const char *line)
{
	size_t size = strlen(menu);
	for (uint32_t i = 0; i < one.stranger_count; i++)
		if (strncmp(one.strangers[i], menu, size) == 0 &&
		    one.strangers[i][size] == ' ' && strcmp(one.strangers[i] + size + 1, line) == 0)
			found_again[i] = true;
}

static void strangers_are_untouched(void)
{
	memset(found_again, 0, sizeof(found_again));
	each_row(find_again);
	for (uint32_t i = 0; i < one.stranger_count; i++)
		if (!found_again[i])
			fail_here("this row is not what it was:", text_of(one.strangers[i]));
}

/* ---- a commit and the books ---- */

static struct text yaml_make(void)
{
	static const char *const firewalls[] = {
		"", "firewall: manage\n",
		"firewall: manage\nwall: { page: \"10.66.0.1:8480\", garden: [196.201.214.0/24] }\n"
	};
	static const char *const gardens[] = {
		"server: hotspot1", "server: hotspot1, walled_garden: [pay.example.co.ke]",
		"server: all, walled_garden: [\"*.example.org\", pay.example.co.ke], "
		"walled_garden_ip: [196.201.214.0/24, 10.8.0.1]"
	};
	struct text yaml = text_format(
	    &one.arena,
	    "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n---\n"
	    "kind: Site\nname: kasarani\n---\n"
	    "kind: Router\nname: r1\nsite: kasarani\naddress: 10.66.0.11\nuser: wavu\n"
	    "password: { file: r.pw }\nmode: manage\n%s"
	    "pppoe: { local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24] }\n"
	    "hotspot: { %s }\ndhcp: { server: %s }\n",
	    firewalls[roll(3)], gardens[roll(3)], roll(2) ? "dhcp1" : "all");
	for (uint32_t i = 0; i < ARRAY_COUNT(services); i++)
		yaml = text_format(&one.arena,
				   "%.*s---\nkind: Package\nname: p%u\nservice: %s\nprice: 100\n"
				   "period: 1 month\nspeed: { down: %uM, up: %uM }\n",
				   TEXT_ARG(yaml), i, services[i], 4 + roll(4), 2 + roll(2));
	for (uint32_t i = 0; i < PEOPLE; i++) {
		uint32_t package = roll(ARRAY_COUNT(services));
		if (i > 0 && roll(5) == 0)
			continue;
		yaml = text_format(
		    &one.arena,
		    "%.*s---\nkind: Subscriber\nname: KN-%u\nusername: user%u\npackage: p%u\n"
		    "router: r1\naddress: 10.30.0.%u\n%s%s",
		    TEXT_ARG(yaml), i, i, package, i + 1,
		    package == 1 || package == 3 || roll(2)
			? text_format(&one.arena, "mac: \"AA:BB:CC:00:00:%02u\"\n", i).at
			: "",
		    package == 1 && roll(2) ? "bypass: true\n" : "");
	}
	return yaml;
}

static void commit(void)
{
	struct intent_file file = { TEXT("all.yaml"), yaml_make() };
	struct findings findings;
	intent_release(one.intent);
	intent_read_files(&one.intent, &findings, &file, 1, &one.arena);
	if (!one.intent)
		fail_here("no commit:", findings.errors[0].message);
}

static void book(void)
{
	for (uint32_t i = 0; i < PEOPLE; i++) {
		struct standing *standing = &one.facts[i].standing;
		struct text reference = text_format(&one.arena, "kn%u", i);
		one.facts[i].reference = reference;
		one.facts[i].password = secret_of(TEXT("pw"));
		*standing = (struct standing){ .reference = reference };
		if (roll(4) == 0)
			continue;
		standing->known = true;
		standing->service_from_at = one.now - DAY_US;
		standing->paid_until_at = one.now + (roll(3) ? 9 : -1) * (DAY_US / 2);
		standing->bought_by = TEXT("QGH7TEST01");
	}
}

/* ---- the inventory, as the store keeps it ---- */

static int compare_entries(const void *a, const void *b)
{
	const struct inventory_entry *x = a, *y = b;
	int order = text_compare(x->menu, y->menu);
	return order ? order : text_compare(x->key, y->key);
}

static struct inventory_entry *entry_find(const struct inventory_entry *entry)
{
	return bsearch(entry, one.entries, one.entry_count, sizeof(*entry), compare_entries);
}

static void entry_drop(const struct inventory_entry *entry)
{
	struct inventory_entry *found = entry_find(entry);
	if (!found)
		return;
	*found = one.entries[--one.entry_count];
	qsort(one.entries, one.entry_count, sizeof(*found), compare_entries);
}

static struct text keep(struct text text)
{
	return text.size ? text_copy(&one.arena, text) : TEXT_NONE;
}

static void entry_put(const struct inventory_entry *entry)
{
	struct inventory_entry *found = entry_find(entry);
	bool fresh = !found;
	if (entry->key.size == 0)
		return;
	assert_true(one.entry_count < ENTRIES_MAX);
	if (fresh)
		found = &one.entries[one.entry_count++];
	*found = *entry;
	found->menu = keep(entry->menu);
	found->key = keep(entry->key);
	found->reference = keep(entry->reference);
	found->written = keep(entry->written);
	found->secret_written = keep(entry->secret_written);
	found->macs = keep(entry->macs);
	if (fresh)
		qsort(one.entries, one.entry_count, sizeof(*found), compare_entries);
}

/* ---- look, plan, write ---- */

static void look(struct look *looks, uint32_t count)
{
	struct error error = { 0 };
	if (!one.device->verbs->look(one.device, looks, count, &one.job, &error))
		fail_here("a look:", text_of(error.text));
	for (uint32_t i = 0; i < count; i++) {
		if (looks[i].suspicious)
			fail_here("a suspicious look at", text_of(looks[i].menu->path));
		one.seen.tables[looks[i].menu->id] = looks[i].table;
	}
}

static void plan(void)
{
	static const char *approvals[1] = { one.digest };
	struct look looks[LOOKS_MAX];
	struct error error = { 0 };
	struct plan_input in;
	uint32_t count;
	arena_reset(&one.job);
	one.seen = (struct observed){ .look_at = one.now };
	in = (struct plan_input){
		.intent = one.intent,
		.router = intent_router(one.intent, TEXT("r1")),
		.facts = one.facts,
		.facts_count = PEOPLE,
		.inventory = one.entries,
		.inventory_count = one.entry_count,
		.observed = &one.seen,
		.version = one.device->version_number,
		.now = one.now,
		.approvals = approvals,
		.approval_count = 1,
	};
	memset(looks, 0, sizeof(looks));
	count = plan_looks(looks, LOOKS_MAX, &in, &one.job);
	look(looks, count);
	assert_true(plan_make(&one.plan, &in, &one.job, &error));
	memset(looks, 0, sizeof(looks));
	count = plan_looks_again(looks, LOOKS_MAX, &in, &one.plan, &one.job);
	if (count)
		look(looks, count);
	assert_true(plan_make(&one.plan, &in, &one.job, &error));
	if (one.plan.guarded.waits) {
		/* A person says yes. */
		memcpy(one.digest, one.plan.guarded.digest, sizeof(one.digest));
		assert_true(plan_make(&one.plan, &in, &one.job, &error));
	}
	plans_total++;
}

static bool is_done(const struct change *change)
{
	return !change->held && !change->report_only && change->verb != VERB_CONFLICT;
}

/* As the loop does it: stored before, written, stored after. Returns the changes. */
static uint32_t carry_out(void)
{
	uint32_t done = 0;
	for (uint32_t i = 0; i < one.plan.fix_count; i++)
		if (one.plan.fixes[i].drop)
			entry_drop(&one.plan.fixes[i].entry);
		else
			entry_put(&one.plan.fixes[i].entry);
	for (uint32_t i = 0; i < one.plan.count; i++)
		if (is_done(&one.plan.changes[i]))
			entry_put(&one.plan.changes[i].before);
	for (uint32_t i = 0; i < one.plan.count; i++) {
		const struct change *change = &one.plan.changes[i];
		struct inventory_entry after = change->after;
		struct error error = { 0 };
		struct write write;
		if (!is_done(change))
			continue;
		done++;
		plan_write(&write, change, &one.job);
		if (write.verb != VERB_SET || write.attribute_count) {
			writes_total++;
			if (!one.device->verbs->write(one.device, &write, 1, &one.job, &error))
				fail_here("a write:", text_of(error.text));
			if (write.end != WRITE_DONE)
				fail_here(text_format(&one.job, "%s %s %.*s was refused:",
						      verb_word(change->verb), change->menu->path,
						      TEXT_ARG(change->key))
					      .at,
					  text_of(write.error.text));
		}
		if (change->changes_rights)
			after.rights_at = one.now;
		if (change->drops_entry)
			entry_drop(&change->before);
		else
			entry_put(&after);
	}
	one.now += 10 * SECOND_US;
	ros_set_now(one.ros, one.now);
	return done;
}

static void settle(void)
{
	for (uint32_t pass = 0; pass < PASSES_MAX; pass++) {
		plan();
		if (carry_out() == 0)
			return;
	}
	plan();
	for (uint32_t i = 0; i < one.plan.count; i++)
		if (is_done(&one.plan.changes[i]))
			fail_here("there is always something to do:",
				  text_format(&one.job, "%s %s %.*s",
					      verb_word(one.plan.changes[i].verb),
					      one.plan.changes[i].menu->path,
					      TEXT_ARG(one.plan.changes[i].key)));
}

/* Somebody edits what is wavu's. */
static void meddle(void)
{
	static const char *const edits[] = { "=disabled=yes", "=comment=mine", "=comment=" };
	if (one.entry_count == 0 || roll(2))
		return;
	const struct inventory_entry *entry = &one.entries[roll(one.entry_count)];
	char command[100];
	for (int i = 0; i < MENU_COUNT; i++) {
		const struct menu *menu = menu_of((enum menu_id)i);
		const struct table *table = &one.seen.tables[i];
		if (!text_is(entry->menu, menu->path) || !table->looked || !menu->has_comment)
			continue;
		for (uint32_t k = 0; k < table->count; k++) {
			if (!text_equal(row_key(&table->rows[k], menu, &one.job), entry->key))
				continue;
			/* Of a rule the mark is all that makes it wavu's (menu.h). */
			const char *edit = menu->name_count || menu_field(menu, "disabled") < 0
					       ? edits[0] : edits[roll(3)];
			(void)snprintf(command, sizeof(command), "%s/set", menu->path);
			struct text id = text_format(&one.job, "=.id=%.*s",
						     TEXT_ARG(table->rows[k].id));
			struct text mark = row_get(&table->rows[k], menu, "comment");
			if (text_starts(mark, TEXT("wavu:kasinet/")))
				(void)ros_hand(one.ros, NULL, command, id.at, edit, NULL);
			return;
		}
	}
}

static void play(uint64_t seed)
{
	struct error error = { 0 };
	uint32_t version;
	bool rest;
	one = (struct scenario){ .seed = seed, .dice = seed, .now = INT64_C(1800000000000000) };
	arena_open(&one.arena, 64u << 20);
	arena_open(&one.job, 64u << 20);
	version = roll(ARRAY_COUNT(versions));
	rest = version > 0 && roll(3) == 0;
	one.ros = ros_new(&(struct ros_options){
	    .version = versions[version], .password = "x", .now_at = one.now, .seed = seed });
	for (uint32_t i = 0, count = 4 + roll(16); i < count; i++)
		hand(made[roll(ARRAY_COUNT(made))]);
	(void)ros_ppp_dial(one.ros, "old1", "x", "AA:BB:CC:00:07:01");
	(void)ros_hotspot_login(one.ros, "AA:BB:CC:00:07:02", "guest1", "x");
	each_row(remember);
	if (!(rest ? device_open_http(&one.device,
				      ros_http_open(one.ros, &(struct ros_http_options){ 0 }, NULL),
				      TEXT("https://r:443"), TEXT("wavu"), secret_of(TEXT("x")),
				      &error)
		   : device_open_line(&one.device, ros_line_open(one.ros, NULL, NULL),
				      TEXT("wavu"), secret_of(TEXT("x")), &error)))
		fail_here("no device:", text_of(error.text));
	for (uint32_t round = 0; round < ROUNDS; round++) {
		commit();
		book();
		settle();
		meddle();
		settle();
		strangers_are_untouched();
	}
	assert_int_equal(ros_counters(one.ros).writes_idle, 0);
	device_close(one.device);
	ros_free(one.ros);
	intent_release(one.intent);
	for (uint32_t i = 0; i < one.stranger_count; i++)
		free(one.strangers[i]);
	arena_close(&one.job);
	arena_close(&one.arena);
}

static uint64_t from_environment(const char *name, uint64_t fallback)
{
	uint64_t value;
	const char *text = getenv(name);
	return text && text_u64(text_of(text), &value) ? value : fallback;
}

static void somebody_elses_rows_are_what_they_were(void **state)
{
	uint64_t only = from_environment("WAVU_SEED", 0);
	uint64_t count = from_environment("WAVU_SCENARIOS", SCENARIOS);
	(void)state;
	for (uint64_t seed = only ? only : 1; seed <= (only ? only : count); seed++)
		play(seed);
	print_message("%llu scenarios from seed %llu: %llu plans, %llu writes\n",
		      (unsigned long long)(only ? 1 : count), (unsigned long long)(only ? only : 1),
		      (unsigned long long)plans_total, (unsigned long long)writes_total);
	assert_true(writes_total > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(somebody_elses_rows_are_what_they_were),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
